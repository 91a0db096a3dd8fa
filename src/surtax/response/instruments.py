"""Instruments: what a player may move, as a vector with bounds and a map to an economy's arrays.

A lever is one number, such as the surtax on one sector's goods from one partner. Every lever
moves cells of the arrays that `economy.solve` takes, by an affine map, so that the derivative
with a lever is the transposed map of the derivative with the cells: exact, and free.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from scipy.sparse import csr_array

from surtax.economy.gradient import Gradient
from surtax.errors import InputError
from surtax.response.players import Places
from surtax.world.world import Array, World

ARRAYS = ("tariffs", "export_taxes", "trade_costs", "transfers")
"""What levers may move, by the names of `economy.gradient.Gradient`."""


@dataclass(frozen=True, eq=False)
class Policy:
    """Everything that a shock sets, before or after levers have moved it.

    Attributes:
        tariffs: (s, n, i) levels. export_taxes: (s, n, i) levels, or None.
        trade_costs: (s, n, i) hats, or None. transfers: (n,) or None, adding to zero.
    """

    tariffs: Array
    export_taxes: Array | None = None
    trade_costs: Array | None = None
    transfers: Array | None = None

    def array(self, name: str, world: World) -> Array:
        """One of `ARRAYS`, what is not given as it is in the benchmark."""
        held: Array | None = getattr(self, name)
        if held is not None:
            return held
        if name == "transfers":
            return np.zeros(len(world.regions))
        if name == "export_taxes" and world.export_taxes is not None:
            return world.export_taxes
        return np.full(world.flows.shape, float(name == "trade_costs"))


@dataclass(frozen=True, eq=False)
class Lever:
    """One number that a player may move.

    Attributes:
        name: such as “tariff:MTV:USA”. kind: tariff, export-tax, quota, quota-abroad,
            transfer, barrier or trade-cost.
        player: who moves it. sector, partner: what it falls on; "" where it has none.
        lower, upper: its bounds. unit: of the number.
        array: the array that it moves. cells: flat indices into it. factors: by how much each
            cell moves per unit of the lever. clears: whether the cells start from nothing
            instead of from where the policy has them.
    """

    name: str
    kind: str
    player: str
    sector: str
    partner: str
    lower: float
    upper: float
    unit: str
    array: str
    cells: Places
    factors: Array
    clears: bool = False


@dataclass(frozen=True, eq=False)
class Levers:
    """A set of levers over a policy, and the map from their values to it.

    Attributes:
        world: the benchmark. base: the policy with every lever at zero. levers: in order.
        maps: by array, the (cells, levers) matrix of factors.
    """

    world: World
    base: Policy
    levers: tuple[Lever, ...]
    maps: Mapping[str, csr_array] = field(repr=False)

    def __len__(self) -> int:
        return len(self.levers)

    @property
    def lower(self) -> Array:
        """(k,) lower bounds."""
        return np.array([one.lower for one in self.levers])

    @property
    def upper(self) -> Array:
        """(k,) upper bounds."""
        return np.array([one.upper for one in self.levers])

    def policy(self, x: Array) -> Policy:
        """The policy with the levers at (k,) x."""
        moved = {}
        for name, matrix in self.maps.items():
            start = self.base.array(name, self.world)
            moved[name] = start + (matrix @ x).reshape(start.shape)
        return replace(self.base, **moved)

    def pulled(self, g: Gradient) -> Array:
        """(k,) derivative with each lever, from the derivatives with the arrays."""
        out = np.zeros(len(self.levers))
        for name, matrix in self.maps.items():
            out += matrix.T @ np.asarray(getattr(g, name)).ravel()
        return out


def gather(world: World, policy: Policy, levers: Sequence[Lever]) -> Levers:
    """Levers with their map over a policy.

    Raises:
        InputError: there is none, two bear one name, or bounds contradict each other.
    """
    if not levers:
        raise InputError(
            "the player has no instrument left to move.",
            where="--instruments",
            mend="Name sectors that are goods and partners that the player trades with.",
        )
    seen: set[str] = set()
    for one in levers:
        if one.name in seen:
            raise InputError(f"the instrument “{one.name}” stands twice.", where="--instruments")
        seen.add(one.name)
        if not one.lower <= one.upper:
            raise InputError(
                f"the bounds of {one.name} contradict each other: at least {one.lower:g}, "
                f"at most {one.upper:g}.",
                where="--instruments",
                mend="Raise the upper bound or lower the other.",
            )
    arrays = {name: policy.array(name, world) for name in {one.array for one in levers}}
    maps = {}
    for name in sorted(arrays):
        rows, columns, values = [], [], []
        for k, one in enumerate(levers):
            if one.array == name:
                rows.append(one.cells)
                columns.append(np.full(one.cells.size, k))
                values.append(one.factors)
                if one.clears:
                    arrays[name] = arrays[name].copy()
                    arrays[name].reshape(-1)[one.cells] = 0.0
        entries = (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns)))
        maps[name] = csr_array(entries, shape=(arrays[name].size, len(levers)))
    return Levers(world, replace(policy, **arrays), tuple(levers), maps)
