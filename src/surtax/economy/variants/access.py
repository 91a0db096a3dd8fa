"""What the model of local selling costs starts from: `surtax.economy.variants.market_access`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import cast

import numpy as np

from surtax.errors import WorldError
from surtax.world.world import Array


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
        """The index of a country."""
        return self.regions.index(name)


def variety_pass_through(local: Array, scale: float, firm: float = 1.0) -> Array:
    """(n,): phi = firm-level pass-through + nu / (1 - nu) (1 + psi). Paper: section 4."""
    return firm + local / (1.0 - local) * (1.0 + scale)


def check_access(a: Access) -> None:
    """Refuse a benchmark that no economy can be; names the country and the mend."""
    place = "market access model"
    N = len(a.regions)
    if a.flows.shape != (N, N) or a.local.shape != (N,) or a.pass_through.shape != (N,):
        raise WorldError(
            f"flows {a.flows.shape}, local {a.local.shape} and pass-through "
            f"{a.pass_through.shape} do not fit {N} countries.",
            where=place,
            mend="Give flows (n, i) and one share and one pass-through per country.",
        )
    for name, bad, mend in (
        ("buys a flow that is negative or no number", ~(a.flows >= 0.0).all(axis=1), "Clean it."),
        ("buys nothing", ~(a.spending > 0.0), "Leave it out."),
        ("earns nothing", ~(a.labour > 0.0), "Leave it out, or give it its own sales."),
        ("has a local share outside 0 to 1", ~((a.local >= 0.0) & (a.local < 1.0)), "Mend nu."),
        ("has a pass-through that is not positive", ~(a.pass_through > 0.0), "Mend phi."),
    ):
        if bad.any():
            raise WorldError(f"{a.regions[int(np.argmax(bad))]} {name}.", where=place, mend=mend)
    for name, value, right in (
        ("the trade elasticity", a.elasticity, a.elasticity > 0.0),
        ("the scale elasticity", a.scale, a.scale >= 0.0),
        ("the labour supply elasticity", a.labour_supply, a.labour_supply >= 0.0),
        ("the value-added share", a.value_added, 0.0 < a.value_added <= 1.0),
    ):
        if not right:
            raise WorldError(
                f"{name} is {value:g}.",
                where=place,
                mend="Elasticities are positive and the share of wages in cost at most one.",
            )
