"""Small made worlds for tests: balanced by construction, every share explicit."""

from __future__ import annotations

import os
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st

from surtax.world.world import World

KINDS = ("many sectors", "one sector", "no inputs", "union", "export taxes")
"""Variants of the model; all are data of the same code."""

FEW = settings(
    max_examples=int(os.environ.get("SURTAX_DRAWS", "2")), deadline=None, derandomize=True
)
"""Of each kind under each closure. The same draws in every run: a wage curve has no equilibrium
in the hardest of them, which would make the suite fail now and then for a reason that is no fault.
"""

drawings = st.tuples(st.integers(0, 10_000), st.integers(2, 5), st.integers(1, 4))
"""What `drawn` takes after the kind."""


def make(
    flows,
    theta,
    *,
    tariffs=None,
    va=None,
    mix=None,
    treasuries=None,
    treasury_shares=None,
    name="made",
) -> World:
    """A world from flows (s, n, i), value-added share ``va`` (scalar or (n, k)) and input mix.

    ``mix`` (n, s, k) is the composition of materials, columns adding to one; default even.
    """
    flows = np.asarray(flows, dtype=float)
    S, N, _ = flows.shape
    va = np.full((N, S), 1.0 if va is None else va, dtype=float) if np.ndim(va) == 0 else va
    mix = np.full((N, S, S), 1.0 / S) if mix is None else mix
    return World(
        name=name,
        regions=tuple(f"r{n}" for n in range(N)),
        sectors=tuple(f"s{s}" for s in range(S)),
        flows=flows,
        tariffs=np.zeros_like(flows) if tariffs is None else np.asarray(tariffs, dtype=float),
        inputs=mix * (1.0 - va)[:, None, :],
        value_added=va,
        theta=np.asarray(theta, dtype=float),
        treasuries=tuple(f"r{n}" for n in range(N)) if treasuries is None else treasuries,
        treasury_shares=np.ones(N) if treasury_shares is None else np.asarray(treasury_shares),
        traded=np.ones(S, dtype=bool),
        currency="$",
        basis="made",
    )


def draw(seed: int, N: int, S: int, *, top: float = 0.3) -> World:
    """A random world whose final demand is positive in every cell, tariffs up to ``top``.

    Flows are drawn, then spending on each good is enough for industries by construction:
    every region's materials are at most 60 % of its output and domestic sales are large.
    """
    rng = np.random.default_rng(seed)
    flows = rng.lognormal(0.0, 1.0, (S, N, N)) * rng.lognormal(0.0, 0.7, N)[None, :, None]
    own = np.arange(N)
    flows[:, own, own] += 4.0 * flows.sum(axis=(1, 2))[:, None] / N
    tariffs = rng.uniform(0.0, top, (S, N, N))
    tariffs[:, own, own] = 0.0
    va = rng.uniform(0.5, 0.9, (N, S))
    spent = (flows * (1.0 + tariffs)).sum(axis=2)
    mix = 0.8 * (spent / spent.sum(axis=0)).T[:, :, None] + 0.2 * np.eye(S)
    theta = rng.uniform(2.0, 9.0, S)
    world = make(flows, theta, tariffs=tariffs, va=va, mix=mix, name=f"draw-{seed}-{N}x{S}")
    assert (world.final_demand > 0).all(), "the made world is not one"
    return world


def union(seed: int = 3) -> World:
    """Five regions, the first three under one treasury with no tariffs between them."""
    world = draw(seed, 5, 3)
    tariffs = world.tariffs.copy()
    tariffs[:, :3, :3] = 0.0
    tariffs[:, :3, 3:] = tariffs[:, :1, 3:]
    return make(
        world.flows,
        world.theta,
        tariffs=tariffs,
        va=world.value_added,
        mix=world.inputs / (1.0 - world.value_added)[:, None, :],
        treasuries=("FED", "FED", "FED", "r3", "r4"),
        treasury_shares=(0.5, 0.3, 0.2, 1.0, 1.0),
        name="union",
    )


def raised(world: World, seed: int, top: float):
    """New tariffs (s, n, i): a random addition of up to ``top`` on every foreign flow."""
    rng = np.random.default_rng(seed)
    N = len(world.regions)
    abroad = np.asarray(world.treasuries)[:, None] != np.asarray(world.treasuries)[None, :]
    assert abroad.shape == (N, N)
    return world.tariffs + rng.uniform(0.0, top, world.flows.shape) * abroad


def drawn(kind, seed, N, S) -> World:
    """A random world of a kind; those with a union have five regions and three sectors."""
    if kind == "one sector":
        return draw(seed, N, 1)
    if kind == "no inputs":
        world = draw(seed, N, S)
        return make(world.flows, world.theta, tariffs=world.tariffs, name=world.name)
    if kind == "many sectors":
        return draw(seed, N, S)
    world = union(seed)
    if kind == "union":
        return world
    taxes = np.random.default_rng(seed).uniform(-0.05, 0.2, world.flows.shape)
    return replace(world, export_taxes=taxes * ~world.union)


def over(closures):
    """A law for every one of the closures and every kind of world."""

    def every(law):
        kinds = pytest.mark.parametrize("kind", KINDS)
        return kinds(pytest.mark.parametrize("closure", tuple(closures))(law))

    return every
