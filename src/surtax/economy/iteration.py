"""The whole accelerated iteration, compiled; by one thread, or by two that share every turn.

A sweep, a step and a mixing are six turns, each in parts that do not touch each other.
What is small, and every decision, is the first thread's between two turns. Parts and the order
of sums are the same for one thread, so that the answer is too.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from surtax.economy import board as on
from surtax.economy.board import Board
from surtax.economy.elementary import largest, summing
from surtax.economy.loops import (
    Case,
    Room,
    balances,
    competitiveness,
    copied,
    empty_room,
    price_gaps,
    spending,
    spending_gaps,
    summed,
    trade,
)
from surtax.economy.stepping import Frozen, differ, follow, mixing, move, own_blocks, wage_step
from surtax.world.world import Array

_COSTS, _TRADE, _GAPS, _BLOCKS, _FOLLOW, _MOVE = range(6)

# Rows of `Desk.rows`.
_X, _R, _S, _LAST_X, _LAST_S, _MOVED, _BEST = range(7)


class Desk(NamedTuple):
    """What an iteration works on.

    Attributes:
        rows: (7, unknowns) point, gaps and step there; the last point and step; the move made;
            the best point. past: (2, memory, unknowns) and gram: (memory, memory), of
            `fixedpoint.History`.
        room: of a sweep. income, gap: (n,). z: (2 s n,).
        dots: (parts, 2, memory). largest: (2, parts) of gaps or moves. damp: (1,).
        turn: its kind, which difference is new, and how many there are.
    """

    rows: Array
    past: Array
    gram: Array
    room: Room
    income: Array
    gap: Array
    z: NDArray[np.float32]
    dots: Array
    largest: Array
    damp: Array
    turn: NDArray[np.int64]


def desk(S: int, N: int, memory: int, parts: int) -> Desk:
    """Empty arrays for a world of S sectors and N regions."""
    return Desk(
        rows=np.empty((7, N + 2 * S * N)), past=np.empty((2, memory, N + 2 * S * N)),
        gram=np.zeros((memory, memory)), room=empty_room(S, N),
        income=np.empty(N), gap=np.empty(N),
        z=np.empty(2 * S * N, dtype=np.float32), dots=np.empty((parts, 2, memory)),
        largest=np.empty((2, parts)), damp=np.ones(1), turn=np.zeros(3, dtype=np.int64),
    )  # fmt: skip


@summing
def _part(part: int, c: Case, b: int, f: Frozen, d: Desk) -> None:
    """Do one part of a turn."""
    sectors, regions = c.spending.shape
    cells = sectors * regions
    size = regions + 2 * cells
    parts = d.dots.shape[0]
    n, to_n = part * regions // parts, (part + 1) * regions // parts
    s, to_s = part * sectors // parts, (part + 1) * sectors // parts
    k, to_k = part * size // parts, (part + 1) * size // parts
    room = d.room
    x, r, step, last_x, last_s = (
        d.rows[_X],
        d.rows[_R],
        d.rows[_S],
        d.rows[_LAST_X],
        d.rows[_LAST_S],
    )
    kind, j, m, damp = d.turn[0], d.turn[1], d.turn[2], d.damp[0]
    if kind == _COSTS:
        competitiveness(c, x, x[:regions].reshape(1, regions), n, to_n, room.y)
        spending(c, x, s, to_s, room)
    elif kind == _TRADE:
        trade(c, b, part, parts, room)
    elif kind == _GAPS:
        price_gaps(c, x, s, to_s, room, r)
        d.largest[0, part] = largest(r[regions + s * regions : regions + to_s * regions])
        d.largest[1, part] = spending_gaps(c, d.income, n, to_n, room, r)
    elif kind == _BLOCKS:
        own_blocks(f, r, n, to_n, d.z, d.gap)
    elif kind == _FOLLOW:
        follow(f, step[:regions], max(k - regions, 0), max(to_k - regions, 0), d.z, step)
        if m > 0:
            differ(x, step, last_x, last_s, damp, j, m, k, to_k, d.past[0], d.past[1], d.dots[part])
    else:
        move(step, damp, m, d.dots[0, 0], k, to_k, d.past[1], d.rows[_MOVED])
        d.largest[0, part] = largest(d.rows[_MOVED][k:to_k])
        copied(x[k:to_k], last_x[k:to_k])
        copied(step[k:to_k], last_s[k:to_k])


@summing
def helped(c: Case, b: int, f: Frozen, d: Desk, board: Board) -> None:
    """Take parts of another thread's iteration until it ends."""
    part = on.awaited(board)
    while part >= 0:
        _part(part, c, b, f, d)
        on.done(board)
        part = on.awaited(board)


