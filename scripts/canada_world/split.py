"""From the source's 23 sectors to our 34: who makes and who buys what within each."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from canada_world import base
from canada_world.bilateral import UsTrade
from canada_world.names import (
    CANADA,
    GOODS,
    LUMP_NAMES,
    LUMPS,
    PROVINCES,
    REGIONS,
    SECTORS,
    WIOD,
    P,
)
from canada_world.raw import Array, figures

S, N = len(SECTORS), len(REGIONS)
POTASH = {"SK": 0.75, "USA": 0.01, "CHN": 0.015, "EU27": 0.06, "ROW": 0.03}
"""Assumed share of potash in the output of minerals other than oil and gas; elsewhere none."""
LUMBER = {"BC": 0.535, "QC": 0.201, "AB": 0.150, "ON": 0.070, "NB": 0.035, "NS": 0.009}
"""Softwood lumber made by province: Statistics Canada 2012 for BC, QC and AB, the rest assumed."""
ALUMINIUM = {"QC": 0.85, "BC": 0.08, "ON": 0.07}
"""Aluminium by province, assumed: eight of nine smelters are in Quebec, one in British Columbia."""
REFINING = {"NB": 0.17, "QC": 0.21, "ON": 0.20, "AB": 0.29, "SK": 0.08, "BC": 0.04, "NL": 0.01}
"""Refined petroleum by province, assumed from where the refineries stand."""
POTASH_AT_HOME = 0.05
"""Weight of potash in sales within Canada: about 95 % of it is exported (assumed)."""
WIOD_LUMPS = ("WPP", "PCH", "MMC")
"""Sectors whose split between pairs of countries WIOD's industries give."""


def makers(us: UsTrade, flows: Array, needs: Array) -> Array:
    """(34, 19) composition of what each region makes, within each of the 23 sectors.

    Partners: what the United States buys from them (Census Bureau, 2024), half and half in logs
    with what their own demand requires; the United States by the latter alone. Provinces: as
    Canada, with the stated figures on minerals, potash, lumber and aluminium.
    """
    sold = np.zeros((S, N))
    goods = [SECTORS.index(g) for g in GOODS]
    sold[goods, P:] = us.imports[:, 1:]
    sold[goods, CANADA] = us.imports[:, :1]
    out = np.zeros((S, N))
    for _, (_, kids) in LUMPS.items():
        k = [SECTORS.index(c) for c in kids]
        both = np.sqrt(_shares(sold[k] + 1e-6) * _shares(needs[k]))
        both[:, REGIONS.index("USA")] = needs[k][:, REGIONS.index("USA")]
        out[k] = _shares(both)
    _minerals(out, flows)
    _within(out, ("LUM", "WOD"), "LUM", LUMBER, np.ones(P))
    metals, fuels = ("STL", "ALU", "MET"), ("PET", "CHM")
    for lump, group, name, stated in (
        ("MMC", metals, "ALU", ALUMINIUM),
        ("PCH", fuels, "PET", REFINING),
    ):
        output = flows[LUMP_NAMES.index(lump)].sum(axis=0)[CANADA]
        _within(out, group, name, stated, output)
    return out


def learned(made: Array, exports: Array) -> Array:
    """The same with the provinces' make of wood, metals, machines and vehicles as they export it.

    ``exports`` (goods, 10) by province to the United States. Vehicles and aircraft are made as
    exported; wood, paper, metals and machines half and half in logs.
    """
    out = made.copy()
    sold = np.zeros((S, P))
    sold[[SECTORS.index(g) for g in GOODS]] = exports
    for name, power in (("TRE", 1.0), ("WPP", 0.5), ("MMC", 0.5)):
        k = [SECTORS.index(c) for c in LUMPS[name][1]]
        mixed = made[k][:, CANADA] ** (1 - power) * _shares(sold[k] + 1e-6) ** power
        out[k, CANADA] = _shares(mixed)
    return out


