"""Canada's trade with the United States in 2024 and all other imports of the United States.

Official margins decide: exports by province × section and imports by section (Statistics Canada,
table 12-10-0175), United States imports by ten-digit code and country (Census Bureau). What is
published by section goes to our sectors by the composition of the Census Bureau's records.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from canada_world import raw
from canada_world.names import CENSUS, GOODS, PARTNERS, PROVINCES
from canada_world.raw import Array, figures
from canada_world.sections import SECTIONS, section_of

NO_CARS = ("NL", "PE", "NS", "NB")
"""Provinces taken to have no vehicle plant: what Nova Scotia sells in that section are tyres."""


@dataclass(frozen=True, eq=False)
class UsTrade:
    """Customs values of 2024 in C$ bn on our goods sectors, and duties.

    Attributes:
        imports: (goods, 10) of the United States from Canada (first) and the nine partners.
        duty: (goods, 10) calculated duty on them where the source gives it.
        dutiable: (goods, 10) value on which the source gives a duty, be it zero.
        unspecified: (10,) value of lines of no industry (chapters 98 and 99, art).
        structure: (sections, goods) imports from Canada, customs value, C$ bn.
        world: (sections, goods) the same from every country.
    """

    imports: Array
    duty: Array
    dutiable: Array
    unspecified: Array
    structure: Array
    world: Array


def census(path: Path) -> UsTrade:
    """The imports of the United States on our axes."""
    frame = raw.us_imports(path)
    order = ["CAN", *PARTNERS]
    codes = frame["hs10"].unique()
    found = pl.DataFrame({"hs10": codes, "section": [section_of(c) for c in codes]})
    frame = frame.join(found, on="hs10").with_columns(
        region=pl.col("place").replace_strict({"CA": "CAN", **CENSUS}, default="ROW"),
        known=pl.when(pl.col("duty_usd").is_not_null()).then("value_usd").otherwise(0),
    )
    fx = figures()["fx_2024"] / 1e9

    def table(column: str, rows: str, names: tuple[str, ...], by: str, ends: list[str]) -> Array:
        out = np.zeros((len(names), len(ends)))
        added = frame.group_by(rows, by).agg(pl.col(column).sum())
        for a, b, v in added.iter_rows():
            if a in names and b in ends:
                out[names.index(a), ends.index(b)] = (v or 0) * fx
        return out

    imports, duty, known = (
        table(c, "sector", GOODS, "region", order) for c in ("value_usd", "duty_usd", "known")
    )
    unspecified = table("value_usd", "sector", ("UNS",), "region", order)[0]
    world = table("value_usd", "section", SECTIONS, "sector", list(GOODS))
    frame = frame.filter(pl.col("region") == "CAN")
    structure = table("value_usd", "section", SECTIONS, "sector", list(GOODS))
    return UsTrade(imports, duty, known, unspecified, structure, world)


def exports_by_province(path: Path, year: int, us: UsTrade, prior: Array) -> tuple[Array, Array]:
    """Canada's exports to the United States by section, sector and province, customs value.

    Three-way fitting: section × province as published, section × sector by the composition of the
    Census Bureau's records of 2024, ``prior`` (goods, 10) for who makes what.

    Returns:
        (sections, goods, 10) exports, and (sections, 10) what was published.
    """
    published = _ordered(*raw.sections(path, year, "EXPORT"))
    prior = prior.copy()
    rare = [list(PROVINCES).index(p) for p in NO_CARS]
    prior[np.ix_([GOODS.index("MTV"), GOODS.index("PRT")], rare)] *= 1e-4
    mixed = us.structure / us.structure.sum(axis=1, keepdims=True)
    cube = mixed[:, :, None] * prior[None] + 1e-12 * (mixed[:, :, None] > 0)
    want = published.sum(axis=1)[:, None] * mixed
    for _ in range(2000):
        cube *= _ratio(want, cube.sum(axis=2))[:, :, None]
        cube *= _ratio(published, cube.sum(axis=1))[:, None, :]
        if np.abs(cube.sum(axis=2) - want).max() < 1e-10:
            break
    return cube, published


def imports_by_sector(path: Path, us: UsTrade, prior: Array) -> tuple[Array, Array]:
    """(sections, goods) Canada's imports from the United States, customs value, and by section.

    ``prior`` (goods,), of 2021, is scaled to the total of 2024, with steel and aluminium at what
    the United States records as exported, within all metals. It is spread over sections as United
    States imports from all countries are, and each section is scaled to what is published.
    """
    published = _ordered(*raw.sections(path, 2024, "IMPORT")).sum(axis=1)
    prior = prior * published.sum() / prior.sum()
    other = GOODS.index("MET")
    for sector, value in raw.metals_to_canada(path).items():
        prior[other] += prior[GOODS.index(sector)] - value
        prior[GOODS.index(sector)] = value
    share = us.world / us.world.sum(axis=0, keepdims=True)
    table = share * prior[None]
    table *= _ratio(published, table.sum(axis=1))[:, None]
    return table, published


def _ordered(table: Array, names: list[str]) -> Array:
    return np.stack([table[names.index(s)] for s in SECTIONS])


def _ratio(want: Array, have: Array) -> Array:
    return np.divide(want, have, out=np.zeros_like(want), where=have > 0)
