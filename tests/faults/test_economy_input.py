"""Worlds and shocks that cannot be solved: each refusal names the cell and the mend."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from surtax.economy.solve import solve
from surtax.errors import SolveError, WorldError
from worlds import make, raised, union


def changed(name, cell, value):
    """The union world with one cell of one array changed."""
    world = union()
    array = np.array(getattr(world, name), dtype=float)
    array[cell] = value
    return replace(world, **{name: array})


def apart():
    """Two pairs of regions that trade inside the pair only."""
    flows = np.full((1, 4, 4), 10.0)
    flows[0, :2, 2:] = flows[0, 2:, :2] = 0.0
    return make(flows, [4.0])


BAD = [
    (lambda: changed("flows", (1, 0, 3), -2.0), "a flow is -2", "s1, r0, r3", "zero or more"),
    (lambda: changed("flows", (1, 0, 3), np.nan), "a flow is no number", "s1, r0, r3", "Fill"),
    (lambda: changed("tariffs", (2, 4, 1), -1.0), "a tariff is -1", "s2, r4, r1", "−100 %"),
    (lambda: changed("tariffs", (2, 4, 1), np.inf), "a tariff is no number", "s2, r4, r1", "Fill"),
    (lambda: changed("theta", 1, 0.0), "elasticity 0", "s1", "above zero"),
    (lambda: changed("theta", 1, -4.0), "elasticity -4", "s1", "above zero"),
    (lambda: changed("theta", 1, np.nan), "s1 has no trade elasticity", "s1", "above zero"),
    (lambda: changed("inputs", (2, 0, 1), -0.1), "an input share is -0.1", "r2, s0, s1", "zero"),
    (lambda: changed("value_added", (2, 1), 0.9), "of output", "r2, s1", "add to one"),
    (lambda: changed("treasury_shares", 0, 0.6), "treasury FED add to 1.1", "", "add to one"),
    (lambda: replace(union(), theta=np.ones(2)), r"shape \(2,\)", "", "3 sectors and 5 regions"),
    (lambda: changed("flows", (0, 4, slice(None)), 1e-6), "more than is bought", "r4, s0",
     "does not balance"),
    (lambda: changed("flows", (slice(None), slice(None), 2), 0.0), "r2 earns nothing", "r2",
     "Leave the region out"),
    (apart, "no money flows both ways", "r0, r1", "worlds of their own"),
    (lambda: replace(union(), theta=[3.0, 4.0, 5.0]), "no NumPy array", "", "np.array"),
    (lambda: replace(union(), treasuries=("t",) * 4), "4 treasuries", "", "each of 5 regions"),
    (lambda: make(np.zeros((0, 2, 2)), [], mix=np.zeros((2, 0, 0))), "2 regions and 0 sectors",
     "", "at least one"),
]  # fmt: skip


@pytest.mark.parametrize(("world", "what", "where", "mend"), BAD)
def test_a_world_that_is_no_benchmark(world, what, where, mend):
    with pytest.raises(WorldError, match=what) as caught:
        solve(world())
    assert where in str(caught.value)
    assert mend in str(caught.value)


@pytest.mark.parametrize(
    ("given", "what", "mend"),
    [
        ({"tariffs_new": "high"}, "tariffs are no array of numbers", "lists of equal lengths"),
        ({"trade_costs": [[1.0], [1.0, 2.0]]}, "trade costs are no array", "lists of equal"),
        ({"trade_costs": [1.0, 1.0]}, r"trade costs have shape \(2,\)", "per sector"),
        ({"treasury_shares": [1.0]}, r"treasury shares have shape \(1,\)", "per region"),
        ({"treasury_shares": [1.5, -0.5, 0.0, 1.0, 1.0]}, "share of r1 is -0.5", "zero or more"),
        ({"treasury_shares": [np.nan, 0.5, 0.5, 1.0, 1.0]}, "FED add to nan", "add to one"),
        ({"extra_transfers": [np.nan] * 5}, "transfers add to nan", "add to zero"),
        ({"tol": 1.0}, "tolerance is 1", "at most 0.0001"),
        ({"tol": 0.0}, "tolerance is 0", "above zero"),
        ({"tol": np.nan}, "tolerance is nan", "above zero"),
    ],
)
def test_a_shock_that_cannot_be(given, what, mend):
    with pytest.raises(WorldError, match=what) as caught:
        solve(union(), **given)
    assert mend in str(caught.value)
    assert caught.value.exit_code == 2


def test_lists_are_arrays():
    world = union()
    new, costs = raised(world, 1, 0.3), np.full(world.flows.shape, 1.1)
    plain = solve(world, new, costs, treasury_shares=world.treasury_shares)
    listed = solve(
        world, new.tolist(), costs.tolist(), treasury_shares=world.treasury_shares.tolist()
    )
    assert np.array_equal(plain.real_income, listed.real_income)


def test_tastes_that_do_not_add_to_one():
    world = union()
    tastes = world.final_shares.copy()
    tastes[:, 3] *= 1.1
    with pytest.raises(WorldError, match=r"r3: final-demand shares add to 1\.1"):
        solve(replace(world, preferences=tastes))


def test_a_surplus_that_cannot_be_paid_names_who_owes_it():
    """A region that must hand over more than it can earn once its markets are shut."""
    flows = np.array([[[30.0, 1.0, 1.0], [20.0, 500.0, 5.0], [20.0, 5.0, 500.0]]])
    world = make(flows, [6.0])
    assert world.deficits[0] < -0.4 * world.labour_income[0]
    shut = world.tariffs.copy()
    shut[0, 1:, 0] = 50.0
    with pytest.raises(SolveError, match="r0 would pay others") as caught:
        solve(world, shut, closure="numeraire")
    assert "numeraire" in str(caught.value)
    assert solve(world, shut, closure="own-share").residual <= 1e-10


def test_pay_that_cannot_fall_far_enough_leaves_no_work_and_no_answer():
    flows = np.where(np.eye(3) > 0, 1e-5, 10.0)[None]
    poor = make(flows, [4.0])
    tariffs = np.where(np.eye(3) > 0, 0.0, 10.0)[None]
    with pytest.raises(SolveError, match="wage-curve") as caught:
        solve(poor, tariffs, closure="wage-curve")
    assert "of its labour force" in str(caught.value)
    assert solve(poor, tariffs, closure="own-share").residual <= 1e-10
