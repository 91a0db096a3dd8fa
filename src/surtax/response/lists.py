"""Lists: which goods a counter-measure should name, at a given rate.

The best mixture of parts of items is found first; no list of whole items can beat it. Rounded to
whole items, the list is then bettered: costs of both sides are linearised at it by the exact
derivatives of its equilibrium, the best list near it for these slopes is found by mixed-integer
programming, and the equilibrium is solved anew, until nothing is promised or the list is as good
as the mixture. A list that turns out less than half as good as promised halves the trade by which
the next may differ, so that the search always ends.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from surtax.errors import InputError, unknown
from surtax.response.kept import Found, Keep, afresh
from surtax.response.lists_effect import Effect, Ground
from surtax.response.lists_items import Mask
from surtax.response.lists_pick import Choice, Picked, impossible
from surtax.response.lists_pick import kept as picked
from surtax.response.lists_relax import Goal, Relaxed, mixture, relax, rounded
from surtax.units import amount
from surtax.world.world import Array

GOALS = ("ratio", "cost")
FILL = 0.995
"""Share of a cap that a list uses at least, unless it is asked to do a given harm."""
_NEAR = 0.05  # of the cap: by how much a list may first differ from the rounded mixture
_CLOSE = 1e-4  # a list as near to the mixture, as a share of its goal, is the best there is


@dataclass(frozen=True, eq=False)
class List:
    """A list that was chosen.

    Attributes:
        x: (k,) of the ground's items, one where listed. codes: those listed, sorted.
        value: the trade listed. effect: in its equilibrium.
        gap: to the best mixture found of parts of items, with the first-order gain left there:
            no list is better by more, in the ratio (or in money, where own cost alone counts).
        settled: whether no list near it promises more. rounds: of whole items. status: told.
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
    starts: int = 2,
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
        starts: of the search among parts of items.
        rounds: most lists of whole items that are tried.
        say: told of each round. keep: keeps the mixture, and the list that each round chose.

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

    asked = Goal(goal, most, fill, least)
    made = mixture(ground, allowed, asked)

    def problem(x: Array) -> tuple[Effect, Choice]:
        s = ground.solution(x)
        effect = ground.effect(s)
        own, theirs = (g[place] for g in ground.slopes(x, s))
        return effect, Choice(
            value=value, own=own, theirs=theirs, most=most, fill=fill, least=least, goal=goal,
            own_at=effect.own - float(own @ x[place]),
            theirs_at=effect.theirs - float(theirs @ x[place]),
            price=effect.ratio if effect.theirs > 0 else None,
        )  # fmt: skip

    def whole(part: Array) -> Array:
        x = np.zeros(len(ground.items))
        x[place] = part
        return x

    say("slopes of an even list")
    even = whole(np.full(len(place), min(1.0, most / value.sum())))
    effect, here = problem(even)
    first = whole(picked(keep, "list 0", here).x)
    bound = _relaxed(
        keep, lambda: relax(made, even if effect.theirs > 0 else first, starts=starts, say=say)
    )
    if not bound.kept:
        raise impossible(here)
    listed = rounded(made, bound.x)
    within = _NEAR * most
    if value @ listed[place] < fill * most:
        listed, within = first, 2.0 * most
    effect, here = problem(listed)
    settled = False
    for count in range(1, rounds + 1):
        say(f"list {count}")
        found = picked(keep, f"list {count}", replace(here, near=listed[place], within=within))
        moved = float(value @ np.abs(found.x - listed[place]))
        short = _short(effect, least)
        promised = _gain(here, found, effect)
        settled = not short and (asked.of(effect) - bound.value <= _CLOSE * abs(bound.value))
        settled = settled or moved == 0 or not (short or promised > 0)
        if settled:
            break
        new, there = problem(whole(found.x))
        better = _better(new, effect, goal, least)
        if not better or (not short and asked.of(effect) - asked.of(new) < 0.5 * promised):
            within = 0.5 * min(within, moved)
        if better:
            listed, effect, here = whole(found.x), new, there
    return _told(ground, listed, effect, bound, asked, count, settled=settled)


def _gain(choice: Choice, found: Picked, effect: Effect) -> float:
    """What a choice promises over the list that it starts from, beyond the solver's gap."""
    if choice.goal == "cost":
        return effect.own - found.own - max(found.gap, 1.0)
    return effect.ratio - found.own / found.theirs - max(found.gap, 1e-9)


def _short(effect: Effect, least: float | None) -> bool:
    """Whether a list does less harm than was asked for."""
    return least is not None and effect.theirs < least * (1.0 - 1e-6)


def _better(new: Effect, old: Effect, goal: str, least: float | None) -> bool:
    """Whether a list is better than another in their own equilibria.

    One that does the harm asked for beats one that does not, whatever it costs; of two that
    fall short, the one that does more.
    """
    if _short(new, least) or _short(old, least):
        return new.theirs > old.theirs
    if goal == "cost":
        return new.own < old.own
    return new.theirs > 0 and new.ratio < old.ratio


def _relaxed(keep: Keep, make: Callable[[], Relaxed]) -> Relaxed:
    """The best mixture, as a step of a search."""

    def made() -> Found:
        bound = make()
        return {**vars(bound), "x": bound.x.tolist(), "optima": list(bound.optima)}

    found = keep("mixture", made)
    return Relaxed(**{**found, "x": np.array(found["x"]), "optima": tuple(found["optima"])})


def _told(
    ground: Ground,
    x: Array,
    effect: Effect,
    bound: Relaxed,
    goal: Goal,
    rounds: int,
    *,
    settled: bool,
) -> List:
    gap = max(0.0, goal.of(effect) - bound.value) + bound.left
    same = max(bound.optima) - min(bound.optima) <= _CLOSE * abs(bound.value)
    ratio = goal.name == "ratio"
    said = f"{gap:.5f} per dollar of theirs" if ratio else f"{gap / 1e6:.2f} mn of own cost"
    status = f"No list is better by more than {said}, the best of {len(bound.optima)} searches "
    status += "among parts of items" + (", which ended alike." if same else ".")
    if not settled:
        status += f" The list still changed after {rounds} rounds."
    return _listed(ground, x, effect, gap, rounds, status, settled=settled)


def _listed(
    ground: Ground, x: Array, effect: Effect, gap: float, rounds: int, status: str, *, settled: bool
) -> List:
    listed = x > 0.5
    return List(
        x=x,
        codes=tuple(sorted(str(c) for c in ground.items.codes[listed] if c)),
        value=float(ground.items.value[listed].sum()),
        effect=effect,
        gap=gap,
        settled=settled,
        rounds=rounds,
        status=status,
    )


def score(ground: Ground, codes: Sequence[str] | frozenset[str]) -> List:
    """What a given list does, each item counted once however often it is named."""
    x = ground.items.under(frozenset(codes)).astype(float)
    effect = ground.effect(ground.solution(x))
    return _listed(ground, x, effect, 0.0, 1, "A list as it is given.", settled=True)


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
