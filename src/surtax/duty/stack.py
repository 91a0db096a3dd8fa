"""The rating kernel: which duties fall on which lines, on what part of the value.

A `View` of the ledger compiles to a `Program`: one `Rule` per duty, with its reliefs, bases and
precedences. `evaluate` runs it over columns of lines, one line or a million alike. Stacking is
data: duties add unless a provision in the ledger says otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from surtax import places
from surtax.errors import LedgerError
from surtax.ledger.load import Ledger, rate_of
from surtax.ledger.query import Provision, View
from surtax.ledger.schema import Condition
from surtax.units import parse_share

Mask = NDArray[np.bool_]
Floats = NDArray[np.float64]
Index = NDArray[np.intp]


class Codes:
    """Distinct HS codes, digits only, that remember which lists they are under."""

    def __init__(self, codes: Sequence[str] | NDArray[np.str_]) -> None:
        self.text: NDArray[np.str_] = np.asarray(codes, dtype="U10")
        self._sorted = np.argsort(self.text, kind="stable")
        self._known: dict[frozenset[str], Mask] = {}

    def __len__(self) -> int:
        return len(self.text)

    def under(self, prefixes: frozenset[str]) -> Mask:
        """(codes,) whether each code begins with one of the prefixes; read-only."""
        if prefixes not in self._known:
            ordered = self.text[self._sorted]
            wanted = np.array(sorted(prefixes), dtype="U11")
            first = np.searchsorted(ordered, wanted)
            last = np.searchsorted(ordered, np.char.add(wanted, ":"))  # “:” sorts after “9”
            edges = np.zeros(len(ordered) + 1, dtype=np.int64)
            np.add.at(edges, first, 1)
            np.add.at(edges, last, -1)
            inside = np.zeros(len(ordered), dtype=bool)
            inside[self._sorted] = np.cumsum(edges)[:-1] > 0
            inside.flags.writeable = False
            self._known[prefixes] = inside
        return self._known[prefixes]


@dataclass(frozen=True, eq=False)
class Lines:
    """Lines of entry, as columns.

    Attributes:
        codes: the distinct HS codes.
        code: (n,) index into `codes`.
        origins: the distinct places of origin.
        origin: (n,) index into `origins`.
        claims: by claim, (n,) whether it is made.
        facts: by fact, (n,) its value, NaN where not declared; shares 0 to 1, dates as day
            ordinals, yes or no as 1 or 0.
    """

    codes: Codes
    code: Index
    origins: Sequence[str]
    origin: Index
    claims: Mapping[str, Mask] = field(default_factory=dict)
    facts: Mapping[str, Floats] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.code)


@dataclass(frozen=True)
class Scope:
    """Origins and goods that a provision speaks of; None speaks of all."""

    origins: frozenset[str] | None
    goods: frozenset[str] | None
    goods_except: frozenset[str]

    def of_origins(self, lines: Lines) -> Mask:
        """(distinct origins,) whether each is in scope; a union counts if all members do."""
        return np.array([self._origin(o) for o in lines.origins], dtype=bool)

    def _origin(self, origin: str) -> bool:
        return self.origins is None or origin in self.origins

    def of_goods(self, lines: Lines) -> Mask:
        """(distinct codes,) whether each is in scope."""
        inside = np.ones(len(lines.codes), dtype=bool)
        if self.goods is not None:
            inside = lines.codes.under(self.goods)
        if self.goods_except:
            inside = inside & ~lines.codes.under(self.goods_except)
        return inside

    def mask(self, lines: Lines) -> Mask:
        """(n,) whether each line is in scope."""
        inside: Mask = self.of_origins(lines)[lines.origin] & self.of_goods(lines)[lines.code]
        return inside

    def finer(self, code: str) -> str | None:
        """A listed prefix that is finer than `code` and so leaves it undecided, if any."""
        listed = (self.goods or frozenset()) | self.goods_except
        cut = [p for p in listed if len(p) > len(code) and p.startswith(code)]
        decided = any(code.startswith(p) for p in self.goods or {""})
        barred = any(code.startswith(p) for p in self.goods_except)
        finer_in = [p for p in cut if p in (self.goods or ())] if not decided else []
        finer_out = [p for p in cut if p in self.goods_except] if decided and not barred else []
        return min(finer_in + finer_out, default=None)


@dataclass(frozen=True)
class Clause:
    """A relief or a basis attached to a duty."""

    provision: Provision
    scope: Scope
    when: Condition | None
    less: str | None = None
    share: str | None = None
    floor: float = 0.0

    @property
    def facts(self) -> set[str]:
        """The facts it asks for."""
        asked = {self.less, self.share, self.when.fact if self.when else None}
        return {f for f in asked if f}

    def holds(self, lines: Lines) -> Mask:
        """(n,) whether its scope and condition hold; what is not declared does not."""
        held = self.scope.mask(lines)
        if self.when is None:
            return held
        if self.when.claim:
            held &= lines.claims.get(self.when.claim, np.zeros(len(lines), dtype=bool))
        if self.when.fact:
            value = fact(lines, self.when.fact)
            if self.when.before:
                held &= value < self.when.before.toordinal()
            elif self.when.at_least:
                held &= value >= parse_share(self.when.at_least)
            else:
                held &= value == 1.0
        return held

    def part(self, lines: Lines) -> Floats:
        """(n,) the share of the value that stays taxed where the clause holds."""
        if self.share:
            declared = fact(lines, self.share)
            return np.where(np.isnan(declared), 1.0, declared)
        assert self.less
        declared = np.nan_to_num(fact(lines, self.less), nan=0.0)
        return 1.0 - np.maximum(declared, self.floor)


def fact(lines: Lines, name: str) -> Floats:
    """(n,) a fact's column; NaN throughout when nobody declared it."""
    column = lines.facts.get(name)
    return np.full(len(lines), np.nan) if column is None else column