def _minerals(out: Array, flows: Array) -> None:
    """Oil and gas against other minerals in the provinces, and potash everywhere.

    Minerals other than oil and gas: production of 2018 by province, times the ratio of mining
    output 2021 to it in Quebec and Ontario, which have next to no oil and gas.
    """
    oil, potash, other = (SECTORS.index(s) for s in ("OIL", "POT", "MIN"))
    output = flows[LUMP_NAMES.index("MIN")].sum(axis=0)[CANADA]
    value = np.array([figures()[f"minerals_2018_{p}"] for p in PROVINCES])
    both = [list(PROVINCES).index(p) for p in ("QC", "ON")]
    ratio = output[both].sum() / value[both].sum()
    share = np.minimum(0.985, value * ratio / np.maximum(output, 1e-9))
    out[oil, CANADA], out[other, CANADA], out[potash, CANADA] = 1.0 - share, share, 0.0
    for n, name in enumerate(REGIONS):
        minerals = out[other, n] + out[potash, n]
        out[potash, n] = minerals * POTASH.get(name, 0.0)
        out[other, n] = minerals - out[potash, n]


def _within(
    out: Array, group: tuple[str, ...], name: str, by_province: dict[str, float], size: Array
) -> None:
    """Give one sector of a group its stated distribution over the provinces."""
    k, s = [SECTORS.index(g) for g in group], SECTORS.index(name)
    stated = np.array([by_province.get(p, 0.002) for p in PROVINCES])
    national = out[s, 0] / out[k, 0].sum()
    share = np.minimum(0.9, national * stated / stated.sum() * size.sum() / np.maximum(size, 1e-9))
    if name == "LUM":
        share = np.clip(national * stated / stated.mean(), 0.02, 0.85)
    group_total = out[k, CANADA].sum(axis=0)
    rest = [x for x in k if x != s]
    old = out[rest, CANADA]
    out[s, CANADA] = group_total * share
    out[rest, CANADA] = old / old.sum(axis=0) * group_total * (1 - share)


def split(path: Path, flows: Array, made: Array, needs: Array) -> Array:
    """(34, 19, 19) flows, each of the 23 sectors adding to what it was."""
    grown, order, industries = base.wiod_by_group(path)
    union, germany = order.index("EU27"), order.index("DEU")
    grown[:, union] += grown[:, germany]
    grown[:, :, union] += grown[:, :, germany]
    place = [order.index("CAN" if n < P else r) for n, r in enumerate(REGIONS)]
    out = np.zeros((S, N, N))
    for row, (name, (_, kids)) in enumerate(LUMPS.items()):
        k = [SECTORS.index(c) for c in kids]
        weight = np.sqrt(made[k][:, None, :] * _shares(needs[k])[:, :, None])
        if name in WIOD_LUMPS:
            weight = _as_wiod(weight, kids, grown, place, industries, made[k])
        if "POT" in kids:
            weight[kids.index("POT"), CANADA, CANADA] *= POTASH_AT_HOME
        total = weight.sum(axis=0)
        out[k] = flows[row] * np.divide(weight, total, out=np.zeros_like(weight), where=total > 0)
    return out


def _as_wiod(
    weight: Array, kids: tuple[str, ...], grown: Array, place: list[int], names: list[str],
    made: Array,
) -> Array:  # fmt: skip
    """Weights rescaled so that the industries of WIOD have their shares in every pair abroad.

    From a province they are further multiplied by the province's make over Canada's; between
    provinces, what each makes decides.
    """
    out = weight.copy()
    groups: dict[tuple[str, ...], list[int]] = {}
    for c, held in WIOD.items():
        mine = tuple(x for x in held.split() if x in kids)
        if mine:
            groups.setdefault(mine, []).append(names.index(c))
    canada = made[:, :P].mean(axis=1)
    for mine, rows in groups.items():
        k = [kids.index(x) for x in mine]
        pair = grown[rows].sum(axis=0)[np.ix_(place, place)] + 1e-6
        inner = weight[k].sum(axis=0)
        factor = pair / np.maximum(inner, 1e-12)
        special = made[k].sum(axis=0) / canada[k].sum()
        factor[P:, :P] *= special[None, :P]
        factor[:P, :P] = 1.0
        out[k] *= factor
    out[:, :P, :P] = np.sqrt(made[:, None, :P] * weight[:, :P, :P])
    return out


def _shares(table: Array) -> Array:
    total = table.sum(axis=0, keepdims=True)
    return np.divide(table, total, out=np.full_like(table, 1 / len(table)), where=total > 0)
