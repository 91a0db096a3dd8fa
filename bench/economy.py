"""The economy's speed table: every row with its target, its floor and their ratio, in one run.

The floor is what this method cannot avoid: per sweep, the exponentials and logs of S x N cells
and the products with A, B and the input shares, measured as bare NumPy on arrays of the same
shapes in the same run, times the sweeps that the solve took. A ratio travels between machines,
a time does not. Targets and ratios are judged on the lesser of the median wall clock and the
median processor time, a batch's divided by its threads: two threads take more of the second than
of the first, and where other work shares the machine the wall clock measures the others.

python bench/economy.py [--rounds 9] [--quick] [--write]

SURTAX_TEST_DATA names the folder of raw tables; without it rows are of made-up worlds of the
same size and say so. ``--write`` puts the table into docs/speed.md. Set OPENBLAS_NUM_THREADS=1.
"""

from __future__ import annotations

import argparse
import math
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import numpy as np

import economy_worlds as worlds
from economy_peer import pact, peer
from economy_worlds import Work
from surtax.economy.attribution import attribute
from surtax.economy.batch import Batch, solve_many
from surtax.economy.gradient import gradient
from surtax.economy.outcomes import real_income
from surtax.economy.results import Solution
from surtax.economy.solve import solve
from surtax.progress import steps

APART = 1e-4  # gegravity's own tolerance lets real income be off by 2e-5
PAGE = Path(__file__).resolve().parents[1] / "docs" / "speed.md"
ENGINES = ("numpy", "fast") if find_spec("numba") else ("numpy",)


@dataclass(frozen=True)
class Row:
    """One line of the table; seconds, or megabytes where ``unit`` says so.

    Attributes:
        wall, busy: medians of wall clock and of processor time. least: of processor time.
    """

    work: str
    engine: str
    target: float
    wall: float
    busy: float
    least: float
    floor: float = math.nan
    sweeps: int = 0
    unit: str = "ms"

    def cells(self) -> tuple[str, ...]:
        scale = {"ms": 1e3, "s": 1.0, "MB": 1.0}[self.unit]
        digits = 2 if self.unit == "s" else 1

        def shown(x: float) -> str:
            return "" if math.isnan(x) else f"{scale * x:,.{digits}f}"

        took = min(self.wall, self.busy) if self.wall > 0.0 else self.busy
        met = "" if math.isnan(self.target) else "met" if took <= self.target else "missed"
        ratio = "" if math.isnan(self.floor) else f"{took / self.floor:.1f}"
        return (
            self.work, self.engine, self.unit, shown(self.wall), shown(self.busy),
            shown(self.least), shown(self.target), met, str(self.sweeps or ""), shown(self.floor),
            ratio,
        )  # fmt: skip


HEAD = (
    "work", "engine", "unit", "wall", "processor", "least", "target", "", "sweeps", "floor",
    "ratio",
)  # fmt: skip


def timed(work: Callable[[], object], rounds: int) -> tuple[float, float, float]:
    """Median wall clock, median and least processor time of the rounds, the first left out."""
    work()
    wall, busy = [], []
    for _ in range(rounds):
        began, worked = time.perf_counter(), time.process_time()
        work()
        busy.append(time.process_time() - worked)
        wall.append(time.perf_counter() - began)
    return statistics.median(wall), statistics.median(busy), min(busy)


def sweep_floor(S: int, N: int, rounds: int) -> float:
    """Median seconds of one sweep's bare arithmetic."""
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

    return timed(work, max(rounds, 25))[1]


def arithmetic(S: int, N: int) -> tuple[float, float]:
    """Flops and bytes of one sweep: three products with A or B, two with input shares."""
    return 6.0 * N * N * S + 4.0 * N * S * S, 8.0 * (3.0 * N * N * S + 2.0 * N * S * S)


def solved(work: Work, engine: str) -> Solution:
    return solve(
        work.world, work.tariffs, closure=work.closure, engine=engine, start=None, **work.more
    )


