"""The system to solve: one world, one shock, every equation evaluated once per sweep.

Unknowns are x = (log z (n), log P (s, n), log X (s, n)) as hats, flattened in that order: z is
labour income at producers' cost per member of the labour force, the wage where wages clear.
Where workers do not move freely between sectors, the sector premia u (s, n) follow; where
duties lower the payroll tax, its log factor g (n) follows. Everything here takes complex
numbers, so that derivatives can be checked by complex step.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from surtax.economy import equations as eq
from surtax.economy.problem import FLOOR, Problem
from surtax.world.world import Array


@dataclass(frozen=True)
class Sweep:
    """Every quantity of the model at one point, axes as in `equations`.

    Attributes:
        z, log_prices, u, g: the unknowns; u is (s, n) or None, g (n,) or None.
        price: (n,) log consumer price. latent: (n,) or (s, n) log income per member of the
            labour force with the payroll factor. wage: the same axes, log take-home wage.
            moved: (n,) log labour force. spread: (s, n) log hat of a sector's share of value
            added, or None.
        at_border, sold: (s, n) purchases and sales at the border, after export taxes and
            before duties. added: (s, n) value added.
        gained, paid: (n,) what is received from and paid to the others, floored.
    """

    z: Array
    log_prices: Array
    X: Array
    u: Array | None
    g: Array | None
    price: Array
    latent: Array
    wage: Array
    moved: Array | None
    log_c: Array
    y: Array
    S: Array
    at_border: Array
    V: Array
    Y: Array
    sold: Array
    labour: Array
    collected: Array
    received: Array
    transfers: Array
    income: Array
    X_new: Array
    added: Array
    gained: Array
    paid: Array
    spread: Array | None


def unpacked(p: Problem, x: Array) -> tuple[Array, Array, Array, Array | None, Array | None]:
    """(z, log P, log X, u or None, g or None) of a flat vector; also of a residual."""
    S, N = p.spending.shape
    cells, lead = S * N, x.shape[:-1]
    z, end = x[..., :N], N + 2 * cells
    log_P = x[..., N : N + cells].reshape(*lead, S, N)
    log_X = x[..., N + cells : end].reshape(*lead, S, N)
    u = x[..., end : end + cells].reshape(*lead, S, N) if p.sticky else None
    g = x[..., -N:] if p.payroll is not None else None
    return z, log_P, log_X, u, g


def shared(shares: Array, duties: Array) -> Array:
    """(..., n): what regions receive of duties (..., m) by shares (..., n, m)."""
    return np.asarray(np.matmul(shares, duties[..., None])[..., 0])


@dataclass(frozen=True)
class Pay:
    """The labour market at given z, prices, u and g.

    Attributes:
        latent, wage, moved, labour: as in `Sweep`. cost: (k or 1, n) log hat of what labour
            costs a producer.
    """

    latent: Array
    wage: Array
    moved: Array | None
    labour: Array
    cost: Array


def pay_of(p: Problem, z: Array, price: Array, u: Array | None, g: Array | None) -> Pay:
    """What the closure's rules of labour and wages make of income and consumer prices."""
    rules = p.closure
    expected = z if g is None else z + g
    latent = expected if u is None else expected[..., None, :] + u
    wage = latent
    if rules.wages.rule is not None:
        wage = rules.wages.rule(latent, price if u is None else price[..., None, :])
    labour, moved = p.labour * np.exp(z), None
    if rules.labour.move is not None:
        moved = rules.labour.move(p.benchmark, expected - price)
        labour = labour * np.exp(moved)
    cost = wage if u is not None else wage[..., None, :]
    cost = cost if g is None else cost - g[..., None, :]
    return Pay(latent, wage, moved, labour, cost)


@dataclass(frozen=True)
class Money:
    """Who receives what, (n,) each: as in `Sweep`; net is transfers and shared duties."""

    received: Array
    transfers: Array
    income: Array
    net: Array


def money_of(p: Problem, labour: Array, collected: Array) -> Money:
    """What the closure's rules of revenue and deficits make of wages and duties."""
    received = shared(p.sharing, collected)
    if p.beyond is not None:
        scale = labour.sum(axis=-1, keepdims=True) / p.labour.sum()
        received = received + shared(p.beyond, collected - scale * p.collected)
    transfers = p.deficits(labour + received) + p.extra
    income = eq.income(labour, received, transfers)
    return Money(received, transfers, income, transfers + received - collected)


