"""Laws that every equilibrium obeys, on made worlds, for every closure."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq

from surtax.economy.closure import CLOSURES, Closure
from surtax.economy.results import first_order_welfare, rebase
from surtax.economy.rules import Deficits
from surtax.economy.solve import solve
from surtax.errors import SolveError, UnknownNameError, WorldError
from worlds import draw, make, raised, union

EVERY = tuple(CLOSURES)
KEEPING = tuple(name for name, c in CLOSURES.items() if c.keeps_benchmark)


def hats(s):
    """Everything without a unit, in one vector."""
    return np.concatenate([s.wages, s.prices.ravel(), s.real_income, s.real_wage])


@pytest.mark.parametrize("closure", KEEPING)
def test_a_zero_shock_returns_the_benchmark(closure):
    world = union()
    same = solve(world, world.tariffs, closure=closure)
    # Rounding only: sums of some dozens of cells.
    assert np.abs(hats(same) - 1.0).max() < 1e-12
    assert np.abs(same.flows / world.flows - 1.0).max() < 1e-12
    assert np.abs(same.revenue - world.revenue).max() < 1e-12 * world.income.max()
    for row in same.regions_table():
        assert all(abs(v) < 1e-11 for k, v in row.items() if k != "region")


@pytest.mark.parametrize("closure", EVERY)
def test_the_answer_satisfies_the_papers_equations_written_out(closure):
    """Equations 10 to 14 by loops over names, sharing no code with the solver."""
    world = union(5)
    new = raised(world, 1, 0.8)
    s = solve(world, new, closure=closure)
    S, N, _ = world.flows.shape
    worst = 0.0
    income = s.labour_income + s.revenue + s.transfers
    for n in range(N):
        for j in range(S):
            labour = np.log(s.sector_wages[j, n] / s.relief[n])
            cost = labour * world.value_added[n, j] + sum(
                world.inputs[n, k, j] * np.log(s.prices[k, n]) for k in range(S)
            )
            worst = max(worst, abs(cost - np.log(s.costs[j, n])))
            wedge = (1 + new[j, n]) / (1 + world.tariffs[j, n]) * s.costs[j]
            terms = world.shares[j, n] * wedge ** -world.theta[j]
            worst = max(worst, abs(np.log(s.prices[j, n]) + np.log(terms.sum()) / world.theta[j]))
            worst = max(worst, np.abs(terms / terms.sum() - s.shares[j, n]).max())
            spent = world.final_shares[j, n] * income[n] + sum(
                world.inputs[n, j, k] * s.flows[k, :, n].sum() for k in range(S)
            )
            worst = max(worst, abs(spent / s.expenditure[j, n] - 1.0))
            paid = s.shares[j, n] * s.expenditure[j, n] / (1 + new[j, n])
            worst = max(worst, np.abs(paid / s.flows[j, n] - 1.0).max())
        bought, sold = s.flows[:, n, :].sum(), s.flows[:, :, n].sum()
        shared = s.revenue[n] - s.collected[n]
        gap = bought - sold - s.transfers[n] - shared
        worst = max(worst, abs(gap) / s.income[n])
    # The certificate is 1e-10 in logs; ten times that for sums of a few such gaps.
    assert worst < 1e-9
    assert s.residual <= 1e-10


@pytest.mark.parametrize("closure", EVERY)
def test_walras_and_the_numeraire(closure):
    world = union()
    s = solve(world, raised(world, 2, 0.6), closure=closure)
    # The dropped market inherits the sum of the others' gaps, each at most 1e-10 by tol.
    assert s.walras <= 1e-10
    # Transfers and the numeraire add up by construction, to rounding and the tolerance.
    assert abs(s.transfers.sum()) < 1e-12 * s.income.sum()
    assert abs(s.labour_income.sum() / world.labour_income.sum() - 1.0) < 1e-10


@pytest.mark.parametrize("closure", EVERY)
def test_nominal_homogeneity(closure):
    """Wages, prices, spending and transfers all doubled solve the same equations."""
    world = union()
    s = solve(world, raised(world, 4, 0.6), closure=closure, tol=1e-12)
    after = rebase(world, s)
    doubled = replace(after, flows=2.0 * after.flows)
    # Rounding: doubling is exact in binary.
    assert np.abs(doubled.deficits - 2.0 * after.deficits).max() < 1e-12 * after.income.max()
    assert np.abs(doubled.final_shares - after.final_shares).max() < 1e-12


def test_rebase_is_a_benchmark():
    world = union()
    moved = rebase(world, solve(world, raised(world, 6, 1.0), tol=1e-12))
    same = solve(moved, moved.tariffs)
    # The rebuilt benchmark's residual shares absorb the gap of 1e-12 left by the solve.
    assert np.abs(hats(same) - 1.0).max() < 1e-11
    # Deficits of a benchmark add to zero identically; rounding only.
    assert abs(moved.deficits.sum()) < 1e-12 * moved.income.sum()


@pytest.mark.parametrize("costs", [1.3, 4.0, 1e3])
def test_one_sector_gains_from_trade_have_a_closed_form(costs):
    """Armington or Eaton-Kortum: real wage = (change of own share)^(-1/theta)."""
    base = draw(11, 4, 1, top=0.0)
    world = make(base.flows, [5.0])
    world = rebase(world, solve(world, world.tariffs, closure="balanced", tol=1e-13))
    away = np.where(np.eye(4) > 0, 1.0, costs)[None]
    s = solve(world, world.tariffs, trade_costs=away, closure="balanced", tol=1e-12)
    own = np.arange(4)
    change = s.shares[0, own, own] / world.shares[0, own, own]
    # The formula is an identity of the model: only the tolerance over theta remains.
    assert np.abs(s.real_wage - change ** (-1.0 / 5.0)).max() < 1e-8
    assert np.abs(s.real_income - s.real_wage).max() < 1e-8


def test_two_regions_against_one_scalar_root():
    """One sector, two regions, one tariff: everything by hand but the relative wage."""
    flows = np.array([[[80.0, 20.0], [20.0, 180.0]]])  # rows buyers, balanced trade
    t, theta = 0.25, 4.0
    new = np.array([[[0.0, t], [0.0, 0.0]]])
    wages0 = np.array([100.0, 200.0])

    def excess(ratio):
        """Region 0's trade balance at wages (ratio, 1), with its tariff rebated at home."""
        w0, w1 = ratio, 1.0
        home = 0.8 * w0**-theta
        away = 0.2 * ((1 + t) * w1) ** -theta
        share = away / (home + away)
        spent = wages0[0] * w0 / (1.0 - share * t / (1.0 + t))
        imports = share * spent / (1.0 + t)
        sold = 0.1 * w0**-theta / (0.1 * w0**-theta + 0.9 * w1**-theta)
        return imports - sold * wages0[1] * w1

    ratio = brentq(excess, 0.5, 2.0, xtol=1e-15, rtol=1e-15)
    scale = 300.0 / (100.0 * ratio + 200.0)
    w = scale * np.array([ratio, 1.0])
    P0 = (0.8 * w[0] ** -theta + 0.2 * (1.25 * w[1]) ** -theta) ** (-1 / theta)
    P1 = (0.1 * w[0] ** -theta + 0.9 * w[1] ** -theta) ** (-1 / theta)
    s = solve(make(flows, [theta]), new, closure="balanced", tol=1e-13)
    # Brent stops at 1e-15 and the solver at 1e-13.
    assert np.abs(s.wages - w).max() < 1e-10
    assert np.abs(s.prices[0] - [P0, P1]).max() < 1e-10
    assert s.real_income[0] > 1.0 > s.real_income[1]  # a small tariff on a rival pays at home


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    N=st.integers(2, 6),
    S=st.integers(1, 4),
    top=st.floats(0.0, 2.0),
    # under a wage curve the hardest of these have no equilibrium: real pay cannot fall so far
    closure=st.sampled_from([n for n in EVERY if CLOSURES[n].wages.name != "wage-curve"]),
)
def test_random_worlds_solve_and_add_up(seed, N, S, top, closure):
    world = draw(seed, N, S)
    try:
        s = solve(world, raised(world, seed, top), closure=closure)
    except SolveError as refused:
        # A deficit that keeps its share of world income may outgrow what a region earns.
        assume("would pay others" not in str(refused))
        raise
    assert s.residual <= 1e-10
    # Ten times the certificate: the dropped market carries the others' gaps.
    assert s.walras <= 1e-9
    # Shares are quotients of one sum: rounding only.
    assert np.abs(s.shares.sum(axis=2) - 1.0).max() < 1e-13
    assert abs(s.revenue.sum() - s.collected.sum()) < 1e-12 * s.income.sum()
    # Income by definition, and spending on final goods equals it, to the certificate.
    final = s.expenditure.sum(axis=0) - np.einsum("nsk,kn->n", world.inputs, s.output)
    assert np.abs(final / s.income - 1.0).max() < 1e-8


