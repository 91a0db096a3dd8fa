"""Differences between two points of law and knowledge: counts, fields, money, and no hindsight."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surtax import api
from surtax.errors import UnitError
from surtax.ledger import Ledger
from surtax.ledger.difference import Difference, difference, parse_point, to_json
from surtax.ledger.items import Items
from surtax.trade.effective import effective

LATE = date(2026, 11, 1)
DAYS = st.dates(date(2025, 1, 1), date(2026, 10, 1))


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    return Ledger.load()


def between(
    ledger: Ledger, first: str, second: str, into: str = "US", origin: str | None = None
) -> Difference:
    views = [
        ledger.at(on, known or ledger.verified_to)
        for on, known in (parse_point(first), parse_point(second))
    ]
    return difference(views[0], views[1], into, origin)


@settings(max_examples=25, deadline=None)
@given(DAYS, DAYS, st.sampled_from(["US", "CA"]), st.sampled_from([None, "CA", "CN", "US", "JP"]))
def test_stocks_and_flows_agree_and_the_way_back_undoes_it(
    first: date, second: date, into: str, origin: str | None
) -> None:
    ledger = Ledger.load()
    views = [ledger.at(day, LATE) for day in (first, second)]
    found = difference(views[0], views[1], into, origin)
    back = difference(views[1], views[0], into, origin)
    for name in ("measures", "provisions", "lines"):
        flow = found.flow[name]
        grown = found.stock["after"][name] - found.stock["before"][name]
        assert grown == flow["began"] - flow["ended"]
        assert back.flow[name] == {
            "began": flow["ended"], "ended": flow["began"], "changed": flow["changed"],
        }  # fmt: skip
    undone = {"began": "ended", "ended": "began", "changed": "changed"}
    assert [(c.provision.id, undone[c.what]) for c in back.changes] == [
        (c.provision.id, c.what) for c in found.changes
    ]
    for one, other in zip(found.changes, back.changes, strict=True):
        assert [(f.field, f.before, f.after) for f in one.fields] == [
            (f.field, f.after, f.before) for f in other.fields
        ]
        assert one.citation


def test_nothing_differs_from_itself(ledger: Ledger) -> None:
    found = between(ledger, "2025-04-09@2026-01-01", "2025-04-09@2026-01-01")
    assert found.changes == ()
    assert found.stock["before"] == found.stock["after"]


def by_id(found: Difference) -> dict[str, Any]:
    return {c.provision.id: c for c in found.changes}


def test_the_fourth_of_march(ledger: Ledger) -> None:
    # EO 14197 s. 3(a): the pause ends and the duties on Canada begin; the same day Canada's first
    # list begins (SOR/2025-66)
    found = by_id(between(ledger, "2025-03-03@2025-03-03", "2025-03-04@2025-03-04", "US", "CA"))
    assert found["us/ieepa/fentanyl-ca#general"].what == "began"
    assert "14197" in found["us/ieepa/fentanyl-ca#general"].citation
    assert not [name for name in found if name.startswith("us/ieepa/fentanyl-mx")]
    answer = by_id(between(ledger, "2025-03-03@2025-03-03", "2025-03-04@2025-03-04", "CA"))
    assert answer["ca/surtax/united-states-2025-1#goods"].what == "began"


def test_a_rate_that_rises_is_one_field_with_its_paragraph(ledger: Ledger) -> None:
    # Proclamation 10947: 50 % on steel from 4 June 2025
    found = by_id(between(ledger, "2025-06-03@2025-06-04", "2025-06-04@2025-06-04", "US", "BR"))
    (field,) = found["us/s232/steel#mill"].fields
    assert (field.field, field.before, field.after) == ("rate", "25%", "50%")
    assert field.citation.startswith("Proclamation 10947, cl.")


def test_what_reaches_back_differs_by_knowledge_alone(ledger: Ledger) -> None:
    # EO 14345 of 4 September 2025 counts Japan's 15 % all in from 7 August
    found = by_id(between(ledger, "2025-08-20@2025-09-03", "2025-08-20@2025-09-04", "US", "JP"))
    assert found["us/ieepa/reciprocal#all-in"].what == "began"
    assert found["us/ieepa/reciprocal#country-rates"].what == "ended"
    assert (
        between(ledger, "2025-08-20@2025-09-03", "2025-08-20@2025-09-03", "US", "JP").changes == ()
    )


def test_a_union_of_customs_is_an_origin(ledger: Ledger) -> None:
    # EO 14257: 20 % on the European Union for a day
    found = to_json(between(ledger, "2025-04-04@2025-04-09", "2025-04-09@2025-04-09", "US", "EU27"))
    rates = {row["id"]: row["rate_after"] for row in found["changes"]}
    assert rates["us/ieepa/reciprocal#country-rates"] == "20%"


def test_a_threat_is_announced_and_in_no_stock(ledger: Ledger) -> None:
    found = between(ledger, "2025-02-01@2025-02-01", "2025-02-14@2025-02-14")
    told = to_json(found)["announced"]
    assert "us/ieepa/reciprocal#baseline" in {row["id"] for row in told["new"]}
    assert not [c for c in found.changes if c.provision.measure == "us/ieepa/reciprocal"]
    gone = to_json(between(ledger, "2025-02-14@2025-02-14", "2025-04-05@2025-04-05"))["announced"]
    assert "us/ieepa/reciprocal#baseline" not in {r["id"] for r in gone["gone"]}  # it came


def test_a_clause_covers_no_more_than_its_duties(ledger: Ledger) -> None:
    found = to_json(between(ledger, "2025-03-28@2025-03-28", "2025-04-03@2025-04-03"))
    lines = {row["id"]: row["lines"] for row in found["changes"]}
    assert lines["us/s232/autos#usmca-content"] <= lines["us/s232/autos#vehicles"]


def test_a_suspension_is_told_as_one(ledger: Ledger) -> None:
    # EO 14266 s. 2: country rates suspended from 10 April 2025
    found = by_id(between(ledger, "2025-04-09@2025-04-10", "2025-04-10@2025-04-10"))
    one = found["us/ieepa/reciprocal#country-rates"]
    assert (one.what, one.status) == ("ended", "suspended")
    assert "14266" in one.citation


@pytest.mark.parametrize(
    ("first", "second", "into", "origin"),
    [
        ("2025-03-28@2025-03-28", "2025-04-09@2025-04-09", "US", "CA"),
        ("2025-04-09@2026-11-01", "2026-03-01@2026-11-01", "US", "JP"),
        ("2025-03-03@2025-03-03", "2025-04-09@2025-04-09", "CA", None),
    ],
)
def test_the_money_adds_up_to_the_effective_rates(
    ledger: Ledger, first: str, second: str, into: str, origin: str | None
) -> None:
    answer = api.Ledger.load().diff(first, second, into=into, origin=origin)
    value = answer["value"]
    for kind in ("by_measure", "by_authority", "by_partner"):
        assert sum(r["duty"] for r in value[kind]) == pytest.approx(value["duty"], rel=1e-9, abs=1)
    for kind in ("by_measure", "by_authority"):
        assert sum(r["change"] for r in value[kind]) == pytest.approx(value["change"], abs=1e-12)
        assert all(r["touched"] <= value["touched"] * (1 + 1e-12) for r in value[kind])
    assert value["touched"] <= value["imports"]
    for point, rate in ((first, "rate_before"), (second, "rate_after")):
        on, known = parse_point(point)
        found = effective(ledger, on, known, into=into)
        keep = found.place == (origin or found.place)
        expected = found.total[keep].sum() / found.imports[keep].sum()
        assert value[rate] == pytest.approx(expected, rel=1e-9)
    sizes = [row["imports"] for row in answer["changes"] if row["imports"] is not None]
    assert sizes
    assert all(0 <= size <= value["imports"] for size in sizes)


def test_without_flows_there_is_law_and_no_money() -> None:
    answer = api.Ledger.load().diff("2025-03-03", "2025-03-05", into="CA", origin="DE")
    assert answer["value"] is None


@pytest.mark.parametrize("text", ["2025-04-02@", "2025-13-02", "@2025-04-02", "2025-04-02@soon"])
def test_a_point_that_is_none(text: str) -> None:
    with pytest.raises(UnitError) as caught:
        parse_point(text, where="BEFORE")
    assert caught.value.where == "BEFORE"


CODES = st.lists(st.from_regex(r"\A(84|85)[0-9]{6}\Z"), min_size=1, max_size=30, unique=True)
PREFIXES = st.frozensets(st.from_regex(r"\A(84|85)([0-9]{2}){0,4}\Z"), max_size=8)


@given(CODES, PREFIXES)
def test_lines_under_a_list_are_those_that_begin_with_it(
    codes: list[str], prefixes: frozenset[str]
) -> None:
    items = Items(np.array(sorted(codes)), "lines")
    whole = [any(c.startswith(p) for p in prefixes) for c in sorted(codes)]
    part = [any(c.startswith(p[:8]) for p in prefixes) for c in sorted(codes)]
    assert items.under(prefixes, whole=True).tolist() == whole
    assert items.under(prefixes).tolist() == part


def test_an_origin_that_sells_nothing_is_not_given_the_worth_of_all_others() -> None:
    answer = api.Ledger.load().diff("2025-03-28", "2025-04-10", origin="KP")
    assert answer["value"] is None
    assert answer["changes"]
