"""The table of the schedule as arrays: columns of printed rates, and the lines of one day."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from surtax.goods import hs
from surtax.ledger.ratetext import read


@dataclass(frozen=True, eq=False)
class Rates:
    """A rate column of the schedule: N lines in the order of ``Schedule.hs8``.

    Attributes:
        text: (N,) rates as printed; empty where the line prints none (chapter 98).
        ad_valorem: (N,) fractions of value; NaN if not parsed.
        specific: (N,) US$ per unit; NaN if not parsed.
        unit: (N,) units of the specific part, or empty.
        parsed: (N,) whether the numbers say all of the text.
    """

    text: NDArray[np.str_]
    ad_valorem: NDArray[np.float64]
    specific: NDArray[np.float64]
    unit: NDArray[np.str_]
    parsed: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Column:
    """A column of texts: those that it prints on any day, and which of them each row has."""

    name: str
    texts: list[str]
    row: NDArray[np.int64]

    @cached_property
    def _all(self) -> Rates:
        """The rates of the texts."""
        numbers = [read(text).numbers for text in self.texts]
        nan = (float("nan"), float("nan"), "")
        flat = [(float(n[0]), float(n[1]), n[2]) if n else nan for n in numbers]
        return Rates(
            text=np.array(self.texts, dtype=np.str_),
            ad_valorem=np.array([one[0] for one in flat]),
            specific=np.array([one[1] for one in flat]),
            unit=np.array([one[2] for one in flat], dtype=np.str_),
            parsed=np.array([n is not None for n in numbers]),
        )

    def rates(self, row: NDArray[np.int64]) -> Rates:
        """The rates of lines that print these of the texts."""
        return Rates(*(getattr(self._all, one.name)[row] for one in fields(Rates)))


@dataclass(frozen=True, eq=False)
class Schedule:
    """The whole schedule as arrays, for bulk work.

    Attributes:
        hs8: (N,) tariff lines, sorted.
        columns: general, special and column2.
        printed: by column, (N,) which of its texts each line prints.
    """

    hs8: NDArray[np.str_]
    columns: Mapping[str, Column]
    printed: Mapping[str, NDArray[np.int64]]

    @cached_property
    def general(self) -> Rates:
        """Rates of column 1, general."""
        return self.columns["general"].rates(self.printed["general"])

    @cached_property
    def column2(self) -> Rates:
        """Rates of column 2."""
        return self.columns["column2"].rates(self.printed["column2"])

    @cached_property
    def special(self) -> Sequence[str]:
        """(N,) texts of the special column, for ``ratetext.rate_for``; empty if none."""
        texts = self.columns["special"].texts
        return [texts[i] for i in self.printed["special"].tolist()]

    def rows_of(self, codes: Sequence[str] | NDArray[np.str_]) -> NDArray[np.int64]:
        """(len(codes),) row of each code's first eight digits; -1 where there is no such line."""
        wanted = _numbers(codes)
        at = np.minimum(np.searchsorted(self._ordered, wanted), len(self.hs8) - 1)
        return np.where(self._ordered[at] == wanted, at, -1).astype(np.int64)

    def under(self, code: str) -> range:
        """Rows of the lines under a code; a ten-digit code gives its eight-digit line."""
        digits = hs(code)[:8]
        return range(bisect_left(self._lines, digits), bisect_left(self._lines, digits + "~"))

    @cached_property
    def _lines(self) -> list[str]:
        return [str(line) for line in self.hs8.tolist()]

    @cached_property
    def _ordered(self) -> NDArray[np.uint64]:
        return _numbers(self.hs8)


def _numbers(codes: Sequence[str] | NDArray[np.str_]) -> NDArray[np.uint64]:
    """(len(codes),) the first eight signs of each code as one number, in the codes' order."""
    signs = np.ascontiguousarray(codes, dtype="U8").view(np.uint32).reshape(-1, 8)
    return np.minimum(signs, 255).astype(np.uint8).view(">u8").ravel().astype(np.uint64)
