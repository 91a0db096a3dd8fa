"""Export taxes, trade costs, zeros, one-sector worlds and the rules of labour and revenue."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from surtax.economy.closure import CLOSURES, Closure
from surtax.economy.deficits import BALANCED, OWN_SHARE
from surtax.economy.horizon import HORIZONS
from surtax.economy.indices import unemployment
from surtax.economy.labour import STUCK, between_sectors, migration, rigid, wage_curve
from surtax.economy.results import rebase
from surtax.economy.revenue import PAYROLL, fund
from surtax.economy.solve import solve
from surtax.errors import UnknownNameError, WorldError
from surtax.world.check import check
from worlds import draw, make, raised, union

EVERY = tuple(CLOSURES)


def exporting(seed=5):
    """The union world with export taxes between treasuries in its benchmark."""
    world = union(seed)
    rng = np.random.default_rng(seed)
    names = np.asarray(world.treasuries)
    abroad = names[:, None] != names[None, :]
    return replace(world, export_taxes=rng.uniform(-0.05, 0.2, world.flows.shape) * abroad)


def raised_exports(world, seed, top):
    """New export taxes: a random addition of up to ``top`` on every foreign flow."""
    return raised(replace(world, tariffs=world.export_taxes), seed, top)


def test_a_world_with_export_taxes_balances():
    assert not [f for f in check(exporting()) if f.severity == "fault"]


@pytest.mark.parametrize("closure", [n for n, c in CLOSURES.items() if c.keeps_benchmark])
def test_a_zero_shock_with_export_taxes(closure):
    world = exporting()
    s = solve(world, closure=closure)
    # Rounding only: sums of some dozens of cells.
    assert np.abs(s.wages - 1.0).max() < 1e-12
    assert np.abs(s.flows / world.flows - 1.0).max() < 1e-12
    assert np.abs(s.revenue - world.revenue).max() < 1e-12 * world.income.max()


@pytest.mark.parametrize("closure", EVERY)
def test_export_taxes_by_loops(closure):
    """Prices, spending and both treasuries' money, written out cell by cell."""
    world = exporting()
    new, taxes = raised(world, 1, 0.5), raised_exports(world, 2, 0.4)
    costs = np.random.default_rng(3).uniform(0.9, 1.3, world.flows.shape)
    s = solve(world, new, costs, closure, export_taxes=taxes)
    S, N, _ = world.flows.shape
    worst, taken = 0.0, np.zeros(N)
    for n in range(N):
        for j in range(S):
            old = (1 + world.tariffs[j, n]) * (1 + world.export_taxes[j, n])
            wedge = (1 + new[j, n]) * (1 + taxes[j, n]) / old * costs[j, n] * s.costs[j]
            terms = world.shares[j, n] * wedge ** -world.theta[j]
            worst = max(worst, abs(np.log(s.prices[j, n]) + np.log(terms.sum()) / world.theta[j]))
            for i in range(N):
                worth = s.flows[j, n, i]
                taken[i] += worth * taxes[j, n, i]
                taken[n] += worth * (1 + taxes[j, n, i]) * new[j, n, i]
                paid = worth * (1 + taxes[j, n, i]) * (1 + new[j, n, i])
                share = terms[i] / terms.sum() * s.expenditure[j, n]
                worst = max(worst, abs(paid / share - 1.0))
    worst = max(worst, np.abs(taken - s.collected).max() / s.income.max())
    # The certificate is 1e-10 in logs; ten times that for sums of a few such gaps.
    assert worst < 1e-9
    added = (world.value_added.T * s.output).sum(axis=0)
    assert np.abs(added / s.labour_income - 1.0).max() < 1e-9
    final = s.expenditure.sum(axis=0) - np.einsum("nsk,kn->n", world.inputs, s.output)
    assert np.abs(final / s.income - 1.0).max() < 1e-8


@pytest.mark.parametrize("closure", [n for n, c in CLOSURES.items() if c.reversible])
def test_export_taxes_there_and_back(closure):
    world = exporting()
    there = solve(world, export_taxes=raised_exports(world, 4, 0.5), closure=closure, tol=1e-12)
    back = solve(rebase(world, there), export_taxes=world.export_taxes, closure=closure, tol=1e-12)
    # Two solves at 1e-12 and a benchmark rebuilt from flows: 1e-8 leaves conditioning room.
    assert np.abs(there.real_income * back.real_income - 1.0).max() < 1e-8


