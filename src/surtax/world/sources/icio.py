"""OECD Inter-Country Input-Output tables as CSV, editions of 2021, 2023 and 2025.

Layout: the first column and the header label sellers and users, ``CAN_C29`` (2023), ``CAN_29``
(2021) or ``CAN_C301`` (2025); final demand is ``CAN_HFCE`` and its like. Below the sellers stand
value added (``VA``; ``VALU``), taxes less subsidies on products (``TLS``; one ``CAN_TAXSUB`` per
country) and output (``OUT``; ``OUTPUT``), and output again closes each row (``OUT``; ``TOTAL``).
The extended tables split Mexico and China by kind of firm (MX1, MX2, CN1, CN2) in production but
not in final demand; the parts are added up. Million USD at basic prices. A year is a CSV of its
own, alone or in a zip. Source: OECD, http://oe.cd/icio, ReadMe_ICIO_small.xlsx.
"""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from surtax.errors import DataError
from surtax.world.elasticities import theta_of_isic
from surtax.world.sources.assemble import Label
from surtax.world.sources.mrio import Cell, Mrio, axes, world_of
from surtax.world.world import World

if TYPE_CHECKING:
    import polars as pl

DEMAND = {"HFCE", "HC", "NPISH", "NPS", "GGFC", "GFCF", "INVNT", "INV", "DPABR", "P33", "DIRP"}
ADDED = re.compile(r"VA|VALU|TLS|(\w+_)?TAXSUB")
OUTPUT = {"OUT", "OUTPUT", "TOTAL"}
PARTS = ((re.compile(r"MX\d"), "MEX"), (re.compile(r"CN\d"), "CHN"))
MEND = "Fetch the file from oe.cd/icio again; it is one CSV per year."


def load(path: str | Path, *, year: int | None = None, elasticities: str = "central") -> World:
    """A year of the tables as a balanced world, in million USD.

    Args:
        path: a CSV, or a zip of one or several.
        year: which year of a zip of several.
        elasticities: a named set.

    Raises:
        DataError: a file of another layout, with the row and column.
        WorldError: the table cannot be balanced.
    """
    path = Path(path)
    frame, file = _read(path, year)
    absent = int(sum(frame.null_count().row(0)))
    table, folded = table_of(frame.fill_null(0.0), file)
    try:
        _, sectors = axes(table)
    except DataError as error:
        raise DataError(error.what, where=file, mend=error.mend) from None
    found = re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", file)
    when = str(year or (found[-1] if found else "year not stated"))
    label = Label(
        name=f"icio-{when}" if when.isdigit() else "icio",
        currency="USD mn",
        basis=f"basic prices, {when}",
        sources=("OECD, Inter-Country Input-Output Tables, http://oe.cd/icio.",),
    )
    notes = [
        f"Value added includes taxes less subsidies on products. Elasticities: {elasticities}."
    ]
    if absent:
        notes.append(f"{absent} cells without a number (NA or empty) are read as zero.")
    if folded:
        notes.append(f"Parts of extended regions added up: {', '.join(folded)}.")
    theta, goods = theta_of_isic(elasticities, sectors)
    return world_of(table, label, theta=theta, traded=goods, notes=notes)


def table_of(frame: pl.DataFrame, file: str) -> tuple[Mrio, list[str]]:
    """The table of a CSV read whole, and the parts of extended regions folded into it.

    Raises:
        DataError: a label that is neither a seller nor a user, or totals that are missing.
    """
    labels = [str(label) for label in frame[:, 0].to_list()]
    users, buyers, sums = [], [], []
    for at, name in enumerate(frame.columns[1:], start=1):
        region, _, item = name.partition("_")
        if name in OUTPUT:
            sums.append(at)
        elif item in DEMAND:
            buyers.append((at, region))
        elif item:
            users.append((at, (region, item)))
        else:
            raise DataError(
                f"the column “{name}” is no industry, final demand or total.",
                where=f"{file}:1",
                mend="Labels are a country, “_” and an industry, such as CAN_C29.",
            )
    rows, output = [], []
    for at, name in enumerate(labels):
        region, _, item = name.partition("_")
        if name in OUTPUT:
            output.append(at)
        elif ADDED.fullmatch(name):
            continue
        elif item:
            rows.append((at, (region, item)))
        else:
            raise DataError(
                f"the row “{name}” is no industry, value added, tax or output.",
                where=f"{file}:{at + 2}",
                mend="Labels are a country, “_” and an industry, such as CAN_C29.",
            )
    for found, kind in ((output, "row"), (sums, "column")):
        if len(found) != 1:
            raise DataError(
                f"there are {len(found)} {kind}s of output, one expected (OUT, OUTPUT or TOTAL).",
                where=file,
                mend="The file is cut or of another layout. " + MEND,
            )
    _once([name for _, name in rows], "row", file)
    if not rows or not buyers:
        raise DataError(
            f"there is no {'industry' if not rows else 'final demand'} in it.",
            where=file, mend="Is it an inter-country table? " + MEND,
        )  # fmt: skip
    values = frame[:, 1:].to_numpy()
    line = [at for at, _ in rows]
    sold = values[line]
    folded = sorted({cell[0] for _, cell in rows if _whole(cell[0]) != cell[0]})
    made = Mrio(
        sellers=tuple(_folded(cell) for _, cell in rows),
        users=tuple(_folded(cell) for _, cell in users),
        buyers=tuple(_whole(region) for _, region in buyers),
        use=sold[:, [at - 1 for at, _ in users]],
        final=sold[:, [at - 1 for at, _ in buyers]],
        output=values[output[0], [at - 1 for at, _ in users]],
        sales=sold[:, sums[0] - 1],
    )
    return made, folded


