"""Tidy tables of a pack: hashed, read into dense arrays, and written back.

A row is located as a file and a line (CSV, the header being line 1) or a row (Parquet, from 1).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from surtax.errors import DataError, WorldError, unknown
from surtax.world.sources.manifest import Table

if TYPE_CHECKING:
    import polars as pl

Array = NDArray[np.float64]


def sha256(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_table(folder: Path, table: Table, columns: Sequence[str]) -> pl.DataFrame:
    """One table of a pack, its hash and columns checked; the last column is the number.

    Raises:
        DataError: the file is missing, altered, unreadable, lacks a column, or a number in it
            is not one.
    """
    import polars as pl

    path = folder / table.file
    if not path.is_file():
        raise DataError(
            f"the table {table.file} is missing.", where=str(folder), mend="Restore the file."
        )
    raw = path.read_bytes()
    found = hashlib.sha256(raw).hexdigest()
    if found != table.sha256:
        raise DataError(
            f"the file is not the one its manifest describes (SHA-256 {found[:12]}…, "
            f"expected {table.sha256[:12]}…).",
            where=str(path),
            mend="Restore the file, or write the pack again so that the manifest agrees.",
        )
    try:
        if path.suffix == ".parquet":
            frame = pl.read_parquet(BytesIO(raw))
        else:
            frame = pl.read_csv(BytesIO(raw), infer_schema=False)
    except pl.exceptions.PolarsError as error:
        raise DataError(
            "the table cannot be read.", where=str(path), mend="Is it CSV or Parquet?"
        ) from error
    for column in columns:
        if column not in frame.columns:
            raise DataError(
                f"the column “{column}” is missing; there are {', '.join(frame.columns)}.",
                where=str(path),
                mend=f"Name the columns {', '.join(columns)}.",
            )
    if frame.height != table.rows:
        raise DataError(
            f"the table has {frame.height} rows, its manifest says {table.rows}.",
            where=str(path),
            mend="Write the pack again so that the manifest agrees.",
        )
    return numbers(frame.select(columns), columns[-1], path)


def numbers(frame: pl.DataFrame, column: str, path: Path) -> pl.DataFrame:
    """The same table with its last column as finite floats."""
    import polars as pl

    cast = frame.with_columns(pl.col(column).cast(pl.Float64, strict=False).alias(column))
    bad = ~cast[column].is_finite().fill_null(False)
    if bad.any():
        at = int(bad.arg_max() or 0)
        held = frame[column][at]
        raise DataError(
            "the cell is empty." if held in (None, "") else f"“{held}” is not a number.",
            where=located(path, at, column),
            mend="Give a finite number with a point, or leave the row out.",
        )
    return cast


def indices(frame: pl.DataFrame, column: str, names: Sequence[str], path: Path) -> NDArray[np.intp]:
    """Position of each row's name on an axis.

    Raises:
        DataError: a name that is not on the axis, with its row and the nearest.
    """
    known = {name: position for position, name in enumerate(names)}
    values = frame[column].to_list()
    try:
        return np.array([known[v] for v in values], dtype=np.intp)
    except KeyError:
        at = next(position for position, v in enumerate(values) if v not in known)
        near = unknown(column, str(values[at]), names)
        raise DataError(near.what, where=located(path, at, column), mend=near.mend) from None


def dense(
    frame: pl.DataFrame, axes: Sequence[tuple[str, Sequence[str]]], path: Path, fill: float = 0.0
) -> Array:
    """A tidy table as an array, one axis per named column, absent rows ``fill``.

    Raises:
        DataError: an unknown name, or two rows for the same cell.
        WorldError: a negative value.
    """
    value = frame.columns[-1]
    shape = tuple(len(names) for _, names in axes)
    flat = np.ravel_multi_index([indices(frame, c, names, path) for c, names in axes], shape)
    numbers = frame[value].to_numpy()
    if (numbers < 0).any():
        at = int(np.argmax(numbers < 0))
        raise WorldError(
            f"{cell(frame, at)} is negative: {numbers[at]:g}.",
            where=located(path, at, value),
            mend="Flows, uses, shares and rates are zero or more, elasticities above zero.",
        )
    first = np.unique(flat, return_index=True)[1]
    if first.size != flat.size:
        at = int(np.setdiff1d(np.arange(flat.size), first)[0])
        raise DataError(
            f"{cell(frame, at)} is given twice.",
            where=located(path, at, value),
            mend="Keep one row per cell.",
        )
    out = np.full(shape, fill)
    out.reshape(-1)[flat] = numbers
    return out


def tidy(array: Array, axes: Sequence[tuple[str, Sequence[str]]], value: str) -> pl.DataFrame:
    """The non-zero cells of an array as a tidy table, in axis order."""
    import polars as pl

    at = np.nonzero(array)
    columns = {name: np.asarray(names)[i] for (name, names), i in zip(axes, at, strict=True)}
    return pl.DataFrame({**columns, value: array[at]})


def write_table(frame: pl.DataFrame, folder: Path, file: str, unit: str) -> Table:
    """Write a table as its suffix says and describe it; the same table gives the same bytes."""
    path = folder / file
    if path.suffix == ".parquet":
        frame.write_parquet(path, compression="zstd", compression_level=19, statistics=False)
    else:
        frame.write_csv(path)
    return Table(file=file, sha256=sha256(path), rows=frame.height, unit=unit)


def located(path: Path, row: int, column: str) -> str:
    """Where a cell of a table is: file, line or row, and column."""
    if path.suffix == ".parquet":
        return f"{path.name}, row {row + 1}, column {column}"
    return f"{path.name}, line {row + 2}, column {column}"


def cell(frame: pl.DataFrame, row: int) -> str:
    """The names of a row in words: ``sector MIN, origin SK, destination USA``."""
    names = frame.row(row)[:-1]
    return ", ".join(f"{c} {v}" for c, v in zip(frame.columns, names, strict=False))
