"""Derivatives of a counterfactual with respect to everything that a shock may set.

`gradient` gives the derivative of one outcome with every instrument for about the price of a
few sweeps, by the adjoint; `sensitivity` gives the derivative of every field with one
direction of the instruments. Both are exact at the solution, to its residual.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from surtax.economy import adjoint, tangent
from surtax.economy.adjoint import Back, Bars, Pulled
from surtax.economy.arrays import FLOW, finite, of_kind, shaped
from surtax.economy.blocks import Blocks
from surtax.economy.check import check_balanced
from surtax.economy.frozen import preconditioner, relinearise
from surtax.economy.krylov import Linear, gmres
from surtax.economy.market import market_bars, market_moved
from surtax.economy.outcomes import Outcome, partials_of
from surtax.economy.problem import Problem, base_of, wedges
from surtax.economy.results import Solution, check_solution
from surtax.economy.slopes import Slopes, slopes_of
from surtax.economy.system import Sweep
from surtax.economy.tangent import Push
from surtax.errors import SolveError, WorldError
from surtax.world.world import Array, World

# A linear solve is asked for this, relative to its right-hand side, and refused above the second.
_WANTED, _ENOUGH = 1e-12, 1e-9


@dataclass(frozen=True, eq=False)
class Gradient:
    """The derivative of one outcome.

    Attributes:
        outcome, value: its name and its value at the solution.
        tariffs, export_taxes: (s, n, i) per unit of ad valorem rate.
        trade_costs: (s, n, i) per unit of the hat.
        transfers: (n,) per unit of currency given to a region and paid by all in proportion
            to their benchmark labour income.
        treasury_shares: (n,) per unit of its treasury's duties given to a region and taken from
            all of that treasury in proportion to their shares.
        theta: (s,) per unit of trade elasticity; the benchmark stays as it is.
        residual: of the adjoint equations, relative.
    """

    outcome: str
    value: float
    tariffs: Array
    export_taxes: Array
    trade_costs: Array
    transfers: Array
    treasury_shares: Array
    theta: Array
    residual: float


@dataclass(frozen=True, eq=False)
class Point:
    """A solution made ready for derivatives: the sweep there, its slopes, preconditioners.

    The first preconditioner is the benchmark's; one frozen at the solution itself is made
    where that is not enough.
    """

    problem: Problem
    sweep: Sweep
    slopes: Slopes
    step: Blocks

    @cached_property
    def back(self) -> Back:
        """What bars are carried back with."""
        return adjoint.back(self.problem, self.sweep, self.slopes)

    @cached_property
    def closer(self) -> Blocks:
        """The preconditioner frozen at the solution."""
        return relinearise(self.problem, self.sweep) or self.step

    def steps(self) -> Iterator[Blocks]:
        """The preconditioners to try, in turn."""
        yield self.step
        yield self.closer


def at(solution: Solution) -> Point:
    """Get a solution ready; worth keeping where several derivatives are taken.

    Raises:
        WorldError: it is no solution.
    """
    check_solution(solution)
    p, q = solution.problem, solution.point
    return Point(p, q, slopes_of(p, q), preconditioner(p, base_of(solution.world)))


def _point(solution: Solution, point: Point | None) -> Point:
    """The solution got ready, or what was made of it before; another's is an error."""
    if point is None:
        return at(solution)
    check_solution(solution)
    of_kind("a point", point, Point, "Make it with at(…) of the same solution.")
    if point.problem is not solution.problem:
        raise WorldError(
            "the point is of another solution.", mend="Make it with at(…) of the same one."
        )
    return point


def _solved(product: Linear, steps: Iterator[Linear], b: Array) -> tuple[Array, float]:
    """The solution of one linear system and its relative residual."""
    size = float(np.max(np.abs(b), initial=0.0))
    if size == 0.0:
        return np.zeros_like(b), 0.0
    for step in steps:
        x, r = gmres(product, step, b, tol=_WANTED, inner=100, outer=2)
        left = float(np.max(np.abs(r))) / size
        if left <= _ENOUGH:
            break
    else:
        raise SolveError(
            f"the linear equations of a derivative were solved to {left:.3g} only.",
            mend="The solution may lie at a kink or next to having none; move the shock a little.",
        )
    return x, left


def seeds(p: Problem, q: Sweep, partials: dict[str, Array], solution: Solution) -> Bars:
    """Bars of the sweep for derivatives with fields of a solution."""
    bars = Bars()
    logs = (("prices", "log_prices"), ("price_index", "price"), ("costs", "log_c"))
    for name, held in logs:
        if name in partials:
            bars.add(held, partials[name] * getattr(solution, name))
    same = {
        "labour_income": "labour", "income": "income", "collected": "collected",
        "revenue": "received", "transfers": "transfers", "expenditure": "X", "output": "Y",
        "flows": "flows",
    }  # fmt: skip
    for name, held in same.items():
        if name in partials:
            bars.add(held, partials[name])
    market_bars(p, q, partials, bars)
    return bars


