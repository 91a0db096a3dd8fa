"""Caliendo and Parro (2015): NAFTA, and the world's tariff changes from 1993 to 2005."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from published.data import Array
from surtax.economy.attribution import attribute
from surtax.economy.outcomes import group_real_income
from surtax.economy.results import Solution, first_order_welfare, rebase
from surtax.economy.solve import solve
from surtax.world.sources import cp2015
from surtax.world.world import World

MEMBERS = ("Canada", "Mexico", "USA")


def among(world: World, tariffs: Array) -> Array:
    """Tariffs among the three members from ``tariffs``, all others the benchmark's."""
    new = world.tariffs.copy()
    at = [world.region(r) for r in MEMBERS]
    cells = np.ix_(range(len(world.sectors)), at, at)
    new[cells] = tariffs[cells]
    return new


def _welfare(world: World, after: Solution, key: str) -> dict[str, float]:
    formula = first_order_welfare(world, after)
    out: dict[str, float] = {}
    for name in MEMBERS:
        n = world.region(name)
        for column, value in (
            ("terms-of-trade", formula.terms_of_trade[n]),
            ("volume", formula.volume[n]),
            ("formula", formula.total[n]),
            ("real-wage", after.real_wage[n] - 1.0),
            ("exact", after.real_income[n] - 1.0),
        ):
            out[f"nafta.{key}.{name}.{column}"] = 100.0 * float(value)
    return out


def _split(world: World, after: Solution, key: str) -> dict[str, float]:
    """The exact change of real income by whose tariffs, along the path; per cent."""
    out: dict[str, float] = {}
    for name in MEMBERS:
        found = attribute(after, group_real_income(world, (name,)))
        parts = found.parts.tariffs.sum(axis=(0, 2))
        for by in MEMBERS:
            out[f"nafta.{key}.{name}.tariffs-of-{by}"] = 100.0 * float(parts[world.region(by)])
        out[f"nafta.{key}.{name}.sum"] = 100.0 * found.parts.total
    return out


def values(folder: Path, say: Callable[[str], None] = lambda _: None) -> dict[str, float]:
    """Per cent by row id."""
    say("Caliendo and Parro (2015): NAFTA")
    raw = cp2015.load(folder / "cp2015")
    later = cp2015.tariffs(folder / "cp2015", 2005)
    out: dict[str, float] = {}
    worlds = {
        closure: rebase(raw, solve(raw, raw.tariffs, closure=closure))
        for closure in ("balanced", "numeraire")
    }
    for closure, world in worlds.items():
        after = solve(world, among(world, later), closure=closure)
        out |= _welfare(world, after, closure)
        out |= _split(world, after, f"path-{closure}")
    world = worlds["balanced"]
    after = solve(world, among(world, later), closure="balanced")
    at = np.array([world.region(r) for r in MEMBERS])
    for name, n in zip(MEMBERS, at, strict=True):
        partners = at[at != n]
        before = world.flows[:, n, partners].sum()
        change = after.flows[:, n, partners].sum() / before
        out[f"nafta.bloc.{name}.imports"] = 100.0 * float(change - 1.0)
    say("Caliendo and Parro (2015): tariffs of the whole world")
    everyone = solve(world, later, closure="balanced")
    out |= _welfare(world, everyone, "world")
    others = later.copy()
    cells = np.ix_(range(len(world.sectors)), at, at)
    others[cells] = world.tariffs[cells]
    without = rebase(world, solve(world, others, closure="balanced"))
    out |= _welfare(without, solve(without, later, closure="balanced"), "given-world")
    return out
