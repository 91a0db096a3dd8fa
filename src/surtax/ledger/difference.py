"""What changed in the law between two points, each a day of law and a day of knowledge."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal

import numpy as np

from surtax import places
from surtax.errors import UnitError
from surtax.ledger.fields import FieldChange, field_changes, rate_words
from surtax.ledger.items import Items, Mask, items_of
from surtax.ledger.listing import reaches, row
from surtax.ledger.query import Provision, View
from surtax.ledger.schema import CHARGES, speaks_of
from surtax.units import parse_date

AHEAD = ("signed", "threatened", "proposed")
OVER = ("suspended", "ended", "void", "conditional")

What = Literal["began", "ended", "changed"]


def parse_point(text: str, *, where: str = "") -> tuple[date, date | None]:
    """A day of law and a day of knowledge, written ON or ON@KNOWN; without @, the second is None.

    Raises:
        UnitError: a part is not a day.
    """
    on, at, known = text.partition("@")
    if at and not known:
        raise UnitError(f"“{text}” names no day of knowledge.", where=where, mend="Write ON@KNOWN.")
    return parse_date(on, where=where), parse_date(known, where=where) if at else None


@dataclass(frozen=True, eq=False)
class Change:
    """A provision that began, ended or changed between the two points.

    Attributes:
        what: began, ended or changed.
        before, after: as in force at each point; None where it was not.
        citation: the paragraph that made the change.
        fields: what changed in it, field by field.
        status: in_force, or how it is no longer.
    """

    what: What
    before: Provision | None
    after: Provision | None
    citation: str
    fields: tuple[FieldChange, ...]
    status: str = "in_force"

    @property
    def provision(self) -> Provision:
        """The provision as it is, or as it was."""
        found = self.after or self.before
        assert found is not None
        return found


@dataclass(frozen=True, eq=False)
class Difference:
    """The law at two points and what changed between them.

    Attributes:
        before, after: the law at each point.
        into: the importing place.
        origin: the place of origin asked for, if one was.
        changes: provisions that began, ended or changed, in order of id.
        items: the lines that scopes are counted in.
        stock: for each point, measures, provisions, duties and lines in force.
        flow: of measures, provisions and lines, how many began, ended and changed.
    """

    before: View
    after: View
    into: str
    origin: str | None
    changes: tuple[Change, ...]
    items: Items
    stock: dict[str, dict[str, int]]
    flow: dict[str, dict[str, int]] = field(default_factory=dict)

    @property
    def stale(self) -> bool:
        """Whether a day asked for lies outside the record's checked days."""
        return self.before.stale or self.after.stale


def difference(before: View, after: View, into: str, origin: str | None = None) -> Difference:
    """What changed for imports of one place between two points.

    Args:
        before, after: the law at the two points, of the same ledger.
        into: code of the importing place.
        origin: code of a place of origin; provisions that its goods cannot meet are left out.
    """
    items = items_of(after.ledger, into)
    olds, news = (_in_force(view, into, origin) for view in (before, after))
    changes = []
    for name in sorted({*olds, *news}):
        one = _change(name, olds.get(name), news.get(name), before, after, origin)
        if one is not None:
            changes.append(one)
    stock = {
        "before": _stock(before, olds.values(), items),
        "after": _stock(after, news.values(), items),
    }
    found = Difference(before, after, into, origin, tuple(changes), items, stock)
    return replace(found, flow=_flow(found, olds, news))


def _in_force(view: View, into: str, origin: str | None) -> dict[str, Provision]:
    """Provisions in force by id, unknown rates among them; of one origin if asked."""
    found = [p for p in (*view.active, *view.unknown) if p.imposer == into]
    found = [p for p in found if p.status == "in_force" and view.on in p.days]
    if origin is not None:
        met = [p for p in found if reaches(view.ledger, p, origin, view.on)]
        duties = {p.id for p in met if p.kind in CHARGES}
        found = [p for p in met if not duties.isdisjoint(d.id for d in _duties(view, p))]
    return {p.id: p for p in found}


