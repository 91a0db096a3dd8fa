"""Solve the model in changes: one joint fixed point in (log w, log P, log X).

The route: Anderson acceleration preconditioned at the benchmark; if that stalls, the same
preconditioned where it stalled, then Newton with GMRES; if that stalls too, or the first is
far from an answer halfway, the whole shock is walked in parts. Where all of these fail under a
rule of wages, the answer of wages that clear is the start, and the rule comes in by parts.
Whatever the route, the answer is accepted on the true residual of every equation and on Walras'
law, and refused otherwise.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from surtax.economy import tangent
from surtax.economy.blocks import Blocks
from surtax.economy.check import check_suppliers, check_tolerance, checked_shock, checked_start
from surtax.economy.closure import Closure
from surtax.economy.closure import closure as named_closure
from surtax.economy.diagnosis import check_livable, unbalanced, unsolved
from surtax.economy.fixedpoint import History, Root, anderson, newton, size
from surtax.economy.frozen import preconditioner, relinearise
from surtax.economy.horizon import Horizon, at_horizon
from surtax.economy.horizon import horizon as named_horizon
from surtax.economy.labour import FLEXIBLE
from surtax.economy.problem import Base, Instruments, Problem, base_of, problem_of
from surtax.economy.results import Solution, solution_of
from surtax.economy.slopes import slopes_of
from surtax.economy.system import Residual, gaps, sweep
from surtax.errors import named
from surtax.world.world import Array, World

# Sweeps before a new linearisation is worth its price, sweeps with each, and how many; where
# sectors pay different wages the blocks are rougher, and more sweeps cost less than new ones.
_FIRST, _FIRST_STICKY, _SECOND, _AGAIN = 40, 80, 30, 4
_MEMORY, _MEMORY_STICKY = 8, 12

# Logs. What is farther off than this halfway through the first sweeps is sooner walked to, and
# what is not near at their end is: a linearisation so far off is no better than the benchmark's.
_FAR, _NEAR = 0.3, 1e-2

# The first part of a walk. The next one starts where one is near: a part is there to be near
# the next, which a tighter one serves no better.
_PART = 0.35

ENGINES = {"numpy": False, "fast": True}
"""Names of engines, and whether each is the compiled one."""


@dataclass(frozen=True)
class _Shock:
    """A counterfactual and every world between the benchmark and it."""

    world: World
    base: Base
    new: Instruments
    closure: Closure
    fast: bool

    def at(self, part: float) -> Problem:
        """The problem a part of the way; 1 is the shock itself.

        Tariffs move linearly in 1/(1 + tau), so that a prohibition has a path too; export
        taxes and trade costs in logs.
        """
        new = self.new
        if part < 1.0:
            kept = (1.0 - part) / (1.0 + self.world.tariffs) + part / (1.0 + new.tariffs)
            tariffs = np.divide(1.0, kept, out=np.full_like(kept, np.inf), where=kept > 0) - 1.0
            costs, exports = new.trade_costs, new.export_taxes
            if exports is not None:
                was = 0.0 if self.world.export_taxes is None else self.world.export_taxes
                exports = (1.0 + was) ** (1.0 - part) * (1.0 + exports) ** part - 1.0
            new = replace(
                new,
                tariffs=tariffs,
                export_taxes=exports,
                trade_costs=None if costs is None else costs**part,
            )
        return problem_of(self.world, self.base, new, self.closure, part, fast=self.fast)


def residual_of(p: Problem) -> Residual:
    """The residual as a function of x (..., unknowns), by the problem's engine."""
    if p.fast:
        from surtax.economy import fast

        return fast.CompiledResidual(p)
    return Residual(p)


def _accelerated(
    F: Residual, step: Blocks, x: Array, tol: float, budget: int, far: float = math.inf
) -> Root:
    """Anderson acceleration, by the problem's engine."""
    p = F.problem
    memory, kept = effort(p)[0], History
    if p.fast:
        from surtax.economy import fast

        roots = fast.accelerated(p, step, x, tol=tol, memory=memory, budget=budget, far=far)
        if roots is not None:
            return roots[0]
        kept = fast.CompiledHistory
    return anderson(F, step.step, x, tol=tol, memory=memory, budget=budget, far=far, kept=kept)


def effort(p: Problem) -> tuple[int, int]:
    """Past differences kept, and sweeps before a new linearisation."""
    return (_MEMORY_STICKY, _FIRST_STICKY) if p.sticky else (_MEMORY, _FIRST)


