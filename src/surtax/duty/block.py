"""A block of entries as numbers, and what is found of its lines."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

from surtax.duty.bulkgeneral import Columns
from surtax.duty.calendar import EPOCH
from surtax.duty.entries.columns import MONEY, QUANTITY, facts_of
from surtax.duty.entry import Entry, too_late
from surtax.duty.exact import Numbers, Whole
from surtax.duty.lines import Codes, Floats, Index, Lines, Mask
from surtax.duty.universe import Dictionary, Words
from surtax.ledger.load import Ledger

if TYPE_CHECKING:
    import polars as pl

_Texts = Callable[[str, Words, Index | Numbers], "pl.Series"]
"""Makes a column of its name, the words, and which of them each line has; none below 0."""
_Amount = tuple[str, Whole, Mask]
"""A column of cents: its name, they, and which of the lines have any."""
_SAFE = 2**53 // 4
"""Cents below which a float holds them, divided by a hundred, to the cent."""


@dataclass(frozen=True, eq=False)
class Rated:
    """Lines with what was found of them.

    Attributes:
        frame: the lines; see `surtax.duty.bulk.Rater.rate`.
        owed: of lines to be stored, the duties of all of them, by importing place, in cents.
        decimals: of lines to be stored, columns of decimals, each with its precision and scale.
            They hold the whole numbers behind them, bit by bit as if they were floats: those are
            written as they stand, while of whole numbers a dictionary is tried first.
    """

    frame: pl.DataFrame
    owed: Mapping[str, int] = field(default_factory=dict)
    decimals: Mapping[str, tuple[int, int]] = field(default_factory=dict)


class Block:
    """A block of n lines.

    `law_day` is the day whose law rates a line, in days since 1970: that of entry, save for goods
    of a foreign trade zone.

    Args:
        frame: the entries in canonical columns.
        words: the rater's dictionary.
        texts: columns that hold numbers of texts, each with the texts.
    """

    def __init__(
        self, frame: pl.DataFrame, words: Dictionary, texts: Mapping[str, Sequence[str | None]]
    ) -> None:
        import polars as pl

        n = len(frame)
        self.frame, self.words = frame, words
        self.code, self.origin, self.into, self.claims, self.unit = (
            mine.given(frame[name], texts[name]) if name in texts else mine.of(frame[name])
            for name, mine in words.columns.items()
        )
        self.day: Index = frame["on"].to_physical().cast(pl.Int64).to_numpy()
        self.value: Whole = _unscaled(frame["value"])
        self.quantity: Whole = _unscaled(frame["quantity"])
        self.facts: dict[str, Floats] = {
            name: frame[column].fill_null(float("nan")).to_numpy()
            for name, column in facts_of(frame).items()
            if frame[column].null_count() < n
        }
        self.law_day = self.day.copy()
        self.declares, self.declared = _distinct(list(self.facts.values()), n)
        self.barred: Mask = np.zeros(n, dtype=bool)
        self.unknown: Index = np.zeros(n, dtype=np.intp)
        self.missing: Index = np.zeros(n, dtype=np.intp)
        self.reasons: dict[int, str] = {}
        self._layers: list[tuple[Index, Index, Whole, int]] = []
        for i in np.flatnonzero(self.value <= 0).tolist():
            self.reject(i, "the value is zero." if self.value[i] == 0 else "the value is negative.")
        for i in np.flatnonzero((self.quantity < -1) | (self.quantity == 0)).tolist():
            said = "zero" if self.quantity[i] == 0 else "negative"
            self.reject(i, f"the quantity is {said}.")

    def __len__(self) -> int:
        return len(self.frame)

    def columns(self, rows: Index) -> Columns:
        """Some lines, for the schedule."""
        at = slice(None) if len(rows) == len(self) else rows  # all of them, in order
        return Columns(
            self.code[at], self.origin[at], self.claims[at], self.law_day[at],
            np.maximum(self.value[at], 0), self.quantity[at], self.unit[at],
        )  # fmt: skip

    def entry(self, row: int) -> Entry:
        """One line as an entry."""
        words, n = self.words, int(row)
        claims = words.claims.texts[self.claims[n]].split(";")
        quantity = int(self.quantity[n])
        return Entry(
            words.codes.texts[self.code[n]],
            words.origins.texts[self.origin[n]],
            words.places.texts[self.into[n]],
            Decimal(int(self.value[n])).scaleb(-MONEY[1]),
            frozenset(filter(None, claims)),
            {name: float(x[n]) for name, x in self.facts.items() if not np.isnan(x[n])},
            None if quantity < 0 else Decimal(quantity).scaleb(-QUANTITY[1]),
            words.units.texts[self.unit[n]],
        )

    def lines(self, rows: Index) -> Lines:
        """Some lines, as the kernel takes them."""
        codes, code = np.unique(self.code[rows], return_inverse=True)
        origins, origin = np.unique(self.origin[rows], return_inverse=True)
        return Lines(
            codes=Codes([self.words.codes.texts[i] for i in codes]),
            code=code.ravel(),
            origins=[self.words.origins.texts[i] for i in origins],
            origin=origin.ravel(),
            claims=self.words.made(self.claims[rows]),
            facts=self.facts_at(rows),
        )

    def facts_at(self, rows: Index) -> dict[str, Floats]:
        """Facts that some of the lines declare."""
        found = {name: column[rows] for name, column in self.facts.items()}
        return {name: x for name, x in found.items() if not np.isnan(x).all()}

    def reject(self, row: int, reason: str) -> None:
        """Say why a line cannot be rated; the first reason stays."""
        self.reasons.setdefault(row, reason)

    def reject_late(self, ledger: Ledger) -> None:
        """Refuse lines with a declared day after that of entry, where it cannot be."""
        for name, days in self.facts.items():
            if ledger.facts[name.partition("@")[0]].by_entry:
                for row in np.flatnonzero(days > self.day + EPOCH).tolist():
                    on = date.fromordinal(int(self.day[row]) + EPOCH)
                    self.reject(row, too_late(ledger, name, float(days[row]), on))

    def add(self, rows: Index, names: Index, amounts: Whole, place: int) -> None:
        """One amount in cents that each of some lines owes, and the numbers of the duties' names.

        `place` counts the duties of a line from 0; the schedule's comes before all others.
        """
        if len(rows):
            self._layers.append((rows, names, amounts, place))

    def per_value(self, rows: Index, asked: Mask, units: frozenset[str]) -> dict[str, Floats]:
        """By unit, quantity for each unit of value of the lines asked; NaN where not given."""
        out = {unit: np.full(len(rows), np.nan) for unit in units if asked.any()}
        for i in np.flatnonzero(asked).tolist():
            entry = self.entry(rows[i])
            for unit, column in out.items():
                quantity = entry.quantity_in(unit)
                if quantity is not None and entry.value:
                    column[i] = float(quantity / entry.value)
        return out

    def say(self, said: Index, rows: Index, text: str, *, before: bool = False) -> None:
        """Add a word to what is said of lines, in `unknown` or `missing`."""
        words = self.words.texts
        for number in np.unique(said[rows]).tolist():
            others = [one for one in words.texts[number].split(";") if one not in ("", text)]
            joined = ";".join([text, *others] if before else [*others, text])
            said[rows[said[rows] == number]] = words.number(joined)

    def rated(
        self, ledger: Ledger, known: date, *, narrow: bool = False, stored: bool = False
    ) -> Rated:
        """The lines with what was found of them.

        Those to be stored have the rate of the duty besides, texts as categories, and decimals as
        `Rated` says.
        """
        import polars as pl

        n = len(self)
        rejected = np.zeros(n, dtype=bool)
        rejected[list(self.reasons)] = True
        if self.reasons:
            kept = [
                (line[~rejected[line]], name[~rejected[line]], amount[~rejected[line]], place)
                for line, name, amount, place in self._layers
            ]
            self._layers = [piece for piece in kept if len(piece[0])]
        total = np.zeros(n, dtype=np.int64)
        for line, _, amount, _ in self._layers:
            total[line] += amount
        owes = ~(self.barred | rejected)
        texts, amounts = (_coded, _bits) if stored else (_words, _money)
        told = self.words.texts
        out = [
            amounts("duty", total, owes),
            *([_rate(total, self.value, owes)] if stored else []),
            pl.Series("admissible", ~self.barred),
            self._stale(ledger, known),
            texts("unknown", told, self.unknown),
            texts("missing", told, self.missing),
            pl.Series("rejected", [self.reasons.get(i) for i in range(n)], dtype=pl.String)
            if self.reasons
            else pl.Series("rejected", [None], dtype=pl.String).new_from_index(0, n),
        ]
        decimals = {"value": MONEY, "quantity": QUANTITY, "duty": MONEY}
        for one in self._pairs(texts) if narrow else self._columns():
            if isinstance(one, pl.Series):
                out.append(one)
            else:
                out.append(amounts(*one))
                decimals[one[0]] = MONEY
        if not stored:
            return Rated(self.frame.with_columns(out))
        owed = {
            self.words.places.texts[into]: int(total[owes & (self.into == into)].sum())
            for into in np.flatnonzero(np.bincount(self.into[~rejected])).tolist()
        }
        return Rated(self._stored().with_columns(out), owed, decimals)

    def _stored(self) -> pl.DataFrame:
        """The frame, its own texts as categories, its decimals as their bits."""
        numbers = self.code, self.origin, self.into, self.claims, self.unit
        columns = self.words.columns.items()
        return self.frame.with_columns(
            *(_coded(name, words, at) for (name, words), at in zip(columns, numbers, strict=True)),
            _bits("value", self.value, self.value >= 0),
            _bits("quantity", self.quantity, self.quantity >= 0),
        )

    def _pairs(self, texts: _Texts) -> Iterator[pl.Series | _Amount]:
        """Two columns for each place: the duty's name, and the amount."""
        for number in range(1 + max((place for *_, place in self._layers), default=-1)):
            names, cents = np.full(len(self), -1, dtype=np.int32), np.zeros(len(self), np.int64)
            for line, name, amount, place in self._layers:
                if place == number:
                    names[line], cents[line] = name, amount
            yield texts(f"layer{number + 1}", self.words.names, names)
            yield f"duty{number + 1}", cents, names >= 0

    def _columns(self) -> Iterator[_Amount]:
        """A column for each duty that some line owes."""
        pieces: dict[int, list[tuple[Index, Whole]]] = {}
        for line, name, amount, _ in self._layers:
            order = np.argsort(name.astype(np.int16), kind="stable")
            numbers, begins = np.unique(name[order], return_index=True)
            for number, at in zip(numbers.tolist(), np.split(order, begins[1:]), strict=True):
                pieces.setdefault(number, []).append((line[at], amount[at]))
        told = self.words.names.texts
        for number in sorted(pieces, key=lambda one: told[one]):
            cents, here = np.zeros(len(self), dtype=np.int64), np.zeros(len(self), dtype=bool)
            for line, amount in pieces[number]:
                cents[line] += amount  # a line may owe it on two clocks
                here[line] = True
            yield told[number], cents, here

    def _stale(self, ledger: Ledger, known: date) -> pl.Series:
        import polars as pl

        if not len(self):
            return pl.Series("stale", [], dtype=pl.Boolean)
        first = int(self.law_day.min())
        days = range(first, int(self.day.max()) + 1)
        outside = [ledger.manifest.outside(date.fromordinal(d + EPOCH), known=known) for d in days]
        told = np.array(outside, dtype=bool)
        if not told.any():
            return pl.Series("stale", [False]).new_from_index(0, len(self))
        return pl.Series("stale", told[self.day - first] | told[self.law_day - first])


