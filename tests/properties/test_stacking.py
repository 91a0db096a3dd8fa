# ruff: noqa: E501
"""A made-up authority with every kind of stacking: data alone, no code.

The amounts are worked by hand beside each case; the goods, toys of Vietnam (general rate free) and
T-shirts (16.5 %), owe nothing else on the days used.
"""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from made_up import made_up
from surtax.duty.entry import make_entry
from surtax.duty.rate import Answer, rate
from surtax.errors import LedgerError
from surtax.ledger import Ledger
from surtax.ledger.load import LAW
from surtax.trade.effective import effective

MEASURES = {
    "metal": """
      duty: {kind: duty, from: 2025-01-01, cite: s. 1, origins: [VN], goods: ["9503"], rate: 50%}
      content: {kind: basis, from: 2025-01-01, cite: s. 2, share: steel_content}
    """,
    "rest": """
      duty: {kind: duty, from: 2025-01-01, cite: s. 3, origins: [VN], goods: ["9503"], rate: 10%}
      split: {kind: precedence, from: 2025-01-01, cite: s. 4, to_measures: [us/made-up/metal], leaves: rest, note: falls on what is not steel}
    """,
    "vehicles": """
      duty: {kind: duty, from: 2025-01-01, cite: s. 5, origins: [VN], goods: ["8712"], rate: 25%}
      free: {kind: relief, from: 2025-01-01, cite: s. 6, when: {fact: us_melted_and_poured}, note: made of US steel}
    """,
    "listed": """
      duty: {kind: duty, from: 2025-01-01, cite: s. 7, origins: [VN], goods: ["8712"], rate: 10%}
      after: {kind: precedence, from: 2025-01-01, cite: s. 8, to_measures: [us/made-up/vehicles], subject: listed, note: subject even if nothing is owed}
    """,
    "owed": """
      duty: {kind: duty, from: 2025-01-01, cite: s. 9, origins: [VN], goods: ["8712"], rate: 7%}
      after: {kind: precedence, from: 2025-01-01, cite: s. 10, to_measures: [us/made-up/vehicles], note: subject only if something is owed}
    """,
    "floor": """
      duty: {kind: duty, from: 2025-01-01, cite: s. 11, origins: [JP], goods: ["61", "9503", "2709"], rate: all-in 15%}
    """,
    "least": """
      duty: {kind: duty, from: 2025-01-01, cite: s. 12, origins: [KR], goods: ["9503"], rate: 25%, least: 15%}
      content: {kind: basis, from: 2025-01-01, cite: s. 13, less: us_content}
    """,
    "ban": """
      duty: {kind: duty, from: 2025-01-01, cite: s. 14, origins: [TH], goods: ["9503"], rate: prohibited}
      afloat: {kind: relief, from: 2025-01-01, cite: s. 15, when: {fact: shipped, before: 2025-01-01}, note: shipped before}
    """,
    "perhaps": """
      duty: {kind: duty, from: 2025-01-01, cite: s. 16, origins: [TH], goods: ["9503"], rate: 12%, state: conditional}
    """,
}  # fmt: skip


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    return made_up(tmp_path_factory.mktemp("law") / "law", MEASURES)


def owes(ledger: Ledger, code: str, origin: str, facts: dict[str, str] | None = None) -> Answer:
    entry = make_entry(ledger, code, origin=origin, into="US", value="1000", facts=facts)
    return rate(ledger, entry, date(2025, 1, 15))


def amounts(answer: Answer) -> dict[str, float]:
    return {
        one.measure.removeprefix("us/made-up/").partition("#")[0]: float(one.amount)
        for one in answer.layers
        if one.amount
    }


def test_the_rest_of_the_value(ledger: Ledger) -> None:
    """30 % steel: 50 % of 300, and 10 % of the other 700."""
    found = owes(ledger, "9503.00.00", "VN", {"steel_content": "0.3"})
    assert amounts(found) == {"metal": 150.0, "rest": 70.0}
    rest = next(one for one in found.layers if one.measure == "us/made-up/rest#duty")
    assert float(rest.basis_value) == 700.0
    assert any("falls on what is not steel" in why for why in rest.because)


def test_nothing_is_left_of_an_article_all_steel(ledger: Ledger) -> None:
    found = owes(ledger, "9503.00.00", "VN", {"steel_content": "1"})
    assert amounts(found) == {"metal": 500.0}
    assert any("yields to Made-up metal" in one["reason"] for one in found.suppressed)


def test_missing_content_gives_the_range_of_both(ledger: Ledger) -> None:
    """No steel at all: 10 % of 1,000; all steel: 50 % of 1,000."""
    found = owes(ledger, "9503.00.00", "VN")
    assert (float(found.low), float(found.high)) == (100.0, 500.0)
    assert [one["fact"] for one in found.missing_facts] == ["steel_content"]


