"""The canonical table of entries: one row for each line of entry, the same names everywhere.

=============  ===============  ===========================================================
line           Int64            where it stands in its source, from 1
entry          String           the entry's number; null where the source has none
goods          String           HS code, digits only, eight or ten of them
origin         String           country of origin: “CA”, “CN”
into           String           whose customs rate it: “US”, “CA”, “CN”, “EU27”, “MX”
value          Decimal(18, 2)   customs value in the importer's currency
on             Date             day of entry
claims         String           preferences claimed, in order, joined by “;”; empty if none
quantity       Decimal(18, 6)   quantity in `unit`; null if not given
unit           String           unit of the quantity; empty if not named
facts.<name>   Float64          declared fact: share 0 to 1, day ordinal, 1 or 0; null if not
=============  ===============  ===========================================================

Only goods, origin, into, value and on must be there. Other columns are carried along untouched;
those that refunds and audits read are named in `ALSO`.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from surtax.errors import DataError

if TYPE_CHECKING:
    import polars as pl

MONEY = (18, 2)
QUANTITY = (18, 6)
NEEDED = ("goods", "origin", "into", "value", "on")
OWN = ("line", "entry", *NEEDED, "claims", "quantity", "unit")
"""The canonical columns but for facts, in order."""
FACT = "facts."
"""What the name of a fact's column begins with."""
MENDS = {
    "on": "Give days; text such as 2025-03-28 is read by pl.col(\"on\").str.to_date().",
    "goods": "Give text.", "origin": "Give text.", "into": "Give text.", "unit": "Give text.",
    "claims": "Give one text for each line, its claims joined by “;”.",
}  # fmt: skip
"""How to mend columns of another type, where it is not by giving numbers."""
ALSO = ("liquidated", "status", "filed", "paid")
"""Columns of refunds and audits: day of liquidation, status, chapter 99 numbers filed, paid."""


def kinds() -> dict[str, pl.DataType]:
    """The type of each canonical column; facts are Float64."""
    import polars as pl

    text = pl.String()
    return {
        "line": pl.Int64(), "entry": text, "goods": text, "origin": text, "into": text,
        "value": pl.Decimal(*MONEY), "on": pl.Date(), "claims": text,
        "quantity": pl.Decimal(*QUANTITY), "unit": text,
    }  # fmt: skip


def facts_of(table: pl.DataFrame) -> dict[str, str]:
    """The facts that a table declares: name → column."""
    return {name.removeprefix(FACT): name for name in table.columns if name.startswith(FACT)}


def canonical(table: Any, numbered: Collection[str] = ()) -> pl.DataFrame:
    """A table with the canonical columns in their types, those left out filled in.

    Args:
        table: a Polars frame, or anything that gives an Arrow stream of batches.
        numbered: columns of texts that hold numbers of them, which are taken as they are.

    Raises:
        DataError: a needed column is missing, empty in some row or of another type.
    """
    import polars as pl

    frame = table if isinstance(table, pl.DataFrame) else pl.DataFrame(table)
    lost = [name for name in NEEDED if name not in frame.columns]
    if lost:
        raise DataError(
            f"the entries have no column “{lost[0]}”.",
            where="entries",
            mend=f"They need {', '.join(NEEDED)}.",
        )
    fill = {"line": pl.int_range(1, pl.len() + 1), "claims": pl.lit(""), "unit": pl.lit("")}
    want = kinds()
    columns: list[pl.Expr | pl.Series] = []
    for name, kind in want.items():
        if name not in frame.columns:
            columns.append(fill.get(name, pl.lit(None)).cast(kind).alias(name))
        elif name not in numbered:
            if name in ("claims", "unit"):
                columns.append(_cast(frame[name], kind).fill_null(""))
            elif frame.schema[name] != kind:
                columns.append(_cast(frame[name], kind))
    columns += [_cast(frame[name], pl.Float64()) for name in facts_of(frame).values()]
    out = frame.with_columns(columns)
    for name in NEEDED:
        if out[name].null_count():
            raise DataError(
                f"“{name}” is empty in {out[name].null_count()} of {len(out)} lines.",
                where="entries",
                mend="Give it in every line.",
            )
    return out


def _cast(column: pl.Series, kind: pl.DataType) -> pl.Series:
    """A column in its type.

    Raises:
        DataError: it is of another, such as days written as numbers.
    """
    import polars as pl

    numbered = kind == pl.Date and column.dtype.is_numeric()
    try:
        if not numbered:
            return column.cast(kind)
    except pl.exceptions.PolarsError:
        pass
    flat = not column.dtype.is_nested()
    bad = column.filter(column.is_not_null() & _lost(column, kind)) if flat else column[:0]
    like = f", such as “{bad[0]}”" if len(bad) else ""
    raise DataError(
        f"the column “{column.name}” is of the type {column.dtype}{like}; wanted is {kind}.",
        where="entries",
        mend=MENDS.get(column.name, "Give numbers that it can hold."),
    )


def _lost(column: pl.Series, kind: pl.DataType) -> pl.Series:
    """(n,) whether a cell has no meaning in a type."""
    import polars as pl

    try:
        return column.cast(kind, strict=False).is_null()
    except pl.exceptions.PolarsError:
        return pl.Series([True]).new_from_index(0, len(column))
