"""Products of money and rates in whole numbers: the cents of the decimal arithmetic, in columns."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from surtax.duty.lines import Floats

Whole = NDArray[np.int64]

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
    out = np.empty(len(cents), dtype=np.int64)
    fits = (cents <= _FITS) & (by <= 9 * _FITS)
    if fits.all():
        return _times(cents, by)
    out[fits] = _times(cents[fits], by[fits])
    big = cents[~fits].astype(object) * by[~fits].astype(object)
    out[~fits] = (big + ONE // 2) // ONE
    return out


def _times(cents: Whole, by: Whole) -> Whole:
    high: Whole = by // _HALF
    low = by - high * _HALF
    high *= cents
    if not low.any():
        high += _HALF // 2
        high //= _HALF
        return high
    whole: Whole = high // _HALF
    high -= whole * _HALF
    whole += (high * _HALF + cents * low + ONE // 2) // ONE
    return whole


def per_unit(quantity: Whole, places: int, price: Decimal) -> Whole:
    """A price for each unit times quantities in units of their last decimal place; in cents."""
    _, digits, exponent = price.as_tuple()
    assert isinstance(exponent, int)
    number = int("".join(map(str, digits)))
    scale = 10 ** max(places - exponent - 2, 0)
    number *= 10 ** max(exponent + 2 - places, 0)
    largest = int(quantity.max(initial=0)) * number + scale
    grown = quantity if largest < np.iinfo(np.int64).max else quantity.astype(object)
    out: Whole = ((grown * number + scale // 2) // scale).astype(np.int64)
    return out
