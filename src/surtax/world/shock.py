"""From law to world: the ad valorem tariffs that a change of law means for an economy.

Duties are levied on customs values, a world lives at basic prices: a rate on customs value is
divided by the pair's ratio of basic to customs value, which is data of the world, so that it
collects what the law collects; or it stands as charged (`Wedge`). Rates are
trade-weighted at the finest level that the flows have, and nothing is rounded or dropped: what
finds no sector or region is reported in money.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, cast

import numpy as np

from surtax import places
from surtax.errors import WorldError, unknown
from surtax.goods import UNSPECIFIED, WITHIN
from surtax.ledger import Ledger
from surtax.trade.claims import BASE_YEAR, Claims, one_share
from surtax.trade.effective import BASE, Effective, effective
from surtax.trade.flows import Flows, load_ca_imports, load_us_imports
from surtax.world.world import Array, World

Index = np.ndarray[tuple[int], np.dtype[np.intp]]

CLAIMANTS = ("CA", "MX")
"""Places whose goods may claim the preference of the agreement with the United States."""


Wedge = Literal["revenue", "rate"]
"""What a rate on customs value is in a world at basic prices. Divided by the ratio of the two
(“revenue”), what is paid, collected and lost is that of the whole customs value, but trade answers
a price that rises by more than the rate. As charged (“rate”), trade answers the rate, but the duty
falls on the basic value alone, and margins that shrink with the goods are in nobody's loss."""


@dataclass(frozen=True)
class Point:
    """A day of law and a day of knowledge, with what is assumed beyond the law.

    Attributes:
        on: the day of law.
        known: the day of knowledge; the ledger's verified-to date if None.
        threatened: measures whose threats count as carried out.
        assume: rates for provisions whose rate is unknown, by provision id.
        facts: shares in place of the assumed ones, by fact.
        scale: factors on the duties of single measures: the share of a list that is used.
        without: measures read as if they did not exist.
        claims: shares of goods of Canada and Mexico that claim a preference: those of the flows'
            year, none or all.
    """

    on: date
    known: date | None = None
    threatened: frozenset[str] = frozenset()
    assume: Mapping[str, float] = field(default_factory=dict)
    facts: Mapping[str, float] = field(default_factory=dict)
    scale: Mapping[str, float] = field(default_factory=dict)
    without: frozenset[str] = frozenset()
    claims: Literal["year", "none", "all"] = "year"

    @property
    def key(self) -> tuple[object, ...]:
        """Itself as something that can be a key."""
        held = (tuple(sorted(m.items())) for m in (self.assume, self.facts, self.scale))
        return (self.on, self.known, self.threatened, *held, self.without, self.claims)


@dataclass(frozen=True, eq=False)
class Shock:
    """What a change of law means for a world.

    Goods are newly charged where a measure's duty falls on them after and none fell before: the
    general rate is no measure's, and goods that owed one measure and owe another besides are not
    new. They count whole where the duty falls on a part of them; what is new is the rise of what
    is reached, by partner, sector and chapter.

    Attributes:
        tariffs: (s, n, i) ad valorem tariffs after, on the world's basis.
        change: (s, n, i) after less before.
        by_authority: (s, n, i) change by authority; adds to `change`.
        charged: (s, n, i) share of customs value that is newly charged.
        covered: customs value that is newly charged, by importer, in its currency.
        covered_by: customs value that each measure charges after and did not before, what others
            charged included; a dollar that two measures charge counts in both.
        unmatched: customs value that found no sector or region, by importer.
        barred: customs value that may not enter after and could before, by importer: a
            restriction of quantity, in no tariff.
        duty: duty after less duty before on the flows' values, by importer.
        currency: the currency of each importer's amounts.
        points: what was compared.
    """

    tariffs: Array
    change: Array
    by_authority: dict[str, Array]
    charged: Array
    covered: dict[str, float]
    covered_by: dict[str, float]
    unmatched: dict[str, float]
    barred: dict[str, float]
    duty: dict[str, float]
    currency: dict[str, str]
    points: tuple[Point, Point]


