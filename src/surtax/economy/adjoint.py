"""Reverse derivatives of the equations, by hand: `tangent` transposed, line by line backwards.

A bar is the derivative of one number with a quantity. `Bars` holds those with quantities of
the sweep; `to_unknowns` carries them back to x and `pulled` to the problem's own arrays. What
is traded is carried in logs: the bar with the log of a quantity is that quantity times its bar,
so that new shares and flows are all the weights there are, and nothing is divided by an amount
that may be zero.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

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

    ``log_S``, ``log_X`` and ``flows`` (s, n, i), which the sweep does not hold, are seeds as well.
    """

    held: dict[str, Array] = field(default_factory=dict)

    def add(self, name: str, bar: Array) -> None:
        """Add to one bar."""
        self.held[name] = self.plus(name, bar)

    def plus(self, name: str, rest: Array) -> Array:
        """One bar and the rest of it."""
        bar = self.held.get(name)
        return rest if bar is None else rest + bar


@dataclass(frozen=True)
class Back:
    """A point to carry bars back from, with what all of them meet on the way.

    Attributes:
        problem, sweep, slopes: the point.
        flows, at_border: (s, n, i) value of trade before taxes, and before duties alone; one
            array where there are no export taxes. shares: (s, n, i) of spending.
        home: (s, n) sales at home, before duties.
        exports, imports: (n,) one where each is more than nothing.
        inward: (n,) whether transfers and shared duties are received on balance.
        gained, paid: (n,) derivatives of the gap of a trade balance with what it compares; zero
            in the region whose balance is dropped.
        spend, spent: (s, n) derivatives of the gap of spending with what is spent anew and with
            log X; zero where nothing is bought.
        falls: (s, 1) minus theta, derivative of log y with log c and of log S with log P.
        none, nothing: zeros (n,) and (s, n).
    """

    problem: Problem
    sweep: Sweep
    slopes: Slopes
    flows: Array
    at_border: Array
    shares: Array
    home: Array
    exports: Array
    imports: Array
    inward: NDArray[np.bool_]
    gained: Array
    paid: Array
    spend: Array
    spent: Array
    falls: Array
    none: Array
    nothing: Array


def back(p: Problem, q: Sweep, slopes: Slopes) -> Back:
    """Get a sweep ready to carry bars back from."""
    flows = eq.flows(p.B, q.y, q.V)
    home, alive = p.home * q.y * q.V, 1.0 - p.dead
    own, kept = eq.total(home), np.ones_like(q.z)
    kept[p.dropped] = 0.0
    return Back(
        problem=p,
        sweep=q,
        slopes=slopes,
        flows=flows,
        at_border=flows if p.border is p.B else eq.flows(p.border, q.y, q.V),
        shares=eq.trade_shares(p.A, q.y, q.S),
        home=home,
        exports=(q.sold.sum(axis=0) >= own).astype(float),
        imports=(q.at_border.sum(axis=0) >= own).astype(float),
        inward=q.transfers + q.received - q.collected >= 0,
        gained=kept / q.gained,
        paid=-kept / q.paid,
        spend=alive / (q.X_new + p.dead),
        spent=-alive,
        falls=-p.tech.theta[:, None],
        none=np.zeros_like(q.z),
        nothing=np.zeros_like(home),
    )


@dataclass(frozen=True)
class Pulled:
    """Bars with what moves the problem.

    Attributes:
        A, B, border: (s, n, i) with the log of each. theta: (s,). extra, received: (n,).
    """

    A: Array
    B: Array
    border: Array
    theta: Array
    extra: Array
    received: Array


def gap_bars(at: Back, weights: Array) -> Bars:
    """Bars of weights · gaps."""
    p, q = at.problem, at.sweep
    z, prices, spending, u, g = unpacked(p, weights)
    bars = Bars({
        "gained": z * at.gained,
        "paid": z * at.paid,
        "labour": np.full_like(z, -z[p.dropped] / q.labour.sum()),
        "log_S": prices / at.falls,
        "log_prices": -prices,
        "X_new": spending * at.spend,
        "log_X": spending * at.spent,
    })  # fmt: skip
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


class _Accounts(NamedTuple):
    """Bars with what is traded and paid: (n,), but Y (s, n), and X (s, n) where it is a seed.

    ``Y`` is with what sellers keep and ``sold`` with its value at the border, each while the
    other stays; ``at_border`` is with that value where it is bought and ``home`` where buyer and
    seller are one.
    """

    labour: Array
    X: Array
    Y: Array
    sold: Array
    at_border: Array
    home: Array
    extra: Array
    received: Array


class _Trade(NamedTuple):
    """Bars (s, n) with the logs of spending per unit of S, of S and of competitiveness."""

    V: Array
    S: Array
    y: Array


def to_unknowns(at: Back, bars: Bars) -> Array:
    """Carry bars back through every line of the sweep to x."""
    b = _accounts(at, bars)
    return _unknowns(at, bars, b, _trade(at, bars, b))