@pytest.mark.parametrize("closure", EVERY)
def test_a_prohibition_is_the_limit_of_a_tariff(closure):
    world = draw(21, 4, 3)
    shut, high = world.tariffs.copy(), world.tariffs.copy()
    shut[:, 0, 1], high[:, 0, 1] = np.inf, 1e9
    a, b = (solve(world, t, closure=closure, tol=1e-12) for t in (shut, high))
    assert (a.flows[:, 0, 1] == 0.0).all()
    # At 1e9 the flow is 1e-18 of itself or less (theta at least 2).
    assert np.abs(hats(a) - hats(b)).max() < 1e-9
    assert np.isfinite(hats(rebase(world, a) and a)).all()


def test_shutting_every_border_is_autarky():
    world = draw(22, 3, 2)
    shut = np.where(np.eye(3) > 0, 0.0, np.inf) * np.ones_like(world.flows)
    s = solve(world, shut, closure="balanced")
    assert s.exports.max() == 0.0
    assert (s.real_income < 1.0).sum() >= 2


@pytest.mark.parametrize("closure", EVERY)
def test_a_treasury_shares_all_it_collects(closure):
    world = union()
    new = raised(world, 8, 0.5)
    by_law = solve(world, new, closure=closure)
    to_first = np.array([1.0, 0.0, 0.0, 1.0, 1.0])
    s = solve(world, new, closure=closure, treasury_shares=to_first)
    # An identity of sums; rounding only.
    for sol in (by_law, s):
        assert abs(sol.revenue[:3].sum() / sol.collected[:3].sum() - 1.0) < 1e-13
    if by_law.rules.revenue.share is not None:
        return  # a rule of its own says who gets what is collected beyond the benchmark's
    assert s.revenue[1] == s.revenue[2] == 0.0
    assert s.real_income[0] > by_law.real_income[0]
    group = world.regions[:3]
    weights = world.income[:3] / world.income[:3].sum()
    want = float(weights @ (s.real_income[:3] - 1.0))
    assert abs(s.group_real_income(group) - want) < 1e-14  # rounding


