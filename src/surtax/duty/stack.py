"""The rating kernel: which duties fall on which lines, on what part of the value."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from surtax.duty.lines import Floats, Lines, Mask
from surtax.duty.program import Program


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
