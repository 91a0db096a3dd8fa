"""Goods: Harmonized System codes, and the sector that makes each of them.

A code is text: digits, an even number of them from two (chapter) to ten (statistical line). Six
digits are the same in every country; the US and Canada each add their own.

The sector of a code comes from ``data/hs_sectors.csv``, a table of prefixes: the longest prefix
of the code decides. It restates the US Census Bureau's concordance of import codes to NAICS
industries; a prefix stands for the sector with the largest US import value under it, so a code
shorter than eight digits, or a code that did not exist in 2024, gets the sector of most of its
trade. "UNS" is not a sector: it marks returned goods, art and low-value lines that no industry of
the year made, and keeps their dollars in sight.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from surtax.errors import UnitError, UnknownNameError

SECTORS = (
    "AGR", "OIL", "MIN", "POT", "UTL", "FOD", "TEX", "WOD", "LUM", "PAP", "PET", "CHM", "NMM",
    "STL", "ALU", "MET", "MAC", "ELC", "MTV", "PRT", "OTE", "OMF",
)  # fmt: skip
"""Codes of the sectors that make goods."""

WITHIN = {"POT": "MIN", "LUM": "WOD", "STL": "MET", "ALU": "MET", "PRT": "MTV"}
"""The sector that a table without this one counts its goods with."""

UNSPECIFIED = "UNS"
"""Marks codes that belong to no sector."""

_RESERVED = "77"


@lru_cache(maxsize=1 << 17)
def hs(code: str) -> str:
    """The digits of an HS code: "8703.23.01", "8703 23 01" and "87032301" are the same.

    Raises:
        UnitError: not text, other signs than digits, dots and spaces, or not 2, 4, 6, 8 or 10
            digits (mostly a leading zero lost in a spreadsheet).
        UnknownNameError: a chapter that does not exist (00, or 77, which is reserved).
    """
    if not isinstance(code, str):
        raise UnitError(f"HS code {code!r} is not text.", mend='Write it in quotes: "0101.21".')
    return _digits(code)


def _digits(code: str) -> str:
    digits = code if code.isdigit() else code.translate(_DROP)
    if not (digits.isascii() and digits.isdigit()):
        raise UnitError(
            f"“{code}” is not an HS code.", mend="Write digits, with or without dots: 8703.23.01."
        )
    if len(digits) > 10 or len(digits) % 2:
        hint = f" A leading zero lost? Then 0{digits}." if len(digits) in (1, 3, 5, 7, 9) else ""
        raise UnitError(
            f"HS code “{code}” has {len(digits)} digits.", mend=f"It takes 2, 4, 6, 8 or 10.{hint}"
        )
    if digits[:2] in ("00", _RESERVED):
        why = "is reserved" if digits[:2] == _RESERVED else "does not exist"
        raise UnknownNameError(
            f"chapter {digits[:2]} of HS code “{code}” {why}.",
            mend="Chapters run from 01 to 97; 98 and 99 are national.",
        )
    return digits


_DROP = str.maketrans("", "", ". \u00a0")


def matches(code: str, prefixes: Iterable[str]) -> bool:
    """Whether a code lies under one of the prefixes; both may carry dots.

    Raises:
        UnitError, UnknownNameError: as ``hs``.
    """
    digits = hs(code)
    return any(digits.startswith(hs(prefix)) for prefix in prefixes)


def dotted(code: str) -> str:
    """A code as the tariff prints it: "8703", "8703.23", "8703.23.01", "8703.23.01.10".

    Raises:
        UnitError, UnknownNameError: as ``hs``.
    """
    digits = hs(code)
    return ".".join(filter(None, (digits[:4], digits[4:6], digits[6:8], digits[8:])))


@cache
def sector_prefixes() -> dict[str, str]:
    """The table of ``data/hs_sectors.csv``: prefix → sector code or "UNS"."""
    text = resources.files("surtax").joinpath("data", "hs_sectors.csv").read_text(encoding="utf-8")
    return {row["prefix"]: row["sector"] for row in csv.DictReader(text.splitlines())}


@cache
def _of_digits(digits: str) -> str:
    table = sector_prefixes()
    for length in range(min(len(digits), 8), 1, -2):
        if (found := table.get(digits[:length])) is not None:
            return found
    return UNSPECIFIED


def sector_of(code: str) -> str:
    """Sector code of the goods of an HS code; "UNS" where they belong to none.

    Raises:
        UnitError, UnknownNameError: as ``hs``.
    """
    return _of_digits(hs(code))


def sectors_of(codes: Sequence[str]) -> NDArray[np.str_]:
    """Sector codes of many HS codes: (len(codes),) array of three-letter texts."""
    return np.array([_of_digits(hs(code)) for code in codes], dtype="U3")