def shock(
    ledger: Ledger,
    before: Point,
    after: Point,
    world: World,
    flows: Mapping[str, Flows] | None = None,
    answers: Collection[str] = (),
    wedge: Wedge = "revenue",
) -> Shock:
    """The tariffs that the law of `after` means for a world whose benchmark is that of `before`.

    Args:
        ledger: the law.
        before: the law under which the world's benchmark was made.
        after: the law to simulate.
        world: a world whose pack states ratios of basic to customs value.
        flows: imports by importer; the embedded ones (US, CA) unless given.
        answers: importers whose rates are on the world's basis where it states no ratio.
        wedge: whether rates are divided by the ratio or stand as charged.

    Returns:
        The shock; its tariffs are the world's own plus the change.

    Raises:
        WorldError: the world lacks a ratio for a pair whose duties change.
    """
    imports = flows or {"US": load_us_imports(), "CA": load_ca_imports()}
    ratio = rate_basis(world, wedge)
    change = np.zeros_like(world.flows)
    charged = np.zeros_like(world.flows)
    split: dict[str, Array] = {}
    covered: dict[str, float] = {}
    covered_by: dict[str, float] = {}
    unmatched: dict[str, float] = {}
    barred: dict[str, float] = {}
    owed: dict[str, float] = {}
    for importer, table in imports.items():
        old = rates(ledger, before, table)
        new = rates(ledger, after, table)
        buyers = _regions(world, importer)
        basis = np.nan_to_num(ratio, nan=1.0) if importer in answers else ratio
        if not buyers:
            unmatched[importer] = table.imports()
            continue
        sellers = _sellers(world, old.place, importer)
        sector = sector_index(world, old.sector)
        found = (sector >= 0) & (sellers[:, 0] >= 0)
        unmatched[importer] = float(old.imports[~found].sum())
        pairs = _pairs(world, buyers, sellers, sector, old.imports)
        factors = after.scale
        layers = _by_authority(new, factors)
        for authority, duty in _by_authority(old, before.scale).items():
            layers[authority] = layers.get(authority, np.zeros(len(duty))) - duty
        owed[importer] = float(sum(d.sum() for d in layers.values()))
        for authority, duty in layers.items():
            if authority == BASE or not duty.any():
                continue
            part = pairs.spread(duty, basis)
            split[authority] = split.get(authority, np.zeros_like(change)) + part
            change += part
        reached = np.maximum(_reach(new, factors) - _reach(old, before.scale), 0.0)
        charged += pairs.spread(reached, np.ones_like(ratio))
        covered[importer] = float(reached.sum())
        barred[importer] = float(np.maximum(new.barred - old.barred, 0.0).sum())
        covered_by |= _newly_charged(old, new, before.scale, factors)
    return Shock(
        tariffs=world.tariffs + change,
        change=change,
        by_authority=split,
        charged=charged,
        covered=covered,
        covered_by=covered_by,
        unmatched=unmatched,
        barred=barred,
        duty=owed,
        currency={k: t.currency for k, t in imports.items()},
        points=(before, after),
    )


def rate_basis(world: World, wedge: Wedge) -> Array:
    """(n, i) what a rate on customs value is divided by; NaN where the world states no ratio."""
    return world.customs_ratios if wedge == "revenue" else np.ones_like(world.customs_ratios)


def rates(ledger: Ledger, point: Point, flows: Flows) -> Effective:
    """Duties on flows at a point of law and knowledge; kept while the same is asked again."""
    return effective(
        ledger,
        point.on,
        point.known,
        threatened=point.threatened,
        assume=point.assume,
        facts=point.facts,
        flows=flows,
        claims=_claims(point, flows),
        without=point.without,
    )


def _claims(point: Point, flows: Flows) -> Claims | str:
    """Of a point's claims, the shares of one importer's flows."""
    if point.claims == "year" or flows.into != "US":
        return BASE_YEAR
    return one_share(tuple((p, float(point.claims == "all")) for p in CLAIMANTS))


def region_of(world: World, place: str) -> list[int]:
    """Regions of a world that a trade partner stands for.

    A region or treasury of that country's ISO alpha-3 code (or group's name) stands for it, Hong
    Kong and Macao stand with China; everyone else is the region ROW where there is one.
    """
    one = places.place(place)
    name = {"HK": "CHN", "MO": "CHN"}.get(one.code, one.alpha3 or one.code)
    found = [k for k, r in enumerate(world.regions) if name in (r, world.treasuries[k])]
    return found or [k for k, r in enumerate(world.regions) if r == "ROW"]


def _regions(world: World, importer: str) -> list[int]:
    found = region_of(world, importer)
    return [k for k in found if world.regions[k] != "ROW"]


def _sellers(world: World, partners: np.ndarray[tuple[int], np.dtype[np.str_]], importer: str
             ) -> np.ndarray[tuple[int, int], np.dtype[np.intp]]:  # fmt: skip
    """(cells, widest) regions of each cell's partner, padded with -1."""
    names, index = np.unique(partners, return_inverse=True)
    found = [region_of(world, str(p)) for p in names]
    width = max(1, *(len(f) for f in found))
    table = np.full((len(names), width), -1, dtype=np.intp)
    for row, regions in enumerate(found):
        table[row, : len(regions)] = regions
    return table[index]


