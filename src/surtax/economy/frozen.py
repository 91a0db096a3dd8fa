"""Where a preconditioner is frozen: at the benchmark, or at any other point of a problem."""

from __future__ import annotations

import numpy as np

from surtax.economy import equations as eq
from surtax.economy.blocks import Blocks, sectors_of
from surtax.economy.linear import Preconditioner, State, linearise
from surtax.economy.problem import Base, Problem
from surtax.economy.slopes import slopes_of
from surtax.economy.system import Sweep
from surtax.world.world import Array


def preconditioner(p: Problem, base: Base) -> Blocks:
    """The preconditioner frozen at the benchmark, with the blocks that the closure adds.

    It is one for all closures: rules of pay and migration are not in it.
    """
    return _with_blocks(p, base.state, base.preconditioner, p.spread)


def relinearise(p: Problem, q: Sweep) -> Blocks | None:
    """The preconditioner frozen at another point; None where the blocks are singular there."""
    t, slopes = p.tech, slopes_of(p, q)
    pay, materials, force = t.va_t, t.inputs_t, np.eye(len(q.z))
    if slopes.wage_income is not None and slopes.wage_price is not None:
        pay = t.va_t * slopes.wage_income
        follow = np.broadcast_to(t.va_t * slopes.wage_price, pay.shape)
        materials = t.inputs_t + follow.T[:, :, None] * t.final_shares.T[:, None, :]
    if slopes.move is not None:
        force = force + slopes.move.T
    here = State(
        shares=eq.trade_shares(p.A, q.y, q.S),
        flows=eq.flows(p.B, q.y, q.V),
        spending=q.X,
        labour=q.labour,
        abroad=q.paid,
        sharing=p.sharing,
        pay=pay,
        materials=materials,
        force=force,
    )
    try:
        core = linearise(t, here, p.dropped)
        made = _with_blocks(p, here, core, q.added / q.added.sum(axis=0))
    except np.linalg.LinAlgError:
        return None
    return made if np.isfinite(core.wages).all() else None


def _with_blocks(p: Problem, at: State, core: Preconditioner, spread: Array) -> Blocks:
    mu = p.closure.labour.stickiness
    sectors = sectors_of(p.tech, at, core, spread, mu) if p.sticky else None
    if p.fast:
        from surtax.economy import fast

        core = fast.compiled(core)
    return Blocks(core, sectors, p.payroll is not None)
