"""Root finding for F(x) = 0 when an approximate inverse of the Jacobian is at hand.

`anderson` accelerates the preconditioned fixed point; `newton` solves each linear step by
GMRES. Both judge convergence on max |F|, the true residual, never on the size of a step,
and both return the best point they saw with its residual: the caller decides.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from surtax.economy.krylov import gmres
from surtax.world.world import Array

Residual = Callable[[Array], Array]
Step = Callable[[Array], Array]


@dataclass(frozen=True)
class Root:
    """The best point found: x, max |F(x)| and the number of evaluations spent."""

    x: Array
    residual: float
    evaluations: int


def size(F: Array) -> float:
    """Max |F|; infinity where any entry is not a number."""
    largest = float(np.max(np.abs(F)))
    return largest if np.isfinite(largest) else np.inf


def anderson(
    F: Residual,
    step: Step,
    x: Array,
    *,
    tol: float,
    memory: int = 8,
    budget: int = 120,
    longest: float = 1.0,
) -> Root:
    """Anderson acceleration of x + step(F(x)), with restarts.

    Args:
        F: the residual.
        step: from residual to step, about minus the inverse Jacobian.
        x: where to start.
        tol: stop when max |F| is at most this.
        memory: number of past differences kept.
        budget: most evaluations.
        longest: longest single step allowed in any unknown (logs).
    """
    r = F(x)
    evaluations, norm = 1, size(r)
    best, best_norm = x, norm
    dX, dS = np.empty((memory, x.size)), np.empty((memory, x.size))
    gram = np.zeros((memory, memory))
    held, last_x, last_s, damp = 0, x, x, 1.0
    fresh = True
    while best_norm > tol and evaluations < budget:
        s = step(r)
        if not fresh:
            j = held % memory
            np.subtract(x, last_x, out=dX[j])
            np.subtract(s, last_s, out=dS[j])
            held += 1
            m = min(held, memory)
            gram[j, :m] = gram[:m, j] = dS[:m] @ dS[j]
        move = damp * s
        m = min(held, memory)
        if m:
            g = gram[:m, :m]
            scale = 1.0 / np.sqrt(np.maximum(np.diagonal(g), 1e-300))
            normal = g * scale[:, None] * scale + 1e-13 * np.eye(m)
            weights = scale * np.linalg.solve(normal, scale * (dS[:m] @ s))
            move = move - weights @ dX[:m] - damp * (weights @ dS[:m])
        reach = float(np.max(np.abs(move)))
        if reach > longest:
            move *= longest / reach
        last_x, last_s, x = x, s, x + move
        r = F(x)
        evaluations += 1
        norm = size(r)
        fresh = False
        if norm < best_norm:
            best, best_norm = x, norm
        elif not norm < 10.0 * best_norm:  # lost: back to the best point, shorter steps
            x, held, fresh, damp = best, 0, True, 0.5 * damp
            if damp < 0.02:
                break
            r = F(x)
            evaluations += 1
    return Root(best, best_norm, evaluations)


def newton(
    F: Residual,
    slope: Callable[[Array], Step],
    step: Step,
    x: Array,
    *,
    tol: float,
    rounds: int = 25,
    inner: int = 60,
) -> Root:
    """Newton with GMRES, preconditioned by ``step``, and a backtracking line search.

    Args:
        F: the residual.
        slope: from a point to the Jacobian of F there, as a function of a direction.
        step: from residual to step, about minus the inverse Jacobian.
        x: where to start.
        tol: stop when max |F| is at most this.
        rounds, inner: most Newton steps, and directions of GMRES in each.
    """
    r = F(x)
    evaluations, norm = 1, size(r)
    for _ in range(rounds):
        if norm <= tol or not np.isfinite(norm):
            break
        product = slope(x)

        def counted(d: Array, product: Step = product) -> Array:
            nonlocal evaluations
            evaluations += 1
            moved = product(d)
            return moved if np.all(np.isfinite(moved)) else d

        move = -gmres(counted, step, r, tol=1e-3, inner=inner)
        if not np.all(np.isfinite(move)):
            break
        move *= min(1.0, 2.0 / max(float(np.max(np.abs(move))), 1e-300))
        length, moved = 1.0, False
        while length > 1e-3:
            trial = x + length * move
            q = F(trial)
            evaluations += 1
            if size(q) < (1.0 - 1e-3 * length) * norm:
                moved = size(q) < 0.9 * norm  # a crawl is a stall: let the caller change route
                x, r, norm = trial, q, size(q)
                break
            length *= 0.5
        if not moved:
            break
    return Root(x, norm, evaluations)
