"""Write the shares that bulk rating uses where a single shipment would declare a fact.

    python scripts/build_assumptions.py METAL_SHARES.csv EXCLUSION_SHARES.csv

METAL_SHARES.csv holds, by ten-digit import code, the share of metals in the value of an article
as estimated from the detailed input-output accounts of the US Bureau of Economic Analysis
(columns hs10, steel_share, aluminum_share). The lines that a list covers are weighted with the
US imports of 2024.

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
from surtax.trade.flows import load_us_imports

OUT = Path(__file__).parents[1] / "src/surtax/trade/data/assumptions.csv"
BEA = (
    "estimate: metal shares of value by import code derived from the detailed input-output "
    "accounts of the US Bureau of Economic Analysis, weighted with US imports of 2024"
)


def content(shares: dict[str, dict[str, str]], column: str, prefixes: frozenset[str]) -> float:
    """Value-weighted share of a metal over the listed lines, two digits."""
    flows = load_us_imports()
    listed = Codes(flows.codes).under(prefixes)[flows.code_index]
    known = np.array([c in shares for c in flows.codes])[flows.code_index]
    rows = np.flatnonzero(listed & known)
    of = np.array([float(shares[c][column]) for c in flows.hs10[rows]])
    return round(float(np.average(of, weights=flows.value[rows])), 2)


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
    """Write the table of contents."""
    with path.open(encoding="utf-8", newline="") as handle:
        shares = {r["hs10"]: r for r in csv.DictReader(handle)}
    ledger = Ledger.load()
    aluminium = ledger.codes("us/s232/aluminium", ["@derivatives-outside-76"])
    steel = ledger.codes("us/s232/steel", ["9406.20.00", "9406.90.01"])
    rows = [
        [
            "aluminium_content",
            "us/s232/aluminium",
            content(shares, "aluminum_share", aluminium),
            "0",
            "1",
            BEA,
        ],
        ["steel_content", "us/s232/steel", content(shares, "steel_share", steel), "0", "1", BEA],
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
