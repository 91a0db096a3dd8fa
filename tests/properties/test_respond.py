"""Answers: closed forms, optimality against random deviations, certificates, identities."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import brentq

from surtax.economy.outcomes import of_regions
from surtax.economy.solve import solve
from surtax.errors import InputError, UnknownNameError
from surtax.response.bargain import bargain, frontier
from surtax.response.best import best
from surtax.response.caps import covered, duty
from surtax.response.instruments import Policy, gather
from surtax.response.levers import Rule, asked
from surtax.response.nash import nash, period, side
from surtax.response.objective import Scene, change, objective, parse
from surtax.response.players import player, players
from surtax.response.stage import Stage
from worlds import draw, make, union


def rule(world, **more) -> Rule:
    N = len(world.regions)
    return Rule(np.ones((N, N)), **more)


def contest(world, names, texts=("tariff",), *, closure="balanced", policy=None, **more):
    """A stage, its sides and the levers at zero."""
    sides = [player(world, name) for name in names]
    made = [x for p in sides for x in asked(world, p, texts, rule(world, **more))]
    levers = gather(world, policy or Policy(world.tariffs), made)
    stage = Stage(levers, closure)
    found = [side(levers, p, objective(parse("real-income"), Scene(world, p))) for p in sides]
    return stage, found, np.zeros(len(levers))


def two(size: float = 1.0, open_share: float = 0.3, theta: float = 4.0):
    """Two countries, one good, no duties; country 0 is `size` of country 1."""
    trade = open_share * min(size, 1.0)
    flows = [[[size - trade, trade], [trade, 1.0 - trade]]]
    return make(flows, [theta])


# closed forms ------------------------------------------------------------------------------


def kept_abroad(stage, x) -> float:
    """Country 1's spending on its own good over all its spending, both before duties."""
    s = stage.solution(x)
    return float(s.flows[0, 1, 1] / s.flows[0, 1].sum())


@pytest.mark.parametrize(("size", "theta"), [(1.0, 4.0), (0.3, 2.5), (3.0, 7.0)])
def test_the_optimal_tariff_of_two_countries(size, theta):
    """Gros (1987): 1 / (theta x the partner's own share), at the optimum."""
    stage, (home, _), x = contest(two(size, theta=theta), ["r0", "r1"], upper=2.0)
    found = best(stage, home.outcome, x, home.mine, home.income)
    wanted = 1.0 / (theta * kept_abroad(stage, found.x))
    # the objective is flat at its top: the climb's tolerance on the slope is 1e-7
    assert found.x[home.mine[0]] == pytest.approx(wanted, abs=1e-5)


def test_a_small_country_wants_one_over_theta():
    stage, (home, _), x = contest(two(1e-4), ["r0", "r1"], upper=2.0)
    found = best(stage, home.outcome, x, home.mine, home.income)
    # the partner's own share is 1 - 3e-5
    assert found.x[home.mine[0]] == pytest.approx(0.25, abs=1e-4)


@pytest.mark.parametrize("order", ["simultaneous", "alternating"])
def test_the_symmetric_equilibrium_is_a_scalar_fixed_point(order):
    theta, own = 4.0, 0.7
    stage, sides, x = contest(two(theta=theta), ["r0", "r1"], upper=2.0)
    found = nash(stage, sides, x, order=order, tol=1e-10, settled=1e-5)

    def gap(t: float) -> float:
        share = own / (own + (1.0 - own) * (1.0 + t) ** -theta)
        before_duties = share * (1.0 + t) / (share * (1.0 + t) + 1.0 - share)
        return t - 1.0 / (theta * before_duties)

    wanted = brentq(gap, 0.0, 1.0)
    assert found.converged
    assert found.exploitability <= 1e-10
    assert found.x == pytest.approx([wanted, wanted], abs=1e-5)  # as above


def test_symmetric_sides_agree_on_free_trade():
    stage, sides, x = contest(two(), ["r0", "r1"], upper=2.0)
    war = nash(stage, sides, x, tol=1e-9)
    peace = bargain(stage, sides, war.payoffs, war.x, np.arange(2))
    assert peace.agreed
    assert peace.x == pytest.approx([0.0, 0.0], abs=1e-6)  # a corner: both slopes point there
    # Nash's tariffs hold to 1e-8 (its own stop is 1e-9), payoffs to a tenth of it, gains are 0.02.
    assert peace.gains[0] == pytest.approx(peace.gains[1], rel=1e-6)


# optimality --------------------------------------------------------------------------------

WORLD = draw(11, 4, 3)


