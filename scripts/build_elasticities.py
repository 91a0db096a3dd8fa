"""Build the named sets of trade elasticities from published tables.

Reads the transcribed tables of the papers and ``elasticity_mapping.csv`` (which of their sectors
make up each of ours, with the reason; several of theirs are averaged simply). Our sectors are
those of the embedded worlds, divisions of ISIC Rev.4 (``isic4/10-12``) and the industries of
WIOD's 2013 release (``wiod13/c3``). Writes into ``src/surtax/world/data``:

    elasticities.csv         paper, estimate, theta, se, se_from
    elasticity_sectors.csv   paper, sector, of, estimate    the mapping, ranges written out
    elasticity_sets.csv      set, rule, cap, title, citation, note

Usage: python scripts/build_elasticities.py [FOLDER] [-o FOLDER]
"""

from __future__ import annotations

import argparse
import csv
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
OUT = HERE.parent / "src/surtax/world/data"
CAP = 16.52
FULL = "caliendo-parro-2015-full"
SERVICES = "Services (non-traded)"


@dataclass(frozen=True)
class Paper:
    file: str
    sector: str
    theta: str
    se: str = ""


@dataclass(frozen=True)
class Made:
    name: str
    rule: str
    title: str
    citation: str
    note: str
    cap: float | None = None


PAPERS = {
    "caliendo-parro-2015": Paper("caliendo_parro_2015.csv", "sector", "theta_99pct_sample"),
    FULL: Paper("caliendo_parro_2015.csv", "sector", "theta_full_sample"),
    "boc-2018": Paper("boc_2018_charbonneau_landry.csv", "boc_sector", "theta_2016", "se_2016"),
    "alvarez-krznar-tombe-2019": Paper("alvarez_krznar_tombe_2019.csv", "sector", "theta"),
}
# Rows of the Bank of Canada's note that repeat one estimate of Caliendo and Parro's full sample
# with its standard error, to one digit (columns "1993").
REPEATED = {
    "Agriculture": "Farm", "Mining": "Ores", "Food": "Food", "Textile": "Clothing",
    "Wood": "Wood", "Paper": "Paper", "Petroleum": "Other energy", "Chemicals": "Chemicals",
    "Plastic": "Rubber", "Minerals": "Non-metal products",
    "Basic metals": "Metals (intermediate)", "Metal products": "Metals (fabricated)",
    "Machinery n.e.c.": "Machinery, n.e.c.", "Electrical": "Electrical machinery",
    "Communication": "Medical and communication", "Auto": "Auto",
    "Other transport": "Other transportation", "Other": "Other manufacturing, n.e.c.",
}  # fmt: skip
STANDS_IN = {
    FULL: "Bank of Canada (2018), which repeats it to one digit",
    "caliendo-parro-2015": "the full sample's, which stands in: its own was not in what was read",
}
CP = (
    "Caliendo, L. and F. Parro (2015), Estimates of the Trade and Welfare Effects of NAFTA, "
    "Review of Economic Studies 82(1), Table 1, 99 % sample."
)
CP_FULL = CP.replace("99 % sample", "full sample")
BOC = (
    "Charbonneau, K. and A. Landry (2018), Bank of Canada Staff Analytical Note 2018-29, "
    "Table 1, estimates for 2016."
)
AKT = (
    "Alvarez, J., I. Krznar and T. Tombe (2019), Internal Trade in Canada: Case for "
    "Liberalization, IMF Working Paper 19/158."
)
ALL = " ".join((CP, CP_FULL, BOC, AKT))
CAPPED = (
    f"None above {CAP}, since at more a duty of 25 % ends all but 2.5 % of the trade it falls on "
    "(1.25 to the power of minus theta) and the answer is the corner, not the estimate."
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
        CAP,
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
        BOC,
        "As published; the note has no services, for which 8.22 of Caliendo and Parro stands in.",
    ),
    Made(
        "alvarez-krznar-tombe-2019",
        "alvarez-krznar-tombe-2019",
        "Alvarez, Krznar and Tombe (2019), as published",
        AKT,
        "As published: ten sectors averaged from Caliendo and Parro's full sample, services 5.",
    ),
    Made(
        FULL,
        FULL,
        "Caliendo and Parro (2015), full sample, as published",
        CP_FULL,
        "As published, autos (1.01) and other transport equipment (0.37) among them; services are "
        "not estimated and carry the aggregate 8.22 of the 99 % sample.",
    ),
    Made(
        "boc-2018-capped",
        "boc-2018",
        "Bank of Canada (2018), capped at 16.52",
        BOC,
        f"{CAPPED} Petroleum (69.1), ores (43.0), pharmacy (29.4) and oil and gas (18.2) are.",
        CAP,
    ),
    Made(
        "low",
        "least",
        "The least of four published estimates, sector by sector",
        ALL,
        "The least of the 99 % and full samples of Caliendo and Parro, the Bank of Canada and "
        f"Alvarez, Krznar and Tombe. {CAPPED}",
        CAP,
    ),
    Made(
        "high",
        "most",
        "The largest of four published estimates, sector by sector",
        ALL,
        "The largest of the 99 % and full samples of Caliendo and Parro, the Bank of Canada and "
        f"Alvarez, Krznar and Tombe. {CAPPED}",
        CAP,
    ),
)


