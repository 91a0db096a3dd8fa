"""Compiled products of small matrices and vectors, written in the compiler's own instructions.

A row of thirty or forty numbers is over before a loop that the compiler made four numbers wide
has been set up. Here a tile of columns, or of rows, is summed in registers with nothing to set
up between two rows. Where a row is long, plain loops serve as well and read memory in order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from surtax.economy.elementary import summing  # first: it says what to install for numba
from surtax.economy.linear import Rounded
from surtax.world.world import Array

# isort: split
from llvmlite import ir  # type: ignore[import-untyped]
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

# Bytes of a vector register, and sums kept in registers at a time, which hide each other's delay.
_REGISTER, _SUMS = 32, 8

# Numbers in a row: fewer are no vector, more are a plain loop's.
_SHORT, _LONG = 8, 64

_WORD = ir.IntType(64)
_TOOLS: Any = cgutils
_FREE = ("contract", "reassoc", "nsz")


def _word(value: int) -> Any:
    return ir.Constant(_WORD, value)


class _Maker:
    """Instructions on vectors of one kind of number."""

    def __init__(self, builder: Any, number: Any) -> None:
        self.builder = builder
        self.lanes = _REGISTER // (8 if isinstance(number, ir.DoubleType) else 4)
        self.vector = ir.VectorType(number, self.lanes)
        self.zero = ir.Constant(self.vector, [0.0] * self.lanes)

    def at(self, start: Any, offset: Any) -> Any:
        """Where the vector begins that is so many numbers after a start."""
        found = self.builder.gep(start, [offset])
        return self.builder.bitcast(found, self.vector.as_pointer())

    def load(self, start: Any, offset: Any) -> Any:
        """The vector there."""
        return self.builder.load(self.at(start, offset), align=4)

    def spread(self, number: Any) -> Any:
        """A vector of one number."""
        b, bare = self.builder, ir.Constant(self.vector, ir.Undefined)
        one = b.insert_element(bare, number, ir.Constant(ir.IntType(32), 0))
        all_first = ir.Constant(ir.VectorType(ir.IntType(32), self.lanes), [0] * self.lanes)
        return b.shuffle_vector(one, bare, all_first)

    def added(self, slot: Any, a: Any, b: Any) -> None:
        """Add a product to a sum kept in a slot."""
        product = self.builder.fmul(a, b, flags=_FREE)
        self.builder.store(self.builder.fadd(self.builder.load(slot), product, flags=_FREE), slot)

    def total(self, vector: Any) -> Any:
        """The sum of a vector's numbers."""
        b, step = self.builder, self.lanes // 2
        while step:
            order = [(k + step) % self.lanes for k in range(self.lanes)]
            moved = ir.Constant(ir.VectorType(ir.IntType(32), self.lanes), order)
            bare = ir.Constant(self.vector, ir.Undefined)
            vector = b.fadd(vector, b.shuffle_vector(vector, bare, moved), flags=_FREE)
            step //= 2
        return b.extract_element(vector, ir.Constant(ir.IntType(32), 0))

    def slots(self, count: int) -> list[Any]:
        """Sums at zero."""
        made = [_TOOLS.alloca_once(self.builder, self.vector) for _ in range(count)]
        for slot in made:
            self.builder.store(self.zero, slot)
        return made


@contextmanager
def _each(builder: Any, first: Any, last: Any, by: int) -> Iterator[Any]:
    """A loop from first to last by steps; gives its index."""
    with _TOOLS.for_range_slice(builder, first, last, _word(by), _WORD) as (k, _):
        yield k


def _tiled(maker: _Maker, count: Any, tile: Callable[[Any, int], None]) -> None:
    """Take ``count`` things eight at a time, and then what is left together."""
    b = maker.builder
    whole = b.and_(count, _word(-_SUMS))
    with _each(b, _word(0), whole, _SUMS) as k:
        tile(k, _SUMS)
    left = b.sub(count, whole)
    for width in range(1, _SUMS):
        with b.if_then(b.icmp_signed("==", left, _word(width))):
            tile(whole, width)


