"""Optimal and Nash tariffs of Ossa (2014), by the structure of their first-order conditions.

Once the multipliers of the equilibrium's equations are known, a country's tariffs on one
industry follow in closed form: with ``v`` the worth to it of what the seller's industry earns,
``b`` the worth of its own budget and sigma the elasticity, the first-order condition of
log (1 + t) on the seller reads sigma (v + b t) = c (1 + t), where c is the same for every seller.
So one equilibrium and one solve with its transposed Jacobian give a whole schedule of tariffs,
and the optimum is the schedule that returns itself. The gap of that return is the certificate;
`surtax.economy.variants.ascent` climbs the same welfare without this structure, as a check.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from surtax.economy.arrays import FLOW, index, number, several, shaped, whole
from surtax.economy.fixedpoint import anderson
from surtax.economy.soundness import check_world
from surtax.economy.variants.monopolistic import Equilibrium, gradient, solve, worth
from surtax.errors import SolveError, WorldError
from surtax.world.world import Array, World


@dataclass(frozen=True)
class Schedule:
    """Tariffs that are best, each player's against the others'.

    Attributes:
        players: indices of the countries that chose.
        tariffs: (s, n, i). equilibrium: under them.
        gap: largest change of log (1 + t) that the first-order conditions still ask for.
        rounds: equilibria solved.
    """

    players: tuple[int, ...]
    tariffs: Array
    equilibrium: Equilibrium
    gap: float
    rounds: int


def reply(e: Equilibrium, players: Iterable[int], lower: float, upper: float) -> Array:
    """(s, n, i): the tariffs that the players' first-order conditions ask for at ``e``.

    A condition that asks for less than ``lower`` or more than ``upper`` gets the bound.

    Raises:
        WorldError: there is no equilibrium, or no such player.
    """
    who = several("the players", players)
    w = worth(e, who)
    world = e.world
    theta = world.theta[:, None]
    sigma = 1.0 + theta
    new = e.tariffs.copy()
    for k, n in enumerate(who):
        own_budget, sales = w.budget[k, n], w.sales[k]
        shares, t = e.shares[:, n], e.tariffs[:, n]
        free = (np.arange(len(world.regions)) != n) & (t > lower) & (t < upper)
        held = np.where(free, 0.0, shares * (sales + own_budget * t) / (1.0 + t)).sum(axis=1)
        loose = np.where(free, shares, 0.0).sum(axis=1)
        c = own_budget - 1.0 / e.spending[n] + theta[:, 0] * held
        c = (c / (1.0 - theta[:, 0] / sigma[:, 0] * loose))[:, None]
        room = sigma * own_budget - c
        with np.errstate(divide="ignore", invalid="ignore"):
            wanted = np.where(room > 0, (c - sigma * sales) / room, np.inf)
        wanted = np.clip(wanted, lower, upper)
        wanted[:, n] = 0.0
        new[:, n] = wanted
    return new


def _settle(
    world: World,
    players: tuple[int, ...],
    tariffs: Array,
    lower: float,
    upper: float,
    tol: float,
    rounds: int,
    say: Callable[[str], None],
) -> Schedule:
    if not -1.0 < number("the lower bound", lower) <= number("the upper bound", upper) < np.inf:
        raise WorldError(
            f"no tariff lies between bounds of {lower:g} and {upper:g}.",
            mend="Give fractions above −100 %, the lower one first.",
        )
    low, high = np.log1p(lower), np.log1p(upper)
    tol, rounds = number("the tolerance", tol), whole("the number of rounds", rounds)
    chosen = np.zeros(tariffs.shape, dtype=bool)
    chosen[:, list(players)] = True
    own = np.arange(len(world.regions))
    chosen[:, own, own] = False
    seen: list[Equilibrium] = []

    def levels(u: Array) -> Array:
        """Tariffs of logs, within the bounds to the last digit."""
        t = tariffs.copy()
        t[chosen] = np.clip(np.expm1(np.clip(u, low, high)), lower, upper)
        return t

    def gaps(u: Array) -> Array:
        e = solve(world, levels(u), start=seen[-1].unknowns if seen else None)
        seen.append(e)
        moves = np.log1p(reply(e, players, lower, upper)[chosen]) - u
        say(f"round {len(seen)}, gap {float(np.max(np.abs(moves))):.1e}")
        return moves

    here = np.clip(np.log1p(tariffs[chosen]), low, high)
    root = anderson(gaps, lambda r: r, here, tol=tol, memory=6, budget=rounds)
    if root.residual <= tol:
        t = levels(root.x)
        e = solve(world, t, start=seen[-1].unknowns)
        return Schedule(players, t, e, root.residual, len(seen))
    done, gap = len(seen), root.residual
    raise SolveError(
        f"the tariffs did not settle: after {done} rounds they still move by {gap:.3g} in logs.",
        where=f"world {world.name}, optimal tariffs of {len(players)} countries",
        mend="Allow more rounds, or start from other tariffs.",
    )


def optimal(
    world: World,
    country: int,
    *,
    tariffs: Array | None = None,
    lower: float = 0.0,
    upper: float = 10.0,
    tol: float = 1e-10,
    rounds: int = 200,
    say: Callable[[str], None] = lambda _: None,
) -> Schedule:
    """A country's best tariffs against the others' as they stand. Paper: table 3.

    Args:
        world: a world without deficits (`monopolistic.balanced`).
        country: the index of the country that chooses.
        tariffs: (s, n, i) the others', and where to start; the benchmark's by default.
        lower, upper: bounds of a tariff, those of the paper's program by default.
        tol: largest gap of the first-order conditions, in log (1 + t).
        rounds: most equilibria to solve.
        say: called with the state of each round.

    Raises:
        WorldError: there is no world or no such country, or a number has an impossible value.
        SolveError: the tariffs did not settle, or an equilibrium was not found.
    """
    check_world(world)
    t = shaped("tariffs", world.tariffs if tariffs is None else tariffs, world.flows.shape, FLOW)
    own = index("the country", country, len(world.regions))
    return _settle(world, (own,), t, lower, upper, tol, rounds, say)


def nash(
    world: World,
    *,
    lower: float = 0.0,
    upper: float = 10.0,
    tol: float = 1e-10,
    rounds: int = 200,
    say: Callable[[str], None] = lambda _: None,
) -> Schedule:
    """Tariffs from which no country gains by departing. Paper: table 4.

    Every country's conditions are asked at once, at one equilibrium a round. That each
    schedule is a best reply and not only a stationary point is for the caller to test by
    climbing from it (`climb`).

    Raises:
        WorldError: there is no world, or a number has an impossible value.
        SolveError: the tariffs did not settle, or an equilibrium was not found.
    """
    check_world(world)
    everyone = tuple(range(len(world.regions)))
    return _settle(world, everyone, world.tariffs, lower, upper, tol, rounds, say)


def objective(world: World, country: int, tariffs: Array) -> Callable[[Array], tuple[float, Array]]:
    """Log welfare of a country and its gradient in its own log (1 + t), flat over (s, i).

    Raises:
        WorldError: there is no world or no such country, or the tariffs have another shape.
    """
    check_world(world)
    country = index("the country", country, len(world.regions))
    tariffs = shaped("tariffs", tariffs, world.flows.shape, FLOW)
    start = [np.zeros(2 * len(world.regions))]
    shape = (len(world.sectors), len(world.regions))

    def value(u: Array) -> tuple[float, Array]:
        t = tariffs.copy()
        t[:, country] = np.expm1(u.reshape(shape))
        e = solve(world, t, start=start[0])
        start[0] = e.unknowns
        return float(np.log(e.welfare[country])), gradient(e, country)[:, country].ravel()

    return value
