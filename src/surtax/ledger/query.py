"""Questions to the ledger: what stands on a day, as known on a day."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, lru_cache
from typing import Any

from surtax.ledger.amend import Segment, alive, timeline
from surtax.ledger.load import Ledger
from surtax.ledger.schema import CHARGES, Act, Measure
from surtax.units import Interval


@dataclass(frozen=True)
class Provision:
    """One provision of a measure, as it stands on a day of law and a day of knowledge.

    Attributes:
        id: measure id, “#”, provision name.
        measure: the measure's id.
        name: the provision's name.
        kind: duty, relief, basis, precedence, fee, drawback or zone.
        title: the measure's title.
        authority: the statute or programme.
        imposer: whose border it guards.
        status: in_force, signed, threatened, proposed, conditional, suspended, ended or void.
        days: the interval on which it says this.
        known: the day on which this was known.
        instrument: the id of the instrument that says it.
        citation: instrument and paragraph, in words.
        fields: the painted fields.
        cites: the citation of each field, in words.
        says: who said it, for a threat.
    """

    id: str
    measure: str
    name: str
    kind: str
    title: str
    authority: str
    imposer: str
    status: str
    days: Interval
    known: date
    instrument: str
    citation: str
    fields: dict[str, Any]
    cites: dict[str, str]
    says: str = ""

    def __hash__(self) -> int:
        return hash((self.id, self.days.start, self.known))

    @property
    def rate(self) -> str | None:
        """The rate as written; None for reliefs, bases and precedences."""
        return self.fields.get("rate") if self.kind in CHARGES else None

    @property
    def open_rate(self) -> bool:
        """Whether the ledger itself does not give the rate: not known, or declared by a fact."""
        return str(self.rate).partition(" ")[0] in ("unknown", "declared")

    @cached_property
    def clock(self) -> str:
        """The clock on which its days count."""
        return str(self.fields.get("clock", "entered"))


@dataclass(frozen=True, eq=False)
class View:
    """The ledger on one day, as known on one day; asked for again, it is the same object.

    Attributes:
        ledger: the ledger asked.
        on: the law's date.
        known: the day of knowledge, its end.
        threatened: whether threats with a known rate count as carried out.
        active: provisions that count on that day. One whose days count on another clock than that
            of entry is here once for each of its intervals.
        unknown: threatened or standing duties whose rate is not known.
        late: measures whose provisions here are those of another day.
        entered: that day.
    """

    ledger: Ledger
    on: date
    known: date
    threatened: bool
    active: tuple[Provision, ...]
    unknown: tuple[Provision, ...]
    late: frozenset[str] = frozenset()
    entered: date | None = None

    def day(self, measure: str) -> date:
        """The day on which a measure's provisions here stand."""
        return self.entered if self.entered and measure in self.late else self.on

    @cached_property
    def listed(self) -> tuple[Provision, ...]:
        """Every provision with its status, for a reader."""
        out: list[Provision] = []
        for measure in self.ledger.measures.values():
            for name, law in _timelines(self.ledger, measure.measure, self.known).items():
                out.extend(_listed(self.ledger, measure, name, law, self.on))
            out.extend(_told(self.ledger, measure.measure, self.known))
        return tuple(out)

    @property
    def stale(self) -> bool:
        """Whether a day asked for lies outside the days for which the record was checked."""
        return self.ledger.manifest.outside(self.on, known=self.known)


def view(
    ledger: Ledger, on: date, known: date, *, threatened: bool | Collection[str] = False
) -> View:
    """What stands on day `on`, as known at the end of day `known`; see `Ledger.at`."""
    chosen = threatened if isinstance(threatened, bool) else frozenset(threatened)
    if isinstance(chosen, frozenset):
        for name in chosen:
            ledger.measure(name)
    return _view(ledger, on, known, chosen)


