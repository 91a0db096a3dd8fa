"""Ossa (2014): what each country gains by its own optimum, and what all lose at Nash."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from published.data import ossa as read
from surtax.economy.variants.ascent import climb
from surtax.economy.variants.monopolistic import balanced
from surtax.economy.variants.monopolistic_tariffs import Schedule, nash, objective, optimal
from surtax.world.world import World


def foreign(schedule: Schedule, country: int) -> np.ndarray:
    """A country's tariffs on all others, flat."""
    return np.delete(schedule.tariffs[:, country], country, axis=1).ravel()


def gain_from_departing(world: World, at: Schedule, country: int) -> float:
    """Per cent of welfare that a country gains by climbing from a schedule, others given."""
    value = objective(world, country, at.tariffs)
    here = np.log1p(at.tariffs[:, country]).ravel()
    upper = np.full((len(world.sectors), len(world.regions)), np.log(11.0))
    upper[:, country] = 0.0
    weight = (1.0 + world.theta)[:, None] * world.flows[:, country] / world.income[country]
    scale = np.sqrt(np.maximum(weight, 1e-16)).ravel()
    away = 0.5 * here  # a start of its own, so that the climb does not begin at its answer
    best = max(
        climb(value, start, np.zeros_like(here), upper.ravel(), scale).value
        for start in (here, away)
    )
    return 100.0 * (np.exp(best - value(here)[0]) - 1.0)


def values(folder: Path, say: Callable[[str], None] = lambda _: None) -> dict[str, float]:
    """Per cent by row id; tariffs per cent."""
    world = balanced(read(folder / "ossa2014"))
    out: dict[str, float] = {}
    medians = []
    for k, name in enumerate(world.regions):
        say(f"Ossa (2014): optimum of {name}")
        best = optimal(world, k)
        change = 100.0 * (best.equilibrium.welfare - 1.0)
        out[f"ossa.optimal.{name}.own"] = change[k]
        out[f"ossa.optimal.{name}.others"] = float(np.delete(change, k).mean())
        medians.append(np.median(foreign(best, k)))
    out["ossa.median.optimal"] = 100.0 * float(np.mean(medians))
    say("Ossa (2014): Nash")
    war = nash(world)
    change = 100.0 * (war.equilibrium.welfare - 1.0)
    out |= {f"ossa.nash.{name}": change[k] for k, name in enumerate(world.regions)}
    out["ossa.nash.mean"] = float(change.mean())
    medians = [np.median(foreign(war, k)) for k in range(len(world.regions))]
    out["ossa.median.nash"] = 100.0 * float(np.mean(medians))
    out["ossa.nash.departing"] = max(
        gain_from_departing(world, war, k) for k in range(len(world.regions))
    )
    return out
