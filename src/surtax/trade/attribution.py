"""The difference between our rate of a day and a published one, term by term.

Terms (`surtax.trade.trackers`) are put on one after the other, in the order of their table; each
has for its share what the rate moves by, and what is left to the published figure is not explained.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surtax.duty.program import compile_view
from surtax.errors import InputError
from surtax.ledger import Ledger
from surtax.trade.claims import BASE_YEAR, Claims, claims_for, one_share
from surtax.trade.effective import effective, otherwise
from surtax.trade.flows import Flows, load_us_imports
from surtax.trade.rating import declared_facts, rate_rows, sums
from surtax.trade.reduced import reduced
from surtax.trade.trackers import Figure, Term, figures, terms
from surtax.units import parse_date

Array = NDArray[np.float64]

FIRST = date(2025, 1, 1)
LARGE = 0.003
"""A gap that must be told by name, or be called not explained."""


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
    if setting.level is None:
        duty, imports = _sums(ledger, setting, on, with_base=True)
        return duty / imports
    duty, imports = _sums(ledger, setting, on)
    old, first = _sums(ledger, replace(setting, days=(), moved={}), FIRST)
    return setting.level + duty / imports - old / first


def _sums(
    ledger: Ledger, setting: _Setting, on: date, *, with_base: bool = False
) -> tuple[float, float]:
    """Duty and imports, each partner under the law that the setting reads for it."""

    def read(day: date, known: date) -> tuple[Array, Array]:
        return _rated(
            ledger, day, known, setting.claims, tuple(sorted(setting.facts.items())),
            setting.dropped, frozenset(setting.without),
            tuple((name, *point) for name, point in sorted(setting.moved.items())), with_base,
        )  # fmt: skip

    flows = _weights(setting.dropped)
    duty, imports = read(on, setting.known)
    for partners, day, known in setting.days:
        other = read(day, known)
        here = np.isin(flows.places_, partners) if partners else np.ones(len(duty), dtype=bool)
        duty, imports = np.where(here, other[0], duty), np.where(here, other[1], imports)
    return float(duty.sum()), float(imports.sum())


@lru_cache(maxsize=8)
def _weights(dropped: tuple[str, ...]) -> Flows:
    """Imports of 2024 without some chapters."""
    flows = load_us_imports()
    return flows.rows(~np.isin(flows.codes.astype("U2"), dropped)[flows.code_index])


@lru_cache(maxsize=2048)
def _rated(
    ledger: Ledger,
    on: date,
    known: date,
    claims: Claims | str,
    facts: tuple[tuple[str, float], ...],
    dropped: tuple[str, ...],
    without: frozenset[str],
    moved: tuple[tuple[str, date, date], ...],
    with_base: bool,
) -> tuple[Array, Array]:
    """(partners,) duty and imports that may enter; the base is in the duty if wanted.

    With the base, line by line as `effective` has it; without, from lines added up first.
    """
    flows = _weights(dropped)
    shares = claims_for("US", claims, on) if isinstance(claims, str) else claims
    n = len(flows.places_)
    if with_base:
        found = effective(
            ledger, on, known, claims=shares, facts=dict(facts), flows=flows, without=without,
            moved={name: (day, seen) for name, day, seen in moved},
        )  # fmt: skip
        at = np.searchsorted(flows.places_, found.place)
        return sums(at, found.total, n), sums(at, found.imports - found.barred, n)
    fewer = reduced(ledger, flows, shares)
    program = compile_view(otherwise(ledger.at(on, known), without, moved), "US")
    duty, barred = np.zeros(n), np.zeros(n)
    for block in rate_rows(program, fewer.flows, fewer.claims, declared_facts(dict(facts))):
        place, value = fewer.flows.place_index[block.rows], fewer.flows.value[block.rows]
        duty += sums(place, block.charged.sum(axis=1) * value, n)
        barred += sums(place, block.barred * value, n)
    return duty, sums(flows.place_index, flows.value, n) - barred


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
