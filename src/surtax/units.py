"""Rates, changes, money and day intervals.

A rate is a fraction of a value (0.25 is 25 %). Rates change in percentage points (pp), levels
in per cent (%); the two are different types, and adding one to the other is a `UnitError`.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from importlib import resources

from surtax.errors import InputError, UnitError

MINUS = "−"
CENT = Decimal("0.01")
LARGEST = Decimal(10) ** 15
FORMULA = r"^[=+\-@\t\r]"
"""How a cell begins that a spreadsheet would run."""
NUMBER = r"^[+\-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+\-]?[0-9]+)?$"
"""A cell that is a number, and may begin with its sign."""


def inert(text: str) -> str:
    """A cell of a CSV file as a spreadsheet shows it and does not run it.

    Text that begins like a formula is given an apostrophe; a number stays a number.
    """
    risky = re.match(FORMULA, text) and not re.fullmatch(NUMBER, text)
    return f"'{text}" if risky else text


def parse_date(text: str, *, where: str = "") -> date:
    """An ISO date; anything else is an error, never today."""
    try:
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            raise ValueError
        return date.fromisoformat(text)
    except ValueError:
        raise UnitError(
            f"“{text}” is not a date.", where=where, mend="Write it as 2025-03-28."
        ) from None


def number(text: str, below: Decimal) -> Decimal | None:
    """A number from 0 to below a bound, or none; a comma only parts thousands."""
    if "," in text and not re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d*)?", text.strip()):
        return None
    try:
        found = Decimal(text.replace(",", ""))
    except InvalidOperation:
        return None
    return found if found.is_finite() and 0 <= found < below else None


def parse_money(text: str, *, where: str = "", what: str = "an amount of money") -> Decimal:
    """An exact, finite, non-negative amount below a quadrillion.

    A comma only parts thousands: “1,5” is refused, since it could mean 1.5 or 15.
    """
    raw = str(text)
    amount = number(raw if "," in raw else raw.replace("_", ""), LARGEST)
    if amount is None:
        raise UnitError(
            f"“{text}” is not {what}.",
            where=where,
            mend="Write it as 40000, 40,000 or 99.95.",
        )
    return amount


def parse_share(text: str, *, where: str = "") -> float:
    """A share between 0 and 1, written 0.5 or 50%."""
    raw = str(text).strip()
    try:
        value = float(raw[:-1]) / 100 if raw.endswith("%") else float(raw)
    except ValueError:
        value = float("nan")
    if not 0.0 <= value <= 1.0:
        raise UnitError(
            f"“{text}” is not a share between 0 and 1.", where=where, mend="Write it as 0.5 or 50%."
        )
    return value


def cents(amount: Decimal) -> Decimal:
    """The amount rounded to cents, halves up."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


@dataclass(frozen=True)
class Interval:
    """Days from `start` up to but not including `end`; an open side is None."""

    start: date | None = None
    end: date | None = None

    def __post_init__(self) -> None:
        if self.start and self.end and self.end <= self.start:
            raise UnitError(
                f"the interval [{self.start}, {self.end}) is empty.",
                mend="The end must come after the start.",
            )

    def __contains__(self, day: date) -> bool:
        return (self.start is None or day >= self.start) and (self.end is None or day < self.end)

    def overlaps(self, other: Interval) -> bool:
        """Whether the two share a day."""
        return (self.end is None or other.start is None or other.start < self.end) and (
            other.end is None or self.start is None or self.start < other.end
        )


@dataclass(frozen=True)
class _Change:
    """A change in one unit; only changes of the same unit add or compare."""

    value: float

    def _same(self, other: object) -> float:
        if type(other) is not type(self):
            raise UnitError(
                f"{type(self).__name__} and {type(other).__name__} do not mix.",
                mend="Rates change in pp, levels in %.",
            )
        return other.value

    def __add__(self, other: object) -> _Change:
        return type(self)(self.value + self._same(other))

    def __sub__(self, other: object) -> _Change:
        return type(self)(self.value - self._same(other))

    def __lt__(self, other: object) -> bool:
        return self.value < self._same(other)


class Points(_Change):
    """A change of a rate, as a fraction: Points(0.25) is +25 pp."""

    def __str__(self) -> str:
        return signed(self.value * 100, 1) + " pp"


class Percent(_Change):
    """A change of a level, as a fraction: Percent(0.02) is +2 %."""

    def __str__(self) -> str:
        return signed(self.value * 100, 2) + " %"


def signed(value: float, digits: int) -> str:
    """A number with its sign: a plus or a true minus; zero bears none."""
    text = f"{abs(value):,.{digits}f}"
    if float(text.replace(",", "")) == 0:
        return text
    return ("+" if value > 0 else MINUS) + text


def percent(value: float, digits: int = 1) -> str:
    """A rate or share as text: 0.25 is “25.0 %”."""
    text = f"{abs(value) * 100:,.{digits}f} %"
    return MINUS + text if value < 0 and float(text[:-2].replace(",", "")) != 0 else text


def amount(value: float | Decimal, digits: int = 2) -> str:
    """An amount with thousands separators and a true minus."""
    text = f"{abs(value):,.{digits}f}"
    return MINUS + text if value < 0 and float(text.replace(",", "")) != 0 else text


def exchange_rate(source: str, target: str, year: int) -> tuple[float, str]:
    """Units of `target` per unit of `source`, and where the rate comes from.

    Raises:
        UnitError: no rate of that pair and year is in ``data/fx.csv``; none is guessed.
    """
    if source == target:
        return 1.0, ""
    text = resources.files("surtax").joinpath("data", "fx.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(text.splitlines()):
        if int(row["year"]) == year and (row["from"], row["to"]) == (source, target):
            return float(row["rate"]), row["source"]
        if int(row["year"]) == year and (row["to"], row["from"]) == (source, target):
            return 1.0 / float(row["rate"]), row["source"]
    raise UnitError(
        f"no exchange rate from {source} to {target} for {year}.",
        where="fx.csv",
        mend="Add a dated, sourced rate.",
    )


def pairs(given: Sequence[str] | None, what: str, *, where: str, example: str) -> dict[str, str]:
    """The name=value pairs of an option that may be repeated, each name once."""
    article = "an" if what[0] in "aeiou" else "a"
    found: dict[str, str] = {}
    for pair in given or []:
        name, equals, text = pair.partition("=")
        if not equals:
            raise InputError(
                f"“{pair}” is not {article} {what}.", where=where, mend=f"Write it as {example}."
            )
        if name in found:
            raise InputError(
                f"the {what} “{name}” is given twice.", where=where, mend="Keep one of the two."
            )
        found[name] = text
    return found
