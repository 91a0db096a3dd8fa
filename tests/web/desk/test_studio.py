"""The studio: an answer is that of `surtax solve` on its file, and a state survives the file."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import surtax
from surtax.desk import studio
from surtax.desk.problem import BusyError
from surtax.desk.studio import Answers
from surtax.desk.studiostate import State, state_of, variation_of
from surtax.ledger.text import read_yaml_text
from surtax.scenario.choices import rate_text
from surtax.scenario.compare import compare
from surtax.scenario.variation import Variation, as_yaml
from surtax.words import catalogue
from surtax.world.households import households
from web.desk.asking import Desk


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Desk(tmp_path_factory.mktemp("desk"))


BUSY: dict[str, Any] = {
    "rates": ["MTV CAN>USA +10%", "USA>CAN =5%", "OIL+UTL CAN>USA free"],
    "contents": {"us_content": "45%"}, "claims": "20%", "response": "full-155",
    "barriers": "10%", "partners": "2%", "partner_sectors": ["OIL"], "sharing": "households",
}  # fmt: skip
STATES: list[dict[str, Any]] = [
    {},
    BUSY,
    {"horizon": "short", "without": ["us/s232/autos"]},
    {"on": "2025-04-10", "known": "2025-04-10", "closure": "world-share", "threats": "high"},
    {"elasticities": "boc-2018", "rates": ["CAN>USA -5%"], "world": "can17x28"},
]


@pytest.mark.parametrize("number", range(len(STATES)))
def test_the_answer_is_that_of_solve_on_the_file(desk: Desk, number: int, tmp_path: Path) -> None:
    state = STATES[number]
    told = desk.post("/api/studio", json=state)
    assert told.status_code == 200, told.text
    made = desk.post("/api/studio/file", json=state).json()
    path = tmp_path / made["name"]
    path.write_text(made["file"], encoding="utf-8")
    alone = surtax.solve(str(path))
    assert told.json()["closure"] == alone["closure"]
    assert told.json()["vintage"]["scenario"] == alone["vintage"]["scenario"]
    for mine, other in zip(told.json()["regions"], alone["regions"], strict=True):
        for key in ("real_income", "real_wage", "prices", "exports", "imports"):
            # Both solve every equation to 1e-10, from other starts.
            assert mine[key] == pytest.approx(other[key], abs=1e-9), (mine["region"], key)


def test_no_change_of_law_is_the_benchmark(desk: Desk) -> None:
    names = ["CAN", "USA", "MEX", "CHN", "JPN", "GBR", "KOR", "IND", "EU27", "ROW"]
    pairs = [f"{a}>{b} free" for b in ("USA", "CAN") for a in names if a != b]
    found = desk.post("/api/studio", json={"rates": pairs}).json()
    for row in found["regions"]:
        # The benchmark solves its own equations: what is left is the solver's tolerance.
        assert abs(row["real_income"]) < 1e-9
        assert abs(row["jobs"]) < 1e-3
    assert all(abs(r["collected"]) < 1e-9 for r in found["revenue"])


@pytest.mark.parametrize("closure", ["own-share", "wage-curve"])
def test_jobs_of_regions_are_the_economys_and_those_of_sectors_add_to_them(closure: str) -> None:
    told = studio.answer(State(closure=closure))
    run = studio.run_of(variation_of(State(closure=closure)))
    found = run.solve(run.case)
    for n, row in enumerate(told["regions"]):
        persons = np.nan_to_num(run.jobs.persons[:, n]).sum()
        alone = persons * (found.labour_force[n] * found.employed[n] - 1.0)
        # Both solve every equation to 1e-10, of some ten million persons.
        assert row["jobs"] == pytest.approx(alone, abs=1e-2)
        assert row["shifted"] >= -1e-6
    own = sum(row["jobs"] for row in told["regions"] if row["treasury"] == "CAN")
    assert sum(row["jobs"] for row in told["sectors"]) == pytest.approx(own, abs=1e-3)
    assert (own < -1000) == (closure == "wage-curve")


def test_more_duty_on_canadian_goods_costs_canada_and_less_barrier_gains() -> None:
    """A duty abroad lowers demand for Canada's goods; a saved cost is a saved resource."""

    def player(**state: Any) -> float:
        return float(studio.answer(State(**state))["player"])

    rising = [player(rates=[f"CAN>USA +{rate}%"]) for rate in (0, 5, 10, 25)]
    assert rising == sorted(rising, reverse=True)
    cuts = [player(barriers=f"{cut}%") for cut in (0, 10, 30)]
    assert cuts == sorted(cuts)


