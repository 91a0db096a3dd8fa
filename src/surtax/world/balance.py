"""Balancing a world: intermediate and final use that meet sales and value added exactly.

Method: iterative proportional fitting (RAS; Stone 1961) of each region's [Z | F], the table of
inputs by user with final use as its last column, all regions at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from surtax.errors import WorldError

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Balanced:
    """Result of a rebalance.

    Attributes:
        use: (n, s, k) value of input s used by sector k in region n.
        final: (s, n) final use, expenditure less the inputs used.
        residual: largest gap of a row or column to its total, relative to that total.
        iterations: rounds of scaling done.
        moved: (n,) half the absolute change of [Z | F] as a share of its total.
    """

    use: Array
    final: Array
    residual: float
    iterations: int
    moved: Array


def rebalance(
    flows: Array,
    use: Array,
    final: Array,
    value_added: Array,
    tariffs: Array | None = None,
    *,
    regions: Sequence[str] = (),
    sectors: Sequence[str] = (),
    tolerance: float = 1e-12,
    limit: int = 5000,
) -> Balanced:
    """Fit [Z | F] to trade: rows to expenditure, columns to (1 − value added) · output.

    Args:
        flows: (s, n, i) what n buys from i before tariffs.
        use: (n, s, k) prior of intermediate use, zero or more.
        final: (s, n) prior of final use, zero or more.
        value_added: (n, k) value-added shares of output.
        tariffs: (s, n, i) benchmark tariffs as fractions; none means zero.
        regions: names for messages.
        sectors: names for messages.
        tolerance: largest relative gap of a row allowed; the fit goes on to a tenth of it.
        limit: most rounds of scaling.

    Raises:
        WorldError: a region whose inputs exceed its spending, spending or input cost on which
            the prior is silent, or a fit that does not end.
    """
    spent = flows if tariffs is None else flows * (1.0 + tariffs)
    rows = spent.sum(axis=2).T
    output = flows.sum(axis=1).T
    costs = (1.0 - value_added) * output
    income = rows.sum(axis=1) - costs.sum(axis=1)
    name = _names(regions, flows.shape[1], "region")
    label = _names(sectors, flows.shape[0], "sector")
    if (income <= 0).any():
        n = int(np.argmin(income))
        raise WorldError(
            f"inputs cost {costs[n].sum():.6g}, all spending is {rows[n].sum():.6g}: "
            "nothing is left for final use.",
            where=name[n],
            mend="Raise its value-added shares or its purchases.",
        )
    prior = np.concatenate([use, final.T[:, :, None]], axis=2)
    columns = np.concatenate([costs, income[:, None]], axis=1)
    _covered(prior.sum(axis=2), rows, "spending on", name, label)
    _covered(prior.sum(axis=1), columns, "input cost of", name, (*label, "final use"))

    table = prior.copy()
    wanted = np.where(rows > 0, rows, 1.0)
    rounds = 0
    while True:
        gap = np.abs(table.sum(axis=2) - rows) / wanted
        off = np.abs(table.sum(axis=1) - columns) / np.where(columns > 0, columns, 1.0)
        residual = float(max(gap.max(), off.max()))
        if residual <= 0.1 * tolerance or rounds == limit:
            break
        rounds += 1
        table *= _ratio(rows, table.sum(axis=2))[:, :, None]
        table *= _ratio(columns, table.sum(axis=1))[:, None, :]
    if residual > tolerance:
        n, s = (int(i) for i in np.unravel_index(int(gap.argmax()), gap.shape))
        raise WorldError(
            f"the table does not balance: after {rounds} rounds uses miss the spending on "
            f"{label[s]} by a share of {gap[n, s]:.1e}.",
            where=f"{name[n]}, {label[s]}",
            mend="Look for a sector with sales but no users, or value added too high or too low.",
        )
    moved = 0.5 * np.abs(table - prior).sum(axis=(1, 2)) / prior.sum(axis=(1, 2))
    inputs = table[:, :, :-1]
    rest = (rows - inputs.sum(axis=2)).T
    return Balanced(inputs, np.where(final > 0, rest, 0.0), residual, rounds, moved)


def _ratio(target: Array, total: Array) -> Array:
    """Target over total; zero where the total is."""
    return np.divide(target, total, out=np.zeros_like(target), where=total > 0)


def _names(given: Sequence[str], count: int, kind: str) -> tuple[str, ...]:
    return tuple(given) or tuple(f"{kind} {i + 1}" for i in range(count))


def _covered(
    prior: Array, target: Array, what: str, regions: Sequence[str], others: Sequence[str]
) -> None:
    """Every positive target needs a positive prior to scale."""
    silent = (target > 0) & (prior <= 0)
    if silent.any():
        n, j = np.argwhere(silent)[0]
        raise WorldError(
            f"{what} {others[j]} is {target[n, j]:.6g}, but no use is given for it.",
            where=f"{regions[n]}, {others[j]}",
            mend="Give at least one row of use for it.",
        )
