"""A view of the ledger compiled for the kernel: one rule per duty, with all that bears on it.

Stacking is data: duties add unless a provision in the ledger says otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property, lru_cache

import numpy as np

from surtax import places
from surtax.duty.calendar import spell, stretch
from surtax.duty.clause import Clause, Scope, Window
from surtax.duty.lines import Index
from surtax.errors import LedgerError
from surtax.ledger.load import Ledger
from surtax.ledger.query import Provision, View
from surtax.ledger.rates import Rate, rate_of, read_rate
from surtax.ledger.schema import CLOCKS, TERMS, speaks_of
from surtax.units import parse_share


@dataclass(frozen=True)
class Rule:
    """A duty, or a fee, with everything that bears on it.

    Attributes:
        provision: the duty.
        scope: its origins and goods.
        rate: its ad valorem rate; NaN when unknown.
        rates: rates of single origins in its place. cites: where those stand that have an
            instrument of their own.
        least: the least share of the whole value that it amounts to.
        prohibited: whether the goods may not enter at all.
        reliefs: what takes it away.
        bases: what narrows the part of the value it falls on.
        terms: what becomes of it: drawback and status in a foreign trade zone.
        yields: indices of the rules it yields to, with the provision that says so.
    """

    provision: Provision
    scope: Scope
    rate: Rate
    rates: dict[str, Rate]
    prohibited: bool
    reliefs: tuple[Clause, ...]
    bases: tuple[Clause, ...]
    yields: tuple[tuple[int, Clause], ...] = ()
    least: float = 0.0
    terms: tuple[Clause, ...] = ()
    cites: Mapping[str, str] = field(default_factory=dict)

    def rate_for(self, origin: str) -> Rate:
        """The rate on goods of one origin."""
        return self.rates.get(origin, self.rate)

    @property
    def clauses(self) -> tuple[Clause, ...]:
        """All reliefs, bases and precedences of it."""
        return (*self.reliefs, *self.bases, *(clause for _, clause in self.yields))


Pair = tuple[frozenset[str] | None, frozenset[str] | None, frozenset[str]]
"""Origins, goods and goods left out, as in `Scope`."""


@dataclass(frozen=True, eq=False)
class Reaches:
    """The s distinct origins and goods that the scopes of a program name, whatever their days.

    Attributes:
        pairs: each once.
        rules: which of them is that of each rule.
        clauses: for each rule, (c,) which are those of its clauses.
        winners: for each rule, (c,) which is that of the rule it yields to by the clause; of other
            clauses, its own.
    """

    pairs: tuple[Pair, ...]
    rules: tuple[int, ...]
    clauses: tuple[Index, ...]
    winners: tuple[Index, ...]


@dataclass(frozen=True, eq=False)
class Program:
    """The duties of one importer between two turns of its law; `order` runs winners first.

    Its view is that of the first of these days.
    """

    view: View
    rules: tuple[Rule, ...]
    order: tuple[int, ...]

    def units(self, origin: str) -> set[str]:
        """Units that the rates on goods of an origin ask for, the entry itself among them."""
        return {p.unit for rule in self.rules for p in rule.rate_for(origin).parts if p.unit}

    @cached_property
    def reaches(self) -> Reaches:
        """The places and goods that its scopes name, each pair once."""
        number: dict[Pair, int] = {}

        def of(scope: Scope) -> int:
            pair = scope.origins, scope.goods, scope.goods_except
            return number.setdefault(pair, len(number))

        rules = [of(rule.scope) for rule in self.rules]
        clauses = [np.array([of(c.scope) for c in r.clauses], dtype=np.intp) for r in self.rules]
        winners = [
            np.array(
                [rules[i]] * (len(r.clauses) - len(r.yields)) + [rules[j] for j, _ in r.yields],
                dtype=np.intp,
            )
            for i, r in enumerate(self.rules)
        ]
        return Reaches(tuple(number), tuple(rules), tuple(clauses), tuple(winners))


def compile_view(
    view: View, imposer: str, *, assume: Mapping[str, float] | None = None, kind: str = "duty"
) -> Program:
    """The program of one importer.

    Args:
        view: the ledger on a day, as known on a day.
        imposer: the place whose duties are wanted.
        assume: rates to use for provisions whose rate is unknown, by provision id; these are
            assumptions, and every output that uses them must say so.
        kind: duty, or fee for what is charged beside the duties.

    Raises:
        LedgerError: the precedences form a circle.
    """
    return _of_view(view, imposer, frozenset((assume or {}).items()), kind)


@lru_cache(maxsize=2048)
def _of_view(view: View, imposer: str, assume: frozenset[tuple[str, float]], kind: str) -> Program:
    first = replace(
        view,
        on=stretch(view.ledger, imposer, view.on),
        entered=view.entered and stretch(view.ledger, imposer, view.entered),
        active=tuple(p for p in view.active if p.imposer == imposer),
        unknown=tuple(p for p in view.unknown if p.imposer == imposer),
    )
    return _of_stretch(_Law(first), imposer, assume, kind)


class _Law:
    """A view that equals another of the same provisions and day."""

    def __init__(self, view: View) -> None:
        self.view = view
        days = view.on, view.known, view.entered, view.late
        self._key = view.ledger, days, view.active, view.unknown
        self._hash = hash(self._key)

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Law) and self._key == other._key


@lru_cache(maxsize=1024)
def _of_stretch(
    law: _Law, imposer: str, assume: frozenset[tuple[str, float]], kind: str
) -> Program:
    view = law.view
    ledger = view.ledger
    duties = [p for p in (*view.active, *view.unknown) if p.kind == kind]
    clauses = [p for p in view.active if p.kind not in ("duty", "fee")]
    read = [_clause(view, p) for p in clauses]
    own: dict[str, list[int]] = {}
    for n, p in enumerate(clauses):
        abroad = any("/" in target for target in p.fields.get("of") or ())
        own.setdefault("" if abroad else p.measure, []).append(n)
    at: dict[str, list[int]] = {}
    for i, duty in enumerate(duties):
        for name in (duty.id, duty.measure):
            at.setdefault(name, []).append(i)
    rules = []
    for duty in duties:
        near = sorted(own.get(duty.measure, []) + own.get("", []))
        mine = [n for n in near if _speaks_of(clauses[n], duty.measure, duty.name)]
        yields = [
            (i, read[n])
            for n in mine
            if clauses[n].kind == "precedence" and clauses[n].measure == duty.measure
            for target in clauses[n].fields.get("to_measures") or []
            for i in at.get(target, [])
        ]
        rates, cites = _rates(ledger, duty.measure, duty.fields.get("rates"), spell(view.on))
        rules.append(
            Rule(
                provision=duty,
                scope=_scope(view, duty),
                rate=_rate(duty, dict(assume)),
                rates=rates,
                cites=cites,
                least=rate_of(duty.fields["least"]) if duty.fields.get("least") else 0.0,
                prohibited=duty.rate == "prohibited",
                reliefs=tuple(read[n] for n in mine if clauses[n].kind == "relief"),
                bases=tuple(read[n] for n in mine if clauses[n].kind == "basis"),
                terms=tuple(read[n] for n in mine if clauses[n].kind in TERMS),
                yields=tuple(yields),
            )
        )
    return Program(view, tuple(rules), _order(rules, ledger))


def _speaks_of(clause: Provision, measure: str, name: str) -> bool:
    return speaks_of(clause.fields.get("of"), clause.measure, measure, name)


@lru_cache(maxsize=1024)
def reliefs_of(view: View, imposer: str, measure: str) -> tuple[Clause, ...]:
    """Reliefs that reach what the ledger does not hold as a measure, such as the schedule."""
    found = [p for p in view.active if p.imposer == imposer and p.kind == "relief"]
    reach = [p for p in found if _speaks_of(p, measure, "")]
    return tuple(_clause(view, p) for p in reach)


@lru_cache(maxsize=1024)
def zone_clauses(view: View, imposer: str) -> tuple[Clause, ...]:
    """What the measures of an importer say of goods from a foreign trade zone."""
    found = [p for p in view.active if p.imposer == imposer and p.kind == "zone"]
    return tuple(_clause(view, p) for p in found)


def _scope(view: View, p: Provision) -> Scope:
    """Its scope; the day on which it stands stands in for one on its clock, if not declared."""
    day = view.day(p.measure) if p.clock in CLOCKS else None
    return _scope_of(view.ledger, p, spell(view.on), day)


@lru_cache(maxsize=1 << 16)
def _scope_of(ledger: Ledger, p: Provision, on: date, day: date | None) -> Scope:
    origins, without, goods = (
        p.fields.get(name) or () for name in ("origins", "origins_except", "goods")
    )
    return Scope(
        _places(ledger, p.measure, tuple(origins), tuple(without), on) if origins else None,
        ledger.codes(p.measure, goods) if goods else None,
        ledger.codes(p.measure, p.fields.get("goods_except") or []),
        Window(CLOCKS[p.clock], p.measure, p.days, day) if day else None,
    )


@lru_cache(maxsize=8192)
def _places(
    ledger: Ledger, name: str, inside: tuple[str, ...], without: tuple[str, ...], on: date
) -> frozenset[str]:
    """Codes of a scope's origins; a union is among them if all its members are."""
    measure = ledger.measures[name]
    found = ledger.origins(measure, list(inside), on)
    if without:
        found -= ledger.origins(measure, list(without), on)
    return found | {g for g in places.groups() if places.members(g, on) <= found}


