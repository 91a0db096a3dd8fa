"""Flows reduced to what the law can tell apart: one row for goods that every list treats alike.

The law knows goods by its lists, their general rate and the metal in them. Ten-digit lines of a
sector and chapter that are on the same lists and have the same general rate and metal owe the
same on every day, so their values add before they are rated. The sums are the same; the rows are
far fewer.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from surtax.ledger import Ledger
from surtax.trade.assumptions import ALL_METALS, Content, assumptions
from surtax.trade.claims import Claims
from surtax.trade.flows import Flows
from surtax.trade.kinds import numbered, packed
from surtax.trade.numbers import parts
from surtax.trade.rating import general_rates, sums

Array = NDArray[np.float64]
Index = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Reduced:
    """Flows by class of goods and partner.

    Attributes:
        flows: a row for each class and partner; a class bears the number of its first line.
        claims: claimed share of each row, weighted by value.
        row: (rows of the source,) the reduced row of each.
        source: the flows that were reduced.
    """

    flows: Flows
    claims: Claims
    row: Index
    source: Flows

    def total(self, column: Array) -> Array:
        """(reduced rows,) sums of a column of the source."""
        return sums(self.row, column, len(self.flows))

    def part(self, value: Array, claims: Claims) -> tuple[Flows, Claims]:
        """The rows with another column of the source as their value, and its claimed shares."""
        worth = self.total(value)
        claimed = self.total(value * claims.aligned(self.source))
        share = np.divide(claimed, worth, out=np.zeros(len(worth)), where=worth > 0)
        some = share > 0
        code, place = self.flows.hs10, self.flows.place
        shares = Claims(code[some], place[some], share[some], self.flows.year, claims.source)
        return replace(self.flows, value=worth), shares


@lru_cache(maxsize=8)
def reduced(ledger: Ledger, flows: Flows, claims: Claims) -> Reduced:
    """Flows and claims by classes of goods that no list of the ledger tells apart.

    A class lies within one sector and one chapter. Flows that give sectors themselves stay whole.
    """
    if flows.sector is not None:
        return Reduced(flows, claims, np.arange(len(flows)), flows)
    first, kind = _classes(ledger, flows)
    width = len(flows.places_)
    keys, row = np.unique(kind[flows.code_index] * width + flows.place_index, return_inverse=True)
    row = row.astype(np.int64)
    n = len(keys)
    code, place = flows.codes[first[keys // width]], flows.places_[keys % width]
    value = sums(row, flows.value, n)
    claimed = sums(row, flows.value * claims.aligned(flows), n)
    share = np.divide(claimed, value, out=np.zeros(n), where=value > 0)
    order = np.argsort(code, kind="stable")  # lines are sorted in every table
    back = np.empty(n, dtype=np.int64)
    back[order] = np.arange(n)
    code, place, value, share = code[order], place[order], value[order], share[order]
    fewer = Flows(
        hs10=code,
        place=place,
        value=value,
        duty=np.full(n, np.nan),
        year=flows.year,
        source=flows.source,
        into=flows.into,
        currency=flows.currency,
    )
    kept = share > 0
    return Reduced(
        fewer,
        Claims(code[kept], place[kept], share[kept], flows.year, claims.source),
        back[row],
        flows,
    )


def _classes(ledger: Ledger, flows: Flows) -> tuple[Index, Index]:
    """The first line of each class, and the class of each line.

    A line whose parts some list tells apart is a class of its own.
    """
    split, codes = parts(flows), flows.codes
    lists = dict.fromkeys(
        ledger.codes(measure.measure, goods)
        for measure in ledger.by_imposer[flows.into]
        for _, paint in measure.paints()
        for goods in (paint.goods, paint.goods_except)
        if goods
    )
    told = packed([split.codes.under(one) for one in lists], len(split.line))
    marks = told[:, split.first]
    whole = ~split.some((told != marks[:, split.line]).any(axis=0))
    alone = np.where(whole, 0, np.arange(1, len(whole) + 1))
    metals = [a.share for a in assumptions() if isinstance(a.share, Content)]
    metals.append(Content(metals[0].fact, 0.0, ALL_METALS))
    shares = [metal.of(codes) for metal in metals]
    texts = flows.code_sectors, codes.astype("U2")
    return numbered([*marks, alone, general_rates(flows), *shares, *texts], len(codes))
