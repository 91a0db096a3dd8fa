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
        upper, turned = np.zeros((inner, inner)), np.zeros(inner + 1)
        turned[0] = size
        cos, sin = np.zeros(inner), np.zeros(inner)
        used = 0
        for k in range(inner):
            tried[k] = step(kept[k])
            w = product(tried[k])
            if not math.isfinite(w.sum()):
                break
            past = kept[: k + 1]
            h = past @ w
            rest = w - h @ past
            length = math.sqrt(rest @ rest)
            if not length > _LITTLE * math.sqrt(w @ w):
                again = past @ rest
                rest -= again @ past
                h += again
                length = math.sqrt(rest @ rest)
            for j in range(k):  # the rotations made so far, then one that removes `length`
                h[j], h[j + 1] = (
                    cos[j] * h[j] + sin[j] * h[j + 1],
                    cos[j] * h[j + 1] - sin[j] * h[j],
                )
            radius = float(np.hypot(h[k], length))
            if radius == 0.0:
                break
            cos[k], sin[k], h[k] = h[k] / radius, length / radius, radius
            upper[: k + 1, k] = h
            turned[k], turned[k + 1] = cos[k] * turned[k], -sin[k] * turned[k]
            used = k + 1
            if abs(turned[used]) <= enough or length == 0.0:
                break
            np.divide(rest, length, out=kept[used])
        if not used:
            break
        x = x + np.linalg.solve(upper[:used, :used], turned[:used]) @ tried[:used]
        r = b - product(x)
    return x, r
