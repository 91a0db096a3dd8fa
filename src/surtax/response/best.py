"""The best response: the levers of one player that serve its objective best, the rest given.

Bounds alone: limited-memory quasi-Newton steps within them. Caps as well: sequential quadratic
programming. Both along exact gradients, from several starts; what is returned carries its
Karush-Kuhn-Tucker residual, in units of the objective: the first-order gain left in moving
any one lever over its whole range.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize, nnls

from surtax.economy.outcomes import Outcome
from surtax.errors import InputError, SolveError
from surtax.response.caps import Cap
from surtax.response.kept import Found, Keep, afresh
from surtax.response.players import Places
from surtax.response.stage import Stage, scales
from surtax.world.world import Array

_SIZE = 1e3  # objectives are fractions of a benchmark: 1e-3 of it is of order one
_TIGHT = 1e-7  # largest derivative in the scaled levers
_LOOSE = 30.0  # further starts tell whether there is another optimum; a better one is polished
_ROOM = 0.02  # part of a cap that the point where a climb under caps begins leaves free
_HAIR = 1e-3  # part of a cap within which a climb's end is moved back to it
_FINE = 1e-11  # steps under caps that gain less are within what equilibria are solved to
_EDGE = 1e-6  # part of a lever's range within which it stands at its bound
_BINDS = 1e-4  # part of a cap that may be left where it binds
_AGAIN = 4  # times that a climb under caps is begun again at most
_SAME = 1e-8  # payoffs closer than this are one optimum


@dataclass(frozen=True, eq=False)
class Best:
    """An answer.

    Attributes:
        x: (k,) all levers, the player's at their best. payoff: the objective there.
        before: the objective at the start. kkt: residual, in units of the objective.
        multipliers: of the caps, in objective per unit of the cap's measure.
        slack: of the caps, as shares of their limits. optima: payoffs of every start.
        solved: equilibria solved.
    """

    x: Array
    payoff: float
    before: float
    kkt: float
    multipliers: dict[str, float]
    slack: dict[str, float]
    optima: tuple[float, ...]
    solved: int


def best(
    stage: Stage,
    outcome: Outcome,
    x: Array,
    mine: Places,
    income: float,
    *,
    caps: Sequence[Cap] = (),
    starts: int = 1,
    seed: int = 0,
    budget: int = 200,
    tol: float = _TIGHT,
    say: Callable[[str], None] = lambda _: None,
    keep: Keep = afresh,
) -> Best:
    """The best values of some levers, the others given.

    Args:
        stage: where players move.
        outcome: what the player wants.
        x: (k,) levers to start from, inside their bounds.
        mine: (m,) indices of the levers that may move.
        income: the player's, to scale the search.
        caps: what may not be exceeded.
        starts: how many points to start from; the first is `x`, the others are drawn.
        seed: of the draws.
        budget: most steps of each start.
        tol: largest derivative in the scaled levers.
        say: told of each start. keep: keeps each start's end.

    Raises:
        InputError: no lever may move, or no levers within bounds keep the caps.
    """
    if not len(mine):
        raise InputError(
            "the objective has no instrument: nothing may be moved.", where="--instruments"
        )
    first = stage.solved
    low, high = stage.levers.lower[mine], stage.levers.upper[mine]
    before = float(outcome.value(stage.solution(x)))
    rng = np.random.default_rng(seed)
    found: list[tuple[float, Array]] = []
    for k in range(starts):
        say(f"start {k + 1} of {starts}")
        full = np.clip(x, stage.levers.lower, stage.levers.upper)
        if k:
            full[mine] = low + (high - low) * rng.uniform(0.0, 1.0, len(mine))
        search = _Search(
            stage, outcome, full, mine, scales(stage.levers, income)[mine], tuple(caps)
        )
        loose = tol if k == 0 else _LOOSE * _TIGHT
        end = search.kept(keep, f"start {k + 1}", low, high, budget, loose)
        if end is not None:
            found.append(end)
    if not found:
        names = " and ".join(cap.name for cap in caps)
        raise InputError(
            f"no instruments within their bounds were found to keep {names} within the limit.",
            where="--limit",
            mend="Raise the cap, widen the bounds or name more instruments.",
        )
    payoff, at_best = max(found, key=lambda pair: pair[0])
    if payoff > found[0][0] + _SAME:
        again = _Search(
            stage, outcome, at_best, mine, scales(stage.levers, income)[mine], tuple(caps)
        )
        polished = again.kept(keep, "polish", low, high, budget, tol)
        payoff, at_best = polished or (payoff, at_best)
    elif len(found) > 1:
        payoff, at_best = found[0]
    kkt, multipliers = residual(stage, outcome, at_best, mine, caps)
    return Best(
        x=at_best,
        payoff=payoff,
        before=before,
        kkt=kkt,
        multipliers=multipliers,
        slack={cap.name: cap.slack(stage, at_best) for cap in caps},
        optima=tuple(value for value, _ in found),
        solved=stage.solved - first,
    )


@dataclass(eq=False)
class _Search:
    """One climb, in levers times their scales."""

    stage: Stage
    outcome: Outcome
    full: Array
    mine: Places
    scale: Array
    caps: tuple[Cap, ...]

    def point(self, z: Array) -> Array:
        """All levers with this player's at z over the scale."""
        x = self.full.copy()
        x[self.mine] = z / self.scale
        return x

    def downhill(self, z: Array) -> tuple[float, Array]:
        """Minus the objective and its slope; a wall where no equilibrium is found."""
        try:
            value, slope = self.stage.values(self.point(z), [self.outcome])
        except SolveError:
            return 1e3, np.zeros_like(z)
        return -_SIZE * float(value[0]), -_SIZE * slope[0][self.mine] / self.scale

    def slack(self, z: Array) -> Array:
        """(c,) what the caps leave, as shares of their units."""
        return np.array([cap.slack(self.stage, self.point(z)) for cap in self.caps])

    def slack_slope(self, z: Array) -> Array:
        """(c, m) slopes of the slack."""
        x = self.point(z)
        rows = [-cap.slope(self.stage, x)[self.mine] / cap.unit for cap in self.caps]
        return np.array(rows) / self.scale

    def allowed(self, start: Array, bounds: Array) -> Array:
        """A point that keeps the caps, or the one that comes nearest."""

        def gap(z: Array) -> tuple[float, Array]:
            short = np.maximum(_ROOM - self.slack(z), 0.0)
            return float(short @ short), -2.0 * short @ self.slack_slope(z)

        found = minimize(gap, start, jac=True, method="L-BFGS-B", bounds=bounds)
        return np.asarray(np.clip(found.x, bounds[:, 0], bounds[:, 1]), dtype=float)

    def within(
        self, low: Array, high: Array, budget: int, tol: float
    ) -> tuple[float, Array] | None:
        """The end of the climb and the objective there; None where the caps are not kept."""
        bounds = np.column_stack([low * self.scale, high * self.scale])
        start = self.full[self.mine] * self.scale
        if self.caps:
            end = self.capped(start, bounds, budget)
            if not self.keeps(end):
                return None
        else:
            end = self.bounded(start, bounds, budget, tol)
        x = self.point(end)
        x[self.mine] = np.clip(x[self.mine], low, high)
        return float(self.outcome.value(self.stage.solution(x))), x

    def kept(
        self, keep: Keep, name: str, low: Array, high: Array, budget: int, tol: float
    ) -> tuple[float, Array] | None:
        """The same as a step that may be kept."""

        def made() -> Found:
            end = self.within(low, high, budget, tol)
            return {} if end is None else {"payoff": end[0], "x": end[1].tolist()}

        found = self.stage.step(keep, name, made)
        return (found["payoff"], np.array(found["x"])) if "x" in found else None

    def bounded(self, start: Array, bounds: Array, budget: int, tol: float) -> Array:
        """Quasi-Newton steps within bounds."""
        end = minimize(
            self.downhill,
            start,
            jac=True,
            method="L-BFGS-B",
            bounds=bounds,
            options={
                "maxiter": budget,
                "maxfun": budget,
                "ftol": 0.0,
                "gtol": _SIZE * tol,
                "maxcor": 30,
            },
        )
        return np.asarray(np.clip(end.x, bounds[:, 0], bounds[:, 1]), dtype=float)

    def capped(self, start: Array, bounds: Array, budget: int) -> Array:
        """Sequential quadratic programming, begun again where it ends until that gains nothing.

        It gives up where the curvature that it gathered misleads it; a fresh start gathers anew.
        """
        if self.slack(start).min() < 0.0:
            start = self.allowed(start, bounds)
        best = self.climbed(start, bounds, budget)
        for _ in range(_AGAIN):
            kept, worth = self.keeps(best), self.downhill(best)[0]
            more = self.climbed(best if kept else self.allowed(best, bounds), bounds, budget)
            gain = worth - self.downhill(more)[0]
            if not self.keeps(more) or (kept and gain <= 0.0):
                break
            best = more
            if kept and gain < _SIZE * _FINE:
                break
        return best

    def keeps(self, z: Array) -> bool:
        """Whether the caps are kept, but for rounding."""
        return bool(self.slack(z).min() >= -1e-6)

    def climbed(self, start: Array, bounds: Array, budget: int) -> Array:
        """One climb, the objective as steep as the caps where it starts."""
        steep = float(np.abs(self.downhill(start)[1]).max())
        size = float(np.abs(self.slack_slope(start)).max()) / max(steep, 1e-12)

        def scaled(z: Array) -> tuple[float, Array]:
            value, slope = self.downhill(z)
            return size * value, size * slope

        end = minimize(
            scaled,
            start,
            jac=True,
            method="SLSQP",
            bounds=bounds,
            constraints=[{"type": "ineq", "fun": self.slack, "jac": self.slack_slope}],
            options={"maxiter": budget, "ftol": float(np.clip(_SIZE * size * _FINE, 1e-10, 1e-7))},
        )
        return self.onto(
            np.asarray(np.clip(end.x, bounds[:, 0], bounds[:, 1]), dtype=float), bounds
        )

    def onto(self, z: Array, bounds: Array) -> Array:
        """The end of a climb that stops a hair beyond a cap, moved the shortest way back to it."""
        for _ in range(3):
            slack = self.slack(z)
            beyond = slack < 0.0
            if not -_HAIR < slack.min() < 0.0:
                break
            step = np.linalg.lstsq(self.slack_slope(z)[beyond], -slack[beyond])[0]
            z = np.clip(z + step, bounds[:, 0], bounds[:, 1])
        return z


