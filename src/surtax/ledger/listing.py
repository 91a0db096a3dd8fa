"""The ledger as rows: what `surtax measures` and `surtax timeline` print."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from surtax import goods as hs
from surtax import places
from surtax.errors import InputError, SurtaxError, UnknownNameError, unknown
from surtax.ledger.load import Ledger
from surtax.ledger.query import Moment, Provision
from surtax.ledger.schema import CHARGES

ORDER = (
    "in_force", "signed", "threatened", "proposed", "conditional", "suspended", "ended", "void"
)  # fmt: skip


def measures(
    ledger: Ledger,
    *,
    on: date | None = None,
    known: date | None = None,
    into: str | None = None,
    origin: str | None = None,
    goods: str | None = None,
) -> list[dict[str, Any]]:
    """Provisions with their status on a day of law, as known on a day.

    Args:
        ledger: the law.
        on: the day of law; the verified-to date unless given.
        known: the day of knowledge; the verified-to date unless given.
        into: the importing place.
        origin: a place of origin; measures that no goods of it can meet are left out.
        goods: an HS code; measures that cover none of it are left out.

    Raises:
        UnknownNameError: a place that no measure guards, or that does not exist.
        UnitError: a code that is not one.
    """
    day = on or ledger.verified_to
    found = ledger.at(day, known).listed
    if into is not None:
        border = places.place(into).code
        if border not in ledger.by_imposer:
            raise unknown("importing country", into, ledger.by_imposer, where="--into")
        found = tuple(p for p in found if p.imposer == border)
    if origin is not None:
        try:
            source = places.place(origin).code.partition("-")[0]
        except SurtaxError as error:
            raise UnknownNameError(error.what, where="--from", mend=error.mend) from None
        kept = _measures(p for p in found if p.kind in CHARGES and _from(ledger, p, source, day))
        found = tuple(p for p in found if p.measure in kept and _from(ledger, p, source, day))
    if goods is not None:
        try:
            code = hs.hs(goods)
        except InputError as error:
            raise type(error)(error.what, where="--goods", mend=error.mend) from None
        kept = _measures(p for p in found if p.kind in CHARGES and _covers(ledger, p, code))
        found = tuple(p for p in found if p.measure in kept and _covers(ledger, p, code))
    ranked = sorted(found, key=lambda p: (ORDER.index(p.status), p.imposer, p.id))
    return [row(p) for p in ranked]


def _measures(provisions: Iterable[Provision]) -> set[str]:
    return {p.measure for p in provisions}


def _from(ledger: Ledger, p: Provision, origin: str, day: date) -> bool:
    if not p.fields.get("origins"):
        return True
    measure = ledger.measures[p.measure]
    inside = ledger.origins(measure, p.fields["origins"], day)
    outside = ledger.origins(measure, p.fields.get("origins_except") or [], day)
    return origin in inside - outside


def _covers(ledger: Ledger, p: Provision, code: str) -> bool:
    """Whether the scope holds some of the code: a listed prefix above it or below it."""
    items = p.fields.get("goods")
    listed = ledger.codes(p.measure, items) if items else frozenset({""})
    barred = ledger.codes(p.measure, p.fields.get("goods_except") or [])
    inside = any(code.startswith(x) or x.startswith(code) for x in listed)
    return inside and not any(code.startswith(x) for x in barred)


def row(p: Provision) -> dict[str, Any]:
    """A provision as one row of JSON."""
    end = p.days.end
    return {
        "id": p.id,
        "title": p.title,
        "imposer": p.imposer,
        "instrument": p.instrument,
        "authority": p.authority,
        "kind": p.kind,
        "status": p.status,
        "rate": p.rate,
        "from": p.days.start.isoformat() if p.days.start else None,
        "to": end.isoformat() if end else None,
        "known_from": p.known.isoformat(),
        "citation": p.citation,
        "says": p.says or None,
        "note": p.fields.get("note"),
    }


def events(found: Iterable[Moment]) -> list[dict[str, Any]]:
    """Moments as rows of JSON."""
    return [
        {
            "date": m.day.isoformat(),
            "kind": m.kind,
            "title": m.title,
            "measure": m.measure or None,
            "citation": m.citation,
            "known_from": m.known.isoformat(),
        }
        for m in found
    ]
