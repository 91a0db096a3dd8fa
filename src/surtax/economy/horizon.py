"""Horizons: how long after a shock an answer is meant for, as a closure and its elasticities.

The shorter the time, the less labour and trade move. A horizon names a closure and the factor
on the trade elasticities of the set in use, which are long-run ones.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from surtax.economy.arrays import number
from surtax.economy.soundness import check_world
from surtax.errors import WorldError, named
from surtax.world.world import World

_BOEHM = (
    "Boehm, Levchenko and Pandalai-Nayar (2023), American Economic Review 113(4), abstract: "
    "-0.76 in the year after a change of tariffs, -1.75 to -2.25 in the long run; the factor is "
    "0.76 over the middle of the latter"
)


@dataclass(frozen=True)
class Horizon:
    """One horizon.

    Attributes:
        name: short, medium or long. text: what may move, one sentence.
        closure: the closure's name.
        factor: on every trade elasticity of the set in use.
        source: of the factor.
    """

    name: str
    text: str
    closure: str
    factor: float = 1.0
    source: str = ""

    def __post_init__(self) -> None:
        """Refuse a factor that leaves no elasticity.

        Raises:
            WorldError: the factor is not above zero, or no number.
        """
        if not 0.0 < number(f"the factor of horizon {self.name}", self.factor) < math.inf:
            raise WorldError(
                f"the factor of horizon {self.name} is {self.factor}.", mend="Give one above zero."
            )


HORIZONS: dict[str, Horizon] = {
    h.name: h
    for h in (
        Horizon(
            "short",
            "about a year: nobody changes sector or region, pay follows unemployment, and trade "
            "answers with 0.38 of its long-run elasticity",
            "stuck-wage-curve",
            0.38,
            _BOEHM,
        ),
        Horizon(
            "medium",
            "some years: workers change sector as far as their skills let them, wages clear",
            "roy",
        ),
        Horizon(
            "long",
            "workers move freely between sectors and between regions of one treasury, wages clear",
            "provinces",
        ),
    )
}


def horizon(name: str | Horizon) -> Horizon:
    """The horizon of that name; an unknown name is an error with the nearest."""
    return name if isinstance(name, Horizon) else named("horizon", name, HORIZONS)


def at_horizon(world: World, chosen: str | Horizon) -> World:
    """The world with the elasticities of a horizon; the very same object when they do not move.

    Raises:
        WorldError: what was given for a world is no benchmark. UnknownNameError: no such horizon.
    """
    check_world(world)
    factor = horizon(chosen).factor
    if factor == 1.0:
        return world
    kept: dict[float, World] = world.__dict__.setdefault("_by_horizon", {})
    if factor not in kept:
        kept[factor] = replace(world, theta=factor * world.theta)
    return kept[factor]
