"""Two regions under every closure by one scalar root, from the equations alone.

Nothing of the library takes part but the closures' names: prices, spending, both treasuries, the
deficits, pay and work are written out, and one relative income clears the market for labour.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq

from surtax.economy.closure import CLOSURES
from surtax.economy.solve import solve
from worlds import make

FEW = settings(max_examples=5, deadline=None, derandomize=True)
BETA, IDLE = 0.1, 0.05  # elasticity of pay to unemployment, and its rate in the benchmark


def deficits(rule, D, earned, before):
    """What regions receive, (2,), of what they earn now and earned before."""
    if rule == "world-share":
        return D * earned.sum() / before.sum()
    if rule == "own-share":
        wanted = D * earned / before
        return wanted - earned * wanted.sum() / earned.sum()
    return D if rule == "numeraire" else 0.0 * D


def pay(rule, income, price):
    """Hat of the wage of those in work, where income per member of the labour force is a hat."""
    if rule == "rigid":
        return max(income, 1.0)
    if rule == "flexible":
        return income

    def gap(idle):  # pay by the curve, times those in work, is income
        return price * (idle / IDLE) ** -BETA * (1.0 - idle) / (1.0 - IDLE) - income

    idle = brentq(gap, 1e-9, 1.0 - 1e-9, xtol=1e-15, rtol=1e-14)
    return price * (idle / IDLE) ** -BETA


def by_hand(closure, flows, va, theta, tau, levy):
    """Wages, prices, output, duties, work: two regions, buyers in rows."""
    rules = CLOSURES[closure]
    pi = flows / flows.sum(axis=1, keepdims=True)
    L = va * flows.sum(axis=0)
    D = flows.sum(axis=1) - flows.sum(axis=0)
    tax = (1.0 + tau) * (1.0 + levy)

    def state(ratio):
        """Everything at a ratio of labour incomes; their sum is the numeraire."""
        z = np.array([ratio, 1.0]) * L.sum() / (ratio * L[0] + L[1])
        P, X, relief = np.ones(2), flows.sum(axis=1), np.ones(2)
        for _ in range(2000):
            latent = z * relief
            w = np.array([pay(rules.wages.name, *one) for one in zip(latent, P, strict=True)])
            c = (w / relief) ** va * P ** (1.0 - va)
            weights = pi * (tax * c) ** -theta
            S = weights.sum(axis=1)
            new = S ** (-1.0 / theta)
            sold = weights / S[:, None] * X[:, None] / tax
            Y = sold.sum(axis=0)
            R = (sold * (1.0 + levy) * tau).sum(axis=1) + (sold * levy).sum(axis=0)
            earned = z * L + R
            spent = (1.0 - va) * Y + earned + deficits(rules.deficits.name, D, earned, L)
            moved = np.abs([new / P - 1.0, spent / X - 1.0]).max()
            P, X = new, spent
            relief = 1.0 + R / (z * L) if rules.revenue.payroll else relief
            if moved < 1e-14:
                break
        return w, P, Y, R, latent / w, z * L

    def excess(ratio):
        _, _, Y, _, _, labour = state(ratio)
        return va * Y[0] / labour[0] - 1.0

    return state(brentq(excess, 0.5, 2.0, xtol=1e-14, rtol=1e-14))


@pytest.mark.parametrize("links", [0.0, 0.5])
@pytest.mark.parametrize("closure", tuple(CLOSURES))
@FEW
@given(seed=st.integers(0, 10_000))
def test_every_closure_against_one_scalar_root(closure, links, seed):
    rng = np.random.default_rng(seed)
    flows = np.array([[80.0, 20.0], [20.0, 150.0]]) * rng.uniform(0.8, 1.2, (2, 2))
    away, theta = 1.0 - np.eye(2), rng.uniform(2.0, 8.0)
    tau, levy = rng.uniform(0.0, 0.3, (2, 2)) * away, rng.uniform(0.0, 0.1, (2, 2)) * away
    w, P, Y, R, work, labour = by_hand(closure, flows, 1.0 - links, theta, tau, levy)
    world = make(flows[None], [theta], va=1.0 - links)
    s = solve(world, tau[None], closure=closure, export_taxes=levy[None], tol=1e-12)
    # Both to 1e-12 or better, times conditioning below 100; amounts are of order one hundred.
    assert np.abs(s.wages - w).max() < 1e-9
    assert np.abs(s.prices[0] - P).max() < 1e-9
    assert np.abs(s.employed - work).max() < 1e-9
    assert np.abs(s.output[0] - Y).max() < 1e-7
    assert np.abs(s.collected - R).max() < 1e-7
    assert np.abs(s.labour_income - labour).max() < 1e-7
