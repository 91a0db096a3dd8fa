"""Other governments' recorded duties on the opponent's goods, counted in a scenario."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date
from importlib.resources import files
from pathlib import Path

import msgspec
import numpy as np
import pytest

from surtax import goods
from surtax.errors import ScenarioError
from surtax.ledger import Ledger
from surtax.scenario import ask, spec, summary, variation
from surtax.scenario.case import Case
from surtax.scenario.run import Run, prepare
from surtax.units import exchange_rate

FARM = "cn/countermeasures/us-farm-goods"
ENERGY = "cn/countermeasures/us-energy-and-machinery"


@pytest.fixture(scope="module")
def law() -> Ledger:
    """The record."""
    return Ledger.load()


def told(law: Ledger, *answers: str, on: str = "2025-03-28", known: str = "") -> Run:
    """The scenario told on a day, with answers."""
    scenario = spec.load("spring-2025", law)
    day = date.fromisoformat(on)
    scenario = spec.on_day(scenario, day, date.fromisoformat(known or on))
    if on != "2025-03-28":
        scenario = msgspec.structs.replace(scenario, signed_by=day)
    return prepare(scenario, law, answers=answers)


def changes(run: Run) -> dict[str, float]:
    """The change of China's duty on goods of the United States, by sector."""
    world = run.world
    found = run.shock(Case("in-force")).change[:, world.region("CHN"), world.region("USA")]
    return dict(zip(world.sectors, found.tolist(), strict=True))


def test_a_duty_on_all_goods_needs_no_weights(law: Ledger) -> None:
    """125 % by Announcement No. 6 from 12 April, with the lists of February and March beside it."""
    found = changes(told(law, "CN", on="2025-05-03"))
    for sector in ("ELC", "MTV", "OTE", "STL"):
        assert found[sector] == pytest.approx(1.25, abs=1e-12)  # sums of floats
    assert found["AGR"] > 1.25 + 0.1  # nearly all of it is on the list of March, at 10 or 15 %


def test_listed_goods_weigh_by_their_trade(law: Ledger) -> None:
    """Farm goods: the list's rate on each item's exports, over the sector's trade, by hand."""
    run = told(law, "CN")
    folder = files("surtax.ledger") / "law/cn/countermeasures"
    rate = {}
    for annex, value in (("10", 0.10), ("15", 0.15)):
        text = (folder / f"us-farm-goods-{annex}.csv").read_text("utf-8")
        rate |= {goods.hs(row["code"]): value for row in csv.DictReader(text.splitlines())}
    text = (files("surtax.trade") / "data/cn_imports_from_us_2024.csv").read_text("utf-8")
    owed: dict[str, float] = {}
    value: dict[str, float] = {}
    for row in csv.DictReader(text.splitlines()):
        sector, size = goods.sector_of(row["item"]), float(row["value_usd"])
        named = [rate[row["item"][:n]] for n in (8, 6, 4) if row["item"][:n] in rate]
        owed[sector] = owed.get(sector, 0.0) + size * named[0]
        value[sector] = value.get(sector, 0.0) + size
    world, per = run.world, exchange_rate("CAD", "USD", 2024)[0]
    for sector in ("AGR", "FOD"):
        flow = world.flows[world.sector(sector), world.region("CHN"), world.region("USA")]
        whole = max(float(flow) * 1e9 * per, value[sector])
        assert changes(run)[sector] == pytest.approx(owed[sector] / whole, rel=1e-9)  # floats


def test_goods_without_trade_weigh_evenly_within_their_sector(law: Ledger) -> None:
    """Energy: liquefied gas at 15 %, crude oil at 10 %, of OIL's subheadings; said beforehand."""
    run = told(law, "CN")
    codes = np.unique(run.flows["US"].codes.astype("U6"))
    own = [str(c) for c in codes if goods.sector_of(str(c)) == "OIL"]
    listed = {"271111": 0.15, "270900": 0.10, "270111": 0.15, "270112": 0.15, "270119": 0.15,
              "270120": 0.15, "270210": 0.15, "270220": 0.15}  # fmt: skip
    mean = sum(listed.get(c, 0.0) for c in own) / len(own)
    assert changes(run)["OIL"] == pytest.approx(mean, rel=1e-9)  # sums of floats
    assert changes(run)["ELC"] == 0.0
    ways = run.answering[0].ways
    assert ways == {FARM: "items", ENERGY: "even"}
    said = " ".join(summary.of_run(run))
    assert "approximation" in said
    assert FARM in said


def test_only_the_answerer_charges_more(law: Ledger) -> None:
    """All other duties, and what the law covers elsewhere, stay as they were to the bit."""
    plain, answered = (told(law, *a).shock(Case("in-force")) for a in ((), ("CN",)))
    moved = np.argwhere(answered.tariffs != plain.tariffs)
    world = told(law).world
    assert {(world.regions[n], world.regions[i]) for _, n, i in moved} == {("CHN", "USA")}
    assert {k: answered.covered[k] for k in plain.covered} == plain.covered


def test_what_was_not_known_is_not_counted(law: Ledger) -> None:
    """On 28 March 2025 China's duty on all goods of 4 April was no law yet."""
    assert max(changes(told(law, "CN")).values()) < 0.16
    assert not any(changes(told(law, on="2025-05-03")).values())


def test_the_same_in_a_file_and_by_option(law: Ledger, tmp_path: Path) -> None:
    """A variation with choices.answers tells what --answers tells."""
    path = tmp_path / "with-china.yaml"
    text = "scenario: with-china\nbased_on: spring-2025\nchoices:\n  answers: [CHN]\n"
    path.write_text(text, "utf-8")
    scenario = spec.load(str(path), law)
    filed = prepare(scenario, law)
    assert changes(filed) == changes(told(law, "china"))
    again = variation.Variation("with-china", "spring-2025", choices=scenario.choices)
    assert "CHN" in variation.as_yaml(again)


def test_a_contest_and_a_best_answer_carry_it(law: Ledger) -> None:
    """The law on which an answer is added holds China's duties; the command says so."""
    question = ask.Question(
        "spring-2025", instruments=("tariff:MTV:USA",), starts=1, ranges=False, answers=("CN",)
    )
    found = ask.answer(ask.asked(question, law))
    assert "--answers CN" in found["vintage"]["command"]
    assert any("China answers" in text for text in found["summary"])
    bare = ask.answer(ask.asked(replace(question, answers=()), law))
    assert found["payoffs"][0]["before"] != bare["payoffs"][0]["before"]


def test_mexico_answered_with_nothing(law: Ledger) -> None:
    """Nothing was imposed on 9 March 2025; until then a threat without goods or rate."""
    run = told(law, "MX")
    assert run.answering[0].ways == {}
    assert "nothing counts" in summary.of_run(run)[-1]
    early = told(law, "MX", on="2025-03-09", known="2025-03-05")
    assert "mx/countermeasures/us-goods-2025" in summary.of_run(early)[-1]


@pytest.mark.parametrize(
    ("names", "says"),
    [
        (["EU"], "cannot be weighed"),
        (["JP"], "no measure of Japan"),
        (["CA"], "is a side of the scenario"),
    ],
)
def test_what_cannot_count_says_why(law: Ledger, names: list[str], says: str) -> None:
    """A list that was not read, no measure at all, a side of the scenario itself."""
    with pytest.raises(ScenarioError, match=says):
        told(law, *names)


def test_a_suspended_list_counts_nothing(law: Ledger) -> None:
    """The European lists were suspended to 14 July 2025 by Regulation (EU) 2025/786."""
    run = told(law, "EU", on="2025-06-02")
    assert run.answering[0].ways == {}
