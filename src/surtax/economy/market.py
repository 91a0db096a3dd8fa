"""The labour market at a point: pay, the labour force and who has work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

import numpy as np

from surtax.economy.adjoint import Bars
from surtax.economy.problem import Problem
from surtax.economy.system import Sweep
from surtax.world.world import Array


@dataclass(frozen=True)
class LabourMarket:
    """Hats, take-home pay in the numeraire.

    Attributes:
        wages: (n,) pay of those employed. by_sector: (s, n) the same by sector.
        force: (n,) labour force. employment: (s, n) labour employed, in units of the
            benchmark's productivity; one where nobody worked in the benchmark.
        employed: (n,) the part of the labour force that has work. relief: (n,) take-home pay
            over what the employer pays, one where duties do not lower the payroll tax.
    """

    wages: Array
    by_sector: Array
    force: Array
    employment: Array
    employed: Array
    relief: Array


def labour_market(p: Problem, q: Sweep) -> LabourMarket:
    """Pay and work at a point.

    A sector's employment is its value added over the cost of a worker there. Workers who do
    not move freely are counted by what they can do: in the sector's labour supply each
    counts as the share of value added to the power 1 - mu.
    """
    S, N = p.spending.shape
    factor = 0.0 if q.g is None else q.g
    wage = np.broadcast_to(q.wage, (S, N))
    base = p.spread * p.labour
    cost = np.exp(wage - factor)
    employment = np.divide(q.added, base * cost, out=np.ones_like(cost), where=base > 0)
    force = np.ones(N) if q.moved is None else np.exp(q.moved)
    if q.spread is None:
        employed = np.exp(q.latent - q.wage)
        wages = np.exp(q.wage)
    else:
        employed = (_supply(p, q.spread) * np.exp(q.latent - q.wage)).sum(axis=0)
        wages = np.exp(q.z + factor) / employed
    return LabourMarket(
        wages=cast(Array, wages),
        by_sector=np.exp(wage),
        force=force,
        employment=employment,
        employed=cast(Array, employed),
        relief=np.ones(N) if q.g is None else np.exp(q.g),
    )


def _supply(p: Problem, spread: Array) -> Array:
    """(s, n): each sector's share of its region's labour supply."""
    supply = p.spread * np.exp((1.0 - p.closure.labour.stickiness) * spread)
    return cast(Array, supply / supply.sum(axis=0))


def market_moved(p: Problem, q: Sweep, d: dict[str, Array]) -> dict[str, Array]:
    """Differentials of the labour market by name, from those of the sweep."""
    m = labour_market(p, q)
    d_wage = np.broadcast_to(d["wage"], p.spending.shape)
    d_factor = d["g"] if "g" in d else np.zeros_like(q.z)
    alive = q.added > 0
    rate = np.divide(d["added"], q.added, out=np.zeros_like(d["added"]), where=alive)
    d_hired = d["latent"] - d["wage"]
    if q.spread is None:
        d_employed = m.employed * d_hired
        d_wages = m.wages * d["wage"]
    else:
        supply, hired = _supply(p, q.spread), np.exp(q.latent - q.wage)
        shift = (1.0 - p.closure.labour.stickiness) * d["spread"]
        d_employed = (supply * (hired * d_hired + (hired - m.employed) * shift)).sum(axis=0)
        d_wages = m.wages * (d["z"] + d_factor - d_employed / m.employed)
    return {
        "wages": d_wages,
        "sector_wages": m.by_sector * d_wage,
        "labour_force": m.force * d["moved"],
        "employment": m.employment * np.where(alive, rate - d_wage + d_factor, 0.0),
        "employed": d_employed,
        "relief": m.relief * d_factor,
    }


def market_bars(p: Problem, q: Sweep, partials: Mapping[str, Array], bars: Bars) -> None:
    """Add to ``bars`` those of the labour market, given by the names of `market_moved`."""
    m = labour_market(p, q)
    S, N = p.spending.shape
    by_region = q.spread is None

    def to_wage(bar: Array) -> Array:
        return np.asarray(bar.sum(axis=0) if by_region else bar)

    of_employed = partials.get("employed", np.zeros(N))
    if "wages" in partials:
        bar = partials["wages"] * m.wages
        if by_region:
            bars.add("wage", bar)
        else:
            bars.add("z", bar)
            bars.add("g", bar)
            of_employed = of_employed - bar / m.employed
    if "sector_wages" in partials:
        bars.add("wage", to_wage(partials["sector_wages"] * m.by_sector))
    if "labour_force" in partials:
        bars.add("moved", partials["labour_force"] * m.force)
    if "employment" in partials:
        bar = np.where(q.added > 0, partials["employment"] * m.employment, 0.0)
        bars.add("added", np.divide(bar, q.added, out=np.zeros((S, N)), where=q.added > 0))
        bars.add("wage", -to_wage(bar))
        bars.add("g", bar.sum(axis=0))
    if "relief" in partials:
        bars.add("g", partials["relief"] * m.relief)
    if q.spread is None:
        hired = of_employed * m.employed
    else:
        supply, rate = _supply(p, q.spread), np.exp(q.latent - q.wage)
        hired = of_employed * supply * rate
        loose = 1.0 - p.closure.labour.stickiness
        bars.add("spread", loose * of_employed * supply * (rate - m.employed))
    bars.add("latent", hired)
    bars.add("wage", -hired)
