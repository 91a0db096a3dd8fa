"""Lists: which goods a counter-measure should name, at a given rate.

Own cost and the other side's cost are linearised at a list by the exact derivatives of its
equilibrium, the best list for these slopes is found by mixed-integer programming, and the
equilibrium is solved anew, until the list stops changing. A list that turns out no better than
the one before halves the trade by which the next may differ, so that the search always ends.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from surtax.errors import InputError, unknown
from surtax.response.kept import Keep, afresh
from surtax.response.lists_effect import Effect, Ground
from surtax.response.lists_items import Mask
from surtax.response.lists_pick import Choice, Picked
from surtax.response.lists_pick import kept as picked
from surtax.units import amount
from surtax.world.world import Array

GOALS = ("ratio", "cost")
FILL = 0.995
"""Share of a cap that a list uses at least, unless it is asked to do a given harm."""


@dataclass(frozen=True, eq=False)
class List:
    """A list that was chosen.

    Attributes:
        x: (k,) of the ground's items, one where listed. codes: those listed, sorted.
        value: the trade listed. effect: in its equilibrium.
        gap: proven by the solver at the last slopes: no list within reach of this one is better
            by more, in the ratio (or in money, where own cost alone counts).
        settled: whether the list stopped changing. rounds: equilibria. status: one sentence.
    """

    x: Array
    codes: tuple[str, ...]
    value: float
    effect: Effect
    gap: float
    settled: bool
    rounds: int
    status: str


def choose(
    ground: Ground,
    allowed: Mask,
    most: float,
    *,
    fill: float = FILL,
    least: float | None = None,
    goal: str = "ratio",
    start: Array | None = None,
    rounds: int = 25,
    say: Callable[[str], None] = lambda _: None,
    keep: Keep = afresh,
) -> List:
    """The best list of whole items.

    Args:
        ground: where lists are compared.
        allowed: (k,) items that may be listed.
        most: most trade listed, in the items' currency. fill: least, as a share of that.
        least: money that the other side must lose, at least.
        goal: “ratio”: least own cost per dollar of the other side's cost; “cost”: least own
            cost.
        start: (k,) a list to start from; an even part of everything unless given.
        rounds: most equilibria.
        say: told of each round. keep: keeps the list that each round chose.

    Raises:
        InputError: nothing may be listed, a cap below every item, or harm that no list within
            the cap does; one sentence.
    """
    if goal not in GOALS:
        raise unknown("goal", goal, GOALS)
    place = np.flatnonzero(allowed)
    value = ground.items.value[place]
    if not place.size:
        raise InputError(
            "no goods are left that may be listed.",
            where="--without",
            mend="Leave fewer goods out.",
        )
    if not most > 0 or value.min() > most:
        raise InputError(
            f"a cap of {amount(most / 1e9, 6)} bn is below the smallest item, "
            f"{amount(value.min() / 1e9, 6)} bn.",
            where="--limit",
            mend="Raise the cap.",
        )

    def problem(x: Array, near: Array | None, within: float | None) -> tuple[Effect, Choice]:
        s = ground.solution(x)
        effect = ground.effect(s)
        own, theirs = (g[place] for g in ground.slopes(x, s))
        return effect, Choice(
            value=value, own=own, theirs=theirs, most=most, fill=fill, least=least, goal=goal,
            own_at=effect.own - float(own @ x[place]),
            theirs_at=effect.theirs - float(theirs @ x[place]),
            price=effect.ratio if effect.theirs > 0 else None, near=near, within=within,
        )  # fmt: skip

    def whole(part: Array) -> Array:
        x = np.zeros(len(ground.items))
        x[place] = part
        return x

    if start is None:
        even = whole(np.full(len(place), min(1.0, most / value.sum())))
        listed = picked(keep, "list 0", problem(even, None, None)[1]).x
    else:
        listed = start[place]
    effect, here = problem(whole(listed), None, None)
    within = 2.0 * most
    for count in range(1, rounds + 1):
        say(f"list {count}")
        found = picked(keep, f"list {count}", _near(here, listed, within))
        if np.array_equal(found.x, listed) or not _gain(here, found, effect) > 0:
            return _told(ground, whole(listed), effect, found.gap, count, settled=True)
        new, there = problem(whole(found.x), None, None)
        if _better(new, effect, goal, least):
            listed, effect, here = found.x, new, there
        else:
            within = 0.5 * min(within, float(value @ np.abs(found.x - listed)))
    return _told(ground, whole(listed), effect, found.gap, rounds, settled=False)


def _near(choice: Choice, listed: Array, within: float) -> Choice:
    """The same choice, within reach of a list."""
    return Choice(**{**choice.__dict__, "near": listed, "within": within})


def _gain(choice: Choice, found: Picked, effect: Effect) -> float:
    """What a choice promises over the list that it starts from, beyond the solver's gap."""
    if choice.goal == "cost":
        promised, least = effect.own - found.own, max(found.gap, 1.0)
        short = choice.least is not None and effect.theirs < choice.least
        return 1.0 if short else promised - least
    return effect.own / effect.theirs - found.own / found.theirs - max(found.gap, 1e-9)


def _better(new: Effect, old: Effect, goal: str, least: float | None) -> bool:
    """Whether a list is better than another in their own equilibria.

    One that does the harm asked for beats one that does not, whatever it costs; of two that
    fall short, the one that does more.
    """
    if least is not None and min(new.theirs, old.theirs) < least * (1.0 - 1e-6):
        return new.theirs > old.theirs
    if goal == "cost":
        return new.own < old.own
    return new.theirs > 0 and new.ratio < old.ratio


def _told(
    ground: Ground, x: Array, effect: Effect, gap: float, rounds: int, *, settled: bool
) -> List:
    listed = x > 0.5
    codes = tuple(sorted(str(c) for c in ground.items.codes[listed] if c))
    return List(
        x=x,
        codes=codes,
        value=float(ground.items.value[listed].sum()),
        effect=effect,
        gap=gap,
        settled=settled,
        rounds=rounds,
        status=f"The list stopped changing after {rounds} equilibria."
        if settled
        else f"The list still changed after {rounds} equilibria; it is the best of them.",
    )


def score(ground: Ground, codes: Sequence[str] | frozenset[str]) -> List:
    """What a given list does, each item counted once however often it is named."""
    x = ground.items.under(frozenset(codes)).astype(float)
    return _told(ground, x, ground.effect(ground.solution(x)), 0.0, 1, settled=True)


def left_out(
    ground: Ground, reasons: Mapping[str, Mask]
) -> tuple[Mask, dict[str, dict[str, float]]]:
    """What may be listed, and what each reason keeps out: items and their trade.

    An item that two reasons keep out counts with the first.
    """
    allowed = np.ones(len(ground.items), dtype=bool)
    out = {}
    for reason, mask in reasons.items():
        here = mask & allowed
        out[reason] = {
            "items": int(here.sum()),
            "value": float(ground.items.value[here].sum()),
        }
        allowed &= ~mask
    return allowed, out
