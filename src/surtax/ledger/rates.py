"""Rates as the ledger writes them.

=============================  ====================================================
25%                            of the value
1.50 USD/kg                    for each unit of quantity; “entry” is a unit of one
5% + 1.50 USD/kg               both together
greater of 5% or 1.50 USD/kg   whichever comes to more; “lesser of” likewise
all-in 15%                     as much as brings the general rate to 15 %
to 20 USD/kg                   as much as brings the value of each unit to that price
declared general_rate          what a fact declares
unknown                        ordered, and no text says how much
prohibited                     the goods may not enter
=============================  ====================================================
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache, cached_property
from typing import Literal

from surtax.errors import UnitError

ENTRY = "entry"
"""The unit of which every entry holds one."""

_MEND = (
    "Write it as 25%, 1.50 USD/kg, 5% + 1.50 USD/kg, greater of 5% or 1.50 USD/kg, all-in 15%, "
    "to 20 USD/kg, declared and a fact, unknown or prohibited."
)
_PER_UNIT = re.compile(r"(\d+(?:\.\d+)?) ([A-Z]{3})/([a-z][a-z0-9 ]*)")


@dataclass(frozen=True)
class Rate:
    """A rate of duty.

    Attributes:
        value: the ad valorem part, a fraction; NaN when the rate is not known.
        all_in: the ad valorem part counts the general rate in.
        per_unit: money for each unit.
        unit: the unit; empty without such a part.
        currency: the money's currency code.
        price: `per_unit` is a price that the value of each unit is brought to.
        fact: the fact that declares the rate.
        pick: whether this or `other` counts, whichever comes to more or to less.
        other: the other rate of such a pair.
        text: the rate as written, where it is more than a share of the value.
    """

    value: float = 0.0
    all_in: bool = False
    per_unit: Decimal = Decimal(0)
    unit: str = ""
    currency: str = ""
    price: bool = False
    fact: str = ""
    pick: Literal["", "greater", "lesser"] = ""
    other: Rate | None = None
    text: str = ""

    @property
    def plain(self) -> bool:
        """Whether it is a share of the value and nothing more."""
        return not (self.all_in or self.unit or self.fact or self.other)

    @cached_property
    def said(self) -> str:
        """All of it in words: the same for rates alike, one that is not known among them."""
        return repr(self)

    @property
    def parts(self) -> Iterator[Rate]:
        """Itself, and the other of a pair."""
        yield self
        if self.other:
            yield from self.other.parts

    @property
    def units(self) -> list[str]:
        """Units in which the entry must give its quantity."""
        found = {one.unit for one in self.parts if one.unit}
        return sorted(found - {ENTRY})


@cache
def read_rate(text: str) -> Rate:
    """A rate from its text; see the module's table.

    Raises:
        UnitError: it is not one.
    """
    rate = _read(text)
    return rate if rate.plain else replace(rate, text=text)


def _read(text: str) -> Rate:
    picked = re.fullmatch(r"(greater|lesser) of (.+?) or (.+)", text)
    if picked:
        how: Literal["greater", "lesser"] = "greater" if picked[1] == "greater" else "lesser"
        first, second = _sum(picked[2], text), _sum(picked[3], text)
        return Rate(first.value, False, first.per_unit, first.unit, first.currency,
                    pick=how, other=second)  # fmt: skip
    if text.startswith("all-in "):
        return Rate(rate_of(text.removeprefix("all-in "), text), all_in=True)
    if text.startswith("declared "):
        return Rate(float("nan"), fact=text.removeprefix("declared "))
    if text.startswith("to "):
        top = _sum(text.removeprefix("to "), text)
        if top.value or not top.unit:
            raise UnitError(f"“{text}” is not a rate.", mend=_MEND)
        return Rate(per_unit=top.per_unit, unit=top.unit, currency=top.currency, price=True)
    return _sum(text, text)


def _sum(text: str, whole: str) -> Rate:
    """An ad valorem part, a part per unit, or one of each."""
    value, per_unit, unit, currency = 0.0, Decimal(0), "", ""
    seen = set()
    for part in text.split(" + "):
        money = _PER_UNIT.fullmatch(part)
        if bool(money) in seen:
            raise UnitError(f"“{whole}” is not a rate.", mend=_MEND)
        seen.add(bool(money))
        if money:
            per_unit, currency, unit = Decimal(money[1]), money[2], money[3]
        else:
            value = rate_of(part, whole)
    return Rate(value, False, per_unit, unit, currency)


def rate_of(text: str, whole: str = "") -> float:
    """An ad valorem rate written “25%”; as a fraction. May exceed 100 %."""
    try:
        if not text.endswith("%"):
            raise ValueError
        value = float(text[:-1])
        if not 0 <= value < float("inf"):
            raise ValueError
    except ValueError:
        mend = _MEND if whole else "Write it as 25%."
        raise UnitError(f"“{whole or text}” is not a rate.", mend=mend) from None
    return round(value * 1e4) / 1e6


def read_amount(text: str) -> tuple[Decimal, str]:
    """An amount and its currency, written “32.71 USD”.

    Raises:
        UnitError: it is not one.
    """
    found = re.fullmatch(r"(\d+(?:\.\d+)?) ([A-Z]{3})", text)
    if not found:
        raise UnitError(f"“{text}” is not an amount.", mend="Write it as 32.71 USD.")
    return Decimal(found[1]), found[2]