def test_a_range_holds_its_figure(desk: Desk) -> None:
    value = desk.post("/api/studio", json=BUSY).json()
    span = desk.post("/api/studio/ranges", json=BUSY).json()
    assert span["sets"] > 1
    assert span["player"]["low"] - 1e-9 <= value["player"] <= span["player"]["high"] + 1e-9
    for row in value["regions"]:
        found = span["regions"][row["region"]]
        assert found["low"] - 1e-9 <= row["real_income"] <= found["high"] + 1e-9


def test_income_per_head_and_per_household_follows_those_who_moved(desk: Desk) -> None:
    """Under a closure that moves workers, a province that is left loses less per head."""
    state = {"closure": "provinces"}
    told = desk.post("/api/studio", json=state).json()
    span = desk.post("/api/studio/ranges", json=state).json()
    run = studio.run_of(variation_of(State(**state)))
    found = run.solve(run.case)
    counted = households()
    for n, row in enumerate(told["regions"]):
        per_head = (1 + row["real_income"]) / found.labour_force[n] - 1
        # Both solve every equation to 1e-10, from other starts.
        assert row["real_income_per_head"] == pytest.approx(per_head, abs=1e-9)
        if row["treasury"] != "CAN":
            assert row["per_household"] is None
            continue
        dollars = run.world.income[n] * run.world.unit * per_head / counted[row["region"]]
        assert row["per_household"] == pytest.approx(dollars, abs=1e-3)
        for key, spans in (("real_income_per_head", "per_head"), ("per_household",) * 2):
            low, high = (span[spans][row["region"]][end] for end in ("low", "high"))
            assert low - 1e-3 <= row[key] <= high + 1e-3
    left = min(range(len(run.world.regions)), key=lambda n: found.labour_force[n])
    assert told["regions"][left]["real_income_per_head"] > told["regions"][left]["real_income"]


def test_a_platform_is_a_state_with_the_figures_of_compare(desk: Desk) -> None:
    offered = desk.get("/api/studio").json()["platforms"]
    table = compare([one["platform"] for one in offered], ranges=False)
    for one, row in zip(offered, table["rows"][1:], strict=True):
        found = desk.post("/api/studio", json=one["state"]).json()
        assert found["player"] == pytest.approx(row["real_income"]["value"], abs=1e-9)
        assert found["opponent"] == pytest.approx(row["opponent"]["value"], abs=1e-9)


SECTORS = ["OIL", "STL", "ALU", "MTV", "LUM"]
TREASURIES = ["USA", "CAN", "MEX", "CHN", "EU27"]
shares = st.integers(0, 10**6).map(lambda n: rate_text(n / 1e6))


@st.composite
def rates(draw: st.DrawFn) -> str:
    origin, into = draw(st.lists(st.sampled_from(TREASURIES), min_size=2, max_size=2, unique=True))
    goods = "+".join(draw(st.lists(st.sampled_from(SECTORS), max_size=3, unique=True)))
    how = draw(st.sampled_from(["+{}", "-{}", "={}", "free"]))
    told = how.format(draw(st.integers(1, 10**6).map(lambda n: rate_text(n / 1e6))))
    return f"{goods} {origin}>{into} {told}".strip()


