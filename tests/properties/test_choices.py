"""Choices: what a scenario changes by hand does what it says, and a file can say all of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import surtax
from surtax.brief import deeper
from surtax.brief.economy import main_case
from surtax.errors import InputError
from surtax.ledger import Ledger
from surtax.ledger.rates import rate_of
from surtax.scenario import draws as drawing
from surtax.scenario import spec, variation
from surtax.scenario.choices import (
    Barriers,
    Cells,
    Choices,
    Partners,
    RateChange,
    rate_text,
    signed_rate,
)
from surtax.scenario.run import Run
from surtax.scenario.steered import HAND
from surtax.scenario.sweep import planned
from surtax.views import tables
from surtax.world.shock import CLAIMANTS, rates
from surtax.world.shock import shock as shocked


@pytest.fixture(scope="module")
def run() -> Run:
    return surtax.run("spring-2025")


def told(run: Run, **choices: object) -> Run:
    return run.told(msgspec.structs.replace(run.scenario, choices=Choices(**choices)))  # type: ignore[arg-type]


def block(run: Run, into: str, origin: str, sector: str) -> tuple[np.ndarray, ...]:
    names = np.array(run.world.treasuries)
    at = [run.world.sectors.index(sector)]
    return np.ix_(at, np.flatnonzero(names == into), np.flatnonzero(names == origin))


def test_nothing_chosen_is_the_scenario_itself(run: Run) -> None:
    law = shocked(run.ledger, run.before, run.signed, run.world, run.flows)
    np.testing.assert_array_equal(told(run).shock(run.case).tariffs, law.tariffs)


def test_everything_exempt_is_the_benchmark(run: Run) -> None:
    names = sorted(set(run.world.treasuries))
    every = [Cells(a, b) for a in names for b in names if a != b]
    free = told(run, exempt=every)
    np.testing.assert_array_equal(free.shock(free.case).tariffs, run.world.tariffs)
    # A zero shock starts at the benchmark, whose equations hold to the pack's rounding (1e-12).
    assert np.abs(free.solve(free.case).real_income - 1.0).max() < 1e-10


def test_a_rate_on_top_is_on_customs_value(run: Run) -> None:
    more = told(run, rates=[RateChange("USA", "CAN", ["MTV"], add="10%")])
    at = block(run, "USA", "CAN", "MTV")
    by_hand = 0.1 / run.world.customs_ratios[at[1], at[2]]
    moved = more.shock(more.case).tariffs - run.shock(run.case).tariffs
    np.testing.assert_allclose(moved[at], by_hand, rtol=1e-12)  # a sum and a difference
    moved[at] = 0.0
    assert not moved.any()
    assert (more.shock(more.case).charged[at] == 1.0).all()


def test_a_rate_in_place_of_the_law_is_the_whole_tariff(run: Run) -> None:
    """On customs value where the world knows its ratio, on its own basis where it does not."""
    both = [RateChange("CAN", "CHN", ["ELC"], to="12.5%"), RateChange("MEX", "CHN", to="12.5%")]
    other = told(run, rates=both)
    at, far = block(run, "CAN", "CHN", "ELC"), block(run, "MEX", "CHN", "ELC")
    by_hand = 0.125 / run.world.customs_ratios[at[1], at[2]]
    assert np.isnan(run.world.customs_ratios[far[1], far[2]]).all()
    np.testing.assert_allclose(other.shock(other.case).tariffs[at], by_hand, rtol=1e-12)
    np.testing.assert_allclose(other.shock(other.case).tariffs[far], 0.125, rtol=1e-12)


def test_no_duty_falls_below_nothing(run: Run) -> None:
    less = told(run, rates=[RateChange("USA", "CAN", add="-90%")])
    found = less.shock(less.case)
    assert found.tariffs.min() >= min(0.0, run.world.tariffs.min())
    assert not found.charged[block(run, "USA", "CAN", "STL")].any()


def test_authorities_add_to_the_change(run: Run) -> None:
    mixed = told(
        run, exempt=[Cells("USA", "CAN", ["OIL"])], claims="-30%",
        rates=[RateChange("USA", "CAN", ["STL"], to="5%"), RateChange("CAN", "USA", add="1%")],
    )  # fmt: skip
    made = mixed.shock(mixed.case)
    assert HAND in made.by_authority
    np.testing.assert_allclose(sum(made.by_authority.values()), made.change, atol=1e-14)
    np.testing.assert_allclose(run.world.tariffs + made.change, made.tariffs, atol=1e-14)


@pytest.mark.parametrize(("fact", "share"), [("us_content", 0.45), ("steel_content", 0.1)])
def test_a_share_of_content_is_as_if_every_line_were_rated_with_it(
    run: Run, fact: str, share: float
) -> None:
    chosen = told(run, contents={fact: rate_text(share)})
    before, after = (replace(p, facts={fact: share}) for p in (run.before, run.signed))
    rated = shocked(run.ledger, before, after, run.world, run.flows)
    # The same sums in another order.
    np.testing.assert_allclose(chosen.shock(chosen.case).tariffs, rated.tariffs, atol=1e-12)


def test_claims_lie_between_what_was_claimed_and_all_or_nothing(run: Run) -> None:
    """On a line at 25 % unless claimed, the share that newly claims takes its part of the duty."""
    names = np.isin(rates(run.ledger, run.signed, run.flows["US"]).place, CLAIMANTS)

    def owed(claims: str) -> float:
        point = replace(run.signed, claims=claims)  # type: ignore[arg-type]
        found = rates(run.ledger, point, run.flows["US"])
        return float(found.duty[names].sum())

    def chosen(claims: str) -> float:
        made = told(run, claims=claims)
        return float(made.shock(made.case).duty["US"])

    assert owed("all") < owed("year") < owed("none")
    base = chosen("0%")
    for claims, end, part in (("40%", "all", 0.4), ("-25%", "none", 0.25), ("100%", "all", 1.0)):
        expected = part * (owed(end) - owed("year"))
        assert chosen(claims) - base == pytest.approx(expected, rel=1e-9)


def test_a_measure_set_aside_charges_nothing(run: Run) -> None:
    free = told(run, without=["us/s232/autos"])
    at = block(run, "USA", "CAN", "MTV")
    assert (free.shock(free.case).tariffs[at] < run.shock(run.case).tariffs[at]).all()
    assert "us/s232/autos" not in free.shock(free.case).covered_by
    assert "us/s232/autos" in run.shock(run.case).covered_by


def test_a_file_says_all_that_python_says(run: Run, tmp_path: Path) -> None:
    choices = Choices(
        without=["us/s232/autos"], exempt=[Cells("USA", "CAN", ["OIL"])],
        rates=[RateChange("USA", "CAN", ["MTV"], add="10%"), RateChange("CAN", "USA", to="5%")],
        contents={"steel_content": "30%"}, claims="20%", response="full-155",
        sharing="households", barriers=Barriers("10%"), partners=Partners("2%", ["OIL"]),
        horizon="long",
    )  # fmt: skip
    made = variation.named(variation.Variation("", "spring-2025", choices=choices))
    path = tmp_path / f"{made.scenario}.yaml"
    path.write_text(variation.as_yaml(made), encoding="utf-8")
    answer = surtax.solve(str(path))
    assert answer["response"] == "full-155"
    assert answer["closure"] == "provinces"
    assert answer["horizon"]["name"] == "long"
    alone = run.told(spec.load(str(path), run.ledger))
    found = alone.solve(alone.case)
    for row, hat in zip(answer["regions"], found.real_income, strict=True):
        assert row["real_income"] == pytest.approx(hat - 1.0, abs=1e-12)


@given(st.integers(-(10**7), 10**7))
def test_a_rate_written_and_read_is_the_same(millionths: int) -> None:
    value = millionths / 1e6
    assert signed_rate(rate_text(value)) == value
    if value >= 0:
        assert rate_of(rate_text(value)) == value


FAULTS = {
    "a measure": ("without: [us/s232/auto]", "us/s232/autos"),
    "a partner": ("rates: [{into: USA, from: CAD, add: 10%}]", "CAN"),
    "a sector": ("rates: [{into: USA, from: CAN, sectors: [MVT], add: 10%}]", "MTV"),
    "services": ("exempt: [{into: USA, from: CAN, sectors: [FIN]}]", "sector of goods"),
    "own goods": ("exempt: [{into: CAN, from: CAN}]", "own goods"),
    "two ways": ("rates: [{into: USA, from: CAN, add: 10%, to: 5%}]", "one way"),
    "no rate": ("rates: [{into: USA, from: CAN, add: ten}]", "25% or -5%"),
    "a negative whole": ("rates: [{into: USA, from: CAN, to: -5%}]", "Write it as 25%"),
    "a fact": ("contents: {us_contents: 10%}", "us_content"),
    "too much content": ("contents: {us_content: 110%}", "not a share"),
    "too many claims": ("claims: -110%", "not a share"),
    "a response": ("response: full-156", "full-155"),
    "threats": ("threats: huge", "central"),
    "a rule": ("sharing: worker-hit", "workers-hit"),
    "a cut of costs abroad": ("partners: {cut: 99.9999%}", "50 %"),
    "a rate beyond": ("rates: [{into: USA, from: CAN, to: 1000000%}]", "beyond any duty"),
    "a cut": ("barriers: {cut: 120%}", "more than there is"),
    "a horizon": ("horizon: shrt", "short"),
    "an unknown choice": ("tariff: 10%", "tariff"),
}


CHOSEN = """scenario: mine
based_on: spring-2025
choices:
  response: full-155
  threats: central
  sharing: per-head
  barriers: {cut: 50%}
  horizon: short
