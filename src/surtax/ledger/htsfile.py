"""The USITC's own export of the tariff schedule, JSON or CSV: its lines, rates handed down.

An export prints a rate once, where the tariff does: mostly on the eight-digit line, not on its
statistical suffixes. A line that prints no rate takes those of the nearest line above it with a
smaller indent; units of quantity stand on the line itself.
"""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from surtax.errors import DataError
from surtax.ledger.ratetext import squeeze

_JSON = ("htsno", "indent", "description", "units", "general", "special", "other")
_CSV = (
    "HTS Number", "Indent", "Description", "Unit of Quantity", "General Rate of Duty",
    "Special Rate of Duty", "Column 2 Rate of Duty",
)  # fmt: skip


@dataclass(frozen=True)
class Line:
    """A numbered line of the schedule.

    Attributes:
        code: its digits, four to ten.
        path: descriptions from the heading down to the line.
        units: units of quantity to report, in order.
        general, special, column2: rate texts, its own or handed down; empty if there is none.
    """

    code: str
    path: tuple[str, ...]
    units: tuple[str, ...]
    general: str
    special: str
    column2: str


def read_export(path: Path) -> list[Line]:
    """The numbered lines of an export in print order.

    Args:
        path: “.json” or “.csv” as the USITC's site exports them; either may be “.gz”.

    Raises:
        DataError: not such a file.
    """
    above: list[tuple[int, str, tuple[str, str, str]]] = []
    out = []
    for number, depth, description, units, *rates in _rows(path):
        while above and above[-1][0] >= depth:
            above.pop()
        general, special, column2 = (squeeze(text) for text in rates)
        own = (general, special, column2)
        if not any(own) and above:
            own = above[-1][2]
        above.append((depth, squeeze(description), own))
        if code := number.replace(".", "").strip():
            trail = tuple(words for _, words, _ in above)
            out.append(Line(code, trail, tuple(units), *own))
    return out


def _rows(path: Path) -> Iterator[tuple[str, int, str, list[str], str, str, str]]:
    where = str(path)
    plain = path.name.removesuffix(".gz")
    try:
        text = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        table: list[dict[str, Any]]
        if plain.endswith(".json"):
            table, names = json.loads(text), _JSON
        else:
            table, names = list(csv.DictReader(text.decode("utf-8-sig").splitlines(True))), _CSV
        for row in table:
            number, depth, words, units, *rates = (row[name] for name in names)
            if isinstance(units, str):
                units = json.loads(units) if units.startswith("[") else units.split(",")
            kept = [u.strip() for u in units or [] if u.strip()]
            one, two, three = (rate or "" for rate in rates)
            yield number or "", int(depth), words or "", kept, one, two, three
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataError(
            f"this is not an export of the tariff schedule ({type(error).__name__}: {error}).",
            where=where,
            mend="Take the JSON or CSV export of all chapters from hts.usitc.gov.",
        ) from None
