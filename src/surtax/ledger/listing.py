"""The ledger as rows: what `surtax measures` and `surtax timeline` print."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from surtax import goods as hs
from surtax import places
from surtax.errors import InputError, SurtaxError, UnknownNameError, unknown
from surtax.ledger.load import Ledger
from surtax.ledger.moments import CHANGES, Moment, moments
from surtax.ledger.query import Provision
from surtax.ledger.schema import CHARGES, Measure

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
        border = importer(ledger, into, day)
        found = tuple(p for p in found if p.imposer == border)
    if origin is not None:
        source = origin_of(origin)
        kept = _measures(p for p in found if p.kind in CHARGES and reaches(ledger, p, source, day))
        found = tuple(p for p in found if p.measure in kept and reaches(ledger, p, source, day))
    if goods is not None:
        try:
            code = hs.hs(goods)
        except InputError as error:
            raise type(error)(error.what, where="--goods", mend=error.mend) from None
        kept = _measures(p for p in found if p.kind in CHARGES and _covers(ledger, p, code))
        found = tuple(p for p in found if p.measure in kept and _covers(ledger, p, code))
    ranked = sorted(found, key=lambda p: (ORDER.index(p.status), p.imposer, p.id))
    asked = None if origin is None else source
    return [row(ledger, p) | _rates(ledger, p, asked, day) for p in ranked]


def _rates(ledger: Ledger, p: Provision, origin: str | None, day: date) -> dict[str, Any]:
    """A provision's rate, and the rates of origins that pay another; of one origin if asked."""
    own = ledger.rates(p.measure, p.fields.get("rates"), day)
    if origin is None:
        return {"rate": p.rate, "rates": own}
    asked = places.expand([origin], day)
    met = {own.get(place, p.rate) for place in asked}
    if len(met) == 1:
        return {"rate": met.pop(), "rates": {}}
    return {"rate": p.rate, "rates": {place: own[place] for place in sorted(asked & own.keys())}}


def _measures(provisions: Iterable[Provision]) -> set[str]:
    return {p.measure for p in provisions}


def reaches(ledger: Ledger, p: Provision, origin: str, day: date) -> bool:
    """Whether goods of an origin, of some member if it is a group, are in a provision's scope."""
    if not p.fields.get("origins"):
        return True
    measure = ledger.measures[p.measure]
    inside = ledger.origins(measure, p.fields["origins"], day)
    outside = ledger.origins(measure, p.fields.get("origins_except") or [], day)
    wanted = places.expand([origin], day)
    return not wanted.isdisjoint(inside - outside)


def _covers(ledger: Ledger, p: Provision, code: str) -> bool:
    """Whether the scope holds some of the code: a listed prefix above it or below it."""
    items = p.fields.get("goods")
    listed = ledger.codes(p.measure, items) if items else frozenset({""})
    barred = ledger.codes(p.measure, p.fields.get("goods_except") or [])
    inside = any(code.startswith(x) or x.startswith(code) for x in listed)
    return inside and not any(code.startswith(x) for x in barred)


def row(ledger: Ledger, p: Provision) -> dict[str, Any]:
    """A provision as one row of JSON."""
    end = p.days.end
    return {
        "id": p.id,
        "title": p.title,
        "imposer": p.imposer,
        "instrument": ledger.instruments[p.instrument].title,
        "instrument_id": p.instrument,
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


def record(ledger: Ledger, *days: date, known: date) -> dict[str, Any]:
    """How far the record was checked, and whether a day asked for lies outside; for any answer."""
    manifest = ledger.manifest
    return {
        "verified_to": manifest.verified_to.isoformat(),
        "complete_from": manifest.complete_from.isoformat(),
        "stale": manifest.outside(*days, known=known),
    }


def timeline(
    ledger: Ledger,
    *,
    since: date | None = None,
    until: date | None = None,
    known: date | None = None,
    measure: str | None = None,
    kinds: Sequence[str] = (),
    into: str | None = None,
    origin: str | None = None,
) -> list[dict[str, Any]]:
    """Dated lines, oldest first; see `surtax.ledger.moments.moments`.

    Args:
        ledger: the law.
        since, until: first and last day.
        known: the day of knowledge; the verified-to date unless given.
        measure: a measure's id, or a folder of them such as us/ieepa.
        kinds: these kinds of lines alone.
        into: measures of one importing place alone.
        origin: measures that goods of one place can meet. Events beside the measures name no
            place; with `measure`, `into` or `origin` they are left out.

    Raises:
        UnknownNameError: a measure, kind or place that does not exist.
        InputError: the last day lies before the first.
    """
    if since and until and until < since:
        raise InputError(
            f"the span from {since} to {until} is empty.",
            where="--since, --until",
            mend="The last day must not come before the first.",
        )
    valid = {*CHANGES, *(e.kind for e in ledger.events)}
    for kind in kinds:
        if kind not in valid:
            raise unknown("kind of line", kind, valid, where="--kind")
    found = moments(ledger, since=since, until=until, known=known or ledger.verified_to)
    if kinds:
        found = [m for m in found if m.kind in kinds]
    if measure is not None:
        inside = measure.rstrip("/") + "/"
        kept = {m for m in ledger.measures if m == measure or m.startswith(inside)}
        if not kept:
            raise unknown("measure", measure, ledger.measures, where="--measure")
        found = [m for m in found if m.measure in kept]
    if into is not None:
        border = importer(ledger, into, until or ledger.verified_to)
        found = [m for m in found if m.measure and ledger.measures[m.measure].imposer == border]
    if origin is not None:
        source = origin_of(origin)
        meets = {name: _meets(ledger, ledger.measures[name], source) for name in ledger.measures}
        found = [m for m in found if m.measure and meets[m.measure] and (
            m.provision not in meets[m.measure] or meets[m.measure][m.provision]
        )]  # fmt: skip
    return events(found)


def importer(ledger: Ledger, word: str, on: date) -> str:
    """The code of the place that guards a place's border on a day; an error if none does."""
    try:
        border = places.border_of(places.place(word).code, on)
    except SurtaxError as error:
        raise UnknownNameError(error.what, where="--into", mend=error.mend) from None
    if border not in ledger.by_imposer:
        raise unknown("importing country", word, ledger.by_imposer, where="--into")
    return border


def origin_of(word: str) -> str:
    """The country of a place of origin; a name that is none is an error."""
    try:
        return places.origin(word).code.partition("-")[0]
    except SurtaxError as error:
        raise UnknownNameError(error.what, where="--from", mend=error.mend) from None


def _meets(ledger: Ledger, measure: Measure, origin: str) -> dict[str, bool]:
    """By provision with origins, whether some paint reaches the origin; empty if no duty does."""
    out: dict[str, bool] = {}
    duties = set()
    for name, piece in measure.paints():
        if piece.kind in CHARGES:
            duties.add(name)
        if piece.origins:
            reached = ledger.origins(measure, piece.origins, piece.start)
            barred = ledger.origins(measure, piece.origins_except or [], piece.start)
            out[name] = out.get(name, False) or origin in reached - barred
    return out if any(out.get(name) for name in duties) else {}


def events(found: Iterable[Moment]) -> list[dict[str, Any]]:
    """Moments as rows of JSON."""
    return [
        {
            "date": m.day.isoformat(),
            "kind": m.kind,
            "title": m.title,
            "measure": m.measure or None,
            "provision": m.provision or None,
            "citation": m.citation,
            "known_from": m.known.isoformat(),
        }
        for m in found
    ]