@lru_cache(maxsize=2048)
def _view(ledger: Ledger, on: date, known: date, chosen: bool | frozenset[str]) -> View:
    active: list[Provision] = []
    unknown: list[Provision] = []
    for name in ledger.measures:
        carried_out = chosen if isinstance(chosen, bool) else name in chosen
        for provision, first, last in _dated(ledger, name, known, carried_out):
            if first <= on <= last:
                (unknown if provision.rate == "unknown" else active).append(provision)
        unknown.extend(
            p
            for p in _told(ledger, name, known)
            if p.rate == "unknown" and on in p.days and all(p.id != u.id for u in unknown)
        )
    return View(ledger, on, known, bool(chosen), tuple(active), tuple(unknown))


@lru_cache(maxsize=1024)
def _standing(ledger: Ledger, measure: str, known: date, threats: bool) -> tuple[Provision, ...]:
    """A measure's provisions over all days on which they are active, as known on a day."""
    one = ledger.measures[measure]
    acts = ledger.acts(one)
    return tuple(
        _provision(ledger, one, name, segment, "in_force")
        for name in _names(acts)
        for segment in timeline(name, acts, known, threats=threats)
        if segment.state == "active"
    )


@lru_cache(maxsize=1024)
def _dated(
    ledger: Ledger, measure: str, known: date, threats: bool
) -> tuple[tuple[Provision, date, date], ...]:
    """These, each with the first and the last day of entry on which it may count."""
    out = []
    for provision in _standing(ledger, measure, known, threats):
        days = provision.days if provision.clock == "entered" else Interval()
        last = days.end - timedelta(1) if days.end else date.max
        out.append((provision, days.start or date.min, last))
    return tuple(out)


def _names(acts: list[tuple[Act, date]]) -> list[str]:
    """The provisions that some act paints, in order."""
    return list(dict.fromkeys(p for act, _ in acts for p in act.provisions))


@lru_cache(maxsize=1024)
def _timelines(ledger: Ledger, measure: str, known: date) -> dict[str, list[Segment]]:
    """What is known of each provision of a measure on a day, for every day of law."""
    acts = ledger.acts(ledger.measures[measure])
    return {name: timeline(name, acts, known) for name in _names(acts)}


_TO_COME = {"active": "signed", "conditional": "conditional"}
"""By state, the status of what begins on a later day; what is over by then is not told of."""


def _listed(
    ledger: Ledger, measure: Measure, name: str, law: list[Segment], on: date
) -> list[Provision]:
    """The segment of the day and those to come that charge; the last one begun if there is none."""
    out = []
    for segment in law:
        if on in segment.days:
            status = "in_force" if segment.state == "active" else segment.state
            out.append(_provision(ledger, measure, name, segment, status))
        elif (
            segment.days.start is not None and segment.days.start > on
            and segment.state in _TO_COME
        ):  # fmt: skip
            out.append(_provision(ledger, measure, name, segment, _TO_COME[segment.state]))
    begun = [s for s in law if s.days.start is None or s.days.start <= on]
    if not out and begun:
        out.append(_provision(ledger, measure, name, begun[-1], "ended"))
    return out


@lru_cache(maxsize=1024)
def _told(ledger: Ledger, measure: str, known: date) -> tuple[Provision, ...]:
    """What each live threat of a measure would change, with the fields it leaves as they are."""
    one = ledger.measures[measure]
    acts = ledger.acts(one)
    return tuple(
        _provision(ledger, one, name, segment, act.status)
        for act, day in acts
        if act.status != "signed" and day <= known and alive(act, known)
        for name in act.provisions
        for segment in timeline(name, acts, known, threats=True)
        if segment.status == act.status and segment.citation.instrument == act.instrument
    )


def _provision(
    ledger: Ledger, measure: Measure, name: str, segment: Segment, status: str
) -> Provision:
    return Provision(
        id=f"{measure.measure}#{name}",
        measure=measure.measure,
        name=name,
        kind=str(segment.fields["kind"]),
        title=measure.title,
        authority=measure.authority,
        imposer=measure.imposer,
        status=status,
        days=segment.days,
        known=segment.known,
        instrument=segment.citation.instrument,
        citation=ledger.cite(segment.citation.instrument, segment.citation.paragraph),
        fields=segment.fields,
        cites={k: ledger.cite(c.instrument, c.paragraph) for k, c in segment.cites.items()},
        says=segment.says,
    )
