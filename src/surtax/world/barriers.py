"""Barriers to trade between provinces, low, central and high, as ad valorem equivalents.

Two published measures of what internal trade costs beyond distance, by sector:

    high  Alvarez, Krznar and Tombe (2019), IMF Working Paper 19/158, Table 1: non-geographic
          costs of 2015, 34.8 % over all sectors, with averages by province (Table 2)
    low   Manucha and Tombe (2022), Macdonald-Laurier Institute, Table 1: policy-relevant costs,
          from 2.8 % in manufacturing to 43 % in retail trade

``central`` is their geometric mean, cell by cell. No source publishes sectors by province: for
the pair of provinces n and i in sector s the factor is 1 + t_s times the square root of
(1 + t_n)(1 + t_i), over one plus the average of all; the low set spreads its sectors over
provinces by the same ratios, since its own paper gives none. Sectors without an estimate have
none here, and no barrier. These are estimates from gaps in trade, not tariffs that somebody
levies: removing a barrier saves the resources that it costs.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from surtax.errors import InputError, unknown
from surtax.world.world import World

Array = NDArray[np.float64]

PROVINCES = ("NL", "PE", "NS", "NB", "QC", "ON", "MB", "SK", "AB", "BC")


@dataclass(frozen=True)
class BarrierSet:
    """A set of internal barriers: name, one line, citation, and which measures it averages."""

    name: str
    title: str
    citation: str
    of: tuple[str, ...]


AKT = (
    "Alvarez, J., I. Krznar and T. Tombe (2019), Internal Trade in Canada: Case for "
    "Liberalization, IMF Working Paper 19/158, Tables 1 and 2."
)
MLI = (
    "Manucha, R. and T. Tombe (2022), Liberalizing Internal Trade through Mutual Recognition, "
    "Macdonald-Laurier Institute, Table 1."
)
SETS = {
    made.name: made
    for made in (
        BarrierSet(
            "central", "Geometric mean of the low and the high set", f"{MLI} {AKT}", ("mli", "akt")
        ),
        BarrierSet("low", "Policy-relevant costs of Manucha and Tombe (2022)", MLI, ("mli",)),
        BarrierSet(
            "high", "Non-geographic costs of Alvarez, Krznar and Tombe (2019)", AKT, ("akt",)
        ),
    )
}


def available() -> list[str]:
    """Names of the sets, the default's first."""
    return list(SETS)


def equivalents(name: str, sectors: Sequence[str], provinces: Sequence[str] = PROVINCES) -> Array:
    """(s, p, p) ad valorem equivalents between provinces, zero on the diagonal and where unknown.

    Raises:
        UnknownNameError: no such set, or no such province.
    """
    if name not in SETS:
        raise unknown("barrier set", name, SETS)
    table = _table()
    for province in provinces:
        if province not in PROVINCES:
            raise unknown("province", province, PROVINCES, where=f"barrier set {name}")
    place = np.array([1.0 + table["akt", "province", p] for p in provinces])
    pair = np.sqrt(np.outer(place, place)) / (1.0 + table["akt", "province", "CAN"])
    made = np.ones((len(sectors), len(provinces), len(provinces)))
    for s, sector in enumerate(sectors):
        costs = [table.get((measure, "sector", sector)) for measure in SETS[name].of]
        known = [1.0 + c for c in costs if c is not None]
        if known and len(known) == len(costs):
            made[s] = np.prod(known) ** (1.0 / len(known)) * pair
    made[:, np.arange(len(provinces)), np.arange(len(provinces))] = 1.0
    return np.asarray(np.maximum(made, 1.0) - 1.0)


def cost_hats(world: World, cut: float, *, name: str = "central", treasury: str = "CAN") -> Array:
    """(s, n, i) changes of iceberg trade costs when a share of the internal barriers goes.

    A barrier t becomes (1 − cut) t, so the cost of what crosses a provincial border changes by
    (1 + (1 − cut) t) / (1 + t); every other flow keeps its cost. A negative cut raises barriers.

    Args:
        world: a world whose regions of one treasury carry the provinces' two letters.
        cut: share removed, at most one.
        name: a set.
        treasury: the treasury of the provinces.

    Raises:
        UnknownNameError: no such set, or a region of the treasury that is no province.
        InputError: a cut above one, or a world without two such regions.
    """
    if not cut <= 1.0 or not np.isfinite(cut):
        raise InputError(
            f"a cut of {cut:g} removes more than there is.",
            where="cut", mend="Give the share removed, such as 0.1 for 10 %.",
        )  # fmt: skip
    at = [n for n, t in enumerate(world.treasuries) if t == treasury]
    if len(at) < 2:
        raise InputError(
            f"it has {len(at)} regions of the treasury {treasury}, so no internal trade.",
            where=f"world {world.name}", mend="Take a world with provinces.",
        )  # fmt: skip
    barrier = equivalents(name, world.sectors, [world.regions[n] for n in at])
    hats = np.ones_like(world.flows)
    hats[np.ix_(range(len(world.sectors)), at, at)] = (1.0 + (1.0 - cut) * barrier) / (
        1.0 + barrier
    )
    return hats


@cache
def _table() -> dict[tuple[str, str, str], float]:
    text = (files("surtax.world") / "data" / "barriers.csv").read_text(encoding="utf-8")
    return {
        (row["source"], row["kind"], row["name"]): float(row["equivalent"])
        for row in csv.DictReader(text.splitlines())
    }
