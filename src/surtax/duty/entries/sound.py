"""Lines of a table that cannot be rated as they stand, and why.

A file is cleaned cell by cell (`clean`); a table that a program hands over is not. What a single
entry would be refused for is refused here, line by line, each distinct text being read once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

from surtax import places
from surtax.duty.entries.columns import facts_of
from surtax.duty.entry import SPECIAL, WHOLE, apart, country_of, too_much
from surtax.errors import InputError
from surtax.ledger.load import Ledger

if TYPE_CHECKING:
    import polars as pl

MOST = 100.0
"""A rate above which a number is no rate of duty: 10,000 %."""
ALONE = f"a number of chapter {SPECIAL} alone is no goods"
WITHIN = "the goods come from within the customs border; they pay no duty"
RANGES = {
    "share": (0.0, 1.0, "a share between 0 and 1"),
    "rate": (0.0, MOST, "a rate of duty"),
    "bool": (0.0, 1.0, "1 or 0"),
    "date": (1.0, float(date.max.toordinal()), "the ordinal of a day"),
}
"""By type of fact, the least and the most that its number may be, and what it is."""


def refusals(ledger: Ledger, frame: pl.DataFrame) -> dict[int, str]:
    """Rows of a table that cannot be rated, with the reason; the first that is found.

    Args:
        ledger: the law.
        frame: the entries in canonical columns, texts as texts; facts are those of the ledger.
    """
    out: dict[int, str] = {}
    for row, reason in _refusals(ledger, frame):
        out.setdefault(row, reason)
    return out


def _refusals(ledger: Ledger, frame: pl.DataFrame) -> Iterator[tuple[int, str]]:
    yield from _texts(frame, "goods", _goods)
    yield from _texts(frame, "origin", lambda text: _origin(text, ledger.verified_to))
    for row in within(frame).arg_true().to_list():
        yield row, WITHIN
    for row in alone(frame).arg_true().to_list():
        yield row, ALONE
    yield from _claims(ledger, frame)
    for name, column in facts_of(frame).items():
        least, most, what = RANGES[ledger.facts[name.partition("@")[0]].type]
        said = frame[column].fill_nan(None)
        off = ~said.is_between(least, most)
        for row in off.fill_null(value=False).arg_true().to_list():
            yield row, f"{name} is {said[row]:g}, and not {what}."
    for names, whole in shared(ledger, frame):
        for row in (whole > WHOLE).arg_true().to_list():
            yield row, too_much(names)


def _texts(
    frame: pl.DataFrame, name: str, wrong: Callable[[str], str]
) -> Iterator[tuple[int, str]]:
    """Rows whose text in a column is none that it may be."""
    reasons = {text: why for text in frame[name].unique() if (why := wrong(text))}
    if reasons:
        for row in frame[name].is_in(list(reasons)).arg_true().to_list():
            yield row, reasons[frame[name][row]]


def _goods(text: str) -> str:
    if re.fullmatch("[0-9]{8}([0-9]{2})?", text):
        return ""
    return f"“{text}” is no tariff number in eight or ten digits alone."


def _origin(text: str, on: date) -> str:
    try:
        code = country_of(text, on)
    except InputError as error:
        return f"{error.what} {error.mend}".strip()
    return "" if code == text else f"“{text}” is not the code of a country; write {code}."


def alone(frame: pl.DataFrame) -> pl.Series:
    """(n,) whether the goods are a number of chapter 99 of the US schedule, which is no goods."""
    special = frame["goods"].str.starts_with(SPECIAL)
    return special & (frame["into"] == "US") if special.any() else special


def within(frame: pl.DataFrame) -> pl.Series:
    """(n,) whether goods come from within the customs border; null where a line does not say."""
    import polars as pl

    same = frame["origin"] == frame["into"]
    near = pl.Series([False]).new_from_index(0, len(frame))
    for into, inside in _inside().items():
        if (here := frame["into"] == into).any():
            near |= here & frame["origin"].is_in(inside)
    if near.any():
        some = frame.select("origin", "into", "on").filter(near).unique()
        for origin, into, on in some.drop_nulls().iter_rows():
            if origin in places.customs_territory(into, on):
                here = (frame["origin"] == origin) & (frame["into"] == into)
                same |= here & (frame["on"] == on)
    return same


def shared(ledger: Ledger, frame: pl.DataFrame) -> Iterator[tuple[list[str], pl.Series]]:
    """Facts of a table that are shares of one whole, and (n,) what they sum to in each line.

    Of a share that a line declares to measures one by one the largest counts.
    """
    import polars as pl

    columns: dict[str, list[str]] = {}
    for name, column in facts_of(frame).items():
        columns.setdefault(name.partition("@")[0], []).append(column)
    for names in apart(ledger, columns):
        parts = [pl.max_horizontal(columns[name]).fill_nan(0).fill_null(0) for name in names]
        yield names, frame.select(pl.sum_horizontal(parts)).to_series()


@cache
def union() -> frozenset[str]:
    """The European Union and its members."""
    return places.members(places.UNION, date(2024, 1, 1)) | {places.UNION}


@cache
def _inside() -> dict[str, list[str]]:
    """Places that are, or were, within a border that holds several."""
    us = places.members("USCT", date(2024, 1, 1))
    return {"US": sorted(us), places.UNION: sorted(union())}


def _claims(ledger: Ledger, frame: pl.DataFrame) -> Iterator[tuple[int, str]]:
    """Rows with a claim that is none, or not open to goods of the origin on the day."""
    import polars as pl

    told = frame.select("claims", "origin", "into", "on")
    met = told.filter(pl.col("claims") != "").unique()
    wrong = [(*one, why) for one in met.iter_rows() if (why := _claim(ledger, *one))]
    if wrong:
        reasons = pl.DataFrame(wrong, schema={**told.schema, "why": pl.String}, orient="row")
        off = told.with_row_index("row").join(reasons, on=told.columns, maintain_order="left")
        yield from off.select("row", "why").iter_rows()


def _claim(ledger: Ledger, claims: str, origin: str, into: str, on: date) -> str:
    for name in filter(None, claims.split(";")):
        if name not in ledger.claims:
            return f"“{name}” is no claim; known are {', '.join(list(ledger.claims)[:8])} …"
        if not ledger.claims[name].open(origin, into, on):
            return f"goods of {origin} cannot claim {name} into {into} on {on}."
    return ""
