"""Many roots at once: one accelerated fixed point a row, the arithmetic of all rows together."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import cast

import numpy as np
from numpy.typing import NDArray

from surtax.economy.fixedpoint import mixing
from surtax.world.world import Array

Rows = NDArray[np.intp]


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def sizes(F: Array) -> Array:
    """(b,): max |F| of each row; infinity where any entry is not a number."""
    largest = np.abs(F).max(axis=-1)
    return cast(Array, np.where(np.isfinite(largest), largest, np.inf))


def mixed_rows(
    x: Array, s: Array, last_x: Array, last_s: Array, j: int, m: int, dS: Array, dZ: Array,
    gram: Array,
) -> Array:  # fmt: skip
    """(b, unknowns): as `History.move`, row by row; keeps the newest difference as the j-th.

    dS, dZ (b, memory, unknowns) and gram (b, memory, memory) are those of `History`.
    """
    new = s - last_s
    unit = 1.0 / np.maximum(np.sqrt(np.einsum("bk,bk->b", new, new)), 1e-150)[:, None]
    np.multiply(new, unit, out=dS[:, j])
    new += x
    new -= last_x
    np.multiply(new, unit, out=dZ[:, j])
    gram[:, j, :m] = gram[:, :m, j] = np.matmul(dS[:, :m], dS[:, j, :, None])[..., 0]
    weights = mixing(gram[:, :m, :m], np.matmul(dS[:, :m], s[:, :, None])[..., 0])
    return cast(Array, s - np.matmul(weights[:, None, :], dZ[:, :m])[:, 0])


def anderson_rows(
    residual_of: Callable[[Rows], Callable[[Array], Array]],
    step: Callable[[Array], Array],
    x: Array,
    *,
    tol: float,
    memory: int,
    budget: int,
    longest: float = 1.0,
    mix: Callable[..., Array] = mixed_rows,
) -> tuple[Array, Array, NDArray[np.int64]]:
    """Anderson acceleration of x + step(F(x)), row by row; rows do not see each other.

    A row ends when it has converged or when it is lost, which the caller takes up alone. Work
    on ended rows stops when a quarter of those at work have ended.

    Args:
        residual_of: from the rows still at work to their residual.
        step: from residuals to steps, about minus the inverse Jacobian.
        x: (b, unknowns) where to start.
        tol: stop when max |F| is at most this.
        memory: past differences kept.
        budget: most evaluations a row.
        longest: longest single step allowed in any unknown (logs).
        mix: how past differences are mixed.

    Returns:
        The best points (b, unknowns), max |F| there (b,), evaluations (b,).
    """
    count, unknowns = x.shape
    best, best_norm = x.copy(), np.full(count, np.inf)
    spent = np.zeros(count, dtype=np.int64)
    rows, F = np.arange(count), residual_of(np.arange(count))
    ended = np.zeros(count, dtype=bool)
    dS, dZ = np.empty((2, count, memory, unknowns))
    gram = np.zeros((count, memory, memory))
    last_x = last_s = x
    for turn in range(budget):
        r = F(x)
        norm = sizes(r)
        spent[rows[~ended]] += 1
        better = ~ended & (norm < best_norm[rows])
        best[rows[better]], best_norm[rows[better]] = x[better], norm[better]
        ended |= (best_norm[rows] <= tol) | ~(norm <= 10.0 * best_norm[rows])
        if ended.all() or turn == budget - 1:
            break
        if 4 * ended.sum() >= len(rows):
            at = np.nonzero(~ended)[0]
            rows, F = rows[at], residual_of(rows[at])
            x, r, last_x, last_s = x[at], r[at], last_x[at], last_s[at]
            dS, dZ, gram, ended = dS[at], dZ[at], gram[at], ended[at]
        s = step(r)
        move = s
        m = min(turn, memory)
        if turn:
            move = mix(x, s, last_x, last_s, (turn - 1) % memory, m, dS, dZ, gram)
        reach = np.abs(move).max(axis=-1, keepdims=True)
        last_x, last_s = x, s
        x = x + move * np.minimum(1.0, longest / np.maximum(reach, 1e-300))
    return best, best_norm, spent
