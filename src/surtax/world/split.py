"""Finer worlds: a region or a sector in parts, by shares, balanced without fitting anything.

A part of a region makes its shares of what the region made, by the region's recipes, and buys
what its industries and households use; suppliers and customers are shared by proportion. A part
of a sector is made by each region in its share, bought where its makers sold, and used by all
users of the sector alike. Parts in equal shares give the solutions of the whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from surtax.errors import WorldError, unknown
from surtax.world.world import World

Array = NDArray[np.float64]
Shares = Mapping[str, float | Mapping[str, float]]


def split_region(world: World, region: str, into: Shares, *, name: str = "") -> World:
    """The world with one region in parts of the same treasury.

    Args:
        world: the world.
        region: the region to split.
        into: for each part its share of output, one number or one by sector.
        name: of the result; default the world's.

    Raises:
        UnknownNameError: no such region or sector.
        WorldError: shares that do not add to one, or a name that is taken.
    """
    n = world.region(region)
    parts = _parts(into, world.regions, region, world)
    made = _shares(into, world.sectors, "sector", world)  # (part, s)
    output = made * world.output[:, n]
    earned = output @ world.value_added[n]
    final = (earned / earned.sum())[:, None] * world.final_demand[:, n]
    wants = output @ world.inputs[n].T + final
    whole = world.expenditure[:, n]
    bought = np.divide(wants, whole, out=made.copy(), where=whole > 0)  # (part, s)
    at = [i for i in range(len(world.regions)) for _ in (parts if i == n else (0,))]
    first, P = n, len(parts)
    buys, sells = np.ones((len(at), len(world.sectors))), np.ones((len(at), len(world.sectors)))
    buys[first : first + P], sells[first : first + P] = bought, made
    flows = world.flows[:, at][:, :, at] * buys.T[:, :, None] * sells.T[:, None, :]
    sharing = world.treasury_shares[at].copy()
    sharing[first : first + P] *= earned / earned.sum()
    regions = (*world.regions[:n], *parts, *world.regions[n + 1 :])
    preferences = None if world.preferences is None else world.preferences[:, at]
    ratio, taxes = world.customs_to_basic, world.export_taxes
    return replace(
        world,
        name=name or world.name,
        regions=regions,
        flows=flows,
        tariffs=world.tariffs[:, at][:, :, at],
        inputs=world.inputs[at],
        value_added=world.value_added[at],
        treasuries=tuple(world.treasuries[i] for i in at),
        treasury_shares=sharing,
        notes=(*world.notes, _said(region, parts, made)),
        preferences=preferences,
        customs_to_basic=None if ratio is None else ratio[at][:, at],
        export_taxes=None if taxes is None else taxes[:, at][:, :, at],
    )


def split_sector(world: World, sector: str, into: Shares, *, name: str = "") -> World:
    """The world with one sector in parts of the same elasticity and recipe.

    Args:
        world: the world.
        sector: the sector to split.
        into: for each part its share of what the sector sells, one number or one by origin.
        name: of the result; default the world's.

    Raises:
        UnknownNameError: no such sector or region.
        WorldError: shares that do not add to one, or a name that is taken.
    """
    s = world.sector(sector)
    parts = _parts(into, world.sectors, sector, world)
    made = _shares(into, world.regions, "region", world)  # (part, i)
    P = len(parts)
    spent = world.at_border[s] * (1.0 + world.tariffs[s])  # (n, i)
    whole = spent.sum(axis=1)
    bought = np.divide(made @ spent.T, whole, out=made.copy(), where=whole > 0)  # (part, n)
    at = [k for k in range(len(world.sectors)) for _ in (parts if k == s else (0,))]
    flows = world.flows[at].copy()
    flows[s : s + P] *= made[:, None, :]
    inputs = world.inputs[:, at][:, :, at].copy()
    inputs[:, s : s + P, :] *= bought.T[:, :, None]
    preferences = None
    if world.preferences is not None:
        preferences = world.preferences[at].copy()
        preferences[s : s + P] *= bought
    return replace(
        world,
        name=name or world.name,
        sectors=(*world.sectors[:s], *parts, *world.sectors[s + 1 :]),
        flows=flows,
        tariffs=world.tariffs[at],
        inputs=inputs,
        value_added=world.value_added[:, at],
        theta=world.theta[at],
        traded=world.traded[at],
        export_taxes=None if world.export_taxes is None else world.export_taxes[at],
        notes=(*world.notes, _said(sector, parts, made)),
        preferences=preferences,
    )


def _parts(into: Shares, names: tuple[str, ...], whole: str, world: World) -> tuple[str, ...]:
    """Names of the parts, none of them taken."""
    if len(into) < 2:
        raise WorldError(
            f"{whole} is split into {len(into)} parts.",
            where=f"world {world.name}",
            mend="Name at least two, each with its share.",
        )
    for part in into:
        if part in names and part != whole:
            raise WorldError(
                f"the name {part} is taken.", where=f"world {world.name}", mend="Choose another."
            )
    return tuple(into)


def _shares(into: Shares, names: tuple[str, ...], kind: str, world: World) -> Array:
    """(part, name) shares, adding to one for every name."""
    made = np.zeros((len(into), len(names)))
    for p, (part, given) in enumerate(into.items()):
        if not isinstance(given, Mapping):
            made[p] = given
            continue
        for key, value in given.items():
            if key not in names:
                raise unknown(kind, key, names, where=f"world {world.name}, part {part}")
            made[p, names.index(key)] = value
    total = made.sum(axis=0)
    wrong = ~(np.abs(total - 1.0) <= 1e-9) | (made < 0).any(axis=0)
    if wrong.any():
        at = int(np.argmax(wrong))
        raise WorldError(
            f"the shares of {', '.join(into)} for {names[at]} are "
            f"{', '.join(f'{v:g}' for v in made[:, at])}; they add to {total[at]:.6g}.",
            where=f"world {world.name}",
            mend="Shares are zero or more and add to one.",
        )
    return np.asarray(made / total)


def _said(whole: str, parts: tuple[str, ...], made: Array) -> str:
    """The note on a split."""
    shares = ", ".join(
        f"{part} {row[0]:.4g}" if np.ptp(row) == 0 else f"{part} {row.min():.4g} to {row.max():.4g}"
        for part, row in zip(parts, made, strict=True)
    )
    return f"{whole} split by shares ({shares}); recipes, tariffs and elasticities are the whole's."
