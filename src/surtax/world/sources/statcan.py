"""Numbers of Statistics Canada that a world of provinces is checked against or brought to.

Two full-table downloads, zip or CSV, English or French (`surtax.trade.sources.fulltable`):

    36-10-0221-01  value added of each province at basic prices: gross domestic product at market
                   prices less taxes less subsidies on products
    12-10-0175-01  goods that each province sells to the United States (domestic exports), and that
                   all of them buy there, since imports are counted where they are cleared

Goods at customs value become goods at basic prices by the world's ratio of the pair. Special
transactions belong to no industry and are left out, territories to no region. Sections of products
are not industries, so goods are taken together.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from surtax.errors import DataError, InputError
from surtax.trade.sources.fulltable import place_of, plain, read_full_table, titles_of
from surtax.trade.sources.statcan import read_statcan
from surtax.trade.sources.tables import check, once
from surtax.world.barriers import PROVINCES
from surtax.world.targets import Target
from surtax.world.world import World

if TYPE_CHECKING:
    import polars as pl

MARKET, TAXES = "GDP at market prices", "taxes less subsidies on products"
UNITED_STATES, CANADA = "USA", "CAN"
SPECIAL = "special"
MEND = "Tables 36-10-0221-01 and 12-10-0175-01 are; give other numbers as a CSV of targets."


def is_table(path: Path) -> bool:
    """Whether a file is a full-table download.

    Raises:
        DataError: no file, or one that is no table.
    """
    return path.suffix.lower() == ".zip" or plain(titles_of(path)[0]) in (
        "ref_date", "periode de reference",
    )  # fmt: skip


def targets_of(path: Path, world: World, year: int | None = None) -> list[Target]:
    """The numbers of a table for a world's provinces, in its currency.

    Args:
        path: the zip or the CSV.
        world: a world in C$ whose regions carry the provinces' two letters.
        year: which year; the newest that is whole unless given.

    Raises:
        DataError: another table, or as its reader.
        InputError: a world in other money or without a ratio that is needed, or a year that the
            table does not have.
    """
    if not world.currency.startswith("C$"):
        raise InputError(
            f"the table is in C$, the world in {world.currency}.",
            where=f"world {world.name}", mend="Give the numbers as a CSV of targets in its money.",
        )  # fmt: skip
    titles = [plain(t) for t in titles_of(path)]
    if any(t.startswith("estimat") for t in titles):
        return _value_added(path, world, year)
    if any(t.startswith(("trade", "commerce")) for t in titles):
        return _trade(path, world, year)
    raise DataError("this is no table whose numbers are known.", where=str(path), mend=MEND)


def _item(title: str) -> str:
    """MARKET, TAXES or neither, by the title of an estimate in either language."""
    word = plain(title)
    if word.startswith(("gross domestic product at market", "produit interieur brut aux prix du")):
        return MARKET
    taxes = word.startswith(("taxes less subsidies on products", "impots moins"))
    return TAXES if taxes and "produ" in word and "production" not in word else ""


def _value_added(path: Path, world: World, year: int | None) -> list[Target]:
    import polars as pl

    frame, _ = read_full_table(
        path, dimensions={"item": ("estimat",)}, keep={"item": lambda w: bool(_item(w))}
    )
    words = {w: (place_of(w)) for w in frame["GEO"].unique().to_list()}
    items = {w: _item(w) for w in frame["item"].unique().to_list()}
    missing = {MARKET, TAXES} - set(items.values())
    if missing:
        raise DataError(
            f"it has no {' and no '.join(sorted(missing))}.", where=str(path), mend=MEND
        )
    if "UOM" in frame.columns:
        dollars = pl.col("UOM").str.to_lowercase().str.contains("dollar|\\$")
        check(frame, "UOM", ~dollars, (path, "UOM"), "dollars", MEND)
    found = frame.with_columns(
        province=pl.col("GEO").replace_strict(words),
        item=pl.col("item").replace_strict(items),
        year=pl.col("REF_DATE").str.slice(0, 4).cast(pl.Int64, strict=False),
    ).filter(pl.col("province").is_in(PROVINCES) & pl.col("value").is_not_null())
    when = _year(found, year, path)
    found = found.filter(pl.col("year") == when)
    once(found, ["province", "item"], path)
    value = {(p, i): v for p, i, v in found.select("province", "item", "value").iter_rows()}
    source = f"Statistics Canada, {path.name}, GDP less taxes on products, {when}"
    return [
        Target("value-added", (value[p, MARKET] - value[p, TAXES]) / world.unit, origin=p,
               source=source)
        for p in PROVINCES if (p, MARKET) in value and (p, TAXES) in value
    ]  # fmt: skip


def _trade(path: Path, world: World, year: int | None) -> list[Target]:
    import polars as pl

    frame, _ = read_statcan(path)
    whole = frame.filter(pl.col("months") == 12) if year is None else frame
    when = _year(whole, year, path)
    goods = frame.filter(
        (pl.col("year") == when)
        & pl.col("province").is_in(PROVINCES)
        & (pl.col("section") != SPECIAL)
    )
    months = goods["months"].to_list()
    if months and months[0] < 12:
        raise InputError(
            f"it has {months[0]} of the twelve months of {when}.",
            where=f"{path}", mend="Name a year that is whole with --year.",
        )  # fmt: skip
    sums = {(f, p): v for f, p, v in goods.group_by("flow", "province")
            .agg(pl.col("value").sum()).iter_rows()}  # fmt: skip
    usa = world.region(UNITED_STATES)
    source = f"Statistics Canada, {path.name}, {{}}, {when}"
    made = [
        Target("flow", sums["export", p] / world.unit * _basic(world, [usa], [world.region(p)]),
               "goods", p, UNITED_STATES, source.format("domestic exports"))
        for p in PROVINCES if ("export", p) in sums
    ]  # fmt: skip
    bought = sum(v for (flow, _), v in sums.items() if flow == "import")
    if bought:
        ours = [n for n, t in enumerate(world.treasuries) if t == CANADA]
        made.append(
            Target("flow", bought / world.unit * _basic(world, ours, [usa]), "goods",
                   UNITED_STATES, CANADA, source.format("imports"))
        )  # fmt: skip
    return made


def _year(frame: pl.DataFrame, year: int | None, path: Path) -> int:
    """The year asked for, or the newest."""
    years: list[int] = sorted(set(frame["year"].drop_nulls().to_list()))
    if not years or (year is not None and year not in years):
        have = f"Years: {years[0]} to {years[-1]}." if years else "No year is whole; name one."
        raise InputError(f"it has nothing for {year or 'a whole year'}.", where=str(path),
                         mend=have)  # fmt: skip
    return years[-1] if year is None else year


def _basic(world: World, buyers: list[int], sellers: list[int]) -> float:
    """Basic value per customs value of the goods that some regions buy from others."""
    pairs = np.ix_(buyers, sellers)
    ratio, goods = world.customs_ratios[pairs], world.flows[world.traded].sum(axis=0)[pairs]
    if np.isnan(ratio).any():
        raise InputError(
            "it states no ratio of basic to customs value between Canada and the United States.",
            where=f"world {world.name}", mend="Add customs_to_basic to its manifest.",
        )  # fmt: skip
    return float(goods.sum() / (goods / ratio).sum())
