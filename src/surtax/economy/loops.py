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
from surtax.world.world import Array

# What a sector's trade asks for: nothing but home sales, one product, or one net of tax too.
HOME, UNTAXED, TAXED = 0, 1, 2


class Case(NamedTuple):
    """Scenarios of one world, as `problem.Problem`; b scenarios lead where it says so.

    Attributes:
        A, B, border: (b, s, n, i). sharing, beyond: (b, n, m). extra: (b, n).
        kind: (s,) HOME, UNTAXED or TAXED. exports: whether exports are taxed.
        rule: which of `fast.RULES`. deficits, earned: (n,) of the benchmark.
    """

    A: Array
    B: Array
    border: Array
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
    """What a sweep leaves: y, X, S, Y (s, n); duties, sales, purchases and own ones (4, n)."""

    y: Array
    X: Array
    S: Array
    Y: Array
    sums: Array


def empty_room(S: int, N: int) -> Room:
    """Empty arrays for a world of S sectors and N regions."""
    y, X, prices, Y = np.empty((4, S, N))
    return Room(y, X, prices, Y, np.empty((4, N)))


# A loop that begins anywhere but at zero is not taken four numbers at a time: the compiler asks
# at each number whether its index is negative. A part of an array is sliced before.


@summing
def copied(a: Array | Rounded, out: Array) -> None:
    """Write a (k,) to out."""
    for k in range(a.shape[0]):
        out[k] = a[k]


@summing
def _over_sellers(weights: Array, y: Array, out: Array) -> None:
    """Sum weights (n, i) times y (i) over sellers, to out (n)."""
    for n in range(weights.shape[0]):
        total = 0.0
        for i in range(weights.shape[1]):
            total += weights[n, i] * y[i]
        out[n] = total


@summing
def _over_buyers(weights: Array, v: Array, out: Array) -> None:
    """Sum weights (n, i) times v (n) over buyers, to out (i)."""
    out[:] = 0.0
    for n in range(weights.shape[0]):
        by = v[n]
        for i in range(weights.shape[1]):
            out[i] += weights[n, i] * by


@summing
def competitiveness(c: Case, x: Array, cost: Array, first: int, last: int, y: Array) -> None:
    """Competitiveness y (s, n) of some regions, from ``cost`` (k or 1, n), the log hat of pay."""
    sectors, regions = y.shape
    log_P = x[regions : regions + sectors * regions].reshape(sectors, regions)
    made = np.empty((last - first, sectors))
    for n in range(first, last):
        log_c, inputs = made[n - first], c.inputs[n]
        for k in range(sectors):
            log_c[k] = c.va_t[k, n] * cost[k if cost.shape[0] > 1 else 0, n]
        for s in range(sectors):
            log_p, shares = log_P[s, n], inputs[s]
            for k in range(sectors):
                log_c[k] += shares[k] * log_p
        for k in range(sectors):
            log_c[k] *= -c.theta[k]
    exp_of(made.reshape(-1), made.reshape(-1))
    for k in range(sectors):
        some = y[k, first:last]
        for n in range(some.shape[0]):
            some[n] = made[n, k]


@summing
def spending(c: Case, x: Array, first: int, last: int, room: Room) -> None:
    """X (s, n) of some sectors, as hats."""
    sectors, regions = c.spending.shape
    begin, end = first * regions, last * regions
    log_X = x[regions + sectors * regions :]
    exp_of(log_X[begin:end], room.X.reshape(-1)[begin:end])


@summing
def trade(c: Case, b: int, first: int, every: int, room: Room) -> None:
    """Prices and output of sectors first, first + every and so on, and their sums by region.

    X comes as hats and leaves as amounts.
    """
    sectors, regions = c.spending.shape
    worth, sold, V = np.empty(regions), np.empty(regions), np.empty(regions)
    collected, sales, bought, own = room.sums[0], room.sums[1], room.sums[2], room.sums[3]
    room.sums[:] = 0.0
    for s in range(first, sectors, every):
        y, Y, X, S, kind = room.y[s], room.Y[s], room.X[s], room.S[s], c.kind[s]
        A, B, border = c.A[b, s], c.B[b, s], c.border[b, s]
        if kind == HOME:
            for n in range(regions):
                S[n], worth[n] = A[n, n] * y[n], border[n, n] * y[n]
        else:
            _over_sellers(A, y, S)
            if kind == TAXED:
                _over_sellers(border, y, worth)
            else:
                for n in range(regions):
                    worth[n] = S[n]
        for n in range(regions):
            S[n] += c.dead[s, n]
            X[n] *= c.spending[s, n]
            V[n] = X[n] / S[n]
            collected[n] += X[n] - V[n] * worth[n]
            bought[n] += V[n] * worth[n]
            own[n] += border[n, n] * y[n] * V[n]
        if kind == HOME:
            for n in range(regions):
                Y[n] = B[n, n] * V[n]
        else:
            _over_buyers(B if kind == TAXED else A, V, Y)
        for i in range(regions):
            Y[i] *= y[i]
        if c.exports:
            _over_buyers(border, V, sold)
            for i in range(regions):
                sales[i] += sold[i] * y[i]
                collected[i] += sold[i] * y[i] - Y[i]
        else:
            for i in range(regions):
                sales[i] += Y[i]


@summing
def price_gaps(c: Case, x: Array, first: int, last: int, room: Room, F: Array) -> None:
    """Gaps of the prices of some sectors."""
    regions = c.spending.shape[1]
    begin, end = first * regions, last * regions
    log_of(room.S.reshape(-1)[begin:end], F[regions + begin : regions + end])
    for s in range(first, last):
        at = regions + s * regions
        log_P, gap = x[at : at + regions], F[at : at + regions]
        for n in range(regions):
            gap[n] = gap[n] / -c.theta[s] - log_P[n]


@summing
def spending_gaps(c: Case, income: Array, first: int, last: int, room: Room, F: Array) -> float:
    """Gaps of spending in some regions; the largest of them, or infinity."""
    sectors, regions = c.spending.shape
    ratio, logs = np.empty((last - first, sectors)), np.empty((last - first, sectors))
    made = np.empty(sectors)
    spending = F[regions + sectors * regions : regions + 2 * sectors * regions]
    for n in range(first, last):
        some, inputs = ratio[n - first], c.inputs[n]
        for k in range(sectors):
            made[k] = room.Y[k, n]
        for s in range(sectors):
            spent, shares = 0.0, inputs[s]
            for k in range(sectors):
                spent += shares[k] * made[k]
            dead = c.dead[s, n]
            spent += c.final_shares[s, n] * income[n] + dead
            some[s] = spent / (room.X[s, n] + dead)
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
