"""Aggregating keeps duties, equal parts solve as the whole, updates meet their targets."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

import worlds
from surtax.economy.solve import solve
from surtax.world.aggregate import aggregate
from surtax.world.check import check
from surtax.world.load import load
from surtax.world.published import own, read_targets
from surtax.world.sources.pack import read_pack, write_pack
from surtax.world.split import split_region, split_sector
from surtax.world.targets import Target, against, coefficients
from surtax.world.update import update
from surtax.world.world import World

EXACT = 1e-12  # sums of a few hundred doubles
SOLVED = 1e-9  # two solves, each certified to 1e-10


def faults(world: World) -> list[str]:
    return [f"{f.where}: {f.message}" for f in check(world) if f.severity == "fault"]


@pytest.fixture(scope="module")
def canada() -> World:
    return load("can17x28")


# --- aggregate -------------------------------------------------------------------------------


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_aggregating_keeps_sums_and_revenue(seed: int):
    world = worlds.draw(seed, 5, 4)
    made = aggregate(
        world, regions={"A": ["r0", "r3"], "B": ["r1", "r4"]}, sectors={"M": ["s1", "s2"]}
    )
    assert faults(made) == []
    assert made.regions == ("A", "B", "r2")
    assert made.sectors == ("s0", "M", "s3")
    for name in ("collected", "revenue", "labour_income", "income"):
        old = getattr(world, name)
        expected = [old[0] + old[3], old[1] + old[4], old[2]]
        np.testing.assert_allclose(getattr(made, name), expected, rtol=EXACT)
    deficits = world.deficits
    expected = [deficits[0] + deficits[3], deficits[1] + deficits[4], deficits[2]]
    np.testing.assert_allclose(made.deficits, expected, atol=EXACT * world.income.sum())
    bought = world.flows[1:3, 2][:, [0, 3]].sum()
    assert made.flows[1, 2, 0] == pytest.approx(bought, rel=EXACT)
    duty = (world.flows * world.tariffs)[1:3, 2][:, [0, 3]].sum()
    assert made.tariffs[1, 2, 0] * made.flows[1, 2, 0] == pytest.approx(duty, rel=EXACT)
    used = (world.inputs * world.output.T[:, None, :])[[0, 3]][:, 0, 1:3].sum()
    assert made.inputs[0, 0, 1] * made.output[1, 0] == pytest.approx(used, rel=EXACT)


def test_provinces_of_one_treasury_add_up(canada: World):
    made = aggregate(canada, regions={"WEST": ["BC", "AB", "SK", "MB"]})
    assert faults(made) == []
    at = made.region("WEST")
    assert made.treasuries[at] == "CAN"
    west = [canada.region(r) for r in ("BC", "AB", "SK", "MB")]
    assert made.treasury_shares[at] == pytest.approx(canada.treasury_shares[west].sum(), rel=EXACT)
    np.testing.assert_allclose(made.revenue.sum(), canada.revenue.sum(), rtol=EXACT)
    assert made.name == "can17x28-14x28"
    assert "Aggregated from can17x28" in made.notes[-1]


def test_duties_inside_a_group_are_kept_and_said(canada: World):
    made = aggregate(canada, regions={"NA": [*canada.regions[:10], "USA", "MEX"]})
    assert made.collected.sum() == pytest.approx(canada.collected.sum(), rel=EXACT)
    inside = float((canada.flows * canada.tariffs)[:, :12, :12].sum())
    at = made.region("NA")
    assert (made.flows * made.tariffs)[:, at, at].sum() == pytest.approx(inside, rel=EXACT)
    assert "inside a group" in made.notes[-1]
    assert any(f.check == "no duty inside a region" for f in check(made))
    assert made.treasuries[at] == "NA"


def test_elasticities_of_a_group_are_weighted_by_trade():
    world = worlds.draw(3, 3, 3)
    made = aggregate(world, sectors={"M": ["s0", "s1"]})
    weight = (world.flows * (1 - np.eye(3))).sum(axis=(1, 2))[:2]
    expected = (weight @ world.theta[:2]) / weight.sum()
    assert made.theta.tolist() == pytest.approx([expected, world.theta[2]], rel=EXACT)
    same = aggregate(replace(world, theta=np.full(3, 4.1)), sectors={"M": ["s0", "s1"]})
    assert same.theta.tolist() == [4.1, 4.1]


def test_aggregating_to_one_region_and_sector():
    world = worlds.draw(8, 4, 3)
    made = aggregate(world, regions={"W": world.regions}, sectors={"G": world.sectors})
    assert faults(made) == []
    assert made.labour_income.sum() == pytest.approx(world.labour_income.sum(), rel=EXACT)


def test_a_symmetric_group_solves_as_its_members(canada: World):
    """Splitting and adding up again gives the world back."""
    halves = split_region(canada, "USA", {"E": 0.25, "W": 0.75})
    again = aggregate(halves, regions={"USA": ["E", "W"]}, name="can17x28")
    for name in ("flows", "tariffs", "inputs", "value_added", "theta", "treasury_shares"):
        np.testing.assert_allclose(
            getattr(again, name), getattr(canada, name), rtol=1e-11, atol=1e-15
        )
    assert again.treasuries == canada.treasuries


def test_export_taxes_are_kept():
    world = worlds.draw(4, 4, 3)
    taxes = np.random.default_rng(2).uniform(0.0, 0.1, world.flows.shape)
    taxes[:, np.arange(4), np.arange(4)] = 0.0
    world = replace(world, export_taxes=taxes)
    made = aggregate(world, regions={"A": ["r0", "r2"]}, sectors={"M": ["s0", "s1"]})
    expected = [world.collected[0] + world.collected[2], world.collected[1], world.collected[3]]
    np.testing.assert_allclose(made.collected, expected, rtol=EXACT)
    np.testing.assert_allclose(made.expenditure.sum(), world.expenditure.sum(), rtol=EXACT)
    for finer in (
        split_sector(world, "s1", {"a": {r: 0.2 + 0.1 * n for n, r in enumerate(world.regions)},
                                   "b": {r: 0.8 - 0.1 * n for n, r in enumerate(world.regions)}}),
        split_region(world, "r1", {"a": 0.3, "b": 0.7}),
    ):  # fmt: skip
        assert faults(finer) == []
        assert finer.collected.sum() == pytest.approx(world.collected.sum(), rel=EXACT)
    goal = float(world.labour_income[0] * 1.02)
    later = update(world, [Target("value-added", goal, "*", "r0")])
    assert faults(later) == []
    assert later.labour_income[0] == pytest.approx(goal, rel=1e-8)


# --- split -----------------------------------------------------------------------------------


def shocked(world: World, *buyers: str) -> np.ndarray:
    """A duty of 25 % by the buyers on goods from the ten provinces."""
    tariffs = world.tariffs.copy()
    at = [world.region(b) for b in buyers]
    canada = [n for n, t in enumerate(world.treasuries) if t == "CAN"]
    tariffs[np.ix_(np.flatnonzero(world.traded), at, canada)] += 0.25
    return tariffs


def test_equal_halves_of_a_region_solve_as_the_whole(canada: World):
    halves = split_region(canada, "USA", {"E": 0.5, "W": 0.5})
    assert faults(halves) == []
    one = solve(canada, shocked(canada, "USA"))
    two = solve(halves, shocked(halves, "E", "W"))
    e, usa = halves.region("E"), canada.region("USA")
    assert (e, usa) == (10, 10)
    for name in ("real_income", "real_wage", "wages", "price_index"):
        whole, parts = getattr(one, name), getattr(two, name)
        np.testing.assert_allclose(np.delete(parts, e), whole, rtol=SOLVED)
        assert parts[e] == pytest.approx(whole[usa], rel=SOLVED)
    assert two.revenue[e : e + 2].sum() == pytest.approx(one.revenue[usa], rel=1e-8)
    np.testing.assert_allclose(two.output[:, e] * 2, one.output[:, usa], rtol=1e-8)


def test_equal_halves_of_a_sector_solve_as_the_whole(canada: World):
    halves = split_sector(canada, "MIN", {"POT": 0.5, "ORE": 0.5})
    assert faults(halves) == []
    one, two = solve(canada, shocked(canada, "USA")), solve(halves, shocked(halves, "USA"))
    np.testing.assert_allclose(two.real_income, one.real_income, rtol=SOLVED)
    s = canada.sector("MIN")
    np.testing.assert_allclose(two.prices[s], one.prices[s], rtol=SOLVED)
    np.testing.assert_allclose(two.output[s] + two.output[s + 1], one.output[s], rtol=1e-8)


def test_potash_is_dug_where_it_is_said_to_be(canada: World):
    into = {"POT": {"SK": 0.8}, "ORE": {r: 0.2 if r == "SK" else 1.0 for r in canada.regions}}
    made = split_sector(canada, "MIN", into)
    assert faults(made) == []
    pot, mines = made.sector("POT"), canada.sector("MIN")
    sk = canada.region("SK")
    assert made.output[pot, sk] == pytest.approx(0.8 * canada.output[mines, sk], rel=EXACT)
    assert made.output[pot].sum() == pytest.approx(made.output[pot, sk], rel=EXACT)
    np.testing.assert_allclose(made.deficits, canada.deficits, atol=1e-9)
    np.testing.assert_allclose(made.labour_income, canada.labour_income, rtol=EXACT)


def test_parts_of_a_region_by_sector(canada: World):
    shares = {s: 0.9 if s == "OIL" else 0.3 for s in canada.sectors}
    other = {s: 1.0 - v for s, v in shares.items()}
    made = split_region(canada, "AB", {"NORTH": shares, "SOUTH": other})
    assert faults(made) == []
    north, oil = made.region("NORTH"), canada.sector("OIL")
    ab = canada.region("AB")
    assert made.output[oil, north] == pytest.approx(0.9 * canada.output[oil, ab], rel=EXACT)
    assert made.treasuries[north] == "CAN"
    both = made.labour_income[north : north + 2].sum()
    assert both == pytest.approx(canada.labour_income[ab], rel=EXACT)
    kept = np.delete(np.arange(len(made.regions)), [north, north + 1])
    np.testing.assert_allclose(made.income[kept], np.delete(canada.income, ab), rtol=EXACT)


# --- update ----------------------------------------------------------------------------------


def scaled(table: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Row and column scaling, plainly."""
    for _ in range(2000):
        table = table * (rows / table.sum(axis=1))[:, None]
        table = table * (columns / table.sum(axis=0))[None, :]
    return table


