"""Numbers as callers give them: each refusal names the argument, its shape and the one wanted."""

from __future__ import annotations

from numbers import Real

import numpy as np

from surtax.errors import WorldError
from surtax.world.world import Array

FLOW = "sector, destination and origin"
"""What an array (s, n, i) has one value for."""


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
