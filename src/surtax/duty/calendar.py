"""Days on which the law of an importer may change; between two of them it is one program."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache

import numpy as np

from surtax import places
from surtax.duty.lines import Index
from surtax.ledger.load import Ledger

EPOCH = date(1970, 1, 1).toordinal()


@lru_cache(maxsize=32)
def turns(ledger: Ledger, importer: str) -> tuple[date, ...]:
    """Every day on which a provision, on any clock, or the membership of a group may turn."""
    days: set[date] = {day for day in places.turns() if day.year > 1}
    for measure in ledger.by_imposer.get(importer, []):
        for _, paint in measure.paints():
            days |= {day for day in (paint.start, paint.to) if day}
    return tuple(sorted(days))


def stretch(ledger: Ledger, importer: str, day: date) -> date:
    """The first of the days around one on which nothing turns; see `segments`."""
    return _first(turns(ledger, importer), day)


@lru_cache(maxsize=8192)
def spell(day: date) -> date:
    """The first of the days around one on which every group of places has the same members."""
    return _first(sorted(places.turns()), day)


def _first(at: Sequence[date], day: date) -> date:
    """The last of some days, in order, that a day has reached; else the day before the first."""
    number = bisect_right(at, day)
    return at[number - 1] if number else at[0] - timedelta(1) if at else day


def segments(ledger: Ledger, importer: str, days: Index) -> tuple[Index, list[date]]:
    """(n,) the segment of each day, given as days since 1970, and the first day of each segment.

    Segment 0 lies before the first turn and stands for its last day.
    """
    at = turns(ledger, importer)
    edges = np.array([day.toordinal() - EPOCH for day in at], dtype=np.int64)
    first = [date.fromordinal(at[0].toordinal() - 1), *at] if at else [date(2025, 1, 1)]
    return spans(edges, days), first


def spans(edges: Index, days: Index) -> Index:
    """(n,) how many of the edges, in order, each day has reached."""
    if not len(days):
        return np.zeros(0, dtype=np.intp)
    low, high = int(days.min()), int(days.max())
    if high - low > len(days):
        return np.searchsorted(edges, days, side="right")
    by_day = np.searchsorted(edges, np.arange(low, high + 1), side="right")
    out: Index = by_day[days - low]
    return out
