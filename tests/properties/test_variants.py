"""Model laws of the variants over drawn worlds: units, order, halves, there and back."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surtax.economy.variants import market_access as access_model
from surtax.economy.variants import monopolistic
from surtax.economy.variants.access import Access, variety_pass_through
from surtax.economy.variants.market_access_tariffs import utility, welfare
from surtax.economy.variants.monopolistic_tariffs import nash
from worlds import make

seeds = st.integers(0, 10_000)
few = settings(max_examples=12, deadline=None, derandomize=True)  # a solve costs milliseconds


def firms(seed):
    """A world of the monopolistic model with tariffs, and new tariffs."""
    rng = np.random.default_rng(seed)
    N, S = int(rng.integers(2, 6)), int(rng.integers(1, 5))
    flows = rng.lognormal(0.0, 1.0, (S, N, N))
    own = np.arange(N)
    flows[:, own, own] *= rng.uniform(2.0, 10.0)
    away = 1.0 - np.eye(N)
    world = make(flows, rng.uniform(1.0, 8.0, S), tariffs=rng.uniform(0.0, 0.3, (S, N, N)) * away)
    return monopolistic.balanced(world), rng.uniform(0.0, 0.8, (S, N, N)) * away


def access(seed):
    """A benchmark with local selling costs, and tariffs."""
    rng = np.random.default_rng(seed)
    N = int(rng.integers(2, 7))
    flows = rng.lognormal(0.0, 0.7, (N, N))
    flows = (flows + flows.T) * rng.lognormal(0.0, 0.05, (N, N))
    flows[np.arange(N), np.arange(N)] *= 15.0
    nu = rng.uniform(0.05, 0.3, N)
    a = Access(
        tuple(f"r{n}" for n in range(N)),
        flows,
        nu,
        variety_pass_through(nu, 0.15),
        elasticity=float(rng.uniform(2.0, 6.0)),
        scale=0.1,
        value_added=float(rng.choice([1.0, 0.6])),
    )
    return a, rng.uniform(0.0, 0.4, (N, N)) * (1.0 - np.eye(N))


@few
@given(seeds)
def test_units_do_not_matter(seed):
    world, t = firms(seed)
    once = monopolistic.solve(world, t)
    again = monopolistic.solve(replace(world, flows=1e3 * world.flows), t)
    assert np.abs(once.welfare - again.welfare).max() < 1e-10  # both solved to 1e-12
    a, t = access(seed)
    first = access_model.solve(a, t, tol=1e-12)
    second = access_model.solve(replace(a, flows=1e3 * a.flows), t, tol=1e-12)
    assert np.abs(welfare(first) - welfare(second)).max() < 1e-10


@few
@given(seeds)
def test_order_does_not_matter(seed):
    rng = np.random.default_rng(seed + 1)
    world, t = firms(seed)
    S, N, _ = t.shape
    r, s = rng.permutation(N), rng.permutation(S)
    cells = np.ix_(s, r, r)
    turned = make(world.flows[cells], world.theta[s], tariffs=world.tariffs[cells])
    once, again = monopolistic.solve(world, t), monopolistic.solve(turned, t[cells])
    assert np.abs(once.welfare[r] - again.welfare).max() < 1e-10  # both solved to 1e-12
    a, t = access(seed)
    r = rng.permutation(len(a.regions))
    b = replace(a, flows=a.flows[np.ix_(r, r)], local=a.local[r], pass_through=a.pass_through[r])
    first = access_model.solve(a, t, tol=1e-12)
    second = access_model.solve(b, t[np.ix_(r, r)], tol=1e-12)
    assert np.abs(welfare(first)[r] - welfare(second)).max() < 1e-10


@few
@given(seeds)
def test_a_country_in_identical_halves(seed):
    world, t = firms(seed)
    halves = np.array([0, 0, *range(1, len(world.regions))])
    weight = np.where(halves == 0, 0.5, 1.0)
    parts = np.outer(weight, weight)
    cells = np.ix_(range(len(world.sectors)), halves, halves)
    split = make(world.flows[cells] * parts, world.theta, tariffs=world.tariffs[cells])
    once, again = monopolistic.solve(world, t), monopolistic.solve(split, t[cells])
    assert np.abs(once.welfare[halves] - again.welfare).max() < 1e-10
    a, t = access(seed)
    halves = np.array([0, 0, *range(1, len(a.regions))])
    weight = np.where(halves == 0, 0.5, 1.0)
    cells = np.ix_(halves, halves)
    b = replace(
        a,
        regions=(*a.regions, "half"),
        flows=a.flows[cells] * np.outer(weight, weight),
        local=a.local[halves],
        pass_through=a.pass_through[halves],
    )
    first = access_model.solve(a, t, tol=1e-12)
    second = access_model.solve(b, t[cells], tol=1e-12)
    assert np.abs(welfare(first)[halves] - welfare(second)).max() < 1e-10


@few
@given(seeds)
def test_there_and_back(seed):
    world, t = firms(seed)
    there = monopolistic.solve(world, t)
    moved = replace(world, flows=there.flows, tariffs=t)
    back = monopolistic.solve(moved, world.tariffs)
    assert np.abs(there.welfare * back.welfare - 1.0).max() < 1e-10  # two solves to 1e-12


@few
@given(seeds)
def test_without_scale_or_local_costs_a_border_closed_costs_what_trade_brought(seed):
    """lambda^(-1/epsilon), the gains from trade of one sector, as the borders close."""
    a, _ = access(seed)
    zero = np.zeros(len(a.regions))
    # Balanced and with labour that hardly answers, so that autarky exists and is in closed form.
    even = (a.flows + a.flows.T) / 2.0
    plain = Access(a.regions, even, zero, zero + 1.0, a.elasticity, 0.0, 1e-9, 1.0)
    wall = np.where(np.eye(len(zero)) > 0, 0.0, 1e4)
    o = access_model.solve(plain, wall, relief=False)
    home = np.diag(plain.shares)
    exact = home ** (1.0 / a.elasticity)
    real_wage = o.wages / o.prices
    # What is left of trade behind a tariff of a million per cent: 1e4 to the power -2 at least.
    assert np.abs(real_wage / exact - 1.0).max() < 1e-4


@pytest.mark.parametrize("seed", range(6))
def test_nobody_gains_by_a_step_from_nash(seed):
    from surtax.economy.variants.monopolistic_tariffs import objective

    world, _ = firms(seed)
    war = nash(world)
    rng = np.random.default_rng(seed)
    for country in range(len(world.regions)):
        value = objective(world, country, war.tariffs)
        here = np.log1p(war.tariffs[:, country]).ravel()
        best, _ = value(here)
        for size in (0.03, 0.3):
            step = size * rng.standard_normal((len(world.sectors), len(world.regions)))
            step[:, country] = 0.0
            other, _ = value(np.maximum(here + step.ravel(), 0.0))
            assert other <= best + 1e-12  # the solves' precision


def test_utility_and_welfare_agree_without_relief():
    a, t = access(3)
    o = access_model.solve(a, t, relief=False)
    assert np.abs(utility(o) - welfare(o)).max() < 1e-14
