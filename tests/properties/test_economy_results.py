"""Attribution, incidence, index numbers and tables."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from surtax.economy import outcomes, tables
from surtax.economy.attribution import _kinks, _Path, _stop, attribute
from surtax.economy.closure import CLOSURES
from surtax.economy.incidence import incidence
from surtax.economy.indices import (
    diversion,
    gdp,
    gdp_at_world_prices,
    gdp_base,
    producer_prices,
    terms_of_trade,
    world_prices,
)
from surtax.economy.results import first_order_welfare, rebase
from surtax.economy.solve import solve
from surtax.errors import MissingExtraError
from worlds import draw, drawn, make, over, raised, union

EVERY = tuple(CLOSURES)


def shocked(closure, kind="export taxes"):
    """Every instrument moved at once on a world of a kind."""
    world = drawn(kind, 3, 5, 3)
    away = ~world.union
    rng = np.random.default_rng(7)
    if kind == "export taxes":
        world = replace(world, export_taxes=0.1 * away * rng.random(world.flows.shape))
    was = np.zeros_like(world.flows) if world.export_taxes is None else world.export_taxes
    costs = 1.0 + 0.1 * away * rng.random(world.flows.shape)
    gift = np.array([0.2, -0.1, 0.0, 0.1, -0.2])
    return solve(
        world, raised(world, 1, 0.6), costs, closure, export_taxes=was + 0.1 * away,
        extra_transfers=gift,
    )  # fmt: skip


@over(EVERY)
def test_the_parts_add_to_the_whole(closure, kind):
    s = shocked(closure, kind)
    split = attribute(s, outcomes.group_real_income(s.world, ("r0", "r1", "r2")))
    whole = split.end - split.start
    assert abs(whole) > 1e-3
    # Quadrature to 1e-9 of the parts' sizes, which are below one.
    assert abs(split.parts.total - whole) < 2e-9
    assert split.gap == pytest.approx(whole - split.parts.total, abs=1e-15)
    want = s.group_real_income(("r0", "r1", "r2"))
    assert abs(split.start + whole - want) < 1e-14
    listed = sum(float(row["change"]) for row in split.rows())
    assert abs(listed - whole) < 2e-9
    kinds = {row["instrument"] for row in split.rows()}
    assert kinds == {"tariffs", "export_taxes", "trade_costs", "transfers"}
    if CLOSURES[closure].keeps_benchmark:
        assert abs(split.rules) < 1e-9  # a zero shock is the benchmark, to the tolerance
    else:
        assert abs(split.rules) > 1e-6  # the end of the deficits is told apart


def test_the_path_is_cut_where_a_wage_meets_its_floor():
    s = shocked("stuck-rigid")
    path = _Path(s)
    stops = [_stop(part, path.at(part, None)) for part in (0.02, 0.98)]
    kinks = _kinks(path, *stops)
    assert kinks, "no wage meets its floor on the way"
    for at in kinks:
        a, b = (path.at(at + side, None).point for side in (-1e-6, 1e-6))
        assert ((a.wage == a.latent) != (b.wage == b.latent)).any()
    split = attribute(s, outcomes.group_real_income(s.world, ("r0",)))
    assert split.nodes > 20
    # Forty nodes on a path that is not cut leave 1e-6 and more.
    assert abs(split.gap) < 1e-10


def test_for_a_small_shock_the_formula_is_the_attribution():
    world = union()
    errors = []
    for size in (1e-2, 1e-3):
        s = solve(world, raised(world, 1, size), tol=1e-13)
        split = attribute(s, outcomes.real_income(world))
        errors.append(np.abs(split.parts.tariffs - split.first_order.tariffs).max())
    # Second order: a shock ten times smaller leaves an error a hundred times smaller.
    assert errors[1] < 0.02 * errors[0]
    big = attribute(solve(world, raised(world, 1, 1.0)), outcomes.real_income(world))
    assert abs(big.first_order.total - (big.end - big.start)) > 1e-3


def test_a_prohibition_is_attributed():
    world = draw(61, 4, 2)
    shut = world.tariffs.copy()
    shut[0, 1, 2] = np.inf
    shut[1, 1, 0] += 0.5
    s = solve(world, shut, closure="own-share")
    split = attribute(s, outcomes.real_income(world, np.eye(4)[1]))
    # The path to a prohibition is not smooth at its end: theta is no whole number.
    assert abs(split.gap) < 1e-5 * abs(split.end - split.start)
    moved = np.argwhere(split.parts.tariffs != 0.0)
    assert {tuple(m) for m in moved} == {(0, 1, 2), (1, 1, 0)}


@over(EVERY)
def test_gdp_three_ways(closure, kind):
    s = shocked(closure, kind)
    g = gdp(s)
    # Three sums that agree in equilibrium only: the certificate, and conditioning.
    assert np.abs(g.expenditure / g.income - 1.0).max() < 1e-9
    assert np.abs(g.output / g.income - 1.0).max() < 1e-9


@over(EVERY)
def test_the_revenue_identity(closure, kind):
    """What treasuries collect is what buyers pay less what sellers get, and is all shared."""
    s = shocked(closure, kind)
    paid = (s.shares * s.expenditure[:, :, None]).sum()
    assert abs(paid - s.flows.sum() - s.collected.sum()) < 1e-12 * paid  # rounding
    assert abs(s.revenue.sum() - s.collected.sum()) < 1e-12 * paid
    duty = s.flows * (1 + s.export_taxes) * s.tariffs
    levy = s.flows * s.export_taxes
    want = duty.sum(axis=(0, 2)) + levy.sum(axis=(0, 1))
    # Levels against rates times flows: rounding only, both from the same shares.
    assert np.abs(s.collected - want).max() < 1e-12 * paid


def test_terms_of_trade_by_hand_and_lerners_neutrality():
    world = make([[[50.0, 10.0, 5.0], [10.0, 60.0, 5.0], [5.0, 5.0, 40.0]]], [4.0])
    new = np.zeros((1, 3, 3))
    new[0, 0, 1] = 0.3
    s = solve(world, new, closure="balanced")
    c = np.log(s.costs[0])
    want = c[0] - (10.0 * c[1] + 5.0 * c[2]) / 15.0
    assert abs(np.log(terms_of_trade(s)[0]) - want) < 1e-14
    assert terms_of_trade(s)[0] > 1.0 > terms_of_trade(s)[1]
    # A tariff on all imports and a tax on all exports: border prices move by the tax apart.
    every, taxes = np.zeros((1, 3, 3)), np.zeros((1, 3, 3))
    every[0, 0, 1:] = taxes[0, 1:, 0] = 0.3
    a = solve(world, every, closure="balanced", tol=1e-12)
    b = solve(world, export_taxes=taxes, closure="balanced", tol=1e-12)
    assert np.abs(terms_of_trade(a) / terms_of_trade(b) - 1.0).max() < 1e-10  # the tolerance


def test_index_numbers_at_the_benchmark_are_one():
    world = union()
    s = solve(world)
    for index in (terms_of_trade(s), producer_prices(s), gdp_at_world_prices(s)):
        assert np.abs(index - 1.0).max() < 1e-12  # rounding
    assert abs(world_prices(s) - 1.0) < 1e-12
    # Expenditure and output ways against the benchmark's income way: rounding.
    assert np.abs(gdp(s).expenditure / gdp_base(s) - 1.0).max() < 1e-12


@over(EVERY)
def test_incidence_adds_up_to_the_cent(closure, kind):
    s = shocked(closure, kind)
    found = incidence(s)
    # An identity of prices and quantities: rounding.
    scale = s.expenditure.sum()
    assert np.abs(found.sellers + found.buyers - found.taxes).max() < 1e-13 * scale
    assert np.abs(found.households + found.firms.sum(axis=2).T - 1.0).max() < 1e-8
    for row in found.by_region():
        parts = row["foreign_exporters"] + row["households"] + row["firms"]
        assert abs(parts - row["taxes"]) < 1e-12 * scale
    by_user = sum(float(r["firms"]) for r in found.by_user())
    assert abs(by_user - sum(float(r["firms"]) for r in found.rows())) < 1e-8 * scale


def test_a_small_buyer_bears_its_tariff_and_a_large_one_does_not():
    """The price taken as given is paid in full at home; a large buyer's seller gives way."""
    flows = np.array([[[0.9e-3, 1e-4], [1e-4, 1000.0]]])
    world = make(flows, [5.0])
    new = np.zeros((1, 2, 2))
    new[0, 0, 1] = 0.1
    small = incidence(solve(world, new, closure="balanced")).by_region()[0]
    assert abs(float(small["exporters_share"])) < 1e-4  # its share of the world is 1e-6
    even = make(np.array([[[50.0, 50.0], [50.0, 50.0]]]), [5.0])
    large = incidence(solve(even, new, closure="balanced")).by_region()[0]
    assert 0.1 < float(large["exporters_share"]) < 0.9


