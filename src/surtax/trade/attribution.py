"""The difference between our rate of a day and a published one, term by term.

Terms (`surtax.trade.trackers`) are put on one after the other, in the order of their table; each
has for its share what the rate moves by, and what is left to the published figure is not explained.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from typing import Any

from surtax.errors import InputError
from surtax.ledger import Ledger
from surtax.trade.assumptions import ALL_METALS, Content, assumptions
from surtax.trade.claims import one_share
from surtax.trade.readings import Setting, Stamp, rate
from surtax.trade.trackers import Figure, Term, figures, terms
from surtax.units import parse_date

LARGE = 0.003
"""A gap that must be told by name, or be called not explained."""
FLOOR = "floor"
"""The kind of term that says what cannot be known of a reading; it moves no rate."""


@dataclass(frozen=True)
class Step:
    """What a term adds to the rate.

    Attributes:
        rows: its rows in the table, put on together.
        change: a fraction.
    """

    rows: tuple[Term, ...]
    change: float

    @property
    def name(self) -> str:
        """The term's short name."""
        return self.rows[0].name

    @property
    def why(self) -> str:
        """What the tracker says it does, and where; each said once."""
        return "; ".join(dict.fromkeys(row.why for row in self.rows))


@dataclass(frozen=True)
class Attribution:
    """The difference between our rate of a day and a tracker's, by term.

    Attributes:
        figure: what is published.
        ours: our rate.
        steps: what each term adds, in order.
        rest: what is left to the published figure.
        open: partners whose rates are printed as a floor alone, and what the rate would move by if
            they stood at it; None where there are none.
    """

    figure: Figure
    ours: float
    steps: tuple[Step, ...]
    rest: float
    open: Step | None = None

    @property
    def theirs(self) -> float:
        """Our rate under all terms of the tracker."""
        return self.ours + sum(step.change for step in self.steps)

    @property
    def told(self) -> bool:
        """Whether what is left is less than `LARGE`, the rounding of the figure apart, or lies
        within what is open.
        """
        low, high = sorted((0.0, self.open.change if self.open else 0.0))
        beyond = max(low - self.rest, self.rest - high, 0.0)
        return beyond - self.figure.rounding < LARGE


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
    setting = Setting(known or ledger.verified_to)
    say("ours")
    ours = before = rate(ledger, setting, on)
    steps = []
    held = [t for t in terms(tracker) if t.holds(on)]
    for name, rows in groupby((t for t in held if t.kind != FLOOR), lambda t: t.name):
        say(name)
        together = tuple(rows)
        for term in together:
            setting = _KINDS[term.kind](setting, term)
        now = rate(ledger, setting, on)
        steps.append(Step(together, now - before))
        before = now
    floors = tuple(t for t in held if t.kind == FLOOR)
    for term in floors:
        setting = _put_printed(setting, term)
    left = Step(floors, rate(ledger, setting, on) - before) if floors else None
    return Attribution(mine[0], ours, tuple(steps), mine[0].rate - before, left)


def setting_of(tracker: str, on: date, start: Setting) -> Setting:
    """A setting with all of a tracker's terms of a day put on."""
    for term in terms(tracker):
        if term.holds(on) and term.kind != FLOOR:
            start = _KINDS[term.kind](start, term)
    return start


def _point(text: str, known: date) -> tuple[date, date]:
    day, _, seen = text.partition("@")
    return parse_date(day), parse_date(seen) if seen else known


def _put_known(now: Setting, term: Term) -> Setting:
    return replace(now, known=min(now.known, parse_date(term.value)))


def _put_weights(now: Setting, term: Term) -> Setting:
    return replace(now, dropped=(*now.dropped, *term.value.split()))


def _put_base(now: Setting, term: Term) -> Setting:
    return replace(now, level=float(term.value) / 100)


def _put_day(now: Setting, term: Term) -> Setting:
    return replace(now, days=(*now.days, (term.partners, *_point(term.value, now.known))))


def _put_moved(now: Setting, term: Term) -> Setting:
    pairs = dict(one.split("=") for one in term.value.split())
    moved = {name: _point(day, now.known) for name, day in pairs.items()}
    return replace(now, moved={**now.moved, **moved})


def _put_without(now: Setting, term: Term) -> Setting:
    return replace(now, without=(*now.without, *term.value.split()))


def _put_rates(now: Setting, term: Term) -> Setting:
    return replace(now, rates={**now.rates, **dict(one.split("=") for one in term.value.split())})


def _put_whole(now: Setting, term: Term) -> Setting:
    said = tuple(one.partition("!") for one in term.value.split())
    return replace(now, whole=tuple((name, tuple(apart.split("!"))) for name, _, apart in said))


def _put_exempt(now: Setting, term: Term) -> Setting:
    pairs = (one.split("=") for one in term.value.split())
    more = tuple((name, goods, term.partners) for name, goods in pairs)
    return replace(now, exempt=(*now.exempt, *more))


def _put_step(now: Setting, term: Term) -> Setting:
    return replace(now, steps=(*now.steps, float(term.value) / 100))


def _put_printed(now: Setting, term: Term) -> Setting:
    pairs = (one.split("=") for one in term.value.split())
    return replace(now, printed={**now.printed, **{p: float(v) / 100 for p, v in pairs}})


def _put_stamp(now: Setting, term: Term) -> Setting:
    pairs = (one.split("=") for one in term.value.split())
    more = tuple(Stamp(goods, term.partners, given) for goods, given in pairs)
    return replace(now, stamps=(*now.stamps, *more))


def _put_content(now: Setting, term: Term) -> Setting:
    pairs = dict(one.split("=") for one in term.value.split())
    means = {a.fact: a.value for a in assumptions()}
    given = {
        k: Content(k, means[k], ALL_METALS) if v == ALL_METALS else float(v)
        for k, v in pairs.items()
    }
    return replace(now, facts={**now.facts, **given})


def _put_claims(now: Setting, term: Term) -> Setting:
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
    "rates": _put_rates,
    "whole": _put_whole,
    "exempt": _put_exempt,
    "stamp": _put_stamp,
    "printed": _put_printed,
    "step": _put_step,
    "content": _put_content,
    "claims": _put_claims,
}


def to_json(found: Attribution) -> dict[str, Any]:
    """The two rates, each term's share of the difference, and the rest."""
    return {
        "on": found.figure.on.isoformat(),
        "tracker": found.figure.tracker,
        "ours": found.ours,
        "terms": [
            {
                "term": s.name,
                "rows": [
                    {"kind": t.kind, "value": t.value, "partners": list(t.partners)}
                    for t in s.rows
                ],
                "change": s.change,
                "why": s.why,
            }
            for s in found.steps
        ],
        "under_their_terms": found.theirs,
        "published": found.figure.rate,
        "left": found.rest,
        "open": found.open
        and {"term": found.open.name, "change": found.open.change, "why": found.open.why},
        "told": found.told,
        "published_on": found.figure.published,
        "source": found.figure.source,
    }  # fmt: skip
