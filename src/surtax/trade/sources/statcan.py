"""Statistics Canada, table 12-10-0175-01: trade of provinces with a partner, by product section.

The CSV of the table or its zip, in English or French:

    REF_DATE            PÉRIODE DE RÉFÉRENCE     month or year
    GEO                 GÉO                      province
    Trade               Commerce                 domestic export, import
    … partners …        … partenaires …          United States, États-Unis
    … NAPCS …           … SCPAN …                section of the product classification
    SCALAR_FACTOR       FACTEUR SCALAIRE         units, thousands, millions
    VALUE               VALEUR                   dollars

An import is counted in the province where it was cleared, which is not where it is used.
"""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

from surtax.errors import DataError
from surtax.places import provinces
from surtax.trade.sources.tables import (
    AGAIN,
    check,
    check_amount,
    counted,
    find_column,
    once,
    read_csv,
)

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

FRENCH = {
    "terre-neuve-et-labrador": "NL", "ile-du-prince-edouard": "PE", "nouvelle-ecosse": "NS",
    "nouveau-brunswick": "NB", "colombie-britannique": "BC", "territoires du nord-ouest": "NT",
}  # fmt: skip
SCALES = {
    "units": 1.0, "unites": 1.0, "dollars": 1.0, "thousands": 1e3, "milliers": 1e3,
    "millions": 1e6, "billions": 1e9, "milliards": 1e9,
}  # fmt: skip
FLOWS = {"export": ("domestic export", "export", "exportation"), "import": ("import",)}
ALL = ("canada", "total", "tous les pays", "all countries", "all merchandise")


def plain(text: str) -> str:
    """A word without accents, in lower case, with single spaces."""
    bare = unicodedata.normalize("NFKD", text.replace("’", "'"))
    return " ".join("".join(c for c in bare if not unicodedata.combining(c)).casefold().split())


def read_statcan(path: str | Path) -> tuple[pl.DataFrame, list[str]]:
    """Trade of provinces with the United States, by year, section and direction.

    Args:
        path: the CSV or the zip.

    Returns:
        A frame with columns ``year``, ``province`` (short code), ``section`` (our name), ``flow``
        ("export" or "import") and ``value`` (C$), months added up, and what was repaired, counted.

    Raises:
        DataError: as the shared readers; unknown provinces or sections, a unit other than dollars,
            a scale that is not known, a value that is no number, the same row twice, or no rows of
            trade with the United States.
    """
    import polars as pl

    file = Path(path)
    raw, repairs = read_csv(file)
    words = {plain(c): c for c in raw.columns}

    def column(*starts: str, optional: bool = False) -> str | None:
        for start in starts:
            for word, name in words.items():
                if word.startswith(start) or (len(start) > 4 and f"({start})" in word):
                    return name
        if optional:
            return None
        return find_column(raw, [starts[0].upper()], file, MEND)

    names = {
        "date": column("ref_date", "periode de reference"),
        "geo": column("geo"),
        "trade": column("trade", "commerce"),
        "partner": column("trading partner", "principal trading partner", "partenaires",
                          "principaux partenaires", optional=True),
        "product": column("north american product", "systeme de classification", "napcs", "scpan"),
        "unit": column("uom", "unite de mesure", "udm", optional=True),
        "scale": column("scalar_factor", "facteur scalaire", optional=True),
        "amount": column("value", "valeur"),
    }  # fmt: skip
    cells = {k: str(v) for k, v in names.items() if v is not None}
    french = plain(cells["date"]) != "ref_date"
    if french:
        repairs.append("French headers were read")
    frame = raw.select(**{k: pl.col(c).cast(pl.String).str.strip_chars() for k, c in cells.items()})
    frame = _named(frame, file, cells)
    if "partner" in cells:
        found = [w for w in frame["partner"].unique().to_list() if w is not None]
        named = [w for w in found if plain(w).startswith(("united states", "etats-unis"))]
        frame = frame.filter(pl.col("partner").is_in(named))
        if not frame.height:
            raise DataError("no trade with the United States is in the file.", where=str(file),
                            mend="Keep the United States among the partners.")  # fmt: skip
    total = pl.col("province").is_in(ALL) | pl.col("section").is_in(ALL)
    kept = frame.filter(~total)
    repairs += counted(frame.height - kept.height, "rows of totals were left out")
    absent = kept.filter(pl.col("amount").fill_null("").is_in(["", "..", "...", "x", "F"]))
    repairs += counted(absent.height, "cells without a figure count as nothing")
    number = pl.col("amount").str.replace(",", ".") if french else pl.col("amount")
    kept = kept.with_columns(
        value=pl.when(pl.col("amount").fill_null("").is_in(["", "..", "...", "x", "F"]))
        .then(0.0)
        .otherwise(number.cast(pl.Float64, strict=False))
        * pl.col("factor"),
        year=pl.col("date").str.slice(0, 4).cast(pl.Int64, strict=False),
    )
    check(kept, "date", pl.col("year").is_null(), (file, cells["date"]), "a year or month", AGAIN)
    check(kept, "province", ~pl.col("province").str.contains("^[A-Z]{2}$"), (file, cells["geo"]),
          "a province or territory", AGAIN)  # fmt: skip
    check(kept, "section", ~pl.col("section").is_in(list(SECTIONS)), (file, cells["product"]),
          "a section of the product classification", AGAIN)  # fmt: skip
    check(kept, "flow", ~pl.col("flow").is_in(list(FLOWS)), (file, cells["trade"]),
          "exports or imports", "Keep domestic exports and imports.")  # fmt: skip
    shown = kept.with_columns(pl.col("amount").fill_null("0"))
    check_amount(shown, "amount", (file, cells["amount"]), into="value")
    if kept["factor"].n_unique() > 1:
        repairs += counted(int((kept["factor"] != kept["factor"].max()).sum()),
                           "rows stood in another scale than the rest")  # fmt: skip
    once(kept, ["date", "province", "section", "flow"], file)
    summed = kept.group_by("year", "province", "section", "flow").agg(pl.col("value").sum())
    return summed.sort("year", "province", "section", "flow"), repairs


