"""An ICIO-sized CSV to a balanced world, against a plain read of the same file, in one run.

The bench makes the file itself: 77 areas × 45 industries, six categories of final demand, every
number printed with five decimals, about 100 MB. The floor is what any loader must do:
polars reads the CSV into a table of floats. Linux.
Usage: python bench/world_sources.py [FOLDER FOR THE FILE]
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import polars as pl

AREAS, DEMAND = 77, ("HFCE", "NPISH", "GGFC", "GFCF", "INVNT", "DPABR")
INDUSTRIES = (
    "A01_02", "A03", "B05_06", "B07_08", "B09", "C10T12", "C13T15", "C16", "C17_18", "C19", "C20",
    "C21", "C22", "C23", "C24", "C25", "C26", "C27", "C28", "C29", "C30", "C31T33", "D", "E", "F",
    "G", "H49", "H50", "H51", "H52", "H53", "I", "J58T60", "J61", "J62_63", "K", "L", "M", "N",
    "O", "P", "Q", "R", "S", "T",
)  # fmt: skip


def make(path: Path) -> None:
    """A table with a home bias, negative inventories and idle industries, as the real ones have."""
    rng = np.random.default_rng(77)
    names = [f"{chr(65 + a // 26)}{chr(65 + a % 26)}X" for a in range(AREAS)]
    cells, S = AREAS * len(INDUSTRIES), len(INDUSTRIES)
    size = rng.lognormal(0.0, 1.5, AREAS)
    home = 1.0 + 60.0 * np.eye(AREAS)
    pairs = np.kron(np.outer(size, size) * home, np.ones((S, S)))
    use = pairs * rng.lognormal(0.0, 1.5, (cells, cells))
    final = np.kron(np.outer(size, size) * home, np.ones((S, len(DEMAND))))
    final *= 15.0 * rng.lognormal(0.0, 1.0, final.shape)
    stock = np.arange(final.shape[1]) % len(DEMAND) == DEMAND.index("INVNT")
    final[:, stock] *= rng.normal(0.0, 0.2, (cells, AREAS))
    idle = rng.choice(cells, 30, replace=False)
    use[idle], use[:, idle], final[idle] = 0.0, 0.0, 0.0
    output = use.sum(axis=1) + final.sum(axis=1)
    share = use.sum(axis=0) / np.where(output > 0, output, 1.0)
    use *= np.where(share > 0, rng.uniform(0.3, 0.7, cells) / np.where(share > 0, share, 1.0), 0.0)
    output = use.sum(axis=1) + final.sum(axis=1)
    over = use.sum(axis=0) / np.where(output > 0, output, 1.0)
    use *= np.minimum(1.0, 0.9 / np.where(over > 0, over, 1.0))
    output = use.sum(axis=1) + final.sum(axis=1)
    taxes = 0.02 * use.sum(axis=0)
    labels = [f"{a}_{s}" for a in names for s in INDUSTRIES]
    heads = [*labels, *(f"{a}_{d}" for a in names for d in DEMAND), "OUT"]
    body = np.concatenate([use, final, output[:, None]], axis=1)
    foot = np.zeros((3, body.shape[1]))
    foot[:, :cells] = taxes, output - use.sum(axis=0) - taxes, output
    table = np.round(np.concatenate([body, foot]), 5)
    frame = pl.DataFrame(table, schema=heads, orient="row")
    frame.insert_column(0, pl.Series("V1", [*labels, "TLS", "VA", "OUT"])).write_csv(path)


PEAK = """
from pathlib import Path
text = Path("/proc/self/status").read_text()
print("peak", text.split("VmHWM:")[1].split()[0])
"""


def once(code: str) -> tuple[float, float, float]:
    """Wall and processor seconds and peak memory (GB) of work in a process of its own."""
    began, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    words = [sys.executable, "-c", code + PEAK]
    done = subprocess.run(words, check=True, capture_output=True, text=True)
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    said, _, peak = done.stdout.rpartition("peak ")
    print(said, end="")
    busy = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return wall, busy, float(peak) / 1e6


def main() -> None:
    with tempfile.TemporaryDirectory(dir=sys.argv[1] if len(sys.argv) > 1 else None) as room:
        path = Path(room) / "2020_SML.csv"
        make(path)
        print(f"made {path.name}: {path.stat().st_size / 1e6:.0f} MB")
        floor = once(f"import polars as pl; pl.read_csv({str(path)!r}, null_values=['NA', ''])\n")
        load = once(
            "from surtax.world.sources import icio; from surtax.world.check import check, counts;"
            f"w = icio.load({str(path)!r}); print(*w.notes, counts(check(w)), sep=chr(10))\n"
        )
    for name, (wall, busy, memory) in (("plain read", floor), ("balanced world", load)):
        print(f"{name:<15} {wall:7.2f} s wall {busy:7.2f} s processor  peak {memory:5.2f} GB")
    print(f"ratio           {load[0] / floor[0]:7.2f}   targets: 60 s, 4 GB")


if __name__ == "__main__":
    main()
