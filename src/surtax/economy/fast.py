"""The heavy loops of a solve, compiled; optional (extra ``fast``).

`residual_of`, `CompiledHistory` and the step of `compiled` stand in for those of `system`,
`fixedpoint` and `linear` in ``solve(engine="fast")``, with the same
axes. A closure's rules, the accounts and the certificate are the same code in both engines.
numba keeps what it compiled on disk: only the first use on a machine waits for it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar, cast

import numpy as np

from surtax.economy import equations as eq
from surtax.economy.fixedpoint import History
from surtax.economy.linear import Preconditioner, Rounded
from surtax.economy.problem import FLOOR, Problem
from surtax.economy.system import money_of, other_gaps, pay_of, spread_of, unpacked
from surtax.errors import MissingExtraError
from surtax.world.world import Array

try:
    from numba import njit
except ImportError:
    raise MissingExtraError(
        "the engine “fast” needs numba.", mend="pip install 'surtax[fast]', or leave it out."
    ) from None

_CHUNK = 512

_F = TypeVar("_F", bound=Callable[..., object])


def _loops(function: _F) -> _F:
    """Compiled, without the interpreter's lock; sums may be taken in any order, no more."""
    flags = {"reassoc", "contract", "nsz"}
    return cast(_F, njit(cache=True, nogil=True, fastmath=flags, error_model="numpy")(function))


def _lined(a: Array, *axes: int) -> Array:
    """The array with its leading axes made one, in C order."""
    return np.ascontiguousarray(a).reshape(-1, *axes)


@_loops
def _trade(
    x: Array,
    spending: Array,
    cost: Array,
    va_t: Array,
    inputs: Array,
    theta: Array,
    A: Array,
    B: Array,
    border: Array,
    taxed: bool,
    dead: Array,
    X: Array,
    S: Array,
    Y: Array,
    sums: Array,
) -> None:
    """Spending, prices and output of every cell, and what regions collect, sell and buy."""
    sectors, regions = spending.shape
    cells = sectors * regions
    log_c = np.empty((x.shape[0], regions, sectors))
    y, sold = np.empty(regions), np.empty(regions)
    for n in range(regions):
        for b in range(x.shape[0]):
            c = log_c[b, n]
            for k in range(sectors):
                c[k] = va_t[k, n] * cost[b, k if cost.shape[1] > 1 else 0, n]
            for s in range(sectors):
                log_p, used = x[b, regions + s * regions + n], inputs[n, s]
                for k in range(sectors):
                    c[k] += used[k] * log_p
    for b in range(x.shape[0]):
        collected, sales, bought, own = sums[0, b], sums[1, b], sums[2, b], sums[3, b]
        for s in range(sectors):
            Ys = Y[b, s]
            for i in range(regions):
                y[i] = np.exp(-theta[s] * log_c[b, i, s])
                Ys[i] = 0.0
                sold[i] = 0.0
            for n in range(regions):
                a, kept, at = A[b, s, n], B[b, s, n], border[b, s, n]
                total, worth = 0.0, 0.0
                for i in range(regions):
                    total += a[i] * y[i]
                    worth += at[i] * y[i]
                total += dead[s, n]
                spent = spending[s, n] * np.exp(x[b, regions + cells + s * regions + n])
                v = spent / total
                X[b, s, n], S[b, s, n] = spent, total
                for i in range(regions):
                    Ys[i] += v * kept[i]
                if taxed:
                    for i in range(regions):
                        sold[i] += v * at[i]
                collected[n] += spent - v * worth
                bought[n] += v * worth
                own[n] += at[n] * y[n] * v
            for i in range(regions):
                Ys[i] *= y[i]
                sales[i] += sold[i] * y[i] if taxed else Ys[i]
                if taxed:
                    collected[i] += sold[i] * y[i] - Ys[i]


@_loops
def _cell_gaps(
    x: Array,
    X: Array,
    S: Array,
    Y: Array,
    income: Array,
    inputs_t: Array,
    final_shares: Array,
    theta: Array,
    dead: Array,
    F: Array,
) -> None:
    """Gaps of prices and spending."""
    sectors, regions = final_shares.shape
    cells = sectors * regions
    spent = np.empty(sectors)
    for n in range(regions):
        for b in range(x.shape[0]):
            for s in range(sectors):
                spent[s] = final_shares[s, n] * income[b, n]
            for k in range(sectors):
                made, used = Y[b, k, n], inputs_t[n, k]
                for s in range(sectors):
                    spent[s] += used[s] * made
            for s in range(sectors):
                at = regions + s * regions + n
                F[b, at] = np.log(S[b, s, n]) / -theta[s] - x[b, at]
                idle = dead[s, n]
                gap = np.log((spent[s] + idle) / (X[b, s, n] + idle))
                F[b, at + cells] = gap * (1.0 - idle)


