"""The balance report of a world: what does not add up, where, and how much."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from surtax.errors import WorldError
from surtax.world.world import World

Array = NDArray[np.float64]
Severity = Literal["fault", "warning", "note"]

TOLERANCE = 1e-9
"""Relative gap above which an identity is broken."""
LARGE_BALANCE = 0.10
"""A deficit above this share of income is worth a note."""


@dataclass(frozen=True)
class Finding:
    """One thing found in a world.

    Attributes:
        check: the identity or bound looked at.
        where: the cell, region or sector.
        size: how far off, in the unit that ``message`` names.
        severity: ``fault`` (the world cannot be solved), ``warning`` or ``note``.
        message: one sentence.
    """

    check: str
    where: str
    size: float
    severity: Severity
    message: str


def check(world: World) -> list[Finding]:
    """All findings on a world, faults first; no fault means that it balances."""
    order = {"fault": 0, "warning": 1, "note": 2}
    found = [*_bounds(world), *_identities(world), *_customs(world), *_structure(world)]
    return sorted(found, key=lambda f: order[f.severity])


def require(world: World) -> World:
    """The same world, if it balances.

    Raises:
        WorldError: the first fault, naming its cell.
    """
    faults = [f for f in check(world) if f.severity == "fault"]
    if faults:
        more = f" {len(faults) - 1} more faults." if len(faults) > 1 else ""
        raise WorldError(
            faults[0].message,
            where=f"world {world.name}, {faults[0].where}",
            mend=f"Mend the table and load it again.{more}",
        )
    return world


def _bounds(w: World) -> Iterator[Finding]:
    """Signs and ranges of the given arrays, worst cell of each."""
    s, n, k = w.sectors, w.regions, w.sectors
    given = (
        ("flow", w.flows, (s, n, n), np.inf),
        ("tariff", w.tariffs, (s, n, n), np.inf),
        ("input share", w.inputs, (n, s, k), 1.0),
        ("value-added share", w.value_added, (n, k), 1.0),
        ("treasury share", w.treasury_shares, (n,), 1.0 + TOLERANCE),
    )
    for name, array, axes, top in given:
        if not np.isfinite(array).all():
            where = _cell(~np.isfinite(array), axes)
            yield Finding(f"{name} is a number", where, np.nan, "fault", f"A {name} is missing.")
        elif array.min() < 0:
            where = _cell(array == array.min(), axes)
            size = float(array.min())
            yield Finding(f"no negative {name}", where, size, "fault", f"A {name} is {size:.6g}.")
        elif array.max() > top:
            where = _cell(array == array.max(), axes)
            size = float(array.max())
            text = f"A {name} is {size:.6g}, above one."
            yield Finding(f"{name} at most one", where, size, "fault", text)
    for j in np.flatnonzero(~(w.theta > 0)):
        text = f"The trade elasticity is {w.theta[j]:.6g}; it must be above zero."
        yield Finding("elasticity above zero", s[j], float(w.theta[j]), "fault", text)


def _identities(w: World) -> Iterator[Finding]:
    """Columns, rows, deficits and the mirror of trade."""
    unit = w.inputs.sum(axis=1) + w.value_added
    gap = np.where(w.output.T > 0, np.abs(unit - 1.0), 0.0)
    if gap.max() > TOLERANCE:
        n, k = np.unravel_index(int(gap.argmax()), gap.shape)
        text = f"Inputs and value added make {unit[n, k]:.9g} of output, not one."
        where = f"{w.regions[n]}, {w.sectors[k]}"
        yield Finding("va + inputs = 1", where, float(gap[n, k]), "fault", text)
    short = np.divide(
        w.final_demand, w.expenditure, out=np.zeros_like(w.flows[:, :, 0]), where=w.expenditure > 0
    )
    if short.min() < -TOLERANCE or w.final_demand[w.expenditure <= 0].min(initial=0) < 0:
        at = np.where(w.expenditure > 0, short, w.final_demand)
        j, n = np.unravel_index(int(at.argmin()), at.shape)
        size = float(w.final_demand[j, n])
        text = f"Inputs used exceed what is bought by {-size:.6g} {w.currency}."
        where = f"{w.regions[n]}, {w.sectors[j]}"
        severity: Severity = "fault" if w.preferences is None else "warning"
        yield Finding("uses meet expenditure", where, size, severity, text)
    scale = float(w.expenditure.sum())
    total = float(w.deficits.sum())
    if abs(total) > TOLERANCE * scale:
        text = f"Deficits add to {total:.6g} {w.currency}, not zero."
        yield Finding("deficits add to zero", "all regions", total, "fault", text)
    imports, exports = w.at_border.sum(axis=(0, 2)), w.at_border.sum(axis=(0, 1))
    mirror = w.deficits - (imports - exports + w.collected - w.revenue)
    if np.abs(mirror).max() > TOLERANCE * scale:
        worst = int(np.abs(mirror).argmax())
        text = f"The deficit is not purchases less sales; they differ by {mirror[worst]:.6g}."
        yield Finding("mirrored trade", w.regions[worst], float(mirror[worst]), "fault", text)


def _customs(w: World) -> Iterator[Finding]:
    """Duties inside a customs union, and duties on what customs cannot reach."""
    names = np.asarray(w.treasuries)
    inside = (names[:, None] == names[None, :])[None] & (w.tariffs > 0)
    axes = (w.sectors, w.regions, w.regions)
    if inside.any():
        size = float(w.tariffs[inside].max())
        text = f"A duty of {size:.2%} between two regions of one treasury."
        yield Finding("no duty inside a union", _cell(inside, axes), size, "fault", text)
    beyond = (~w.traded)[:, None, None] & (w.tariffs > 0)
    if beyond.any():
        size = float(w.tariffs[beyond].max())
        text = f"A customs duty of {size:.2%} on a sector that is not goods."
        yield Finding("duties on goods only", _cell(beyond, axes), size, "warning", text)


def _structure(w: World) -> Iterator[Finding]:
    """Sectors without output or trade, and large balances: worth knowing, not wrong."""
    abroad = w.flows * (1.0 - np.eye(len(w.regions)))
    sells, buys = abroad.sum(axis=1), abroad.sum(axis=2)
    for j, n in np.argwhere(w.output <= 0):
        where = f"{w.regions[n]}, {w.sectors[j]}"
        yield Finding("output", where, 0.0, "note", "Nothing is produced here.")
    for j, n in np.argwhere((sells <= 0) & (buys <= 0)):
        where = f"{w.regions[n]}, {w.sectors[j]}"
        yield Finding("trade", where, 0.0, "note", "Nothing is bought from or sold to others.")
    share = w.deficits / w.income
    for n in np.flatnonzero(np.abs(share) > LARGE_BALANCE):
        side = "deficit" if share[n] > 0 else "surplus"
        text = f"The {side} is {abs(share[n]):.0%} of spending ({w.deficits[n]:.4g} {w.currency})."
        yield Finding("balance", w.regions[n], float(w.deficits[n]), "note", text)


def _cell(mask: NDArray[np.bool_], axes: tuple[tuple[str, ...], ...]) -> str:
    """Names of the first true cell."""
    at = np.argwhere(mask)[0]
    return ", ".join(axis[i] for axis, i in zip(axes, at, strict=True))
