"""Forward derivatives of the equations, by hand: how every quantity moves with x and a shock.

Each line is the differential of the line of `system.sweep` or `system.gaps` with its name.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from surtax.economy import equations as eq
from surtax.economy.problem import FLOOR, Problem
from surtax.economy.slopes import Slopes
from surtax.economy.system import Sweep, unpacked
from surtax.world.world import Array


@dataclass(frozen=True)
class Push:
    """How the problem itself moves, besides x.

    Attributes:
        A, B, border: (s, n, i) as in `Problem`. theta: (s,). extra: (n,).
        received: (n,) of duties, by a new sharing of them.
    """

    A: Array
    B: Array
    border: Array
    theta: Array
    extra: Array
    received: Array


def pushed(
    p: Problem, q: Sweep, slopes: Slopes, dx: Array, by: Push | None = None
) -> dict[str, Array]:
    """The differential of every quantity of the sweep, by its name there."""
    d = _labour(p, q, slopes, dx)
    _trade(p, q, d, by)
    _accounts(p, q, slopes, d, by)
    return d


def _labour(p: Problem, q: Sweep, slopes: Slopes, dx: Array) -> dict[str, Array]:
    """Unknowns, pay, labour income and unit costs."""
    t = p.tech
    dz, d_log_P, d_log_X, du, dg = unpacked(p, dx)
    d = {"z": dz, "log_prices": d_log_P, "log_X": d_log_X, "X": q.X * d_log_X}
    d["price"] = eq.log_consumer_price(d_log_P, t.final_shares)
    expected = dz
    if dg is not None:
        d["g"] = dg
        expected = dz + dg
    d["latent"] = expected
    if du is not None:
        d["u"] = du
        d["latent"] = expected + du
    d["wage"] = d["latent"]
    if slopes.wage_income is not None and slopes.wage_price is not None:
        d["wage"] = slopes.wage_income * d["latent"] + slopes.wage_price * d["price"]
    d["moved"] = np.zeros_like(dz)
    if slopes.move is not None:
        d["moved"] = (expected - d["price"]) @ slopes.move
    d["labour"] = q.labour * (dz + d["moved"])
    cost = d["wage"] if dg is None else d["wage"] - dg
    d["log_c"] = eq.log_unit_cost(t.va_t, t.inputs_t, cost, d_log_P)
    return d


def _trade(p: Problem, q: Sweep, d: dict[str, Array], by: Push | None) -> None:
    """Prices, spending at the border, output and sales."""
    theta = p.tech.theta[:, None]
    log_y = -theta * d["log_c"]
    if by is not None:
        log_y = log_y - by.theta[:, None] * q.log_c
    d["y"] = q.y * log_y
    d["S"] = eq.over_sellers(p.A, d["y"])
    worth = eq.over_sellers(p.border, d["y"])
    if by is not None:
        d["S"] = d["S"] + eq.over_sellers(by.A, q.y)
        worth = worth + eq.over_sellers(by.border, q.y)
    d["V"] = q.V * (d["log_X"] - d["S"] / q.S)
    d["at_border"] = d["V"] * (q.at_border / np.where(q.V > 0, q.V, 1.0)) + q.V * worth
    d["Y"] = q.Y * log_y + eq.output(p.B, q.y, d["V"])
    if by is not None:
        d["Y"] = d["Y"] + eq.output(by.B, q.y, q.V)
    d["sold"] = d["Y"]
    if p.border is not p.B:
        d["sold"] = q.sold * log_y + eq.output(p.border, q.y, d["V"])
        if by is not None:
            d["sold"] = d["sold"] + eq.output(by.border, q.y, q.V)
    d["added"] = p.tech.va_t * d["Y"]
    if q.spread is not None:
        alive = q.added > 0
        rate = np.divide(d["added"], q.added, out=np.zeros_like(q.added), where=alive)
        d["spread"] = (rate - d["added"].sum(axis=0) / q.added.sum(axis=0)) * alive


def _accounts(p: Problem, q: Sweep, slopes: Slopes, d: dict[str, Array], by: Push | None) -> None:
    """Duties, income, spending and payments."""
    t = p.tech
    export_tax = d["sold"] - d["Y"] if p.border is not p.B else None
    d["collected"] = eq.collected(d["X"], d["at_border"], export_tax)
    d["received"] = p.sharing @ d["collected"]
    if p.beyond is not None:
        scale = d["labour"].sum() / p.labour.sum()
        d["received"] = d["received"] + p.beyond @ (d["collected"] - scale * p.collected)
    if by is not None:
        d["received"] = d["received"] + by.received
    d["transfers"] = (d["labour"] + d["received"]) @ slopes.deficits
    home = p.home * (d["y"] * q.V + q.y * d["V"])
    if by is not None:
        d["transfers"] = d["transfers"] + by.extra
        own = np.arange(len(d["z"]))
        home = home + by.border[:, own, own] * q.y * q.V
    d["income"] = eq.income(d["labour"], d["received"], d["transfers"])
    d["X_new"] = eq.expenditure(t.inputs, d["Y"], t.final_shares, d["income"])
    net = d["transfers"] + d["received"] - d["collected"]
    gained, paid = _payments(p, q, d["sold"], d["at_border"], home, net)
    d["gained"] = gained + FLOOR * d["labour"]
    d["paid"] = paid + FLOOR * d["labour"]


def _payments(
    p: Problem, q: Sweep, d_sold: Array, d_paid: Array, d_home: Array, d_net: Array
) -> tuple[Array, Array]:
    """Differential of `equations.external_payments`."""
    own = (p.home * q.y * q.V).sum(axis=0)
    exports = q.sold.sum(axis=0) - own >= 0
    imports = q.at_border.sum(axis=0) - own >= 0
    inward = np.where(q.transfers + q.received - q.collected >= 0, d_net, 0.0)
    d_own = d_home.sum(axis=0)
    return (
        exports * (d_sold.sum(axis=0) - d_own) + inward,
        imports * (d_paid.sum(axis=0) - d_own) + (inward - d_net),
    )


def gaps_moved(p: Problem, q: Sweep, d: dict[str, Array], by: Push | None = None) -> Array:
    """Differential of `system.gaps`, from that of the sweep."""
    dF = np.empty(p.unknowns)
    z, prices, spending, u, g = unpacked(p, dF)
    z[:] = d["gained"] / q.gained - d["paid"] / q.paid
    z[p.dropped] = -d["labour"].sum() / q.labour.sum()
    theta = p.tech.theta[:, None]
    prices[:] = d["S"] / (-theta * q.S) - d["log_prices"]
    if by is not None:
        prices += np.log(q.S) * by.theta[:, None] / theta**2
    spending[:] = (d["X_new"] / (q.X_new + p.dead) - d["log_X"]) * (1.0 - p.dead)
    if u is not None:
        u[:] = eq.sector_premium(p.closure.labour.stickiness, d["spread"]) - d["u"]
    if g is not None:
        earned = q.labour + q.received
        g[:] = (d["received"] - q.received * d["labour"] / q.labour) / earned - d["g"]
    return dF


def product(p: Problem, q: Sweep, slopes: Slopes) -> Callable[[Array], Array]:
    """The Jacobian of the gaps at a sweep, as a function of a direction of x."""

    def times(dx: Array) -> Array:
        return gaps_moved(p, q, pushed(p, q, slopes, dx))

    return times
