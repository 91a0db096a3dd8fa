"""The balance report of a world: what does not add up, where, and how much."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from surtax.errors import WorldError
from surtax.units import percent
from surtax.world.world import World

Array = NDArray[np.float64]
Severity = Literal["fault", "warning", "note"]

TOLERANCE = 1e-9
"""Relative gap above which an identity is broken."""
LARGE_BALANCE = 0.10
"""A deficit above this share of income is worth a note."""
SMALL_SHARE = 0.02
"""A value-added share below this is implausible."""
LARGE_INPUT = 0.80
"""A single input above this share of output is implausible."""
ALL_ABROAD = 0.99
"""Spending on a sector of which more than this share comes from other regions is implausible."""


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
    parts = (_bounds, _identities, _customs, _shares, _structure)
    found = [finding for part in parts for finding in part(world)]
    return sorted(found, key=lambda f: order[f.severity])


def counts(findings: Iterable[Finding]) -> dict[Severity, int]:
    """How many findings there are of each severity."""
    made: dict[Severity, int] = {"fault": 0, "warning": 0, "note": 0}
    for finding in findings:
        made[finding.severity] += 1
    return made


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


def treasury_off(world: World, shares: Array) -> tuple[int, float] | None:
    """Where shares (n,) of treasuries' duties add up worst, and to what; None if all make one.

    The tolerance is that of rounding a sum: a duty that nobody receives is no datum.
    """
    whole = world.union @ shares
    gap = np.abs(whole - 1.0)
    if gap.max() <= TOLERANCE:
        return None
    region = int(gap.argmax())
    return region, float(whole[region])


def _bounds(w: World) -> Iterator[Finding]:
    """Signs and ranges of the given arrays, worst cell of each."""
    s, n, k = w.sectors, w.regions, w.sectors
    given = (
        ("flow", w.flows, (s, n, n), np.inf),
        ("tariff", w.tariffs, (s, n, n), np.inf),
        ("input share", w.inputs, (n, s, k), 1.0),
        ("value-added share", w.value_added, (n, k), 1.0),
        ("treasury share", w.treasury_shares, (n,), 1.0 + TOLERANCE),
        ("price after export tax", _after(w.export_taxes), (s, n, n), np.inf),
        ("final-demand share", w.preferences, (s, n), 1.0 + TOLERANCE),
        ("customs ratio", _stated(w.customs_to_basic), (n, n), np.inf),
    )
    for name, array, axes, top in given:
        if array is None:
            continue
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
    for j in np.flatnonzero(~((w.theta > 0) & np.isfinite(w.theta))):
        text = f"The trade elasticity is {w.theta[j]:.6g}; it must be a number above zero."
        yield Finding("elasticity above zero", s[j], float(w.theta[j]), "fault", text)


def _after(taxes: Array | None) -> Array | None:
    """What a buyer pays for one unit at the border; a tax below nothing is a subsidy."""
    return None if taxes is None else 1.0 + taxes


def _stated(ratio: Array | None) -> Array | None:
    """Customs ratios with a one where none is stated."""
    return None if ratio is None else np.where(np.isnan(ratio), 1.0, ratio)


def _identities(w: World) -> Iterator[Finding]:
    """Columns, rows, shares of treasuries, deficits and the mirror of trade."""
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
    if off := treasury_off(w, w.treasury_shares):
        r, whole = off
        text = f"The shares of {w.treasuries[r]}'s duties add to {whole:.12g}, not one."
        yield Finding("shares of a treasury", w.regions[r], whole, "fault", text)
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
    own = np.eye(len(w.regions), dtype=bool)
    within = (w.union & ~own)[None]
    inside = within & (w.tariffs > 0)
    axes = (w.sectors, w.regions, w.regions)
    merged = own[None] & (w.tariffs > 0)
    if merged.any():
        size = float((w.tariffs * w.flows)[merged].sum())
        text = f"Duties of {size:.6g} {w.currency} inside a region: its parts had a border."
        yield Finding("no duty inside a region", _cell(merged, axes), size, "note", text)
    if inside.any():
        size = float(w.tariffs[inside].max())
        text = f"A duty of {percent(size, 2)} between two regions of one treasury."
        yield Finding("no duty inside a union", _cell(inside, axes), size, "fault", text)
    beyond = (~w.traded)[:, None, None] & (w.tariffs > 0)
    if beyond.any():
        size = float(w.tariffs[beyond].max())
        text = f"A customs duty of {percent(size, 2)} on a sector that is not goods."
        yield Finding("duties on goods only", _cell(beyond, axes), size, "warning", text)


def _shares(w: World) -> Iterator[Finding]:
    """Shares that a table may have and an economy hardly does."""
    made = w.output.T > 0
    for n, k in np.argwhere(made & (w.value_added < SMALL_SHARE)):
        share = float(w.value_added[n, k])
        where = f"{w.regions[n]}, {w.sectors[k]}"
        text = f"Value added is {percent(share, 2)} of output."
        yield Finding("implausible share", where, share, "warning", text)
    largest = w.inputs.max(axis=1)
    for n, k in np.argwhere(made & (largest > LARGE_INPUT)):
        share, s = float(largest[n, k]), int(w.inputs[n, :, k].argmax())
        where = f"{w.regions[n]}, {w.sectors[k]}"
        text = f"{percent(share, 0)} of output is spent on {w.sectors[s]} alone."
        yield Finding("implausible share", where, share, "warning", text)
    own = np.diagonal(w.shares, axis1=1, axis2=2)
    for s, n in np.argwhere((w.expenditure > 0) & (w.output > 0) & (own < 1.0 - ALL_ABROAD)):
        share = 1.0 - float(own[s, n])
        where = f"{w.regions[n]}, {w.sectors[s]}"
        text = (
            f"{percent(share)} of what is bought comes from other regions, though it is made here."
        )
        yield Finding("implausible share", where, share, "note", text)


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
        size = f"{percent(abs(share[n]), 0)} of spending"
        text = f"The {side} is {size} ({w.deficits[n]:,.6g} {w.currency})."
        yield Finding("balance", w.regions[n], float(w.deficits[n]), "note", text)


def _cell(mask: NDArray[np.bool_], axes: tuple[tuple[str, ...], ...]) -> str:
    """Names of the first true cell."""
    at = np.argwhere(mask)[0]
    return ", ".join(axis[i] for axis, i in zip(axes, at, strict=True))
