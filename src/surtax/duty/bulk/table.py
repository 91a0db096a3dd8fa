"""Rate a table of entries."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

from surtax.duty import rate as single
from surtax.duty.entries.columns import FACT, LIST, RESULT
from surtax.duty.entry import Entry
from surtax.errors import InputError
from surtax.ledger.load import Ledger
from surtax.ledger.query import View


def rate_table(
    ledger: Ledger,
    table: Any,
    *,
    known: date | None = None,
    threatened: bool = False,
    void: Collection[str] = (),
) -> pl.DataFrame:
    """What every line of a table owes."""
    frame = table if isinstance(table, pl.DataFrame) else pl.DataFrame(table)
    seen: dict[date, View] = {}
    rows = []
    for row in frame.iter_rows(named=True):
        view = seen.get(row["on"])
        if view is None:
            view = seen[row["on"]] = without(
                ledger.at(row["on"], known, threatened=threatened), void
            )
        facts = {
            name.removeprefix(FACT): float(v.toordinal() if isinstance(v, date) else v)
            for name, v in row.items()
            if name.startswith(FACT) and v is not None
        }
        quantity = row.get("quantity")
        entry = Entry(
            row["goods"],
            row["origin"],
            row["into"],
            Decimal(row["value"]) / 100,
            frozenset((row.get("claims") or "").split(LIST)) - {""},
            facts,
            None if quantity is None else Decimal(quantity) / 10**6,
            row.get("unit") or "",
        )
        try:
            answer = single.rate_in(view, entry)
        except InputError as error:
            rows.append({"refused": str(error)})
            continue
        out = {
            "duty": None if answer.total is None else int(answer.total * 100),
            "rate": answer.rate,
            "admissible": answer.admissible,
            "stale": answer.stale,
            "unknown": LIST.join(sorted(u["measure"] for u in answer.unknown)) or None,
            "missing": LIST.join(u["fact"] for u in answer.missing_facts) or None,
        }
        for layer in answer.layers:
            name = layer.measure.removesuffix("-per-unit")
            out[name] = out.get(name, 0) + int(layer.amount * 100)
        rows.append(out)
    names = sorted({n for row in rows for n in row} - set(RESULT))
    return pl.DataFrame(rows, schema={**RESULT, **dict.fromkeys(names, pl.Int64)})


def without(view: View, void: Collection[str]) -> View:
    """The view with some measures or provisions treated as if they had never been."""
    for name in void:
        view.ledger.measure(name.partition("#")[0])
    gone = set(void)
    if not gone:
        return view
    kept = [
        tuple(p for p in some if p.id not in gone and p.measure not in gone)
        for some in (view.active, view.listed, view.unknown)
    ]
    return replace(view, active=kept[0], listed=kept[1], unknown=kept[2])
