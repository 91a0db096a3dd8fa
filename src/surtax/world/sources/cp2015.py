"""The replication tables of Caliendo and Parro (2015): 31 regions, 40 sectors, 1993.

Layout: tab-separated numbers without headers. ``xbilat1993.txt`` has one row per traded
sector and importer (sector-major) and one column per exporter, in thousand USD net of
tariffs; ``tariffs1993.txt`` and ``tariffs2005.txt`` the same, per cent; ``IO.txt`` stacked
blocks by region, rows inputs and columns users, shares of materials; ``B.txt`` value-added
shares and ``GO.txt`` gross output in USD, sector by region; ``T.txt`` the traded sectors'
elasticities. Tests only: the tables belong to their authors.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from surtax.world.sources.columns import matrix
from surtax.world.world import Array, World

REGIONS = (
    "Argentina", "Australia", "Austria", "Brazil", "Canada", "Chile", "China", "Denmark",
    "Finland", "France", "Germany", "Greece", "Hungary", "India", "Indonesia", "Ireland", "Italy",
    "Japan", "Korea", "Mexico", "Netherlands", "New Zealand", "Norway", "Portugal",
    "South Africa", "Spain", "Sweden", "Turkey", "UK", "USA", "Row",
)  # fmt: skip
SECTORS = (
    "Agriculture", "Mining", "Food", "Textile", "Wood", "Paper", "Petroleum", "Chemicals",
    "Plastic", "Minerals", "Basic metals", "Metal products", "Machinery n.e.c", "Office",
    "Electrical", "Communication", "Medical", "Auto", "Other Transport", "Other", "Electricity",
    "Construction", "Retail", "Hotels", "Land Transport", "Water Transport", "Air Transport",
    "Aux Transport", "Post", "Finance", "Real State", "Renting Mach", "Computer", "R&D",
    "Other Business", "Public", "Education", "Health", "Other services", "Private",
)  # fmt: skip
TRADED = 20
THETA_SERVICES = 8.22
_N, _S = len(REGIONS), len(SECTORS)


def read_table(path: Path, rows: int, columns: int) -> Array:
    """A table of numbers (rows, columns); the first bad line is an error that names it."""
    return matrix(
        path, rows, columns, separator=None, encoding="ascii", folder="replication folder"
    )


def tariffs(folder: str | Path, year: int) -> Array:
    """(s, n, i) ad valorem tariffs of 1993 or 2005 as fractions; services zero."""
    rates = read_table(Path(folder) / f"tariffs{year}.txt", TRADED * _N, _N)
    out = np.zeros((_S, _N, _N))
    out[:TRADED] = rates.reshape(TRADED, _N, _N) / 100.0
    return out


def load(folder: str | Path) -> World:
    """The 1993 world with observed deficits, in USD.

    Final-demand shares are the cleaned ones, carried as ``preferences``: the table is not an
    equilibrium until solved at its own tariffs and rebased (`surtax.economy.results.rebase`).
    """
    folder = Path(folder)
    bilateral = read_table(folder / "xbilat1993.txt", TRADED * _N, _N) * 1e3
    gross = read_table(folder / "GO.txt", _S, _N)
    added = read_table(folder / "B.txt", _S, _N)
    materials = read_table(folder / "IO.txt", _N * _S, _S).reshape(_N, _S, _S)
    theta = np.full(_S, THETA_SERVICES)
    theta[:TRADED] = read_table(folder / "T.txt", TRADED, 1)[:, 0]
    rates = tariffs(folder, 1993)
    notes: list[str] = []

    trade = np.zeros((_S, _N, _N))
    trade[:TRADED] = bilateral.reshape(TRADED, _N, _N)
    exports = trade.sum(axis=1)
    output = np.maximum(gross, exports)
    raised = output > gross
    notes.append(
        f"Output raised to exports in {int(raised.sum())} region-sectors, by "
        f"{float((output - gross).sum()):.4g} USD ({_part(output - gross, gross)} of output)."
    )
    own = np.arange(_N)
    trade[:, own, own] += output - exports

    inputs = materials * (1.0 - added.T[:, None, :])
    value_added = added.T.copy()
    total = value_added + inputs.sum(axis=1)
    value_added, inputs = value_added / total, inputs / total[:, None, :]
    notes.append(
        "Value-added and input shares renormalised to add to one; largest gap removed "
        f"{float(np.abs(total - 1.0).max()):.3g}."
    )

    spending = (trade * (1.0 + rates)).sum(axis=2)
    final = spending - np.einsum("nsk,kn->sn", inputs, output)
    clipped = np.maximum(final, 0.0)
    notes.append(
        f"Negative final demand set to zero in {int((final < 0).sum())} cells, "
        f"{_part(clipped - final, spending)} of spending, and final shares renormalised; "
        "the table is an equilibrium only once solved and rebased."
    )
    return World(
        name="cp2015",
        regions=REGIONS,
        sectors=SECTORS,
        flows=trade,
        tariffs=rates,
        inputs=inputs,
        value_added=value_added,
        theta=theta,
        treasuries=REGIONS,
        treasury_shares=np.ones(_N),
        traded=np.arange(_S) < TRADED,
        currency="USD",
        basis="basic prices, 1993",
        sources=("Caliendo and Parro (2015), Review of Economic Studies 82(1), replication data.",),
        notes=tuple(notes),
        preferences=clipped / clipped.sum(axis=0),
    )


def cleaned(folder: str | Path) -> World:
    """The same with negative input shares at zero, as an interchange needs.

    The published results rest on the table as it is (`load`), with one negative share.
    """
    world = load(folder)
    below = world.inputs < 0
    inputs = np.where(below, 0.0, world.inputs)
    total = world.value_added + inputs.sum(axis=1)
    note = (
        f"Negative input shares set to zero in {int(below.sum())} cells, the largest "
        f"{float(world.inputs.min()):.2g} of output, and recipes made to add to one again."
    )
    return replace(
        world,
        inputs=inputs / total[:, None, :],
        value_added=world.value_added / total,
        notes=(*world.notes, note),
    )


def _part(some: Array, whole: Array) -> str:
    """A share in words, per cent."""
    return f"{100.0 * float(some.sum() / whole.sum()):.3g} %"