@pytest.mark.parametrize("closure", ["own-share", "stuck", "provinces"])
def test_diversion_adds_up_and_moves_between_partners(closure):
    world = union()
    new = world.tariffs.copy()
    new[:, 3, 4] += 0.5
    s = solve(world, new, closure=closure)
    d = diversion(s)
    assert np.abs(d.before + d.diverted + d.scale - d.after).max() < 1e-12 * d.before.max()
    assert np.abs(d.diverted.sum(axis=1)).max() < 1e-12 * d.before.max()  # rounding
    assert d.diverted[3, 4] < 0.0 < min(d.diverted[3, :3])


def test_tables_agree_with_fields():
    s = shocked("stuck-wage-curve")
    rows = tables.regions(s)
    assert [r["region"] for r in rows] == list(s.world.regions)
    assert rows[0]["closure"] == "stuck-wage-curve"
    assert rows[1]["real_income"] == pytest.approx(s.real_income[1] - 1.0, abs=1e-15)
    formula = first_order_welfare(s.world, s).total
    assert [r["first_order_welfare"] for r in rows] == formula.tolist()
    assert abs(formula[1] - (s.real_income[1] - 1.0)) > 1e-3  # a formula, no change
    cells = tables.sectors(s)
    assert len(cells) == s.output.size
    want = {(r["region"], r["sector"]): r["employment"] for r in cells}
    assert want["r2", "s1"] == pytest.approx(s.employment[1, 2] - 1.0, abs=1e-15)
    listed = {(r["region"], r["partner"]): r["imports_amount"] for r in tables.pairs(s)}
    assert ("r0", "r1") not in listed  # one treasury: not abroad
    assert listed["r0", "r3"] == pytest.approx(s.flows[:, 0, 3].sum(), rel=1e-14)
    frame = tables.frame(cells)
    assert frame.height == len(cells)
    assert set(frame.columns) == set(cells[0])


