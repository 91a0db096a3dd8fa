"""Settlement: what sides that may move together agree on, against what they do without.

Nash's bargain (1950, Econometrica 18(2)) maximises the product of the sides' gains over the
threat point, each to the power of its weight. Varying the weights walks along the Pareto
frontier's part on which everybody gains, also where that part is a straight line.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from surtax.errors import InputError, SolveError
from surtax.response.kept import Found, Keep, afresh
from surtax.response.nash import Side
from surtax.response.players import Places
from surtax.response.stage import Stage, scales
from surtax.world.world import Array

_UNIT = 1e-3  # gains are told in thousandths of the benchmark inside the logs
_THIN = 1e-3  # below this gain, in those units, the log goes on as a parabola


@dataclass(frozen=True, eq=False)
class Settlement:
    """An agreement.

    Attributes:
        x: (k,) all levers. payoffs, threat, gains: (p,) of the sides, in units of their
            objectives. powers: (p,) weights. agreed: whether everybody gains.
        kkt: largest slope of the log of the product that no bound explains, over a lever's
            whole range. solved: equilibria solved. status: one sentence.
    """

    x: Array
    payoffs: Array
    threat: Array
    gains: Array
    powers: Array
    agreed: bool
    kkt: float
    solved: int
    status: str


def bargain(
    stage: Stage,
    sides: Sequence[Side],
    threat: Array,
    x: Array,
    scope: Places,
    *,
    powers: Sequence[float] | None = None,
    budget: int = 150,
    tol: float = 1e-5,
    keep: Keep = afresh,
    name: str = "settlement",
) -> Settlement:
    """Nash's bargain over some levers, the others where they are.

    Args:
        stage: where the sides move. sides: who they are and what they want.
        threat: (p,) payoffs without an agreement. x: (k,) levers to start from.
        scope: indices of the levers that the agreement may set.
        powers: (p,) weights above zero; equal unless given.
        budget: most steps. tol: largest slope in the scaled levers.
        keep: keeps where the search ended, by that name.

    Raises:
        InputError: nothing may be moved, or a weight is not above zero.
    """
    w = np.full(len(sides), 1.0 / len(sides)) if powers is None else np.asarray(powers, float)
    if not len(scope):
        raise InputError(
            "the settlement has no instrument to move.",
            where="--sectors",
            mend="Name sectors in which one of the sides has a duty.",
        )
    if w.shape != (len(sides),) or not (w > 0).all():
        raise InputError("bargaining powers lie above zero, one a side.", where="--powers")
    first = stage.solved
    low, high = stage.levers.lower[scope], stage.levers.upper[scope]
    scale = _scales(stage, sides)[scope]
    wanted = [one.outcome for one in sides]

    def product(z: Array) -> tuple[float, Array]:
        at_z = x.copy()
        at_z[scope] = z / scale
        try:
            values, slopes = stage.values(at_z, wanted)
        except SolveError:
            return 1e6, np.zeros_like(z)
        logs, ups = _log((values - threat) / _UNIT)
        return -float(w @ logs), -((w * ups / _UNIT) @ slopes)[scope] / scale

    bounds = np.column_stack([low * scale, high * scale])
    options = {"maxiter": budget, "maxfun": budget, "ftol": 0.0, "gtol": tol, "maxcor": 30}

    def made() -> Found:
        end = minimize(
            product, x[scope] * scale, jac=True, method="L-BFGS-B", bounds=bounds, options=options
        )
        return {"x": np.clip(end.x / scale, low, high).tolist()}

    agreed_x = x.copy()
    agreed_x[scope] = stage.step(keep, name, made)["x"]
    slope = -product(agreed_x[scope] * scale)[1] * scale * (high - low)
    at_low, at_high = agreed_x[scope] <= low, agreed_x[scope] >= high
    left = np.where(at_low, np.maximum(slope, 0.0), np.abs(slope))
    left = np.where(at_high, np.maximum(-slope, 0.0), left)
    s = stage.solution(agreed_x)
    payoffs = np.array([one.value(s) for one in wanted])
    gains = payoffs - threat
    agreed = bool((gains > 0).all())
    losers = ", ".join(
        one.player.name for one, gain in zip(sides, gains, strict=True) if not gain > 0
    )
    return Settlement(
        x=agreed_x,
        payoffs=payoffs,
        threat=threat,
        gains=gains,
        powers=w,
        agreed=agreed,
        kkt=float(left[high > low].max(initial=0.0)),
        solved=stage.solved - first,
        status="A settlement: every side gains over the threat point."
        if agreed
        else f"No settlement was found within these instruments: {losers} would not gain.",
    )


def _scales(stage: Stage, sides: Sequence[Side]) -> Array:
    """(k,) of each lever as its own side's search has it."""
    out = np.ones(len(stage.levers))
    for one in sides:
        out[one.mine] = scales(stage.levers, one.income)[one.mine]
    return out


def _log(g: Array) -> tuple[Array, Array]:
    """(p,) log of gains and its slope; below a thin gain the parabola that meets it."""
    thin = g < _THIN
    safe = np.where(thin, _THIN, g)
    step = np.where(thin, g - _THIN, 0.0) / _THIN
    value = np.log(safe) + step - 0.5 * step**2
    return value, (1.0 - step) / safe


def frontier(
    stage: Stage,
    sides: Sequence[Side],
    settlement: Settlement,
    scope: Places,
    *,
    points: int = 9,
    say: Callable[[str], None] = lambda _: None,
    keep: Keep = afresh,
) -> list[Settlement]:
    """Agreements along the Pareto frontier, from little power of the first side to much.

    The other sides share the rest of the power evenly. Each point starts from its neighbour.
    """
    grid = np.linspace(0.0, 1.0, points + 2)[1:-1]
    grid = np.clip(grid, 0.02, 0.98)
    middle = int(np.argmin(np.abs(grid - 1.0 / len(sides))))
    found: dict[int, Settlement] = {}
    for order in (range(middle, points), range(middle - 1, -1, -1)):
        x = settlement.x
        for k in order:
            say(f"frontier, point {len(found) + 1} of {points}")
            powers = [grid[k], *[(1.0 - grid[k]) / (len(sides) - 1)] * (len(sides) - 1)]
            found[k] = bargain(
                stage, sides, settlement.threat, x, scope, powers=powers,
                keep=keep, name=f"frontier {k + 1}",
            )  # fmt: skip
            x = found[k].x
    return [found[k] for k in range(points)]
