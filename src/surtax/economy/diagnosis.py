"""Why there is no answer: what the best point reached says, in one sentence."""

from __future__ import annotations

import numpy as np

from surtax.economy.market import labour_market
from surtax.economy.problem import Problem
from surtax.economy.system import Sweep
from surtax.errors import SolveError
from surtax.units import percent
from surtax.world.world import World

# Below this part of its labour force in work, a region is on its way to none at all.
_COLLAPSE = 0.05

# Below this part, one in a million, there is none: the equations hold ever better on the way.
_NONE = 1e-6


def unsolved(
    p: Problem, q: Sweep, residual: float, sweeps: int, world: World, tol: float
) -> SolveError:
    """The error for a shock without a solution found, with the likeliest reason."""
    return SolveError(
        f"no equilibrium found: the largest gap left is {residual:.3g} in logs "
        f"after {sweeps} sweeps, {tol:.3g} is allowed: {_reason(p, q, world)}",
        where=f"world {world.name}, closure {p.closure.name}",
        mend="Try a smaller shock or another closure.",
    )


def unlivable(p: Problem, q: Sweep) -> bool:
    """Whether a region pays out more than it earns at a point, or has no work."""
    if (q.income <= 0.0).any():
        return True
    return p.closure.wages.rule is not None and bool((labour_market(p, q).employed < _NONE).any())


def check_livable(p: Problem, q: Sweep, world: World) -> None:
    """Refuse a point at which nobody can live in some region."""
    if unlivable(p, q):
        raise SolveError(
            f"the equations have only a solution that nobody can live in: {_reason(p, q, world)}",
            where=f"world {world.name}, closure {p.closure.name}",
            mend="Try a smaller shock or another closure.",
        )


def unbalanced(p: Problem, q: Sweep, walras: float, residual: float, world: World) -> SolveError:
    """The error for a point where the market left out stays open, with the likeliest reason."""
    strain = _strain(p, q, world)
    accounts = "the world's accounts do not add up (the other equations hold to "
    return SolveError(
        f"Walras' law fails by {walras:.3g} in {world.regions[p.dropped]}: "
        + (strain or f"{accounts}{residual:.3g})."),
        where=f"world {world.name}, closure {p.closure.name}",
        mend="Try a smaller shock or another closure."
        if strain
        else "Check that value-added and input shares add to one and deficits to zero.",
    )


def _reason(p: Problem, q: Sweep, world: World) -> str:
    """The likeliest reason that a point is no equilibrium."""
    return _strain(p, q, world) or (
        "there may be none, as a region that buys nothing abroad cannot sell there either, and a "
        "deficit must be payable."
    )


def _strain(p: Problem, q: Sweep, world: World) -> str:
    """Which region cannot live at a point, or nothing."""
    with np.errstate(all="ignore"):
        owed = -(q.received + q.transfers) / q.labour
        work = labour_market(p, q).employed
    n = int(np.argmax(np.where(np.isfinite(owed), owed, -np.inf)))
    if owed[n] > 0.8:
        return (
            f"{world.regions[n]} would pay others {percent(owed[n], 0)} of what its workers earn: "
            f"under “{p.closure.deficits.name}” and “{p.closure.revenue.name}” what it owes does "
            "not fall as its earnings do."
        )
    n = int(np.argmin(np.where(np.isfinite(work), work, np.inf)))
    if p.closure.wages.rule is not None and work[n] < _COLLAPSE:
        return (
            f"work in {world.regions[n]} falls to {100.0 * work[n]:.2g} % of its labour force and "
            f"further: under “{p.closure.wages.name}” pay cannot fall as far as the shock asks."
        )
    return ""