def _read(path: Path, year: int | None) -> tuple[pl.DataFrame, str]:
    """The numbers of a CSV or of one member of a zip, absent ones null, and its name."""
    import polars as pl

    source, file = _source(path, year)
    try:
        header = pl.read_csv(source, n_rows=0, infer_schema=False).columns
        _once([h.removesuffix("_duplicated_0") for h in header], "column", file)
        types = dict.fromkeys(header[1:], pl.Float64) | {header[0]: pl.String}
        frame = pl.read_csv(source, schema_overrides=types, null_values=["NA", "na", ""])
    except pl.exceptions.NoDataError:
        raise DataError("the file is empty.", where=file, mend=MEND) from None
    except pl.exceptions.PolarsError as error:
        raise _bad_cell(source, file, error) from None
    if len(header) < 3:
        raise DataError(
            f"it has {len(header)} columns.", where=file, mend="Columns are set apart by commas."
        )
    finite = np.isfinite(frame[:, 1:].fill_null(0.0).to_numpy())
    if not finite.all():
        row, column = np.argwhere(~finite)[0]
        raise DataError(
            f"the cell of {header[column + 1]} is not a finite number.",
            where=f"{file}:{row + 2}", mend=MEND,
        )  # fmt: skip
    return frame, file


def _source(path: Path, year: int | None) -> tuple[Path | BytesIO, str]:
    """What to read: the file, or the member of a zip for the year."""
    if not path.is_file():
        raise DataError("there is no such file.", where=str(path), mend="Check the path.")
    if path.suffix.lower() != ".zip":
        return path, path.name
    try:
        with zipfile.ZipFile(path) as archive:
            members = [m for m in archive.namelist() if m.lower().endswith(".csv")]
            chosen = [m for m in members if year is None or str(year) in Path(m).name]
            if len(chosen) != 1:
                have = ", ".join(members) or "no CSV"
                asked = f"for {year}" if year else "without a year"
                raise DataError(
                    f"{len(chosen)} of its files fit {asked}; it holds {have}.",
                    where=str(path), mend="Name one of its years with --year.",
                )  # fmt: skip
            return BytesIO(archive.read(chosen[0])), Path(chosen[0]).name
    except zipfile.BadZipFile:
        raise DataError("this is not a zip.", where=str(path), mend=MEND) from None


def _bad_cell(source: Path | BytesIO, file: str, error: Exception) -> DataError:
    """The first cell that is no number, or what the reader said."""
    import polars as pl

    try:
        if isinstance(source, BytesIO):
            source.seek(0)
        text = pl.read_csv(source, infer_schema=False, null_values=["NA", "na", ""])
    except pl.exceptions.PolarsError:
        said = " ".join(str(error).split("\n")[0].split()).rstrip(".")
        return DataError(f"the table cannot be read: {said}.", where=file, mend=MEND)
    for name in text.columns[1:]:
        bad = text[name].is_not_null() & text[name].cast(pl.Float64, strict=False).is_null()
        if bad.any():
            at = int(bad.arg_max() or 0)
            return DataError(
                f"“{text[name][at]}” in the column {name} is not a number.",
                where=f"{file}:{at + 2}",
                mend="Numbers have a point for decimals and no spaces; NA stands for none.",
            )
    return DataError("the table cannot be read.", where=file, mend=MEND)


def _once(names: list[str] | list[Cell], kind: str, file: str) -> None:
    if len(set(names)) == len(names):
        return
    seen: set[str | Cell] = set()
    for name in names:
        if name in seen:
            text = name if isinstance(name, str) else "_".join(name)
            raise DataError(
                f"the {kind} {text} is there twice.", where=file, mend="Keep one of the two."
            )
        seen.add(name)


def _whole(region: str) -> str:
    """The country of a part of an extended table, or the region itself."""
    return next((whole for part, whole in PARTS if part.fullmatch(region)), region)


def _folded(cell: Cell) -> Cell:
    return _whole(cell[0]), cell[1]
