"""Cells as people and spreadsheets write them, and what they mean.

What a spreadsheet has damaged is mended where it can only mean one thing, and each kind of mending
is counted; a cell that could mean two things is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from surtax import goods
from surtax.errors import InputError
from surtax.units import LARGEST, cents, number

ZERO = "leading zeros that a spreadsheet had dropped, put back"
POWER = "numbers written as powers of ten, written out"
POINT_ZERO = "numbers ending in “.0”, cut"
CENTS = "amounts rounded to the cent"
NONE = "quantities of zero, taken as not given"
SERIAL = "days written as spreadsheet numbers"
APOSTROPHE = "cells with a leading apostrophe or “=”, stripped"

MANY = Decimal(10) ** 12
VAST = Decimal(10) ** 40
MILLIONTH = Decimal("0.000001")
_POWER = re.compile(r"(\d)(?:[.,](\d+))?[eE]\+?(\d{1,2})")
"""A number as a spreadsheet writes it where its column is narrow; with a small “e”, as programs
do, which drop no digits but zeros."""
EPOCH = date(1899, 12, 30)
"""Day 0 of spreadsheet dates (the 1900 system, after February 1900)."""


@dataclass(frozen=True)
class Cell:
    """What became of a cell.

    Attributes:
        value: its meaning; None if refused or empty.
        repairs: kinds of mending done.
        refused: why it has no meaning.
    """

    value: object = None
    repairs: tuple[str, ...] = ()
    refused: str = ""


def bare(text: str) -> tuple[str, tuple[str, ...]]:
    """A cell without the marks that keep a spreadsheet from reading it as a number."""
    cut = text.strip().strip("\u00a0").strip()
    found = re.fullmatch(r"'(.*)|=\"(.*)\"", cut)
    return ((found[1] or found[2] or "").strip(), (APOSTROPHE,)) if found else (cut, ())


def _short(cut: str, what: str) -> str:
    """Why a number written as a power of ten has lost digits; empty if they all are there."""
    power = _POWER.fullmatch(cut)
    digits, size = (len(power[1] + (power[2] or "")), int(power[3]) + 1) if power else (0, 0)
    if digits >= size:
        return ""
    return f"a spreadsheet has cut the {what} to “{cut}”: {digits} of {size} digits are left"


def code(text: str) -> Cell:
    """The digits of a tariff number: eight or ten."""
    cut, repairs = bare(text)
    if not cut:
        return Cell(refused="no tariff number")
    if power := _POWER.fullmatch(cut):
        if short := _short(cut, "tariff number"):
            return Cell(refused=short)
        cut, repairs = power[1] + (power[2] or ""), (*repairs, POWER)
    elif re.fullmatch(r"\d{7,10}\.0+", cut):
        cut, repairs = cut.partition(".")[0], (*repairs, POINT_ZERO)
    if told := _day_of(cut):
        return Cell(refused=told)
    digits = re.sub(r"[. \u00a0-]", "", cut)
    if re.fullmatch(r"\d{7}|\d{9}", digits) and cut == digits and digits[0] != "0":
        digits, repairs = "0" + digits, (*repairs, ZERO)
    try:
        digits = goods.hs(digits)
    except InputError as error:
        said = error.what.replace(f"“{digits}”", f"“{cut}”")
        return Cell(refused=f"{said} {error.mend}".strip())
    if len(digits) < 8:
        return Cell(refused=f"“{cut}” is a heading; a duty needs eight or ten digits")
    return Cell(digits, repairs)


def _day_of(cut: str) -> str:
    """Why a tariff number that reads as a day is none; empty if it reads as none.

    A spreadsheet that takes a number for a day may turn its digits round: 8703.08.23 becomes
    23-08-8703. What begins with the year keeps them, and is a number if the year is none of ours.
    """
    if found := re.fullmatch(r"((?:19|20)\d\d)-(\d\d)-(\d\d)", cut):
        month, last = int(found[2]), int(found[3])
    elif found := re.fullmatch(r"(\d{1,2})[-.](\d{1,2})[-.]\d{4}", cut):
        month, last = sorted((int(found[1]), int(found[2])))
    else:
        return ""
    if not (1 <= month <= 12 and 1 <= last <= 31):
        return ""
    return f"“{cut}” reads as a day; write the tariff number in digits alone"


def money(text: str) -> Cell:
    """An amount, to the cent; thousands may be parted by commas, and a sign may name dollars.

    A currency code before or behind it is judged apart, in `clean`. A point before three digits may
    part thousands, as in much of Europe, and is refused.
    """
    cut, repairs = bare(text)
    cut = re.sub(r"^[A-Z]{3}\s*|\s*[A-Z]{3}$", "", cut).strip().removeprefix("$").strip()
    if re.fullmatch(r"\(.*\)|-.*", cut):
        return Cell(refused=f"the amount “{text.strip()}” is negative")
    if re.fullmatch(r"[1-9]\d{0,2}\.\d{3}", cut):
        plain = cut.replace(".", "")
        return Cell(refused=f"“{text.strip()}” could be {plain} or {cents(Decimal(cut))}; write it "
                            "as one of these")  # fmt: skip
    if _POWER.fullmatch(cut):
        if "E" in cut and (short := _short(cut, "amount")):
            return Cell(refused=short)
        repairs = (*repairs, POWER)
    amount = number(cut, LARGEST)
    if amount is None:
        large = number(cut, VAST) is not None
        return Cell(
            refused=f"“{text.strip()}” is too large for an amount" if large
            else f"“{text.strip()}” is not an amount; write it as 40000, 40,000 or 99.95"
        )  # fmt: skip
    exact = cents(amount)
    return Cell(exact, (*repairs, CENTS) if exact != amount else repairs)


def quantity(text: str) -> Cell:
    """A quantity, to a millionth of its unit; thousands may be parted by commas."""
    cut, repairs = bare(text)
    if cut.startswith("-"):
        return Cell(refused="the quantity is negative")
    if _POWER.fullmatch(cut):
        if "E" in cut and (short := _short(cut, "quantity")):
            return Cell(refused=short)
        repairs = (*repairs, POWER)
    told = number(cut, MANY)
    if told is None:
        return Cell(
            refused=f"the quantity “{cut}” is not a number; write it as 40000, 40,000 or 99.95"
        )
    return Cell(told.quantize(MILLIONTH, rounding=ROUND_HALF_UP), repairs)


def day(text: str, *, month_first: bool = False) -> Cell:
    """A day: 2025-03-28, 20250328, with a time of day or without; a spreadsheet's number.

    Args:
        text: the cell.
        month_first: whether 03/28/2025 and 04/05/2025 are read month first; else refused.
    """
    cut, repairs = bare(text)
    if not cut:
        return Cell()
    iso = re.fullmatch(r"(\d{4})-?(\d{2})-?(\d{2})(?:[ T]\d{2}:\d{2}.*)?", cut)
    slashed = re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})(?: \d{1,2}:\d{2}.*)?", cut)
    serial = re.fullmatch(r"([345]\d{4})(?:\.0+)?", cut)
    try:
        if iso:
            return Cell(date(int(iso[1]), int(iso[2]), int(iso[3])), repairs)
        if slashed and month_first:
            return Cell(date(int(slashed[3]), int(slashed[1]), int(slashed[2])), repairs)
        if slashed:
            return Cell(refused=f"“{cut}” could be two days; write it as 2025-03-28")
        if serial:
            return Cell(EPOCH + timedelta(days=int(serial[1])), (*repairs, SERIAL))
    except ValueError:
        pass
    return Cell(refused=f"“{cut}” is not a day; write it as 2025-03-28")
