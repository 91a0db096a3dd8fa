"""Scenarios: the cases differ only in what they say, budgets hold, closures are named."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
import numpy as np
import pytest

import surtax
from surtax.brief import economy
from surtax.economy.closure import CLOSURES
from surtax.errors import UnknownNameError
from surtax.ledger import Ledger
from surtax.response import legality
from surtax.scenario import spec
from surtax.scenario.case import Case, Variant
from surtax.scenario.choices import NO_ANSWER
from surtax.scenario.run import Run
from surtax.trade.claims import load_usmca_claims


@pytest.fixture(scope="module")
def run() -> Run:
    return surtax.run("spring-2025")


def canada(run: Run) -> list[int]:
    return [n for n, t in enumerate(run.world.treasuries) if t == "CAN"]


def test_every_case_is_solved_to_the_certificate(run: Run) -> None:
    for response in run.scenario.responses:
        for threats in ("", "central"):
            found = run.solve(Case(response.name, threats))
            assert found.residual <= 1e-10
            assert abs(found.walras) <= 1e-10


def test_responses_differ_only_in_canadas_tariffs(run: Run) -> None:
    first, *others = (run.shock(Case(r.name)).tariffs for r in run.scenario.responses)
    usa = run.world.region("USA")
    for other in others:
        np.testing.assert_array_equal(first[:, usa], other[:, usa])
        assert (other >= first - 1e-15).all()
        assert (other > first).any()


def test_matching_covers_as_many_dollars_as_were_newly_charged(run: Run) -> None:
    covered = [run.shock(Case(n)).covered["CA"] for n in ("in-force", "matching")]
    assert covered[1] - covered[0] == pytest.approx(run.newly_charged[0], rel=1e-9)


def test_newly_charged_dollars_by_hand(run: Run) -> None:
    """Canadian lines that the automobile list names and nothing in force charges, one by one:
    vehicles whether claimed or not, parts only unclaimed; unclaimed ones already owe the border
    duty, so what is new is the claimed value of vehicles."""
    flows = run.flows["US"].of("CA")
    vehicles = {
        "87032201", "87032301", "87032401", "87033101", "87033201", "87033301", "87034000",
        "87035000", "87036000", "87037000", "87038000", "87039001", "87042101", "87043101",
        "87044100", "87045100", "87046000",
    }  # fmt: skip
    listed = np.array([code in vehicles for code in flows.hs8])
    share = load_usmca_claims().aligned(flows)
    by_hand = float((flows.value * share)[listed].sum())
    assert run.newly_charged[1] == pytest.approx(by_hand, rel=1e-9)


def test_the_workers_fund_is_spent_to_the_cent(run: Run) -> None:
    """What Canada newly collects is what its provinces receive, in proportion to workers hit."""
    found = run.solve(Case("full-155"))
    mine = canada(run)
    assert found.revenue[mine].sum() == pytest.approx(found.collected[mine].sum(), rel=1e-12)
    hit, new = run.hit[mine], (found.revenue - run.world.revenue)[mine]
    assert new.sum() > 0
    np.testing.assert_allclose(new / new.sum(), hit / hit.sum(), rtol=1e-8)


def test_workers_hit_are_fewer_than_workers(run: Run) -> None:
    jobs = np.nan_to_num(run.jobs.persons).sum(axis=0)
    assert (run.hit[canada(run)] > 0).all()
    assert (run.hit <= jobs).all()


def test_no_answer_has_no_canadian_duty(run: Run) -> None:
    mine = canada(run)
    made = run.shock(Case(NO_ANSWER))
    assert not made.change[:, mine].any()
    # goods of the United States owe none before the dispute, those of others what they owed
    assert not made.tariffs[:, mine, run.world.region("USA")].any()
    assert made.tariffs[:, mine].any()


@pytest.mark.parametrize("closure", sorted(CLOSURES))
def test_every_closure_solves_the_scenario(run: Run, closure: str) -> None:
    found = run.solve(Case("in-force"), Variant("central", closure))
    assert found.closure == closure
    assert found.residual <= 1e-10
    assert found.transfers.sum() == pytest.approx(0.0, abs=1e-6)  # C$ bn, of 3,000


def test_threats_cost_more_the_higher_the_assumed_rate(run: Run) -> None:
    names = [run.world.regions[n] for n in canada(run)]
    cases = [Case("in-force"), *(Case("in-force", t) for t in ("low", "central", "high"))]
    losses = [run.solve(c).group_real_income(names) for c in cases]
    assert losses == sorted(losses, reverse=True)


def test_unknown_names(run: Run) -> None:
    with pytest.raises(UnknownNameError, match="spring-2025"):
        surtax.run("spring-2024")
    with pytest.raises(UnknownNameError, match="in-force"):
        run.response("in-farce")
    with pytest.raises(UnknownNameError, match="own-share"):
        surtax.run("spring-2025", closure="ownshare")
    with pytest.raises(UnknownNameError, match="can17x28"):
        surtax.run("spring-2025", world="can17x29")


def test_the_face_exports_what_it_says() -> None:
    assert set(surtax.__all__) == {
        "Ledger", "World", "__version__", "compare", "etr", "exposure", "ladder", "offset",
        "respond", "run", "solve", "sweep",
    }  # fmt: skip
    assert all(hasattr(surtax, name) for name in surtax.__all__)


def test_python_and_world_solve_agree(run: Run) -> None:
    world = surtax.World.load("can19x34")
    made = run.shock(Case(NO_ANSWER))
    found = world.solve(made, closure="own-share")
    other = run.solve(Case(NO_ANSWER))
    np.testing.assert_allclose(found.real_income, other.real_income, atol=1e-9)


@pytest.mark.parametrize("by", ["sector", "pair"])
def test_every_row_says_closure_horizon_and_elasticities(by: str) -> None:
    answer = surtax.solve("spring-2025", by=by, horizon="short", elasticities="boc-2018")
    for row in (*answer["regions"], *answer["rows"]):
        said = row["closure"], row["horizon"], row["elasticities"]
        assert said == ("stuck-wage-curve", "short", "boc-2018")


def test_sentences_on_an_answer_are_those_of_the_day_of_knowledge() -> None:
    """The caretaker's days of the Privy Council Office's guidelines; the surtax on vehicles, which
    put an end to the second list, was ordered on 8 April 2025 (SOR/2025-118)."""
    stay, matching, full = spec.load("spring-2025", Ledger.load()).responses
    day = date(2025, 3, 1)
    while day < date(2026, 1, 1):
        for answer in (stay, matching, full):
            said = spec.sentence_on(answer.legality, day)
            assert ("caretaker" in said) == bool(legality.caretaker(("CAN",), day)), day
            assert "53(2)" in said
        day += timedelta(days=1)
    assert "surtaxes of 4 and 13 March" in spec.sentence_on(stay.text, date(2025, 4, 7))
    assert "March" not in spec.sentence_on(stay.text, date(2025, 4, 8))
    assert "automobile" not in spec.sentence_on(matching.text, date(2025, 3, 25))


def test_a_brief_told_on_another_day_says_nothing_of_march() -> None:
    later = surtax.run("spring-2025", on="2025-08-08")
    one = msgspec.structs.replace(later.scenario, elasticities=["central"], closures=["own-share"])
    (row,), _ = economy.responses(later.told(one))
    assert row["name"] == "in-force"
    for key in ("text", "legality"):
        assert row[key]
        assert "March" not in row[key]
        assert "caretaker" not in row[key]
