"""Checks of what a caller asks the economy to solve; each refusal says where and how to mend."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

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
    if not 0.0 < tol <= LOOSEST:
        raise WorldError(
            f"the tolerance is {tol:g}.",
            mend=f"Give the largest gap allowed in logs, above zero and at most {LOOSEST:g}.",
        )


def _numbers(name: str, values: Array | None, world: World) -> Array | None:
    """What was given as floats; None stays None."""
    try:
        return None if values is None else np.asarray(values, dtype=float)
    except (TypeError, ValueError):
        raise WorldError(
            f"{name} are no array of numbers.",
            where=f"world {world.name}",
            mend="Give a NumPy array, or lists of equal lengths.",
        ) from None


def checked_shock(
    world: World,
    tariffs: Array | None,
    trade_costs: Array | None,
    treasury_shares: Array | None,
    extra_transfers: Array | None,
    export_taxes: Array | None = None,
) -> Instruments:
    """Validate a shock; what is not given stays as in the benchmark."""
    shape = world.flows.shape
    place = f"world {world.name}"
    new = _numbers("tariffs", tariffs, world)
    tariffs = world.tariffs if new is None else new
    trade_costs = _numbers("trade costs", trade_costs, world)
    levied = _numbers("export taxes", export_taxes, world)
    export_taxes = world.export_taxes if levied is None else levied
    given = (("tariffs", tariffs), ("trade costs", trade_costs), ("export taxes", export_taxes))
    for name, array in given:
        if array is not None and array.shape != shape:
            raise WorldError(
                f"{name} have shape {array.shape}, the world needs {shape}.",
                where=place,
                mend="Give one value per sector, destination and origin.",
            )
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
    N = len(world.regions)
    own = _numbers("treasury shares", treasury_shares, world)
    shares = world.treasury_shares if own is None else own
    if shares.shape != (N,):
        raise WorldError(
            f"treasury shares have shape {shares.shape}, not ({N},).",
            where=place,
            mend="Give one share per region.",
        )
    if own is not None:
        if (shares < 0.0).any():
            n = int(np.argmin(shares))
            raise WorldError(
                f"the treasury share of {world.regions[n]} is {shares[n]:.6g}.",
                where=place,
                mend="Shares are zero or more and add to one within a treasury.",
            )
        check_treasuries(world, shares)
    gift = _numbers("extra transfers", extra_transfers, world)
    extra = np.zeros(N) if gift is None else gift
    if extra.shape != (N,) or not abs(extra.sum()) <= 1e-9 * world.labour_income.sum():
        raise WorldError(
            f"extra transfers add to {extra.sum():.6g} over {extra.size} regions.",
            where=place,
            mend=f"Give {N} amounts that add to zero: what one receives another pays.",
        )
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
