"""Build ``src/surtax/data/hs_sectors.csv``: which sector makes the goods of each HS code.

Reads two official layouts:
  * US Census Bureau, import concordance HS10 → NAICS (columns ``hs10,naics``);
  * US Census Bureau, imports for consumption 2024 by HS10 and country, for the weights.

Each HS8 gets the sector of the largest value under it. The table is then cut to prefixes: a
prefix is written only where its sector (again the largest value under it) is not the one it
would inherit. What the concordance says is kept except for the four rules declared in ``RULES``.

Usage: python scripts/build_hs_sectors.py CONCORDANCE.csv HS10_COUNTRY_DIR [-o OUT]
"""

from __future__ import annotations

import argparse
import csv
from collections import defaultdict
from datetime import date
from pathlib import Path

import polars as pl

from surtax.trade.sources.census import read_census, to_partners

OUT = Path(__file__).parents[1] / "src/surtax/data/hs_sectors.csv"
UNSPECIFIED = "UNS"

# NAICS prefix, sector, what the industry makes (in our own words).
NAICS = """
111  AGR crops
112  AGR animals
113  AGR forestry and logs
114  AGR fish and game
115  AGR by-products of farms and forests
211  OIL crude oil and natural gas
212  MIN ores, coal, stone and salts as mined
221  UTL electricity
311  FOD food
312  FOD drinks and tobacco
313  TEX yarn and cloth
314  TEX household and technical textiles
315  TEX clothes
316  TEX leather and footwear
3211 LUM sawn wood
321  WOD panels, joinery and other wood articles
322  PAP pulp, paper and board
323  PAP printed matter
324  PET refined petroleum and coke
325  CHM chemicals, fertilizer and medicines
326  CHM plastic and rubber articles
327  NMM glass, cement, ceramics and stone articles
3311 STL iron and steel
3312 STL tubes, wire and shapes of bought steel
3313 ALU aluminium, unwrought and worked
331  MET other primary metals, and castings
332  MET metal articles
333  MAC machines
334  ELC computers, chips, instruments
335  ELC electrical equipment and appliances
3361 MTV cars and trucks
3362 PRT bodies and trailers
3363 PRT parts of vehicles
336  OTE aircraft, ships, rail, other vehicles
337  OMF furniture
339  OMF medical devices, toys, jewellery and the rest
"""

# Codes above 900000 are no industry: scrap, used goods, returned goods, special lines.
RULES = {
    "9xx": "Census codes 910000 (scrap), 930000 (used) and 990000 (special): the sector of most "
    "new goods of the same heading, else of the chapter; chapters 97, 98 and 99: UNS.",
    "2716": "UTL: electricity, which the concordance books under 990000.",
    "3104": "POT: potash; the concordance says fertilizer plants (325312), but mined and milled "
    "potassium chloride is a product of mining in the Canadian accounts.",
    "missing": "HS10 codes of 2024 that the concordance does not know take the sector of their "
    "longest prefix.",
}
FIXED = {"2716": "UTL", "3104": "POT"}
NOT_MADE = ("97", "98", "99")


def naics_table() -> dict[str, str]:
    """NAICS prefix → sector."""
    rows = (line.split(maxsplit=2) for line in NAICS.strip().splitlines())
    return {prefix: sector for prefix, sector, _ in rows}


def sector_of_naics(code: str, table: dict[str, str]) -> str | None:
    """Sector of a six-digit NAICS code; None for the codes that are no industry."""
    for length in (4, 3):
        if code[:length] in table:
            return table[code[:length]]
    if code.startswith("9"):
        return None
    raise ValueError(f"NAICS code {code} has no sector in the table")


def import_values(folder: Path) -> dict[str, int]:
    """US imports for consumption by HS10, US$, added over partners."""
    frame = to_partners(read_census(folder), date(2024, 12, 31))
    return dict(frame.group_by("hs10").agg(pl.col("value").sum()).iter_rows())


def _largest(weights: dict[str, float]) -> str:
    return min(weights, key=lambda sector: (-weights[sector], sector))


def hs8_sectors(
    concordance: dict[str, str], values: dict[str, int]
) -> tuple[dict[str, str], dict[str, float]]:
    """(HS8 → sector, HS8 → weight): the weight is US$ plus one per statistical line."""
    table = naics_table()
    known: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    special: dict[str, float] = defaultdict(float)
    for hs10, naics in concordance.items():
        weight = values.get(hs10, 0) + 1.0
        fixed = FIXED.get(hs10[:4]) or (UNSPECIFIED if hs10[:2] in NOT_MADE else None)
        sector = fixed or sector_of_naics(naics, table)
        if sector is None:
            special[hs10] += weight
            continue
        for length in (2, 4, 8):
            known[hs10[:length]][sector] += weight
    for hs10, weight in special.items():
        near = next((known[p] for p in (hs10[:4], hs10[:2]) if p in known), {UNSPECIFIED: 1.0})
        known[hs10[:8]][_largest(dict(near))] += weight
    sectors = {code: _largest(w) for code, w in known.items() if len(code) == 8}
    return sectors, {code: sum(known[code].values()) for code in sectors}


def compress(sectors: dict[str, str], weights: dict[str, float]) -> dict[str, str]:
    """Prefix → sector, from HS2 down to HS8, each only where it differs from what it inherits."""
    under: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for code, sector in sectors.items():
        for length in (2, 4, 6, 8):
            under[code[:length]][sector] += weights[code]
    out: dict[str, str] = {}
    for prefix in sorted(under, key=lambda p: (len(p), p)):
        inherited = next(
            (out[prefix[:n]] for n in range(len(prefix) - 2, 1, -2) if prefix[:n] in out), None
        )
        sector = _largest(dict(under[prefix]))
        if sector != inherited:
            out[prefix] = sector
    return dict(sorted(out.items()))


def build(concordance_csv: Path, folder: Path) -> dict[str, str]:
    """The table of prefixes from the two official files."""
    with concordance_csv.open(encoding="utf-8-sig", newline="") as file:
        concordance = {row["hs10"]: row["naics"] for row in csv.DictReader(file)}
    return compress(*hs8_sectors(concordance, import_values(folder)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("concordance", type=Path)
    parser.add_argument("hs10_country", type=Path)
    parser.add_argument("-o", "--out", type=Path, default=OUT)
    args = parser.parse_args()
    table = build(args.concordance, args.hs10_country)
    lines = ["prefix,sector", *(f"{prefix},{sector}" for prefix, sector in table.items())]
    args.out.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(table)} prefixes written to {args.out}")


if __name__ == "__main__":
    main()
