"""Entries as they were filed: amounts in cents, and what the law asks of each line."""

from __future__ import annotations

import polars as pl

from surtax.duty.bulk import Rater, layer_names
from surtax.duty.calendar import EPOCH
from surtax.duty.entries.columns import FACT, facts_of
from surtax.duty.entry import fact_value
from surtax.errors import UnitError
from surtax.ledger.load import Ledger

AMOUNT = r"^([0-9]+|[0-9]{1,3}(,[0-9]{3})+)(\.[0-9]*)?$"
"""An amount in a file: a comma only parts thousands."""
REJECTED = "rejected"
"""The column in which rating says why a line has no answer."""
SAID = ("admissible", "stale", "unknown", "missing", REJECTED)
"""What rating says of a line beside its duties; see `surtax.duty.bulk.rate_table`."""
PAID = "paid."
OF_GENERAL = "paid.general"
"""What was paid under the goods' own number: the general duty of the schedule."""


def rated(rater: Rater, table: pl.DataFrame) -> pl.DataFrame:
    """What every line owes, in cents: ``duty``, and a column for each duty owed.

    Args:
        rater: the law as known on a day, without what is void.
        table: entries in the canonical columns; amounts, quantities and facts may be text.

    Returns:
        Those columns, then `SAID`.
    """
    texts = {"value": pl.Decimal(18, 2), "quantity": pl.Decimal(18, 6)}
    plain = [
        amounts(table, name).cast(kind).alias(name)
        for name, kind in texts.items()
        if name in table.columns and table.schema[name] == pl.String
    ]
    facts = [declared(rater.ledger, table, n) for n in table.columns if n.startswith("facts.")]
    told = rater.rate(table.with_columns(*plain, *facts))
    owed = [cents(told, name).alias(name) for name in ("duty", *layer_names(told))]
    return pl.DataFrame([*owed, *(told[name] for name in SAID)])


def declared(ledger: Ledger, table: pl.DataFrame, name: str) -> pl.Series:
    """A fact's column as numbers; text is read as on the command line."""
    column = table[name]
    if column.dtype != pl.String:
        return column.cast(pl.Float64) if column.dtype != pl.Date else column.to_physical() + EPOCH
    text = column.str.strip_chars().replace("", None)
    fact = name.partition(".")[2].partition("@")[0]
    values = {one: fact_value(ledger, fact, one) for one in text.drop_nulls().unique()}
    return text.replace_strict(values, return_dtype=pl.Float64).alias(name)


def shares_of(ledger: Ledger, table: pl.DataFrame) -> pl.DataFrame:
    """By line, the parts of the value that it declares, such as ``copper_content``."""
    facts = {name: ledger.facts[name] for name in facts_of(table) if "@" not in name}
    parts = [n for n, one in facts.items() if one.type == "share" and "value" in one.unit]
    told = [declared(ledger, table, FACT + name).alias(name) for name in parts]
    return pl.DataFrame([table["line"], *told])


def paid_in_all(table: pl.DataFrame, general: pl.Series | None = None) -> pl.Series | None:
    """What was paid on each line in cents: in one column, or parted by heading.

    Args:
        table: entries as filed.
        general: (n,) the general duty owed, in cents, which counts as paid where a line parts its
            amounts by heading and does not speak of the general duty.

    Returns:
        (n,) null where a line does not say; None if no column does.
    """
    names = [n for n in table.columns if n.startswith(PAID)]
    if "paid" in table.columns:
        names = ["paid"]
    if not names:
        return None
    parts = pl.DataFrame([stated(table, name).alias(name) for name in names])
    said = parts.select(pl.any_horizontal(pl.all().is_not_null())).to_series()
    if general is not None and names != ["paid"]:
        own = pl.col(OF_GENERAL) if OF_GENERAL in names else pl.lit(None, pl.Int64)
        parts = parts.with_columns(pl.coalesce(own, pl.lit(general)).alias(OF_GENERAL))
    whole = parts.select(paid=pl.sum_horizontal(pl.all()))["paid"]
    return whole.set(~said, None)


def cents(table: pl.DataFrame, name: str) -> pl.Series:
    """An amount column in cents, however it is written; blank is nothing."""
    return stated(table, name).fill_null(0)


def stated(table: pl.DataFrame, name: str) -> pl.Series:
    """An amount column in cents, null where it is blank.

    Raises:
        UnitError: a text is not an amount.
    """
    column = table[name]
    if column.dtype.is_integer():
        return column.cast(pl.Int64)
    if column.dtype.is_float():
        return (column * 100).round().cast(pl.Int64)
    exact = column if column.dtype.is_decimal() else amounts(table, name)
    return (exact.cast(pl.Decimal(24, 6)) * 100).round(0).cast(pl.Int64)


def amounts(table: pl.DataFrame, name: str) -> pl.Series:
    """A column of text as exact amounts, null where it is blank; see `stated`."""
    text = table[name].cast(pl.String).str.strip_chars().replace("", None)
    plain = pl.when(text.str.contains(AMOUNT)).then(text.str.replace_all(",", ""))
    exact = pl.select(plain.cast(pl.Decimal(24, 6), strict=False)).to_series()
    bad = text.is_not_null() & exact.is_null()
    if bad.any():
        raise UnitError(
            f"“{text.filter(bad)[0]}” is not an amount of money.",
            where=f"{name}, line {_line(table, bad)}",
            mend="Write it as 40000, 40,000 or 99.95.",
        )
    return exact


def _line(table: pl.DataFrame, bad: pl.Series) -> int:
    """The number of the first line of a mask."""
    if "line" not in table.columns:
        return int(bad.arg_true()[0]) + 1
    return int(table["line"].filter(bad)[0])
