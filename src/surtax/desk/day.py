"""A day in the dispute: measures, events and effective rates on a day, as known on a day."""

from __future__ import annotations

from bisect import bisect_right
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np

from surtax import places
from surtax.desk import store
from surtax.desk.path import Cell, Paths, paths, rated
from surtax.errors import InputError, UnitError
from surtax.ledger import listing
from surtax.trade.claims import BASE_YEAR

Array = np.ndarray[Any, Any]
NEAR = 8
"""Events shown on either side of the day."""
PARTNERS = 12
"""Partners named on a path, the largest first; the others are one row."""
REST = "rest"


def span() -> tuple[date, date]:
    """The first and the last day for which the record was checked."""
    law = store.ledger().law
    return law.manifest.complete_from, law.verified_to


def check(on: date | None, known: date | None) -> tuple[date, date]:
    """The days asked for, the last of the record unless given.

    Raises:
        UnitError: a day outside the record.
    """
    first, last = span()
    for name, day in (("--on", on), ("--known", known)):
        if day and not first <= day <= last:
            raise UnitError(
                f"{day} lies outside the record, {first} to {last}.", where=name,
                mend="Give a day within.",
            )  # fmt: skip
    return on or last, known or last


def day(
    on: date | None = None, known: date | None = None, into: str = "US", origin: str | None = None
) -> dict[str, Any]:
    """Measures by status and the events around a day.

    Args:
        on, known: the days of law and of knowledge; the last of the record unless given.
        into: the importing place.
        origin: a place of origin, whose goods the measures can meet; all unless given.

    Returns:
        on, known, into, from, verified_to, complete_from, stale; measures, each as
        `surtax measures` gives it; events, the last up to the day and the first after it, with
        `next` and `previous`, the days before and after on which something happened.

    Raises:
        UnitError: a day outside the record.
        UnknownNameError: a place that does not exist or imposes nothing.
    """
    today, seen = check(on, known)
    ledger = store.ledger()
    listed = _measures(today, seen, into, origin or "")
    told = _events(seen, into, origin or "")
    days = [row["date"] for row in told]
    at = bisect_right(days, today.isoformat())
    before = [d for d in days[:at] if d < today.isoformat()]
    return {
        "on": today.isoformat(),
        "known": seen.isoformat(),
        "into": into,
        "from": origin,
        **listing.record(ledger.law, today, known=seen),
        "measures": listed,
        "events": told[max(0, at - NEAR) : at + NEAR],
        "previous": before[-1] if before else None,
        "next": days[at] if at < len(days) else None,
    }


@lru_cache(maxsize=512)
def _measures(on: date, known: date, into: str, origin: str) -> list[dict[str, Any]]:
    return store.ledger().measures(on=on, known=known, into=into, origin=origin or None)


@lru_cache(maxsize=128)
def _events(known: date, into: str, origin: str) -> list[dict[str, Any]]:
    """Events beside the measures, and what changed in those into the place from the origin."""
    ledger = store.ledger()
    first, last = span()
    whole = ledger.timeline(since=first, until=last, known=known)
    ours = ledger.timeline(since=first, until=last, known=known, into=into, origin=origin or None)
    kept = {(e["date"], e["kind"], e["title"], e["measure"]) for e in ours}
    return [
        e for e in whole
        if not e["measure"] or (e["date"], e["kind"], e["title"], e["measure"]) in kept
    ]  # fmt: skip


def ticks(into: str = "US") -> dict[str, list[str]]:
    """Days on which something into a place happened or became known, as known today.

    Returns:
        on: days of law; known: days on which something became known; rated: the places into which
        imports are embedded, so that there is a rate.
    """
    first, last = span()
    told = _events(last, into, "")
    seen = sorted({e["known_from"] for e in told if first.isoformat() <= e["known_from"]})
    changes = [e["date"] for e in told if e["kind"] == "effective"]
    return {"on": sorted(set(changes)), "known": seen, "rated": list(rated())}


