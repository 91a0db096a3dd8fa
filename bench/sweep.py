"""Time of a sweep on the Canadian world, against the price of its equilibria.

The floor is the processor time of as many warm solves, each on a world of its own elasticities,
measured in the same run: a ratio near one says that drawing, writing and workers are free.
Usage: OPENBLAS_NUM_THREADS=1 python bench/sweep.py [DRAWS]
"""

from __future__ import annotations

import resource
import statistics
import sys
import time
from dataclasses import replace

from surtax.economy.solve import solve
from surtax.ledger import Ledger
from surtax.scenario import draws as drawing
from surtax.scenario import engines, spec
from surtax.scenario import run as running
from surtax.scenario.sweep import sweep


def price() -> float:
    """Processor seconds of one warm solve with elasticities of its own."""
    law = Ledger.load()
    ready = running.prepare(spec.load("spring-2025", law), law)
    plan = drawing.plan(
        ready, running.Case("in-force", "central"), seed=0, closures=["own-share"],
        barriers=["central"], drawn_from="central",
    )  # fmt: skip
    spent = []
    for number in range(25):
        one = drawing.draw(plan, number)
        world, duties = replace(plan.world, theta=one.theta), drawing.tariffs(plan, one)
        began = time.process_time()
        solve(world, duties, closure=plan.rules[0].made, start=plan.starts[0])
        spent.append(time.process_time() - began)
    return statistics.median(spent)


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    floor = price()
    began = time.perf_counter()
    answer = sweep("spring-2025", draws=count, seed=0, workers=2)
    wall = time.perf_counter() - began
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = spent.ru_utime + spent.ru_stime
    print(f"{count} draws, elasticities redrawn: {wall:.1f} s wall with two workers,")
    print(f"{answer['converged']} solved; chunks of {engines.CHUNK}.")
    print(f"Floor {count * floor:.1f} s of processor ({1e3 * floor:.1f} ms a solve); ", end="")
    print(f"the workers' {used:.1f} s over it: {used / (count * floor):.2f}.")


if __name__ == "__main__":
    main()