@pytest.mark.parametrize("rate", [0.1, 1.0])
def test_lerner_symmetry(rate):
    """A tariff on all imports and a tax on all exports at one rate are one policy.

    Lerner (1936): relative prices are the same, so real incomes are, where trade balances.
    """
    world = draw(41, 4, 3, top=0.0)
    abroad = ~np.eye(4, dtype=bool)
    imports, exports = np.zeros_like(world.flows), np.zeros_like(world.flows)
    imports[:, 0] = rate * abroad[0]
    exports[:, :, 0] = rate * abroad[:, 0]
    a = solve(world, imports, closure="balanced", tol=1e-12)
    b = solve(world, export_taxes=exports, closure="balanced", tol=1e-12)
    # Both solved to 1e-12; conditioning of the made worlds is below 100.
    assert np.abs(a.real_income - b.real_income).max() < 1e-10
    assert abs(a.real_income[0] - 1.0) > 1e-3


def test_a_tariff_and_an_export_tax_on_one_flow_differ_by_who_collects():
    """Moved from the buyer's treasury to the seller's: the same wedge, the money elsewhere."""
    world = draw(42, 3, 2, top=0.0)
    tariffs, taxes = np.zeros_like(world.flows), np.zeros_like(world.flows)
    tariffs[0, 0, 1] = taxes[0, 0, 1] = 0.2
    a = solve(world, tariffs, closure="numeraire")
    b = solve(world, export_taxes=taxes, closure="numeraire")
    small = 1e-12 * world.income.max()  # rounding of sums
    assert a.collected[0] > small > abs(a.collected[1])
    assert b.collected[1] > small > abs(b.collected[0])
    assert b.real_income[1] > a.real_income[1]
    paid = np.zeros(3)
    paid[0], paid[1] = -b.collected[1], b.collected[1]
    # Buyer's duty handed to the seller by a transfer: the export tax's equilibrium.
    c = solve(world, tariffs, closure="numeraire", extra_transfers=paid)
    # The certificate, 1e-10, times conditioning below 100.
    assert np.abs(c.real_income - b.real_income).max() < 1e-8


@pytest.mark.parametrize("closure", EVERY)
def test_zeros_in_trade_and_in_use(closure):
    """A flow that was zero stays zero; a good that nobody buys somewhere harms nobody."""
    base = union(7)
    flows = base.flows.copy()
    flows[0, 3, 4] = flows[1, 4, 0] = 0.0
    flows[2, 4, :] = 0.0  # r4 buys none of s2, neither to use nor to consume
    inputs = base.inputs.copy()
    inputs[4, 2, :] = 0.0
    va = 1.0 - inputs.sum(axis=1)
    world = replace(base, flows=flows, inputs=inputs, value_added=va)
    s = solve(world, raised(world, 1, 0.8), closure=closure)
    assert s.residual <= 1e-10
    assert (s.flows[flows == 0.0] == 0.0).all()
    assert s.expenditure[2, 4] == 0.0


@pytest.mark.parametrize("closure", EVERY)
@pytest.mark.parametrize("sectors", [1, 3])
def test_a_world_without_input_output_links_is_the_same_code(closure, sectors):
    """Value-added shares of one: costs are wages, whatever else is asked."""
    base = draw(43, 4, sectors)
    world = make(base.flows, base.theta, tariffs=base.tariffs)
    s = solve(world, raised(world, 2, 0.6), closure=closure)
    assert np.abs(s.costs - s.sector_wages / s.relief).max() < 1e-14  # the same numbers


def test_with_one_sector_it_does_not_matter_whether_workers_may_change_sector():
    world = draw(44, 4, 1)
    new = raised(world, 2, 0.6)
    rules = ("own-share", "stuck", "roy")
    found = [solve(world, new, closure=c, tol=1e-12).real_income for c in rules]
    # Both solved to 1e-12; conditioning of the made worlds is below 100.
    assert np.abs(found[0] - found[1]).max() < 1e-10
    assert np.abs(found[0] - found[2]).max() < 1e-10


