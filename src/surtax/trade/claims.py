"""Shares of trade that claim a preference: who claims, of what, and in which months.

    usmca_claims_2024    HS10 × {CA, MX}: share of value entered under USMCA in 2024
    usmca_claims_later   the same for 2025 and for single months since
    usmca_claim_periods  which of them stands for which day

Source: USITC DataWeb, imports for consumption by import programme (S, S+).
``scripts/build_flows.py`` makes the tables; the periods are by hand.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from importlib import resources
from typing import TYPE_CHECKING

import numpy as np

from surtax.errors import unknown
from surtax.trade.flows import (
    Array,
    Flows,
    Index,
    Mask,
    Text,
    find_in,
    load_us_imports,
    table,
    text_column,
)
from surtax.trade.numbers import other_numbers

if TYPE_CHECKING:
    import polars as pl

SOURCE = "USITC DataWeb, imports for consumption {period} by import programme (S, S+)"
BASE_YEAR = "2024"
CLAIMS_SOURCE = SOURCE.format(period=BASE_YEAR)
OF_THE_DAY = "day"


@dataclass(frozen=True, eq=False)
class Claims:
    """Shares of import value that entered under a trade agreement.

    Attributes:
        hs10: (rows,) statistical lines, ten digits.
        place: (rows,) partner; "CA" and "MX" in the embedded ones.
        share: (rows,) claimed share of customs value, a fraction.
        year: the calendar year.
        source: one sentence.
        period: the year or month.
    """

    hs10: Text
    place: Text
    share: Array
    year: int
    source: str
    period: str = ""

    def aligned(self, flows: Flows) -> Array:
        """(rows of flows,) the share of each flow; 0 where the source has no figure.

        Flows of another year are found under the numbers that their goods bear in this one.
        """
        at = self._rows_of(flows)
        share = np.zeros(len(flows))
        share[at >= 0] = self.share[at[at >= 0]]
        if self.year != flows.year:
            rows, found = self._renumbered(flows, at)
            share[rows] = found
        return share

    def known(self, flows: Flows) -> Mask:
        """(rows of flows,) whether the source has a figure for the flow, be it 0."""
        return self._rows_of(flows) >= 0

    def without_figure(self, flows: Flows) -> float:
        """US$ of the flows of these partners that ``aligned`` takes as 0 for want of a figure."""
        ours = np.isin(flows.place, np.unique(self.place))
        return float(flows.value[ours & ~self.known(flows)].sum())

    def _rows_of(self, flows: Flows) -> Index:
        """(rows of flows,) row of this table with the flow's line and partner; −1 if none."""
        code, partner = find_in(flows.codes, self.hs10), find_in(flows.places_, self.place)
        rows = np.flatnonzero((code >= 0) & (partner >= 0))
        width = len(flows.places_)
        keys = code[rows] * width + partner[rows]
        order = np.argsort(keys, kind="stable")
        at = find_in(keys[order], flows.code_index * width + flows.place_index)
        found = np.full(len(flows), -1, dtype=np.int64)
        found[at >= 0] = rows[order][at[at >= 0]]
        return found

    def _renumbered(self, flows: Flows, at: Index) -> tuple[Index, Array]:
        """Rows without a figure under their own number, and the mean of those of its others."""
        ours = np.isin(flows.place, np.unique(self.place))
        rows = np.flatnonzero(ours & (at < 0))
        if not len(rows):
            return rows, np.zeros(0)
        known = {
            (code, place): share
            for code, place, share in zip(
                self.hs10.tolist(), self.place.tolist(), self.share.tolist(), strict=True
            )
        }
        out = np.zeros(len(rows))
        for k, row in enumerate(rows.tolist()):
            place = str(flows.place[row])
            weights, shares = [0.0], [0.0]
            for weight, numbers in other_numbers(str(flows.hs10[row])):
                seen = [known[n, place] for n in numbers if (n, place) in known]
                if seen:
                    weights.append(weight)
                    shares.append(seen[-1] * weight)
            out[k] = sum(shares) / sum(weights) if sum(weights) else 0.0
        return rows, out


@dataclass(frozen=True)
class Period:
    """The shares that stand for the days from one on.

    Attributes:
        start: the first day; None for all days before the next period.
        name: a year or a month.
        why: one sentence.
    """

    start: date | None
    name: str
    why: str


@cache
def periods() -> tuple[Period, ...]:
    """Which shares stand for which day, the earliest first (``usmca_claim_periods.csv``)."""
    file = resources.files("surtax.trade").joinpath("data", "usmca_claim_periods.csv")
    return tuple(
        Period(date.fromisoformat(r["from"]) if r["from"] else None, r["period"], r["why"])
        for r in csv.DictReader(file.read_text("utf-8").splitlines())
    )


def period_of(on: date) -> str:
    """The year or month whose shares stand for a day."""
    return [p.name for p in periods() if p.start is None or p.start <= on][-1]


@cache
def load_usmca_claims(period: str = BASE_YEAR) -> Claims:
    """Shares of US imports from Canada and Mexico that claimed USMCA in a year or month, by HS10.

    Those of 2024 stand as published, the later ones to four decimals. A line that was not
    imported in the year has a published share of 0; one not imported in a month has the share of
    2025.

    Raises:
        UnknownNameError: no shares of that period are embedded.
    """
    names = [p.name for p in periods()]
    if period not in names:
        raise unknown("period of claim shares", period, [*names, OF_THE_DAY], where="--claims")
    if period == BASE_YEAR:
        return _claims(table("usmca_claims_2024.parquet"), period)
    stored = table("usmca_claims_later.parquet")
    later = stored.filter(_period_is("2025"))
    if period != "2025":
        month = stored.filter(_period_is(period))
        later = month.vstack(later.join(month, on=["hs10", "place"], how="anti"))
    return _claims(later.sort("hs10", "place"), period)


def claims_for(into: str, period: str, on: date) -> Claims:
    """The claim shares of an importer by the name of a period, or "day" for those of the day.

    Raises:
        UnknownNameError: no shares of that period are embedded.
    """
    if into != "US":
        return no_claims()
    return load_usmca_claims(period_of(on) if period == OF_THE_DAY else period)


def of_year(flows: Flows, claims: Claims) -> Claims:
    """The claims under which the flows' duties were collected: those of their own year."""
    if claims.year == flows.year or flows.into != "US":
        return claims
    names = [p.name for p in periods()]
    return load_usmca_claims(str(flows.year)) if str(flows.year) in names else claims


@cache
def no_claims() -> Claims:
    """A table of claims without rows, where no figure is known."""
    return Claims(np.array([], "U10"), np.array([], "U2"), np.array([]), 2024, "no figure")


@lru_cache(maxsize=32)
def one_share(shares: tuple[tuple[str, float], ...]) -> Claims:
    """One claimed share for all goods of a partner, by partner, in place of shares by line."""
    given = dict(shares)
    flows = load_us_imports().of(*given)
    share = np.array([given[p] for p in flows.places_.tolist()])[flows.place_index]
    return Claims(flows.hs10, flows.place, share, 0, "one share for each partner", "one share")


def _claims(frame: pl.DataFrame, period: str) -> Claims:
    return Claims(
        hs10=text_column(frame["hs10"], 10),
        place=text_column(frame["place"], 5),
        share=frame["share"].to_numpy(),
        year=int(period[:4]),
        source=SOURCE.format(period=period),
        period=period,
    )


def _period_is(name: str) -> pl.Expr:
    import polars as pl

    return pl.col("period") == name
