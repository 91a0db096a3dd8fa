"""Draws of what nobody knows yet, and the equilibrium of each: the work of a sweep.

Draw k of seed s comes from its own generator, (s, k): it is the same draw whoever makes it, in
whatever order. Levels of unknown rates and of shares of content lie between the low, the central
and the high one; a duty between two levels is taken linearly, which is exact where duties add.
"""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from surtax.economy.closure import Closure
from surtax.economy.closure import closure as named_closure
from surtax.economy.revenue import HOUSEHOLDS, fund
from surtax.economy.solve import solve
from surtax.errors import SurtaxError
from surtax.scenario.case import Case
from surtax.scenario.choices import LEVELS
from surtax.scenario.run import Run
from surtax.world import elasticities
from surtax.world.world import Array, World


@dataclass(frozen=True, eq=False)
class Rule:
    """A closure by name, with the weights of the fund in which new duties are paid out, if any."""

    closure: str
    weights: Array | None
    payroll: bool

    @property
    def made(self) -> Closure:
        """The closure itself."""
        named = named_closure(self.closure)
        if self.weights is None:
            return named
        return replace(named, revenue=replace(fund(self.weights), payroll=self.payroll))


@dataclass(frozen=True, eq=False)
class Plan:
    """Everything that a draw needs, made once and sent to every worker.

    Attributes:
        world: the benchmark. seed: of all draws.
        tariffs: (threat levels, content levels, s, n, i); one threat level where no rate is
            unknown. rates: (assumed provisions, 3) their levels.
        rules: closures to choose among. starts: log hats to start from, one a closure.
        costs: by barrier set, hats of trade costs; None where no cost changes.
        elasticities: the set from which they are drawn.
        own, other: regions of the player and of the opponent.
    """

    world: World
    seed: int
    tariffs: Array
    provisions: tuple[str, ...]
    rates: Array
    factor: float
    rules: tuple[Rule, ...]
    starts: tuple[Array, ...]
    costs: dict[str, Array | None]
    elasticities: str
    own: tuple[int, ...]
    other: tuple[int, ...]

    @property
    def digest(self) -> str:
        """SHA-256 of the plan: chunks of another plan are of no use to it."""
        made = hashlib.sha256()
        told = (self.seed, self.provisions, self.elasticities, self.factor, self.own, self.other)
        rules = [(r.closure, r.payroll) for r in self.rules]
        for part in (*told, sorted(self.costs), rules):
            made.update(repr(part).encode())
        given = [r.weights for r in self.rules] + [self.costs[k] for k in sorted(self.costs)]
        arrays = [self.tariffs, self.rates, *given, self.world.flows, self.world.theta]
        arrays += [self.world.inputs, self.world.value_added, self.world.treasury_shares]
        for one in arrays:
            made.update(pickle.dumps(None) if one is None else np.ascontiguousarray(one).tobytes())
        return made.hexdigest()


@dataclass(frozen=True, eq=False)
class Draw:
    """One draw: positions from 0 (low) over 1 (central) to 2 (high), and what was chosen."""

    number: int
    threats: float
    contents: float
    rule: int
    barriers: str
    theta: Array