def test_reluctant_workers_lie_between_free_and_stuck():
    world = union()
    new = raised(world, 6, 1.0)
    free = solve(world, new, closure="own-share", tol=1e-12)
    loose = Closure("loose", OWN_SHARE, labour=between_sectors(1e9))
    tight = Closure("tight", OWN_SHARE, labour=between_sectors(1.0 + 1e-9))
    a, b = (solve(world, new, closure=c, tol=1e-12) for c in (loose, tight))
    stuck = solve(world, new, closure="stuck", tol=1e-12)
    # The limits are approached at the rate 1e-9.
    assert np.abs(a.real_income - free.real_income).max() < 1e-7
    assert np.abs(b.real_income - stuck.real_income).max() < 1e-7
    middle = solve(world, new, closure="roy", tol=1e-12)
    spread = [np.ptp(s.sector_wages, axis=0).max() for s in (free, middle, stuck)]
    assert spread[0] == 0.0 < spread[1] < spread[2]


def test_stuck_workers_earn_what_their_sector_adds():
    """Jones (1971): with labour specific, pay moves with the sector's own value added."""
    world = union()
    s = solve(world, raised(world, 6, 1.0), closure="stuck", tol=1e-12)
    added = world.value_added.T * s.output / (world.value_added.T * world.output)
    # An identity of the equations kept to 1e-12.
    assert np.abs(np.log(s.sector_wages / added)).max() < 1e-10
    assert np.abs(s.employment - 1.0).max() < 1e-10


def test_provinces_exchange_workers_by_the_stated_rule():
    world = union()
    s = solve(world, raised(world, 6, 1.0), closure="provinces", tol=1e-12)
    weights = world.labour_income[:3]
    pull = weights * s.real_wage[:3] ** 1.5
    want = pull / pull.sum() * weights.sum() / weights
    # The rule written out: rounding and the tolerance.
    assert np.abs(s.labour_force[:3] - want).max() < 1e-10
    assert np.abs(s.labour_force[3:] - 1.0).max() < 1e-14
    heads = world.labour_income * s.labour_force
    per_head = s.income / heads * world.labour_income / world.income / s.price_index
    assert np.abs(s.real_income_per_head - per_head).max() < 1e-14  # rounding
    still = Closure("still", OWN_SHARE, labour=migration(0.0))
    a = solve(world, raised(world, 6, 1.0), closure=still, tol=1e-12)
    b = solve(world, raised(world, 6, 1.0), closure="own-share", tol=1e-12)
    assert np.abs(a.real_income - b.real_income).max() < 1e-10  # tolerance and conditioning


@pytest.mark.parametrize("beta", [0.1, 0.07])
def test_the_wage_curve_holds(beta):
    world = union()
    rates = np.array([0.06, 0.07, 0.08, 0.04, 0.05])
    rule = Closure("curve", OWN_SHARE, wages=wage_curve(beta, rates))
    s = solve(world, raised(world, 6, 1.0), closure=rule, tol=1e-12)
    now = unemployment(s)
    # Blanchflower and Oswald's curve, log real pay on log unemployment: rounding over beta.
    assert np.abs(np.log(s.real_wage) + beta * np.log(now / rates)).max() < 1e-11
    # Value added over pay is work, of a labour force of which 1 - u had some.
    assert np.abs(now - (1.0 - s.employed * (1.0 - rates))).max() < 1e-15
    work = (world.value_added.T * s.output).sum(axis=0) / world.labour_income / s.wages
    assert np.abs(s.employed - work).max() < 1e-10
    assert now.max() > rates.max()


def test_a_steep_wage_curve_is_a_flexible_wage():
    """With an elasticity near one and few unemployed, employment hardly moves."""
    world = union()
    nearly = Closure("nearly", OWN_SHARE, wages=wage_curve(0.99, 1e-9))
    a = solve(world, raised(world, 6, 1.0), closure=nearly, tol=1e-12)
    b = solve(world, raised(world, 6, 1.0), closure="own-share", tol=1e-12)
    # Employment moves by the rate of unemployment, 1e-9, times logs of order one.
    assert np.abs(a.real_income - b.real_income).max() < 1e-7


@pytest.mark.parametrize("labour", [CLOSURES["rigid"].labour, STUCK])
def test_a_rigid_wage_or_full_employment(labour):
    """Rodríguez-Clare, Ulate and Vásquez: w >= floor, l <= 1, and one of them holds."""
    world = union()
    floor = np.array([0.98, 0.98, 0.98, 1.0, 0.0])
    rule = Closure("rigid", OWN_SHARE, labour=labour, wages=rigid(floor))
    s = solve(world, raised(world, 6, 1.0), closure=rule, tol=1e-12)
    pay = s.sector_wages
    assert (pay >= floor - 1e-15).all()
    base = (world.value_added.T * world.output) / world.labour_income
    work = s.employment if labour is STUCK else (base * s.employment).sum(axis=0)
    # A region's total work is at most its labour force; the tolerance.
    assert (work <= 1.0 + 1e-10).all()
    slack = (pay - floor) * (1.0 - work)
    assert np.abs(slack).max() < 1e-10  # one of them holds, to the tolerance
    assert s.employed.min() < 1.0 - 1e-3
    free = Closure("free", OWN_SHARE, labour=labour, wages=rigid(0.0))
    a = solve(world, raised(world, 6, 1.0), closure=free, tol=1e-12)
    b = solve(world, raised(world, 6, 1.0), closure=Closure("b", OWN_SHARE, labour), tol=1e-12)
    assert np.abs(a.real_income - b.real_income).max() < 1e-12  # the same computation


