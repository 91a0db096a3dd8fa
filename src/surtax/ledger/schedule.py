"""The schedule of the US tariff by day: what a line owes before any measure of the dispute.

The table is the Harmonized Tariff Schedule of the United States (US International Trade
Commission), chapters 1 to 98, in the editions that ``editions`` names, made by
``scripts/build_schedule.py``: one row for each line and each span of days in which its rates hold.
A day before the first edition takes the first, a day after the last one the last. Chapter 99 is
left out: its temporary changes are measures of the ledger.

A rate whose numbers do not say all of its text keeps the text, ``parsed`` false and NaN for
numbers; it is never zero. These are mostly watches, clocks and sets, whose parts are taxed apart;
``duty`` has the parts.
"""

from __future__ import annotations

import csv
import hashlib
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from surtax.errors import DataError, unknown
from surtax.goods import dotted, hs
from surtax.ledger.columns import Column, Rates, Schedule
from surtax.ledger.ratetext import PROGRAMMES, Duty, rate_for, read

_USMCA = {"CA": ("S", "S+"), "MX": ("S", "S+")}


@dataclass(frozen=True)
class Edition:
    """An edition of the schedule.

    Attributes:
        title: "2026, revision 10".
        start: the first day of what it prints.
        current: the day from which it was the current one.
    """

    title: str
    start: date
    current: date

    @property
    def source(self) -> str:
        """The edition as a source."""
        year, _, which = self.title.partition(", ")
        return f"USITC, Harmonized Tariff Schedule of the United States ({year}), {which}"


@cache
def editions() -> tuple[Edition, ...]:
    """The editions embedded, oldest first."""
    rows = csv.DictReader(_file("hts_editions.csv").read_text("utf-8").splitlines())
    day = date.fromisoformat
    return tuple(Edition(r["edition"], day(r["from"]), day(r["current"])) for r in rows)


def edition(on: date | None = None) -> Edition:
    """The edition that prints the rates of a day; the newest unless a day is given."""
    if on is None:
        return editions()[-1]
    return editions()[max(bisect_right([e.start for e in editions()], on) - 1, 0)]


@cache
def digest() -> str:
    """A digest of the schedule's files."""
    made = hashlib.sha256()
    for path in sorted(_file("hts_lines.parquet").parent.iterdir()):
        if path.is_file():
            made.update(path.name.encode() + b"\0" + path.read_bytes())
    return made.hexdigest()


def _file(name: str) -> Path:
    path = Path(str(resources.files("surtax.ledger").joinpath("data", name)))
    if not path.is_file():
        raise DataError("the tariff schedule is missing.", where=str(path), mend="Reinstall.")
    return path


@dataclass(frozen=True)
class GeneralRate:
    """A rate of duty of the schedule.

    Attributes:
        hs: the tariff line (eight digits), or the shorter code whose lines all have this rate.
        ad_valorem: fraction of the customs value; NaN if not parsed. ``Decimal(str(x))`` is the
            printed percentage exactly, except for thirds.
        specific: US$ per ``unit``; NaN if not parsed.
        unit: "kg", "liter", "each", "kg on drained weight" …; empty without a specific part.
        text: the rate as printed.
        parsed: whether the numbers say all of the text.
        source: one sentence, with the line.
        duty: the text in parts.
    """

    hs: str
    ad_valorem: float
    specific: float
    unit: str
    text: str
    parsed: bool
    source: str
    duty: Duty

    @property
    def free(self) -> bool:
        """Whether the line is free of duty."""
        return self.parsed and self.ad_valorem == 0.0 and self.specific == 0.0


@dataclass(frozen=True)
class RateRange:
    """General rates of the lines under a code.

    Attributes:
        low: lowest purely ad valorem rate, a fraction; NaN if there is none.
        high: highest purely ad valorem rate, a fraction; NaN if there is none.
        lines: number of tariff lines under the code; zero if it is not in the schedule.
        others: lines left out of the range, their rate being specific, compound or not parsed.
    """

    low: float
    high: float
    lines: int
    others: int


@cache
def _rows() -> tuple[NDArray[np.str_], dict[str, Column], NDArray[np.int64], NDArray[np.int64]]:
    """Lines and columns of the table; first and last day (exclusive) of each row as ordinals."""
    import polars as pl

    frame = pl.read_parquet(_file("hts_lines.parquet"))
    columns: dict[str, Column] = {}
    for name in ("general", "special", "column2"):
        texts = frame[name].unique().sort().to_list()
        place = {text: i for i, text in enumerate(texts)}
        row = np.array([place[text] for text in frame[name].to_list()], dtype=np.int64)
        columns[name] = Column(name, texts, row)
    first = editions()[0].start
    start = np.array([d.toordinal() if d > first else 0 for d in frame["from"].to_list()])
    end = np.array([d.toordinal() if d else date.max.toordinal() for d in frame["to"].to_list()])
    return np.array(frame["hs8"].to_list(), dtype=np.str_), columns, start, end


def schedule(on: date | None = None) -> Schedule:
    """The embedded schedule as it stood on a day; the newest edition unless a day is given.

    Raises:
        DataError: the table is missing.
    """
    days = standings()
    at = len(days) - 1 if on is None else max(bisect_right(days, on) - 1, 0)
    return _standing(days[at].toordinal())