@pytest.mark.parametrize("closure", ["own-share", "stuck-rigid"])
def test_every_table_says_closure_and_horizon(closure):
    world = union()
    s = solve(world, raised(world, 1, 0.3), closure=closure, horizon="short")
    paid = incidence(s)
    split = attribute(s, outcomes.real_income(s.world))
    made = {
        "regions": tables.regions(s), "sectors": tables.sectors(s), "pairs": tables.pairs(s),
        "who pays": paid.rows(), "by region": paid.by_region(), "by user": paid.by_user(),
        "parts": split.rows(),
    }  # fmt: skip
    for name, rows in made.items():
        assert rows, name
        for row in tables.frame(rows).iter_rows(named=True):
            assert (row["closure"], row["horizon"]) == (closure, "short"), name


def test_a_data_set_with_named_axes():
    s = shocked("own-share")
    try:
        import xarray  # noqa: F401
    except ImportError:
        with pytest.raises(MissingExtraError, match="xarray"):
            tables.dataset(s)
        return
    made = tables.dataset(s)
    cell = made["flows"].sel(sector="s1", region="r2", seller="r4")
    assert float(cell) == s.flows[1, 2, 4]
    assert (made.attrs["closure"], made.attrs["horizon"]) == ("own-share", "")
    # What the table of regions says, as levels; and trade diversion, buyer before seller.
    of_one = {
        "real_income": "real_income", "real_wage": "real_wage", "price_index": "prices",
        "terms_of_trade": "terms_of_trade", "producer_price_index": "producer_prices",
        "gdp_at_world_prices": "gdp", "real_income_per_head": "real_income_per_head",
    }  # fmt: skip
    for row in tables.regions(s):
        at = made.sel(region=row["region"])
        for name, column in of_one.items():
            assert float(at[name]) == pytest.approx(1.0 + float(row[column]), abs=1e-14)
        assert float(at["gdp"]) == row["gdp_amount"]
        assert float(at["first_order_welfare"]) == row["first_order_welfare"]
        assert float(at["unemployment"]) == row["unemployment"]
        assert float(at["exports"]) == s.exports[s.world.region(str(row["region"]))]
    for row in tables.pairs(s):
        at = made.sel(region=row["region"], seller=row["partner"])
        assert float(at["diverted"]) == row["diverted"]
    assert made["export_taxes"].dims == made["tariffs"].dims == ("sector", "region", "seller")
    assert float(made["theta"].sel(sector="s2")) == s.world.theta[2]


def test_the_formula_of_the_paper_stands_beside():
    world = draw(31, 3, 2)
    world = rebase(world, solve(world, closure="balanced", tol=1e-13))
    new = world.tariffs.copy()
    new[:, 0, 1] += 1e-3
    s = solve(world, new, closure="balanced", tol=1e-13)
    split = attribute(s, outcomes.real_income(world, np.eye(3)[0]))
    formula = first_order_welfare(world, s).total[0]
    # Both are first order in 1e-3; their difference is second order.
    assert abs(split.first_order.total - formula) < 1e-5
