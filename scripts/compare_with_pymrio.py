"""Read made tables with pymrio and with surtax, and print how far apart the two are.

pymrio (github.com/IndEcol/pymrio) is the reference reader of inter-country tables; it is heavy,
so the comparison is a script and not a test. It takes the made tables of the tests: OECD ICIO in
the layouts of 2021 and 2023, one with China's production in two parts, and WIOD's sheet of the
2013 release; and, if given, real ICIO files. Needs pymrio and openpyxl beside surtax.

Usage: PYTHONPATH=tests python scripts/compare_with_pymrio.py [ICIO.csv …]
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import numpy as np
import pymrio

import world_formats as f
from surtax.world.sources import icio, wiod
from surtax.world.world import World


def gap(world: World, table: pymrio.IOSystem, sectors: dict[str, str]) -> tuple[float, float]:
    """Largest relative gap of flows, and of input shares where output is stated."""
    Z, Y = table.Z, table.Y
    flows = np.zeros_like(world.flows)
    for n, buyer in enumerate(world.regions):
        bought = Z[buyer].sum(axis=1) + Y[buyer].sum(axis=1).clip(lower=0)
        for s, sector in enumerate(world.sectors):
            for i, seller in enumerate(world.regions):
                flows[s, n, i] = bought[seller, sectors[sector]]
    apart = np.abs(world.flows - flows) / np.maximum(flows, 1e-9 * flows.max())
    output = flows.sum(axis=1)
    inputs = np.zeros_like(world.inputs)
    for n, region in enumerate(world.regions):
        used = Z[region].groupby(level=1, sort=False).sum()
        for s, source in enumerate(world.sectors):
            for k, user in enumerate(world.sectors):
                value = used.loc[sectors[source], sectors[user]]
                inputs[n, s, k] = value / output[k, n] if output[k, n] else 0.0
    return float(apart.max()), float(np.abs(world.inputs - inputs).max())


def main() -> None:
    codes = ("A01_02", "C29", "D", "G")
    table = f.made(("CAN", "CHN", "MEX", "USA"), codes, len(f.DEMAND))
    old = f.made(("CAN", "CHN", "MEX", "USA"), ("01T02", "29", "35", "45T47"), len(f.DEMAND))
    sheet = f.made(("AUS", "CAN", "USA"), tuple(f"c{n}" for n in range(1, 36)), 5)
    print(
        f"pymrio {pymrio.__version__}: largest gap of flows (relative), of input shares (absolute)"
    )
    with tempfile.TemporaryDirectory() as room:
        folder = Path(room)
        files = {
            "ICIO, 2021": f.write_icio(old, folder / "ICIO2021_2018.csv", 2021),
            "ICIO, 2023": f.write_icio(table, folder / "ICIO2023_2018.csv"),
            "ICIO, extended": f.write_rows(
                f.extended_rows(table, "CHN", ("CN1", "CN2")), folder / "ICIO2023_2017.csv"
            ),
            **{Path(name).name: Path(name) for name in sys.argv[1:]},
        }
        for name, path in files.items():
            world = icio.load(path)
            same = {s: s for s in world.sectors}
            flows, inputs = gap(world, pymrio.parse_oecd(path), same)
            print(f"{name:<16} {flows:9.1e} {inputs:9.1e}")
        path = f.write_xlsx(f.wiod_grid(sheet), folder / "wiot11_row_sep12.xlsx")
        world = wiod.load(path)
        named = {s: f"code {s}" for s in world.sectors}
        flows, inputs = gap(world, pymrio.parse_wiod(path, names="isic"), named)
        print(f"{'WIOD, 2013 xlsx':<16} {flows:9.1e} {inputs:9.1e}")


if __name__ == "__main__":
    main()
