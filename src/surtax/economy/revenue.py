"""Rules for the duties that treasuries collect."""

from __future__ import annotations

import numpy as np

from surtax.economy.arrays import numbers, shaped
from surtax.economy.rules import Revenue
from surtax.errors import WorldError
from surtax.world.world import Array, World

HOUSEHOLDS = Revenue(
    "households", "duties go to households, shared within a treasury as in the benchmark"
)
PAYROLL = Revenue(
    "payroll",
    "what a region receives of the duties lowers the tax on its payrolls, before and after",
    payroll=True,
)


def within(world: World, weights: Array) -> Array:
    """(n, m): shares of each treasury's duties in proportion to weights (n,)."""
    total = world.union @ weights
    if (total <= 0).any():
        n = int(np.argmax(total <= 0))
        raise WorldError(
            f"the weights of treasury {world.treasuries[n]} add to nothing.",
            where=f"world {world.name}",
            mend="Give at least one of its regions a weight above zero.",
        )
    return np.asarray(world.union * (weights / total)[:, None], dtype=float)


BY_SPENDING = Revenue(
    "by-spending",
    "duties beyond the benchmark's are shared within a treasury by benchmark spending",
    share=lambda world: within(world, world.income),
    reversible=False,
)
WHERE_COLLECTED = Revenue(
    "where-collected",
    "duties beyond the benchmark's stay in the region that buys the goods",
    share=lambda world: np.eye(len(world.regions)),
    reversible=False,
)

WORKERS = Revenue(
    "worker-fund",
    "duties beyond the benchmark's are paid from a fund by wages earned in goods sectors",
    share=lambda world: within(world, _goods_wages(world)),
    reversible=False,
)


def _goods_wages(world: World) -> Array:
    """(n,) benchmark wages of the sectors that a duty can reach."""
    share, output = world.value_added[:, world.traded], world.output[world.traded]
    return np.asarray(np.einsum("nk,kn->n", share, output))


def fund(weights: Array, name: str = "fund") -> Revenue:
    """A fund that pays the duties beyond the benchmark's out by weights (n,).

    Weights may be workers hit, heads, anything that is not negative; each treasury's money
    stays with its own regions.

    Raises:
        WorldError: a weight below zero or not a number.
    """
    given = numbers("weights of the fund", weights)
    if not np.all(given >= 0.0):
        raise WorldError("a weight of the fund is below zero or no number.", mend="Give 0 or more.")

    def share(world: World) -> Array:
        regions = (len(world.regions),)
        shaped("weights of the fund", given, regions, "region", f"world {world.name}")
        return within(world, given)

    return Revenue(
        name,
        "duties beyond the benchmark's are paid from a fund by region weights",
        share=share,
        reversible=False,
    )
