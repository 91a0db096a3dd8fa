"""The general rate of duty of many lines: each text of the schedule is read once."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal

import numpy as np

from surtax import places
from surtax.duty.calendar import EPOCH, spans
from surtax.duty.entry import Entry
from surtax.duty.exact import Whole, per_unit, scaled, times
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
    _rate: list[int] = field(default_factory=list)
    _price: list[Decimal] = field(default_factory=list)
    _unit: list[int] = field(default_factory=list)
    _known: list[bool] = field(default_factory=list)

    def owed(self, view: View, lines: Columns) -> Owed:
        """The schedule's duty on lines."""
        number = self._numbers(view, lines)
        rate = np.array(self._rate, dtype=np.int64)[number]
        unit = np.array(self._unit, dtype=np.intp)[number]
        known = np.array(self._known, dtype=bool)[number]
        amount = times(lines.value, rate)
        asked = known & (unit >= 0)
        missing = asked & (lines.quantity < 0)
        blank = self.units.number("")
        other = asked & ~missing & (lines.unit != blank) & (lines.unit != unit)
        due = asked & ~missing & ~other
        places_ = np.flatnonzero(due)
        order = places_[np.argsort(number[places_], kind="stable")]
        edges = np.flatnonzero(np.diff(number[order])) + 1
        for here in np.split(order, edges) if len(order) else ():
            price = self._price[int(number[here[0]])]
            amount[here] += per_unit(lines.quantity[here], 6, price)
        return Owed(amount, known, missing, np.where(other, unit, -1))

    def _numbers(self, view: View, lines: Columns) -> Index:
        """(n,) the number of each line's rate among those met."""
        starts = schedule.standings()
        edges = np.array([day.toordinal() - EPOCH for day in starts], dtype=np.int64)
        day = np.minimum(lines.day, view.known.toordinal() - EPOCH)
        standing = np.maximum(spans(edges, day) - 1, 0)
        kind = self._kinds(lines)
        column = np.where(lines.claims != self.claims.number(""), 1, 0)
        column[kind == 2] = 2
        which = standing * len(_COLUMNS) + column
        asked = np.flatnonzero(np.bincount(which)).tolist()
        texts = [
            self._text(starts[one // len(_COLUMNS)], _COLUMNS[one % len(_COLUMNS)]) for one in asked
        ]
        place = np.searchsorted(
            np.array(asked, dtype=np.intp), np.arange(1 + max(asked, default=0))
        )
        printed: Index = np.concatenate([*texts, np.zeros(0, dtype=np.intp)])
        text: Index = printed[place[which] * len(self.codes) + lines.code]
        width = 4 * len(self.claims)
        key = text * width + lines.claims * 4 + kind
        table = np.full((len(self._texts) + 1) * width, -1, dtype=np.int32)
        for (told, claims, special), number in self._at.items():
            table[told * width + claims * 4 + special] = number
        out: Index = table[key]
        new = np.flatnonzero(out < 0)
        if len(new):
            distinct, first = np.unique(key[new], return_index=True)
            for one, i in zip(distinct.tolist(), new[first].tolist(), strict=True):
                case = int(text[i]), int(lines.claims[i]), int(kind[i])
                self._at[case] = table[one] = self._read(view, lines, i)
            out = table[key]
        return out

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
        self._price.append(Decimal(repr(price)))
        self._unit.append(self.units.number(rate.unit) if rate is not None and price else -1)
        return len(self._rate) - 1
