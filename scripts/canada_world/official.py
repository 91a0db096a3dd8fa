"""The published figures that can be asked of the world itself: the pack's table ``official``.

Goods are published at customs value, a world is at basic prices: each figure of goods is brought to
these by the one ratio of its direction. Exports and imports by section have no counterpart among
sectors and stay in the table of gaps alone.
"""

from __future__ import annotations

import csv
from pathlib import Path

import polars as pl

EXPORTS = "exports of goods to the United States 2024"
IMPORTS = "imports of goods from the United States 2024"
BALANCE = "balance of goods and services"
STATCAN = "Statistics Canada 12-10-0175-01, 2024, at customs value"
FIGURES = Path(__file__).with_name("figures.csv")
ITEMS = {
    "GDP at basic prices 2023": (
        "value-added", "*", "Statistics Canada 36-10-0221-01, 2023, less taxes on products",
    ),
    EXPORTS: ("flow", "out", STATCAN),
    IMPORTS: ("flow", "into", STATCAN),
    "imports of the United States 2024 (customs)": ("flow", "far", "Census Bureau 2024"),
    BALANCE: ("balance", "*", "balance_{}"),
    f"{BALANCE}, province, against 2022": ("balance", "*", "deficit_2022_{}"),
}  # fmt: skip
"""Item, direction of the ratio of customs to basic value, and the source of each kind of figure or
the key of the single figure that has it."""


def rows(gaps: pl.DataFrame, ratios: dict[str, float]) -> pl.DataFrame:
    """The figures of a table of gaps as item, sector, origin, destination, value and source."""
    with FIGURES.open(encoding="utf-8") as text:
        sources = {row["key"]: row["source"] for row in csv.DictReader(text)}
    out = []
    for what, where, figure, why in gaps.select("what", "where", "official", "why").iter_rows():
        if what not in ITEMS:
            continue
        item, way, source = ITEMS[what]
        place = "CAN" if where == "Canada" else where
        goods = item == "flow"
        ends = ("USA", place) if what == IMPORTS else (place, "USA" if goods else "*")
        value = round(figure * (ratios[way] if goods else 1.0), 3)
        source = sources.get(source.format(place), source)
        said = f"{source}; {why}" if why else source
        out.append((item, "goods" if goods else "*", *ends, value, said))
    names = ["item", "sector", "origin", "destination", "value", "source"]
    return pl.DataFrame(out, schema=names, orient="row")