@dataclass(frozen=True)
class Rule:
    """A duty with everything that bears on it.

    Attributes:
        provision: the duty.
        scope: its origins and goods.
        rate: its ad valorem rate; NaN when unknown.
        rates: rates of single origins in its place.
        prohibited: whether the goods may not enter at all.
        reliefs: what takes it away.
        bases: what narrows the part of the value it falls on.
        yields: indices of the rules it yields to, with the provision that says so.
    """

    provision: Provision
    scope: Scope
    rate: float
    rates: dict[str, float]
    prohibited: bool
    reliefs: tuple[Clause, ...]
    bases: tuple[Clause, ...]
    yields: tuple[tuple[int, Clause], ...] = ()

    @property
    def unknown(self) -> bool:
        """Whether the rate is not known."""
        return self.provision.rate == "unknown"


@dataclass(frozen=True)
class Program:
    """The duties of one importer on one day, ready to run; `order` runs winners first."""

    view: View
    rules: tuple[Rule, ...]
    order: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Stack:
    """What the program says of each line and rule.

    Attributes:
        program: the program that ran.
        scope: (n, m) the duty's origins and goods cover the line.
        applies: (n, m) the duty is left after reliefs and precedences.
        rate: (n, m) its rate, NaN where unknown.
        share: (n, m) the share of the value it falls on.
        relief: (n, m) index of the relief that took it away, or -1.
        winner: (n, m) index of the rule it yielded to, or -1.
    """

    program: Program
    scope: Mask
    applies: Mask
    rate: Floats
    share: Floats
    relief: NDArray[np.int16]
    winner: NDArray[np.int16]

    @property
    def charged(self) -> Floats:
        """(n, m) rate times share where the duty applies with a known rate, else 0."""
        ad_valorem = np.where(self.applies, self.rate * self.share, 0.0)
        return np.nan_to_num(ad_valorem, nan=0.0)


