"""Worlds and shocks that cannot be solved: each refusal names the cell and the mend."""

from __future__ import annotations

from dataclasses import replace
from inspect import isfunction, signature

import numpy as np
import pytest

from surtax.economy import attribution, indices, outcomes, results, tables
from surtax.economy import gradient as gradient_room
from surtax.economy import incidence as incidence_room
from surtax.economy.attribution import attribute
from surtax.economy.batch import Case, solve_many
from surtax.economy.closure import CLOSURES, Closure
from surtax.economy.gradient import at, gradient, sensitivity
from surtax.economy.horizon import Horizon, at_horizon
from surtax.economy.incidence import incidence
from surtax.economy.labour import between_sectors, migration, rigid, wage_curve
from surtax.economy.outcomes import Outcome, partials_of
from surtax.economy.results import first_order_welfare, rebase
from surtax.economy.revenue import fund
from surtax.economy.solve import solve
from surtax.economy.variants import (
    market_access,
    market_access_tariffs,
    monopolistic,
    monopolistic_tariffs,
)
from surtax.economy.variants.access import Access
from surtax.errors import InputError, SolveError, UnknownNameError, WorldError
from worlds import draw, make, raised, union


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
        ({"tol": "small"}, "the tolerance is no number", "single"),
        (
            {"extra_transfers": [1.0, -1.0]},
            r"transfers have shape \(2,\), not \(5,\)",
            "per region",
        ),
        ({"export_taxes": np.ones((5, 5))}, r"\(5, 5\), not \(3, 5, 5\)", "per sector"),
        ({"start": [0.0] * 7}, r"start from have shape \(7,\), not \(35,\)", "unknowns of a"),
        ({"start": np.zeros((5, 7))}, r"start from have shape \(5, 7\)", "unknowns of a solution"),
        ({"start": [np.nan] * 35}, r"start from are nan in cell \[0\]", "finite number"),
    ],
)
def test_a_shock_that_cannot_be(given, what, mend):
    with pytest.raises(WorldError, match=what) as caught:
        solve(union(), **given)
    assert mend in str(caught.value)
    assert caught.value.exit_code == 2


NO_NAMES = (3, "nonsense", "", {"deficits": "fixed"}, ["fixed"], np.ones((3, 3)))


@pytest.mark.parametrize("of", ["closure", "horizon", "engine"])
@pytest.mark.parametrize("given", NO_NAMES, ids=repr)
def test_what_is_no_name(of, given):
    for call in (solve, lambda w, **k: solve_many(w, [w.tariffs], quiet=True, **k)):
        with pytest.raises(UnknownNameError, match=f"unknown {of} “") as caught:
            call(union(), **{of: given})
        assert "Known: " in str(caught.value)
        assert "\n" not in str(caught.value)
        assert len(str(caught.value)) < 400


@pytest.mark.parametrize(
    ("given", "what", "mend"),
    [
        ({"tariffs": 7}, "scenarios are no array", "a list of"),
        ({"keep": [3]}, "unknown field “3”", "Known: "),
        ({"keep": ["real_incom"]}, "unknown field “real_incom”", "Nearest: real_income"),
        ({"start": [0.0]}, r"start from have shape \(1,\)", "unknowns of a solution"),
        ({"tol": None}, "the tolerance is no number", "single"),
    ],
)
def test_a_batch_that_cannot_be(given, what, mend):
    with pytest.raises(InputError, match=what) as caught:
        solve_many(union(), **{"tariffs": [], "quiet": True, **given})
    assert mend in str(caught.value)


def refused(call, what):
    """The call is refused in one line that tells what is wrong and how to mend it."""
    with pytest.raises(InputError, match=what) as caught:
        call()
    assert caught.value.mend
    assert "\n" not in str(caught.value)


OF_A_WORLD = {
    "solve": solve,
    "solve at a horizon": lambda w: solve(w, horizon="short"),
    "solve many": lambda w: solve_many(w, [], quiet=True),
    "solve many at a horizon": lambda w: solve_many(w, [], horizon="medium", quiet=True),
    "at horizon": lambda w: at_horizon(w, "short"),
    "first-order welfare": lambda w: first_order_welfare(w, solve(union())),
    "rebase": lambda w: rebase(w, solve(union())),
    "real income": outcomes.real_income,
    "real income of a group": lambda w: outcomes.group_real_income(w, ("r0",)),
    "firms": lambda w: monopolistic.solve(w, np.zeros((2, 3, 3))),
    "firms in balance": monopolistic.balanced,
    "best tariffs": lambda w: monopolistic_tariffs.optimal(w, 0),
    "all best tariffs": monopolistic_tariffs.nash,
    "welfare to climb": lambda w: monopolistic_tariffs.objective(w, 0, np.zeros((2, 3, 3))),
}


