"""What the world is against what is published, and what of it is data: two tables of the pack."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl

from canada_world import raw
from canada_world.names import (
    CANADA,
    GOODS,
    LUMP_OF,
    LUMPS,
    PARTNERS,
    PROVINCES,
    REGIONS,
    SECTORS,
    P,
)
from canada_world.pack import Made
from canada_world.raw import Array, figures
from canada_world.sections import (
    AIRCRAFT,
    CHEMICAL,
    CONSUMER,
    ELECTRIC,
    ENERGY,
    FARM,
    FOREST,
    MACHINES,
    METAL,
    ORES,
    SECTIONS,
    VEHICLES,
)
from canada_world.trade import USA, G, Trade

GROUPS = {
    (FARM, CONSUMER): ("AGR", "FOD", "TEX", "OMF"),
    (ENERGY,): ("OIL", "PET", "UTL"),
    (ORES,): ("POT", "MIN"),
    (METAL,): ("NMM", "STL", "ALU", "MET"),
    (CHEMICAL,): ("CHM",),
    (FOREST,): ("LUM", "WOD", "PAP"),
    (MACHINES, ELECTRIC): ("MAC", "ELC"),
    (VEHICLES,): ("MTV", "PRT"),
    (AIRCRAFT,): ("OTE",),
}
"""Sections of the published table, and the sectors that make most of their goods."""
SMALL = 1.0
"""C$ bn below which a province's exports of a section are not listed."""
LARGE = 0.10
"""Gap that needs an explanation."""

HOME = "provincial tables 2021, grown"
FAR = "inter-country tables 2021, WIOD 2011"
SOLD = "published 2024 by section and province"
BOUGHT = "published 2024 by section; province of use as in 2021"

Row = tuple[str, str, float, float, str]


def gaps(path: Path, made: Made) -> pl.DataFrame:
    """Official figure, the world's, and the gap, C$ bn, with the reason of every large gap.

    Raises:
        ValueError: a gap above 10 % that nothing explains.
    """
    t = made.trade
    rows = [
        *_income(path, t),
        *_exports(t),
        *_industries(t),
        *_imports(t),
        *_us_imports(t),
        *_balances(made),
        *_partners(path, t),
        *_duties(made),
    ]
    out = []
    for what, where, official, world, why in rows:
        gap = world / official - 1.0
        if abs(gap) > LARGE and not why:
            raise ValueError(f"{what}, {where}: the gap of {gap:.0%} is not explained")
        out.append((what, where, *(round(x, 3) for x in (official, world, gap)), why))
    names = ["what", "where", "official", "world", "gap", "why"]
    return pl.DataFrame(out, schema=names, orient="row")


def _income(path: Path, t: Trade) -> Iterator[Row]:
    value = (t.structure.value_added * t.flows.sum(axis=1)).sum(axis=0)
    for p, official in enumerate(raw.provincial_gdp(path, 2023)):
        yield "GDP at basic prices 2023", REGIONS[p], official, value[p], ""
    gdp = raw.baci_2023(path)[1][1:] * figures()["fx_2023"]
    why = (
        "value added at basic prices against GDP at market prices: taxes less subsidies on products"
    )
    for k, name in enumerate(PARTNERS):
        gap = abs(value[P + k] / gdp[k] - 1) > LARGE
        yield "GDP at market prices 2023", name, gdp[k], value[P + k], why if gap else ""


def _exports(t: Trade) -> Iterator[Row]:
    """Exports to the United States by province and product, on a customs basis."""
    world = t.flows[G][:, USA, CANADA] / t.ratios["out"]
    cube = t.exports
    what = "exports of goods to the United States 2024"
    yield what, "Canada", cube.sum(), world.sum(), ""
    for p, name in enumerate(PROVINCES):
        yield what, name, cube[:, :, p].sum(), world[:, p].sum(), ""
    for sections, sectors in GROUPS.items():
        k, s = [SECTIONS.index(x) for x in sections], [GOODS.index(x) for x in sectors]
        for p, name in [(None, "Canada"), *enumerate(PROVINCES)]:
            part = cube if p is None else cube[:, :, [p]]
            official = part[k].sum()
            if official >= SMALL:
                made = world[s].sum() if p is None else world[s, p].sum()
                label = f"{what}: {' and '.join(sections)} against {' '.join(sectors)}"
                yield label, name, official, made, _overlap(part.sum(axis=2), k, s, made / official)


