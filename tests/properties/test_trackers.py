"""Published rates and what is assumed behind them: sourced, dated, and adding up."""

from __future__ import annotations

from datetime import date

import pytest

from surtax.errors import InputError, UnknownNameError
from surtax.ledger import Ledger
from surtax.trade.attribution import LARGE, attribute
from surtax.trade.effective import effective
from surtax.trade.trackers import figures, terms, trackers

DAILY = ["waugh", "budget-lab", "rate-tracker"]


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    return Ledger.load()


@pytest.mark.parametrize("name", DAILY)
def test_twelve_dates_and_more_each_with_a_source(name: str) -> None:
    found = figures(name)
    assert len(found) >= 12
    assert len({f.on for f in found}) == len(found)
    assert all(0.02 <= f.rate < 0.35 and f.source and f.published for f in found)


def test_figures_that_others_wrote_down_too() -> None:
    """As a comparison of the two series made elsewhere has them, to its three decimals."""
    written = {
        "rate-tracker": {"2025-01-01": 2.657, "2025-03-04": 5.982, "2025-04-09": 19.061,
                         "2025-05-14": 13.017, "2026-07-24": 7.847},
        "waugh": {"2025-03-12": 7.51, "2025-04-05": 25.51, "2025-08-07": 18.89,
                  "2026-02-24": 9.96, "2026-04-06": 10.80},
    }  # fmt: skip
    for name, days in written.items():
        have = {f.on.isoformat(): 100 * f.rate for f in figures(name)}
        for day, rate in days.items():
            assert have[day] == pytest.approx(rate, abs=0.0051)  # printed to 0.01


def test_terms_name_what_exists_and_say_why(ledger: Ledger) -> None:
    for name in trackers():
        assert terms(name)
        for term in terms(name):
            assert term.why
            assert term.start is None or term.end is None or term.start < term.end
            if term.kind == "without":
                for one in term.value.split():
                    measure, _, provision = one.partition("#")
                    acts = ledger.measure(measure).acts
                    assert not provision or any(provision in act.provisions for act in acts)
            if term.kind == "moved":
                for one in term.value.split():
                    ledger.measure(one.partition("=")[0])


@pytest.mark.parametrize(
    ("name", "on"),
    [
        ("waugh", "2025-04-05"),  # country rates four days early: 25.5 for 14 in law
        ("rate-tracker", "2025-03-04"),  # relief before it existed: 6.0 for 11.3
        ("rate-tracker", "2025-03-12"),
        ("budget-lab", "2025-03-12"),  # cars three weeks early
    ],
)
def test_both_numbers_can_be_made_and_the_difference_told(
    ledger: Ledger, name: str, on: str
) -> None:
    day = date.fromisoformat(on)
    found = attribute(ledger, name, day)
    assert found.ours == pytest.approx(effective(ledger, day).rate, rel=1e-12)
    told = found.ours + sum(s.change for s in found.steps) + found.rest
    assert told == pytest.approx(found.figure.rate, abs=1e-12)
    assert found.theirs == pytest.approx(found.figure.rate, abs=LARGE)


def test_a_day_without_a_figure_and_a_tracker_without_a_name(ledger: Ledger) -> None:
    with pytest.raises(InputError, match="no figure of waugh"):
        attribute(ledger, "waugh", date(2025, 4, 6))
    with pytest.raises(UnknownNameError, match="unknown tracker"):
        figures("yale")


def test_a_measure_read_of_another_day_or_left_out(ledger: Ledger) -> None:
    """Cars on 20 March as from 3 April, and on 20 April as if the duty did not exist."""
    early = effective(
        ledger, date(2025, 3, 20), moved={"us/s232/autos": (date(2025, 4, 3), date(2025, 4, 3))}
    )
    cars = early.chapter == "87"
    plain = effective(ledger, date(2025, 3, 20))
    law = effective(ledger, date(2025, 4, 3))
    assert early.by_authority["s232"][cars].sum() == pytest.approx(
        law.by_authority["s232"][cars].sum(), rel=1e-12
    )
    assert early.total.sum() > plain.total.sum()
    none = effective(ledger, date(2025, 4, 20), without=["us/s232/autos"])
    assert not any(r.measure == "us/s232/autos" for r in none.rules)
    with pytest.raises(UnknownNameError):
        effective(ledger, date(2025, 4, 20), without=["us/s232/carts"])
