"""Flows of 2021 between ten provinces and nine partners, by the 23 sectors of the source.

Statistics Canada's provincial tables and the OECD's inter-country tables name five partners,
Germany and a rest of the world. Korea, India and the other members of the European Union are
taken out of that rest with the shares of WIOD 2011, its flows grown with each economy.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from canada_world import raw
from canada_world.names import LUMP_NAMES, LUMP_OF, PARTNERS, REGIONS, WIOD, P
from canada_world.raw import Array, figures

INSIDE = ("EU27", "KOR", "IND", "ROW")
"""What the source's rest of the world is split into."""
_EU26 = (
    "AUT", "BEL", "BGR", "CYP", "CZE", "DEU", "DNK", "ESP", "EST", "FIN", "FRA", "GRC", "HUN",
    "IRL", "ITA", "LTU", "LUX", "LVA", "MLT", "NLD", "POL", "PRT", "ROM", "SVK", "SVN", "SWE",
)  # fmt: skip


def wiod_by_group(path: Path) -> tuple[Array, tuple[str, ...], list[str]]:
    """(35, n, i) WIOD flows of 2011, grown to 2021, between Canada, our partners and Germany.

    The European Union is without Germany, which stands last. A flow grows by the geometric mean
    of the two economies' growth of GDP in US$.
    """
    flows, regions, industries = raw.wiod_2011(path)
    order = ("CAN", *PARTNERS, "DEU")
    group = [order.index(r if r in order else "EU27" if r in _EU26 else "ROW") for r in regions]
    out = np.zeros((len(industries), len(order), len(order)))
    where = np.array(group)
    np.add.at(out, (slice(None), where[:, None], where[None, :]), flows)
    growth = np.sqrt([_growth(r) for r in order])
    return out * growth[:, None] * growth[None, :], order, industries


def _growth(region: str) -> float:
    f = figures()

    def gdp(year: int) -> float:
        if region == "EU27":
            return f[f"gdp_{year}_EU27"] - f[f"gdp_{year}_DEU"]
        if region != "ROW":
            return f.get(f"gdp_{year}_{region}", 1.0)
        named = sum(f[f"gdp_{year}_{c}"] for c in ("CAN", *PARTNERS) if c != "ROW")
        return f[f"gdp_{year}_WLD"] - named

    return gdp(2021) / gdp(2011)


def flows(path: Path) -> Array:
    """(23, 19, 19) flows of 2021, C$ bn, on our regions."""
    source, names = raw.flows_2021(path)
    grown, order, industries = wiod_by_group(path)
    lump = np.array([LUMP_NAMES.index(LUMP_OF[WIOD[c].split()[0]]) for c in industries])
    wiod = np.zeros((len(LUMP_NAMES), len(order), len(order)))
    np.add.at(wiod, lump, grown)
    inside = [order.index(g) for g in INSIDE]
    out = np.zeros((len(LUMP_NAMES), len(REGIONS), len(REGIONS)))
    rest = names.index("ROW")
    kept = [k for k in range(len(names)) if k != rest]
    ours = [REGIONS.index("EU27" if names[k] == "DEU" else names[k]) for k in kept]
    theirs = [order.index("CAN" if k < P else names[k]) for k in kept]
    parts = [REGIONS.index(g) for g in INSIDE]
    for a, n, w in zip(kept, ours, theirs, strict=True):
        for b, i in zip(kept, ours, strict=True):
            out[:, n, i] += source[:, a, b]
        sold, bought = wiod[:, w][:, inside], wiod[:, inside][:, :, w]
        for part, g in enumerate(parts):
            out[:, n, g] += source[:, a, rest] * _share(sold)[:, part]
            out[:, g, n] += source[:, rest, a] * _share(bought)[:, part]
    among = wiod[:, inside][:, :, inside]
    share = among / among.sum(axis=(1, 2), keepdims=True)
    for x, g in enumerate(parts):
        for y, h in enumerate(parts):
            out[:, g, h] += source[:, rest, rest] * share[:, x, y]
    return out


def _share(table: Array) -> Array:
    total = table.sum(axis=1, keepdims=True)
    even = np.full_like(table, 1.0 / table.shape[1])
    return np.divide(table, total, out=even, where=total > 0)
