"""Internal trade of Canada: the studies' experiments on the Canadian world, as magnitudes.

Albrecht and Tombe (2016, Canadian Journal of Economics 49(1), tables 4 to 6) and Alvarez,
Krznar and Tombe (2019, IMF Working Paper 19/158, tables 1, 6 and 7). Their worlds are of 2010
and 2015 with their own elasticities, and their workers move between provinces; ours is the
embedded world with workers who stay. Only the order of magnitude can agree.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from published.data import Array
from surtax.economy.results import rebase
from surtax.economy.solve import solve
from surtax.world.load import load
from surtax.world.world import World

CLOSED = 100.0
"""Cost hat of a closed border: with ten times as much no figure moves by 0.5."""
# Non-geographic internal costs of goods, per cent: Alvarez, Krznar and Tombe (2019), table 1.
BARRIERS = {
    "AGR": 20.8, "OIL": 12.6, "MIN": 12.6, "FOD": 27.4, "TEX": 9.3, "WOD": 13.2, "PAP": 13.2,
    "PET": 7.3, "CHM": 7.3, "NMM": 30.3, "MET": 31.2, "MAC": 22.4, "ELC": 22.4, "MTV": 22.4,
    "OTE": 22.4, "OMF": 30.3,
}  # fmt: skip


def canada(world: World) -> tuple[list[str], Array, Array]:
    """The provinces, and which pairs (n, i) trade inside Canada and across its border."""
    here = np.array([t == "CAN" for t in world.treasuries])
    inside = here[:, None] & here[None, :] & ~np.eye(len(here), dtype=bool)
    across = here[:, None] ^ here[None, :]
    return [r for r, c in zip(world.regions, here, strict=True) if c], inside, across


def _changes(world: World, costs: Array, key: str, gains: bool) -> dict[str, float]:
    names = canada(world)[0]
    after = solve(world, world.tariffs, costs, closure="balanced")
    hats = {name: after.real_income[world.region(name)] for name in names}
    hats["CAN"] = 1.0 + after.group_real_income(names)
    return {
        f"provinces.{key}.{name}": 100.0 * float(1.0 / hat - 1.0 if gains else hat - 1.0)
        for name, hat in hats.items()
    }


def values(
    folder: Path | None = None, say: Callable[[str], None] = lambda _: None
) -> dict[str, float]:
    """Per cent by row id; needs no folder."""
    say("Internal trade of Canada")
    world = load("can17x28")
    world = rebase(world, solve(world, world.tariffs, closure="balanced"))
    names, inside, across = canada(world)
    here = np.isin(world.regions, names)
    one = np.ones_like(world.flows)
    out: dict[str, float] = {}
    for key, pairs, hat, gains in (
        ("internal-10", inside, 0.9, False),
        ("imports-10", across & here[:, None], 0.9, False),
        ("gains-internal", inside, CLOSED, True),
        ("gains-external", across, CLOSED, True),
        ("gains-all", inside | across, CLOSED, True),
    ):
        out |= _changes(world, np.where(pairs, hat, one), key, gains)
    hats = np.array([1.0 / (1.0 + BARRIERS.get(s, 0.0) / 100.0) for s in world.sectors])
    costs = np.where(inside, hats[:, None, None], one)
    return out | _changes(world, costs, "barriers", False)
