"""A world: the economy before anything changes, as balanced arrays with named axes.

Array axes, everywhere in this room and the next: ``s`` sector, ``n`` the region that buys
(destination), ``i`` the region that sells (origin), ``k`` the sector that uses an input.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import cast

import numpy as np
from numpy.typing import NDArray

from surtax.errors import unknown

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class World:
    """A benchmark equilibrium in one currency and one price basis.

    Attributes:
        name: the name it is loaded by.
        regions: names of the N regions.
        sectors: names of the S sectors.
        flows: (s, n, i) value of what n buys from i, before tariffs, per year.
        tariffs: (s, n, i) benchmark ad valorem tariffs on that value, fractions.
        inputs: (n, s, k) share of the output value of sector k in region n spent on input s.
        value_added: (n, k) value-added share of output; adds to one with ``inputs`` over s.
        theta: (s,) trade elasticities (sigma - 1 in Armington's terms).
        treasuries: (n,) name of the treasury that collects region n's duties.
        treasury_shares: (n,) share of its treasury's duties that region n's income receives.
        traded: (s,) whether the sector is goods that a customs duty can reach.
        currency: the currency and unit of ``flows``, such as "C$ bn".
        basis: the price basis, such as "basic prices, 2024-like".
        customs_to_basic: (n, i) basic value per customs value of the goods that n buys from i,
            NaN where it is not stated; None for a world that states none.
        provisional: true while the table is an estimate awaiting its rebuild.
        sources: one sentence per source.
        notes: known faults and cleaning steps, one sentence each.
        preferences: (s, n) final-demand shares to use in place of the residual's, columns
            adding to one; None for a table that is an equilibrium as it stands. A table
            whose residual had to be cleaned carries them until it is solved and rebased.
        export_taxes: (s, n, i) benchmark ad valorem taxes that seller i's treasury levies on
            ``flows``, fractions; the duty of n falls on the value with them. None where no
            region taxes its exports.
    """

    name: str
    regions: tuple[str, ...]
    sectors: tuple[str, ...]
    flows: Array
    tariffs: Array
    inputs: Array
    value_added: Array
    theta: Array
    treasuries: tuple[str, ...]
    treasury_shares: Array
    traded: NDArray[np.bool_]
    currency: str
    basis: str
    customs_to_basic: Array | None = None
    provisional: bool = False
    sources: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    preferences: Array | None = None
    export_taxes: Array | None = None

    @property
    def unit(self) -> float:
        """Money in one unit of the amounts: 1e9 for “C$ bn”."""
        return {"bn": 1e9, "mn": 1e6}.get(self.currency.split()[-1], 1.0)

    @cached_property
    def union(self) -> NDArray[np.bool_]:
        """(n, i) true where one treasury collects the duties of both regions; a region's own is."""
        names = np.asarray(self.treasuries)
        return np.asarray(names[:, None] == names[None, :])

    @cached_property
    def customs_ratios(self) -> Array:
        """(n, i) `customs_to_basic`, NaN for every pair where nothing is stated."""
        if self.customs_to_basic is None:
            return np.full(self.flows.shape[1:], np.nan)
        return self.customs_to_basic

    @cached_property
    def at_border(self) -> Array:
        """(s, n, i) value of flows with export taxes: what the duty of n falls on."""
        return self.flows if self.export_taxes is None else self.flows * (1.0 + self.export_taxes)

    @cached_property
    def expenditure(self) -> Array:
        """(s, n) spending at tariff-inclusive prices, X of Caliendo and Parro (2015)."""
        return cast(Array, np.einsum("sni,sni->sn", self.at_border, 1.0 + self.tariffs))

    @cached_property
    def shares(self) -> Array:
        """(s, n, i) share of n's spending on s that goes to i; rows add to one."""
        spent = self.at_border * (1.0 + self.tariffs)
        total = self.expenditure[:, :, None]
        return np.divide(spent, total, out=np.zeros_like(spent), where=total > 0)

    @cached_property
    def output(self) -> Array:
        """(s, i) gross output: sales to every region, before tariffs."""
        return cast(Array, self.flows.sum(axis=1))

    @cached_property
    def labour_income(self) -> Array:
        """(n,) value added of all sectors."""
        return cast(Array, np.einsum("nk,kn->n", self.value_added, self.output))

    @cached_property
    def collected(self) -> Array:
        """(n,) duties collected on what each region buys, and export taxes on what it sells."""
        duties = cast(Array, np.einsum("sni,sni->n", self.at_border, self.tariffs))
        if self.export_taxes is None:
            return duties
        return duties + cast(Array, np.einsum("sni,sni->i", self.flows, self.export_taxes))

    @cached_property
    def revenue(self) -> Array:
        """(n,) duties received as income, after the treasuries' sharing rule."""
        names = np.asarray(self.treasuries)
        pool = {t: float(self.collected[names == t].sum()) for t in set(self.treasuries)}
        return cast(Array, self.treasury_shares * np.array([pool[t] for t in self.treasuries]))

    @cached_property
    def final_demand(self) -> Array:
        """(s, n) spending of households and governments."""
        intermediate = np.einsum("nsk,kn->sn", self.inputs, self.output)
        return cast(Array, self.expenditure - intermediate)

    @cached_property
    def income(self) -> Array:
        """(n,) final spending: labour income, duties received and the deficit."""
        return cast(Array, self.final_demand.sum(axis=0))

    @cached_property
    def deficits(self) -> Array:
        """(n,) net transfer received; adds to zero over the world."""
        return self.income - self.labour_income - self.revenue

    @cached_property
    def final_shares(self) -> Array:
        """(s, n) final-demand shares alpha; columns add to one."""
        if self.preferences is not None:
            return self.preferences
        return self.final_demand / self.income

    def region(self, name: str) -> int:
        """Index of a region; an unknown name is an error with the nearest."""
        try:
            return self.regions.index(name)
        except ValueError:
            raise unknown("region", name, self.regions, where=f"world {self.name}") from None

    def members(self, name: str) -> list[int]:
        """Indices of a treasury's regions, or of the one region of that name; errors as of
        `region`.
        """
        found = [n for n, t in enumerate(self.treasuries) if t == name]
        return found or [self.region(name)]

    def sector(self, name: str) -> int:
        """Index of a sector; an unknown name is an error with the nearest."""
        try:
            return self.sectors.index(name)
        except ValueError:
            raise unknown("sector", name, self.sectors, where=f"world {self.name}") from None
