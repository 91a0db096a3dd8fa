"""The duty desk: what a shipment owes, what must be known of it, and other ways to bring it in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from surtax import goods as hs
from surtax import places
from surtax.desk import store
from surtax.duty.entry import country_of
from surtax.duty.layers import asked_fact, asked_quantity
from surtax.ledger import listing
from surtax.ledger.schedule import schedule
from surtax.units import parse_date

LINES = 20
"""Tariff lines suggested at once."""


def duty(ask: dict[str, Any]) -> dict[str, Any]:
    """What a shipment owes, and the form that its facts need.

    Args:
        ask: goods, from, into, value, on, known, claims, facts, quantity, unit, threatened.

    Returns:
        `answer` as `surtax duty` gives it; `claims`, those open to the origin on the day, each
        with its title, citation and whether it is made; `asks`, the facts that matter and those
        given, each with its value.

    Raises:
        InputError: as for one entry.
    """
    ledger = store.ledger()
    on = _day(ask["on"], "--on") or ledger.law.verified_to
    facts = dict(ask["facts"])
    answer = ledger.duty(
        ask["goods"], origin=ask["from"], into=ask["into"], value=ask["value"], on=on,
        known=_day(ask["known"], "--known"), claims=ask["claims"], facts=facts,
        quantity=ask["quantity"] or None, unit=ask["unit"], threatened=ask["threatened"],
    )  # fmt: skip
    told = answer.to_json()
    return {
        "answer": told,
        "claims": claims(ask["from"], ask["into"], on, made=answer.entry.claims),
        "asks": _asks(told["missing_facts"], facts, ask["quantity"], ask["unit"]),
    }


def _asks(
    missing: list[dict[str, str]], facts: dict[str, str], quantity: str, unit: str
) -> list[dict[str, Any]]:
    """The facts of the form: given ones with their value, then those that are missing."""
    kinds = store.ledger().law.facts
    given = [asked_fact(name, kinds[name]) | {"value": text} for name, text in facts.items()]
    if quantity:
        given.append(asked_quantity(unit) | {"value": quantity})
    names = {row["fact"] for row in given}
    return given + [
        row | {"value": None} for row in missing if row["fact"] not in names
    ]  # fmt: skip


def claims(
    origin: str, into: str, on: date, *, made: frozenset[str] = frozenset()
) -> list[dict[str, Any]]:
    """Preferences open to goods of an origin on a day.

    Raises:
        UnknownNameError: a place that does not exist or imposes nothing.
    """
    law = store.ledger().law
    border = listing.importer(law, into, on)
    country = country_of(origin, on)
    return [
        {"claim": name, "title": one.title, "citation": one.cite, "made": name in made}
        for name, one in law.claims.items()
        if one.open(country, border, on)
    ]


def lines(start: str, into: str) -> list[dict[str, str]]:
    """Tariff lines that begin with the digits given, with their general rate; US lines alone.

    Raises:
        UnitError: no HS code.
    """
    digits = "".join(c for c in start if c not in ". ")
    if not digits:
        return []
    if not digits.isdigit() or len(digits) > 10:
        hs.hs(start)
    if places.place(into).code != "US" or len(digits) < 4:
        return []
    table = schedule()
    rows = [k for k in table.under(digits[:4]) if str(table.hs8[k]).startswith(digits[:8])]
    return [
        {"code": hs.dotted(str(table.hs8[k])), "rate": str(table.general.text[k])}
        for k in rows[:LINES]
    ]


def alternatives(ask: dict[str, Any]) -> dict[str, Any]:
    """The same goods from several origins, on several days and with several claims.

    Args:
        ask: goods, into, value, origins, on, known, claims (a list of lists), prefer (claim what
            is open to any of the origins, in place of claims), facts (a list of values for each),
            quantity, unit, cost, threatened.

    Raises:
        InputError: as for one entry; no choice, or too many of them.
    """
    ledger, days = store.ledger(), _days(ask["on"])
    made = ask["claims"]
    if ask["prefer"]:
        on = days[0] if days else ledger.law.verified_to
        names = [c["claim"] for o in ask["origins"] for c in claims(o, ask["into"], on)]
        made = [list(dict.fromkeys(names))]
    return ledger.alternatives(
        ask["goods"], origins=ask["origins"], into=ask["into"], value=ask["value"],
        on=days, known=_day(ask["known"], "--known"), claims=made or [[]],
        facts=ask["facts"], cost=ask["cost"], quantity=ask["quantity"] or None, unit=ask["unit"],
        threatened=ask["threatened"],
    )  # fmt: skip


def _days(texts: Sequence[str]) -> list[date]:
    return [parse_date(text, where="--on") for text in texts]


def _day(text: str | None, where: str) -> date | None:
    return parse_date(text, where=where) if text else None