days = st.sampled_from(["", "2025-03-28", "2025-06-05"])
states = st.builds(
    State, on=days, known=days,
    rates=st.lists(rates(), max_size=4).map(
        lambda texts: sorted(texts, key=lambda t: not t.endswith("free"))
    ),
    claims=st.integers(-10**6, 10**6).map(lambda n: rate_text(n / 1e6)),
    contents=st.dictionaries(st.sampled_from(["us_content", "steel_content"]), shares),
    answers=st.lists(st.sampled_from(["CN", "EU27", "MX"]), unique=True),
    barriers=shares, partners=shares, response=st.sampled_from(["", "full-155"]),
    closure=st.sampled_from(["", "roy"]), horizon=st.sampled_from(["", "short"]),
    threats=st.sampled_from(["", "low", "high"]), sharing=st.sampled_from(["", "loss"]),
)  # fmt: skip


@given(states)
@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_a_state_survives_its_file(state: State) -> None:
    told = variation_of(state)
    back = state_of(read_yaml_text(as_yaml(told), Variation, "file"))
    assert back == state
    assert variation_of(back) == told


def test_a_file_comes_back_over_the_wire(desk: Desk) -> None:
    made = desk.post("/api/studio/file", json=BUSY).json()
    back = desk.post("/api/studio/state", json={"file": made["file"]}).json()
    assert desk.post("/api/studio/file", json=back).json() == made


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ("closure: " + "x" * 200, "closure"),
        ("choices: {without: [" + ", ".join(["us/s232/autos"] * 60) + "]}", "without"),
        ("choices: {rates: [{into: USA, from: CAN, add: 5%, to: 5%}]}", "not told one way"),
    ],
)
def test_a_file_that_a_state_cannot_hold_is_refused(desk: Desk, more: str, says: str) -> None:
    text = f"scenario: mine\nbased_on: spring-2025\n{more}\n"
    error = desk.error("POST", "/api/studio/state", json={"file": text})
    assert error["status"] == 422
    assert says in error["message"]


def test_a_day_that_the_record_does_not_reach_is_said(desk: Desk) -> None:
    assert not desk.post("/api/studio", json={}).json()["stale"]
    far = desk.post("/api/studio", json={"on": "2031-01-01", "known": "2031-01-01"}).json()
    assert far["stale"]


def test_other_governments_answers_are_those_of_the_command(desk: Desk) -> None:
    wanted = surtax.solve("spring-2025", answers=["CN"])
    told = desk.post("/api/studio", json={"answers": ["CN"]}).json()
    income = {row["region"]: row["real_income"] for row in told["regions"]}
    for row in wanted["regions"]:
        # 1e-8: two starts of one fixed point.
        assert income[row["region"]] == pytest.approx(row["real_income"], abs=1e-8)
    pair = [row for row in told["rates"] if (row["into"], row["from"]) == ("CHN", "USA")]
    assert pair[0]["rate"] > pair[0]["before"]  # duties of 10 and 15 % on US farm goods
    assert desk.get("/api/studio").json()["scenarios"][0]["answers"] == ["CN", "EU27", "MX"]


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "rate": ({"rates": ["MTV CAN>USA ten"]}, "no rate on goods"),
    "sector": ({"rates": ["MVT CAN>USA +10%"]}, "MTV"),
    "partner": ({"rates": ["CAD>USA +10%"]}, "CAN"),
    "level": ({"threats": "huge"}, "low, central or high"),
    "day": ({"on": "yesterday"}, "2025-03-28"),
    "too early": ({"on": "2024-01-01"}, "base day"),
    "share": ({"claims": "a lot"}, "25% or -5%"),
    "cut": ({"barriers": "-10%"}, "not a share"),
    "scenario": ({"scenario": "spring-2052"}, "spring-2025"),
    "closure": ({"closure": "own-shape"}, "own-share"),
    "a folder of this machine": ({"world": "/usr"}, "unknown world"),
    "world": ({"world": "can19x43"}, "can19x34"),
    "response": ({"response": "full-156"}, "full-155"),
    "field": ({"tarif": "10%"}, "tarif"),
    "a list of which few rows are known": (
        {"answers": ["EU27"], "on": "2025-04-20", "known": "2025-04-01"},
        "the list",
    ),
    "a side": ({"answers": ["CA"]}, "a side of the scenario"),
    "elasticities": ({"elasticities": "centre"}, "central"),
    "horizon": ({"horizon": "medum"}, "medium"),
    "content": ({"contents": {"us_content": "140%"}}, "not a share"),
    "measure": ({"without": ["us/s232/auto"]}, "us/s232/autos"),
    "barriers": ({"barriers": "200%"}, "more than there is"),
    "partners": ({"partners": "60%"}, "more than there is"),
    "sharing": ({"sharing": "employment-insurance", "response": "full-155"}, "wage-curve"),
}