def test_subject_though_nothing_is_owed(ledger: Ledger) -> None:
    """Relieved of the vehicles' 25 %: the listed duty still yields, the owed one does not."""
    plain = owes(ledger, "8712.00.15", "VN", {"us_melted_and_poured": "no"})
    assert amounts(plain).get("vehicles") == 250.0
    assert "listed" not in amounts(plain)
    assert "owed" not in amounts(plain)
    relieved = owes(ledger, "8712.00.15", "VN", {"us_melted_and_poured": "yes"})
    assert amounts(relieved).get("owed") == 70.0
    assert "listed" not in amounts(relieved)


@pytest.mark.parametrize(
    ("code", "duty"),
    [
        ("9503.00.00", 150.0),  # free: all of 15 % is left
        ("6109.10.00", 0.0),  # 16.5 %: nothing is left
    ],
)
def test_all_in_rates_count_the_general_rate(ledger: Ledger, code: str, duty: float) -> None:
    found = owes(ledger, code, "JP")
    layer = next(one for one in found.layers if one.measure == "us/made-up/floor#duty")
    assert float(layer.amount) == duty
    assert "all-in 15.0 %" in layer.because[0]


def test_an_all_in_rate_waits_for_a_rate_per_unit(ledger: Ledger) -> None:
    """Crude pays cents per barrel: without the quantity the floor is not known."""
    found = owes(ledger, "2709.00.20", "JP")
    assert [one["measure"] for one in found.unknown] == ["us/made-up/floor#duty"]
    assert found.high is None
    entry = make_entry(
        ledger, "2709.00.20", origin="JP", into="US", value="1000", quantity="100", unit="bbl"
    )
    # 10.5 cents on 100 barrels is 10.50, 1.05 % of the value; 15 % less that is 139.50
    assert float(rate(ledger, entry, date(2025, 1, 15)).total or 0) == 150.0


def test_a_minimum_of_the_whole_value(ledger: Ledger) -> None:
    """25 % of the part that is not US content, at least 15 % of everything."""
    for content, duty in (("0", 250.0), ("0.2", 200.0), ("0.4", 150.0), ("0.9", 150.0)):
        found = owes(ledger, "9503.00.00", "KR", {"us_content": content})
        assert amounts(found)["least"] == duty
    assert (float(found.low), float(found.high)) == (150.0, 150.0)
    open_range = owes(ledger, "9503.00.00", "KR")
    assert (float(open_range.low), float(open_range.high)) == (150.0, 250.0)


def test_a_ban_has_no_total(ledger: Ledger) -> None:
    found = owes(ledger, "9503.00.00", "TH")
    assert not found.admissible
    assert found.total is None
    assert found.to_json()["total"] is None
    assert owes(ledger, "9503.00.00", "TH", {"shipped": "2024-12-20"}).admissible


def test_a_conditional_duty_is_listed_and_not_charged(ledger: Ledger) -> None:
    found = owes(ledger, "9503.00.00", "TH", {"shipped": "2024-12-20"})
    assert float(found.total or 0) == 0.0
    listed = ledger.at(date(2025, 1, 15)).listed
    assert [p.status for p in listed if p.measure == "us/made-up/perhaps"] == ["conditional"]


def test_bulk_rates_as_single_entries_do(ledger: Ledger) -> None:
    """Toys of Japan: the all-in 15 % in full, over all partners alike in it."""
    found = effective(ledger, date(2025, 1, 15))
    rule = next(i for i, r in enumerate(found.rules) if r.id == "us/made-up/floor#duty")
    here = (found.place == "JP") & (found.chapter == "61")
    shirts = found.duty[here, rule].sum() / found.imports[here].sum()
    assert 0.0 < shirts < 0.15
    others = found.place != "JP"
    assert not found.duty[others, rule].any()


def test_a_circle_of_precedence_is_refused(ledger: Ledger, tmp_path: Path) -> None:
    folder = tmp_path / "law"
    shutil.copytree(LAW, folder)
    autos = folder / "us/s232/autos.yaml"
    text = autos.read_text("utf-8")
    circle = (
        "  - instrument: eo-14289\n    provisions:\n      round: {kind: precedence, "
        "from: 2025-04-03, cite: x, to_measures: [us/ieepa/fentanyl-ca]}\n"
    )
    autos.write_text(text.replace("notes:\n", circle + "notes:\n", 1), "utf-8")
    law = Ledger.load(folder)
    entry = make_entry(law, "8703.23.01", origin="CA", into="US", value="1000")
    with pytest.raises(LedgerError, match="circle"):
        rate(law, entry, date(2025, 5, 1))
