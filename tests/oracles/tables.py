"""Drawn lines as a table of entries, and what three readings of the law say of each of them."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl

from oracles.draw import Draw
from oracles.slow_duty import Line, owed
from oracles.sweep import differences, entry, rated
from surtax.duty.bulk import layer_names, rate_table
from surtax.ledger import Ledger


def lines_of(
    draw: Draw, rng: random.Random, count: int, *, zones: float = 1.0, bare: float = 0.0
) -> list[tuple[Line, date]]:
    """Lines of any goods, with their days of entry.

    `zones` is the share of the goods of foreign trade zones that stay such: nearly each of them
    has a law of its own, which takes its time to be put together. `bare` is the share of lines that
    declare no fact; tables share what they make of such lines.
    """
    found = [draw.anywhere(rng)[:2] for _ in range(count)]
    for line, _ in found:
        if rng.random() >= zones:
            line.facts.pop("privileged", None)
        if bare and rng.random() < bare:
            line.facts.clear()
    return found


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


def said_of(rated_: pl.DataFrame) -> list[dict[str, Any]]:
    """What a rated table says of each line."""
    names = layer_names(rated_)
    return [
        {
            "rejected": row["rejected"] is not None,
            "admissible": row["admissible"],
            "total": row["duty"],
            "layers": {name: row[name] for name in names if row[name] is not None},
            "unknown": sorted(filter(None, row["unknown"].split(";"))),
            "stale": row["stale"],
        }
        for row in rated_.iter_rows(named=True)
    ]


@dataclass
class Checked:
    """Lines read in three ways.

    Attributes:
        count: lines; among them those refused, barred, of a zone, with a claim, with a
            fact, without one.
        met: duties that were owed, by the number of lines that owe them.
        unlike: lines of which two readings say different things, with what they say.
    """

    count: Counter[str] = field(default_factory=Counter)
    met: Counter[str] = field(default_factory=Counter)
    unlike: list[tuple[Any, ...]] = field(default_factory=list)


def checked(
    draw: Draw,
    ledger: Ledger,
    lines: Sequence[tuple[Line, date]],
    known: date,
    threatened: bool = False,
) -> Checked:
    """The table, the single answer and the slow reading, line by line.

    The slow reading does not refuse codes that a list tells apart more finely; the other two must
    refuse the same ones, all shorter than ten digits.
    """
    out = Checked()
    table = said_of(rate_table(ledger, table_of(lines), known=known, threatened=threatened))
    for (line, on), bulk in zip(lines, table, strict=True):
        asked = line, on, known, threatened
        answer = rated(ledger, *asked)
        out.count["lines"] += 1
        if answer is None or bulk["rejected"]:
            out.count["refused"] += 1
            if not (answer is None and bulk["rejected"] and len(line.goods) < 10):
                out.unlike.append((*asked, "refused", answer is None, bulk["rejected"]))
            continue
        slow = owed(draw.law, *asked)
        total = slow.total if slow.admissible else None
        pairs = {
            "admissible": (bulk["admissible"], slow.admissible),
            "total": (bulk["total"], total),
            "layers": (bulk["layers"], slow.layers),
            "unknown": (bulk["unknown"], slow.unknown),
            "stale": (bulk["stale"], answer.stale),
        }
        apart = {what: both for what, both in pairs.items() if both[0] != both[1]}
        if apart or (one := differences(answer, slow)):
            out.unlike.append((*asked, apart or one))
        out.met.update(slow.layers.keys())
        out.count["barred"] += not slow.admissible
        out.count["of a zone"] += "privileged" in line.facts and line.into == "US"
        out.count["with a claim"] += bool(line.claims)
        out.count["with a fact"] += bool(line.facts)
        out.count["without a fact"] += not line.facts
    return out