def residual_of(p: Problem) -> Callable[[Array], Array]:
    """The residual of a problem, as `system.residual`, as a function of x (..., unknowns)."""
    t, rules = p.tech, p.closure
    S, N = p.spending.shape
    A, B, border = (_lined(a, S, N, N) for a in (p.A, p.B, p.border))
    taxed = p.border is not p.B
    priced = rules.wages.rule is not None or rules.labour.move is not None
    room = np.empty((3, len(A), S, N))

    def evaluated(x: Array) -> Array:
        z, log_P, _, u, g = unpacked(p, x)
        price = eq.log_consumer_price(log_P, t.final_shares) if priced else z
        pay = pay_of(p, z, price, u, g)
        rows, F = _lined(x, x.shape[-1]), np.empty(x.shape)
        spent, prices, made = room
        sums = np.zeros((4, len(rows), N))
        _trade(
            rows, p.spending, _lined(pay.cost, *pay.cost.shape[-2:]), t.va_t, t.inputs, t.theta,
            A, B, border, taxed, p.dead, spent, prices, made, sums,
        )  # fmt: skip
        collected, sold, paid, own = sums.reshape(4, *z.shape)
        money = money_of(p, pay.labour, collected)
        gained, owed = eq.external_payments(sold, paid, own, money.net)
        _cell_gaps(
            rows, spent, prices, made, _lined(money.income, N), t.inputs_t, t.final_shares,
            t.theta, p.dead, F.reshape(rows.shape),
        )  # fmt: skip
        floor = FLOOR * pay.labour
        spread = None if u is None else spread_of(p, t.va_t * made.reshape(u.shape))
        balance = (gained + floor) / (owed + floor)
        other_gaps(p, F, x, pay.labour, money.received, balance, spread)
        return F

    return evaluated


@_loops
def _mix(
    x: Array, s: Array, last_x: Array, last_s: Array, damp: float, j: int, m: int, dS: Array,
    dZ: Array, gram: Array,
) -> Array:  # fmt: skip
    """`History._mixed`; the normal equations by Cholesky."""
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
def _mix_rows(
    x: Array, s: Array, last_x: Array, last_s: Array, j: int, m: int, dS: Array, dZ: Array,
    gram: Array, move: Array,
) -> None:  # fmt: skip
    for b in range(x.shape[0]):
        move[b] = _mix(x[b], s[b], last_x[b], last_s[b], 1.0, j, m, dS[b], dZ[b], gram[b])


def mixed_rows(
    x: Array, s: Array, last_x: Array, last_s: Array, j: int, m: int, dS: Array, dZ: Array,
    gram: Array,
) -> Array:  # fmt: skip
    """(b, unknowns): as `together.mixed_rows`."""
    move = np.empty_like(x)
    _mix_rows(x, s, last_x, last_s, j, m, dS, dZ, gram, move)
    return move


class CompiledHistory(History):
    """A `History` whose arithmetic is compiled."""

    def _mixed(self, x: Array, s: Array, j: int, m: int) -> Array:
        return _mix(
            x, s, self.last_x, self.last_s, self.damp, j, m, self.dS, self.dZ, self.gram,
        )  # fmt: skip


@_loops
def _step(
    price_block: Rounded,
    spend_block: Rounded,
    wages: Array,
    demand: Rounded,
    abroad: Array,
    spending: Array,
    follow: Rounded,
    gaps: Array,
    step: Array,
) -> None:
    """`Preconditioner.step`, with the blocks and ``follow`` transposed."""
    regions, sectors, scenarios = wages.shape[0], price_block.shape[1], gaps.shape[0]
    cells = sectors * regions
    p, x, gap = np.empty(sectors), np.empty(sectors), np.empty((scenarios, regions))
    for n in range(regions):
        for b in range(scenarios):
            r, z = gaps[b], step[b]
            short = abroad[n] * r[n]
            p[:] = 0.0
            x[:] = 0.0
            for s in range(sectors):
                r_p, r_x = r[regions + s * regions + n], r[regions + cells + s * regions + n]
                short -= spending[s, n] * r_x
                to_p, to_x = price_block[n, s], spend_block[n, s]
                for a in range(sectors):
                    p[a] += to_p[a] * r_p
                    x[a] += to_x[a] * r_x
            gap[b, n] = short
            for a in range(sectors):
                z[regions + a * regions + n] = p[a]
                z[regions + cells + a * regions + n] = x[a]
    for first in range(0, 2 * cells, _CHUNK):  # a chunk of the rows stays in cache for all
        last = min(first + _CHUNK, 2 * cells)
        for n in range(regions):
            weights = demand[n, first:last]
            for b in range(scenarios):
                others, total = step[b, regions + first : regions + last], 0.0
                for k in range(last - first):
                    total += weights[k] * others[k]
                gap[b, n] += total
    for b in range(scenarios):
        for n in range(regions):
            total = 0.0
            for m in range(regions):
                total += wages[n, m] * gap[b, m]
            step[b, n] = total
    for first in range(0, 2 * cells, _CHUNK):
        last = min(first + _CHUNK, 2 * cells)
        for b in range(scenarios):
            others = step[b, regions + first : regions + last]
            for n in range(regions):
                moved, weights = step[b, n], follow[n, first:last]
                for k in range(last - first):
                    others[k] += weights[k] * moved


@dataclass(frozen=True)
class _Compiled(Preconditioner):
    """A preconditioner whose step is compiled.

    Attributes:
        price_rows, spend_rows: (n, s, s) the blocks, transposed.
    """

    price_rows: Rounded
    spend_rows: Rounded

    def step(self, residual: Array) -> Array:
        """The step in (log w, log P, log X) that would remove a residual (..., n + 2 s n)."""
        out = np.empty(residual.shape)
        rows = _lined(residual, residual.shape[-1])
        _step(
            self.price_rows, self.spend_rows, self.wages, self.demand, self.abroad,
            self.spending, self.follow, rows, out.reshape(rows.shape),
        )  # fmt: skip
        return out


def compiled(core: Preconditioner) -> Preconditioner:
    """The same preconditioner with a compiled step."""
    kept: _Compiled | None = core.__dict__.get("_compiled")
    if kept is None:
        kept = _Compiled(
            **vars(core),
            price_rows=np.ascontiguousarray(core.price_block.transpose(0, 2, 1)),
            spend_rows=np.ascontiguousarray(core.spend_block.transpose(0, 2, 1)),
        )
        core.__dict__["_compiled"] = kept
    return kept