def path(
    on: date | None = None, known: date | None = None, into: str = "US", origin: str | None = None
) -> dict[str, Any]:
    """Effective rates from each day on which the law changes, as far as they were rated.

    Asked again, it has gone on; `done` reaches `of` when all days were rated, and `ranged` when
    all have their ranges.

    Args:
        on, known: the day near which to begin, and the day of knowledge.
        into: the importing place.
        origin: a partner to be named whatever its size.

    Returns:
        into, known, since, until, currency, year, source, imports, claims (the year whose USMCA
        shares are used), done, ranged, of; authorities; partners, each with its code, name and
        imports, the last of them all others; turns, each with its day, rate, authorities (part of
        the rate by authority), partners (rate of each) and unknown, or only its day until it was
        rated; range and ranges (of each partner), over the assumed shares of content, all of them
        low and all of them high, none until they were rated.

    Raises:
        UnitError: a day outside the record.
        InputError: no imports into the place are embedded.
    """
    today, seen = check(on, known)
    border = listing.importer(store.ledger().law, into, today)
    if border not in rated():
        raise InputError(
            f"no imports into {places.place(into).name} are embedded, so there is no rate.",
            where="--into", mend="Name US or CA.",
        )  # fmt: skip
    kept = paths(store.ledger().law, border)
    found = kept.ask(today, seen)
    cells, ends = list(found.cells), list(found.ends)
    first, last = span()
    names, groups = _partners(kept, origin)
    authorities = list(dict.fromkeys(a for cell in cells if cell for a in cell.duty))
    return {
        "into": border,
        "known": seen.isoformat(),
        "since": first.isoformat(),
        "until": last.isoformat(),
        "currency": kept.flows.currency,
        "year": kept.flows.year,
        "source": kept.flows.source,
        "imports": float(kept.imports.sum()),
        "claims": BASE_YEAR if border == "US" else None,
        "done": sum(cell is not None for cell in cells),
        "ranged": sum(one is not None for one in ends),
        "of": len(cells),
        "authorities": authorities,
        "partners": names,
        "turns": [
            _turn(turn, cell, span, kept, groups)
            for turn, cell, span in zip(found.turns, cells, ends, strict=True)
        ],
    }  # fmt: skip


def _partners(
    kept: Paths, origin: str | None
) -> tuple[list[dict[str, Any]], list[tuple[str, Array]]]:
    """The largest partners and the one asked for, and the rows of each in the flows."""
    codes = kept.flows.places_.tolist()
    order = np.argsort(-kept.imports, kind="stable")
    chosen = [int(k) for k in order[:PARTNERS]]
    wanted = listing.origin_of(origin) if origin else ""
    if wanted in codes and codes.index(wanted) not in chosen:
        chosen.append(codes.index(wanted))
    groups = [(codes[k], np.array([k])) for k in chosen]
    others = np.setdiff1d(np.arange(len(codes)), chosen)
    if len(others):
        groups.append((REST, others))
    names = [
        {
            "code": code,
            "name": code if code == REST else places.place(code).name,
            "imports": float(kept.imports[rows].sum()),
        }
        for code, rows in groups
    ]
    return names, groups


def _turn(
    turn: date,
    cell: Cell | None,
    ends: tuple[Array, ...] | None,
    kept: Paths,
    groups: list[tuple[str, Array]],
) -> dict[str, Any]:
    """The rates from one day on."""
    blank: dict[str, Any] = {
        "rate": None, "authorities": {}, "partners": {}, "unknown": [], "range": None, "ranges": {},
    }  # fmt: skip
    if cell is None:
        return {"from": turn.isoformat(), **blank}
    admitted = kept.imports - cell.barred
    owed = sum(cell.duty.values(), np.zeros(len(admitted)))
    some = [(code, rows) for code, rows in groups if admitted[rows].sum() > 0]

    def rate(duty: Array, rows: Array | slice = slice(None)) -> float:
        return float(duty[rows].sum() / admitted[rows].sum())

    def span(rows: Array | slice = slice(None)) -> dict[str, float]:
        found = [rate(duty, rows) for duty in (owed, *(ends or ()))]
        return {"low": min(found), "high": max(found)}

    return {
        "from": turn.isoformat(),
        "rate": rate(owed),
        "authorities": {a: rate(d) for a, d in cell.duty.items()},
        "partners": {code: rate(owed, rows) for code, rows in some},
        "unknown": list(cell.unknown),
        "range": span() if ends else None,
        "ranges": {code: span(rows) for code, rows in some} if ends else {},
    }
