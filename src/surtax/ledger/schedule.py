"""The general schedule of the US tariff: what a line owes before any measure of the dispute.

The table is the Harmonized Tariff Schedule of the United States, basic edition of 2025 (US
International Trade Commission), chapters 1 to 98, made by ``scripts/build_schedule.py``. Chapter
99 is left out: its temporary changes are measures of the ledger.

A rate the table could not put into numbers keeps its text, ``parsed`` false and NaN for numbers;
it is never zero. These are mostly watches, clocks and sets, whose parts are taxed apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from surtax.errors import DataError, unknown
from surtax.goods import dotted, hs

SOURCE = "USITC, Harmonized Tariff Schedule of the United States (2025), basic edition"

PROGRAMMES = (
    "A", "A*", "A+", "AU", "B", "BH", "C", "CL", "CO", "D", "E", "E*", "IL", "J", "J*", "JO", "JP",
    "K", "KR", "L", "MA", "NP", "OM", "P", "P+", "PA", "PE", "R", "S", "S+", "SG",
)  # fmt: skip
"""Symbols of the special column (general note 3(c)); "S" and "S+" are USMCA."""

_USMCA = {"CA": ("S",), "MX": ("S", "S+MX")}


@dataclass(frozen=True)
class GeneralRate:
    """A rate of duty of the schedule.

    Attributes:
        hs: the tariff line (eight digits), or the shorter code whose lines all have this rate.
        ad_valorem: fraction of the customs value; NaN if not parsed. ``Decimal(str(x))`` is the
            printed percentage exactly, except for thirds.
        specific: US$ per ``unit``; NaN if not parsed.
        unit: "kg", "liter", "each", "kg on drained weight" …; empty without a specific part.
        text: the rate as printed.
        parsed: whether the numbers say all of the text.
        source: one sentence, with the line.
    """

    hs: str
    ad_valorem: float
    specific: float
    unit: str
    text: str
    parsed: bool
    source: str

    @property
    def free(self) -> bool:
        """Whether the line is free of duty."""
        return self.parsed and self.ad_valorem == 0.0 and self.specific == 0.0


@dataclass(frozen=True)
class RateRange:
    """General rates of the lines under a code.

    Attributes:
        low: lowest purely ad valorem rate, a fraction; NaN if there is none.
        high: highest purely ad valorem rate, a fraction; NaN if there is none.
        lines: number of tariff lines under the code; zero if it is not in the schedule.
        others: lines left out of the range, their rate being specific, compound or not parsed.
    """

    low: float
    high: float
    lines: int
    others: int


@dataclass(frozen=True, eq=False)
class Rates:
    """A rate column of the schedule: N lines in the order of ``Schedule.hs8``.

    Attributes:
        text: (N,) rates as printed; empty where the line prints none (chapter 98).
        ad_valorem: (N,) fractions of value; NaN if not parsed.
        specific: (N,) US$ per unit; NaN if not parsed.
        unit: (N,) units of the specific part, or empty.
        parsed: (N,) whether the numbers say all of the text.
    """

    text: NDArray[np.str_]
    ad_valorem: NDArray[np.float64]
    specific: NDArray[np.float64]
    unit: NDArray[np.str_]
    parsed: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Schedule:
    """The whole schedule as arrays, for bulk work.

    Attributes:
        hs8: (N,) tariff lines, sorted.
        general: rates of column 1, general.
        column2: rates of column 2.
        free: (N,) symbols of the programmes whose special rate is Free, separated by spaces.
    """

    hs8: NDArray[np.str_]
    general: Rates
    column2: Rates
    free: NDArray[np.str_]

    def rows_of(self, codes: Sequence[str] | NDArray[np.str_]) -> NDArray[np.int64]:
        """(len(codes),) row of each code's first eight digits; -1 where there is no such line."""
        wanted = np.asarray(codes, dtype=np.str_).astype("U8")
        at = np.searchsorted(self.hs8, wanted)
        at = np.minimum(at, len(self.hs8) - 1)
        return np.where(self.hs8[at] == wanted, at, -1).astype(np.int64)

    def under(self, code: str) -> range:
        """Rows of the lines under a code; a ten-digit code gives its eight-digit line."""
        digits = hs(code)[:8]
        first = int(np.searchsorted(self.hs8, digits))
        last = int(np.searchsorted(self.hs8, digits + "~"))
        return range(first, last)


