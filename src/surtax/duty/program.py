"""A view of the ledger compiled for the kernel: one rule per duty, with all that bears on it.

Stacking is data: duties add unless a provision in the ledger says otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property, lru_cache

import numpy as np

from surtax import places
from surtax.duty.calendar import spell, stretch
from surtax.duty.clause import Clause, Pair, Scope, Window
from surtax.duty.lines import Index, heads
from surtax.errors import LedgerError
from surtax.ledger.load import Ledger
from surtax.ledger.query import Provision, View
from surtax.ledger.rates import Rate, rate_of, read_rate
from surtax.ledger.schema import CLOCKS, TERMS, speaks_of
from surtax.units import parse_share


@dataclass(frozen=True, eq=False)
class Rule:
    """A duty, or a fee, with everything that bears on it; the same for all laws that say the same.

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

    @cached_property
    def clauses(self) -> tuple[Clause, ...]:
        """All reliefs, bases and precedences of it."""
        return (*self.reliefs, *self.bases, *(clause for _, clause in self.yields))

    @cached_property
    def before(self) -> tuple[int, ...]:
        """Indices of the rules it yields to, each once."""
        return tuple(dict.fromkeys(i for i, _ in self.yields))

    @cached_property
    def pairs(self) -> tuple[Pair, ...]:
        """What each of these names."""
        return tuple(clause.scope.pair for clause in self.clauses)

    @cached_property
    def winners(self) -> Index:
        """(clauses,) index of the rule that each of these lets win; -1 for others."""
        none = [-1] * (len(self.reliefs) + len(self.bases))
        return np.array([*none, *(i for i, _ in self.yields)], dtype=np.intp)


@dataclass(frozen=True, eq=False)
class Reaches:
    """The s distinct origins and goods that the scopes of a program name, whatever their days.

    Attributes:
        pairs: each once.
        rules: (m,) which of them is that of each rule.
        ends: (m,) where the clauses of each rule end, among those of all rules.
        clauses: (c,) which of them is that of each clause, of one rule after another.
        winners: (c,) which is that of the rule it yields to by the clause; of other clauses, its
            own rule's.
    """

    pairs: tuple[Pair, ...]
    rules: Index
    ends: Index
    clauses: Index
    winners: Index

    def of(self, i: int) -> slice:
        """Where the clauses of a rule stand."""
        return slice(self.ends[i - 1] if i else 0, self.ends[i])


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
        rules = [number.setdefault(r.scope.pair, len(number)) for r in self.rules]
        clauses = [number.setdefault(one, len(number)) for r in self.rules for one in r.pairs]
        reach = np.array(rules, dtype=np.intp)
        count = np.array([len(rule.pairs) for rule in self.rules], dtype=np.intp)
        winners = np.concatenate([reach[:0], *(rule.winners for rule in self.rules)])
        won = np.where(winners < 0, np.repeat(np.arange(len(count)), count), winners)
        every = np.array(clauses, dtype=np.intp)
        return Reaches(tuple(number), reach, np.cumsum(count), every, reach[won])

    @cached_property
    def told_apart(self) -> dict[int, frozenset[str]]:
        """By number of digits, the codes that some list tells apart by longer ones."""
        lists = {one for _, *goods in self.reaches.pairs for one in goods if one}
        every = range(max((len(p) for one in lists for p in one), default=0))
        return {n: frozenset[str]().union(*(heads(one, n) for one in lists)) for n in every}


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
    read = _clauses(view, clauses)
    own: dict[str, list[int]] = {}
    for n, p in enumerate(clauses):
        abroad = any("/" in target for target in p.fields.get("of") or ())
        own.setdefault("" if abroad else p.measure, []).append(n)
    at: dict[str, list[int]] = {}
    for i, duty in enumerate(duties):
        for name in (duty.id, duty.measure):
            at.setdefault(name, []).append(i)
    near = {
        name: tuple(read[n] for n in sorted(own.get(name, []) + own.get("", [])))
        for name in {duty.measure for duty in duties}
    }
    rules, on = [], spell(view.on)
    for duty in duties:
        mine = _mine(near[duty.measure], duty.measure, duty.name)
        yields = tuple(
            (i, clause)
            for clause, targets in mine.yields
            for target in targets
            for i in at.get(target, ())
        )
        scope = _scope(ledger, duty, on, _day(view, duty))
        rules.append(_rule(ledger, duty, scope, on, assume, mine, yields))
    return Program(view, tuple(rules), _order(rules, ledger))


