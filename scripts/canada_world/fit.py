"""The flows nearest to a prior, in Kullback-Leibler divergence, that meet linear margins.

Bregman's method: each margin in turn is met by the multiplicative change that is nearest, until
all hold at once. A flow is fixed, free, or part of a group with a fixed total.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from canada_world.raw import Array


@dataclass(frozen=True, eq=False)
class Margins:
    """What the flows must meet.

    Attributes:
        fixed: (s, n, i) true where the prior's value stands.
        groups: cells (flat indices) and the total they must add to.
        income: (i,) value added of each region.
        value_added: (s, i) share of output that is value added.
        balance: (i,) exports less imports of each region; adds to zero.
    """

    fixed: NDArray[np.bool_]
    groups: Sequence[tuple[NDArray[np.intp], float]]
    income: Array
    value_added: Array
    balance: Array


@dataclass(frozen=True, eq=False)
class Fitted:
    """Result: flows, largest relative miss of a margin, rounds done."""

    flows: Array
    miss: float
    rounds: int


def fit(prior: Array, margins: Margins, *, tolerance: float = 1e-11, limit: int = 4000) -> Fitted:
    """Meet all margins.

    Raises:
        ValueError: the margins are not met after ``limit`` rounds.
    """
    x = prior.copy()
    free = ~margins.fixed
    away = ~np.eye(prior.shape[1], dtype=bool)
    miss = np.inf
    for rounds in range(1, limit + 1):
        for cells, total in margins.groups:
            flat = x.reshape(-1)
            flat[cells] *= total / flat[cells].sum()
        for i in range(prior.shape[1]):
            _meet_balance(x, free, away, i, margins.balance[i])
        for i in range(prior.shape[1]):
            _meet_income(x, free, i, margins.income[i], margins.value_added[:, i])
        miss = _miss(x, margins, away)
        if miss < tolerance:
            return Fitted(x, miss, rounds)
    raise ValueError(f"after {limit} rounds the margins are missed by a share of {miss:.1e}")


def _meet_balance(x: Array, free: NDArray[np.bool_], away: NDArray[np.bool_], i: int, want: float
                  ) -> None:  # fmt: skip
    """Exports up and imports down by one factor: f E + E0 − M/f − M0 = want."""
    out, into = free[:, :, i] & away[:, i], free[:, i, :] & away[i]
    exports, imports = x[:, :, i][out].sum(), x[:, i, :][into].sum()
    rest = x[:, :, i][~out & away[:, i]].sum() - x[:, i, :][~into & away[i]].sum() - want
    factor = (-rest + np.sqrt(rest * rest + 4 * exports * imports)) / (2 * exports)
    x[:, :, i] = np.where(out, x[:, :, i] * factor, x[:, :, i])
    x[:, i, :] = np.where(into, x[:, i, :] / factor, x[:, i, :])


def _meet_income(x: Array, free: NDArray[np.bool_], i: int, want: float, share: Array) -> None:
    """Sales of sector s times exp(λ va_s), λ such that value added is as wanted."""
    sold = x[:, :, i]
    loose = np.where(free[:, :, i], sold, 0.0).sum(axis=1)
    tight = sold.sum(axis=1) - loose
    base = want - float(share @ tight)
    power = 0.0
    for _ in range(50):
        grown = loose * np.exp(power * share)
        value, slope = float(share @ grown), float((share * share) @ grown)
        step = (base - value) / slope
        power += step
        if abs(step) < 1e-15:
            break
    sold[:] = np.where(free[:, :, i], sold * np.exp(power * share)[:, None], sold)


def _miss(x: Array, m: Margins, away: NDArray[np.bool_]) -> float:
    out = x.sum(axis=1)
    trade = np.where(away, x, 0.0)
    income = np.abs((m.value_added * out).sum(axis=0) / m.income - 1.0)
    balance = np.abs(trade.sum(axis=(0, 1)) - trade.sum(axis=(0, 2)) - m.balance) / m.income
    flat = x.reshape(-1)
    groups = [abs(flat[c].sum() / total - 1.0) for c, total in m.groups]
    return float(max(income.max(), balance.max(), *groups))
