"""Our own interchange of worlds: a folder of tidy tables with a manifest.

Tables (columns, the last one the number):

    flows         sector, origin, destination, value     before tariffs, per year
    use           region, input, user, value             intermediate use
    final         sector, region, value                  final use
    value_added   sector, region, share                  of output
    tariffs       sector, origin, destination, rate      optional; absent rows are zero
    elasticities  sector, theta                          optional; else a named set
    employment    sector, region, persons                optional; read on request

Written tables hold full precision; tables rounded for carrying are rebalanced on reading.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from surtax.units import percent
from surtax.world.balance import rebalance
from surtax.world.check import require
from surtax.world.sources.manifest import read_manifest
from surtax.world.sources.pack_out import write_pack
from surtax.world.sources.parts import cube, duties, ratios, sharing, theta, value_added
from surtax.world.world import World

__all__ = ["read_pack", "write_pack"]


def read_pack(folder: str | Path) -> World:
    """The world of a folder, balanced exactly.

    Raises:
        DataError: a file that is missing, altered or of another layout, with its place.
        WorldError: a negative flow, a share over one, or a table that cannot balance.
    """
    folder = Path(folder)
    manifest = read_manifest(folder)
    s, r = manifest.sector_names, manifest.region_names
    trade = (("sector", s), ("destination", r), ("origin", r))
    flows = cube(folder, manifest, "flows", trade)
    use = cube(folder, manifest, "use", (("region", r), ("input", s), ("user", s)))
    final = cube(folder, manifest, "final", (("sector", s), ("region", r)))
    va = value_added(folder, manifest)
    tariffs = duties(folder, manifest)
    balanced = rebalance(flows, use, final, va, tariffs, regions=r, sectors=s)
    output = flows.sum(axis=1).T[:, None, :]
    inputs = np.divide(balanced.use, output, out=np.zeros_like(balanced.use), where=output > 0)
    moved = "; ".join(
        f"{n} {percent(m, 2)}" for n, m in zip(r, balanced.moved, strict=True) if m > 0.001
    )
    notes = (*manifest.notes, *manifest.estimated, *manifest.known_faults)
    world = World(
        name=manifest.name,
        regions=r,
        sectors=s,
        flows=flows,
        tariffs=tariffs,
        inputs=inputs,
        value_added=va,
        theta=theta(folder, manifest),
        treasuries=tuple(region.treasury for region in manifest.regions),
        treasury_shares=sharing(manifest, balanced.final.sum(axis=0)),
        traded=np.array([sector.goods for sector in manifest.sectors]),
        currency=manifest.currency,
        basis=manifest.basis,
        provisional=manifest.provisional,
        sources=manifest.sources,
        customs_to_basic=ratios(manifest) if manifest.customs_to_basic else None,
        notes=(*notes, f"Balancing on load moved use by region: {moved}.") if moved else notes,
    )
    for array in (flows, tariffs, inputs, va, world.theta, world.treasury_shares):
        array.flags.writeable = False
    return require(world)