def compile_view(view: View, imposer: str, *, assume: Mapping[str, float] | None = None) -> Program:
    """The program of one importer.

    Args:
        view: the ledger on a day, as known on a day.
        imposer: the place whose duties are wanted.
        assume: rates to use for provisions whose rate is unknown, by provision id; these are
            assumptions, and every output that uses them must say so.
    """
    ledger = view.ledger
    provisions = [p for p in view.active if p.imposer == imposer]
    loose = [p for p in view.unknown if p.imposer == imposer]
    duties = [p for p in provisions if p.kind == "duty"] + loose
    rules = []
    for duty in duties:
        mine = [p for p in provisions if p.measure == duty.measure and _speaks_of(p, duty)]
        rules.append(
            Rule(
                provision=duty,
                scope=_scope(ledger, duty, view),
                rate=_rate(duty, assume or {}),
                rates=_rates(ledger, duty, view),
                prohibited=duty.rate == "prohibited",
                reliefs=tuple(_clause(ledger, p, view) for p in mine if p.kind == "relief"),
                bases=tuple(_clause(ledger, p, view) for p in mine if p.kind == "basis"),
            )
        )
    ids = [r.provision.id for r in rules]
    linked = []
    for rule in rules:
        yields: list[tuple[int, Clause]] = []
        for p in provisions:
            if (p.kind, p.measure) != ("precedence", rule.provision.measure):
                continue
            if _speaks_of(p, rule.provision):
                clause = _clause(ledger, p, view)
                for target in p.fields.get("to_measures") or []:
                    yields.extend(
                        (i, clause)
                        for i, one in enumerate(ids)
                        if target in (one, one.partition("#")[0])
                    )
        linked.append(replace(rule, yields=tuple(yields)))
    return Program(view, tuple(linked), _order(linked, ledger))


def _speaks_of(clause: Provision, duty: Provision) -> bool:
    of = clause.fields.get("of")
    return not of or duty.name in of


def _scope(ledger: Ledger, p: Provision, view: View) -> Scope:
    measure = ledger.measures[p.measure]
    origins: frozenset[str] | None = None
    if p.fields.get("origins"):
        origins = ledger.origins(measure, p.fields["origins"], view.on)
        if p.fields.get("origins_except"):
            origins -= ledger.origins(measure, p.fields["origins_except"], view.on)
        whole = [g for g in places.groups() if places.members(g, view.on) <= origins]
        origins |= frozenset(whole)
    goods = p.fields.get("goods")
    return Scope(
        origins,
        ledger.codes(p.measure, goods) if goods else None,
        ledger.codes(p.measure, p.fields.get("goods_except") or []),
    )


def _clause(ledger: Ledger, p: Provision, view: View) -> Clause:
    floor = p.fields.get("floor")
    return Clause(
        p,
        _scope(ledger, p, view),
        p.fields.get("when"),
        p.fields.get("less"),
        p.fields.get("share"),
        parse_share(floor) if floor else 0.0,
    )


def _rate(p: Provision, assume: Mapping[str, float]) -> float:
    if p.rate == "unknown":
        return assume.get(p.id, float("nan"))
    return 0.0 if p.rate in (None, "prohibited") else rate_of(p.rate)


def _rates(ledger: Ledger, p: Provision, view: View) -> dict[str, float]:
    annex = p.fields.get("rates")
    if annex in (None, "none"):
        return {}
    out: dict[str, float] = {}
    for row in ledger.annexes[p.measure, str(annex).removeprefix("@")]:
        for place in {row["origin"]} | places.expand([row["origin"]], view.on):
            out[place] = rate_of(row["rate"])
    return out


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


def evaluate(program: Program, lines: Lines) -> Stack:
    """Run the program over lines.

    Args:
        program: the duties of one importer on one day.
        lines: n lines of entry.

    Returns:
        The stack: (n, m) arrays over lines and rules, in the order of `program.rules`.
    """
    n, m = len(lines), len(program.rules)
    scope = np.zeros((n, m), dtype=bool)
    applies = np.zeros((n, m), dtype=bool)
    rate = np.zeros((n, m))
    share = np.ones((n, m))
    relief = np.full((n, m), -1, dtype=np.int16)
    winner = np.full((n, m), -1, dtype=np.int16)
    for i in program.order:
        rule = program.rules[i]
        covered = rule.scope.mask(lines)
        scope[:, i] = covered
        if not covered.any():
            continue
        by_origin = np.array([rule.rates.get(o, rule.rate) for o in lines.origins])
        rate[:, i] = by_origin[lines.origin]
        left = covered.copy()
        for index, clause in enumerate(rule.reliefs):
            held = left & clause.holds(lines)
            relief[held, i] = index
            left &= ~held
        for clause in rule.bases:
            held = left & clause.holds(lines)
            if held.any():
                share[held, i] *= clause.part(lines)[held]
        for j, clause in rule.yields:
            owed = applies[:, j] & (np.nan_to_num(rate[:, j], nan=1.0) * share[:, j] > 0)
            held = left & owed & clause.holds(lines)
            winner[held, i] = j
            left &= ~held
        applies[:, i] = left
    return Stack(program, scope, applies, rate, share, relief, winner)