def gradient(solution: Solution, outcome: Outcome, point: Point | None = None) -> Gradient:
    """The derivative of an outcome with every instrument at a solution.

    Args:
        solution: the counterfactual.
        outcome: one number of it, see `outcomes`.
        point: `at` of the same solution, where it has been made before.

    Raises:
        UnknownNameError: the outcome rests on a field that does not exist.
        WorldError: there is no solution, the outcome's derivatives have another shape or are no
            numbers, or the point is another solution's.
        SolveError: the adjoint equations could not be solved; carries the residual.
    """
    here = _point(solution, point)
    p, q = here.problem, here.sweep
    bars = seeds(p, q, partials_of(outcome, solution), solution)
    back = here.back
    direct = adjoint.to_unknowns(back, bars)
    steps = (one.transposed for one in here.steps())
    weights, left = _solved(adjoint.product(back), steps, direct)
    for name, bar in adjoint.gap_bars(back, -weights).held.items():
        bars.add(name, bar)
    total, theta = adjoint.pulled(back, bars), adjoint.theta_bar(back, -weights)
    return _of_instruments(solution, total, theta, outcome, left)


def _of_instruments(
    s: Solution, total: Pulled, theta: Array, outcome: Outcome, left: float
) -> Gradient:
    """From bars with the logs of A, B and the border, in place, to those with instruments."""
    p, costs, levied = s.problem, s.trade_costs, s.export_taxes
    through = np.add(total.A, total.B, out=total.A)
    through += total.border  # B and the border move with A
    cells, logs = _log_wedge_of(s)
    sectors = cells // (through.size // len(through))
    of_wedge = np.bincount(sectors, through.ravel()[cells] * logs, len(through))
    # All three fall by theta times the log of a wedge; B falls by every tax besides, and the
    # border by a tariff.
    with_costs = np.multiply(through, -p.tech.theta[:, None, None], out=through)
    with_exports = np.subtract(with_costs, total.B, out=total.B)
    with_tariffs = np.subtract(with_exports, total.border, out=total.border)
    with_tariffs /= 1.0 + s.tariffs
    to_each = total.received * _shared_out(s)
    return Gradient(
        outcome=outcome.name,
        value=outcome.value(s),
        tariffs=with_tariffs,
        export_taxes=with_exports if levied is None else with_exports / (1.0 + levied),
        trade_costs=with_costs if costs is None else with_costs / costs,
        transfers=total.extra - (p.labour @ total.extra) / p.labour.sum(),
        treasury_shares=to_each - s.world.union @ (s.treasury_shares * to_each),
        theta=total.theta + theta - of_wedge,
        residual=left,
    )


def _shared_out(s: Solution) -> Array:
    """(n,): what a region's treasury pays out by its shares.

    All duties; the benchmark's where the closure shares what goes beyond them.
    """
    p, q = s.problem, s.point
    if p.beyond is None:
        return np.asarray(s.world.union @ q.collected)
    return np.asarray(s.world.union @ p.collected * (q.labour.sum() / p.labour.sum()))


def _log_wedge_of(s: Solution) -> tuple[NDArray[np.intp], Array]:
    """Where among all (s, n, i) the wedge kappa of a solution is not one, and its log there.

    Flows that are none, or that a tariff stops, are not among them.
    """
    cells, _, wedge = wedges(s.world, base_of(s.world), s.tariffs, s.export_taxes, s.trade_costs)
    sold = s.problem.A.ravel()[cells] > 0
    return cells[sold], np.log(wedge[sold])


@dataclass(frozen=True, eq=False)
class Sensitivity:
    """How every field moves along one direction of the instruments.

    Attributes:
        fields: derivative of each field of `outcomes.FIELDS`, with its axes.
        real_income, real_wage: (n,) of the hats.
        unknowns: of the log hats solved for.
        residual: of the linear equations, relative.
    """

    fields: dict[str, Array]
    real_income: Array
    real_wage: Array
    unknowns: Array
    residual: float


