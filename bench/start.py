"""Start-up times, each as a ratio to a bare interpreter in the same run.

python bench/start.py
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

RUNS = 7
TARGETS = {"import surtax": 0.3, "surtax --help": 0.5}


def seconds(code: str) -> float:
    """Median wall time of a fresh interpreter running some code."""
    taken = []
    for _ in range(RUNS + 1):
        began = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
        taken.append(time.perf_counter() - began)
    return statistics.median(taken[1:])


def main() -> None:
    """Print the table."""
    bare = seconds("pass")
    print(f"{'bare interpreter':<18}{bare:7.3f} s")
    commands = {
        "import surtax": "import surtax",
        "surtax --help": "import sys; sys.argv = ['surtax', '--help']\n"
        "from surtax.cli import main\ntry:\n    main()\nexcept SystemExit:\n    pass",
    }
    for name, code in commands.items():
        taken = seconds(code)
        print(f"{name:<18}{taken:7.3f} s   {taken / bare:5.1f} × bare   target {TARGETS[name]} s")


if __name__ == "__main__":
    main()
