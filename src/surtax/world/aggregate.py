"""Coarser worlds: regions and sectors added up in groups, duties collected kept exactly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from surtax.errors import WorldError, unknown
from surtax.world.world import World

Array = NDArray[np.float64]


def aggregate(
    world: World,
    *,
    regions: Mapping[str, Sequence[str]] | None = None,
    sectors: Mapping[str, Sequence[str]] | None = None,
    name: str = "",
) -> World:
    """The same economy in fewer regions or sectors; what no group names stays as it is.

    Values add up. A tariff becomes the duty collected over the value it falls on, so that every
    region's revenue is exactly what it was; duties among merged regions stay as a tax on what the
    group buys from itself. A group takes regions of one treasury, or whole treasuries.
    Elasticities are means weighted by trade between the new regions.

    Args:
        world: the world.
        regions: members by the name of the group.
        sectors: the same.
        name: of the result; default ``NAME-NxS``.

    Raises:
        UnknownNameError: a member that the world does not have.
        WorldError: a name in two groups or taken, or a group that cuts a treasury and adds
            another.
    """
    R, places = _groups(world.regions, regions or {}, "region", world)
    S, goods = _groups(world.sectors, sectors or {}, "sector", world)
    treasuries, sharing = _treasuries(world, R, places)
    flows = _summed(world.flows, S, R, R)
    taxes, at_border = None, flows
    if world.export_taxes is not None:
        at_border = _summed(world.at_border, S, R, R)
        taxes = np.divide(at_border, flows, out=np.ones_like(flows), where=flows > 0) - 1.0
    duties = _summed(world.at_border * world.tariffs, S, R, R)
    cells = _summed(np.ones_like(world.flows), S, R, R)
    plain = _summed(world.tariffs, S, R, R) / cells
    tariffs = np.divide(duties, at_border, out=plain, where=at_border > 0)
    output = world.output.T
    use = world.inputs * output[:, None, :]
    made = R @ output @ S.T
    count = R.sum(axis=1)[:, None] * S.sum(axis=1)[None, :]
    inputs = np.einsum("an,nsk,ck,bs->abc", R, use, S, S, optimize=True)
    mean = np.einsum("an,nsk,ck,bs->abc", R, world.inputs, S, S, optimize=True)
    shares = np.divide(
        inputs, made[:, None, :], out=mean / count[:, None, :], where=made[:, None, :] > 0
    )
    theta, mixed = _theta(world, S, R)
    preferences = None
    if world.preferences is not None:
        spent = S @ (world.preferences * world.income) @ R.T
        preferences = spent / spent.sum(axis=0)
    said = f"Aggregated from {world.name} ({len(world.regions)} regions, "
    said += f"{len(world.sectors)} sectors)."
    if mixed:
        said += f" Elasticities of {', '.join(goods[b] for b in mixed)} are trade-weighted means."
    merged = (R.T @ R > 0) & ~np.eye(len(world.regions), dtype=bool)
    inside = float((world.at_border * world.tariffs).sum(axis=0)[merged].sum())
    if inside > 0:
        said += f" Duties of {inside:.6g} {world.currency} are now collected inside a group."
    reached = S @ world.traded.astype(float)
    partly = [goods[b] for b in np.flatnonzero((reached > 0) & (reached < S.sum(axis=1)))]
    if partly:
        said += f" Goods and services are together in {', '.join(partly)}."
    coarser = replace(
        world,
        name=name or f"{world.name}-{len(places)}x{len(goods)}",
        regions=places,
        sectors=goods,
        flows=flows,
        tariffs=tariffs,
        inputs=shares,
        value_added=1.0 - shares.sum(axis=1),
        theta=theta,
        treasuries=treasuries,
        treasury_shares=sharing,
        traded=reached > 0,
        notes=(*world.notes, said),
        preferences=preferences,
        export_taxes=taxes,
        customs_to_basic=None,
    )
    if world.customs_to_basic is None:
        return coarser
    ratio = _ratios(world, world.customs_to_basic, R, coarser.union)
    return replace(coarser, customs_to_basic=ratio)


def _groups(
    names: tuple[str, ...], groups: Mapping[str, Sequence[str]], kind: str, world: World
) -> tuple[Array, tuple[str, ...]]:
    """Membership (group, member) and the groups' names, in the order of their first members."""
    of: dict[str, str] = {}
    for group, members in groups.items():
        for member in members:
            if member not in names:
                raise unknown(kind, member, names, where=f"world {world.name}, group {group}")
            if member in of:
                raise WorldError(
                    f"{kind} {member} is in the groups {of[member]} and {group}.",
                    where=f"world {world.name}",
                    mend="Name it once.",
                )
            of[member] = group
    for group in groups:
        if group in names and group not in of:
            raise WorldError(
                f"the group {group} has the name of a {kind} that it does not take.",
                where=f"world {world.name}",
                mend=f"Name {group} among its members, or call the group otherwise.",
            )
    made = tuple(dict.fromkeys(of.get(name, name) for name in names))
    matrix = np.zeros((len(made), len(names)))
    for at, name in enumerate(names):
        matrix[made.index(of.get(name, name)), at] = 1.0
    return matrix, made


