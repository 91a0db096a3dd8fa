"""Numbers and days as the page writes them, in the language of the catalogue."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from surtax.units import amount as plain_amount
from surtax.units import signed as plain_signed
from surtax.words import catalogue, prose, say

Words = Mapping[str, str]

EN = catalogue("en")
DECIMAL = re.compile(r"(?<=\d)\.(?=\d)")


def local(text: str, words: Words = EN) -> str:
    """A number written “1,234.5” with the separators of the language."""
    return text.translate({44: words["number.group"], 46: words["number.point"]})


def day(iso: str | None, words: Words = EN) -> str:
    """“28 March 2025”; empty for no day."""
    if not iso:
        return ""
    when = date.fromisoformat(iso)
    number = words["number.first"] if when.day == 1 else str(when.day)
    return f"{number} {words['months'].split()[when.month - 1]} {when.year}".replace(
        " ", words["number.space"]
    )


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


def signed(number: float, digits: int, words: Words = EN) -> str:
    """A number with its sign: a plus or a true minus; zero bears none."""
    return local(plain_signed(number, digits), words)


def change(value: float, words: Words = EN, digits: int | None = None) -> str:
    """A change of a level: “−1.2 %”; two significant digits unless told."""
    number = value * 100
    return say(
        words,
        "number.percent",
        n=signed(number, prose_digits(number) if digits is None else digits, words),
    )


def points(value: float, words: Words = EN, digits: int | None = None) -> str:
    """A change of a rate: “+4.4 pp”."""
    number = value * 100
    return say(
        words,
        "number.points",
        n=signed(number, prose_digits(number) if digits is None else digits, words),
    )


def plain(text: str) -> str:
    """A signed figure without its plus, where a word already says the direction."""
    return text.removeprefix("+").removeprefix("−")


def rate(value: float, words: Words = EN, digits: int | None = None) -> str:
    """A rate or share: “25 %”; two significant digits unless told."""
    number = value * 100
    return say(
        words,
        "number.percent",
        n=amount(number, prose_digits(number) if digits is None else digits, words),
    )


def span(quantity: Any, words: Words = EN, digits: int | None = None) -> str:
    """The range beside a change: “−1.6 to −0.8 %”; empty if there is none."""
    both = ends(quantity)
    if both is None:
        return ""
    if digits is None:
        value = (middle(quantity) or 0.0) * 100
        digits = prose_digits(value) if value else 2
    low, high = (signed(x * 100, digits, words) for x in both)
    return say(words, "number.percent", n=f"{low} {words['to']} {high}")


def rate_span(low: float, high: float, words: Words = EN, digits: int | None = None) -> str:
    """The range beside a rate: “8.9 to 9.8 %”."""
    if digits is None:
        digits = prose_digits(low * 100)
    texts = (amount(x * 100, digits, words) for x in (low, high))
    return say(words, "number.percent", n=f" {words['to']} ".join(texts))


def number_span(quantity: Any, words: Words = EN, digits: int | None = None) -> str:
    """The range beside an amount: “4.1 to 6.3”; about three digits unless told; empty if none."""
    both = ends(quantity)
    if both is None:
        return ""
    low, high = (number(x, words) if digits is None else amount(x, digits, words) for x in both)
    return f"{low} {words['to']} {high}"


def money(value: float | None, currency: str, words: Words = EN, digits: int = 2) -> str:
    """“US$10,000.00”, with a true minus before the sign of the currency."""
    return _priced("money", value, currency, words, digits)


def base(layer: Mapping[str, Any], words: Words = EN) -> str:
    """What a layer of duty falls on: money, or a quantity in its unit."""
    if layer.get("unit"):
        return f"{amount(layer['basis_value'], 0, words)} {_unit(layer, words)}"
    return money(layer["basis_value"], str(layer["currency"]), words)


def _unit(layer: Mapping[str, Any], words: Words) -> str:
    return prose(words["lang"], str(layer["unit"]))[0]


def times(layer: Mapping[str, Any], words: Words = EN) -> str:
    """The rate of a layer; a duty per unit says so, since base times rate is not its amount."""
    each = layer.get("rate")
    if layer.get("unit") and each is not None:
        return local(f"{each:g}", words) + f" / {_unit(layer, words)}"
    if each is None or abs(layer["basis_value"] * each - layer["amount"]) > 0.011:
        return words["duty.per_unit"]
    return rate(each, words, 1)


def billions(value: float | None, currency: str, words: Words = EN, digits: int = -1) -> str:
    """“US$3,200 bn”, of an amount in units of the currency."""
    if value is None:
        return words["not_given"]
    size = value / 1e9
    return _priced("billions", size, currency, words, prose_digits(size) if digits < 0 else digits)


def _priced(kind: str, value: float | None, currency: str, words: Words, digits: int) -> str:
    if value is None:
        return words["not_given"]
    text = amount(value, digits, words)
    bare = text.removeprefix("−")
    key = f"{kind}.{currency}"
    said = (
        say(words, key, n=bare)
        if key in words
        else say(words, f"{kind}.other", n=bare, currency=currency)
    )
    return f"−{said}" if text != bare else said


def number(value: float, words: Words = EN) -> str:
    """A number with about three digits: “0.38”, “59.8”, “19,531”, and whole ones whole."""
    if float(value).is_integer():
        return amount(value, 0, words)
    return amount(value, 2 if abs(value) < 10 else 1 if abs(value) < 1000 else 0, words)


def written_rate(text: str | None, words: Words = EN) -> str:
    """A rate as the ledger writes it, “25%”, as the page writes it, “25 %”."""
    if text is None:
        return ""
    if text == "unknown":
        return words["law.unknown_rate"]
    text = text.replace("%", " %").replace("  %", " %").replace(" %", f"{words['number.space']}%")
    return DECIMAL.sub(words["number.point"], text)


def amount(value: float, digits: int = 1, words: Words = EN) -> str:
    """An amount with thousands separators and a true minus."""
    return local(plain_amount(value, digits), words)
