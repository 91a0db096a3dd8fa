"""The loops of the compiled engine: one sweep, one step, one mixing, and the whole iteration.

Axes and equations are those of `system`, `linear` and `fixedpoint`, which say what each line
is; `fast` calls these with their arrays. Large worlds wait for memory, small ones for calls:
here every array is read once a sweep and nothing is called between two sweeps.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from surtax.economy.elementary import compiled, exp_of, log_of
from surtax.economy.linear import Rounded
from surtax.economy.problem import FLOOR
from surtax.world.world import Array

# What a sector's trade asks for: nothing but home sales, one product, or one net of tax too.
HOME, UNTAXED, TAXED = 0, 1, 2

_loops = compiled("reassoc", "contract", "nsz")


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


class Frozen(NamedTuple):
    """`linear.Preconditioner`; rows (2, n, s, s) are its blocks transposed."""

    rows: Rounded
    wages: Array
    demand: Array
    abroad: Array
    spending: Array
    follow: Rounded


class Room(NamedTuple):
    """What a sweep leaves: X, S, Y (s, n); duties, sales, purchases, own purchases (4, n)."""

    X: Array
    S: Array
    Y: Array
    sums: Array


@_loops
def _over_sellers(weights: Array, y: Array, out: Array) -> None:
    """Sum weights (n, i) times y (i) over sellers, to out (n)."""
    for n in range(weights.shape[0]):
        total = 0.0
        for i in range(weights.shape[1]):
            total += weights[n, i] * y[i]
        out[n] = total


@_loops
def _over_buyers(weights: Array, v: Array, out: Array) -> None:
    """Sum weights (n, i) times v (n) over buyers, to out (i)."""
    out[:] = 0.0
    for n in range(weights.shape[0]):
        by = v[n]
        for i in range(weights.shape[1]):
            out[i] += weights[n, i] * by


@_loops
def _competitiveness(
    inputs: Array, va_t: Array, theta: Array, cost: Array, log_P: Array, y: Array
) -> None:
    """Competitiveness y (s, n) from cost (k or 1, n) and log prices (s, n)."""
    sectors, regions = y.shape
    log_c = np.empty(sectors)
    for n in range(regions):
        for k in range(sectors):
            log_c[k] = va_t[k, n] * cost[k if cost.shape[0] > 1 else 0, n]
        for s in range(sectors):
            log_p = log_P[s, n]
            for k in range(sectors):
                log_c[k] += inputs[n, s, k] * log_p
        for k in range(sectors):
            y[k, n] = -theta[k] * log_c[k]
    exp_of(y.reshape(-1), y.reshape(-1))


@_loops
def trade(c: Case, b: int, x: Array, cost: Array, room: Room) -> None:
    """Spending, prices and output of every cell, and what regions collect, sell and buy.

    ``cost`` (k or 1, n) is the log hat of what labour costs.
    """
    sectors, regions = c.spending.shape
    cells = sectors * regions
    ys, worth, sold = np.empty((sectors, regions)), np.empty(regions), np.empty(regions)
    V = np.empty(regions)
    prices = x[regions : regions + cells].reshape(sectors, regions)
    _competitiveness(c.inputs, c.va_t, c.theta, cost, prices, ys)
    exp_of(x[regions + cells : regions + 2 * cells], room.X.reshape(-1))
    collected, sales, bought, own = room.sums[0], room.sums[1], room.sums[2], room.sums[3]
    room.sums[:] = 0.0
    for s in range(sectors):
        y, Y, X, S, kind = ys[s], room.Y[s], room.X[s], room.S[s], c.kind[s]
        A, B, border = c.A[b, s], c.B[b, s], c.border[b, s]
        if kind == HOME:
            for n in range(regions):
                S[n], worth[n] = A[n, n] * y[n], border[n, n] * y[n]
        else:
            _over_sellers(A, y, S)
            if kind == TAXED:
                _over_sellers(border, y, worth)
            else:
                worth[:] = S
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


@_loops
def cell_gaps(c: Case, x: Array, income: Array, room: Room, F: Array) -> None:
    """Gaps of prices and spending."""
    sectors, regions = c.spending.shape
    cells = sectors * regions
    ratio, made = np.empty((sectors, regions)), np.empty(sectors)
    for n in range(regions):
        for k in range(sectors):
            made[k] = room.Y[k, n]
        for s in range(sectors):
            spent = 0.0
            for k in range(sectors):
                spent += c.inputs[n, s, k] * made[k]
            spent += c.final_shares[s, n] * income[n]
            ratio[s, n] = (spent + c.dead[s, n]) / (room.X[s, n] + c.dead[s, n])
    prices, spending = F[regions : regions + cells], F[regions + cells : regions + 2 * cells]
    log_of(room.S.reshape(-1), prices)
    log_of(ratio.reshape(-1), spending)
    for s in range(sectors):
        for n in range(regions):
            at = s * regions + n
            prices[at] = prices[at] / -c.theta[s] - x[regions + at]
            spending[at] *= 1.0 - c.dead[s, n]


@_loops
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


@_loops
def _balances(c: Case, b: int, x: Array, room: Room, income: Array, F: Array) -> None:
    """Labour income, duties, transfers: income (n,), and the gaps of the trade balances."""
    regions = income.shape[0]
    collected, sales, bought, own = room.sums[0], room.sums[1], room.sums[2], room.sums[3]
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


@_loops
def gaps(c: Case, b: int, x: Array, room: Room, F: Array) -> float:
    """F (like x) at x of scenario b, where sectors pay one wage; max |F|, or infinity."""
    regions = c.labour.shape[0]
    income = np.empty(regions)
    trade(c, b, x, x[:regions].reshape(1, regions), room)
    _balances(c, b, x, room, income, F)
    cell_gaps(c, x, income, room, F)
    largest, total = 0.0, 0.0
    for k in range(F.shape[0]):
        largest = max(largest, abs(F[k]))
        total += F[k]
    return largest if np.isfinite(total) else np.inf


_CHUNK = 2048


@_loops
def stepped(f: Frozen, r: Array, step: Array) -> None:
    """`Preconditioner.step` of a residual; cells in single precision."""
    regions, sectors = f.wages.shape[0], f.rows.shape[2]
    cells = sectors * regions
    z = np.empty(2 * cells, dtype=np.float32)
    p, x = np.empty(sectors, dtype=np.float32), np.empty(sectors, dtype=np.float32)
    gap = np.empty(regions)
    for n in range(regions):
        gap[n] = f.abroad[n] * r[n]
        p[:] = np.float32(0.0)
        x[:] = np.float32(0.0)
        for s in range(sectors):
            at = regions + s * regions + n
            gap[n] -= f.spending[s, n] * r[at + cells]
            r_p, r_x = np.float32(r[at]), np.float32(r[at + cells])
            to_p, to_x = f.rows[0, n, s], f.rows[1, n, s]
            for a in range(sectors):
                p[a] += to_p[a] * r_p
                x[a] += to_x[a] * r_x
        for a in range(sectors):
            z[a * regions + n] = p[a]
            z[cells + a * regions + n] = x[a]
            gap[n] += f.demand[0, a, n] * p[a] + f.demand[1, a, n] * x[a]
    wages = f.wages @ gap
    step[:regions] = wages
    for first in range(0, 2 * cells, _CHUNK):  # a chunk stays in the nearest cache for all
        others = z[first : first + _CHUNK]
        for n in range(regions):
            moved, weights = np.float32(wages[n]), f.follow[n, first : first + _CHUNK]
            for k in range(others.shape[0]):
                others[k] += weights[k] * moved
    step[regions : regions + 2 * cells] = z


@_loops
def mixed(
    x: Array, s: Array, last_x: Array, last_s: Array, damp: float, j: int, m: int, dS: Array,
    dZ: Array, gram: Array,
) -> Array:  # fmt: skip
    """`fixedpoint.History.move` with past differences; the normal equations by Cholesky."""
    size = x.shape[0]
    for k in range(size):
        dS[j, k] = s[k] - last_s[k]
        dZ[j, k] = damp * dS[j, k] + x[k] - last_x[k]
    against, L = np.empty(m), np.empty((m, m))
    for a in range(m):
        product, inner, row = 0.0, 0.0, dS[a]
        for k in range(size):
            product += row[k] * s[k]
            inner += row[k] * dS[j, k]
        against[a] = product
        gram[j, a] = gram[a, j] = inner
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
    move = damp * s
    for a in range(m):
        weight, row = against[a] / np.sqrt(max(gram[a, a], 1e-300)), dZ[a]
        for k in range(size):
            move[k] -= weight * row[k]
    return move


@_loops
def accelerated(
    c: Case, b: int, f: Frozen, x: Array, tol: float, memory: int, budget: int, far: float,
    longest: float,
) -> tuple[Array, float, int]:  # fmt: skip
    """`fixedpoint.anderson` on scenario b: the best point, max |F| there, evaluations."""
    sectors, regions = c.spending.shape
    room = Room(
        np.empty((sectors, regions)), np.empty((sectors, regions)), np.empty((sectors, regions)),
        np.empty((4, regions)),
    )  # fmt: skip
    size = x.shape[0]
    dS, dZ, gram = np.empty((memory, size)), np.empty((memory, size)), np.zeros((memory, memory))
    r, s, last_x, last_s = np.empty(size), np.empty(size), np.empty(size), np.empty(size)
    held, damp, fresh = 0, 1.0, True
    x = x.copy()
    norm = gaps(c, b, x, room, r)
    best, best_norm, spent = x.copy(), norm, 1
    while best_norm > tol and spent < budget:
        if best_norm > far and 2 * spent >= budget:
            break
        stepped(f, r, s)
        m = min(held + (not fresh), memory)
        move = damp * s
        if m > 0:
            move = mixed(x, s, last_x, last_s, damp, held % memory, m, dS, dZ, gram)
        held += not fresh
        fresh = False
        last_x[:], last_s[:] = x, s
        reach = 0.0
        for k in range(size):
            reach = max(reach, abs(move[k]))
        short = longest / reach if reach > longest else 1.0
        for k in range(size):
            x[k] += short * move[k]
        norm = gaps(c, b, x, room, r)
        spent += 1
        if norm < best_norm:
            best[:], best_norm = x, norm
        elif not norm < 10.0 * best_norm:
            x[:] = best
            held, damp, fresh = 0, 0.5 * damp, True
            if damp < 0.02:
                break
            gaps(c, b, x, room, r)
            spent += 1
    return best, best_norm, spent
