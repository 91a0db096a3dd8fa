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
from surtax.economy.lent import lent
from surtax.economy.linear import Rounded
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
_X, _R, _S, _LAST_S, _MOVED, _BEST = range(6)


class Desk(NamedTuple):
    """What an iteration works on.

    Attributes:
        rows: (6, unknowns) point, gaps and step there; the last step; the move made; the best
            point. past: (2, memory, unknowns) and gram: (memory, memory), of
            `fixedpoint.History`.
        room: of a sweep. income, gap: (n,). z: (2, 2 n s).
        dots: (parts, 2, memory). largest: (2, parts) of gaps or moves. damp: (1,).
        turn: its kind, which difference is new, and how many there are.
    """

    rows: Array
    past: Array
    gram: Array
    room: Room
    income: Array
    gap: Array
    z: Rounded
    dots: Array
    largest: Array
    damp: Array
    turn: NDArray[np.int64]


def desk(S: int, N: int, memory: int, parts: int) -> Desk:
    """Empty arrays for a world of S sectors and N regions."""
    return Desk(
        rows=np.empty((6, N + 2 * S * N)), past=np.empty((2, memory, N + 2 * S * N)),
        gram=np.zeros((memory, memory)), room=empty_room(S, N),
        income=np.empty(N), gap=np.empty(N),
        z=np.empty((2, 2 * S * N), dtype=np.float32), dots=np.empty((parts, 2, memory)),
        largest=np.empty((2, parts)), damp=np.ones(1), turn=np.zeros(3, dtype=np.int64),
    )  # fmt: skip


@summing
def _part(part: int, c: Case, b: int, f: Frozen, d: Desk) -> None:
    """Do one part of a turn."""
    regions, sectors = c.spending.shape
    cells = regions * sectors
    size = regions + 2 * cells
    parts = d.dots.shape[0]
    n, to_n = part * regions // parts, (part + 1) * regions // parts
    k, to_k = part * size // parts, (part + 1) * size // parts
    room = d.room
    x, r, step, last, moved = d.rows[_X], d.rows[_R], d.rows[_S], d.rows[_LAST_S], d.rows[_MOVED]
    kind, j, m, damp = d.turn[0], d.turn[1], d.turn[2], d.damp[0]
    if kind == _COSTS:
        competitiveness(c, x, x[:regions].reshape(regions, 1), n, to_n, room)
        spending(c, x, n, to_n, room)
    elif kind == _TRADE:
        trade(c, b, part, parts, room)
    elif kind == _GAPS:
        price_gaps(c, x, n, to_n, room, r)
        spending_gaps(c, d.income, n, to_n, room, r)
        for block in range(2):
            begin = regions + block * cells
            d.largest[block, part] = largest(r[begin + n * sectors : begin + to_n * sectors])
    elif kind == _BLOCKS:
        own_blocks(f, r, n, to_n, d.z, d.gap)
    elif kind == _FOLLOW:
        follow(f, step[:regions], max(k - regions, 0), max(to_k - regions, 0), d.z[1], step)
        if m > 0:
            differ(step, last, moved, damp, j, m, k, to_k, d.past[0], d.past[1], d.dots[part])
    else:
        move(step, damp, m, d.dots[0, 0], k, to_k, d.past[1], moved)
        d.largest[0, part] = largest(moved[k:to_k])
        copied(step[k:to_k], last[k:to_k])


@summing
def helped(c: Case, b: int, f: Frozen, d: Desk, board: Board) -> None:
    """Take parts of another thread's iteration until it ends."""
    c, f, d, board = lent(c), lent(f), lent(d), lent(board)
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
        balances(c, b, d.rows[_X], d.room, d.income, d.rows[_R])
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
    c, f, d, board = lent(c), lent(f), lent(d), lent(board)
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
                moved[k] *= short
                x[k] += moved[k]
    if board.shape[0] > 0:
        on.close(board)
    return best_norm, spent