def _change(
    name: str,
    old: Provision | None,
    new: Provision | None,
    before: View,
    after: View,
    origin: str | None,
) -> Change | None:
    if old is None and new is not None:
        return Change("began", None, new, new.citation, ())
    if new is None and old is not None:
        ends = [p for p in after.listed if p.id == name and p.status in OVER]
        cite = ends[0].citation if ends else old.citation
        return Change("ended", old, None, cite, (), ends[0].status if ends else "ended")
    assert old is not None
    assert new is not None
    fields = field_changes(old, new, before, after, origin)
    if not fields:
        return None
    return Change("changed", old, new, fields[0].citation, tuple(fields))


def lines_of(found: Difference, change: Change, items: Items) -> Mask:
    """(n,) lines whose treatment by a provision may differ: those gained or lost where its goods
    alone changed, else all that it covers at either point.
    """
    was, now = (
        np.zeros(len(items.codes), dtype=bool) if p is None else _lines(view, p, items)
        for view, p in ((found.before, change.before), (found.after, change.after))
    )
    goods_alone = change.fields and all(f.field.startswith("goods") for f in change.fields)
    return was ^ now if goods_alone else was | now


def origins_of(found: Difference, change: Change) -> frozenset[str] | None:
    """Places of origin whose goods a change may meet, likewise; None for all."""
    sides = [
        _origins(view, p)
        for view, p in ((found.before, change.before), (found.after, change.after))
        if p is not None
    ]
    limited = [o for o in sides if o is not None]
    if len(limited) < len(sides):
        return None
    alone = change.fields and all(f.field.startswith("origins") for f in change.fields)
    return limited[0] ^ limited[-1] if alone else frozenset().union(*limited)


def _duties(view: View, clause: Provision) -> list[Provision]:
    """The duties that a relief, basis or precedence speaks of; a duty speaks of itself."""
    if clause.kind in CHARGES:
        return [clause]
    of = clause.fields.get("of")
    return [
        p
        for p in (*view.active, *view.unknown)
        if p.kind in CHARGES and speaks_of(of, clause.measure, p.measure, p.name)
    ]


def _lines(view: View, p: Provision, items: Items) -> Mask:
    """(n,) lines that a provision covers; a clause covers none that its duties do not."""
    inside = np.zeros(len(items.codes), dtype=bool)
    for duty in _duties(view, p):
        inside |= items.of(view.ledger, duty)
    return inside & items.of(view.ledger, p)


def _origins(view: View, p: Provision) -> frozenset[str] | None:
    """Places that a provision reaches, likewise; None for all."""
    found: set[str] = set()
    own = _own_origins(view, p)
    for duty in _duties(view, p):
        theirs = _own_origins(view, duty)
        if theirs is None and own is None:
            return None
        found |= (theirs or own or frozenset()) & (own or theirs or frozenset())
    return frozenset(found)


def _own_origins(view: View, p: Provision) -> frozenset[str] | None:
    if not p.fields.get("origins"):
        return None
    measure = view.ledger.measures[p.measure]
    inside = view.ledger.origins(measure, p.fields["origins"], view.on)
    inside -= view.ledger.origins(measure, p.fields.get("origins_except") or [], view.on)
    return inside | {g for g in places.groups() if places.members(g, view.on) <= inside}


def _duty_lines(view: View, provisions: Iterable[Provision], items: Items) -> Mask:
    """(n,) lines on which some duty in force may fall."""
    inside = np.zeros(len(items.codes), dtype=bool)
    for p in provisions:
        if p.kind in CHARGES:
            inside |= items.of(view.ledger, p)
    return inside


