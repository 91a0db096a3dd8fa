"""Linear systems with the model's Jacobian or its transpose, by preconditioned GMRES."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from surtax.world.world import Array

Linear = Callable[[Array], Array]


def gmres(
    product: Linear, step: Linear, b: Array, *, tol: float, inner: int = 60, outer: int = 1
) -> Array:
    """The x with product(x) = b, as nearly as the rounds allow; the caller checks.

    Args:
        product: the matrix. step: about its inverse, of either sign; right-hand, so that
            ``tol`` is on the true residual relative to b.
        b: right-hand side.
        inner, outer: directions kept, and restarts.
    """
    from scipy.sparse.linalg import LinearOperator
    from scipy.sparse.linalg import gmres as scipy_gmres

    operator = LinearOperator((b.size, b.size), matvec=lambda u: product(step(u)), dtype=np.float64)
    u, _info = scipy_gmres(operator, b, rtol=tol, restart=inner, maxiter=outer)
    return step(np.asarray(u))
