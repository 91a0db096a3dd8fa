"""Effective rates: parts add up, the base year is the collected one, law moves what it moves."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from surtax.errors import InputError, UnknownNameError
from surtax.ledger import Ledger
from surtax.trade.effective import BASE, effective
from surtax.trade.flows import load_us_imports

DAYS = ["2024-07-01", "2025-03-04", "2025-03-28", "2025-04-05", "2025-04-09", "2025-05-14"]


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    return Ledger.load()


@pytest.mark.parametrize("day", DAYS)
def test_parts_sum_to_the_total(ledger: Ledger, day: str) -> None:
    found = effective(ledger, date.fromisoformat(day))
    by_authority = sum(found.by_authority.values())
    # sums of the same float64 numbers in another order: a few units in the last place
    np.testing.assert_allclose(by_authority, found.total, rtol=1e-12)
    for keys in (["partner"], ["sector"], ["chapter"], ["partner", "sector"], ["authority"]):
        rows = found.table(keys)
        assert sum(r["duty"] for r in rows) == pytest.approx(found.total.sum(), rel=1e-12)
    rows = found.table(["partner"])
    assert sum(r["imports"] for r in rows) == pytest.approx(load_us_imports().imports(), rel=1e-12)


def test_the_year_of_the_flows_has_its_collected_rate(ledger: Ledger) -> None:
    """Under the law of mid-2024 the duty is what was calculated in 2024 (Census)."""
    found = effective(ledger, date(2024, 7, 1))
    flows = load_us_imports().with_duty()
    for partner in ("CA", "MX", "CN", "EU27", "JP"):
        here = found.place == partner
        collected = float(flows.of(partner).duty.sum())
        # whole dollars subtracted and added again
        assert found.total[here].sum() == pytest.approx(collected, rel=1e-9)


def test_a_change_of_law_lands_in_its_own_authority(ledger: Ledger) -> None:
    before = effective(ledger, date(2025, 4, 2)).by_authority
    after = effective(ledger, date(2025, 4, 3)).by_authority
    assert after["s232"].sum() > before["s232"].sum() * 2
    for other in (BASE, "s301"):
        np.testing.assert_array_equal(after[other], before[other])


def test_law_of_4_march_is_about_11_6_per_cent(ledger: Ledger) -> None:
    """Published comparisons put the law of 4 March 2025, before any preference relief, at about
    11.6 % of imports without chapters 98 and 99, which their weights leave out."""
    found = effective(ledger, date(2025, 3, 4))
    inside = ~np.isin(found.chapter, ["98", "99"])
    rate = found.total[inside].sum() / found.imports[inside].sum()
    assert rate == pytest.approx(0.116, abs=0.001)  # “about”


def test_usmca_relief_starts_on_7_march(ledger: Ledger) -> None:
    days = [effective(ledger, date(2025, 3, d)) for d in (3, 4, 6, 7)]
    canada = [e.total[e.place == "CA"].sum() / e.imports[e.place == "CA"].sum() for e in days]
    assert canada[0] < 0.002
    assert canada[1] == canada[2]
    assert canada[1] > 0.18
    assert 0.10 < canada[3] < canada[2]


def test_knowledge_does_not_leak(ledger: Ledger) -> None:
    """On 28 March nobody knew the reciprocal rates: later days have none of them."""
    seen = effective(ledger, date(2025, 4, 9), date(2025, 3, 28))
    assert [p.id for p in seen.unknown] == ["us/ieepa/reciprocal#baseline"]
    known = effective(ledger, date(2025, 4, 9))
    assert not known.unknown
    assert known.rate > seen.rate + 0.08


def test_an_assumed_rate_is_charged_and_named(ledger: Ledger) -> None:
    name = "us/ieepa/reciprocal#baseline"
    day, known = date(2025, 4, 9), date(2025, 3, 28)
    plain = effective(ledger, day, known, threatened=["us/ieepa/reciprocal"])
    assumed = effective(ledger, day, known, threatened=["us/ieepa/reciprocal"], assume={name: 0.10})
    assert assumed.assumed[name] == 0.10
    assert not assumed.unknown
    # 10 % of everything, every partner: no exemption was known; statistical lines are not rated
    rated = assumed.chapter != "99"
    more = assumed.total[rated].sum() - plain.total[rated].sum()
    assert more == pytest.approx(0.10 * assumed.imports[rated].sum(), rel=1e-9)


def test_content_shares_move_only_what_asks_for_them(ledger: Ledger) -> None:
    none = effective(ledger, date(2025, 4, 3), facts={"us_content": 0.0})
    half = effective(ledger, date(2025, 4, 3), facts={"us_content": 0.5})
    moved = np.abs(none.total - half.total) > 1e-6
    assert moved.any()
    assert set(none.place[moved]) == {"CA", "MX"}
    assert set(none.chapter[moved]) == {"87"}


def test_canadian_lists_cover_what_their_government_says(ledger: Ledger) -> None:
    """C$30 bn, C$29.8 bn, and C$125 bn of which the metals items are not counted twice."""
    now = effective(ledger, date(2025, 3, 28), date(2025, 3, 28), into="CA")
    all_of_it = effective(ledger, date(2025, 4, 2), date(2025, 3, 28), into="CA", threatened=True)
    assert now.hit.sum() == pytest.approx(59.8e9, rel=1e-5)
    assert all_of_it.hit.sum() == pytest.approx(155.0e9, rel=1e-5)
    assert now.total.sum() == pytest.approx(0.25 * 59.8e9, rel=1e-5)


def test_bulk_lines_pay_what_single_entries_pay(ledger: Ledger) -> None:
    """Toys, on no list but the general ones: Viet Nam 46 %, China 20 + 84 % on 9 April 2025. No
    assumed content reaches them, since nobody assumed any."""
    flows = load_us_imports()
    toys = flows.hs8 == "95030000"
    only = replace(
        flows,
        hs10=flows.hs10[toys],
        place=flows.place[toys],
        value=flows.value[toys],
        duty=flows.duty[toys],
    )
    found = effective(ledger, date(2025, 4, 9), flows=only)
    rules = [i for i, r in enumerate(found.rules) if r.authority == "ieepa"]
    for place, rate in (("VN", 0.46), ("CN", 1.04), ("EU27", 0.20)):
        here = found.place == place
        owed = found.duty[here][:, rules].sum() / found.imports[here].sum()
        assert owed == pytest.approx(rate, rel=1e-12)


def test_bad_questions(ledger: Ledger) -> None:
    with pytest.raises(InputError, match="country"):
        effective(ledger, date(2025, 3, 28)).table(["country"])
    with pytest.raises(UnknownNameError, match="importing place"):
        effective(ledger, date(2025, 3, 28), into="JP")


def test_goods_that_may_not_enter_pay_nothing_and_are_in_no_rate() -> None:
    """From 29 September 2026 some drinks, dairy goods and motorcycles of Canada."""
    ledger, known = Ledger.load(), date(2026, 11, 9)
    before = effective(ledger, date(2026, 9, 28), known)
    after = effective(ledger, date(2026, 9, 29), known)
    assert before.barred.sum() == 0
    canada = after.place == "CA"
    assert 0 < after.barred.sum() == after.barred[canada].sum()
    drinks = canada & (after.chapter == "22")
    assert after.barred[drinks].sum() > 0
    paid = after.total[drinks].sum() / (after.imports - after.barred)[drinks].sum()
    (row,) = [r for r in after.table(["partner", "chapter"])
              if (r["partner"], r["chapter"]) == ("CA", "22")]  # fmt: skip
    assert row["rate"] == pytest.approx(paid, rel=1e-12)
    admitted = after.imports.sum() - after.barred.sum()
    assert after.rate == pytest.approx(after.total.sum() / admitted, rel=1e-12)
