"""Lists beside a measure: goods by code, or rates by origin, checked as they are read."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from surtax import goods, places
from surtax.errors import LedgerError, SurtaxError, UnitError, unknown
from surtax.ledger.rates import read_rate
from surtax.ledger.text import read_annex


def annex_rows(file: Path, instruments: Collection[str], *, rates: bool) -> list[dict[str, str]]:
    """The rows of a list.

    Each names goods once, or a place with its rate, and with the instrument that sets it and the
    paragraph where it is not the one that names the list.

    Raises:
        LedgerError: with file and line.
    """
    rows = read_annex(file, "origin" if rates else "code")
    seen: dict[str, int] = {}
    for line, row in enumerate(rows, start=2):
        try:
            if rates:
                key, said = places.place(row["origin"]).code, row["origin"]
                read_rate(row.get("rate", ""))
                if row.get("instrument") and row["instrument"] not in instruments:
                    raise unknown("instrument", row["instrument"], instruments)
            else:
                key, said = goods.hs(row["code"]), row["code"]
            if key in seen:
                raise UnitError(
                    f"“{said}” stands twice, first in line {seen[key]}.",
                    mend="Remove one of the two.",
                )
            seen[key] = line
        except SurtaxError as error:
            raise LedgerError(error.what, where=f"{file}:{line}", mend=error.mend) from None
    return rows
