"""The loops of the compiled engine: the pieces of one step and one mixing.

What each line is stands in `linear` and `fixedpoint`. A piece takes some regions or unknowns.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from surtax.economy.elementary import summing
from surtax.economy.linear import Rounded
from surtax.economy.loops import copied
from surtax.economy.products import rows_times, times_rows
from surtax.world.world import Array


class Frozen(NamedTuple):
    """`linear.Preconditioner`; rows (2, n, s, s) are its blocks transposed."""

    rows: Rounded
    wages: Array
    demand: Array
    abroad: Array
    spending: Array
    follow: Rounded


@summing
def own_blocks(
    f: Frozen, r: Array, first: int, last: int, z: NDArray[np.float32], gap: Array
) -> None:
    """`Preconditioner.step` of a residual in some regions' own cells z, and of labour demand."""
    regions, sectors = f.wages.shape[0], f.rows.shape[2]
    cells = sectors * regions
    r_p, r_x, p, x = np.empty((4, sectors), dtype=np.float32)
    for n in range(first, last):
        wanted = f.abroad[n] * r[n]
        for s in range(sectors):
            at = regions + s * regions + n
            wanted -= f.spending[s, n] * r[at + cells]
            r_p[s], r_x[s] = r[at], r[at + cells]
        times_rows(r_p, f.rows[0, n], p)
        times_rows(r_x, f.rows[1, n], x)
        for a in range(sectors):
            z[a * regions + n] = p[a]
            z[cells + a * regions + n] = x[a]
            wanted += f.demand[0, a, n] * p[a] + f.demand[1, a, n] * x[a]
        gap[n] = wanted


_CHUNK = 2048


@summing
def follow(
    f: Frozen, wages: Array, first: int, last: int, z: NDArray[np.float32], step: Array
) -> None:
    """The step of some cells, what is their own in z and the answer to wages together."""
    regions = wages.shape[0]
    for begin in range(first, last, _CHUNK):  # a chunk stays in the nearest cache for all
        end = min(begin + _CHUNK, last)
        others = z[begin:end]
        for n in range(regions):
            moved, weights = np.float32(wages[n]), f.follow[n, begin:end]
            for k in range(others.shape[0]):
                others[k] += weights[k] * moved
    copied(z[first:last], step[regions + first : regions + last])


@summing
def differ(
    x: Array, s: Array, last_x: Array, last_s: Array, damp: float, j: int, m: int, first: int,
    last: int, dS: Array, dZ: Array, dots: Array,
) -> None:  # fmt: skip
    """Keep some unknowns' newest differences as the j-th; dots (2, memory) with s and with it."""
    new, moved, now, was = dS[j, first:last], dZ[j, first:last], s[first:last], last_s[first:last]
    to, start = x[first:last], last_x[first:last]
    for k in range(new.shape[0]):
        new[k] = now[k] - was[k]
        moved[k] = damp * new[k] + to[k] - start[k]
    for a in range(m):
        product, inner, row = 0.0, 0.0, dS[a, first:last]
        for k in range(row.shape[0]):
            product += row[k] * now[k]
            inner += row[k] * new[k]
        dots[0, a], dots[1, a] = product, inner


@summing
def mixing(j: int, m: int, gram: Array, dots: Array) -> None:
    """`fixedpoint.mixing` with the j-th difference new, by Cholesky; weights to dots[0]."""
    against, L = dots[0], np.empty((m, m))
    for a in range(m):
        gram[j, a] = gram[a, j] = dots[1, a]
    for a in range(m):
        against[a] /= np.sqrt(max(gram[a, a], 1e-300))
    for a in range(m):
        for c in range(a + 1):
            total = gram[a, c] / np.sqrt(max(gram[a, a], 1e-300) * max(gram[c, c], 1e-300))
            if a == c:
                total += 1e-13
            for e in range(c):
                total -= L[a, e] * L[c, e]
            L[a, c] = total / L[c, c] if c < a else np.sqrt(max(total, 1e-16))
        for c in range(a):
            against[a] -= L[a, c] * against[c]
        against[a] /= L[a, a]
    for a in range(m - 1, -1, -1):
        for c in range(a + 1, m):
            against[a] -= L[c, a] * against[c]
        against[a] /= L[a, a]
    for a in range(m):
        against[a] /= np.sqrt(max(gram[a, a], 1e-300))


@summing
def move(
    s: Array, damp: float, m: int, weights: Array, first: int, last: int, dZ: Array, out: Array
) -> None:
    """The move of some unknowns."""
    some, step = out[first:last], s[first:last]
    for k in range(some.shape[0]):
        some[k] = damp * step[k]
    for a in range(m):
        weight, row = weights[a], dZ[a, first:last]
        for k in range(row.shape[0]):
            some[k] -= weight * row[k]


@summing
def wage_step(f: Frozen, gap: Array, step: Array) -> None:
    """The step (n,) of wages that would close the gaps of labour demand."""
    rows_times(f.wages, gap, step)


@summing
def stepped(f: Frozen, r: Array, step: Array) -> None:
    """`Preconditioner.step` of a residual; cells in single precision."""
    regions, cells = f.wages.shape[0], f.follow.shape[1]
    z, gap = np.empty(cells, dtype=np.float32), np.empty(regions)
    own_blocks(f, r, 0, regions, z, gap)
    wage_step(f, gap, step[:regions])
    follow(f, step[:regions], 0, cells, z, step)


@summing
def mixed(
    x: Array, s: Array, last_x: Array, last_s: Array, damp: float, j: int, m: int, dS: Array,
    dZ: Array, gram: Array,
) -> Array:  # fmt: skip
    """`fixedpoint.History.move` with past differences."""
    size = x.shape[0]
    dots, out = np.empty((2, gram.shape[0])), np.empty(size)
    differ(x, s, last_x, last_s, damp, j, m, 0, size, dS, dZ, dots)
    mixing(j, m, gram, dots)
    move(s, damp, m, dots[0], 0, size, dZ, out)
    return out
