"""Many counterfactuals of one world in one call, each with its own status.

Scenarios are taken in blocks: one accelerated fixed point for all of a block, so that whatever
they share (technology, the preconditioner) is read once for all of them. A scenario that a
block leaves unsolved is taken up alone, by the whole route of `solve`. The certificate is the
same, and only the outcomes asked for are kept.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, fields, replace
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surtax.economy.arrays import several, whole
from surtax.economy.blocks import Blocks
from surtax.economy.check import bare, check_tolerance, checked_shock, checked_start
from surtax.economy.closure import Closure
from surtax.economy.closure import closure as named_closure
from surtax.economy.diagnosis import unlivable
from surtax.economy.frozen import preconditioner
from surtax.economy.horizon import Horizon, at_horizon
from surtax.economy.horizon import horizon as named_horizon
from surtax.economy.outcomes import Outcome
from surtax.economy.problem import Base, Instruments, Problem, base_of, problem_of
from surtax.economy.results import Solution, solution_of
from surtax.economy.solve import effort, is_fast, residual_of, solve, solved_status, started
from surtax.economy.system import Sweep, gaps, sweep
from surtax.economy.together import Rows, anderson_rows, cores, mixed_rows, sizes
from surtax.errors import SurtaxError, WorldError, unknown
from surtax.progress import steps
from surtax.world.world import Array, World

KEPT = ("real_income", "real_wage", "price_index", "income", "revenue")
"""Fields of a `Solution` that a batch keeps unless told otherwise."""

BLOCK = 16
"""Scenarios solved together: enough to share what is common, few enough for a cache."""


@dataclass(frozen=True, eq=False)
class Case:
    """One scenario of a batch: what `solve` takes, under its names; None for the benchmark's.

    Attributes:
        tariffs_new, trade_costs, export_taxes: (s, n, i). treasury_shares,
            extra_transfers: (n,).
        start: log hats to start from, a former ``solution.unknowns``.
    """

    tariffs_new: Array | None = None
    trade_costs: Array | None = None
    export_taxes: Array | None = None
    treasury_shares: Array | None = None
    extra_transfers: Array | None = None
    start: Array | None = None


@dataclass(frozen=True, eq=False)
class Batch:
    """What b scenarios say, in the order they were given.

    Attributes:
        status: one sentence each: how it was solved and how well, or why it was not.
        solved: (b,) whether it was. residual, walras: (b,) as in `Solution`, not a number
            where nothing was solved. iterations: (b,) sweeps.
        outcomes: (b, ...) by name; not a number wherever a scenario was not solved.
        closure, horizon: their names. seconds: wall clock of them all.
    """

    status: tuple[str, ...]
    solved: NDArray[np.bool_]
    residual: Array
    walras: Array
    iterations: NDArray[np.int64]
    outcomes: dict[str, Array]
    closure: str
    horizon: str
    seconds: float

    def __len__(self) -> int:
        return len(self.status)


@dataclass(frozen=True)
class _Work:
    """What every block needs."""

    world: World
    base: Base
    closure: Closure
    horizon: str
    keep: tuple[str | Outcome, ...]
    tol: float
    engine: str


@dataclass(frozen=True)
class _Answer:
    """One scenario, reduced to what is kept; no values where it was not solved."""

    status: str
    residual: float = np.nan
    walras: float = np.nan
    iterations: int = 0
    values: tuple[Array, ...] | None = None


def solve_many(
    world: World,
    tariffs: Array | Iterable[Array | Case],
    closure: str | Closure | None = None,
    *,
    horizon: str | Horizon | None = None,
    keep: Sequence[str | Outcome] = KEPT,
    start: Array | None = None,
    tol: float = 1e-10,
    block: int = BLOCK,
    workers: int | None = None,
    engine: str = "numpy",
    quiet: bool = False,
) -> Batch:
    """The counterfactuals of many scenarios on one world.

    A scenario that cannot be solved says so in its status and has no numbers; the others go
    on. Memory is that of ``workers + 1`` blocks, however many scenarios an iterator yields.

    Args:
        world: the benchmark.
        tariffs: (b, s, n, i) new tariffs, or an iterable of (s, n, i) or `Case`.
        closure, horizon, tol, engine: as in `solve`.
        keep: names of fields and properties of `Solution`, or outcomes of `outcomes`.
        start: log hats to start every scenario from that brings none of its own: the solution
            of a scenario in their midst saves sweeps.
        block: scenarios solved together.
        workers: threads; None for one a core. Best with one BLAS thread each
            (OPENBLAS_NUM_THREADS=1 before Python starts).
        quiet: no progress bar.

    Raises:
        UnknownNameError: no closure, horizon or field of that name.
        WorldError: the world is no benchmark, or what all scenarios share is impossible.
    """
    began = time.perf_counter()
    if horizon is not None:
        horizon = named_horizon(horizon)
        world = at_horizon(world, horizon)
        closure = horizon.closure if closure is None else closure
    work = _Work(
        world=world,
        base=base_of(world),
        closure=named_closure("world-share" if closure is None else closure),
        horizon="" if horizon is None else horizon.name,
        keep=_checked(keep),
        tol=tol,
        engine=engine,
    )
    is_fast(engine)
    check_tolerance(tol)
    block = whole("the block", block)
    workers = cores() if workers is None else whole("the number of workers", workers)
    start = checked_start(world, start)
    if not isinstance(tariffs, Iterable):
        raise WorldError(
            "the scenarios are no array and no list.",
            mend="Give tariffs (b, s, n, i), or a list of (s, n, i) or of cases.",
        )
    cases = (_case(one, start) for one in tariffs)
    total = -(-len(tariffs) // block) if isinstance(tariffs, Sequence | np.ndarray) else 1
    answers: list[_Answer] = []
    with steps("Solving", total=total, quiet=quiet) as say:
        for some in _in_order(work, cases, block, workers):
            answers += some
            say(f"{len(answers)} solved")
    return _batch(work, answers, time.perf_counter() - began)


def _checked(keep: Sequence[str | Outcome]) -> tuple[str | Outcome, ...]:
    """What was asked for; what a solution does not have is an error with the nearest names."""
    known = [n for n in dir(Solution) if not n.startswith("_")] + [f.name for f in fields(Solution)]
    asked = several("fields to keep", keep)
    for name in asked:
        if not isinstance(name, Outcome) and not (isinstance(name, str) and name in known):
            raise unknown("field", name, known)
    return tuple(asked)


def _case(one: Array | Case, start: Array | None) -> Case:
    case = one if isinstance(one, Case) else Case(tariffs_new=one)
    return replace(case, start=start) if case.start is None and start is not None else case


def _in_order(
    work: _Work, cases: Iterator[Case], block: int, workers: int
) -> Iterator[list[_Answer]]:
    """Answers of one block after another, a few blocks in hand at a time."""
    blocks = iter(lambda: list(islice(cases, block)), [])
    if workers <= 1:
        yield from (_block(work, some) for some in blocks)
        return
    waiting: deque[Future[list[_Answer]]] = deque()
    with ThreadPoolExecutor(workers) as pool:
        for some in blocks:
            waiting.append(pool.submit(_block, work, some))
            if len(waiting) > workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _block(work: _Work, cases: list[Case]) -> list[_Answer]:
    """The answers of one block."""
    world, answers = work.world, {}
    shocks: dict[int, Instruments] = {}
    starts: dict[int, Array | None] = {}
    for k, c in enumerate(cases):
        try:
            starts[k] = checked_start(world, c.start)
            shocks[k] = checked_shock(
                world, c.tariffs_new, c.trade_costs, c.treasury_shares, c.extra_transfers,
                c.export_taxes,
            )  # fmt: skip
        except WorldError as error:
            answers[k] = _Answer(f"Not solved: {error}")
    order = list(shocks)
    if order:
        many = _stacked(list(shocks.values()))
        p = problem_of(world, work.base, many, work.closure, fast=is_fast(work.engine))
        solved = _solved(work, p, [starts[k] for k in order], list(shocks.values()))
        for k, found in zip(order, solved, strict=True):
            answers[k] = found or _alone(work, cases[k])
    return [answers[k] for k in range(len(cases))]


def _stacked(shocks: list[Instruments]) -> Instruments:
    """The instruments of many scenarios with a leading axis; what none moves stays None."""

    def stack(name: str, still: float) -> Array | None:
        given = [getattr(s, name) for s in shocks]
        if all(g is None for g in given):
            return None
        shape = shocks[0].tariffs.shape
        return np.stack([np.full(shape, still) if g is None else g for g in given])

    return Instruments(
        tariffs=np.stack([s.tariffs for s in shocks]),
        export_taxes=stack("export_taxes", 0.0),
        trade_costs=stack("trade_costs", 1.0),
        treasury_shares=np.stack([s.treasury_shares for s in shocks]),
        transfers=np.stack([s.transfers for s in shocks]),
    )


_BY_SCENARIO = ("A", "B", "border", "home", "sharing", "beyond", "extra")


def _rows(p: Problem, rows: Rows | int) -> Problem:
    """The problem of some of the scenarios, or of one."""
    held = {name: getattr(p, name) for name in _BY_SCENARIO}
    taken: dict[str, Any] = {name: None if a is None else a[rows] for name, a in held.items()}
    if p.border is p.B:
        taken["border"] = taken["B"]
    return replace(p, **taken)


def _solved(
    work: _Work, p: Problem, starts: list[Array | None], shocks: list[Instruments]
) -> Iterator[_Answer | None]:
    """One answer a scenario of a block; None where it must be taken up alone."""
    base, tol, world = work.base, work.tol, work.world
    step: Blocks = preconditioner(p, base)
    x = np.stack([started(p, s) for s in starts])

    with np.errstate(all="ignore"):
        x, spent = _accelerated(p, step, x, tol)
        q = sweep(p, x)
        d = base.dropped
        left = sizes(gaps(p, q, x))
        walras = np.abs(q.added[..., d].sum(axis=-1) / q.labour[..., d] - 1.0)
    without = bare(world, p.A) if p.shut else np.zeros(len(x), dtype=bool)
    for k in range(len(x)):
        one, there = _rows(p, k), _row(q, k)
        close = left[k] <= tol and walras[k] <= tol
        if without[k] or not close or unlivable(one, there):
            yield None
            continue
        how_well = float(left[k]), float(walras[k]), int(spent[k])
        s = solution_of(
            world, shocks[k], one, there, status=solved_status("directly", *how_well),
            residual=how_well[0], walras=how_well[1], iterations=how_well[2],
            seconds=0.0, unknowns=x[k], horizon=work.horizon,
        )  # fmt: skip
        yield _kept(work, s)


def _accelerated(p: Problem, step: Blocks, x: Array, tol: float) -> tuple[Array, NDArray[np.int64]]:
    """The best points (b, unknowns) of a block and the sweeps spent, by the problem's engine."""
    memory, budget = effort(p)
    mix = mixed_rows
    if p.fast:
        from surtax.economy import fast

        roots = fast.accelerated(p, step, x, tol=tol, memory=memory, budget=budget)
        if roots is not None:
            return np.stack([r.x for r in roots]), np.array([r.evaluations for r in roots])
        mix = fast.mixed_rows

    def of(rows: Rows) -> Callable[[Array], Array]:
        return residual_of(p if len(rows) == len(x) else _rows(p, rows))

    x, _, spent = anderson_rows(of, step.step, x, tol=tol, memory=memory, budget=budget, mix=mix)
    return x, spent


