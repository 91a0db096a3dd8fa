"""From the tables of a source to a balanced world, each step of cleaning logged with its size.

Loaders hand over flows, recipes of production and final use as published; the recipes are made
to add to one, and inputs and final use are fitted to trade (`surtax.world.balance.rebalance`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from surtax.units import percent
from surtax.world.balance import rebalance
from surtax.world.check import require
from surtax.world.world import World

Array = NDArray[np.float64]

ROUNDING = 1e-6
"""Gaps of a recipe's sum to one below this are rounding of the source, and are not listed."""
WORTH_NAMING = 0.001
"""Regions whose uses move by more than this share are named."""


@dataclass(frozen=True)
class Label:
    """The words of a world: what it is called, its money, and where it is from."""

    name: str
    currency: str
    basis: str
    sources: tuple[str, ...]


def assemble(
    label: Label,
    regions: Sequence[str],
    sectors: Sequence[str],
    *,
    flows: Array,
    inputs: Array,
    final: Array,
    theta: Array,
    traded: NDArray[np.bool_],
    tariffs: Array | None = None,
    unknown: NDArray[np.bool_] | None = None,
    treasuries: Sequence[str] = (),
    notes: Sequence[str] = (),
) -> World:
    """A balanced world; regions of one treasury share its duties by final spending.

    Args:
        label: name, money and sources.
        regions: N names.
        sectors: S names.
        flows: (s, n, i) what n buys from i before tariffs, zero or more.
        inputs: (n, s, k) share of the output of k spent on input s; value added is the rest.
        final: (s, n) prior of final use, in any unit: only its shape by region matters.
        theta: (s,) trade elasticities.
        traded: (s,) whether a customs duty can reach the sector.
        tariffs: (s, n, i) benchmark rates; none means zero.
        unknown: (n, k) cells whose recipe the source does not state.
        treasuries: (n,) names; none means one for each region.
        notes: cleaning done before.

    Raises:
        WorldError: a table that cannot be balanced, with its cell.
    """
    said = list(notes)
    tariffs = np.zeros_like(flows) if tariffs is None else tariffs
    output = flows.sum(axis=1).T
    if unknown is not None:
        inputs = borrowed(inputs, output, unknown, regions, sectors, said)
    inputs, value_added = recipes(inputs, output, regions, sectors, said)
    use = inputs * output[:, None, :]
    spending = (flows * (1.0 + tariffs)).sum(axis=2)
    income = spending.sum(axis=0) - use.sum(axis=(1, 2))
    prior = covered(final, income, use, spending, said)
    made = rebalance(flows, use, prior, value_added, tariffs, regions=regions, sectors=sectors)
    shares = np.divide(made.use, output[:, None, :], out=np.zeros_like(use),
                       where=output[:, None, :] > 0)  # fmt: skip
    said.append(moved(regions, made.moved, spending.sum(axis=0)))
    purse = tuple(treasuries) or tuple(regions)
    spent = made.final.sum(axis=0)
    pool = {t: sum(x for x, u in zip(spent, purse, strict=True) if u == t) for t in purse}
    world = World(
        name=label.name,
        regions=tuple(regions),
        sectors=tuple(sectors),
        flows=flows,
        tariffs=tariffs,
        inputs=shares,
        value_added=value_added,
        theta=theta,
        treasuries=purse,
        treasury_shares=np.array([x / pool[t] for x, t in zip(spent, purse, strict=True)]),
        traded=traded,
        currency=label.currency,
        basis=label.basis,
        sources=label.sources,
        notes=tuple(said),
    )
    return require(world)


def borrowed(
    inputs: Array,
    output: Array,
    unknown: NDArray[np.bool_],
    regions: Sequence[str],
    sectors: Sequence[str],
    said: list[str],
) -> Array:
    """Input shares (n, s, k) in which sellers without a recipe take their sector's of the world."""
    unknown = unknown & (output > 0)
    if not unknown.any():
        return inputs
    known = np.where(unknown, 0.0, output)
    total = known.sum(axis=0)
    world = (inputs * known[:, None, :]).sum(axis=0) / np.where(total > 0, total, 1.0)
    said.append(
        f"{_cells(unknown, regions, sectors)} sell but state no output, and take their sector's "
        f"recipe of the world ({share(output[unknown], output)} of output)."
    )
    return np.where(unknown[:, None, :], world[None], inputs)


