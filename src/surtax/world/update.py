"""A world brought to new margins: trade, value added or balances as published elsewhere.

Flows move as little as they must to meet the targets. ``ras`` keeps ratios (least information,
Σ x log(x/x₀); with row and column totals it is the scaling of Stone 1961), ``least-squares``
keeps amounts (Σ (x − x₀)²/x₀, nothing below zero; Stone, Champernowne and Meade 1942). Both are
solved in the multipliers of the targets by Newton's method: x = x₀ g(Aᵀλ), g = exp or the
positive part of 1 + z. Recipes keep their value-added shares; uses are then fitted to the new
trade (`surtax.world.balance.rebalance`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surtax.errors import WorldError, unknown
from surtax.units import percent
from surtax.world.balance import rebalance
from surtax.world.targets import Target, coefficients
from surtax.world.world import World

Array = NDArray[np.float64]
METHODS = ("ras", "least-squares")
TOLERANCE = 1e-9
ROUNDS = 200


def update(
    world: World, targets: Sequence[Target], *, method: str = "ras", name: str = ""
) -> World:
    """The world that meets the targets with the least change of trade.

    Args:
        world: a balanced world.
        targets: what it is to meet; cells that none names are free.
        method: ``ras`` or ``least-squares``.
        name: of the result; default the world's.

    Raises:
        UnknownNameError: a sector, region, item or method that there is not.
        WorldError: targets that contradict each other or a cell of no trade.
    """
    from scipy.sparse import csr_matrix, vstack

    where = f"world {world.name}"
    if method not in METHODS:
        raise unknown("method", method, METHODS, where=where)
    if world.preferences is not None:
        raise WorldError(
            "its final demand is stated apart from its residual.",
            where=where,
            mend="Solve it without a shock, and update the world rebased on the solution.",
        )
    if not targets:
        raise WorldError("no targets are given.", where=where, mend="Give at least one.")
    start = world.flows.reshape(-1)
    cells = np.flatnonzero(start > 0)
    rows = vstack([csr_matrix(coefficients(world, t).reshape(-1)[cells]) for t in targets]).tocsr()
    goal = np.array([target.value for target in targets], dtype=np.float64)
    before = rows @ start[cells]
    for at, target in enumerate(targets):
        if not np.isfinite(goal[at]) or (goal[at] < 0 and target.item != "balance"):
            raise WorldError(
                f"the {target} is to be {goal[at]:g}.", where=where, mend="It is zero or more."
            )
        if not rows[at].nnz and goal[at] != 0:
            raise WorldError(
                f"the {target} is to be {goal[at]:g}, but there is no such trade to scale.",
                where=where,
                mend="Leave the target out, or give the cell a value first.",
            )
    made = _nearest(start[cells], rows, goal, targets, method, where)
    flows = np.zeros(world.flows.shape)
    flows.reshape(-1)[cells] = made
    half = 0.5 * float(np.abs(made - start[cells]).sum() / start.sum())
    worst = int(np.abs(before - goal).argmax())
    said = (
        f"Updated to {len(targets)} targets by {method}: {percent(half, 2)} of trade moved; most "
        f"for {targets[worst]}, from {before[worst]:.6g} to {goal[worst]:.6g} {world.currency}."
    )
    return _with_flows(world, flows, name or world.name, said)


def _nearest(
    start: Array, rows: Any, goal: Array, targets: Sequence[Target], method: str, where: str
) -> Array:
    """Cells that meet the targets: Newton on the convex dual, with halved steps."""
    from scipy.linalg import cho_factor, cho_solve
    from scipy.sparse import diags

    scale = np.maximum(np.abs(goal), abs(rows) @ start * 1e-6)
    scale = np.where(scale > 0, scale, 1.0)
    A = (diags(1.0 / scale) @ rows).tocsr()
    b = goal / scale
    multipliers = np.zeros(len(goal))

    def cells(at: Array) -> tuple[Array, Array, float]:
        """Cells, their slopes and the dual's value at some multipliers."""
        z = A.T @ at
        if method == "ras":
            with np.errstate(over="ignore"):
                x = start * np.exp(z)
            return x, x, float(x.sum() - b @ at)
        g = np.maximum(1.0 + z, 0.0)
        return start * g, start * (g > 0), float(0.5 * (start * g * g).sum() - b @ at)

    x, slope, value = cells(multipliers)
    for _ in range(ROUNDS):
        gap = A @ x - b
        if np.abs(gap).max() <= 1e-2 * TOLERANCE:
            break
        hessian = (A.multiply(slope) @ A.T).toarray()
        hessian[np.diag_indices(len(b))] += 1e-12 * hessian.trace() / len(b) + 1e-300
        try:
            step = cho_solve(cho_factor(hessian, overwrite_a=True), -gap)
        except np.linalg.LinAlgError:
            break
        length, slope_down = 1.0, float(gap @ step)
        for _ in range(60):
            trial, sloped, reached = cells(multipliers + length * step)
            if reached <= value + 1e-4 * length * slope_down + 1e-15 * abs(value):
                break
            length *= 0.5
        else:
            break
        multipliers = multipliers + length * step
        x, slope, value = trial, sloped, reached
    gap = np.abs(A @ x - b)
    if not gap.max() <= TOLERANCE:
        at = int(np.nanargmax(gap))
        raise WorldError(
            f"the targets cannot all be met: the {targets[at]} reaches {(rows @ x)[at]:.6g}, "
            f"{goal[at]:.6g} was asked.",
            where=where,
            mend="Look for targets that contradict each other, or whose cells have no trade.",
        )
    return np.asarray(x)


def _with_flows(world: World, flows: Array, name: str, said: str) -> World:
    """The world with other flows, its uses fitted to them."""
    output = flows.sum(axis=1).T
    use = world.inputs * output[:, None, :]
    wedge = 1.0 + world.tariffs
    if world.export_taxes is not None:
        wedge = wedge * (1.0 + world.export_taxes)
    spending = (flows * wedge).sum(axis=2)
    income = spending.sum(axis=0) - use.sum(axis=(1, 2))
    final = np.maximum(world.final_shares, 0.0) * income
    made = rebalance(
        flows,
        use,
        final,
        world.value_added,
        wedge - 1.0,
        regions=world.regions,
        sectors=world.sectors,
    )
    inputs = np.divide(
        made.use, output[:, None, :], out=np.zeros_like(use), where=output[:, None, :] > 0
    )
    moved = float((made.moved * spending.sum(axis=0)).sum() / spending.sum())
    note = f"{said} Fitting uses to it moved {percent(moved, 2)} of them."
    return replace(world, name=name, flows=flows, inputs=inputs, notes=(*world.notes, note))
