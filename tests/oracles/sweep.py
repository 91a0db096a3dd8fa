"""The engine's answers beside the slow reading's, line by line."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date
from decimal import Decimal

from oracles.draw import Draw, Edge
from oracles.slow_duty import Line, Owed, owed
from surtax.duty.entry import Entry
from surtax.duty.rate import Answer, rate
from surtax.errors import UnitError
from surtax.ledger import Ledger

Day = tuple[date, date, bool]
"""Day of law, day of knowledge, whether threats count."""


def entry(line: Line) -> Entry:
    """The line as the engine takes it."""
    facts = {
        k: float(v.toordinal()) if isinstance(v, date) else float(v) for k, v in line.facts.items()
    }
    return Entry(line.goods, line.origin, line.into, line.value, line.claims, facts, line.quantity)


def rated(
    ledger: Ledger, line: Line, on: date, known: date, threatened: bool = False
) -> Answer | None:
    """The engine's answer; None where it refuses a code that a list tells apart more finely."""
    try:
        return rate(ledger, entry(line), on, known, threatened=threatened)
    except UnitError as error:
        if error.where != "goods" or len(line.goods) > 8:
            raise
        return None


def by_measure(answer: Answer) -> dict[str, Decimal]:
    """Amounts by measure; the general rate's part per unit counts with its ad valorem part."""
    out: dict[str, Decimal] = {}
    for layer in answer.layers:
        name = layer.measure.removesuffix("-per-unit")
        out[name] = out.get(name, Decimal(0)) + layer.amount
    return out


def differences(theirs: Answer, mine: Owed) -> dict[str, object]:
    """What an answer and the slow reading say differently."""
    pairs = {
        "admissible": (theirs.admissible, mine.admissible),
        "total": (theirs.total, mine.total if mine.admissible else None),
        "layers": (by_measure(theirs), mine.layers),
        "unknown": (sorted(u["measure"] for u in theirs.unknown), mine.unknown),
        "suppressed": (sorted(s["measure"] for s in theirs.suppressed), mine.taken),
        "fees": ({one.measure: one.amount for one in theirs.fees}, mine.fees),
        "fees not owed": (sorted(s["measure"] for s in theirs.fees_suppressed), mine.fees_taken),
    }
    return {what: both for what, both in pairs.items() if both[0] != both[1]}


def too_short(draw: Draw, line: Line) -> bool:
    """Whether a list of the importer holds a longer number under the line's."""
    bodies = [b for b in draw.law.measures.values() if b["imposer"] == line.into]
    names = {(b["measure"], n) for b in bodies for act in b["acts"] for n in act["provisions"]}
    longer = (c for key in names for c in draw.listed(*key) if len(c) > len(line.goods))
    return len(line.goods) < 10 and any(c.startswith(line.goods) for c in longer)


def drawn(draw: Draw, edges: list[Edge], each: int, seed: str) -> dict[Day, list[Line]]:
    """So many lines at each edge, by their day."""
    rng = random.Random(seed)
    out: dict[Day, list[Line]] = {}
    for edge in edges:
        names = sorted(edge.names)
        rng.shuffle(names)
        for name in (names * each)[:each]:
            threatened = edge.known != draw.last and rng.random() < 0.5
            line = draw.line(rng, edge.measure, name, edge.on)
            out.setdefault((edge.on, edge.known, threatened), []).append(line)
    return out


def sweep(draw: Draw, ledger: Ledger, lines: dict[Day, list[Line]]) -> Counter[str]:
    """Every line rated twice; how many met something, and how many codes were refused.

    Raises:
        AssertionError: the two differ on a line, or a code was refused without need.
    """
    met: Counter[str] = Counter()
    wrong = []
    for (on, known, threatened), some in lines.items():
        for line in some:
            theirs = rated(ledger, line, on, known, threatened)
            if theirs is None:
                assert too_short(draw, line), line
                met["refused"] += 1
                continue
            mine = owed(draw.law, line, on, known, threatened)
            if found := differences(theirs, mine):
                wrong.append((line, on, known, threatened, found))
            met["met" if set(mine.layers) - {"us/hts/general"} or mine.taken else "missed"] += 1
    assert not wrong, f"{len(wrong)} of {sum(met.values())} differ, first: {wrong[0]}"
    return met
