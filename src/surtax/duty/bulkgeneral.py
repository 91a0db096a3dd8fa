"""The general rate of duty of many lines: each text of the schedule is read once."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal

import numpy as np

from surtax import places
from surtax.duty.calendar import EPOCH, spans
from surtax.duty.entry import Entry
from surtax.duty.exact import Numbers, Whole, per_unit, price_of, scaled, times
from surtax.duty.general import owed_rate
from surtax.duty.lines import Floats, Index, Mask
from surtax.duty.universe import Words
from surtax.ledger import schedule
from surtax.ledger.query import View

_COLUMNS = ("general", "special", "column2")


@dataclass(frozen=True, eq=False)
class Columns:
    """Lines of entry into the United States, as numbers.

    Attributes:
        code, origin, claims: (n,) numbers of words.
        day: (n,) days since 1970.
        value: (n,) cents.
        quantity: (n,) millionths of a unit; -1 where not given.
        unit: (n,) numbers of words.
    """

    code: Index
    origin: Index
    claims: Index
    day: Index
    value: Whole
    quantity: Whole
    unit: Index


@dataclass(frozen=True, eq=False)
class Owed:
    """What the schedule says of lines.

    Attributes:
        amount: (n,) cents; what is known of it.
        known: (n,) whether the rate is known.
        missing: (n,) whether a quantity is asked for and not given.
        other_unit: (n,) number of the unit that the rate asks for, where the line names another;
            -1 elsewhere.
    """

    amount: Whole
    known: Mask
    missing: Mask
    other_unit: Index

    def relieve(self, free: Index) -> None:
        """Take the duty away from lines whose duty is known."""
        self.amount[free] = 0
        self.missing[free] = False
        self.other_unit[free] = -1

    @property
    def whole(self) -> Mask:
        """(n,) whether all of the duty is known."""
        return self.known & ~self.missing

    def share(self, value: Whole) -> Floats:
        """(n,) the duty over the value; NaN where it is not known."""
        over = self.amount.astype(np.float64) / np.maximum(value, 1).astype(np.float64)
        return np.where(self.whole, over, np.nan)


@dataclass
class Generals:
    """Rates of the schedule met so far.

    Attributes:
        codes, origins, claims, units: the words of the tables.
    """

    codes: Words
    origins: Words
    claims: Words
    units: Words
    _texts: dict[tuple[str, ...], int] = field(default_factory=dict)
    _rows: dict[tuple[date, str], Index] = field(default_factory=dict)
    _lines: dict[tuple[date, str], Index] = field(default_factory=dict)
    _at: dict[tuple[int, int, int], int] = field(default_factory=dict)
    _of_codes: dict[tuple[int, int], Numbers] = field(default_factory=dict)
    _rate: list[int] = field(default_factory=list)
    _price: list[tuple[int, int]] = field(default_factory=list)
    _unit: list[int] = field(default_factory=list)
    _known: list[bool] = field(default_factory=list)

    def owed(self, view: View, lines: Columns) -> Owed:
        """The schedule's duty on lines."""
        number = self._numbers(view, lines)
        unit = np.array(self._unit, dtype=np.intp)
        known: Mask = np.array(self._known, dtype=bool)[number]
        amount = times(lines.value, np.array(self._rate, dtype=np.int64)[number])
        missing, other_unit = np.zeros(len(number), dtype=bool), np.full(len(number), -1)
        asked = np.flatnonzero((unit >= 0)[number])
        if len(asked):
            unit, quantity = unit[number[asked]], lines.quantity[asked]
            missing[asked] = absent = quantity < 0
            given = lines.unit[asked]
            other = ~absent & (given != self.units.number("")) & (given != unit)
            other_unit[asked[other]] = unit[other]
            due = ~absent & ~other
            price = np.array(self._price, dtype=np.int64)[number[asked[due]]]
            amount[asked[due]] += per_unit(quantity[due], *price.T)
        return Owed(amount, known, missing, other_unit)

    def _numbers(self, view: View, lines: Columns) -> Numbers:
        """(n,) the number of each line's rate among those met."""
        edges = np.array([d.toordinal() - EPOCH for d in schedule.standings()], dtype=np.int64)
        day = np.minimum(lines.day, view.known.toordinal() - EPOCH)
        standing = np.maximum(spans(edges, day) - 1, 0)
        width = 4 * len(self.claims)
        row = standing * width + lines.claims * 4 + self._kinds(lines)
        asked = np.flatnonzero(np.bincount(row))
        keys = [divmod(one, width) for one in asked.tolist()]
        for key in keys:
            have = self._of_codes.get(key, np.zeros(0, dtype=np.int32))
            more = np.full(len(self.codes) - len(have), -1, dtype=np.int32)
            self._of_codes[key] = np.append(have, more)
        table = np.concatenate([np.zeros(0, np.int32), *(self._of_codes[key] for key in keys)])
        place = np.zeros(1 + max(asked.tolist(), default=0), dtype=np.intp)
        place[asked] = np.arange(len(asked)) * len(self.codes)
        at = place[row] + lines.code
        out: Numbers = table[at]
        new = np.flatnonzero(out < 0)
        if len(new):
            for n, key in enumerate(keys):
                here = new[row[new] == asked[n]]
                numbers = self._of_codes[key]
                self._meet(view, lines, here, key, numbers)
                table[n * len(self.codes) : (n + 1) * len(self.codes)] = numbers
            out = table[at]
        return out

    def _meet(
        self, view: View, lines: Columns, rows: Index, key: tuple[int, int], numbers: Numbers
    ) -> None:
        """Find the rates of the codes of some lines, alike in their standing, claims and kind."""
        claims, kind = divmod(key[1], 4)
        column = 2 if kind == 2 else int(claims != self.claims.number(""))
        codes, first = np.unique(lines.code[rows], return_index=True)
        text = self._text(schedule.standings()[key[0]], _COLUMNS[column])[codes]
        told, some, which = np.unique(text, return_index=True, return_inverse=True)
        found = []
        for one, i in zip(told.tolist(), rows[first[some]].tolist(), strict=True):
            case = one, claims, kind
            if case not in self._at:
                self._at[case] = self._read(view, lines, i)
            found.append(self._at[case])
        numbers[codes] = np.array(found, dtype=np.int32)[which.ravel()]

    def _kinds(self, lines: Columns) -> Index:
        """(n,) 2 where column 2 counts, 1 for goods of Mexico, else 0."""
        spells = sorted(places.turns())
        at = spans(np.array([d.toordinal() - EPOCH for d in spells], dtype=np.int64), lines.day)
        pair = at * len(self.origins) + lines.origin
        kinds = np.zeros((len(spells) + 1) * len(self.origins), dtype=np.intp)
        for one in np.flatnonzero(np.bincount(pair)).tolist():
            spell, origin = divmod(one, len(self.origins))
            spelled = spells[spell - 1] if spell else spells[0] - timedelta(1)
            place = self.origins.texts[origin]
            kinds[one] = 2 if place in places.members("COL2", spelled) else int(place == "MX")
        out: Index = kinds[pair]
        return out

    def _text(self, standing: date, column: str) -> Index:
        """(codes met,) the number of what the schedule of a day prints for each code.

        A claim is held against the general column as well as against the special one.
        """
        have = self._rows.get((standing, column), np.zeros(0, dtype=np.intp))
        if len(have) < len(self.codes):
            rows = schedule.schedule(standing).rows_of(self.codes.texts[len(have) :])
            new = np.append(self._printed(standing, column), 0)[rows]  # the last is for no line
            have = np.concatenate([have, new])
            self._rows[standing, column] = have
        return have

    def _printed(self, standing: date, column: str) -> Index:
        """(lines of the schedule,) the number of what it prints for each, from 1."""
        if (standing, column) not in self._lines:
            table = schedule.schedule(standing)
            printed = (table.column2 if column == "column2" else table.general).text.tolist()
            special = table.special if column == "special" else [""] * len(printed)
            self._lines[standing, column] = np.array(
                [
                    self._texts.setdefault((column, *both), len(self._texts) + 1)
                    for both in zip(printed, special, strict=True)
                ],
                dtype=np.intp,
            )
        return self._lines[standing, column]

    def _read(self, view: View, lines: Columns, i: int) -> int:
        """Read the rate of line `i`, and give its number."""
        on = date.fromordinal(int(lines.day[i]) + EPOCH)
        claims = frozenset(filter(None, self.claims.texts[lines.claims[i]].split(";")))
        code, origin = self.codes.texts[lines.code[i]], self.origins.texts[lines.origin[i]]
        one = Entry(code, origin, "US", Decimal(1), claims)
        _, rate, _ = owed_rate(replace(view, on=on), one)
        known = rate is not None and rate.parsed
        self._known.append(known)
        share = rate.ad_valorem if rate is not None and known else 0.0
        price = rate.specific if rate is not None and known else 0.0
        self._rate.append(int(scaled(np.array([share]))[0]))
        self._price.append(price_of(6, Decimal(repr(price))))
        self._unit.append(self.units.number(rate.unit) if rate is not None and price else -1)
        return len(self._rate) - 1
