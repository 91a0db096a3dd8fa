"""Climb a country's welfare in its tariffs, from its value and exact gradient alone.

It knows nothing of the model, so it serves every variant, and checks those optima that are
found by the structure of a model's first-order conditions.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from surtax.world.world import Array

Value = Callable[[Array], tuple[float, Array]]


@dataclass(frozen=True)
class Summit:
    """Where a climb ended.

    Attributes:
        point: the variables. value: the objective there.
        gap: largest derivative in the scaled variables that no bound holds back.
        evaluations: of the objective with its gradient.
    """

    point: Array
    value: float
    gap: float
    evaluations: int


def climb(
    value: Value,
    start: Array,
    lower: Array,
    upper: Array,
    scale: Array,
    *,
    tol: float = 1e-9,
    budget: int = 400,
) -> Summit:
    """The nearest local maximum within bounds, by limited-memory quasi-Newton steps.

    Args:
        value: the objective and its gradient.
        start, lower, upper: (k,) where to start and the bounds.
        scale: (k,) positive; the square root of each variable's expected curvature makes the
            climb short. A variable that does not matter may have a small one.
        tol: largest free derivative in the variables times ``scale``.
        budget: most evaluations.
    """
    from scipy.optimize import minimize

    spent = 0

    def downhill(z: Array) -> tuple[float, Array]:
        nonlocal spent
        spent += 1
        v, g = value(z / scale)
        return -v, -g / scale

    found = minimize(
        downhill,
        start * scale,
        jac=True,
        method="L-BFGS-B",
        bounds=np.column_stack([lower * scale, upper * scale]),
        options={"maxiter": budget, "maxfun": budget, "ftol": 0.0, "gtol": tol, "maxcor": 30},
    )
    z = np.asarray(found.x)
    v, g = value(z / scale)
    slope = g / scale
    held = ((z <= lower * scale) & (slope < 0)) | ((z >= upper * scale) & (slope > 0))
    return Summit(z / scale, v, float(np.max(np.abs(np.where(held, 0.0, slope)))), spent)
