"""A board on which two threads share out the parts of a piece of work, without a lock.

One thread announces a turn and takes its parts one after another; a second thread takes parts
too while it is there. A part is done by whoever takes it, and the turn is over when all are
done: a helper that comes late, or that the system stops between two parts, costs nothing. Words
of the board are read and written whole and in order (atomic, acquire and release).
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surtax.economy.elementary import compiled  # first: it says what to install for numba

# isort: split
from llvmlite import ir  # type: ignore[import-untyped]
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

Board = NDArray[np.int64]

PARTS = 2
"""Parts of a turn: as many as threads. Sums are taken part by part in their order, whoever takes
the parts, so that the answer is the same bit by bit."""

# Words, each in a line of cache of its own: the next part to take, the first not announced
# yet, parts done, and whether there will be no other turn.
_NEXT, _END, _DONE, _CLOSED = 0, 8, 16, 24

# Looks at the board before the processor is offered to others.
_PATIENCE = 2000

_WORD = types.Array(types.int64, 1, "C")


def board() -> Board:
    """A board with nothing announced."""
    return np.zeros(32, dtype=np.int64)


def _word(context: Any, builder: Any, signature: Any, args: Any) -> Any:
    """Where a word of the board stands."""
    held = context.make_array(signature.args[0])(context, builder, args[0])
    return builder.gep(held.data, [args[1]])


def _reading(typing: Any, board: Any, word: Any) -> Any:
    """The word."""

    def made(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        at = _word(context, builder, signature, args)
        return builder.load_atomic(at, ordering="acquire", align=8)

    return types.int64(_WORD, types.int64), made


_read: Any = intrinsic(_reading)


def _adding(typing: Any, board: Any, word: Any, by: Any) -> Any:
    """Add to a word; what it was."""

    def made(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        at = _word(context, builder, signature, args)
        return builder.atomic_rmw("add", at, args[2], "acq_rel")

    return types.int64(_WORD, types.int64, types.int64), made


_add: Any = intrinsic(_adding)


def _exchanging(typing: Any, board: Any, word: Any, was: Any, new: Any) -> Any:
    """Write a word if it still is what it was; whether it was."""

    def made(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        at = _word(context, builder, signature, args)
        found = builder.cmpxchg(at, args[2], args[3], "acq_rel", "acquire")
        return builder.zext(builder.extract_value(found, 1), ir.IntType(64))

    return types.int64(_WORD, types.int64, types.int64, types.int64), made


_exchange: Any = intrinsic(_exchanging)


def _resting(typing: Any) -> Any:
    """Offer the processor to others."""

    def made(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        if sys.platform != "win32":
            kind = ir.FunctionType(ir.IntType(32), [])
            named: Any = cgutils.get_or_insert_function
            builder.call(named(builder.module, kind, "sched_yield"), [])
        return context.get_dummy_value()

    return types.void(), made


_rest: Any = intrinsic(_resting)


@compiled()
def announce(board: Board) -> None:
    """Open a turn; what was written before is seen by whoever takes a part of it."""
    _add(board, _END, PARTS)


@compiled()
def taken(board: Board) -> int:
    """A part to do, or -1 where none is open."""
    while True:
        part = _read(board, _NEXT)
        if part >= _read(board, _END):
            return -1
        if _exchange(board, _NEXT, part, part + 1) == 1:
            return int(part % PARTS)


@compiled()
def done(board: Board) -> None:
    """Say that a part taken is done."""
    _add(board, _DONE, 1)


@compiled()
def complete(board: Board) -> None:
    """Wait until all parts announced are done."""
    end, looks = _read(board, _END), 0
    while _read(board, _DONE) < end:
        looks += 1
        if looks > _PATIENCE:
            _rest()


@compiled()
def close(board: Board) -> None:
    """Send the helper away."""
    _add(board, _CLOSED, 1)


@compiled()
def awaited(board: Board) -> int:
    """A part for the helper, when there is one; -1 once the board is closed."""
    looks = 0
    while _read(board, _CLOSED) == 0:
        part = taken(board)
        if part >= 0:
            return part
        looks += 1
        if looks > _PATIENCE:
            _rest()
    return -1
