"""Production and spending: value-added shares, inputs and final demand by region and sector.

Partners: the OECD's table of 2020 (45 industries), whose coefficients count inputs from all
origins; output within a region is weighted by what its demand requires, y = (I − G)⁻¹ α. The
provinces: Statistics Canada's shares of value added and inputs of 2021 by the 23 sectors, within
them the OECD's Canada and, where published, Statistics Canada's value-added shares of 2022 by
province; final spending as in the OECD's Canada, times a province's consumption over Canada's
(the provincial source counts no investment).
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from canada_world import raw
from canada_world.names import (
    EU27,
    ICIO,
    LUMP_NAMES,
    LUMP_OF,
    PARTNERS,
    PROVINCES,
    SECTORS,
    P,
)
from canada_world.raw import Array

S = len(SECTORS)

# Who uses a sector more than others of its group: multiples of the group's mix, by user. An
# assumption on technology; the fit to expenditure decides how much there is of each.
USERS = {
    "POT": ({"AGR": 8.0, "CHM": 8.0}, 0.05),
    "LUM": ({"CON": 3.0, "WOD": 3.0, "LUM": 1.0, "OMF": 2.0, "PAP": 1.5}, 0.2),
    "PRT": ({"MTV": 5.0, "PRT": 4.0, "TRD": 2.0, "TRN": 2.0}, 0.4),
    "MTV": ({"MTV": 0.2, "PRT": 0.1}, 1.5),
}


@dataclass(frozen=True, eq=False)
class Structure:
    """Priors by region, to be fitted.

    Attributes:
        value_added: (34, 19) share of output.
        inputs: (19, 34, 34) value of input s per output of user k.
        final: (34, 19) share of final spending.
    """

    value_added: Array
    inputs: Array
    final: Array


def industries(path: Path) -> tuple[Array, Array, Array, Array]:
    """ICIO on (CAN + nine partners): output y (45, 10), va, uses U (45, 45, 10), final (45, 10)."""
    countries, names, va, inputs, final = raw.icio_2020(path)
    if list(ICIO) != names:
        raise ValueError("the industries of the OECD's table are not the 45 expected")
    level = dict(zip(*_levels(path), strict=True))
    order = ["CAN", *PARTNERS]
    y, v = np.zeros((45, 10)), np.zeros((45, 10))
    used, bought = np.zeros((45, 45, 10)), np.zeros((45, 10))
    for c, code in enumerate(countries):
        group = "EU27" if code in EU27 else code
        g = order.index(group if group in order else "ROW")
        need = np.linalg.solve(np.eye(45) - inputs[:, c], final[:, c])
        weight = level.get(code, level["other"]) / float((need * va[:, c]).sum())
        y[:, g] += need * weight
        v[:, g] += need * weight * va[:, c]
        used[:, :, g] += inputs[:, c] * need * weight
        bought[:, g] += final[:, c] * weight
    return y, np.divide(v, y, out=np.full_like(v, 0.4), where=y > 0), used, bought


def _levels(path: Path) -> tuple[list[str], list[float]]:
    import polars as pl

    folder = path / "baci2023_aggregate"
    codes = pl.read_csv(folder / "country_labels.csv")["iso3"].to_list()
    gdp = pl.read_csv(folder / "gdp.csv")["gdp"].to_list()
    countries = raw.icio_2020(path)[0]
    rest = sum(v for c, v in zip(codes, gdp, strict=True) if c not in countries)
    return [*codes, "other"], [*gdp, rest]


def children(code: str) -> tuple[str, ...]:
    """Our sectors that an industry of the OECD's table holds."""
    return tuple(ICIO[code].split())


def needed(path: Path, mix: Array) -> Array:
    """(34, 19) what demand requires, by region, split within industries by ``mix`` (34,)."""
    y = industries(path)[0]
    out = np.zeros((S, 10))
    for row, code in enumerate(ICIO):
        kids = [SECTORS.index(c) for c in children(code)]
        out[kids] += mix[kids][:, None] / mix[kids].sum() * y[row]
    return _spread(out / out.sum(axis=0))


def _spread(table: Array) -> Array:
    """(…, 10) of Canada and partners to (…, 19), every province like Canada."""
    return np.concatenate([np.repeat(table[..., :1], P, axis=-1), table[..., 1:]], axis=-1)


