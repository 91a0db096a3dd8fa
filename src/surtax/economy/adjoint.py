"""Reverse derivatives of the equations, by hand: `tangent` transposed, line by line backwards.

A bar is the derivative of one number with a quantity. `Bars` holds those with quantities of
the sweep; `pulled` carries them back to x, and further to the problem's own arrays.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from surtax.economy import equations as eq
from surtax.economy.problem import FLOOR, Problem
from surtax.economy.slopes import Slopes
from surtax.economy.system import Sweep, unpacked
from surtax.world.world import Array


@dataclass
class Bars:
    """Bars with quantities of the sweep, zero where not set; axes as in `Sweep`.

    ``log_X`` and ``flows`` (s, n, i), which the sweep does not hold, are seeds as well.
    """

    held: dict[str, Array] = field(default_factory=dict)

    def add(self, name: str, bar: Array) -> None:
        """Add to one bar."""
        self.held[name] = self.held[name] + bar if name in self.held else bar

    def take(self, name: str, shape: tuple[int, ...]) -> Array:
        """One bar as an array of its own that may be added to."""
        bar = self.held.get(name)
        if bar is None:
            return np.zeros(shape)
        return bar.copy() if bar.shape == shape else np.array(np.broadcast_to(bar, shape))


@dataclass(frozen=True)
class Pulled:
    """Bars with x and with what moves the problem.

    Attributes:
        x: like x. A, B, border: (s, n, i). theta: (s,). extra: (n,).
    """

    x: Array
    A: Array
    B: Array
    border: Array
    theta: Array
    extra: Array


def gap_bars(p: Problem, q: Sweep, weights: Array) -> tuple[Bars, Array]:
    """Bars of weights · gaps, and the bar with theta (s,) that the prices' gap adds."""
    bars = Bars()
    z, prices, spending, u, g = unpacked(p, weights)
    theta = p.tech.theta[:, None]
    kept = z.copy()
    kept[p.dropped] = 0.0
    bars.add("gained", kept / q.gained)
    bars.add("paid", -kept / q.paid)
    bars.add("labour", np.full_like(z, -z[p.dropped] / q.labour.sum()))
    bars.add("S", prices / (-theta * q.S))
    bars.add("log_prices", -prices)
    alive = spending * (1.0 - p.dead)
    bars.add("X_new", alive / (q.X_new + p.dead))
    bars.add("log_X", -alive)
    if u is not None:
        bars.add("spread", p.closure.labour.stickiness * u)
        bars.add("u", -u)
    if g is not None:
        earned = q.labour + q.received
        bars.add("received", g / earned)
        bars.add("labour", -g * q.received / (q.labour * earned))
        bars.add("g", -g)
    return bars, (prices * np.log(q.S)).sum(axis=1) / p.tech.theta**2


@dataclass
class _Trade:
    """Bars with what is traded, on the way from accounts to prices; all (s, n) but labour."""

    labour: Array
    y: Array
    V: Array
    X: Array
    Y: Array
    sold: Array
    at_border: Array
    of_home: Array
    extra: Array


def to_unknowns(p: Problem, q: Sweep, slopes: Slopes, bars: Bars) -> Array:
    """Carry bars back through every line of the sweep to x."""
    b = _accounts(p, q, slopes, bars)
    _trade(p, q, bars, b)
    return _unknowns(p, q, slopes, bars, b)


def pulled(p: Problem, q: Sweep, slopes: Slopes, bars: Bars) -> Pulled:
    """Carry bars back to x and to the problem's own arrays."""
    b = _accounts(p, q, slopes, bars)
    of_S, y_Y, to_border = _trade(p, q, bars, b)
    y, V = q.y[:, None, :], q.V[:, :, None]
    of_B = V * y_Y[:, None, :]
    if "flows" in bars.held:
        of_B += bars.held["flows"] * V * y
    of_border = to_border[:, :, None] * y
    own = np.arange(len(q.z))
    of_border[:, own, own] += b.of_home * q.y * q.V
    if p.border is not p.B:
        of_border += V * (q.y * b.sold)[:, None, :]
    return Pulled(
        x=_unknowns(p, q, slopes, bars, b),
        A=of_S[:, :, None] * y,
        B=of_B,
        border=of_border,
        theta=-(q.y * b.y * q.log_c).sum(axis=1),
        extra=b.extra,
    )


