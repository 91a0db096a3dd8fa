"""Caps on an answer: what may not be exceeded, with exact derivatives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from surtax.economy.outcomes import Outcome, linear
from surtax.errors import InputError
from surtax.response.instruments import Levers
from surtax.response.stage import Stage
from surtax.world.world import Array


@dataclass(frozen=True)
class Cap:
    """One limit: a measure of the levers that may not exceed it.

    Attributes:
        name: what is limited. limit: in the unit of the measure. unit: the size by which a
            gap is judged.
        value: stage and (k,) levers to what is limited. slope: to its (k,) derivative.
    """

    name: str
    limit: float
    unit: float
    value: Callable[[Stage, Array], float]
    slope: Callable[[Stage, Array], Array]

    def slack(self, stage: Stage, x: Array) -> float:
        """What is left, as a share of the unit."""
        return (self.limit - self.value(stage, x)) / self.unit


def worth(levers: Levers) -> Array:
    """(k,) benchmark customs value of what each duty falls on; zero for other levers."""
    flows = levers.world.at_border.ravel()
    return np.array(
        [
            float((one.factors * flows[one.cells]).sum()) if one.array == "tariffs" else 0.0
            for one in levers.levers
        ]
    )


def covered(levers: Levers, limit: float, rate: float) -> Cap:
    """Covered trade at one rate: a lever at half of the rate covers half of its goods.

    Args:
        levers: the answer's. limit: in the world's currency. rate: at which goods are listed.

    Raises:
        InputError: a limit below zero, a rate that is not above zero.
    """
    if not rate > 0:
        raise InputError("covered trade needs a rate above zero.", where="--rate")
    value = worth(levers) / rate
    _check_limit(limit, float(value @ levers.lower))
    return Cap(
        "covered trade",
        limit,
        max(limit, 1e-9),
        value=lambda stage, x: float(value @ x),
        slope=lambda stage, x: value,
    )


def duty(levers: Levers, limit: float) -> Cap:
    """Duty that the answer's levers collect in equilibrium, dollar for dollar.

    Raises:
        InputError: a limit below zero.
    """
    _check_limit(limit, 0.0)
    matrix = levers.maps.get("tariffs")
    if matrix is None:
        raise InputError("no instrument of the answer collects a duty.", where="--limit")

    def rates(stage: Stage, x: Array) -> tuple[Array, Array]:
        s = stage.solution(x)
        value = s.flows if s.export_taxes is None else s.flows * (1.0 + s.export_taxes)
        return (matrix @ x).reshape(s.flows.shape), value

    def collected(stage: Stage, x: Array) -> float:
        rate, value = rates(stage, x)
        return float((rate * value).sum())

    def slope(stage: Stage, x: Array) -> Array:
        rate, value = rates(stage, x)
        levied = stage.solution(x).export_taxes
        taxed = rate if levied is None else rate * (1.0 + levied)
        through: Array = stage.values(x, [linear("duty", "flows", taxed)])[1][0]
        own = matrix.T @ value.ravel()
        exports = levers.maps.get("export_taxes")
        if exports is not None:
            own = own + exports.T @ (rate * stage.solution(x).flows).ravel()
        return np.asarray(through + own)

    return Cap("duty collected", limit, max(limit, 1e-9), collected, slope)


def at_least(outcome: Outcome, floor: float, name: str, unit: float = 1.0) -> Cap:
    """An outcome that must reach a floor."""

    def value(stage: Stage, x: Array) -> float:
        return -outcome.value(stage.solution(x))

    def slope(stage: Stage, x: Array) -> Array:
        return np.asarray(-stage.values(x, [outcome])[1][0])

    return Cap(name, -floor, unit, value, slope)


def _check_limit(limit: float, least: float) -> None:
    if not limit >= least:
        raise InputError(
            f"the cap of {limit:g} cannot be kept: the lower bounds alone come to {least:g}.",
            where="--limit",
            mend="Raise the cap or lower the bounds.",
        )
