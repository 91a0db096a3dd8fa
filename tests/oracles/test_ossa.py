"""Ossa (2014): equilibrium, gradient, optima and Nash, against the paper and against themselves."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from published_values import ossa, published, values_of
from surtax.economy.variants.monopolistic import balanced, gradient, solve
from surtax.economy.variants.monopolistic_tariffs import nash, objective, optimal
from surtax.errors import SolveError, WorldError
from worlds import make


@pytest.fixture(scope="module")
def values():
    return values_of("ossa")


@pytest.mark.parametrize("row", published("ossa."), ids=lambda row: row.id)
def test_published_figures(row, values):
    # Half a unit of the printed digit: see published.csv and its reader.
    assert row.holds(values[row.id]), (row, values[row.id])


def test_nobody_gains_by_leaving_nash(values):
    # 1e-6 of a per cent: the climb's own precision in welfare, far below any printed digit.
    assert values["ossa.nash.departing"] < 1e-6


def small(seed=1, N=4, S=3):
    rng = np.random.default_rng(seed)
    flows = rng.lognormal(0.0, 0.8, (S, N, N))
    own = np.arange(N)
    flows[:, own, own] *= 6.0
    tariffs = rng.uniform(0.0, 0.3, (S, N, N))
    tariffs[:, own, own] = 0.0
    return balanced(make(flows, rng.uniform(1.2, 6.0, S), tariffs=tariffs))


def raised(world, seed=2, top=0.8):
    rng = np.random.default_rng(seed)
    away = 1.0 - np.eye(len(world.regions))
    return world.tariffs + rng.uniform(0.0, top, world.flows.shape) * away


def test_zero_shock_and_balance():
    world = small()
    same = solve(world, world.tariffs)
    # Rounding of sums of some 50 cells.
    assert np.abs(same.welfare - 1.0).max() < 1e-12
    assert np.abs(world.deficits).max() < 1e-12 * world.income.sum()


def test_accounts_close_and_the_market_left_out_clears():
    world = small()
    e = solve(world, raised(world))
    assert e.residual <= 1e-12
    assert e.walras < 1e-11  # the sum of the others' gaps
    earned = e.labour + e.profits.sum(axis=0) + e.collected
    assert np.abs(earned / e.spending - 1.0).max() < 1e-11
    sales = e.flows.sum(axis=1)
    # Firms are given: wages are 1 - 1/sigma of sales, profits the rest.
    sigma = 1.0 + world.theta
    assert np.abs(e.profits - sales / sigma[:, None]).max() < 1e-12 * sales.max()


def test_an_independent_two_country_equilibrium():
    """One industry, two countries: wages by bisection on the trade balance, no library code."""
    from scipy.optimize import brentq

    flows = np.array([[[8.0, 2.0], [2.0, 5.0]]])  # n buys from i; balanced
    theta, t = 3.0, 0.4
    world = make(flows, [theta])
    tariffs = np.array([[[0.0, t], [0.0, 0.0]]])
    e = solve(world, tariffs)

    shares = flows[0] / flows[0].sum(axis=1)[:, None]
    income = flows[0].sum(axis=1)

    def parts(w):
        c = np.array([w, 1.0])
        wedge = np.array([[1.0, 1.0 + t], [1.0, 1.0]])
        raw = shares * (wedge * c) ** -theta
        S = raw.sum(axis=1)
        pi = raw / S[:, None]
        # sales are wages over 1 - 1/sigma, and a country spends its sales and its duties
        sales = income * c
        X = np.array([sales[0] / (1.0 - pi[0, 1] * t / (1.0 + t)), sales[1]])
        return S ** (-1.0 / theta), pi, X

    def gap(w):
        _, pi, X = parts(w)
        return pi[0, 1] * X[0] / (1.0 + t) - pi[1, 0] * X[1]

    w = brentq(gap, 0.3, 3.0, xtol=1e-15)
    P, _, X = parts(w)
    # Two root finders at 1e-12 and 1e-15.
    assert np.abs(e.welfare - X / income / P).max() < 1e-10
    assert abs(e.wages[0] / e.wages[1] - w) < 1e-10


def test_gradient_against_central_differences():
    world = small()
    t = raised(world)
    e = solve(world, t)
    rng = np.random.default_rng(3)
    h = 1e-5
    for country in range(3):
        exact = gradient(e, country)
        for _ in range(12):
            s, n, i = rng.integers(3), rng.integers(4), rng.integers(4)
            if n == i:
                continue
            ends = []
            for step in (h, -h):
                moved = t.copy()
                moved[s, n, i] = np.expm1(np.log1p(t[s, n, i]) + step)
                ends.append(np.log(solve(world, moved, tol=1e-13).welfare[country]))
            # h^2 of the third derivative, and 1e-13/h of the solves.
            assert abs((ends[0] - ends[1]) / (2.0 * h) - exact[s, n, i]) < 2e-8


def test_the_optimum_has_no_slope_left_and_a_climb_gains_nothing():
    world = small()
    best = optimal(world, 1)
    inner = best.tariffs[:, 1] > 0.0
    slope = gradient(best.equilibrium, 1)[:, 1]
    assert inner.sum() >= 6
    assert np.abs(slope[inner]).max() < 1e-9  # the gap of 1e-10 times welfare's curvature
    assert ossa.gain_from_departing(world, best, 1) < 1e-7
    assert best.equilibrium.welfare[1] > 1.0


def test_bounds_hold_where_the_conditions_ask_for_more():
    world = small()
    free, bound = optimal(world, 0), optimal(world, 0, upper=0.2)
    assert bound.tariffs[:, 0].max() <= 0.2
    assert bound.equilibrium.welfare[0] < free.equilibrium.welfare[0]
    at_bound = bound.tariffs[:, 0] == 0.2
    assert (gradient(bound.equilibrium, 0)[:, 0][at_bound] > 0.0).all()


def test_a_prohibited_flow_is_the_limit_of_a_high_tariff():
    world = small()
    t, high = world.tariffs.copy(), world.tariffs.copy()
    t[1, 0, 2], high[1, 0, 2] = np.inf, 1e9
    closed, nearly = solve(world, t), solve(world, high)
    assert closed.flows[1, 0, 2] == 0.0
    # 1e9 to the power sigma of at least 2.2 leaves nothing that a float shows.
    assert np.abs(closed.welfare - nearly.welfare).max() < 1e-12
    slope = gradient(closed, 0)
    assert np.isfinite(slope).all()
    assert slope[1, 0, 2] == 0.0
    assert "every equation holds" in closed.status
    t[1, 0, :] = np.inf
    with pytest.raises(WorldError, match="every supplier is prohibited"):
        solve(world, t)


def test_alike_countries_play_alike():
    flows = np.full((2, 3, 3), 1.0)
    flows[:, np.arange(3), np.arange(3)] = 5.0
    war = nash(make(flows, [2.0, 5.0]))
    away = ~np.eye(3, dtype=bool)
    for s in range(2):
        rates = war.tariffs[s][away]
        assert np.ptp(rates) < 1e-9  # by symmetry, to the gap of the conditions
    assert np.ptp(war.equilibrium.welfare) < 1e-12
    assert (war.equilibrium.welfare < 1.0).all()


def test_value_and_gradient_of_the_climb_agree_with_the_solution():
    world = small()
    value = objective(world, 2, world.tariffs)
    u = np.log1p(world.tariffs[:, 2]).ravel()
    level, slope = value(u)
    assert abs(level) < 1e-12
    assert slope.shape == u.shape


def test_what_the_model_cannot_take_is_refused():
    world = small()
    inputs = np.full_like(world.inputs, 0.1)
    with_inputs = replace(world, inputs=inputs, value_added=1.0 - inputs.sum(axis=1))
    with pytest.raises(WorldError, match="has no inputs"):
        solve(with_inputs, world.tariffs)
    with pytest.raises(WorldError, match="above −100"):
        solve(world, world.tariffs - 1.5)
    with pytest.raises(SolveError, match="did not settle"):
        nash(world, rounds=2)
