"""Flows under the law of one day after another: what a turn of the law changes is rated again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
from numpy.typing import NDArray

from surtax import places
from surtax.duty.lines import Lines, Mask
from surtax.duty.program import Program, Rule
from surtax.ledger import Ledger
from surtax.ledger.amend import timeline
from surtax.trade.claims import Claims
from surtax.trade.effective import BASE, base_of
from surtax.trade.flows import Flows
from surtax.trade.numbers import parts
from surtax.trade.rating import Facts, declared_facts, rate_rows, sums
from surtax.trade.reduced import reduced

Array = NDArray[np.float64]
Index = NDArray[np.int64]
_NONE = np.zeros(0, dtype=np.intp)

BARRED = "barred"
"""The name under which the value that may not enter is added up."""


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
    fewer = reduced(ledger, flows, claims)
    base = base_of(ledger, fewer, claims)
    return Standing(fewer.flows, fewer.claims, base, declared_facts(facts or {}))


def signature(program: Program) -> frozenset[tuple[frozenset[str] | None, str]]:
    """All that a program says of rates; programs with the same one owe the same."""
    return frozenset(said for rule in program.rules for said in _words(rule, program.view.on))


class Standing:
    """Reduced flows under the law of a day, moved on from one turn to the next.

    What a row owes changes only where the words about its partner changed, in a rule that speaks
    of its goods.
    """

    def __init__(self, flows: Flows, claims: Claims, base: Array, facts: Facts) -> None:
        self.flows, self.claims, self.base, self.facts = flows, claims, base, facts
        self.parts = parts(flows)
        self.lines = Lines(self.parts.codes, _NONE, [], _NONE)
        self.owed: dict[str, Array] = {}
        self.admitted = np.ones(len(flows))
        self.marks: list[tuple[str, ...]] = [("",)] * len(flows.places_)
        self.goods: dict[str, Mask] = {}

    def turn(self, program: Program) -> dict[str, Array]:
        """By authority, (partners,) duty under a program, and the value barred by it."""
        marks, goods = _marks(program, self.flows), _goods(program, self.lines)
        moved = np.array([a != b for a, b in zip(marks, self.marks, strict=True)])
        touched = np.zeros(len(self.parts.line), dtype=bool)
        for said in goods.keys() ^ self.goods.keys():
            touched |= goods[said] if said in goods else self.goods[said]
        self.marks, self.goods = marks, goods
        again = moved[self.flows.place_index] & self.parts.some(touched)[self.flows.code_index]
        if again.any():
            self._rate(program, np.flatnonzero(again))
        place, n = self.flows.place_index, len(self.flows.places_)
        out = {BASE: sums(place, self.base * self.admitted, n)}
        out |= {name: sums(place, owed, n) for name, owed in self.owed.items()}
        out[BARRED] = sums(place, self.flows.value * (1.0 - self.admitted), n)
        return out

    def _rate(self, program: Program, rows: Index) -> None:
        for owed in self.owed.values():
            owed[rows] = 0.0
        self.admitted[rows] = 1.0
        some = self.flows.rows(rows)
        for block in rate_rows(program, some, self.claims, self.facts):
            at = rows[block.rows]
            self.admitted[at] -= block.barred
            value = some.value[block.rows]
            for position, rule in enumerate(block.rules):
                name = program.rules[rule].provision.authority
                if name not in self.owed:
                    self.owed[name] = np.zeros(len(self.flows))
                self.owed[name][at] += block.charged[:, position] * value


def _words(rule: Rule, on: date) -> list[tuple[frozenset[str] | None, str]]:
    """What a rule and its clauses say, each with the origins of which it says so."""
    out: list[tuple[frozenset[str] | None, str]] = [(rule.scope.origins, f"{rule.rate!r}")]
    for p, scope in [
        (rule.provision, rule.scope),
        *((clause.provision, clause.scope) for clause in rule.clauses),
    ]:
        days = scope.window and on in scope.window.days
        origins = rule.scope.origins if scope.origins is None else scope.origins
        out.append((origins, f"{p.id}{p.fields!r}{days}"))
    return out


def _marks(program: Program, flows: Flows) -> list[tuple[str, ...]]:
    """(partners,) all that the rules say of a partner's goods; the same marks, the same duty."""
    said: dict[frozenset[str] | None, list[str]] = {}
    for rule in program.rules:
        for origins, words in _words(rule, program.view.on):
            said.setdefault(origins, []).append(words)
    joined = [(origins, "|".join(words)) for origins, words in said.items()]
    return [
        tuple(words for origins, words in joined if origins is None or partner in origins)
        for partner in flows.places_.tolist()
    ]


def _goods(program: Program, lines: Lines) -> dict[str, Mask]:
    """By all that a rule says, (parts,) the goods of which it speaks."""
    out: dict[str, Mask] = {}
    for rule in program.rules:
        words = "|".join(f"{text}" for _, text in _words(rule, program.view.on))
        out[words] = rule.scope.of_goods(lines)
    return out
