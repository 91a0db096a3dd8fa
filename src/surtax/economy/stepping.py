"""The loops of the compiled engine: the pieces of one step and one mixing.

What each line is stands in `linear` and `fixedpoint`; cells are held as in `loops`. A piece takes
some regions or unknowns.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from surtax.economy.elementary import summing
from surtax.economy.lent import lent
from surtax.economy.linear import Rounded
from surtax.economy.loops import copied
from surtax.economy.products import rows_times, times_rows
from surtax.world.world import Array


class Frozen(NamedTuple):
    """`linear.Preconditioner`; rows (2, n, s, s) are its blocks transposed.

    Attributes:
        demand: (2, n, s). spending: (n, s). follow: (n, 2 n s), cells region by region.
    """

    rows: Rounded
    wages: Array
    demand: Rounded
    abroad: Array
    spending: Rounded
    follow: Rounded


@summing
def own_blocks(f: Frozen, r: Array, first: int, last: int, z: Rounded, gap: Array) -> None:
    """`Preconditioner.step` of a residual in some regions' own cells, and of labour demand.

    z is (2, 2 n s): the cells' residuals, and what becomes of them.
    """
    f, r, z, gap = lent(f), lent(r), lent(z), lent(gap)
    regions, sectors = f.spending.shape
    cells = regions * sectors
    for n in range(first, last):
        wanted = np.float32(0.0)
        for j in range(2):
            begin = j * cells + n * sectors
            given, own = z[0, begin : begin + sectors], z[1, begin : begin + sectors]
            demand = f.demand[j, n]
            copied(r[regions:][begin : begin + sectors], given)
            times_rows(given, f.rows[j, n], own)
            for s in range(sectors):
                wanted += demand[s] * own[s]
        given, owed = z[0, cells:][n * sectors : (n + 1) * sectors], f.spending[n]
        for s in range(sectors):
            wanted -= owed[s] * given[s]
        gap[n] = f.abroad[n] * r[n] + wanted


_CHUNK = 2048


@summing
def follow(f: Frozen, wages: Array, first: int, last: int, z: Rounded, step: Array) -> None:
    """The step of some cells, what is their own in z (k,) and the answer to wages together."""
    f, wages, z, step = lent(f), lent(wages), lent(z), lent(step)
    regions = wages.shape[0]
    for begin in range(first, last, _CHUNK):  # a chunk stays in the nearest cache for all
        end = min(begin + _CHUNK, last)
        others = z[begin:end]
        for n in range(0, regions - 3, 4):
            a, b = f.follow[n, begin:end], f.follow[n + 1, begin:end]
            c, d = f.follow[n + 2, begin:end], f.follow[n + 3, begin:end]
            by_a, by_b = np.float32(wages[n]), np.float32(wages[n + 1])
            by_c, by_d = np.float32(wages[n + 2]), np.float32(wages[n + 3])
            for k in range(others.shape[0]):
                others[k] += (a[k] * by_a + b[k] * by_b) + (c[k] * by_c + d[k] * by_d)
        for n in range(regions - regions % 4, regions):
            a, by_a = f.follow[n, begin:end], np.float32(wages[n])
            for k in range(others.shape[0]):
                others[k] += a[k] * by_a
        copied(others, step[regions:][begin:end])


@summing
def differ(
    s: Array, last_s: Array, went: Array, damp: float, j: int, m: int, first: int, last: int,
    dS: Array, dZ: Array, dots: Array,
) -> None:  # fmt: skip
    """Keep some unknowns' newest differences as the j-th; dots (2, memory) with s and with it.

    ``went`` is the way from the last point.
    """
    new, moved, now, was = dS[j, first:last], dZ[j, first:last], s[first:last], last_s[first:last]
    way = went[first:last]
    for k in range(new.shape[0]):
        new[k] = now[k] - was[k]
        moved[k] = damp * new[k] + way[k]
    for a in range(0, m, 2):  # two rows share what is read of the step
        b = min(a + 1, m - 1)
        one, two = dS[a, first:last], dS[b, first:last]
        one_now = one_new = two_now = two_new = 0.0
        for k in range(now.shape[0]):
            one_now += one[k] * now[k]
            one_new += one[k] * new[k]
            two_now += two[k] * now[k]
            two_new += two[k] * new[k]
        dots[0, a], dots[1, a], dots[0, b], dots[1, b] = one_now, one_new, two_now, two_new


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
    for a in range(0, m - 1, 2):
        one, two = dZ[a, first:last], dZ[a + 1, first:last]
        by_one, by_two = weights[a], weights[a + 1]
        for k in range(some.shape[0]):
            some[k] -= by_one * one[k] + by_two * two[k]
    if m % 2 == 1:
        one, by_one = dZ[m - 1, first:last], weights[m - 1]
        for k in range(some.shape[0]):
            some[k] -= by_one * one[k]


@summing
def wage_step(f: Frozen, gap: Array, step: Array) -> None:
    """The step (n,) of wages that would close the gaps of labour demand."""
    rows_times(f.wages, gap, step)


@summing
def stepped(f: Frozen, r: Array, step: Array) -> None:
    """`Preconditioner.step` of a residual; cells in single precision."""
    regions, cells = f.wages.shape[0], f.follow.shape[1]
    z, gap = np.empty((2, cells), dtype=np.float32), np.empty(regions)
    own_blocks(f, r, 0, regions, z, gap)
    wage_step(f, gap, step[:regions])
    follow(f, step[:regions], 0, cells, z[1], step)


@summing
def mixed(
    s: Array, last_s: Array, went: Array, damp: float, j: int, m: int, dS: Array, dZ: Array,
    gram: Array,
) -> Array:  # fmt: skip
    """`fixedpoint.History.move` with past differences."""
    size = s.shape[0]
    dots, out = np.empty((2, gram.shape[0])), np.empty(size)
    differ(s, last_s, went, damp, j, m, 0, size, dS, dZ, dots)
    mixing(j, m, gram, dots)
    move(s, damp, m, dots[0], 0, size, dZ, out)
    return out
