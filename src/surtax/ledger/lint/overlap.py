"""Versions that overlap: two duties of one measure on the same goods, two acts at odds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import combinations

from surtax import goods as hs
from surtax.ledger.lint.finding import Finding, in_act
from surtax.ledger.lint.scope import (
    Standing,
    common_days,
    common_goods,
    common_origins,
    standing,
    under,
)
from surtax.ledger.lint.sources import pieces
from surtax.ledger.load import Ledger
from surtax.ledger.schema import CHARGES, Condition, Measure, Paint
from surtax.units import Interval


def overlapping(ledger: Ledger) -> Iterator[Finding]:
    """Both kinds of overlap, measure by measure."""
    for measure in ledger.measures.values():
        yield from _at_odds(ledger, measure)
        yield from _doubled(ledger, measure)


def _doubled(ledger: Ledger, measure: Measure) -> Iterator[Finding]:
    """Duties of one measure that add on the same goods of the same place on the same day."""
    stands = standing(ledger, measure)
    told: set[tuple[str, str]] = set()
    for a, b in combinations([s for s in stands if s.kind == "duty"], 2):
        pair = (a.name, b.name)
        days = common_days(a.segment.days, b.segment.days)
        if a.name == b.name or days is None or pair in told:
            continue
        origins = common_origins(a, b)
        if origins == frozenset():
            continue
        goods = common_goods(a, b)
        others = [s for s in stands if s.kind not in CHARGES]
        day = _first_open(a, b, days, origins, goods, others) if goods else None
        if day is None:
            continue
        told.add(pair)
        first = next((n, k) for n, name, k, _ in pieces(measure) if name == b.name)
        sample = min(goods)
        asked = any(_declared(one, origins, goods, others) for one in (a, b))
        yield Finding(
            "note" if asked else "warning",
            "overlapping",
            b.id,
            in_act(ledger, measure, first[0], b.name, first[1]),
            f"“{a.name}” and “{b.name}” both fall on {_named(sample)} of "
            f"{min(origins) if origins else 'any origin'} from {day} on, and add"
            f"{' where the facts are declared' if asked else ''}.",
            "Say which yields in a precedence, or part their goods; if both are owed, begin the "
            "note of either with “beside”.",
        )


def _declared(
    one: Standing, origins: frozenset[str] | None, goods: frozenset[str], others: list[Standing]
) -> bool:
    """Whether a duty is owed only where a fact has been declared."""
    return any(
        s.kind == "relief" and s.speaks_of(one) and _covers(s, origins, goods)
        and (when := s.segment.fields.get("when")) is not None and when.unless
        for s in others
    )  # fmt: skip


def _named(code: str) -> str:
    return hs.dotted(code) if code else "all goods"


def _first_open(
    a: Standing,
    b: Standing,
    days: Interval,
    origins: frozenset[str] | None,
    goods: frozenset[str],
    others: list[Standing],
) -> date | None:
    """The first day on which nothing keeps the two duties apart."""
    if any(s.segment.fields.get("note", "").startswith("beside ") for s in (a, b)):
        return None
    near = [s for s in others if s.segment.days.overlaps(days)]
    cuts = {days.start or date.min}
    for s in near:
        cuts |= {d for d in (s.segment.days.start, s.segment.days.end) if d and d in days}
    for day in sorted(cuts):
        now = [s for s in near if day in s.segment.days]
        if not _apart(a, b, origins, goods, now):
            return day
    return None


def _apart(
    a: Standing,
    b: Standing,
    origins: frozenset[str] | None,
    goods: frozenset[str],
    now: list[Standing],
) -> bool:
    """Whether a precedence, a relief or complementary bases keep two duties apart."""
    for one, other in ((a, b), (b, a)):
        mine = [s for s in now if s.speaks_of(one) and _covers(s, origins, goods)]
        theirs = [s for s in now if s.speaks_of(other) and _covers(s, origins, goods)]
        for s in mine:
            targets = s.segment.fields.get("to_measures") or []
            if s.kind == "precedence" and {other.id, other.measure.measure} & set(targets):
                return True
            if s.kind == "relief":
                when = s.segment.fields.get("when")
                if when is None or any(_opposite(when, t) for t in theirs):
                    return True
            share = s.segment.fields.get("share")
            if share and any(t.segment.fields.get("less") == share for t in theirs):
                return True
    return False


def _covers(s: Standing, origins: frozenset[str] | None, goods: frozenset[str]) -> bool:
    """Whether a clause reaches everything that two duties have in common."""
    if s.origins is not None and (origins is None or not origins <= s.origins):
        return False
    inside = s.goods is None or all(under(code, s.goods) for code in goods)
    return inside and not any(
        under(code, s.barred) or any(b.startswith(code) for b in s.barred) for code in goods
    )


def _opposite(when: Condition, other: Standing) -> bool:
    """Whether another duty's relief holds just where this one does not."""
    that = other.segment.fields.get("when") if other.kind == "relief" else None
    if that is None:
        return False
    plain = {(when.fact, that.unless), (when.unless, that.fact)}
    return any(x is not None and x == y for x, y in plain)


def _at_odds(ledger: Ledger, measure: Measure) -> Iterator[Finding]:
    """Two acts of one instrument, known the same day, that differ on a provision and days."""
    known = {id(act): day for act, day in ledger.acts(measure)}
    seen: dict[tuple[str, date, str], list[tuple[int, Paint]]] = {}
    for n, name, k, piece in pieces(measure):
        act = measure.acts[n]
        key = (act.instrument, known[id(act)], name)
        for other, earlier in seen.get(key, []):
            if other == n or not _interval(piece).overlaps(_interval(earlier)):
                continue
            if act.status == measure.acts[other].status and (odd := _differ(piece, earlier)):
                yield Finding(
                    "error",
                    "overlapping",
                    f"{measure.measure}#{name}",
                    in_act(ledger, measure, n, name, k),
                    f"two acts of {act.instrument} give “{name}” another {odd} for the same days.",
                    "Keep one of the two, or say with known which was known first.",
                )
        seen.setdefault(key, []).append((n, piece))


def _interval(piece: Paint) -> Interval:
    return Interval(piece.start, piece.to)


def _differ(a: Paint, b: Paint) -> str:
    """The first field to which two paints give different values, or nothing."""
    for name in a.__struct_fields__:
        one, other = getattr(a, name), getattr(b, name)
        if name in ("start", "to", "cite", "note") or None in (one, other):
            continue
        if one != other:
            return name
    return ""
