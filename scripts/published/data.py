"""The published models' inputs, read from a folder of their raw files."""

from __future__ import annotations

import csv
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from surtax.world.world import World

Array = npt.NDArray[np.float64]


def root() -> Path | None:
    """The folder that SURTAX_TEST_DATA names, if there is one."""
    named = os.environ.get("SURTAX_TEST_DATA", "")
    return Path(named) if named and Path(named).is_dir() else None


def ossa(folder: Path) -> World:
    """Ossa (2014): 7 regions, 33 industries; million USD before tariffs, GTAP.

    Rows are industry by exporter, columns importers; the first column of ``sigma_s.csv`` is
    the main estimate.
    """
    with (folder / "regions.csv").open(encoding="utf-8") as file:
        regions = tuple(row["String"] for row in csv.DictReader(file))
    sectors = tuple((folder / "labels.csv").read_text("utf-8").replace('"', "").split())
    N, S = len(regions), len(sectors)

    def cube(name: str) -> Array:
        rows = np.loadtxt(folder / name, delimiter=",")
        return np.ascontiguousarray(rows.reshape(S, N, N).transpose(0, 2, 1))

    return World(
        name="ossa2014",
        regions=regions,
        sectors=sectors,
        flows=cube("trade_ijs.csv"),
        tariffs=cube("tariff_ijs.csv"),
        inputs=np.zeros((N, S, S)),
        value_added=np.ones((N, S)),
        theta=np.loadtxt(folder / "sigma_s.csv", delimiter=",")[:, 0] - 1.0,
        treasuries=regions,
        treasury_shares=np.ones(N),
        traded=np.ones(S, dtype=bool),
        currency="USD m",
        basis="before tariffs",
        sources=("Ossa (2014), American Economic Review 104(12), replication data.",),
    )


@dataclass(frozen=True)
class Liberation:
    """Ignatenko et al. (2025): BACI 2023 goods trade, GDP and the rates of 2 April 2025.

    Attributes:
        regions: (n,) ISO codes. trade: (i, n) what i sells to n, thousand USD, own trade zero.
        gdp: (n,) thousand USD. rates: (n,) on goods of n into the United States.
    """

    regions: tuple[str, ...]
    trade: Array
    gdp: Array
    rates: Array


def liberation(folder: Path) -> Liberation:
    """The files of the replication; an empty or NaN cell of trade is no trade."""

    def table(name: str) -> Array:
        with (folder / name).open(encoding="utf-8") as file:
            rows = list(csv.reader(file))[1:]
        return np.array([[float(cell) if cell else np.nan for cell in row] for row in rows])

    with (folder / "country_labels.csv").open(encoding="utf-8") as file:
        regions = tuple(row["iso3"] for row in csv.DictReader(file))
    return Liberation(
        regions=regions,
        trade=np.nan_to_num(table("trade_cepii.csv"), nan=0.0),
        gdp=table("gdp.csv")[:, 0] / 1e3,
        rates=table("tariffs.csv")[:, 0],
    )