@pytest.mark.parametrize("given", ["canada", None, 3, [1.0], {}, np.ones(3)], ids=repr)
@pytest.mark.parametrize("door", OF_A_WORLD)
def test_what_is_no_world(door, given):
    refused(lambda: OF_A_WORLD[door](given), "given for a world is none")


@pytest.mark.parametrize("horizon", [None, "short", "long"])
def test_a_world_that_is_no_benchmark_at_any_horizon(horizon):
    refused(lambda: solve(replace(union(), theta=[3.0, 4.0, 5.0]), horizon=horizon), "no NumPy")
    refused(lambda: solve(changed("theta", 1, np.nan), horizon=horizon), "no trade elasticity")


def test_a_start_that_fits_no_world_leaves_one_scenario_unsolved():
    world = union()
    new = raised(world, 1, 0.3)
    many = solve_many(world, [Case(new, start=np.zeros(3)), Case(new)], quiet=True)
    assert many.solved.tolist() == [False, True]
    assert "start from have shape (3,), not (35,)" in many.status[0]


def holed(*shape):
    """Ones, the last cell no number."""
    array = np.ones(shape)
    array[(-1,) * len(shape)] = np.nan
    return array


@pytest.fixture(scope="module")
def solution():
    return solve(union(), raised(union(), 1, 0.3))


def made_of_firms():
    """A solution of another model."""
    world = make(draw(5, 3, 2).flows, [3.0, 4.0])
    return monopolistic.solve(world, world.tariffs)


NO_SOLUTIONS = {
    "None": lambda: None,
    "a string": lambda: "canada",
    "a dict": dict,
    "a number": lambda: 3,
    "an array": lambda: np.ones((3, 5)),
    "a world": union,
    "a closure": lambda: CLOSURES["rigid"],
    "a batch": lambda: solve_many(union(), [union().tariffs], quiet=True),
    "a point": lambda: at(solve(union())),
    "another model's": made_of_firms,
}
OF_A_SOLUTION = {
    "point": at,
    "gradient": lambda s: gradient(s, outcomes.real_income(union())),
    "gradient at a point": lambda s: gradient(s, outcomes.real_income(union()), at(solve(union()))),
    "sensitivity": sensitivity,
    "partials": lambda s: partials_of(outcomes.real_income(union()), s),
    "attribution": lambda s: attribute(s, outcomes.real_income(union())),
    "incidence": incidence,
    "first-order welfare": lambda s: first_order_welfare(union(), s),
    "rebase": lambda s: rebase(union(), s),
    **{
        f.__name__: f
        for f in (
            indices.abroad, indices.terms_of_trade, indices.gdp, indices.gdp_base,
            indices.world_prices, indices.gdp_at_world_prices, indices.unemployment,
            indices.producer_prices, indices.diversion, tables.regions, tables.sectors,
            tables.pairs, tables.dataset,
        )
    },
}  # fmt: skip


@pytest.mark.parametrize("given", NO_SOLUTIONS)
@pytest.mark.parametrize("door", OF_A_SOLUTION)
def test_what_is_no_solution(door, given):
    refused(lambda: OF_A_SOLUTION[door](NO_SOLUTIONS[given]()), "given for a solution is none")


def test_no_public_function_of_a_solution_is_left_out():
    """Whatever takes a solution first in these rooms stands among the doors above."""
    rooms = (attribution, incidence_room, indices, tables, results, gradient_room)
    found = {
        name
        for room in rooms
        for name, f in vars(room).items()
        if isfunction(f) and f.__module__ == room.__name__ and not name.startswith("_")
        and next(iter(signature(f).parameters), "") == "solution"
    }  # fmt: skip
    shown = {"at": "point", "attribute": "attribution"}
    assert {shown.get(name, name) for name in found} <= set(OF_A_SOLUTION)


@pytest.mark.parametrize("given", ["r0", 3, {}, np.ones(3)], ids=repr)
def test_what_is_no_point(solution, given):
    outcome = outcomes.real_income(union())
    refused(lambda: gradient(solution, outcome, given), "given for a point is none")
    refused(lambda: sensitivity(solution, point=given), "given for a point is none")