def _accounts(p: Problem, q: Sweep, slopes: Slopes, bars: Bars) -> _Trade:
    """From payments, income and spending back to what is traded."""
    t = p.tech
    cells, N = p.spending.shape, len(q.z)
    taxed = p.border is not p.B
    gained, paid = bars.take("gained", (N,)), bars.take("paid", (N,))
    home = (p.home * q.y * q.V).sum(axis=0)
    exports = gained * (q.sold.sum(axis=0) - home >= 0)
    imports = paid * (q.at_border.sum(axis=0) - home >= 0)
    net = np.where(q.transfers + q.received - q.collected >= 0, gained, -paid)
    of_home = -np.broadcast_to(exports + imports, cells)

    added = bars.take("added", cells)
    if "spread" in bars.held:
        spread = bars.held["spread"] * (q.added > 0)
        added += np.divide(spread, q.added, out=np.zeros(cells), where=q.added > 0)
        added -= spread.sum(axis=0) / q.added.sum(axis=0)
    X_new = bars.take("X_new", cells)
    Y = bars.take("Y", cells) + t.va_t * added + eq.by_region(t.inputs.transpose(0, 2, 1), X_new)
    income = bars.take("income", (N,)) + (t.final_shares * X_new).sum(axis=0)
    extra = bars.take("transfers", (N,)) + net + income
    earned = slopes.deficits @ extra
    received = bars.take("received", (N,)) + net + income + earned
    labour = bars.take("labour", (N,)) + FLOOR * (gained + paid) + income + earned
    collected = bars.take("collected", (N,)) - net + received @ p.sharing
    if p.beyond is not None:
        beyond = received @ p.beyond
        collected += beyond
        labour -= (beyond @ p.collected) / p.labour.sum()
    sold = bars.take("sold", cells) + exports
    if taxed:
        sold += collected
        Y -= collected
    else:
        Y += sold
    return _Trade(
        labour=labour,
        y=bars.take("y", cells) + of_home * p.home * q.V,
        V=bars.take("V", cells) + of_home * p.home * q.y,
        X=bars.take("X", cells) + collected,
        Y=Y,
        sold=sold,
        at_border=bars.take("at_border", cells) + imports - collected,
        of_home=of_home,
        extra=extra,
    )


def _trade(p: Problem, q: Sweep, bars: Bars, b: _Trade) -> tuple[Array, Array, Array]:
    """From what is traded back to competitiveness y and spending X, added to in place.

    Returns the bar with S, and those with sellers' receipts and the value at the border times
    y and V, for the bars with A, B and the border.
    """
    b.V += b.at_border * np.divide(q.at_border, q.V, out=np.zeros_like(q.V), where=q.V > 0)
    to_border = q.V * b.at_border
    if p.border is not p.B:
        b.y += b.sold * q.sold / q.y
        b.V += np.matmul(p.border, (q.y * b.sold)[:, :, None])[:, :, 0]
    y_Y = q.y * b.Y
    b.y += b.Y * q.Y / q.y
    b.y += np.matmul(to_border[:, None, :], p.border)[:, 0, :]
    b.V += np.matmul(p.B, y_Y[:, :, None])[:, :, 0]
    flows = bars.held.get("flows")
    if flows is not None:
        b.y += np.einsum("sni,sni,sn->si", flows, p.B, q.V)
        b.V += np.einsum("sni,sni,si->sn", flows, p.B, q.y)
    b.X += b.V / q.S
    of_S = bars.take("S", q.S.shape) - b.V * q.V / q.S
    b.y += np.matmul(of_S[:, None, :], p.A)[:, 0, :]
    return of_S, y_Y, to_border


def _unknowns(p: Problem, q: Sweep, slopes: Slopes, bars: Bars, b: _Trade) -> Array:
    """From competitiveness, spending and labour income back to x."""
    t = p.tech
    cells, N = p.spending.shape, len(q.z)
    out = np.zeros(p.unknowns)
    to_z, to_prices, to_X, to_u, to_g = unpacked(p, out)
    log_c = bars.take("log_c", cells) - t.theta[:, None] * q.y * b.y
    cost = t.va_t * log_c
    wage = bars.take("wage", q.wage.shape) + _regions(cost, q.wage)
    price = bars.take("price", (N,))
    latent = bars.take("latent", q.wage.shape)
    if slopes.wage_income is not None and slopes.wage_price is not None:
        latent += slopes.wage_income * wage
        price += _regions(slopes.wage_price * wage, price)
    else:
        latent += wage
    expected = _regions(latent, price)
    moved = bars.take("moved", (N,)) + q.labour * b.labour
    if slopes.move is not None:
        real = slopes.move @ moved
        expected = expected + real
        price -= real
    to_z[:] = bars.take("z", (N,)) + q.labour * b.labour + expected
    to_prices[:] = bars.take("log_prices", cells) + eq.by_region(t.inputs, log_c)
    to_prices += t.final_shares * price
    to_X[:] = bars.take("log_X", cells) + q.X * b.X
    if to_u is not None:
        to_u[:] = bars.take("u", cells) + latent
    if to_g is not None:
        to_g[:] = bars.take("g", (N,)) + expected - cost.sum(axis=0)
    return out


def _regions(a: Array, like: Array) -> Array:
    """Summed over sectors where it has them and its counterpart has none."""
    return np.asarray(a.sum(axis=0) if a.ndim > like.ndim else a)


def product(p: Problem, q: Sweep, slopes: Slopes) -> Callable[[Array], Array]:
    """The transposed Jacobian of the gaps at a sweep, as a function of weights on them."""

    def times(weights: Array) -> Array:
        return to_unknowns(p, q, slopes, gap_bars(p, q, weights)[0])

    return times
