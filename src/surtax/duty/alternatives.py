"""The same goods from other origins, on other days, with other claims or facts, side by side."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from surtax import goods
from surtax.duty.corners import room
from surtax.duty.entry import Entry, above_whole, claim_name, fact_value, fit_whole, make_entry
from surtax.duty.layers import Layer
from surtax.duty.rate import Answer, rate
from surtax.duty.straight import Crossing, crossings, pieces
from surtax.errors import InputError, unknown
from surtax.ledger.load import Ledger
from surtax.places import place
from surtax.units import percent

MOST = 60
"""Alternatives that one question may ask for."""


@dataclass(frozen=True)
class Differing:
    """A duty that two alternatives do not owe alike.

    Attributes:
        measure, title: the duty.
        first, here: what the first alternative and this one owe of it; None where it is not owed.
        why: what differs, or why it is not owed on one side.
        citation: where that stands.
    """

    measure: str
    title: str
    first: Decimal | None
    here: Decimal | None
    why: str
    citation: str = ""


@dataclass(frozen=True)
class Alternative:
    """One way to bring the goods in.

    Attributes:
        answer: what it owes.
        left_out: claims asked for that its origin cannot make on the day.
        cost: what it costs beside the duties, as a share of the value.
        difference: its total and cost less the first's; None where one may not enter.
        differs: the duties that are not owed alike, the largest first.
    """

    answer: Answer
    left_out: tuple[str, ...]
    cost: Decimal
    difference: Decimal | None
    differs: tuple[Differing, ...]


@dataclass(frozen=True)
class BreakEven:
    """The shares of a fact at which one alternative costs what another does.

    Attributes:
        fact: the fact.
        varies: the alternative whose share varies, counted from 1.
        against: the one it is held against, with the facts that it declares.
        at: the shares.
        none: the cheaper of the two at a share of nothing: "varies", "against" or "neither"; ""
            where the goods may not enter.
        all: the same at `most`.
        most: the largest share that the other facts of the alternative leave room for.
    """

    fact: str
    varies: int
    against: int
    at: tuple[Crossing, ...]
    none: str
    all: str
    most: float


@dataclass(frozen=True)
class Claiming:
    """What a claim saves, and how often it must be made to pay.

    Attributes:
        alternative: which, counted from 1.
        claims: the claims.
        without: its total without them; None where the goods may not enter.
        saving: what they save on an entry, as a share of its value: the highest cost of compliance
            that pays if every entry claims.
        cost: the cost of compliance, as a share of the value of all entries.
        share: the share of entries, by value, that must claim for the cost to pay; None where
            nothing is saved, above 1 where it never pays.
    """

    alternative: int
    claims: tuple[str, ...]
    without: Decimal | None
    saving: float | None
    cost: float | None
    share: float | None


def alternatives(
    ledger: Ledger,
    code: str,
    *,
    into: str,
    value: str,
    origins: Sequence[str],
    days: Sequence[date],
    claims: Sequence[Sequence[str]] = ((),),
    facts: Mapping[str, Sequence[str]] | None = None,
    known: date | None = None,
    threatened: bool = False,
    quantity: str | None = None,
    unit: str = "",
    cost: float = 0.0,
) -> list[Alternative]:
    """Every choice of origin, day, claims and facts, rated and held against the first.

    Args:
        ledger: the law.
        code, into, value, quantity, unit: the goods, as for one entry.
        origins, days: the choices.
        claims: choices of claims; what an origin cannot claim is left out of it, and said.
        facts: for each fact the choices of its value; shares that are more than the whole together
            are no choice beside others.
        known, threatened: as for one entry.
        cost: what every alternative but the first costs beside the duties, a share of the value.

    Raises:
        InputError: as for one entry; no choice, or too many of them.
    """
    named = [[claim_name(ledger, c) for c in some] for some in claims]
    choices = _choices(ledger, facts or {})
    found: list[tuple[Entry, date]] = []
    left_out: list[tuple[str, ...]] = []
    for origin, on in itertools.product(origins, days):
        plain = make_entry(
            ledger, code, origin=origin, into=into, value=value, quantity=quantity, unit=unit, on=on
        )
        for wanted, some in itertools.product(named, choices):
            open_to = [c for c in wanted if ledger.claims[c].open(plain.origin, plain.into, on)]
            one = (replace(plain, claims=frozenset(open_to), facts=some), on)
            if one not in found:
                found.append(one)
                left_out.append(tuple(c for c in wanted if c not in open_to))
    if not 1 <= len(found) <= MOST:
        raise InputError(
            f"{len(found)} alternatives are asked for.",
            where="alternatives",
            mend=f"Ask for 1 to {MOST}.",
        )
    rated = [rate(ledger, entry, on, known, threatened=threatened) for entry, on in found]
    first = rated[0]
    extra = Decimal(repr(cost))
    return [
        Alternative(
            answer=answer,
            left_out=left,
            cost=extra if answer is not first else Decimal(0),
            difference=_difference(first, answer, extra),
            differs=_differs(ledger, first, answer),
        )
        for answer, left in zip(rated, left_out, strict=True)
    ]


def _choices(ledger: Ledger, facts: Mapping[str, Sequence[str]]) -> list[dict[str, float]]:
    """The sets of values of facts that can be together.

    Raises:
        InputError: as for one entry; no set can be.
    """
    told = [[(name, fact_value(ledger, name, text)) for text in texts]
            for name, texts in facts.items()]  # fmt: skip
    every = [dict(some) for some in itertools.product(*told)]
    fitting = [some for some in every if not above_whole(ledger, some)]
    if every and not fitting:
        fit_whole(ledger, every[0])
    return fitting


def _difference(first: Answer, here: Answer, cost: Decimal) -> Decimal | None:
    if first.total is None or here.total is None:
        return None
    beside = cost * here.entry.value if here is not first else Decimal(0)
    return here.total + beside - first.total


def _differs(ledger: Ledger, first: Answer, here: Answer) -> tuple[Differing, ...]:
    if here is first:
        return ()
    one, other = ({x.measure: x for x in a.layers} for a in (first, here))
    out = []
    for measure in dict.fromkeys([*one, *other]):
        was, now = one.get(measure), other.get(measure)
        if was and now and (was.amount, was.rate) == (now.amount, now.rate):
            continue
        if (was is None or not was.amount) and (now is None or not now.amount):
            continue
        kept = now or was
        assert kept is not None
        why, citation = _why(ledger, first, here, was, now)
        out.append(
            Differing(
                measure,
                kept.title,
                was.amount if was else None,
                now.amount if now else None,
                why,
                citation,
            )
        )
    change = {d.measure: abs((d.here or Decimal(0)) - (d.first or Decimal(0))) for d in out}
    return tuple(sorted(out, key=lambda d: -change[d.measure]))


def _why(
    ledger: Ledger, first: Answer, here: Answer, was: Layer | None, now: Layer | None
) -> tuple[str, str]:
    """What differs, and where that stands."""
    if was and now:
        parts = []
        if was.rate != now.rate:
            each = now.unit and f" per {now.unit}"
            told = (f"{x.rate:g}{each}" if each else percent(x.rate) for x in (was, now))
            parts.append("rate " + " → ".join(told))
        if was.basis_value != now.basis_value:
            parts.append(f"base {was.basis_value:,} → {now.basis_value:,}")
        return "; ".join([*parts, *now.because]), now.citation
    if now:
        return f"not owed by the first: {_absent(ledger, first, now)}", now.citation
    assert was
    return _absent(ledger, here, was), was.citation


def _absent(ledger: Ledger, answer: Answer, layer: Layer) -> str:
    """Why an alternative does not owe a duty that another owes."""
    said = [s["reason"] for s in answer.suppressed if s["measure"] == layer.measure]
    if said:
        return said[0]
    if any(u["measure"] == layer.measure for u in answer.unknown):
        return "its rate is not known"
    standing = _standing(ledger, answer.entry.into, answer.on, answer.known, answer.threatened)
    if layer.measure in standing or "#" not in layer.measure:
        return f"does not reach these goods from {place(answer.entry.origin).name}"
    return f"not in force on {answer.on}"


@lru_cache(maxsize=64)
def _standing(ledger: Ledger, into: str, on: date, known: date, threatened: bool) -> frozenset[str]:
    view = ledger.at(on, known, threatened=threatened)
    return frozenset(p.id for p in view.active if p.imposer == into)


def break_even(ledger: Ledger, found: Sequence[Alternative], fact: str) -> list[BreakEven]:
    """The shares of a fact at which each alternative costs what the first does, and the other way.

    Raises:
        InputError: there is no such fact, it is not a share, or there is one alternative.
    """
    if fact not in ledger.facts:
        raise unknown("fact", fact, ledger.facts, where="--break-even")
    if len(found) < 2:
        raise InputError(
            "a break-even is between two alternatives.",
            where="--break-even",
            mend="Give two origins, days, claims or facts.",
        )
    out: dict[tuple[object, ...], BreakEven] = {}
    for k in range(1, len(found)):
        for varies, against in ((k, 0), (0, k)):
            one, other = found[varies], found[against]
            if other.answer.total is None:
                continue
            free = {n: v for n, v in one.answer.entry.facts.items() if n != fact}
            entry = replace(one.answer.entry, facts=free)
            told = pieces(
                ledger, entry, one.answer.on, one.answer.known, fact,
                threatened=one.answer.threatened,
            )  # fmt: skip
            target = other.answer.total / entry.value + other.cost - one.cost
            key = (entry.origin, one.answer.on, entry.claims, tuple(free.items()), target)
            out.setdefault(
                key,
                BreakEven(
                    fact,
                    varies + 1,
                    against + 1,
                    tuple(crossings(told, float(target))),
                    _cheaper(told[0].first - float(target)) if told else "",
                    _cheaper(told[-1].last - float(target)) if told else "",
                    room(ledger, fact, free),
                ),
            )
    return list(out.values())


def _cheaper(gap: float) -> str:
    return "neither" if abs(gap) < 1e-11 else "varies" if gap < 0 else "against"


def claiming(
    ledger: Ledger, found: Sequence[Alternative], cost: float | None = None
) -> list[Claiming]:
    """What the claims of each alternative save, and how often they must be made to pay.

    Args:
        ledger: the law.
        found: alternatives.
        cost: the cost of compliance, as a share of the value of all entries.
    """
    out = []
    for k, one in enumerate(found):
        answer = one.answer
        if not answer.entry.claims:
            continue
        plain = replace(answer.entry, claims=frozenset())
        without = rate(ledger, plain, answer.on, answer.known, threatened=answer.threatened).total
        saving = share = None
        if without is not None and answer.total is not None:
            saving = float((without - answer.total) / answer.entry.value)
            share = cost / saving if cost is not None and saving > 0 else None
        out.append(
            Claiming(k + 1, tuple(sorted(answer.entry.claims)), without, saving, cost, share)
        )
    return out


def drawn_back(found: Alternative) -> Decimal | None:
    """What the instruments let be drawn back of an alternative's duties, at most, as they say it.

    Duties whose instruments do not speak of drawback are not in it.
    """
    if found.answer.total is None:
        return None
    open_ = [x for x in found.answer.layers if x.drawback and x.drawback["allowed"] != "none"]
    return sum((x.amount for x in open_), Decimal(0))


def to_json(found: Sequence[Alternative]) -> dict[str, Any]:
    """The question, and each alternative with what differs from the first."""
    one = found[0].answer
    return {
        "goods": goods.dotted(one.entry.goods),
        "into": one.entry.into,
        "value": float(one.entry.value),
        "currency": one.currency,
        "known": one.known.isoformat(),
        "include_threatened": one.threatened,
        "verified_to": one.verified_to.isoformat(),
        "complete_from": one.complete_from,
        "stale": any(a.answer.stale for a in found),
        "alternatives": [_row(k + 1, a) for k, a in enumerate(found)],
        "not_included": list(one.not_included),
    }


def _row(number: int, found: Alternative) -> dict[str, Any]:
    told = found.answer.to_json()
    kept = ("from", "on", "claims", "admissible", "total", "rate", "low", "high", "layers",
            "suppressed", "unknown", "missing_facts", "fees", "zone", "hints")  # fmt: skip
    back = drawn_back(found)
    return {
        "alternative": number,
        **{k: told[k] for k in kept},
        "left_out": list(found.left_out),
        "facts": found.answer.entry.facts,
        "cost": float(found.cost),
        "difference": None if found.difference is None else float(found.difference),
        "drawn_back": None if back is None else float(back),
        "differs": [
            {
                "measure": d.measure,
                "title": d.title,
                "first": None if d.first is None else float(d.first),
                "here": None if d.here is None else float(d.here),
                "why": d.why,
                "citation": d.citation,
            }
            for d in found.differs
        ],
    }
