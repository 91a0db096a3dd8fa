"""Exclusions from section 301, as importers use them: shares of single numbers from China."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from surtax.duty.program import compile_view
from surtax.ledger.query import View
from surtax.trade.claims import no_claims
from surtax.trade.flows import Flows
from surtax.trade.rating import declared_facts, rate_rows

Array = NDArray[np.float64]

PARTNER = "CN"
FACT = "s301_exclusion"
SOURCE = (
    "estimate: shares of value inferred from duties calculated on single numbers from China, US "
    "Census Bureau, September 2025 to March 2026, by a fork of the Budget Lab's tracker "
    "(arifshehab/tariff-rate-tracker, docs/s301_exclusion_calibration.md)"
)


@dataclass(frozen=True)
class Exclusion:
    """The share of a number's imports from China that is entered under an exclusion.

    Attributes:
        number: ten digits.
        heading: the heading of chapter 99 that frees it.
        share: fraction of customs value.
        months: months of trade that it rests on.
    """

    number: str
    heading: str
    share: float
    months: int


@cache
def exclusions() -> tuple[Exclusion, ...]:
    """Shares of ``data/s301_exclusion_claims.csv``, made by ``scripts/build_assumptions.py``."""
    file = resources.files("surtax.trade").joinpath("data", "s301_exclusion_claims.csv")
    return tuple(
        Exclusion(r["number"], r["heading"], float(r["share"]), int(r["months"]))
        for r in csv.DictReader(file.read_text("utf-8").splitlines())
    )


def excluded(view: View, flows: Flows) -> Array:
    """(rows,) duty that exclusions take off, US$: the share used of what they would lift."""
    shares = {e.number: e.share for e in exclusions()}
    some = np.isin(flows.codes, sorted(shares))[flows.code_index] & (flows.place == PARTNER)
    rows = np.flatnonzero(some)
    off = np.zeros(len(flows))
    if not len(rows):
        return off
    part = flows.rows(rows)
    program = compile_view(view, "US")
    for extra, sign in (({}, 1.0), ({FACT: 1.0}, -1.0)):
        for block in rate_rows(program, part, no_claims(), {**declared_facts({}), **extra}):
            off[rows[block.rows]] += sign * block.charged.sum(axis=1)
    off[rows] *= part.value * np.array([shares[c] for c in part.hs10.tolist()])
    return off