def residual(
    stage: Stage, outcome: Outcome, x: Array, mine: Places, caps: Sequence[Cap] = ()
) -> tuple[float, dict[str, float]]:
    """The Karush-Kuhn-Tucker residual at x and the multipliers of the caps.

    The multipliers of the caps that bind are those that explain the slopes of the free levers
    best; the residual is the largest slope over a lever's range that neither they nor a bound
    explain.
    """
    low, high = stage.levers.lower[mine], stage.levers.upper[mine]
    span = high - low
    slope = stage.values(x, [outcome])[1][0][mine] * span
    at_low, at_high = x[mine] <= low + _EDGE * span, x[mine] >= high - _EDGE * span
    free = ~(at_low | at_high)
    binding = [cap for cap in caps if cap.slack(stage, x) < _BINDS]
    prices = np.zeros(len(binding))
    if binding:
        rows = np.array([cap.slope(stage, x)[mine] * span for cap in binding])
        if free.any():
            size = np.abs(rows).max(axis=1) + 1e-300
            prices = nnls((rows[:, free] / size[:, None]).T, slope[free])[0] / size
        slope = slope - prices @ rows
    left = np.where(at_low, np.maximum(slope, 0.0), np.abs(slope))
    left = np.where(at_high, np.maximum(-slope, 0.0), left)
    left = np.where(span > 0, left, 0.0)
    told = {cap.name: float(p) for cap, p in zip(binding, prices, strict=True)}
    return float(left.max(initial=0.0)), told
