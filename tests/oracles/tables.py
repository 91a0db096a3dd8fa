"""Drawn lines as a table of entries, and a rated table beside the answers line by line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

from oracles.slow_duty import Line
from oracles.sweep import by_measure, entry
from surtax.duty.bulk import layer_names
from surtax.duty.rate import rate
from surtax.errors import UnitError
from surtax.ledger import Ledger


def table_of(lines: Sequence[tuple[Line, date]]) -> pl.DataFrame:
    """Lines and their days of entry, in canonical columns."""
    entries = [entry(line) for line, _ in lines]
    names = sorted({name for one in entries for name in one.facts})
    money, quantity = pl.Decimal(18, 2), pl.Decimal(18, 6)
    columns: dict[str, Any] = {
        "goods": [one.goods for one in entries],
        "origin": [one.origin for one in entries],
        "into": [one.into for one in entries],
        "value": pl.Series([one.value for one in entries], dtype=money),
        "on": [on for _, on in lines],
        "claims": [";".join(sorted(one.claims)) for one in entries],
        "quantity": pl.Series([one.quantity for one in entries], dtype=quantity),
        "unit": [one.unit for one in entries],
    }
    for name in names:
        said = [one.facts.get(name) for one in entries]
        columns[f"facts.{name}"] = pl.Series(said, dtype=pl.Float64)
    return pl.DataFrame(columns)


def said_of(rated: pl.DataFrame) -> list[dict[str, Any]]:
    """What a rated table says of each line."""
    names = layer_names(rated)
    out = []
    for row in rated.iter_rows(named=True):
        layers = {name: row[name] for name in names if row[name] is not None}
        out.append(
            {
                "rejected": row["rejected"] is not None,
                "admissible": row["admissible"],
                "duty": row["duty"],
                "layers": layers,
                "unknown": sorted(filter(None, row["unknown"].split(";"))),
                "stale": row["stale"],
            }
        )
    return out


def single(
    ledger: Ledger, line: Line, on: date, known: date, threatened: bool = False
) -> dict[str, Any]:
    """What the single answer says of a line, in the same words."""
    try:
        answer = rate(ledger, entry(line), on, known, threatened=threatened)
    except UnitError:
        return {"rejected": True}
    return {
        "rejected": False,
        "admissible": answer.admissible,
        "duty": answer.total,
        "layers": by_measure(answer),
        "unknown": sorted(u["measure"] for u in answer.unknown),
        "stale": answer.stale,
    }


def unlike(
    lines: Sequence[tuple[Line, date]],
    mine: Sequence[dict[str, Any]],
    theirs: Sequence[dict[str, Any]],
) -> list[tuple[Any, ...]]:
    """Lines of which two readings say different things; of refused ones only that they are."""
    out = []
    for line, one, other in zip(lines, mine, theirs, strict=True):
        asked = {key: one[key] for key in other}
        if other["rejected"]:
            asked = {"rejected": one["rejected"]}
        if asked != other:
            out.append((line, {k: (asked[k], other[k]) for k in asked if asked[k] != other[k]}))
    return out


def total(rated: pl.DataFrame) -> Decimal:
    """All duty of a table."""
    return rated["duty"].sum() or Decimal(0)
