"""Incidence: who pays a tax on trade.

On each flow the tax per unit is the buyer's price less the seller's, before and after. What
the tax takes more on the quantity now traded is therefore, to the last cent, what buyers pay
more plus what sellers get less. Buyers are households and firms by their use of the good.
Prices are in the numeraire, world labour income, so that a seller's price that falls has
fallen against the world's wages. Firms pass on what they pay; what their own customers pay in
the end is in the change of consumer prices, not here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from surtax.economy import equations as eq
from surtax.economy.indices import abroad
from surtax.economy.results import Solution, check_solution
from surtax.world.world import Array


@dataclass(frozen=True, eq=False)
class Incidence:
    """Amounts a year in the world's currency, (s, n, i): good, buyer, seller.

    Attributes:
        solution: the counterfactual.
        taxes: what tariffs and export taxes take more, on the quantity now traded.
        sellers: what the producers of the good receive less for it.
        buyers: what buyers pay more for it; negative where they pay less.
        households: (s, n) share of purchases that goes to final use.
        firms: (n, s, k) share of purchases that sector k uses.
    """

    solution: Solution
    taxes: Array
    sellers: Array
    buyers: Array
    households: Array
    firms: Array

    @cached_property
    def touched(self) -> NDArray[np.bool_]:
        """(s, n, i): true where the tax changes."""
        s, w = self.solution, self.solution.world
        factor = eq.tax_factor(s.tariffs, s.export_taxes)
        old = eq.tax_factor(w.tariffs, w.export_taxes)
        return np.asarray(factor != old)

    @cached_property
    def _foreign(self) -> NDArray[np.bool_]:
        """(s, n, i): true where the tax changes on a flow between treasuries."""
        return np.asarray(self.touched & abroad(self.solution))

    def rows(self) -> list[dict[str, str | float]]:
        """One row per buyer and sector whose taxes change, partners taken together."""
        w = self.solution.world
        found: list[dict[str, str | float]] = []
        for s, n in np.argwhere(self._foreign.any(axis=2)):
            here = self._foreign[s, n]
            buyers = float(self.buyers[s, n, here].sum())
            share = float(self.households[s, n])
            found.append(
                {
                    "region": w.regions[n],
                    "sector": w.sectors[s],
                    "taxes": float(self.taxes[s, n, here].sum()),
                    "foreign_exporters": float(self.sellers[s, n, here].sum()),
                    "households": share * buyers,
                    "firms": (1.0 - share) * buyers,
                    **self.solution.labels,
                }
            )
        return found

    def by_user(self) -> list[dict[str, str | float]]:
        """One row per region and using sector: what its firms pay more for the goods touched."""
        w = self.solution.world
        paid = (self.buyers * self._foreign).sum(axis=2)
        burden = np.einsum("nsk,sn->nk", self.firms, paid)
        return [
            {
                "region": w.regions[n],
                "sector": w.sectors[k],
                "firms": float(burden[n, k]),
                **self.solution.labels,
            }
            for n, k in np.argwhere(burden != 0.0)
        ]

    def by_region(self) -> list[dict[str, str | float]]:
        """One row per buying region, sectors taken together; shares of the tax beside amounts."""
        total: dict[str, dict[str, float]] = {}
        keys = ("taxes", "foreign_exporters", "households", "firms")
        for row in self.rows():
            held = total.setdefault(str(row["region"]), dict.fromkeys(keys, 0.0))
            for key in keys:
                held[key] += float(row[key])
        return [
            {
                "region": name,
                **held,
                "exporters_share": held["foreign_exporters"] / held["taxes"]
                if held["taxes"]
                else 0.0,
                **self.solution.labels,
            }
            for name, held in total.items()
        ]


def incidence(solution: Solution) -> Incidence:
    """Who pays what the taxes of a counterfactual take more than the benchmark's.

    Quantities are the counterfactual's as delivered: with trade-cost hats, what is lost on the
    way counts with what sellers receive for a unit that arrives.

    Raises:
        WorldError: it is no solution.
    """
    check_solution(solution)
    s, w = solution, solution.world
    old = eq.tax_factor(w.tariffs, w.export_taxes)
    flows = s.flows
    before = flows / s.costs[:, None, :]  # the quantity now traded at the benchmark's price
    paid = s.shares * s.expenditure[:, :, None]
    costs = 1.0 if s.trade_costs is None else s.trade_costs
    was = before / costs * old
    final = w.final_shares * s.income
    households = np.divide(final, s.expenditure, out=np.zeros_like(final), where=s.expenditure > 0)
    used = w.inputs * s.output.T[:, None, :]
    return Incidence(
        solution=s,
        taxes=(paid - flows) - before / costs * (old - 1.0),
        sellers=before / costs - flows,
        buyers=paid - was,
        households=households,
        firms=used / np.where(s.expenditure > 0, s.expenditure, 1.0).T[:, :, None],
    )
