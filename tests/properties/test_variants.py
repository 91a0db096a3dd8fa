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
from surtax.economy.variants.market_access_tariffs import utility, welfare, welfare_gradient
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
def test_a_zero_shock_returns_the_benchmark(seed):
    world, _ = firms(seed)
    same = monopolistic.solve(world, world.tariffs)
    # Rounding of sums of some dozens of cells.
    assert np.abs(same.welfare - 1.0).max() < 1e-12
    assert np.abs(same.flows / world.flows - 1.0).max() < 1e-12
    a, t = access(seed)
    for relief in (True, False):
        o = access_model.solve(a, 0.0 * t, relief=relief)
        assert np.abs(welfare(o) - 1.0).max() < 1e-12
        assert np.abs(o.flows / a.flows - 1.0).max() < 1e-12


@few
@given(seeds)
def test_accounts_close_in_every_market(seed):
    """Income is spending; value added, profits and duties are all there is to earn; Walras."""
    world, t = firms(seed)
    e = monopolistic.solve(world, t)
    share = world.theta / (1.0 + world.theta)
    earned = e.labour + e.profits.sum(axis=0) + e.collected
    # Solved to 1e-12; the market left out carries the sum of the others' gaps.
    assert np.abs(earned / e.spending - 1.0).max() < 1e-10
    assert np.abs(share @ e.output / e.labour - 1.0).max() < 1e-10
    paid = e.shares * (world.final_shares * e.spending)[:, :, None]
    assert np.abs((paid - e.flows).sum(axis=(0, 2)) - e.collected).max() < 1e-12 * paid.sum()
    a, t = access(seed)
    o = access_model.solve(a, t, tol=1e-12)
    kept = (1.0 - a.local)[:, None] * o.flows
    bill = a.value_added * kept.sum(axis=0) + a.local * o.flows.sum(axis=1)
    assert np.abs(bill / o.labour - 1.0).max() < 1e-10
    income = o.labour + o.collected + (1.0 - a.value_added) * kept.sum(axis=0) + o.transfers
    assert np.abs(income / o.spending - 1.0).max() < 1e-10
    assert np.abs((o.flows * t).sum(axis=1) - o.collected).max() < 1e-12 * o.spending.sum()


@few
@given(seeds)
def test_two_starts_agree(seed):
    rng = np.random.default_rng(seed)
    world, t = firms(seed)
    e = monopolistic.solve(world, t)
    again = monopolistic.solve(world, t, start=rng.normal(scale=0.1, size=e.unknowns.size))
    assert np.abs(e.unknowns - again.unknowns).max() < 1e-9
    a, t = access(seed)
    o = access_model.solve(a, t, tol=1e-12)
    start = 0.5 * o.unknowns + rng.normal(scale=0.02, size=o.unknowns.size)
    assert (
        np.abs(access_model.solve(a, t, tol=1e-12, start=start).unknowns - o.unknowns).max() < 1e-9
    )


STEP = 1e-30  # of complex steps


@few
@given(seeds)
def test_the_gradient_of_firms_by_complex_step(seed):
    """The implicit function theorem with dense algebra and complex steps, nothing by hand."""
    world, t = firms(seed)
    e = monopolistic.solve(world, t, tol=1e-13)
    N = len(world.regions)
    none = np.zeros(N)

    def at(tariffs, x):
        """Gaps, and log welfare, by the model's equations alone."""
        q = monopolistic._point(monopolistic._model(world, tariffs, none), x)
        log_P = -np.log(q.S) / world.theta[:, None]
        return q.gaps, np.log(q.spending) - (world.final_shares * log_P).sum(axis=0)

    along = [at(t + 0j, e.unknowns + STEP * 1j * one) for one in np.eye(2 * N)]
    J = np.array([gaps.imag for gaps, _ in along]).T / STEP
    direct = np.array([worth.imag for _, worth in along]) / STEP
    weights = np.linalg.solve(J.T, direct)
    found = np.array([monopolistic.gradient(e, n) for n in range(N)])
    cells = [tuple(c) for c in np.argwhere(np.ones(t.shape))]
    rng = np.random.default_rng(seed)
    for k in rng.choice(len(cells), min(200, len(cells)), replace=False):
        move = np.zeros(t.shape, dtype=complex)
        move[cells[k]] = STEP * 1j * (1.0 + t[cells[k]])  # of log (1 + t)
        gaps, worth = at(t + move, e.unknowns + 0j)
        want = worth.imag / STEP - gaps.imag / STEP @ weights
        # Relative; what is smaller than 1e-4 of the largest is rounding of the dense algebra.
        floor = 1e-4 * np.abs(found).max()
        got = found[(slice(None), *cells[k])]
        assert (np.abs(got - want) <= 1e-8 * np.maximum(np.abs(want), floor)).all()


@few
@given(seeds, st.booleans())
def test_the_gradient_with_local_costs_by_complex_step(seed, relief):
    a, t = access(seed)
    o = access_model.solve(a, t, relief=relief, tol=1e-13)
    N = len(a.regions)
    weights = np.random.default_rng(seed).normal(size=N)

    def at(tariffs, x):
        """Gaps, and the weighted welfare, by the model's equations alone."""
        A = a.shares * (1.0 + tariffs) ** (-a.elasticity * a.pass_through)[:, None]
        big = int(np.argmax(a.labour))
        p = access_model._Problem(a, A, A / (1.0 + tariffs), o.transfers, relief, big)
        q = access_model._sweep(p, x)
        fields = {"labour": q.labour, "collected": q.collected, "tax": q.tax}
        here = replace(o, prices=np.exp(x[3 * N :]), **fields)
        return access_model._residual(p, x), weights @ welfare(here)

    along = [at(t + 0j, o.unknowns + STEP * 1j * one) for one in np.eye(4 * N)]
    J = np.array([gaps.imag for gaps, _ in along]).T / STEP
    direct = np.array([value.imag for _, value in along]) / STEP
    back = np.linalg.solve(J.T, direct)
    found = welfare_gradient(o, weights)
    for n, i in np.argwhere(np.ones((N, N))):
        move = np.zeros((N, N), dtype=complex)
        move[n, i] = STEP * 1j * (1.0 + t[n, i])
        gaps, value = at(t + move, o.unknowns + 0j)
        want = value.imag / STEP - gaps.imag / STEP @ back
        floor = 1e-4 * np.abs(found).max()  # below, rounding of the dense algebra
        assert abs(found[n, i] - want) <= 1e-8 * max(abs(want), floor)


@few
@given(seeds)
def test_an_industry_in_identical_halves(seed):
    world, t = firms(seed)
    k = [0, *range(len(world.sectors))]
    weight = np.where(np.arange(len(k)) < 2, 0.5, 1.0)[:, None, None]
    split = make(world.flows[k] * weight, world.theta[k], tariffs=world.tariffs[k])
    once, again = monopolistic.solve(world, t), monopolistic.solve(split, t[k])
    assert np.abs(once.welfare - again.welfare).max() < 1e-10  # both solved to 1e-12


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
