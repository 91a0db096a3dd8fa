"""Claims of preference as files write them: by name, by the tariff's symbols, by treatment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from surtax.duty.entries.columns import FACT
from surtax.duty.entries.headers import SPI, TREATMENT
from surtax.ledger.load import Ledger

TREATMENTS = {"UST": "usmca", "10": "usmca", "MXT": "usmca", "11": "usmca"}
"""Canada's tariff treatments for goods of the United States and Mexico (Customs Tariff, List of
Countries and Applicable Tariff Treatments), by abbreviation and number."""
NO_CLAIM = ("", "MFN", "2", "02")
LEFT_OUT = "tariff treatments that the record does not hold, left out"


@dataclass(frozen=True)
class Told:
    """What a line claims.

    Attributes:
        names: claims, in order.
        refused: why they cannot be claimed.
        until: the first day on which one of them no longer can.
    """

    names: tuple[str, ...] = ()
    refused: str = ""
    until: date | None = None


class Preferences:
    """The claims of a ledger, found by any of their names."""

    def __init__(self, ledger: Ledger) -> None:
        self.claims = ledger.claims
        self.names = {a.casefold(): k for k, c in self.claims.items() for a in (k, *c.aliases)}

    def read(self, row: dict[str, str | None]) -> Told:
        """The claims of a line, from its cells and its origin and importer."""
        origin, into = row["origin"] or "", row["into"] or ""
        found: dict[str, None] = {}
        words = (row.get("claims") or "").replace(",", ";").replace("|", ";")
        for word in filter(None, (w.strip() for w in words.split(";"))):
            if word.casefold() not in self.names:
                known = ", ".join(list(self.claims)[:8])
                return Told(refused=f"unknown claim “{word}”; known are {known} …")
            found[self.names[word.casefold()]] = None
        for word in filter(None, (w.strip() for w in (row.get(SPI) or "").split(";"))):
            fits = [
                name for name, claim in self.claims.items()
                if word in claim.symbols and origin in claim.origins and into in claim.into
            ]  # fmt: skip
            if not fits:
                return Told(
                    refused=f"no preference with the symbol “{word}” is open to goods of {origin}"
                )
            found[fits[0]] = None
        if (told := TREATMENTS.get((row.get(TREATMENT) or "").upper())) is not None:
            found[told] = None
        for name in found:
            claim = self.claims[name]
            if origin and into and (origin not in claim.origins or into not in claim.into):
                return Told(refused=f"goods of {origin} cannot claim {name} into {into}")
        ends = [end for name in found if (end := self.claims[name].to)]
        return Told(tuple(sorted(found)), until=min(ends, default=None))

    def left_out(self, told: pl.DataFrame, given: Sequence[str]) -> Iterator[tuple[str, int]]:
        """Treatments that mean no claim of the record, counted."""
        if TREATMENT in given:
            known = [*TREATMENTS, *NO_CLAIM]
            yield LEFT_OUT, int((~told[TREATMENT].str.to_uppercase().is_in(known)).sum())


__all__ = ["FACT", "Preferences", "Told"]