def _clause(view: View, p: Provision) -> Clause:
    return _clause_of(p, _scope(view, p))


@lru_cache(maxsize=1 << 16)
def _clause_of(p: Provision, scope: Scope) -> Clause:
    floor = p.fields.get("floor")
    return Clause(
        p,
        scope,
        p.fields.get("when"),
        p.fields.get("less"),
        p.fields.get("share"),
        parse_share(floor) if floor else 0.0,
        listed=p.fields.get("subject") == "listed",
        applies=p.fields.get("subject") == "applies",
        rest=p.fields.get("leaves") == "rest",
    )


def _rate(p: Provision, assume: Mapping[str, float]) -> Rate:
    if p.id in assume and p.open_rate:
        return Rate(assume[p.id])
    if p.rate == "unknown":
        return Rate(float("nan"))
    return Rate(0.0) if p.rate in (None, "prohibited") else read_rate(p.rate)


@lru_cache(maxsize=4096)
def _rates(
    ledger: Ledger, measure: str, annex: str | None, on: date
) -> tuple[dict[str, Rate], dict[str, str]]:
    """Rates of single origins, by place, and where those with their own instrument stand."""
    rows = ledger.rate_rows(measure, annex, on)
    return (
        {place: read_rate(row["rate"]) for place, row in rows.items()},
        {place: ledger.cite(row["instrument"], row["cite"])
         for place, row in rows.items() if row.get("instrument")},
    )  # fmt: skip


def _order(rules: Sequence[Rule], ledger: Ledger) -> tuple[int, ...]:
    """Rules after all those they yield to; a circle of precedence is an error."""
    out: list[int] = []
    state = [0] * len(rules)

    def visit(i: int) -> None:
        if state[i] == 1:
            raise LedgerError(
                f"the precedences around “{rules[i].provision.id}” form a circle.",
                where=str(ledger.places_of.get(rules[i].provision.measure, "")),
                mend="One of the two measures must not yield to the other.",
            )
        if state[i] == 0:
            state[i] = 1
            for j, _ in rules[i].yields:
                visit(j)
            state[i] = 2
            out.append(i)

    for i in range(len(rules)):
        visit(i)
    return tuple(out)
