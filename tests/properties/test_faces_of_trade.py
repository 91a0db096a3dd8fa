"""What the commands on trade print: eighty columns, the library's numbers, clear faults."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from surtax.cli import app
from surtax.errors import InputError
from surtax.views.trade import _persons
from surtax.world import load
from surtax.world.employment import jobs
from surtax.world.exposure import exposure, whole

SMALL = """CON_VAL_YR,CAL_DUT_YR,I_COMMODITY,CTY_CODE
1000000,0,0101210010,1220
2000000,50000,8703230190,2010
3000000,90000,9503000073,5700
"""


def ask(*words: str) -> str:
    done = CliRunner().invoke(app, list(words), env={"COLUMNS": "80"})
    assert done.exit_code == 0, done.output
    assert all(len(line.rstrip()) <= 80 for line in done.output.splitlines()), done.output
    return done.output


def asked(*words: str) -> dict[str, Any]:
    done = CliRunner().invoke(app, [*words, "--json"])
    assert done.exit_code == 0, done.output
    return dict(json.loads(done.output))


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> str:
    path: Path = tmp_path_factory.mktemp("flows") / "mine.csv"
    path.write_text(SMALL, encoding="utf-8")
    return str(path)


def test_flows_of_ones_own(own: str) -> None:
    answer = asked("etr", "--flows", own, "--on", "2025-04-09", "--by", "partner,authority")
    assert answer["imports"] == 6e6
    toys = [r for r in answer["rows"] if (r["partner"], r["authority"]) == ("CN", "ieepa")]
    assert toys[0]["rate"] == pytest.approx(1.04, rel=1e-12)  # 20 and 84 % on 9 April 2025
    assert any("taken as 2024" in n for n in answer["notes"])
    parts = sum(r["duty"] for r in answer["rows"])
    assert parts == pytest.approx(answer["duty"], rel=1e-12)
    said = ask("etr", "--flows", own, "--on", "2025-04-09", "--year", "2024")
    assert "CN" in said
    assert "In your file" not in said


def test_the_ladder_of_ones_own_flows(own: str) -> None:
    answer = asked("etr", "--ladder", "--flows", own, "--on", "2024-07-01")
    assert [s["step"] for s in answer["steps"]] == [
        "statutory", "claimed", "applicable", "collected",
    ]  # fmt: skip
    assert answer["steps"][-1]["duty"] == pytest.approx(140000, rel=1e-9)  # as the file says
    assert "Residual to what was collected" in ask(
        "etr", "--ladder", "--flows", own, "--on", "2024-07-01"
    )


def test_rates_by_province_have_a_total_of_canada() -> None:
    """The row of Canada by partner, which the rows of its provinces add up to."""
    day = ["--on", "2025-04-03", "--known", "2025-04-03"]
    by = asked("etr", *day, "--by", "province")
    (canada,) = [r for r in asked("etr", *day)["rows"] if r["partner"] == "CA"]
    told = by["of_canada"]
    assert {k: told[k] for k in ("imports", "duty", "rate")} == pytest.approx(
        {k: canada[k] for k in ("imports", "duty", "rate")}, rel=1e-12
    )
    ours = [r for r in by["rows"] if r["province"] != "other partners"]
    assert sum(r["duty"] for r in ours) == pytest.approx(told["duty"], rel=1e-12)
    assert "Of which Canada" in ask("etr", *day, "--by", "province")
    assert asked("etr", *day)["of_canada"] is None


def test_one_key_is_one_thing_in_every_answer(own: str) -> None:
    """Duties without a rate are rows alike; imports are all of them, and the barred told apart."""
    day = ["--known", "2025-03-28"]
    law = ["--on", "2025-04-09", *day]
    answers = {
        "etr": asked("etr", "--flows", own, *law),
        "ladder": asked("etr", "--ladder", "--flows", own, *law),
        "daily": asked(
            "etr", "--daily", "--flows", own, "--since", "2025-04-09", "--until", "2025-04-09", *day
        ),
        "diff": asked("ledger", "diff", "2025-03-28@2025-03-28", "2025-04-09@2025-03-28")["value"],
        "duty": asked(
            "duty", "9503.00.00", "--from", "CN", "--into", "US", "--value", "1", *law
        ),
    }  # fmt: skip
    for name, answer in answers.items():
        (row,) = answer["unknown"]
        assert set(row) == {"measure", "title", "citation"}, name
        assert row["measure"] == "us/ieepa/reciprocal#baseline"
    assert {answers[k]["imports"] for k in ("etr", "ladder", "daily")} == {6e6}
    assert answers["ladder"]["barred"] == answers["etr"]["barred"] == 0.0


def test_exposure_is_that_of_the_world() -> None:
    answer = asked("exposure", "--by", "sector")
    assert answer["total"] == whole(exposure(load.load("can19x34"), "CA", "US", jobs("can19x34")))
    said = ask("exposure")
    assert said.splitlines()[0].startswith("Canada: ")
    for name in ("BC", "NL", "YT"):
        assert name in said
    assert "rest of CAN" in ask("exposure", "--of", "ON", "--by", "partner")
    jobless = ask("exposure", "--of", "US", "--by", "sector")
    assert "jobs" not in jobless  # the world counts none in the United States


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (1_999_600.0, "2.00 million persons"),
        (999_400.0, "999 thousand persons"),
        (9_400.0, "9,400 persons"),
    ],
)
def test_persons_are_told_in_the_unit_that_reads_best(count: float, said: str) -> None:
    assert _persons(count) == said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--ladder", "--daily"], "two questions"),
        (["--since", "2025-01-01"], "does not look at --since, which belongs to --daily"),
        (["--daily", "--by", "sector"], "--daily does not look at --by"),
        (["--ladder", "--top", "3"], "--ladder does not look at --top"),
        (["--as", "waugh", "--claims", "2025"], "--as does not look at --claims"),
        (["--exports-of", "2019"], "Add --by province"),
        (["--year", "2023"], "Give --flows too"),
        (["--as", "yale"], "Known: budget-lab, fitch, rate-tracker, waugh"),
        (["--ladder", "--into", "CA"], "Ask for --into US"),
        (["--claims", "2031"], "period of claim shares"),
        (["--flows", "nowhere.csv"], "no such file"),
    ],
)
def test_faults_of_the_question(words: list[str], said: str) -> None:
    done = CliRunner().invoke(app, ["etr", *words])
    assert isinstance(done.exception, InputError)
    assert said in str(done.exception)
    assert not done.output


def test_a_day_without_any_duty_is_a_table_without_rows() -> None:
    said = ask("etr", "--into", "CA", "--on", "2025-01-15", "--by", "authority")
    assert "0.00 %" in said
    assert asked("etr", "--into", "CA", "--on", "2025-01-15", "--by", "authority")["rows"] == []