def counterfactual(
    name: str, work: Work, targets: dict[str, float], rounds: int, engines: tuple[str, ...]
) -> list[Row]:
    """A row an engine, with the floor."""
    N, S = len(work.world.regions), len(work.world.sectors)
    floor = sweep_floor(S, N, rounds)
    rows = []
    for engine in engines:
        answer = solved(work, engine)
        times = timed(lambda e=engine: solved(work, e), rounds)
        target = 1e-3 * targets.get(engine, targets["numpy"])
        label = f"{name}, {work.world.name}, {N} × {S}"
        sweeps = answer.iterations
        rows.append(Row(label, engine, target, *times, floor * sweeps, sweeps))
    return rows


def batched(work: Work, count: int, rounds: int, target: dict[str, float]) -> list[Row]:
    """Scenarios with tariffs drawn anew on every flow between treasuries; scaled to 1,000."""
    names = np.asarray(work.world.treasuries)
    away = names[:, None] != names[None, :]
    rng = np.random.default_rng(0)
    shape = (count, *work.world.flows.shape)
    drawn = work.world.tariffs + rng.uniform(0.0, 0.2, shape) * away
    N, S = len(work.world.regions), len(work.world.sectors)
    floor = sweep_floor(S, N, rounds)
    rows = []
    for engine in ENGINES:

        def call(engine: str = engine) -> Batch:
            return solve_many(work.world, drawn, work.closure, engine=engine, quiet=True)

        answer = call()
        if not answer.solved.all():
            raise SystemExit(f"a scenario of the batch failed: {set(answer.status)}")
        cores, sweeps = len(os.sched_getaffinity(0)), float(answer.iterations.mean())
        scale = 1000.0 / count
        wall, busy, least = (scale * x for x in timed(call, rounds))
        label = f"1,000 scenarios ({count} timed), {N} × {S}, {cores} threads"
        per_core = (wall, busy / cores, least / cores)
        whole = 1000.0 * floor * sweeps / cores
        rows.append(Row(label, engine, target[engine], *per_core, whole, round(sweeps), "s"))
    return rows


_PEAK = """
with open("/proc/self/status") as lines:
    print([float(one.split()[1]) / 1024 for one in lines if one.startswith("VmHWM")][0])
"""


