"""Fields of a provision at two points: which differ, and what each says to a reader."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from surtax.ledger.query import Provision, View
from surtax.ledger.schema import Condition

FIELDS = (
    "rate", "rates", "least", "origins", "origins_except", "goods", "goods_except", "of", "when",
    "less", "share", "floor", "to_measures", "subject", "leaves", "clock", "minimum", "maximum",
    "base", "allowed",
)  # fmt: skip
"""Fields whose change is a change of the law; that of a note is not."""


@dataclass(frozen=True)
class FieldChange:
    """A field before and after, and the paragraph that changed it."""

    field: str
    before: str | None
    after: str | None
    citation: str


def field_changes(
    old: Provision, new: Provision, before: View, after: View, origin: str | None
) -> list[FieldChange]:
    """Fields of the law that differ, lists compared by what they hold."""
    skip = {"origins", "origins_except", "rates"} if origin is not None else set()
    out = []
    for name in FIELDS:
        if name in skip:
            continue
        was, now = (_value(p, name, view, origin) for p, view in ((old, before), (new, after)))
        if was != now:
            shown = [_say(p, name, origin, v) for p, v in ((old, before), (new, after))]
            cited = new.cites.get(name) or new.citation
            if origin is not None and name == "rate":
                cited = new.cites.get("rates") or cited
            out.append(FieldChange(name, shown[0], shown[1], cited))
    return out


def _value(p: Provision, name: str, view: View, origin: str | None) -> Any:
    """A field as it is compared: lists by what they hold, a rate as it is on the origin."""
    value = p.fields.get(name)
    ledger = view.ledger
    if name in ("goods", "goods_except") and value:
        return ledger.codes(p.measure, value)
    if name in ("origins", "origins_except") and value:
        return ledger.origins(ledger.measures[p.measure], value, view.on)
    if name == "rate":
        return _rate(p, view, origin)
    if name == "rates" and value:
        return _rates(p, view)
    return tuple(value) if isinstance(value, list) else value


def _rates(p: Provision, view: View) -> Mapping[str, str]:
    """Rates of single origins, groups resolved."""
    return view.ledger.rates(p.measure, p.fields.get("rates"), view.on)


def _rate(p: Provision, view: View, origin: str | None) -> str | None:
    """The rate as written, or that of one origin."""
    own = _rates(p, view).get(origin) if origin is not None else None
    rate: str | None = own or p.fields.get("rate")
    return rate


def rate_words(p: Provision, view: View, origin: str | None) -> str | None:
    """The rate for a reader; the span of the rates where each origin has its own."""
    rates = _rates(p, view)
    if origin is not None or not rates:
        return _rate(p, view, origin)
    every = {*rates.values(), *([p.rate] if p.rate else [])}
    order = sorted(every, key=lambda text: [float(n) for n in re.findall(r"[\d.]+", text)])
    return order[0] if len(order) == 1 else f"{order[0]} to {order[-1]} by origin"


def _say(p: Provision, name: str, origin: str | None, view: View) -> str | None:
    """A field for a reader, as the law file writes it."""
    value = _rate(p, view, origin) if name == "rate" else p.fields.get(name)
    if isinstance(value, Condition):
        parts = {n: getattr(value, n) for n in value.__struct_fields__}
        return ", ".join(f"{n}: {v}" for n, v in parts.items() if v is not None)
    if isinstance(value, list):
        return ", ".join(str(v) for v in value)
    return None if value is None else str(value)
