"""The story: what was said, signed, printed and took effect, day by day, as known on a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from surtax.ledger.amend import Citation, alive, timeline
from surtax.ledger.load import Ledger
from surtax.ledger.schema import Act, Measure, Paint
from surtax.units import Interval

CHANGES = (
    "threatened", "proposed", "resolved", "signed", "public", "gazetted", "retroactive", "effective"
)  # fmt: skip
"""Kinds of a measure's own lines, in the order in which they stand within a day."""


@dataclass(frozen=True)
class Moment:
    """A line of the timeline.

    Attributes:
        day: the day told of.
        kind: one of `CHANGES`, or the kind of an event beside the measures.
        title: what happened.
        measure: the measure's id; empty for an event beside the measures.
        citation: where it stands.
        known: the day from which it can be told.
        provision: the provision's name, where one provision changes.
    """

    day: date
    kind: str
    title: str
    measure: str
    citation: str
    known: date
    provision: str = ""


def moments(
    ledger: Ledger, *, since: date | None = None, until: date | None = None, known: date
) -> list[Moment]:
    """Dated events beside what each act changed, as known on a day; oldest first.

    An act gives a line on the day it was signed or said; one on the day it became public and one
    on the day the gazette printed it, where these are later or recorded; and one on each later day
    from which it changes a provision. What reaches back stands on the day it became known. Within
    a day events come first, then measure by measure.
    """
    span = Interval(since, None) if since else Interval()
    out: dict[tuple[date, str, str, str], Moment] = {}

    def add(one: Moment) -> None:
        if one.known <= known and one.day in span and (until is None or one.day <= until):
            out.setdefault((one.day, one.kind, one.title, one.measure), one)

    for event in ledger.events:
        told = ledger.instruments[event.instrument]
        seen = max(event.date, told.public)  # not before its source was public
        add(Moment(event.date, event.kind, event.title, "", told.title, seen))
    for measure in ledger.measures.values():
        acts = ledger.acts(measure)
        for act, day in acts:
            for one in _of_act(ledger, measure, act, day):
                add(one)
            if act.status == "signed" or alive(act, known):
                for one in _effects(ledger, measure, act, day, acts, known):
                    add(one)
    return sorted(out.values(), key=_rank)


def _rank(one: Moment) -> tuple[date, bool, str, int]:
    place = CHANGES.index(one.kind) if one.kind in CHANGES else -1
    return one.day, one.measure != "", one.measure, place


def _of_act(ledger: Ledger, measure: Measure, act: Act, day: date) -> list[Moment]:
    """The lines of an act itself: said or signed, public, printed, resolved."""
    source = ledger.instruments[act.instrument]
    title = f"{measure.title}: {source.title}"
    signed = source.signed if act.known is None else day  # a later edition has its own day

    def line(on: date, kind: str, seen: date, said: str = title) -> Moment:
        return Moment(on, kind, said, measure.measure, source.title, seen)

    out = [line(signed, act.status, day)]
    if signed < day:
        out.append(line(day, "public", day))
    if source.gazetted is not None:
        out.append(line(source.gazetted, "gazetted", max(day, source.gazetted)))
    if act.resolved:
        end = act.resolved
        cite = ledger.instruments[end.instrument].title
        said = f"{measure.title}: {end.how}"
        out.append(Moment(end.known, "resolved", said, measure.measure, cite, end.known))
    return out


def _effects(
    ledger: Ledger,
    measure: Measure,
    act: Act,
    day: date,
    acts: list[tuple[Act, date]],
    known: date,
) -> list[Moment]:
    """A line for each day from which the act changes a provision."""
    out = []
    for name in act.provisions:
        for piece in act.paints(name):
            if not _stands(name, piece, act, acts, known):
                continue
            what = f"{measure.title}, {name}: {_says(measure, name, piece)}"
            cite = ledger.cite(act.instrument, piece.cite)
            if piece.start >= day:
                kind = "effective" if act.status == "signed" else act.status
                out.append(Moment(piece.start, kind, what, measure.measure, cite, day, name))
            elif act.status == "signed":
                what += f"; from {piece.start} on, reaching back"
                out.append(Moment(day, "retroactive", what, measure.measure, cite, day, name))
    return out


def _stands(name: str, piece: Paint, act: Act, acts: list[tuple[Act, date]], known: date) -> bool:
    """Whether what an act says from a day on was not painted over before that day, as known."""
    if act.status != "signed":
        return True
    cite = Citation(act.instrument, piece.cite)
    return any(
        s.days.start == piece.start and s.citation == cite for s in timeline(name, acts, known)
    )


def _says(measure: Measure, name: str, piece: Paint) -> str:
    """What a paint says of its provision, in words: rate or kind, then its note."""
    kinds = [p.kind for one, p in measure.paints() if one == name and p.kind]
    words = {"relief": "relief", "basis": "basis", "precedence": "order"}
    head = piece.rate or words.get(str(kinds[0]), "")
    tail = piece.note or ("" if head else "applies")
    return ", ".join(part for part in (head, tail) if part)