def peak(code: str) -> float:
    """Peak megabytes of a fresh interpreter running some code."""
    here = os.pathsep.join([str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\n{_PEAK}"], check=True, capture_output=True, text=True,
        env={**os.environ, "PYTHONPATH": here},
    )  # fmt: skip
    return float(done.stdout.split()[-1])


def memory(name: str, make: str, target: float) -> Row:
    """What building a world and one solve need beyond NumPy and SciPy."""
    bare = peak("import numpy, scipy.sparse.linalg")
    code = f"import economy_worlds as w\nfrom surtax.economy.solve import solve\nk = {make}\n"
    used = peak(code + "solve(k.world, k.tariffs, closure=k.closure)") - bare
    return Row(f"memory, {name}", "numpy", target, math.nan, used, used, unit="MB")


def beside(rounds: int, N: int = 20) -> list[Row]:
    """One agreement by `solve` and by gegravity, where that is installed."""
    work = pact(N)
    rows = counterfactual("agreement of two", work, {"numpy": math.nan}, rounds, ("numpy",))
    if not find_spec("gegravity"):
        return rows
    theirs = peer(work)
    apart = float(np.abs(theirs() - solved(work, "numpy").real_income).max())
    if apart > APART:
        raise SystemExit(f"gegravity and solve differ by {apart:.1e} in real income")
    engine = f"gegravity {version('gegravity')}"
    times, ours = timed(theirs, rounds), rows[0]
    return [*rows, Row(ours.work, engine, math.nan, *times, ours.floor)]


def table(rounds: int, quick: bool) -> list[Row]:
    """Every row; with ``quick`` the small ones."""
    fast = tuple(e for e in ENGINES if e == "fast")
    rows: list[Row] = []
    with steps("Benchmark", total=9 if quick else 10) as say:
        say("31 × 40")
        nafta = worlds.nafta()
        rows += counterfactual("NAFTA", nafta, {"numpy": 8.0, "fast": 3.0}, rounds, ENGINES)
        say("Canada")
        rows += counterfactual("Canada", worlds.canada(), {"numpy": 4.0}, rounds, ENGINES)
        say("77 × 45")
        rows += counterfactual("dispute", worlds.made(77, 45), {"numpy": 12.0}, rounds, ENGINES)
        say("87 × 22")
        rows += counterfactual("dispute", worlds.made(87, 22), {"numpy": math.nan}, rounds, ENGINES)
        say("194 × 1")
        rows += counterfactual(
            "April 2025", worlds.liberation(1.0), {"numpy": 5.0}, rounds, ENGINES
        )
        rows += counterfactual(
            "April 2025, half materials", worlds.liberation(0.5), {"numpy": 10.0}, rounds,
            ENGINES,
        )  # fmt: skip
        say("beside gegravity")
        rows += beside(rounds)
        say("gradient")
        answer = solve(nafta.world, nafta.tariffs, closure=nafta.closure)
        outcome = real_income(nafta.world, np.eye(31)[-1][: len(nafta.world.regions)])
        times = timed(lambda: gradient(answer, outcome), rounds)
        rows.append(Row("gradient over all tariffs, 31 × 40", "numpy", 0.009, *times))
        times = timed(lambda: attribute(answer, outcome), 3 if quick else rounds)
        rows.append(Row("attribution of a welfare change, 31 × 40", "numpy", 0.3, *times))
        say("large shocks")
        hard = []
        if {"China", "USA"} <= set(nafta.world.regions):  # a made-up world may have no answer
            hard = [
                ("+200 points on everything", worlds.added(nafta, 2.0)),
                ("US-China 145/125 %", worlds.us_china(nafta)),
                ("trade costs × 10", worlds.autarky(nafta, 10.0)),
                ("trade costs × 1,000", worlds.autarky(nafta, 1000.0)),
            ]
        for name, work in hard:
            rows += counterfactual(name, work, {"numpy": 100.0}, rounds, ENGINES)
        if not quick:
            say("194 × 45")
            big = worlds.made(194, 45)
            rows += counterfactual("dispute", big, {"numpy": 70.0}, rounds, ("numpy", *fast))
        say("a batch")
        count = 64 if quick else 250
        rows += batched(nafta, count, 3 if quick else rounds, {"numpy": 6.0, "fast": 2.3})
        say("memory")
        rows.append(memory("31 × 40", "w.nafta()", 100.0))
        if not quick:
            rows.append(memory("194 × 45", "w.made(194, 45)", 500.0))
    return rows


def text(rows: list[Row]) -> str:
    """The table as Markdown, with what it was measured on."""
    lines = ["| " + " | ".join(HEAD) + " |", "|" + "---|" * len(HEAD)]
    lines += ["| " + " | ".join(row.cells()) + " |" for row in rows]
    sizes = ((31, 40), (77, 45), (194, 45))
    work = "; ".join(
        f"{N} × {S} {arithmetic(S, N)[0] / 1e6:.2f} Mflop and {arithmetic(S, N)[1] / 1e6:.1f} MB"
        for N, S in sizes
    )
    numba = f", numba {version('numba')}" if find_spec("numba") else ", without numba"
    lines += [
        "",
        f"One sweep: {work}.",
        "",
        f"Measured on {platform.machine()}, {len(os.sched_getaffinity(0))} cores, load average "
        f"{os.getloadavg()[0]:.1f} (other work on the machine included), Python "
        f"{platform.python_version()}, NumPy {np.__version__}{numba}, "
        f"OPENBLAS_NUM_THREADS={os.environ.get('OPENBLAS_NUM_THREADS', 'unset')}.",
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--rounds", type=int, default=9)
    options.add_argument("--quick", action="store_true", help="leave the largest rows out")
    options.add_argument("--write", action="store_true", help=f"write the table into {PAGE.name}")
    given = options.parse_args()
    found = text(table(max(7, given.rounds), given.quick))
    print(found)
    if given.write:
        before, _, rest = PAGE.read_text(encoding="utf-8").partition("<!-- rows -->\n")
        _, _, after = rest.partition("<!-- end -->\n")
        page = f"{before}<!-- rows -->\n{found}<!-- end -->\n{after}"
        PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
