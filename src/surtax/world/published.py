"""Published numbers as files: our own CSV, a world's table of them, tables of Statistics Canada.

The CSV has the columns ``item`` and ``value``, and if wanted ``sector``, ``origin``,
``destination`` and ``source``; empty cells mean all.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from surtax.errors import DataError, InputError, unknown
from surtax.world.load import describe, folder_of
from surtax.world.sources import statcan
from surtax.world.sources.tables import read_table
from surtax.world.targets import ITEMS, Target
from surtax.world.world import World


def read(path: str | Path, world: World, year: int | None = None) -> list[Target]:
    """The numbers of a file for a world.

    Args:
        path: a CSV of targets, or a table of `surtax.world.sources.statcan`.
        world: the world.
        year: of a table of several; the newest that is whole unless given.

    Raises:
        DataError: a file that is missing or of another layout, or a value that is no number.
        InputError: a year of a CSV of targets, or a world that the table does not fit.
    """
    path = Path(path)
    if statcan.is_table(path):
        return statcan.targets_of(path, world, year)
    if year is not None:
        raise InputError(
            "a CSV of targets has no years.", where="--year", mend="Keep one year in the file."
        )
    return read_targets(path)


def read_targets(path: str | Path) -> list[Target]:
    """The targets of a CSV.

    Raises:
        DataError: a file that is missing or of another layout, or a value that is no number.
    """
    path = Path(path)
    if not path.is_file():
        raise DataError("there is no such file.", where=str(path), mend="Check the path.")
    try:
        rows = list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataError(
            f"this is not CSV ({error}).", where=str(path), mend="Save it as CSV."
        ) from None
    if not rows or not {"item", "value"} <= set(rows[0]):
        raise DataError(
            "there are no columns item and value, or no rows.",
            where=str(path),
            mend="The columns are item, sector, origin, destination, value, source.",
        )
    made = []
    for at, row in enumerate(rows, start=2):
        where = f"{path}:{at}"
        try:
            value = float(row["value"] or "")
            if not np.isfinite(value):
                raise ValueError
        except ValueError:
            raise DataError(
                f"“{row['value']}” is not a number.",
                where=where,
                mend="Give a number with a point.",
            ) from None
        item = (row["item"] or "").strip()
        if item not in ITEMS:
            near = unknown("item", item, ITEMS)
            raise DataError(near.what, where=where, mend=near.mend)
        words = {k: (row.get(k) or "*").strip() for k in ("sector", "origin", "destination")}
        made.append(Target(item, value, **words, source=(row.get("source") or "").strip()))
    return made


def own(name: str | Path) -> list[Target]:
    """The published numbers that a world's folder lists in its table ``official``, if any."""
    folder, manifest = folder_of(name), describe(name)
    table = manifest.tables.get("official")
    if table is None:
        return []
    read_table(folder, table, ["item", "value"])
    return read_targets(folder / table.file)
