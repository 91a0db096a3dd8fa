"""Reverse derivatives of the equations, by hand: `tangent` transposed, line by line backwards.

A bar is the derivative of one number with a quantity. `Bars` holds those with quantities of
the sweep; `pulled` carries them back to x, and further to the problem's own arrays.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

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

    def plus(self, name: str, rest: Array) -> Array:
        """One bar and the rest of it."""
        return np.asarray(rest + self.held[name]) if name in self.held else rest


@dataclass(frozen=True)
class Back:
    """A point to carry bars back from, with the quotients of its sweep that all of them take.

    Attributes:
        problem, sweep, slopes: the point.
        exports, imports, inward: (n,) whether each is more than nothing.
        home_made, home_spent: (s, n) sales at home over V and over y.
        worth: (s, n) value at the border over V. per_y, sold_per_y: (s, n) Y and sold over y.
        spent_per_s: (s, n) V over S. price: (s, n) derivative of log P with S.
        alive, spend: (s, n) one where something is bought; that over new spending.
    """

    problem: Problem
    sweep: Sweep
    slopes: Slopes
    exports: Array
    imports: Array
    inward: NDArray[np.bool_]
    home_made: Array
    home_spent: Array
    worth: Array
    per_y: Array
    sold_per_y: Array
    spent_per_s: Array
    price: Array
    alive: Array
    spend: Array


def back(p: Problem, q: Sweep, slopes: Slopes) -> Back:
    """Get a sweep ready to carry bars back from."""
    home_made, alive = p.home * q.y, 1.0 - p.dead
    home = (home_made * q.V).sum(axis=0)
    return Back(
        problem=p,
        sweep=q,
        slopes=slopes,
        exports=(q.sold.sum(axis=0) >= home).astype(float),
        imports=(q.at_border.sum(axis=0) >= home).astype(float),
        inward=q.transfers + q.received - q.collected >= 0,
        home_made=home_made,
        home_spent=p.home * q.V,
        worth=np.divide(q.at_border, q.V, out=np.zeros_like(q.V), where=q.V > 0),
        per_y=q.Y / q.y,
        sold_per_y=q.sold / q.y,
        spent_per_s=q.V / q.S,
        price=-1.0 / (p.tech.theta[:, None] * q.S),
        alive=alive,
        spend=alive / (q.X_new + p.dead),
    )


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


def gap_bars(at: Back, weights: Array) -> Bars:
    """Bars of weights · gaps."""
    p, q, bars = at.problem, at.sweep, Bars()
    z, prices, spending, u, g = unpacked(p, weights)
    kept = z.copy()
    kept[p.dropped] = 0.0
    bars.add("gained", kept / q.gained)
    bars.add("paid", -kept / q.paid)
    bars.add("labour", np.full_like(z, -z[p.dropped] / q.labour.sum()))
    bars.add("S", prices * at.price)
    bars.add("log_prices", -prices)
    bars.add("X_new", spending * at.spend)
    bars.add("log_X", -spending * at.alive)
    if u is not None:
        bars.add("spread", p.closure.labour.stickiness * u)
        bars.add("u", -u)
    if g is not None:
        earned = q.labour + q.received
        bars.add("received", g / earned)
        bars.add("labour", -g * q.received / (q.labour * earned))
        bars.add("g", -g)
    return bars


def theta_bar(at: Back, weights: Array) -> Array:
    """(s,): bar of weights · gaps with theta, which stands in the prices' gap."""
    prices = unpacked(at.problem, weights)[1]
    return np.asarray((prices * np.log(at.sweep.S)).sum(axis=1) / at.problem.tech.theta**2)


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


def to_unknowns(at: Back, bars: Bars) -> Array:
    """Carry bars back through every line of the sweep to x."""
    b = _accounts(at, bars)
    _trade(at, bars, b)
    return _unknowns(at, bars, b)


def pulled(at: Back, bars: Bars) -> Pulled:
    """Carry bars back to x and to the problem's own arrays."""
    p, q = at.problem, at.sweep
    b = _accounts(at, bars)
    of_S, y_Y, to_border = _trade(at, bars, b)
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
        x=_unknowns(at, bars, b),
        A=of_S[:, :, None] * y,
        B=of_B,
        border=of_border,
        theta=-(q.y * b.y * q.log_c).sum(axis=1),
        extra=b.extra,
    )


