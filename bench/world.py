"""The Canadian world: built from raw tables, and loaded, each beside a floor in the same run.

python bench/world.py [RAW]

RAW is the folder of the raw tables (``SURTAX_TEST_DATA`` unless given); without it only the
loading is measured. The floor of a build is reading its raw tables, that of a load reading the
bytes of the pack into frames.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import polars as pl

sys.path.insert(0, str(Path(__file__).parents[1] / "scripts"))

from surtax.world.load import folder_of, load

NAME = "can19x34"
TARGETS = {"build": 60.0, "load": 0.1}


def seconds(work: Callable[[], object], runs: int) -> float:
    """Median processor time of some work, the first run left out if there are several."""
    taken = []
    for _ in range(runs):
        began = time.process_time()
        work()
        taken.append(time.process_time() - began)
    return statistics.median(taken[1:] or taken)


def read_pack_frames() -> None:
    """The tables of the pack as frames, unchecked."""
    for path in folder_of(NAME).iterdir():
        if path.suffix == ".parquet":
            pl.read_parquet(path)
        elif path.suffix == ".csv":
            pl.read_csv(path, infer_schema=False)


def read_raw(raw: Path) -> None:
    """The raw tables of the build, read and no more."""
    from canada_world import raw as tables

    tables.flows_2021(raw)
    tables.wiod_2011(raw)
    tables.icio_2020(raw)
    tables.baci_2023(raw)
    tables.us_imports(raw)
    for year in (2021, 2022, 2023):
        tables.provincial_gdp(raw, year)


def main() -> None:
    """Print the table."""
    floor, loaded = seconds(read_pack_frames, 21), seconds(lambda: load(NAME), 21)
    print(f"{'read the pack':<22}{floor:8.4f} s")
    print(f"{'load it, balanced':<22}{loaded:8.4f} s {loaded / floor:6.1f} ×   "
          f"target {TARGETS['load']} s")  # fmt: skip
    given = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("SURTAX_TEST_DATA", "")
    if not given:
        print("build: NOT MEASURED, set SURTAX_TEST_DATA to the folder of the raw tables")
        return
    from build_canada_world import build

    raw = Path(given)
    floor = seconds(lambda: read_raw(raw), 3)
    with tempfile.TemporaryDirectory() as folder:
        built = seconds(lambda: build(raw, Path(folder) / "pack"), 3)
    print(f"{'read the raw tables':<22}{floor:8.3f} s")
    print(f"{'build the world':<22}{built:8.3f} s {built / floor:6.1f} ×   "
          f"target {TARGETS['build']} s")  # fmt: skip


if __name__ == "__main__":
    main()
