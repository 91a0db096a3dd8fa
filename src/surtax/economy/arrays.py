"""Arguments as callers give them: each refusal names the argument, and what is wanted of it."""

from __future__ import annotations

from collections.abc import Iterable
from numbers import Integral, Real
from typing import Any

import numpy as np

from surtax.errors import WorldError
from surtax.world.world import Array

FLOW = "sector, destination and origin"
"""What an array (s, n, i) has one value for."""


def of_kind(what: str, value: object, wanted: type, mend: str) -> None:
    """Refuse what is not of a kind; ``what`` is what it was given for, with its article.

    Raises:
        WorldError: with the mend.
    """
    if not isinstance(value, wanted):
        raise WorldError(f"what was given for {what} is none.", mend=mend)


def several(name: str, values: object) -> list[Any]:
    """The entries of a list; ``name`` is the argument's, in words and in the plural.

    Raises:
        WorldError: it is no list, such as one name alone.
    """
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise WorldError(f"{name} are no list.", mend="Give a list, or a tuple.")
    return list(values)


def whole(name: str, value: object, least: int = 1) -> int:
    """What was given as a whole number; ``name`` is the argument's, in words.

    Raises:
        WorldError: it is none, or below the least.
    """
    if not isinstance(value, Integral) or value < least:
        raise WorldError(f"{name} is no whole number from {least} up.", mend="Give one.")
    return int(value)


def index(name: str, value: object, among: int) -> int:
    """What was given as a place among some, counted from zero; ``name`` as in `whole`.

    Raises:
        WorldError: it is none of them.
    """
    found = whole(name, value, 0)
    if found >= among:
        raise WorldError(f"{name} is {found}, of {among}.", mend=f"Give 0 to {among - 1}.")
    return found


def number(name: str, value: object) -> float:
    """What was given as a float; ``name`` is the argument's, in words.

    Raises:
        WorldError: it is no number.
    """
    if not isinstance(value, Real):
        raise WorldError(f"{name} is no number.", mend="Give a single one.")
    return float(value)


def numbers(name: str, values: object, where: str = "") -> Array:
    """What was given as floats; ``name`` is the argument's, in words and in the plural.

    Raises:
        WorldError: it is no array of numbers.
    """
    try:
        return np.asarray(values, dtype=float)
    except (TypeError, ValueError):
        raise WorldError(
            f"{name} are no array of numbers.",
            where=where,
            mend="Give a NumPy array, or lists of equal lengths.",
        ) from None


def shaped(name: str, values: object, shape: tuple[int, ...], per: str, where: str = "") -> Array:
    """What was given as floats of a shape; ``per`` is what they have one value for.

    Raises:
        WorldError: it is no array of numbers; or names the shape given and the one wanted.
    """
    found = numbers(name, values, where)
    if found.shape != shape:
        raise WorldError(
            f"{name} have shape {found.shape}, not {shape}.",
            where=where,
            mend=f"Give one value per {per}.",
        )
    return found


def finite(name: str, values: Array, where: str = "") -> Array:
    """The same numbers, refused where one is none.

    Raises:
        WorldError: names the first cell.
    """
    bad = ~np.isfinite(values)
    if bad.any():
        cell = tuple(int(k) for k in np.argwhere(bad)[0])
        raise WorldError(
            f"{name} are {values[cell]} in cell {list(cell)}.",
            where=where,
            mend="Fill it with a finite number; zero where there is nothing.",
        )
    return values
