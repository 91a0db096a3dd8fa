"""Statistics Canada, table 12-10-0175-01: trade of provinces with a partner, by product section.

A full-table download (`surtax.trade.sources.fulltable`) with the dimensions

    Trade               Commerce                 domestic export, import
    … partners …        … partenaires …          United States, États-Unis
    … NAPCS …           … SCPAN …                section of the product classification

An import is counted in the province where it was cleared, which is not where it is used.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from surtax.errors import DataError
from surtax.trade.sources.fulltable import place_of, plain, read_full_table
from surtax.trade.sources.tables import AGAIN, check, check_amount, counted, once

if TYPE_CHECKING:
    import polars as pl

MEND = "Download table 12-10-0175-01 as CSV (“Download entire table”), in English or French."

SECTIONS = {
    "farm": ("farm", "agricole", "produits agricoles"),
    "energy": ("energy", "produits energetiques"),
    "ores": ("metal ores", "minerais"),
    "metals": ("metal and non-metallic", "produits metalliques", "produits en metal"),
    "chemicals": ("basic and industrial chemical", "produits chimiques"),
    "forestry": ("forestry", "produits forestiers"),
    "machinery": ("industrial machinery", "machines"),
    "electronics": ("electronic", "materiel et pieces electroniques", "produits electroniques"),
    "vehicles": ("motor vehicles", "vehicules automobiles"),
    "aircraft": ("aircraft", "aeronefs"),
    "consumer": ("consumer goods", "biens de consommation"),
    "special": ("special transactions", "transactions speciales"),
}
"""Our names of the sections, and how their English and French titles begin."""

FLOWS = {"export": ("domestic export", "export", "exportation"), "import": ("import",)}
ALL = ("canada", "total", "tous les pays", "all countries", "all merchandise")
DIMENSIONS = {
    "trade": ("trade", "commerce"),
    "partner": ("trading partner", "principal trading partner", "partenaires",
                "principaux partenaires"),
    "product": ("north american product", "systeme de classification", "napcs", "scpan"),
}  # fmt: skip
"""How the titles of the dimensions begin in English and French."""


def read_statcan(path: str | Path) -> tuple[pl.DataFrame, list[str]]:
    """Trade of provinces with the United States, by year, section and direction.

    Args:
        path: the CSV or the zip.

    Returns:
        A frame with columns ``year``, ``province`` (short code), ``section`` (our name), ``flow``
        ("export" or "import"), ``value`` (C$), months added up, and ``months`` (how many of the
        year are in the file; twelve for a table by year), and what was repaired, counted.

    Raises:
        DataError: as `read_full_table`; unknown provinces or sections, a unit other than dollars,
            a value below zero, the same row twice, or no rows of trade with the United States.
    """
    import polars as pl

    file = Path(path)
    frame, repairs = read_full_table(
        file, dimensions=DIMENSIONS, optional=["partner"], mend=MEND,
        keep={"partner": lambda w: plain(w).startswith(("united states", "etats-unis"))},
    )  # fmt: skip
    if not frame.height:
        raise DataError("no trade with the United States is in the file.", where=str(file),
                        mend="Keep the United States among the partners.")  # fmt: skip
    frame = _named(frame)
    total = pl.col("province").is_in(ALL) | pl.col("section").is_in(ALL)
    kept = frame.filter(~total)
    repairs += counted(frame.height - kept.height, "rows of totals were left out")
    kept = kept.with_columns(
        pl.col("value").fill_null(0.0),
        year=pl.col("REF_DATE").str.slice(0, 4).cast(pl.Int64, strict=False),
        monthly=pl.col("REF_DATE").str.len_chars() > 4,
    )
    check(kept, "REF_DATE", pl.col("year").is_null(), (file, "REF_DATE"), "a year or month", AGAIN)
    check(kept, "province", ~pl.col("province").str.contains("^[A-Z]{2}$"), (file, "GEO"),
          "a province or territory", AGAIN)  # fmt: skip
    check(kept, "section", ~pl.col("section").is_in(list(SECTIONS)), (file, "NAPCS"),
          "a section of the product classification", AGAIN)  # fmt: skip
    check(kept, "flow", ~pl.col("flow").is_in(list(FLOWS)), (file, "Trade"),
          "exports or imports", "Keep domestic exports and imports.")  # fmt: skip
    if "UOM" in kept.columns:
        dollars = pl.col("UOM").str.to_lowercase().str.contains("dollar|\\$")
        check(kept, "UOM", ~dollars, (file, "UOM"), "dollars",
              "The table mixes units: keep the rows in dollars.")  # fmt: skip
    check_amount(kept, "text", (file, "VALUE"), into="value")
    once(kept, ["REF_DATE", "province", "section", "flow"], file)
    months = pl.when(pl.col("monthly").any()).then(pl.col("REF_DATE").n_unique()).otherwise(12)
    summed = kept.group_by("year", "province", "section", "flow").agg(pl.col("value").sum())
    counts = kept.group_by("year").agg(months=months)
    joined = summed.join(counts, on="year", how="left")
    return joined.sort("year", "province", "section", "flow"), repairs


def _named(frame: pl.DataFrame) -> pl.DataFrame:
    """Our names of provinces, sections and flows; the text itself where it is none of them."""
    import polars as pl

    def one(text: str, table: dict[str, tuple[str, ...]]) -> str:
        bare = plain(text)
        found = [name for name, starts in table.items() for s in starts if bare.startswith(s)]
        return found[0] if found else (next((w for w in ALL if bare.startswith(w)), text))

    def land(text: str) -> str:
        return "canada" if plain(text) == "canada" else place_of(text)

    def mapped(column: str, how: Callable[[str], str]) -> pl.Expr:
        words = [w for w in frame[column].unique().to_list() if w is not None]
        table = {w: how(w) for w in words}
        return pl.col(column).replace_strict(table, default=None, return_dtype=pl.String)

    return frame.with_columns(
        province=mapped("GEO", land),
        section=mapped("product", lambda w: one(w, SECTIONS)),
        flow=mapped("trade", lambda w: one(w, FLOWS)),
    )