@summing
def _turn(c: Case, b: int, f: Frozen, d: Desk, board: Board) -> None:
    """One turn: alone, or with a helper where there is a board to share it out on."""
    shared, parts = board.shape[0] > 0, d.dots.shape[0]
    if shared:
        on.announce(board)
    part = on.taken(board) if shared else 0
    while 0 <= part < parts:
        _part(part, c, b, f, d)
        if shared:
            on.done(board)
        part = on.taken(board) if shared else part + 1
    if shared:
        on.complete(board)


@summing
def _added(a: Array) -> None:
    """Add the other rows to the first, in order."""
    for part in range(1, a.shape[0]):
        for k in range(a.shape[1]):
            a[0, k] += a[part, k]


@summing
def _between(c: Case, b: int, f: Frozen, d: Desk) -> None:
    """What is small and comes before a turn: incomes and balances, wages, or the mixing."""
    kind, regions = d.turn[0], c.labour.shape[0]
    if kind == _GAPS:
        summed(c, d.room)
        balances(c, b, d.rows[_X], d.room.sums, d.income, d.rows[_R])
    elif kind == _FOLLOW:
        wage_step(f, d.gap, d.rows[_S][:regions])
    elif kind == _MOVE and d.turn[2] > 0:
        _added(d.dots.reshape(d.dots.shape[0], -1))
        mixing(d.turn[1], d.turn[2], d.gram, d.dots[0])


@summing
def accelerated(
    c: Case, b: int, f: Frozen, d: Desk, board: Board, tol: float, budget: int, far: float,
    longest: float,
) -> tuple[float, int]:  # fmt: skip
    """`fixedpoint.anderson` on scenario b from the point of the desk.

    Leaves the best point there; returns max |F| at it and the evaluations spent. The board is
    empty where there is no helper.
    """
    memory, regions = d.gram.shape[0], c.labour.shape[0]
    x, best, moved = d.rows[_X], d.rows[_BEST], d.rows[_MOVED]
    held, fresh, spent, best_norm, kind = 0, True, 0, np.inf, _COSTS
    d.damp[0] = 1.0
    while True:
        d.turn[0] = kind
        _between(c, b, f, d)
        _turn(c, b, f, d, board)
        kind = (kind + 1) % 6
        if kind == _BLOCKS:  # the gaps at x are known
            norm = max(largest(d.rows[_R][:regions]), largest(d.largest.reshape(-1)))
            spent += 1
            if norm < best_norm or spent == 1:
                copied(x, best)
                best_norm = norm
            elif not norm < 10.0 * best_norm:  # lost: back to the best point, shorter steps
                copied(best, x)
                held, fresh, kind = 0, True, _COSTS
                d.damp[0] *= 0.5
                if d.damp[0] < 0.02:
                    break
                continue
            if not best_norm > tol or spent >= budget:
                break
            if best_norm > far and 2 * spent >= budget:
                break
            d.turn[1], d.turn[2] = held % memory, min(held + (not fresh), memory)
            held += not fresh
            fresh = False
        elif kind == _COSTS:  # the move from x is known
            reach = largest(d.largest[0])
            short = longest / reach if reach > longest else 1.0
            for k in range(x.shape[0]):
                x[k] += short * moved[k]
    if board.shape[0] > 0:
        on.close(board)
    return best_norm, spent
