"""Laws of rates, changes, money and days."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surtax.errors import UnitError
from surtax.ledger.rates import rate_of
from surtax.units import (
    Interval,
    Percent,
    Points,
    amount,
    cents,
    parse_date,
    parse_money,
    parse_share,
    percent,
    signed,
)

DAYS = st.dates(date(2024, 1, 1), date(2027, 1, 1))
SIZES = st.floats(-10, 10, allow_nan=False)


@given(SIZES, SIZES)
def test_points_and_percent_never_mix(a: float, b: float) -> None:
    for one, other in ((Points(a), Percent(b)), (Percent(a), Points(b)), (Points(a), b)):
        for act in (
            lambda x, y: x + y,
            lambda x, y: x - y,
            lambda x, y: x < y,
        ):
            with pytest.raises(UnitError):
                act(one, other)
    assert Points(a) != Percent(a)


@given(SIZES, SIZES)
def test_changes_of_one_unit_add_and_compare(a: float, b: float) -> None:
    for unit in (Points, Percent):
        assert (unit(a) + unit(b)).value == a + b
        assert (unit(a) - unit(b)).value == a - b
        assert type(unit(a) + unit(b)) is unit
        assert (unit(a) < unit(b)) == (a < b)


@given(SIZES)
def test_a_change_wears_its_unit_and_its_sign(a: float) -> None:
    points, level = str(Points(a)), str(Percent(a))
    assert points.endswith(" pp")
    assert level.endswith(" %")
    for text, digits in ((points, 1), (level, 2)):
        shown = round(abs(a) * 100, digits)
        assert text.startswith(("+", "−")) or shown == 0
        assert "-" not in text  # a true minus, never a hyphen


@given(st.integers(0, 10**6))
def test_a_written_rate_is_its_fraction(hundredths: int) -> None:
    text = f"{hundredths / 100:.2f}%"
    # exact to the last digit that a written rate has, a hundredth of a per cent
    assert rate_of(text) == pytest.approx(hundredths / 10**4, abs=1e-12)


@pytest.mark.parametrize("text", ["25", "", "%", "nan%", "inf%", "-1%", "0.25", "25pp", "25 pp%"])
def test_what_is_no_rate_is_refused(text: str) -> None:
    with pytest.raises(UnitError):
        rate_of(text)


@given(DAYS)
def test_days_are_read_as_written(day: date) -> None:
    assert parse_date(day.isoformat()) == day


@pytest.mark.parametrize(
    "text", ["", "today", "2025-02-30", "2025-2-3", "20250203", "2025-02-03T00:00", "03/02/2025",
             "2025-W05-1", " 2025-02-03"],
)  # fmt: skip
def test_what_is_no_day_is_an_error_and_never_today(text: str) -> None:
    with pytest.raises(UnitError):
        parse_date(text)


@given(st.decimals(0, 10**12, places=2))
def test_money_is_exact_with_or_without_separators(value: Decimal) -> None:
    assert parse_money(str(value)) == value
    assert parse_money(f"{value:,}") == value


@pytest.mark.parametrize(
    "text", ["", "abc", "1,5", "1.234,56", "12,34", "1,2345", ",100", "-1", "nan", "inf", "1e15",
             "1e999999", "$5", "0x10", "1 000"],
)  # fmt: skip
def test_what_is_no_money_is_refused(text: str) -> None:
    with pytest.raises(UnitError):
        parse_money(text)


@given(st.decimals(0, 10**9, places=4))
def test_cents_round_halves_up_and_by_no_more_than_half_a_cent(value: Decimal) -> None:
    assert abs(cents(value) - value) <= Decimal("0.005")
    assert cents(Decimal("0.005")) == Decimal("0.01")
    assert cents(cents(value)) == cents(value)


@given(st.integers(0, 10_000))
def test_shares_in_both_spellings(n: int) -> None:
    # a share in per cent is divided by 100 in floating point: one unit in the last place
    assert parse_share(f"{n / 100}%") == pytest.approx(parse_share(str(n / 10_000)), abs=1e-15)


@pytest.mark.parametrize("text", ["", "1.0001", "-0.1", "101%", "-1%", "nan", "inf", "half"])
def test_what_is_no_share_is_refused(text: str) -> None:
    with pytest.raises(UnitError):
        parse_share(text)


@given(DAYS, DAYS, DAYS)
def test_intervals_are_half_open(a: date, b: date, day: date) -> None:
    if b <= a:
        with pytest.raises(UnitError):
            Interval(a, b)
        return
    span = Interval(a, b)
    assert a in span
    assert b not in span
    assert (b - timedelta(1)) in span
    assert (day in span) == (a <= day < b)
    assert (day in Interval(None, b)) == (day < b)
    assert (day in Interval(a, None)) == (day >= a)
    assert day in Interval()


@given(st.lists(DAYS, min_size=4, max_size=4, unique=True))
def test_two_intervals_overlap_where_they_share_a_day(days: list[date]) -> None:
    a, b, c, d = days
    one, two = Interval(min(a, b), max(a, b)), Interval(min(c, d), max(c, d))
    shared = max(min(a, b), min(c, d)) < min(max(a, b), max(c, d))
    assert one.overlaps(two) == two.overlaps(one) == shared
    assert one.overlaps(Interval())
    assert not Interval(None, min(a, b)).overlaps(one)
    assert not Interval(max(a, b), None).overlaps(one)


def test_texts_of_numbers() -> None:
    assert signed(0.04, 1) == "0.0"
    assert signed(-0.04, 1) == "0.0"
    assert signed(1234.5, 1) == "+1,234.5"
    assert signed(-2, 0) == "−2"
    assert percent(0.25) == "25.0 %"
    assert percent(-0.0001) == "0.0 %"
    assert percent(-0.5, 0) == "−50 %"
    assert amount(Decimal("-1234.5")) == "−1,234.50"
    assert amount(-0.001) == "0.00"