@pytest.mark.parametrize("limited", ["", "covered", "duty"])
def test_no_random_feasible_deviation_is_better(limited):
    texts = ["tariff"]
    stage, (home, *_), x = contest(WORLD, ["r0", "r1"], texts, closure="own-share", upper=0.8)
    levers = stage.levers
    worth = float(sum(WORLD.flows.ravel()[levers.levers[k].cells].sum() for k in home.mine))
    caps = {
        "": [],
        "covered": [covered(levers, 0.2 * worth, 0.8)],
        "duty": [duty(levers, 0.05 * worth)],
    }[limited]
    found = best(stage, home.outcome, x, home.mine, home.income, caps=caps)
    assert found.payoff > found.before
    assert found.kkt <= 1e-6  # of income, over a lever's whole range
    for cap in caps:
        assert cap.slack(stage, found.x) >= -1e-6  # what the search may leave
    rng = np.random.default_rng(5)
    tried = 0
    for k in range(1000 if not limited else 200):
        y = found.x.copy()
        near = rng.normal(0.0, 0.02, len(home.mine)) if k % 2 else None
        y[home.mine] = rng.uniform(0, 0.8, len(home.mine)) if near is None else y[home.mine] + near
        y = np.clip(y, levers.lower, levers.upper)
        for cap in caps:
            while (over := cap.value(stage, y) / cap.limit) > 1.0:
                y[home.mine] /= 1.01 * over
        if all(cap.slack(stage, y) >= 0 for cap in caps):
            tried += 1
            # solutions hold to 1e-10
            assert home.outcome.value(stage.solution(y)) <= found.payoff + 1e-9
    assert tried > 100


def test_several_starts_find_the_same_top():
    stage, (home, _), x = contest(WORLD, ["r0", "r1"], closure="own-share", upper=0.8)
    once = best(stage, home.outcome, x, home.mine, home.income)
    often = best(stage, home.outcome, x, home.mine, home.income, starts=4, seed=3)
    assert often.payoff == pytest.approx(once.payoff, abs=1e-9)
    assert len(often.optima) == 4


def test_levers_pull_exactly_what_differences_say():
    texts = ["tariff", "export-tax", "quota-abroad", "transfer", "trade-cost::r4"]
    world = union()
    stage, (fed, _), x = contest(world, ["FED", "r3"], [*texts, "barrier:s0"], closure="own-share")
    x = x + 0.05
    caps = [covered(stage.levers, 5.0, 0.25), duty(stage.levers, 5.0)]
    slope = stage.values(x, [fed.outcome])[1]
    rng = np.random.default_rng(1)
    step = rng.normal(size=len(x)) * 1e-4
    up, down = x + step, x - step
    f = [fed.outcome.value(stage.solution(y)) for y in (up, down)]
    # central differences of a solution exact to 1e-10, over 2e-4
    assert slope[0] @ step == pytest.approx((f[0] - f[1]) / 2, rel=1e-4, abs=2e-10)
    for cap in caps:
        g = [cap.value(stage, y) for y in (up, down)]
        assert cap.slope(stage, x) @ step == pytest.approx((g[0] - g[1]) / 2, rel=1e-4)


def test_equilibrium_of_three_beats_every_single_deviation():
    stage, sides, x = contest(WORLD, ["r0", "r1", "r2+r3"], closure="own-share", upper=0.8)
    found = nash(stage, sides, x, tol=1e-8)
    assert found.converged
    rng = np.random.default_rng(2)
    for one, payoff in zip(sides, found.payoffs, strict=True):
        for _ in range(60):
            y = found.x.copy()
            y[one.mine] = np.clip(y[one.mine] + rng.normal(0, 0.1, len(one.mine)), 0.0, 0.8)
            assert one.outcome.value(stage.solution(y)) <= payoff + 1e-8  # what was asked for


def test_partners_that_answer_together_levy_nothing_on_each_other():
    together = player(WORLD, "r2+r3")
    made = asked(WORLD, together, ["tariff"], rule(WORLD))
    assert {one.partner for one in made} == {"r0", "r1"}
    cells = np.concatenate([one.cells for one in made])
    _, n, i = np.unravel_index(cells, WORLD.flows.shape)
    assert set(n) == {2, 3}
    assert set(i) == {0, 1}


# identities --------------------------------------------------------------------------------


def test_budgets_and_transfers_add_up():
    world = union()
    stage, (fed, _), x = contest(world, ["FED", "r3"], ["tariff", "transfer"], closure="own-share")
    for k in fed.mine:
        x[k] = 0.1
    s = stage.solution(x)
    total = float(s.income.sum())
    duties = float((s.tariffs * s.flows).sum())
    assert s.revenue.sum() == pytest.approx(s.collected.sum(), abs=1e-9 * total)
    assert s.collected.sum() == pytest.approx(duties, abs=1e-9 * total)
    earned = s.labour_income + s.revenue + s.transfers
    assert np.abs(s.income - earned).max() <= 1e-9 * total
    assert abs(s.transfers.sum()) <= 1e-9 * total


