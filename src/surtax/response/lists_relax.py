"""The relaxation of a list: the best parts of items, which no list of whole items can beat.

Items of one sector, elasticity and rate differ in size alone, so that what is listed of each such
kind is one number between nothing and all of it: a smooth programme in a few hundred numbers,
solved by sequential quadratic programming along the equilibrium's exact derivatives. What it ends
with is told by its Frank-Wolfe gap: the first-order gain left in moving to any other mixture that
keeps the limits.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog, minimize

from surtax.errors import SolveError
from surtax.response.lists_effect import Effect, Ground
from surtax.world.world import Array

_STEPS = 300
_TIGHT = 1e-9  # of the goal, a ratio or a share of what is asked for
_KEPT = 1e-6  # a limit is kept when no more of it is missed
_NO_LIST = 1e3  # the goal where the other side loses nothing, or no equilibrium is found


@dataclass(frozen=True)
class Goal:
    """What a list is for, and what it has to keep.

    Attributes:
        name: “ratio”, own cost per dollar of the other side's, or “cost”, own cost alone.
        most, fill: the most trade, and the least as a share of that.
        least: cost of the other side, at least; None for no such limit.
    """

    name: str
    most: float
    fill: float = 0.0
    least: float | None = None

    def of(self, effect: Effect) -> float:
        """The goal at an effect; less is better."""
        return effect.ratio if self.name == "ratio" else effect.own


@dataclass(frozen=True, eq=False)
class Relaxed:
    """The best mixture.

    Attributes:
        x: (k,) parts of the ground's items. value: the goal there, in its own unit.
        left: first-order gain left, in the same unit. kept: whether every limit is kept.
        optima: the goal at the end of every start.
    """

    x: Array
    value: float
    left: float
    kept: bool
    optima: tuple[float, ...]


@dataclass(eq=False)
class Mixture:
    """The kinds of items and what a mixture of them does.

    Attributes:
        ground, goal: where, and for what. place: items that may be listed.
        kind: (len(place),) kind of each. value: (g,) trade of each kind.
    """

    ground: Ground
    goal: Goal
    place: NDArray[np.intp]
    kind: NDArray[np.intp]
    value: Array
    _last: tuple[bytes, Effect, Array, Array] | None = field(default=None, repr=False)

    @property
    def size(self) -> float:
        """What one unit of the scaled goal is."""
        return 1.0 if self.goal.name == "ratio" else self.goal.least or self.goal.most

    def whole(self, y: Array) -> Array:
        """(k,) parts of all items, those of the kinds being y."""
        x = np.zeros(len(self.ground.items))
        x[self.place] = y[self.kind]
        return x

    def parts(self, x: Array) -> Array:
        """(g,) listed part of each kind."""
        listed = self.ground.items.value[self.place] * x[self.place]
        return _sums(self.kind, listed, len(self.value)) / self.value

    def at(self, y: Array) -> tuple[Effect, Array, Array]:
        """The effect of a mixture and (g,) its slopes, own and the other side's."""
        key = y.tobytes()
        if self._last is None or self._last[0] != key:
            x = self.whole(y)
            s = self.ground.solution(x)
            own, theirs = (
                _sums(self.kind, g[self.place], len(y)) for g in self.ground.slopes(x, s)
            )
            self._last = key, self.ground.effect(s), own, theirs
        return self._last[1:]

    def scaled(self, y: Array) -> tuple[float, Array]:
        """The goal in units of its size, and its slope."""
        try:
            effect, own, theirs = self.at(y)
        except SolveError:
            return _NO_LIST, np.zeros_like(y)
        if self.goal.name == "cost":
            return effect.own / self.size, own / self.size
        if not effect.theirs > 0:
            return _NO_LIST, np.zeros_like(y)
        return effect.ratio, (own - effect.ratio * theirs) / effect.theirs

    def limits(self) -> list[tuple[Callable[[Array], float], Callable[[Array], Array]]]:
        """What must not be negative, as shares of each limit, with slopes."""
        most, fill, least = self.goal.most, self.goal.fill, self.goal.least
        listed = self.value / most
        out: list[tuple[Callable[[Array], float], Callable[[Array], Array]]] = [
            (lambda y: 1.0 - float(listed @ y), lambda _: -listed)
        ]
        if fill > 0:
            out.append((lambda y: float(listed @ y) - fill, lambda _: listed))
        if least is not None:
            out.append(
                (lambda y: self.at(y)[0].theirs / least - 1.0, lambda y: self.at(y)[2] / least)
            )
        return out


