"""Worlds and scenarios in Python: equilibria, answers, comparisons, sweeps, offsets."""

from __future__ import annotations

from pathlib import Path

from surtax.api.law import Day, as_day
from surtax.economy.results import Solution
from surtax.economy.solve import solve as solve_world
from surtax.ledger import load as _ledger
from surtax.scenario import ask as _ask
from surtax.scenario import compare as _compare
from surtax.scenario import offset as _offset
from surtax.scenario import run as _run
from surtax.scenario import solved as _solved
from surtax.scenario import spec as _spec
from surtax.scenario import sweep as _sweep
from surtax.world import load as _worlds
from surtax.world import world as _world
from surtax.world.shock import Shock


class World(_world.World):
    """A world that can be solved."""

    @classmethod
    def load(cls, name: str | Path) -> World:
        """An embedded world by name, or one in a folder."""
        found = _worlds.load(name)
        fields = {f: getattr(found, f) for f in found.__dataclass_fields__}
        return cls(**fields)

    def solve(self, shock: Shock, closure: str = "world-share") -> Solution:
        """The equilibrium under a shock."""
        return solve_world(self, shock.tariffs, closure=closure)


def run(
    scenario: str,
    *,
    on: Day | None = None,
    known: Day | None = None,
    world: str | None = None,
    closure: str | None = None,
) -> _run.Run:
    """A scenario, loaded and ready to be asked; every case is solved when it is asked for.

    Args:
        scenario: its name or file.
        on, known: another day for the states of the law, and of knowledge.
        world, closure: in place of the scenario's.
    """
    law = _ledger.Ledger.load()
    chosen = _spec.on_day(_spec.load(scenario, law), as_day(on), as_day(known))
    return _run.prepare(chosen, law, world=world, closure=closure)


solve = _solved.solve
respond = _ask.respond
compare = _compare.compare
sweep = _sweep.sweep
offset = _offset.offsets