def test_ras_is_the_scaling_of_rows_and_columns():
    world = worlds.draw(5, 4, 2)
    flows = world.flows[0]
    rows = flows.sum(axis=1) * np.array([1.05, 0.98, 1.02, 1.0])
    columns = flows.sum(axis=0) * 1.01
    columns *= rows.sum() / columns.sum()
    targets = [Target("flow", float(v), "s0", "*", f"r{n}") for n, v in enumerate(rows)]
    targets += [Target("flow", float(v), "s0", f"r{i}", "*") for i, v in enumerate(columns)]
    made = update(world, targets)
    np.testing.assert_allclose(made.flows[0], scaled(flows, rows, columns), rtol=1e-8)
    np.testing.assert_array_equal(made.flows[1], world.flows[1])
    assert faults(made) == []
    assert "by ras" in made.notes[-1]


def test_least_squares_is_the_nearest_table():
    world = worlds.draw(6, 3, 2)
    x0 = world.flows[0].reshape(-1)
    rows = np.kron(np.eye(3), np.ones(3))  # what each region buys
    goal = rows @ x0 * np.array([1.1, 0.9, 1.0])
    targets = [Target("flow", float(v), "s0", "*", f"r{n}") for n, v in enumerate(goal)]
    made = update(world, targets, method="least-squares")
    best = minimize(
        lambda x: ((x - x0) ** 2 / x0).sum(), x0, jac=lambda x: 2 * (x - x0) / x0,
        constraints={"type": "eq", "fun": lambda x: rows @ x - goal, "jac": lambda _: rows},
        method="SLSQP", options={"ftol": 1e-14, "maxiter": 500},
    )  # fmt: skip
    np.testing.assert_allclose(made.flows[0].reshape(-1), best.x, rtol=1e-6)  # SLSQP's own end


