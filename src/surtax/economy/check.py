"""Checks of what a caller asks the economy to solve; each refusal says where and how to mend."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from surtax.economy.arrays import FLOW, finite, number, numbers, shaped
from surtax.economy.equations import over_sellers
from surtax.economy.problem import Instruments
from surtax.economy.soundness import check_treasuries
from surtax.errors import WorldError
from surtax.world.world import Array, World

LOOSEST = 1e-4
"""Logs. A gap beyond this is no solution: figures are read to a hundredth of a per cent."""


def _at(world: World, where: NDArray[np.bool_]) -> str:
    """The first flagged (s, n, i) cell in words."""
    s, n, i = (int(v) for v in np.argwhere(where)[0])
    return f"world {world.name}, {world.sectors[s]}, {world.regions[i]} into {world.regions[n]}"


def check_tolerance(tol: float) -> None:
    """Refuse a tolerance at which nothing is solved, or at which anything is."""
    if not 0.0 < number("the tolerance", tol) <= LOOSEST:
        raise WorldError(
            f"the tolerance is {tol:g}.",
            mend=f"Give the largest gap allowed in logs, above zero and at most {LOOSEST:g}.",
        )


def check_balanced(transfers: Array, world: World) -> None:
    """Refuse transfers (n,) that do not add to zero, as a part of the world's labour income."""
    if not abs(transfers.sum()) <= 1e-9 * world.labour_income.sum():
        raise WorldError(
            f"transfers add to {transfers.sum():.6g} over {transfers.size} regions.",
            where=f"world {world.name}",
            mend="Give amounts that add to zero: what one receives another pays.",
        )


def checked_start(world: World, start: Array | None) -> Array | None:
    """Refuse log hats to start from that are no solution's of a world as large.

    All closures have a wage a region, and a price and spending a cell; some have a premium a cell,
    some a payroll factor a region besides.
    """
    if start is None:
        return None
    place, name = f"world {world.name}", "log hats to start from"
    regions, cells = len(world.regions), len(world.regions) * len(world.sectors)
    made, least = numbers(name, start, place), regions + 2 * cells
    more = (0, cells, regions, cells + regions)
    if made.ndim != 1 or made.size - least not in more:
        raise WorldError(
            f"{name} have shape {made.shape}, not ({least},).",
            where=place,
            mend="Give the unknowns of a solution of a world with as many regions and sectors.",
        )
    return finite(name, made, place)


def checked_shock(
    world: World,
    tariffs: Array | None,
    trade_costs: Array | None,
    treasury_shares: Array | None,
    extra_transfers: Array | None,
    export_taxes: Array | None = None,
) -> Instruments:
    """Validate a shock; what is not given stays as in the benchmark."""
    place = f"world {world.name}"

    def given(name: str, values: Array | None, shape: tuple[int, ...], per: str) -> Array | None:
        return None if values is None else shaped(name, values, shape, per, place)

    cells, regions = world.flows.shape, (len(world.regions),)
    new = given("tariffs", tariffs, cells, FLOW)
    tariffs = world.tariffs if new is None else new
    trade_costs = given("trade costs", trade_costs, cells, FLOW)
    levied = given("export taxes", export_taxes, cells, FLOW)
    export_taxes = world.export_taxes if levied is None else levied
    if not tariffs.min() > -1.0:  # the least of an array with a NaN is NaN
        bad = ~(tariffs > -1.0)
        raise WorldError(
            "a tariff is not a number above −100 %.",
            where=_at(world, bad),
            mend="Give ad valorem rates as fractions; infinity prohibits the flow.",
        )
    if export_taxes is not None:
        bad = ~((export_taxes > -1.0) & np.isfinite(export_taxes))
        if bad.any():
            raise WorldError(
                "an export tax is not a finite number above −100 %.",
                where=_at(world, bad),
                mend="Give ad valorem rates as fractions; an infinite tariff prohibits a flow.",
            )
    if trade_costs is not None:
        bad = ~((trade_costs > 0.0) & np.isfinite(trade_costs))
        if bad.any():
            raise WorldError(
                "a trade-cost hat is not a positive number.",
                where=_at(world, bad),
                mend="Give the new cost over the old one; 1 means no change.",
            )
    own = given("treasury shares", treasury_shares, regions, "region")
    shares = world.treasury_shares if own is None else own
    if own is not None:
        if (shares < 0.0).any():
            n = int(np.argmin(shares))
            raise WorldError(
                f"the treasury share of {world.regions[n]} is {shares[n]:.6g}.",
                where=place,
                mend="Shares are zero or more and add to one within a treasury.",
            )
        check_treasuries(world, shares)
    gift = given("transfers", extra_transfers, regions, "region")
    extra = np.zeros(regions) if gift is None else gift
    check_balanced(extra, world)
    return Instruments(tariffs, export_taxes, trade_costs, shares, extra)


def bare(world: World, A: Array) -> NDArray[np.bool_]:
    """(...,): whether A (..., s, n, i) leaves any buyer of something without a supplier."""
    return np.asarray(_unsupplied(world, A).any(axis=(-1, -2)))


def _unsupplied(world: World, A: Array) -> NDArray[np.bool_]:
    """(..., s, n): what is bought and has no supplier left."""
    left = over_sellers(A, np.ones(A.shape[-3::2]))
    return np.asarray((left <= 0.0) & (world.expenditure > 0.0))


def check_suppliers(world: World, A: Array) -> None:
    """Refuse a shock that leaves a buyer of something without any supplier; A is (s, n, i)."""
    missing = _unsupplied(world, A)
    if missing.any():
        s, n = (int(v) for v in np.argwhere(missing)[0])
        raise WorldError(
            f"{world.regions[n]} buys {world.sectors[s]} and every supplier is prohibited.",
            where=f"world {world.name}",
            mend="Leave one origin open; with none the price has no finite value.",
        )
