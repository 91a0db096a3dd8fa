"""Identities and closed forms that hold for every closure on every kind of world."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

from surtax.economy.closure import CLOSURES, Closure
from surtax.economy.indices import gdp
from surtax.economy.results import rebase
from surtax.economy.solve import solve
from worlds import FEW, drawings, drawn, over, raised

EVERY = tuple(CLOSURES)
# Rules that remember the benchmark: a floor, a rate of unemployment, who lived where, a sharing.
REMEMBERING = tuple(n for n, c in CLOSURES.items() if c.keeps_benchmark and not c.reversible)


def shocked(world, closure, seed, tol=1e-10):
    """Every instrument moved at once."""
    away = ~world.union
    rng = np.random.default_rng(seed)
    costs = 1.0 + 0.1 * away * rng.random(world.flows.shape)
    was = 0.0 if world.export_taxes is None else world.export_taxes
    taxes = was + 0.1 * away * rng.random(world.flows.shape)
    gift = rng.uniform(-0.01, 0.01, len(world.regions)) * world.labour_income.min()
    return solve(
        world, raised(world, seed, 0.5), costs, closure, export_taxes=taxes,
        extra_transfers=gift - gift.mean(), tol=tol,
    )  # fmt: skip


@over(EVERY)
@FEW
@given(made=drawings, seed=st.integers(0, 1000), unit=st.sampled_from([1e-6, 1e3, 7.0]))
def test_units_of_currency_do_not_matter(closure, kind, made, seed, unit):
    world = drawn(kind, *made)
    new = raised(world, seed, 0.6)
    big = replace(world, flows=unit * world.flows)
    a = solve(world, new, closure=closure, tol=1e-12)
    b = solve(big, new, closure=closure, tol=1e-12)
    # Both solved to 1e-12; conditioning of the made worlds is below 100.
    for name in ("wages", "prices", "real_income", "real_wage", "employment"):
        assert np.abs(getattr(a, name) - getattr(b, name)).max() < 1e-10
    assert np.abs(b.income / a.income / unit - 1.0).max() < 1e-10


@over(EVERY)
@FEW
@given(made=drawings, seed=st.integers(0, 1000))
def test_accounts_and_prices_of_any_shock(closure, kind, made, seed):
    s = shocked(drawn(kind, *made), closure, seed)
    accounts_close(s)
    own_shares_tell_prices(s)


def accounts_close(s):
    """GDP three ways; duties are what buyers pay less what sellers get, and are all shared."""
    g = gdp(s)
    # Three sums that agree in equilibrium only: the certificate, and conditioning.
    assert np.abs(g.expenditure / g.income - 1.0).max() < 1e-9
    assert np.abs(g.output / g.income - 1.0).max() < 1e-9
    paid = s.shares * s.expenditure[:, :, None]
    duty = s.flows * (1.0 + s.export_taxes) * s.tariffs
    levy = s.flows * s.export_taxes
    # Levels against rates times flows: rounding only, both from the same shares.
    small = 1e-12 * paid.sum()
    assert np.abs(s.collected - duty.sum(axis=(0, 2)) - levy.sum(axis=(0, 1))).max() < small
    assert abs(paid.sum() - s.flows.sum() - s.collected.sum()) < small
    names = np.asarray(s.world.treasuries)
    for treasury in set(s.world.treasuries):
        own = names == treasury
        assert abs(s.revenue[own].sum() - s.collected[own].sum()) < small


def own_shares_tell_prices(s):
    """Arkolakis, Costinot and Rodríguez-Clare (2012), with sectors and inputs.

    A unit cost over its price index is the own share's hat to the power -1/theta; with the
    inputs of all sectors solved for, every price follows from the cost of labour. In one sector
    without inputs the real cost of labour is lambda^(-1/theta).
    """
    w = s.world
    labour = np.log(s.sector_wages / s.relief)
    for n in range(len(w.regions)):
        own = np.log(s.shares[:, n, n] / w.shares[:, n, n]) / w.theta
        links = np.eye(len(w.sectors)) - w.inputs[n].T
        prices = np.linalg.solve(links, w.value_added[n] * labour[:, n] + own)
        # An identity of the equations: the certificate over theta, and conditioning.
        assert np.abs(prices - np.log(s.prices[:, n])).max() < 1e-8
        assert abs(w.final_shares[:, n] @ prices - np.log(s.price_index[n])) < 1e-8
        if len(w.sectors) == 1 and not w.inputs.any():
            assert abs(np.log(s.real_wage[n] / s.relief[n]) + own[0]) < 1e-8


@over([n for n, c in CLOSURES.items() if not c.keeps_benchmark])
@FEW
@given(made=drawings, seed=st.integers(0, 1000))
def test_a_closure_that_ends_deficits_keeps_a_world_without_them(closure, kind, made, seed):
    """Zero shock, and there and back, once the deficits are gone."""
    world = drawn(kind, *made)
    even = rebase(world, solve(world, closure=closure, tol=1e-13))
    still = solve(even, closure=closure)
    # The rebuilt benchmark keeps the gap of 1e-13, times conditioning below 100.
    assert np.abs(still.real_income - 1.0).max() < 1e-12
    assert np.abs(still.flows / even.flows - 1.0).max() < 1e-12
    there = solve(even, raised(world, seed, 0.6), closure=closure, tol=1e-12)
    back = solve(rebase(even, there), world.tariffs, closure=closure, tol=1e-12)
    # Two solves at 1e-12 and a benchmark rebuilt from flows: 1e-8 leaves conditioning room.
    assert np.abs(there.real_income * back.real_income - 1.0).max() < 1e-8


def told(there):
    """The closure of a counterfactual, told what was reached there."""
    rule, q, before = there.rules, there.point, there.world
    wages, labour, revenue = rule.wages, rule.labour, rule.revenue
    if (pay := wages.rule) is not None:
        wages = replace(wages, rule=lambda i, p: pay(i + q.latent, p + q.price) - q.wage)
    if (move := labour.move) is not None:
        heads = before.labour_income * there.labour_force
        labour = replace(labour, move=lambda base, real: move(replace(base, labour=heads), real))
    if revenue.share is not None:
        shares = revenue.share(before)
        revenue = replace(revenue, share=lambda _: shares)
    return Closure("told", rule.deficits, labour, wages, revenue)


@over(REMEMBERING)
@FEW
@given(made=drawings, seed=st.integers(0, 1000))
def test_there_and_back_once_a_closure_is_told_what_was_reached(closure, kind, made, seed):
    """Pay and work, who lives where and how duties are shared: told, every closure returns."""
    world = drawn(kind, *made)
    there = solve(world, raised(world, seed, 0.6), closure=closure, tol=1e-12)
    assume((there.revenue >= 0.0).all())  # a share of duties below zero is no benchmark's
    back = solve(rebase(world, there), world.tariffs, closure=told(there), tol=1e-12)
    # Two solves at 1e-12 and a benchmark rebuilt from flows: 1e-8 leaves conditioning room.
    assert np.abs(there.real_income * back.real_income - 1.0).max() < 1e-8
    assert np.abs(there.labour_force * back.labour_force - 1.0).max() < 1e-8
    assert np.abs(there.sector_wages * back.sector_wages - 1.0).max() < 1e-8
    assert np.abs(back.flows / world.flows - 1.0).max() < 1e-8


@over(["by-spending", "where-collected", "worker-fund"])
@FEW
@given(made=drawings, seed=st.integers(0, 1000))
def test_a_rebased_world_receives_what_was_received(closure, kind, made, seed):
    world = drawn(kind, *made)
    there = solve(world, raised(world, seed, 0.6), closure=closure, tol=1e-12)
    assume((there.revenue >= 0.0).all())
    even = rebase(world, there)
    assert np.abs(even.revenue - there.revenue).max() < 1e-10 * world.income.max()  # the solve's
    assert np.abs(even.deficits - there.transfers).max() < 1e-9 * world.income.max()
