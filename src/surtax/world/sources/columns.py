"""Tables of named columns: read, checked, and spread over the axes of an array."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from surtax.errors import DataError
from surtax.world.sources.tables import cell, indices, located, numbers

if TYPE_CHECKING:
    import polars as pl

Array = NDArray[np.float64]


def columns_of(path: Path, columns: Sequence[str], *, separator: str = ",") -> pl.DataFrame:
    """A CSV or Parquet table cut to the columns named, all text but the last, which is numbers.

    Raises:
        DataError: the file is missing or unreadable, lacks a column or has a bad number.
    """
    import polars as pl

    if not path.is_file():
        raise DataError(
            "the file is missing.", where=str(path), mend="Copy the whole folder of the source."
        )
    try:
        if path.suffix == ".parquet":
            frame = pl.read_parquet(path)
        else:
            frame = pl.read_csv(path, infer_schema=False, separator=separator)
    except pl.exceptions.PolarsError as error:
        raise DataError(
            "the table cannot be read.", where=str(path), mend="Is it CSV or Parquet?"
        ) from error
    frame = frame.rename(str.strip)
    for column in columns:
        if column not in frame.columns:
            raise DataError(
                f"the column “{column}” is missing; there are {', '.join(frame.columns)}.",
                where=str(path),
                mend="The file is of another layout; fetch it again.",
            )
    value = columns[-1]
    frame = frame.select(columns).with_columns(pl.exclude(value).cast(pl.String).str.strip_chars())
    if frame.height == 0:
        raise DataError("the table has no rows.", where=str(path), mend="Fetch it again.")
    if frame.schema[value] == pl.String:
        frame = frame.with_columns(pl.col(value).str.strip_chars())
    return numbers(frame, value, path)


def spread(
    frame: pl.DataFrame,
    axes: Sequence[tuple[str, Sequence[str]]],
    path: Path,
    *,
    whole: bool = False,
) -> Array:
    """A tidy table as an array, one axis per named column; absent cells are zero.

    Args:
        frame: columns of names, then one of numbers, of either sign.
        axes: column and names of each axis.
        path: for messages.
        whole: every cell must be there.

    Raises:
        DataError: an unknown name, a cell given twice, or one that is missing.
    """
    shape = tuple(len(names) for _, names in axes)
    flat = np.ravel_multi_index([indices(frame, c, names, path) for c, names in axes], shape)
    count = np.bincount(flat, minlength=int(np.prod(shape)))
    if count.max() > 1:
        first = np.unique(flat, return_index=True)[1]
        at = int(np.setdiff1d(np.arange(flat.size), first)[0])
        raise DataError(
            f"{cell(frame, at)} is given twice.",
            where=located(path, at, frame.columns[-1]),
            mend="Keep one row per cell.",
        )
    if whole and count.min() == 0:
        empty = np.unravel_index(int(count.argmin()), shape)
        names = ", ".join(f"{c} {n[int(i)]}" for (c, n), i in zip(axes, empty, strict=True))
        raise DataError(
            f"there is no row for {names}.", where=path.name, mend="Fetch the whole file."
        )
    out = np.zeros(shape)
    out.reshape(-1)[flat] = frame[frame.columns[-1]].to_numpy()
    return out


def plain_text(path: Path, encoding: str = "utf-8-sig", *, folder: str = "folder of the source"
               ) -> str:  # fmt: skip
    """The text of a file.

    Raises:
        DataError: the file is missing or not plain text.
    """
    try:
        return path.read_text(encoding=encoding)
    except FileNotFoundError:
        raise DataError(
            "the file is missing.", where=str(path), mend=f"Copy the whole {folder}."
        ) from None
    except UnicodeDecodeError:
        raise DataError(
            "the file is not plain text.", where=str(path), mend="Fetch it again."
        ) from None


def csv_rows(path: Path, *, folder: str = "folder of the source") -> list[list[str]]:
    """The rows of a CSV, every cell as text.

    Raises:
        DataError: the file is missing or not plain text.
    """
    text = plain_text(path, folder=folder)
    try:
        return list(csv.reader(StringIO(text, newline="")))
    except csv.Error as error:
        raise DataError(
            f"this is not CSV ({error}).", where=str(path), mend="Fetch the file again."
        ) from None


def matrix(
    path: Path,
    rows: int,
    columns: int,
    *,
    separator: str | None = ",",
    encoding: str = "utf-8-sig",
    folder: str = "folder of the source",
) -> Array:
    """A bare table of numbers (rows, columns) without a header.

    Args:
        path: the text file.
        rows, columns: how many there are.
        separator: what sets numbers apart; None means blanks and tabs.
        encoding: of the text.
        folder: what the file is part of, for messages.

    Raises:
        DataError: the file is missing or of another size, or a cell is not a number; the first
            bad line is named.
    """
    lines = plain_text(path, encoding, folder=folder).splitlines()
    while lines and not lines[-1].strip():
        lines.pop()
    out = np.empty((rows, columns))
    for at, line in enumerate(lines[:rows]):
        where = f"{path}:{at + 1}"
        cells = line.split(separator)
        if len(cells) != columns:
            raise DataError(
                f"{len(cells)} numbers, {columns} expected.",
                where=where, mend="The line is cut or of another layout; fetch the file again.",
            )  # fmt: skip
        try:
            out[at] = [float(c) for c in cells]
        except ValueError as fault:
            raise DataError(f"{fault}.", where=where, mend="Every cell is a number.") from None
        if not np.isfinite(out[at]).all():
            raise DataError(
                "a cell is not a finite number.", where=where, mend="Fetch the file again."
            )
    if len(lines) != rows:
        raise DataError(
            f"{len(lines)} lines, {rows} expected.",
            where=f"{path}:{min(len(lines), rows) + 1}",
            mend="The file is cut or has another layout; fetch it again.",
        )
    return out


def at_least_zero(array: Array, axes: Sequence[Sequence[str]], what: str, path: Path) -> Array:
    """The same array, if no cell is negative.

    Raises:
        DataError: the worst negative cell, by name.
    """
    if array.min() < 0:
        at = np.unravel_index(int(array.argmin()), array.shape)
        where = ", ".join(axis[int(i)] for axis, i in zip(axes, at, strict=True))
        raise DataError(
            f"a {what} is negative: {array.min():g} ({where}).",
            where=path.name, mend=f"Every {what} is zero or more; fetch the file again.",
        )  # fmt: skip
    return array
