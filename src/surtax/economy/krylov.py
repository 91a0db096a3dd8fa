"""Linear systems with the model's Jacobian or its transpose, by preconditioned GMRES."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from surtax.world.world import Array

Linear = Callable[[Array], Array]

# Part of a direction left by the others below which rounding in what was taken away tells.
_LITTLE = 1e-2


def gmres(
    product: Linear, step: Linear, b: Array, *, tol: float, inner: int = 60, outer: int = 1
) -> tuple[Array, Array]:
    """The x with product(x) = b as nearly as the rounds allow, and what is left, b - product(x).

    Saad and Schultz (1986), SIAM Journal on Scientific and Statistical Computing 7(3), with
    directions made orthogonal all at once, and once more where little of one is left.

    Args:
        product: the matrix. step: about its inverse, of either sign; right-hand, so that
            ``tol`` is on the true residual relative to b.
        b: right-hand side.
        inner, outer: directions kept, and restarts.
    """
    x, r = np.zeros_like(b), b
    enough = tol * float(np.linalg.norm(b))
    kept, tried = np.empty((inner + 1, b.size)), np.empty((inner, b.size))
    for _ in range(outer):
        size = float(np.linalg.norm(r))
        if not enough < size < np.inf:
            break
        kept[0] = r / size
        upper, turned, left = np.zeros((inner, inner)), np.zeros(inner), size
        turns: list[tuple[float, float]] = []
        used = 0
        for k in range(inner):
            tried[k] = step(kept[k])
            w = product(tried[k])
            whole = math.sqrt(w @ w)
            if not math.isfinite(whole):
                break
            past = kept[: k + 1]
            h = past @ w
            rest = w - h @ past
            length = math.sqrt(rest @ rest)
            if not length > _LITTLE * whole:
                again = past @ rest
                rest -= again @ past
                h += again
                length = math.sqrt(rest @ rest)
            column, below = [], float(h[0])
            for (cos, sin), under in zip(turns, h[1:].tolist(), strict=True):
                column.append(cos * below + sin * under)
                below = cos * under - sin * below
            radius = math.hypot(below, length)
            if radius == 0.0:
                break
            cos, sin = below / radius, length / radius  # the turn that removes `length`
            turns.append((cos, sin))
            used = k + 1
            upper[:used, k] = [*column, radius]
            turned[k], left = cos * left, -sin * left
            if abs(left) <= enough or length == 0.0:
                break
            np.divide(rest, length, out=kept[used])
        if not used:
            break
        x = x + np.linalg.solve(upper[:used, :used], turned[:used]) @ tried[:used]
        r = b - product(x)
    return x, r
