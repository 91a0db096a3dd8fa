"""Worlds and shocks for `bench/economy.py`: read where the raw data are at hand, else made up."""

from __future__ import annotations

import csv
import os
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from surtax.economy.results import rebase
from surtax.economy.solve import solve
from surtax.world.load import load
from surtax.world.sources import cp2015
from surtax.world.world import Array, World

DATA = Path(os.environ.get("SURTAX_TEST_DATA", "."))


@dataclass(frozen=True, eq=False)
class Work:
    """One counterfactual: a world, its new tariffs and what else `solve` is told."""

    world: World
    tariffs: Array
    closure: str = "world-share"
    more: dict[str, Array] = field(default_factory=dict)


def built(
    name: str, flows: Array, inputs: Array, theta: Array, tariffs: Array | None = None
) -> World:
    """A world whose treasuries are its regions."""
    S, N, _ = flows.shape
    return World(
        name=name,
        regions=tuple(f"r{n}" for n in range(N)),
        sectors=tuple(f"s{s}" for s in range(S)),
        flows=flows,
        tariffs=np.zeros_like(flows) if tariffs is None else tariffs,
        inputs=inputs,
        value_added=1.0 - inputs.sum(axis=1),
        theta=theta,
        treasuries=tuple(f"r{n}" for n in range(N)),
        treasury_shares=np.ones(N),
        traded=np.ones(S, dtype=bool),
        currency="$",
        basis="made up",
    )


def made_up(N: int, S: int, seed: int = 1) -> World:
    """Lognormal flows, large home sales, materials 10 to 50 % of output."""
    rng = np.random.default_rng(seed)
    size = rng.lognormal(0.0, 1.0, N)
    flows = rng.lognormal(0.0, 1.0, (S, N, N))
    flows *= size[:, None] * size / size.sum()
    own = np.arange(N)
    flows[:, own, own] += 3.0 * flows.sum(axis=2)
    mix = (flows.sum(axis=2) / flows.sum(axis=(0, 2))).T[:, :, None] * np.ones(S)
    inputs = 0.7 * mix * rng.uniform(0.1, 0.5, (N, 1, S)) + 0.05 * np.eye(S)
    tariffs = rng.uniform(0.0, 0.1, flows.shape)
    tariffs[:, own, own] = 0.0
    return built(f"made-up-{N}x{S}", flows, inputs, rng.uniform(2.0, 9.0, S), tariffs)


def dispute(world: World) -> Array:
    """The first region raises all its tariffs by 20 points, the others theirs on it by 10."""
    new = world.tariffs.copy()
    new[:, 0, 1:] += 0.2
    new[:, 1:, 0] += 0.1
    return new


def made(N: int, S: int) -> Work:
    world = made_up(N, S)
    return Work(world, dispute(world))


def nafta() -> Work:
    """Caliendo and Parro (2015), deficits zero: tariffs among the three from 1993 to 2005."""
    folder = DATA / "cp2015"
    if not folder.is_dir():
        return made(31, 40)
    raw = cp2015.load(folder)
    world = rebase(raw, solve(raw, raw.tariffs, closure="balanced"))
    new, later = world.tariffs.copy(), cp2015.tariffs(folder, 2005)
    members = [world.region(r) for r in ("Canada", "Mexico", "USA")]
    cells = np.ix_(range(len(world.sectors)), members, members)
    new[cells] = later[cells]
    return Work(world, new, "balanced")


def added(work: Work, points: float) -> Work:
    """Every tariff between treasuries up by so much."""
    names = np.asarray(work.world.treasuries)
    away = names[:, None] != names[None, :]
    return Work(work.world, work.world.tariffs + points * away, work.closure)


def us_china(work: Work) -> Work:
    """145 % on China's goods in the United States, 125 % back."""
    w = work.world
    new = w.tariffs.copy()
    china, us = (w.region(r) for r in ("China", "USA"))
    goods = np.nonzero(w.traded)[0]
    new[goods, us, china], new[goods, china, us] = 1.45, 1.25
    return Work(w, new, work.closure)


def autarky(work: Work, costs: float) -> Work:
    """Trade costs times so much between all regions."""
    N = len(work.world.regions)
    hats = np.where(np.eye(N) > 0, 1.0, costs) * np.ones_like(work.world.flows)
    return Work(work.world, work.world.tariffs, work.closure, {"trade_costs": hats})


def canada() -> Work:
    """The embedded Canadian world: 25 % by the United States on Canada's goods and back."""
    world = load("can17x28")
    new = world.tariffs.copy()
    treasury = np.asarray(world.treasuries)
    us = int(np.nonzero([r.startswith(("US", "United States")) for r in world.regions])[0][0])
    provinces = np.nonzero([list(treasury).count(t) > 1 for t in treasury])[0]
    goods = np.nonzero(world.traded)[0]
    new[np.ix_(goods, [us], provinces)] += 0.25
    new[np.ix_(goods, provinces, [us])] += 0.25
    return Work(world, new, "own-share")


def liberation(va: float) -> Work:
    """194 countries, one sector, BACI 2023, the United States' tariffs of 2 April 2025."""
    folder = DATA / "baci2023_aggregate"
    if not folder.is_dir():
        return made(194, 1)
    rows = list(csv.reader((folder / "trade_cepii.csv").open()))[1:]
    exports = np.array([[float(v or 0.0) for v in row] for row in rows]) / 1e6
    gdp = np.loadtxt(folder / "gdp.csv", skiprows=1) / 1e9
    rates = np.loadtxt(folder / "tariffs.csv", skiprows=1)
    np.fill_diagonal(exports, 0.0)
    home = np.maximum(gdp / va - exports.sum(axis=1), 0.05 * gdp / va)
    flows = (exports.T + np.diag(home))[None]
    # A country must spend more on final goods than nothing, whatever it imports.
    N = len(gdp)
    world = built("baci-2023", flows, np.full((N, 1, 1), 1.0 - va), np.array([4.0]))
    with (folder / "country_labels.csv").open() as labels:
        us = [row["iso3"] for row in csv.DictReader(labels)].index("USA")
    new = world.tariffs.copy()
    new[0, us] = rates
    new[0, us, us] = 0.0
    return Work(world, new, "own-share")
