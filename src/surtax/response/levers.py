"""The levers that people ask for, by kind, from a short text such as “tariff:MTV+STL:USA”."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from surtax.errors import InputError, unknown
from surtax.response.instruments import Lever
from surtax.response.players import Places, Player, partners
from surtax.world.world import Array, World

KINDS = {
    "tariff": "a duty on what the partner sells, the importer's treasury collects it",
    "export-tax": "a tax on what the partner buys, the seller's treasury collects it",
    "quota": "a limit on imports as the duty that has the same effect, licences auctioned",
    "quota-abroad": "the same, its rent left to the partner's exporters and treasury",
    "transfer": "money paid to the partner, in the world's currency",
    "barrier": "a cut of the costs of trade between the player's own regions",
    "trade-cost": "a cut of the costs of trade with the partner, both ways",
}
"""Kinds of levers and what each does."""


@dataclass(frozen=True)
class Rule:
    """How levers are made.

    Attributes:
        ratio: (n, i) basic per customs value: a rate on customs value is divided by it.
        lower, upper: bounds of rates. level: whether a rate is the whole tariff, or one on
            top of what the policy has. transfer: most that may be paid, in the world's
            currency. cut: most by which a cost of trade may fall.
    """

    ratio: Array
    lower: float = 0.0
    upper: float = 1.0
    level: bool = False
    transfer: float = 10.0
    cut: float = 0.1


def asked(
    world: World, who: Player, texts: Sequence[str], rule: Rule, *, default: Sequence[str] = ()
) -> list[Lever]:
    """The levers of a list of texts KIND[:SECTORS[:PARTNERS]].

    Sectors are joined by “,”, one lever each, or by “+”, one lever for the group; “*” or
    nothing is every sector of goods. Partners likewise; nothing is `default`, or every one.

    Raises:
        UnknownNameError: a kind, sector or partner that does not exist; names the nearest.
    """
    out: list[Lever] = []
    others = partners(world, who)
    goods = [s for s, traded in zip(world.sectors, world.traded, strict=True) if traded]
    for text in texts:
        kind, sectors, towards, *rest = [*text.split(":"), "", ""]
        if kind not in KINDS:
            raise unknown("instrument", kind, KINDS, where="--instruments")
        if any(rest):
            raise InputError(
                f"“{text}” has too many parts.",
                where="--instruments",
                mend="Write KIND:SECTORS:PARTNERS, such as tariff:MTV,STL:USA.",
            )
        groups = _groups(sectors, goods, world.sectors, "sector")
        if kind == "transfer":
            groups = [()]
        ends: list[tuple[str, ...]] = [()]
        if kind != "barrier":
            ends = _groups(towards, list(default or others), tuple(others), "partner")
        for end in ends:
            for group in groups:
                made = _lever(world, who, kind, group, end, rule)
                if made is not None:
                    out.append(made)
    return out


def _groups(
    text: str, every: Sequence[str], valid: Sequence[str], what: str
) -> list[tuple[str, ...]]:
    """Names by group."""
    if text in ("", "*"):
        return [(one,) for one in every]
    out = []
    for group in text.split(","):
        names = tuple(group.split("+"))
        for name in names:
            if name not in valid:
                raise unknown(what, name, valid, where="--instruments")
        out.append(names)
    return out


def _lever(
    world: World, who: Player, kind: str, group: Sequence[str], end: Sequence[str], rule: Rule
) -> Lever | None:
    """One lever; None where no trade flows that it could move."""
    sectors = np.array([world.sector(s) for s in group], dtype=np.intp)
    own = np.array(who.regions, dtype=np.intp)
    names = np.asarray(world.treasuries)
    theirs = np.flatnonzero(np.isin(names, end))
    if kind == "transfer":
        factors = np.zeros(len(world.regions))
        factors[theirs] = world.income[theirs] / world.income[theirs].sum()
        factors[own] = -world.income[own] / world.income[own].sum()
        cells = np.flatnonzero(factors)
        array, factor, bounds, unit = "transfers", factors[cells], (0.0, rule.transfer), "currency"
    else:
        array, blocks, per, bounds, unit = _SHAPES[kind](rule, own, theirs)
        found = np.zeros(world.flows.shape, dtype=bool)
        for n, i in blocks:
            found[np.ix_(sectors, n, i)] = True
        if kind == "barrier":
            found[:, own, own] = False
        found &= world.flows > 0
        cells = np.flatnonzero(found)
        if not cells.size:
            return None
        factor = np.broadcast_to(per, world.flows.shape)[found]
    label = ":".join(part for part in (kind, "+".join(group), "+".join(end)) if part)
    return Lever(
        name=f"{who.name}/{label}",
        kind=kind,
        player=who.name,
        sector="+".join(group),
        partner="+".join(end),
        lower=bounds[0],
        upper=bounds[1],
        unit=unit,
        array=array,
        cells=cells,
        factors=np.asarray(factor, dtype=float),
        clears=rule.level and array in ("tariffs", "export_taxes"),
    )


_Shape = tuple[str, list[tuple[Places, Places]], Array, tuple[float, float], str]


def _duty(rule: Rule, own: Places, theirs: Places) -> _Shape:
    per = 1.0 / np.nan_to_num(rule.ratio, nan=1.0)[None]
    return "tariffs", [(own, theirs)], per, (rule.lower, rule.upper), "rate"


def _export(rule: Rule, own: Places, theirs: Places) -> _Shape:
    return "export_taxes", [(theirs, own)], np.ones(1), (rule.lower, rule.upper), "rate"


def _abroad(rule: Rule, own: Places, theirs: Places) -> _Shape:
    return "export_taxes", [(own, theirs)], np.ones(1), (rule.lower, rule.upper), "rate"


def _barrier(rule: Rule, own: Places, theirs: Places) -> _Shape:
    return "trade_costs", [(own, own)], -np.ones(1), (0.0, rule.cut), "cut"


def _outside(rule: Rule, own: Places, theirs: Places) -> _Shape:
    both = [(own, theirs), (theirs, own)]
    return "trade_costs", both, -np.ones(1), (0.0, rule.cut), "cut"


_SHAPES: dict[str, Callable[[Rule, Places, Places], _Shape]] = {
    "tariff": _duty,
    "quota": _duty,
    "export-tax": _export,
    "quota-abroad": _abroad,
    "barrier": _barrier,
    "trade-cost": _outside,
}
