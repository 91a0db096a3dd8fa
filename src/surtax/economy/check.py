"""Checks of what a caller asks the economy to solve; each refusal says where and how to mend."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from surtax.economy.equations import over_sellers
from surtax.economy.problem import Instruments
from surtax.economy.soundness import check_treasuries
from surtax.errors import WorldError
from surtax.world.world import Array, World


def _at(world: World, where: NDArray[np.bool_]) -> str:
    """The first flagged (s, n, i) cell in words."""
    s, n, i = (int(v) for v in np.argwhere(where)[0])
    return f"world {world.name}, {world.sectors[s]}, {world.regions[i]} into {world.regions[n]}"


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
    tariffs = world.tariffs if tariffs is None else np.asarray(tariffs, dtype=float)
    export_taxes = world.export_taxes if export_taxes is None else np.asarray(export_taxes)
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
    shares = world.treasury_shares if treasury_shares is None else np.asarray(treasury_shares)
    if shares.shape != (N,):
        raise WorldError(f"treasury shares have shape {shares.shape}, not ({N},).", where=place)
    if treasury_shares is not None:
        check_treasuries(world, shares)
    extra = np.zeros(N) if extra_transfers is None else np.asarray(extra_transfers, dtype=float)
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
