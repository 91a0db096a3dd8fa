"""Published numbers on a world: what they are of, and what the world says of the same.

One list of them serves to check a world and to bring it to new margins (`surtax.world.update`);
`surtax.world.published` reads it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from surtax.errors import unknown
from surtax.units import percent
from surtax.world.check import Finding
from surtax.world.world import World

Array = NDArray[np.float64]
Item = Literal["flow", "value-added", "balance"]
ITEMS: tuple[Item, ...] = ("flow", "value-added", "balance")
WORTH_A_WARNING = 0.10
"""Relative gap to a published number above which it is a warning."""


@dataclass(frozen=True)
class Target:
    """A published number that a world is checked against or brought to, in its currency.

    Attributes:
        item: ``flow``, value before tariffs of what ``destination`` buys from ``origin``;
            ``value-added`` of ``origin``; ``balance``, exports less imports of ``origin``.
        value: the number.
        sector: a sector, ``goods``, ``services`` or ``*`` for all.
        origin: a region, a treasury, ``*`` for all, or ``abroad``: other treasuries' regions.
        destination: the same; ``*`` takes in what the origin sells to itself.
        source: where the number is from.
    """

    item: Item
    value: float
    sector: str = "*"
    origin: str = "*"
    destination: str = "*"
    source: str = ""

    def __str__(self) -> str:
        if self.item == "flow":
            return f"flow of {self.sector} from {self.origin} to {self.destination}"
        part = "" if self.sector == "*" else f", {self.sector}"
        return f"{self.item} of {self.origin}{part}"


def coefficients(world: World, target: Target) -> Array:
    """(s, n, i) weight of each flow in the number that a target states.

    Raises:
        UnknownNameError: a sector, region or item that there is not.
    """
    where = f"world {world.name}, {target}"
    if target.item not in ITEMS:
        raise unknown("item", target.item, ITEMS, where=where)
    sectors = _sectors(world, target.sector, where)
    origin = _places(world, target.origin, where)
    if target.item == "flow":
        pairs = np.outer(_places(world, target.destination, where), origin)
        if "abroad" in (target.origin, target.destination):
            pairs = pairs & ~world.union
        return np.asarray(sectors[:, None, None] * pairs.astype(float))
    if target.item == "value-added":
        return np.asarray(
            (sectors[:, None] * origin * world.value_added.T)[:, None, :]
            * np.ones(len(world.regions))[None, :, None]
        )
    sold = (origin[None, :] & ~origin[:, None]).astype(float)
    return np.asarray(sectors[:, None, None] * (sold - sold.T))


def _sectors(world: World, name: str, where: str) -> Array:
    if name in world.sectors:
        return np.asarray(np.asarray(world.sectors) == name, dtype=np.float64)
    groups = {"*": np.ones(len(world.sectors)), "goods": world.traded, "services": ~world.traded}
    if name not in groups:
        raise unknown("sector", name, {*world.sectors, *groups}, where=where)
    return np.asarray(groups[name], dtype=np.float64)


def _places(world: World, name: str, where: str) -> NDArray[np.bool_]:
    if name in ("*", "abroad"):
        return np.ones(len(world.regions), dtype=bool)
    found = np.array([region == name for region in world.regions])
    if not found.any():
        found = np.array([treasury == name for treasury in world.treasuries])
    if not found.any():
        words = {*world.regions, *world.treasuries, "*", "abroad"}
        raise unknown("region", name, words, where=where)
    return found


def against(world: World, targets: Sequence[Target]) -> list[Finding]:
    """What each published number becomes in the world; gaps above a tenth are warnings.

    Raises:
        UnknownNameError: a sector, region or item that there is not.
    """
    found = []
    for target in targets:
        value = float((coefficients(world, target) * world.flows).sum())
        gap = value - target.value
        same = target.value * value > 0
        share = abs(gap) / abs(target.value) if same else float(gap != 0)
        side = (
            f"{percent(share)} {'more' if gap * value > 0 else 'less'} than" if same else "against"
        )
        text = f"{value:,.6g} {world.currency}, {side} the {target.value:,.6g} published"
        if target.source:
            text += f" ({target.source})"
        severity: Literal["warning", "note"] = "warning" if share > WORTH_A_WARNING else "note"
        found.append(Finding("published number", str(target), gap, severity, text + "."))
    return found
