"""Time of a brief, cold, against what any command that reads the law costs.

The floor is a process that imports the product and loads the ledger. Both are fresh processes
whose modules are compiled already, as pip leaves them; children are included. The wall clock is
that of the machine as it is: with other work on it, judge by the processor and the ratio.
Usage: python bench/brief.py
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

FLOOR = "from surtax.cli import main; from surtax.ledger import Ledger; Ledger.load()"
BRIEF = (
    "from pathlib import Path; from surtax.brief.make import make; "
    "make('spring-2025', Path({out!r}), languages={languages!r}, quiet=True)"
)
TARGET = 5.0
"""Seconds on the wall that a cold brief may take."""


def spent(code: str, compiled: str) -> tuple[float, float]:
    """Processor seconds, and seconds on the wall, of a fresh interpreter that runs the code."""
    told = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    began, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [sys.executable, "-c", code], check=True, env=told | {"PYTHONPYCACHEPREFIX": compiled}
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return used, time.perf_counter() - began


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        compiled = str(Path(folder) / "compiled")
        spent(BRIEF.format(out=str(Path(folder) / "first"), languages=("en", "fr")), compiled)
        floor = min(spent(FLOOR, compiled)[0] for _ in range(3))
        print(f"{'interpreter, import and ledger':<36} {floor:6.2f} s cpu")
        for languages in (("en",), ("en", "fr")):
            code = BRIEF.format(out=str(Path(folder) / "-".join(languages)), languages=languages)
            used, wall = min(spent(code, compiled) for _ in range(2))
            name = f"brief of spring-2025, {' and '.join(languages)}"
            verdict = "met" if wall <= TARGET else "missed"
            print(f"{name:<36} {used:6.2f} s cpu, {used / floor:4.1f} of the floor; {wall:6.2f} s "
                  f"wall, target {TARGET:.0f}: {verdict}")  # fmt: skip


if __name__ == "__main__":
    main()
