"""Values of an undeclared fact at which the total of an entry may turn."""

from __future__ import annotations

from collections.abc import Iterator

from surtax.duty.clause import Scope
from surtax.duty.program import Program
from surtax.ledger.schema import FactType
from surtax.units import parse_share

_HAIR = 1e-9
"""A share next to nothing: a duty on it owes no cent, and yet others may yield to it."""


def corners(program: Program, name: str, kind: FactType) -> list[float | None]:
    """Values of a fact between which the total runs straight; None is not declared.

    The total is linear in a share except where a duty begins or ends to be owed and where a
    condition begins to hold; in a date it changes only where a condition does.
    """
    if kind.type == "bool":
        return [None, 1.0]  # no condition tells “no” from “not declared”
    asked = [
        clause.when
        for rule in program.rules
        for clause in rule.clauses
        if clause.when and clause.when.fact == name
    ]
    if kind.type == "date":
        days = {float(w.before.toordinal() - 1) for w in asked if w.before}
        windows = (s.window for s in _scopes(program) if s.window and s.window.fact == name)
        turns = {float(day.toordinal()) for window in windows for day in window.turns}
        return [None, *sorted(days | turns)]
    shares = {0.0, _HAIR, 1.0 - _HAIR, 1.0}
    for when in asked:
        if when.at_least:
            least = parse_share(when.at_least)
            shares |= {max(least - _HAIR, 0.0), least}
    return [None, *sorted(shares)]


def _scopes(program: Program) -> Iterator[Scope]:
    for rule in program.rules:
        yield rule.scope
        for clause in rule.clauses:
            yield clause.scope