def test_names_change_nothing_but_names():
    stage, sides, x = contest(WORLD, ["r0", "r1"], closure="own-share")
    other = replace(
        WORLD, name="other", regions=("a", "b", "c", "d"), treasuries=("a", "b", "c", "d")
    )
    renamed, named, _ = contest(other, ["a", "b"], closure="own-share")
    first, second = nash(stage, sides, x), nash(renamed, named, x)
    assert first.x.tobytes() == second.x.tobytes()
    assert first.payoffs.tobytes() == second.payoffs.tobytes()


def test_the_order_of_players_changes_nothing():
    stage, sides, x = contest(WORLD, ["r0", "r1"], closure="own-share")
    turned, back, _ = contest(WORLD, ["r1", "r0"], closure="own-share")
    first, second = nash(stage, sides, x, tol=1e-10), nash(turned, back, x, tol=1e-10)
    assert second.payoffs[::-1] == pytest.approx(first.payoffs, abs=1e-8)  # two climbs apart


def test_the_frontier_trades_one_gain_for_the_other():
    stage, sides, x = contest(WORLD, ["r0", "r1"], closure="own-share", level=True)
    war = nash(stage, sides, x)
    scope = np.arange(len(x))
    peace = bargain(stage, sides, war.payoffs, war.x, scope)
    assert peace.agreed
    line = frontier(stage, sides, peace, scope, points=5)
    gains = np.array([point.gains for point in line])
    assert (np.diff(gains[:, 0]) > 0).all()
    assert (np.diff(gains[:, 1]) < 0).all()
    rng = np.random.default_rng(4)
    for _ in range(100):
        y = np.clip(peace.x + rng.normal(0, 0.05, len(x)), stage.levers.lower, stage.levers.upper)
        s = stage.solution(y)
        better = [one.outcome.value(s) - p for one, p in zip(sides, peace.payoffs, strict=True)]
        assert min(better) <= 1e-8  # nothing that both prefer


def test_play_that_goes_round_is_noticed():
    turns = [np.array([np.cos(k * np.pi / 2), np.sin(k * np.pi / 2)]) for k in range(9)]
    assert period(turns[:4], turns[4], np.ones(2)) == 4
    shrinking = [0.5**k * turn for k, turn in enumerate(turns)]
    assert period(shrinking[:4], shrinking[4], np.ones(2)) == 0
    assert period([turns[0], turns[1]], turns[0], np.ones(2)) == 2


def chase(damping: float):
    """One treasury wants its duties 1.4 times as far from the middle as the other's, on the
    same side, the other on the opposite side.

    The middle is the only place inside where both have what they want; answers to answers lead
    away from it, to the bounds, and round. Duties rise with the own rate all the way to them.
    """
    stage, sides, x = contest(two(theta=2.0), ["r0", "r1"], upper=0.3)
    rest = stage.solution(x + 0.15).collected

    def wish(own, other, turn):
        def rule(fields):
            gone = fields["collected"] / rest - 1.0
            return -((gone[own] - turn * gone[other]) ** 2)

        return of_regions("chase", rule, ("collected",))

    sides = [
        replace(one, outcome=wish(k, 1 - k, turn))
        for k, (one, turn) in enumerate(zip(sides, (1.4, -1.4), strict=True))
    ]
    return nash(stage, sides, x + 0.1, damping=damping, rounds=60, tol=1e-5)


def test_a_game_that_goes_round_is_noticed_and_damped():
    end = chase(1.0)
    assert end.cycle == 4
    assert "went round in 4 and was damped" in end.status
    assert end.converged
    # The gain asked for is a squared distance in duties: its root in shares of a rate of 0.15.
    assert np.abs(end.x - 0.15).max() < 2 * 0.15 * 1e-5**0.5
    assert max(end.history[:9]) > 1.0  # it had gone to the bounds: as many duties again to gain


def test_the_same_game_damped_from_the_start_does_not_go_round():
    end = chase(0.2)
    assert end.cycle == 0
    assert end.converged
    assert np.abs(end.x - 0.15).max() < 2 * 0.15 * 1e-5**0.5


# objectives --------------------------------------------------------------------------------


