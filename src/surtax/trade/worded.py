"""What a program says of each partner's goods, as numbers: the same number, the same duty.

Of a rule or clause counts what bears on a duty: rates, conditions, shares and days, and not where
its list stands. So an amended list touches the goods that it takes in or leaves out, and a rate of
one partner touches that partner alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date

import numpy as np
from numpy.typing import NDArray

from surtax.duty.clause import Clause, Scope
from surtax.duty.lines import Lines, Places
from surtax.duty.program import Program, Rule
from surtax.trade.kinds import numbered, packed
from surtax.trade.numbers import Numbers

Words = NDArray[np.uint64]
_NONE = np.zeros(0, dtype=np.intp)
_ALL = (1 << 64) - 1
_MIX = np.uint64(0x9E3779B97F4A7C15)
_Goods = tuple[frozenset[str] | None, frozenset[str]]
_Said = dict[tuple[_Goods, _Goods, _Goods], Words]
"""(partners,) numbers by goods: those in all of three scopes."""


class Wording:
    """Goods of which programs speak.

    Args:
        partners, codes: whose and which goods.
        facts: the names of what they declare; a clause that asks for more says nothing.
    """

    def __init__(self, partners: Places, codes: Numbers, facts: Collection[str]) -> None:
        self.partners, self.codes = partners, codes
        self._lines = Lines(
            codes, _NONE, partners, _NONE, {"usmca": np.zeros(0, dtype=bool)},
            dict.fromkeys(facts, np.zeros(0)),
        )  # fmt: skip
        self._known: dict[tuple[int, ...], tuple[object, _Said]] = {}

    def of(self, program: Program) -> Words:
        """(partners, codes) a number for all that a program says of goods of each partner.

        Where it is the same under two programs, so is the duty.
        """
        said: _Said = {}
        kept: dict[tuple[int, ...], tuple[object, _Said]] = {}
        for rule in program.rules:
            key, its = self._of_rule(rule, program)
            kept[key] = its
            for goods, words in its[1].items():
                said[goods] = said[goods] + words if goods in said else words
        self._known = kept
        number = {one: k for k, one in enumerate(dict.fromkeys(o for g in said for o in g))}
        masks = [Scope(None, *one).of_goods(self._lines) for one in number]
        first, kind = numbered(list(packed(masks, len(self.codes))), len(self.codes))
        held = np.array([mask[first] for mask in masks]).reshape(len(masks), len(first))
        at = np.array([[number[one] for one in goods] for goods in said], dtype=np.intp)
        within = held[at.reshape(-1, 3)].all(axis=1)
        spoken = np.array(list(said.values())).reshape(len(said), len(self.partners))
        key = np.arange(1, 2 * len(said), 2, dtype=np.uint64) * _MIX @ spoken
        _, one, of = np.unique(key, return_index=True, return_inverse=True)
        found: Words = (spoken[:, one].T @ within.astype(np.uint64))[:, kind][of]
        return found

    def _of_rule(
        self, rule: Rule, program: Program
    ) -> tuple[tuple[int, ...], tuple[object, _Said]]:
        """What a rule says, by goods, and its key: most rules stand in the next program too."""
        winners = [program.rules[j] for j, _ in rule.yields]
        read = (
            rule.provision, rule.scope, rule.rate, rule.rates, *rule.clauses,
            *(one.provision for one in winners), *(one.scope for one in winners),
        )  # fmt: skip
        key = tuple(map(id, read))
        if key in self._known:
            return key, self._known[key]
        said: _Said = {}
        for (a, b, c), words in _words(rule, program, self.partners, self._lines):
            goods = _goods(a), _goods(b), _goods(c)
            said[goods] = said[goods] + words if goods in said else words
        return key, (read, said)  # what is read lives as long, so that the key stays its own


def _goods(scope: Scope) -> _Goods:
    return scope.goods, scope.goods_except


def _words(
    rule: Rule, program: Program, partners: Places, lines: Lines
) -> Iterator[tuple[tuple[Scope, Scope, Scope], Words]]:
    """What a rule and each of its clauses say: of the goods in all of some scopes, (partners,) a
    number, 0 for nothing.
    """
    name, scope, on = rule.provision.id, rule.scope, program.view.on
    rest = (name, rule.least, rule.prohibited, _days(scope, on))
    plain = _hash(rest, rule.rate)
    rates = [_hash(rest, rule.rates[o]) if o in rule.rates else plain for o in partners]
    inside = _within(scope, partners)
    yield (scope,) * 3, np.array(rates, dtype=np.uint64) * inside
    for kind, winner, clause in (
        *(("relief", rule, clause) for clause in rule.reliefs),
        *(("basis", rule, clause) for clause in rule.bases),
        *((by.provision.id, by, clause) for j, clause in rule.yields for by in [program.rules[j]]),
    ):
        if not clause.idle(lines):
            word = np.uint64(_hash(name, kind, _asks(clause), _days(clause.scope, on)))
            here = inside & _within(clause.scope, partners) & _within(winner.scope, partners)
            yield (scope, clause.scope, winner.scope), word * here


def _within(scope: Scope, partners: Places) -> NDArray[np.bool_]:
    if scope.origins is None:
        return np.ones(len(partners), dtype=bool)
    return partners.within(scope.origins)


def _asks(c: Clause) -> tuple[object, ...]:
    """What a clause asks for and does."""
    when = repr(c.when)
    return (c.provision.measure, when, c.less, c.share, c.floor, c.listed, c.applies, c.rest)


def _days(scope: Scope, on: date) -> object:
    """The days on a clock of its own, and whether the day of entry is among them."""
    window = scope.window
    return window and (window.fact, window.measure, window.days, on in window.days)


def _hash(*words: object) -> int:
    return hash(repr(words)) & _ALL
