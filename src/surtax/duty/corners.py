"""Values of an undeclared fact at which the total of an entry may turn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from surtax.duty.clause import Scope
from surtax.duty.entry import Entry, apart
from surtax.duty.program import Program
from surtax.ledger.load import Ledger
from surtax.ledger.rates import read_amount
from surtax.ledger.schema import FactType
from surtax.units import parse_share

_HAIR = 1e-9
"""A share next to nothing: a duty on it owes no cent, and yet others may yield to it."""
_DECIMALS = 12
"""Decimals of what shares leave of the whole."""


def open_facts(program: Program, entry: Entry, ledger: Ledger) -> dict[str, list[float | None]]:
    """Facts that may matter and are not declared, with the values at which the total turns.

    The first value of each is that it is not declared.
    """
    names: dict[str, None] = {}
    for rule in program.rules:
        if rule.scope.window:
            names[rule.scope.window.fact] = None
        for clause in rule.clauses:
            claim = clause.when.claim if clause.when else None
            if claim is None or claim in entry.claims:
                names |= dict.fromkeys(f for f in sorted(clause.facts) if ledger.facts[f].asked)
    found = {
        n: corners(program, n, ledger.facts[n])
        for n in names
        if n not in entry.facts and _may_be(ledger.facts[n], entry)
    }
    for some in apart(ledger, {*found, *entry.facts}):
        found |= _sharing({n: found[n] for n in some if n in found}, entry, ledger)
    return found


def _sharing(
    found: Mapping[str, list[float | None]], entry: Entry, ledger: Ledger
) -> dict[str, list[float | None]]:
    """The values of shares of one whole that fit into it, and what each leaves to another."""
    most = {n: room(ledger, n, entry.facts) for n in found}
    below = {n: [v for v in found[n] if v is not None and v < most[n]] for n in found}
    out: dict[str, list[float | None]] = {}
    for n in found:
        others = [v for other in found if other != n for v in below[other]]
        left = {round(most[n] - v, _DECIMALS) for v in (0.0, _HAIR, *others)}
        out[n] = [None, *sorted({*below[n], *(v for v in left if v >= 0)})]
    return out


def room(ledger: Ledger, name: str, declared: Mapping[str, float]) -> float:
    """The largest share that a fact can be beside those declared of the same whole."""
    whole = ledger.facts[name].apart
    if not whole:
        return 1.0
    others = (v for n, v in declared.items() if n != name and ledger.facts[n].apart == whole)
    return max(round(1.0 - sum(others), _DECIMALS), 0.0)


def _may_be(kind: FactType, entry: Entry) -> bool:
    """Whether an entry of that value can have the fact at all."""
    return not kind.up_to or entry.value <= read_amount(kind.up_to)[0]


def shares(program: Program, name: str, most: float, ledger: Ledger) -> list[float]:
    """The corners of a share, up to the most that it can be."""
    told = (c for c in corners(program, name, ledger.facts[name]) if c is not None)
    return sorted({*(c for c in told if c < most), max(most - _HAIR, 0.0), most})


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
