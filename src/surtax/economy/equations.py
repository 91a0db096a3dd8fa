"""Caliendo and Parro (2015, Review of Economic Studies 82(1)) in changes, one function each.

Axes: ``s`` sector, ``n`` buyer, ``i`` seller, ``k`` sector that uses an input. A hat is the
counterfactual over the benchmark and has no unit; a prime is a counterfactual level in the
world's currency. Equation numbers are the paper's, section 2. Shares are never formed while
solving: with A = pi kappa^(-theta), B = A / ((1 + tau')(1 + e')) and y = c^(-theta), every sum
over sellers is a product of A or B with y. Any array may carry leading axes in front of those
named, such as one of scenarios. No function checks its input: `solve` does, once.
"""

from __future__ import annotations

from functools import cache
from typing import Any, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from surtax.world.world import Array

_Real = TypeVar("_Real", bound="np.floating[Any]")


def tax_factor(tariffs: Array, export_taxes: Array | None) -> Array:
    """(s, n, i): what a buyer pays over what the factory gets, (1 + tau)(1 + e).

    The duty falls on the value with the export tax, as customs values do.
    """
    return 1.0 + tariffs if export_taxes is None else (1.0 + tariffs) * (1.0 + export_taxes)


def cost_wedge(taxes: Array, taxes_new: Array, trade_costs: Array | None) -> Array:
    """The wedge kappa (s, n, i): change of the cost between factory and buyer.

    Tax factors new over old, times the hat d of iceberg and other trade costs. A prohibitive
    tariff (infinity) gives an infinite wedge. Paper: eq. 10's kappa.
    """
    wedge = taxes_new / taxes
    return wedge if trade_costs is None else wedge * trade_costs


def sourcing(shares: Array, wedge: Array, theta: Array) -> Array:
    """A = pi kappa^(-theta), cell by cell."""
    return shares * wedge**-theta


def net_of_tax(A: Array, factor: Array) -> Array:
    """(s, n, i) = A over a tax factor: what of each unit spent is left of the tax.

    B with the whole factor, which reaches the seller; with 1 + tau alone, the value at the
    border.
    """
    return A / factor


@cache
def _ones(count: int) -> Array:
    return np.ones(count)


def total(a: Array) -> Array:
    """(..., n): the sum of (..., s, n) over sectors, as a product: quicker on small arrays."""
    return cast(Array, np.matmul(_ones(a.shape[-2]), a))


def by_region(blocks: NDArray[_Real], x: NDArray[_Real]) -> NDArray[_Real]:
    """(..., a, n): each region's matrix, blocks (n, a, b), on its column of x (..., b, n).

    One matrix product a region for all leading axes together.
    """
    if x.ndim == 2:
        return np.asarray(np.matmul(blocks, x.T[:, :, None])[:, :, 0].T)
    columns = np.ascontiguousarray(x.reshape(-1, *x.shape[-2:]).transpose(2, 1, 0))
    found = np.ascontiguousarray(np.matmul(blocks, columns).transpose(2, 1, 0))
    return found.reshape(*x.shape[:-2], *found.shape[1:])


def log_unit_cost(va_t: Array, inputs_t: Array, log_v: Array, log_P: Array) -> Array:
    """Log unit-cost hats (k, i) of sector k in region i. Paper: eq. 10.

    Args:
        va_t: (k, i) value-added shares.
        inputs_t: (i, k, s) input shares, user before input.
        log_v: (i,) or (k, i) log hats of the cost of labour.
        log_P: (s, i) log price hats.
    """
    return va_t * log_v + by_region(inputs_t, log_P)


def competitiveness(log_c: Array, theta: Array) -> Array:
    """Competitiveness y (s, i) = c^(-theta)."""
    return np.exp(-theta[:, None] * log_c)


def over_sellers(weights: Array, y: Array) -> Array:
    """(s, n): sum over sellers of weights (s, n, i) times y (s, i).

    With A this is S = P^(-theta); with B it is S times the share of spending that sellers keep.
    """
    return cast(Array, np.matmul(weights, y[..., None])[..., 0])


def over_buyers(weights: Array, x: Array) -> Array:
    """(s, i): sum over buyers of weights (s, n, i) times x (s, n)."""
    return cast(Array, np.matmul(x[..., None, :], weights)[..., 0, :])


def log_price_index(S: Array, theta: Array) -> Array:
    """Log price hats (s, n) from S = P^(-theta). Paper: eq. 11."""
    return np.log(S) / -theta[:, None]


def trade_shares(A: Array, y: Array, S: Array) -> Array:
    """New shares pi' (s, n, i); rows add to one where the sector is bought. Paper: eq. 12."""
    shares = A * y[..., None, :]
    shares /= S[..., None]
    return shares


def output(B: Array, y: Array, V: Array) -> Array:
    """Y' (s, i): sales to every region before tariffs, with V = X'/S (s, n)."""
    return y * over_buyers(B, V)


def flows(B: Array, y: Array, V: Array) -> Array:
    """(s, n, i): value bought by n from i before tariffs."""
    sold = B * y[..., None, :]
    sold *= V[..., None]
    return sold


def collected(X: Array, at_border: Array, export_tax: Array | None) -> Array:
    """(n,): duties, spending less its value at the border, and export taxes on sales (s, n).

    Paper: R, below eq. 13.
    """
    duty = total(X - at_border)
    return duty if export_tax is None else duty + total(export_tax)


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
    return by_region(inputs, Y) + final_shares * I_new[..., None, :]


def log_consumer_price(log_P: Array, final_shares: Array) -> Array:
    """(n,): log hat of the consumption price index, the alpha-weighted geometric mean."""
    return total(final_shares * log_P)


def sector_premium(stickiness: float, log_spread: Array) -> Array:
    """(k, n): log hat of a sector's wage over its region's, for workers who move reluctantly.

    mu times the log hat of the sector's share of the region's value added. With workers whose
    productivities by sector are Fréchet of shape kappa = 1/mu, the wage of sector k is the
    region's mean times (share hat)^(1/kappa); mu = 1 leaves everyone where they are, and a
    sector's pay moves with its value added. Galle, Rodríguez-Clare and Yi (2023), section 2.
    """
    return stickiness * log_spread


def external_payments(
    sold: Array, paid: Array, own: Array, transfers: Array
) -> tuple[Array, Array]:
    """What each region receives from the others and what it pays them, both (n,), never negative.

    Equal in equilibrium: exports plus net transfers received against imports plus net
    transfers paid. Paper: eq. 14, with deficits.

    Args:
        sold: (n,) sales at the border, before duties and after export taxes.
        paid: (n,) purchases at the border, from everyone.
        own: (n,) purchases from itself.
        transfers: (n,) net transfers received, shared duties included.
    """
    inward = positive(transfers)
    exports = positive(sold - own)
    imports = positive(paid - own)
    return exports + inward, imports + (inward - transfers)


def positive(a: Array) -> Array:
    """The part that is not negative; a branch on the real part, so that complex steps pass."""
    return np.where(a.real >= 0, a, 0.0) if np.iscomplexobj(a) else np.maximum(a, 0.0)
