"""Time of the search for lists on the Canadian world, against the price of its equilibria.

The floor is the processor time of as many warm equilibria with the gradients of both sides as the
search asked for, measured in the same run; what is above it is the programmes themselves.
Usage: OPENBLAS_NUM_THREADS=1 python bench/lists.py
"""

from __future__ import annotations

import statistics
import time

import numpy as np

from surtax.ledger import Ledger
from surtax.response.lists import choose, left_out
from surtax.response.lists_effect import Ground
from surtax.response.lists_items import barred
from surtax.scenario import run as running
from surtax.scenario import spec
from surtax.scenario.lists import ground_of
from surtax.scenario.table import Wish


def price(ground: Ground) -> float:
    """Processor seconds of one warm equilibrium with both gradients."""
    rng = np.random.default_rng(0)
    x = np.full(len(ground.items), 0.3)
    ground.solution(x)
    spent = []
    for _ in range(15):
        x = np.clip(x + rng.normal(0.0, 0.05, len(x)), 0.0, 1.0)
        began = time.process_time()
        ground.slopes(x, ground.solution(x))
        spent.append(time.process_time() - began)
    return statistics.median(spent)


def main() -> None:
    law = Ledger.load()
    ready = running.prepare(spec.load("spring-2025", law), law)
    ground = ground_of(ready, Wish(("CAN", "USA"), "list", rate=0.25))
    rules = barred(ground.items, ground.world, ground.buyer, ground.seller)
    allowed, _ = left_out(ground, rules)
    each = price(ground)
    asked = (
        ("C$30 bn, least cost per dollar", 30e9, {}),
        ("C$125 bn, least cost per dollar", 125e9, {}),
        ("C$30 bn, least cost for C$2 bn of harm", 30e9, {"goal": "cost", "least": 2e9}),
    )
    for name, most, more in asked:
        first, wall, used = ground.solved, time.perf_counter(), time.process_time()
        fill = {"fill": 0.0} if more else {}
        found = choose(ground, allowed, most, **fill, **more)
        wall, used = time.perf_counter() - wall, time.process_time() - used
        solved = ground.solved - first
        print(f"{name:<40} {wall:6.1f} s wall {used:6.1f} s cpu, ", end="")
        print(f"{used / (solved * each):5.2f} of its floor, {solved} solved")
        print(f"  {len(found.codes)} of {int(allowed.sum())} items. {found.status}")


if __name__ == "__main__":
    main()
