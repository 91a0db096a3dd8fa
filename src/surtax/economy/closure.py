"""Closures: what is held fixed when the world changes, as named data.

Every closure here fixes the world's labour income (sum of w L) as the numeraire and lets
workers move between sectors inside a region, never between regions. They differ in what
happens to each region's deficit, the transfer it receives from the others.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

import numpy as np

from surtax.errors import unknown
from surtax.world.world import Array


@dataclass(frozen=True)
class Benchmark:
    """What a deficit rule may know of the world before the change, in its currency.

    Attributes:
        deficits: (n,) net transfers received, adding to zero.
        earned: (n,) labour income plus duties received.
    """

    deficits: Array
    earned: Array


@dataclass(frozen=True)
class Closure:
    """One closure.

    Attributes:
        name: the name it is chosen by.
        text: what it does with deficits, one sentence.
        deficits: (benchmark, earned' (n,)) to D' (n,); must add to zero over the world.
        keeps_benchmark: whether a zero shock returns the benchmark's deficits.
        numeraire: what is held fixed as the unit of account.
        labour: who may move where.
    """

    name: str
    text: str
    deficits: Callable[[Benchmark, Array], Array]
    keeps_benchmark: bool = True
    numeraire: str = "world labour income, the sum of w L over regions, is fixed"
    labour: str = "workers move freely between sectors of a region and not between regions"


def _world_share(base: Benchmark, earned: Array) -> Array:
    """D' = D times the change of world income, duties included."""
    return cast(Array, base.deficits * (earned.sum() / base.earned.sum()))


def _numeraire(base: Benchmark, earned: Array) -> Array:
    """D' = D."""
    return base.deficits


def _own_share(base: Benchmark, earned: Array) -> Array:
    """D' proportional to own earned income, less an equal share of income for the residual."""
    wanted = base.deficits * (earned / base.earned)
    return cast(Array, wanted - earned * (wanted.sum() / earned.sum()))


def _balanced(base: Benchmark, earned: Array) -> Array:
    """D' = 0."""
    return np.zeros_like(base.deficits)


CLOSURES: dict[str, Closure] = {
    c.name: c
    for c in (
        Closure(
            "world-share",
            "each region's deficit stays a constant share of world income (wages and duties)",
            _world_share,
        ),
        Closure(
            "numeraire",
            "each region's deficit stays fixed in the numeraire",
            _numeraire,
        ),
        Closure(
            "own-share",
            "each region's deficit scales with its own wages and duties; what the world then "
            "lacks to add to zero is spread in proportion to income",
            _own_share,
        ),
        Closure(
            "balanced",
            "every deficit is zero in the counterfactual; to tell the shock from the end of the "
            "deficits, solve without a shock first and rebase",
            _balanced,
            keeps_benchmark=False,
        ),
    )
}


def closure(name: str | Closure) -> Closure:
    """The closure of that name; an unknown name is an error with the nearest."""
    if isinstance(name, Closure):
        return name
    try:
        return CLOSURES[name]
    except KeyError:
        raise unknown("closure", name, CLOSURES) from None