def test_least_squares_never_goes_below_zero():
    world = worlds.draw(7, 3, 1)
    flows = world.flows[0]
    abroad = float(flows[0, 1] + flows[0, 2])
    targets = [
        Target("flow", float(flows[0].sum()), "*", "*", "r0"),
        Target("flow", 1e-6 * abroad, "*", "r1", "r0"),
        Target("balance", float(3.0 * flows[1, 0]), "*", "r0"),
    ]
    made = update(world, targets, method="least-squares")
    assert (made.flows >= 0).all()
    assert faults(made) == []


def test_targets_of_every_kind_are_met(canada: World):
    targets = [
        Target("flow", 4.2, "MIN", "SK", "USA"),
        Target("flow", 6.4, "MIN", "CAN", "USA"),
        Target("value-added", 480.0, "*", "QC"),
        Target("balance", -20.0, "*", "JPN"),
        Target("flow", 1000.0, "services", "USA", "abroad"),
    ]
    for method in ("ras", "least-squares"):
        made = update(canada, targets, method=method)
        assert faults(made) == []
        sk, usa, mines = (made.region("SK"), made.region("USA"), made.sector("MIN"))
        assert made.flows[mines, usa, sk] == pytest.approx(4.2, rel=1e-8)
        assert made.flows[mines, usa, :10].sum() == pytest.approx(6.4, rel=1e-8)
        assert made.labour_income[made.region("QC")] == pytest.approx(480.0, rel=1e-8)
        assert made.deficits[made.region("JPN")] == pytest.approx(20.0, rel=1e-8)
        sold = np.delete(made.flows[~made.traded][:, :, usa], usa, axis=1).sum()
        assert sold == pytest.approx(1000.0, rel=1e-8)
        assert all(f.severity == "note" for f in against(made, targets))
        np.testing.assert_array_equal(made.value_added, canada.value_added)