def _stock(view: View, provisions: Iterable[Provision], items: Items) -> dict[str, int]:
    mine = list(provisions)
    return {
        "measures": len({p.measure for p in mine if p.kind in CHARGES}),
        "provisions": len(mine),
        "duties": sum(p.kind == "duty" for p in mine),
        "lines": int(_duty_lines(view, mine, items).sum()),
    }


def _flow(
    found: Difference, olds: dict[str, Provision], news: dict[str, Provision]
) -> dict[str, dict[str, int]]:
    """How many measures, provisions and lines began, ended and changed."""
    items = found.items
    had, has = ({p.measure for p in side.values() if p.kind in CHARGES} for side in (olds, news))
    moved = {c.provision.measure for c in found.changes}
    was = _duty_lines(found.before, olds.values(), items)
    now = _duty_lines(found.after, news.values(), items)
    touched = np.zeros(len(items.codes), dtype=bool)
    for one in found.changes:
        touched |= lines_of(found, one, items)

    def count(began: int, ended: int, changed: int) -> dict[str, int]:
        return {"began": int(began), "ended": int(ended), "changed": int(changed)}

    whats = [c.what for c in found.changes]
    return {
        "measures": count(len(has - had), len(had - has), len(moved & had & has)),
        "provisions": count(*(whats.count(w) for w in ("began", "ended", "changed"))),
        "lines": count((now & ~was).sum(), (was & ~now).sum(), (was & now & touched).sum()),
    }


def announced(found: Difference) -> dict[str, list[dict[str, Any]]]:
    """What lay ahead, signed or threatened, at one point and not at the other.

    What came into force by the second point is among the changes, and not in “gone”.
    """
    sides = []
    for view in (found.before, found.after):
        listed = [p for p in view.listed if p.imposer == found.into and p.status in AHEAD]
        if found.origin is not None:
            met = [p for p in listed if reaches(view.ledger, p, found.origin, view.on)]
            duties = {p.measure for p in met if p.kind in CHARGES}
            listed = [p for p in met if p.measure in duties]
        sides.append({(p.id, p.status, p.days.start, p.instrument): p for p in listed})
    first, second = sides
    ledger = found.after.ledger
    begun = {c.provision.id for c in found.changes if c.what == "began"}
    return {
        "gone": [
            row(ledger, p) for key, p in first.items() if key not in second and p.id not in begun
        ],
        "new": [row(ledger, p) for key, p in second.items() if key not in first],
    }


def to_json(found: Difference) -> dict[str, Any]:
    """Stock, flow, changes with their fields and citations, and what was announced."""
    return {
        "into": found.into,
        "from": found.origin,
        "before": {"on": found.before.on.isoformat(), "known": found.before.known.isoformat()},
        "after": {"on": found.after.on.isoformat(), "known": found.after.known.isoformat()},
        "verified_to": found.after.ledger.verified_to.isoformat(),
        "complete_from": found.after.ledger.manifest.complete_from.isoformat(),
        "stale": found.stale,
        "stock": found.stock,
        "flow": found.flow,
        "lines_are": found.items.what,
        "changes": [_row(found, one) for one in found.changes],
        "announced": announced(found),
    }


def _row(found: Difference, one: Change) -> dict[str, Any]:
    p = one.provision
    was, now = (
        None if q is None or q.kind not in CHARGES else rate_words(q, view, found.origin)
        for view, q in ((found.before, one.before), (found.after, one.after))
    )
    return {
        "id": p.id,
        "title": p.title,
        "authority": p.authority,
        "kind": p.kind,
        "change": one.what,
        "status": one.status,
        "rate_before": was,
        "rate_after": now,
        "from": p.days.start.isoformat() if p.days.start else None,
        "to": p.days.end.isoformat() if p.days.end else None,
        "known_from": p.known.isoformat(),
        "citation": one.citation,
        "note": p.fields.get("note"),
        "fields": [
            {"field": f.field, "before": f.before, "after": f.after, "citation": f.citation}
            for f in one.fields
        ],
        "lines": int(lines_of(found, one, found.items).sum()),
    }
