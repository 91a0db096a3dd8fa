"""The compiled engine of a solve; optional (extra ``fast``).

Where sectors of a region pay one wage that clears its market, as in most closures, the whole
iteration is compiled. Elsewhere the closure's rules are called between two compiled halves of
a sweep. Either way the accounts and the certificate of a solution are NumPy's. numba keeps what
it compiled on disk: only the first use on a machine waits for it.
"""

from __future__ import annotations

import math
from _thread import start_new_thread
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, fields
from functools import cached_property, partial
from threading import Lock

import numpy as np

from surtax.economy import board as on
from surtax.economy import equations as eq
from surtax.economy import iteration, loops, stepping
from surtax.economy.blocks import Blocks
from surtax.economy.deficits import BALANCED, FIXED, OWN_SHARE, WORLD_SHARE
from surtax.economy.elementary import ready
from surtax.economy.fixedpoint import History, Root
from surtax.economy.linear import Preconditioner, rounded
from surtax.economy.loops import HOME, TAXED, UNTAXED, Case, Room
from surtax.economy.problem import FLOOR, Problem
from surtax.economy.stepping import Frozen
from surtax.economy.system import Residual, money_of, other_gaps, pay_of, spread_of, unpacked
from surtax.economy.together import cores
from surtax.world.world import Array

# Rules of deficits that `loops._transfers` knows, by number.
RULES = tuple(rule.rule for rule in (WORLD_SHARE, FIXED, OWN_SHARE, BALANCED))


def _lined(a: Array, *axes: int) -> Array:
    """The array with its leading axes made one, in C order, as the compiled types want it."""
    plain = a.flags.c_contiguous and a.flags.writeable
    return (a if plain else np.array(a, order="C")).reshape(-1, *axes)


def _diagonal(a: Array) -> Array:
    return np.diagonal(a, axis1=-2, axis2=-1)


def _turned(x: Array, regions: int, cells: tuple[int, int]) -> Array:
    """(b, n + 2 s n): rows of unknowns with their cells, (s, n), the other way round."""
    rows, (first, second) = _lined(x, x.shape[-1]), cells
    size = regions + 2 * first * second
    out = np.empty((len(rows), size))
    out[:, :regions] = rows[:, :regions]
    given = rows[:, regions:size].reshape(-1, 2, first, second)
    out[:, regions:].reshape(-1, 2, second, first)[:] = given.swapaxes(-1, -2)
    return out


def _rule(p: Problem) -> int:
    """Which rule of deficits a whole iteration may be compiled with; -1 for none."""
    plain = p.closure.wages.rule is None and p.closure.labour.move is None
    if p.sticky or p.payroll is not None or not plain or not isinstance(p.deficits, partial):
        return -1
    return RULES.index(p.deficits.func) if p.deficits.func in RULES else -1


def case_of(p: Problem) -> Case:
    """A problem, or the problems of many scenarios, as the loops take it."""
    S, N = p.spending.shape
    t, A, B = p.tech, _lined(p.A, S, N, N), _lined(p.B, S, N, N)
    exports = p.border is not p.B
    home = _lined(p.home, S, N)

    def each(a: Array, *axes: int) -> Array:
        """What is one for all scenarios, or each one's own."""
        return _lined(a if a.ndim > len(axes) else np.array([a] * len(A)), *axes)

    plain = {
        "labour": p.labour, "collected": p.collected, "deficits": p.benchmark.deficits,
        "earned": p.benchmark.earned, "nothing": p.dead, "inputs": t.inputs, "theta": t.theta,
    }  # fmt: skip
    turned = {
        "spending": p.spending, "dead": p.dead, "added": t.va_t, "final_shares": t.final_shares,
    }  # fmt: skip
    kind = np.where(p.abroad, np.where(p.taxed, TAXED, UNTAXED), HOME)
    return Case(
        A=A, B=B, border=_lined(p.border, S, N, N) if exports else B,
        own=np.stack([_diagonal(A), _diagonal(B) if exports else home, home]),
        sharing=each(p.sharing, N, N),
        beyond=np.empty((0, N, N)) if p.beyond is None else each(p.beyond, N, N),
        extra=each(p.extra, N), kind=kind, exports=exports, rule=_rule(p),
        dropped=p.dropped, exponents=-1.0 / t.theta,
        **{name: _lined(a, *a.shape[1:]) for name, a in plain.items()},
        **{name: _lined(a.T, S) for name, a in turned.items()},
    )  # fmt: skip


