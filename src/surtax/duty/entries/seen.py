"""Lines that repeat another of the same file, or name its entry line: by marks, in bounded memory.

A line's mark has 96 bits: 64 of the number of its entry and its own in it, 32 of all its cells. So
one sorted list of twelve bytes a line tells both what is said twice and what is said otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from surtax.duty.entries.headers import ENTRY_LINE

BITS = 28
"""Binary logarithm of the filter's size: 32 MB."""
SEED = 7
NAME = ("entry", ENTRY_LINE)
_CELLS = np.uint64(24), np.uint32(8)
"""Low bits of both parts of a mark that are of all cells; the others are of the name."""
Mask = NDArray[np.bool_]


class Marks(NamedTuple):
    """(n,) the marks of lines, in two parts; lines of one entry line differ in `_CELLS` alone."""

    high: NDArray[np.uint64]
    low: NDArray[np.uint32]

    def at(self, rows: NDArray[np.intp] | Mask) -> Marks:
        """The marks of some lines."""
        return Marks(self.high[rows], self.low[rows])

    def like(self, other: Marks) -> tuple[Mask, Mask]:
        """(n,) whether lines repeat those of `other`, and whether they name the same entry line."""
        high, low = self.high ^ other.high, self.low ^ other.low
        named = (high >> _CELLS[0] == 0) & (low >> _CELLS[1] == 0)
        return (high == 0) & (low == 0), named

    @property
    def names(self) -> NDArray[np.uint64]:
        """(n,) what they hold of the names of entry lines."""
        return self.high >> _CELLS[0] << _CELLS[0] | (self.low >> _CELLS[1]).astype(np.uint64)

    def to_bytes(self) -> bytes:
        """The marks as they are kept beside a block, or between processes."""
        return self.high.tobytes() + self.low.tobytes()

    @classmethod
    def from_bytes(cls, data: bytes) -> Marks:
        """What `to_bytes` gave."""
        at = len(data) // 12 * 8
        return cls(np.frombuffer(data[:at], np.uint64), np.frombuffer(data[at:], np.uint32))

    @classmethod
    def joined(cls, some: Sequence[Marks]) -> Marks:
        """The marks of several tables, one after another."""
        high = [np.empty(0, np.uint64), *(one.high for one in some)]
        low = [np.empty(0, np.uint32), *(one.low for one in some)]
        return cls(np.concatenate(high), np.concatenate(low))


class Seen:
    """Marks of all lines met so far.

    A filter of bits finds nearly all lines that are new; only the rest are looked up.
    """

    def __init__(self) -> None:
        self._filter = np.zeros(1 << (BITS - 3), dtype=np.uint8)
        self._blocks: list[Marks] = []

    def meet(self, marks: Marks) -> tuple[Mask, Mask]:
        """Whether each line repeats an earlier one, or else names an entry line met; remembered.

        Args:
            marks: of a block of n lines.

        Returns:
            (n,) whether it repeats a line of an earlier block, or an earlier one of its own; and
            (n,) whether it names the entry line of one, and says something else.
        """
        order = np.argsort(marks.high)
        mine = marks.at(order)
        repeats, again = _within(mine, order)
        at = mine.high >> np.uint64(64 - BITS)  # in order, so that near bits are met one by one
        byte = (at >> np.uint64(3)).astype(np.intp)
        bit = np.uint8(1) << (at & np.uint64(7)).astype(np.uint8)
        maybe = order[self._filter[byte] & bit != 0]
        for block in self._blocks:
            if not len(maybe):
                break
            asked = marks.at(maybe)
            last = len(block.high) - 1
            exact = np.minimum(np.searchsorted(block.high, asked.high), last)
            begin = asked.high >> _CELLS[0] << _CELLS[0]
            first = np.minimum(np.searchsorted(block.high, begin), last)
            same, _ = asked.like(block.at(exact))
            repeats[maybe[same]] = True
            again[maybe] |= asked.like(block.at(first))[1]
            maybe = maybe[~same]
        np.bitwise_or.at(self._filter, byte, bit)
        if len(order):
            self._blocks.append(mine)
        return repeats, again & ~repeats