@pytest.mark.parametrize("fault", sorted(BAD))
def test_bad_states_are_told_as_the_command_line_tells_them(desk: Desk, fault: str) -> None:
    state, says = BAD[fault]
    told = desk.error("POST", "/api/studio", json=state)
    assert told["status"] == 422
    assert says in told["message"]
    assert told["field"] in state  # beside which the page puts it


def test_the_command_line_says_the_same_of_the_file(tmp_path: Path) -> None:
    state = State(rates=["MVT CAN>USA +10%"])
    told = variation_of(state)
    path = tmp_path / f"{told.scenario}.yaml"
    path.write_text(as_yaml(told), encoding="utf-8")
    with pytest.raises(surtax.errors.InputError) as mine:
        studio.answer(state)
    with pytest.raises(surtax.errors.InputError) as other:
        surtax.solve(str(path))
    assert mine.value.what == other.value.what


SAID = [
    ({"closure": "balanced"}, "ends", []),
    ({"closure": "provinces"}, "moves", []),
    ({"threats": "high"}, "carried", ["us/ieepa/fentanyl-ca", "us/ieepa/fentanyl-mx"]),
    ({"threats": "high"}, "assumed", ["us/ieepa/reciprocal#baseline"]),
    ({"threats": "low", "on": "2026-10-05"}, "idle", []),
    ({"answers": ["MX"]}, "silent", ["MX"]),
]


@pytest.mark.parametrize(("chosen", "note", "of"), SAID, ids=[note for _, note, _ in SAID])
def test_what_solve_says_beside_its_figures_is_said_in_the_studio(
    chosen: dict[str, Any], note: str, of: list[str], tmp_path: Path
) -> None:
    state = State(**chosen)
    told = variation_of(state)
    path = tmp_path / f"{told.scenario}.yaml"
    path.write_text(as_yaml(told), encoding="utf-8")
    said = " ".join(surtax.solve(str(path))["summary"])
    found = {one["note"]: one for one in studio.answer(state)["notes"]}
    assert set(of) <= set(found[note]["of"])
    words = catalogue("en")[f"studio.note.{note}"].replace("’", "'")
    if note in ("ends", "moves", "idle"):
        assert words.replace("{day}", told.on.isoformat() if told.on else "") in said
    elif note == "silent":
        assert "Mexico has no duty that answers USA" in said
        assert "nothing counts" in words
    else:
        assert all(one in said for one in found[note]["of"])
    if note == "assumed":
        assert f"and {100 * found[note]['rate']:g}%" in said


def test_a_state_without_anything_to_know_has_no_notes() -> None:
    assert studio.answer(State())["notes"] == []


def test_one_question_is_answered_once_for_all_who_ask() -> None:
    answers, made = Answers(), []

    def slow() -> dict[str, Any]:
        made.append(1)
        time.sleep(0.05)
        return {"n": len(made)}

    threads = [threading.Thread(target=lambda: answers.get("same", slow)) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(made) == 1


def test_an_older_question_of_a_page_is_dropped() -> None:
    answers = Answers()
    answers.asked("page", 2)
    answers.wanted("page", 2)
    answers.wanted("other", 1)
    with pytest.raises(BusyError):
        answers.wanted("page", 1)