class CompiledResidual(Residual):
    """A `Residual` of x (..., unknowns) whose loops are compiled; its sweeps are NumPy's."""

    @cached_property
    def _case(self) -> Case:
        return case_of(self.problem)

    @cached_property
    def _rooms(self) -> list[Room]:
        return [loops.empty_room(*self.problem.spending.shape) for _ in self._case.A]

    def __call__(self, x: Array) -> Array:
        """F at x."""
        p, c, rooms = self.problem, self._case, self._rooms
        rules, t = p.closure, p.tech
        z, log_P, _, u, g = unpacked(p, x)
        priced = rules.wages.rule is not None or rules.labour.move is not None
        price = eq.log_consumer_price(log_P, t.final_shares) if priced else z
        pay = pay_of(p, z, price, u, g)
        S, N = p.spending.shape
        rows = _turned(x, N, (S, N))
        costs = np.ascontiguousarray(_lined(pay.cost, *pay.cost.shape[-2:]).swapaxes(-1, -2))
        for b, room in enumerate(rooms):
            loops.swept(c, b, rows[b], costs[b], room)
        sums = np.stack([room.sums for room in rooms], axis=1)
        collected, sold, paid, own = sums.reshape(4, *z.shape)
        money = money_of(p, pay.labour, collected)
        gained, owed = eq.external_payments(sold, paid, own, money.net)
        incomes, gaps = _lined(money.income, N), np.empty(rows.shape)
        for b, room in enumerate(rooms):
            loops.cell_gaps(c, rows[b], incomes[b], room, gaps[b])
        F = np.empty(x.shape)
        F[..., : rows.shape[1]] = _turned(gaps, N, (N, S)).reshape(*z.shape[:-1], -1)
        floor = FLOOR * pay.labour
        made = None if u is None else np.stack([room.Y for room in rooms]).reshape(u.shape)
        spread = None if made is None else spread_of(p, t.va_t * made)
        balance = (gained + floor) / (owed + floor)
        to_z, _, _, to_u, to_g = unpacked(p, F)
        other_gaps(p, (to_z, to_u, to_g), pay.labour, money.received, balance, spread, u, g)
        return F


class CompiledHistory(History):
    """A `History` whose arithmetic is compiled."""

    def _mixed(self, x: Array, s: Array, j: int, m: int) -> Array:
        return stepping.mixed(
            s, self.last_s, x - self.last_x, self.damp, j, m, self.dS, self.dZ, self.gram
        )


def mixed_rows(
    x: Array, s: Array, last_x: Array, last_s: Array, j: int, m: int, dS: Array, dZ: Array,
    gram: Array,
) -> Array:  # fmt: skip
    """(b, unknowns): as `together.mixed_rows`."""
    rows = range(len(x))
    return np.stack(
        [stepping.mixed(s[b], last_s[b], x[b] - last_x[b], 1.0, j, m, dS[b], dZ[b], gram[b])
         for b in rows]
    )  # fmt: skip


@dataclass(frozen=True)
class _Compiled(Preconditioner):
    """A preconditioner whose step is compiled."""

    frozen: Frozen

    def step(self, residual: Array) -> Array:
        """The step in (log w, log P, log X) that would remove a residual (..., n + 2 s n)."""
        N, S = self.frozen.spending.shape
        rows = _turned(residual, N, (S, N))
        found = np.empty(rows.shape)
        for row, step in zip(rows, found, strict=True):
            stepping.stepped(self.frozen, row, step)
        return _turned(found, N, (N, S)).reshape(residual.shape)


def compiled(core: Preconditioner) -> Preconditioner:
    """The same preconditioner with a compiled step."""
    kept: _Compiled | None = core.__dict__.get("_compiled")
    if kept is None:
        follow = core.follow.reshape(-1, 2, *core.spending.shape)
        turned = (core.blocks, core.demand, core.spending, follow)
        rows, demand, spending, follow = (rounded(a.swapaxes(-1, -2)) for a in turned)
        frozen = Frozen(
            rows=rows, wages=core.wages, demand=demand, abroad=core.abroad, spending=spending,
            follow=follow.reshape(len(follow), -1),
        )  # fmt: skip
        # Not `vars`: another thread may just have kept its own among them.
        own = {one.name: getattr(core, one.name) for one in fields(core)}
        kept = core.__dict__.setdefault("_compiled", _Compiled(**own, frozen=frozen))
    return kept


# Numbers that a sweep reads above which its turns have parts, since two threads are worth more
# than starting the second.
_LARGE = 200_000


class _Others:
    """How many iterations are under way in this process."""

    def __init__(self) -> None:
        self._lock, self._count = Lock(), 0

    @contextmanager
    def joined(self) -> Iterator[bool]:
        """For the time of one iteration; whether there was no other."""
        with self._lock:
            self._count += 1
            alone = self._count == 1
        try:
            yield alone
        finally:
            with self._lock:
                self._count -= 1


_OTHERS = _Others()


def accelerated(
    p: Problem, step: Blocks, x: Array, *, tol: float, memory: int, budget: int,
    far: float = math.inf, longest: float = 1.0,
) -> list[Root] | None:  # fmt: skip
    """`fixedpoint.anderson` compiled whole, one root a row of x; None for closures it lacks.

    Where x is a single one of a large world, two threads find its root if there are two cores
    and nothing else is being solved; the answer is bit by bit that of one thread.
    """
    case = case_of(p)
    core = step.core
    if case.rule < 0 or not isinstance(core, _Compiled):
        return None
    S, N = p.spending.shape
    rows = _turned(x, N, (S, N))
    large = x.ndim == 1 and case.A.size + 2 * case.inputs.size >= _LARGE
    at = iteration.desk(S, N, memory, on.PARTS if large else 1)
    roots = []
    with _OTHERS.joined() as alone:
        shared = large and alone and cores() > 1
        board = on.board() if shared else np.zeros(0, dtype=np.int64)
        if shared:
            given = case, 0, core.frozen, at, board
            ready(iteration.helped, given)  # a process that ends while a thread compiles crashes
            with suppress(RuntimeError):  # no thread to be had: one does it all
                start_new_thread(iteration.helped, given)
        for b, row in enumerate(rows):
            at.rows[0] = row
            found = iteration.accelerated(
                case, b, core.frozen, at, board, tol, budget, far, longest
            )
            roots.append(Root(_turned(at.rows[-1], N, (N, S))[0], *found))
    return roots
