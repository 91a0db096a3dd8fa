"""Laws that hold for every closure and variant, on worlds drawn by hypothesis; closed forms.

A new closure enters `CLOSURES` and is held to every law here.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq

from random_worlds import SEED, WORLDS, attempt, trial
from surtax.economy import outcomes, tangent
from surtax.economy.closure import CLOSURES
from surtax.economy.fixedpoint import anderson, newton
from surtax.economy.frozen import preconditioner, relinearise
from surtax.economy.gradient import gradient
from surtax.economy.problem import base_of
from surtax.economy.results import rebase
from surtax.economy.slopes import slopes_of
from surtax.economy.solve import solve
from surtax.economy.system import Residual, sweep
from worlds import FEW, draw, drawings, drawn, make, over, raised

EVERY = tuple(CLOSURES)
KEEPING = tuple(n for n, c in CLOSURES.items() if c.keeps_benchmark)
REVERSIBLE = tuple(n for n, c in CLOSURES.items() if c.reversible)
# Fixed in the numeraire by what they say: deficits in one, wage floors in the others.
NOMINAL = {"numeraire", *(n for n, c in CLOSURES.items() if c.wages.name == "rigid")}
# In one sector without deficits all of these are the same model.
CLEARING = tuple(n for n, c in CLOSURES.items() if c.wages.name == "flexible")
KINKED = {n for n, c in CLOSURES.items() if c.wages.name == "rigid"}


def hats(s):
    """Everything without a unit, in one vector."""
    parts = (s.wages, s.prices, s.real_income, s.real_wage, s.employed, s.employment, s.relief)
    return np.concatenate([part.ravel() for part in parts])


@over(KEEPING)
@FEW
@given(made=drawings)
def test_a_zero_shock_returns_the_benchmark(closure, kind, made):
    world = drawn(kind, *made)
    s = solve(world, closure=closure)
    # Rounding only: sums of some dozens of cells.
    assert np.abs(hats(s) - 1.0).max() < 1e-12
    assert np.abs(s.flows / world.flows - 1.0).max() < 1e-12


@over(EVERY)
@FEW
@given(made=drawings, seed=st.integers(0, 1000), top=st.floats(0.0, 1.0))
def test_walras_law_in_every_labour_market(closure, kind, made, seed, top):
    world = drawn(kind, *made)
    s = solve(world, raised(world, seed, top), closure=closure, tol=1e-12)
    demanded = (world.value_added.T * s.output).sum(axis=0)
    # No labour market is imposed; with every balance at 1e-12, below the law's 1e-10.
    assert np.abs(demanded / s.labour_income - 1.0).max() < 1e-10
    assert abs(s.labour_income.sum() / world.labour_income.sum() - 1.0) < 1e-11
    assert abs(s.transfers.sum()) < 1e-12 * s.income.sum()


def in_other_money(p, log):
    """The problem with what a closure fixes in the numeraire told in other money, if anything."""
    rules = p.closure
    if rules.name not in NOMINAL:
        return p
    held = p.deficits
    if (floors := rules.wages.rule) is not None:
        wages = replace(rules.wages, rule=lambda i, price: floors(i - log, price - log) + log)
        rules = replace(rules, wages=wages)
    return replace(
        p, closure=rules, deficits=lambda earned: np.exp(log) * held(earned / np.exp(log))
    )


@over(EVERY)
@FEW
@given(made=drawings, seed=st.integers(0, 1000), scale=st.floats(0.1, 10.0))
def test_all_money_doubled_changes_nothing_real(closure, kind, made, seed, scale):
    world = drawn(kind, *made)
    s = solve(world, raised(world, seed, 0.6), closure=closure)
    p = s.problem
    S, N = p.spending.shape
    moved = s.unknowns.copy()
    moved[: N + 2 * S * N] += np.log(scale)  # wages, prices and spending; not premia
    other = in_other_money(p, np.log(scale))
    F, G = Residual(p)(s.unknowns), Residual(other)(moved)
    assert abs(G[p.dropped] - F[p.dropped] + np.log(scale)) < 1e-12  # the numeraire alone
    F[p.dropped] = G[p.dropped] = 0.0
    assert np.abs(G - F).max() < 1e-10  # rounding, at prices up to ten times as high
    q, r = sweep(p, s.unknowns), sweep(other, moved)
    assert np.abs(r.income / q.income / scale - 1.0).max() < 1e-10


@over(EVERY)
@FEW
@given(made=drawings, seed=st.integers(0, 1000), order=st.randoms(use_true_random=False))
def test_the_order_of_regions_and_sectors_does_not_matter(closure, kind, made, seed, order):
    world = drawn(kind, *made)
    r, k = list(range(len(world.regions))), list(range(len(world.sectors)))
    order.shuffle(r)
    order.shuffle(k)
    cells = np.ix_(k, r, r)
    mixed = replace(
        world,
        regions=tuple(world.regions[i] for i in r),
        sectors=tuple(world.sectors[i] for i in k),
        flows=world.flows[cells],
        tariffs=world.tariffs[cells],
        export_taxes=None if world.export_taxes is None else world.export_taxes[cells],
        inputs=world.inputs[np.ix_(r, k, k)],
        value_added=world.value_added[np.ix_(r, k)],
        theta=world.theta[k],
        treasuries=tuple(world.treasuries[i] for i in r),
        treasury_shares=world.treasury_shares[r],
    )
    new = raised(world, seed, 0.6)
    a = solve(world, new, closure=closure, tol=1e-12)
    b = solve(mixed, new[cells], closure=closure, tol=1e-12)
    # Both solved to 1e-12; conditioning of the made worlds is below 100.
    assert np.abs(a.prices[np.ix_(k, r)] - b.prices).max() < 1e-10
    assert np.abs(a.real_income[r] - b.real_income).max() < 1e-10
    assert np.abs(a.employment[np.ix_(k, r)] - b.employment).max() < 1e-10


def halved_region(world, new):
    """The last region as two halves of itself under one treasury, and the shock likewise."""
    N = len(world.regions)
    r = [*range(N), N - 1]
    size = np.ones(N + 1)
    size[-2:] = 0.5
    flows = world.flows[:, r][:, :, r] * size[:, None] * size
    shares = world.treasury_shares[r] * size

    def spread(rates):
        return None if rates is None else rates[:, r][:, :, r]

    split = replace(
        world,
        regions=(*world.regions, "half"),
        flows=flows,
        tariffs=spread(world.tariffs),
        export_taxes=spread(world.export_taxes),
        inputs=world.inputs[r],
        value_added=world.value_added[r],
        treasuries=tuple(world.treasuries[i] for i in r),
        treasury_shares=shares,
    )
    return split, spread(new)


def halved_sector(world, new):
    """The last sector as two halves of itself, and the shock likewise."""
    S = len(world.sectors)
    k = [*range(S), S - 1]
    size = np.ones(S + 1)
    size[-2:] = 0.5
    split = replace(
        world,
        sectors=(*world.sectors, "half"),
        flows=world.flows[k] * size[:, None, None],
        tariffs=world.tariffs[k],
        export_taxes=None if world.export_taxes is None else world.export_taxes[k],
        inputs=world.inputs[:, k][:, :, k] * size[:, None],
        value_added=world.value_added[:, k],
        theta=world.theta[k],
        traded=world.traded[k],
    )
    return split, new[k]


@pytest.mark.parametrize("half", ["region", "sector"])
@over(EVERY)
@FEW
@given(made=drawings, seed=st.integers(0, 1000))
def test_two_identical_halves_are_the_whole(closure, kind, made, seed, half):
    world = drawn(kind, *made)
    new = raised(world, seed, 0.6)
    split, shock = (halved_region if half == "region" else halved_sector)(world, new)
    whole = solve(world, new, closure=closure, tol=1e-12)
    parts = solve(split, shock, closure=closure, tol=1e-12)
    N, S = len(world.regions), len(world.sectors)
    r = [*range(N), N - 1] if half == "region" else range(N)
    k = [*range(S), S - 1] if half == "sector" else range(S)
    # Two solves at 1e-12 of systems of other sizes: 1e-8 leaves room for conditioning.
    assert np.abs(parts.real_income - whole.real_income[r]).max() < 1e-8
    assert np.abs(parts.prices - whole.prices[np.ix_(k, r)]).max() < 1e-8
    assert np.abs(parts.employment - whole.employment[np.ix_(k, r)]).max() < 1e-8
    assert abs(parts.collected.sum() - whole.collected.sum()) < 1e-8 * whole.income.sum()


@over(REVERSIBLE)
@FEW
@given(made=drawings, seed=st.integers(0, 1000), top=st.floats(0.1, 1.0))
def test_there_and_back(closure, kind, made, seed, top):
    world = drawn(kind, *made)
    there = solve(world, raised(world, seed, top), closure=closure, tol=1e-12)
    back = solve(rebase(world, there), world.tariffs, closure=closure, tol=1e-12)
    # Two solves at 1e-12 and a benchmark rebuilt from flows: 1e-8 leaves conditioning room.
    assert np.abs(there.real_income * back.real_income - 1.0).max() < 1e-8
    assert np.abs(back.flows / world.flows - 1.0).max() < 1e-8


@over([n for n in EVERY if n not in KINKED])
@FEW
@given(made=drawings, seed=st.integers(0, 1000))
def test_two_algorithms_agree(closure, kind, made, seed):
    """Anderson acceleration and Newton with GMRES, from the same start, without each other.

    A line search may stall far off: Newton then starts again halfway.
    """
    world = drawn(kind, *made)
    s = solve(world, raised(world, seed, 0.6), closure=closure)
    p = s.problem
    step = preconditioner(p, base_of(world))
    start = np.zeros(p.unknowns)

    def gaps(x):
        return Residual(p)(x)

    def slope(x):
        q = sweep(p, x)
        return tangent.product(p, q, slopes_of(p, q))

    a = anderson(gaps, step.step, start, tol=1e-12, memory=12, budget=400)
    closer = relinearise(p, sweep(p, s.unknowns))
    b = newton(gaps, slope, closer.step, start, tol=1e-12, rounds=60)
    if b.residual > 0.1:
        b = newton(gaps, slope, closer.step, 0.5 * s.unknowns, tol=1e-12, rounds=60)
    assert max(a.residual, b.residual) < 1e-11  # rounding may keep the last digit
    assert np.abs(a.x - b.x).max() < 1e-9
    assert np.abs(a.x - s.unknowns).max() < 1e-8  # the solution itself is at 1e-10


@over(sorted(KINKED))
@FEW
@given(made=drawings, seed=st.integers(0, 1000))
def test_two_algorithms_agree_where_wages_have_a_kink(closure, kind, made, seed):
    """Newton may stop at a kink; plain short steps, which mix nothing, end at the same point.

    So does the whole route from another start.
    """
    world = drawn(kind, *made)
    new = raised(world, seed, 0.6)
    a = solve(world, new, closure=closure, tol=1e-12)
    start = np.random.default_rng(seed).normal(scale=0.1, size=a.unknowns.size)
    b = solve(world, new, closure=closure, tol=1e-12, start=start)
    assert np.abs(a.unknowns - b.unknowns).max() < 1e-9
    step, F, x = preconditioner(a.problem, base_of(world)).step, Residual(a.problem), start
    for _ in range(5000):
        left = F(x)
        if np.abs(left).max() <= 1e-12:
            break
        x = x + 0.3 * step(left)
    assert np.abs(a.unknowns - x).max() < 1e-9


@pytest.mark.parametrize("theta", [2.0, 5.0, 8.0])
@pytest.mark.parametrize("links", [0.0, 0.5])
def test_gains_from_trade_of_arkolakis_costinot_and_rodriguez_clare(theta, links):
    """ACR (2012), American Economic Review 102(1): real wage = (own share hat)^(-1/(theta va))."""
    base = draw(11, 4, 1, top=0.0)
    world = make(base.flows, [theta], va=1.0 - links)
    world = rebase(world, solve(world, closure="balanced", tol=1e-13))
    shut = np.where(np.eye(4) > 0, 0.0, np.inf)[None]
    s = solve(world, shut, closure="balanced", tol=1e-12)
    own = world.shares[0, np.arange(4), np.arange(4)]
    # The formula is an identity of the model: only the tolerance over theta remains.
    assert np.abs(s.real_wage - own ** (1.0 / (theta * (1.0 - links)))).max() < 1e-8


def own_gain(world, n):
    """Real income of one region, as an outcome."""
    return outcomes.real_income(world, np.eye(len(world.regions))[n])


def two(home, theta):
    """Two regions, one sector, free and balanced trade; the second's size is one."""
    flows = np.array([[[home, 0.1 * home], [0.1 * home, 1.0 - 0.1 * home]]])
    return make(flows, [theta])