def test_a_solution_of_another_world(solution):
    for call in (first_order_welfare, rebase):
        refused(lambda call=call: call(draw(1, 4, 2), solution), "is of world union, with other")


@pytest.mark.parametrize("given", ["r0", None, 3])
def test_what_is_no_list(solution, given):
    world = union()
    refused(lambda: solution.group_real_income(given), "regions of the group are no list")
    refused(lambda: outcomes.group_real_income(world, given), "regions of the group are no list")
    refused(lambda: outcomes.of_regions("x", sum, given), "fields are no list")
    refused(lambda: solve_many(world, [], keep=given, quiet=True), "fields to keep are no list")
    refused(lambda: tables.frame(given), "rows are no list")


def test_a_group_of_nobody(solution):
    refused(lambda: solution.group_real_income([]), "group of no region")
    refused(lambda: outcomes.group_real_income(union(), ()), "group of no region")


@pytest.mark.parametrize("given", [None, "r0", {}, 3])
def test_a_rule_that_is_no_function(given):
    refused(lambda: outcomes.of_regions("x", given, ("income",)), "rule of “x” is no function")


@pytest.mark.parametrize("given", ["two", 0, -1, 1.5, np.ones(2)], ids=repr)
def test_what_is_no_number_of_scenarios_or_threads(given):
    world = union()
    for name, what in (("block", "the block"), ("workers", "the number of workers")):
        call = {name: given, "quiet": True}
        refused(lambda call=call: solve_many(world, [], **call), f"{what} is no whole number")


def test_a_least_part_that_is_no_number(solution):
    split = attribute(solution, outcomes.real_income(union()))
    refused(lambda: split.rows("all"), "the least part is no number")


def benchmark_of_access(**changed):
    """Two countries of the model of local selling costs."""
    held = {
        "regions": ("a", "b"), "flows": np.array([[20.0, 2.0], [3.0, 30.0]]),
        "local": np.array([0.1, 0.2]), "pass_through": np.array([1.1, 1.2]),
    }  # fmt: skip
    return Access(**{**held, **changed})


OF_OTHER_MODELS = [
    (lambda: market_access.solve("canada", np.zeros((2, 2))), "given for a benchmark is none"),
    (lambda: market_access.solve(np.ones(2), np.zeros((2, 2))), "given for a benchmark is none"),
    (lambda: market_access.solve(benchmark_of_access(flows=[[1.0]]), 0.0), "an array of flows"),
    (lambda: market_access.solve(benchmark_of_access(local=np.ones(3)), 0.0), r"shape \(3,\), not"),
    (lambda: market_access.solve(benchmark_of_access(elasticity="big"), 0.0), "elasticity is no"),
    (lambda: market_access.solve(benchmark_of_access(), None), r"shape \(\), not \(2, 2\)"),
    (lambda: market_access.solve(benchmark_of_access(), [[0.0, -1.0], [0.0, 0.0]]),
     "tariff of a on b is -1"),
    (lambda: market_access.solve(benchmark_of_access(), np.zeros((2, 2)), start=[0.0]),
     r"start from have shape \(1,\), not \(8,\)"),
    (lambda: market_access.solve(benchmark_of_access(), np.zeros((2, 2)), tol=None), "tolerance"),
    (lambda: market_access.jacobian(made_of_firms()), "given for an equilibrium is none"),
    (lambda: market_access_tariffs.welfare(None), "given for an equilibrium is none"),
    (lambda: market_access_tariffs.utility({}), "given for an equilibrium is none"),
    (lambda: market_access_tariffs.consumed(3), "given for an equilibrium is none"),
    (lambda: market_access_tariffs.welfare_gradient("x", [1.0]), "given for an equilibrium is"),
    (lambda: market_access_tariffs.formula(None, 0), "given for a benchmark is none"),
    (lambda: market_access_tariffs.formula(benchmark_of_access(), 2), "country is 2, of 2"),
    (lambda: benchmark_of_access().region("A"), "unknown country “A”"),
    (lambda: monopolistic.worth(None, (0,)), "given for an equilibrium is none"),
    (lambda: monopolistic.worth(made_of_firms(), 0), "countries are no list"),
    (lambda: monopolistic.gradient(solve(union()), 0), "given for an equilibrium is none"),
    (lambda: monopolistic.gradient(made_of_firms(), "r0"), "country is no whole number"),
    (lambda: monopolistic.gradient(made_of_firms(), 3), "country is 3, of 3"),
    (lambda: monopolistic_tariffs.reply(None, (0,), 0.0, 1.0), "given for an equilibrium is none"),
    (lambda: monopolistic_tariffs.optimal(made_of_firms().world, "r0"), "country is no whole nu"),
    (lambda: monopolistic_tariffs.optimal(made_of_firms().world, 0, lower=2.0, upper=1.0),
     "no tariff lies between"),
    (lambda: monopolistic_tariffs.optimal(made_of_firms().world, 0, tariffs=[0.1]), "tariffs have"),
    (lambda: monopolistic_tariffs.nash(made_of_firms().world, upper="high"), "bound is no number"),
    (lambda: monopolistic.solve(made_of_firms().world, None, start="x"), "start from are no array"),
    (lambda: monopolistic.solve(changed("theta", 1, -1.0), union().tariffs), "elasticity -1"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "what"), OF_OTHER_MODELS)