@cache
def schedule() -> Schedule:
    """The embedded schedule.

    Raises:
        DataError: the table is missing.
    """
    import polars as pl

    found = resources.files("surtax.ledger").joinpath("data", "hts_2025.parquet")
    if not found.is_file():
        raise DataError("the tariff schedule is missing.", where=str(found), mend="Reinstall.")
    with resources.as_file(found) as path:
        frame = pl.read_parquet(path)

    def text(name: str) -> NDArray[np.str_]:
        return np.array(frame[name].to_list(), dtype=np.str_)

    def rates(prefix: str) -> Rates:
        return Rates(
            text=text(f"{prefix}text"),
            ad_valorem=frame[f"{prefix}ad_valorem"].fill_null(float("nan")).to_numpy(),
            specific=frame[f"{prefix}specific"].fill_null(float("nan")).to_numpy(),
            unit=text(f"{prefix}unit"),
            parsed=frame[f"{prefix}parsed"].to_numpy(),
        )

    return Schedule(text("hs8"), rates(""), rates("column2_"), text("free"))


def general_rate(code: str) -> GeneralRate | None:
    """The general (column 1) rate of a code.

    Args:
        code: 2 to 10 digits, with or without dots. Ten digits take the rate of their eight. A
            code shorter than eight has a rate only where all lines under it print the same.

    Returns:
        The rate, or None: no such line, or the lines under a short code differ (ask
        ``rate_range``).

    Raises:
        UnitError, UnknownNameError: not an HS code.
    """
    return _rate(code, schedule().general, "column 1 general")


def column2_rate(code: str) -> GeneralRate | None:
    """The column 2 rate of a code, for the countries of the group "COL2"; as ``general_rate``."""
    return _rate(code, schedule().column2, "column 2")


def rate_range(code: str) -> RateRange:
    """The spread of the general rates of the lines under a code; see ``RateRange``.

    Raises:
        UnitError, UnknownNameError: not an HS code.
    """
    table = schedule()
    under = table.under(code)
    ad_valorem = table.general.ad_valorem[under.start : under.stop]
    plain = ad_valorem[table.general.specific[under.start : under.stop] == 0.0]
    nan = float("nan")
    return RateRange(
        low=float(plain.min()) if len(plain) else nan,
        high=float(plain.max()) if len(plain) else nan,
        lines=len(under),
        others=len(under) - len(plain),
    )


def preference_free(code: str, programme: str) -> bool:
    """Whether goods that qualify for a programme owe no general duty.

    True where the line's general rate is free, or its special rate is Free for the programme;
    of a short code, where that holds for every line under it. False where there is no such line,
    and where the freedom ends with a quota (dairy and sugar from Canada).

    Args:
        code: as ``general_rate``.
        programme: "CA" or "MX" for the USMCA, else a symbol of the special column ("KR", "A+").

    Raises:
        UnknownNameError: no such programme.
        UnitError: not an HS code.
    """
    symbols = _USMCA.get(programme, (programme,))
    if programme not in _USMCA and programme not in PROGRAMMES:
        raise unknown("preference programme", programme, [*_USMCA, *PROGRAMMES])
    table = schedule()
    under = table.under(code)
    return bool(under) and all(
        table.general.text[row] == "Free"
        or not {"ALL", *symbols}.isdisjoint(str(table.free[row]).split())
        for row in under
    )


def _rate(code: str, rates: Rates, column: str) -> GeneralRate | None:
    under = schedule().under(code)
    texts = set(rates.text[under.start : under.stop].tolist())
    if len(texts) != 1:
        return None
    row = under.start
    digits = hs(code)[:8]
    return GeneralRate(
        hs=digits,
        ad_valorem=float(rates.ad_valorem[row]),
        specific=float(rates.specific[row]),
        unit=str(rates.unit[row]),
        text=str(rates.text[row]),
        parsed=bool(rates.parsed[row]),
        source=f"{SOURCE}, {dotted(digits)}, {column}",
    )
