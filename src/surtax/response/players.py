"""Players: treasuries that choose together, and the regions of the world that are theirs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from surtax.errors import InputError, unknown
from surtax.world.world import World

Places = NDArray[np.intp]
"""Indices, of levers, cells or regions."""


@dataclass(frozen=True)
class Player:
    """One side.

    Attributes:
        name: treasuries joined by “+”, such as “CAN” or “CAN+MEX”: partners that answer
            together.
        regions: indices of its regions.
        treasuries: its members.
    """

    name: str
    regions: tuple[int, ...]
    treasuries: tuple[str, ...]


def player(world: World, name: str, *, where: str = "--player") -> Player:
    """A player of a world by the names of its treasuries.

    Raises:
        UnknownNameError: a treasury that the world does not have; names the nearest.
    """
    members = tuple(dict.fromkeys(part.strip() for part in name.split("+")))
    for one in members:
        if one not in world.treasuries:
            raise unknown("player", one, set(world.treasuries), where=where)
    own = tuple(n for n, t in enumerate(world.treasuries) if t in members)
    return Player("+".join(members), own, members)


def players(world: World, names: list[str], *, where: str = "--player") -> list[Player]:
    """Two to eight players, no treasury in two of them.

    Raises:
        InputError: too few, too many, or a treasury that plays on two sides.
    """
    found = [player(world, name, where=where) for name in names]
    every = [t for one in found for t in one.treasuries]
    for t in every:
        if every.count(t) > 1:
            raise InputError(
                f"{t} plays on two sides.", where=where, mend="Name every treasury once."
            )
    if not 2 <= len(found) <= 8:
        raise InputError(
            f"a contest has two to eight players, not {len(found)}.",
            where=where,
            mend="Name the others with commas: --against USA,MEX.",
        )
    return found


def partners(world: World, who: Player) -> dict[str, tuple[int, ...]]:
    """The regions of every other treasury, in the world's order."""
    out: dict[str, tuple[int, ...]] = {}
    for t in dict.fromkeys(world.treasuries):
        if t not in who.treasuries:
            out[t] = tuple(int(n) for n in np.flatnonzero(np.asarray(world.treasuries) == t))
    return out