def plan(
    run: Run,
    case: Case,
    *,
    seed: int,
    closures: Sequence[str],
    barriers: Sequence[str],
    drawn_from: str,
) -> Plan:
    """The plan of a sweep over one case of a scenario; its threats are drawn where it has any."""
    levels = LEVELS if case.threats and run.assumed else (case.threats,)
    grid = [
        [run.shock(Case(case.response, level), facts).tariffs for facts in LEVELS]
        for level in levels
    ]
    rules, starts = [], []
    for name in closures:
        variant = replace(run.headline, elasticities=drawn_from, closure=name)
        made = run.closure(case, variant)
        weights = None
        if made.revenue is not HOUSEHOLDS and named_closure(name).revenue is HOUSEHOLDS:
            assert made.revenue.share is not None
            weights = np.diag(made.revenue.share(run.world)).copy()
        rules.append(Rule(name, weights, made.revenue.payroll))
        starts.append(run.solve(case, variant).unknowns)
    names = tuple(barriers) if case.cuts.barriers else (case.cuts.barrier_set,)
    world = run.world
    return Plan(
        world=world,
        seed=seed,
        tariffs=np.array(grid),
        provisions=tuple(r.provision for r in run.assumed) if len(levels) > 1 else (),
        rates=np.array([r.rates for r in run.assumed]).reshape(-1, 3),
        factor=run.headline.factor,
        rules=tuple(rules),
        starts=tuple(starts),
        costs={n: run.costs(replace(case.cuts, barrier_set=n)) for n in names},
        elasticities=drawn_from,
        own=tuple(world.members(run.scenario.player)),
        other=tuple(world.members(run.scenario.opponent)),
    )


def draw(plan: Plan, number: int) -> Draw:
    """Draw a number of a plan; threats are triangular around the central level, contents even."""
    rng = np.random.default_rng([plan.seed, number])
    threats = float(rng.triangular(0.0, 1.0, 2.0)) if len(plan.tariffs) > 1 else 0.0
    contents = float(rng.uniform(0.0, 2.0))
    rule = int(rng.integers(len(plan.rules)))
    names = sorted(plan.costs)
    barriers = names[int(rng.integers(len(names)))]
    theta = plan.factor * elasticities.load(plan.elasticities).draw(rng, plan.world.sectors)
    return Draw(number, threats, contents, rule, barriers, theta)


def tariffs(plan: Plan, one: Draw) -> Array:
    """(s, n, i) duties of a draw, linear between levels; a prohibition stays one."""
    out: Array = np.zeros(plan.tariffs.shape[2:])
    for i, a in _between(one.threats, len(plan.tariffs)):
        for j, b in _between(one.contents, len(LEVELS)):
            out = out + a * b * plan.tariffs[i, j]
    return out


def _between(position: float, levels: int) -> list[tuple[int, float]]:
    """Levels with their weights; those without any weight left out."""
    low = min(int(position), max(0, levels - 2))
    part = position - low
    return [(k, w) for k, w in ((low, 1.0 - part), (low + 1, part)) if w > 0.0]


def row(plan: Plan, number: int) -> dict[str, Any]:
    """One draw solved: what was drawn, how it went, and what came of it.

    A draw that cannot be solved says why and has no figures.
    """
    one = draw(plan, number)
    rule, world = plan.rules[one.rule], plan.world
    out: dict[str, Any] = {"draw": number, "solved": True, "status": ""}
    for name, levels in zip(plan.provisions, plan.rates, strict=False):
        out[f"rate {name}"] = float(np.interp(one.threats, [0.0, 1.0, 2.0], levels))
    out |= {"contents": one.contents - 1.0, "closure": rule.closure}
    if plan.costs[one.barriers] is not None:
        out["barriers"] = one.barriers
    for k, sector in enumerate(world.sectors):
        out[f"theta {sector}"] = float(one.theta[k])
    try:
        found = solve(
            replace(world, theta=one.theta), tariffs(plan, one), plan.costs[one.barriers],
            rule.made, start=plan.starts[one.rule],
        )  # fmt: skip
    except SurtaxError as error:
        return out | {"solved": False, "status": str(error)}
    change = found.real_income - 1.0
    for name, group in (("player", plan.own), ("opponent", plan.other)):
        at = list(group)
        out[f"real income {name}"] = float(change[at] @ world.income[at] / world.income[at].sum())
    for n in plan.own:
        out[f"real income {world.regions[n]}"] = float(change[n])
    at = list(plan.own)
    out["revenue"] = float((found.collected - world.collected)[at].sum())
    return out | {"status": found.status}


def rows(plan: Plan, first: int, last: int) -> list[dict[str, Any]]:
    """Draws from `first` to before `last`, solved: a chunk of work."""
    return [row(plan, number) for number in range(first, last)]