def sweep(p: Problem, x: Array) -> Sweep:
    """Evaluate every equation once at x."""
    t = p.tech
    z, log_P, log_X, u, g = unpacked(p, x)
    X = p.spending * np.exp(log_X)
    price = eq.log_consumer_price(log_P, t.final_shares)
    pay = pay_of(p, z, price, u, g)
    log_c = eq.log_unit_cost(t.va_t, t.inputs_t, pay.cost, log_P)
    y = eq.competitiveness(log_c, t.theta)
    S, V, at_border, Y, sold = _traded(p, y, X)
    taxed = p.border is not p.B
    collected = eq.collected(X, at_border, sold - Y if taxed else None)
    money = money_of(p, pay.labour, collected)
    gained, paid = eq.external_payments(
        eq.total(sold), eq.total(at_border), eq.total(p.home * y * V), money.net
    )
    floor, added = FLOOR * pay.labour, t.va_t * Y
    return Sweep(
        z=z, log_prices=log_P, X=X, u=u, g=g, price=price, latent=pay.latent, wage=pay.wage,
        moved=pay.moved, log_c=log_c, y=y, S=S, at_border=at_border, V=V, Y=Y, sold=sold,
        labour=pay.labour, collected=collected, received=money.received,
        transfers=money.transfers, income=money.income,
        X_new=eq.expenditure(t.inputs, Y, t.final_shares, money.income), added=added,
        gained=gained + floor, paid=paid + floor, spread=None if u is None else spread_of(p, added),
    )  # fmt: skip


# Cells of one sector's trade above which sectors are taken one by one.
_WIDE = 16_000


def _traded(p: Problem, y: Array, X: Array) -> tuple[Array, Array, Array, Array, Array]:
    """S, V, purchases at the border, output and sales at the border, (s, n) each.

    In wide worlds one sector after another, if there are several, since B of one is still in the
    processor's cache when it is read for the second time.
    """
    sectors, regions = p.spending.shape
    if sectors == 1 or regions * regions < _WIDE:
        return _summed(p.A, p.B, p.border, p.dead, y, X)
    found = [
        _summed(
            p.A[..., s, :, :],
            p.B[..., s, :, :],
            p.border[..., s, :, :],
            p.dead[s],
            y[..., s, :],
            X[..., s, :],
        )
        for s in (slice(s, s + 1) for s in range(sectors))
    ]
    S, V, at_border, Y, sold = (np.concatenate(each, axis=-2) for each in zip(*found, strict=True))
    return S, V, at_border, Y, sold


def _summed(
    A: Array, B: Array, border: Array, dead: Array, y: Array, X: Array
) -> tuple[Array, Array, Array, Array, Array]:
    S = eq.over_sellers(A, y) + dead
    V = X / S
    at_border = V * eq.over_sellers(border, y)
    Y = eq.output(B, y, V)
    return S, V, at_border, Y, Y if border is B else eq.output(border, y, V)


def spread_of(p: Problem, added: Array) -> Array:
    """(s, n): log hat of a sector's share of its region's value added."""
    share = added / added.sum(axis=-2, keepdims=True)
    hat = np.divide(share, p.spread, out=np.ones_like(share), where=p.spread > 0)
    return np.asarray(np.log(hat))


def gaps(p: Problem, q: Sweep, x: Array) -> Array:
    """F (like x) of a sweep at x: log gaps of every equation, all without unit.

    The trade balance is a ratio of what a region gains and pays abroad: near autarky labour
    demand no longer tells wages, the ratio still does. The dropped region's balance is
    replaced by the numeraire; its labour market is what `Solution.walras` checks.
    """
    F = np.empty_like(x)
    z, prices, spending, u, g = unpacked(p, F)
    prices[:] = eq.log_price_index(q.S, p.tech.theta) - q.log_prices
    spending[:] = np.log((q.X_new + p.dead) / (q.X + p.dead)) * (1.0 - p.dead)
    other_gaps(p, (z, u, g), q.labour, q.received, q.gained / q.paid, q.spread, q.u, q.g)
    return F


def other_gaps(
    p: Problem,
    to: tuple[Array, Array | None, Array | None],
    labour: Array,
    received: Array,
    balance: Array,
    spread: Array | None,
    premium: Array | None,
    factor: Array | None,
) -> None:
    """Write the gaps of wages, premia and the payroll tax, all but the cells', where they stand.

    ``premium`` and ``factor`` are u and g of the point.
    """
    z, u, g = to
    z[:] = np.log(balance)
    z[..., p.dropped] = -np.log(labour.sum(axis=-1) / p.labour.sum())
    if u is not None and premium is not None and spread is not None:
        u[:] = eq.sector_premium(p.closure.labour.stickiness, spread) - premium
    if g is not None and factor is not None and p.payroll is not None:
        g[:] = np.log(1.0 + received / labour) - p.payroll - factor


class Residual:
    """F at x, like x; not a number where the point is impossible. Keeps the sweep last made."""

    def __init__(self, p: Problem) -> None:
        self.problem = p
        self._last: tuple[Array, Sweep] | None = None

    def __call__(self, x: Array) -> Array:
        """F at x."""
        with np.errstate(all="ignore"):
            q = sweep(self.problem, x)
            self._last = x, q
            return gaps(self.problem, q, x)

    def at(self, x: Array) -> Sweep:
        """The sweep at x: the last one, if it was made there."""
        if self._last is not None and self._last[0] is x:
            return self._last[1]
        with np.errstate(all="ignore"):
            return sweep(self.problem, x)
