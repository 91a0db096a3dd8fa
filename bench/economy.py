"""Time of one warm 31 x 40 counterfactual against the floor of its own arithmetic, in one run.

The floor is what a solve cannot avoid: per sweep, the exponentials and logs of S x N cells
and the five batched products of the equations, times the sweeps the solve took. Only the
ratio travels between machines. Usage: SURTAX_TEST_DATA=folder python bench/economy.py
"""

from __future__ import annotations

import os
import statistics
import time
from pathlib import Path

import numpy as np

from surtax.economy.results import rebase
from surtax.economy.solve import solve
from surtax.world.sources import cp2015

ROUNDS = 100


def median(work) -> float:
    """Median seconds over the rounds."""
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def sweep_floor(S: int, N: int):
    """One sweep's bare arithmetic on arrays of the right shapes."""
    rng = np.random.default_rng(0)
    A, B = rng.random((2, S, N, N))
    inputs, inputs_t = rng.random((2, N, S, S))
    y, x = rng.random((S, N, 1)), rng.random((N, S, 1))
    row = rng.random((S, 1, N))
    cells = rng.random((S, N)) + 0.5

    def work() -> None:
        np.matmul(inputs_t, x)
        np.exp(cells)
        np.matmul(A, y)
        np.matmul(B, y)
        np.log(cells)
        np.exp(cells)
        np.matmul(row, B)
        np.matmul(inputs, x)
        np.log(cells)

    return work


def main() -> None:
    root = os.environ.get("SURTAX_TEST_DATA", "")
    if not (Path(root) / "cp2015").is_dir():
        raise SystemExit("Set SURTAX_TEST_DATA to the folder that holds cp2015/.")
    folder = Path(root) / "cp2015"
    raw = cp2015.load(folder)
    world = rebase(raw, solve(raw, raw.tariffs, closure="balanced"))
    new = world.tariffs.copy()
    later = cp2015.tariffs(folder, 2005)
    members = [world.region(r) for r in ("Canada", "Mexico", "USA")]
    cells = np.ix_(range(len(world.sectors)), members, members)
    new[cells] = later[cells]

    began = time.perf_counter()
    answer = solve(world, new, closure="balanced")
    cold = time.perf_counter() - began
    warm = median(lambda: solve(world, new, closure="balanced"))
    S, N = len(world.sectors), len(world.regions)
    floor = median(sweep_floor(S, N)) * answer.iterations
    print(f"NAFTA, {N} x {S}: {answer.status}")
    print(f"first solve of a world  {1e3 * cold:8.2f} ms")
    print(f"warm solve              {1e3 * warm:8.2f} ms")
    print(f"floor, {answer.iterations} sweeps        {1e3 * floor:8.2f} ms")
    print(f"ratio                   {warm / floor:8.2f}")


if __name__ == "__main__":
    main()
