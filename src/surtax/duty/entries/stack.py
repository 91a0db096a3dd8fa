"""Parquet parts, one under the other, as one file: columns are copied as they stand, not decoded.

Ten million lines are compressed once, when their block is finished; what remains is to copy bytes
and to write one footer. A part that lacks a column of another gets one of nulls.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import polars as pl

from surtax.duty.entries.footer import (
    I32,
    I64,
    LIST,
    MAGIC,
    STRUCT,
    Struct,
    footer_bytes,
    replace_footer,
)
from surtax.duty.entries.footer import read_footer as read

SCHEMA, ROWS, GROUPS, NOTES = 2, 3, 4, 5
"""Fields of the footer; the last is what a writer notes of its own columns."""
KIND, CONVERTED, SCALE, PRECISION, LOGICAL = 1, 6, 7, 8, 10
"""Fields of a column's type: of its values as they are kept, and of what they stand for, told in
the older way and in the newer one; the first is one of its description, too."""
INT64, DECIMAL = 2, 5
"""Those types by their numbers."""
COLUMNS, BYTES, COUNT = 1, 2, 3
"""Fields of a row group; 5, 6 and 7 are its place, its size and its number."""
META = 3
"""Field of a column that holds its description."""
TOTAL, DATA_PAGE, DICTIONARY = 7, 9, 11
"""Fields of the description: compressed size, where the pages begin."""


@dataclass(frozen=True)
class _Part:
    """A Parquet file with flat columns.

    Attributes:
        path: the file.
        footer: its footer.
        at: column name → its place.
    """

    path: Path
    footer: Struct
    at: dict[str, int]

    @classmethod
    def open(cls, path: Path) -> _Part:
        footer = read(path)
        names = [one[4][1].decode() for one in footer[SCHEMA][1][1][1:]]
        return cls(path, footer, {name: i for i, name in enumerate(names)})

    @property
    def groups(self) -> list[Struct]:
        found: list[Struct] = self.footer[GROUPS][1][1]
        return found


def stack(parts: Sequence[Path], out: Path, kinds: Mapping[str, Any]) -> None:
    """Write one Parquet file of many.

    Args:
        parts: files with flat columns, each with its own choice of them.
        out: the file to write.
        kinds: every column of any part, in the order wanted, with its type.
    """
    opened = [_Part.open(part) for part in parts]
    groups: list[Struct] = []
    elements: dict[str, Struct] = {}
    with tempfile.TemporaryDirectory() as folder, out.open("wb") as handle:
        handle.write(MAGIC)
        for number, part in enumerate(opened):
            blank = _blank(Path(folder) / str(number), part, kinds)
            for one in (part, blank):
                if one:
                    told = one.footer[SCHEMA][1][1][1:]
                    elements.update({n: told[i] for n, i in one.at.items() if n in kinds})
            with part.path.open("rb") as own, (blank or part).path.open("rb") as nulls:
                for place, group in enumerate(part.groups):
                    sources = {n: (own, group[COLUMNS][1][1][i]) for n, i in part.at.items()}
                    if blank:
                        other = blank.groups[place][COLUMNS][1][1]
                        sources |= {n: (nulls, other[i]) for n, i in blank.at.items()}
                    chosen = [sources[name] for name in kinds]
                    groups.append(_copy(handle, chosen, group, len(groups)))
        footer = dict(opened[0].footer)
        root = dict(footer[SCHEMA][1][1][0])
        root[5] = (I32, len(kinds))
        footer[SCHEMA] = (LIST, (STRUCT, [root, *(elements[name] for name in kinds)]))
        footer[ROWS] = (I64, sum(group[COUNT][1] for group in groups))
        footer[GROUPS] = (LIST, (STRUCT, groups))
        if 7 in footer:
            kind, (inner, orders) = footer[7]
            footer[7] = (kind, (inner, [orders[0]] * len(kinds)))
        footer.pop(NOTES, None)
        handle.write(footer_bytes(footer))


def tell_decimals(path: Path, kinds: Mapping[str, tuple[int, int]]) -> None:
    """Say in the footer of a file that columns told to be floats are decimals, bit by bit.

    Args:
        path: the file.
        kinds: those columns, each with its precision, 18 at most, and its scale. Of such decimals
            Parquet keeps the whole numbers behind them.
    """
    part = _Part.open(path)
    elements = part.footer[SCHEMA][1][1]
    for name, (precision, scale) in kinds.items():
        at, told = part.at[name], {1: (I32, scale), 2: (I32, precision)}
        elements[1 + at] |= {
            KIND: (I32, INT64), CONVERTED: (I32, DECIMAL), SCALE: (I32, scale),
            PRECISION: (I32, precision), LOGICAL: (STRUCT, {DECIMAL: (STRUCT, told)}),
        }  # fmt: skip
        for group in part.groups:
            group[COLUMNS][1][1][at][META][1][KIND] = (I32, INT64)
    part.footer.pop(NOTES, None)
    replace_footer(path, part.footer)


def _blank(path: Path, part: _Part, kinds: Mapping[str, Any]) -> _Part | None:
    """Columns of nulls for those that a part lacks, in groups of the same sizes."""
    lost = {name: kind for name, kind in kinds.items() if name not in part.at}
    sizes = [group[COUNT][1] for group in part.groups]
    if not lost:
        return None
    nulls = [pl.repeat(None, sum(sizes), dtype=kind).alias(name) for name, kind in lost.items()]
    pl.select(nulls).write_parquet(
        path, compression="lz4", statistics=False, row_group_size=max([*sizes, 1])
    )
    return _Part.open(path)


def _copy(
    handle: BinaryIO, chosen: Sequence[tuple[BinaryIO, Struct]], group: Struct, number: int
) -> Struct:
    """Copy the columns of one row group; its description at the new place."""
    columns, start, size, raw = [], handle.tell(), 0, 0
    for source, column in chosen:
        meta = dict(column[META][1])
        first = meta.get(DICTIONARY, meta[DATA_PAGE])[1]
        length = meta[TOTAL][1]
        moved = handle.tell() - first
        source.seek(first)
        handle.write(source.read(length))
        for field in (DATA_PAGE, DICTIONARY):
            if field in meta:
                meta[field] = (I64, meta[field][1] + moved)
        for field in (10, 14, 15):  # pages of indices and filters, which are not copied
            meta.pop(field, None)
        columns.append({2: (I64, 0), META: (STRUCT, meta)})
        size += length
        raw += meta[6][1]
    return {
        COLUMNS: (LIST, (STRUCT, columns)),
        BYTES: (I64, raw),
        COUNT: group[COUNT],
        5: (I64, start),
        6: (I64, size),
        7: (4, number),
    }
