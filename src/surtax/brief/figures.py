"""Numbers and days as the page writes them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from typing import Any

from surtax.units import amount, percent, signed
from surtax.words import catalogue

Words = Mapping[str, str]

EN = catalogue("en")


def day(iso: str | None, words: Words = EN) -> str:
    """“28 March 2025”; empty for no day."""
    if not iso:
        return ""
    when = date.fromisoformat(iso)
    return f"{when.day} {words['months'].split()[when.month - 1]} {when.year}"


def middle(quantity: Any) -> float | None:
    """The value of a quantity, given as a number or as value, low and high."""
    if isinstance(quantity, Mapping):
        quantity = quantity.get("value")
    return None if quantity is None else float(quantity)


def ends(quantity: Any) -> tuple[float, float] | None:
    """The low and high of a quantity, if it has both."""
    if not isinstance(quantity, Mapping):
        return None
    low, high = quantity.get("low"), quantity.get("high")
    return None if low is None or high is None else (float(low), float(high))


def prose_digits(number: float) -> int:
    """Decimals for two significant digits; no more than two."""
    if not number:
        return 0
    size = math.floor(math.log10(abs(number)))
    rounded = round(number, max(0, 1 - size))
    return max(0, min(2, 1 - math.floor(math.log10(abs(rounded)))))


def change(value: float, digits: int | None = None) -> str:
    """A change of a level: “−1.2 %”; two significant digits unless told."""
    number = value * 100
    return signed(number, prose_digits(number) if digits is None else digits) + " %"


def points(value: float, digits: int | None = None) -> str:
    """A change of a rate: “+4.4 pp”."""
    number = value * 100
    return signed(number, prose_digits(number) if digits is None else digits) + " pp"


def plain(text: str) -> str:
    """A signed figure without its plus, where a word already says the direction."""
    return text.removeprefix("+").removeprefix("−")


def rate(value: float, digits: int | None = None) -> str:
    """A rate or share: “25 %”; two significant digits unless told."""
    return percent(value, prose_digits(value * 100) if digits is None else digits)


def span(quantity: Any, words: Words = EN, digits: int | None = None) -> str:
    """The range beside a change: “−1.6 to −0.8 %”; empty if there is none."""
    both = ends(quantity)
    if both is None:
        return ""
    if digits is None:
        value = (middle(quantity) or 0.0) * 100
        digits = prose_digits(value) if value else 2
    low, high = (signed(x * 100, digits) for x in both)
    return f"{low} {words['to']} {high} %"


def number_span(quantity: Any, words: Words = EN) -> str:
    """The range beside an amount: “4.1 to 6.3”; empty if there is none."""
    both = ends(quantity)
    if both is None:
        return ""
    return f"{number(both[0])} {words['to']} {number(both[1])}"


def money(value: float | None, currency: str, words: Words = EN, digits: int = 2) -> str:
    """“US$10,000.00”, with a true minus before the sign of the currency."""
    if value is None:
        return words["not_given"]
    text = amount(value, digits)
    sign = words.get(f"currency.{currency}", f"{currency} ")
    return f"−{sign}{text[1:]}" if text.startswith("−") else f"{sign}{text}"


def billions(value: float, currency: str, words: Words = EN) -> str:
    """“US$3,200 bn”."""
    return money(value / 1e9, currency, words, prose_digits(value / 1e9)) + " bn"


def number(value: float) -> str:
    """A number with about three digits: “0.38”, “59.8”, “19,531”, and whole ones whole."""
    if float(value).is_integer():
        return amount(value, 0)
    return amount(value, 2 if abs(value) < 10 else 1 if abs(value) < 1000 else 0)


def quantity(value: float, unit: str) -> str:
    """An amount with its unit, the sign of a currency in front: “C$59.8 bn a year”."""
    sign, _, rest = unit.partition(" ")
    if sign.endswith("$"):
        return f"{sign}{number(value)} {rest}".rstrip()
    return f"{number(value)} {unit}".rstrip()


def written_rate(text: str | None, words: Words = EN) -> str:
    """A rate as the ledger writes it, “25%”, as the page writes it, “25 %”."""
    if text is None:
        return ""
    if text == "unknown":
        return words["law.unknown_rate"]
    return text.replace("%", " %").replace("  %", " %")


def figure_amount(value: float, digits: int = 1) -> str:
    """An amount with thousands separators."""
    return amount(value, digits)