def test_what_the_other_models_refuse(call, what):
    refused(call, what)


@pytest.mark.parametrize(
    ("given", "what", "mend"),
    [
        ({"tariffs": np.ones((5, 5))}, r"moves of tariffs have shape \(5, 5\), not \(3, 5, 5\)",
         "sector, destination and origin"),
        ({"tariffs": "up"}, "moves of tariffs are no array", "NumPy array"),
        ({"export_taxes": 0.1}, r"export taxes have shape \(\), not", "sector, destination"),
        ({"trade_costs": np.ones((3, 5))}, r"trade costs have shape \(3, 5\)", "destination"),
        ({"trade_costs": holed(3, 5, 5)}, r"trade costs are nan in cell \[2, 4, 4\]", "finite"),
        ({"transfers": [1.0, -1.0]}, r"transfers have shape \(2,\), not \(5,\)", "per region"),
        ({"transfers": [1.0, 0.0, 0.0, 0.0, 0.0]}, "transfers add to 1 over 5", "add to zero"),
        ({"transfers": [np.inf, 0.0, 0.0, 0.0, 0.0]}, r"transfers are inf in cell \[0\]", "finite"),
        ({"treasury_shares": [0.1, 0.0, 0.0, 0.0, 0.0]}, "shares of treasury FED add to 0.1",
         "add to zero"),
        ({"treasury_shares": [0.1]}, r"treasury shares have shape \(1,\), not", "per region"),
        ({"theta": np.ones(5)}, r"elasticities have shape \(5,\), not \(3,\)", "per sector"),
        ({"theta": holed(3)}, r"elasticities are nan in cell \[2\]", "finite number"),
    ],
)  # fmt: skip
def test_a_direction_that_cannot_be(solution, given, what, mend):
    with pytest.raises(WorldError, match=what) as caught:
        sensitivity(solution, **given)
    assert mend in str(caught.value)


OUTCOMES = [
    (lambda: outcomes.real_income(union(), np.ones(3)),
     r"weights of “real income” have shape \(3,\), not \(5,\)", "Give one value per"),
    (lambda: outcomes.real_income(union(), holed(5)), r"“real income” are nan in cell \[4\]",
     "finite number"),
    (lambda: outcomes.real_income(draw(1, 4, 2)), r"shape \(4,\), not \(5,\)", "Give one value"),
    (lambda: outcomes.real_wage("all"), "weights of “real wage” are no array", "NumPy array"),
    (lambda: outcomes.real_wage(np.ones((3, 5))), r"shape \(3, 5\), not \(5,\)", "Give one value"),
    (lambda: outcomes.jobs(np.ones(5)), r"“jobs” have shape \(5,\), not \(3, 5\)", "one value"),
    (lambda: outcomes.revenue(np.ones(2)), r"“revenue” have shape \(2,\)", "Give one value per"),
    (lambda: outcomes.linear("x", "incomes", np.ones(5)), "unknown field “incomes”", "income"),
    (lambda: outcomes.linear("x", 3, np.ones(5)), "unknown field “3”", "Known: "),
    (lambda: outcomes.linear("x", "flows", holed(3, 5, 5)), r"“x” are nan in cell \[2, 4, 4\]",
     "finite number"),
    (lambda: outcomes.group_real_income(union(), ("nowhere",)), "unknown region “nowhere”", "r0"),
    (lambda: outcomes.of_regions("x", lambda f: f["pay"].sum(), ("pay",)), "unknown field “pay”",
     "Known: "),
    (lambda: outcomes.of_regions("x", lambda f: f["output"].sum(), ("output",)),
     r"values of output have shape \(3, 5\), not \(5,\)", "per region"),
    (lambda: Outcome("x", lambda s: 0.0, lambda s: {"income": np.ones(4)}),
     r"derivatives of “x” with income have shape \(4,\), not \(5,\)", "Give one value per"),
    (lambda: Outcome("x", lambda s: 0.0, lambda s: {"income": holed(5)}),
     r"derivatives of “x” with income are nan in cell \[4\]", "finite number"),
    (lambda: Outcome("x", lambda s: 0.0, lambda s: {"pay": np.ones(5)}), "unknown field “pay”",
     "Known: "),
    (lambda: "real income", "given for an outcome is none", "real_income"),
]  # fmt: skip


