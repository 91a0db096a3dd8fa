"""Lines of a year's flows under the numbers that their goods bear on later days.

Statistics are kept under the ten-digit numbers of their year; measures name the numbers of theirs.
Where a number ended, its goods are followed through the editions of the schedule: a *part* is one
way through them. No edition says which part of the goods went where, so a number that was split
has its value in equal parts. Numbers that ended before the first edition embedded are taken as
those of their line that no US import of 2024 bears, and where there is none as all numbers of
their line, in the proportions of that trade.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from surtax.duty.lines import Codes, Mask
from surtax.ledger import lineage, schedule
from surtax.trade.flows import Flows, load_us_imports

Array = NDArray[np.float64]
Index = NDArray[np.int64]
Text = NDArray[np.str_]

STATISTICAL = "99"
"""Chapter of import statistics for estimated low-value shipments, which no entry names."""


class Numbers(Codes):
    """Distinct codes that stand on a list under any of the numbers their goods have borne."""

    def __init__(self, codes: Text, others: Sequence[tuple[int, str]] = ()) -> None:
        super().__init__(codes)
        self._also = Codes(np.array([text for _, text in others], dtype="U10"))
        self._whose = np.array([one for one, _ in others], dtype=np.int64)

    def under(self, prefixes: frozenset[str]) -> Mask:
        """(codes,) whether each code, or another number of its goods, is under a list."""
        if prefixes not in self._known:
            inside = super().under(prefixes)
            if len(self._whose):
                inside = inside.copy()
                inside[self._whose[self._also.under(prefixes)]] = True
                inside.flags.writeable = False
                self._known[prefixes] = inside
        return self._known[prefixes]


@dataclass(frozen=True, eq=False)
class Parts:
    """The parts of each line of a table of flows, in the order of its lines.

    Attributes:
        codes: (parts,) the line of each part, with the other numbers that its goods bear.
        line: (parts,) index of the flows' line.
        first: (lines,) index of each line's first part.
        weight: (parts,) share of the line's value.
    """

    codes: Numbers
    line: Index
    first: Index
    weight: Array

    @cached_property
    def _split(self) -> tuple[Index, Index, Index]:
        """Lines of several parts, these parts, and where in them each line begins."""
        count = np.bincount(self.line, minlength=len(self.first))
        lines = np.flatnonzero(count > 1)
        rows = np.flatnonzero(count[self.line] > 1)
        return lines, rows, np.searchsorted(self.line[rows], lines)

    def lines(self, table: Array) -> Array:
        """(lines, ...) sums over the parts of each line, weighted."""
        found = table[self.first]
        lines, rows, starts = self._split
        if len(lines):
            weight = self.weight[rows].reshape(-1, *([1] * (table.ndim - 1)))
            found[lines] = np.add.reduceat(table[rows] * weight, starts, axis=0)
        return found

    def of(self, lines: Index) -> Index:
        """Indices of the parts of some lines."""
        wanted = np.zeros(len(self.first), dtype=bool)
        wanted[lines] = True
        return np.flatnonzero(wanted[self.line])

    def some(self, mask: Mask) -> Mask:
        """(lines,) whether any part of a line is in a mask."""
        found: Mask = np.logical_or.reduceat(mask, self.first)
        return found


@lru_cache(maxsize=16)
def parts(flows: Flows) -> Parts:
    """The parts of the lines of some flows; one for each line but those that were split.

    Importers other than the United States have no schedule here: each line is one part.
    """
    ways = _ways(flows) if flows.into == "US" else {}
    line: list[int] = []
    weight: list[float] = []
    others: list[tuple[int, str]] = []
    for k in range(len(flows.codes)):
        for share, way in ways.get(k) or ((1.0, ()),):
            others += [(len(line), number) for number in way]
            line.append(k)
            weight.append(share)
    index = np.array(line, dtype=np.int64)
    first = np.searchsorted(index, np.arange(len(flows.codes)))
    codes = Numbers(flows.codes[index], others)
    return Parts(codes, index, first.astype(np.int64), np.array(weight))


@dataclass(frozen=True)
class Matched:
    """How much of a year's imports the schedule of a day can name.

    Attributes:
        on: the day.
        imports: customs value of all of them.
        statistical: that of estimated low-value shipments, which have no tariff line.
        renumbered: that of numbers followed to others.
        shared: the part of it that is shared out over all numbers of its line.
        unmatched: that of goods without a number on the day.
    """

    on: date
    imports: float
    statistical: float
    renumbered: float
    shared: float
    unmatched: float

    @property
    def share(self) -> float:
        """The share of imports with a tariff line whose number is known on the day."""
        entered = self.imports - self.statistical
        return 1.0 - self.unmatched / entered if entered else 1.0


def matched(flows: Flows, on: date) -> Matched:
    """What the schedule of a day has a number for, and what it has not, in the flows' money.

    Flows into other places than the United States are by the items of the lists themselves.
    """
    value = np.bincount(flows.code_index, flows.value, minlength=len(flows.codes))
    if flows.into != "US":
        return Matched(on, float(value.sum()), 0.0, 0.0, 0.0, 0.0)
    ways, known, traded = _ways(flows), lineage.numbers(), _trade().keys()
    sums = dict.fromkeys(("statistical", "renumbered", "shared", "unmatched"), 0.0)
    for k, code in enumerate(flows.codes.tolist()):
        if code[:2] == STATISTICAL:
            sums["statistical"] += float(value[k])
        elif lineage.exists(code, on):
            continue
        elif any(lineage.exists(number, on) for _, way in ways.get(k, ()) for number in way):
            sums["renumbered"] += float(value[k])
            if code not in known and not traded.isdisjoint(way[0] for _, way in ways[k]):
                sums["shared"] += float(value[k])
        else:
            sums["unmatched"] += float(value[k])
    return Matched(on, float(value.sum()), **sums)


Ways = tuple[tuple[float, tuple[str, ...]], ...]
"""What became of a line's goods: shares of them, and the other numbers that each has borne."""


