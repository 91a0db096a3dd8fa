"""Whether a world can be solved at all; each refusal names the cell and the mend.

The world room reports everything worth knowing about a table; here stands only what the
equations need, so that a counterfactual with odd taxes is still a benchmark.
"""

from __future__ import annotations

from weakref import WeakSet

import numpy as np
from numpy.typing import NDArray

from surtax.economy.arrays import of_kind
from surtax.errors import WorldError
from surtax.world.check import treasury_off
from surtax.world.world import Array, World

# Relative gap above which an identity is broken: rounding of published shares, not of floats.
_TOLERANCE = 1e-7
# Published input-output tables carry a few negative uses (stocks, by-products), this small.
_NEGATIVE_INPUT = -0.01

_SOUND: WeakSet[World] = WeakSet()
"""Worlds found sound; each is looked through once."""


def check_is_world(given: object) -> None:
    """Refuse what is no world at all.

    Raises:
        WorldError: it is none, a world's name among them.
    """
    of_kind("a world", given, World, "Give a World, as load makes.")


def check_world(world: World) -> None:
    """Refuse a world that is no benchmark.

    Raises:
        WorldError: the first thing found, worst of its kind, with its cell.
    """
    check_is_world(world)
    if world not in _SOUND:
        _shapes(world)
        _numbers(world)
        _shares(world)
        _accounts(world)
        _connected(world)
        _SOUND.add(world)


def check_treasuries(w: World, shares: Array) -> None:
    """Refuse treasury shares (n,) that do not add to one within each treasury.

    Raises:
        WorldError: names the treasury.
    """
    if off := treasury_off(w, shares):
        n, total = off
        raise _refuse(
            w,
            f"the shares of treasury {w.treasuries[n]} add to {total:.12g}.",
            "",
            "They must add to one, or duties vanish.",
        )


def _refuse(world: World, what: str, cell: str, mend: str) -> WorldError:
    return WorldError(what, where=f"world {world.name}, {cell}" if cell else world.name, mend=mend)


def _shapes(w: World) -> None:
    N, S = len(w.regions), len(w.sectors)
    if not (N and S):
        raise _refuse(w, f"it has {N} regions and {S} sectors.", "", "Give at least one of each.")
    if len(w.treasuries) != N:
        raise _refuse(
            w, f"it has {len(w.treasuries)} treasuries.", "", f"Name one for each of {N} regions."
        )
    given: tuple[tuple[str, Array | None, tuple[int, ...]], ...] = (
        ("flows", w.flows, (S, N, N)),
        ("tariffs", w.tariffs, (S, N, N)),
        ("export taxes", w.export_taxes, (S, N, N)),
        ("input shares", w.inputs, (N, S, S)),
        ("value-added shares", w.value_added, (N, S)),
        ("elasticities", w.theta, (S,)),
        ("treasury shares", w.treasury_shares, (N,)),
        ("preferences", w.preferences, (S, N)),
    )
    for name, array, shape in given:
        if array is not None and not isinstance(array, np.ndarray):
            raise _refuse(w, f"{name} are no NumPy array.", "", "Give np.array(…) of them.")
        if array is not None and array.shape != shape:
            raise _refuse(
                w,
                f"{name} have shape {array.shape}, not {shape}.",
                "",
                f"Give them for {S} sectors and {N} regions, axes as in the docstring of World.",
            )


