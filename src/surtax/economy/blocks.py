"""The preconditioner of closures with more unknowns: sector premia and the payroll factor.

The sector block is solved first, region by region, then passed on to prices and spending,
which `linear.Preconditioner` solves with wages. Like it, this steers the iteration and never
enters the answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import numpy as np

from surtax.economy.equations import by_region, over_sellers
from surtax.economy.linear import Preconditioner, State, Technology
from surtax.world.world import Array


@dataclass(frozen=True)
class Sectors:
    """The block of sector premia, frozen at a state.

    Attributes:
        solve: (n, k, k) own inverse of the premia's equations.
        cost: (n, k, k) response of own log unit costs to own premia.
        shares: (s, n, i). flows: (s, n, i) before taxes. theta: (s,).
        inputs: (n, s, k). output, spending: (s, n).
    """

    solve: Array
    cost: Array
    shares: Array
    flows: Array
    theta: Array
    inputs: Array
    output: Array
    spending: Array


def sectors_of(
    tech: Technology, at: State, core: Preconditioner, spread: Array, stickiness: float
) -> Sectors:
    """Freeze the block; ``spread`` (s, n) is a sector's share of its region's value added."""
    S, N, _ = at.shares.shape
    own = np.arange(N)
    home = at.shares[:, own, own]
    Y = at.flows.sum(axis=1)
    to_price = np.matmul(at.materials, core.blocks[0]) * home.T[:, None, :]
    cost = (np.eye(S) + to_price) * at.pay.T[:, None, :]
    safe = np.where(Y > 0, Y, 1.0)
    captive = np.einsum("sni,sni->si", at.flows, at.shares) / safe
    lost = (tech.theta[:, None] * (1.0 - captive)).T[:, :, None] * cost
    lost -= np.einsum("kn,nkj->nj", spread, lost)[:, None, :]
    return Sectors(
        solve=cast(Array, np.linalg.inv(np.eye(S) + stickiness * lost)),
        cost=cost,
        shares=at.shares,
        flows=at.flows,
        theta=tech.theta,
        inputs=tech.inputs,
        output=Y,
        spending=np.where(at.spending > 0, at.spending, np.inf),
    )


@dataclass(frozen=True)
class Blocks:
    """Core, premia and payroll factor together; `step` and its transpose."""

    core: Preconditioner
    sectors: Sectors | None
    payroll: bool

    def _split(self, r: Array) -> tuple[Array, Array | None, Array | None]:
        N, S = len(self.core.wages), self.core.blocks.shape[-1]
        end, lead = N + 2 * S * N, r.shape[:-1]
        u = None if self.sectors is None else r[..., end : end + S * N].reshape(*lead, S, N)
        return r[..., :end], u, r[..., -N:] if self.payroll else None

    def step(self, residual: Array) -> Array:
        """The step in x that would remove a residual (..., unknowns)."""
        N = len(self.core.wages)
        out = np.empty_like(residual)
        main, r_u, r_g = self._split(residual)
        to_main, to_u, to_g = self._split(out)
        if self.sectors is not None and r_u is not None and to_u is not None:
            b = self.sectors
            to_u[:] = by_region(b.solve, r_u)
            c = by_region(b.cost, to_u)
            p = over_sellers(b.shares, c)
            main = main.copy()
            both = main[..., N:].reshape(*p.shape[:-2], 2, *p.shape[-2:])
            both[..., 0, :, :] += p
            theta = b.theta[:, None]
            sold = np.matmul((theta * p)[..., None, :], b.flows)[..., 0, :] - theta * b.output * c
            both[..., 1, :, :] += by_region(b.inputs, sold) / b.spending
        to_main[:] = self.core.step(main)
        if r_g is not None and to_g is not None:
            to_g[:] = r_g
        return out

    def transposed(self, step: Array) -> Array:
        """The transpose of `step`."""
        N = len(self.core.wages)
        out = np.empty_like(step)
        main, a_u, a_g = self._split(step)
        to_main, to_u, to_g = self._split(out)
        to_main[:] = self.core.transposed(main)
        if self.sectors is not None and a_u is not None and to_u is not None:
            b = self.sectors
            prices, spending = to_main[N:].reshape(2, *a_u.shape)
            theta = b.theta[:, None]
            sold = by_region(b.inputs.transpose(0, 2, 1), spending / b.spending)
            p = prices + theta * np.matmul(b.flows, sold[:, :, None])[:, :, 0]
            c = np.matmul(p[:, None, :], b.shares)[:, 0, :] - theta * b.output * sold
            a = a_u + by_region(b.cost.transpose(0, 2, 1), c)
            to_u[:] = by_region(b.solve.transpose(0, 2, 1), a)
        if a_g is not None and to_g is not None:
            to_g[:] = a_g
        return out
