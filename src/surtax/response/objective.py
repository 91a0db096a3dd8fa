"""Objectives: what a player wants, as data; each an `Outcome` with exact partial derivatives.

Every term is a fraction of something in the benchmark, so that terms may be added:

``real-income[:REGIONS]``  change of real income of the player's regions, weighing by income
``jobs[:SECTORS][@REGIONS]``  change of jobs there, as a fraction of those jobs
``revenue``  duties received beyond the benchmark's, as a fraction of the player's income
``harm:REGIONS``  what the other side loses: minus its change of real income
``pressure:REGIONS``  fall of the other side's exports to the player, weighing by sector
``cost-ratio:REGIONS``  minus own cost per dollar of the other side's cost, from the start on
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import numpy as np

from surtax.economy import outcomes
from surtax.economy.outcomes import Outcome
from surtax.economy.results import Solution
from surtax.errors import InputError, unknown
from surtax.ledger.text import read_yaml
from surtax.response.players import Places, Player
from surtax.world.world import Array, World

TERMS = ("real-income", "jobs", "revenue", "harm", "pressure", "cost-ratio")


@dataclass(frozen=True)
class Term:
    """One part of an objective.

    Attributes:
        name: of `TERMS`. weight: what it counts.
        sectors, regions: what it is about; () is all that are the player's.
        weights: by sector for “pressure”, by region for “real-income”; those not named count 1.
    """

    name: str
    weight: float = 1.0
    sectors: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    weights: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Scene:
    """What terms may know.

    Attributes:
        world: the benchmark. player: whose objective it is.
        persons: (s, n) jobs, NaN where unknown, or None.
        start: the solution before the answer, which “cost-ratio” departs from.
        least: the harm below which “cost-ratio” is not told, in the world's currency.
    """

    world: World
    player: Player
    persons: Array | None = None
    start: Solution | None = None
    least: float = 0.0


def parse(text: str) -> tuple[Term, ...]:
    """The terms of “real-income - 0.5*harm:USA”, or of a YAML file of terms.

    Raises:
        InputError: not a sum of terms. UnknownNameError: a term of no such name.
    """
    if text.endswith((".yaml", ".yml")):
        return _from_file(Path(text))
    pieces = re.findall(
        r"([+-]?)\s*(?:([0-9.]+)\s*\*\s*)?([a-z][a-z-]*[a-z])((?:[:@][\w,]+)*)", text
    )
    whole = "".join(sign + number + name + rest for sign, number, name, rest in pieces)
    if not pieces or len(whole) != len(re.sub(r"[\s*]", "", text)):
        raise InputError(
            f"“{text}” is not an objective.",
            where="--objective",
            mend="Write a sum such as real-income - 0.5*jobs:MTV@ON.",
        )
    out = []
    for sign, number, name, rest in pieces:
        if name not in TERMS:
            raise unknown("objective", name, TERMS, where="--objective")
        sectors, _, regions = rest.removeprefix(":").partition("@")
        if name in ("harm", "pressure", "cost-ratio", "real-income"):
            sectors, regions = "", sectors
        try:
            weight = float(number or 1.0) * (-1.0 if sign == "-" else 1.0)
        except ValueError:
            raise InputError(f"“{number}” is no number.", where="--objective") from None
        out.append(Term(name, weight, _names(sectors), _names(regions)))
    return tuple(out)


def _names(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.split(",") if part)


class _Row(msgspec.Struct, forbid_unknown_fields=True):
    """A term as a file says it."""

    name: str
    weight: float = 1.0
    sectors: list[str] = []
    regions: list[str] = []
    weights: dict[str, float] = {}


def _from_file(path: Path) -> tuple[Term, ...]:
    if not path.is_file():
        raise InputError("there is no such file.", where=str(path), mend="Check the path.")
    rows = read_yaml(path, list[_Row])
    if not rows:
        raise InputError(
            "an objective is a list of terms.", where=str(path), mend="- {name: real-income}"
        )
    return tuple(_term(row, path) for row in rows)


def _term(row: _Row, path: Path) -> Term:
    if row.name not in TERMS:
        raise unknown("objective", row.name, TERMS, where=str(path))
    if not np.isfinite([row.weight, *row.weights.values()]).all():
        raise InputError("a weight is no number.", where=str(path), mend="Write it as 0.5.")
    return Term(row.name, row.weight, tuple(row.sectors), tuple(row.regions), row.weights)


def objective(terms: Sequence[Term], scene: Scene) -> Outcome:
    """The sum of terms as one outcome.

    Raises:
        UnknownNameError: a sector or region that the world does not have.
        InputError: jobs are asked for where nobody counted them; a ratio without a least harm.
    """
    parts = [(t.weight, _outcome(t, scene)) for t in terms]
    if not parts:
        raise InputError("the objective has no term.", where="--objective")
    return combined(parts)


def combined(parts: Sequence[tuple[float, Outcome]]) -> Outcome:
    """A weighted sum of outcomes, its partials the sums of theirs."""

    def partials(s: Solution) -> dict[str, Array]:
        out: dict[str, Array] = {}
        for weight, one in parts:
            for name, partial in one.partials(s).items():
                out[name] = weight * partial + out.get(name, np.zeros(()))
        return out

    name = " + ".join(f"{w:g}*{o.name}" if w != 1.0 else o.name for w, o in parts)
    return Outcome(name, lambda s: sum(w * o.value(s) for w, o in parts), partials)


def _outcome(term: Term, scene: Scene) -> Outcome:
    world, own = scene.world, np.array(scene.player.regions, dtype=np.intp)
    if term.name == "real-income":
        return change(world, _chosen(world, term.regions, own), term.weights)
    if term.name == "jobs":
        return _jobs(term, scene)
    if term.name == "revenue":
        mine = np.zeros(len(world.regions))
        mine[own] = 1.0 / world.income[own].sum()
        received = outcomes.linear("revenue", "revenue", mine)
        before = float(mine @ world.revenue)
        return Outcome("revenue", lambda s: received.value(s) - before, received.partials)
    if not term.regions:
        raise InputError(
            f"“{term.name}” does not say whose.",
            where="--objective",
            mend=f"Name the other side: {term.name}:USA.",
        )
    theirs = _chosen(world, term.regions, own)
    if term.name == "harm":
        loss = combined([(-1.0, change(world, theirs))])
        return Outcome("harm of " + ", ".join(term.regions), loss.value, loss.partials)
    if term.name == "pressure":
        return _pressure(term, world, own, theirs)
    return _ratio(world, own, theirs, scene)


def _chosen(world: World, names: Sequence[str], default: Places) -> Places:
    """Indices of regions, or of all regions of a treasury."""
    if not names:
        return default
    return np.unique(np.array([n for name in names for n in world.members(name)], dtype=np.intp))


def change(world: World, regions: Places, weights: Mapping[str, float] | None = None) -> Outcome:
    """Change of real income of several regions, weighing by income times a weight by name."""
    w = np.zeros(len(world.regions))
    for n in regions:
        w[n] = world.income[n] * (weights or {}).get(world.regions[n], 1.0)
    for name in weights or {}:
        world.region(name)
    if not w.sum() > 0:
        raise InputError("the weights of the objective add to nothing.", where="--objective")
    inner = outcomes.real_income(world, w / w.sum())
    return Outcome("real income", lambda s: inner.value(s) - 1.0, inner.partials)


def _jobs(term: Term, scene: Scene) -> Outcome:
    world = scene.world
    regions = _chosen(world, term.regions, np.array(scene.player.regions, dtype=np.intp))
    sectors = [world.sector(s) for s in term.sectors] or range(len(world.sectors))
    place = np.ix_(np.array(sectors, dtype=np.intp), regions)
    if scene.persons is None or not np.isfinite(scene.persons[place]).any():
        raise InputError(
            "nobody counted jobs in " + ", ".join(world.regions[n] for n in regions) + ".",
            where="--objective",
            mend="Use real-income, or a world with a table of employment.",
        )
    counted = np.zeros_like(world.output)
    counted[place] = np.nan_to_num(scene.persons[place])
    inner = outcomes.linear("jobs", "employment", counted / counted.sum())
    return Outcome("jobs", lambda s: inner.value(s) - 1.0, inner.partials)


def _pressure(term: Term, world: World, own: Places, theirs: Places) -> Outcome:
    for name in term.weights:
        world.sector(name)
    by = np.array([term.weights.get(s, 1.0) for s in world.sectors])
    cells = np.zeros_like(world.flows)
    cells[np.ix_(np.arange(len(by)), own, theirs)] = by[:, None, None]
    total = float((cells * world.flows).sum())
    if not total > 0:
        raise InputError("the other side sells nothing that counts.", where="--objective")
    sold = outcomes.linear("exports", "flows", -cells / total)
    return Outcome("pressure", lambda s: 1.0 + sold.value(s), sold.partials)


def _ratio(world: World, own: Places, theirs: Places, scene: Scene) -> Outcome:
    """Minus own cost over the other side's; below half the least harm the latter is held."""
    start = scene.start
    if start is None or not scene.least > 0:
        raise InputError(
            "a cost per unit of harm has no value where no harm is done.",
            where="--objective",
            mend="Give the least harm: --least-harm 1e9.",
        )
    mine, other = change(world, own), change(world, theirs)
    income = float(world.income[own].sum()), float(world.income[theirs].sum())
    before = mine.value(start), other.value(start)

    def costs(s: Solution) -> tuple[float, float, bool]:
        cost = income[0] * (before[0] - mine.value(s))
        harm = income[1] * (before[1] - other.value(s))
        return cost, max(harm, 0.5 * scene.least), harm > 0.5 * scene.least

    def partials(s: Solution) -> dict[str, Array]:
        cost, harm, free = costs(s)
        parts = [(income[0] / harm, mine)]
        if free:
            parts.append((-cost / harm**2 * income[1], other))
        return dict(combined(parts).partials(s))

    def value(s: Solution) -> float:
        cost, harm, _ = costs(s)
        return -cost / harm

    return Outcome("cost ratio", value, partials)
