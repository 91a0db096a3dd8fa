"""Caliendo and Parro (2015, Review of Economic Studies 82(1)) in changes, one function each.

Axes: ``s`` sector, ``n`` buyer, ``i`` seller, ``k`` sector that uses an input. A hat is the
counterfactual over the benchmark and has no unit; a prime is a counterfactual level in the
world's currency. Equation numbers are the paper's, section 2. Shares are never formed while
solving: with A = pi kappa^(-theta), B = A / (1 + tau') and y = c^(-theta), every sum over
sellers is a product of A or B with y. No function checks its input: `solve` does, once.
"""

from __future__ import annotations

from typing import cast

import numpy as np

from surtax.world.world import Array


def cost_wedge(tariffs: Array, tariffs_new: Array, trade_costs: Array | None) -> Array:
    """The wedge kappa (s, n, i): change of the cost between factory and buyer: (1+tau')/(1+tau) d.

    A prohibitive tariff (infinity) gives an infinite wedge. Paper: eq. 10's kappa.
    """
    wedge = (1.0 + tariffs_new) / (1.0 + tariffs)
    return wedge if trade_costs is None else wedge * trade_costs


def sourcing(shares: Array, wedge: Array, theta: Array) -> Array:
    """A (s, n, i) = pi kappa^(-theta); powers are taken only where costs change."""
    A = shares.copy()
    s, n, i = np.nonzero((wedge != 1.0) & (shares > 0.0))
    A[s, n, i] *= wedge[s, n, i] ** -theta[s]
    return A


def net_of_tariff(A: Array, tariffs_new: Array) -> Array:
    """B (s, n, i) = A / (1 + tau'): what reaches the seller of each unit spent."""
    return A / (1.0 + tariffs_new)


def log_unit_cost(va_t: Array, inputs_t: Array, log_w: Array, log_P: Array) -> Array:
    """Log unit-cost hats (k, i) of sector k in region i. Paper: eq. 10.

    Args:
        va_t: (k, i) value-added shares.
        inputs_t: (i, k, s) input shares, user before input.
        log_w: (i,) log wage hats.
        log_P: (s, i) log price hats.
    """
    materials = np.matmul(inputs_t, log_P.T[:, :, None])[:, :, 0]
    return cast(Array, va_t * log_w + materials.T)


def competitiveness(log_c: Array, theta: Array) -> Array:
    """Competitiveness y (s, i) = c^(-theta)."""
    return np.exp(-theta[:, None] * log_c)


def over_sellers(weights: Array, y: Array) -> Array:
    """(s, n): sum over sellers of weights (s, n, i) times y (s, i).

    With A this is S = P^(-theta); with B it is S times the share of spending that sellers keep.
    """
    return cast(Array, np.matmul(weights, y[:, :, None])[:, :, 0])


def log_price_index(S: Array, theta: Array) -> Array:
    """Log price hats (s, n) from S = P^(-theta). Paper: eq. 11."""
    return np.log(S) / -theta[:, None]


def trade_shares(A: Array, y: Array, S: Array) -> Array:
    """New shares pi' (s, n, i); rows add to one where the sector is bought. Paper: eq. 12."""
    return A * y[:, None, :] / S[:, :, None]


def output(B: Array, y: Array, V: Array) -> Array:
    """Y' (s, i): sales to every region before tariffs, with V = X'/S (s, n)."""
    return cast(Array, y * np.matmul(V[:, None, :], B)[:, 0, :])


def flows(B: Array, y: Array, V: Array) -> Array:
    """(s, n, i): value bought by n from i before tariffs."""
    return B * y[:, None, :] * V[:, :, None]


def collected(X: Array, V: Array, T: Array) -> Array:
    """(n,): duties collected, spending less what sellers keep (T = B y). Paper: below eq. 13."""
    return cast(Array, (X - V * T).sum(axis=0))


def income(labour: Array, received: Array, transfers: Array) -> Array:
    """I' (n,): wages, duties received and the deficit. Paper: I = w L + R + D."""
    return labour + received + transfers


def expenditure(inputs: Array, Y: Array, final_shares: Array, I_new: Array) -> Array:
    """X' (s, n): what industries and households spend. Paper: eq. 13.

    Args:
        inputs: (n, s, k) input shares.
        Y: (k, n) output.
        final_shares: (s, n) alpha.
        I_new: (n,) income.
    """
    materials = np.matmul(inputs, Y.T[:, :, None])[:, :, 0]
    return cast(Array, materials.T + final_shares * I_new)


def labour_demand(va_t: Array, Y: Array) -> Array:
    """(n,): value added that output Y (k, n) calls for; equals w'L in equilibrium.

    With eq. 13 this is the trade balance of eq. 14 summed the other way: one implies the other.
    """
    return cast(Array, (va_t * Y).sum(axis=0))


def consumer_price(log_P: Array, final_shares: Array) -> Array:
    """(n,): hat of the consumption price index, the alpha-weighted geometric mean."""
    return cast(Array, np.exp((final_shares * log_P).sum(axis=0)))


def external_payments(Y: Array, paid: Array, home: Array, transfers: Array) -> tuple[Array, Array]:
    """What each region receives from the others and what it pays them, both (n,), never negative.

    Equal in equilibrium: exports plus net transfers received against imports plus net
    transfers paid. Paper: eq. 14, with deficits.

    Args:
        Y: (s, n) output.
        paid: (s, n) purchases before tariffs, from everyone.
        home: (s, n) purchases from itself.
        transfers: (n,) net transfers received, shared duties included.
    """
    own = home.sum(axis=0)
    exports = np.maximum(Y.sum(axis=0) - own, 0.0)
    imports = np.maximum(paid.sum(axis=0) - own, 0.0)
    return exports + np.maximum(transfers, 0.0), imports + np.maximum(-transfers, 0.0)


def trade_balance(traded_flows: Array) -> Array:
    """(n,): imports less exports of flows (s, n, i), the deficit. Paper: eq. 14."""
    return cast(Array, traded_flows.sum(axis=(0, 2)) - traded_flows.sum(axis=(0, 1)))
