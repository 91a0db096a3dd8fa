"""Products of money and rates in whole numbers: the cents of the decimal arithmetic, in columns."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from surtax.duty.lines import Floats

Whole = NDArray[np.int64]
Numbers = NDArray[np.int32]

PLACES = 12
ONE = 10**PLACES
"""A fraction of one, in the units that `scaled` gives."""
_HALF = 10 ** (PLACES // 2)
_FITS = 10**12


def scaled(fractions: Floats) -> Whole:
    """Fractions, none of them NaN, to twelve decimals, in units of the last."""
    grown = fractions * ONE
    out: Whole = np.rint(grown).astype(np.int64)
    close = np.abs(grown - np.floor(grown) - 0.5) < 0.01
    for i in np.flatnonzero(close):
        out[i] = int(Decimal(repr(round(float(fractions[i]), PLACES))).scaleb(PLACES))
    return out


def times(cents: Whole, by: Whole) -> Whole:
    """Cents times fractions in units of `scaled`, rounded to cents, halves up; none negative."""
    if cents.max(initial=0) <= _FITS and by.max(initial=0) <= 9 * _FITS:
        return _times(cents, by)
    out = np.empty(len(cents), dtype=np.int64)
    fits = (cents <= _FITS) & (by <= 9 * _FITS)
    out[fits] = _times(cents[fits], by[fits])
    big = cents[~fits].astype(object) * by[~fits].astype(object)
    out[~fits] = (big + ONE // 2) // ONE
    return out


def _times(cents: Whole, by: Whole) -> Whole:
    high: Whole = by // _HALF
    low = high * _HALF
    np.subtract(by, low, out=low)
    high *= cents
    if not low.any():
        high += _HALF // 2
        high //= _HALF
        return high
    whole: Whole = high // _HALF
    high -= whole * _HALF
    high *= _HALF
    low *= cents
    high += low
    high += ONE // 2
    high //= ONE
    whole += high
    return whole


def price_of(places: int, price: Decimal) -> tuple[int, int]:
    """A price for each unit as a fraction: cents for units of a quantity's last decimal place."""
    cents = Fraction(price.scaleb(2 - places))
    return cents.numerator, cents.denominator


def per_unit(quantity: Whole, number: Whole, scale: Whole) -> Whole:
    """(n,) quantities times prices, as `price_of` gives them, rounded to cents, halves up."""
    fits = quantity < (np.iinfo(np.int64).max - scale) // np.maximum(number, 1)
    out = (quantity * number + scale // 2) // scale
    if not fits.all():
        grown = quantity[~fits].astype(object) * number[~fits] + scale[~fits] // 2
        out[~fits] = grown // scale[~fits]
    return out
