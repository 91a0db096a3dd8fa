"""Claim files: what a portal takes, as far as its layout is sourced."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from surtax.ledger.load import Ledger
from surtax.ledger.refunds import Route, refunds

ENTRY = r"^[0-9A-Z]{11}$"
"""A US entry number without its dashes: filer code, seven digits and a check digit."""


@dataclass(frozen=True)
class ClaimFile:
    """One file of claims: the ending of its name, its text, and how many entries it lists."""

    suffix: str
    text: str
    entries: int


def claim_files(ledger: Ledger, lines: pl.DataFrame) -> tuple[list[ClaimFile], list[str]]:
    """Files for the routes that have a sourced layout, and entry numbers that fit none.

    An entry is listed once, whatever its lines; its numbers are written without dashes.

    Args:
        ledger: the law, with its refund rules.
        lines: what `surtax.duty.refund.refund` returned.
    """
    files: list[ClaimFile] = []
    misfits: list[str] = []
    for route in refunds(ledger).routes.values():
        if route.file is None:
            continue
        mine = lines.filter(pl.col("eligible") & (pl.col("route") == route.title))
        if not mine.height or "entry" not in mine.columns:
            continue
        written = pl.col("entry").cast(pl.String).fill_null("")
        plain = written.str.to_uppercase().str.replace_all(r"[\s\-./]", "")
        numbers = mine.select(plain.alias("number")).unique(maintain_order=True)["number"]
        fits = numbers.str.contains(ENTRY)
        misfits.extend(numbers.filter(~fits).to_list())
        files.extend(_parts(route, numbers.filter(fits).sort().to_list()))
    return files, misfits


def _parts(route: Route, numbers: list[str]) -> Iterator[ClaimFile]:
    assert route.file is not None
    for part, start in enumerate(range(0, len(numbers), route.file.rows), start=1):
        chunk = numbers[start : start + route.file.rows]
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow(route.file.header)
        writer.writerows([number] for number in chunk)
        yield ClaimFile(f"{route.file.name}-{part:03d}.csv", out.getvalue(), len(chunk))