def _slope(p: Problem) -> Callable[[Array], Callable[[Array], Array]]:
    """From a point to the Jacobian there, as a function of a direction."""

    def slope(x: Array) -> Callable[[Array], Array]:
        q = sweep(p, x)
        product = tangent.product(p, q, slopes_of(p, q))

        def moved(d: Array) -> Array:
            with np.errstate(all="ignore"):
                return product(d)

        return moved

    return slope


def _attempt(F: Residual, step: Blocks, x: Array, tol: float, patient: bool = False) -> Root:
    """Anderson; where it stalls, again with a new linearisation there; then Newton.

    Given up where the first sweeps are still far off halfway or not near at their end, unless
    ``patient``.
    """
    p = F.problem
    far, near = (math.inf, math.inf) if patient else (_FAR, _NEAR)

    root = _accelerated(F, step, x, tol, effort(p)[1], far)
    spent, here = root.evaluations, None
    for _ in range(_AGAIN):
        if root.residual <= tol or not root.residual < near:
            return replace(root, evaluations=spent)
        before, here = root.residual, relinearise(p, F.at(root.x))
        if here is None:
            return replace(root, evaluations=spent)
        root = _accelerated(F, here, root.x, tol, _SECOND)
        spent += root.evaluations
        if root.residual > 0.1 * before:
            break
    if root.residual > tol and here is not None:
        root = newton(F, _slope(p), here.step, root.x, tol=tol)
        spent += root.evaluations
    return replace(root, evaluations=spent)


def _crawl(F: Residual, step: Blocks, x: Array, tol: float) -> Root:
    """Newton from a point nearby, however slowly: a kink or a flat stretch may lie between."""
    p = F.problem
    step = relinearise(p, F.at(x)) or step
    return newton(F, _slope(p), step.step, x, tol=tol, stall=1.0)


def _walk(
    at: Callable[[float], Problem],
    step: Blocks,
    x: Array,
    tol: float,
    attempt: Callable[[Residual, Blocks, Array, float], Root] = _attempt,
) -> Root:
    """Continuation from part 0 of a problem to 1, each part starting where the last one ended."""
    done, length, spent = 0.0, _PART, 0
    while True:
        part = min(1.0, done + length)
        p = at(part)
        enough = tol if part == 1.0 else max(tol, _NEAR)
        F = residual_of(p)
        root = attempt(F, step, x, enough)
        spent += root.evaluations
        if root.residual <= enough:
            if part == 1.0:
                return replace(root, evaluations=spent)
            x, done, length = root.x, part, 1.5 * length
            step = relinearise(p, F.at(x)) or step
        else:
            length *= 0.4
            if length < 1e-3:
                return replace(root, evaluations=spent)


def _eased(shock: _Shock, step: Blocks, x: Array, tol: float) -> Root:
    """The whole shock with wages that clear, then from there the closure's rule of wages by parts.

    On the way a wage is a part as far from the one that clears as the rule asks. Where little
    work is left the gaps hardly tell how much, and a walk of the shock under the full rule may
    get lost; on this one work falls smoothly, and Newton can follow it.
    """
    closure = shock.closure
    rule = closure.wages.rule
    assert rule is not None

    def at(part: float) -> Problem:
        def partly(income: Array, price: Array) -> Array:
            return (1.0 - part) * income + part * rule(income, price)

        wages = closure.wages if part == 1.0 else replace(closure.wages, rule=partly)
        return replace(shock, closure=replace(closure, wages=wages)).at(1.0)

    clearing = replace(shock, closure=replace(closure, wages=FLEXIBLE))
    root = _walk(clearing.at, step, x, tol)
    if not root.residual <= tol:
        return root
    eased = _walk(at, step, root.x, tol, _crawl)
    return replace(eased, evaluations=root.evaluations + eased.evaluations)