def sensitivity(
    solution: Solution,
    *,
    tariffs: Array | None = None,
    export_taxes: Array | None = None,
    trade_costs: Array | None = None,
    transfers: Array | None = None,
    treasury_shares: Array | None = None,
    theta: Array | None = None,
    point: Point | None = None,
) -> Sensitivity:
    """The derivative of every field along a direction of the instruments.

    Args:
        solution: the counterfactual.
        tariffs, export_taxes, trade_costs: (s, n, i) how each moves.
        transfers: (n,) adding to zero. treasury_shares: (n,) adding to zero in each treasury.
        theta: (s,).
        point: `at` of the same solution, where it has been made before.

    Raises:
        WorldError: there is no solution, a move has another shape or is no number, transfers or
            treasury shares do not add to zero, or the point is another solution's.
        SolveError: the linear equations could not be solved; carries the residual.
    """
    here = _point(solution, point)
    s, q, p = solution, here.sweep, here.problem
    cells, regions = s.tariffs.shape, s.income.shape
    tariffs = _move("tariffs", tariffs, cells, FLOW)
    export_taxes = _move("export taxes", export_taxes, cells, FLOW)
    trade_costs = _move("trade costs", trade_costs, cells, FLOW)
    theta = _move("elasticities", theta, p.tech.theta.shape, "sector")
    transfers = _move("transfers", transfers, regions, "region")
    if transfers is not None:
        check_balanced(transfers, s.world)
    shares = _move("treasury shares", treasury_shares, regions, "region")
    if shares is not None:
        _check_within(shares, s.world)
    if export_taxes is not None and p.border is p.B:
        p = replace(p, border=p.A / (1.0 + s.tariffs))
    by = _push(s, p, tariffs, export_taxes, trade_costs, transfers, shares, theta)
    still = np.zeros(p.unknowns)
    direct = tangent.gaps_moved(p, q, tangent.pushed(p, q, here.slopes, still, by), by)
    steps = (one.step for one in here.steps())
    dx, left = _solved(tangent.product(p, q, here.slopes), steps, -direct)
    d = tangent.pushed(p, q, here.slopes, dx, by)
    fields = market_moved(p, q, d)
    fields |= {
        "costs": s.costs * d["log_c"], "prices": s.prices * d["log_prices"],
        "price_index": s.price_index * d["price"], "labour_income": d["labour"],
        "income": d["income"], "collected": d["collected"], "revenue": d["received"],
        "transfers": d["transfers"], "expenditure": d["X"], "output": d["Y"],
        "flows": p.B * (d["y"][:, None, :] * q.V[:, :, None] + q.y[:, None, :] * d["V"][:, :, None])
        + by.B * q.y[:, None, :] * q.V[:, :, None],
    }  # fmt: skip
    return Sensitivity(
        fields=fields,
        real_income=s.real_income * (d["income"] / s.income - d["price"]),
        real_wage=s.real_wage * (fields["wages"] / s.wages - d["price"]),
        unknowns=dx,
        residual=left,
    )


def _move(name: str, given: object, shape: tuple[int, ...], per: str) -> Array | None:
    """How an instrument moves, as finite floats of its shape; None stays None."""
    called = f"moves of {name}"
    return None if given is None else finite(called, shaped(called, given, shape, per))


def _check_within(moves: Array, world: World) -> None:
    """Refuse moves of treasury shares that do not add to zero within each treasury."""
    total = world.union @ moves
    n = int(np.argmax(np.abs(total)))
    if abs(total[n]) > 1e-9:
        raise WorldError(
            f"moves of the shares of treasury {world.treasuries[n]} add to {total[n]:.6g}.",
            where=f"world {world.name}",
            mend="Give moves that add to zero: what one receives another of its treasury lacks.",
        )


def _push(
    s: Solution,
    p: Problem,
    tariffs: Array | None,
    export_taxes: Array | None,
    trade_costs: Array | None,
    transfers: Array | None,
    shares: Array | None,
    theta: Array | None,
) -> Push:
    """How A, B, the border and what is received move with the instruments."""
    none = np.zeros(())
    duty = (none if tariffs is None else tariffs) / (1.0 + s.tariffs)
    levied = 1.0 if s.export_taxes is None else 1.0 + s.export_taxes
    export = (none if export_taxes is None else export_taxes) / levied
    costs = none if trade_costs is None else trade_costs
    costs = costs if s.trade_costs is None else costs / s.trade_costs
    rate = -p.tech.theta[:, None, None] * (duty + export + costs)
    d_theta = np.zeros_like(p.tech.theta) if theta is None else theta
    if theta is not None:
        cells, logs = _log_wedge_of(s)
        log_wedge = np.zeros(p.A.shape)
        log_wedge.ravel()[cells] = logs
        rate = rate - log_wedge * theta[:, None, None]
    extra = np.zeros_like(p.labour) if transfers is None else transfers
    return Push(
        A=p.A * rate,
        B=p.B * (rate - duty - export),
        border=p.border * (rate - duty),
        theta=d_theta,
        extra=extra,
        received=np.zeros_like(extra) if shares is None else shares * _shared_out(s),
    )
