"""Offsets: the cut is the root that plain search finds, its slope that of differences."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import brentq

import surtax
from surtax.economy.outcomes import group_real_income
from surtax.economy.solve import solve
from surtax.errors import InputError
from surtax.response import costs
from surtax.response.costs import Cuts
from surtax.response.offset import offset
from surtax.scenario.case import Case
from surtax.scenario.offset import offsets
from surtax.scenario.run import Run
from surtax.world.barriers import cost_hats


@pytest.fixture(scope="module")
def run() -> Run:
    return surtax.run("spring-2025")


def test_barriers_against_a_plain_search(run: Run) -> None:
    case = Case("in-force")
    closure, tariffs = run.closure(case, run.headline), run.shock(case).tariffs
    n = run.world.region("ON")

    def loss(cut: float) -> float:
        hats = cost_hats(run.world, cut, name="high")
        return float(solve(run.world, tariffs, hats, closure).real_income[n] - 1.0)

    found = {row["set"]: row for row in offsets("spring-2025", region="ON")["rows"]}
    assert list(found) == ["central", "low", "high"]
    # 1e-6: the equilibria are solved to 1e-10 and the slope is a few hundredths
    assert found["high"]["cut"] == pytest.approx(brentq(loss, 0.0, 1.0, xtol=1e-9), abs=1e-6)
    assert found["high"]["loss"] == pytest.approx(loss(0.0), abs=1e-9)
    near = (loss(1e-4) - loss(-1e-4)) / 2e-4
    # central difference: its own error is of order 1e-8 over the slope's curvature
    assert found["high"]["slope"] == pytest.approx(near, rel=1e-4)
    # the larger the barriers, the smaller the share of them that must go
    assert found["high"]["cut"] < found["central"]["cut"] < found["low"]["cut"]
    for row in found.values():
        assert row["reached"]
        assert row["gain"] == pytest.approx(-row["loss"], abs=1e-8)
        assert row["interaction"] == row["gain"] - row["gain_without_duties"]


def test_sales_to_partners_make_up_for_the_loss(run: Run) -> None:
    (row,) = offsets("spring-2025", by="partners")["rows"]
    own = [r for r, t in zip(run.world.regions, run.world.treasuries, strict=True) if t == "CAN"]
    found = run.solve(Case("in-force", cuts=Cuts(partners=row["cut"])))
    assert found.group_real_income(own) == pytest.approx(0.0, abs=1e-8)
    plain = run.solve(Case("in-force"))
    names = np.array(run.world.treasuries)
    others = np.flatnonzero((names != "CAN") & (names != "USA"))
    where = np.ix_(np.flatnonzero(run.world.traded), others, np.flatnonzero(names == "CAN"))
    change = found.flows[where].sum() / plain.flows[where].sum() - 1.0
    assert row["sales"]["change"] == pytest.approx(change, rel=1e-6)
    assert change > 0


def test_a_cut_that_is_not_enough_is_told(run: Run) -> None:
    case = Case("in-force")
    closure, tariffs = run.closure(case, run.headline), run.shock(case).tariffs
    cuts = Cuts(sectors=("POT",))
    outcome = group_real_income(run.world, ("ON",))
    found = offset(
        lambda size, start: solve(
            run.world, tariffs, run.costs(cuts.deeper("partners", size)), closure, start=start
        ),
        costs.slopes(run.world, cuts, "partners", "CAN", "USA"), outcome, 0.0, 0.02,
    )  # fmt: skip
    assert not found.reached
    assert found.size == 0.02
    assert "no more" in found.status
    none = offset(
        lambda size, start: solve(run.world, None, None, closure, start=start),
        costs.slopes(run.world, cuts, "partners", "CAN", "USA"), outcome, 0.0, 0.02,
    )  # fmt: skip
    assert none.size == 0.0
    assert none.reached


def test_slopes_are_those_of_the_hats(run: Run) -> None:
    world = run.world
    cuts = Cuts(barriers=0.2, partners=0.1)
    for kind, size in (("barriers", 0.2), ("partners", 0.1)):
        up = costs.hats(world, cuts.deeper(kind, size + 0.01), "CAN", "USA")
        down = costs.hats(world, cuts.deeper(kind, size - 0.01), "CAN", "USA")
        assert up is not None
        assert down is not None
        made = costs.slopes(world, cuts, kind, "CAN", "USA")
        np.testing.assert_allclose((up - down) / 0.02, made, atol=1e-12)


def test_what_cannot_be_sought() -> None:
    for more, says in (
        ({"by": "barrier"}, "barriers"),
        ({"region": "USA"}, "unknown region"),
        ({"sectors": ("OIL",)}, "--by partners"),
        ({"by": "partners", "sectors": ("OYL",)}, "OIL"),
        ({"by": "partners", "towards": ("EU",)}, "EU27"),
        ({"response": "in-farce"}, "in-force"),
    ):
        with pytest.raises(InputError) as caught:
            offsets("spring-2025", **more)  # type: ignore[arg-type]
        assert says in str(caught.value)
