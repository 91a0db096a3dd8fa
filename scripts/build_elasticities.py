"""Build the named sets of trade elasticities from published tables.

Reads the transcribed tables of the papers and ``elasticity_mapping.csv`` (which of their sectors
make up each of ours, with the reason; several of theirs are averaged simply), and writes
``src/surtax/world/data/elasticities.csv`` and ``elasticity_sets.csv``.

Usage: python scripts/build_elasticities.py [FOLDER] [-o FOLDER]
"""

from __future__ import annotations

import argparse
import csv
import os
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

HERE = Path(__file__).parent
OUT = HERE.parent / "src/surtax/world/data"


@dataclass(frozen=True)
class Paper:
    file: str
    sector: str
    theta: str


@dataclass(frozen=True)
class Made:
    name: str
    source: str
    title: str
    citation: str
    note: str
    cap: float | None = None


PAPERS = {
    "caliendo-parro-2015": Paper("caliendo_parro_2015.csv", "sector", "theta_99pct_sample"),
    "boc-2018": Paper("boc_2018_charbonneau_landry.csv", "boc_sector", "theta_2016"),
    "alvarez-krznar-tombe-2019": Paper("alvarez_krznar_tombe_2019.csv", "sector", "theta"),
}
CP = (
    "Caliendo, L. and F. Parro (2015), Estimates of the Trade and Welfare Effects of NAFTA, "
    "Review of Economic Studies 82(1), Table 1, 99 % sample."
)
SETS = (
    Made(
        "central",
        "caliendo-parro-2015",
        "Caliendo and Parro (2015), capped at 16.52",
        CP,
        "The published values, none above 16.52, the largest apart from petroleum. Petroleum's "
        "64.85 is an outlier: the full sample gives 51.1 with a standard error of 18.1, so 16.52 "
        "lies near the lower end of its 95 % interval (15.6), and at 64.85 a duty of 10 % ends "
        "practically all trade it falls on. Only PET changes.",
        16.52,
    ),
    Made(
        "caliendo-parro-2015",
        "caliendo-parro-2015",
        "Caliendo and Parro (2015), as published",
        CP,
        "As in the replication input, where autos and other transport equipment carry the "
        "aggregate 8.22, as services do.",
    ),
    Made(
        "boc-2018",
        "boc-2018",
        "Bank of Canada (2018), as published",
        "Charbonneau, K. and A. Landry (2018), Bank of Canada Staff Analytical Note 2018-29, "
        "Table 1, estimates for 2016.",
        "As published; the note has no services, for which 8.22 of Caliendo and Parro stands in.",
    ),
    Made(
        "alvarez-krznar-tombe-2019",
        "alvarez-krznar-tombe-2019",
        "Alvarez, Krznar and Tombe (2019), as published",
        "Alvarez, J., I. Krznar and T. Tombe (2019), Internal Trade in Canada: Case for "
        "Liberalization, IMF Working Paper 19/158.",
        "As published: ten sectors averaged from Caliendo and Parro's full sample, services 5.",
    ),
)


def published(folder: Path) -> dict[tuple[str, str], float]:
    """Value of each sector of each paper."""
    values = {}
    for name, paper in PAPERS.items():
        with (folder / paper.file).open(encoding="utf-8", newline="") as text:
            for row in csv.DictReader(text):
                values[name, row[paper.sector]] = float(row[paper.theta])
    return values


def mapped(folder: Path) -> dict[str, dict[str, float]]:
    """Simple mean over their sectors for each of ours, by paper, in axis order."""
    values = published(folder)
    parts: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    with (HERE / "elasticity_mapping.csv").open(encoding="utf-8", newline="") as text:
        for row in csv.DictReader(text):
            other, _, theirs = row["theirs"].rpartition(":")
            value = values[other or row["source"], theirs]
            parts[row["source"]][row["sector"]].append(value)
    return {
        source: {sector: round(mean(v), 4) for sector, v in by.items()}
        for source, by in parts.items()
    }


def build(folder: Path, out: Path) -> None:
    values = mapped(folder)
    out.mkdir(parents=True, exist_ok=True)
    numbers = [("set", "sector", "theta", "published")]
    words = [("set", "title", "cap", "citation", "note")]
    for made in SETS:
        words.append((made.name, made.title, str(made.cap or ""), made.citation, made.note))
        for sector, value in values[made.source].items():
            capped = value if made.cap is None else min(value, made.cap)
            numbers.append((made.name, sector, f"{capped:g}", f"{value:g}"))
    for file, rows in (("elasticities.csv", numbers), ("elasticity_sets.csv", words)):
        with (out / file).open("w", encoding="utf-8", newline="") as text:
            csv.writer(text, lineterminator="\n").writerows(rows)


def main() -> None:
    given = os.environ.get("SURTAX_TEST_DATA", "")
    default = Path(given) / "elasticities" if given else None
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, nargs="?", default=default)
    parser.add_argument("-o", "--out", type=Path, default=OUT)
    options = parser.parse_args()
    if options.folder is None or not options.folder.is_dir():
        parser.error("name the folder of the tables, or set SURTAX_TEST_DATA")
    build(options.folder, options.out)


if __name__ == "__main__":
    main()
