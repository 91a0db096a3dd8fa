"""Time of a brief, cold, against what any command that reads the law costs.

The floor is a process that imports the product and loads the ledger. Both are fresh processes,
told in processor seconds, children's included.
Usage: python bench/brief.py
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
from pathlib import Path

FLOOR = "from surtax.cli import main; from surtax.ledger import Ledger; Ledger.load()"
BRIEF = (
    "from pathlib import Path; from surtax.brief.make import make; "
    "make('spring-2025', Path({out!r}), languages={languages!r}, quiet=True)"
)


def spent(code: str) -> float:
    """Processor seconds of a fresh interpreter that runs the code."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", code], check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        floor = min(spent(FLOOR) for _ in range(3))
        print(f"{'interpreter, import and ledger':<34} {floor:6.2f} s cpu")
        for languages in (("en",), ("en", "fr")):
            out = str(Path(folder) / "-".join(languages))
            used = spent(BRIEF.format(out=out, languages=languages))
            name = f"brief of spring-2025, {' and '.join(languages)}"
            print(f"{name:<34} {used:6.2f} s cpu, {used / floor:5.1f} of the floor")


if __name__ == "__main__":
    main()