"""


def test_every_command_takes_the_case_that_the_choices_name(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(CHOSEN, "utf-8")
    ready = surtax.run(str(path))
    case = ready.case
    assert (case.response, case.threats, case.sharing) == ("full-155", "central", "per-head")
    assert case.cuts.barriers == 0.5
    assert main_case(ready) == case
    args = {"draws": 1, "seed": 0, "platform": "", "threats": True}
    swept = planned(run.ledger, str(path), response="", **args)[1]
    assert swept == case
    assert planned(run.ledger, str(path), response="full-155", **args)[1] == case
    with pytest.raises(InputError, match="cut barriers already"):
        surtax.offset(str(path))
    with pytest.raises(InputError, match="threats, sharing, barriers"):
        surtax.respond(str(path))


BUNDLE = "platform: {name}\ntitle: A\ntext: B.\nscenario: {on}\nbarriers: {{cut: {cut}}}\n"


def bundles(folder: Path, on: Path) -> list[str]:
    """Two platforms for a scenario file, without a response of their own."""
    for name, cut in (("some", "10%"), ("more", "20%")):
        text = BUNDLE.format(name=name, on=on, cut=cut)
        (folder / f"{name}.yaml").write_text(text, "utf-8")
    return [str(folder / f"{name}.yaml") for name in ("some", "more")]


def test_no_measure_at_all_is_a_response_of_every_command(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    text = "scenario: mine\nbased_on: spring-2025\nchoices: {response: no-answer}\n"
    path.write_text(text, "utf-8")
    names = bundles(tmp_path, path)
    args = {"draws": 1, "seed": 0, "threats": True}
    plain = {"platform": "", "response": "no-answer"}
    for case in (
        planned(run.ledger, str(path), platform="", response="", **args)[1],
        planned(run.ledger, str(path), platform=names[0], response="", **args)[1],
        planned(run.ledger, "spring-2025", **plain, **args)[1],
    ):
        assert case.response == "no-answer"
    table = surtax.compare(names, ranges=False)
    assert table["baseline"] == "response no-answer"
    alone = surtax.solve("spring-2025", response="no-answer")["regions"]
    real = {row["region"]: row["real_income"] for row in alone}
    for row in table["rows"]:
        assert row["response"] == "no-answer"
        assert row["covered"] == 0.0  # who levies nothing covers nothing
    for row in table["rows"][0]["regions"]:
        assert row["value"] == pytest.approx(real[row["region"]], abs=1e-12)
    assert "Answer: no measure at all." in " ".join(table["rows"][1]["summary"])


def test_platforms_of_a_scenario_that_makes_their_choices_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(CHOSEN, "utf-8")
    with pytest.raises(InputError, match="choices of sharing, barriers, which a platform makes"):
        surtax.compare(bundles(tmp_path, path))


def test_a_horizon_is_in_the_world_that_every_search_solves(run: Run) -> None:
    short = told(run, horizon="short")
    world = short.world_of(short.headline)
    np.testing.assert_array_equal(world.theta, 0.38 * run.world_of(run.headline).theta)
    plan = drawing.plan(
        short, short.case, seed=0, closures=["stuck"], barriers=(), drawn_from="central"
    )
    long = drawing.plan(
        run, run.case, seed=0, closures=["stuck"], barriers=(), drawn_from="central"
    )
    np.testing.assert_allclose(drawing.draw(plan, 3).theta, 0.38 * drawing.draw(long, 3).theta)
    assert plan.digest != long.digest


@pytest.mark.parametrize("fault", sorted(FAULTS))
def test_choices_that_cannot_be(fault: str, tmp_path: Path, run: Run) -> None:
    line, says = FAULTS[fault]
    path = tmp_path / "mine.yaml"
    path.write_text(f"scenario: mine\nbased_on: spring-2025\nchoices:\n  {line}\n", "utf-8")
    with pytest.raises(InputError) as caught:
        spec.load(str(path), run.ledger)
    assert says in str(caught.value)
    assert "mine.yaml" in str(caught.value)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("based_on: spring-2052", "spring-2025"),
        ("based_on: spring-2025\nclosure: own-shape", "own-share"),
        ("based_on: spring-2025\nelasticities: centrl", "central"),
        ("based_on: spring-2025\non: 2024-12-01", "base day"),
        ("based_on: spring-2025\nworld: can19x43", "can19x34"),
        ("based_on: spring-2025\nplayer: CAN", "player"),
    ],
)
def test_variations_that_cannot_be(line: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(f"scenario: mine\n{line}\n", "utf-8")
    with pytest.raises(InputError) as caught:
        spec.load(str(path), Ledger.load())
    assert says in str(caught.value)
    assert "mine.yaml" in str(caught.value)


def test_the_sentences_before_the_figures_are_those_of_the_run(tmp_path: Path) -> None:
    later = tmp_path / "later.yaml"
    later.write_text("scenario: later\nbased_on: spring-2025\non: 2025-08-08\n", "utf-8")
    # All three threats of March had become law by August: nothing is left to tell apart.
    said = " ".join(surtax.solve(str(later))["summary"])
    assert "Threatened" not in said
    assert "it is assumed" not in said
    said = " ".join(surtax.solve(str(later), threats="central")["summary"])
    assert "No threat of the scenario stands" in said
    assert "told apart" in " ".join(surtax.solve("spring-2025")["summary"])
    long = surtax.solve("spring-2025", threats="low", horizon="long")
    said = " ".join(long["summary"])
    assert "counted as carried out" in said
    assert "over the long horizon" in said
    assert "not per head; surtax solve tells both" in said
    said = " ".join(surtax.solve("spring-2025", closure="balanced")["summary"])
    assert "ends every region's deficit" in said


def test_real_income_per_head_is_told_where_people_move(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    """Income over those who live there: where people leave, those who stay lose less than all."""
    long = surtax.solve("spring-2025", horizon="long")
    for row in long["regions"]:
        people = 1.0 + row["labour_force"]
        assert (1.0 + row["real_income_per_head"]) * people == pytest.approx(
            1.0 + row["real_income"], rel=1e-12
        )
    rows = {row["region"]: row for row in long["regions"]}
    assert rows["AB"]["labour_force"] < -0.001
    assert rows["AB"]["real_income_per_head"] > rows["AB"]["real_income"] + 0.001
    assert rows["BC"]["real_income_per_head"] < rows["BC"]["real_income"] - 0.001
    tables.solved(long)
    assert "per head" in " ".join(capsys.readouterr().out.split())
    short = surtax.solve("spring-2025")
    assert all(r["real_income_per_head"] == r["real_income"] for r in short["regions"])

    one = run.told(msgspec.structs.replace(run.scenario, elasticities=["central"]))
    told_ = {r["region"]: r for r in deeper.horizons(one, one.case) if r["horizon"] == "long"}
    for name in ("AB", "BC"):
        assert told_[name]["real_income"]["value"] == rows[name]["real_income"]
        assert told_[name]["real_income_per_head"]["value"] == rows[name]["real_income_per_head"]
    # a person counts by the benchmark wage of the region: nobody leaves the country
    assert told_["CAN"]["real_income_per_head"] == told_["CAN"]["real_income"]


def test_a_rate_that_stands_as_charged(run: Run, tmp_path: Path) -> None:
    rate = RateChange(into="USA", origin="CAN", sectors=["OIL"], to="10%")
    charged = told(run, rates=[rate], wedge="rate")
    at = block(run, "USA", "CAN", "OIL")
    np.testing.assert_allclose(charged.shock(run.case).tariffs[at], 0.1, rtol=1e-12)
    law, usual = told(run, wedge="rate").shock(run.case), run.shock(run.case)
    ratio = np.nan_to_num(run.world.customs_ratios, nan=1.0)
    np.testing.assert_allclose(law.change, usual.change * ratio, rtol=1e-12, atol=1e-15)

    path = tmp_path / "charged.yaml"
    path.write_text("scenario: charged\nbased_on: spring-2025\nchoices: {wedge: rate}\n", "utf-8")
    assert "the rate as charged" in " ".join(surtax.solve(str(path))["summary"])
    with pytest.raises(InputError, match="stand as charged"):
        surtax.respond(str(path), player="CAN", against="USA", mode="list", limit="1e9")
    path.write_text(path.read_text("utf-8").replace("rate}", "rates}"), "utf-8")
    with pytest.raises(InputError, match=r"charged\.yaml"):
        surtax.solve(str(path))
