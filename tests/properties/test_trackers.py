"""Published rates and what is assumed behind them: sourced, dated, and adding up."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from surtax.duty.lines import Codes
from surtax.errors import DataError, InputError, UnknownNameError
from surtax.ledger import Ledger
from surtax.trade.attribution import LARGE, attribute, setting_of
from surtax.trade.effective import effective
from surtax.trade.flows import load_us_imports
from surtax.trade.readings import Setting, Stamp, by_partner, lines_of, weights
from surtax.trade.readings import rate as reading
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
            pairs = [one.split("=") for one in term.value.split()]
            if term.kind in ("without", "moved", "rates"):
                for name_of in (pair[0].partition(":")[0] for pair in pairs):
                    measure, _, provision = name_of.partition("#")
                    acts = ledger.measure(measure).acts
                    assert not provision or any(provision in act.provisions for act in acts)
            if term.kind in ("exempt", "whole"):
                for pair in pairs:
                    ledger.measure(pair[0].partition("!")[0])
            for goods in {"exempt": [p[-1] for p in pairs], "stamp": [p[0] for p in pairs]}.get(
                term.kind, []
            ):
                assert lines_of(ledger, load_us_imports(), goods).any(), goods
            for rates in (p[1] for p in pairs if term.kind == "stamp"):
                assert rates.startswith("@us/ieepa/reciprocal:") or 0 <= float(rates) <= 125


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


@pytest.mark.parametrize("name", [*DAILY, "fitch"])
def test_every_figure_is_told_by_terms(ledger: Ledger, name: str) -> None:
    """Each published rate to 0.3 points, the gap that must be told by name; beyond that but what
    the figure's own rounding or a floor printed in place of a rate leaves open."""
    for figure in figures(name):
        found = attribute(ledger, name, figure.on)
        assert found.told, (name, figure.on, found.rest)
        if name in DAILY:
            assert found.open is None
            assert abs(found.rest) < LARGE, (name, figure.on, found.rest)


def test_a_partner_at_the_rate_that_is_printed_and_what_a_floor_leaves_open(ledger: Ledger) -> None:
    """The rate moves by the partner's share of imports times the difference; by hand."""
    on, known = date(2025, 5, 14), date(2025, 5, 12)
    law = effective(ledger, on, known)
    here = law.place == "CN"
    share = law.imports[here].sum() / law.imports.sum()
    own = law.total[here].sum() / law.imports[here].sum()
    printed = reading(ledger, Setting(known, printed={"CN": 0.318}), on)
    assert printed == pytest.approx(law.rate + share * (0.318 - own), abs=1e-9)
    found = attribute(ledger, "fitch", on)
    assert found.open is not None
    assert found.open.change < found.rest < 0
    assert replace(found, open=None).told is False
    low = sum(
        law.total[law.place == p].sum() - 0.105 * law.imports[law.place == p].sum()
        for p in ("JP", "CA", "MX")
    )
    assert found.open.change == pytest.approx(-low / law.imports.sum(), abs=1e-9)


def test_a_figure_printed_to_whole_per_cent_leaves_half_a_point_open() -> None:
    digits = {f.on.isoformat(): f.rounding for f in figures("fitch")}
    assert digits["2025-08-07"] == pytest.approx(0.005)  # “settled at 17%”
    assert digits["2025-11-10"] == pytest.approx(0.0005)  # “13.6%”


def test_readings_that_do_not_go_together_are_refused(ledger: Ledger) -> None:
    on, known = date(2025, 9, 1), ledger.verified_to
    for wrong in (Setting(known, stamps=(Stamp("all", (), "10"),)),
                  Setting(known, level=0.02, printed={"CN": 0.3})):  # fmt: skip
        with pytest.raises(DataError, match="do not fit"):
            reading(ledger, wrong, on)


def test_the_rates_of_partners_as_the_tracker_prints_them(ledger: Ledger) -> None:
    """Additions of 7 August 2025 by partner, as country-by-time.csv of the tracker has them: the
    lists and the order in which they are stamped are its own."""
    printed = {
        "GB": 12.878, "CH": 38.578, "MY": 12.050, "TH": 15.171, "BR": 27.188, "SG": 9.539,
        "ID": 18.810, "IL": 11.875, "CO": 8.590, "TR": 17.068, "ZA": 28.275, "BD": 20.020,
        "KH": 19.603, "HK": 32.967, "EU27": 15.201, "IN": 43.032,
    }  # fmt: skip
    setting = setting_of("waugh", date(2025, 8, 7), Setting(ledger.verified_to))
    added = by_partner(ledger, setting, date(2025, 8, 7))
    for partner, rate in printed.items():
        # a tenth of a point: lists of whole headings against its list of numbers
        assert 100 * added[partner] == pytest.approx(rate, abs=0.1), partner


def test_a_rate_stands_in_place_of_all_else_and_the_last_one_counts(ledger: Ledger) -> None:
    on, known = date(2025, 9, 1), ledger.verified_to
    ten = Setting(known, level=0.02, stamps=(Stamp("all", (), "10"),))
    assert reading(ledger, ten, on) == pytest.approx(0.12, abs=1e-12)
    none = replace(ten, stamps=(*ten.stamps, Stamp("all", (), "0")))
    assert reading(ledger, none, on) == pytest.approx(0.02, abs=1e-12)
    flows = weights(())
    cars = Codes(flows.codes).under(frozenset(["8703"]))[flows.code_index]
    some = replace(ten, stamps=(*ten.stamps, Stamp("8703", ("JP",), "50")))
    share = flows.value[cars & (flows.place == "JP")].sum() / flows.imports()
    assert reading(ledger, some, on) == pytest.approx(0.12 + 0.40 * share, abs=1e-12)


def test_a_measure_charges_nothing_on_a_list_or_all_of_the_value(ledger: Ledger) -> None:
    on, known = date(2025, 9, 1), ledger.verified_to
    plain = Setting(known)
    free = replace(plain, exempt=(("us/ieepa/reciprocal", "all", ()),))
    without = replace(plain, without=("us/ieepa/reciprocal",))
    # without the measure, duties that yield to it could come back; none does
    assert reading(ledger, free, on) == pytest.approx(reading(ledger, without, on), abs=1e-9)
    part = reading(ledger, replace(plain, whole=(("us/s232/steel", ()),)), on)
    full = reading(ledger, replace(plain, facts={"steel_content": 1.0}), on)
    # on the whole value the others would have to leave it, and are charged on the rest all the same
    assert part > full > reading(ledger, plain, on)


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
