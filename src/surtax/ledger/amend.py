"""Amendments: acts painted onto provisions in the order in which they became known."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from surtax.ledger.schema import Act, Paint
from surtax.units import Interval


@dataclass(frozen=True)
class Citation:
    """Where a value stands: instrument and paragraph."""

    instrument: str
    paragraph: str

    def __str__(self) -> str:
        return f"{self.instrument} {self.paragraph}".strip()


@dataclass(frozen=True)
class Segment:
    """One provision over an interval of days, as known on some day.

    Attributes:
        days: the days on which it says this.
        fields: the painted fields by name (`Paint`'s names).
        cites: the citation of each field.
        known: the day on which the latest paint became known.
        status: the status of the act that painted it last.
        citation: the act that painted it last.
        says: who said it, for a threat.
    """

    days: Interval
    fields: dict[str, Any] = field(default_factory=dict)
    cites: dict[str, Citation] = field(default_factory=dict)
    known: date = date.min
    status: str = "signed"
    citation: Citation = Citation("", "")
    says: str = ""

    @property
    def state(self) -> str:
        """active, suspended, ended, void or conditional."""
        return str(self.fields.get("state", "active"))


_FRAME = {"start", "to", "cite"}


def paint(
    segments: list[Segment], new: Paint, act: Act, known: date, instrument: str
) -> list[Segment]:
    """The segments after one paint: split where it begins and ends, overlaid between.

    Days that no segment covered yet become a segment of their own. Fields that the paint leaves
    out keep their values; the state falls back to active.
    """
    over = Interval(new.start, new.to)
    cite = Citation(instrument, new.cite)
    given = {
        name: getattr(new, name)
        for name in new.__struct_fields__
        if name not in _FRAME and getattr(new, name) is not None
    }
    given.setdefault("state", "active")
    base = segments[-1].fields if segments else {}
    base_cites = segments[-1].cites if segments else {}

    def overlay(below: dict[str, Any], cites: dict[str, Citation], days: Interval) -> Segment:
        return Segment(
            days=days,
            fields={**below, **given},
            cites={**cites, **dict.fromkeys(given, cite)},
            known=known,
            status=act.status,
            citation=cite,
            says=act.says,
        )

    out: list[Segment] = []
    cursor: date | None = over.start
    for segment in segments:
        if not segment.days.overlaps(over):
            out.append(segment)
            continue
        start, end = segment.days.start, segment.days.end
        if start is not None and over.start is not None and start < over.start:
            out.append(replace(segment, days=Interval(start, over.start)))
        elif cursor is not None and start is not None and cursor < start:
            out.append(overlay(segment.fields, segment.cites, Interval(cursor, start)))
        inner_start = max(d for d in (start, over.start) if d is not None)
        inner_end = _least(end, over.end)
        out.append(overlay(segment.fields, segment.cites, Interval(inner_start, inner_end)))
        cursor = inner_end
        if over.end is not None and (end is None or end > over.end):
            out.append(replace(segment, days=Interval(over.end, end)))
    if cursor is not None and (over.end is None or cursor < over.end):
        out.append(overlay(base, base_cites, Interval(cursor, over.end)))
    return sorted(out, key=lambda s: s.days.start or date.min)


def _least(a: date | None, b: date | None) -> date | None:
    return b if a is None else a if b is None else min(a, b)


def timeline(
    provision: str, acts: Iterable[tuple[Act, date]], known: date, *, threats: bool = False
) -> list[Segment]:
    """What the acts known by the end of `known` say of one provision, in order of days.

    Args:
        provision: its name.
        acts: each act with the day on which it became known, in that order.
        known: the day of knowledge.
        threats: also paint threats and proposals that were alive on that day.
    """
    segments: list[Segment] = []
    for act, day in acts:
        if day > known:
            continue
        if act.status != "signed" and not (threats and alive(act, known)):
            continue
        for piece in act.paints(provision):
            segments = paint(segments, piece, act, day, act.instrument)
    return segments


def alive(act: Act, known: date) -> bool:
    """Whether a threat or proposal still stood at the end of that day."""
    return act.resolved is None or known < act.resolved.known
