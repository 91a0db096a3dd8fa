"""Shares that bulk trade uses where a single shipment would declare a fact: named and sourced."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True)
class Assumption:
    """A share with its range and source.

    Attributes:
        fact: the ledger's fact that it stands for.
        measure: the one measure to which it is declared.
        value, low, high: fractions.
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


@cache
def assumptions() -> tuple[Assumption, ...]:
    """Every assumption of ``data/assumptions.csv``, made by ``scripts/build_assumptions.py``."""
    text = resources.files("surtax.trade").joinpath("data", "assumptions.csv").read_text("utf-8")
    return tuple(
        Assumption(
            r["fact"], r["measure"], float(r["value"]), float(r["low"]), float(r["high"]),
            r["source"],
        )
        for r in csv.DictReader(text.splitlines())
    )  # fmt: skip
