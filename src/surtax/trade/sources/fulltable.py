"""Statistics Canada's full-table download: a zip of a CSV, in English or French.

English files separate by commas with decimal points, French ones by semicolons with decimal
commas; columns carry the same things under either language's names:

    REF_DATE       PÉRIODE DE RÉFÉRENCE      GEO        GÉO
    UOM            UNITÉ DE MESURE           VALUE      VALEUR
    SCALAR_FACTOR  FACTEUR SCALAIRE          SCALAR_ID  IDENTIFICATEUR SCALAIRE, the power of ten

and the table's own dimensions under their titles. Reading gives English names for the common
columns, values in units, and the dimensions asked for. Source: Statistics Canada, Full Table
Download (CSV) User Guide, version 2.0, April 2022.
"""

from __future__ import annotations

import tempfile
import unicodedata
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from surtax.errors import DataError
from surtax.places import provinces
from surtax.trade.sources.tables import (
    AGAIN,
    check,
    collected,
    counted,
    find_column,
    is_zip,
    scan_csv,
    zipped,
)

if TYPE_CHECKING:
    import polars as pl

NAMES = {
    "periode de reference": "REF_DATE",
    "geo": "GEO",
    "unite de mesure": "UOM",
    "identificateur d'unite de mesure": "UOM_ID",
    "facteur scalaire": "SCALAR_FACTOR",
    "identificateur scalaire": "SCALAR_ID",
    "vecteur": "VECTOR",
    "coordonnee": "COORDINATE",
    "coordonnees": "COORDINATE",
    "valeur": "VALUE",
    "statut": "STATUS",
    "symbole": "SYMBOL",
    "termine": "TERMINATED",
    "decimales": "DECIMALS",
}
"""English names of the common columns, by the French ones without accents."""
ENGLISH = frozenset(NAMES.values())
NEEDED = ("REF_DATE", "GEO", "VALUE")
ABSENT = ("", "..", "...", "x", "F")
"""What stands for a figure that is not available, withheld or too unreliable to be published."""
SCALES = {
    "units": 0, "unites": 0, "dollars": 0, "thousands": 3, "milliers": 3,
    "millions": 6, "billions": 9, "milliards": 9,
}  # fmt: skip
LARGEST_POWER = 12
FRENCH_PLACES = {
    "terre-neuve-et-labrador": "NL", "ile-du-prince-edouard": "PE", "nouvelle-ecosse": "NS",
    "nouveau-brunswick": "NB", "colombie-britannique": "BC", "territoires du nord-ouest": "NT",
}  # fmt: skip
MEND = "Download the table as CSV (“Download entire table”), in English or French."


def read_full_table(
    path: str | Path,
    *,
    dimensions: Mapping[str, tuple[str, ...]],
    optional: Collection[str] = (),
    keep: Mapping[str, Callable[[str], bool]] | None = None,
    mend: str = MEND,
) -> tuple[pl.DataFrame, list[str]]:
    """A table of Statistics Canada with English names for its common columns.

    Args:
        path: ``PID-eng.zip``, ``PID-fra.zip`` or the CSV in it.
        dimensions: how the title of a dimension begins in either language (as `plain`), by our
            name for it.
        optional: those that the table need not have.
        keep: which words of a column are wanted; a large table is read through, and only their
            rows are held. A column that the table lacks keeps all.
        mend: what to do about a file of another layout.

    Returns:
        A frame of text, with ``_row`` (rows of data from zero), ``text`` (the value as it stands),
        ``value`` (in units, null where there is none) and ``factor`` (of its scale), and what was
        repaired, counted.

    Raises:
        DataError: as the shared readers; a column that is missing, a value that is no number or a
            scale that is not known.
    """
    import polars as pl

    path = Path(path)
    with tempfile.TemporaryDirectory() as room:
        file = _unpacked(path, Path(room)) if is_zip(path) else path
        lines, repairs = scan_csv(file)
        titles = [n for n in lines.collect_schema().names() if n != "_row"]
        english, french = _english(titles)
        for column in NEEDED:
            if column not in english.values():
                find_column(pl.DataFrame(schema=titles), [column], path, mend)
        for name, starts in dimensions.items():
            title = _title(titles, starts)
            if title is not None:
                english[title] = name
            elif name not in optional:
                find_column(pl.DataFrame(schema=titles), [starts[0].upper()], path, mend)
        if french:
            repairs.append("French headers were read")
        lines = lines.select(
            "_row", *(pl.col(t).str.strip_chars().alias(n) for t, n in english.items())
        )
        for column, wanted in (keep or {}).items():
            if column in english.values():
                found = collected(lines.select(pl.col(column).unique()), path)[column]
                words = [w for w in found.drop_nulls().to_list() if wanted(w)]
                lines = lines.filter(pl.col(column).is_in(words))
        frame = collected(lines, path)
    titled = {name: title for title, name in english.items()}
    frame = _in_units(frame, path, titled, french=french)
    absent = frame.filter(pl.col("text").is_in(ABSENT))
    repairs += counted(absent.height, "cells have no figure")
    if frame["factor"].n_unique() > 1:
        repairs += counted(int((frame["factor"] != frame["factor"].max()).sum()),
                           "rows stood in another scale than the rest")  # fmt: skip
    return frame, repairs


