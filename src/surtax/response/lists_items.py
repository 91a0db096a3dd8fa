"""The goods among which a list chooses, item by item, and which of them it may not name.

Two facts of single goods come from tables in ``response/data`` (``scripts/build_item_facts.py``):

    end_use  subheading → Broad Economic Category (United Nations Statistics Division, Rev. 4)
    sigma    importer × three digits → elasticity of substitution between origins
             (Broda, Greenfield and Weinstein 2017)
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from surtax import goods
from surtax.errors import InputError
from surtax.response.players import Player
from surtax.trade.flows import Flows
from surtax.world.shock import sector_index
from surtax.world.world import Array, World

Mask = NDArray[np.bool_]

# Categories of the System of National Accounts' intermediate and capital goods (BEC Rev. 4).
INPUTS = ("111", "121", "21", "22", "31", "322", "41", "42", "521", "53")
CAPTIVE = 0.6
"""Share of a sector's imports from the other side above which inputs count as captive."""
_SPREAD = 3.0  # a good substitutes at most so many times better, or worse, than its sector
_PIECES = 20  # of what a sector imports under no item, where that may be listed as well


@dataclass(frozen=True, eq=False)
class Items:
    """What one side buys from the other, by item.

    Attributes:
        codes: (k,) of the tariff; "" for a piece of a sector's imports under no known item.
        sector: (k,) index into the world's sectors. value: (k,) customs value, in `currency`.
        factor: (k,) trade elasticity of an item over its sector's.
        rate: (k,) the duty it would bear, a fraction. totals: (s,) value of all imports.
        currency, source: of the values.
    """

    codes: NDArray[np.str_]
    sector: NDArray[np.intp]
    value: Array
    factor: Array
    rate: Array
    totals: Array
    currency: str
    source: str

    def __len__(self) -> int:
        return len(self.value)

    def rows(self, keep: Mask) -> Items:
        """Some of the items; the totals stay."""
        return replace(
            self,
            codes=self.codes[keep],
            sector=self.sector[keep],
            value=self.value[keep],
            factor=self.factor[keep],
            rate=self.rate[keep],
        )

    def under(self, prefixes: Sequence[str] | frozenset[str]) -> Mask:
        """(k,) whether an item lies under one of some HS codes."""
        wanted = {goods.hs(p) for p in prefixes}
        lengths = sorted({len(p) for p in wanted})
        return np.array([any(c[:n] in wanted for n in lengths) for c in self.codes], dtype=bool)


def items_of(flows: Flows, partner: str, world: World, rate: float, *, rest: bool = False) -> Items:
    """The items of a partner's goods.

    Args:
        flows: imports of the side that lists. partner: code of the place of origin.
        world: whose sectors to use. rate: of the duty.
        rest: whether pieces of what the flows have under no item are among them.

    Raises:
        InputError: nothing is imported from the partner.
    """
    table = flows.of(partner)
    sector = sector_index(world, table.sectors())
    keep = (sector >= 0) & (table.value > 0)
    codes, sector, value = table.hs10[keep], sector[keep], table.value[keep]
    if not value.size:
        raise InputError(f"the table of imports has nothing from {partner}.", where="--against")
    totals = np.zeros(len(world.sectors))
    np.add.at(totals, sector, value)
    bare = codes == ""
    factor = np.ones(len(value))
    factor[~bare] = _factors(flows.into, codes[~bare], sector[~bare], value[~bare])
    found = Items(
        codes, sector, value, factor, np.full(len(value), rate), totals, flows.currency,
        flows.source,
    )  # fmt: skip
    named = found.rows(~bare)
    if not rest:
        return named
    pieces = np.repeat(np.flatnonzero(bare), _PIECES)
    joined = np.concatenate([np.flatnonzero(~bare), pieces])
    size = np.where(bare, 1.0 / _PIECES, 1.0)
    return replace(
        found,
        codes=codes[joined],
        sector=sector[joined],
        value=(value * size)[joined],
        factor=factor[joined],
        rate=np.full(len(joined), rate),
    )


def _factors(
    importer: str, codes: NDArray[np.str_], sector: NDArray[np.intp], value: Array
) -> Array:
    """(k,) an item's elasticity over its sector's: one on average, weighing by value.

    The level of a sector's elasticity is the world's; only how goods within it differ is taken
    from the table, less one since it is of substitution, and within a factor of three.
    """
    table = sigmas(importer)
    raw = np.array([table.get(code[:3], np.nan) - 1.0 for code in codes])
    out = np.ones(len(codes))
    for s in np.unique(sector):
        here = (sector == s) & (raw > 0)
        if here.any():
            order = np.argsort(raw[here], kind="stable")
            upto = np.cumsum(value[here][order])
            middle = raw[here][order][np.searchsorted(upto, upto[-1] / 2)]
            out[here] = np.clip(raw[here] / middle, 1 / _SPREAD, _SPREAD)
        own = sector == s
        out[own] /= np.average(out[own], weights=value[own])
    return out


def barred(
    items: Items,
    world: World,
    buyer: Player,
    seller: Player,
    *,
    named: Sequence[str] = (),
    captive: float = CAPTIVE,
) -> dict[str, Mask]:
    """Which items a list may not name, by reason.

    Args:
        items: of which. world, buyer, seller: between whom.
        named: HS codes that are left out by name.
        captive: share of a sector's imports that comes from the seller, from which on its
            inputs (intermediate and capital goods) count as what one cannot buy elsewhere.

    Returns:
        (k,) masks for “health goods”, “named” and “captive inputs”.
    """
    shares = shares_from(world, buyer, seller)
    tied = shares[items.sector] >= captive
    return {
        "health goods": items.under(list(health())),
        "named": items.under(named),
        "captive inputs": tied & np.array([end_use(c) in INPUTS for c in items.codes]),
    }


def shares_from(world: World, buyer: Player, seller: Player) -> Array:
    """(s,) share of the seller in what the buyer imports; zero where it imports nothing."""
    bought = world.flows[:, list(buyer.regions), :].sum(axis=1)
    abroad = bought.sum(axis=1) - bought[:, list(buyer.regions)].sum(axis=1)
    theirs = bought[:, list(seller.regions)].sum(axis=1)
    share: Array = np.divide(theirs, abroad, out=np.zeros_like(theirs), where=abroad > 0)
    return share


def end_use(code: str) -> str:
    """Broad Economic Category of a good by its longest known prefix; "" if none."""
    table = _table("end_use.csv", "prefix", "bec")
    for length in (6, 4, 2):
        if code and (found := table.get(code[:length])) is not None:
            return found
    return ""


@cache
def sigmas(importer: str) -> dict[str, float]:
    """Elasticities of substitution of an importing place by three digits; empty if unknown."""
    rows = _rows("sigma.csv")
    return {r["prefix"]: float(r["sigma"]) for r in rows if r["importer"] == importer}


@cache
def health() -> Mapping[str, str]:
    """HS codes of health goods and where they are named as such."""
    return {goods.hs(r["prefix"]): r["citation"] for r in _rows("health.csv")}


@cache
def _table(file: str, key: str, value: str) -> dict[str, str]:
    return {row[key]: row[value] for row in _rows(file)}


def _rows(file: str) -> list[dict[str, str]]:
    text = (files("surtax.response") / "data" / file).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
