"""The prior of the flows of 2024 and the margins they must meet."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from canada_world import base, bilateral, fit, raw, split, structure
from canada_world.bilateral import UsTrade
from canada_world.names import CANADA, GOODS, LUMPS, PARTNERS, PROVINCES, REGIONS, SECTORS, P
from canada_world.raw import Array, figures

S, N = len(SECTORS), len(REGIONS)
G = [SECTORS.index(g) for g in GOODS]
USA = REGIONS.index("USA")
FLOOR = 0.05
"""Least share of a province's exports of a sector that goes elsewhere than to the United States."""
KEPT = 0.9
"""Largest share of a sector's output that a province is let sell to the United States, if the
published exports need more: its output grows to allow it."""


@dataclass(frozen=True, eq=False)
class Trade:
    """Flows of 2024 and how they came about, C$ bn; axes (s, destination, origin).

    Attributes:
        before: flows of 2021 on our sectors.
        prior: what was fitted.
        flows: the result.
        structure: production and spending priors.
        us: the United States' imports on a customs basis.
        exports: (sections, goods, 10) customs value of exports to the United States by province.
        bought: (sections, goods) customs value of Canada's imports from the United States.
        ratios: basic value per customs value: out (Canada to the United States), into (back), far.
        income: (19,) value added that was met.
        balance: (19,) balances that were met.
        miss: largest relative miss of a margin.
        rounds: rounds of the fit.
    """

    before: Array
    prior: Array
    flows: Array
    structure: structure.Structure
    us: UsTrade
    exports: Array
    bought: Array
    ratios: dict[str, float]
    income: Array
    balance: Array
    miss: float
    rounds: int


def build(path: Path) -> Trade:
    """Read, split, bring to 2024 and fit."""
    us = bilateral.census(path)
    lumps = base.flows(path)
    mix = np.full(S, 1e-6)
    mix[G] += us.imports.sum(axis=1)
    needs = structure.needed(path, mix)
    made = split.makers(us, lumps, needs)
    first = split.split(path, lumps, made, needs)
    old, published = bilateral.exports_by_province(path, 2021, us, first[G][:, USA, CANADA])
    old = old.sum(axis=0)
    made = split.learned(made, old)
    before = split.split(path, lumps, made, needs)
    ratios = _ratios(path, before, published)
    _aim_exports(before, old * ratios["out"], made)
    shape = structure.build(path, before.sum(axis=2), before.sum(axis=1))
    income = _income(path, lumps)
    prior = _grown(before, shape, income, path, ratios)
    exports, _ = bilateral.exports_by_province(path, 2024, us, before[G][:, USA, CANADA])
    bought, _ = bilateral.imports_by_sector(path, us, before[G][:, CANADA, USA].sum(axis=1))
    fixed = np.zeros(prior.shape, dtype=bool)
    for row, g in enumerate(G):
        prior[g, USA, CANADA] = exports[:, row].sum(axis=0) * ratios["out"]
        prior[g, USA, P + 1 :] = us.imports[row, 2:] * ratios["far"]
    fixed[np.ix_(G, [USA], [i for i in range(N) if i != USA])] = True
    groups = []
    flat = np.arange(prior.size).reshape(prior.shape)
    for row, g in enumerate(G):
        groups.append((flat[g, CANADA, USA].ravel(), bought[:, row].sum() * ratios["into"]))
    _room(prior, fixed)
    balance = _balances(path, income, lumps)
    margins = fit.Margins(fixed, groups, income, shape.value_added, balance)
    done = fit.fit(prior, margins)
    return Trade(
        before, prior, done.flows, shape, us, exports, bought, ratios, income, balance, done.miss,
        done.rounds,
    )  # fmt: skip


def _ratios(path: Path, before: Array, published: Array) -> dict[str, float]:
    """Basic value per customs value of goods in 2021."""
    f = figures()
    home = before[G][:, CANADA, USA].sum()
    sold = before[G][:, USA, CANADA].sum()
    far = before[G][:, USA, P + 1 :].sum()
    clearance, names = raw.sections(path, 2021, "IMPORT")
    special = names.index("Special transactions trade")
    customs = np.delete(clearance, special, axis=0).sum()
    rest = f["us_imports_2021"] * f["fx_2021"] - published.sum()
    return {"out": sold / published.sum(), "into": home / customs, "far": far / rest}


