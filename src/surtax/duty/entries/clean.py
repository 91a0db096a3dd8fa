"""Raw lines become canonical ones: each cell read, mended where that is sure, or refused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from surtax import places
from surtax.duty.entries import repair
from surtax.duty.entries.columns import FACT, MONEY, QUANTITY
from surtax.duty.entries.headers import CURRENCY, ENTRY_LINE, PAID, SPI, TREATMENT, Match
from surtax.duty.entries.preferences import CLAIMS, Preferences
from surtax.duty.entries.repair import Cell
from surtax.duty.entries.sound import ALONE, MOST, WITHIN, alone, shared, union, within
from surtax.duty.entries.texts import Texts
from surtax.duty.entry import WHOLE, country_of, fact_value, too_much
from surtax.duty.lines import Index
from surtax.errors import DataError, InputError
from surtax.ledger import schedule
from surtax.ledger.load import Ledger
from surtax.ledger.refunds import DAYS
from surtax.places import CURRENCIES

UNITS = {"KG": "kg", "NO": "each", "NO.": "each", "L": "liter"}
"""Units of quantity as the tariff's columns abbreviate them, and as rates name them."""
ORDER = (
    "line", "entry", ENTRY_LINE, "goods", "origin", "into", "value", "on", "claims", "quantity",
    "unit",
)  # fmt: skip
CODED = ("goods", "origin", "into")
"""Columns that may be given as numbers of texts."""
PLAIN = r"^[0-9]{1,15}(\.[0-9]{1,2})?$"


@dataclass(frozen=True, eq=False)
class Clean:
    """A block after cleaning.

    Attributes:
        lines: the canonical lines.
        refused: (line, reason) of the others.
        repairs: how many cells were mended, by kind.
        texts: columns of the lines that hold numbers of texts, each with the texts.
    """

    lines: pl.DataFrame
    refused: list[tuple[int, str]]
    repairs: Counter[str]
    texts: Mapping[str, Sequence[str | None]] = field(default_factory=dict)


