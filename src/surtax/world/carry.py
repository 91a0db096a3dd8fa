"""Employment of a world that was made from another: summed over groups, shared over parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from surtax.world.employment import Jobs
from surtax.world.world import World

Array = NDArray[np.float64]


def carried(
    jobs: Jobs,
    world: World,
    regions: Mapping[str, Sequence[str]],
    sectors: Mapping[str, Sequence[str]],
) -> Jobs:
    """Jobs of a world whose regions and sectors are groups or parts of those counted.

    Jobs of a cell that is in parts go to them by output; what a group holds adds up, and is
    unknown (NaN) if any of it is.

    Args:
        jobs: as counted.
        world: the world made.
        regions: for each new region the old ones that it is of; a region not named is itself.
        sectors: the same.
    """
    R = _members(world.regions, jobs.regions, regions)
    S = _members(world.sectors, jobs.sectors, sectors)
    output = world.output
    shared = S.T @ output @ R
    each = np.divide(
        np.nan_to_num(jobs.persons), shared, out=np.zeros_like(shared), where=shared > 0
    )
    persons = output * (S @ each @ R.T)
    unknown = S @ np.isnan(jobs.persons).astype(float) @ R.T > 0
    return Jobs(world.regions, world.sectors, np.where(unknown, np.nan, persons), jobs.year)


def _members(new: Sequence[str], old: Sequence[str], of: Mapping[str, Sequence[str]]) -> Array:
    """(new, old) ones where a new name holds an old one or is a part of it."""
    return np.array([[float(o in of.get(n, (n,))) for o in old] for n in new])
