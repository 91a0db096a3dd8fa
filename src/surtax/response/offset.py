"""Offsets: how far costs of trade must fall to leave somebody where they were.

The size of a cut is sought at which an outcome meets its target, by Newton's steps with the exact
gradient, kept between sizes known to be too small and too large. Where even the largest cut falls
short, that is the answer, with how far it leads.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from surtax.economy.gradient import at, gradient
from surtax.economy.outcomes import Outcome
from surtax.economy.results import Solution
from surtax.errors import SolveError
from surtax.units import percent
from surtax.world.world import Array


@dataclass(frozen=True)
class Offset:
    """What was found.

    Attributes:
        size: of the cut. reached: whether the target is met there; the largest cut else.
        value: of the outcome there. start: without any cut.
        slope: derivative of the outcome with the size, without any cut.
        solved: equilibria that it took.
        status: one sentence.
    """

    size: float
    reached: bool
    value: float
    start: float
    slope: float
    solved: int
    status: str


def offset(
    solve: Callable[[float, Array | None], Solution],
    slope: Array,
    outcome: Outcome,
    target: float,
    most: float,
    *,
    tol: float = 1e-9,
    rounds: int = 40,
) -> Offset:
    """The least cut, from zero to `most`, at which an outcome meets a target.

    Args:
        solve: a size and log hats to start from, or None, to the equilibrium.
        slope: (s, n, i) derivative of the trade costs with the size, which they are affine in.
        outcome: what must meet the target. most: the largest size.
        tol: gap of the outcome allowed at the end.

    Raises:
        SolveError: the search did not end.
    """
    solved, last = 0, None

    def look(size: float) -> tuple[float, float]:
        nonlocal solved, last
        s = solve(size, last)
        solved, last = solved + 1, s.unknowns
        return outcome.value(s) - target, float((gradient(s, outcome, at(s)).trade_costs
                                                 * slope).sum())  # fmt: skip

    gap, bend = look(0.0)
    start, first = gap + target, bend
    if gap >= -tol:
        return Offset(0.0, True, start, start, first, solved, "Nothing is lost: no cut is needed.")
    low, high, size = 0.0, most, 0.0
    tested = False
    for _ in range(rounds):
        step = -gap / bend if bend > 0 else np.inf
        trial = size + step
        if not low < trial < high:
            if not tested and trial >= high:
                trial = most
            else:
                trial = 0.5 * (low + high)
        size = trial
        gap, bend = look(size)
        if abs(gap) <= tol:
            return Offset(
                size, True, gap + target, start, first, solved,
                f"Met within {abs(gap):.0e} after {solved} equilibria.",
            )  # fmt: skip
        if size == most and gap < 0:
            share = (gap + target - start) / (target - start)
            return Offset(
                most, False, gap + target, start, first, solved,
                f"Even a cut of {percent(most, 0)} makes up {percent(share, 0)} of the loss and no "
                "more.",
            )  # fmt: skip
        low, high = (size, high) if gap < 0 else (low, size)
        tested = tested or size == most
    raise SolveError(f"no offset was found in {rounds} steps; {abs(gap):.1e} of a gap is left.")
