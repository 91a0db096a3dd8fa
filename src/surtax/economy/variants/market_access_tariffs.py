"""What tariffs are worth in the model of Ignatenko et al. (2025), and the best of them.

The paper's optimal tariff is a formula (proposition 2). The optimum of the welfare that the
paper prints is found beside it by climbing that welfare along its exact gradient, which one
solve with the transposed Jacobian gives for every tariff at once.

What is no equilibrium of the model is refused by each with a `WorldError`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from surtax.economy.arrays import index, shaped
from surtax.economy.variants.access import PAIR, PLACE, Access, check_access
from surtax.economy.variants.ascent import climb
from surtax.economy.variants.market_access import (
    Equilibrium,
    check_equilibrium,
    exponents,
    jacobian,
    solve,
)
from surtax.world.world import Array


def _weight(a: Access) -> float:
    """The ratio kappa / (1 + kappa): the part of labour income that pays for the effort."""
    return a.labour_supply / (1.0 + a.labour_supply)


def consumed(o: Equilibrium) -> Array:
    """(n,): spending of households, without materials."""
    check_equilibrium(o)
    return o.collected + o.labour + o.transfers


def welfare(o: Equilibrium) -> Array:
    """(n,) hats of welfare as the paper's tables print it (appendix E).

    delta C'/P' + (1 - delta) w L/P with delta = C / (C - k (1 - tau) Y), k = kappa/(1 + kappa),
    where tau is the labour tax that duties replace (zero when they are paid out lump-sum).
    """
    check_equilibrium(o)
    a, k = o.access, _weight(o.access)
    before = a.labour + o.transfers
    tau = o.tax if o.relief else 0.0
    effort = k * (1.0 - tau)
    return (consumed(o) - effort * o.labour) / (o.prices * (before - effort * a.labour))


def utility(o: Equilibrium) -> Array:
    """(n,) hats of the paper's utility function itself, C - k L^(1 + 1/kappa).

    With tax relief the effort after the change is worth k w L/P, not k (1 - tau) w L/P, since
    the tax is gone; `welfare` keeps the factor on both sides. The two agree without relief.
    """
    check_equilibrium(o)
    a, k = o.access, _weight(o.access)
    before = a.labour + o.transfers
    tau = o.tax if o.relief else 0.0
    return (consumed(o) - k * o.labour) / (o.prices * (before - k * (1.0 - tau) * a.labour))


def welfare_gradient(o: Equilibrium, weights: Array) -> Array:
    """(n, i): derivative of the weighted sum of `welfare` in every log (1 + tariff), exact."""
    check_equilibrium(o)
    weights = shaped("weights", weights, o.access.local.shape, "country", PLACE)
    a, k = o.access, _weight(o.access)
    N = len(a.local)
    relief = 1.0 if o.relief else 0.0
    before = a.labour + o.transfers
    effort = k * (1.0 - relief * o.tax)
    base = before - effort * a.labour
    scaled = weights * welfare(o)
    # welfare in duties, in labour income and in the price index, all else given
    numerator = consumed(o) - effort * o.labour
    in_duty = scaled * ((1.0 + relief * k) / numerator - relief * k * a.labour / o.labour / base)
    in_bill = scaled * ((1.0 - k) * o.labour / numerator + relief * k * a.labour * o.tax / base)
    net = o.spending - o.collected
    shares = o.shares
    in_net_y = -(in_duty @ o.flows - (in_duty * net) @ shares)
    in_w, in_P, in_L = exponents(a)
    direct = np.empty((4, N))
    direct[0] = in_bill - a.elasticity * in_w * in_net_y
    direct[1] = in_duty * o.collected
    direct[2] = in_bill - a.elasticity * in_L * in_net_y
    direct[3] = -scaled - a.elasticity * in_P * in_net_y
    z = -np.linalg.solve(jacobian(o).T, direct.ravel()).reshape(4, N)
    d = int(np.argmax(a.labour))
    bill = a.value_added * o.sold + a.local * net
    income = o.collected + o.labour + (1.0 - a.value_added) * o.sold + o.transfers
    to_bill = z[0] / bill
    to_bill[d] = 0.0
    to_sold = a.value_added * to_bill + (1.0 - a.value_added) * z[1] / income
    to_net = a.local * to_bill - z[1] / income - in_duty
    to_net -= relief * a.labour_supply * z[2] / (o.labour * (1.0 - o.tax))
    total = ((1.0 - a.local)[:, None] * to_sold + to_net[:, None]) * o.flows
    power = (a.elasticity * a.pass_through)[:, None]
    follow = total.sum(axis=1) + z[3] / a.elasticity
    return cast(Array, power * shares * follow[:, None] - (1.0 + power) * total)


def formula(a: Access, country: int) -> float:
    """The unilaterally optimal uniform tariff of proposition 2, at benchmark shares."""
    check_access(a)
    country = index("the country", country, len(a.regions))
    abroad = np.arange(len(a.local)) != country
    sold = a.flows[abroad, country]
    bought = a.flows[country, abroad].sum()
    shares = sold / a.spending[abroad]
    weight = ((1.0 - a.local[abroad]) * sold * (1.0 - shares)).sum()
    power = a.elasticity * weight / ((1.0 - a.local[country]) * bought)
    return float(1.0 / ((1.0 + power) * a.pass_through[country] - 1.0))


@dataclass(frozen=True)
class Best:
    """Tariffs that maximise a weighted welfare over some cells, the others given.

    Attributes:
        tariffs: (n, i). outcome: under them. gap: the climb's, in scaled variables.
        evaluations: equilibria with gradients.
    """

    tariffs: Array
    outcome: Equilibrium
    gap: float
    evaluations: int


def best(
    a: Access,
    tariffs: Array,
    cells: NDArray[np.bool_],
    weights: Array,
    *,
    relief: bool = True,
    uniform: bool = False,
    tol: float = 1e-8,
    say: Callable[[str], None] = lambda _: None,
) -> Best:
    """The best tariffs in ``cells`` (n, i) for the weighted sum of `welfare`.

    Args:
        a: the benchmark.
        tariffs: (n, i) all tariffs, those of ``cells`` as a start.
        cells: which are chosen, never negative, at most 1,000 %.
        weights: (n,) of the countries in the objective.
        relief: as in `solve`.
        uniform: one rate for all cells.
        tol: largest derivative left, in scaled variables.
        say: called with the state of each evaluation.

    Raises:
        WorldError: there is no benchmark, or an array has another shape.
        SolveError: an equilibrium was not found.
    """
    check_access(a)
    tariffs = shaped("tariffs", tariffs, a.flows.shape, PAIR, PLACE)
    weights = shaped("weights", weights, a.local.shape, "country", PLACE)
    cells = shaped("cells", cells, a.flows.shape, PAIR, PLACE).astype(bool)
    start: list[Array | None] = [None]
    spread = np.ones((1, int(cells.sum()))) if uniform else None

    def at(u: Array) -> Equilibrium:
        t = tariffs.copy()
        t[cells] = np.expm1(u if spread is None else u @ spread)
        o = solve(a, t, relief=relief, start=start[0], tol=1e-12)
        start[0] = o.unknowns
        return o

    def value(u: Array) -> tuple[float, Array]:
        o = at(u)
        v = float(weights @ welfare(o))
        say(f"welfare {v:.6f}")
        g = welfare_gradient(o, weights)[cells]
        return v, g if spread is None else spread @ g

    weight = a.elasticity * a.flows[cells] / float(weights @ a.spending)
    scale = np.sqrt(np.maximum(weight, 1e-10))
    u = np.log1p(tariffs[cells])
    if spread is not None:
        scale, u = np.sqrt(spread @ scale**2), np.array([u.mean()])
    top = climb(value, u, np.zeros_like(u), np.full_like(u, np.log(11.0)), scale, tol=tol)
    o = at(top.point)
    return Best(o.tariffs, o, top.gap, top.evaluations)
