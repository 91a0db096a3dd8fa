"""The duty desk: what a shipment owes, what must be known of it, and other ways to bring it in."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec

from surtax import goods as hs
from surtax import places
from surtax.desk import store
from surtax.duty.entry import country_of
from surtax.duty.fees import fees
from surtax.duty.layers import asked_fact, asked_quantity
from surtax.duty.rate import Answer
from surtax.ledger import listing, names
from surtax.ledger.schedule import schedule
from surtax.ledger.text import read_yaml
from surtax.trade.effective import embedded_flows
from surtax.trade.rating import sums
from surtax.units import parse_date

LINES = 20
"""Tariff lines suggested at once."""


def duty(ask: dict[str, Any]) -> dict[str, Any]:
    """What a shipment owes, and the form that its facts need.

    Args:
        ask: goods, from, into, value, on, known, claims, facts, quantity, unit, threatened.

    Returns:
        `answer` as `surtax duty` gives it; `claims`, those open to the origin on the day, each
        with its title, citation and whether it is made; `asks`, the facts that move the duty and
        those given, each with its value; `fee_asks`, those that move a fee alone.

    Raises:
        InputError: as for one entry.
    """
    ledger = store.ledger()
    on = _day(ask["on"], "--on") or ledger.law.verified_to

    answer = ledger.duty(
        ask["goods"], origin=ask["from"], into=ask["into"], value=ask["value"], on=on,
        known=_day(ask["known"], "--known"), claims=ask["claims"], facts=dict(ask["facts"]),
        quantity=ask["quantity"] or None, unit=ask["unit"], threatened=ask["threatened"],
    )  # fmt: skip
    of_fees = _of_fees(answer) if ask["facts"] else set()
    given = [
        asked_fact(name, ledger.law.facts[name]) | {"value": text}
        for name, text in ask["facts"].items()
    ]
    if ask["quantity"]:
        given.append(asked_quantity(ask["unit"]) | {"value": ask["quantity"]})
    return {
        "answer": answer.to_json(),
        "claims": claims(ask["from"], ask["into"], on, made=answer.entry.claims),
        "asks": _asks(
            answer.missing_facts, [row for row in given if row["fact"] not in of_fees]
        ),
        "fee_asks": _asks(answer.fee_facts, [row for row in given if row["fact"] in of_fees]),
    }  # fmt: skip


def _of_fees(answer: Answer) -> set[str]:
    """Facts that move a fee of an entry which declares none."""
    law = store.ledger().law.at(answer.on, answer.known, threatened=answer.threatened)
    told = fees(law, replace(answer.entry, facts={}), answer.total or Decimal(0))
    return {row["fact"] for row in told.facts}


def _asks(missing: Sequence[dict[str, str]], given: list[dict[str, str]]) -> list[dict[str, Any]]:
    """Facts of the form: given ones with their value, then those that are missing."""
    names = {row["fact"] for row in given}
    return [*given, *(row | {"value": None} for row in missing if row["fact"] not in names)]


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
    """Tariff lines that begin with the digits given, or whose names hold the words given.

    A word that people use and the schedule does not, such as laptop, is looked up as its own.

    Returns:
        Rows of code, general rate and name, of the United States alone; what begins with the
        digits in order, what holds the words with the largest imports first.

    Raises:
        UnitError: digits that are no HS code.
    """
    if places.place(into).code != "US":
        return []
    table = schedule()
    digits = "".join(c for c in start if c not in ". ")
    if any(c.isalpha() for c in start):
        found = names.search(_everyday().get(_plain(start), start), _imports(), LINES)
    elif not digits.isdigit() or len(digits) > 10:
        hs.hs(start)
        return []
    elif len(digits) < 4:
        return []
    else:
        every = (str(table.hs8[k]) for k in table.under(digits[:4]))
        found = [line for line in every if line.startswith(digits[:8])][:LINES]
    rows = table.rows_of(found)
    return [
        {"code": hs.dotted(line), "rate": str(table.general.text[k]) if k >= 0 else "",
         "name": names.names().get(line, "")}
        for line, k in zip(found, rows, strict=True)
    ]  # fmt: skip


class Everyday(msgspec.Struct, frozen=True):
    """Words that people use of goods, what the schedule says, and the heading of the goods."""

    words: list[str]
    says: str
    heading: str


@store.once
def everyday() -> list[Everyday]:
    """The words of `everyday.yaml`."""
    return read_yaml(Path(__file__).parent / "everyday.yaml", list[Everyday])


@store.once
def _everyday() -> dict[str, str]:
    return {_plain(word): one.says for one in everyday() for word in one.words}


def _plain(text: str) -> str:
    """A word as it is looked up: small, without accents."""
    small = text.strip().casefold().replace("œ", "oe").replace("’", "'")
    return "".join(c for c in unicodedata.normalize("NFKD", small) if not unicodedata.combining(c))


@store.once
def _imports() -> dict[str, float]:
    """Imports of each line of the United States in the flows' year."""
    flows = embedded_flows("US")
    found: dict[str, float] = {}
    for code, value in zip(
        flows.codes.tolist(), sums(flows.code_index, flows.value, len(flows.codes)), strict=True
    ):
        found[code[:8]] = found.get(code[:8], 0.0) + float(value)
    return found


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