@pytest.mark.parametrize("closure", CLEARING)
@pytest.mark.parametrize("theta", [3.0, 6.0])
def test_the_optimal_tariff_of_a_small_economy(theta, closure):
    """Gros (1987), Journal of International Economics 23: one over theta in the limit."""
    world = two(1e-6, theta)

    def slope(t):
        new = np.zeros((1, 2, 2))
        new[0, 0, 1] = t
        s = solve(world, new, closure=closure, tol=1e-13)
        return gradient(s, own_gain(world, 0)).tariffs[0, 0, 1]

    best = brentq(slope, 0.05, 1.0, xtol=1e-10)
    # The economy's share of the world is 1e-6, and so is what is left of the formula.
    assert abs(best - 1.0 / theta) < 1e-5


@pytest.mark.parametrize("closure", CLEARING)
@pytest.mark.parametrize("theta", [3.0, 6.0])
def test_the_optimal_tariff_of_a_large_economy(theta, closure):
    """Gros (1987): 1/(theta (1 - s)), s the other's imports at the border over its output."""
    world = two(0.6, theta)

    def at(t):
        new = np.zeros((1, 2, 2))
        new[0, 0, 1] = t
        return solve(world, new, closure=closure, tol=1e-13)

    best = brentq(
        lambda t: gradient(at(t), own_gain(world, 0)).tariffs[0, 0, 1], 0.05, 2.0, xtol=1e-12
    )
    s = at(best)
    share = s.flows[0, 1, 0] / s.labour_income[1]
    # A maximum is found where the gradient, exact to 1e-10, crosses zero with slope of order 0.1.
    assert abs(best - 1.0 / (theta * (1.0 - share))) < 1e-7