def _unscaled(column: pl.Series) -> Whole:
    """The whole numbers behind a column of decimals; -1 where there is none."""
    import polars as pl

    out: Whole = column.to_physical().cast(pl.Int64).fill_null(-1).to_numpy()
    return out


def _bits(name: str, numbers: Whole, some: Mask) -> pl.Series:
    """A column of the bits of whole numbers, see `Rated`; null for all lines but some."""
    import polars as pl

    column = pl.Series(name, numbers.view(np.float64))
    if some.all():
        return column
    return pl.select(pl.when(pl.Series(some)).then(column).alias(name)).to_series()


def _money(name: str, cents: Whole, some: Mask) -> pl.Series:
    """A column of money; null for all lines but some."""
    import polars as pl

    kind = pl.Decimal(*MONEY)
    if len(cents) and int(cents.max()) > _SAFE:
        told = zip(cents.tolist(), some.tolist(), strict=True)
        amounts = [Decimal(c).scaleb(-MONEY[1]) if yes else None for c, yes in told]
        return pl.Series(name, amounts, dtype=kind)
    rows = np.flatnonzero(some)
    if len(rows) * 2 > len(cents):  # few are null
        return pl.Series(name, np.where(some, cents / 100.0, np.nan), nan_to_null=True).cast(kind)
    column = pl.Series(name, cents[rows] / 100.0).cast(kind).extend_constant(None, 1)
    at = np.full(len(cents), len(rows), dtype=np.uint32)
    at[rows] = np.arange(len(rows), dtype=np.uint32)
    return column.gather(pl.Series(at))


