"""Inter-country input-output tables in one neutral form, whatever file they came in.

An inter-country table lists for every seller (region, sector) what each user (region, sector)
and each region's final demand buys. A world keeps who buys what from whom, and what each
region's industries use, whatever its origin: imports are shared among users by proportion.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from surtax.errors import DataError
from surtax.world.sources.assemble import Label, assemble, floored, imbalance, share
from surtax.world.world import World

Array = NDArray[np.float64]
Cell = tuple[str, str]


@dataclass(frozen=True, eq=False)
class Mrio:
    """An inter-country table as published, negative cells and imbalances included.

    Attributes:
        sellers: (region, sector) of each row.
        users: (region, sector) of each column of ``use``.
        buyers: region of each column of ``final``, one per category of final demand.
        use: (rows, users) intermediate use.
        final: (rows, buyers) final demand, changes in inventories included.
        output: (users,) output stated for each user, the base of its recipe.
        sales: (rows,) output stated for each seller, against which rows are checked.
    """

    sellers: tuple[Cell, ...]
    users: tuple[Cell, ...]
    buyers: tuple[str, ...]
    use: Array
    final: Array
    output: Array
    sales: Array


def world_of(
    table: Mrio, label: Label, *, theta: Array, traded: NDArray[np.bool_], notes: Sequence[str] = ()
) -> World:
    """A balanced world of an inter-country table.

    Negative purchases are set to zero: cell by cell in intermediate use, and in final demand
    after its categories are added up for each seller and buyer. Flows are what is left; rows
    are kept, and recipes are the columns over their stated output.

    Raises:
        DataError: a region without one of the sectors, or a buyer that sells nothing.
        WorldError: the table cannot be balanced.
    """
    said = list(notes)
    regions, sectors = axes(table)
    place = {cell: at for at, cell in enumerate((r, s) for s in sectors for r in regions)}
    S, N = len(sectors), len(regions)
    seller = np.array([place[cell] for cell in table.sellers])
    user = np.array([place[cell] for cell in table.users])
    buyer = np.array([regions.index(region) for region in table.buyers])

    names = [f"{region} {sector}" for region, sector in table.sellers]
    sums = table.use.sum(axis=1) + table.final.sum(axis=1)
    imbalance(sums, table.sales, "Rows", names, said)
    use = floored(table.use, "intermediate use", label.currency, said)
    demand = floored(_added(table.final, buyer, N), "final demand", label.currency, said)
    bought = _added(use, user % N, N) + demand
    flows = np.zeros((S * N, N))
    np.add.at(flows, seller, bought)
    final = np.zeros((S, N))
    np.add.at(final, seller // N, demand)
    total = np.zeros((S, S * N))
    np.add.at(total, seller // N, _added(use, user, S * N))
    stated = np.bincount(user, weights=table.output, minlength=S * N)
    trade = flows.reshape(S, N, N).transpose(0, 2, 1)  # rows sell, so the buyer goes before
    output = trade.sum(axis=1).reshape(-1)
    silent = (stated <= 0) & (output <= 0)
    if silent.any():
        said.append(f"Nothing is produced in {int(silent.sum())} of {S * N} region-sectors.")
    lost = (stated > 0) & (output <= 0)
    if lost.any():
        said.append(
            f"Output without sales is left out in {int(lost.sum())} region-sectors "
            f"({share(np.asarray(stated[lost]), np.asarray(stated))} of output)."
        )
    shares = np.divide(total, stated, out=np.zeros_like(total), where=stated > 0)
    inputs = shares.reshape(S, S, N).transpose(2, 0, 1)
    return assemble(
        label, regions, sectors, flows=trade, inputs=inputs, final=final,
        theta=theta, traded=traded, unknown=(stated <= 0).reshape(S, N).T, notes=said,
    )  # fmt: skip


def axes(table: Mrio) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Regions and sectors in their order of appearance, every pair of which must be there.

    Raises:
        DataError: a seller or a user that is missing, or a buyer that sells nothing.
    """
    regions = tuple(dict.fromkeys(region for region, _ in table.sellers))
    sectors = tuple(dict.fromkeys(sector for _, sector in table.sellers))
    for cells, kind in ((table.sellers, "row"), (table.users, "column")):
        have = set(cells)
        for region in regions:
            for sector in sectors:
                if (region, sector) not in have:
                    raise DataError(
                        f"there is no {kind} for {region}, {sector}.",
                        mend="Every region needs every sector; fetch the whole table.",
                    )
        for region, sector in cells:
            if region not in regions or sector not in sectors:
                raise DataError(
                    f"the {kind} {region}, {sector} has no counterpart among the sellers.",
                    mend="Rows and columns name the same regions and sectors; fetch it anew.",
                )
    for region in table.buyers:
        if region not in regions:
            raise DataError(
                f"final demand is given for {region}, which sells nothing.",
                mend="Rows and columns name the same regions; fetch the whole table.",
            )
    return regions, sectors


def _added(array: Array, group: NDArray[np.intp], count: int) -> Array:
    """Columns of an array added up by group: (rows, count)."""
    from scipy.sparse import csr_matrix

    ones = np.ones(len(group))
    member = csr_matrix((ones, (group, np.arange(len(group)))), shape=(count, len(group)))
    return np.asarray((member @ array.T).T)
