"""Shares that bulk trade uses where a single shipment would declare a fact: named and sourced.

The metal in goods is a share for each line (``data/metal_content.csv``): all of the value within
the metal's own chapter, elsewhere what the accounts of its industry say; a line that the table
lacks has the mean of its eight digits, or of all listed lines.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np

from surtax.trade.flows import Array, Text, find_in

CHAPTERS = {"steel_content": "73", "aluminium_content": "76", "copper_content": "74"}
"""The chapter of articles of a metal, by the fact that says how much of it goods hold."""
ALL_METALS = "all_metals"
"""The column of all metals together, which stands for each of them where a reading takes it so."""


@dataclass(frozen=True)
class Content:
    """The share of a metal in the value of goods, line by line.

    Attributes:
        fact: the ledger's fact.
        mean: the share of a line that the table lacks.
        column: the column of the table; the fact's own unless given.
    """

    fact: str
    mean: float
    column: str = ""

    def of(self, codes: Text) -> Array:
        """(codes,) the share of each line."""
        lines, known = _contents()[self.column or self.fact]
        eight = codes.astype("U8")
        share = np.full(len(codes), self.mean)
        for wanted in (eight, codes):
            at = find_in(lines, wanted)
            share[at >= 0] = known[at[at >= 0]]
        share[codes.astype("U2") == CHAPTERS[self.fact]] = 1.0
        return share


@dataclass(frozen=True)
class Assumption:
    """A share with its range and source.

    Attributes:
        fact: the ledger's fact that it stands for.
        measure: the one measure to which it is declared.
        value, low, high: fractions; the value of a metal's content is the mean of its lines.
        source: where it comes from, or why it is assumed.
    """

    fact: str
    measure: str
    value: float
    low: float
    high: float
    source: str

    @property
    def key(self) -> str:
        """The name under which lines carry it: the fact, as declared to one measure."""
        return f"{self.fact}@{self.measure}"

    @property
    def share(self) -> float | Content:
        """One share for all lines, or one for each."""
        return Content(self.fact, self.value) if self.fact in CHAPTERS else self.value


@cache
def assumptions() -> tuple[Assumption, ...]:
    """Every assumption of ``data/assumptions.csv``, made by ``scripts/build_assumptions.py``."""
    return tuple(
        Assumption(
            r["fact"], r["measure"], float(r["value"]), float(r["low"]), float(r["high"]),
            r["source"],
        )
        for r in _rows("assumptions.csv")
    )  # fmt: skip


@cache
def _contents() -> dict[str, tuple[Text, Array]]:
    """By column, lines in order and their shares: each number, and its eight digits by the mean."""
    out: dict[str, tuple[Text, Array]] = {}
    for column in (*CHAPTERS, ALL_METALS):
        lines = {r["number"]: float(r[column]) for r in _rows("metal_content.csv") if r[column]}
        groups: dict[str, list[float]] = {}
        for number, share in lines.items():
            groups.setdefault(number[:8], []).append(share)
        both = {k: sum(v) / len(v) for k, v in groups.items()} | lines
        order = sorted(both)
        out[column] = (np.array(order, dtype="U10"), np.array([both[k] for k in order]))
    return out


@cache
def _rows(name: str) -> tuple[dict[str, str], ...]:
    text = resources.files("surtax.trade").joinpath("data", name).read_text("utf-8")
    return tuple(csv.DictReader(text.splitlines()))