def read(folder: Path, file: str) -> list[dict[str, str]]:
    with (folder / file).open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


def estimates(folder: Path) -> Iterator[tuple[str, str, str, str, str]]:
    """Paper, sector, theta as published, its standard error and where that is from."""
    repeated = {row["boc_sector"]: row for row in read(folder, PAPERS["boc-2018"].file)}
    for name, paper in PAPERS.items():
        for row in read(folder, paper.file):
            sector, theta = row[paper.sector], row[paper.theta]
            if not theta:
                continue
            se, origin = (row[paper.se], "published with it") if paper.se else ("", "")
            if name in STANDS_IN and sector in REPEATED and "aggregate" not in row["note"]:
                same = repeated[REPEATED[sector]]
                if abs(float(same["theta_1993"]) - float(row[PAPERS[FULL].theta])) > 0.051:
                    raise SystemExit(f"{sector}: the note repeats another estimate.")
                se, origin = same["se_1993"], STANDS_IN[name]
            elif name == FULL and sector in REPEATED:
                se, origin = repeated[REPEATED[sector]]["se_1993"], STANDS_IN[FULL]
            yield name, sector, f"{float(theta):g}", se, origin


def mapping() -> Iterator[tuple[str, str, str, str]]:
    """Paper, our sector, and the paper and sector of the estimate; ranges written out."""
    for row in read(HERE, "elasticity_mapping.csv"):
        other, _, theirs = row["theirs"].rpartition(":")
        for sector in spread(row["sector"]):
            yield row["source"], sector, other or row["source"], theirs
            if row["source"] == "caliendo-parro-2015":
                of = row["source"] if theirs == SERVICES else FULL
                yield FULL, sector, of, theirs


def spread(sector: str) -> list[str]:
    """``isic4/10-12`` as three divisions; other names as they are."""
    found = re.fullmatch(r"(isic4/|wiod13/)(c?)(\d+)-c?(\d+)", sector)
    if not found:
        return [sector]
    head, letter, first, last = found.groups()
    wide = 0 if letter else 2
    return [f"{head}{letter}{n:0{wide}d}" for n in range(int(first), int(last) + 1)]


def build(folder: Path, out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    order = list(PAPERS)
    parts = sorted(mapping(), key=lambda row: order.index(row[0]))
    tables = {
        "elasticities.csv": [("paper", "estimate", "theta", "se", "se_from"), *estimates(folder)],
        "elasticity_sectors.csv": [("paper", "sector", "of", "estimate"), *parts],
        "elasticity_sets.csv": [
            ("set", "rule", "cap", "title", "citation", "note"),
            *((m.name, m.rule, str(m.cap or ""), m.title, m.citation, m.note) for m in SETS),
        ],
    }
    for file, rows in tables.items():
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