def _named(frame: pl.DataFrame, file: Path, cells: dict[str, str]) -> pl.DataFrame:
    """Our names of provinces, sections and flows; the text itself where it is none of them."""
    import polars as pl

    lands = {plain(w): p.short for p in provinces() for w in (p.name, *p.aliases)} | FRENCH

    def one(text: str, table: dict[str, tuple[str, ...]]) -> str:
        bare = plain(text)
        found = [name for name, starts in table.items() for s in starts if bare.startswith(s)]
        return found[0] if found else (next((w for w in ALL if bare.startswith(w)), text))

    def land(text: str) -> str:
        return lands.get(plain(text), "canada" if plain(text) == "canada" else text)

    def mapped(column: str, how: dict[str, str]) -> pl.Expr:
        return pl.col(column).replace_strict(how, default=None, return_dtype=pl.String)

    def distinct(column: str) -> list[str]:
        return [w for w in frame[column].unique().to_list() if w is not None]

    out = frame.with_columns(
        province=mapped("geo", {w: land(w) for w in distinct("geo")}),
        section=mapped("product", {w: one(w, SECTIONS) for w in distinct("product")}),
        flow=mapped("trade", {w: one(w, FLOWS) for w in distinct("trade")}),
    )
    if "scale" in cells:
        scales = {w: SCALES.get(plain(w)) for w in distinct("scale")}
        out = out.with_columns(
            factor=pl.col("scale").replace_strict(scales, default=None, return_dtype=pl.Float64)
        )
        check(out, "scale", pl.col("factor").is_null(), (file, cells["scale"]), "a known scale",
              "Scales are units, thousands and millions.")  # fmt: skip
    else:
        out = out.with_columns(factor=pl.lit(1.0))
    if "unit" in cells:
        dollars = pl.col("unit").str.to_lowercase().str.contains("dollar|\\$")
        check(out, "unit", ~dollars, (file, cells["unit"]), "dollars",
              "The table mixes units: keep the rows in dollars.")  # fmt: skip
    return out
