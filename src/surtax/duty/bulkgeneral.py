"""The general rate of duty of many lines: each text of the schedule is read once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

import numpy as np

from surtax import places
from surtax.duty.calendar import EPOCH, spans
from surtax.duty.exact import Numbers, Whole, per_unit, price_of, scaled, times
from surtax.duty.general import claimed, lowest
from surtax.duty.lines import Floats, Index, Mask
from surtax.duty.universe import Words
from surtax.ledger import schedule
from surtax.ledger.query import View
from surtax.ledger.ratetext import Duty, read
from surtax.ledger.schema import Claim

MEXICO, COLUMN2 = 1, 2
"""Kinds of origin that the schedule tells apart from all others, 0."""


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
    _lines: dict[int, Index] = field(default_factory=dict)
    _of_codes: dict[tuple[int, int], Numbers] = field(default_factory=dict)
    _at: dict[tuple[int, int, int], int] = field(default_factory=dict)
    _rate: Whole = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    _price: list[tuple[int, int]] = field(default_factory=list)
    _unit: list[int] = field(default_factory=list)
    _known: list[bool] = field(default_factory=list)

    def owed(self, view: View, lines: Columns) -> Owed:
        """The schedule's duty on lines."""
        number = self._numbers(view, lines)
        unit = np.array(self._unit, dtype=np.intp)
        known: Mask = np.array(self._known, dtype=bool)[number]
        amount = times(lines.value, self._rate[number])
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
        codes = np.flatnonzero(np.bincount(lines.code[rows]))
        table = schedule.schedule(schedule.standings()[key[0]])
        line = self._line(key[0])[codes]
        names = filter(None, self.claims.texts[claims].split(";") if kind != COLUMN2 else ())
        claim = [one for name in sorted(names) if (one := claimed(view, name))]
        printed = table.columns["column2" if kind == COLUMN2 else "general"]
        special = table.columns["special"]
        text = np.append(table.printed[printed.name], -1)[line]
        if claim:
            other = np.append(table.printed[special.name], 0)[line]
            text = np.where(text < 0, -1, text * len(special.texts) + other)
        told, which = np.unique(text, return_inverse=True)
        new = [one for one in told.tolist() if (one, claims, kind) not in self._at]
        duties: list[Duty | None] = []
        for one in new:
            first, second = divmod(one, len(special.texts)) if claim else (one, 0)
            duty = read(printed.texts[first]) if one >= 0 else None
            if duty is not None and claim:
                duty = _best(duty, special.texts[second], claim, "MX" if kind == MEXICO else "")
            duties.append(duty)
            self._at[one, claims, kind] = len(self._at)
        self._add(duties)
        found = [self._at[one, claims, kind] for one in told.tolist()]
        numbers[codes] = np.array(found, dtype=np.int32)[which.ravel()]

    def _kinds(self, lines: Columns) -> Index:
        """(n,) the kind of each line's origin."""
        spells = sorted(places.turns())
        at = spans(np.array([d.toordinal() - EPOCH for d in spells], dtype=np.int64), lines.day)
        pair = at * len(self.origins) + lines.origin
        kinds = np.zeros((len(spells) + 1) * len(self.origins), dtype=np.intp)
        for one in np.flatnonzero(np.bincount(pair)).tolist():
            spell, origin = divmod(one, len(self.origins))
            spelled = spells[spell - 1] if spell else spells[0] - timedelta(1)
            place = self.origins.texts[origin]
            kinds[one] = (
                COLUMN2 if place in places.members("COL2", spelled) else MEXICO * (place == "MX")
            )
        out: Index = kinds[pair]
        return out

    def _line(self, standing: int) -> Index:
        """(codes met,) the line of each code in a schedule; -1 where it has none."""
        have = self._lines.get(standing, np.zeros(0, dtype=np.intp))
        if len(have) < len(self.codes):
            table = schedule.schedule(schedule.standings()[standing])
            have = np.append(have, table.rows_of(self.codes.texts[len(have) :]))
            self._lines[standing] = have
        return have

    def _add(self, duties: Sequence[Duty | None]) -> None:
        """Give duties the next numbers; None where there is no line."""
        told = [duty.numbers if duty is not None else None for duty in duties]
        numbers = [one or (0, 0, "") for one in told]
        more = scaled(np.array([float(share) for share, *_ in numbers], dtype=np.float64))
        self._rate = np.append(self._rate, more)
        for _, price, unit in numbers:
            self._price.append(price_of(6, Decimal(repr(float(price)))) if price else (0, 1))
            self._unit.append(self.units.number(unit) if price else -1)
        self._known += [one is not None for one in told]


def _best(general: Duty, special: str, claims: Sequence[Claim], origin: str) -> Duty:
    """The general rate, or the special one that counts in its place."""
    rates = [schedule.special_duty(special, one.symbols, origin) for one in claims]
    at = lowest(general, rates)
    return general if at is None else rates[at] or general
