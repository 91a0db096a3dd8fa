"""Rules for deficits; each adds to zero over the world."""

from __future__ import annotations

from typing import cast

from surtax.economy.rules import Benchmark, Deficits
from surtax.world.world import Array


def _world_share(base: Benchmark, earned: Array) -> Array:
    """D' = D times the change of world income, duties included."""
    total = earned.sum(axis=-1, keepdims=True)
    return cast(Array, base.deficits * (total / base.earned.sum()))


def _numeraire(base: Benchmark, earned: Array) -> Array:
    """D' = D."""
    return base.deficits + 0.0 * earned


def _own_share(base: Benchmark, earned: Array) -> Array:
    """D' proportional to own earned income, less an equal share of income for the residual."""
    wanted = base.deficits * (earned / base.earned)
    share = wanted.sum(axis=-1, keepdims=True) / earned.sum(axis=-1, keepdims=True)
    return cast(Array, wanted - earned * share)


def _balanced(base: Benchmark, earned: Array) -> Array:
    """D' = 0."""
    return 0.0 * earned


WORLD_SHARE = Deficits(
    "world-share",
    "each region's deficit stays a constant share of world income (wages and duties)",
    _world_share,
)
FIXED = Deficits("numeraire", "each region's deficit stays fixed in the numeraire", _numeraire)
OWN_SHARE = Deficits(
    "own-share",
    "each region's deficit scales with its own wages and duties; what the world then "
    "lacks to add to zero is spread in proportion to income",
    _own_share,
)
BALANCED = Deficits(
    "balanced",
    "every deficit is zero in the counterfactual; to tell the shock from the end of the "
    "deficits, solve without a shock first and rebase",
    _balanced,
    keeps_benchmark=False,
)