@cache
def standings() -> tuple[date, ...]:
    """First days of the schedules that stand one after another; days before take the first."""
    first = editions()[0].start
    _, _, start, _ = _rows()
    days = sorted({date.fromordinal(int(day)) for day in start if day > first.toordinal()})
    return (first, *days)


@cache
def _standing(day: int) -> Schedule:
    lines, columns, start, end = _rows()
    kept = (start <= day) & (day < end)
    printed = {name: column.row[kept] for name, column in columns.items()}
    return Schedule(lines[kept], columns, printed)


def general_rate(code: str, on: date | None = None) -> GeneralRate | None:
    """The general (column 1) rate of a code on a day.

    Args:
        code: 2 to 10 digits, with or without dots. Ten digits take the rate of their eight. A
            code shorter than eight has a rate only where all lines under it print the same.
        on: the day; that of the newest edition unless given.

    Returns:
        The rate, or None: no such line, or the lines under a short code differ (ask
        ``rate_range``).

    Raises:
        UnitError, UnknownNameError: not an HS code.
    """
    texts = _texts(code, schedule(on).general, on)
    return _rate(code, read(texts.pop()), "column 1 general", on) if len(texts) == 1 else None


def column2_rate(code: str, on: date | None = None) -> GeneralRate | None:
    """The column 2 rate of a code, for the countries of the group "COL2"; as ``general_rate``."""
    texts = _texts(code, schedule(on).column2, on)
    return _rate(code, read(texts.pop()), "column 2", on) if len(texts) == 1 else None


def special_rate(
    code: str, symbols: Sequence[str], on: date | None = None, *, origin: str = ""
) -> GeneralRate | None:
    """The special (column 1) rate of a code for goods that qualify for a programme.

    Args:
        code, on: as ``general_rate``.
        symbols: the programme's symbols in the special column ("KR", or "S" and "S+"); of several
            rates the lowest applies (general note 3(a)(iii)).
        origin: for "S+", the country of the goods: where the column says “See 9823.xx.01 …”, goods
            of Mexico are free (the first subheading of each group of chapter 98, subchapter
            XXIII) and those of Canada have a quota.

    Returns:
        The rate, which may point to another heading and then is not parsed; None where the column
        has no rate for the programme, or the lines under a short code differ.

    Raises:
        UnknownNameError: no such programme.
        UnitError: not an HS code.
    """
    table = schedule(on)
    found = {rate_for(table.special[row], symbols): row for row in table.under(code)}
    if len(found) != 1:
        return None
    duty = special_duty(table.special[found.popitem()[1]], symbols, origin)
    return None if duty is None else _rate(code, duty, "column 1 special", on)


def special_duty(text: str, symbols: Sequence[str], origin: str = "") -> Duty | None:
    """What a text of the special column has for a programme; as ``special_rate``."""
    for symbol in symbols:
        if symbol not in PROGRAMMES:
            raise unknown("preference programme", symbol, PROGRAMMES)
    duty = rate_for(text, symbols)
    if duty is not None and origin == "MX" and "S+" in symbols and duty.headings:
        heading = duty.headings[0]
        if heading.startswith("9823") and heading.endswith(".01"):
            return Duty(duty.text, "free")
    return duty


def rate_range(code: str, on: date | None = None) -> RateRange:
    """The spread of the general rates of the lines under a code; see ``RateRange``.

    Raises:
        UnitError, UnknownNameError: not an HS code.
    """
    table = schedule(on)
    under = table.under(code)
    ad_valorem = table.general.ad_valorem[under.start : under.stop]
    plain = ad_valorem[table.general.specific[under.start : under.stop] == 0.0]
    nan = float("nan")
    return RateRange(
        low=float(plain.min()) if len(plain) else nan,
        high=float(plain.max()) if len(plain) else nan,
        lines=len(under),
        others=len(under) - len(plain),
    )


def preference_free(code: str, programme: str, on: date | None = None) -> bool:
    """Whether goods that qualify for a programme owe no general duty.

    True where the line's general rate is free, or its special rate is Free for the programme;
    of a short code, where that holds for every line under it. False where there is no such line,
    and where the freedom ends with a quota (dairy and sugar from Canada).

    Args:
        code, on: as ``general_rate``.
        programme: "CA" or "MX" for the USMCA, else a symbol of the special column ("KR", "A+").

    Raises:
        UnknownNameError: no such programme.
        UnitError: not an HS code.
    """
    symbols = _USMCA.get(programme, (programme,))
    if programme not in _USMCA and programme not in PROGRAMMES:
        raise unknown("preference programme", programme, [*_USMCA, *PROGRAMMES])
    table = schedule(on)
    under = table.under(code)
    return bool(under) and all(
        table.general.text[row] == "Free"
        or (
            (rate := special_rate(str(table.hs8[row]), symbols, on, origin=programme)) and rate.free
        )
        for row in under
    )


def _texts(code: str, rates: Rates, on: date | None) -> set[str]:
    under = schedule(on).under(code)
    return set(rates.text[under.start : under.stop].tolist())


def _rate(code: str, duty: Duty, column: str, on: date | None) -> GeneralRate:
    digits = hs(code)[:8]
    nan = float("nan")
    numbers = duty.numbers
    share, sum_, unit = numbers or (nan, nan, "")
    return GeneralRate(
        hs=digits,
        ad_valorem=float(share),
        specific=float(sum_),
        unit=unit,
        text=duty.text,
        parsed=numbers is not None,
        source=f"{edition(on).source}, {dotted(digits)}, {column}",
        duty=duty,
    )
