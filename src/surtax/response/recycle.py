"""Spend the revenue: whom a duty hits, and what each of them would receive.

Workers hit are counted directly: the jobs that rest on the exports on which a duty is newly
charged, each sector's jobs in proportion to the share of its output that those exports are. It is
exposure, not a forecast of jobs lost; jobs with suppliers are not in it.
"""

from __future__ import annotations

import numpy as np

from surtax.world.employment import Jobs
from surtax.world.shock import Shock
from surtax.world.world import Array, World


def workers_hit(world: World, jobs: Jobs, shock: Shock, buyer: str) -> Array:
    """(n,) persons whose jobs rest on exports to `buyer` that are newly charged a duty.

    Regions without employment in the table count zero.
    """
    n = world.region(buyer)
    exports = world.flows[:, n, :] * shock.charged[:, n, :]
    share = np.divide(exports, world.output, out=np.zeros_like(exports), where=world.output > 0)
    hit = np.nan_to_num(jobs.persons) * share
    hit[:, n] = 0.0
    total: Array = hit.sum(axis=0)
    return total


def worker_shares(world: World, hit: Array, treasury: str, collected: Array) -> Array:
    """(n,) treasury shares that give one treasury's new duties to its regions by workers hit.

    Duties up to the benchmark's go where they went; only what is collected beyond them, given
    (n,) `collected`, is spent anew. Other treasuries keep their rule; so does this one when
    nobody is hit.
    """
    shares = world.treasury_shares.copy()
    mine = np.array([t == treasury for t in world.treasuries])
    total, now = float(hit[mine].sum()), float(collected[mine].sum())
    if total > 0 and now > 0:
        new = max(now - float(world.collected[mine].sum()), 0.0) / now
        shares[mine] = (1.0 - new) * shares[mine] + new * hit[mine] / total
    return shares


def per_worker(revenue: float, workers: float) -> float | None:
    """Revenue a year for each worker hit, in the revenue's unit; None when nobody is hit."""
    return revenue / workers if workers > 0 else None
