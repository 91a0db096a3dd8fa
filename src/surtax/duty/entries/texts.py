"""What the texts of a column mean: each distinct one is read once, however often it is met."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl

from surtax.duty.entries.repair import Cell
from surtax.duty.lines import Index
from surtax.duty.universe import Words


class Texts:
    """The texts of a column met so far, by their numbers.

    Attributes:
        cells: what each means.
        values: what each stands for; None where it is refused or blank.
        odd: numbers of those that are mended or refused.
        same: whether each stands for itself.
    """

    def __init__(self) -> None:
        self._words = Words()
        self.cells: list[Cell] = []
        self.values: list[Any] = []
        self.odd: list[int] = []
        self.same = True

    def of(self, raw: pl.Series, read: Callable[[str], Cell]) -> Index:
        """(n,) numbers of the texts of a column; those not met before are read."""
        at = self._words.of(raw)
        for number, text in enumerate(self._words.texts[len(self.cells) :], len(self.cells)):
            cell = read(text)
            self.cells.append(cell)
            self.values.append(cell.value)
            self.same = self.same and cell.value == text
            if cell.repairs or cell.refused:
                self.odd.append(number)
        return at
