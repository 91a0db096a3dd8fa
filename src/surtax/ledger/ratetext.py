"""Rates of duty as the tariff of the United States prints them, read into parts.

A text of the general column or of column 2 is one of:

    free          Free
    rate          6.8%; 33 1/3%; 90¢/pr. + 20%; 51¢ each + 6.25% on the case + 5.3% on the battery
    sliding       3.6606¢/kg less 0.020668¢/kg for each degree under 100 degrees … but not less
                  than 3.143854¢/kg
    refers        See 9822.05.20; The rate applicable to the natural juice in heading 2009
    conditional   Free, under bond, as prescribed in U.S. note 1 to this subchapter
    none          no text: the line has no rate of its own
    unread        anything else; the text is kept, and no number is made of it

A text of the special column names programmes after each rate: “Free (AU,KR) 2.1% (JP)
See 9822.05.20 (P+)”. ``read_special`` gives one entry for each.

Source of the forms: US International Trade Commission, Harmonized Tariff Schedule, general note 3.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Literal

Kind = Literal["free", "rate", "sliding", "refers", "conditional", "none", "unread"]

PROGRAMMES = (
    "A", "A*", "A+", "AU", "B", "BH", "C", "CL", "CO", "D", "E", "E*", "IL", "J", "J*", "JO", "JP",
    "K", "KR", "L", "MA", "NP", "OM", "P", "P+", "PA", "PE", "R", "S", "S+", "SG",
)  # fmt: skip
"""Symbols of the special column (general note 3(c)); "S" and "S+" are USMCA."""

_PRINTED = {*PROGRAMMES, "CA", "MX"}  # the last two outlived the NAFTA in a few places


@dataclass(frozen=True)
class Part:
    """One part of a rate.

    Attributes:
        amount: fraction of value, or US$ for each `unit`; exact.
        unit: "kg", "liter", "each", "kg on drained weight" …; empty for a fraction of value.
        of: the component that it falls on ("case", "battery", "lead content"); empty if all.
    """

    amount: Fraction
    unit: str = ""
    of: str = ""


@dataclass(frozen=True)
class Duty:
    """A rate text, read.

    Attributes:
        text: as printed, spaces made single.
        kind: see the module.
        parts: its parts, added together; of a sliding rate the one at 100 degrees.
        less: of a sliding rate, what each degree under 100 takes off.
        least: of a sliding rate, the least it comes to.
        headings: of a rate that refers, the headings it points to, in order.
    """

    text: str
    kind: Kind
    parts: tuple[Part, ...] = ()
    less: Part | None = None
    least: Part | None = None
    headings: tuple[str, ...] = ()

    @cached_property
    def numbers(self) -> tuple[Fraction, Fraction, str] | None:
        """Fraction of the whole value, US$ per unit, the unit; None if that does not say it all.

        It does not where parts fall on components, or on two units, or where the rate is none.
        """
        if self.kind == "free":
            return Fraction(0), Fraction(0), ""
        shares = [p for p in self.parts if not p.unit]
        sums = [p for p in self.parts if p.unit]
        if self.kind != "rate" or len(shares) > 1 or len(sums) > 1 or any(p.of for p in shares):
            return None
        share = shares[0].amount if shares else Fraction(0)
        return share, *((sums[0].amount, sums[0].unit) if sums else (Fraction(0), ""))


@dataclass(frozen=True)
class Special:
    """One rate of the special column and the programmes that it is for.

    Attributes:
        symbols: programme symbols, in order; empty for a rate open to all that names none.
        duty: the rate.
    """

    symbols: tuple[str, ...]
    duty: Duty


_PERCENT = re.compile(
    r"(?P<whole>\d+(?:\.\d+)?)(?: (?P<num>\d+)/(?P<den>\d+))?%(?: /)?"
    r"(?: on ?(?:the )?(?:value of the )?(?P<of>[a-z][a-z, -]*))?"
)
_MONEY = re.compile(
    r"(?P<dollar>\$?)(?P<amount>\d+(?:\.\d+)?)(?P<cent>¢?)"
    r"(?: each| ?/ ?(?P<unit>[a-z1][^+%¢$]*))"
)
_SLIDING = re.compile(
    r"(?P<full>\S+/kg) less (?P<less>\S+ ?/kg) for each degree under 100 degrees "
    r"\(and fractions of a degree in proportion\) but not less (?:than )?(?P<least>\S+ ?/kg)"
)
_REFERS = re.compile(
    r"(See |The (?:rate|duty|full)\b|A duty |No [Cc]hange|no change"
    r"|\d+(?:\.\d+)? percent of the (?:cost|fair retail)).*"
)
_HEADING = re.compile(r"\d{4}(?:\.\d\d){1,2}|(?<=heading )\d{4}")
_GROUP = re.compile(r"([^()]*(?:\([^()]*[a-z][^()]*\)[^()]*)*)\(([A-Z+*,. ]+)\)")
_TWICE = re.compile(r"\([A-Z+*]+ (?=\([A-Z+*, ]+\))")  # a symbol printed twice: (PA (PA)
_MISPRINTS = (
    ("²", "2"), ("³", "3"), ("pf.liter", "pf. liter"), ("weght", "weight"), ("m2of", "m2 of"),
    ("thou- sand", "thousand"), ("1,000", "1000"), ("line/ gross", "line/gross"),
    ("thebattery", "the battery"), ("99.19.", "9919."),
)  # fmt: skip


def squeeze(text: str) -> str:
    """The text with single spaces and none at the ends."""
    return " ".join(text.split())


@lru_cache(maxsize=8192)
def read(text: str) -> Duty:
    """A text of the general column, of column 2, or of one rate of the special column."""
    printed = squeeze(text)
    mended = printed
    for wrong, right in _MISPRINTS:
        mended = mended.replace(wrong, right)
    if _REFERS.fullmatch(mended):
        return Duty(printed, "refers", headings=tuple(_HEADING.findall(mended)))
    return _plain(printed) or _sliding(printed, mended) or _sum(printed, mended)


def _plain(printed: str) -> Duty | None:
    """Without numbers: nothing, Free, or Free on a condition."""
    if not printed:
        return Duty("", "none")
    if printed == "Free":
        return Duty(printed, "free")
    return Duty(printed, "conditional") if printed.startswith(("Free, ", "Free (")) else None


def _sliding(printed: str, mended: str) -> Duty | None:
    found = _SLIDING.fullmatch(mended)
    full, less, least = (_money(found[k]) if found else None for k in ("full", "less", "least"))
    return Duty(printed, "sliding", (full,), less, least) if full and less and least else None


def _sum(printed: str, mended: str) -> Duty:
    parts = [_percent(one) or _money(one) for one in re.split(r" ?\+ ?", mended)]
    read_parts = tuple(part for part in parts if part is not None)
    whole = len(read_parts) == len(parts)
    return Duty(printed, "rate", read_parts) if whole else Duty(printed, "unread")


@lru_cache(maxsize=4096)
def read_special(text: str) -> tuple[Special, ...]:
    """A text of the special column: its rates, each with its programmes.

    A rate without programmes is open to all of column 1. What is neither a rate nor a list of
    known programmes becomes one entry of kind “unread” without symbols.
    """
    printed = squeeze(text)
    if not printed:
        return ()
    printed = _TWICE.sub("", printed)
    if printed.count("(") > printed.count(")"):
        printed += ")"  # a bracket lost in print at the end
    out, at = [], 0
    for found in _GROUP.finditer(printed):
        symbols = tuple(s for s in re.split(r"[,. ]+", found[2]) if s)
        if found.start() != at or not set(symbols) <= _PRINTED:
            break
        out.append(Special(symbols, read(found[1])))
        at = found.end()
    if rest := printed[at:].strip():
        out.append(Special((), read(rest)))
    return tuple(out)


def rate_for(text: str, symbols: Sequence[str]) -> Duty | None:
    """The lowest rate that a special text has for any of the programmes; None if it has none.

    Where one cannot be compared, a free one comes first, then one in numbers, then as printed.
    """
    wanted = set(symbols)
    found = [s.duty for s in read_special(text) if not s.symbols or wanted & set(s.symbols)]
    return min(found, key=_rank, default=None)


def _rank(duty: Duty) -> tuple[int, Fraction]:
    if duty.kind == "free":
        return 0, Fraction(0)
    if duty.numbers is None:
        return 2, Fraction(0)
    return 1, sum((part.amount for part in duty.parts), Fraction(0))


def _percent(text: str) -> Part | None:
    found = _PERCENT.fullmatch(text)
    if found is None:
        return None
    share = Fraction(found["whole"])
    if found["num"]:
        share += Fraction(int(found["num"]), int(found["den"]))
    of = (found["of"] or "").removesuffix(", if any")
    return Part(share / 100, of="" if of == "entire set" else of)


def _money(text: str) -> Part | None:
    found = _MONEY.fullmatch(text)
    if found is None or bool(found["dollar"]) == bool(found["cent"]):
        return None
    amount = Fraction(found["amount"]) / (100 if found["cent"] else 1)
    return Part(amount, (found["unit"] or "each").strip())
