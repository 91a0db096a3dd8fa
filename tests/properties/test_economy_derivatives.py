"""Hand-written derivatives against complex step, central differences and dense algebra."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from surtax.economy import adjoint, outcomes, tangent
from surtax.economy.closure import CLOSURES
from surtax.economy.gradient import gradient, sensitivity
from surtax.economy.problem import Instruments, base_of, problem_of
from surtax.economy.results import rebase, solution_of
from surtax.economy.slopes import slopes_of
from surtax.economy.solve import solve
from surtax.economy.system import gaps, sweep
from surtax.errors import UnknownNameError, WorldError
from worlds import draw, drawn, over, raised, union

EVERY = tuple(CLOSURES)
STEP = 1e-30  # of complex steps: far below rounding of the real part, far above underflow


def case(closure, kind="export taxes"):
    """A world of a kind, every instrument moved, export taxes in two kinds, and its solution."""
    world = union() if kind in ("union", "export taxes") else drawn(kind, 8, 5, 3)
    export_taxes = kind != "union"
    rng = np.random.default_rng(1)
    names = np.asarray(world.treasuries)
    abroad = names[:, None] != names[None, :]
    costs = rng.uniform(0.9, 1.2, world.flows.shape)
    taxes = None
    if export_taxes:
        world = replace(world, export_taxes=0.1 * abroad * rng.random(world.flows.shape))
        taxes = world.export_taxes + 0.1 * abroad
    gift = np.array([0.2, -0.1, 0.0, 0.1, -0.2])
    return solve(
        world, raised(world, 1, 0.6), costs, closure, export_taxes=taxes, extra_transfers=gift,
        tol=1e-12,
    )  # fmt: skip


def numbers(world):
    """Outcomes that touch every field, each beside the same number for complex arguments."""
    rng = np.random.default_rng(2)
    w, cells = rng.normal(size=len(world.regions)), rng.normal(size=world.output.shape)
    every = rng.normal(size=world.flows.shape)
    made = [
        (outcomes.real_income(world, w), lambda s: (w * s.real_income).sum()),
        (outcomes.real_wage(w), lambda s: (w * s.real_wage).sum()),
        (outcomes.jobs(cells), lambda s: (cells * s.employment).sum()),
        (outcomes.revenue(w), lambda s: (w * s.revenue).sum()),
        (outcomes.linear("flows", "flows", every), lambda s: (every * s.flows).sum()),
    ]
    for field in outcomes.FIELDS:
        if field == "flows":
            continue
        weights = cells if field in BY_CELL else w
        made.append(
            (
                outcomes.linear(field, field, weights),
                lambda s, field=field, weights=weights: (weights * getattr(s, field)).sum(),
            )
        )
    return made


BY_CELL = {"sector_wages", "employment", "costs", "prices", "expenditure", "output"}


def at(solution, x, *, theta=None, **moved):
    """(problem, sweep, solution) at any x and instruments, complex ones too."""
    s = solution
    levied = np.zeros_like(s.tariffs) if s.export_taxes is None else s.export_taxes
    new = replace(
        Instruments(s.tariffs, levied, s.trade_costs, s.treasury_shares, s.problem.extra), **moved
    )
    base = base_of(s.world)
    if theta is not None:
        base = replace(base, tech=replace(base.tech, theta=theta))
    p = problem_of(s.world, base, new, s.rules)
    q = sweep(p, x + 0j)
    says = solution_of(
        s.world, new, p, q, status="", residual=0.0, walras=0.0, iterations=0, seconds=0.0,
        unknowns=x,
    )  # fmt: skip
    return p, q, says


def by_step(p, x, along):
    """Derivative of the gaps along a direction of x, by complex step."""
    moved = x + STEP * 1j * along
    return gaps(p, sweep(p, moved), moved).imag / STEP


@over(EVERY)
def test_the_jacobian_and_its_transpose(closure, kind):
    """Every column by complex step, at a point that is not the solution."""
    s = case(closure, kind)
    p = s.problem
    x = s.unknowns + 1e-3 * np.random.default_rng(0).normal(size=s.unknowns.size)
    eye = np.eye(x.size)
    want = np.array([by_step(p, x, e) for e in eye]).T
    q = sweep(p, x)
    slopes = slopes_of(p, q)
    forward = tangent.product(p, q, slopes)
    backward = adjoint.product(adjoint.back(p, q, slopes))
    # Rounding of sums of some dozens of terms; complex steps have no truncation error.
    scale = np.abs(want).max()
    assert np.abs(np.array([forward(e) for e in eye]).T - want).max() < 1e-13 * scale
    assert np.abs(np.array([backward(e) for e in eye]) - want).max() < 1e-13 * scale


@over(EVERY)
def test_two_hundred_coordinates_of_the_gradient_by_complex_step(closure, kind):
    """The implicit function theorem with dense algebra and complex steps, nothing by hand.

    All transfers, treasury shares and elasticities, and as many tariffs, export taxes and trade
    costs, drawn, as make two hundred together (one sector of five regions has 86 in all), for
    every outcome.
    """
    s = case(closure, kind)
    x, world = s.unknowns, s.world
    p, _, _ = at(s, x)
    dense = np.array([by_step(p, x, e) for e in np.eye(x.size)]).T
    asked = numbers(world)
    found = [gradient(s, outcome) for outcome, _ in asked]
    along = []
    for e in np.eye(x.size):
        says = at(s, x + STEP * 1j * e)[2]
        along.append([number(says).imag / STEP for _, number in asked])
    weights = np.linalg.solve(dense.T, np.array(along))

    rng = np.random.default_rng(3)
    levied = np.zeros_like(s.tariffs) if s.export_taxes is None else s.export_taxes
    start = {
        "tariffs": s.tariffs, "export_taxes": levied, "trade_costs": s.trade_costs,
        "transfers": s.problem.extra, "treasury_shares": s.treasury_shares, "theta": world.theta,
    }  # fmt: skip
    every = [(name, k) for name, level in start.items() for k in range(level.size)]
    few = [one for one in every if one[0] in ("transfers", "treasury_shares", "theta")]
    many = [one for one in every if one not in few]
    more = rng.choice(len(many), min(200 - len(few), len(many)), replace=False)
    chosen = few + [many[k] for k in more]
    assert len(chosen) == min(200, len(every))
    assert {name for name, _ in chosen} == set(start)
    share = world.labour_income / world.labour_income.sum()
    worst = 0.0
    for name, k in chosen:
        step = np.zeros(start[name].size)
        step[k] = 1.0
        step = step.reshape(start[name].shape)
        if name == "transfers":
            step = step - share  # given to one, paid by all
        if name == "treasury_shares":  # the same within its treasury
            step = step - world.union[k] * s.treasury_shares
        p, q, says = at(s, x, **{name: start[name] + STEP * 1j * step})
        dF = gaps(p, q, x + 0j).imag / STEP
        for j, (_, number) in enumerate(asked):
            want = number(says).imag / STEP - dF @ weights[:, j]
            got = getattr(found[j], name).ravel()[k]
            # Relative; below 1e-4 of the largest, or 1e-5 of weights of order one, it is rounding
            # of the linear solves (1e-12) that is seen, and of what does not move, nothing else.
            top = np.abs(getattr(found[j], name)).max()
            floor = 1e-4 * top + 1e-5 if top > 1e-9 else 1e-3
            worst = max(worst, abs(got - want) / max(abs(want), floor))
    assert worst < 1e-8


@over(EVERY)
def test_forward_and_reverse_agree_in_every_field(closure, kind):
    s = case(closure, kind)
    rng = np.random.default_rng(4)
    gift = rng.normal(size=5)
    moves = {
        name: rng.normal(size=s.flows.shape) for name in ("tariffs", "export_taxes", "trade_costs")
    } | {"transfers": gift - gift.mean(), "theta": rng.normal(size=s.world.theta.size)}
    shares = rng.normal(size=5)
    moves["treasury_shares"] = shares - s.treasury_shares * (s.world.union @ shares)
    forward = sensitivity(s, **moves)
    for outcome, _ in numbers(s.world):
        back = gradient(s, outcome)
        want = sum(float((getattr(back, name) * move).sum()) for name, move in moves.items())
        partials = outcome.partials(s)
        got = sum(float((partials[f] * forward.fields[f]).sum()) for f in partials)
        size = sum(float(np.abs(getattr(back, n) * m).sum()) for n, m in moves.items())
        # Two linear solves at 1e-12, conditioning below 1000.
        assert abs(got - want) <= 1e-9 * max(size, 1.0)


@pytest.mark.parametrize("closure", EVERY)
def test_central_differences_of_whole_solutions(closure):
    """Of every kind of instrument and of the elasticities; forward and reverse."""
    s = case(closure)
    world = s.world
    weights = np.array([0.3, 0.1, -0.2, 0.5, 1.0])
    outcome = outcomes.real_income(world, weights)
    back = gradient(s, outcome)
    rng = np.random.default_rng(5)
    step = 1e-4
    start = {
        "tariffs": s.tariffs, "export_taxes": s.export_taxes, "trade_costs": s.trade_costs,
        "transfers": s.problem.extra, "treasury_shares": s.treasury_shares, "theta": world.theta,
    }  # fmt: skip
    for name, level in start.items():
        move = rng.normal(size=level.shape)
        move = move - move.mean() if name == "transfers" else move
        if name == "treasury_shares":
            move = 0.1 * (move - level * (world.union @ move))
        values = []
        for k in (-2, -1, 1, 2):
            given = {n: a + (k * step * move if n == name else 0.0) for n, a in start.items()}
            there = solve(
                replace(world, theta=given["theta"]), given["tariffs"], given["trade_costs"],
                closure, export_taxes=given["export_taxes"], extra_transfers=given["transfers"],
                treasury_shares=given["treasury_shares"], tol=1e-13,
            )  # fmt: skip
            values.append(outcome.value(there))
        want = (values[0] - 8 * values[1] + 8 * values[2] - values[3]) / (12 * step)
        got = float((getattr(back, name) * move).sum())
        ahead = float(weights @ sensitivity(s, **{name: move}).real_income)
        # Fourth order in 1e-4 leaves 1e-16; solves to 1e-13 over 1e-4 leave 1e-9.
        assert abs(got - want) < 1e-8 * max(abs(want), 1.0)
        assert abs(ahead - want) < 1e-8 * max(abs(want), 1.0)


def test_export_taxes_have_a_derivative_where_there_are_none():
    world = union()
    s = solve(world, raised(world, 1, 0.3), tol=1e-12)
    assert s.export_taxes is None
    outcome = outcomes.real_income(world)
    back = gradient(s, outcome).export_taxes
    zeros = np.zeros_like(world.flows)
    zeros_too = solve(world, s.tariffs, export_taxes=zeros, tol=1e-12)
    # The same point, with and without the array: linear solves at 1e-12.
    assert np.abs(back - gradient(zeros_too, outcome).export_taxes).max() < 1e-10
    move = np.zeros_like(world.flows)
    move[1, 0, 3] = 1.0
    ahead = sensitivity(s, export_taxes=move)
    want = float((world.income / world.income.sum()) @ ahead.real_income)
    assert abs(back[1, 0, 3] - want) < 1e-10  # the same linear system transposed


def test_a_gift_counts_even_where_there_are_no_deficits():
    """At balanced trade the payments' kink is met; the derivative does not see it."""
    world = draw(51, 4, 2)
    world = rebase(world, solve(world, closure="balanced", tol=1e-13))
    s = solve(world, closure="numeraire", tol=1e-13)
    outcome = outcomes.real_income(world, np.eye(4)[1])
    back = gradient(s, outcome).transfers
    gift, step = np.array([-1.0, 1.0, 0.0, 0.0]), 1e-4
    ahead, behind = (
        outcome.value(solve(world, closure="numeraire", extra_transfers=k * step * gift, tol=1e-13))
        for k in (1, -1)
    )
    # Central differences: second order in 1e-4, and solves to 1e-13 over 1e-4.
    assert abs(gift @ back - (ahead - behind) / (2 * step)) < 1e-7


