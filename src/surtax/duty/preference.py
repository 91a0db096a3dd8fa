"""A preference that goods qualified for and that was not claimed when they were entered."""

from __future__ import annotations

import polars as pl

from surtax.duty.eligible import first, word
from surtax.ledger.load import Ledger
from surtax.ledger.refunds import Ground
from surtax.ledger.schema import Claim

NO_CLAIM = "no claim after importation"
CLAIMED = "claimed at entry"
NOT_ORIGINATING = "not originating"
SAYS = "originating"
"""The column that says whether goods qualified when they were imported."""


def qualified(table: pl.DataFrame) -> pl.Series:
    """(n,) whether a table of entries says of a line that its goods qualified."""
    return table.with_columns(word(table, SAYS).alias(SAYS))[SAYS] == "yes"


def claiming(
    ledger: Ledger, rule: Ground, table: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Entries as they would have been made with the preference.

    Args:
        ledger: the law.
        rule: a ground with claims.
        table: entries in the canonical columns, with the column `SAYS`.

    Returns:
        The table, with the claim that each line may still make added to its claims; and one row per
        line: ``claims``, whether one was added, with ``why_not`` and ``because`` where none can be.
        A word of `SAYS` that is not known adds none.
    """
    cite = ledger.cite(rule.instrument, rule.cite)
    made = pl.col("claims").fill_null("")
    open_ = [_open(ledger.claims[name]) for name in rule.claims]
    which = first(open_, [pl.lit(name) for name in rule.claims])
    none = which.is_null()
    before = made.str.split(";").list.contains(which).fill_null(value=False)
    said = word(table, SAYS)
    adds = ~none & ~before & (said == "yes")
    refusals = [
        (none, NO_CLAIM, pl.format(
            "no preference that can be claimed after importation is open to goods of {} ({})",
            "origin", pl.lit(cite))),
        (before, CLAIMED, pl.lit("the preference was claimed when the goods were entered")),
        (said == "", NOT_ORIGINATING, pl.lit(
            f"no column says that the goods qualified when they were imported ({cite})")),
    ]  # fmt: skip
    held = [lines for lines, _, _ in refusals]
    told = table.select(
        claims=adds,
        why_not=first(held, [pl.lit(short) for _, short, _ in refusals]),
        because=first(held, [words for _, _, words in refusals]),
    )
    joined = pl.when(made == "").then(which).otherwise(pl.format("{};{}", made, which))
    return table.with_columns(claims=pl.when(adds).then(joined).otherwise(made)), told


def _open(claim: Claim) -> pl.Expr:
    """Lines that a claim is open to."""
    fits = pl.col("origin").is_in(claim.origins) & pl.col("into").is_in(claim.into)
    return fits & (pl.col("on") < claim.to) if claim.to else fits
