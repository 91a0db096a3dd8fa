"""Ten-digit numbers of the US tariff by day: which exist, and what continues one that ended.

The last two digits of a number are for statistics; the Committee for Statistical Annotation of the
Tariff Schedules (Tariff Act of 1930, section 484(f)) changes them, mostly each January and July.
The tables are made by ``scripts/build_schedule.py`` from editions of the schedule.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from surtax.errors import InputError, unknown
from surtax.goods import dotted, hs
from surtax.ledger.schedule import _file, editions, schedule


@dataclass(frozen=True)
class Span:
    """Days in which a number exists.

    Attributes:
        start: its first day; None if before the first edition embedded.
        end: the first day on which it no longer exists; None if it is in the newest edition.
        units: units of quantity to report; empty where the tariff prints “X”, none.
    """

    start: date | None
    end: date | None
    units: tuple[str, ...]

    def holds(self, on: date) -> bool:
        """Whether a day lies in it."""
        return (self.start is None or self.start <= on) and (self.end is None or on < self.end)


class Numbers(Mapping[str, tuple[Span, ...]]):
    """Ten-digit numbers with their spans of days, each read when it is asked for.

    Args:
        rows: number, first and last day (exclusive), and units; those of a number in order.
        first: the day of the first edition.
    """

    def __init__(self, rows: Sequence[tuple[Any, ...]], first: date) -> None:
        self._first = first
        self._rows: dict[str, list[tuple[Any, ...]]] = {}
        for row in rows:
            self._rows.setdefault(row[0], []).append(row)
        self._known: dict[str, tuple[Span, ...]] = {}

    def __getitem__(self, code: str) -> tuple[Span, ...]:
        if code not in self._known:
            self._known[code] = tuple(
                Span(
                    start if start > self._first else None,
                    end,
                    tuple(u for u in units.split(";") if u and u != "X"),
                )
                for _, start, end, units in self._rows[code]
            )
        return self._known[code]

    def __contains__(self, code: object) -> bool:
        return code in self._rows

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def ended(self, code: str) -> bool:
        """Whether a number is not, or no longer, in the schedule."""
        return code not in self._rows or self._rows[code][-1][2] is not None


@cache
def numbers() -> Numbers:
    """Every ten-digit number of the editions embedded, digits only, with its spans of days."""
    import polars as pl

    frame = pl.read_parquet(_file("hts_suffixes.parquet"))
    return Numbers(frame.rows(), editions()[0].start)


@cache
def _changes() -> tuple[tuple[date, str, str], ...]:
    rows = csv.DictReader(_file("hts_lineage.csv").read_text("utf-8").splitlines())
    return tuple((date.fromisoformat(r["day"]), hs(r["old"]), hs(r["new"])) for r in rows)


def exists(code: str, on: date) -> bool:
    """Whether a tariff line (eight digits) or number (ten) is in the schedule on a day."""
    digits = hs(code)
    if len(digits) == 10:
        return any(span.holds(on) for span in numbers().get(digits, ()))
    return bool(schedule(on).under(digits))


def units(code: str, on: date) -> tuple[str, ...]:
    """Units of quantity that a ten-digit number asks for on a day; () if none.

    Raises:
        UnknownNameError: no such number on that day.
    """
    for span in numbers().get(hs(code), ()):
        if span.holds(on):
            return span.units
    raise _no_number(hs(code), on)


def successors(code: str, from_day: date, to_day: date) -> tuple[str, ...]:
    """The numbers under which the goods of a number of one day stand on another day.

    Args:
        code: eight or ten digits, in the schedule on `from_day`.
        from_day, to_day: the two days; the second may be the earlier, and the answer is then what
            the number continues.

    Returns:
        Digits only, sorted: the code alone if it has not changed; several if it was split and no
        edition says which took its goods; empty if it continues nothing.

    Raises:
        UnknownNameError: the code is not in the schedule on `from_day`.
        InputError: not eight or ten digits.
    """
    digits = hs(code)
    if len(digits) < 8:
        raise InputError(
            f"“{code}” is a heading; only lines and numbers have successors.",
            mend="Give eight or ten digits.",
        )
    if not exists(digits, from_day):
        raise _no_number(digits, from_day)
    here = {digits}
    for day in sorted({day for day, _, _ in _changes()}, reverse=to_day < from_day):
        if from_day < day <= to_day:
            moved = {(old, new) for at, old, new in _changes() if at == day and old in here}
        elif to_day < day <= from_day:
            moved = {(new, old) for at, old, new in _changes() if at == day and new in here}
        else:
            continue
        here = here - {a for a, _ in moved} | {b for _, b in moved}
    return tuple(sorted(one for one in here if exists(one, to_day)))


def standing(code: str, on: date) -> str:
    """A sentence on a ten-digit number that is not in the schedule on a day; else empty.

    It names the numbers before or after it, or those near it.
    """
    digits = hs(code)
    if len(digits) < 10 or exists(digits, on):
        return ""
    spans = numbers().get(digits, ())
    for span in reversed(spans):
        if span.end and span.end <= on:
            after = successors(digits, span.start or editions()[0].start, on)
            now = f"; its goods are now under {_named(after)}" if after else ""
            return f"the number {dotted(digits)} ended on {span.end}{now}"
    for span in spans:
        if span.start and on < span.start:
            before = successors(digits, span.start, on)
            was = f"; its goods were under {_named(before)} before" if before else ""
            return f"the number {dotted(digits)} begins on {span.start}{was}"
    near = _near(digits, on)
    return f"{dotted(digits)} is no number of the schedule" + (
        f"; under {dotted(digits[:8])} there are {_named(near)}" if near else ""
    )


def _near(digits: str, on: date) -> tuple[str, ...]:
    """Numbers of a day under the same line."""
    found = _by_line().get(digits[:8], ())
    return tuple(code for code in found if any(span.holds(on) for span in numbers()[code]))


@cache
def _by_line() -> dict[str, list[str]]:
    out: dict[str, list[str]] = {}
    for code in numbers():
        out.setdefault(code[:8], []).append(code)
    return out


def _named(codes: tuple[str, ...], most: int = 4) -> str:
    more = f" and {len(codes) - most} more" if len(codes) > most else ""
    return ", ".join(dotted(code) for code in codes[:most]) + more


def _no_number(digits: str, on: date) -> InputError:
    return unknown(
        f"number of the tariff schedule on {on}",
        dotted(digits),
        [dotted(code) for code in _near(digits, on) or schedule(on).hs8.tolist()],
    )
