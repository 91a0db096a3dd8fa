"""Places: what a country, a province or a group of countries is called.

Our code of a country is its ISO 3166-1 alpha-2 code, of a province or territory its ISO 3166-2
code ("CA-ON"), of a group a short name of its own ("EU27"). Kosovo, which has no ISO code, is
"XK" by common use. Sources: ISO 3166; US Census Bureau, Schedule C (country codes of US trade
files, where the European Union is 0003); Statistics Canada, Standard Geographical Classification.

A group is dated: "EU27" is the European Union of the day, so it has 28 members until the United
Kingdom leaves on 2020-02-01. "COL2" are the countries of general note 3(b) of the US tariff.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources

from surtax.errors import UnknownNameError, unknown

UNION = "EU27"
"""The European Union, one customs territory."""
CURRENCIES = {"US": "USD", "CA": "CAD", "CN": "CNY", UNION: "EUR", "MX": "MXN"}
"""The currency in which each importing place values goods."""


SQUARES = {
    "YT": (0, 0),
    "NT": (1, 0),
    "NU": (2, 0),
    "BC": (0, 1),
    "AB": (1, 1),
    "SK": (2, 1),
    "MB": (3, 1),
    "ON": (4, 1),
    "QC": (5, 1),
    "NL": (6, 0),
    "PE": (6, 1),
    "NB": (5, 2),
    "NS": (6, 2),
}
"""Canada as a grid of equal squares: column and row of each province and territory."""


@dataclass(frozen=True)
class Place:
    """A country, a Canadian province or territory, or a group of countries.

    Attributes:
        code: "CA", "CA-ON", "EU27".
        name: the English short name.
        kind: "country", "province", "territory" or "group".
        alpha3: ISO 3166-1 alpha-3, empty unless a country.
        short: the code within its country: "ON" for "CA-ON", else the code itself.
        census: US Census Schedule C codes, four digits each.
        statcan: Statistics Canada code; empty where we do not know one.
        aliases: other names that are understood.
    """

    code: str
    name: str
    kind: str
    alpha3: str = ""
    short: str = ""
    census: tuple[str, ...] = ()
    statcan: str = ""
    aliases: tuple[str, ...] = ()


def _rows(file: str) -> list[dict[str, str]]:
    text = resources.files("surtax").joinpath("data", file).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@cache
def places() -> tuple[Place, ...]:
    """Every place, in the order of ``data/places.csv``: countries, provinces, groups."""
    return tuple(
        Place(
            code=row["code"],
            name=row["name"],
            kind=row["kind"],
            alpha3=row["alpha3"],
            short=row["short"],
            census=tuple(row["census"].split()),
            statcan=row["statcan"],
            aliases=tuple(filter(None, row["aliases"].split(";"))),
        )
        for row in _rows("places.csv")
    )


@cache
def _index() -> dict[str, Place]:
    index: dict[str, Place] = {}
    for one in places():
        for word in (one.code, one.alpha3, one.name, *one.census, *one.aliases):
            if word:
                index.setdefault(word.casefold(), one)
    return index


def place(code_or_name: str) -> Place:
    """The place of a code or a name, in any case.

    Args:
        code_or_name: "CA", "CAN", "1220", "canada", "CA-ON", "Ontario", "EU27". The two-letter
            short code of a province is not accepted alone, since "NL", "PE", "SK", "NU" and "YT"
            are countries first; see ``province``.

    Raises:
        UnknownNameError: no place carries the name.
    """
    found = _index().get(code_or_name.strip().casefold())
    if found is None:
        valid = [word for p in places() for word in (p.code, p.name)]
        raise unknown("place", code_or_name, valid)
    return found


def provinces(*, territories: bool = True) -> tuple[Place, ...]:
    """The ten provinces from east to west and, if asked, the three territories."""
    kinds = ("province", "territory") if territories else ("province",)
    return tuple(p for p in places() if p.kind in kinds)


def province(short: str) -> Place:
    """The Canadian province or territory of a short code ("ON"), code or name.

    Raises:
        UnknownNameError: no province carries it.
    """
    word = short.strip().casefold()
    for one in provinces():
        if word in {w.casefold() for w in (one.short, one.code, one.name, *one.aliases)}:
            return one
    raise unknown("province", short, [p.short for p in provinces()])


def origin(word: str) -> Place:
    """A place of origin; a province may be written as its two letters where no country is.

    Raises:
        UnknownNameError: no place carries the name.
    """
    try:
        return place(word)
    except UnknownNameError:
        if word.strip().upper() in {p.short for p in provinces()}:
            return province(word)
        raise


@cache
def _spells() -> dict[str, tuple[tuple[str, date, date], ...]]:
    spells: dict[str, list[tuple[str, date, date]]] = {}
    for row in _rows("groups.csv"):
        start = date.fromisoformat(row["from"]) if row["from"] else date.min
        end = date.fromisoformat(row["to"]) if row["to"] else date.max
        spells.setdefault(row["group"], []).append((row["member"], start, end))
    return {group: tuple(rows) for group, rows in spells.items()}


def groups() -> tuple[str, ...]:
    """Codes of the groups that have members."""
    return tuple(_spells())


@cache
def turns() -> frozenset[date]:
    """Every day on which the members of some group change."""
    edges = {edge for rows in _spells().values() for _, *span in rows for edge in span}
    return frozenset(edges - {date.min, date.max})


@cache
def members(group: str, on: date) -> frozenset[str]:
    """Codes of a group's members on a day; spells are half-open ``[from, to)``.

    Raises:
        UnknownNameError: no such group.
    """
    one = _index().get(group.strip().casefold())
    if one is None or one.code not in _spells():
        raise unknown("group of countries", group, groups())
    return frozenset(code for code, start, end in _spells()[one.code] if start <= on < end)


def changes(group: str) -> frozenset[date]:
    """The days on which a group gains or loses a member."""
    spells = _spells().get(group, ())
    return frozenset(d for _, *days in spells for d in days if d not in (date.min, date.max))


def customs_territory(code: str, on: date) -> frozenset[str]:
    """Codes of the places inside one customs border: a country itself, a union's members.

    Sources: HTSUS general note 2 (the States, the District of Columbia and Puerto Rico);
    Regulation (EU) 952/2013, article 4 (the customs territory of the European Union).
    """
    inside = {"US": "USCT", UNION: UNION}.get(code)
    return members(inside, on) if inside else frozenset({code})


def border_of(code: str, on: date) -> str:
    """The place whose customs guard a country: its customs union, else the country itself."""
    return UNION if code in members(UNION, on) else code


def expand(codes: Iterable[str], on: date) -> frozenset[str]:
    """Codes of places with every group replaced by its members on a day.

    Raises:
        UnknownNameError: a code that no place carries.
    """
    out: set[str] = set()
    for code in codes:
        one = place(code)
        out |= members(one.code, on) if one.kind == "group" else {one.code}
    return frozenset(out)


def census_to_code() -> dict[str, str]:
    """US Census Schedule C code → our code; 0003 → "EU27", both 5082 and 5083 → "PS"."""
    return {census: one.code for one in places() for census in one.census}


@cache
def codes() -> tuple[str, ...]:
    """Codes of all countries, without provinces and groups."""
    return tuple(p.code for p in places() if p.kind == "country")
