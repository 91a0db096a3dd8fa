"""An approximate inverse of the model's Jacobian, frozen at one state of the world.

Unknowns are the logs of wages w (n), sector prices P (s, n) and spending X (s, n). The
inverse eliminates by blocks: prices and spending by each region's own Leontief inverse,
wages by the N x N response of labour demand with prices and spending following (the Schur
complement, found by a few sweeps of the linearised equations). It steers the iteration and
never enters the answer, so its own error is harmless: its large arrays are in single precision,
which halves the bytes that a step reads.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from surtax.economy.equations import by_region, total
from surtax.world.world import Array

Rounded = NDArray[np.float32]


@dataclass(frozen=True)
class State:
    """A point to linearise at, in levels.

    Attributes:
        shares: (s, n, i) pi. flows: (s, n, i) before tariffs. spending: (s, n) X.
        labour: (n,) w L. abroad: (n,) what is paid abroad.
        sharing: (n, m) share of m's duties that n receives.
        pay: (k, n) response of log unit costs to the log income z of a worker, at given
            prices: the value-added share, less where a wage does not follow.
        materials: (n, k, s) their response to log prices: input shares, and more where a wage
            follows consumer prices.
        force: (n, m) response of log labour income to log z: one's own, and of those who move.
    """

    shares: Array
    flows: Array
    spending: Array
    labour: Array
    abroad: Array
    sharing: Array
    pay: Array
    materials: Array
    force: Array


@dataclass(frozen=True)
class Technology:
    """What no shock changes.

    Attributes:
        inputs: (n, s, k). inputs_t: (n, k, s), the same numbers. va_t: (k, n). theta: (s,).
        final_shares: (s, n).
    """

    inputs: Array
    inputs_t: Array
    va_t: Array
    theta: Array
    final_shares: Array


@dataclass(frozen=True)
class Preconditioner:
    """The frozen blocks; `step` applies them.

    Attributes:
        blocks: (2, n, s, s) own Leontief inverses for log prices and for log spending.
        wages: (n, n) minus the inverse of the wage block's Schur complement.
        demand: (2, s, n) response of log labour demand to own log P and log X. What is bought
            elsewhere matters through wages, which `wages` knows: with it too, N times as many
            numbers, a solve takes as many sweeps.
        abroad: (n,) payments abroad over labour income. spending: (s, n) X over labour income.
        follow: (n, 2 s n) response of log P and log X to each log w.
        dropped: region whose labour market Walras' law implies.
    """

    blocks: Rounded
    wages: Array
    demand: Array
    abroad: Array
    spending: Array
    follow: Rounded
    dropped: int

    def step(self, residual: Array) -> Array:
        """The step in (log w, log P, log X) that would remove a residual (..., n + 2 s n)."""
        N = len(self.wages)
        S = self.blocks.shape[-1]
        lead = residual.shape[:-1]
        r = residual[..., N:].astype(np.float32).reshape(*lead, 2, S, N)
        z = np.empty_like(r)
        for j in (0, 1):
            z[..., j, :, :] = by_region(self.blocks[j], r[..., j, :, :])
        cells = z.reshape(*lead, 2 * S * N)
        moved = total(self.demand.reshape(2 * S, N) * z.reshape(*lead, 2 * S, N))
        moved -= total(self.spending * r[..., 1, :, :])
        step = np.empty_like(residual)
        wages = step[..., :N] = (self.abroad * residual[..., :N] + moved) @ self.wages.T
        np.add(cells, wages.astype(np.float32) @ self.follow, out=step[..., N:])
        return step

    def transposed(self, step: Array) -> Array:
        """The transpose of `step`, for adjoint systems."""
        N = len(self.wages)
        S = self.blocks.shape[-1]
        cells = step[N:].astype(np.float32)
        gap = self.wages.T @ (step[:N] + self.follow @ cells)
        z = cells.reshape(2, S, N) + (self.demand * gap).astype(np.float32)
        out = np.empty_like(step)
        out[:N] = self.abroad * gap
        r = out[N:].reshape(2, S, N)
        r[:] = np.matmul(z.transpose(0, 2, 1)[:, :, None], self.blocks)[:, :, 0].transpose(0, 2, 1)
        r[1] -= self.spending * gap
        return out


def _by_region(blocks: Array, x: Array) -> Array:
    """(n, a, b) blocks on x (b, n, m), as (a, n, m)."""
    return cast(Array, np.matmul(blocks, x.transpose(1, 0, 2)).transpose(1, 0, 2))


def linearise(tech: Technology, at: State, dropped: int, sweeps: int = 4) -> Preconditioner:
    """Freeze the preconditioner at a state.

    Args:
        tech: technology and tastes.
        at: the state.
        dropped: index of the region whose labour market is implied by the others.
        sweeps: sweeps of the linearised equations for the wage block.
    """
    S, N, _ = at.shares.shape
    theta, X = tech.theta[:, None], at.spending
    alive = X > 0
    safe_X = np.where(alive, X, 1.0)
    Y = at.flows.sum(axis=1)
    own = np.arange(N)
    eye = np.eye(S)
    home = at.shares[:, own, own]
    price_block = cast(Array, np.linalg.inv(eye - home.T[:, :, None] * at.materials))
    kept = (at.flows[:, own, own] / safe_X).T[:, None, :]
    spend_level = np.linalg.inv(eye - tech.inputs * kept)
    spend_block = spend_level * safe_X.T[:, None, :] / safe_X.T[:, :, None]

    # response of prices, then of spending, to each wage: columns m
    to_wage = at.pay[:, :, None] * np.eye(N)
    p = np.zeros((S, N, N))
    for _ in range(sweeps):
        c = to_wage + _by_region(at.materials, p)
        p = p + _by_region(price_block, np.matmul(at.shares, c) - p)
    c = to_wage + _by_region(at.materials, p)
    price = np.matmul(at.shares, c)
    to_seller = at.flows.transpose(0, 2, 1)
    duty = X - at.flows.sum(axis=2)
    x = np.zeros((S, N, N))
    wage_bill = at.labour[:, None] * at.force

    def sold(x: Array) -> Array:
        """(s, i, m) change of output."""
        bought = x + theta[:, :, None] * price
        return cast(Array, np.matmul(to_seller, bought) - (theta * Y)[:, :, None] * c)

    for _ in range(sweeps):
        earned = wage_bill + at.sharing @ np.einsum("sn,snm->nm", duty, x)
        new = _by_region(tech.inputs, sold(x)) + tech.final_shares[:, :, None] * earned
        r = np.where(alive[:, :, None], new / safe_X[:, :, None] - x, 0.0)
        x = x + _by_region(spend_block, r)
    demanded = np.maximum((tech.va_t * Y).sum(axis=0), 1e-300)
    schur = np.einsum("ki,kim->im", tech.va_t, sold(x)) / demanded[:, None] - at.force
    schur[dropped] = -(at.labour @ at.force) / at.labour.sum()

    # direct response of labour demand to own spending and, through costs, to own prices
    weight = tech.va_t / demanded
    at_home = at.flows[:, own, own]
    to_cost = np.einsum("sni,sni->si", at.flows, at.shares) - Y
    to_price = np.einsum("kn,nks->sn", theta * weight * to_cost, at.materials)
    demand = np.stack([to_price, weight * at_home])
    demand[:, :, dropped] = 0.0
    # a trade balance is labour demand less income, plus the gaps of spending, over payments
    abroad, spending = at.abroad / at.labour, X / at.labour
    abroad[dropped] = 1.0
    spending[:, dropped] = 0.0
    return Preconditioner(
        blocks=rounded(np.stack([price_block, spend_block])),
        wages=-np.linalg.inv(schur),
        demand=demand,
        abroad=abroad,
        spending=spending,
        follow=rounded(np.concatenate([p.reshape(S * N, N), x.reshape(S * N, N)]).T),
        dropped=dropped,
    )


def rounded(a: Array | Rounded) -> Rounded:
    """In single precision and C order."""
    return np.ascontiguousarray(a, dtype=np.float32)