def _countries(table: Array) -> Array:
    """(…, 19) to (…, 10): Canada, the sum of its provinces, and the partners."""
    return np.concatenate([table[..., :P].sum(axis=-1, keepdims=True), table[..., P:]], axis=-1)


def build(path: Path, absorbed: Array, output: Array) -> Structure:
    """Priors for sectors absorbed (34, 19) and produced (34, 19) in C$ bn."""
    y, va45, used45, final45 = industries(path)
    total, made = _countries(absorbed) + 1e-9, _countries(output) + 1e-9
    rows = np.zeros((S, 45, 10))
    columns = np.zeros((S, 45, 10))
    for r, code in enumerate(ICIO):
        kids = [SECTORS.index(c) for c in children(code)]
        rows[kids, r] = total[kids] / total[kids].sum(axis=0)
        columns[kids, r] = made[kids] / made[kids].sum(axis=0)
    used = np.einsum("srg,rcg,kcg->skg", rows, used45, columns)
    output10 = np.einsum("krg,rg->kg", columns, y)
    value = np.einsum("krg,rg->kg", columns, y * va45)
    final = np.einsum("srg,rg->sg", rows, final45)
    for name, (multiples, other) in USERS.items():
        s = SECTORS.index(name)
        used[s] *= np.array([multiples.get(k, other) for k in SECTORS])[:, None]
        if name in ("POT", "PRT"):
            final[s] *= 0.05 if name == "POT" else 0.3
    inputs = (used / np.maximum(output10, 1e-12)).transpose(2, 0, 1)
    va = value / np.maximum(output10, 1e-12)
    va19, inputs19 = _spread(va), inputs[[0] * P + list(range(1, 10))]
    final19 = _spread(final / final.sum(axis=0))
    return _provinces(path, Structure(va19, inputs19, final19), output)


def _provinces(path: Path, s: Structure, output: Array) -> Structure:
    """The provinces' shares scaled to Statistics Canada's, lump by lump."""
    lump = np.array([LUMP_NAMES.index(LUMP_OF[k]) for k in SECTORS])
    L = len(LUMP_NAMES)
    va, inputs, final = s.value_added.copy(), s.inputs.copy(), s.final.copy()
    given = raw.by_region(path, "value_added_share.parquet")
    spent = raw.by_region(path, "final_demand_share.parquet")
    wanted = raw.canada_inputs(path)
    for name, p, share in _published_shares(path):
        va[SECTORS.index(name), p] = share
    weight = output[:, :P] + 1e-9
    member = (lump[None] == np.arange(L)[:, None]).astype(float)
    made = member @ (va[:, :P] * weight) / (member @ weight)
    va[:, :P] *= (given[:, :P] / made)[lump]
    va[:, :P] = np.clip(va[:, :P], 0.02, 0.97)
    canada = spent[:, :P] @ output[:, :P].sum(axis=0) / output[:, :P].sum()
    special = spent[:, :P] / canada[:, None]
    special[LUMP_NAMES.index("CON")] = 1.0
    final[:, :P] *= np.clip(special, 0.5, 2.0)[lump]
    final[:, :P] /= final[:, :P].sum(axis=0)
    national = weight.sum(axis=1)
    value = member @ (inputs[0] * national) @ member.T / (member @ national)
    cost = 1 - member @ (va[:, :P] * weight).sum(axis=1) / (member @ national)
    scale = np.divide(wanted * cost, value, out=np.ones_like(value), where=value > 1e-12)
    inputs[:P] *= scale[np.ix_(lump, lump)][None]
    return Structure(va, inputs, final)


def _published_shares(path: Path) -> list[tuple[str, int, float]]:
    """Value-added shares of 2022 by sector and province (Statistics Canada, 15-602-X)."""
    names = {
        "OIL (ISIC 05-06)": ("OIL",),
        "MIN (ISIC 07-08)": ("MIN", "POT"),
        "WOD": ("WOD", "LUM"),
        "MET basic metals": ("STL", "ALU"),
        "MTV": ("MTV", "PRT"),
    }
    with (path / "internal_trade_benchmarks/ipt_phi_2022_selected.csv").open() as text:
        return [
            (sector, p, float(row[province]))
            for row in csv.DictReader(text)
            for sector in names.get(row["sector"], (row["sector"],))
            for p, province in enumerate(PROVINCES)
        ]
