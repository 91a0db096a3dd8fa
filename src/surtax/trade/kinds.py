"""Kinds of goods: parts of lines that a program cannot tell apart, so that it rates one of each.

A program knows goods by the lists of its rules and clauses, and by what its rates and clauses ask
of them: shares of content, the general rate. Where all of that is the same, so is the duty.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surtax.duty.clause import Scope
from surtax.duty.lines import Lines, Mask
from surtax.duty.program import Program, Rule
from surtax.trade.numbers import Numbers

Array = NDArray[np.float64]
Index = NDArray[np.int64]
_NONE = np.zeros(0, dtype=np.intp)


@dataclass(frozen=True, eq=False)
class Kinds:
    """Parts of lines by kind.

    Attributes:
        first: (kinds,) a part of each kind.
        of: (parts,) the kind of each part; 0 of those that were not wanted.
    """

    first: Index
    of: Index


def kinds(
    program: Program,
    codes: Numbers,
    general: Array,
    facts: Mapping[str, float | Array],
    some: Index | None = None,
) -> Kinds:
    """The kinds of goods that a program tells apart.

    Args:
        program: the law. codes: of the parts. general: (parts,) their general rate.
        facts: what they declare, by fact and measure: one share for all, or (parts,) shares.
        some: indices of the parts that are wanted; all unless given.
    """
    scopes, asked, all_in = _read(program)
    lines = Lines(codes, _NONE, [], _NONE)
    columns: list[NDArray[Any]] = list(packed([s.of_goods(lines) for s in scopes], len(codes)))
    columns += [f for name, f in facts.items() if isinstance(f, np.ndarray) and name in asked]
    columns += [general] if all_in else []
    told = [np.asarray(column).view(np.uint64) for column in columns]
    if some is None:
        return Kinds(*numbered(told, len(codes)))
    first, index = numbered([column[some] for column in told], len(some))
    of = np.zeros(len(codes), dtype=np.int64)
    of[some] = index
    return Kinds(some[first], of)


def numbered(columns: list[NDArray[Any]], count: int) -> tuple[Index, Index]:
    """The first of each kind of row of some columns, and (count,) the kind of each row."""
    first, of = np.zeros(min(count, 1), dtype=np.int64), np.zeros(count, dtype=np.int64)
    for column in columns:
        words, index = np.unique(column, return_inverse=True)
        _, first, of = np.unique(of * len(words) + index, return_index=True, return_inverse=True)
    return first.astype(np.int64), of.astype(np.int64)


def packed(masks: list[Mask], count: int) -> NDArray[np.uint64]:
    """(words, count) the bits of some masks of so many rows, 64 of them to a word."""
    words = -(-len(masks) // 64)
    bits = np.zeros((64 * words, count), dtype=bool)
    for row, mask in zip(bits, masks, strict=False):
        row[:] = mask
    bytes_ = np.packbits(bits, axis=0).reshape(words, 8, count).transpose(0, 2, 1)
    return np.ascontiguousarray(bytes_).view(np.uint64)[..., 0]


@lru_cache(maxsize=64)
def _read(program: Program) -> tuple[list[Scope], set[str], bool]:
    """The goods that a program names, the facts that it asks for, and whether for the general
    rate.
    """
    scopes = {
        (scope.goods, scope.goods_except): scope
        for rule in program.rules
        for scope in (rule.scope, *(clause.scope for clause in rule.clauses))
    }
    parts = [
        part
        for rule in program.rules
        for rate in (rule.rate, *rule.rates.values())
        for part in rate.parts
    ]
    asked = {name for rule in program.rules for name in _asked(rule)}
    named = [scope for goods, scope in scopes.items() if any(goods)]
    return named, asked, any(part.all_in for part in parts)


def _asked(rule: Rule) -> Iterator[str]:
    """The facts that a rule and its clauses ask for, each as its measure sees it."""
    measure = rule.provision.measure
    asked = [(part.fact, measure) for rate in (rule.rate, *rule.rates.values())
             for part in rate.parts if part.fact]  # fmt: skip
    asked += [(fact, c.provision.measure) for c in rule.clauses for fact in c.facts]
    asked += [(w.fact, w.measure) for w in [rule.scope.window] if w]
    for fact, measure in asked:
        yield fact
        yield f"{fact}@{measure}"