def _within(mine: Marks, order: NDArray[np.intp]) -> tuple[Mask, Mask]:
    """What `Seen.meet` tells, among sorted marks of one block, by line."""
    n = len(order)
    repeats, again = np.zeros(n, dtype=bool), np.zeros(n, dtype=bool)
    if n < 2:
        return repeats, again
    pairs = Marks(mine.high[1:], mine.low[1:]).like(Marks(mine.high[:-1], mine.low[:-1]))
    for found, same in zip((repeats, again), pairs, strict=True):
        if same.any():
            begins = np.flatnonzero(np.concatenate([[True], ~same]))
            found[order] = True
            found[np.minimum.reduceat(order, begins)] = False
    return repeats, again


def marks(frame: pl.DataFrame, name: tuple[str, ...] = NAME) -> Marks | None:
    """A mark of each line; None where entries have no numbers, so that none can repeat.

    Args:
        frame: lines in canonical names.
        name: the columns that name an entry line. A line that leaves its entry's number or its
            own blank is like no other.
    """
    if not set(NAME) <= set(frame.columns):
        return None
    cells = frame.select(pl.exclude("line")).hash_rows(seed=SEED)
    named = frame.select(name).hash_rows(seed=SEED)
    blank = ~numbered(frame)
    if blank.any():
        alone = frame.hash_rows(seed=SEED)
        cells, named = cells.zip_with(~blank, alone), named.zip_with(~blank, alone)
    whole, own = cells.to_numpy(), named.to_numpy()
    bits, fewer = np.uint64((1 << 24) - 1), np.uint64((1 << 8) - 1)
    high = (own & ~bits) | (whole & bits)
    low = ((own & bits) << np.uint64(8)) | (whole >> np.uint64(24) & fewer)
    return Marks(high, low.astype(np.uint32))


def numbered(frame: pl.DataFrame) -> pl.Series:
    """(n,) whether a line has the number of its entry and its own in it."""
    texts = (pl.col(one).cast(pl.String).fill_null("") != "" for one in NAME)
    return frame.select(pl.all_horizontal(texts)).to_series()


def before(parts: Sequence[Marks]) -> list[Marks]:
    """For each of some tables, in order, the marks of earlier ones that its lines meet.

    They are those that one of its lines repeats, and one for each entry line that it names again: a
    `Seen` that has met them tells of the table what one that has met all earlier tables would.

    Args:
        parts: the marks of each table.
    """
    names = np.sort(np.concatenate([_once(one.names) for one in parts]))
    shared = _once(names[1:][names[1:] == names[:-1]])
    some = [one.at(np.isin(one.names, shared)) for one in parts]
    every = Marks.joined(some)
    frame = pl.DataFrame(
        {
            "high": every.high,
            "low": every.low,
            "name": every.names,
            "part": np.repeat(np.arange(len(parts)), [len(one.high) for one in some]),
        }
    )
    part, alike = pl.col("part"), ("high", "low")
    met = frame.with_columns(
        part.min().over("name").alias("named"),
        part.min().over(alike).alias("said"),
        *(pl.col(one).first().over("name").alias(f"first {one}") for one in alike),
    )
    out = []
    for number in range(len(parts)):
        own = met.filter(part == number)
        first = own.filter(pl.col("named") < number).select("first high", "first low")
        said = own.filter(pl.col("said") < number).select(alike)
        first = first.rename(dict(zip(first.columns, alike, strict=True)))
        told = pl.concat([said, first]).unique().sort(alike)
        out.append(Marks(*(told[one].to_numpy() for one in alike)))
    return out


def _once(names: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Names in order, each once; `numpy.unique` takes many times as long."""
    told = np.sort(names)
    first: Mask = np.append(True, told[1:] != told[:-1])[: len(told)]
    return told[first]