def plain(text: str) -> str:
    """A word without accents, in lower case, with single spaces."""
    bare = unicodedata.normalize("NFKD", text.replace("’", "'"))
    return " ".join("".join(c for c in bare if not unicodedata.combining(c)).casefold().split())


def place_of(title: str) -> str:
    """The short code of a province or territory by its title in either language, or the title."""
    words = {plain(w): p.short for p in provinces() for w in (p.name, *p.aliases)}
    return (words | FRENCH_PLACES).get(plain(title), title)


def titles_of(path: Path) -> list[str]:
    """The titles of a table's columns.

    Raises:
        DataError: as `read_full_table`.
    """
    with tempfile.TemporaryDirectory() as room:
        file = _unpacked(path, Path(room)) if is_zip(path) else path
        lines, _ = scan_csv(file)
        return [n for n in lines.collect_schema().names() if n != "_row"]


def _english(titles: list[str]) -> tuple[dict[str, str], bool]:
    """English names of the common columns by their titles, and whether these are French."""
    known = {t: NAMES.get(plain(t), t.upper()) for t in titles}
    found = {t: n for t, n in known.items() if n in ENGLISH}
    return found, any(plain(t) in NAMES and NAMES[plain(t)] == "REF_DATE" for t in titles)


def _title(titles: list[str], starts: tuple[str, ...]) -> str | None:
    """The title that begins, or has in brackets, one of some words; the first word decides."""
    for start in starts:
        for title in titles:
            word = plain(title)
            if word.startswith(start) or (len(start) > 4 and f"({start})" in word):
                return title
    return None


def _in_units(frame: pl.DataFrame, path: Path, titles: dict[str, str], *, french: bool
              ) -> pl.DataFrame:  # fmt: skip
    """The table with its values as numbers in units."""
    import polars as pl

    named = frame.with_columns(text=pl.col("VALUE").fill_null(""))
    number = pl.col("text").str.replace(",", ".", literal=True) if french else pl.col("text")
    if "SCALAR_ID" in frame.columns:
        column, power = "SCALAR_ID", pl.col("SCALAR_ID").cast(pl.Int32, strict=False)
    elif "SCALAR_FACTOR" in frame.columns:
        words = [w for w in frame["SCALAR_FACTOR"].unique().to_list() if w is not None]
        column = "SCALAR_FACTOR"
        power = pl.col(column).replace_strict(
            {w: SCALES.get(plain(w)) for w in words}, default=None, return_dtype=pl.Int32
        )
    else:
        column, power = "", pl.lit(0, pl.Int32)
    made = named.with_columns(
        power=power,
        value=pl.when(~pl.col("text").is_in(ABSENT)).then(number.cast(pl.Float64, strict=False)),
    )
    if column:
        bad = ~pl.col("power").is_between(0, LARGEST_POWER)
        check(made, column, bad, (path, titles[column]), "a known scale",
              "Scales are powers of ten, such as 3 for thousands.")  # fmt: skip
    bad = ~pl.col("text").is_in(ABSENT) & ~pl.col("value").is_finite().fill_null(False)
    check(made, "text", bad, (path, titles["VALUE"]), "a number", AGAIN)
    made = made.with_columns(factor=pl.lit(10.0) ** pl.col("power").cast(pl.Float64))
    return made.with_columns(value=pl.col("value") * pl.col("factor")).drop("power", "VALUE")


def _unpacked(path: Path, room: Path) -> Path:
    """The one table of data in a zip."""
    with zipped(path) as archive:
        names = [n for n in archive.namelist() if n.lower().endswith(".csv")]
        data = [n for n in names if "metadata" not in n.lower()]
        if len(data) != 1:
            raise DataError(
                f"it holds {len(data)} tables of data, one expected.",
                where=str(path), mend="Download the whole table again.",
            )  # fmt: skip
        return Path(archive.extract(data[0], room))
