"""The system to solve: one world, one shock, every equation evaluated once per sweep.

Unknowns are x = (log w (n), log P (s, n), log X (s, n)) as hats, flattened in that order.
"""

from __future__ import annotations

from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np

from surtax.economy import equations as eq
from surtax.economy.closure import Benchmark, Closure
from surtax.economy.linear import Preconditioner, State, Technology, linearise
from surtax.world.world import Array, World


@dataclass(frozen=True)
class Base:
    """What one world needs again and again; kept while the world is alive."""

    tech: Technology
    preconditioner: Preconditioner
    spending: Array
    dropped: int
    dead: Array


@dataclass(frozen=True)
class Problem:
    """One counterfactual: the benchmark and the costs of the new one."""

    tech: Technology
    A: Array
    B: Array
    labour: Array
    spending: Array
    dead: Array
    home: Array
    sharing: Array
    benchmark: Benchmark
    closure: Closure
    extra: Array
    part: float
    dropped: int


@dataclass(frozen=True)
class Sweep:
    """Every quantity of the model at one point, axes as in `equations`."""

    log_w: Array
    log_prices: Array
    X: Array
    log_c: Array
    y: Array
    S: Array
    V: Array
    Y: Array
    collected: Array
    received: Array
    transfers: Array
    income: Array
    X_new: Array
    demand: Array
    labour: Array
    gained: Array
    paid: Array


# Added to both sides of a trade balance, as a share of labour income: where trade is smaller
# than this, rounding in the sums of output would be larger than the gap being closed.
_FLOOR = 1e-5

_BASES: WeakKeyDictionary[World, Base] = WeakKeyDictionary()


def base_of(world: World) -> Base:
    """Preparation of a world, made on the first solve."""
    if world not in _BASES:
        tech = Technology(
            inputs=np.ascontiguousarray(world.inputs),
            inputs_t=np.ascontiguousarray(world.inputs.transpose(0, 2, 1)),
            va_t=np.ascontiguousarray(world.value_added.T),
            theta=world.theta,
            final_shares=np.ascontiguousarray(world.final_shares),
        )
        dropped = int(np.argmax(world.labour_income))
        kept = world.shares / (1.0 + world.tariffs)
        X = world.expenditure
        if world.preferences is not None:
            X = _spending_at_benchmark_prices(world, kept)
        own = np.arange(len(world.regions))
        flows = kept * X[:, :, None]
        here = State(
            shares=world.shares,
            flows=flows,
            spending=X,
            labour=world.labour_income,
            abroad=_FLOOR * world.labour_income
            + eq.external_payments(
                flows.sum(axis=1),
                flows.sum(axis=2),
                flows[:, own, own],
                world.income - world.labour_income - world.collected,
            )[1],
            sharing=sharing_of(world, world.treasury_shares),
        )
        dead = (world.expenditure <= 0).astype(float)
        _BASES[world] = Base(tech, linearise(tech, here, dropped), X, dropped, dead)
    return _BASES[world]


def _spending_at_benchmark_prices(world: World, kept: Array, sweeps: int = 50) -> Array:
    """(s, n): where to start a table whose tastes were cleaned, at its prices and incomes.

    A cell that industries use and the table barely records would otherwise start e^20 away.
    """
    X = world.expenditure
    for _ in range(sweeps):
        Y = np.einsum("sni,sn->si", kept, X)
        X = eq.expenditure(world.inputs, Y, world.final_shares, world.income)
    return X


def sharing_of(world: World, shares: Array) -> Array:
    """(n, m): share of the duties collected in m that region n receives."""
    names = np.asarray(world.treasuries)
    return np.asarray(shares[:, None] * (names[:, None] == names[None, :]), dtype=float)