@pytest.mark.parametrize("theta", [2.0, 5.0])
@pytest.mark.parametrize("open_by", [0.1, 0.4])
@pytest.mark.parametrize("closure", CLEARING)
def test_symmetric_nash_of_two_countries(closure, theta, open_by):
    """Both first-order conditions hold at the root of t = (1 + b (1 + t)^-(1 + theta)) / theta.

    With balanced trade the other's imports at the border over its home purchases are
    b (1 + t)^-(1 + theta), which closes Gros's formula.
    """
    flows = np.array([[[1.0 - open_by, open_by], [open_by, 1.0 - open_by]]])
    world = make(flows, [theta])
    b = open_by / (1.0 - open_by)
    t = brentq(lambda t: t - (1.0 + b * (1.0 + t) ** -(1.0 + theta)) / theta, 0.0, 5.0, xtol=1e-15)
    s = solve(world, np.array([[[0.0, t], [t, 0.0]]]), closure=closure, tol=1e-13)
    for n, i in ((0, 1), (1, 0)):
        slope = gradient(s, own_gain(world, n)).tariffs[0, n, i]
        assert abs(slope) < 1e-10  # the linear solve's tolerance
    assert s.real_income.max() < 1.0


def test_inputs_deficits_and_export_taxes_against_one_scalar_root():
    """Two regions by hand: unit costs, prices, spending and both treasuries, one relative wage."""
    flows = np.array([[80.0, 25.0], [20.0, 180.0]])  # buyers in rows
    va, theta, D = 0.4, 4.0, np.array([5.0, -5.0])
    tau, levy = np.array([[0.0, 0.3], [0.1, 0.0]]), np.array([[0.0, 0.05], [0.2, 0.0]])
    pi = flows / flows.sum(axis=1, keepdims=True)
    L = va * flows.sum(axis=0)
    tax = (1.0 + tau) * (1.0 + levy)

    def state(ratio):
        """Wages in the numeraire, prices, shares and spending at a relative wage."""
        w = np.array([ratio, 1.0]) * L.sum() / (ratio * L[0] + L[1])
        P = np.ones(2)
        for _ in range(300):  # a contraction by 0.6 a round
            c = w**va * P ** (1.0 - va)
            P = (pi * (tax * c) ** -theta).sum(axis=1) ** (-1.0 / theta)
        share = pi * (tax * c) ** -theta
        share /= share.sum(axis=1, keepdims=True)
        sold = share / tax
        # X = (1 - va) Y + w L + R + D, with Y and R linear in X.
        receipts = sold.T
        duty = np.diag((sold * (1.0 + levy) * tau).sum(axis=1)) + (sold * levy).T
        X = np.linalg.solve(np.eye(2) - (1.0 - va) * receipts - duty, w * L + D)
        return w, P, receipts @ X, duty @ X

    def excess(ratio):
        w, _, Y, _ = state(ratio)
        return va * Y[0] / (w[0] * L[0]) - 1.0

    w, P, Y, R = state(brentq(excess, 0.3, 3.0, xtol=1e-15, rtol=1e-15))
    world = make(flows[None], [theta], va=va)
    s = solve(world, tau[None], closure="numeraire", export_taxes=levy[None], tol=1e-13)
    # Brent stops at 1e-15, the solver at 1e-13; amounts are of order one hundred.
    assert np.abs(s.wages - w).max() < 1e-10
    assert np.abs(s.prices[0] - P).max() < 1e-10
    assert np.abs(s.output[0] - Y).max() < 1e-8
    assert np.abs(s.collected - R).max() < 1e-8


