"""The data of Ossa (2014), Trade Wars and Trade Talks with Data: 7 regions × 33 sectors.

Layout: bare CSV. ``trade_ijs.csv`` and ``tariff_ijs.csv`` have seven rows for each sector, one
per exporter, and one column per importer: trade in million USD before tariffs, domestic sales
included, and ad valorem tariffs as fractions. ``sigma_s.csv`` has the elasticities of
substitution, its first column the estimates and the others rescalings. ``regions.csv`` and
``labels.csv`` name them. There are no intermediates: value added is all of output. The trade
elasticity is sigma − 1, as with a given number of firms. Tests only: the data derive from GTAP.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from surtax.errors import DataError
from surtax.world.sources.assemble import Label, assemble
from surtax.world.sources.columns import at_least_zero, csv_rows, matrix
from surtax.world.world import World

REGIONS = ("Brazil", "China", "EU", "India", "Japan", "ROW", "US")
SECTORS = 33
RESCALED = 5


def load(folder: str | Path) -> World:
    """The world of 2007 with observed deficits and tariffs, in million USD.

    Raises:
        DataError: a file that is missing or of another layout.
        WorldError: a table that cannot be balanced.
    """
    folder = Path(folder)
    N, S = len(REGIONS), SECTORS
    sectors = _labels(folder / "labels.csv")
    axes = (sectors, REGIONS, REGIONS)
    cubes = []
    for name, what in (("trade_ijs.csv", "flow"), ("tariff_ijs.csv", "tariff")):
        cube = matrix(folder / name, S * N, N).reshape(S, N, N).transpose(0, 2, 1)
        cubes.append(at_least_zero(cube, axes, what, folder / name))
    sigma = matrix(folder / "sigma_s.csv", S, RESCALED)[:, 0]
    if sigma.min() <= 1.0:
        raise DataError(
            f"an elasticity of substitution is {sigma.min():g}, one or less.",
            where="sigma_s.csv", mend="Elasticities of substitution are above one.",
        )  # fmt: skip
    label = Label(
        name="ossa2014",
        currency="USD mn",
        basis="world prices, 2007",
        sources=(
            "Ossa (2014), Trade Wars and Trade Talks with Data, American Economic Review 104(12), "
            "replication data.",
        ),
    )
    flows, tariffs = cubes
    return assemble(
        label, REGIONS, sectors, flows=flows, tariffs=tariffs, inputs=np.zeros((N, S, S)),
        final=(flows * (1.0 + tariffs)).sum(axis=2), theta=sigma - 1.0,
        traded=np.ones(S, dtype=bool), notes=("No intermediates: value added is all of output.",),
    )  # fmt: skip


def _labels(path: Path) -> tuple[str, ...]:
    """The sectors' codes, one a line."""
    codes = tuple(row[0] for row in csv_rows(path) if row)
    if len(set(codes)) != SECTORS:
        raise DataError(
            f"it names {len(set(codes))} sectors, {SECTORS} expected.",
            where=path.name, mend="One code a line.",
        )  # fmt: skip
    return codes