def _industries(t: Trade) -> Iterator[Row]:
    """The same by industry for Canada, against the importer's records."""
    world = t.flows[G][:, USA, CANADA].sum(axis=1) / t.ratios["out"]
    why = (
        "the importer's records against the exporter's, whose sections decide: they add goods of "
        "no industry and leave out foreign goods"
    )
    for k, sector in enumerate(GOODS):
        official = t.us.imports[k, 0]
        gap = abs(world[k] / official - 1) > LARGE
        what = f"exports of goods to the United States 2024 by industry: {sector}"
        yield what, "Canada", official, world[k], why if gap else ""


def _imports(t: Trade) -> Iterator[Row]:
    world = t.flows[G][:, CANADA, USA].sum(axis=1) / t.ratios["into"]
    what = "imports of goods from the United States 2024"
    yield what, "Canada", t.bought.sum(), world.sum(), ""
    for sections, sectors in GROUPS.items():
        k, s = [SECTIONS.index(x) for x in sections], [GOODS.index(x) for x in sectors]
        official, made = t.bought[k].sum(), world[s].sum()
        label = f"{what}: {' and '.join(sections)} against {' '.join(sectors)}"
        yield label, "Canada", official, made, _overlap(t.bought, k, s, made / official)


def _overlap(table: Array, k: list[int], s: list[int], ratio: float) -> str:
    """What a section holds beyond our sectors, and they beyond it: the whole of the gap."""
    if abs(ratio - 1) <= LARGE:
        return ""
    other = [x for x in range(len(GOODS)) if x not in s]
    out = [x for x in range(len(SECTIONS)) if x not in k]
    missing, extra = table[k][:, other].sum(axis=0), table[out][:, s].sum(axis=0)
    parts = []
    if missing.sum() > 0.005:
        most = [f"{GOODS[other[x]]} {missing[x]:.2f}" for x in np.argsort(-missing)[:2]]
        parts.append(f"the section also holds {' and '.join(most)}")
    if extra.sum() > 0.005:
        most = [f"{GOODS[s[x]]} {extra[x]:.2f}" for x in np.argsort(-extra)[: min(2, len(s))]]
        parts.append(f"other sections hold {' and '.join(most)}")
    return "published by section, ours by industry: " + "; ".join(parts)


def _us_imports(t: Trade) -> Iterator[Row]:
    world = t.flows[G][:, USA, P:].sum(axis=0) / t.ratios["far"]
    for k, name in enumerate(PARTNERS):
        if k:
            official = t.us.imports[:, 1 + k].sum()
            yield "imports of the United States 2024 (customs)", name, official, world[k], ""


def _balances(made: Made) -> Iterator[Row]:
    f, x = figures(), made.trade.flows
    balance = x.sum(axis=(0, 1)) - x.sum(axis=(0, 2))
    what = "balance of goods and services"
    fx = {
        name: f["fx_2024" if name in ("CAN", "USA") else "fx_2023"] for name in ("CAN", *PARTNERS)
    }
    yield what, "Canada", f["balance_CAN"] * fx["CAN"], balance[CANADA].sum(), ""
    for k, name in enumerate(PARTNERS):
        if name != "ROW":
            yield what, name, f[f"balance_{name}"] * fx[name], balance[P + k], ""
    why = (
        "2022 had the highest oil price; the world takes the mean of 2021 and 2022 as shares of "
        "value added, shifted alike to Canada's official balance of 2024"
    )
    for p, name in enumerate(PROVINCES):
        official = -f[f"deficit_2022_{name}"]
        yield f"{what}, province, against 2022", name, official, balance[p], why


