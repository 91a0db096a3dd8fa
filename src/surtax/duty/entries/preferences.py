"""Claims of preference as files write them: by name, by the tariff's symbols, by treatment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from surtax.duty.entries.headers import SPI, TREATMENT
from surtax.duty.lines import Index
from surtax.duty.universe import Words
from surtax.ledger.load import Ledger

CLAIMS = "claims"
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


@dataclass(frozen=True, eq=False)
class Claimed:
    """What the lines of a block claim.

    Attributes:
        number: (n,) numbers of the texts of claims.
        reason: (n,) why a line cannot claim what it does; None if every line can.
        late: (n,) whether a line claims a preference after its last day; None if no line does.
        left_out: how many treatments mean no claim of the record.
    """

    number: Index
    reason: pl.Series | None
    late: pl.Series | None
    left_out: dict[str, int]


class Preferences:
    """The claims of a ledger, found by any of their names.

    Attributes:
        texts: claims that lines made, in order, joined by “;”; the empty text first.
    """

    def __init__(self, ledger: Ledger) -> None:
        self.claims = ledger.claims
        self.names = {a.casefold(): k for k, c in self.claims.items() for a in (k, *c.aliases)}
        self.texts: list[str | None] = [""]
        self._cells: dict[str, Words] = {}

    def of(
        self, raw: pl.DataFrame, frame: pl.DataFrame, places: Sequence[tuple[int, Index]]
    ) -> Claimed:
        """Read the claims of a block.

        Args:
            raw: its raw lines.
            frame: the same lines, with their places and days read.
            places: for origin and importer, how many texts there are, and (n,) their numbers.
        """
        key = np.zeros(len(frame), dtype=np.intp)
        makes, columns = key > 0, list[tuple[str, list[str], Index]]()
        for name in (n for n in (CLAIMS, SPI, TREATMENT) if n in raw.columns):
            words = self._cells.setdefault(name, Words())
            at = words.of(raw[name])
            cells = [text.strip() for text in words.texts]
            makes |= np.array([cell != "" for cell in cells], dtype=bool)[at]
            key = key * len(cells) + at
            columns.append((name, cells, at))
        for count, number in places:
            key = key * max(count, 1) + number
        rows = np.flatnonzero(makes)
        _, first, which = np.unique(key[rows], return_index=True, return_inverse=True)
        told = [
            self.read(
                {name: cells[at[i]] for name, cells, at in columns}
                | {"origin": frame["origin"][i], "into": frame["into"][i]}
            )
            for i in rows[first].tolist()
        ]
        of = np.full(len(frame), len(told), dtype=np.intp)  # the last is for lines without claims
        of[rows] = which.ravel()
        numbers = np.array([*(self._number(one) for one in told), 0], dtype=np.intp)
        reason = pl.Series([*(one.refused or None for one in told), None], dtype=pl.String)
        until = pl.Series([*(one.until for one in told), None], dtype=pl.Date)
        late = (
            (frame["on"] >= until.gather(of)).fill_null(value=False)
            if until.null_count() < len(until)
            else None
        )
        return Claimed(
            numbers[of],
            reason.gather(of) if reason.null_count() < len(reason) else None,
            late,
            self._left_out([(cells, at[rows]) for n, cells, at in columns if n == TREATMENT]),
        )

    def _number(self, told: Told) -> int:
        text = ";".join(told.names)
        if text not in self.texts:
            self.texts.append(text)
        return self.texts.index(text)

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

    def _left_out(self, treatments: Sequence[tuple[list[str], Index]]) -> dict[str, int]:
        """Treatments that mean no claim of the record, counted."""
        known, count = {*TREATMENTS, *NO_CLAIM}, 0
        for cells, at in treatments:
            odd = np.array([cell.upper() not in known for cell in cells], dtype=bool)
            count += int(odd[at].sum())
        return {LEFT_OUT: count}
