"""Solve the model in changes: one joint fixed point in (log w, log P, log X).

The route: Anderson acceleration preconditioned at the benchmark; if that stalls, the same
preconditioned where it stalled, then Newton with GMRES; if that stalls too, the whole shock
is walked in parts. Whatever the route, the answer is accepted on the true residual of every
equation and on Walras' law, and refused otherwise.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np

from surtax.economy import equations as eq
from surtax.economy.check import check_suppliers, checked_shock
from surtax.economy.closure import Closure
from surtax.economy.closure import closure as named_closure
from surtax.economy.fixedpoint import Root, anderson, newton
from surtax.economy.linear import Preconditioner
from surtax.economy.results import Solution
from surtax.economy.system import (
    Base,
    Problem,
    base_of,
    problem_of,
    relinearise,
    residual,
    sharing_of,
    sweep,
)
from surtax.errors import SolveError
from surtax.world.world import Array, World

# Sweeps before a new linearisation is worth its price, sweeps with each, and how many.
_FIRST, _SECOND, _AGAIN = 40, 30, 4


@dataclass(frozen=True)
class _Shock:
    """A counterfactual and every world between the benchmark and it."""

    world: World
    base: Base
    tariffs: Array
    trade_costs: Array | None
    closure: Closure
    sharing: Array
    extra: Array

    def at(self, part: float) -> Problem:
        """The problem a part of the way; 1 is the shock itself.

        Tariffs move linearly in 1/(1 + tau), so that a prohibition has a path too.
        """
        tariffs, costs = self.tariffs, self.trade_costs
        if part < 1.0:
            kept = (1.0 - part) / (1.0 + self.world.tariffs) + part / (1.0 + tariffs)
            tariffs = np.divide(1.0, kept, out=np.full_like(kept, np.inf), where=kept > 0) - 1.0
            costs = None if costs is None else costs**part
        return problem_of(
            self.world,
            self.base,
            tariffs_new=tariffs,
            trade_costs=costs,
            closure=self.closure,
            sharing=self.sharing,
            extra=self.extra,
            part=part,
        )


def _attempt(p: Problem, step: Preconditioner, x: Array, tol: float) -> Root:
    """Anderson; where it stalls, again with a new linearisation there; then Newton."""

    def gaps(x: Array) -> Array:
        return residual(p, x)

    root = anderson(gaps, step.step, x, tol=tol, budget=_FIRST)
    spent, here = root.evaluations, None
    for _ in range(_AGAIN):
        if root.residual <= tol or not np.isfinite(root.residual):
            return replace(root, evaluations=spent)
        before, here = root.residual, relinearise(p, root.x)
        if here is None:
            return replace(root, evaluations=spent)
        root = anderson(gaps, here.step, root.x, tol=tol, budget=_SECOND)
        spent += root.evaluations
        if root.residual > 0.1 * before:
            break
    if root.residual > tol and here is not None:
        root = newton(gaps, here.step, root.x, tol=tol)
        spent += root.evaluations
    return replace(root, evaluations=spent)


def _walk(shock: _Shock, x: Array, tol: float) -> Root:
    """Continuation in the whole shock, each part starting where the last one ended."""
    done, length, spent = 0.0, 0.25, 0
    step = shock.base.preconditioner
    while True:
        part = min(1.0, done + length)
        p = shock.at(part)
        enough = tol if part == 1.0 else max(tol, 1e-6)
        root = _attempt(p, step, x, enough)
        spent += root.evaluations
        if root.residual <= enough:
            if part == 1.0:
                return replace(root, evaluations=spent)
            x, done, length = root.x, part, 1.5 * length
            step = relinearise(p, x) or step
        else:
            length *= 0.4
            if length < 1e-3:
                return replace(root, evaluations=spent)


def solve(
    world: World,
    tariffs_new: Array,
    trade_costs: Array | None = None,
    closure: str | Closure = "world-share",
    *,
    treasury_shares: Array | None = None,
    extra_transfers: Array | None = None,
    tol: float = 1e-10,
    start: Array | None = None,
) -> Solution:
    """The counterfactual equilibrium of a world under new tariffs.

    Args:
        world: the benchmark.
        tariffs_new: (s, n, i) ad valorem tariff levels; infinity prohibits a flow.
        trade_costs: (s, n, i) iceberg hats (1 = no change).
        closure: a name from `closure.CLOSURES`, or a `Closure`.
        treasury_shares: (n,) how treasuries share their duties in the counterfactual.
        extra_transfers: (n,) transfers on top of the closure's, in the numeraire, adding to 0.
        tol: largest gap allowed in any equation, in logs.
        start: log hats to start from, a former ``solution.unknowns``.

    Raises:
        UnknownNameError: no closure of that name.
        WorldError: the shock has a wrong shape or an impossible value.
        SolveError: no equilibrium was found; the message carries the residual.
    """
    began = time.perf_counter()
    rule = named_closure(closure)
    shares, extra = checked_shock(world, tariffs_new, trade_costs, treasury_shares, extra_transfers)
    base = base_of(world)
    shock = _Shock(world, base, tariffs_new, trade_costs, rule, sharing_of(world, shares), extra)
    full = shock.at(1.0)
    check_suppliers(world, full.A)
    none = np.zeros(len(world.regions) * (1 + 2 * len(world.sectors)))
    root = _attempt(full, base.preconditioner, none if start is None else start, tol)
    spent, route = root.evaluations, "directly"
    if root.residual > tol:
        root = _walk(shock, none, tol)
        spent, route = spent + root.evaluations, "by walking the shock in parts"
    if not root.residual <= tol:
        raise SolveError(
            f"no equilibrium found: the largest gap left is {root.residual:.3g} in logs "
            f"after {spent} sweeps, {tol:.3g} is allowed.",
            where=f"world {world.name}, closure {rule.name}",
            mend="There may be none: a region that buys nothing abroad cannot sell there either, "
            "and a deficit must be payable. Try a smaller shock or another closure.",
        )
    d = base.dropped
    for tighter in (1.0, 0.1, 0.01):
        # The market left out carries the sum of the others' gaps: a little more than tol of
        # them asks for smaller ones, and accounts that do not add up never come down.
        if tighter < 1.0:
            root = _attempt(full, base.preconditioner, root.x, tighter * tol)
            spent += root.evaluations
        q = sweep(full, root.x)
        walras = float(abs(q.demand[d] / q.labour[d] - 1.0))
        if walras <= tol:
            break
    else:
        raise SolveError(
            f"Walras' law fails by {walras:.3g} in {world.regions[d]}: the world's accounts do "
            f"not add up (the other equations hold to {root.residual:.3g}).",
            where=f"world {world.name}, closure {rule.name}",
            mend="Check that value-added and input shares add to one and deficits to zero.",
        )
    return Solution(
        world=world,
        status=f"Solved {route}: every equation holds to {root.residual:.1e} and Walras' law to "
        f"{walras:.1e} after {spent} sweeps.",
        residual=root.residual,
        walras=walras,
        iterations=spent,
        seconds=time.perf_counter() - began,
        closure=rule.name,
        unknowns=root.x,
        tariffs=tariffs_new,
        treasury_shares=shares,
        wages=np.exp(q.log_w),
        costs=np.exp(q.log_c),
        prices=np.exp(q.log_prices),
        price_index=eq.consumer_price(q.log_prices, base.tech.final_shares),
        labour_income=q.labour,
        income=q.income,
        collected=q.collected,
        revenue=q.received,
        transfers=q.transfers,
        expenditure=q.X,
        output=q.Y,
        shares=eq.trade_shares(full.A, q.y, q.S),
        flows=eq.flows(full.B, q.y, q.V),
    )
