"""The loops of the compiled engine: the pieces of one sweep.

Equations are those of `system`, `linear` and `fixedpoint`, which say what each line is; `fast`
and `iteration` call these with their arrays. Unknowns and cells are held region by region,
(n, s), since most of a sweep is each region's own; trade alone goes sector by sector. Large
worlds wait for memory, so every array is read once a sweep. A piece takes some regions, sectors
or unknowns.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from surtax.economy.elementary import exp_of, log_of, summing
from surtax.economy.lent import lent
from surtax.economy.linear import Rounded
from surtax.economy.problem import FLOOR
from surtax.economy.products import rows_times, tiled, times_rows
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
        spending, dead, added, final_shares: (n, s), added of value added. nothing: (s, n) as
            dead. inputs: (n, s, k). theta: (s,), and exponents of prices: minus one over it.
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
    nothing: Array
    added: Array
    inputs: Array
    final_shares: Array
    theta: Array
    exponents: Array
    dropped: int


class Room(NamedTuple):
    """What a sweep leaves.

    Attributes:
        y, X, S, V, Y: (s, n), S one where nothing is bought. bought, own, sold: (s, n) at the
            border: purchases, those at home, and sales, if exports are taxed.
        spent: (n, s) X, one where nothing is. work: (2, n, s) what is on its way.
        sums: (4, n) duties, sales, purchases and own ones. ones: (s,).
    """

    y: Array
    X: Array
    S: Array
    V: Array
    Y: Array
    bought: Array
    own: Array
    sold: Array
    spent: Array
    work: Array
    sums: Array
    ones: Array


def empty_room(S: int, N: int) -> Room:
    """Empty arrays for a world of S sectors and N regions."""
    y, X, prices, V, Y, bought, own, sold = np.empty((8, S, N))
    return Room(
        y, X, prices, V, Y, bought, own, sold, spent=np.empty((N, S)),
        work=np.empty((2, N, S)), sums=np.empty((4, N)), ones=np.ones(S),
    )  # fmt: skip


# A loop that begins anywhere but at zero is not taken four numbers at a time: the compiler asks
# at each number whether its index is negative. A part of an array is sliced before. Nor is one
# that writes where it reads, but at the same number, nor one of too many arrays, each of which
# might be another. The pieces take arrays that were lent to their caller: one that was not has
# each slice counted.


@summing
def copied(a: Array | Rounded, out: Array | Rounded) -> None:
    """Write a (k,) to out."""
    for k in range(a.shape[0]):
        out[k] = a[k]


@summing
def _multiplied(a: Array, b: Array, out: Array) -> None:
    """Write a times b, all (k,), to out."""
    for k in range(out.shape[0]):
        out[k] = a[k] * b[k]


@summing
def _to_sectors(a: Array, first: int, out: Array) -> None:
    """Write a (k, s), of regions from the first on, into out (s, n)."""
    for s in range(out.shape[0]):
        some = out[s, first : first + a.shape[0]]
        for n in range(a.shape[0]):
            some[n] = a[n, s]


@summing
def _to_regions(a: Array, first: int, out: Array) -> None:
    """Write columns of a (s, n), from the first on, to out (k, s)."""
    for n in range(out.shape[0]):
        for s in range(a.shape[0]):
            out[n, s] = a[s, first + n]


@summing
def competitiveness(c: Case, x: Array, cost: Array, first: int, last: int, room: Room) -> None:
    """Competitiveness y of some regions, from ``cost`` (n, k or 1), the log hat of pay."""
    regions, sectors = c.spending.shape
    log_P = x[regions : regions + regions * sectors].reshape(regions, sectors)
    for n in range(first, last):
        log_c, added, pay = room.work[0, n], c.added[n], cost[n]
        times_rows(log_P[n], c.inputs[n], log_c)
        if pay.shape[0] > 1:
            for k in range(sectors):
                log_c[k] = (log_c[k] + added[k] * pay[k]) * -c.theta[k]
        else:
            for k in range(sectors):
                log_c[k] = (log_c[k] + added[k] * pay[0]) * -c.theta[k]
    exp_of(room.work[0, first:last].reshape(-1), room.work[1, first:last].reshape(-1))
    _to_sectors(room.work[1, first:last], first, room.y)


@summing
def spending(c: Case, x: Array, first: int, last: int, room: Room) -> None:
    """X of some regions."""
    regions, sectors = c.spending.shape
    begin, end = first * sectors, last * sectors
    X, spent = room.work[0].reshape(-1)[begin:end], room.spent.reshape(-1)[begin:end]
    base, dead = c.spending.reshape(-1)[begin:end], c.dead.reshape(-1)[begin:end]
    exp_of(x[regions + regions * sectors :][begin:end], X)
    _multiplied(X, base, X)
    for k in range(X.shape[0]):
        spent[k] = X[k] + dead[k]
    _to_sectors(room.work[0, first:last], first, room.X)


@summing
def _spread(X: Array, dead: Array, S: Array, V: Array) -> None:
    """Spending over S (n,), which is one where nothing is bought."""
    for n in range(X.shape[0]):
        S[n] += dead[n]
        V[n] = X[n] / S[n]


@summing
def trade(c: Case, b: int, first: int, every: int, room: Room) -> None:
    """Prices and output of sectors first, first + every and so on, and the money in them."""
    regions, sectors = c.spending.shape
    for s in range(first, sectors, every):
        y, X, S, V, Y = room.y[s], room.X[s], room.S[s], room.V[s], room.Y[s]
        dead, home, kind = c.nothing[s], c.own[2, b, s], c.kind[s]
        bought, own = room.bought[s], room.own[s]
        A, B, border = c.A[b, s], c.B[b, s], c.border[b, s]
        if kind == UNTAXED:
            B, border = A, A
        if kind == HOME:
            _multiplied(c.own[0, b, s], y, S)
            _multiplied(home, y, bought)
            _spread(X, dead, S, V)
            _multiplied(c.own[1, b, s], V, Y)
        elif tiled(regions):
            rows_times(A, y, S)
            if kind == TAXED:
                rows_times(border, y, bought)
            else:
                copied(S, bought)
            _spread(X, dead, S, V)
            times_rows(V, B, Y)
        else:
            for i in range(regions):
                Y[i] = 0.0
            for n in range(regions):  # a row of B is still near when it is read again
                from_all, kept, to_all = A[n], border[n], B[n]
                total, worth = dead[n], 0.0
                for i in range(regions):
                    total += from_all[i] * y[i]
                for i in range(regions):
                    worth += kept[i] * y[i]
                S[n], V[n], bought[n] = total, X[n] / total, worth
                for i in range(regions):
                    Y[i] += to_all[i] * V[n]
        _multiplied(bought, V, bought)
        _multiplied(Y, y, Y)
        for n in range(regions):
            own[n] = V[n] * y[n] * home[n]
        if c.exports:
            times_rows(V, border, room.sold[s])
            _multiplied(room.sold[s], y, room.sold[s])


@summing
def summed(c: Case, room: Room) -> None:
    """The money of all sectors, by region."""
    duties, sold, paid, own = room.sums[0], room.sums[1], room.sums[2], room.sums[3]
    times_rows(room.ones, room.X, duties)
    times_rows(room.ones, room.bought, paid)
    times_rows(room.ones, room.own, own)
    for n in range(duties.shape[0]):
        duties[n] -= paid[n]
    times_rows(room.ones, room.Y, sold)
    if c.exports:
        for n in range(duties.shape[0]):
            duties[n] -= sold[n]
        times_rows(room.ones, room.sold, sold)
        for n in range(duties.shape[0]):
            duties[n] += sold[n]


@summing
def price_gaps(c: Case, x: Array, first: int, last: int, room: Room, F: Array) -> None:
    """Gaps of the prices of some regions."""
    regions, sectors = c.spending.shape
    begin, end = regions + first * sectors, regions + last * sectors
    _to_regions(room.S, first, room.work[0, first:last])
    log_of(room.work[0, first:last].reshape(-1), F[begin:end])
    log_P, gaps = x[begin:end].reshape(-1, sectors), F[begin:end].reshape(-1, sectors)
    for n in range(last - first):
        was, some = log_P[n], gaps[n]
        for s in range(sectors):
            some[s] = some[s] * c.exponents[s] - was[s]


@summing
def spending_gaps(c: Case, income: Array, first: int, last: int, room: Room, F: Array) -> None:
    """Gaps of spending in some regions."""
    regions, sectors = c.spending.shape
    begin, end = first * sectors, last * sectors
    _to_regions(room.Y, first, room.work[0, first:last])
    for n in range(first, last):
        some, final, dead, spent = room.work[1, n], c.final_shares[n], c.dead[n], room.spent[n]
        rows_times(c.inputs[n], room.work[0, n], some)
        for s in range(sectors):
            some[s] = (some[s] + final[s] * income[n] + dead[s]) / spent[s]
    gaps = F[regions + regions * sectors :][begin:end]
    log_of(room.work[1, first:last].reshape(-1), gaps)
    dead = c.dead.reshape(-1)[begin:end]
    for k in range(gaps.shape[0]):
        gaps[k] *= 1.0 - dead[k]


@summing
def _transfers(c: Case, earned: Array, out: Array) -> None:
    """The closure's deficits (n,), as `deficits`."""
    total, base, wanted = earned.sum(), c.earned.sum(), 0.0
    for n in range(out.shape[0]):
        if c.rule == 0:
            out[n] = c.deficits[n] * (total / base)
        elif c.rule == 1:
            out[n] = c.deficits[n]
        elif c.rule == 2:
            out[n] = c.deficits[n] * (earned[n] / c.earned[n])
        else:
            out[n] = 0.0
        wanted += out[n]
    if c.rule == 2:
        for n in range(out.shape[0]):
            out[n] -= earned[n] * (wanted / total)