def _numbers(w: World) -> None:
    """Missing numbers and impossible signs."""
    pairs = (w.sectors, w.regions, w.regions)
    users = (w.regions, w.sectors, w.sectors)
    given: tuple[tuple[str, Array | None, float, tuple[tuple[str, ...], ...]], ...] = (
        ("a flow", w.flows, 0.0, pairs),
        ("a tariff", w.tariffs, -1.0, pairs),
        ("an export tax", w.export_taxes, -1.0, pairs),
        ("an input share", w.inputs, _NEGATIVE_INPUT, users),
        ("a value-added share", w.value_added, 0.0, users[:2]),
        ("a treasury share", w.treasury_shares, 0.0, (w.regions,)),
        ("a final-demand share", w.preferences, 0.0, pairs[:2]),
    )
    for name, array, least, axes in given:
        if array is None:
            continue
        if not np.isfinite(array).all():
            cell = _cell(~np.isfinite(array), axes)
            raise _refuse(w, f"{name} is no number.", cell, "Fill the cell or leave it zero.")
        low = array <= least if least == -1.0 else array < least
        if low.any():
            cell = _cell(array == array.min(), axes)
            limit = "above −100 %" if least == -1.0 else "zero or more"
            raise _refuse(w, f"{name} is {array.min():.6g}.", cell, f"It must be {limit}.")
    bad = ~((w.theta > 0) & np.isfinite(w.theta))
    if bad.any():
        k = int(np.argmax(bad))
        missing = np.isnan(w.theta[k])
        what = "has no trade elasticity" if missing else f"has trade elasticity {w.theta[k]:.6g}"
        mend = "Give one above zero; zero would make a duty change nothing."
        raise _refuse(w, f"{w.sectors[k]} {what}.", w.sectors[k], mend)


def _shares(w: World) -> None:
    """Shares that must add to one."""
    unit = w.inputs.sum(axis=1) + w.value_added
    gap = np.where(w.output.T > 0, np.abs(unit - 1.0), 0.0)
    if gap.max() > _TOLERANCE:
        n, k = map(int, np.unravel_index(int(gap.argmax()), gap.shape))
        raise _refuse(
            w,
            f"inputs and value added make {unit[n, k]:.9g} of output.",
            f"{w.regions[n]}, {w.sectors[k]}",
            "They must add to one: divide the column by its sum, or mend the cell.",
        )
    check_treasuries(w, w.treasury_shares)
    if w.preferences is not None:
        total_shares = w.preferences.sum(axis=0)
        n = int(np.argmax(np.abs(total_shares - 1.0)))
        if abs(total_shares[n] - 1.0) > _TOLERANCE:
            raise _refuse(
                w,
                f"final-demand shares add to {total_shares[n]:.9g}.",
                w.regions[n],
                "Divide them by their sum.",
            )


def _accounts(w: World) -> None:
    """Regions that earn and spend, and uses that what is bought can meet."""
    for what, amounts in (("earns nothing", w.labour_income), ("has no final demand", w.income)):
        if (amounts <= 0).any():
            n = int(np.argmin(amounts))
            raise _refuse(
                w,
                f"{w.regions[n]} {what} ({amounts[n]:.6g} {w.currency}).",
                w.regions[n],
                "Leave the region out, or mend its sales, purchases and inputs.",
            )
    if w.preferences is None:
        scale = np.maximum(w.expenditure, _TOLERANCE * w.income)
        short = w.final_demand / scale
        if short.min() < -_TOLERANCE:
            s, n = map(int, np.unravel_index(int(short.argmin()), short.shape))
            raise _refuse(
                w,
                f"industries use {-w.final_demand[s, n]:.6g} {w.currency} more than is bought.",
                f"{w.regions[n]}, {w.sectors[s]}",
                "The world does not balance: lower the input shares or raise the flows.",
            )


def _connected(w: World) -> None:
    """Groups of regions that do not buy from each other have wages that nothing compares."""
    reach = (w.flows.sum(axis=0) > 0) | np.eye(len(w.regions), dtype=bool)
    while ((further := reach @ reach) != reach).any():
        reach = further
    _, group = np.unique(reach & reach.T, axis=0, return_inverse=True)
    if group.any():
        smallest = group[np.argmin(np.bincount(group)[group])]
        apart = [w.regions[n] for n in np.flatnonzero(group == smallest)]
        raise _refuse(
            w,
            f"no money flows both ways, directly or through others, between {', '.join(apart)} "
            "and the other regions.",
            apart[0],
            "Give the missing flows, or solve the groups as worlds of their own.",
        )


def _cell(mask: NDArray[np.bool_], axes: tuple[tuple[str, ...], ...]) -> str:
    """Names of the first true cell."""
    at = np.argwhere(mask)[0]
    return ", ".join(axis[i] for axis, i in zip(axes, at, strict=True))