def _row(q: Sweep, k: int) -> Sweep:
    """The sweep of one scenario."""
    held = {f.name: getattr(q, f.name) for f in fields(Sweep)}
    taken: dict[str, Any] = {name: None if a is None else a[k] for name, a in held.items()}
    return Sweep(**taken)


def _alone(work: _Work, c: Case) -> _Answer:
    """A scenario by the whole route of `solve`."""
    try:
        s = solve(
            work.world, c.tariffs_new, c.trade_costs, work.closure,
            export_taxes=c.export_taxes, treasury_shares=c.treasury_shares,
            extra_transfers=c.extra_transfers, tol=work.tol, start=c.start,
            engine=work.engine,
        )  # fmt: skip
    except SurtaxError as error:
        return _Answer(f"Not solved: {error}")
    return _kept(work, s)


def _kept(work: _Work, s: Solution) -> _Answer:
    values = tuple(
        np.array(k.value(s) if isinstance(k, Outcome) else getattr(s, k), dtype=float)
        for k in work.keep
    )
    return _Answer(s.status, s.residual, s.walras, s.iterations, values)


def _batch(work: _Work, answers: list[_Answer], seconds: float) -> Batch:
    """Answers as arrays."""
    shapes = next((tuple(v.shape for v in a.values) for a in answers if a.values is not None), None)
    outcomes = {}
    for j, k in enumerate(work.keep):
        column = np.full((len(answers), *(shapes[j] if shapes else ())), np.nan)
        for b, a in enumerate(answers):
            if a.values is not None:
                column[b] = a.values[j]
        outcomes[k.name if isinstance(k, Outcome) else k] = column
    return Batch(
        status=tuple(a.status for a in answers),
        solved=np.array([a.values is not None for a in answers], dtype=bool),
        residual=np.array([a.residual for a in answers]),
        walras=np.array([a.walras for a in answers]),
        iterations=np.array([a.iterations for a in answers], dtype=np.int64),
        outcomes=outcomes,
        closure=work.closure.name,
        horizon=work.horizon,
        seconds=seconds,
    )