def _columns(maker: _Maker, m: Any, wide: Any, v: Any, rows: Any, out: Any, size: Any) -> None:
    """``times`` of v (rows) and m (rows, size), a tile of columns at a time."""
    b, lanes = maker.builder, _word(maker.lanes)
    end = b.sub(size, lanes)

    def tile(k: Any, width: int) -> None:
        first = b.mul(k, lanes)
        # The last vector ends where the row does, and may sum some columns once more.
        at = [b.add(first, _word(j * maker.lanes)) for j in range(width)]
        at[-1] = b.select(b.icmp_signed("<", at[-1], end), at[-1], end)
        turns = min(4, -(-_SUMS // width))
        sums = [maker.slots(width) for _ in range(turns)]
        many = b.sub(rows, b.srem(rows, _word(turns)))

        def row(n: Any, to: list[Any]) -> None:
            by, start = maker.spread(b.load(b.gep(v, [n]))), b.gep(m, [b.mul(n, wide)])
            for offset, slot in zip(at, to, strict=True):
                maker.added(slot, maker.load(start, offset), by)

        with _each(b, _word(0), many, turns) as n:
            for turn in range(turns):
                row(b.add(n, _word(turn)), sums[turn])
        if turns > 1:
            with _each(b, many, rows, 1) as n:
                row(n, sums[0])
        for j in range(width):
            found = b.load(sums[0][j])
            for turn in range(1, turns):
                found = b.fadd(found, b.load(sums[turn][j]), flags=_FREE)
            b.store(found, maker.at(out, at[j]), align=4)

    _tiled(maker, b.sdiv(b.add(size, _word(maker.lanes - 1)), lanes), tile)


def _rows(maker: _Maker, m: Any, wide: Any, v: Any, size: Any, out: Any, rows: Any) -> None:
    """``times`` of m (rows, size) and v (size), a tile of rows at a time."""
    b, lanes = maker.builder, _word(maker.lanes)
    end = b.sub(size, lanes)
    whole = b.mul(b.sdiv(size, lanes), lanes)
    # The last vector ends where the row does; what was summed before is multiplied by zero.
    order = ir.Constant(ir.VectorType(_WORD, maker.lanes), list(range(maker.lanes)))
    bare = ir.Constant(ir.VectorType(_WORD, maker.lanes), ir.Undefined)
    seen = b.insert_element(bare, b.sub(whole, end), ir.Constant(ir.IntType(32), 0))
    first = ir.Constant(ir.VectorType(ir.IntType(32), maker.lanes), [0] * maker.lanes)
    fresh = b.icmp_signed(">=", order, b.shuffle_vector(seen, bare, first))
    rest = b.select(fresh, maker.load(v, end), maker.zero)

    def tile(n: Any, width: int) -> None:
        starts = [b.gep(m, [b.mul(b.add(n, _word(j)), wide)]) for j in range(width)]
        sums = maker.slots(width)
        with _each(b, _word(0), whole, maker.lanes) as k:
            by = maker.load(v, k)
            for start, slot in zip(starts, sums, strict=True):
                maker.added(slot, maker.load(start, k), by)
        for j in range(width):
            maker.added(sums[j], maker.load(starts[j], end), rest)
            b.store(maker.total(b.load(sums[j])), b.gep(out, [b.add(n, _word(j))]))

    _tiled(maker, rows, tile)


def _called(name: str, make: Callable[..., None], first: types.Type, second: types.Type) -> Any:
    """An intrinsic's body: a call of a function that a module holds once."""

    def made(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        m, v, out = (
            context.make_array(kind)(context, builder, arg)
            for kind, arg in zip(signature.args, args, strict=True)
        )
        number = context.get_data_type(signature.args[0].dtype)
        pointer = number.as_pointer()
        kind = ir.FunctionType(ir.VoidType(), [pointer, _WORD, pointer, _WORD, pointer, _WORD])
        called = f"surtax_{name}_{signature.args[0].dtype}"
        function = builder.module.globals.get(called)
        if function is None:
            function = ir.Function(builder.module, kind, called)
            function.linkage = "internal"
            function.attributes.add("noinline")
            inside = ir.IRBuilder(function.append_basic_block())
            make(_Maker(inside, number), *function.args)
            inside.ret_void()
        wide = _TOOLS.unpack_tuple(builder, m.shape)[1]
        lengths = [_TOOLS.unpack_tuple(builder, a.shape)[0] for a in (v, out)]
        builder.call(function, [m.data, wide, v.data, lengths[0], out.data, lengths[1]])
        return context.get_dummy_value()

    return types.void(first, second, second), made


def _by_columns(typing: Any, m: Any, v: Any, out: Any) -> Any:
    return _called("columns", _columns, m, v)


def _by_rows(typing: Any, m: Any, v: Any, out: Any) -> Any:
    return _called("rows", _rows, m, v)


_in_columns: Any = intrinsic(_by_columns)
_in_rows: Any = intrinsic(_by_rows)


@summing
def tiled(size: int) -> bool:
    """Whether rows of so many numbers are taken by tiles."""
    return _SHORT <= size <= _LONG


@summing
def rows_times(weights: Array, y: Array, out: Array) -> None:
    """Write weights (n, i) times y (i) to out (n); all in C order."""
    if tiled(y.shape[0]):
        _in_rows(weights, y, out)
    else:
        for n in range(weights.shape[0]):
            total, row = 0.0, weights[n]
            for i in range(y.shape[0]):
                total += row[i] * y[i]
            out[n] = total


@summing
def times_rows(v: Array | Rounded, weights: Array | Rounded, out: Array | Rounded) -> None:
    """Write v (n) times weights (n, i) to out (i); all in C order."""
    if tiled(out.shape[0]):
        _in_columns(weights, v, out)
    else:
        for i in range(out.shape[0]):
            out[i] = 0.0
        for n in range(weights.shape[0]):
            by, row = v[n], weights[n]
            for i in range(out.shape[0]):
                out[i] += row[i] * by