def test_a_payroll_tax_cut_is_a_transfer_where_wages_clear():
    """Who hands the cheque over does not matter unless work does."""
    world = union()
    new = raised(world, 6, 1.0)
    a = solve(world, new, closure=Closure("a", BALANCED, revenue=PAYROLL), tol=1e-12)
    b = solve(world, new, closure="balanced", tol=1e-12)
    # Both solved to 1e-12; conditioning of the made worlds is below 100.
    assert np.abs(a.real_income - b.real_income).max() < 1e-10
    c = solve(world, new, closure="payroll", tol=1e-12)
    d = solve(world, new, closure="wage-curve", tol=1e-12)
    assert (c.employed[:3] > d.employed[:3]).all()
    gain = (1.0 + c.revenue / c.labour_income) / (1.0 + world.revenue / world.labour_income)
    assert np.abs(c.relief - gain).max() < 1e-10  # the rule written out, to the tolerance


def test_a_fund_pays_new_duties_by_its_weights():
    world = union()
    new = raised(world, 6, 1.0)
    weights = np.array([3.0, 1.0, 0.0, 1.0, 1.0])
    rule = Closure("fund", OWN_SHARE, revenue=fund(weights))
    s = solve(world, new, closure=rule)
    scale = s.labour_income.sum() / world.labour_income.sum()
    fresh = s.collected - scale * world.collected
    want = scale * world.revenue[:3] + fresh[:3].sum() * np.array([0.75, 0.25, 0.0])
    # Sums written out; rounding.
    assert np.abs(s.revenue[:3] - want).max() < 1e-12 * world.income.max()
    same = solve(world, world.tariffs, closure=rule)
    assert np.abs(same.real_income - 1.0).max() < 1e-12  # rounding
    with pytest.raises(WorldError, match=r"shape \(3,\), not \(5,\)"):
        solve(world, new, closure=replace(rule, revenue=fund(np.ones(3))))
    with pytest.raises(WorldError, match="add to nothing"):
        solve(world, new, closure=replace(rule, revenue=fund(np.array([0, 0, 0, 1, 1]))))


def test_horizons_are_closures_with_elasticities():
    world = union()
    new = raised(world, 6, 0.5)
    found = {h: solve(world, new, horizon=h) for h in HORIZONS}
    for name, s in found.items():
        assert s.horizon == name
        assert s.closure == HORIZONS[name].closure
        # The set's elasticities times the published factor: rounding.
        assert np.abs(s.world.theta / world.theta - HORIZONS[name].factor).max() < 1e-15
    both = solve(world, new, closure="own-share", horizon="short")
    assert (both.closure, both.horizon) == ("own-share", "short")
    with pytest.raises(UnknownNameError, match="short"):
        solve(world, new, horizon="shor")


@pytest.mark.parametrize(
    ("make_rule", "words"),
    [
        (lambda: between_sectors(1.0), "kappa is 1.0"),
        (lambda: migration(-1.0), "elasticity of migration"),
        (lambda: wage_curve(0.0), "wage curve needs"),
        (lambda: wage_curve(0.1, 0.0), "wage curve needs"),
        (lambda: rigid(1.2), "floor"),
        (lambda: fund(np.array([1.0, -1.0])), "below zero"),
    ],
)
def test_impossible_rules_are_named(make_rule, words):
    with pytest.raises(WorldError, match=words):
        make_rule()


def test_impossible_export_taxes_are_named():
    world = union()
    taxes = np.zeros_like(world.flows)
    taxes[2, 1, 0] = -1.0
    with pytest.raises(WorldError, match="s2, r0 into r1"):
        solve(world, export_taxes=taxes)
    with pytest.raises(WorldError, match="shape"):
        solve(world, export_taxes=taxes[:2])
