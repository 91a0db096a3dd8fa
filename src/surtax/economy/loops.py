"""The loops of the compiled engine: the pieces of one sweep.

Axes and equations are those of `system`, `linear` and `fixedpoint`, which say what each line
is; `fast` and `iteration` call these with their arrays. Large worlds wait for memory, so every
array is read once a sweep. A piece takes some regions, sectors or unknowns.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from surtax.economy.elementary import exp_of, largest, log_of, summing
from surtax.economy.linear import Rounded
from surtax.economy.problem import FLOOR
from surtax.economy.products import rows_times, times_rows
from surtax.world.world import Array

# What a sector's trade asks for: nothing but home sales, one product, or one net of tax too.
HOME, UNTAXED, TAXED = 0, 1, 2


class Case(NamedTuple):
    """Scenarios of one world, as `problem.Problem`; b scenarios lead where it says so.

    Attributes:
        A, B, border: (b, s, n, i). own: (3, b, s, n) their diagonals. sharing, beyond:
            (b, n, m). extra: (b, n).
        kind: (s,) HOME, UNTAXED or TAXED. exports: whether exports are taxed.
        rule: which of `fast.RULES`. deficits, earned: (n,) of the benchmark.
    """

    A: Array
    B: Array
    border: Array
    own: Array
    sharing: Array
    beyond: Array
    extra: Array
    kind: NDArray[np.int64]
    exports: bool
    rule: int
    spending: Array
    labour: Array
    collected: Array
    deficits: Array
    earned: Array
    dead: Array
    va_t: Array
    inputs: Array
    final_shares: Array
    theta: Array
    dropped: int


class Room(NamedTuple):
    """What a sweep leaves.

    Attributes:
        y, X, S, Y: (s, n), S without `Case.dead`. money: (4, s, n) duties, sales, purchases and
            own ones, and sums: (4, n) over sectors.
    """

    y: Array
    X: Array
    S: Array
    Y: Array
    money: Array
    sums: Array


def empty_room(S: int, N: int) -> Room:
    """Empty arrays for a world of S sectors and N regions."""
    y, X, prices, Y = np.empty((4, S, N))
    return Room(y, X, prices, Y, np.empty((4, S, N)), np.empty((4, N)))


# A loop that begins anywhere but at zero is not taken four numbers at a time: the compiler asks
# at each number whether its index is negative. A part of an array is sliced before. Nor is one
# that writes where it reads, but at the same number.


@summing
def copied(a: Array | Rounded, out: Array) -> None:
    """Write a (k,) to out."""
    for k in range(a.shape[0]):
        out[k] = a[k]


@summing
def _multiplied(a: Array, b: Array, out: Array) -> None:
    """Write a times b, all (k,), to out."""
    for k in range(out.shape[0]):
        out[k] = a[k] * b[k]


@summing
def competitiveness(c: Case, x: Array, cost: Array, first: int, last: int, y: Array) -> None:
    """Competitiveness y (s, n) of some regions, from ``cost`` (k or 1, n), the log hat of pay."""
    sectors, regions = y.shape
    log_P = x[regions : regions + sectors * regions].reshape(sectors, regions)
    made, prices = np.empty((2, last - first, sectors)), np.empty(sectors)
    for n in range(first, last):
        log_c = made[0, n - first]
        for k in range(sectors):
            prices[k] = log_P[k, n]
        times_rows(prices, c.inputs[n], log_c)
        for k in range(sectors):
            log_c[k] += c.va_t[k, n] * cost[k if cost.shape[0] > 1 else 0, n]
            log_c[k] *= -c.theta[k]
    exp_of(made[0].reshape(-1), made[1].reshape(-1))
    for k in range(sectors):
        some = y[k, first:last]
        for n in range(some.shape[0]):
            some[n] = made[1, n, k]


@summing
def spending(c: Case, x: Array, first: int, last: int, room: Room) -> None:
    """X (s, n) of some sectors."""
    sectors, regions = c.spending.shape
    begin, end = first * regions, last * regions
    X, base = room.X.reshape(-1)[begin:end], c.spending.reshape(-1)[begin:end]
    exp_of(x[regions + sectors * regions :][begin:end], X)
    for k in range(X.shape[0]):
        X[k] *= base[k]


@summing
def trade(c: Case, b: int, first: int, every: int, room: Room) -> None:
    """Prices and output of sectors first, first + every and so on, and the money in them."""
    sectors, regions = c.spending.shape
    worth, V = np.empty(regions), np.empty(regions)
    for s in range(first, sectors, every):
        y, Y, X, S, kind = room.y[s], room.Y[s], room.X[s], room.S[s], c.kind[s]
        B, dead, home = c.B[b, s], c.dead[s], c.own[2, b, s]
        duty, sold = room.money[0, s], room.money[1, s]
        bought, at_home = room.money[2, s], room.money[3, s]
        if kind == HOME:
            _multiplied(c.own[0, b, s], y, S)
            _multiplied(home, y, worth)
        else:
            rows_times(c.A[b, s], y, S)
            if kind == TAXED:
                rows_times(c.border[b, s], y, worth)
            else:
                copied(S, worth)
        for n in range(regions):
            V[n] = X[n] / (S[n] + dead[n])
        _multiplied(V, worth, bought)
        _multiplied(V, y, at_home)
        _multiplied(at_home, home, at_home)
        if kind == HOME:
            _multiplied(c.own[1, b, s], V, Y)
        else:
            times_rows(V, B if kind == TAXED else c.A[b, s], Y)
        _multiplied(Y, y, Y)
        for n in range(regions):
            duty[n] = X[n] - bought[n]
        if c.exports:
            times_rows(V, c.border[b, s], sold)
            _multiplied(sold, y, sold)
            for n in range(regions):
                duty[n] += sold[n] - Y[n]
        else:
            copied(Y, sold)


@summing
def summed(c: Case, room: Room) -> None:
    """The money of all sectors, by region."""
    each = np.ones(c.spending.shape[0])
    for k in range(room.sums.shape[0]):
        times_rows(each, room.money[k], room.sums[k])


@summing
def price_gaps(c: Case, x: Array, first: int, last: int, room: Room, F: Array) -> None:
    """Gaps of the prices of some sectors."""
    regions = c.spending.shape[1]
    begin, end = first * regions, last * regions
    gaps, log_P = F[regions:][begin:end], x[regions:][begin:end]
    S, dead = room.S.reshape(-1)[begin:end], c.dead.reshape(-1)[begin:end]
    sums = np.empty(S.shape[0])
    for k in range(S.shape[0]):
        sums[k] = S[k] + dead[k]
    log_of(sums, gaps)
    for s in range(first, last):
        at = (s - first) * regions
        some, was, per = gaps[at : at + regions], log_P[at : at + regions], -1.0 / c.theta[s]
        for n in range(regions):
            some[n] = some[n] * per - was[n]


@summing
def spending_gaps(c: Case, income: Array, first: int, last: int, room: Room, F: Array) -> float:
    """Gaps of spending in some regions; the largest of them, or infinity."""
    sectors, regions = c.spending.shape
    ratio, logs = np.empty((last - first, sectors)), np.empty((last - first, sectors))
    made, X = np.empty((2, sectors))
    spending = F[regions + sectors * regions : regions + 2 * sectors * regions]
    for n in range(first, last):
        some = ratio[n - first]
        for k in range(sectors):
            made[k], X[k] = room.Y[k, n], room.X[k, n] + c.dead[k, n]
        rows_times(c.inputs[n], made, some)
        for s in range(sectors):
            some[s] += c.final_shares[s, n] * income[n] + c.dead[s, n]
        for s in range(sectors):
            some[s] /= X[s]
    log_of(ratio.reshape(-1), logs.reshape(-1))
    for n in range(first, last):
        gaps = logs[n - first]
        for s in range(sectors):
            gaps[s] *= 1.0 - c.dead[s, n]
            spending[s * regions + n] = gaps[s]
    return largest(logs.reshape(-1))


@summing
def _transfers(c: Case, earned: Array, out: Array) -> None:
    """The closure's deficits (n,), as `deficits`."""
    total, base = earned.sum(), c.earned.sum()
    if c.rule == 0:
        out[:] = c.deficits * (total / base)
    elif c.rule == 1:
        out[:] = c.deficits
    elif c.rule == 2:
        out[:] = c.deficits * (earned / c.earned)
        share = out.sum() / total
        for n in range(len(out)):
            out[n] -= earned[n] * share
    else:
        out[:] = 0.0


@summing
def balances(c: Case, b: int, x: Array, sums: Array, income: Array, F: Array) -> None:
    """Labour income, duties, transfers: income (n,), and the gaps of the trade balances."""
    regions = income.shape[0]
    collected, sales, bought, own = sums[0], sums[1], sums[2], sums[3]
    labour, received = np.empty(regions), np.zeros(regions)
    exp_of(x[:regions], labour)
    labour *= c.labour
    scale = labour.sum() / c.labour.sum()
    for n in range(regions):
        for m in range(regions):
            received[n] += c.sharing[b, n, m] * collected[m]
            if c.beyond.shape[0] > 0:
                received[n] += c.beyond[b, n, m] * (collected[m] - scale * c.collected[m])
    _transfers(c, labour + received, income)
    for n in range(regions):
        transfers = income[n] + c.extra[b, n]
        income[n] = labour[n] + received[n] + transfers
        net = transfers + received[n] - collected[n]
        inward = max(net, 0.0)
        floor = FLOOR * labour[n]
        gained = max(sales[n] - own[n], 0.0) + inward + floor
        paid = max(bought[n] - own[n], 0.0) + (inward - net) + floor
        F[n] = np.log(gained / paid)
    F[c.dropped] = -np.log(scale)
