"""A shock with a scenario's choices: between levels of shares, then without some, then other rates.

Shares of content lie between points of law at which goods hold nothing of what is chosen, or one
thing alone; shares of claims between those of the year and all or nothing. A duty between them is
taken linearly, which is exact where duties add.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from surtax.ledger.rates import rate_of
from surtax.scenario.choices import Cells, Choices, signed_rate
from surtax.trade.assumptions import assumptions
from surtax.world.shock import Shock, rate_basis
from surtax.world.world import Array, World

HAND = "choice"
"""The authority of rates that no law has."""


@dataclass(frozen=True)
class Corner:
    """A point of law between which a shock lies, with its weight.

    Attributes:
        weight: weights add to one; the first is below zero where chosen shares add to more.
        facts: shares in place of the assumed ones. claims: as of `world.shock.Point`.
    """

    weight: float
    facts: dict[str, float]
    claims: Literal["year", "none", "all"] = "year"


def contents(level: str) -> dict[str, float]:
    """Assumed shares of content, all at one end of their range; nothing at the centre."""
    if level == "central":
        return {}
    return {a.fact: {"low": a.low, "high": a.high}[level] for a in assumptions()}


def corners(choices: Choices, level: str) -> list[Corner]:
    """The points of law whose mean is that of the choices.

    Args:
        choices: of the scenario.
        level: low, central or high for shares of content that are not chosen.
    """
    given = {f: s for f, s in contents(level).items() if f not in choices.contents}
    chosen = {f: min(max(rate_of(text), 0.0), 1.0) for f, text in choices.contents.items()}
    nothing = {**given, **dict.fromkeys(chosen, 0.0)}
    found = [Corner(1.0 - sum(chosen.values()), nothing)]
    found += [Corner(share, {**nothing, fact: 1.0}) for fact, share in chosen.items()]
    ends = [c for c in found if c.weight != 0.0]
    return [Corner(c.weight * w, c.facts, claims) for c in ends for claims, w in claimed(choices)]


def claimed(choices: Choices) -> list[tuple[Literal["year", "none", "all"], float]]:
    """Between which shares of claims that of the choices lies, with weights."""
    part = signed_rate(choices.claims)
    end: Literal["none", "all"] = "none" if part < 0.0 else "all"
    ends: tuple[tuple[Literal["year", "none", "all"], float], ...]
    ends = (("year", 1.0 - abs(part)), (end, abs(part)))
    return [(name, w) for name, w in ends if w > 0.0]


def mixed(parts: Sequence[tuple[float, Shock]]) -> Shock:
    """The weighted mean of shocks; the very same object when there is one."""
    first = parts[0][1]
    if len(parts) == 1:
        return first
    names = [f for f in first.__dataclass_fields__ if f not in ("currency", "points")]
    return replace(first, **{f: _mean([(w, getattr(s, f)) for w, s in parts]) for f in names})


def _mean(parts: Sequence[tuple[float, Any]]) -> Any:
    """The mean of arrays, or of tables of them, where a missing entry is nothing."""
    if not isinstance(parts[0][1], dict):
        return sum(weight * held for weight, held in parts)
    keys = dict.fromkeys(key for _, held in parts for key in held)
    return {k: sum(weight * held[k] for weight, held in parts if k in held) for k in keys}


def steer(made: Shock, world: World, choices: Choices) -> Shock:
    """The shock of the law with the choices' exemptions and rates.

    Rates are on customs value, and on the world's basis where the world states no ratio of the
    two for a pair. Covered dollars and duties by importer stay those of the law.

    Args:
        made: what the law charges.
        world: the benchmark. choices: of the scenario.
    """
    if not choices.exempt and not choices.rates:
        return made
    change, charged = made.change.copy(), made.charged.copy()
    split = {name: part.copy() for name, part in made.by_authority.items()}
    hand = split.setdefault(HAND, np.zeros_like(change))
    for cells in choices.exempt:
        at = _where(world, cells)
        for array in (change, charged, *split.values()):
            array[at] = 0.0
    ratio = np.nan_to_num(rate_basis(world, choices.wedge), nan=1.0)
    least = np.minimum(0.0, world.tariffs)
    for one in choices.rates:
        at = _where(world, one)
        rate = np.broadcast_to(one.rate / ratio, change.shape)[at]
        if one.to:
            for part in split.values():
                part[at] = 0.0
            new = rate - world.tariffs[at]
            hand[at] = new
        else:
            new = np.maximum(change[at] + rate, least[at] - world.tariffs[at])
            hand[at] += new - change[at]
        change[at] = new
        charged[at] = np.where(new > 0.0, 1.0 if one.rate > 0.0 else charged[at], 0.0)
    return replace(
        made, tariffs=world.tariffs + change, change=change, by_authority=split, charged=charged
    )


def _where(world: World, cells: Cells) -> tuple[Array, ...]:
    """Where the world keeps those goods, an index of flows."""
    names = np.asarray(world.treasuries)
    sectors = [world.sector(s) for s in cells.sectors] or np.flatnonzero(world.traded)
    return np.ix_(
        np.asarray(sectors),
        np.flatnonzero(names == cells.into),
        np.flatnonzero(names == cells.origin),
    )
