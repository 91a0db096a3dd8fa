"""Outcomes: single numbers of a solution, with their derivatives by its fields.

An outcome is any function of a solution's fields that comes with its partial derivatives; the
ones that people ask for are made here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from surtax.economy.arrays import finite, numbers, of_kind, several, shaped
from surtax.economy.results import Solution, check_solution, group_of
from surtax.economy.soundness import check_is_world
from surtax.errors import WorldError, unknown
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


def partials_of(outcome: Outcome, solution: Solution) -> dict[str, Array]:
    """An outcome's derivatives with the fields it rests on.

    Raises:
        UnknownNameError: a field does not exist.
        WorldError: there is no outcome or no solution, or a derivative has not the field's shape
            or is no number.
    """
    check_solution(solution)
    made_with = "Make one with surtax.economy.outcomes, such as real_income(world)."
    of_kind("an outcome", outcome, Outcome, made_with)
    found = {}
    for field, given in outcome.partials(solution).items():
        _known(field)
        called = f"derivatives of “{outcome.name}” with {field}"
        wanted = getattr(solution, field).shape
        found[field] = finite(called, shaped(called, given, wanted, "cell of it"))
    return found


def of_regions(
    name: str, rule: Callable[[Mapping[str, Array]], Array], fields: tuple[str, ...]
) -> Outcome:
    """An outcome of region-sized fields, its derivatives by complex step of the rule itself.

    Args:
        name: what it is called.
        rule: fields by name, each (n,), to a number; smooth, and for complex numbers too.
        fields: names of fields with one value a region.

    Raises:
        UnknownNameError: a field does not exist. WorldError: no list of fields, or no rule.
    """
    if not callable(rule):
        raise WorldError(
            f"the rule of “{name}” is no function.", mend="Give one of fields by name."
        )
    fields = tuple(several("fields", fields))
    for f in fields:
        _known(f)
    step = 1e-30

    def held(s: Solution) -> dict[str, Array]:
        return {
            f: shaped(f"values of {f}", getattr(s, f), s.income.shape, "region") for f in fields
        }

    def partials(s: Solution) -> dict[str, Array]:
        at, found = held(s), {}
        for f in fields:
            moved = at[f] + 1j * step * np.eye(at[f].size)
            rows = [float(np.imag(rule({**at, f: row}))) / step for row in moved]
            found[f] = np.array(rows, dtype=float)
        return found

    return Outcome(name, lambda s: float(np.real(rule(held(s)))), partials)


def real_income(world: World, weights: Array | None = None) -> Outcome:
    """The weighted sum of real-income hats; weights (n,) default to shares of world income.

    Raises:
        WorldError: there is no world, or the weights do not fit it.
    """
    check_is_world(world)
    name = "real income"
    w = world.income / world.income.sum() if weights is None else _weights(name, weights)
    _fitting(name, w, world.income)

    def partials(s: Solution) -> dict[str, Array]:
        hat = _fitting(name, w, s.income) * s.real_income
        return {"income": hat / s.income, "price_index": -hat / s.price_index}

    return Outcome(name, lambda s: float(_fitting(name, w, s.income) @ s.real_income), partials)


def group_real_income(world: World, regions: tuple[str, ...]) -> Outcome:
    """Exact change of real income of several regions together, `Solution.group_real_income`.

    Raises:
        UnknownNameError: no such region. WorldError: there is no world or no list of regions.
    """
    check_is_world(world)
    weights = np.zeros(len(world.regions))
    index = group_of(world, regions)
    weights[index] = world.income[index] / world.income[index].sum()
    inner = real_income(world, weights)
    return Outcome(
        "real income of " + ", ".join(regions),
        lambda s: inner.value(s) - 1.0,
        inner.partials,
    )


def real_wage(weights: Array) -> Outcome:
    """The weighted sum of real-wage hats, weights (n,)."""
    name, w = "real wage", _weights("real wage", weights)

    def partials(s: Solution) -> dict[str, Array]:
        hat = _fitting(name, w, s.income) * s.real_wage
        return {"wages": hat / s.wages, "price_index": -hat / s.price_index}

    return Outcome(name, lambda s: float(_fitting(name, w, s.income) @ s.real_wage), partials)


def linear(name: str, field: str, weights: Array) -> Outcome:
    """The sum of a field times weights with its axes: revenue, jobs, output, spending, flows."""
    _known(field)
    w = _weights(name, weights)

    def partials(s: Solution) -> dict[str, Array]:
        return {field: _fitting(name, w, getattr(s, field))}

    return Outcome(name, lambda s: float((partials(s)[field] * getattr(s, field)).sum()), partials)


def _known(field: object) -> None:
    """Refuse what is no field that an outcome may rest on."""
    if not isinstance(field, str) or field not in FIELDS:
        raise unknown("field", field, FIELDS)


def _weights(name: str, weights: Array) -> Array:
    """Weights as finite floats; what is none is an error."""
    called = f"weights of “{name}”"
    return finite(called, numbers(called, weights))


def _fitting(name: str, weights: Array, field: Array) -> Array:
    """The weights of a field, which must have its shape."""
    return shaped(f"weights of “{name}”", weights, field.shape, "cell of what they weigh")


def jobs(persons: Array) -> Outcome:
    """Persons in work, from the benchmark's (s, n); where a table says nothing it counts zero."""
    return linear("jobs", "employment", np.nan_to_num(numbers("persons", persons)))


def revenue(weights: Array) -> Outcome:
    """Duties received, weights (n,)."""
    return linear("revenue", "revenue", weights)