@lru_cache(maxsize=16)
def _ways(flows: Flows) -> dict[int, Ways]:
    """By line whose number changed, its ways."""
    known = lineage.numbers()
    found = {
        k: other_numbers(code)
        for k, code in enumerate(flows.codes.tolist())
        if len(code) == 10 and code[:2] != STATISTICAL and known.ended(code)
    }
    return {k: ways for k, ways in found.items() if any(way for _, way in ways)}


@lru_cache(maxsize=65536)
def other_numbers(code: str) -> Ways:
    """What became of the goods of a ten-digit number: shares, and the numbers of each, in time."""
    begun = {code: 1.0} if code in lineage.numbers() else _begun(code)
    return tuple(
        (share / len(onward), tuple(n for n in dict.fromkeys((number, *way)) if n != code))
        for number, share in begun.items()
        for onward in [_onward(number)]
        for way in onward
    )


def _begun(code: str) -> dict[str, float]:
    """Shares of a line's numbers in what an ended number of it became."""
    first, trade = schedule.editions()[0].start, _trade()
    numbers = [n for n in _of_lines().get(code[:8], ()) if lineage.exists(n, first)]
    fresh = [number for number in numbers if number not in trade]
    if fresh:
        return dict.fromkeys(fresh, 1.0 / len(fresh))
    total = sum(trade[number] for number in numbers)
    return {number: trade[number] / total for number in numbers} if total else {}


@lru_cache(maxsize=1)
def _of_lines() -> dict[str, list[str]]:
    """By line, its numbers in any edition embedded."""
    out: dict[str, list[str]] = {}
    for number in lineage.numbers():
        out.setdefault(number[:8], []).append(number)
    return out


@lru_cache(maxsize=1)
def _trade() -> dict[str, float]:
    """By number, US imports of 2024."""
    flows = load_us_imports()
    value = np.bincount(flows.code_index, flows.value)
    return dict(zip(flows.codes.tolist(), value.tolist(), strict=True))


@lru_cache(maxsize=32768)
def _onward(number: str) -> tuple[tuple[str, ...], ...]:
    """The ways of a number's goods from its last day on: the numbers that follow it."""
    ends = [span.end for span in lineage.numbers().get(number, ())]
    if not ends or ends[-1] is None:
        return ((),)
    after = lineage.successors(number, ends[-1] - timedelta(days=1), ends[-1])
    return tuple((one, *way) for one in after for way in _onward(one)) or ((),)