def test_an_outcome_of_ones_own():
    """Inequality of real income: any smooth function of region-sized fields will do."""
    s = case("own-share")
    rule = outcomes.of_regions(
        "spread", lambda f: np.sum(np.log(f["income"] / f["price_index"]) ** 2),
        ("income", "price_index"),
    )  # fmt: skip
    back = gradient(s, rule)
    move = np.random.default_rng(6).normal(size=s.flows.shape)
    ahead = sensitivity(s, tariffs=move)
    logs = np.log(s.income / s.price_index)
    want = 2.0 * float(logs @ (ahead.real_income / s.real_income))
    assert abs((back.tariffs * move).sum() - want) < 1e-9  # linear solves at 1e-12
    assert back.value == pytest.approx(float(np.sum(logs**2)), rel=1e-14)


def test_a_prohibited_flow_has_no_derivative():
    world = draw(52, 4, 2)
    shut = world.tariffs.copy()
    shut[:, 0, 1] = np.inf
    back = gradient(solve(world, shut), outcomes.real_income(world))
    assert (back.tariffs[:, 0, 1] == 0.0).all()
    assert np.isfinite(back.tariffs).all()
    assert np.isfinite(back.theta).all()


def test_impossible_outcomes_are_named():
    s = case("own-share")
    with pytest.raises(UnknownNameError, match="income"):
        gradient(s, outcomes.linear("x", "incomes", np.ones(5)))
    with pytest.raises(WorldError, match="shape"):
        gradient(s, outcomes.linear("x", "income", np.ones(3)))
