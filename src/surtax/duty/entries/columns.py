"""The canonical table of entries: its columns and their types.

One row is one line of an entry. Money is whole cents of the importer's currency and quantity whole
millionths of its unit, both as integers, so that sums and differences are exact; a file holds them
as decimal numbers.
"""

from __future__ import annotations

import polars as pl

from surtax.ledger.load import Ledger
from surtax.ledger.schema import FactType

FACT = "facts."
"""What the name of a column of declared facts begins with: “facts.us_content”."""

PAID = "paid."
"""What the name of a column of amounts paid begins with: a heading or a provision follows."""

LIST = ";"
"""What parts the claims, or the headings, of one line."""

REQUIRED: dict[str, pl.DataType | type[pl.DataType]] = {
    "goods": pl.String,
    "origin": pl.String,
    "into": pl.String,
    "value": pl.Int64,
    "on": pl.Date,
}
"""Columns without which nothing can be rated.

goods: HS code, digits only, eight or ten of them. origin: code of the country of origin. into: code
of the place whose customs rates it. value: customs value in cents. on: the day of entry.
"""

OPTIONAL: dict[str, pl.DataType | type[pl.DataType]] = {
    "line": pl.Int64,
    "entry": pl.String,
    "claims": pl.String,
    "quantity": pl.Int64,
    "unit": pl.String,
    "liquidated": pl.Date,
    "status": pl.String,
    "filed": pl.String,
    "paid": pl.Int64,
}
"""Columns that may be missing; a null says the same as a missing column.

line: number of the line in its source, from 1. entry: the entry's own number. claims: preferences
claimed, parted by “;”. quantity: in millionths of `unit`. unit: of the quantity; empty is the unit
that is asked for. liquidated: day of liquidation. status: what became of the entry. filed: the
headings of chapter 99 that were declared, parted by “;”. paid: duty paid, all of it, in cents.
Besides, `facts.NAME` holds a declared fact, and `paid.NAME` what was paid under a heading or to a
provision, in cents.
"""

RESULT: dict[str, pl.DataType | type[pl.DataType]] = {
    "duty": pl.Int64,
    "rate": pl.Float64,
    "admissible": pl.Boolean,
    "stale": pl.Boolean,
    "unknown": pl.String,
    "missing": pl.String,
    "refused": pl.String,
}
"""Columns of the answer before the layers.

duty: all customs duties in cents, the general rate included; null where the goods may not enter or
the line is refused. rate: duty over value. admissible: whether the goods may enter. stale: whether
the day lies outside the record's checked days. unknown: provisions whose rate is not known and that
are in no total, parted by “;”. missing: facts that matter and were not declared, parted by “;”.
refused: why the line could not be rated; null where it was.
"""


def fact_dtype(kind: FactType) -> pl.DataType | type[pl.DataType]:
    """The type of a fact's column: Boolean, Date, or Float64 for shares and rates."""
    return {"bool": pl.Boolean, "date": pl.Date}.get(kind.type, pl.Float64)


def canonical(ledger: Ledger) -> dict[str, pl.DataType | type[pl.DataType]]:
    """Every canonical column with its type, in order; the facts are those of the ledger."""
    facts = {FACT + name: fact_dtype(kind) for name, kind in ledger.facts.items()}
    return {"line": pl.Int64, "entry": pl.String, **REQUIRED, **OPTIONAL, **facts}


def layers(names: list[str]) -> list[str]:
    """The columns of a rated table that hold a layer: amounts in cents, by provision id."""
    return [name for name in names if "/" in name and not name.startswith((FACT, PAID))]