def test_extra_transfers_reach_their_region():
    world = union()
    gift = np.array([0.5, 0.0, 0.0, -0.5, 0.0])
    s = solve(world, world.tariffs, closure="numeraire", extra_transfers=gift)
    # Deficits fixed in the numeraire, so the transfer is the whole difference: rounding.
    assert np.abs(s.transfers - world.deficits - gift).max() < 1e-12 * world.income.max()
    assert s.real_income[0] > 1.0 > s.real_income[3]


def test_the_formula_is_the_derivative_and_not_the_change():
    """For a small shock the first-order formula meets the exact change, balanced trade."""
    world = draw(31, 3, 2)
    world = rebase(world, solve(world, world.tariffs, closure="balanced", tol=1e-13))
    gap = []
    for size in (1e-3, 1e-4):
        new = world.tariffs.copy()
        new[:, 0, 1] += size
        s = solve(world, new, closure="balanced", tol=1e-13)
        formula = first_order_welfare(world, s)
        gap.append(np.abs(formula.total - (s.real_income - 1.0)).max())
    # Second order: a shock ten times smaller leaves an error a hundred times smaller.
    assert gap[1] < 0.02 * gap[0]
    assert "first-order" in formula.label


def test_a_start_is_a_shortcut_and_not_another_answer():
    world = union()
    new = raised(world, 9, 0.7)
    cold = solve(world, new, tol=1e-12)
    warm = solve(world, new, tol=1e-12, start=cold.unknowns)
    assert warm.iterations == 1
    assert (warm.wages == cold.wages).all()


def test_no_answer_is_an_error_with_its_residual():
    world = union()
    with pytest.raises(SolveError, match="largest gap left"):
        solve(world, raised(world, 9, 0.7), tol=1e-30)


def test_a_gift_larger_than_income_has_no_answer():
    world = union()
    gift = np.array([-2.0, 0.0, 0.0, 2.0, 0.0]) * world.income[0]
    with pytest.raises(SolveError, match="largest gap left"):
        solve(world, world.tariffs, extra_transfers=gift)


def test_accounts_that_do_not_add_up_are_refused():
    """A rule that makes money out of nothing is found out by the market left out."""
    world = union()
    leak = Deficits("leak", "everyone is given a little", lambda base, earned: 0.01 * earned)
    with pytest.raises(SolveError, match="Walras"):
        solve(world, raised(world, 9, 0.7), closure=Closure("leak", leak))


def test_bad_requests_are_named():
    world = union()
    with pytest.raises(UnknownNameError, match="world-share"):
        solve(world, world.tariffs, closure="world-shares")
    with pytest.raises(WorldError, match="shape"):
        solve(world, world.tariffs[:1])
    bad = world.tariffs.copy()
    bad[1, 0, 3] = np.nan
    with pytest.raises(WorldError, match="s1, r3 into r0"):
        solve(world, bad)
    with pytest.raises(WorldError, match="treasury FED add to"):
        solve(world, world.tariffs, treasury_shares=np.ones(5))
    with pytest.raises(WorldError, match="add to"):
        solve(world, world.tariffs, extra_transfers=np.ones(5))
    shut = world.tariffs.copy()
    shut[0, 2] = np.inf
    with pytest.raises(WorldError, match="r2 buys s0"):
        solve(world, shut)
    with pytest.raises(WorldError, match="positive"):
        solve(world, world.tariffs, trade_costs=np.zeros_like(world.flows))
