"""Root finding for F(x) = 0 when an approximate inverse of the Jacobian is at hand.

`anderson` accelerates the preconditioned fixed point; `newton` solves each linear step by
GMRES. Both judge convergence on max |F|, the true residual, never on the size of a step,
and both return the best point they saw with its residual: the caller decides.
"""

from __future__ import annotations

import math
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


# Keeps least squares of past steps that hardly differ solvable.
_RIDGE = 1e-13 * np.eye(64)


def size(F: Array) -> float:
    """Max |F|; infinity where any entry is not a number."""
    largest = float(np.abs(F).max())
    return largest if math.isfinite(largest) else math.inf


def mixing(gram: Array, against: Array) -> Array:
    """Weights (..., m) of past differences that cancel most of a step, by least squares.

    Args:
        gram: (..., m, m) inner products of differences of length one. against: (..., m) those
            with the step.
    """
    m = gram.shape[-1]
    return np.asarray(np.linalg.solve(gram + _RIDGE[:m, :m], against[..., None])[..., 0])


class History:
    """The past differences of points and steps, and the move they suggest.

    Attributes:
        held: differences since the last restart. damp: factor on a step. fresh: whether there
            is no point to differ from.
        dS, dZ: (memory, unknowns) differences of steps, and of points and damped steps
            together, over the length of the first. gram: (memory, memory) inner products of dS.
    """

    def __init__(self, unknowns: int, memory: int) -> None:
        self.dS, self.dZ = np.empty((2, memory, unknowns))
        self.gram = np.zeros((memory, memory))
        self.held, self.damp = 0, 1.0
        self.fresh, self.last_x, self.last_s = True, np.empty(0), np.empty(0)

    def restart(self) -> None:
        """Forget everything and go in shorter steps."""
        self.held, self.damp, self.fresh = 0, 0.5 * self.damp, True

    def move(self, x: Array, s: Array) -> Array:
        """Where to go from x with the step s."""
        memory = len(self.gram)
        m = min(self.held + (not self.fresh), memory)
        move = self._mixed(x, s, self.held % memory, m) if m else self.damp * s
        self.held += not self.fresh
        self.fresh, self.last_x, self.last_s = False, x, s
        return move

    def _mixed(self, x: Array, s: Array, j: int, m: int) -> Array:
        """Keep the newest difference as the j-th and mix the first m."""
        dS, dZ, gram = self.dS, self.dZ, self.gram
        new = s - self.last_s
        unit = 1.0 / max(math.sqrt(new @ new), 1e-150)
        np.multiply(new, unit, out=dS[j])
        new *= self.damp
        new += x
        new -= self.last_x
        np.multiply(new, unit, out=dZ[j])
        gram[j, :m] = gram[:m, j] = dS[:m] @ dS[j]
        move = s if self.damp == 1.0 else self.damp * s
        return np.asarray(move - mixing(gram[:m, :m], dS[:m] @ s) @ dZ[:m])


def anderson(
    F: Residual,
    step: Step,
    x: Array,
    *,
    tol: float,
    memory: int = 8,
    budget: int = 120,
    longest: float = 1.0,
    far: float = math.inf,
    kept: type[History] = History,
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
        far: give up halfway through the budget while max |F| is above this.
        kept: how past differences are held and mixed.
    """
    r = F(x)
    evaluations, norm = 1, size(r)
    best, best_norm = x, norm
    past = kept(x.size, memory)
    while best_norm > tol and evaluations < budget:
        if best_norm > far and 2 * evaluations >= budget:
            break
        move = past.move(x, step(r))
        reach = size(move)
        if reach > longest:
            move *= longest / reach
        x = x + move
        r = F(x)
        evaluations += 1
        norm = size(r)
        if norm < best_norm:
            best, best_norm = x, norm
        elif not norm < 10.0 * best_norm:  # lost: back to the best point, shorter steps
            x = best
            past.restart()
            if past.damp < 0.02:
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
    stall: float = 0.9,
) -> Root:
    """Newton with GMRES, preconditioned by ``step``, and a backtracking line search.

    Args:
        F: the residual.
        slope: from a point to the Jacobian of F there, as a function of a direction.
        step: from residual to step, about minus the inverse Jacobian.
        x: where to start.
        tol: stop when max |F| is at most this.
        rounds, inner: most Newton steps, and directions of GMRES in each.
        stall: the part of max |F| that a step must come below; what only crawls is given up.
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

        move = -gmres(counted, step, r, tol=1e-3, inner=inner)[0]
        if not np.all(np.isfinite(move)):
            break
        move *= min(1.0, 2.0 / max(float(np.max(np.abs(move))), 1e-300))
        length, moved = 1.0, False
        while length > 1e-3:
            trial = x + length * move
            q = F(trial)
            evaluations += 1
            if size(q) < (1.0 - 1e-3 * length) * norm:
                moved = size(q) < stall * norm
                x, r, norm = trial, q, size(q)
                break
            length *= 0.5
        if not moved:
            break
    return Root(x, norm, evaluations)