def _treasuries(world: World, R: Array, groups: tuple[str, ...]) -> tuple[tuple[str, ...], Array]:
    """Treasury and share of each group."""
    names, sharing = [], np.empty(len(groups))
    for a, group in enumerate(groups):
        members = np.flatnonzero(R[a])
        purses = list(dict.fromkeys(world.treasuries[n] for n in members))
        if len(purses) == 1:
            names.append(purses[0])
            sharing[a] = world.treasury_shares[members].sum()
            continue
        for purse in purses:
            left = [
                r
                for n, (r, t) in enumerate(zip(world.regions, world.treasuries, strict=True))
                if t == purse and n not in members
            ]
            if left:
                raise WorldError(
                    f"the group {group} takes other treasuries and only a part of {purse}.",
                    where=f"world {world.name}",
                    mend=f"Take all of it ({', '.join(left)} are missing), or nothing else.",
                )
        names.append(group)
        sharing[a] = 1.0
    return tuple(names), sharing


def _ratios(world: World, ratio: Array, R: Array, union: NDArray[np.bool_]) -> Array:
    """Basic per customs value of the groups' trade in goods; NaN if a part of it states none."""
    goods = world.flows[world.traded].sum(axis=0)
    basic = R @ goods @ R.T
    customs = R @ np.where(goods > 0, goods / np.where(np.isfinite(ratio), ratio, 1.0), 0.0) @ R.T
    silent = R @ ((goods > 0) & ~np.isfinite(ratio)).astype(float) @ R.T > 0
    made = np.divide(basic, customs, out=np.full_like(basic, np.nan), where=customs > 0)
    return np.where(silent | union, np.nan, made)


def _theta(world: World, S: Array, R: Array) -> tuple[Array, list[int]]:
    """Elasticities of the groups, and the groups in which they differ."""
    same = R.T @ R > 0
    abroad = (world.flows * ~same).sum(axis=(1, 2))
    weight = np.where(S @ abroad > 0, 0.0, 1.0)
    each = S * (abroad + weight @ S * world.flows.sum(axis=(1, 2)))
    each = np.where(each.sum(axis=1)[:, None] > 0, each, S)
    theta = each @ world.theta / each.sum(axis=1)
    mixed = []
    for b in range(len(S)):
        values = world.theta[S[b] > 0]
        if np.ptp(values) > 0:
            mixed.append(b)
        else:
            theta[b] = values[0]
    return theta, mixed


def _summed(array: Array, S: Array, R: Array, Q: Array) -> Array:
    """An array (s, n, i) summed over groups of each axis."""
    return np.asarray(np.einsum("bs,an,ci,sni->bac", S, R, Q, array, optimize=True))
