"""Index numbers of a solution: terms of trade, GDP three ways, producer prices, diversion.

What is no solution is refused by each with a `WorldError`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from surtax.economy.results import Solution, check_solution
from surtax.world.world import Array


def abroad(solution: Solution) -> NDArray[np.bool_]:
    """(n, i): true between regions of different treasuries."""
    check_solution(solution)
    return np.asarray(~solution.world.union)


def terms_of_trade(solution: Solution) -> Array:
    """(n,) hats: export over import prices at the border, with benchmark trade as weights.

    Prices are those of the seller with its export tax and before the buyer's duty; the index
    is the geometric mean over flows between treasuries. One where a region does not trade.
    """
    check_solution(solution)
    s, w = solution, solution.world
    price = np.log(np.broadcast_to(s.costs[:, None, :], w.flows.shape))
    if s.export_taxes is not None:
        was = 0.0 if w.export_taxes is None else w.export_taxes
        price = price + np.log((1.0 + s.export_taxes) / (1.0 + was))
    traded = w.at_border * abroad(s)
    sold, bought = traded.sum(axis=(0, 1)), traded.sum(axis=(0, 2))
    exports = np.einsum("sni,sni->i", traded, price)
    imports = np.einsum("sni,sni->n", traded, price)
    log = np.divide(exports, sold, out=np.zeros_like(sold), where=sold > 0)
    log -= np.divide(imports, bought, out=np.zeros_like(bought), where=bought > 0)
    return cast(Array, np.exp(log))


@dataclass(frozen=True, eq=False)
class Gdp:
    """Gross domestic product at market prices, (n,) in the world's currency, three ways.

    Attributes:
        income: value added and taxes on trade collected.
        expenditure: final spending, and sales less purchases at the border, taxes included.
        output: output less inputs, and taxes on trade.
    """

    income: Array
    expenditure: Array
    output: Array


def gdp(solution: Solution) -> Gdp:
    """GDP of the counterfactual by income, expenditure and output.

    The three use different sums of the solution and agree only in equilibrium.
    """
    check_solution(solution)
    s, w = solution, solution.world
    border = s.flows if s.export_taxes is None else s.flows * (1.0 + s.export_taxes)
    used = np.einsum("nsk,kn->sn", w.inputs, s.output)
    paid = s.shares * s.expenditure[:, :, None]
    final = (paid.sum(axis=2) - used).sum(axis=0)
    trade = border.sum(axis=(0, 1)) - border.sum(axis=(0, 2))
    duties = (paid - border).sum(axis=(0, 2)) + (border - s.flows).sum(axis=(0, 1))
    return Gdp(
        income=s.labour_income + s.collected,
        expenditure=cast(Array, final + trade),
        output=cast(Array, s.flows.sum(axis=(0, 1)) - used.sum(axis=0) + duties),
    )


def gdp_base(solution: Solution) -> Array:
    """(n,) benchmark GDP at market prices."""
    check_solution(solution)
    return solution.world.labour_income + solution.world.collected


def world_prices(solution: Solution) -> float:
    """Hat of the world's consumer prices, benchmark final spending as weights."""
    check_solution(solution)
    w = solution.world
    return float(np.exp(w.income @ np.log(solution.price_index) / w.income.sum()))


def gdp_at_world_prices(solution: Solution) -> Array:
    """(n,) hats: GDP over its benchmark, in units of the world's consumption."""
    return gdp(solution).income / gdp_base(solution) / world_prices(solution)


def unemployment(solution: Solution) -> Array:
    """(n,) rates of the counterfactual, fractions; beyond the benchmark's where that is unknown."""
    check_solution(solution)
    return 1.0 - solution.employed * (1.0 - solution.rules.wages.unemployment)


def producer_prices(solution: Solution) -> Array:
    """(n,) hats: factory prices with benchmark output as weights, geometric mean."""
    check_solution(solution)
    out = solution.world.output
    return cast(Array, np.exp((out * np.log(solution.costs)).sum(axis=0) / out.sum(axis=0)))


@dataclass(frozen=True, eq=False)
class Diversion:
    """Imports of n from each i abroad, (n, i) in the world's currency before taxes.

    Attributes:
        before, after: benchmark and counterfactual.
        diverted: what moved between partners, adding to zero over the partners of a buyer.
        scale: what all imports together grew or shrank by. The two add to the change.
    """

    before: Array
    after: Array
    diverted: Array
    scale: Array


def diversion(solution: Solution) -> Diversion:
    """Split the change of imports by partner into diversion and scale, sector by sector.

    Within a sector imports from a partner are a share of all imports times all imports; each
    factor's change is taken at the mean of the other, so that the two parts are exact.
    """
    check_solution(solution)
    s = solution
    old, new = s.world.flows * abroad(s), s.flows * abroad(s)
    total, total_new = old.sum(axis=2, keepdims=True), new.sum(axis=2, keepdims=True)
    share = np.divide(old, total, out=np.zeros_like(old), where=total > 0)
    share_new = np.divide(new, total_new, out=share.copy(), where=total_new > 0)
    share = np.where(total > 0, share, share_new)
    return Diversion(
        before=old.sum(axis=0),
        after=new.sum(axis=0),
        diverted=((share_new - share) * 0.5 * (total + total_new)).sum(axis=0),
        scale=(0.5 * (share + share_new) * (total_new - total)).sum(axis=0),
    )