@pytest.mark.parametrize("method", ["ras", "least-squares"])
def test_trade_may_be_brought_to_nothing(canada: World, method: str):
    targets = [
        Target("flow", 0.0, "OIL", "AB", "USA"),
        Target("value-added", float(canada.labour_income[canada.region("AB")]), "*", "AB"),
    ]
    made = update(canada, targets, method=method)
    oil, usa, ab = made.sector("OIL"), made.region("USA"), made.region("AB")
    assert made.flows[oil, usa, ab] < 1e-12 * canada.flows[oil, usa, ab]
    assert made.labour_income[ab] == pytest.approx(canada.labour_income[ab], rel=1e-8)
    assert faults(made) == []


def test_an_update_to_what_holds_moves_nothing(canada: World):
    targets = [
        Target("value-added", float(v), "*", r)
        for r, v in zip(canada.regions, canada.labour_income, strict=True)
    ]
    made = update(canada, targets)
    np.testing.assert_allclose(made.flows, canada.flows, rtol=1e-8)
    assert "0.00 % of trade moved" in made.notes[-1]


# --- published numbers -----------------------------------------------------------------------


def test_what_a_target_counts():
    world = worlds.union()
    flows = world.flows
    cells = {
        Target("flow", 1.0, "s1", "r0", "r3"): flows[1, 3, 0],
        Target("flow", 1.0, "*", "FED", "abroad"): flows[:, 3:, :3].sum(),
        Target("flow", 1.0, "*", "abroad", "r4"): flows[:, 4, :4].sum(),
        Target("flow", 1.0, "s0", "r3", "*"): flows[0, :, 3].sum(),
        Target("balance", 1.0, "*", "FED"): flows[:, 3:, :3].sum() - flows[:, :3, 3:].sum(),
        Target("balance", 1.0, "*", "r0"): flows[:, 1:, 0].sum() - flows[:, 0, 1:].sum(),
        Target("value-added", 1.0, "*", "FED"): world.labour_income[:3].sum(),
    }
    for target, expected in cells.items():
        value = (coefficients(world, target) * flows).sum()
        assert value == pytest.approx(expected, rel=EXACT), str(target)


def test_gaps_over_a_tenth_are_warnings():
    world = worlds.draw(1, 3, 2)
    value = float(world.labour_income[0])
    near, far, other = against(world, [
        Target("value-added", value / 1.05, "*", "r0", source="the office"),
        Target("value-added", value / 1.25, "*", "r0"),
        Target("balance", 1e9, "*", "r0"),
    ])  # fmt: skip
    assert near.severity == "note"
    assert "5.0 % more than" in near.message
    assert "(the office)" in near.message
    assert far.severity == "warning"
    assert far.size == pytest.approx(value - value / 1.25)
    assert other.severity == "warning"


def test_a_pack_may_list_its_published_numbers(tmp_path: Path, canada: World):
    from world_packs import list_table

    folder = write_pack(canada, tmp_path / "pack")
    assert own(folder) == []
    text = "item,sector,origin,destination,value,source\nvalue-added,,ON,,1000,Statistics Canada\n"
    (folder / "official.csv").write_text(text, encoding="utf-8")
    list_table(folder, "official", "official.csv")
    expected = [Target("value-added", 1000.0, "*", "ON", "*", "Statistics Canada")]
    assert own(folder) == expected
    assert read_targets(folder / "official.csv") == expected
    assert read_pack(folder).regions == canada.regions


def test_implausible_shares_are_named():
    world = worlds.draw(2, 3, 3)
    added = world.value_added.copy()
    added[1, 2] = 0.01
    inputs = world.inputs.copy()
    inputs[1, :, 2] = [0.9, 0.05, 0.04]
    found = {(f.check, f.where) for f in check(replace(world, value_added=added, inputs=inputs))}
    assert ("implausible share", "r1, s2") in found
    texts = [f.message for f in check(replace(world, value_added=added, inputs=inputs))
             if f.check == "implausible share"]  # fmt: skip
    assert "Value added is 1.00 % of output." in texts
    assert "90 % of output is spent on s0 alone." in texts
