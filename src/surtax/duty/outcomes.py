"""What the law says of lines that declare no facts, found once for all laws that say it.

From one turn of the law to the next most of it stays as it is. An outcome is known by the rules
that reach a line, the clauses of them that hold, and the side of an all-in rate on which its
general rate lies: what the kernel found of it once holds wherever these come together again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from surtax.duty.clause import Clause, Window
from surtax.duty.exact import Numbers
from surtax.duty.lines import Index, Mask
from surtax.duty.profiles import Cases, Found, Kernel
from surtax.duty.program import Rule
from surtax.duty.universe import Bits, Dictionary, numbered, rowwise
from surtax.ledger.rates import Rate

_CLAUSE = 1 << 62
"""What sets the marks of clauses apart from those of rates."""
_MORE = 3
"""Bytes after the bits of a pair: two of the variant, one whether it is refused."""


class Outcomes:
    """Outcomes met so far, by number.

    Args:
        words: the dictionary of the tables.
    """

    def __init__(self, words: Dictionary) -> None:
        self.words = words
        self.claims: list[str] = []
        self._atoms: dict[object, int] = {}
        self._read: dict[Rule, _Read] = {}
        self._told: dict[Clause, tuple[int, bool, int]] = {}
        self._at: dict[bytes, int] = {}
        self._parts: list[Found] = []

    @property
    def found(self) -> Found:
        """What the kernel found of all of them, in the order of their numbers."""
        if len(self._parts) > 1:
            self._parts = [Found.joined(self._parts)]
        return self._parts[0]

    def atom(self, part: object) -> int:
        """The number of a part of the law."""
        return self._atoms.setdefault(part, len(self._atoms))

    def read(self, rule: Rule) -> _Read:
        """The clauses of a rule, read once for all laws that have it."""
        if rule not in self._read:
            self._read[rule] = _Read.of(rule.clauses, self)
        return self._read[rule]

    def clause(self, clause: Clause) -> tuple[int, bool, int]:
        """A clause, as in `_Read`."""
        if clause not in self._told:
            claim = clause.when.claim if clause.when else None
            if claim and claim not in self.claims:
                self.claims.append(claim)
            asks = self.claims.index(claim) if claim else -1
            self._told[clause] = self.atom(_what(clause)), _may_hold(clause), asks
        return self._told[clause]

    def numbers(self, kernel: Kernel, keys: list[bytes], cases: Cases) -> Numbers:
        """(p,) the number of each outcome, by its key; new ones are rated as one of the cases."""
        fresh: dict[bytes, int] = {}
        for i, key in enumerate(keys):
            if key not in self._at:
                self._at[key] = len(self._at)
                fresh[key] = i
        if fresh:
            some = cases.take(np.array(list(fresh.values()), dtype=np.intp))
            self._parts.append(kernel.rate(some, self.words.names, self.words.texts))
        return np.array([self._at[key] for key in keys], dtype=np.int32)


@dataclass(frozen=True, eq=False)
class _Read:
    """The c clauses of a rule.

    Attributes:
        what: (c,) what each does where it holds, save to whom.
        may: (c,) whether each may hold of a line that declares nothing.
        asks: (c,) the claim that each asks for; -1 for none.
    """

    what: Index
    may: Mask
    asks: Index

    @classmethod
    def of(cls, clauses: Sequence[Clause], outcomes: Outcomes) -> _Read:
        """Read clauses."""
        told = np.array([outcomes.clause(c) for c in clauses], dtype=np.int64).reshape(-1, 3)
        what, may, asks = told.T.copy()
        return cls(what, may.astype(bool), asks)


def _what(clause: Clause) -> tuple[object, ...]:
    """What a clause does where it holds, save to whom."""
    if clause.provision.kind == "relief":
        return ("relief",)
    if clause.provision.kind == "basis":
        return "basis", clause.share is None, clause.floor
    return "yield", clause.listed, clause.applies, clause.rest


class Plain:
    """The outcomes under one law, looked up by the classes of goods and origin.

    Args:
        kernel: the law.
        outcomes: where they are remembered.
    """

    def __init__(self, kernel: Kernel, outcomes: Outcomes) -> None:
        self._kernel, self._outcomes = kernel, outcomes
        rules, told = kernel.program.rules, kernel.program.reaches
        names: dict[str, int] = {}
        self._names = []  # a duty on two clocks is two rules of one id
        for rule in rules:
            count = names[rule.provision.id] = names.get(rule.provision.id, -1) + 1
            self._names.append((rule.provision.id, count))
        read = [outcomes.read(rule) for rule in rules]
        sizes = [len(one.what) for one in read]
        stands = np.array([_stands(rule.scope.window) for rule in rules], dtype=bool)
        none = _Read.of((), outcomes)
        what, may, asks = (
            np.concatenate([getattr(one, name) for one in (none, *read)])
            for name in ("what", "may", "asks")
        )
        own = np.repeat(np.arange(len(rules)), sizes)
        here = np.flatnonzero(stands[own] & may)
        own, what, asks = own[here], what[here], asks[here]
        sides = told.clauses[here], told.rules[own], told.winners[here]
        self._reaches = [np.concatenate([told.rules, one]) for one in sides]
        self._may = np.concatenate([stands, np.ones(len(here), dtype=bool)])
        self._asked = np.unique(asks[asks >= 0])
        last = np.full(len(self._may), len(self._asked), dtype=np.intp)
        last[len(rules) :][asks >= 0] = np.searchsorted(self._asked, asks[asks >= 0])
        self._asks = last
        named = np.array([outcomes.atom(one) for one in self._names], dtype=np.int64)
        winner = np.concatenate([own[:0], *(rule.winners for rule in rules)])[here]
        wins = np.where(winner < 0, -1, np.append(named, -1)[winner]) + 1
        self._clauses = _CLAUSE | (named[own] << 40) | (wins << 20) | what
        self._rated = [  # with what each charges at the rates met
            (i, rule, dict[str, tuple[int, int]]()) for i, rule in enumerate(rules) if rule.rates
        ]
        self._law = [self._variant(i, rule, rule.rate) for i, rule in enumerate(rules)]
        self._variants: dict[bytes, int] = {}
        self._variant_of: list[int] = []
        self._charges: Numbers = np.zeros((0, len(rules), 2), dtype=np.int32)
        self._made: dict[tuple[bool, ...], int] = {}
        self._made_of: list[int] = []
        self._held: list[Bits] = []
        self._met: dict[bytes, int] = {}
        self._short: Mask = np.zeros(0, dtype=bool)  # by class of goods: under ten digits
        size = -(-len(self._may) // 8)
        self._sides: list[Bits] = [np.zeros((0, size), dtype=np.uint8)] * 2
        self._reached: Bits = np.zeros((0, size + _MORE), dtype=np.uint8)
        self._topped: Mask = np.zeros(0, dtype=bool)
        self._pairs: Numbers = np.full((0, 0), -1, dtype=np.int32)
        self._found: Numbers = np.full((0, 0, len(kernel.tops) + 2), -1, dtype=np.int32)

    def of(self, cases: Cases) -> Numbers:
        """(p,) the number of each case's outcome; they declare no facts, and no quantity counts.

        There is at least one.
        """
        pair = cases.goods * self._width() + cases.origin
        met = self._pairs.ravel()[pair]
        if met.min() < 0:
            new = np.flatnonzero(met < 0)
            self._meet(cases.take(new[_one_each(self._pairs, pair[new])]))
            met = self._pairs.ravel()[pair]
        made = self._makes()[cases.claims]
        self._found = _grown(self._found, len(self._reached), len(self._made))
        key = (met * self._found.shape[1] + made) * self._found.shape[2]
        if len(self._kernel.tops):
            all_in = np.flatnonzero(self._topped[met])
            key[all_in] += self._kernel.against(cases.general[all_in])
        out: Numbers = self._found.ravel()[key]
        if out.min() < 0:
            new = np.flatnonzero(out < 0)
            some = new[_one_each(self._found, key[new])]
            keys = self._keys(key[some])
            found = self._outcomes.numbers(self._kernel, keys, cases.take(some))
            self._found.ravel()[key[some]] = found
            out = self._found.ravel()[key]
        return out

    # -- parts of the law ----------------------------------------------------------------------

    def _variant(self, i: int, rule: Rule, rate: Rate) -> tuple[int, int]:
        """What a rule charges at a rate, and which of the all-in rates that is; -1 if none."""
        said = self._names[i], rate.said, rule.least, rule.prohibited
        top = int(np.searchsorted(self._kernel.tops, rate.value)) if rate.all_in else -1
        return self._outcomes.atom(said), top

    def _width(self) -> int:
        """The number of classes of origin; makes room for the classes met since."""
        goods, origins = self._kernel.members
        self._pairs = _grown(self._pairs, len(goods), len(origins))
        for number in origins[len(self._variant_of) :]:
            place, law = self._outcomes.words.origins.texts[number], list(self._law)
            for i, rule, known in self._rated:
                if rate := rule.rates.get(place):
                    if rate.said not in known:
                        known[rate.said] = self._variant(i, rule, rate)
                    law[i] = known[rate.said]
            charges = np.array(law, dtype=np.int32).reshape(1, -1, 2)
            variant = self._variants.setdefault(charges.tobytes(), len(self._variants))
            if variant == len(self._charges):
                self._charges = np.concatenate([self._charges, charges])
            self._variant_of.append(variant)
        return int(self._pairs.shape[1])

    def _makes(self) -> Index:
        """(texts of claims met,) which of the claims that the law asks for each makes."""
        texts = self._outcomes.words.claims.texts
        for text in texts[len(self._made_of) :]:
            made = text.split(";")
            makes = tuple(self._outcomes.claims[one] in made for one in self._asked.tolist())
            number = self._made.setdefault(makes, len(self._made))
            if number == len(self._held):
                self._held.append(np.packbits(np.array([*makes, True])[self._asks]))
            self._made_of.append(number)
        return np.array(self._made_of, dtype=np.intp)

    # -- what reaches lines --------------------------------------------------------------------

    def _meet(self, cases: Cases) -> None:
        """Find which rules and clauses reach pairs of classes, and number the pairs by it."""
        origins, goods = self._bits()
        bits = origins[cases.origin] & goods[cases.goods]
        variant = np.array(self._variant_of, dtype=np.uint16)[cases.origin]
        refused = self._refused(cases, bits)
        more = variant[:, None].view(np.uint8), refused[:, None].view(np.uint8)
        rows = np.concatenate([bits, *more], axis=1)
        numbers, new = numbered(self._met, rowwise(rows))
        self._pairs[cases.goods, cases.origin] = numbers
        self._reached = np.concatenate([self._reached, rows[new]])
        reach = np.unpackbits(bits[new], axis=1, count=self._charges.shape[1]).astype(bool)
        topped = (reach & (self._charges[variant[new], :, 1] >= 0)).any(axis=1)
        self._topped = np.append(self._topped, topped)

    def _bits(self) -> list[Bits]:
        """(classes, bytes) bits of the rules, then the clauses, that reach a class of origin and
        one of goods; a clause only with its rule, and a precedence with its winner.
        """
        sides, (one, other, third) = self._kernel.within(), self._reaches
        for n, side in enumerate(sides):
            if len(have := self._sides[n]) < side.shape[1]:
                new = side[:, len(have) :]
                held = new[one] & new[other] & new[third]
                if n == 0:
                    held &= self._may[:, None]
                self._sides[n] = np.concatenate([have, np.packbits(held, axis=0).T])
        return self._sides

    def _refused(self, cases: Cases, bits: Bits) -> Mask:
        """(p,) whether a list tells the goods of a case apart more finely than their code."""
        codes, members = self._outcomes.words.codes.texts, self._kernel.members[0]
        if len(self._short) < len(members):
            more = [len(codes[i]) < 10 for i in members[len(self._short) :]]
            self._short = np.append(self._short, np.array(more, dtype=bool))
        out = np.zeros(len(bits), dtype=bool)
        at = np.flatnonzero(self._short[cases.goods])
        if len(at):
            count = len(self._kernel.program.rules)
            rules = np.unpackbits(bits[at], axis=1, count=count).astype(bool)
            out[at] = self._kernel.refused(self._kernel.lines(cases.take(at)), rules)
        return out

    def _keys(self, places: Index) -> list[bytes]:
        """The keys of outcomes at places of the table: what reaches and holds, in order."""
        met, made, against = np.unravel_index(places, self._found.shape)
        rows, count = self._reached[met], len(self._kernel.tops)
        bits = rows[:, :-_MORE] & np.array(self._held)[made]
        held = np.unpackbits(bits, axis=1, count=len(self._may)).astype(bool)
        variant = rows[:, -_MORE:-1].copy().view(np.uint16).ravel()
        row, at = np.nonzero(held)
        rules = self._charges.shape[1]
        marks = np.append(np.zeros(rules, dtype=np.int64), self._clauses)[at]
        charged = np.flatnonzero(at < rules)
        rate, top = self._charges[variant[row[charged]], at[charged]].astype(np.int64).T
        reached = against[row[charged]]
        side = np.where(reached > count, 3, 1 + (top < reached))
        marks[charged] = rate * 4 + np.where(top < 0, 0, side)
        data = marks.tobytes()
        ends = (np.cumsum(np.bincount(row, minlength=len(rows))) * 8).tolist()
        refused = [bytes([one]) for one in rows[:, -1].tolist()]
        starts = [0, *ends[:-1]]
        return [r + data[a:b] for r, a, b in zip(refused, starts, ends, strict=True)]


def _one_each(table: Numbers, places: Index) -> Index:
    """Which of some places of a table to take, each once; they are left below -1 until found."""
    marks = -2 - np.arange(len(places), dtype=np.int32)
    table.ravel()[places] = marks
    return np.flatnonzero(table.ravel()[places] == marks)


def _stands(window: Window | None) -> bool:
    """Whether days on another clock hold the day of entry, which stands in for one not declared."""
    return window is None or window.on in window.days


def _may_hold(clause: Clause) -> bool:
    """Whether a clause may hold of a line that declares nothing."""
    asks = clause.when is not None and clause.when.fact is not None
    return _stands(clause.scope.window) and not asks


def _grown(table: Numbers, *shape: int) -> Numbers:
    """A table with room for so many; the new places hold -1."""
    more = [(0, max(n - had, 0)) for n, had in zip(shape, table.shape, strict=False)]
    if not any(n for _, n in more):
        return table
    more = [(0, n and max(n, had // 2)) for (_, n), had in zip(more, table.shape, strict=False)]
    return np.pad(table, [*more, *[(0, 0)] * (table.ndim - len(more))], constant_values=-1)