@dataclass(frozen=True, eq=False)
class _Mine:
    """The clauses that speak of a duty, as in `Rule`; precedences with what they let win."""

    reliefs: tuple[Clause, ...]
    bases: tuple[Clause, ...]
    terms: tuple[Clause, ...]
    yields: tuple[tuple[Clause, tuple[str, ...]], ...]


@lru_cache(maxsize=1 << 14)
def _mine(near: tuple[Clause, ...], measure: str, name: str) -> _Mine:
    """Which of some clauses speak of a duty."""
    mine = [c for c in near if _speaks_of(c.provision, measure, name)]
    own = [c for c in mine if c.provision.kind == "precedence" and c.provision.measure == measure]
    return _Mine(
        reliefs=tuple(c for c in mine if c.provision.kind == "relief"),
        bases=tuple(c for c in mine if c.provision.kind == "basis"),
        terms=tuple(c for c in mine if c.provision.kind in TERMS),
        yields=tuple((c, tuple(c.provision.fields.get("to_measures") or ())) for c in own),
    )


@lru_cache(maxsize=1 << 14)
def _rule(
    ledger: Ledger,
    duty: Provision,
    scope: Scope,
    on: date,
    assume: frozenset[tuple[str, float]],
    mine: _Mine,
    yields: tuple[tuple[int, Clause], ...],
) -> Rule:
    """A duty with its clauses, its rates those of the members of groups on a day."""
    rates, cites = _rates(ledger, duty.measure, duty.fields.get("rates"), on)
    return Rule(
        provision=duty,
        scope=scope,
        rate=_rate(duty, dict(assume)),
        rates=rates,
        cites=cites,
        least=rate_of(duty.fields["least"]) if duty.fields.get("least") else 0.0,
        prohibited=duty.rate == "prohibited",
        reliefs=mine.reliefs,
        bases=mine.bases,
        terms=mine.terms,
        yields=yields,
    )


def _speaks_of(clause: Provision, measure: str, name: str) -> bool:
    return speaks_of(clause.fields.get("of"), clause.measure, measure, name)


@lru_cache(maxsize=1024)
def reliefs_of(view: View, imposer: str, measure: str) -> tuple[Clause, ...]:
    """Reliefs that reach what the ledger does not hold as a measure, such as the schedule."""
    found = [p for p in view.active if p.imposer == imposer and p.kind == "relief"]
    reach = [p for p in found if _speaks_of(p, measure, "")]
    return _clauses(view, reach)


@lru_cache(maxsize=1024)
def zone_clauses(view: View, imposer: str) -> tuple[Clause, ...]:
    """What the measures of an importer say of goods from a foreign trade zone."""
    found = [p for p in view.active if p.imposer == imposer and p.kind == "zone"]
    return _clauses(view, found)


def _day(view: View, p: Provision) -> date | None:
    """The day on which it stands; it stands in for one on its clock, if not declared."""
    return view.day(p.measure) if p.clock in CLOCKS else None


@lru_cache(maxsize=1 << 16)
def _scope(ledger: Ledger, p: Provision, on: date, day: date | None) -> Scope:
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


def _clauses(view: View, provisions: Iterable[Provision]) -> tuple[Clause, ...]:
    ledger, on = view.ledger, spell(view.on)
    return tuple(_clause_at(ledger, p, on, _day(view, p)) for p in provisions)


@lru_cache(maxsize=1 << 16)
def _clause_at(ledger: Ledger, p: Provision, on: date, day: date | None) -> Clause:
    return _clause_of(p, _scope(ledger, p, on, day))


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
            for j in rules[i].before:
                visit(j)
            state[i] = 2
            out.append(i)

    for i in range(len(rules)):
        visit(i)
    return tuple(out)