def solve(
    world: World,
    tariffs_new: Array | None = None,
    trade_costs: Array | None = None,
    closure: str | Closure | None = None,
    *,
    horizon: str | Horizon | None = None,
    export_taxes: Array | None = None,
    treasury_shares: Array | None = None,
    extra_transfers: Array | None = None,
    tol: float = 1e-10,
    start: Array | None = None,
    engine: str = "numpy",
) -> Solution:
    """The counterfactual equilibrium of a world under new tariffs, taxes and costs.

    Args:
        world: the benchmark.
        tariffs_new: (s, n, i) ad valorem tariff levels; infinity prohibits a flow. None for
            the benchmark's.
        trade_costs: (s, n, i) hats of iceberg and other non-tariff costs (1 = no change).
        closure: a name from `closure.CLOSURES`, or a `Closure`; None for the horizon's, or
            “world-share” without one.
        horizon: a name from `horizon.HORIZONS`, or a `Horizon`: scales the trade elasticities.
        export_taxes: (s, n, i) ad valorem levels, levied by the seller's treasury before the
            duty; a subsidy is negative. None for the benchmark's.
        treasury_shares: (n,) how treasuries share their duties in the counterfactual.
        extra_transfers: (n,) transfers on top of the closure's, in the numeraire, adding to 0.
        tol: largest gap allowed in any equation, in logs; at most 1e-4.
        start: log hats to start from, a former ``solution.unknowns``.
        engine: “numpy”, or “fast” for loops compiled by numba (extra ``fast``): the same
            equations and the same certificate.

    Raises:
        UnknownNameError: no closure, horizon or engine of that name.
        MissingExtraError: numba is not installed.
        WorldError: the world is no benchmark, or the shock or the start has an impossible value.
        SolveError: no equilibrium was found; the message carries the residual.
    """
    began = time.perf_counter()
    if horizon is not None:
        horizon = named_horizon(horizon)
        world = at_horizon(world, horizon)
        closure = horizon.closure if closure is None else closure
    rule = named_closure("world-share" if closure is None else closure)
    check_tolerance(tol)
    base = base_of(world)
    new = checked_shock(
        world, tariffs_new, trade_costs, treasury_shares, extra_transfers, export_taxes
    )
    start = checked_start(world, start)
    shock = _Shock(world, base, new, rule, is_fast(engine))
    full = shock.at(1.0)
    if full.shut:
        check_suppliers(world, full.A)
    step, F = preconditioner(full, base), residual_of(full)
    root = _attempt(F, step, started(full, start), tol)
    spent, route = root.evaluations, "directly"
    if not root.residual <= tol:
        root = _walk(shock.at, step, started(full, None), tol)
        spent, route = spent + root.evaluations, "by walking the shock in parts"
    if not root.residual <= tol:
        again = _attempt(F, step, started(full, start), tol, patient=True)
        spent += again.evaluations
        if again.residual <= tol:
            root, route = again, "directly, at the second try"
    if not root.residual <= tol and rule.wages.rule is not None:
        again = _eased(shock, step, started(full, None), tol)
        spent += again.evaluations
        if again.residual <= tol:
            root, route = again, "from wages that clear"
    if not root.residual <= tol:
        raise unsolved(full, F.at(root.x), root.residual, spent, world, tol)
    d = base.dropped
    for tighter in (1.0, 0.1, 0.01):
        # The market left out carries the sum of the others' gaps: a little more than tol of
        # them asks for smaller ones, and accounts that do not add up never come down.
        if tighter < 1.0:
            root = _attempt(F, step, root.x, tighter * tol)
            spent += root.evaluations
        q = F.at(root.x)
        walras = float(abs(q.added[:, d].sum() / q.labour[d] - 1.0))
        left = size(gaps(full, q, root.x))
        if walras <= tol and left <= tol:
            break
    else:
        raise unbalanced(full, q, walras, left, world)
    check_livable(full, q, world)
    return solution_of(
        world,
        new,
        full,
        q,
        status=solved_status(route, left, walras, spent),
        residual=left,
        walras=walras,
        iterations=spent,
        seconds=time.perf_counter() - began,
        unknowns=root.x,
        horizon="" if horizon is None else horizon.name,
    )


def solved_status(route: str, residual: float, walras: float, sweeps: int) -> str:
    """How it was solved and how well, one sentence."""
    return (
        f"Solved {route}: every equation holds to {residual:.1e} and Walras' law to "
        f"{walras:.1e} after {sweeps} sweeps."
    )


def is_fast(engine: str) -> bool:
    """Whether an engine is the compiled one; an unknown name is an error with the nearest."""
    return named("engine", engine, ENGINES)


def started(p: Problem, start: Array | None) -> Array:
    """Where to start: the benchmark, or what a former solution shares of its unknowns."""
    x = np.zeros(p.unknowns)
    if start is not None:
        S, N = p.spending.shape
        shared = x.size if start.size == x.size else min(N + 2 * S * N, start.size)
        x[:shared] = start[:shared]
    return x
