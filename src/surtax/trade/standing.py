"""Flows under the law of one day after another, their duties added up by partner."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from surtax import places
from surtax.duty.lines import Places
from surtax.duty.program import Program, Rule
from surtax.ledger import Ledger
from surtax.ledger.amend import timeline
from surtax.ledger.query import Provision
from surtax.trade.claims import Claims
from surtax.trade.effective import BASE, base_of
from surtax.trade.flows import Flows
from surtax.trade.numbers import STATISTICAL, parts
from surtax.trade.rating import Facts, Group, alike, answers, declared_facts, own_rates, sums
from surtax.trade.reduced import reduced
from surtax.trade.worded import Wording, Words

Array = NDArray[np.float64]
Index = NDArray[np.int64]

BARRED = "barred"
"""The name under which the value that may not enter is added up."""
_LOST = "lost"


def turning_days(
    ledger: Ledger, into: str, since: date, until: date, known: date, *, threatened: bool = False
) -> list[date]:
    """The first day, and every later one on which a provision into a place says something else."""
    edges: set[date] = set()
    groups: set[str] = set()
    for measure in ledger.by_imposer.get(into, []):
        acts = ledger.acts(measure)
        for name in dict.fromkeys(p for act, _ in acts for p in act.provisions):
            for segment in timeline(name, acts, known, threats=threatened):
                edges |= {d for d in (segment.days.start, segment.days.end) if d}
                groups |= set(segment.fields.get("origins") or ())
    for group in groups & set(places.groups()):
        edges |= places.changes(group)
    return sorted({since} | {day for day in edges if since < day <= until})


def standing(
    ledger: Ledger, flows: Flows, claims: Claims, facts: Mapping[str, float] | None = None
) -> Standing:
    """Flows ready to be rated under the law of one day after another."""
    return Standing(_spread(ledger, flows, claims), declared_facts(facts or {}))


def signature(program: Program) -> frozenset[tuple[frozenset[str] | None, str]]:
    """All that a program says of rates; programs with the same one owe the same."""
    return frozenset(said for rule in program.rules for said in _words(rule, program.view.on))


@dataclass(frozen=True, eq=False)
class _Spread:
    """Reduced flows as tables of partners and lines.

    Attributes:
        flows: the reduced flows.
        claiming: indices of the partners some of whose goods claim the preference.
        value, base: (partners, lines) imports and base duty, of what claims no preference and of
            what claims it; of goods that an entry can name.
        collected: (partners,) base duty of all goods.
    """

    flows: Flows
    claiming: Index
    value: tuple[Array, Array]
    base: tuple[Array, Array]
    collected: Array


@lru_cache(maxsize=2)
def _spread(ledger: Ledger, flows: Flows, claims: Claims) -> _Spread:
    fewer = reduced(ledger, flows, claims)
    some, base = fewer.flows, base_of(ledger, fewer, claims)
    share = fewer.claims.aligned(some)
    shape = len(some.places_), len(some.codes)
    at = some.place_index * shape[1] + some.code_index
    named = (some.codes.astype("U2") != STATISTICAL)[some.code_index]

    def spread(column: Array) -> tuple[Array, Array]:
        plain, claimed = (
            sums(at, np.where(named, column * part, 0.0), shape[0] * shape[1]).reshape(shape)
            for part in (1.0 - share, share)
        )
        return plain, claimed

    return _Spread(
        flows=some,
        claiming=np.unique(some.place_index[share > 0]),
        value=spread(some.value),
        base=spread(base),
        collected=sums(some.place_index, base, shape[0]),
    )


class Standing:
    """Flows under the law of a day, moved on from one turn to the next.

    What goods owe changes only where the law says something else of them (`Wording`).

    Attributes:
        owed: by authority, (partners, lines) duty; value that may not enter, and the base duty on
            it, beside them.
        sums: (partners,) the same of all lines, and the base.
    """

    def __init__(self, spread: _Spread, facts: Facts) -> None:
        self.spread, self.facts = spread, facts
        self.owed: dict[str, Array] = {}
        self.sums = {BASE: spread.collected, BARRED: np.zeros(len(spread.collected))}
        codes = parts(spread.flows).codes
        self.wording = Wording(Places(spread.flows.places_.tolist()), codes, facts)
        self.words: Words | None = None

    def turn(self, program: Program) -> dict[str, Array]:
        """By authority, (partners,) duty under a program, and the value barred by it."""
        split, words = parts(self.spread.flows), self.words
        self.words = self.wording.of(program)
        # goods of which the first program says nothing owe nothing
        changed = self.words != (0 if words is None else words)
        touched = np.logical_or.reduceat(changed, split.first, axis=1)
        moved = np.flatnonzero(touched.any(axis=1))
        if len(moved):
            self._rate(program, moved, touched)
        return {name: total for name, total in self.sums.items() if name != _LOST}

    def _rate(self, program: Program, partners: Index, touched: NDArray[np.bool_]) -> None:
        """Rate what is touched, (partners, lines), of some partners."""
        spread, cells = self.spread, np.flatnonzero(touched)
        changed = {name for name, table in self.owed.items() if table.ravel()[cells].any()}
        for name in changed:
            self.owed[name].ravel()[cells] = 0.0
        groups: dict[bytes, tuple[Index, list[Group]]] = {}
        for group in alike(program, spread.flows, spread.claiming, partners):
            lines = np.flatnonzero(touched[group.members].any(axis=0))
            groups.setdefault(lines.tobytes(), (lines, []))[1].append(group)
        for lines, some in groups.values():
            for here, found in self._owed(program, some, lines):
                for name, owed in found.items():
                    if name not in self.owed:
                        self.owed[name] = np.zeros(touched.shape)
                    self.owed[name][here] = owed
                changed |= found.keys()
        for name in (name for name in self.owed if name in changed):
            self.sums[name] = self.owed[name].sum(axis=1)
        if _LOST in self.sums:
            self.sums[BASE] = spread.collected - self.sums[_LOST]

    def _owed(
        self, program: Program, groups: list[Group], lines: Index
    ) -> Iterator[tuple[tuple[Index, ...], dict[str, Array]]]:
        """Of each group of partners and some lines, the duty by authority; and what is barred."""
        spread, split = self.spread, parts(self.spread.flows)
        kinds, told = answers(program, spread.flows, self.facts, groups, lines)
        for group in groups:
            here = np.ix_(np.array(group.members), lines)
            found: dict[str, Array] = {}
            for claimed in group.cases:
                charged, stopped = next(told)
                value = spread.value[claimed][here]
                for name, rate, factor in _charges(program, group, charged):
                    owed = value * split.lines(rate[kinds.of])[lines] * factor
                    found[name] = found[name] + owed if name in found else owed
                if stopped.any():
                    shut = split.lines(stopped[kinds.of])[lines]
                    lost = spread.base[claimed][here]
                    for name, held in ((BARRED, value), (_LOST, lost)):
                        found[name] = found.get(name, np.zeros(1)) + held * shut
            yield here, found


def _charges(program: Program, group: Group, charged: Array) -> Iterator[tuple[str, Array, Array]]:
    """What a group of partners owes, (kinds,) duty per value: of rules at the same rate for all,
    by authority; of others, by rule, with (members, 1) factors.
    """
    own, same = own_rates(program, group), np.ones((len(group.members), 1))
    together: dict[str, Array] = {}
    for k, rule in enumerate(group.rules):
        name, rate = program.rules[rule].provision.authority, charged[:, rule]
        if not rate.any():
            continue
        if (own[:, k] == 1.0).all():
            together[name] = together[name] + rate if name in together else rate
        else:
            yield name, rate, own[:, k, None]
    for name, rate in together.items():
        yield name, rate, same


@lru_cache(maxsize=1 << 14)
def _said(p: Provision) -> str:
    """All that a provision says."""
    return f"{p.id}{p.fields!r}"


def _words(rule: Rule, on: date) -> list[tuple[frozenset[str] | None, str]]:
    """What a rule and its clauses say, each with the origins of which it says so."""
    out: list[tuple[frozenset[str] | None, str]] = [(rule.scope.origins, f"{rule.rate!r}")]
    for p, scope in [
        (rule.provision, rule.scope),
        *((clause.provision, clause.scope) for clause in rule.clauses),
    ]:
        days = scope.window and on in scope.window.days
        origins = rule.scope.origins if scope.origins is None else scope.origins
        out.append((origins, f"{_said(p)}{days}"))
    return out
