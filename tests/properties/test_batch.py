"""Many scenarios in one call: the same answers as one by one, and nobody stops the others."""

from __future__ import annotations

from importlib.util import find_spec

import numpy as np
import pytest

from surtax.economy.batch import Case, solve_many
from surtax.economy.closure import CLOSURES
from surtax.economy.outcomes import revenue
from surtax.economy.solve import solve
from surtax.errors import UnknownNameError
from worlds import draw, raised, union

ENGINES = [
    "numpy",
    pytest.param(
        "fast",
        marks=pytest.mark.skipif(
            find_spec("numba") is None,
            reason="NOT CHECKED: the compiled engine needs numba (pip install 'surtax[fast]')",
        ),
    ),
]


def shocks(world, count):
    return np.stack([raised(world, seed, 0.2 + 0.1 * seed) for seed in range(count)])


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("closure", tuple(CLOSURES))
def test_a_batch_says_what_single_solves_say(closure, engine):
    world = union()
    tariffs = shocks(world, 5)
    many = solve_many(world, tariffs, closure, block=3, workers=1, tol=1e-12, engine=engine)
    assert len(many) == 5
    assert many.solved.all(), many.status
    assert many.residual.max() <= 1e-12
    assert many.walras.max() <= 1e-12
    for k, new in enumerate(tariffs):
        one = solve(world, new, closure=closure, tol=1e-12)
        # Both hold every equation to 1e-12; conditioning of the made worlds is below 100.
        assert np.abs(many.outcomes["real_income"][k] - one.real_income).max() < 1e-10
        assert np.abs(many.outcomes["revenue"][k] / one.revenue - 1.0).max() < 1e-9


def test_every_instrument_and_threads_and_iterators():
    world = draw(5, 4, 3)
    away = 1.0 - np.eye(4)
    shares = np.ones(4)
    cases = [
        Case(),
        Case(tariffs_new=raised(world, 1, 0.5)),
        Case(trade_costs=1.0 + 0.2 * away * np.ones((3, 4, 4))),
        Case(export_taxes=0.1 * away * np.ones((3, 4, 4)), treasury_shares=shares),
        Case(extra_transfers=0.01 * world.labour_income[0] * np.array([1.0, -1.0, 0.0, 0.0])),
    ]
    keep = ("prices", "trade", revenue(np.ones(4)))
    with pytest.raises(UnknownNameError, match="field “trade”"):
        solve_many(world, iter(cases), keep=keep)
    keep = ("prices", "collected", revenue(np.ones(4)))
    many = solve_many(world, iter(cases), keep=keep, block=2, workers=2, tol=1e-12)
    assert tuple(many.outcomes) == ("prices", "collected", "revenue")
    assert many.outcomes["prices"].shape == (5, 3, 4)
    for k, c in enumerate(cases):
        one = solve(
            world, c.tariffs_new, c.trade_costs, export_taxes=c.export_taxes,
            treasury_shares=c.treasury_shares, extra_transfers=c.extra_transfers, tol=1e-12,
        )  # fmt: skip
        assert np.abs(many.outcomes["prices"][k] - one.prices).max() < 1e-10
        assert abs(many.outcomes["revenue"][k] / one.revenue.sum() - 1.0) < 1e-9
    # The first scenario changes nothing: rounding only.
    assert np.abs(many.outcomes["prices"][0] - 1.0).max() < 1e-12


def test_a_scenario_that_fails_says_why_and_does_not_stop_the_others():
    world = draw(7, 3, 2)
    good = raised(world, 1, 0.4)
    nan, low, small = good.copy(), good.copy(), good[:, :2]
    nan[1, 0, 2], low[0, 1, 2] = np.nan, -1.5
    shut = good.copy()
    shut[0, 1] = np.inf
    many = solve_many(world, [good, nan, low, small, shut, good], block=4, workers=2)
    assert many.solved.tolist() == [True, False, False, False, False, True]
    assert "r2 into r0" in many.status[1]
    assert "−100 %" in many.status[2]
    assert "shape" in many.status[3]
    assert "every supplier is prohibited" in many.status[4]
    for column in many.outcomes.values():
        assert np.isnan(column[1:5]).all()
        assert np.isfinite(column[[0, 5]]).all()
    assert np.isnan(many.residual[1:5]).all()
    # The same scenario in two blocks of different sizes: matrix products of other shapes.
    income = many.outcomes["real_income"]
    assert np.abs(income[0] - income[5]).max() < 1e-13


def test_a_scenario_without_an_equilibrium_has_no_numbers():
    """Deficits that must be paid when all trade is prohibited."""
    world = draw(7, 3, 2)
    closed = np.where(np.eye(3) > 0, world.tariffs, np.inf)
    assert np.abs(world.deficits).max() > 0.01 * world.income.min()
    many = solve_many(world, [closed, world.tariffs], "numeraire", workers=1)
    assert many.solved.tolist() == [False, True]
    assert many.status[0].startswith("Not solved: ")
    assert "no equilibrium found" in many.status[0]
    assert np.isnan(many.outcomes["real_wage"][0]).all()


def test_large_shocks_leave_the_block_and_are_solved_alone():
    world = draw(9, 4, 2)
    away = 1.0 - np.eye(4)
    ban = np.where(away > 0, np.inf, 0.0) * np.ones((2, 1, 1))
    mild = raised(world, 1, 0.1)
    many = solve_many(world, [mild, ban, mild], "balanced", workers=1)
    assert many.solved.all(), many.status
    alone = solve(world, ban, closure="balanced")
    # Both are autarky to 1e-10 in every equation.
    assert np.abs(many.outcomes["real_wage"][1] - alone.real_wage).max() < 1e-8


def test_a_neighbours_answer_saves_sweeps():
    world = union()
    near = raised(world, 3, 0.5)
    tariffs = np.stack([near + 0.001 * k * (near > 0) for k in range(4)])
    cold = solve_many(world, tariffs, workers=1)
    warm = solve_many(world, tariffs, workers=1, start=solve(world, near).unknowns)
    assert warm.iterations.sum() < cold.iterations.sum()
    assert np.abs(warm.outcomes["income"] / cold.outcomes["income"] - 1.0).max() < 1e-8


def test_nothing_to_solve_is_an_empty_batch():
    many = solve_many(draw(7, 3, 2), [])
    assert len(many) == 0
    assert many.outcomes["real_income"].shape[0] == 0


def test_an_unknown_engine_is_named():
    with pytest.raises(UnknownNameError, match="engine “fats”"):
        solve_many(draw(7, 3, 2), [], engine="fats")


def test_answers_do_not_depend_on_the_number_of_threads():
    world = union()
    tariffs = shocks(world, 8)
    one, three = (solve_many(world, tariffs, block=2, workers=w) for w in (1, 3))
    assert one.status == three.status
    assert np.array_equal(one.outcomes["real_income"], three.outcomes["real_income"])