@pytest.mark.parametrize("first", [*range(0, 300, 30), WORLDS])
def test_random_worlds_have_answers(first):
    """The head of the ten thousand of `random_worlds`, whose full run stands in the manual.

    And of the worlds after them, for closures added since.
    """
    for number in range(first, first + 30):
        closure, said, _ = attempt(number, SEED)
        assert not said, f"{number} {closure}: {said}"


@pytest.mark.parametrize(
    ("number", "why"),
    [(749, "r14 would pay others"), (1769, "r12 would pay others"), (5168, "work in r1 falls to")],
)
def test_the_ones_without_an_answer_say_why(number, why):
    """Of the ten thousand, some where a region would owe more than it earns or has no work."""
    _, said, _ = attempt(number, SEED)
    assert why in said


@pytest.mark.parametrize(
    ("number", "closure"), [(998, "rigid"), (8024, "rigid"), (7594, "stuck-rigid")]
)
def test_little_work_is_an_answer_all_the_same(number, closure):
    """Of the ten thousand, three where rigid wages leave a region little work, but some.

    The answer holds by the rule itself: no wage below its floor, no more work than there are
    workers, and one of the two exactly; and who starts there stays there.
    """
    t = trial(number)
    s = solve(t.world, t.tariffs, closure=closure)
    assert s.residual <= 1e-10
    assert s.walras <= 1e-10
    (pay,) = s.sector_wages  # one sector: a region's work is its sector's
    (work,) = s.employment
    assert pay.min() >= 1.0
    assert work.max() <= 1.0 + 1e-10
    assert np.abs((pay - 1.0) * (1.0 - work)).max() < 1e-10
    assert 1e-6 < work.min() < 0.2
    again = solve(t.world, t.tariffs, closure=closure, start=s.unknowns)
    assert np.abs(again.unknowns - s.unknowns).max() < 1e-10
