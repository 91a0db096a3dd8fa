"""Readers of the raw tables: each returns plain arrays on our axes, money in C$ bn or US$ bn."""

from __future__ import annotations

import csv
import sys
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from canada_world.names import EU27, LUMPS, PARTNERS, PROVINCES, SAME, WIOD
from surtax import goods

Array = NDArray[np.float64]
HERE = Path(__file__).parent


@cache
def figures() -> dict[str, float]:
    """Single published figures by key; units and sources stand in ``figures.csv``."""
    with (HERE / "figures.csv").open(encoding="utf-8", newline="") as text:
        return {row["key"]: float(row["value"]) for row in csv.DictReader(text)}


def flows_2021(raw: Path) -> tuple[Array, tuple[str, ...]]:
    """(23, n, i) flows of 2021 in C$ bn and the names of their 17 regions, Germany among them.

    StatCan's provincial input-output tables and the OECD's inter-country tables, as joined by
    twedl/qge; columns sector, source, destination, value (thousand C$).
    """
    names = {**{v: k for k, v in PROVINCES.items()}, "Germany": "DEU", "Rest of World": "ROW"}
    names |= {v: k for k, v in PARTNERS.items() if k in SAME[:5]}
    regions = (*PROVINCES, *SAME[:5], "DEU", "ROW")
    return _cube(raw / "qge_canada/canada_2021_partners", regions, names), regions


def _cube(folder: Path, regions: tuple[str, ...], names: dict[str, str]) -> Array:
    sector = {title: k for k, (title, _) in enumerate(LUMPS.values())}
    at = {name: k for k, name in enumerate(regions)}
    out = np.zeros((len(sector), len(regions), len(regions)))
    table = pl.read_parquet(folder / "bilateral_trade.parquet")
    for s, i, n, v in table.select("sector", "source", "destination", "value").iter_rows():
        out[sector[s], at[names[n]], at[names[i]]] = v / 1e6
    return out


def by_region(raw: Path, file: str) -> Array:
    """(23, 16) a table of 2021 by sector and region: the provinces, then USA … GBR, ROW."""
    regions = {v: k for k, v in enumerate((*PROVINCES.values(), *[PARTNERS[c] for c in SAME[:5]]))}
    regions["Rest of World"] = len(regions)
    sector = {title: k for k, (title, _) in enumerate(LUMPS.values())}
    out = np.zeros((len(sector), len(regions)))
    table = pl.read_parquet(raw / "qge_canada/canada_2021_partners" / file)
    for s, n, v in table.select("sector", "region", "value").iter_rows():
        if n in regions:
            out[sector[s], regions[n]] = v
    return out


def canada_inputs(raw: Path) -> Array:
    """(23 input, 23 user) national input coefficients of Canada in 2021 (StatCan)."""
    sector = {title: k for k, (title, _) in enumerate(LUMPS.values())}
    out = np.zeros((len(sector), len(sector)))
    table = pl.read_parquet(raw / "qge_canada/canada_2021/io_matrix.parquet")
    for s, k, v in table.select("source_sector", "dest_sector", "value").iter_rows():
        out[sector[s], sector[k]] = v
    return out


def wiod_2011(raw: Path) -> tuple[Array, list[str], list[str]]:
    """(35, n, i) flows of 2011 in US$ bn, names of the 41 regions and of the industries."""
    with np.load(raw / "wiod2013/wiot_2011.npz") as z:
        regions, industries = z["countries"].tolist(), z["industries"].tolist()
        inter, final = z["Z"], z["F"]
    n, s = len(regions), len(industries)
    used = inter.reshape(n, s, n, s).sum(axis=3, dtype=np.float64)
    bought = final.reshape(n, s, n, -1).sum(axis=3, dtype=np.float64)
    if list(WIOD) != industries:
        raise ValueError("the industries of WIOD are not c1 … c35")
    return np.maximum((used + bought).transpose(1, 2, 0) / 1e3, 0.0), regions, industries


def icio_2020(raw: Path) -> tuple[list[str], list[str], Array, Array, Array]:
    """Countries, industries, va share (45, c), inputs (45, c, 45) and final shares (45, c)."""
    with np.load(raw / "icio2020_structure/icio2020_77x45_structure.npz") as z:
        return (
            z["countries"].tolist(),
            z["sectors"].tolist(),
            z["va_share"],
            z["io_coef"].astype(np.float64),
            z["final_share"],
        )


