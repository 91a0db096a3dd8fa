"""Outcomes: single numbers of a solution, with their derivatives by its fields.

An outcome is any function of a solution's fields that comes with its partial derivatives; the
ones that people ask for are made here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import cast

import numpy as np

from surtax.economy.results import Solution
from surtax.world.world import Array, World

FIELDS = (
    "wages", "sector_wages", "labour_force", "employment", "employed", "relief", "costs", "prices",
    "price_index", "labour_income", "income", "collected", "revenue", "transfers", "expenditure",
    "output", "flows",
)  # fmt: skip
"""Fields of a `Solution` that an outcome may rest on."""


@dataclass(frozen=True)
class Outcome:
    """One number.

    Attributes:
        name: what it is called in tables.
        value: solution to the number.
        partials: solution to the derivative with each field it rests on, by the names of
            `FIELDS`, each with that field's axes.
    """

    name: str
    value: Callable[[Solution], float]
    partials: Callable[[Solution], Mapping[str, Array]]


def of_regions(
    name: str, rule: Callable[[Mapping[str, Array]], Array], fields: tuple[str, ...]
) -> Outcome:
    """An outcome of region-sized fields, its derivatives by complex step of the rule itself.

    Args:
        name: what it is called.
        rule: fields by name, each (n,), to a number; smooth, and for complex numbers too.
        fields: names of fields with one value a region.
    """
    step = 1e-30

    def held(s: Solution) -> dict[str, Array]:
        return {f: cast(Array, getattr(s, f)) for f in fields}

    def partials(s: Solution) -> dict[str, Array]:
        at, found = held(s), {}
        for f in fields:
            moved = at[f] + 1j * step * np.eye(at[f].size)
            rows = [float(np.imag(rule({**at, f: row}))) / step for row in moved]
            found[f] = np.array(rows, dtype=float)
        return found

    return Outcome(name, lambda s: float(np.real(rule(held(s)))), partials)


def real_income(world: World, weights: Array | None = None) -> Outcome:
    """The weighted sum of real-income hats; weights (n,) default to shares of world income."""
    w = world.income / world.income.sum() if weights is None else np.asarray(weights, dtype=float)

    def partials(s: Solution) -> dict[str, Array]:
        hat = s.real_income
        return {"income": w * hat / s.income, "price_index": -w * hat / s.price_index}

    return Outcome("real income", lambda s: float(w @ s.real_income), partials)


def group_real_income(world: World, regions: tuple[str, ...]) -> Outcome:
    """Exact change of real income of several regions together, `Solution.group_real_income`."""
    weights = np.zeros(len(world.regions))
    index = [world.region(r) for r in regions]
    weights[index] = world.income[index] / world.income[index].sum()
    inner = real_income(world, weights)
    return Outcome(
        "real income of " + ", ".join(regions),
        lambda s: inner.value(s) - 1.0,
        inner.partials,
    )


def real_wage(weights: Array) -> Outcome:
    """The weighted sum of real-wage hats, weights (n,)."""

    def partials(s: Solution) -> dict[str, Array]:
        hat = weights * s.real_wage
        return {"wages": hat / s.wages, "price_index": -hat / s.price_index}

    return Outcome("real wage", lambda s: float(weights @ s.real_wage), partials)


def linear(name: str, field: str, weights: Array) -> Outcome:
    """The sum of a field times weights with its axes: revenue, jobs, output, spending, flows."""
    return Outcome(
        name,
        lambda s: float((weights * getattr(s, field)).sum()),
        lambda s: {field: weights},
    )


def jobs(persons: Array) -> Outcome:
    """Persons in work, from the benchmark's (s, n); where a table says nothing it counts zero."""
    return linear("jobs", "employment", np.nan_to_num(persons))


def revenue(weights: Array) -> Outcome:
    """Duties received, weights (n,)."""
    return linear("revenue", "revenue", weights)
