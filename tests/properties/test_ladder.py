"""From the law to what was paid, against the duties that the Census Bureau calculated."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from surtax.errors import InputError
from surtax.ledger import Ledger
from surtax.trade.exclusions import ended, exclusions
from surtax.trade.flows import load_us_imports
from surtax.trade.ladder import Ladder, ladder, to_json

COLLECTED = {"CA": 0.100, "MX": 0.248, "CN": 10.866, "EU27": 1.229, "JP": 1.508}


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    return Ledger.load()


@pytest.fixture(scope="module")
def year(ledger: Ledger) -> Ladder:
    return ladder(ledger, date(2024, 7, 1))


@pytest.mark.parametrize("partner", ["CA", "MX", "EU27", "JP"])
def test_2024_from_the_schedule_and_shares_of_claims(year: Ladder, partner: str) -> None:
    """Schedule, measures and claims alone against duties calculated in 2024: 0.15 points, the
    bound that was set; no collected duty enters the first three steps."""
    got = 100 * year.rate("applicable", partner)
    assert got == pytest.approx(COLLECTED[partner], abs=0.15)


def test_china_in_2024_is_above_what_was_collected_and_why(year: Ladder) -> None:
    """12.5 % by the lists of section 301 in full, 0.6 points less by exclusions as they have been
    used since 2025. What is left is named in docs/trade.md by heading, and is not explained."""
    assert 100 * year.rate("claimed", "CN") == pytest.approx(12.51, abs=0.01)
    assert 100 * year.rate("applicable", "CN") == pytest.approx(11.93, abs=0.01)
    assert 100 * year.rate("collected", "CN") == pytest.approx(COLLECTED["CN"], abs=0.0006)


def test_what_is_left_of_china_is_told_by_reason(year: Ladder) -> None:
    """The reasons add up to the whole gap, which is lines of section 301 that paid less: those of
    which U.S. note 20(g) lists a part alone, those that exclusions name, and the rest."""
    short = {s.reason: s for s in year.short}
    gap = year.rate("applicable", "CN") - year.rate("collected", "CN")
    assert sum(s.points for s in year.short) == pytest.approx(gap, abs=1e-9)
    part = short["a part of the line alone is listed"]
    assert [head for head, _ in part.largest][:2] == ["851762", "940180"]
    # 8517.62.00.90 is on list 3 in part and on list 4A for the rest: it paid what list 4A charges
    here = load_us_imports().of("CN")
    one = here.rows(here.hs10 == "8517620090")
    assert one.rate() == pytest.approx(0.075, abs=0.002)
    assert short["lines on no list"].points < 0
    assert 100 * short["an exclusion ended on 14 June 2024"].points == pytest.approx(0.19, abs=0.01)
    assert all(0 <= s.free <= s.value for s in year.short)


def test_exclusions_that_ended_name_numbers_of_2024() -> None:
    """352 and 77 exclusions within 304 numbers; each was imported in 2024, and all of those that
    were kept, which another transcription has, are among them."""
    flows = load_us_imports()
    assert len(ended()) == 304
    assert ended() <= set(flows.codes.tolist())
    kept = {e.number for e in exclusions() if e.heading == "9903.88.69"}
    assert kept - ended() == {"3926909989"}  # 3926.90.9985 until the end of 2024
    assert "3926909985" in ended()


def test_flows_without_duties_have_no_shortfall_to_tell(ledger: Ledger) -> None:
    flows = load_us_imports().of("CN", "VN")
    bare = replace(flows, duty=np.full(len(flows), np.nan))
    told = ladder(ledger, date(2024, 7, 1), flows=bare)
    assert told.short == ()
    assert to_json(told)["short"] == []
    assert ladder(ledger, date(2025, 5, 1)).short == ()  # not a day of the flows' year


def test_the_last_step_of_the_year_is_what_was_collected(year: Ladder) -> None:
    flows = load_us_imports()
    for partner, rate in COLLECTED.items():
        assert 100 * year.rate("collected", partner) == pytest.approx(rate, abs=0.0006)
        here = year.found.place == partner
        duty = float(np.nansum(flows.of(partner).duty))
        assert year.rungs[-1].duty[here].sum() == pytest.approx(duty, rel=1e-9)


def test_each_step_takes_off_and_the_residual_is_told(ledger: Ledger) -> None:
    told = to_json(ladder(ledger, date(2025, 12, 15), claims="day"))
    rates = [s["rate"] for s in told["steps"]]
    assert rates[0] > rates[1] > rates[2]
    assert told["residual"] == pytest.approx(rates[3] - rates[2], abs=1e-15)
    assert all(s["source"] for s in told["steps"])
    assert told["per_unit"] > 0
    # the Bureau's estimate of low-value shipments has no line
    assert told["unlisted"] == pytest.approx(24.3e9, rel=0.01)


def test_exclusions_are_shares_of_known_numbers() -> None:
    found = exclusions()
    assert len(found) == 142
    assert all(0 <= e.share <= 1 and len(e.number) == 10 and e.months > 0 for e in found)
    assert {e.heading for e in found} == {"9903.88.69", "9903.88.70"}


def test_no_ladder_without_a_schedule(ledger: Ledger) -> None:
    with pytest.raises(InputError, match="--into US"):
        ladder(ledger, date(2025, 5, 1), into="CA")
