"""The compiled assembly of a counterfactual's weights: every array is read once.

What `problem` does in NumPy, with the powers of `elementary`: right to some units in 1e-15, as a
power of a wedge multiplies the rounding of its log by the elasticity.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from surtax.economy.elementary import compiled, exp_of, log_of
from surtax.economy.lent import lent
from surtax.economy.loops import copied
from surtax.world.world import Array

# Cells that are looked at together: most shocks leave most of them as they are.
_RUN = 128

# The least log of a weight over its share; below, a double has no digits for it.
_LEAST = -708.0


@compiled()
def _same(a: Array, b: Array) -> bool:
    """Whether two arrays are the same number by number."""
    other = 0
    for k in range(a.shape[0]):
        other += a[k] != b[k]
    return other == 0


@compiled("contract")
def weigh(
    theta: Array, shares: Array, kept: Array, taxes: Array, tariffs: Array, exports: Array,
    new_tariffs: Array, new_exports: Array, costs: Array, A: Array, B: Array,
    taxed: NDArray[np.bool_],
) -> bool:  # fmt: skip
    """Write A and B; mark the sectors (s,) where they move; whether any flow was stopped.

    All (s, cells) but theta (s,). Export taxes, old and new, and costs may be (0, 0), for none.
    """
    shares, kept, taxes, tariffs = lent(shares), lent(kept), lent(taxes), lent(tariffs)
    exports, new_tariffs, new_exports = lent(exports), lent(new_tariffs), lent(new_exports)
    costs, A, B = lent(costs), lent(A), lent(B)
    sectors, cells = shares.shape
    at, wedge = np.empty(cells, dtype=np.int64), np.empty(cells)
    powers, factors = np.empty(cells), np.empty(cells)
    had, has, dear = exports.shape[0] > 0, new_exports.shape[0] > 0, costs.shape[0] > 0
    stopped = False
    for s in range(sectors):
        share, net, new, old = shares[s], kept[s], new_tariffs[s], tariffs[s]
        to_A, to_B, count = A[s], B[s], 0
        for begin in range(0, cells, _RUN):
            end = min(begin + _RUN, cells)
            copied(share[begin:end], to_A[begin:end])
            copied(net[begin:end], to_B[begin:end])
            if not (had or has or dear) and _same(new[begin:end], old[begin:end]):
                continue
            for k in range(begin, end):
                moved = new[k] != old[k]
                if had or has:
                    before = exports[s, k] if had else 0.0
                    moved = moved or before != (new_exports[s, k] if has else 0.0)
                if dear:
                    moved = moved or costs[s, k] != 1.0
                if moved and share[k] > 0.0:
                    at[count] = k
                    count += 1
        for c in range(count):
            k = at[c]
            factor = 1.0 + new[k]
            if has:
                factor *= 1.0 + new_exports[s, k]
            factors[c], wedge[c] = factor, factor / taxes[s, k]
            if dear:
                wedge[c] *= costs[s, k]
        logs, made = powers[:count], wedge[:count]
        log_of(made, logs)
        for c in range(count):
            logs[c] *= -theta[s]
        exp_of(logs, made)
        for c in range(count):
            # The log of an infinite wedge is not a number.
            weight = share[at[c]] * made[c] if logs[c] > _LEAST else 0.0
            stopped = stopped or weight == 0.0
            to_A[at[c]], to_B[at[c]] = weight, weight / factors[c]
        if count > 0:
            taxed[s] = True
    return stopped
