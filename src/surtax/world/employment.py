"""Jobs by region and sector, read on request; the world itself does not carry them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from surtax.errors import DataError
from surtax.world.load import describe, folder_of
from surtax.world.sources.tables import dense, read_table


@dataclass(frozen=True, eq=False)
class Jobs:
    """Persons employed.

    Attributes:
        regions: names of the regions of the world, all of them.
        sectors: names of the sectors.
        persons: (s, n) persons; NaN where the table says nothing about a region.
        year: the year counted.
    """

    regions: tuple[str, ...]
    sectors: tuple[str, ...]
    persons: NDArray[np.float64]
    year: str


def jobs(name: str | Path) -> Jobs:
    """Jobs of a world by its name or folder.

    Raises:
        DataError: the world has no table of employment, or the table is not readable.
    """
    folder, manifest = folder_of(name), describe(name)
    table = manifest.tables.get("employment")
    if table is None:
        raise DataError(
            "this world has no table of employment.",
            where=f"world {manifest.name}",
            mend="Add a table employment (sector, region, persons) to its folder.",
        )
    frame = read_table(folder, table, ["sector", "region", "persons"])
    axes = (("sector", manifest.sector_names), ("region", manifest.region_names))
    persons = dense(frame, axes, folder / table.file, np.nan)
    year = manifest.years.get("employment", "")
    return Jobs(manifest.region_names, manifest.sector_names, persons, year)
