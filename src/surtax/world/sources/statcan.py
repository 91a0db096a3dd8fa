"""Statistics Canada's full-table download: a zip of a CSV, in English or French.

English files separate by commas with decimal points, French ones by semicolons with decimal
commas; columns carry the same things under either language's names, and ``SCALAR_ID`` is the
power of ten that values are counted in. Reading gives one table with English names for the
common columns, values in units, and the table's own dimensions as they are called.

Source: Statistics Canada, Full Table Download (CSV) User Guide, version 2.0, April 2022.
"""

from __future__ import annotations

import re
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from surtax.errors import DataError, unknown

if TYPE_CHECKING:
    import polars as pl

FRENCH = {
    "PÉRIODE DE RÉFÉRENCE": "REF_DATE",
    "GÉO": "GEO",
    "UNITÉ DE MESURE": "UOM",
    "IDENTIFICATEUR D'UNITÉ DE MESURE": "UOM_ID",
    "FACTEUR SCALAIRE": "SCALAR_FACTOR",
    "IDENTIFICATEUR SCALAIRE": "SCALAR_ID",
    "VECTEUR": "VECTOR",
    "COORDONNÉE": "COORDINATE",
    "COORDONNÉES": "COORDINATE",
    "VALEUR": "VALUE",
    "STATUT": "STATUS",
    "SYMBOLE": "SYMBOL",
    "TERMINÉ": "TERMINATED",
    "DÉCIMALES": "DECIMALS",
}
NEEDED = ("REF_DATE", "GEO", "SCALAR_ID", "VALUE")
LARGEST_POWER = 12
MEND = "Fetch the full table as CSV from statcan.gc.ca again."


def read(path: str | Path, *, keep: Mapping[str, Sequence[str]] | None = None) -> pl.DataFrame:
    """A table with text columns and ``VALUE`` as floats in units; withheld values are null.

    Args:
        path: ``PID-eng.zip``, ``PID-fra.zip`` or the CSV in it.
        keep: words to keep by column; a large table is read through, and only these rows held.

    Raises:
        DataError: a file of another layout, or a value that is not a number.
        UnknownNameError: a column of ``keep`` that there is not.
    """
    import polars as pl

    with tempfile.TemporaryDirectory() as room:
        source, file = _source(Path(path), Path(room))
        with source.open("rb") as text:
            first = text.readline()
        if not first.strip():
            raise DataError("the file is empty.", where=file, mend=MEND)
        french = first.count(b";") > first.count(b",")
        try:
            lines = pl.scan_csv(source, infer_schema=False, separator=";" if french else ",")
            lines = lines.rename(_named).with_row_index("line", offset=2)
            names = lines.collect_schema().names()[1:]
            for column in NEEDED:
                if column not in names:
                    raise DataError(
                        f"the column “{column}” is missing; there are {', '.join(names)}.",
                        where=file, mend=MEND,
                    )  # fmt: skip
            for column, words in (keep or {}).items():
                if column not in names:
                    raise unknown("column", column, names, where=file)
                lines = lines.filter(pl.col(column).is_in(list(words)))
            frame = lines.collect(engine="streaming")
        except (pl.exceptions.PolarsError, UnicodeDecodeError) as error:
            said = " ".join(str(error).split("\n")[0].split()).rstrip(".")
            raise DataError(f"it cannot be read: {said}.", where=file, mend=MEND) from None
    return _in_units(frame, file, french=french).drop("line")


def _named(name: str) -> str:
    """A column's English name, without the mark that opens the file."""
    plain = name.strip('\ufeff "')
    return FRENCH.get(plain, plain)


def _in_units(frame: pl.DataFrame, file: str, *, french: bool) -> pl.DataFrame:
    """The table with ``VALUE`` as floats times its power of ten."""
    import polars as pl

    text = pl.col("VALUE").str.strip_chars()
    if french:
        text = text.str.replace(",", ".", literal=True)
    frame = frame.with_columns(VALUE=pl.when(text == "").then(None).otherwise(text))
    value = frame["VALUE"].cast(pl.Float64, strict=False)
    power = frame["SCALAR_ID"].str.strip_chars().cast(pl.Int32, strict=False)
    for bad, column, mend in (
        (value.is_null() & frame["VALUE"].is_not_null(), "VALUE", "Values are numbers or empty."),
        (~power.is_between(0, LARGEST_POWER).fill_null(False), "SCALAR_ID",
         "It is the power of ten of the values, such as 6 for millions."),
    ):  # fmt: skip
        if bad.any():
            at = int(bad.arg_max() or 0)
            raise DataError(
                f"“{frame[column][at]}” is no {column}.",
                where=f"{file}:{frame['line'][at]}", mend=mend,
            )  # fmt: skip
    return frame.with_columns(VALUE=value * 10.0 ** power.cast(pl.Float64))


def chosen(frame: pl.DataFrame, **where: str) -> pl.DataFrame:
    """The rows whose columns hold the words asked for.

    Raises:
        UnknownNameError: a column or a word that the table does not have, with the nearest.
    """
    for column, word in where.items():
        if column not in frame.columns:
            raise unknown("column", column, frame.columns)
        rows = frame.filter(frame[column] == word)
        if rows.height == 0:
            words = [str(w) for w in frame[column].unique().to_list()]
            raise unknown(column, word, words)
        frame = rows
    return frame


def _source(path: Path, room: Path) -> tuple[Path, str]:
    """The CSV of a download, unpacked into ``room`` from a zip, and its name."""
    if not path.is_file():
        raise DataError("there is no such file.", where=str(path), mend="Check the path.")
    if path.suffix.lower() != ".zip":
        return path, path.name
    try:
        with zipfile.ZipFile(path) as archive:
            data = [
                name
                for name in archive.namelist()
                if name.lower().endswith(".csv") and not re.search("metadata", name, re.IGNORECASE)
            ]
            if len(data) != 1:
                raise DataError(
                    f"it holds {len(data)} tables of data, one expected.",
                    where=str(path), mend=MEND,
                )  # fmt: skip
            return Path(archive.extract(data[0], room)), data[0]
    except zipfile.BadZipFile:
        raise DataError("this is not a zip.", where=str(path), mend=MEND) from None