@pytest.mark.parametrize("ask", [gradient, attribute])
@pytest.mark.parametrize(("outcome", "what", "mend"), OUTCOMES)
def test_an_outcome_that_cannot_be(solution, ask, outcome, what, mend):
    with pytest.raises(InputError, match=what) as caught:
        ask(solution, outcome())
    assert mend in str(caught.value)


@pytest.mark.parametrize(
    ("made", "what", "mend"),
    [
        (lambda: {"wages": wage_curve(0.1, np.full(3, 0.05))},
         r"rates of unemployment have shape \(3,\), not \(5,\)", "per region"),
        (lambda: {"wages": wage_curve(0.1, np.full((2, 5), 0.05))}, r"shape \(2, 5\), not \(5,\)",
         "per region"),
        (lambda: {"wages": wage_curve("steep")}, "elasticity of pay is no number", "single"),
        (lambda: {"wages": wage_curve(0.1, "high")}, "rates of unemployment are no array", "NumPy"),
        (lambda: {"wages": rigid(np.ones(3))}, r"floors of wages have shape \(3,\), not \(5,\)",
         "per region"),
        (lambda: {"wages": rigid("low")}, "floors of wages are no array", "NumPy array"),
        (lambda: {"labour": between_sectors("much")}, "kappa is no number", "single"),
        (lambda: {"labour": migration([1.0, 2.0])}, "migration is no number", "single"),
        (lambda: {"labour": migration(1.5, 7.0)}, "stickiness of sectors is 7", "0 where workers"),
        (lambda: {"revenue": fund(np.ones(3))}, r"of the fund have shape \(3,\), not \(5,\)",
         "per region"),
        (lambda: {"revenue": fund("all")}, "weights of the fund are no array", "NumPy array"),
        (lambda: {"deficits": "fixed"}, "closure own: deficits is no rule", "rules.Deficits"),
        (lambda: {"wages": 3}, "closure own: wages is no rule", "rules.Wages"),
    ],
)  # fmt: skip
def test_a_closure_that_cannot_be(made, what, mend):
    with pytest.raises(WorldError, match=what) as caught:
        solve(union(), raised(union(), 1, 0.3), closure=Closure("own", **made()))
    assert mend in str(caught.value)


@pytest.mark.parametrize(
    ("factor", "what"), [(0.0, "is 0"), (np.nan, "is nan"), (np.inf, "is inf"), ("a", "no number")]
)
def test_a_horizon_without_elasticities(factor, what):
    with pytest.raises(WorldError, match=f"factor of horizon near {what}|near is {what}"):
        Horizon("near", "soon", "roy", factor)


def test_a_point_of_another_solution(solution):
    other = at(solve(union(), raised(union(), 2, 0.3)))
    for call in (
        lambda: sensitivity(solution, point=other),
        lambda: gradient(solution, outcomes.real_income(solution.world), other),
    ):
        with pytest.raises(WorldError, match="point is of another solution"):
            call()


def test_lists_are_arrays():
    world = union()
    new, costs = raised(world, 1, 0.3), np.full(world.flows.shape, 1.1)
    plain = solve(world, new, costs, treasury_shares=world.treasury_shares)
    listed = solve(
        world, new.tolist(), costs.tolist(), treasury_shares=world.treasury_shares.tolist()
    )
    assert np.array_equal(plain.real_income, listed.real_income)


def test_what_is_taken_once_is_a_list_too(solution):
    world = union()
    many = solve_many(world, [world.tariffs], keep=iter(("income", "revenue")), quiet=True)
    assert set(many.outcomes) == {"income", "revenue"}
    rule = outcomes.of_regions("x", lambda f: np.sum(f["income"]), iter(("income",)))
    assert gradient(solution, rule).value == pytest.approx(solution.income.sum(), rel=1e-14)
    group = solution.group_real_income(iter(("r0", "r1")))
    assert group == solution.group_real_income(("r0", "r1"))


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
