"""Claim files: what a portal takes, as far as its layout is sourced."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from surtax.ledger.refunds import Refunds, Route
from surtax.whole import write

ENTRY = r"^[0-9A-Z]{11}$"
"""A US entry number without its dashes: filer code, seven digits and a check digit."""
UNSOURCED = "no layout of a file is sourced"
UNNUMBERED = "the entries have no numbers"


@dataclass(frozen=True)
class Written:
    """What became of claims.

    Attributes:
        files: the claim files written.
        entries: how many entries they list.
        misfits: numbers of entries that are in no file, since they are no entry numbers.
    """

    files: tuple[str, ...] = ()
    entries: int = 0
    misfits: tuple[str, ...] = ()


def with_file(law: Refunds) -> dict[str, Route]:
    """Routes that take a file whose layout is sourced, by the file's name."""
    return {route.file.name: route for route in law.routes.values() if route.file is not None}


def numbers(lines: pl.DataFrame, route: Route) -> bytes:
    """The numbers of the entries that a route takes, without dashes, one a line.

    Args:
        lines: what `surtax.duty.refund.Refunder.lines` returned.
        route: the route.
    """
    if "entry" not in lines.columns:
        return b""
    mine = lines.filter(pl.col("eligible") & (pl.col("route") == route.title))
    plain = pl.col("entry").cast(pl.String).str.to_uppercase().str.replace_all(r"[\s\-./]", "")
    told = mine.select(plain.fill_null("").alias("number")).unique(maintain_order=True)
    return "".join(f"{one}\n" for one in told["number"]).encode()


def write_claims(out: Path, route: Route, blocks: Iterable[bytes]) -> Written:
    """Write a route's files beside an output, each entry once, whatever its lines.

    Files of an earlier run that the new ones do not replace are taken away.

    Args:
        out: the output.
        route: a route with a file.
        blocks: what `numbers` gave of each block.
    """
    assert route.file is not None
    series = [pl.Series(data.decode().split("\n")[:-1], dtype=pl.String) for data in blocks]
    found = pl.concat(series).unique().sort() if series else pl.Series([], dtype=pl.String)
    fits = found.str.contains(ENTRY)
    listed = found.filter(fits)
    paths: list[Path] = []
    try:
        for number, text in enumerate(_texts(route, listed), start=1):
            path = out.with_name(f"{out.stem}-{route.file.name}-{number:03d}.csv")
            write(path, text.encode())
            paths.append(path)
    except BaseException:  # some of the files are worse than none
        for path in paths:
            path.unlink()
        raise
    old = re.compile(rf"{re.escape(out.stem)}-{route.file.name}-\d{{3,}}\.csv")
    for path in out.parent.iterdir():
        if old.fullmatch(path.name) and path not in paths:
            path.unlink()
    return Written(tuple(map(str, paths)), len(listed), tuple(found.filter(~fits)))


def _texts(route: Route, listed: pl.Series) -> Iterator[str]:
    """The text of each file."""
    assert route.file is not None
    for start in range(0, len(listed), route.file.rows):
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow(route.file.header)
        writer.writerows([one] for one in listed[start : start + route.file.rows])
        yield out.getvalue()