def sector_index(world: World, sectors: np.ndarray[tuple[int], np.dtype[np.str_]]
             ) -> np.ndarray[tuple[int], np.dtype[np.intp]]:  # fmt: skip
    """(cells,) index of each cell's sector, or of the one it is within; -1 for goods of none."""
    place = {s: k for k, s in enumerate(world.sectors)}
    place |= {s: place[w] for s, w in WITHIN.items() if s not in place and w in place}
    names, index = np.unique(sectors, return_inverse=True)
    for name in names:
        if name != UNSPECIFIED and str(name) not in place:
            raise unknown("sector", str(name), world.sectors, where=f"world {world.name}")
    return np.array([place.get(str(s), -1) for s in names], dtype=np.intp)[index]


def _by_authority(found: Effective, scale: Mapping[str, float]) -> dict[str, Array]:
    """(cells,) duty by authority, with the measures' factors."""
    out: dict[str, Array] = {BASE: found.base}
    for i, rule in enumerate(found.rules):
        duty = found.duty[:, i] * scale.get(rule.measure, 1.0)
        out[rule.authority] = out.get(rule.authority, np.zeros(len(duty))) + duty
    return out


@dataclass(frozen=True, eq=False)
class _Pairs:
    """The cells of flows on a world's sectors and selling regions, each as often as it has sellers.

    Attributes:
        world: the world. buyers: the regions that buy.
        cell: (pairs,) the cell. at: (pairs,) sector and seller, as one index.
        value: (s, n) imports.
    """

    world: World
    buyers: list[int]
    cell: Index
    at: Index
    value: Array

    def spread(self, duty: Array, ratio: Array) -> Array:
        """(s, n, i) ad valorem change of one authority: duty over imports, over the basic ratio."""
        world = self.world
        owed = _sums(world, self.cell, self.at, duty)
        rate = np.divide(owed, self.value, out=np.zeros_like(owed), where=self.value > 0)
        out = np.zeros_like(world.flows)
        for n in self.buyers:
            touched = rate.any(axis=0)
            missing = np.isnan(ratio[n]) & touched
            if missing.any():
                names = ", ".join(world.regions[i] for i in np.flatnonzero(missing))
                raise WorldError(
                    f"no ratio of basic to customs value from {names} to {world.regions[n]}.",
                    where=f"world {world.name}",
                    mend="Add the pair to customs_to_basic in the world's manifest.",
                )
            out[:, n, :] = np.where(touched, rate / np.where(touched, ratio[n], 1.0), 0.0)
        return out


def _sums(world: World, cell: Index, at: Index, column: Array) -> Array:
    """(s, n) sums of a column of the cells."""
    S, N = len(world.sectors), len(world.regions)
    return cast(Array, np.bincount(at, column[cell], minlength=S * N).reshape(S, N))


def _pairs(
    world: World,
    buyers: list[int],
    sellers: np.ndarray[tuple[int, int], np.dtype[np.intp]],
    sector: Index,
    imports: Array,
) -> _Pairs:
    """Of cells with a sector and a seller."""
    column, cell = np.nonzero(((sector >= 0)[:, None] & (sellers >= 0)).T)
    at = sector[cell] * len(world.regions) + sellers[cell, column]
    return _Pairs(world, buyers, cell, at, _sums(world, cell, at, imports))


def _reach(found: Effective, scale: Mapping[str, float]) -> Array:
    """(cells,) customs value that some rated duty reaches, each dollar once.

    With a factor on a measure, the duties of its importer are taken as falling on different
    goods, which the lists that are scaled do.
    """
    if not any(rule.measure in scale for rule in found.rules):
        return found.reached
    factor = np.array([scale.get(rule.measure, 1.0) for rule in found.rules])
    return cast(Array, np.minimum((found.hit * factor).sum(axis=1), found.imports))


def _newly_charged(
    old: Effective, new: Effective, scaled: Mapping[str, float], scale: Mapping[str, float]
) -> dict[str, float]:
    """Customs value on which each measure charges after and did not before."""
    before, after = _hit_by_measure(old, scaled), _hit_by_measure(new, scale)
    fresh = {name: value - before.get(name, 0.0) for name, value in after.items()}
    return {name: value for name, value in fresh.items() if value > 0.5}


def _hit_by_measure(rates: Effective, scale: Mapping[str, float]) -> dict[str, float]:
    """Customs value on which each measure charges."""
    found: dict[str, float] = {}
    for i, rule in enumerate(rates.rules):
        hit = float(rates.hit[:, i].sum()) * scale.get(rule.measure, 1.0)
        found[rule.measure] = found.get(rule.measure, 0.0) + hit
    return found