def _accounts(at: Back, bars: Bars) -> _Trade:
    """From payments, income and spending back to what is traded."""
    p, q, t = at.problem, at.sweep, at.problem.tech
    none, nothing = np.zeros_like(q.z), np.zeros(p.spending.shape)
    gained, paid = bars.plus("gained", none), bars.plus("paid", none)
    exports, imports = gained * at.exports, paid * at.imports
    net = np.where(at.inward, gained, -paid)
    of_home = -(exports + imports)

    added = bars.plus("added", nothing)
    if "spread" in bars.held:
        spread = bars.held["spread"] * (q.added > 0)
        added = added + np.divide(spread, q.added, out=nothing.copy(), where=q.added > 0)
        added -= spread.sum(axis=0) / q.added.sum(axis=0)
    X_new = bars.plus("X_new", nothing)
    Y = bars.plus("Y", t.va_t * added + eq.by_region(t.inputs.transpose(0, 2, 1), X_new))
    income = bars.plus("income", (t.final_shares * X_new).sum(axis=0))
    extra = bars.plus("transfers", net + income)
    earned = at.slopes.deficits @ extra
    received = bars.plus("received", net + income + earned)
    labour = bars.plus("labour", FLOOR * (gained + paid) + income + earned)
    collected = bars.plus("collected", received @ p.sharing - net)
    if p.beyond is not None:
        beyond = received @ p.beyond
        collected = collected + beyond
        labour = labour - (beyond @ p.collected) / p.labour.sum()
    sold = bars.plus("sold", exports)
    if p.border is not p.B:
        sold, Y = sold + collected, Y - collected
    else:
        Y = Y + sold
    return _Trade(
        labour=labour,
        y=bars.plus("y", of_home * at.home_spent),
        V=bars.plus("V", of_home * at.home_made),
        X=bars.plus("X", collected),
        Y=Y,
        sold=sold,
        at_border=bars.plus("at_border", imports - collected),
        of_home=of_home,
        extra=extra,
    )


def _trade(at: Back, bars: Bars, b: _Trade) -> tuple[Array, Array, Array]:
    """From what is traded back to competitiveness y and spending X, added to in place.

    Returns the bar with S, and those with sellers' receipts and the value at the border times
    y and V, for the bars with A, B and the border.
    """
    p, q = at.problem, at.sweep
    b.V += b.at_border * at.worth
    to_border = q.V * b.at_border
    if p.border is not p.B:
        b.y += b.sold * at.sold_per_y
        b.V += eq.over_sellers(p.border, q.y * b.sold)
    y_Y = q.y * b.Y
    b.y += b.Y * at.per_y
    b.y += eq.over_buyers(p.border, to_border)
    b.V += eq.over_sellers(p.B, y_Y)
    flows = bars.held.get("flows")
    if flows is not None:
        b.y += np.einsum("sni,sni,sn->si", flows, p.B, q.V)
        b.V += np.einsum("sni,sni,si->sn", flows, p.B, q.y)
    b.X = b.X + b.V / q.S
    of_S = bars.plus("S", -b.V * at.spent_per_s)
    b.y += eq.over_buyers(p.A, of_S)
    return of_S, y_Y, to_border


def _unknowns(at: Back, bars: Bars, b: _Trade) -> Array:
    """From competitiveness, spending and labour income back to x."""
    p, q, slopes, t = at.problem, at.sweep, at.slopes, at.problem.tech
    none = np.zeros_like(q.z)
    out = np.zeros(p.unknowns)
    to_z, to_prices, to_X, to_u, to_g = unpacked(p, out)
    log_c = bars.plus("log_c", -t.theta[:, None] * q.y * b.y)
    cost = t.va_t * log_c
    wage = bars.plus("wage", _regions(cost, q.wage))
    price = bars.plus("price", none)
    latent = wage
    if slopes.wage_income is not None and slopes.wage_price is not None:
        latent = slopes.wage_income * wage
        price = price + _regions(slopes.wage_price * wage, price)
    latent = bars.plus("latent", latent)
    expected = _regions(latent, price)
    moved = bars.plus("moved", q.labour * b.labour)
    if slopes.move is not None:
        real = slopes.move @ moved
        expected = expected + real
        price = price - real
    to_z[:] = bars.plus("z", q.labour * b.labour + expected)
    to_prices[:] = bars.plus("log_prices", eq.by_region(t.inputs, log_c) + t.final_shares * price)
    to_X[:] = bars.plus("log_X", q.X * b.X)
    if to_u is not None:
        to_u[:] = bars.plus("u", latent)
    if to_g is not None:
        to_g[:] = bars.plus("g", expected - cost.sum(axis=0))
    return out


def _regions(a: Array, like: Array) -> Array:
    """Summed over sectors where it has them and its counterpart has none."""
    return np.asarray(a.sum(axis=0) if a.ndim > like.ndim else a)


def product(at: Back) -> Callable[[Array], Array]:
    """The transposed Jacobian of the gaps at a sweep, as a function of weights on them."""
    return lambda weights: to_unknowns(at, gap_bars(at, weights))