def _aim_exports(flows: Array, sold: Array, made: Array) -> None:
    """Provinces' exports of 2021: to the United States as published, the rest to the others.

    The source gives each province's exports by its 23 sectors and splits them over partners as
    Canada's. What the province makes beyond its sales to the United States goes elsewhere, within
    each of the 23 sectors; at least ``FLOOR`` of the exports does.
    """
    others = [n for n in range(P, N) if n != USA]
    mine = np.zeros((S, P))
    mine[G] = sold
    for _, kids in LUMPS.values():
        k = [SECTORS.index(c) for c in kids if c in GOODS]
        if not k:
            continue
        total = flows[k][:, P:, CANADA].sum(axis=(0, 1))
        us = mine[k] * np.minimum(1.0, (1 - FLOOR) * total / np.maximum(mine[k].sum(axis=0), 1e-12))
        left = np.maximum(made[k][:, CANADA] * total - us, FLOOR * us + 1e-9)
        left *= (total - us.sum(axis=0)) / left.sum(axis=0)
        for row, s in enumerate(k):
            elsewhere = flows[s][others][:, CANADA] + 1e-12
            share = elsewhere / elsewhere.sum(axis=0)
            flows[s, USA, CANADA] = us[row]
            for x, n in enumerate(others):
                flows[s, n, CANADA] = share[x] * left[row]


def _income(path: Path, lumps: Array) -> Array:
    """(19,) value added at basic prices of 2023, C$ bn.

    Provinces: published. Partners: GDP at market prices of 2023 times the ratio of value added
    at basic prices to it in the flows of 2021 (Korea, India, the European Union and the rest:
    one ratio, of all but the five that the source names).
    """
    f = figures()
    share = raw.by_region(path, "value_added_share.parquet")
    out = np.zeros(N)
    out[CANADA] = raw.provincial_gdp(path, 2023)
    gdp = raw.baci_2023(path)[1][1:]
    made = lumps.sum(axis=1)
    usual = [0.0, 0.0]
    for k, name in enumerate(PARTNERS):
        if k < 5:
            value = (share[:, P + k] * made[:, P + k]).sum() / f["fx_2021"]
            out[P + k] = gdp[k] * f["fx_2023"] * value / f[f"gdp_2021_{name}"]
        else:
            usual[0] += (share[:, P + 5] * made[:, P + k]).sum() / f["fx_2021"]
    usual[1] = f["gdp_2021_WLD"] - sum(f[f"gdp_2021_{c}"] for c in ("CAN", *tuple(PARTNERS)[:5]))
    out[P + 5 :] = gdp[5:] * f["fx_2023"] * min(usual[0] / usual[1], 0.95)
    return out


def _balances(path: Path, income: Array, lumps: Array) -> Array:
    """(19,) exports less imports, C$ bn, adding to zero: the rest of the world closes them.

    Canada's official balance is spread over the provinces: the mean of their balances of 2021
    and 2022 as shares of value added, shifted alike to add to it.
    """
    f = figures()
    out = np.zeros(N)
    gdp21 = raw.provincial_gdp(path, 2021)
    old = (lumps.sum(axis=(0, 1)) - lumps.sum(axis=(0, 2)))[CANADA]
    new = -np.array([f[f"deficit_2022_{p}"] for p in PROVINCES])
    gdp22 = raw.provincial_gdp(path, 2022)
    own = 0.5 * (old / gdp21 + new / gdp22) * income[CANADA]
    canada = f["balance_CAN"] * f["fx_2024"]
    out[CANADA] = own + (canada - own.sum()) * income[CANADA] / income[CANADA].sum()
    for k, name in enumerate(PARTNERS):
        if name != "ROW":
            year = 2024 if name == "USA" else 2023
            out[P + k] = f[f"balance_{name}"] * f[f"fx_{year}"]
    out[-1] = -out[:-1].sum()
    return out


def _grown(
    before: Array, shape: structure.Structure, income: Array, path: Path, ratios: dict[str, float]
) -> Array:
    """Flows of 2021 grown with value added, goods between countries at the totals of BACI 2023.

    A flow grows by the geometric mean of its two regions. Where Canada is one end, the province
    shares stay.
    """
    value = (shape.value_added * before.sum(axis=1)).sum(axis=0)
    growth = np.sqrt(income / value)
    out = before * growth[:, None] * growth[None, :]
    trade = raw.baci_2023(path)[0] * figures()["fx_2023"] * ratios["far"]
    trade[0] *= ratios["into"] / ratios["far"]
    trade[:, 0] *= ratios["out"] / ratios["far"]
    ends = [list(range(P)), *[[P + k] for k in range(len(PARTNERS))]]
    for a, buyers in enumerate(ends):
        for b, sellers in enumerate(ends):
            if a != b:
                block = np.ix_(G, buyers, sellers)
                out[block] *= trade[a, b] / out[block].sum()
    return out


def _room(prior: Array, fixed: Array) -> None:
    """Home sales of what a province exports, where the prior has it make next to none."""
    for p in range(P):
        for g in G:
            sold = prior[g, USA, p]
            if sold > 0 and prior[g, p, p] < (1 - KEPT) / KEPT * sold:
                prior[g, p, p] = (1 - KEPT) / KEPT * sold