def recipes(
    inputs: Array, output: Array, regions: Sequence[str], sectors: Sequence[str], said: list[str]
) -> tuple[Array, Array]:
    """Input shares (n, s, k) of at most one in all, and value added as the rest (n, k).

    Cells without output have no inputs. ``said`` gains a sentence if inputs had to be cut.
    """
    inputs = np.where((output > 0)[:, None, :], inputs, 0.0)
    total = inputs.sum(axis=1)
    excess = float(total.max() - 1.0)
    if excess > ROUNDING:
        said.append(
            f"Inputs cost more than output in {_cells(total > 1.0 + ROUNDING, regions, sectors)}, "
            f"by up to {excess:.3g} of it; scaled to it, which leaves no value added."
        )
    inputs = inputs / np.maximum(total, 1.0)[:, None, :]
    return inputs, np.clip(1.0 - inputs.sum(axis=1), 0.0, 1.0)


def covered(final: Array, income: Array, use: Array, spending: Array, said: list[str]) -> Array:
    """(s, n) prior of final use, scaled to income, and positive wherever nothing else uses."""
    total = final.sum(axis=0)
    scaled = np.where(total > 0, final / np.where(total > 0, total, 1.0), 0.0) * income
    orphan = (spending > 0) & (use.sum(axis=2).T <= 0) & (scaled <= 0)
    if orphan.any():
        said.append(
            f"{int(orphan.sum())} goods are bought in a region where nothing is said to use them; "
            f"final use takes them ({share(spending[orphan], spending)} of spending)."
        )
    return np.where(orphan, spending, scaled)


def floored(array: Array, what: str, money: str, said: list[str]) -> Array:
    """The same with negative cells at zero; ``said`` gains how many and how much."""
    below = array < 0
    if not below.any():
        return array
    said.append(
        f"Negative {what} set to zero in {int(below.sum())} cells, {-array[below].sum():.6g} "
        f"{money} ({share(-array[below], np.abs(array))} of it)."
    )
    return np.where(below, 0.0, array)


def imbalance(rows: Array, stated: Array, what: str, names: Sequence[str], said: list[str]) -> None:
    """Log the gap between the sums of a table and the totals it states, worst one named."""
    gap = np.abs(rows - stated)
    if gap.max() <= 0:
        return
    worst = int(gap.argmax())
    said.append(
        f"{what} miss the totals stated by {gap.sum() / np.abs(stated).sum():.2g} of them, at most "
        f"by {gap[worst]:.6g} in {names[worst]}; the sums are kept."
    )


def moved(regions: Sequence[str], by: Array, weight: Array) -> str:
    """What balancing moved, in words."""
    mean = float((by * weight).sum() / weight.sum())
    if mean < ROUNDING:
        return "Inputs and final use fit trade as they are."
    order = np.argsort(-by, kind="stable")
    named = "; ".join(
        f"{regions[n]} {percent(by[n], 2)}" for n in order[:5] if by[n] > WORTH_NAMING
    )
    text = f"Fitting inputs and final use to trade moved {mean:.2g} of uses"
    return f"{text}, most in {named}." if named else f"{text}."


def share(part: Array, whole: Array) -> str:
    """A part of a whole in per cent."""
    return f"{100.0 * float(part.sum()) / float(whole.sum()):.3g} %"


def _cells(mask: NDArray[np.bool_], regions: Sequence[str], sectors: Sequence[str]) -> str:
    """Cells (n, k) by name, the first three of them."""
    at = np.argwhere(mask)
    named = ", ".join(f"{regions[n]} {sectors[k]}" for n, k in at[:3])
    return named if len(at) <= 3 else f"{len(at)} cells ({named} …)"
