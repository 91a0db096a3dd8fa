"""Texts met in tables of entries, numbered once: codes, origins, claims."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from surtax.duty.exact import Numbers
from surtax.duty.lines import Codes, Index, Mask
from surtax.ledger.rates import Rate
from surtax.ledger.schema import SCHEDULE

if TYPE_CHECKING:
    import polars as pl


Bits = NDArray[np.uint8]

_ROOM, _SEED = 16, 7
"""Slots for each text, so that few share one; the seed of their marks."""


class Words:
    """Distinct texts in the order in which they were met."""

    def __init__(self, texts: Iterable[str] = ()) -> None:
        self.texts: list[str] = []
        self._at: dict[str, int] = {}
        self._told: pl.Series | None = None
        self._slots: NDArray[np.int32] = np.zeros(0, dtype=np.int32)
        self._marked = 0
        self._elsewhere: Sequence[str | None] = ()
        self._mine: Index = np.zeros(0, dtype=np.intp)
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

    def told(self) -> pl.Series:
        """The texts as a column; while one thread adds texts, others may ask for those they met."""
        import polars as pl

        told = self._told
        if told is None or len(told) < len(self.texts):
            told = self._told = pl.Series(self.texts, dtype=pl.String)
        return told

    def given(self, numbers: pl.Series, texts: Sequence[str | None]) -> Index:
        """(n,) numbers of texts that a list elsewhere numbers, which only ever grows."""
        if texts is not self._elsewhere:
            self._elsewhere, self._mine = texts, np.zeros(0, dtype=np.intp)
        more = [self.number(text or "") for text in texts[len(self._mine) :]]
        if more:
            self._mine = np.append(self._mine, more).astype(np.intp)
        out: Index = self._mine[numbers.to_numpy()]
        return out

    def of(self, column: pl.Series) -> Index:
        """(n,) numbers of a column of texts; a null counts as the empty text."""
        import polars as pl

        plain = column.cast(pl.String)
        if plain.null_count():
            plain = plain.fill_null("")
        if not len(plain):
            return np.zeros(0, dtype=np.intp)
        if (plain == plain[0]).all():
            return np.full(len(plain), self.number(plain[0]), dtype=np.intp)
        out, sure = self._guessed(plain)
        if not sure.all():
            rest = plain.filter(pl.Series(~sure))
            told = rest.unique(maintain_order=True)
            numbers = [self.number(text) for text in told.to_list()]
            out[~sure] = rest.replace_strict(told, numbers, return_dtype=pl.Int64).to_numpy()
        return out

    def _guessed(self, column: pl.Series) -> tuple[Index, Mask]:
        """(n,) a number for each text, by a mark of it, and whether it is that of the text."""
        if not self.texts:
            return np.zeros(len(column), dtype=np.intp), np.zeros(len(column), dtype=bool)
        told = self.told()
        if len(self._slots) < _ROOM * len(told):
            self._slots = np.zeros(1 << (_ROOM * len(told)).bit_length(), dtype=np.int32)
            self._marked = 0
        if self._marked < len(told):
            self._slots[self._mark(told[self._marked :])] = np.arange(self._marked, len(told))
            self._marked = len(told)
        out = self._slots[self._mark(column)]
        sure: Mask = (told.gather(out) == column).to_numpy()
        return out.astype(np.intp), sure

    def _mark(self, column: pl.Series) -> Index:
        """(n,) a slot for each text, the same for the same text."""
        shift = 65 - len(self._slots).bit_length()
        return (column.hash(_SEED).to_numpy() >> np.uint64(shift)).view(np.int64)


class PlaceWords(Words):
    """Distinct places of origin, which remember the scopes that hold them."""

    def __init__(self) -> None:
        super().__init__()
        self._inside: dict[frozenset[str], Mask] = {}
        self._rated: dict[int, tuple[Mapping[str, Rate], Numbers]] = {}
        self._rates: dict[str, int] = {}

    def rated(self, rates: Mapping[str, Rate]) -> Numbers:
        """(places,) the number of the rate that a list of rates has for each place, 0 for none."""
        _, known = self._rated.get(id(rates), (rates, np.zeros(0, dtype=np.int32)))
        if len(known) < len(self.texts):
            told = (rates.get(place) for place in self.texts[len(known) :])
            more = [
                self._rates.setdefault(one.said, len(self._rates) + 1) if one else 0 for one in told
            ]
            known = np.append(known, np.array(more, dtype=np.int32))
            self._rated[id(rates)] = rates, known
        return known

    def within(self, scopes: Sequence[frozenset[str]], since: int) -> Mask:
        """(scopes, places) whether each place from number `since` on is in each scope."""
        rows = np.zeros((len(scopes), len(self.texts) - since), dtype=bool)
        for row, scope in zip(rows, scopes, strict=True):
            known = self._inside.get(scope, rows[:0].ravel())
            if len(known) < len(self.texts):
                more = [place in scope for place in self.texts[len(known) :]]
                known = self._inside[scope] = np.append(known, np.array(more, dtype=bool))
            row[:] = known[since:]
        return rows


_Goods = tuple[frozenset[str] | None, frozenset[str]]
"""A list, all goods if None, and what it leaves out."""


class CodeWords(Words):
    """Distinct HS codes, in kinds: codes of a kind are under the same of all lists asked for.

    A kind once given stays that of its first code.

    Attributes:
        first: of each kind, the number of a code.
    """

    def __init__(self) -> None:
        super().__init__()
        self.first: list[int] = []
        self._kind: Index = np.zeros(0, dtype=np.intp)
        self._lists: dict[_Goods, int] = {}
        self._bits: Mask = np.zeros((0, 0), dtype=bool)
        self._all = Codes([])

    def ask(self, lists: Iterable[_Goods]) -> Index:
        """The numbers of lists, which kinds tell apart from now on."""
        lists = list(lists)
        if new := [one for one in dict.fromkeys(lists) if one not in self._lists]:
            self.kinds()
            if len(self._all) < len(self.texts):
                self._all = Codes(self.texts)
            for one in new:
                self._lists[one] = len(self._lists)
                for bit in _bits(self._all, one):
                    self._split(bit)
        return np.array([self._lists[one] for one in lists], dtype=np.intp)

    def kinds(self) -> Index:
        """(codes met,) the kind of each code."""
        had = len(self._kind)
        if had < len(self.texts):
            new = Codes(self.texts[had:])
            rows = [bit for one in self._lists for bit in _bits(new, one)]
            bits = np.array(rows, dtype=bool).reshape(len(self._bits), len(new))
            met = {column: kind for kind, column in enumerate(packed(self._bits))}
            found, fresh = numbered(met, packed(bits))
            self._kind = np.append(self._kind, found)
            self.first += (had + fresh).tolist()
            self._bits = np.concatenate([self._bits, bits[:, fresh]], axis=1)
        return self._kind

    def listed(self, lists: Index, since: int) -> Mask:
        """(lists * 2, kinds) of the kinds from number `since` on.

        First whether each kind is in each list, then whether each list leaves it undecided.
        """
        return self._bits[np.concatenate([2 * lists, 2 * lists + 1]), since:]

    def _split(self, bit: Mask) -> None:
        """Make kinds of their own of codes that a list tells apart from the first of their kind."""
        off = np.flatnonzero(bit != bit[self.first][self._kind] if bit.any() else bit)
        if len(off):
            kinds, some, which = np.unique(self._kind[off], return_index=True, return_inverse=True)
            self._kind[off] = len(self.first) + which
            self.first += off[some].tolist()
            self._bits = np.concatenate([self._bits, self._bits[:, kinds]], axis=1)
        self._bits = np.concatenate([self._bits, bit[None, self.first]])


def packed(bits: Mask) -> list[bytes]:
    """(n,) each column of (k, n) bits as one value that may be compared."""
    ones = np.ones((1, bits.shape[1]), dtype=bool)  # so that no column is empty
    return rowwise(np.packbits(np.concatenate([ones, bits]), axis=0).T)


def numbered(met: dict[bytes, int], keys: Sequence[bytes]) -> tuple[Numbers, Index]:
    """(n,) the numbers of keys, met before or not, and where each new one stands first."""
    numbers, first = [], list[int]()
    for i, key in enumerate(keys):
        count = len(met)
        numbers.append(met.setdefault(key, count))
        if len(met) > count:
            first.append(i)
    return np.array(numbers, dtype=np.int32), np.array(first, dtype=np.intp)


def rowwise(bits: Bits) -> list[bytes]:
    """(n,) each row of (n, bytes) as one value that may be compared."""
    rows = np.ascontiguousarray(bits)
    out: list[Any] = rows.view(np.dtype((np.void, rows.shape[1]))).ravel().tolist()
    return out


def _bits(codes: Codes, goods: _Goods) -> tuple[Mask, Mask]:
    """(codes,) whether each code is in a list, and whether the list leaves it undecided."""
    return _under(codes, *goods), codes.undecided(*goods)


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
    origins: PlaceWords = field(default_factory=PlaceWords)
    places: Words = field(default_factory=Words)
    claims: Words = field(default_factory=Words)
    units: Words = field(default_factory=Words)
    names: Words = field(default_factory=lambda: Words([SCHEDULE]))
    texts: Words = field(default_factory=lambda: Words([""]))

    @property
    def columns(self) -> dict[str, Words]:
        """The words of each column of texts, by its name."""
        return {
            "goods": self.codes, "origin": self.origins, "into": self.places,
            "claims": self.claims, "unit": self.units,
        }  # fmt: skip

    def made(self, claims: Index) -> dict[str, Mask]:
        """By claim, (n,) whether it is among those of each text of claims, given by its number."""
        out: dict[str, Mask] = {}
        for number in np.flatnonzero(np.bincount(claims)).tolist():
            for name in filter(None, self.claims.texts[number].split(";")):
                here = claims == number
                out[name] = out[name] | here if name in out else here
        return out
