"""Write the shares that bulk rating uses where a single shipment would declare a fact.

    python scripts/build_assumptions.py METAL_SHARES.csv EXCLUSION_SHARES.csv

METAL_SHARES.csv holds, by ten-digit import code, the share of metals in the value of an article
as estimated from the detailed input-output accounts of the US Bureau of Economic Analysis
(columns hs10, steel_share, aluminum_share, copper_share, metal_share). Kept are the numbers whose
duty falls on the content, outside the metal's own chapter.

EXCLUSION_SHARES.csv holds, by heading of chapter 99 and ten-digit number, the share of imports from
China that is entered under an exclusion from section 301, inferred from the duties calculated by
the US Census Bureau in the months from September 2025 to March 2026 (columns ch99_code, hts10,
n_months, claim_share). Shares are kept to three decimals, within 0 and 1.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import numpy as np

from surtax.duty.lines import Codes
from surtax.ledger import Ledger
from surtax.trade.assumptions import ALL_METALS, CHAPTERS
from surtax.trade.flows import load_us_imports

OUT = Path(__file__).parents[1] / "src/surtax/trade/data/assumptions.csv"
BEA = (
    "estimate: all of the value within the metal's own chapter; elsewhere shares of value by "
    "import code derived from the detailed input-output accounts of the US Bureau of Economic "
    "Analysis; the mean is weighted with US imports of 2024"
)


def listed(ledger: Ledger) -> dict[str, frozenset[str]]:
    """By fact, the goods outside the metal's own chapter whose duty falls on its content."""
    steel = ["9406.20.00", "9406.90.01", "@derivatives-june", "@derivatives-august-outside"]
    aluminium = ["2203.00.00", "@derivatives-outside-76", "@derivatives-august-outside"]
    return {
        "steel_content": ledger.codes("us/s232/steel", steel),
        "aluminium_content": ledger.codes("us/s232/aluminium", aluminium),
        "copper_content": ledger.codes("us/s232/copper", ["@copper"]),
    }


def contents(shares: dict[str, dict[str, str]], ledger: Ledger) -> dict[str, dict[str, float]]:
    """By fact, the share of each listed number, two digits; written as a table."""
    numbers = np.array(sorted(shares))
    found: dict[str, dict[str, float]] = {}
    for fact, prefixes in listed(ledger).items():
        column = fact.replace("aluminium", "aluminum").replace("content", "share")
        under = numbers[Codes(numbers).under(prefixes)].tolist()
        found[fact] = {
            n: round(min(float(shares[n][column]), 1.0), 2)
            for n in under
            if n[:2] != CHAPTERS[fact]
        }
    out = OUT.with_name("metal_content.csv")
    with out.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(["number", *found, ALL_METALS])
        for n in sorted({n for of in found.values() for n in of}):
            metals = round(min(float(shares[n]["metal_share"]), 1.0), 2)
            own = (f"{of[n]:g}" if n in of else "" for of in found.values())
            writer.writerow([n, *own, f"{metals:g}"])
    return found


def mean(shares: dict[str, float]) -> str:
    """The mean of the listed numbers, weighted with US imports of 2024, two digits."""
    flows = load_us_imports()
    known = np.array([c in shares for c in flows.codes.tolist()])[flows.code_index]
    of = np.array([shares[c] for c in flows.hs10[known].tolist()])
    return f"{float(np.average(of, weights=flows.value[known])):.2f}"


def exclusions(path: Path) -> None:
    """Write the shares of imports that exclusions from section 301 free."""
    with path.open(encoding="utf-8", newline="") as handle:
        found = sorted(
            (r["hts10"], r["ch99_code"], f"{min(max(float(r['claim_share']), 0), 1):.3f}",
             r["n_months"])
            for r in csv.DictReader(handle)
        )  # fmt: skip
    out = OUT.with_name("s301_exclusion_claims.csv")
    with out.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(["number", "heading", "share", "months"])
        writer.writerows(found)
    print(f"{len(found)} exclusion shares")


def main(path: Path) -> None:
    """Write the table of assumptions, and that of contents by line."""
    with path.open(encoding="utf-8", newline="") as handle:
        shares = {r["hs10"]: r for r in csv.DictReader(handle)}
    found = contents(shares, Ledger.load())
    rows = [
        [fact, f"us/s232/{fact.partition('_')[0]}", mean(of), "0", "1", BEA]
        for fact, of in sorted(found.items())
    ] + [
        [
            "us_content",
            "us/s232/autos",
            "0.40",
            "0",
            "0.50",
            "assumption for vehicles of Canada and Mexico that claim USMCA: 40 % is what "
            "M. Waugh's public tracker implies by rating them at about 15 % "
            "(trade-war-redux-2025, July 2026); a figure of later knowledge; 0 is the law until "
            "Commerce approves a model's content",
        ],
    ]
    with OUT.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(["fact", "measure", "value", "low", "high", "source"])
        writer.writerows(rows)
    for row in rows:
        print(row[:5])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
    exclusions(Path(sys.argv[2]))
