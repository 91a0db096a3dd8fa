"""Cuts of the costs of trade: between a player's own regions, and of its sales to third partners.

Both are changes of iceberg costs, numbers between the benchmark's and lower ones: nobody collects
what a cut saves, and nothing is said of what it takes to cut.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from surtax.errors import InputError, unknown
from surtax.world import barriers
from surtax.world.world import Array, World

KINDS = ("barriers", "partners")
"""What may be cut: barriers between own regions, or costs of selling to other partners."""


@dataclass(frozen=True)
class Cuts:
    """How far costs of trade fall.

    Attributes:
        barriers: share of the internal barriers removed, at most one.
        barrier_set: of `world.barriers`.
        partners: fraction by which the cost of selling to partners falls, below one.
        sectors: sectors whose sales to partners it falls for; every sector of goods unless given.
        towards: treasuries of those partners; all but the player and the opponent unless given.
    """

    barriers: float = 0.0
    barrier_set: str = "central"
    partners: float = 0.0
    sectors: tuple[str, ...] = ()
    towards: tuple[str, ...] = ()

    @property
    def any(self) -> bool:
        """Whether any cost changes."""
        return self.barriers != 0.0 or self.partners != 0.0

    def deeper(self, kind: str, size: float) -> Cuts:
        """The same with one of `KINDS` at another size."""
        if kind not in KINDS:
            raise unknown("offset", kind, KINDS, where="--by")
        if kind == "barriers":
            return replace(self, barriers=size)
        return replace(self, partners=size)


NONE = Cuts()
"""Nothing cut."""


def hats(world: World, cuts: Cuts, player: str, opponent: str) -> Array | None:
    """(s, n, i) changes of trade costs, None where nothing is cut.

    Raises:
        UnknownNameError: a barrier set, sector or partner that does not exist.
        InputError: a cut of everything there is.
    """
    if not cuts.any:
        return None
    made = np.ones(world.flows.shape)
    if cuts.barriers:
        made = barriers.cost_hats(world, cuts.barriers, name=cuts.barrier_set, treasury=player)
    if cuts.partners:
        if not cuts.partners < 1.0:
            raise InputError(
                f"costs of selling to partners cannot fall by {cuts.partners:g}.",
                where="partners", mend="Give a share below one, such as 0.02 for 2 %.",
            )  # fmt: skip
        made[abroad(world, cuts, player, opponent)] *= 1.0 - cuts.partners
    return made


def slopes(world: World, cuts: Cuts, kind: str, player: str, opponent: str) -> Array:
    """(s, n, i) derivatives of `hats` with the size of one of `KINDS`; both maps are affine."""
    none = hats(world, cuts.deeper(kind, 0.0), player, opponent)
    full = hats(world, cuts.deeper(kind, 0.5), player, opponent)
    assert full is not None
    return np.asarray(2.0 * (full - (np.ones_like(full) if none is None else none)))


def abroad(world: World, cuts: Cuts, player: str, opponent: str) -> tuple[Array, ...]:
    """Where the player sells the cuts' sectors to the cuts' partners, an index of flows."""
    names = np.asarray(world.treasuries)
    for one in cuts.towards:
        if one not in world.treasuries:
            raise unknown("partner", one, set(world.treasuries), where="towards")
        if one in (player, opponent):
            raise InputError(
                f"“{one}” is no partner to turn to.", where="towards",
                mend=f"Name others than {player} and {opponent}.",
            )  # fmt: skip
    chosen = cuts.towards or tuple(set(names) - {player, opponent})
    for one in cuts.sectors:
        if not world.traded[world.sector(one)]:
            raise InputError(f"“{one}” is no sector of goods.", where="sectors",
                             mend="Name sectors that customs reaches.")  # fmt: skip
    sectors = [world.sector(s) for s in cuts.sectors] or np.flatnonzero(world.traded)
    return np.ix_(
        np.asarray(sectors), np.flatnonzero(np.isin(names, chosen)), np.flatnonzero(names == player)
    )