def test_every_objective_has_exact_partials():
    persons = WORLD.output * 3.0
    here = player(WORLD, "r0")
    start = solve(WORLD, WORLD.tariffs, closure="own-share")
    scene = Scene(WORLD, here, persons, start, least=1e-3)
    text = "real-income - 0.5*jobs:s0,s1@r0 + revenue + 2*harm:r1 + 0.3*pressure:r1,r2"
    stage, _, x = contest(WORLD, ["r0", "r1"], closure="stuck", upper=0.8)
    x = x + 0.2
    for one in (text, "cost-ratio:r1"):
        wanted = objective(parse(one), scene)
        slope = stage.values(x, [wanted])[1][0]
        step = np.random.default_rng(3).normal(size=len(x)) * 1e-4
        f = [wanted.value(stage.solution(y)) for y in (x + step, x - step)]
        assert slope @ step == pytest.approx((f[0] - f[1]) / 2, rel=1e-3, abs=1e-9)


def test_objectives_from_a_file(tmp_path):
    path = tmp_path / "wish.yaml"
    path.write_text(
        "- {name: real-income, regions: [r0, r1], weights: {r1: 2}}\n"
        "- {name: pressure, weight: 0.5, regions: [r2], weights: {s0: 3}}\n"
    )
    terms = parse(str(path))
    assert terms[0].weights == {"r1": 2.0}
    s = solve(WORLD, WORLD.tariffs * 0.5, closure="own-share")
    both = change(WORLD, np.array([0, 1]), {"r1": 2.0}).value(s)
    w = WORLD.income[:2] * [1.0, 2.0]
    assert both == pytest.approx(float(w @ s.real_income[:2] / w.sum() - 1.0), abs=1e-14)


@pytest.mark.parametrize(
    "text",
    ["- {name: jobs, sectors: 5}", "- {name: jobs, sectors: MTV}",
     "- {name: revenue, weight: .nan}", "- {name: revenue, weight: 1e999}", "[]", "- [",
     "name: revenue", "- {name: revenu}", "- {name: revenue, size: 1}", b"\xff\xfe\xff"],
)  # fmt: skip
def test_an_objective_file_that_is_none_names_itself(tmp_path, text):
    path = tmp_path / "wish.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(InputError) as caught:
        parse(str(path))
    assert str(path) in str(caught.value)


# what a person may get wrong -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "kind", "says"),
    [
        (lambda: player(WORLD, "r9"), UnknownNameError, "r9"),
        (lambda: players(WORLD, ["r0", "r0+r1"]), InputError, "two sides"),
        (lambda: players(WORLD, ["r0"]), InputError, "two to eight"),
        (lambda: parse("real-incom"), UnknownNameError, "real-income"),
        (lambda: parse("real-income ** 2"), InputError, "not an objective"),
        (lambda: contest(WORLD, ["r0"], ["tarif"]), UnknownNameError, "tariff"),
        (lambda: contest(WORLD, ["r0"], ["tariff:s9"]), UnknownNameError, "s9"),
        (lambda: contest(WORLD, ["r0"], ["barrier"]), InputError, "no instrument"),
        (lambda: contest(WORLD, ["r0"], lower=0.5, upper=0.2), InputError, "contradict"),
        (lambda: contest(WORLD, ["r0"], ["tariff:s0", "tariff"]), InputError, "stands twice"),
        (lambda: objective(parse("harm"), Scene(WORLD, player(WORLD, "r0"))), InputError, "whose"),
        (lambda: objective(parse("jobs"), Scene(WORLD, player(WORLD, "r0"))), InputError, "jobs"),
        (
            lambda: objective(parse("cost-ratio:r1"), Scene(WORLD, player(WORLD, "r0"))),
            InputError,
            "least-harm",
        ),
    ],
)
def test_a_mistake_is_one_sentence(call, kind, says):
    with pytest.raises(kind, match=says):
        call()


def test_a_cap_below_the_lower_bounds_is_refused():
    stage, (home,), _ = contest(WORLD, ["r0"], lower=0.2, upper=0.5)
    with pytest.raises(InputError, match="cannot be kept"):
        covered(stage.levers, 1e-9, 0.5)
    found = duty(stage.levers, 1e-9)
    with pytest.raises(InputError, match="to keep duty"):
        best(stage, home.outcome, stage.levers.lower, home.mine, home.income, caps=[found])


def test_an_objective_with_no_instrument_is_refused():
    stage, (home, _), x = contest(WORLD, ["r0", "r1"])
    with pytest.raises(InputError, match="no instrument"):
        best(stage, home.outcome, x, np.array([], int), home.income)
    with pytest.raises(InputError, match="r2 has an objective and no instrument"):
        side(stage.levers, player(WORLD, "r2"), home.outcome)
