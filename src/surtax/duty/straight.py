"""The total of an entry as a function of one share: straight pieces, and where they meet a target.

A duty falls on a share of the value, times a rate, with floors, minimums and precedence. In one
share the total is therefore made of straight pieces. Its jumps are the corners that conditions
make (`surtax.duty.corners`); its kinks lie where two straight pieces meet, and are reckoned as
that point. Where a piece takes a given value is one division.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from surtax.duty.corners import room, shares
from surtax.duty.entry import Entry
from surtax.duty.general import general
from surtax.duty.layers import lines_of
from surtax.duty.program import compile_view
from surtax.duty.stack import evaluate
from surtax.duty.zone import law_of
from surtax.errors import UnitError
from surtax.ledger.load import Ledger

Array = NDArray[np.float64]
Total = Callable[[Array], Array]

CLOSE = 1e-11
"""Totals per value closer than this are the same: a cent of a thousand million."""
PROBES = np.array([0.25, 0.5, 0.75, 0.381966])
"""Where, between its ends, a piece is asked whether it is straight."""
DEPTH = 48


@dataclass(frozen=True)
class Piece:
    """The total between two values of a share, both within: from `first` to `last`, straight."""

    low: float
    high: float
    first: float
    last: float


@dataclass(frozen=True)
class Crossing:
    """Where a total takes a given value.

    Attributes:
        share: the share, or the first share of a stretch.
        to: the last share of a stretch on which the total is the same throughout; else the share.
        jump: whether the total jumps over the value there: it takes it at no share.
        rising: whether the total lies above the value beyond; None on a stretch.
    """

    share: float
    to: float
    jump: bool = False
    rising: bool | None = None


def pieces(
    ledger: Ledger,
    entry: Entry,
    on: date,
    known: date | None,
    name: str,
    *,
    threatened: bool = False,
) -> list[Piece]:
    """The total over the value in one share, its facts otherwise as the entry declares them.

    The share goes as far as others that the entry declares of the same whole leave room for it.
    Duties whose rate or quantity is not known are in no total; shares at which the goods may not
    enter are in no piece.

    Raises:
        UnitError: the fact is not a share.
    """
    if ledger.facts[name].type != "share":
        raise UnitError(
            f"“{name}” is no share.", where="--break-even", mend="Name a share, such as us_content."
        )
    view = law_of(ledger, entry, on, known, threatened=threatened).duty
    program = compile_view(view, entry.into)
    base = general(view, entry)
    fixed = float(sum(one.amount for one in base.layers) / entry.value)
    units = program.units(entry.origin)

    def total(at: Array) -> Array:
        declared = [{**entry.facts, name: float(share)} for share in at]
        stack = evaluate(program, lines_of(declared, entry, base.ad_valorem(entry), units))
        return np.where(stack.barred, np.nan, fixed + stack.charged.sum(axis=1))

    edges = shares(program, name, room(ledger, name, entry.facts), ledger)
    out: list[Piece] = []
    for low, high in _stretches(edges):
        out += _straight(total, low, high)
    return out


def _stretches(edges: list[float]) -> Iterator[tuple[float, float]]:
    """The stretches between jumps: corners next to each other are two sides of one jump."""
    start = edges[0]
    for one, other in pairwise(edges):
        if other - one < 1e-8:
            yield start, one
            start = other
    yield start, edges[-1]


def _straight(total: Total, low: float, high: float) -> list[Piece]:
    """The straight pieces of a total between two shares, neighbours of one slope joined."""
    out: list[Piece] = []
    for piece in _pieces(total, low, high, DEPTH):
        last = out[-1] if out else None
        if last and abs(last.last - piece.first) < CLOSE and _same_slope(last, piece):
            out[-1] = Piece(last.low, piece.high, last.first, piece.last)
        else:
            out.append(piece)
    return out


def _same_slope(one: Piece, other: Piece) -> bool:
    if one.high == one.low or other.high == other.low:
        return False
    rise = (one.last - one.first) / (one.high - one.low)
    return abs(one.last + rise * (other.high - other.low) - other.last) < CLOSE


def _pieces(total: Total, low: float, high: float, depth: int) -> list[Piece]:
    span = high - low
    at = low + span * np.array([0.0, 1e-3, *PROBES, 1.0 - 1e-3, 1.0])
    value = total(at)
    if np.isnan(value).all():
        return []
    first, last = float(value[0]), float(value[-1])
    line = first + (at - low) / span * (last - first) if span else value
    if not span or depth == 0 or np.abs(value - line).max() < CLOSE:
        return [Piece(low, high, first, last)]
    meet = _meet(at, value)
    if low < meet < high:
        found = total(np.array([meet]))[0]
        ahead = float(value[0] + (value[1] - value[0]) / (at[1] - at[0]) * (meet - low))
        if abs(found - ahead) < CLOSE:
            return [
                *_pieces(total, low, meet, depth - 1),
                *_pieces(total, meet, high, depth - 1),
            ]
    middle = low + span / 2
    return [*_pieces(total, low, middle, depth - 1), *_pieces(total, middle, high, depth - 1)]


def _meet(at: Array, value: Array) -> float:
    """Where the line at the lower end meets the line at the upper end; NaN if nowhere."""
    rise = (value[1] - value[0]) / (at[1] - at[0])
    fall = (value[-1] - value[-2]) / (at[-1] - at[-2])
    if rise == fall:
        return float("nan")
    return float((value[-1] - value[0] + rise * at[0] - fall * at[-1]) / (rise - fall))


def crossings(found: list[Piece], target: float) -> list[Crossing]:
    """Where a total takes a value, or jumps over it; shares to nine decimals."""
    out: list[Crossing] = []
    before: Piece | None = None
    for number, piece in enumerate(found):
        first, last = piece.first - target, piece.last - target
        if before is not None:
            under = before.last - target
            if abs(under) > CLOSE and abs(first) > CLOSE and (under < 0) != (first < 0):
                share = round(piece.low, 8)
                out.append(Crossing(share, share, jump=True, rising=first > 0))
        if abs(first) <= CLOSE and abs(last) <= CLOSE:
            if piece.high - piece.low > 1e-8:
                out.append(Crossing(round(piece.low, 8), round(piece.high, 8)))
            else:
                share = round(piece.low, 8)
                out.append(Crossing(share, share, rising=_rising(found, number, target)))
        elif min(first, last) <= CLOSE and max(first, last) >= -CLOSE and piece.high > piece.low:
            share = piece.low - first / (last - first) * (piece.high - piece.low)
            share = round(min(max(share, 0.0), 1.0), 9)
            out.append(Crossing(share, share, rising=last > first))
        before = piece
    return _once(out)


def _rising(found: list[Piece], number: int, target: float) -> bool:
    """Whether a total that takes a value at one share alone lies above it beyond."""
    if number + 1 < len(found):
        return found[number + 1].last > target
    return number > 0 and found[number - 1].first < target


def _once(found: list[Crossing]) -> list[Crossing]:
    """Stretches that touch joined, and crossings left out that lie on one."""
    stretches: list[Crossing] = []
    for one in (c for c in found if c.to > c.share):
        if stretches and one.share - stretches[-1].to < 1e-7:
            stretches[-1] = Crossing(stretches[-1].share, one.to)
        else:
            stretches.append(one)
    single: list[Crossing] = []
    for one in (c for c in found if c.to == c.share):
        held = any(s.share - 1e-7 <= one.share <= s.to + 1e-7 for s in stretches)
        if not held and not any(abs(o.share - one.share) < 1e-7 for o in single):
            single.append(one)
    return sorted(stretches + single, key=lambda c: c.share)
