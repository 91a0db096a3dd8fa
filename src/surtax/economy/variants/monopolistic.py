"""Ossa (2014, American Economic Review 104(12)) in changes: monopolistic competition, fixed firms.

The number of firms of each industry and country is given, so tariffs move profits across
borders as well as the terms of trade. A fraction 1/sigma of what an industry sells is profit,
the rest wages; workers move freely between industries; there are no inputs. Equation numbers
are those of the paper's system in changes. Axes as in `surtax.economy.equations`: ``s``
industry, ``n`` buyer, ``i`` seller. A world's ``theta`` is sigma - 1, its flows are before
tariffs, its input shares are zero.

Two unknowns per country remain, the logs of wages and of spending: a dense Newton step with
the analytic Jacobian solves them, and its transpose gives the gradient of any country's
welfare over every tariff.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import cast

import numpy as np

from surtax.economy import equations as eq
from surtax.economy.arrays import finite, index, number, of_kind, several, shaped, whole
from surtax.economy.check import check_suppliers, checked_shock
from surtax.economy.soundness import check_world
from surtax.errors import SolveError, WorldError
from surtax.world.world import Array, World


@dataclass(frozen=True, eq=False)
class Equilibrium:
    """A counterfactual of the model. Amounts are in the world's currency.

    Attributes:
        world: the benchmark it departs from. tariffs: (s, n, i) counterfactual.
        unknowns: (2 n) log hats of wages and of spending, a start for a neighbour.
        residual: largest gap of any equation, relative. walras: gap of the one left out.
        rounds: Newton steps taken.
        wages: (n,) hats; world labour income is fixed. spending: (n,) X'.
        labour: (n,) wage bill. profits, output: (s, i) new.
        collected: (n,) duties. shares, flows: (s, n, i) new, the flows before tariffs.
        price_index, welfare: (n,) hats; welfare is spending over the price index, exact.
        jacobian: (2 n, 2 n) of the equations in the log unknowns, at the solution.
    """

    world: World
    tariffs: Array
    unknowns: Array
    residual: float
    walras: float
    rounds: int
    wages: Array
    spending: Array
    labour: Array
    profits: Array
    output: Array
    collected: Array
    shares: Array
    flows: Array
    price_index: Array
    welfare: Array
    jacobian: Array

    @property
    def status(self) -> str:
        """How it was solved and how well, one sentence."""
        return (
            f"Solved by Newton: every equation holds to {self.residual:.1e} and Walras' law to "
            f"{self.walras:.1e} after {self.rounds} steps."
        )


@dataclass(frozen=True)
class _Model:
    """The constants of one counterfactual, in the layouts that a sweep wants."""

    A: Array
    B: Array
    dead: Array
    theta: Array
    wage_share: Array
    final_shares: Array
    labour: Array
    spending: Array
    transfers: Array
    dropped: int


@dataclass(frozen=True)
class _Point:
    """Every quantity of the model at one point."""

    shares: Array
    flows: Array
    S: Array
    duties: Array
    spending: Array
    labour: Array
    output: Array
    collected: Array
    gaps: Array


def wage_share(theta: Array) -> Array:
    """(s,): the part of sales that is wages, 1 - 1/sigma; the rest is profit."""
    return theta / (1.0 + theta)


def _model(world: World, tariffs: Array, transfers: Array) -> _Model:
    wedge = (1.0 + tariffs) / (1.0 + world.tariffs)
    A = eq.sourcing(world.shares, wedge, world.theta[:, None, None])
    share = wage_share(world.theta)
    labour = np.einsum("s,sn->n", share, world.output)
    return _Model(
        A=A,
        B=A / (1.0 + tariffs),
        dead=(world.expenditure <= 0).astype(float),
        theta=world.theta,
        wage_share=share,
        final_shares=world.final_shares,
        labour=labour,
        spending=world.income,
        transfers=transfers,
        dropped=int(np.argmax(labour)),
    )


def _point(m: _Model, x: Array) -> _Point:
    """The equations once: prices (eq. 12), sales (eq. 10), wages (eq. 11), budgets (eq. 13)."""
    log_w, log_X = x.reshape(2, -1)
    y = eq.competitiveness(log_w, m.theta)
    S = eq.over_sellers(m.A, y) + m.dead
    X = m.spending * np.exp(log_X)
    V = m.final_shares * X / S
    flows = eq.flows(m.B, y, V)
    duties = eq.flows(m.A - m.B, y, V)
    output = flows.sum(axis=1)
    collected = duties.sum(axis=(0, 2))
    labour = m.labour * np.exp(log_w)
    gaps = np.empty_like(x)
    wages, budgets = gaps.reshape(2, -1)
    wages[:] = m.wage_share @ output - labour
    wages[m.dropped] = labour.sum() - m.labour.sum()
    profits = (1.0 - m.wage_share) @ output
    budgets[:] = labour + profits + collected + m.transfers - X
    return _Point(
        eq.trade_shares(m.A, y, S), flows, S, duties, X, labour, output, collected, gaps
    )  # fmt: skip


def _jacobian(m: _Model, p: _Point) -> Array:
    """(2 n, 2 n): derivative of the gaps in the log unknowns."""
    N = len(m.labour)
    theta, share = m.theta[:, None, None], m.wage_share
    to_seller = (m.theta[:, None, None] * p.flows).transpose(0, 2, 1)
    towards = np.matmul(to_seller, p.shares)  # (s, i, m): sales of i as m's costs rise
    own = np.arange(N)
    towards[:, own, own] -= m.theta[:, None] * p.output
    J = np.zeros((2, N, 2, N))
    J[0, :, 0] = np.tensordot(share, towards, 1)
    J[0, :, 1] = np.tensordot(share, p.flows, 1).T
    J[0, own, 0, own] -= p.labour
    J[0, m.dropped, 0], J[0, m.dropped, 1] = p.labour, 0.0
    lost = theta * (p.duties.sum(axis=2)[:, :, None] * p.shares - p.duties)
    J[1, :, 0] = np.tensordot(1.0 - share, towards, 1) + lost.sum(axis=0)
    J[1, own, 0, own] += p.labour
    J[1, :, 1] = np.tensordot(1.0 - share, p.flows, 1).T
    J[1, own, 1, own] += p.collected - p.spending
    return J.reshape(2 * N, 2 * N)


def solve(
    world: World,
    tariffs: Array,
    *,
    transfers: Array | None = None,
    start: Array | None = None,
    tol: float = 1e-12,
    rounds: int = 40,
) -> Equilibrium:
    """The counterfactual under new tariffs.

    Args:
        world: the benchmark; its input shares must be zero.
        tariffs: (s, n, i) ad valorem levels.
        transfers: (n,) net transfers received in the counterfactual, adding to zero; none by
            default, as in the paper, which removes the deficits first (`balanced`).
        start: a former ``unknowns``.
        tol: largest gap allowed, as a part of the country's income.
        rounds: most Newton steps.

    Raises:
        WorldError: the world is no benchmark or has inputs, or what else was given has a wrong
            shape or value.
        SolveError: no equilibrium was found.
    """
    check_world(world)
    if world.inputs.any():
        raise WorldError(
            "the model of Ossa (2014) has no inputs, the world has.",
            where=f"world {world.name}",
            mend="Give a world whose input shares are zero.",
        )
    new = checked_shock(world, tariffs, None, None, transfers)
    tol, rounds = number("the tolerance", tol), whole("the number of rounds", rounds)
    m = _model(world, new.tariffs, new.transfers)
    check_suppliers(world, m.A)
    x = np.zeros(2 * len(world.regions))
    if start is not None:
        name = "log hats to start from"
        x += finite(name, shaped(name, start, x.shape, "wage and spending of a country"))
    scale = np.concatenate([m.labour, m.spending])
    p = _point(m, x)
    best = float(np.max(np.abs(p.gaps / scale)))
    done = 0
    while not best <= tol and done < rounds:
        done += 1
        try:
            move = np.linalg.solve(_jacobian(m, p), -p.gaps)
        except np.linalg.LinAlgError:
            break
        move *= min(1.0, 1.0 / max(float(np.max(np.abs(move))), 1e-300))
        length = 1.0
        while True:
            with np.errstate(over="ignore", invalid="ignore"):
                q = _point(m, x + length * move)
            size = float(np.max(np.abs(q.gaps / scale)))
            if size < best or length < 1e-3:
                break
            length *= 0.5
        if not size < best:
            break
        x, p, best = x + length * move, q, size
    if not best <= tol:
        raise SolveError(
            f"no equilibrium found: the largest gap left is {best:.3g} of a country's income "
            f"after {done} steps, {tol:.3g} is allowed.",
            where=f"world {world.name}, monopolistic competition",
            mend="Try smaller tariffs, or start from the solution of a neighbour.",
        )
    return _equilibrium(world, new.tariffs, m, p, x, best, done)


def _equilibrium(
    world: World, tariffs: Array, m: _Model, p: _Point, x: Array, residual: float, rounds: int
) -> Equilibrium:
    d = m.dropped
    log_P = eq.log_price_index(p.S, m.theta)
    index = np.exp((m.final_shares * log_P).sum(axis=0))
    left_out = (m.wage_share @ p.output)[d] / p.labour[d] - 1.0
    return Equilibrium(
        world=world,
        tariffs=tariffs,
        unknowns=x,
        residual=residual,
        walras=abs(float(left_out)),
        rounds=rounds,
        wages=np.exp(x[: len(m.labour)]),
        spending=p.spending,
        labour=p.labour,
        profits=(1.0 - m.wage_share)[:, None] * p.output,
        output=p.output,
        collected=p.collected,
        shares=p.shares,
        flows=p.flows,
        price_index=index,
        welfare=p.spending / m.spending / index,
        jacobian=_jacobian(m, p),
    )


def balanced(world: World) -> World:
    """The world without deficits: solved at its own tariffs and taken as the benchmark.

    The paper's first step, so that no result rests on what a transfer is worth.

    Raises:
        WorldError, SolveError: as of `solve`.
    """
    check_world(world)
    e = solve(world, world.tariffs)
    note = "Deficits removed at benchmark tariffs in the model of Ossa (2014)."
    return replace(world, flows=e.flows, notes=(*world.notes, note))


@dataclass(frozen=True)
class Worth:
    """What the equations are worth to a country: multipliers of its log welfare.

    Attributes:
        budget: (m, n) of a unit of income in n, to country m.
        sales: (m, s, i) of a unit that industry s of i sells, to country m.
    """

    budget: Array
    sales: Array


def worth(e: Equilibrium, countries: Iterable[int]) -> Worth:
    """The multipliers of the log welfare of ``countries``, given as indices.

    Raises:
        WorldError: there is no equilibrium, or no such country.
    """
    of_kind("an equilibrium", e, Equilibrium, "Give what solve(…) of this model returned.")
    theta, share = e.world.theta, wage_share(e.world.theta)
    N = len(e.world.regions)
    which = np.array([index("the country", n, N) for n in several("countries", countries)], int)
    direct = np.zeros((len(which), 2 * N))
    alpha = e.world.final_shares
    direct[:, :N] = -np.einsum("sn,sni->ni", alpha, e.shares)[which]
    direct[np.arange(len(which)), N + which] = 1.0
    z = -np.linalg.solve(e.jacobian.T, direct.T).T
    d = int(np.argmax(np.einsum("s,sn->n", share, e.world.output)))
    labour, budget = z[:, :N].copy(), z[:, N:]
    labour[:, d] = 0.0  # that row holds the numeraire, which no tariff enters
    sales = share[:, None] * labour[:, None, :] + (1.0 / (1.0 + theta))[:, None] * budget[:, None]
    return Worth(cast(Array, budget), cast(Array, sales))


def gradient(e: Equilibrium, country: int) -> Array:
    """(s, n, i): derivative of a country's log welfare in every log (1 + tariff), exact.

    Raises:
        WorldError: there is no equilibrium, or no such country.
    """
    w = worth(e, (country,))
    budget, sales = w.budget[0], w.sales[0]
    theta = e.world.theta[:, None, None]
    paid = budget[None, :, None] * e.shares * (e.world.final_shares * e.spending)[:, :, None]
    total = sales[:, None, :] * e.flows + paid - budget[None, :, None] * e.flows
    out = paid - (1.0 + theta) * total + theta * e.shares * total.sum(axis=2)[:, :, None]
    out[:, country] -= e.world.final_shares[:, country, None] * e.shares[:, country]
    return cast(Array, out)