@summing
def balances(c: Case, b: int, x: Array, room: Room, income: Array, F: Array) -> None:
    """Labour income, duties, transfers: income (n,), and the gaps of the trade balances."""
    regions, sums = income.shape[0], room.sums
    collected, sales, bought, own = sums[0], sums[1], sums[2], sums[3]
    work = room.work.reshape(2, -1)
    labour, received, others = work[0, :regions], work[1, :regions], np.empty(regions)
    exp_of(x[:regions], labour)
    for n in range(regions):
        labour[n] *= c.labour[n]
    scale = labour.sum() / c.labour.sum()
    rows_times(c.sharing[b], collected, received)
    if c.beyond.shape[0] > 0:
        for m in range(regions):
            others[m] = collected[m] - scale * c.collected[m]
        rows_times(c.beyond[b], others, income)
        for n in range(regions):
            received[n] += income[n]
    for n in range(regions):
        others[n] = labour[n] + received[n]
    _transfers(c, others, income)
    for n in range(regions):
        transfers = income[n] + c.extra[b, n]
        income[n] = labour[n] + received[n] + transfers
        net = transfers + received[n] - collected[n]
        inward = max(net, 0.0)
        floor = FLOOR * labour[n]
        gained = max(sales[n] - own[n], 0.0) + inward + floor
        paid = max(bought[n] - own[n], 0.0) + (inward - net) + floor
        others[n] = gained / paid
    log_of(others, F[:regions])
    F[c.dropped] = -np.log(scale)


@summing
def swept(c: Case, b: int, x: Array, cost: Array, room: Room) -> None:
    """A sweep at x up to the money in it."""
    c, x, cost, room = lent(c), lent(x), lent(cost), lent(room)
    regions = c.spending.shape[0]
    competitiveness(c, x, cost, 0, regions, room)
    spending(c, x, 0, regions, room)
    trade(c, b, 0, 1, room)
    summed(c, room)


@summing
def cell_gaps(c: Case, x: Array, income: Array, room: Room, F: Array) -> None:
    """The gaps of all cells after a sweep at x."""
    c, x, income, room, F = lent(c), lent(x), lent(income), lent(room), lent(F)
    regions = c.spending.shape[0]
    price_gaps(c, x, 0, regions, room, F)
    spending_gaps(c, income, 0, regions, room, F)
