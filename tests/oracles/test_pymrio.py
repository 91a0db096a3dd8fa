"""The readers of inter-country tables against pymrio (github.com/IndEcol/pymrio), cell by cell.

The tables are the made ones of the tests: OECD ICIO in the layouts of 2021 and 2023, one with
China's production in two parts, and WIOD's sheet of the 2013 release. pymrio and openpyxl are
heavy and read nothing that surtax itself needs, so the comparison is left out where they are not
installed.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import world_formats as f
from surtax.world.sources import icio, wiod
from surtax.world.world import World

REGIONS = ("CAN", "CHN", "MEX", "USA")
CODES = {2021: ("01T02", "29", "35", "45T47"), 2023: ("A01_02", "C29", "D", "G")}
SHEET = f.made(("AUS", "CAN", "USA"), tuple(f"c{n}" for n in range(1, 36)), len(f.WIOD_DEMAND))

# Other packages' readers warn of their own dependencies' changes.
pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="module")
def pymrio() -> Any:
    why = "NOT CHECKED against pymrio: pip install pymrio openpyxl"
    pytest.importorskip("openpyxl", reason=why)
    return pytest.importorskip("pymrio", reason=why)


def icio_of(edition: int, path: Path) -> Path:
    return f.write_icio(f.made(REGIONS, CODES[edition], len(f.DEMAND)), path, edition)


def extended(path: Path) -> Path:
    table = f.made(REGIONS, CODES[2023], len(f.DEMAND))
    return f.write_rows(f.extended_rows(table, "CHN", ("CN1", "CN2")), path)


ICIO: dict[str, Callable[[Path], Path]] = {
    "ICIO2021_2018.csv": lambda path: icio_of(2021, path),
    "ICIO2023_2018.csv": lambda path: icio_of(2023, path),
    "ICIO2023_2017.csv": extended,
}


@pytest.mark.parametrize("name", ICIO)
def test_icio(name: str, tmp_path: Path, pymrio: Any) -> None:
    path = ICIO[name](tmp_path / name)
    world = icio.load(path)
    # both add up the same doubles, a few of them in another order
    agrees(world, pymrio.parse_oecd(path), {s: s for s in world.sectors}, 1e-14)


def test_wiod(tmp_path: Path, pymrio: Any) -> None:
    path = f.write_xlsx(f.wiod_grid(SHEET), tmp_path / "wiot11_row_sep12.xlsx")
    world = wiod.load(path)
    named = {s: f"code {s}" for s in world.sectors}
    agrees(world, pymrio.parse_wiod(path, names="isic"), named, 1e-14)


def agrees(world: World, table: Any, sectors: dict[str, str], tolerance: float) -> None:
    """Flows (relative), and input shares where output is stated (absolute)."""
    Z, Y = table.Z, table.Y
    flows = np.zeros_like(world.flows)
    for n, buyer in enumerate(world.regions):
        bought = Z[buyer].sum(axis=1) + Y[buyer].sum(axis=1).clip(lower=0)
        for s, sector in enumerate(world.sectors):
            for i, seller in enumerate(world.regions):
                flows[s, n, i] = bought[seller, sectors[sector]]
    np.testing.assert_allclose(world.flows, flows, rtol=tolerance)
    output = flows.sum(axis=1)
    for n, region in enumerate(world.regions):
        used = Z[region].groupby(level=1, sort=False).sum()
        for s, source in enumerate(world.sectors):
            for k, user in enumerate(world.sectors):
                share = used.loc[sectors[source], sectors[user]] / output[k, n]
                assert abs(world.inputs[n, s, k] - share) <= tolerance
