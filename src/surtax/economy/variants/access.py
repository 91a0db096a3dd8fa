"""What the model of local selling costs starts from: `surtax.economy.variants.market_access`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import cast

import numpy as np

from surtax.economy.arrays import number, of_kind, shaped
from surtax.errors import WorldError, unknown
from surtax.world.world import Array

PLACE = "market access model"
"""Where its errors say they are."""

PAIR = "buyer and seller"
"""What flows and tariffs have one value for."""


@dataclass(frozen=True, eq=False)
class Access:
    """The benchmark and the parameters.

    Attributes:
        regions: names of the N countries.
        flows: (n, i) what n buys from i, itself included, no tariffs.
        local: (n,) part of sales in n that pays for labour of n (nu, between 0 and 1).
        pass_through: (n,) of tariffs to the price index (phi, 1 with no variety effect).
        elasticity: of trade to costs (epsilon). scale: of productivity to employment (psi).
        labour_supply: elasticity to the wage after tax (kappa).
        value_added: share of wages in the cost of production (1 without inputs).
    """

    regions: tuple[str, ...]
    flows: Array
    local: Array
    pass_through: Array
    elasticity: float = 4.0
    scale: float = 0.67 / 4.0
    labour_supply: float = 0.5
    value_added: float = 1.0

    @cached_property
    def spending(self) -> Array:
        """(n,) expenditure E, on materials too."""
        return cast(Array, self.flows.sum(axis=1))

    @cached_property
    def sold(self) -> Array:
        """(i,) sales less what pays for the buyers' labour."""
        return cast(Array, ((1.0 - self.local)[:, None] * self.flows).sum(axis=0))

    @cached_property
    def labour(self) -> Array:
        """(n,) labour income Y. Paper: eq. 2."""
        return self.value_added * self.sold + self.local * self.spending

    @cached_property
    def transfers(self) -> Array:
        """(n,) what each country receives for good, adding to zero. Paper: eqs. 5 and 8."""
        return self.spending - self.labour - (1.0 - self.value_added) * self.sold

    @cached_property
    def shares(self) -> Array:
        """(n, i) of n's spending that goes to i (lambda). Paper: eq. 9."""
        return self.flows / self.spending[:, None]

    @cached_property
    def world(self) -> float:
        """World labour income, the unit of account."""
        return float(self.labour.sum())

    def region(self, name: str) -> int:
        """The index of a country; an unknown name is an error with the nearest."""
        if name not in self.regions:
            raise unknown("country", name, self.regions, where=PLACE)
        return self.regions.index(name)


def variety_pass_through(local: Array, scale: float, firm: float = 1.0) -> Array:
    """(n,): phi = firm-level pass-through + nu / (1 - nu) (1 + psi). Paper: section 4."""
    return firm + local / (1.0 - local) * (1.0 + scale)


def check_access(a: Access) -> None:
    """Refuse a benchmark that no economy can be.

    Raises:
        WorldError: names the country and the mend.
    """
    of_kind("a benchmark", a, Access, "Give a surtax.economy.variants.access.Access.")
    N = len(a.regions)
    for name, array, shape, per in (
        ("flows", a.flows, (N, N), PAIR),
        ("local shares", a.local, (N,), "country"),
        ("pass-throughs", a.pass_through, (N,), "country"),
    ):
        of_kind(f"an array of {name}", array, np.ndarray, "Give np.array(…) of them.")
        shaped(name, array, shape, per, PLACE)
    for name, bad, mend in (
        ("buys a flow that is negative or no number", ~(a.flows >= 0.0).all(axis=1), "Clean it."),
        ("buys nothing", ~(a.spending > 0.0), "Leave it out."),
        ("earns nothing", ~(a.labour > 0.0), "Leave it out, or give it its own sales."),
        ("has a local share outside 0 to 1", ~((a.local >= 0.0) & (a.local < 1.0)), "Mend nu."),
        ("has a pass-through that is not positive", ~(a.pass_through > 0.0), "Mend phi."),
    ):
        if bad.any():
            raise WorldError(f"{a.regions[int(np.argmax(bad))]} {name}.", where=PLACE, mend=mend)
    parameters: tuple[tuple[str, float, Callable[[float], bool]], ...] = (
        ("the trade elasticity", a.elasticity, lambda v: v > 0.0),
        ("the scale elasticity", a.scale, lambda v: v >= 0.0),
        ("the labour supply elasticity", a.labour_supply, lambda v: v >= 0.0),
        ("the value-added share", a.value_added, lambda v: 0.0 < v <= 1.0),
    )
    for name, value, right in parameters:
        if not right(number(name, value)):
            raise WorldError(
                f"{name} is {value:g}.",
                where=PLACE,
                mend="Elasticities are positive and the share of wages in cost at most one.",
            )
