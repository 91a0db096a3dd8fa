"""Why trackers disagree: published rates, the assumptions behind them, and the difference by term.

Three tables of ``trade/data``, by hand, each row with its source:

    trackers.csv         who publishes, what, and where
    tracker_figures.csv  published rates, each with its date
    tracker_terms.csv    what a tracker assumes that the law as recorded does not say

A term is data: a kind and a value. Terms are put on one after the other, in the order of the table,
so that each has its share of the difference between our rate and theirs; what is left over between
our rate under all of a tracker's terms and its published figure is *not explained*.

    known     law as known on a day
    weights   chapters left out of the imports
    base      the rate of 1 January 2025 that everything else is added to
    day       law of another day, as known on a day, for some partners: 2025-04-09@2025-04-05
    moved     measures read of another day: us/s232/autos=2025-04-03
    without   measures or provisions left out
    content   facts that bulk trade declares: steel_content=1
    claims    a period of USMCA shares, or one share for each partner: CA=0.65 MX=0.82
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

import numpy as np

from surtax.errors import DataError, InputError, unknown
from surtax.ledger import Ledger
from surtax.trade.claims import BASE_YEAR, Claims, one_share
from surtax.trade.effective import Effective, effective
from surtax.units import parse_date

FIRST = date(2025, 1, 1)
LARGE = 0.003
"""A gap that must be told by name, or be called not explained."""


@dataclass(frozen=True)
class Tracker:
    """Who publishes a rate.

    Attributes:
        name: the name it is asked for by.
        title: who and what.
        measure: what the figure measures, in a sentence.
        source: the page or file.
    """

    name: str
    title: str
    measure: str
    source: str


@dataclass(frozen=True)
class Figure:
    """A published rate.

    Attributes:
        tracker: its name.
        on: the day that the rate is of.
        rate: a fraction.
        published: when it was published.
        source: the page or file and what stands there.
    """

    tracker: str
    on: date
    rate: float
    published: str
    source: str


@dataclass(frozen=True)
class Term:
    """One assumption of a tracker.

    Attributes:
        tracker: its name.
        name: a short name.
        start, end: the days of law on which it is made, half-open; None is open.
        partners: whom it is about; all if empty.
        kind, value: what is done; see the module.
        why: what the tracker says it does, and where; or that we infer it.
    """

    tracker: str
    name: str
    start: date | None
    end: date | None
    partners: tuple[str, ...]
    kind: str
    value: str
    why: str

    def holds(self, on: date) -> bool:
        """Whether the term is made on a day."""
        return (self.start is None or self.start <= on) and (self.end is None or on < self.end)


@dataclass(frozen=True)
class Step:
    """What a term adds to the rate, a fraction."""

    term: Term
    change: float


@dataclass(frozen=True)
class Attribution:
    """The difference between our rate of a day and a tracker's, by term.

    Attributes:
        figure: what is published.
        ours: our rate.
        steps: what each term adds, in order.
        rest: what is left to the published figure; not explained.
    """

    figure: Figure
    ours: float
    steps: tuple[Step, ...]
    rest: float

    @property
    def theirs(self) -> float:
        """Our rate under all terms of the tracker."""
        return self.ours + sum(step.change for step in self.steps)


@dataclass(frozen=True)
class _Setting:
    """How a rate is read; every field is what `effective` is asked for."""

    known: date
    claims: Claims | str = BASE_YEAR
    facts: dict[str, float] = field(default_factory=dict)
    dropped: tuple[str, ...] = ()
    level: float | None = None
    days: tuple[tuple[tuple[str, ...], date, date], ...] = ()
    moved: dict[str, tuple[date, date]] = field(default_factory=dict)
    without: tuple[str, ...] = ()


def trackers() -> dict[str, Tracker]:
    """Every tracker by name."""
    return {
        r["tracker"]: Tracker(r["tracker"], r["title"], r["measure"], r["source"])
        for r in _rows("trackers.csv")
    }


def figures(tracker: str) -> tuple[Figure, ...]:
    """The published figures of a tracker, by date.

    Raises:
        UnknownNameError: no such tracker.
    """
    _known(tracker)
    found = [
        Figure(tracker, parse_date(r["on"]), float(r["rate"]) / 100, r["published"], r["source"])
        for r in _rows("tracker_figures.csv")
        if r["tracker"] == tracker
    ]
    return tuple(sorted(found, key=lambda one: one.on))


def terms(tracker: str) -> tuple[Term, ...]:
    """The assumptions of a tracker, in the order in which they are put on.

    Raises:
        UnknownNameError: no such tracker.
        DataError: a kind of term that does not exist.
    """
    _known(tracker)
    found = []
    for r in _rows("tracker_terms.csv"):
        if r["tracker"] != tracker:
            continue
        if r["kind"] not in _KINDS:
            raise DataError(f"“{r['kind']}” is no kind of term.", where="tracker_terms.csv",
                            mend=f"Kinds: {', '.join(_KINDS)}.")  # fmt: skip
        found.append(
            Term(tracker, r["term"], _day(r["from"]), _day(r["until"]),
                 tuple(r["partners"].split()), r["kind"], r["value"], r["why"])
        )  # fmt: skip
    return tuple(found)


def attribute(
    ledger: Ledger,
    tracker: str,
    on: date,
    known: date | None = None,
    *,
    say: Callable[[str], None] = lambda _: None,
) -> Attribution:
    """The difference between our rate of a day and the figure that a tracker publishes for it.

    Args:
        ledger: the law.
        tracker: its name.
        on: a day for which it publishes a figure.
        known: our day of knowledge; the verified-to date unless given.
        say: told what is rated next.

    Raises:
        UnknownNameError: no such tracker.
        InputError: no figure of it is recorded for that day.
    """
    mine = [f for f in figures(tracker) if f.on == on]
    if not mine:
        days = ", ".join(f.on.isoformat() for f in figures(tracker))
        raise InputError(
            f"no figure of {tracker} is recorded for {on}.", where="--on", mend=f"Days: {days}."
        )
    setting = _Setting(known or ledger.verified_to)
    say("ours")
    ours = before = _rate(ledger, setting, on)
    steps = []
    for term in terms(tracker):
        if not term.holds(on):
            continue
        say(term.name)
        setting = _KINDS[term.kind](setting, term)
        now = _rate(ledger, setting, on)
        steps.append(Step(term, now - before))
        before = now
    return Attribution(mine[0], ours, tuple(steps), mine[0].rate - before)


def _rate(ledger: Ledger, setting: _Setting, on: date) -> float:
    """The rate of a day under a setting."""
    duty, imports = _sums(ledger, setting, on)
    if setting.level is None:
        return duty / imports
    old, first = _sums(ledger, replace(setting, days=(), moved={}), FIRST)
    return setting.level + duty / imports - old / first


def _sums(ledger: Ledger, setting: _Setting, on: date) -> tuple[float, float]:
    """Duty and imports, each partner under the law that the setting reads for it."""

    def read(day: date, known: date) -> Effective:
        return effective(
            ledger, day, known, claims=setting.claims, facts=setting.facts,
            without=setting.without, moved=setting.moved,
        )  # fmt: skip

    everybody = read(on, setting.known)
    for partners, day, known in setting.days:
        if not partners:
            everybody = read(day, known)
    counted = ~np.isin(everybody.chapter, setting.dropped)
    duty, imports = everybody.total.copy(), everybody.imports - everybody.barred
    for partners, day, known in setting.days:
        if partners:
            other, here = read(day, known), np.isin(everybody.place, partners)
            duty[here] = other.total[here]
            imports[here] = (other.imports - other.barred)[here]
    return float(duty[counted].sum()), float(imports[counted].sum())


def _point(text: str, known: date) -> tuple[date, date]:
    day, _, seen = text.partition("@")
    return parse_date(day), parse_date(seen) if seen else known


def _put_known(now: _Setting, term: Term) -> _Setting:
    return replace(now, known=min(now.known, parse_date(term.value)))


def _put_weights(now: _Setting, term: Term) -> _Setting:
    return replace(now, dropped=(*now.dropped, *term.value.split()))


def _put_base(now: _Setting, term: Term) -> _Setting:
    return replace(now, level=float(term.value) / 100)


def _put_day(now: _Setting, term: Term) -> _Setting:
    return replace(now, days=(*now.days, (term.partners, *_point(term.value, now.known))))


def _put_moved(now: _Setting, term: Term) -> _Setting:
    pairs = dict(one.split("=") for one in term.value.split())
    moved = {name: _point(day, now.known) for name, day in pairs.items()}
    return replace(now, moved={**now.moved, **moved})


def _put_without(now: _Setting, term: Term) -> _Setting:
    return replace(now, without=(*now.without, *term.value.split()))


def _put_content(now: _Setting, term: Term) -> _Setting:
    pairs = dict(one.split("=") for one in term.value.split())
    return replace(now, facts={**now.facts, **{k: float(v) for k, v in pairs.items()}})


def _put_claims(now: _Setting, term: Term) -> _Setting:
    if "=" not in term.value:
        return replace(now, claims=term.value)
    pairs = (one.split("=") for one in term.value.split())
    return replace(now, claims=one_share(tuple((p, float(v)) for p, v in pairs)))


_KINDS = {
    "known": _put_known,
    "weights": _put_weights,
    "base": _put_base,
    "day": _put_day,
    "moved": _put_moved,
    "without": _put_without,
    "content": _put_content,
    "claims": _put_claims,
}


def _known(tracker: str) -> None:
    if tracker not in trackers():
        raise unknown("tracker", tracker, trackers(), where="--as")


def _day(text: str) -> date | None:
    return parse_date(text) if text else None


@cache
def _rows(name: str) -> tuple[dict[str, str], ...]:
    text = resources.files("surtax.trade").joinpath("data", name).read_text("utf-8")
    return tuple(csv.DictReader(text.splitlines()))


def to_json(found: Attribution) -> dict[str, Any]:
    """The two rates, each term's share of the difference, and the rest."""
    return {
        "on": found.figure.on.isoformat(),
        "tracker": found.figure.tracker,
        "ours": found.ours,
        "terms": [
            {"term": s.term.name, "kind": s.term.kind, "value": s.term.value, "change": s.change,
             "why": s.term.why}
            for s in found.steps
        ],
        "under_their_terms": found.theirs,
        "published": found.figure.rate,
        "not_explained": found.rest,
        "published_on": found.figure.published,
        "source": found.figure.source,
    }  # fmt: skip