def _partners(path: Path, t: Trade) -> Iterator[Row]:
    trade = raw.baci_2023(path)[0] * figures()["fx_2023"]
    why = {
        "USA": "Statistics Canada's figures of 2024 decide for this pair",
        "": "BACI is the prior; official balances, which goods and services share, move it",
    }
    for k, name in enumerate(PARTNERS):
        sold = t.flows[G][:, P + k, CANADA].sum() / t.ratios["out"]
        bought = t.flows[G][:, CANADA, P + k].sum() / t.ratios["into"]
        reason = why.get(name, why[""])
        for what, official, world in (
            ("Canada's exports of goods (BACI 2023)", trade[1 + k, 0], sold),
            ("Canada's imports of goods (BACI 2023)", trade[0, 1 + k], bought),
        ):
            yield what, name, official, world, reason if abs(world / official - 1) > LARGE else ""


def _duties(made: Made) -> Iterator[Row]:
    f, x = figures(), made.trade.flows
    paid = (made.tariffs * x).sum(axis=(0, 2))
    why = (
        "goods without a duty figure in the source (partners without a file of their own) are "
        "charged as the others; lines of no industry are left out"
    )
    official, world = made.trade.us.duty.sum(), paid[USA]
    yield "duties of the United States 2024", "USA", official, world, why
    yield "duties of Canada 2024", "Canada", f["canada_duties"], paid[CANADA].sum(), ""


def blocks(made: Made) -> pl.DataFrame:
    """Each block: its value, the share of it in sectors split from wider ones, what moved it."""
    t = made.trade
    home, abroad = list(range(P)), list(range(P, len(REGIONS)))
    far = [n for n in abroad if n != USA]
    services = [k for k in range(len(SECTORS)) if k not in G]
    whole = [len(LUMPS[LUMP_OF[s]][1]) == 1 for s in SECTORS]
    same = np.eye(len(REGIONS), dtype=bool)
    every = list(range(len(SECTORS)))
    parts = (
        ("within each province", every, home, home, same, HOME),
        ("between provinces", every, home, home, ~same, HOME),
        ("goods, Canada to the United States", G, [USA], home, None, SOLD),
        ("goods, the United States to Canada", G, home, [USA], None, BOUGHT),
        ("goods, Canada to others", G, far, home, None, f"{HOME}, BACI 2023"),
        ("goods, others to Canada", G, home, far, None, f"{HOME}, BACI 2023"),
        ("services, Canada to others", services, abroad, home, None, HOME),
        ("services, others to Canada", services, home, abroad, None, HOME),
        ("goods, others to the United States", G, [USA], far, None, "Census Bureau 2024"),
        ("goods between other pairs", G, abroad, abroad, ~same, f"{FAR}, BACI 2023"),
        ("services between other pairs", services, abroad, abroad, ~same, FAR),
        ("within each partner", every, abroad, abroad, same, f"{FAR}, GDP 2023"),
    )
    rows = []
    for name, s, n, i, mask, source in parts:
        block = np.ix_(s, n, i)
        old, new = t.prior[block], t.flows[block]
        if mask is not None:
            keep = mask[np.ix_(n, i)][None] & np.ones_like(old, dtype=bool)
            if name == "goods between other pairs":
                keep &= ~(np.array(n)[None, :, None] == USA)
            old, new = np.where(keep, old, 0.0), np.where(keep, new, 0.0)
        cut = new[[k for k, x in enumerate(s) if not whole[x]]].sum() / new.sum()
        moved = 0.5 * np.abs(new - old).sum() / old.sum()
        rows.append((f"flows: {name}", source, new.sum(), cut, moved))
    for name, regions in (("provinces", home), ("partners", abroad)):
        prior = np.concatenate([made.use_prior, made.final_prior.T[:, :, None]], axis=2)[regions]
        new = np.concatenate([made.use.use, made.use.final.T[:, :, None]], axis=2)[regions]
        moved = 0.5 * np.abs(new - prior).sum() / prior.sum()
        cut = new[:, [not w for w in whole]].sum() / new.sum()
        source = (
            "OECD Canada 2020 scaled to provincial tables 2021"
            if name == "provinces"
            else "OECD coefficients 2020"
        )
        rows.append((f"use: {name}", source, new.sum(), cut, moved))
    out = [(a, b, round(v, 1), round(c, 3), round(m, 4)) for a, b, v, c, m in rows]
    columns = ["block", "source", "value", "split", "moved"]
    return pl.DataFrame(out, schema=columns, orient="row")