def provincial_gdp(raw: Path, year: int) -> Array:
    """(10,) GDP at basic prices, C$ bn: at market prices less taxes on products (36-10-0221)."""
    file = raw / "statcan_36100221/36100221_income_gdp_provinces_1981_2023.csv"
    market, taxes = (
        "Gross domestic product at market prices",
        "Taxes less subsidies on products and imports",
    )
    table = pl.read_csv(file, infer_schema=False).filter(pl.col("REF_DATE") == str(year))
    rows = table.filter(pl.col("Estimates").is_in([market, taxes]) & (pl.col("VALUE") != ""))
    value = {(g, e): float(v) for g, e, v in rows.select("GEO", "Estimates", "VALUE").iter_rows()}
    return np.array([value[p, market] - value[p, taxes] for p in PROVINCES.values()]) / 1e3


def sections(raw: Path, year: int, column: str) -> tuple[Array, list[str]]:
    """(12, 10) Canada's trade with the United States by section and province, C$ bn (12-10-0175).

    Columns YEAR, PROVINCE, SECTOR, EXPORT (domestic exports) and IMPORT (by province of
    clearance); the territories are left out.
    """
    table = pl.read_parquet(raw / "statcan_12100175/province_us_trade_monthly_2014_2024.parquet")
    table = (
        table.filter(pl.col("YEAR") == year)
        .group_by("SECTOR", "PROVINCE")
        .agg(pl.col(column).sum())
    )
    names = sorted(table["SECTOR"].unique())
    titles = {v: k for k, v in enumerate(PROVINCES.values())} | {"Québec": 4}
    out = np.zeros((len(names), len(PROVINCES)))
    for s, p, v in table.iter_rows():
        if p in titles:
            out[names.index(s), titles[p]] = v / 1e9
    return out, names


def baci_2023(raw: Path) -> tuple[Array, Array]:
    """(10, 10) goods trade of 2023 [destination, origin] in US$ bn, and (10,) GDP of 2023.

    Canada first, then our nine partners. The GDP file is in the order of the labels.
    """
    folder = raw / "baci2023_aggregate"
    labels = pl.read_csv(folder / "country_labels.csv")["iso3"].to_list()
    trade = pl.read_csv(folder / "trade_cepii.csv", null_values="").fill_null(0.0).fill_nan(0.0)
    gdp = pl.read_csv(folder / "gdp.csv")["gdp"].to_numpy() / 1e9
    group = np.array([_place(c) for c in labels])
    cube = trade.to_numpy() / 1e6
    out, level = np.zeros((10, 10)), np.zeros(10)
    np.add.at(out, (group[None, :].repeat(194, 0), group[:, None].repeat(194, 1)), cube)
    np.add.at(level, group, gdp)
    return out, level


def _place(code: str) -> int:
    order = ("CAN", *PARTNERS)
    if code in EU27:
        return order.index("EU27")
    return order.index(code) if code in order else order.index("ROW")


def metals_to_canada(raw: Path) -> dict[str, float]:
    """United States exports of steel and aluminium to Canada 2024, C$ bn, by our sector.

    The subheadings of Canada's lists of March 2025, which hold all of both metals' headings.
    """
    sys.path.insert(0, str(HERE.parent))
    from build_flows import exports_to_canada as read

    out = {"STL": 0.0, "ALU": 0.0}
    for code, value in read(raw / "tariff_lists").iter_rows():
        if (sector := goods.sector_of(code)) in out:
            out[sector] += value * figures()["fx_2024"] / 1e9
    return out


def us_imports(raw: Path) -> pl.DataFrame:
    """United States imports for consumption 2024: hs10, place, value_usd, duty_usd, sector."""
    sys.path.insert(0, str(HERE.parent))
    from build_flows import us_imports as read

    census = raw / "us_imports_2024"
    frame = read(
        census / "hs10_country_parquet", census / "import_weights_hs10_country_2024.parquet"
    )
    codes = frame["hs10"].unique().sort()
    table = pl.DataFrame({"hs10": codes, "sector": goods.sectors_of(codes.to_list())})
    return frame.join(table, on="hs10", how="left")