class Cleaner:
    """Cleans block after block, and remembers what each text means.

    Args:
        ledger: the law.
        mapping: how the columns are read.
        into: the importing place, where no column says it.
        coded: give goods, places and claims as numbers of texts.
    """

    def __init__(
        self, ledger: Ledger, mapping: Match, into: str | None = None, *, coded: bool = False
    ) -> None:
        self.ledger = ledger
        self.coded = coded
        self.mapping = mapping
        self.into = into or mapping.rules.into
        self.preferences = Preferences(ledger)
        self._known: dict[str, Texts] = {}
        self._count: Counter[str] = Counter()
        self._reasons: list[pl.Series] = []
        self._numbers: dict[str, Index] = {}

    def clean(self, raw: pl.DataFrame) -> Clean:
        """A block in canonical names, as canonical lines; see `columns`."""
        self._count, self._reasons, self._numbers = Counter(), [], {}
        raw = raw.with_columns(self._plain(column) for column in raw)
        if "into" not in raw.columns:
            raw = raw.with_columns(pl.lit(self.into or None, pl.String).alias("into"))
        columns = {"line": raw["line"]}
        for name in raw.columns:
            if name not in columns and name not in (SPI, TREATMENT, CURRENCY, CLAIMS):
                columns[name] = self._column(name, raw[name])
        frame = pl.DataFrame(columns)
        self._currencies(raw, frame)
        frame = frame.with_columns(self._claims(raw, frame))
        names: list[str] = sorted(frame.columns, key=_rank)
        frame = frame.select(names)
        self._borders(frame)
        self._shares(frame)
        texts: Mapping[str, Sequence[str | None]] = {}
        if self.coded:
            texts = {name: self._known[name].values for name in CODED} | {
                CLAIMS: self.preferences.texts
            }
            frame = frame.with_columns(pl.Series(n, self._numbers[n]) for n in texts)
        if not self._reasons:
            return Clean(frame, [], self._count, texts)
        reason = pl.select(pl.coalesce(self._reasons)).to_series()
        bad = reason.is_not_null()
        refused = list(zip(frame["line"].filter(bad), reason.filter(bad), strict=True))
        return Clean(frame.filter(~bad), refused, self._count, texts)

    def _plain(self, raw: pl.Series) -> pl.Series:
        """A column of single values; lists of text become text, joined by “;”."""
        kind = raw.dtype
        if kind == pl.List(pl.String):
            return raw.list.join(";")
        odd = kind == pl.Boolean and not raw.name.startswith(FACT)
        if odd or kind.is_nested() or kind in (pl.Binary, pl.Duration, pl.Time, pl.Object):
            header = next((h for h, c in self.mapping.columns.items() if c == raw.name), raw.name)
            raise DataError(
                f"its values are of the kind {kind}.", where=f"column “{header}”",
                mend="Give text, numbers or days.",
            )  # fmt: skip
        return raw

    def _column(self, name: str, raw: pl.Series) -> pl.Series:
        if _of_money(name):
            return self._money(name, raw, wanted=name == "value")
        if name.startswith(FACT):
            return self._fact(name, raw)
        if name == "on" or name in DAYS:
            return self._day(name, raw)
        if name == "quantity":
            return self._quantity(raw)
        if name in ("goods", "origin", "into"):
            read = self._goods if name == "goods" else self._place(name)
            return self._text(name, self._digits(raw), read)
        text = raw.cast(pl.String).str.strip_chars()
        return text.replace(UNITS).fill_null("") if name == "unit" else text

    def _digits(self, raw: pl.Series) -> pl.Series:
        """Tariff numbers as text, if a file holds them as numbers."""
        if raw.dtype.is_float():
            whole = raw.fill_nan(None).cast(pl.Int64, strict=False)
            self._count[repair.POINT_ZERO] += len(raw) - whole.null_count()
            return whole.cast(pl.String)
        return raw.cast(pl.String)

    # -- cells by their texts ------------------------------------------------------------------

    def _text(
        self,
        name: str,
        raw: pl.Series,
        read: Callable[[str], Cell],
        kind: pl.DataType | type[pl.DataType] = pl.String,
    ) -> pl.Series:
        """A column read text by text, each distinct one once."""
        known = self._known.setdefault(name, Texts())
        at = self._numbers[name] = known.of(raw, read)
        if known.odd:
            count = np.bincount(at, minlength=len(known.cells))
            met = [(known.cells[i], int(count[i])) for i in known.odd]
            for cell, n in met:
                self._count.update(dict.fromkeys(cell.repairs, n))
            if any(cell.refused and n for cell, n in met):
                reasons = pl.Series([c.refused or None for c in known.cells], dtype=pl.String)
                self._reasons.append(reasons.gather(at))
        if kind == pl.String and known.same and not raw.null_count():
            return raw
        return pl.Series(name, known.values, dtype=kind).gather(at)

    def _goods(self, text: str) -> Cell:
        cell = repair.code(text)
        digits = str(cell.value or "")
        if repair.ZERO in cell.repairs and not len(schedule.schedule().under(digits[:6])):
            return Cell(refused=f"“{text.strip()}” has {len(digits) - 1} digits, and {digits} is "
                                "no number of the tariff")  # fmt: skip
        return cell

    def _place(self, name: str) -> Callable[[str], Cell]:
        def read(text: str) -> Cell:
            if not text.strip():
                return Cell(refused="no country of origin" if name == "origin"
                            else "no importing country")  # fmt: skip
            try:
                known = country_of(text, self.ledger.verified_to) if name == "origin" else None
                return Cell(known or border_into(text))
            except InputError as error:
                return Cell(refused=f"{error.what} {error.mend}".strip())

        return read

    def _fact(self, name: str, raw: pl.Series) -> pl.Series:
        fact = name.removeprefix(FACT)
        kind = self.ledger.facts[fact.partition("@")[0]].type
        if raw.dtype == pl.Date:
            ordinal = raw.to_physical().cast(pl.Float64) + date(1970, 1, 1).toordinal()
            return ordinal.alias(name)
        if raw.dtype == pl.Boolean:
            return raw.cast(pl.Float64)
        if raw.dtype.is_numeric() and kind == "share":
            number = raw.cast(pl.Float64)
            odd = (number < 0) | (number > 1) | number.is_nan()
            if odd.any():
                self._refuse(odd, f"{fact} is not a share between 0 and 1")
            return number
        if raw.dtype.is_numeric() and kind == "rate":
            number = raw.cast(pl.Float64)
            self._refuse(~number.is_between(0, MOST), f"{fact} is not a rate of duty")
            return number

        def read(text: str) -> Cell:
            cut, repairs = repair.bare(text)
            if not cut:
                return Cell()
            try:
                if kind == "date":
                    told = repair.day(cut, month_first=self.mapping.rules.month_first)
                    value = told.value
                    number = float(value.toordinal()) if isinstance(value, date) else None
                    return Cell(number, (*repairs, *told.repairs), told.refused)
                return Cell(fact_value(self.ledger, fact, cut), repairs)
            except InputError as error:
                return Cell(refused=f"{fact}: {error.what}")

        return self._text(name, self._digits(raw), read, pl.Float64)

    # -- amounts and days ----------------------------------------------------------------------

    def _money(self, name: str, raw: pl.Series, *, wanted: bool = False) -> pl.Series:
        kind = pl.Decimal(*MONEY)
        if raw.dtype == pl.String:
            out = self._amounts(name, raw, kind, repair.money)
        else:
            out = raw if raw.dtype == kind else raw.cast(kind, strict=False)
            if raw.dtype.is_float() or (isinstance(raw.dtype, pl.Decimal) and raw.dtype != kind):
                off = (raw.cast(pl.Float64) - out.cast(pl.Float64)).abs() > 1e-6
                self._count[repair.CENTS] += int(off.sum() or 0)
        least: Any = out.min()
        if wanted and out.null_count():
            self._refuse(out.is_null(), "no value")
        if wanted and least is not None and least <= 0:
            self._refuse(out == 0, "the value is zero")
        if least is not None and least < 0:
            self._refuse(out < 0, f"the amount in “{name}” is negative")
        return out

    def _amounts(
        self, name: str, raw: pl.Series, kind: pl.Decimal, read: Callable[[str], Cell]
    ) -> pl.Series:
        """Amounts written as text: plain ones all at once, the others one by one."""
        easy = raw.str.contains(PLAIN).fill_null(value=False)
        if easy.all():
            return raw.cast(kind)
        hard = pl.select(pl.when(~easy).then(raw).alias(name)).to_series()

        def filled(text: str) -> Cell:
            return read(text) if repair.bare(text)[0] else Cell()

        told = self._text(name, hard, filled, kind)
        quick = pl.select(pl.when(easy).then(raw)).to_series().cast(kind)
        return pl.select(pl.when(easy).then(quick).otherwise(told).alias(name)).to_series()

    def _quantity(self, raw: pl.Series) -> pl.Series:
        kind = pl.Decimal(*QUANTITY)
        if raw.dtype == pl.String:
            out = self._amounts("quantity", raw, kind, repair.quantity)
        else:
            out = raw if raw.dtype == kind else raw.cast(kind, strict=False)
            if out.null_count() > raw.null_count():
                self._refuse(out.is_null() & raw.is_not_null(), "the quantity is not a number")
        least: Any = out.min()
        if least is not None and least < 0:
            self._refuse(out < 0, "the quantity is negative")
        if least is not None and least <= 0 and (none := out == 0).any():
            self._count[repair.NONE] += int(none.sum())
            out = pl.select(pl.when(out != 0).then(out).alias("quantity")).to_series()
        return out

    def _day(self, name: str, raw: pl.Series) -> pl.Series:
        if raw.dtype == pl.Date:
            out = raw
        elif raw.dtype == pl.Datetime:
            out = raw.cast(pl.Date)
        else:
            first = self.mapping.rules.month_first
            out = self._text(
                name, raw.cast(pl.String), lambda t: repair.day(t, month_first=first), pl.Date
            )
        if name == "on":
            self._refuse(out.is_null(), "no day of entry")
        return out

    # -- what takes more than one column -------------------------------------------------------

    def _currencies(self, raw: pl.DataFrame, frame: pl.DataFrame) -> None:
        """Refuse amounts in another currency than that in which the importer values goods."""
        named: list[tuple[str, pl.Series]] = []
        if CURRENCY in raw.columns:
            named.append(("the value", raw[CURRENCY].cast(pl.String).str.strip_chars()))
        for name in raw.columns:
            if _of_money(name) and raw.schema[name] == pl.String:
                what = "the value" if name == "value" else f"the amount in “{name}”"
                named.append((what, raw[name].str.extract(r"([A-Z]{3})")))
        for what, told in named:
            if told.null_count() == len(told):
                continue
            wanted = frame["into"].replace_strict(CURRENCIES, default=None, return_dtype=pl.String)
            odd = (told.str.to_uppercase() != wanted) & (told != "")
            if odd.fill_null(value=False).any():
                words = pl.format("{} is in {}; entries into {} are valued in {}",
                                  pl.lit(what), told, frame["into"], wanted)  # fmt: skip
                self._reasons.append(pl.select(pl.when(odd).then(words)).to_series())

    def _claims(self, raw: pl.DataFrame, frame: pl.DataFrame) -> pl.Series:
        """Canonical claims, from their names, the symbols of ACE or the treatments of CARM."""
        places = [(len(self._known[n].cells), self._numbers[n]) for n in ("origin", "into")]
        told = self.preferences.of(raw, frame, places)
        self._numbers[CLAIMS] = told.number
        self._count.update(told.left_out)
        if told.reason is not None:
            self._reasons.append(told.reason)
        if told.late is not None:
            self._refuse(told.late, "a preference is claimed after its last day")
        if self.coded:
            return pl.Series(CLAIMS, told.number)
        return pl.Series(CLAIMS, self.preferences.texts, dtype=pl.String).gather(told.number)

    def _borders(self, frame: pl.DataFrame) -> None:
        """Refuse goods that cross no customs border, and numbers that are no goods."""
        self._refuse(within(frame), WITHIN)
        self._refuse(alone(frame), ALONE)

    def _shares(self, frame: pl.DataFrame) -> None:
        """Refuse shares of one whole that are more than it together."""
        for names, whole in shared(self.ledger, frame):
            self._refuse(whole > WHOLE, too_much(names))

    def _refuse(self, where: pl.Series, reason: str) -> None:
        if where.any():
            words = pl.when(where.fill_null(value=False)).then(pl.lit(reason))
            self._reasons.append(pl.select(words).to_series())


def _of_money(name: str) -> bool:
    """Whether a column holds amounts."""
    return name in ("value", "paid") or name.startswith(PAID)


def _rank(name: str) -> tuple[int, int]:
    """The order of columns: the canonical ones, declared facts, the others."""
    if name in ORDER:
        return 0, ORDER.index(name)
    return (1 if name.startswith(FACT) else 2), 0


def border_into(text: str) -> str:
    """The customs border of an importing place.

    Raises:
        InputError: no such place, or one whose entries cannot be rated.
    """
    code = places.place(text).code
    border = places.UNION if code in union() else code
    if border not in CURRENCIES:
        raise InputError(
            f"entries into {text.strip()} cannot be rated.",
            mend=f"They can into {', '.join(CURRENCIES)}.",
        )
    return border