def _rate(total: Whole, value: Whole, owes: Mask) -> pl.Series:
    """The duty over the value; null where there is none."""
    import polars as pl

    rate = (total / 100.0) / (np.maximum(value, 1) / 100.0)
    rate[~owes] = np.nan
    return pl.Series("rate", rate, nan_to_null=True)


def _words(name: str, words: Words, numbers: Index | Numbers) -> pl.Series:
    import polars as pl

    at = pl.Series(numbers)
    if len(numbers) and int(numbers.min()) < 0:
        at = at.set(at < 0, None)
    return words.told().gather(at).alias(name)


def _coded(name: str, words: Words, numbers: Index | Numbers) -> pl.Series:
    """Numbers of texts as categories, those alone that are met, in order; the empty text as null.

    What was met before does not show in them.
    """
    import polars as pl

    seen = np.zeros(len(words) + 1, dtype=bool)  # the last is for those below 0
    seen[numbers] = True
    met = np.flatnonzero(seen[:-1])
    told = words.told().gather(met).alias(name)
    some = (told != "").to_numpy()
    met, told = met[some], told.filter(pl.Series(some))
    if not len(met) or seen.sum() == 1:  # the same for every line
        one = told.cast(pl.Enum(told)).extend_constant(None, 1)
        return one.new_from_index(0, len(numbers))
    order = told.arg_sort()
    place = np.full(len(seen), len(met), dtype=np.uint32)
    place[met[order.to_numpy()]] = np.arange(len(met), dtype=np.uint32)
    told = told.gather(order)
    column = told.cast(pl.Enum(told))
    if seen[-1] or not some.all():
        column = column.extend_constant(None, 1).rechunk()
    return column.gather(place[numbers])


def _distinct(columns: list[Floats], n: int) -> tuple[Mask, Index]:
    """(n,) whether a line declares anything, and the number of what it declares."""
    numbers = np.zeros(n, dtype=np.intp)
    if not columns:
        return np.zeros(n, dtype=bool), numbers
    table = np.stack(columns, axis=1)
    declares: Mask = np.logical_not(np.isnan(table).all(axis=1))
    rows = np.ascontiguousarray(np.nan_to_num(table[declares], nan=-1.0))
    as_one = rows.view(np.dtype((np.void, rows.shape[1] * rows.itemsize))).ravel()
    _, local = np.unique(as_one, return_inverse=True)
    numbers[declares] = local.ravel() + 1
    return declares, numbers