def problem_of(
    world: World,
    base: Base,
    *,
    tariffs_new: Array,
    trade_costs: Array | None,
    closure: Closure,
    sharing: Array,
    extra: Array,
    part: float = 1.0,
) -> Problem:
    """Assemble the counterfactual; ``part`` is how far deficits and transfers have moved."""
    wedge = eq.cost_wedge(world.tariffs, tariffs_new, trade_costs)
    A = eq.sourcing(world.shares, wedge, world.theta)
    B = eq.net_of_tariff(A, tariffs_new)
    own = np.arange(len(world.regions))
    return Problem(
        tech=base.tech,
        A=A,
        B=B,
        home=B[:, own, own],
        labour=world.labour_income,
        spending=base.spending,
        dead=base.dead,
        sharing=sharing,
        benchmark=Benchmark(world.deficits, world.labour_income + world.revenue),
        closure=closure,
        extra=extra,
        part=part,
        dropped=base.dropped,
    )


def sweep(p: Problem, x: Array) -> Sweep:
    """Evaluate every equation once at x = (log w, log P, log X hat)."""
    N = len(p.labour)
    t = p.tech
    log_w = x[:N]
    log_P, log_X = x[N:].reshape(2, -1, N)
    X = p.spending * np.exp(log_X)
    log_c = eq.log_unit_cost(t.va_t, t.inputs_t, log_w, log_P)
    y = eq.competitiveness(log_c, t.theta)
    S = eq.over_sellers(p.A, y) + p.dead
    T = eq.over_sellers(p.B, y)
    V = X / S
    Y = eq.output(p.B, y, V)
    collected = eq.collected(X, V, T)
    labour = p.labour * np.exp(log_w)
    received = p.sharing @ collected
    transfers = p.closure.deficits(p.benchmark, labour + received) + p.extra
    if p.part < 1.0:
        transfers = p.part * transfers + (1.0 - p.part) * p.benchmark.deficits
    income = eq.income(labour, received, transfers)
    X_new = eq.expenditure(t.inputs, Y, t.final_shares, income)
    demand = eq.labour_demand(t.va_t, Y)
    gained, paid = eq.external_payments(Y, V * T, p.home * y * V, transfers + received - collected)
    floor = _FLOOR * labour
    return Sweep(
        log_w, log_P, X, log_c, y, S, V, Y, collected, received, transfers, income, X_new,
        demand, labour, gained + floor, paid + floor,
    )  # fmt: skip


def residual(p: Problem, x: Array) -> Array:
    """F (n + 2 s n): log gaps of the trade balance, prices and spending, all without unit.

    The trade balance is a ratio of what a region gains and pays abroad: near autarky labour
    demand no longer tells wages, the ratio still does. The dropped region's balance is
    replaced by the numeraire; its labour market is what `Solution.walras` checks.
    """
    with np.errstate(all="ignore"):
        q = sweep(p, x)
        N = len(p.labour)
        F = np.empty_like(x)
        F[:N] = np.log(q.gained / q.paid)
        F[p.dropped] = -np.log(q.labour.sum() / p.labour.sum())
        gaps = F[N:].reshape(2, -1, N)
        gaps[0] = eq.log_price_index(q.S, p.tech.theta) - q.log_prices
        if p.dead.any():
            gaps[1] = np.where(p.dead > 0, 0.0, np.log(q.X_new / (q.X + p.dead)))
        else:
            gaps[1] = np.log(q.X_new / q.X)
    return F


def relinearise(p: Problem, x: Array) -> Preconditioner | None:
    """The preconditioner frozen at another point; None where the blocks are singular there."""
    q = sweep(p, x)
    here = State(
        shares=eq.trade_shares(p.A, q.y, q.S),
        flows=eq.flows(p.B, q.y, q.V),
        spending=q.X,
        labour=q.labour,
        abroad=q.paid,
        sharing=p.sharing,
    )
    try:
        made = linearise(p.tech, here, p.dropped)
    except np.linalg.LinAlgError:
        return None
    return made if np.isfinite(made.wages).all() else None
