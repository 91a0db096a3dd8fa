"""CSV files that a spreadsheet can open without running what a cell says."""

from __future__ import annotations

import os
from pathlib import Path

import polars as pl

from surtax.units import FORMULA, NUMBER, inert


def neutralise(path: Path) -> int:
    """Put an apostrophe before every cell that begins like a formula; how many there were.

    Numbers stay numbers. The file is replaced whole or not at all.
    """
    frame = pl.read_csv(path, infer_schema=False)
    risky = {
        name: pl.col(name).str.contains(FORMULA) & ~pl.col(name).str.contains(NUMBER)
        for name in frame.columns
    }
    found = frame.select(one.sum().alias(c) for c, one in risky.items())
    count = sum(found.row(0)) if frame.height else 0
    names = [inert(name) for name in frame.columns]
    if not count and names == frame.columns:
        return 0
    safe = frame.with_columns(
        pl.when(one).then(pl.lit("'") + pl.col(c)).otherwise(pl.col(c)).alias(c)
        for c, one in risky.items()
    )
    part = path.with_name(f".{path.name}.safe")
    safe.rename(dict(zip(frame.columns, names, strict=True))).write_csv(part)
    os.replace(part, path)
    return count
