"""Exclusions from section 301 on goods of China, by statistical number.

    s301_exclusion_claims   share of a number's imports that is entered under an exclusion
    s301_exclusions_ended   numbers that an exclusion named until 14 June 2024 (89 FR 46948)

The second is by hand, from U.S. notes 20(ttt) and 20(uuu) to subchapter III of chapter 99: 352 and
77 exclusions, each a description within the numbers that it names, under the numbers of 2024. The
notes were read in a public transcription of the schedule (brendanxmac/hts-hero, notes of chapter 99
of 2026, revision 9). How much of a number was entered under them is not public.
"""

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


@cache
def ended() -> frozenset[str]:
    """Numbers that an exclusion named until 14 June 2024, whether or not one still does."""
    file = resources.files("surtax.trade").joinpath("data", "s301_exclusions_ended.csv")
    return frozenset(r["number"] for r in csv.DictReader(file.read_text("utf-8").splitlines()))


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
