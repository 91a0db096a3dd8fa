# ruff: noqa: E501
"""Rates per unit, of two kinds, topped up to a price, declared; clocks; fees: data alone.

Amounts are worked by hand beside each case. Toys of Vietnam (general rate free) owe nothing else
on the day used.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from made_up import made_up
from surtax.duty.entry import make_entry
from surtax.duty.rate import Answer, rate
from surtax.errors import LedgerError, UnitError
from surtax.ledger import Ledger
from surtax.ledger.rates import read_amount, read_rate

TOY, ON = "9503.00.00", date(2025, 3, 20)
MEASURES = {
    "unit": '      duty: {kind: duty, from: 2025-01-01, cite: s. 1, origins: [VN], goods: ["9503"], rate: 1.50 USD/kg}\n',
    "compound": '      duty: {kind: duty, from: 2025-01-01, cite: s. 2, origins: [TH], goods: ["9503"], rate: 5% + 1.50 USD/kg}\n',
    "greater": '      duty: {kind: duty, from: 2025-01-01, cite: s. 3, origins: [KH], goods: ["9503"], rate: greater of 5% or 1.50 USD/kg}\n',
    "lesser": '      duty: {kind: duty, from: 2025-01-01, cite: s. 4, origins: [LA], goods: ["9503"], rate: lesser of 5% or 1.50 USD/kg}\n',
    "price": '      duty: {kind: duty, from: 2025-01-01, cite: s. 5, origins: [MY], goods: ["9503"], rate: to 20 USD/kg}\n',
    "flat": '      duty: {kind: duty, from: 2025-01-01, cite: s. 6, origins: [PH], goods: ["9503"], rate: 80 USD/entry}\n',
    "declared": '      duty: {kind: duty, from: 2025-01-01, cite: s. 7, origins: [ID], goods: ["9503"], rate: declared general_rate}\n',
    "export": """
      duty:
        - {kind: duty, from: 2025-02-01, to: 2025-03-01, cite: s. 8, origins: [BD], goods: ["9503"], rate: 10%, clock: exported}
        - {from: 2025-03-01, cite: s. 9, rate: 30%}
    """,
}


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    return made_up(tmp_path_factory.mktemp("law") / "law", MEASURES)


def owed(
    ledger: Ledger, origin: str, quantity: str | None = None, unit: str = "", **facts: str
) -> Answer:
    entry = make_entry(ledger, TOY, origin=origin, into="US", value="1000", facts=facts,
                       quantity=quantity, unit=unit)  # fmt: skip
    return rate(ledger, entry, ON)


@pytest.mark.parametrize(
    ("origin", "kilograms", "total"),
    [
        ("VN", "100", "150"), ("TH", "100", "200"),  # 5 % of 1,000 is 50, and 100 × 1.50 is 150
        ("KH", "100", "150"), ("KH", "20", "50"),  # 150 against 50; 30 against 50
        ("LA", "100", "50"), ("LA", "20", "30"),
        ("MY", "100", "1000"), ("MY", "40", "0"),  # 10 a kg up to 20; 25 a kg already
        ("VN", "33.337", "50.01"),  # 50.0055, halves up
    ],
)  # fmt: skip
def test_rates_with_a_part_per_unit(
    ledger: Ledger, origin: str, kilograms: str, total: str
) -> None:
    found = owed(ledger, origin, kilograms, "kg")
    assert found.total == Decimal(total)
    assert (found.low, found.high) == (found.total, found.total)


def test_a_rate_per_unit_shows_its_quantity(ledger: Ledger) -> None:
    (layer,) = [one for one in owed(ledger, "VN", "100").layers if one.amount]
    assert (layer.basis, layer.basis_value, layer.rate, layer.unit) == (
        "quantity in kg", 100, 1.5, "kg",
    )  # fmt: skip
    (pair,) = [one for one in owed(ledger, "KH", "100").layers if one.amount]
    assert "the rate is greater of 5% or 1.50 USD/kg" in pair.because


def test_a_missing_quantity_is_asked_for(ledger: Ledger) -> None:
    for found in (owed(ledger, "VN"), owed(ledger, "VN", "100", "liter")):
        assert found.total == 0
        assert [(m["fact"], m["unit"]) for m in found.missing_facts] == [("quantity", "kg")]
        assert found.high is None
        assert not found.unknown


def test_an_amount_for_each_entry_needs_no_quantity(ledger: Ledger) -> None:
    found = owed(ledger, "PH")
    assert found.total == Decimal(80)
    assert [one.basis for one in found.layers if one.amount] == ["each entry"]


def test_a_declared_rate_is_asked_for_and_used(ledger: Ledger) -> None:
    without = owed(ledger, "ID")
    assert [m["fact"] for m in without.missing_facts] == ["general_rate"]
    assert without.high is None
    assert owed(ledger, "ID", general_rate="12.5%").total == Decimal(125)


def test_days_count_on_the_clock_of_the_provision(ledger: Ledger) -> None:
    assert owed(ledger, "BD", exported="2025-01-31").total == 0
    assert owed(ledger, "BD", exported="2025-02-01").total == Decimal(100)
    assert owed(ledger, "BD", exported="2025-02-28").total == Decimal(100)
    assert owed(ledger, "BD", exported="2025-03-01").total == Decimal(300)
    unsaid = owed(ledger, "BD")  # counts as exported on the day of entry, and says so
    assert unsaid.total == Decimal(300)
    assert [m["fact"] for m in unsaid.missing_facts] == ["exported"]
    assert (unsaid.low, unsaid.high) == (0, Decimal(300))


def test_texts_that_are_no_rate() -> None:
    for text in (
        "25", "-5%", "1.50/kg", "1.50 USD", "USD 1.50/kg", "5% + 5%", "1 USD/kg + 2 USD/kg",
        "greater of 5%", "all-in 1 USD/kg", "to 15%", "to 5% + 1 USD/kg", "1.50 usd/kg",
    ):  # fmt: skip
        with pytest.raises(UnitError, match="is not a rate"):
            read_rate(text)
    with pytest.raises(UnitError, match="is not an amount"):
        read_amount("32.71")


def test_a_declared_rate_needs_a_fact_that_is_a_rate(tmp_path: Path) -> None:
    one = "      duty: {kind: duty, from: 2025-01-01, cite: s. 1, origins: [VN], goods: [all], rate: declared steel_content}\n"
    with pytest.raises(LedgerError, match="“steel_content” is a share, not a rate"):
        made_up(tmp_path / "law", {"one": one})
