"""The rating kernel: which duties fall on which lines, on what part of the value."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from surtax.duty.clause import Clause
from surtax.duty.lines import Floats, Index, Lines, Mask, fact
from surtax.duty.program import Program, Rule
from surtax.ledger.rates import Rate

_DIGITS = 12
"""Decimals to which a share is told: what is left of 0.15 after 0.15 is nothing, not a trace."""


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
        least = np.array([rule.least for rule in self.program.rules])
        ad_valorem: Floats = self.rate * self.share
        np.maximum(ad_valorem, least, out=ad_valorem)
        ad_valorem[~self.applies | np.isnan(ad_valorem)] = 0.0
        return ad_valorem

    @property
    def barred(self) -> Mask:
        """(n,) whether a line may not enter at all."""
        bans = [i for i, rule in enumerate(self.program.rules) if rule.prohibited]
        return np.asarray(self.applies[:, bans].any(axis=1), dtype=bool)


def _rates(rule: Rule, lines: Lines) -> Floats:
    """(n,) the rule's rate on each line, as a share of the value it falls on."""
    if not rule.rates:
        one = rule.rate
        measure = rule.provision.measure
        return np.full(len(lines), one.value) if one.plain else _share(one, lines, measure)
    met = np.unique(lines.origin).tolist()
    found = {o: rule.rate_for(lines.origins[o]) for o in met}
    value = np.full(len(lines.origins), np.nan)
    value[met] = [one.value for one in found.values()]
    rate = value[lines.origin]
    for one in {id(one): one for one in found.values() if not one.plain}.values():
        here = np.isin(lines.origin, [o for o in met if found[o] is one])
        rate = np.where(here, _share(one, lines, rule.provision.measure), rate)
    return rate


def _share(rate: Rate, lines: Lines, measure: str) -> Floats:
    """(n,) what a rate comes to as a share of the value; NaN while a part of it is not known."""
    missing = np.full(len(lines), np.nan)
    if rate.fact:
        return fact(lines, rate.fact, measure)
    if rate.all_in:
        general = missing if lines.general is None else lines.general
        return np.maximum(rate.value - general, 0.0)
    share = np.full(len(lines), rate.value)
    if rate.unit:
        each = float(rate.per_unit) * lines.quantities.get(rate.unit, missing)
        share = np.maximum(each - 1.0, 0.0) if rate.price else share + each
    if rate.other:
        choose = np.maximum if rate.pick == "greater" else np.minimum
        share = choose(share, _share(rate.other, lines, measure))
    return share


def _subject(
    clause: Clause, winner: Rule, here: Index, stack: tuple[Mask, Mask, Floats, Floats]
) -> Mask:
    """(h,) whether some lines count as subject to a rule: they owe it, have it, or are in scope.

    What may not enter owes no rate, and yet counts as subject to the prohibition. `stack` is what
    the stack says of the rule: scope, applies, rate and share of all lines.
    """
    scope, applies, rate, share = stack
    column = scope if clause.listed else applies
    found: Mask = column[here]
    if clause.listed or clause.applies or winner.prohibited:
        return found
    owed: Mask = found & (share[here] > 0) & ~(rate[here] <= 0)
    return owed  # unknown rates count


@dataclass(frozen=True, eq=False)
class _Near:
    """The clauses that reach some line, where that is known beforehand.

    Attributes:
        program: the program.
        number: (k,) which of the clauses of all its rules each is.
        reach: (k, n) whether the clause, its rule and the rule that wins by it reach each line.
        ends: for each rule, where its clauses end among these.
        rules: (m, n) whether each rule reaches each line.
        some: for each rule, whether it reaches any.
    """

    program: Program
    number: list[int]
    reach: Mask
    ends: list[int]
    rules: Mask
    some: list[bool]

    @classmethod
    def of(cls, program: Program, reach: Mask) -> _Near:
        """Those of a program, by what its `reaches` have in them."""
        told = program.reaches
        first = np.append(0, told.ends[:-1])
        own, rules = np.repeat(told.rules, told.ends - first), reach[told.rules]
        every = reach[told.clauses]
        every &= reach[told.winners]
        every &= reach[own]
        number = np.flatnonzero(every.any(axis=1))
        ends = np.searchsorted(number, told.ends)
        some: Mask = np.asarray(rules.any(axis=1), dtype=bool)
        return cls(program, number.tolist(), every[number], ends.tolist(), rules, some.tolist())

    def covered(self, i: int) -> Mask | None:
        """(n,) whether rule `i` reaches each line; None where it reaches none."""
        return self.rules[i] if self.some[i] else None

    def clauses(self, i: int, here: Index) -> list[tuple[int, Mask | None]]:
        """Those of rule `i`, by their place among its clauses, and what they have of its lines."""
        start = self.ends[i - 1] if i else 0
        first = int(self.program.reaches.ends[i - 1]) if i else 0
        return [(self.number[k] - first, self.reach[k][here]) for k in range(start, self.ends[i])]


def evaluate(program: Program, lines: Lines, reach: Mask | None = None) -> Stack:
    """Run the program over lines.

    Args:
        program: the duties of one importer on one day.
        lines: n lines of entry.
        reach: (s, n) whether each of the program's `reaches` has each line in it, where that is
            known beforehand; clauses that reach none of a rule's lines are then passed over.

    Returns:
        The stack: (n, m) arrays over lines and rules, in the order of `program.rules`.
    """
    n, m = len(lines), len(program.rules)
    scope = np.zeros((n, m), dtype=bool, order="F")  # a rule's column lies in one piece
    applies = np.zeros((n, m), dtype=bool, order="F")
    rate = np.zeros((n, m), order="F")
    share = np.ones((n, m), order="F")
    relief = np.full((n, m), -1, dtype=np.int16, order="F")
    winner = np.full((n, m), -1, dtype=np.int16, order="F")
    present = np.zeros(m, dtype=bool)
    near = None if reach is None else _Near.of(program, reach)
    for i in program.order:
        rule = program.rules[i]
        covered = None if near is None else near.covered(i)
        if covered is None and near is not None:
            continue
        here = np.flatnonzero(rule.scope.mask(lines, covered))
        if not len(here):
            continue
        clauses = near.clauses(i, here) if near else [(k, None) for k in range(len(rule.clauses))]
        some = lines if len(here) == n else lines.take(here)
        present[i] = scope[here, i] = True
        rate[here, i] = _rates(rule, some)
        left, part = np.ones(len(here), dtype=bool), np.ones(len(here))
        first, last = len(rule.reliefs), len(rule.reliefs) + len(rule.bases)
        for k, told in clauses:
            clause, held = rule.clauses[k], left
            if clause.idle(some):
                continue
            if k >= last:
                j = rule.yields[k - last][0]
                if not present[j]:
                    continue
                stack = scope[:, j], applies[:, j], rate[:, j], share[:, j]
                held = left & _subject(clause, program.rules[j], here, stack)
            held = held & clause.holds(some, told)
            if not held.any():
                continue
            if first <= k < last:
                part[held] *= clause.part(some)[held]
                continue
            if k < first:
                relief[here[held], i] = k
            else:
                if clause.rest:
                    rest = np.round(part[held] - share[here[held], j], _DIGITS)
                    part[held] = np.maximum(rest, 0.0)
                    held &= part == 0.0
                winner[here[held], i] = j
            left &= ~held
            if not left.any():
                break
        share[here, i], applies[here, i] = part, left
    return Stack(program, scope, applies, rate, share, relief, winner)
