"""Rate a table of entries: the same law, kernel and cents as for one entry."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from surtax.duty.entries.columns import MONEY, canonical, facts_of
from surtax.duty.entry import Entry
from surtax.duty.rate import rate
from surtax.ledger.load import Ledger

if TYPE_CHECKING:
    import polars as pl


def rate_table(
    ledger: Ledger,
    table: object,
    *,
    known: date | None = None,
    threatened: bool = False,
    void: Collection[str] = (),
) -> pl.DataFrame:
    """What every line of a table owes.

    Args:
        ledger: the law.
        table: entries in the canonical columns; a Polars frame or a stream of Arrow batches.
        known: the day of knowledge; the ledger's verified-to date unless given.
        threatened: let threats with a known rate count as carried out.
        void: measures, or provisions, taken as never in force.

    Returns:
        The table with these columns added. Amounts are Decimal(18, 2) in the importer's currency.

        - duty: all duties owed; null where the goods may not enter.
        - admissible: whether they may.
        - stale: whether the day lies outside the record's checked days.
        - unknown: ids of duties whose rate is not known, joined by “;”; they are in no total.
        - missing: facts that the rates ask for and the line does not declare, joined by “;”.
        - a column for each duty that some line owes, under its id: the amount, or null.

    Raises:
        DataError: the table lacks a column.
        UnitError: a list distinguishes the goods of a line more finely than the code given.
    """
    import polars as pl

    frame = canonical(table)
    facts = facts_of(frame)
    rows: list[dict[str, Any]] = []
    amounts: list[dict[str, Decimal]] = []
    for row in frame.iter_rows(named=True):
        entry = Entry(
            row["goods"],
            row["origin"],
            row["into"],
            row["value"],
            frozenset(filter(None, row["claims"].split(";"))),
            {name: row[column] for name, column in facts.items() if row[column] is not None},
            row["quantity"],
            row["unit"],
        )
        answer = rate(ledger, entry, row["on"], known, threatened=threatened)
        rows.append(
            {
                "duty": answer.total,
                "admissible": answer.admissible,
                "stale": answer.stale,
                "unknown": ";".join(u["measure"] for u in answer.unknown),
                "missing": ";".join(u["fact"] for u in answer.missing_facts),
            }
        )
        owed: dict[str, Decimal] = {}
        for layer in answer.layers:
            name = layer.measure.removesuffix("-per-unit")
            owed[name] = owed.get(name, Decimal(0)) + layer.amount
        amounts.append(owed)
    money = pl.Decimal(*MONEY)
    schema = {"duty": money, "admissible": pl.Boolean, "stale": pl.Boolean}
    told = pl.DataFrame(rows, schema={**schema, "unknown": pl.String, "missing": pl.String})
    names = sorted({name for owed in amounts for name in owed})
    layers = pl.DataFrame(
        {name: [owed.get(name) for owed in amounts] for name in names},
        schema=dict.fromkeys(names, money),
    )
    return pl.concat([frame, told, layers], how="horizontal")