def pulled(at: Back, bars: Bars) -> Pulled:
    """Carry bars back to the problem's own arrays."""
    b = _accounts(at, bars)
    t = _trade(at, bars, b)
    of_B = at.flows * b.Y[:, None, :]
    if "flows" in bars.held:
        of_B += bars.held["flows"] * at.flows
    of_border = at.at_border * (b.at_border[:, None] + b.sold + np.diag(b.home))
    return Pulled(
        A=at.shares * t.S[:, :, None],
        B=of_B,
        border=of_border,
        theta=-(t.y * at.sweep.log_c).sum(axis=1),
        extra=b.extra,
        received=b.received,
    )


def _accounts(at: Back, bars: Bars) -> _Accounts:
    """From payments, income and spending back to what is traded."""
    p, q, t = at.problem, at.sweep, at.problem.tech
    gained, paid = bars.held.get("gained", at.none), bars.held.get("paid", at.none)
    exports, imports = gained * at.exports, paid * at.imports
    net = np.where(at.inward, gained, -paid)

    X_new = bars.held.get("X_new", at.nothing)
    Y = bars.plus("Y", eq.by_region(t.inputs_t, X_new))
    added = bars.held.get("added")
    if "spread" in bars.held:
        spread = bars.held["spread"] * (q.added > 0)
        rate = np.divide(spread, q.added, out=np.zeros_like(spread), where=q.added > 0)
        rate -= spread.sum(axis=0) / q.added.sum(axis=0)
        added = rate if added is None else added + rate
    if added is not None:
        Y = Y + t.va_t * added
    income = bars.plus("income", eq.total(t.final_shares * X_new))
    owned = net + income
    extra = bars.plus("transfers", owned)
    earned = at.slopes.deficits @ extra
    received = bars.plus("received", owned + earned)
    labour = bars.plus("labour", FLOOR * (gained + paid) + income + earned)
    collected = bars.plus("collected", received @ p.sharing - net)
    if p.beyond is not None:
        beyond = received @ p.beyond
        collected = collected + beyond
        labour = labour - (beyond @ p.collected) / p.labour.sum()
    return _Accounts(
        labour=labour,
        X=bars.plus("X", collected),
        Y=Y - collected,
        sold=exports + collected,
        at_border=imports - collected,
        home=-(exports + imports),
        extra=extra,
        received=received,
    )


def _trade(at: Back, bars: Bars, b: _Accounts) -> _Trade:
    """From what is traded back to spending, prices and competitiveness."""
    p, q = at.problem, at.sweep
    made = b.Y + b.sold if p.border is p.B else b.Y
    home = at.home * b.home
    log_V = eq.over_sellers(at.flows, made) + q.at_border * b.at_border + home
    log_y = q.Y * made + eq.over_buyers(at.at_border, b.at_border) + home
    if p.border is not p.B:
        log_V += at.at_border @ b.sold
        log_y += q.sold * b.sold
    if "flows" in bars.held:
        each = bars.held["flows"] * at.flows
        log_V += each.sum(axis=2)
        log_y += each.sum(axis=1)
    log_S = bars.plus("log_S", -log_V)
    log_y += eq.over_buyers(at.shares, log_S)
    return _Trade(log_V, log_S, log_y)


def _unknowns(at: Back, bars: Bars, b: _Accounts, trade: _Trade) -> Array:
    """From competitiveness, spending and labour income back to x."""
    p, q, slopes, t = at.problem, at.sweep, at.slopes, at.problem.tech
    out = np.empty(p.unknowns)
    to_z, to_prices, to_X, to_u, to_g = unpacked(p, out)
    log_c = bars.plus("log_c", at.falls * trade.y)
    cost = t.va_t * log_c
    wage = bars.plus("wage", _regions(cost, q.wage))
    price = bars.held.get("price", at.none)
    latent = wage
    if slopes.wage_income is not None and slopes.wage_price is not None:
        latent = slopes.wage_income * wage
        price = price + _regions(slopes.wage_price * wage, price)
    latent = bars.plus("latent", latent)
    expected = _regions(latent, price)
    labour = q.labour * b.labour
    moved = bars.plus("moved", labour)
    if slopes.move is not None:
        real = slopes.move @ moved
        expected = expected + real
        price = price - real
    to_z[:] = bars.plus("z", labour + expected)
    to_prices[:] = bars.plus("log_prices", eq.by_region(t.inputs, log_c) + t.final_shares * price)
    to_X[:] = bars.plus("log_X", q.X * b.X + trade.V)
    if to_u is not None:
        to_u[:] = bars.plus("u", latent)
    if to_g is not None:
        to_g[:] = bars.plus("g", expected - eq.total(cost))
    return out


def _regions(a: Array, like: Array) -> Array:
    """Summed over sectors where it has them and its counterpart has none."""
    return eq.total(a) if a.ndim > like.ndim else a


def product(at: Back) -> Callable[[Array], Array]:
    """The transposed Jacobian of the gaps at a sweep, as a function of weights on them."""
    return lambda weights: to_unknowns(at, gap_bars(at, weights))
