"""Random worlds and random shocks: how often is there an answer, and what is said where not.

The distribution, fixed here, is meant to be harsh: 2 to 20 regions and 1 to 10 sectors; shares
of spending log-uniform over six decades before they are scaled to one, home or abroad alike; a
third of the flows zero; duties of up to 100 % in the benchmark and of up to 1,000 % after;
trade elasticities from 1 to 12; input shares of up to 80 % of output; deficits of up to five per
cent of earnings; customs unions; every closure in turn. Where pay follows a wage curve, duties
rise by up to 5 pp only: it lets real pay fall by a quarter at most (0.05 to the power 0.1), and
where a shock asks for more there is no work left and no equilibrium. World number k of seed s
is the same on every machine.

    python tests/random_worlds.py 10000
    python tests/random_worlds.py 700 10000    # closures added since the ten thousand were drawn
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from surtax.economy.closure import CLOSURES
from surtax.economy.solve import solve
from surtax.errors import SolveError
from surtax.progress import steps
from surtax.world.world import World

SEED = 20_250_401
EVERY = tuple(CLOSURES)
FIRST, WORLDS = 15, 10_000
"""Closures when the ten thousand were drawn; those added since have the worlds after them."""


@dataclass(frozen=True)
class Trial:
    """One world, one shock and one closure."""

    world: World
    tariffs: np.ndarray
    closure: str


def trial(number: int, seed: int = SEED) -> Trial:
    """The trial of that number."""
    rng = np.random.default_rng([seed, number])
    N, S = int(rng.integers(2, 21)), int(rng.integers(1, 11))
    while True:
        world = _drawn(rng, N, S, f"random-{seed}-{number}")
        if world is not None:
            break
    names = np.asarray(world.treasuries)
    abroad = names[:, None] != names[None, :]
    raised = rng.random((S, N, N)) < rng.random()
    dealt = EVERY[:FIRST] if number < WORLDS else EVERY[FIRST:]
    closure = dealt[number % len(dealt)]
    duty = rng.uniform(0.0, 10.0, (S, N, N))
    if CLOSURES[closure].wages.name == "wage-curve":
        duty = world.tariffs + duty / 200.0
    return Trial(world, np.where(raised & abroad, duty, world.tariffs), closure)


def _drawn(rng: np.random.Generator, N: int, S: int, name: str) -> World | None:
    """A world in balance by construction; None where a region neither buys nor sells abroad."""
    union = rng.integers(0, N, N) if rng.random() < 0.5 else np.arange(N)
    abroad = union[:, None] != union[None, :]
    shares = 10.0 ** rng.uniform(-6.0, 0.0, (S, N, N)) * (rng.random((S, N, N)) > 1 / 3)
    shares[np.arange(S)[:, None], np.arange(N), rng.integers(0, N, (S, N))] += 1e-6
    shares /= shares.sum(axis=2, keepdims=True)
    tariffs = rng.uniform(0.0, 1.0, (S, N, N)) * abroad * (rng.random((S, N, N)) < 0.5)
    value_added = rng.uniform(0.2, 1.0, (N, S))
    inputs = rng.dirichlet(np.ones(S), (N, S)).transpose(0, 2, 1) * (1.0 - value_added)[:, None]
    tastes = rng.dirichlet(np.ones(S), N).T
    ties = csr_array((shares.sum(axis=0) > 0).astype(int))
    if connected_components(ties, connection="strong")[0] > 1:
        return None

    # Spending that one unit of income in each region leads to, and who earns what of it.
    kept = shares / (1.0 + tariffs)
    use = np.einsum("nsk,kmn->snkm", inputs, kept).reshape(S * N, S * N)
    income = np.zeros((S, N, N))
    income[:, np.arange(N), np.arange(N)] = tastes
    spent = np.linalg.solve(np.eye(S * N) - use, income.reshape(S * N, N)).reshape(S, N, N)
    output = np.einsum("sni,snm->sim", kept, spent)
    same = union[:, None] == union[None, :]
    pooled = (spent * (1.0 - kept.sum(axis=2))[:, :, None]).sum(axis=0)
    weights = rng.uniform(0.1, 1.0, N)
    sharing = same * (weights / (same @ weights))[:, None]
    earned = np.einsum("ns,snm->nm", value_added, output) + sharing @ pooled

    # Deficits are a share of earnings, less what makes them add to zero.
    deficit = rng.uniform(-0.05, 0.05, N)
    level = 0.0
    for _ in range(200):
        growth, vectors = np.linalg.eig(earned * (1.0 + deficit - level))
        k = int(np.argmax(growth.real))
        size = np.abs(vectors[:, k].real)
        if abs(growth[k].real - 1.0) < 1e-13:
            break
        level += growth[k].real - 1.0
    final = size * (1.0 + deficit - level)
    X = spent @ final
    flows = kept * X[:, :, None]
    if not (np.isfinite(flows).all() and (flows.sum(axis=(0, 1)) > 0).all()):
        return None
    return World(
        name=name,
        regions=tuple(f"r{n}" for n in range(N)),
        sectors=tuple(f"s{s}" for s in range(S)),
        flows=flows / flows.sum(),
        tariffs=tariffs,
        inputs=inputs,
        value_added=value_added,
        theta=rng.uniform(1.0, 12.0, S),
        treasuries=tuple(f"t{u}" for u in union),
        treasury_shares=weights / (same @ weights),
        traded=np.ones(S, dtype=bool),
        currency="$",
        basis="made",
    )


def attempt(number: int, seed: int = SEED) -> tuple[str, str, float]:
    """(closure, "" or what was said, seconds of processor) of one trial."""
    t = trial(number, seed)
    began = time.process_time()
    try:
        s = solve(t.world, t.tariffs, closure=t.closure)
        if not (s.residual <= 1e-10 and s.walras <= 1e-10 and np.isfinite(s.real_income).all()):
            return t.closure, "returned numbers without its certificate", 0.0
        said = ""
    except SolveError as error:
        said = str(error)
    return t.closure, said, time.process_time() - began


def main() -> None:
    """Run as many trials as asked for and print what came of them."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    first = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    spent, failed = [], []
    with steps("random worlds", total=count) as say:
        for number in range(first, first + count):
            closure, said, seconds = attempt(number)
            spent.append(seconds)
            if said:
                failed.append((number, closure, said))
            say(f"{number + 1 - first} tried, {len(failed)} without an answer")
    for number, closure, said in failed:
        print(f"{number:6d} {closure}: {said}")
    print(Counter(closure for _, closure, _ in failed).most_common())
    print(
        f"{count} worlds, {count - len(failed)} solved ({1 - len(failed) / count:.3%}); "
        f"median {1e3 * np.median(spent):.1f} ms, longest {max(spent):.2f} s of processor time"
    )


if __name__ == "__main__":
    main()
