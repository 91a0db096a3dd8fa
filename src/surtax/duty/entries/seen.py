"""Lines that repeat another of the same file: found by 64-bit marks, in bounded memory."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from surtax.duty.entries.headers import ENTRY_LINE

BITS = 28
"""Binary logarithm of the filter's size: 32 MB."""
SEED = 7


class Seen:
    """Marks of all lines met so far.

    A filter of bits finds nearly all lines that are new; only the rest are looked up.
    """

    def __init__(self) -> None:
        self._filter = np.zeros(1 << (BITS - 3), dtype=np.uint8)
        self._blocks: list[NDArray[np.uint64]] = []

    def add(self, marks: NDArray[np.uint64]) -> None:
        """Remember the marks of a block."""
        at = marks >> np.uint64(64 - BITS)
        np.bitwise_or.at(
            self._filter, at >> np.uint64(3), np.uint8(1) << (at & np.uint64(7)).astype(np.uint8)
        )
        self._blocks.append(np.unique(marks))

    def repeats(self, marks: NDArray[np.uint64]) -> NDArray[np.bool_]:
        """(n,) whether each line repeats one of an earlier block, or an earlier one of its own."""
        at = marks >> np.uint64(64 - BITS)
        bit = (self._filter[at >> np.uint64(3)] >> (at & np.uint64(7)).astype(np.uint8)) & 1
        maybe = np.flatnonzero(bit)
        out = np.ones(len(marks), dtype=bool)
        out[np.unique(marks, return_index=True)[1]] = False
        for block in filter(len, self._blocks):
            if not len(maybe):
                break
            place = np.minimum(np.searchsorted(block, marks[maybe]), len(block) - 1)
            found = block[place] == marks[maybe]
            out[maybe[found]] = True
            maybe = maybe[~found]
        return out


def marks(frame: pl.DataFrame) -> NDArray[np.uint64] | None:
    """(n,) a mark of each line; None where entries have no numbers, so that none can repeat."""
    if not {"entry", ENTRY_LINE} <= set(frame.columns):
        return None
    cells = frame.select(pl.exclude("line"))
    return cells.hash_rows(seed=SEED).to_numpy()
