"""The account of new duties: what is collected, who is paid, and how far it covers the loss."""

from __future__ import annotations

from typing import Any

import numpy as np

from surtax.response import recycle
from surtax.scenario.case import Case, Variant
from surtax.scenario.run import Run


def account(run: Run, case: Case, variant: Variant | None = None) -> dict[str, Any]:
    """The account of a case, money in single units of the world's currency.

    Losses are payroll lost in real terms by region and sector, of the equilibrium in which
    duties are shared as in the benchmark: what is there to be covered before anybody is paid.
    """
    world, who = run.world, run.scenario.player
    chosen = variant or run.headline
    mine = world.members(who)
    found, unit = run.solve(case, chosen), world.unit
    static = recycle.static_revenue(world, run.shock(case, chosen.facts).tariffs)[mine].sum()
    collected = (found.collected - world.collected)[mine]
    received = (found.revenue - world.revenue)[mine]
    lost = recycle.losses(run.plain(case, chosen))[:, mine]
    hit = run.hit[mine]
    total = float(received.sum())
    cells = sorted(np.argwhere(lost > 0.0).tolist(), key=lambda c: (-lost[c[0], c[1]], c))
    return {
        "sharing": found.rules.revenue.name,
        "static": float(static) * unit,
        "collected": float(collected.sum()) * unit,
        "received": total * unit,
        "gap": float(collected.sum() - total) * unit,
        "workers_hit": float(hit.sum()),
        "per_worker": _unit(recycle.per_worker(total, float(hit.sum())), unit),
        "lost": float(lost.sum()) * unit,
        "coverage": _over(total, float(lost.sum())),
        "regions": [
            {
                "region": world.regions[n],
                "received": float(received[k]) * unit,
                "workers_hit": float(hit[k]),
                "per_worker": _unit(recycle.per_worker(float(received[k]), float(hit[k])), unit),
                "lost": float(lost[:, k].sum()) * unit,
                "coverage": _over(float(received[k]), float(lost[:, k].sum())),
            }
            for k, n in enumerate(mine)
        ],
        "losses": [
            {
                "region": world.regions[mine[k]],
                "sector": world.sectors[s],
                "lost": float(lost[s, k]) * unit,
            }
            for s, k in cells
        ],
    }


def _unit(value: float | None, unit: float) -> float | None:
    return None if value is None else value * unit


def _over(part: float, of: float) -> float | None:
    return part / of if of > 0 else None
