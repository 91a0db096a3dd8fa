"""Exact cases that a lawyer can read: every file beside this one, each case with its source."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from surtax.duty.entry import make_entry
from surtax.duty.rate import Answer, rate
from surtax.ledger import Ledger
from surtax.units import parse_date

FOLDER = Path(__file__).parent
FIELDS = {
    "name", "source", "goods", "from", "into", "value", "on", "known", "claims", "facts",
    "quantity", "unit", "include_threatened", "total", "rate", "low", "high", "missing",
    "unknown", "layers", "suppressed", "admissible", "owes", "owes_none_of", "bases", "cites",
    "fees",
    "fee_facts",
}  # fmt: skip
NEEDED = {"name", "source", "goods", "from", "into", "value", "on"}


def read(path: Path) -> list[dict[str, Any]]:
    # every scalar stays text, so that 0101.21, NO and 25% mean what they say
    return list(yaml.load(path.read_text("utf-8"), Loader=yaml.BaseLoader))


CASES = [(path.stem, case) for path in sorted(FOLDER.glob("*.yaml")) for case in read(path)]


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    return Ledger.load()


def money(text: str) -> Decimal | None:
    return None if text == "none" else Decimal(text.replace(",", ""))


def fraction(text: str) -> float:
    return float(text.removesuffix("%").strip()) / 100


def answer(ledger: Ledger, case: dict[str, Any]) -> Answer:
    on = parse_date(case["on"])
    entry = make_entry(
        ledger, case["goods"], origin=case["from"], into=case["into"], value=case["value"],
        claims=case.get("claims", []), facts=case.get("facts", {}),
        quantity=case.get("quantity"), unit=case.get("unit", ""), on=on,
    )  # fmt: skip
    known: date | None = parse_date(case["known"]) if "known" in case else None
    return rate(ledger, entry, on, known, threatened=case.get("include_threatened") == "yes")


@pytest.mark.parametrize(
    ("file", "case"), [pytest.param(f, c, id=f"{f}: {c.get('name', '?')}") for f, c in CASES]
)
def test_case(ledger: Ledger, file: str, case: dict[str, Any]) -> None:
    holds(ledger, case)


def holds(ledger: Ledger, case: dict[str, Any]) -> None:
    """Assert everything that a case says."""
    assert set(case) <= FIELDS, f"unknown fields {set(case) - FIELDS}"
    assert set(case) >= NEEDED, f"missing fields {NEEDED - set(case)}"
    assert case.keys() & {"total", "rate", "owes", "owes_none_of"}
    found = answer(ledger, case)
    if "total" in case:
        assert found.total == money(case["total"])
    if "rate" in case:
        # the total is rounded to the cent: half a cent per layer on the value
        slack = 0.005 * max(len(found.layers), 1) / float(found.entry.value)
        assert found.rate == pytest.approx(fraction(case["rate"]), abs=slack + 1e-12)
    for bound in ("low", "high"):
        if bound in case:
            assert getattr(found, bound) == money(case[bound])
    if "missing" in case:
        assert sorted(m["fact"] for m in found.missing_facts) == sorted(case["missing"])
    if "unknown" in case:
        assert sorted(u["measure"] for u in found.unknown) == sorted(case["unknown"])
    if "suppressed" in case:
        names = {s["measure"] for s in found.suppressed}
        assert set(case["suppressed"]) <= names, f"suppressed: {sorted(names)}"
    owed = {one.measure: one for one in found.layers if one.amount}
    if "layers" in case:
        assert {k: one.amount for k, one in owed.items()} == {
            k: money(v) for k, v in case["layers"].items()
        }
    if "owes" in case:  # these layers among others
        assert {k: owed[k].amount for k in case["owes"] if k in owed} == {
            k: money(v) for k, v in case["owes"].items()
        }
    if "bases" in case:  # the part of the value, or the quantity, that each falls on
        assert {k: owed[k].basis_value for k in case["bases"] if k in owed} == {
            k: money(v) for k, v in case["bases"].items()
        }
    said = {s["measure"]: s["reason"] for s in found.suppressed}
    said |= {k: one.citation for k, one in owed.items()}
    said |= {b["measure"]: b["citation"] for b in found.bans}
    # what a layer, a suppression or a ban cites
    for measure, words in case.get("cites", {}).items():
        assert words in said.get(measure, ""), f"{measure} cites: {said.get(measure)}"
    if "fee_facts" in case:
        assert sorted(one["fact"] for one in found.fee_facts) == sorted(case["fee_facts"])
    if "fees" in case:
        assert {one.measure: one.amount for one in found.fees} == {
            k: money(v) for k, v in case["fees"].items()
        }
    for measure in case.get("owes_none_of", []):
        assert not [k for k in owed if k.partition("#")[0] == measure]
    assert found.admissible == (case.get("admissible", "yes") == "yes")


def test_there_are_enough_cases_and_names_are_unique() -> None:
    names = [case["name"] for _, case in CASES]
    assert len(names) >= 60
    assert len(set(names)) == len(names)


def test_every_case_names_an_outside_source() -> None:
    words = ("EO ", "Proc ", "SOR/", "HTS", "FR ", "memorandum", "press", "Finance", "Customs",
             "Regulation (EU)", "Ministry of Commerce")  # fmt: skip
    for _, case in CASES:
        assert any(word in case["source"] for word in words), case["name"]
