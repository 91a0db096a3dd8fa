"""What a provision covers over some days, and what two of them have in common."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from surtax.ledger.amend import Segment, timeline
from surtax.ledger.load import Ledger
from surtax.ledger.schema import Measure, speaks_of
from surtax.units import Interval

Codes = frozenset[str]
END = date.max


@dataclass(frozen=True, eq=False)
class Standing:
    """A provision over days on which it is active.

    Attributes:
        measure, name: whose it is.
        kind: duty, relief, basis, precedence, fee, drawback or zone.
        segment: its days and fields.
        origins: places in scope; None for all.
        goods: HS prefixes in scope; None for all.
        barred: HS prefixes out of scope.
    """

    measure: Measure
    name: str
    kind: str
    segment: Segment
    origins: frozenset[str] | None
    goods: Codes | None
    barred: Codes

    @property
    def id(self) -> str:
        """Measure, “#”, provision."""
        return f"{self.measure.measure}#{self.name}"

    def speaks_of(self, duty: Standing) -> bool:
        """Whether it is about a duty, of the same measure or of one that it names."""
        of = self.segment.fields.get("of")
        return speaks_of(of, self.measure.measure, duty.measure.measure, duty.name)


def standing(ledger: Ledger, measure: Measure, *, told: bool = False) -> list[Standing]:
    """A measure's provisions over their active days, by all that is known.

    Args:
        ledger: the law.
        measure: the measure.
        told: also as each threat would have had it, on the day on which it was made.
    """
    acts = ledger.acts(measure)
    threats = [day for act, day in acts if told and act.status != "signed"]
    out = []
    for name in dict.fromkeys(p for act, _ in acts for p in act.provisions):
        segments = timeline(name, acts, END)
        for day in threats:
            segments = segments + timeline(name, acts, day, threats=True)
        out += [_standing(ledger, measure, name, s) for s in segments if s.state == "active"]
    return out


def _standing(ledger: Ledger, measure: Measure, name: str, segment: Segment) -> Standing:
    fields = segment.fields
    start = segment.days.start or date.min
    origins = None
    if fields.get("origins"):
        origins = ledger.origins(measure, fields["origins"], start)
        origins -= ledger.origins(measure, fields.get("origins_except") or [], start)
    return Standing(
        measure,
        name,
        fields["kind"],
        segment,
        origins,
        ledger.codes(measure.measure, fields["goods"]) if fields.get("goods") else None,
        ledger.codes(measure.measure, fields.get("goods_except") or []),
    )


def common_days(*all_of: Interval) -> Interval | None:
    """The days that all intervals share, if any."""
    start = max(i.start or date.min for i in all_of)
    end = min(i.end or END for i in all_of)
    return Interval(start, None if end == END else end) if start < end else None


def common_origins(*all_of: Standing) -> frozenset[str] | None:
    """The places that all scopes share; None for all."""
    limited = [s.origins for s in all_of if s.origins is not None]
    return frozenset.intersection(*limited) if limited else None


def common_goods(*all_of: Standing) -> Codes:
    """HS prefixes that all scopes share, exceptions taken out; the empty prefix stands for all."""
    shared: Codes = frozenset({""})
    for one in all_of:
        if one.goods is not None:
            shared = _shared(shared, one.goods)
    for one in all_of:
        if one.barred:
            shared = _without(shared, one.barred)
    return shared


@lru_cache(maxsize=512)
def _shared(a: Codes, b: Codes) -> Codes:
    if "" in a:
        return b
    return frozenset([c for c in a if under(c, b)] + [c for c in b if under(c, a)])


@lru_cache(maxsize=512)
def _without(codes: Codes, barred: Codes) -> Codes:
    return frozenset(c for c in codes if not under(c, barred))


def under(code: str, prefixes: Codes) -> bool:
    """Whether a code begins with one of the prefixes."""
    return not prefixes.isdisjoint((code, code[:8], code[:6], code[:4], code[:2], ""))


def meet(*all_of: Standing) -> bool:
    """Whether the scopes share a day, a place and goods."""
    return (
        common_days(*(s.segment.days for s in all_of)) is not None
        and common_origins(*all_of) != frozenset()
        and bool(common_goods(*all_of))
    )