def mixture(ground: Ground, allowed: NDArray[np.bool_], goal: Goal) -> Mixture:
    """The kinds of the items that may be listed."""
    items, place = ground.items, np.flatnonzero(allowed)
    facts = np.array([items.sector[place], items.factor[place], items.rate[place]], dtype=float)
    kind = np.unique(facts, axis=1, return_inverse=True)[1].ravel()
    value = _sums(kind, items.value[place], int(kind.max()) + 1)
    return Mixture(ground, goal, place, kind, value)


def _sums(kind: NDArray[np.intp], of: Array, size: int) -> Array:
    """(size,) sums by kind."""
    return np.asarray(np.bincount(kind, of, size), dtype=float)


def relax(
    made: Mixture,
    start: Array,
    *,
    starts: int = 2,
    seed: int = 0,
    say: Callable[[str], None] = lambda _: None,
) -> Relaxed:
    """The best mixture found from some starts.

    Args:
        made: the kinds. start: (k,) parts of items to begin with.
        starts: points to begin from; the first is `start`, the others are drawn with `seed`.
        say: told of each start.
    """
    rng = np.random.default_rng(seed)
    found = []
    for k in range(starts):
        say(f"mixture {k + 1} of {starts}")
        y = made.parts(start)
        if k:
            y = rng.uniform(size=len(y)) ** 2
            y = np.clip(y * made.goal.most / float(made.value @ y), 0.0, 1.0)
        end = _climb(made, y)
        kept = all(limit(end) >= -_KEPT for limit, _ in made.limits())
        found.append((not kept, made.scaled(end)[0], end))
    missed, value, y = min(found, key=lambda one: one[:2])
    optima = tuple(made.size * one[1] for one in found)
    return Relaxed(made.whole(y), made.size * value, made.size * _left(made, y), not missed, optima)


def _climb(made: Mixture, start: Array) -> Array:
    """Sequential quadratic programming, each kind scaled by the root of its trade."""
    scale = np.sqrt(made.value / made.value.max()) + 1e-3

    def goal(z: Array) -> tuple[float, Array]:
        value, slope = made.scaled(np.clip(z / scale, 0.0, 1.0))
        return value, slope / scale

    end = minimize(
        goal, start * scale, jac=True, method="SLSQP",
        bounds=np.column_stack([np.zeros_like(scale), scale]),
        constraints=[
            {
                "type": "ineq",
                "fun": lambda z, f=limit: f(np.clip(z / scale, 0.0, 1.0)),
                "jac": lambda z, f=slope: f(np.clip(z / scale, 0.0, 1.0)) / scale,
            }
            for limit, slope in made.limits()
        ],
        options={"maxiter": _STEPS, "ftol": _TIGHT},
    )  # fmt: skip
    return np.asarray(np.clip(end.x / scale, 0.0, 1.0), dtype=float)


def _left(made: Mixture, y: Array) -> float:
    """The Frank-Wolfe gap in units of the goal's size, the limits taken at their slopes."""
    slope = made.scaled(y)[1]
    rows = [(-f(y), value(y)) for value, f in made.limits()]
    best = linprog(
        slope,
        A_ub=np.array([row for row, _ in rows]),
        b_ub=np.array([max(slack, 0.0) + float(row @ y) for row, slack in rows]),
        bounds=(0.0, 1.0),
    )
    return max(0.0, float(slope @ y) - float(best.fun)) if best.success else float("nan")


def rounded(made: Mixture, x: Array) -> Array:
    """(k,) whole items, of every kind as much as a mixture lists of it and not more.

    The largest items of a kind come first, each where it still fits; what the cap must be filled
    with beside them are the items that harm the goal least for a dollar. Where items are too few
    for that the list stays below.
    """
    goal, value = made.goal, made.ground.items.value[made.place]
    parts = made.parts(x)
    left = parts * made.value * (1.0 + 1e-9)
    slope = made.scaled(parts)[1] / made.value
    taken = np.zeros(len(value), dtype=bool)
    for k in np.argsort(-value, kind="stable"):
        if value[k] <= left[made.kind[k]]:
            left[made.kind[k]] -= value[k]
            taken[k] = True
    listed = float(value[taken].sum())
    for k in np.lexsort((-value, slope[made.kind])):
        if listed >= goal.fill * goal.most:
            break
        if not taken[k] and listed + value[k] <= goal.most:
            listed += value[k]
            taken[k] = True
    out = np.zeros(len(made.ground.items))
    out[made.place] = taken
    return out
