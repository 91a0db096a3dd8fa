"""The brief's figures are those of the commands, and a change of law moves what rests on it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from surtax.brief import deeper, render
from surtax.brief.make import compose
from surtax.economy import tables as economy
from surtax.ledger import Ledger
from surtax.ledger.load import LAW
from surtax.scenario.platforms import available
from surtax.scenario.run import prepare
from surtax.scenario.spec import load, on_day
from web.tongue import unmarked_english


def surtax(*words: str) -> dict[str, Any]:
    """A command's JSON."""
    done = subprocess.run(
        [sys.executable, "-c", "from surtax.cli import main; main()", *words, "--json"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def composed(folder: Path | None = None) -> dict[str, Any]:
    ledger = Ledger.load(folder)
    return compose(prepare(load("spring-2025", ledger), ledger), "surtax brief spring-2025")


@pytest.fixture(scope="module")
def brief(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    out = tmp_path_factory.mktemp("brief") / "out"
    written = surtax("brief", "spring-2025", "-o", str(out))
    assert Path(written["page"]).is_file()
    return json.loads((out / "brief.json").read_text(encoding="utf-8"))


def test_duties_are_those_of_the_command(brief: dict[str, Any]) -> None:
    commands = [
        ["8703.23.01", "--from", "CA", "--into", "US", "--value", "40000", "--on", "2025-04-03",
         "--claim", "usmca", "--fact", "us_content=0.5"],
        ["7214.20.00", "--from", "CA", "--into", "US", "--value", "1000", "--on", "2025-03-28"],
        ["2709.00.20", "--from", "CA", "--into", "US", "--value", "100000", "--on", "2025-03-28",
         "--quantity", "1500", "--unit", "bbl"],
        ["2208.30.00", "--from", "US", "--into", "CA", "--value", "1000", "--on", "2025-03-28",
         "--claim", "usmca"],
    ]  # fmt: skip
    assert len(brief["duties"]) == len(commands)
    for shown, words in zip(brief["duties"], commands, strict=True):
        answer = surtax("duty", *words, "--known", "2025-03-28")
        assert {k: shown[k] for k in answer} == answer


def test_effective_rates_are_those_of_the_command(brief: dict[str, Any]) -> None:
    etr = brief["etr"]
    states = {s["state"]: s for s in etr["states"]}
    for state, day, known in (
        ("before", "2025-01-19", "2025-01-19"),
        ("in_force", "2025-03-28", "2025-03-28"),
        ("signed", "2025-05-03", "2025-03-28"),
    ):
        answer = surtax("etr", "--on", day, "--known", known, "--by", "partner")
        assert states[state]["rate"] == answer["rate"]
        assert states[state]["duty"] == answer["duty"]
        rates = {r["partner"]: r["rate"] for r in answer["rows"]}
        for row in etr["by_partner"]:
            # the same sums, cell by cell in another order
            assert row[state] == pytest.approx(rates[row["partner"]], rel=1e-12)


def test_the_threatened_rate_is_that_of_the_command(brief: dict[str, Any]) -> None:
    """With the assumed rate said out loud, the command gives the brief's figure and its range."""
    state = next(s for s in brief["etr"]["states"] if s["state"] == "threatened")
    for key, rate in (("rate", "10%"), ("low", "0%"), ("high", "20%")):
        answer = surtax(
            "etr", "--on", "2025-05-03", "--known", "2025-03-28", "--include", "threatened",
            "--assume", f"us/ieepa/reciprocal#baseline={rate}",
        )  # fmt: skip
        assert state[key] == answer["rate"]


def test_ends_of_ranges_are_those_of_the_command(brief: dict[str, Any]) -> None:
    """The lowest and highest real income of a province come from some variant that solve shows."""
    row = next(r for r in brief["regions"] if r["region"] == "AB")["real_income_range"]
    found = []
    for words in (
        *(["--elasticities", s["name"], "--closure", c]
          for s in brief["elasticity_sets"] for c in ("own-share", "world-share")),
        ["--contents", "low"], ["--contents", "high"],
    ):  # fmt: skip
        regions = surtax("solve", "spring-2025", *words)["regions"]
        found.append(next(r["real_income"] for r in regions if r["region"] == "AB"))
    assert (min(found), max(found)) == (row["low"], row["high"])


def test_regions_are_those_of_the_command(brief: dict[str, Any]) -> None:
    rows = {r["region"]: r for r in surtax("solve", "spring-2025")["regions"]}
    shown = {r["region"]: r for r in brief["regions"]}
    assert set(rows) == set(shown)
    for region, row in rows.items():
        assert shown[region]["real_income_range"]["value"] == row["real_income"]
        for key in ("real_income", "real_wage", "prices", "exports", "imports", "revenue"):
            assert shown[region][key] == row[key]
    for response in brief["responses"]:
        solved = surtax("solve", "spring-2025", "--response", response["name"])
        by_region = {r["region"]: r["real_income"] for r in solved["regions"]}
        for province in response["provinces"]:
            assert province["real_income"]["value"] == by_region[province["region"]]
        assert response["covered"]["value"] == solved["covered"]["CA"] / 1e9


def test_measures_are_those_of_the_command(brief: dict[str, Any]) -> None:
    rows = surtax("measures", "--on", "2025-03-28", "--known", "2025-03-28")["measures"]
    # the dispute's duties: no fees, no general rates, nothing that only relieves
    charging = {
        r["id"].partition("#")[0]
        for r in rows
        if r["kind"] == "duty" and r["rate"] != "declared general_rate"
    }
    kept = [r for r in rows if r["id"].partition("#")[0] in charging]
    for status, shown in brief["law"].items():
        assert shown == [r for r in kept if r["status"] == status]


def test_every_headline_has_its_range(brief: dict[str, Any]) -> None:
    def walk(value: Any) -> None:
        if isinstance(value, dict):
            if {"value", "low", "high"} <= set(value) and value["low"] is not None:
                assert value["low"] <= value["value"] <= value["high"]
            for one in value.values():
                walk(one)
        elif isinstance(value, list):
            for one in value:
                walk(one)

    walk({k: v for k, v in brief.items() if k != "duties"})


def test_who_pays_trade_and_sectors_are_those_of_the_tables(brief: dict[str, Any]) -> None:
    """Sums of the rows that `surtax solve --by` prints, and what must add up."""
    ledger = Ledger.load()
    run = prepare(load("spring-2025", ledger), ledger)
    found = run.solve(run.case)
    own = {r for r, t in zip(run.world.regions, run.world.treasuries, strict=True) if t == "CAN"}
    unit = run.world.unit
    for row in brief["who_pays"]:
        parts = sum(row[k]["value"] for k in ("foreign_exporters", "households", "firms"))
        assert parts == pytest.approx(row["taxes"]["value"], rel=1e-9)  # to the solver's 1e-10
        assert row["exporters_share"]["low"] < row["exporters_share"]["high"]
    moved: dict[str, float] = {}
    for row in economy.pairs(found):
        if row["partner"] in own and row["region"] not in own:
            change = float(row["imports_amount"]) - float(row["imports_base"])
            moved[str(row["region"])] = moved.get(str(row["region"]), 0.0) + change * unit
    told = {r["region"]: r["exports_change"]["value"] for r in brief["trade"]}
    assert told == pytest.approx(moved, rel=1e-9)
    made: dict[str, list[float]] = {}
    for row in economy.sectors(found):
        if row["region"] in own and row["output_amount"]:
            base = float(row["output_amount"]) / (1 + float(row["output"]))
            now = float(row["output_amount"]) / (1 + float(row["producer_prices"]))
            old, new = made.get(str(row["sector"]), [0.0, 0.0])
            made[str(row["sector"])] = [old + base, new + now]
    told = {r["sector"]: r["output"]["value"] for r in brief["sectors"]}
    assert told == pytest.approx({k: b / a - 1 for k, (a, b) in made.items()}, rel=1e-9, abs=1e-12)


def test_platforms_are_told_on_another_day_or_said_to_be_left_out() -> None:
    """A day later nothing has changed; before the second list was announced no platform can be."""
    ledger = Ledger.load()
    spring = load("spring-2025", ledger)
    later = prepare(on_day(spring, date(2025, 3, 29), None), ledger)
    told = [row["name"] for row in deeper.platforms(later)]
    assert set(told) == {"baseline", *available()}
    assert deeper.left_out(later) == []
    early = prepare(on_day(spring, date(2025, 2, 15), None), ledger)
    assert deeper.platforms(early) == []
    missing = {row["name"]: row["measures"] for row in deeper.left_out(early)}
    assert all(missing[name] == ["ca/surtax/second-list"] for name in available())


def test_the_same_command_gives_the_same_bytes(tmp_path: Path, brief: dict[str, Any]) -> None:
    again = json.loads(json.dumps(composed()))
    assert again == {k: brief[k] for k in again}


def test_one_rate_moves_every_number_that_rests_on_it(tmp_path: Path) -> None:
    """Automobiles at 30 % in place of 25 %: the car, the rates and the provinces move; the
    crude, the whisky and the law before the dispute do not."""
    folder = tmp_path / "law"
    shutil.copytree(LAW, folder)
    file = folder / "us/s232/autos.yaml"
    text = file.read_text(encoding="utf-8")
    assert text.count("8704.60.00], rate: 25%") == 1
    file.write_text(text.replace("8704.60.00], rate: 25%", "8704.60.00], rate: 30%"), "utf-8")
    old, new = composed(), composed(folder)
    car, crude = ((b["duties"][0]["total"], b["duties"][2]["total"]) for b in (old, new))
    assert (car[0], crude[0]) == (5000.0, 6000.0)
    assert car[1] == crude[1]
    assert old["duties"][3] == new["duties"][3]
    a, b = ({s["state"]: s["rate"] for s in x["etr"]["states"]} for x in (old, new))
    assert a["before"] == b["before"]
    assert a["in_force"] == b["in_force"]
    assert b["signed"] > a["signed"]
    assert b["threatened"] > a["threatened"]
    changed = [
        x["region"]
        for x, y in zip(old["regions"], new["regions"], strict=True)
        if x["real_income"] != y["real_income"]
    ]
    assert changed == [x["region"] for x in old["regions"]]
    ontario = [next(r for r in x["regions"] if r["region"] == "ON") for x in (old, new)]
    assert ontario[1]["real_income"] < ontario[0]["real_income"]
    assert old["total"]["real_income"] > new["total"]["real_income"]
    for x, y in zip(old["etr"]["by_sector"], new["etr"]["by_sector"], strict=True):
        assert (x["signed"] == y["signed"]) == (x["sector"] != "MTV")
    for x, y in zip(old["responses"], new["responses"], strict=True):
        assert x["real_income_canada"] != y["real_income_canada"]
        assert x["revenue"] != y["revenue"]
    assert old["vintage"]["ledger"] != new["vintage"]["ledger"]
    assert old["vintage"]["data"] == new["vintage"]["data"]


def test_the_french_page_has_no_english_of_ours(brief: dict[str, Any], tmp_path: Path) -> None:
    """What is not French is the law's or a source's, and is marked as English."""
    render.write(brief, tmp_path / "b", languages=("fr",))
    page = (tmp_path / "b" / "index.html").read_text("utf-8")
    assert unmarked_english(page) == []
    bare = page.replace('<span lang="en">', "<span>")
    assert len(unmarked_english(bare)) > 50, "the law's own words are found once unmarked"
