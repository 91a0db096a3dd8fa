"""Build the sets of internal trade barriers from published tables.

Reads ``trade_cost_by_sector.csv`` and ``published_canada.csv`` (transcribed tables of the papers)
and ``barrier_mapping.csv`` (which of their sectors make up each of ours; several are averaged
simply), and writes ``src/surtax/world/data/barriers.csv``: source, kind (sector or province),
name and the ad valorem equivalent as a fraction. How sets are made of them is code
(`surtax.world.barriers`).

Usage: python scripts/build_barriers.py [FOLDER] [-o FOLDER]
"""

from __future__ import annotations

import argparse
import csv
import os
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from statistics import fmean

HERE = Path(__file__).parent
OUT = HERE.parent / "src/surtax/world/data"
TABLES = {"akt": "AKT2019_Table1", "mli": "MLI2022_Table1"}
MEASURE = ("alvarez_krznar_tombe_2019", "nongeographic_cost_2015")
PROVINCES = ("NL", "PE", "NS", "NB", "QC", "ON", "MB", "SK", "AB", "BC")


def read(folder: Path, file: str) -> list[dict[str, str]]:
    with (folder / file).open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


def rows(folder: Path) -> Iterator[tuple[str, str, str, str]]:
    """Source, kind, name and ad valorem equivalent."""
    column = "nongeographic_or_nondistance_pct"
    costs = {
        (row["source"], row["sector"]): float(row[column])
        for row in read(folder, "trade_cost_by_sector.csv")
    }
    ours: dict[tuple[str, str], list[float]] = defaultdict(list)
    for row in read(HERE, "barrier_mapping.csv"):
        ours[row["source"], row["sector"]].append(costs[TABLES[row["source"]], row["theirs"]])
    for (source, sector), values in ours.items():
        yield source, "sector", sector, f"{fmean(values) / 100:.5g}"
    by_province = next(
        row
        for row in read(folder, "published_canada.csv")
        if (row["paper"], row["experiment"]) == MEASURE
    )
    for name in ("CAN", *PROVINCES):
        yield "akt", "province", name, f"{float(by_province[name]) / 100:.5g}"


def build(folder: Path, out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    with (out / "barriers.csv").open("w", encoding="utf-8", newline="") as text:
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(("source", "kind", "name", "equivalent"))
        writer.writerows(rows(folder))


def main() -> None:
    given = os.environ.get("SURTAX_TEST_DATA", "")
    default = Path(given) / "internal_trade_benchmarks" if given else None
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, nargs="?", default=default)
    parser.add_argument("-o", "--out", type=Path, default=OUT)
    options = parser.parse_args()
    if options.folder is None or not options.folder.is_dir():
        parser.error("name the folder of the tables, or set SURTAX_TEST_DATA")
    build(options.folder, options.out)


if __name__ == "__main__":
    main()
