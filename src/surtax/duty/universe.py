"""Texts met in tables of entries, numbered once: codes, origins, claims."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from surtax.duty.lines import Codes, Index, Mask
from surtax.ledger.schema import SCHEDULE

if TYPE_CHECKING:
    import polars as pl


class Words:
    """Distinct texts in the order in which they were met."""

    def __init__(self, texts: Iterable[str] = ()) -> None:
        self.texts: list[str] = []
        self._at: dict[str, int] = {}
        self._texts: pl.Series | None = None
        for text in texts:
            self.number(text)

    def __len__(self) -> int:
        return len(self.texts)

    def number(self, text: str) -> int:
        """The number of a text, new or met before."""
        found = self._at.setdefault(text, len(self.texts))
        if found == len(self.texts):
            self.texts.append(text)
        return found

    def of(self, column: pl.Series) -> Index:
        """(n,) numbers of a column of texts or categories; a null counts as the empty text."""
        import polars as pl

        if isinstance(column.dtype, pl.Enum):
            told = [self.number(text) for text in column.dtype.categories]
            met = np.array([*told, self.number("")], dtype=np.intp)
            at = column.to_physical().cast(pl.Int64).fill_null(len(told))
            numbers: Index = met[at.to_numpy()]
            return numbers
        plain = column.cast(pl.String)
        if plain.null_count():
            plain = plain.fill_null("")
        if not len(plain):
            return np.zeros(0, dtype=np.intp)
        if (plain == plain[0]).all():
            return np.full(len(plain), self.number(plain[0]), dtype=np.intp)
        found = self._known(plain)
        if found.null_count():
            for text in plain.filter(found.is_null()).unique(maintain_order=True).to_list():
                self.number(text)
            found = self._known(plain)
        out: Index = found.to_numpy().astype(np.intp)
        return out

    def _known(self, column: pl.Series) -> pl.Series:
        """(n,) numbers of texts; null where one was not met before."""
        import polars as pl

        if self._texts is None or len(self._texts) < len(self.texts):
            self._texts = pl.Series(self.texts, dtype=pl.String)
        numbers = pl.int_range(len(self._texts), dtype=pl.Int32, eager=True)
        return column.replace_strict(self._texts, numbers, default=None, return_dtype=pl.Int32)


_Goods = tuple[frozenset[str] | None, frozenset[str]]
"""A list, all goods if None, and what it leaves out."""


class CodeWords(Words):
    """Distinct HS codes, which also remember, batch by batch, the lists that they are under."""

    def __init__(self) -> None:
        super().__init__()
        self._batches: list[Codes] = []
        self._done = 0
        self._lists: dict[_Goods, int] = {}
        self._bits: list[list[tuple[Mask, Mask]]] = []

    def listed(self, lists: Sequence[_Goods], since: int) -> Mask:
        """(codes, lists * 2) of the codes from number `since` on, where an earlier answer ended.

        First whether each code is in each list, then whether each list leaves it undecided.
        """
        if self._done < len(self.texts):
            self._batches.append(Codes(self.texts[self._done :]))
            self._bits.append([])
            self._done = len(self.texts)
        at = [self._lists.setdefault(one, len(self._lists)) for one in lists]
        known, out, seen = list(self._lists), [], 0
        for codes, bits in zip(self._batches, self._bits, strict=True):
            if seen >= since:
                bits += [(_under(codes, *one), codes.undecided(*one)) for one in known[len(bits) :]]
                out.append(np.stack([bits[n][side] for side in (0, 1) for n in at], axis=1))
            seen += len(codes)
        return np.concatenate(out) if out else np.zeros((0, 2 * len(lists)), dtype=bool)


def _under(codes: Codes, inside: frozenset[str] | None, outside: frozenset[str]) -> Mask:
    within = np.ones(len(codes), dtype=bool) if inside is None else codes.under(inside)
    return within & ~codes.under(outside) if outside else within


@dataclass
class Dictionary:
    """The words of all tables that one rater has met.

    Attributes:
        codes, origins, places, claims, units: words of the entries.
        names: ids of duties.
        texts: what is said of lines, the empty text first.
    """

    codes: CodeWords = field(default_factory=CodeWords)
    origins: Words = field(default_factory=Words)
    places: Words = field(default_factory=Words)
    claims: Words = field(default_factory=Words)
    units: Words = field(default_factory=Words)
    names: Words = field(default_factory=lambda: Words([SCHEDULE]))
    texts: Words = field(default_factory=lambda: Words([""]))

    def made(self, claims: Index) -> dict[str, Mask]:
        """By claim, (n,) whether it is among those of each text of claims, given by its number."""
        out: dict[str, Mask] = {}
        for number in np.unique(claims).tolist():
            for name in filter(None, self.claims.texts[number].split(";")):
                here = claims == number
                out[name] = out[name] | here if name in out else here
        return out
