"""The labour market at a point: pay, the labour force and who has work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import numpy as np

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
    alive = base > 0
    employment = np.divide(q.added, base * cost, out=np.ones_like(cost), where=alive)
    force = np.ones(N) if q.moved is None else np.exp(q.moved)
    expected = np.exp(q.z + factor)
    if q.spread is None:
        employed = np.exp(q.latent - q.wage)
        wages = np.exp(q.wage)
    else:
        supply = p.spread * np.exp((1.0 - p.closure.labour.stickiness) * q.spread)
        work = (supply * np.exp(q.latent - q.wage)).sum(axis=0)
        employed = work / supply.sum(axis=0)
        wages = expected / employed
    return LabourMarket(
        wages=cast(Array, wages),
        by_sector=np.exp(wage),
        force=force,
        employment=employment,
        employed=cast(Array, employed),
        relief=np.ones(N) if q.g is None else np.exp(q.g),
    )
