"""Build ``src/surtax/ledger/data/hts_2025.parquet``: the general schedule of the US tariff.

Reads the USITC's CSV export of the Harmonized Tariff Schedule, basic edition of 2025 (columns
HTS Number, Indent, General Rate of Duty, Special Rate of Duty, Column 2 Rate of Duty).

One row for each eight-digit line of chapters 1 to 98; chapter 99 (temporary changes) belongs to
the ledger's measures. A line that prints no rate takes the one of the nearest line above it with
a smaller indent. What a rate text means:

    Free                     0
    6.8%                     ad valorem
    33 1/3%                  ad valorem
    90¢/pr. + 20%            specific, US$ per unit, and ad valorem
    5.7¢/kg on drained weight    specific; what is weighed belongs to the unit
    anything else            kept as text, parsed = false, numbers null: never zero

Usage: python scripts/build_schedule.py HTS.csv [-o OUT]
"""

from __future__ import annotations

import argparse
import csv
import re
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import polars as pl

OUT = Path(__file__).parents[1] / "src/surtax/ledger/data/hts_2025.parquet"
NUMBER, INDENT = "HTS Number", "Indent"
GENERAL, SPECIAL, COLUMN2 = (
    "General Rate of Duty",
    "Special Rate of Duty",
    "Column 2 Rate of Duty",
)
PERCENT = r"(?P<whole>\d+(?:\.\d+)?)(?: (?P<num>\d+)/(?P<den>\d+))?% ?(?:on the entire set)?"
SPECIFIC = r"(?P<dollar>\$?)(?P<amount>\d+(?:\.\d+)?)(?P<cent>¢?) ?(?:/ ?(?P<per>[^+%¢$]+?)|each)"
RATE = re.compile(rf"(?:{SPECIFIC})?(?P<plus> ?\+ ?)?(?:{PERCENT})?")
FREE_TO = re.compile(r"Free\s*\(([^)]*)\)")
SEE_MEXICO = re.compile(r"See 9823\.\d\d\.01[^()]*\(S\+\)")
SYMBOL = re.compile(r"[A-Z]{1,2}[+*]?")
MISPRINTS = {
    "²": "2",
    "³": "3",
    "pf.liter": "pf. liter",
    "weght": "weight",
    "m2of": "m2 of",
    "thou- sand": "thousand",
    "1,000": "1000",
    "line/ gross": "line/gross",
}
COLUMNS = {
    "hs8": pl.String,
    "text": pl.String,
    "ad_valorem": pl.Float64,
    "specific": pl.Float64,
    "unit": pl.String,
    "parsed": pl.Boolean,
    "column2_text": pl.String,
    "column2_ad_valorem": pl.Float64,
    "column2_specific": pl.Float64,
    "column2_unit": pl.String,
    "column2_parsed": pl.Boolean,
    "free": pl.String,
}


class Rate(NamedTuple):
    """A rate text in numbers: fraction of value, US$ per unit, the unit."""

    ad_valorem: float | None
    specific: float | None
    unit: str
    parsed: bool


UNPARSED = Rate(None, None, "", False)


def parse_rate(text: str) -> Rate:
    """Numbers of a rate text, or ``UNPARSED``."""
    text = re.sub(r"\s+", " ", text).strip()
    if text == "Free":
        return Rate(0.0, 0.0, "", True)
    found = RATE.fullmatch(text)
    if found is None or " less " in text:
        return UNPARSED
    has_specific, has_percent = found["amount"] is not None, found["whole"] is not None
    if bool(found["plus"]) != (has_specific and has_percent) or not (has_specific or has_percent):
        return UNPARSED
    if has_specific and bool(found["dollar"]) == bool(found["cent"]):
        return UNPARSED
    return Rate(_percent(found), _dollars(found), _unit(found), True)


def _percent(found: re.Match[str]) -> float:
    if found["whole"] is None:
        return 0.0
    value = Fraction(found["whole"])
    if found["num"]:
        value += Fraction(int(found["num"]), int(found["den"]))
    return float(value / 100)


def _dollars(found: re.Match[str]) -> float:
    if found["amount"] is None:
        return 0.0
    return float(Decimal(found["amount"]) / (100 if found["cent"] else 1))


def _unit(found: re.Match[str]) -> str:
    if found["amount"] is None:
        return ""
    unit = (found["per"] or "each").strip()
    for printed, meant in MISPRINTS.items():
        unit = unit.replace(printed, meant)
    return unit


def free_programmes(special: str) -> str:
    """Symbols of the programmes whose rate is Free, in order; "S+MX" is Mexico's part of S+.

    Where the special rate says "See 9823.xx.01-… (S+)", goods of Mexico are free (the first
    subheading of each group of chapter 98, subchapter XXIII) and those of Canada pay beyond a
    quota: the line is free for Mexico only.
    """
    found = {
        symbol
        for inside in FREE_TO.findall(special)
        for symbol in SYMBOL.findall(inside.replace(" ", ","))
    }
    if special.strip() == "Free":
        found.add("ALL")
    if SEE_MEXICO.search(special):
        found.add("S+MX")
    return " ".join(sorted(found))


def rows_with_rates(path: Path) -> Iterator[tuple[str, str, str, str]]:
    """(digits, general, special, column 2) of each numbered line, inherited where blank."""
    above: list[tuple[int, tuple[str, str, str]]] = []
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            depth = int(row[INDENT])
            while above and above[-1][0] >= depth:
                above.pop()
            own = (row[GENERAL], row[SPECIAL], row[COLUMN2])
            if not any(own) and above:
                own = above[-1][1]
            above.append((depth, own))
            digits = row[NUMBER].replace(".", "")
            if digits:
                yield digits, *(" ".join(text.split()) for text in own)


def schedule(path: Path) -> pl.DataFrame:
    """One row for each eight-digit line, columns as ``COLUMNS``, sorted by ``hs8``."""
    lines: dict[str, tuple[object, ...]] = {}
    for digits, general, special, column2 in rows_with_rates(path):
        hs8 = digits[:8]
        if len(digits) < 8 or hs8 in lines or digits.startswith("99"):
            continue
        one, two = parse_rate(general), parse_rate(column2)
        lines[hs8] = (hs8, general, *one, column2, *two, free_programmes(special))
    return pl.DataFrame(list(lines.values()), schema=COLUMNS, orient="row").sort("hs8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("hts", type=Path)
    parser.add_argument("-o", "--out", type=Path, default=OUT)
    args = parser.parse_args()
    frame = schedule(args.hts)
    args.out.parent.mkdir(parents=True, exist_ok=True)
    frame.write_parquet(args.out, compression="zstd", compression_level=19)
    goods = frame.filter(pl.col("hs8") < "98")
    print(f"{frame.height} lines, {goods.height} of them in chapters 1 to 97;", end=" ")
    print(f"rates kept as text: {(~goods['parsed']).sum()} general,", end=" ")
    print(f"{(~goods['column2_parsed']).sum()} column 2 (chapters 1 to 97)")


if __name__ == "__main__":
    main()
