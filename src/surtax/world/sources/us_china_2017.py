r"""A teaching case of the conflict of 2018-2019: 7 regions × 44 sectors, 2017.

Layout: CSV with headers. ``TradeFlow2017.csv`` (``iso_o`` sells, ``iso_d`` buys, ``indcode``,
``tradevalue``, million USD, own sales included), ``tariff_prewar2017.csv`` (the same, with
``AHS_simple`` as fractions), ``vashare.csv`` (of output), ``IOshare.csv`` (share of each input in
the materials of each industry), ``finalshare.csv``, ``cal_elasticities.csv`` (``\theta``);
``tariff_Trump.csv`` and ``tariff_China.csv`` hold both sides' rates after the fifth round, by
industry. Goods are the industries that the last two list. Tests only: no licence is stated.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from surtax.world.sources.assemble import Label, assemble
from surtax.world.sources.columns import at_least_zero, columns_of, spread
from surtax.world.world import World

Array = NDArray[np.float64]

REGIONS = ("BRA", "CHN", "EU", "IND", "JPN", "ROW", "USA")
SECTORS = tuple(str(n) for n in range(1, 45))
WAR = {("USA", "CHN"): "tariff_Trump.csv", ("CHN", "USA"): "tariff_China.csv"}
COLUMN = {"tariff_Trump.csv": "trump_tariff_wave5", "tariff_China.csv": "China_tariff_wave5"}


def load(folder: str | Path) -> World:
    """The world of 2017 at the tariffs before the conflict, in million USD.

    Raises:
        DataError: a file that is missing or of another layout.
        WorldError: a table that cannot be balanced.
    """
    folder = Path(folder)
    trade = (("indcode", SECTORS), ("iso_d", REGIONS), ("iso_o", REGIONS))
    named = (SECTORS, REGIONS, REGIONS)
    flows = _cube(folder / "TradeFlow2017.csv", trade, "tradevalue")
    flows = at_least_zero(flows, named, "flow", folder / "TradeFlow2017.csv")
    rates = _cube(folder / "tariff_prewar2017.csv", trade, "AHS_simple")
    rates = at_least_zero(rates, named, "tariff", folder / "tariff_prewar2017.csv")
    added = _cube(folder / "vashare.csv", (("iso_o", REGIONS), ("indcode", SECTORS)), "vashare")
    axes = (("iso_o", REGIONS), ("input_ind", SECTORS), ("output_ind", SECTORS))
    materials = _cube(folder / "IOshare.csv", axes, "valueshare")
    by = (("input_ind", SECTORS), ("iso_o", REGIONS))
    final = _cube(folder / "finalshare.csv", by, "finalshare")
    theta = _cube(folder / "cal_elasticities.csv", (("industry", SECTORS),), "\\theta")
    total = materials.sum(axis=1)
    mixed = np.divide(materials, total[:, None, :], out=np.zeros_like(materials),
                      where=total[:, None, :] > 0)  # fmt: skip
    label = Label(
        name="us-china-2017",
        currency="USD mn",
        basis="basic prices, 2017",
        sources=("Case of 7 regions × 44 sectors, 2017, course material (econ7115, W05).",),
    )
    return assemble(
        label, REGIONS, SECTORS, flows=flows, tariffs=rates, final=np.maximum(final, 0.0),
        inputs=mixed * (1.0 - added)[:, None, :], theta=theta, traded=goods(folder),
        notes=(f"Material shares made to add to one; largest gap {np.abs(total - 1).max():.2g}.",),
    )  # fmt: skip


def war(folder: str | Path, world: World) -> Array:
    """(s, n, i) tariffs after the fifth round: the two sides' rates on each other, others kept."""
    rates = world.tariffs.copy()
    for (buyer, seller), file in WAR.items():
        frame = columns_of(Path(folder) / file, ["indcode", COLUMN[file]])
        for code, rate in frame.iter_rows():
            rates[world.sector(code), world.region(buyer), world.region(seller)] = rate
    return rates


def goods(folder: Path) -> NDArray[np.bool_]:
    """(s,) whether the rates of the conflict list the industry."""
    listed = set()
    for file, column in COLUMN.items():
        listed |= set(columns_of(folder / file, ["indcode", column])["indcode"].to_list())
    return np.array([code in listed for code in SECTORS])


def _cube(path: Path, axes: tuple[tuple[str, tuple[str, ...]], ...], value: str) -> Array:
    columns = [*(column for column, _ in axes), value]
    return spread(columns_of(path, columns), axes, path, whole=True)
