"""Time of the published models against their targets, a peer's way and a floor, in one run.

Ossa (2014), 7 regions x 33 industries: all unilateral optima and the full Nash equilibrium by
the structure of the first-order conditions, beside the same Nash by best replies that climb
each country's welfare, round by round. Ignatenko et al. (2025), 194 countries, with and without
inputs: one warm counterfactual, beside SciPy's root finder on the same equations without a
Jacobian, as public codes solve them, and beside the bare matrix-vector products of its sweeps.

Only ratios travel between machines. Usage: SURTAX_TEST_DATA=folder python bench/published.py
"""

from __future__ import annotations

import statistics
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "scripts"))

from published import data, liberation
from surtax.economy.variants import market_access as model
from surtax.economy.variants.ascent import climb
from surtax.economy.variants.monopolistic import balanced, solve
from surtax.economy.variants.monopolistic_tariffs import nash, objective, optimal

ROUNDS = 41
SLOW = 7


def median(work, rounds: int) -> float:
    """Median seconds of processor over the rounds: the machine may be shared."""
    times = []
    for _ in range(rounds):
        began = time.process_time()
        work()
        times.append(time.process_time() - began)
    return statistics.median(times)


def climbed_nash(world) -> np.ndarray:
    """Nash by rounds of best replies, each climbed; stops when no tariff moves by 1e-3."""
    t = world.tariffs.copy()
    for _ in range(30):
        before = t.copy()
        for k in range(len(world.regions)):
            upper = np.full((len(world.sectors), len(world.regions)), np.log(11.0))
            upper[:, k] = 0.0
            weight = (1.0 + world.theta)[:, None] * world.flows[:, k] / world.income[k]
            top = climb(
                objective(world, k, t),
                np.log1p(t[:, k]).ravel(),
                np.zeros(upper.size),
                upper.ravel(),
                np.sqrt(np.maximum(weight, 1e-16)).ravel(),
                tol=1e-6,
            )
            t[:, k] = np.expm1(top.point.reshape(upper.shape))
        if np.abs(t - before).max() < 1e-3:
            break
    return t


def ossa(folder: Path) -> None:
    world = balanced(data.ossa(folder / "ossa2014"))
    everyone = range(len(world.regions))
    optima = median(lambda: [optimal(world, k) for k in everyone], SLOW)
    war = median(lambda: nash(world), SLOW)
    began = time.process_time()
    other = climbed_nash(world)
    slow = time.process_time() - began
    gap = float(np.abs(solve(world, other).welfare - nash(world).equilibrium.welfare).max())
    print(f"Ossa 7 x 33, all optima         {optima:9.3f} s   target 21 s")
    print(f"Ossa 7 x 33, Nash               {war:9.3f} s   target 20 s")
    print(f"  by climbed best replies       {slow:9.3f} s   {slow / war:.0f} times as long, "
          f"welfare within {gap:.0e}")  # fmt: skip


def liberation_day(folder: Path) -> None:
    from scipy.optimize import root

    s = liberation.Setting(data.liberation(folder / "baci2023_aggregate"))
    rng = np.random.default_rng(0)
    for name, access, target in (("194 x 1", s.base, 5), ("194 x 1, inputs", s.inputs, 10)):
        o = model.solve(access, s.ustr)
        warm = median(lambda a=access: model.solve(a, s.ustr), ROUNDS)
        N = len(access.regions)
        A, B, v = rng.random((N, N)), rng.random((N, N)), rng.random(N)

        def products(A=A, B=B, v=v) -> None:
            A @ v, B @ v, v @ B
            np.exp(v), np.log(v), np.log(v), np.log(v)

        floor = median(products, ROUNDS) * o.sweeps
        p = model._problem(access, s.ustr, access.transfers, True)
        began = time.process_time()
        found = root(lambda x, p=p: model._residual(p, x), np.zeros(4 * N), tol=1e-10)
        peer = time.process_time() - began
        gap = float(np.abs(found.x - o.unknowns).max())
        print(f"{name:30}  {1e3 * warm:9.2f} ms  target {target} ms; {o.sweeps} sweeps to "
              f"{o.residual:.0e}")  # fmt: skip
        print(f"  floor of its sweeps           {1e3 * floor:9.2f} ms  {warm / floor:.1f} times")
        print(f"  root finder, no Jacobian      {1e3 * peer:9.2f} ms  {peer / warm:.0f} times as "
              f"long, unknowns within {gap:.0e}")  # fmt: skip


def main() -> None:
    folder = data.root()
    if folder is None:
        raise SystemExit("Set SURTAX_TEST_DATA to the folder that holds ossa2014/.")
    ossa(folder)
    liberation_day(folder)


if __name__ == "__main__":
    main()
