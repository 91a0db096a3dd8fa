"""The chapter 99 headings under which provisions of US measures are filed, each with its days.

``headings.csv`` beside the measures maps a heading to a provision for the days on which the
schedule carried it: several headings to one provision where the schedule tells countries or
routes apart, and one heading to several provisions where it does not. A heading of “duty” stands
for an amount owed; one of “free” claims that a duty is not owed.
"""

from __future__ import annotations

import csv
import itertools
import re
from pathlib import Path

import polars as pl

from surtax import places
from surtax.errors import LedgerError, UnitError, UnknownNameError, unknown
from surtax.keeping import kept
from surtax.ledger.load import Ledger
from surtax.units import parse_date

FILE = "headings.csv"
COLUMNS = ("heading", "provision", "from", "to", "origins", "says", "source")


def digits(text: str) -> str:
    """A heading without dots and spaces: “9903.01.25” is “99030125”."""
    return re.sub(r"[^0-9]", "", text)


def dotted(code: str) -> str:
    """A heading as the schedule prints it."""
    return f"{code[:4]}.{code[4:6]}.{code[6:]}"


def span(text: str) -> list[str]:
    """The headings that a row names: one, or all from the first to the last; none if malformed."""
    first, _, last = (digits(part) for part in text.partition("-"))
    if not re.fullmatch(r"99\d{6}", first) or (last and not re.fullmatch(r"99\d{6}", last)):
        return []
    return [str(code) for code in range(int(first), int(last or first) + 1)]


def read_headings(path: Path) -> list[dict[str, str]]:
    """The rows of the file, as written.

    Raises:
        LedgerError: another layout.
    """
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        if tuple(reader.fieldnames or ()) != COLUMNS:
            raise LedgerError(
                "the columns are not those of a table of headings.",
                where=f"{path}:1",
                mend=f"Write {', '.join(COLUMNS)}.",
            )
        return list(reader)


@kept
def headings(ledger: Ledger) -> pl.DataFrame:
    """Headings of a ledger, checked against it.

    Returns:
        One row for each heading, provision and origin: ``heading`` (eight digits), ``provision``
        (or a measure, where a heading frees from the whole of it), ``first`` and ``last`` (days
        as ordinals, the second not counted), ``origin`` (null for all), ``says`` (duty or free).

    Raises:
        LedgerError: a row names a provision, place or day that does not exist; with file and line.
    """
    path = Path(ledger.root) / FILE
    rows = []
    for line, row in enumerate(read_headings(path), start=2):
        where = f"{path}:{line}"
        codes = span(row["heading"])
        if not codes or row["says"] not in ("duty", "free"):
            raise LedgerError(
                f"“{row['heading']}, {row['says']}” is not a heading with what it says.",
                where=where,
                mend="Write eight digits of chapter 99, and duty or free.",
            )
        try:
            measure, _, part = row["provision"].partition("#")
            if measure not in ledger.measures:
                raise unknown("measure", measure, ledger.measures)
            parts = ledger.measures[measure].provisions
            if part and part not in parts:
                raise unknown("provision", part, parts)
            start = parse_date(row["from"])
            end = parse_date(row["to"]).toordinal() if row["to"] else 9**7
            named = row["origins"].split()
            origins = sorted(places.expand(named, start)) if named else [None]
        except (UnknownNameError, UnitError) as error:
            raise LedgerError(error.what, where=where, mend=error.mend) from None
        days = (start.toordinal(), end)
        for code, origin in itertools.product(codes, origins):
            rows.append((code, row["provision"], *days, origin, row["says"]))
    return pl.DataFrame(
        rows,
        orient="row",
        schema={
            "heading": pl.String, "provision": pl.String, "first": pl.Int64, "last": pl.Int64,
            "origin": pl.String, "says": pl.String,
        },
    )  # fmt: skip
