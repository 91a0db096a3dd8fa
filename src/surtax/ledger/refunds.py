"""What comes back, as data: grounds, ways to claim, what bars an entry, and deadlines.

``refunds.yaml`` beside the measures says why duties come back (*grounds*: a ruling, a remission
order, an error), how they are claimed (*routes*), and which entries a route does not take
(*bars*). Every one of these has its instrument, paragraph and confidence, and its own days: a
route that opens in April takes nothing in March.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any, Literal

import msgspec

from surtax.errors import LedgerError, UnknownNameError, unknown
from surtax.keeping import kept
from surtax.ledger.load import Ledger
from surtax.ledger.schema import Confidence
from surtax.ledger.text import line_holding, read_yaml

FILE = "refunds.yaml"
DAYS = ("liquidated", "scheduled", "decided")
"""Columns of the entry table that say on which day something befell an entry."""
STATUS = (
    *DAYS, "liquidation", "protest", "reconciliation", "drawback", "dumping", "entry_type",
    "claimed", "originating",
)  # fmt: skip
"""Columns of the entry table that say where an entry stands."""

TakenState = Literal["unliquidated", "liquidated", "any"]


class Window(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The days within which a claim is made.

    Attributes:
        after: the column with the day it runs from; an entry without that day has no deadline.
        needed: whether an entry without that day is not taken at all.
        days, years: how long; the last day counts.
        before: a column with a day that the claim must come `margin` days before, if earlier.
        margin: those days.
        lifted_by: words of the column ``liquidation`` for which `before` alone holds.
    """

    after: str
    needed: bool = False
    days: int = 0
    years: int = 0
    before: str | None = None
    margin: int = 0
    lifted_by: list[str] = []


class Bar(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"start": "from"}):
    """Entries that a route does not take, on days from `start` up to but not including `to`.

    Attributes:
        column: what is looked at.
        values: the words that bar; in a column of days, any day does.
    """

    column: str
    reason: str
    instrument: str
    cite: str
    confidence: Confidence
    values: list[str] = msgspec.field(name="is", default_factory=list)
    note: str = ""
    start: date | None = None
    to: date | None = None

    def __post_init__(self) -> None:
        if bool(self.values) == (self.column in DAYS):
            raise ValueError("give words in “is”, or a column of days alone")

    def holds(self, day: date) -> bool:
        """Whether the bar stands on a day."""
        return (self.start is None or day >= self.start) and (self.to is None or day < self.to)


class ClaimFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file that a portal takes: its header, its most rows, and a name for it."""

    header: list[str]
    rows: int
    name: str


class Route(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"start": "from"}):
    """A way to claim.

    Attributes:
        title: what it is.
        into: whose customs takes it.
        start, to: the days on which it is open.
        takes: states of an entry that it takes.
        window: within which days.
        bars: entries that it does not take, tried in order.
        file: the layout of its file, where one is sourced.
    """

    title: str
    into: str
    start: date
    instrument: str
    cite: str
    confidence: Confidence
    takes: list[TakenState]
    window: Window
    bars: list[Bar] = []
    to: date | None = None
    note: str = ""
    file: ClaimFile | None = None


class Stay(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"start": "from"}):
    """A ruling that does not bite for the time being."""

    start: date
    instrument: str
    cite: str
    confidence: Confidence
    to: date | None = None

    def holds(self, day: date) -> bool:
        """Whether the ruling is stayed on a day."""
        return day >= self.start and (self.to is None or day < self.to)


class Ground(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why duties come back.

    Attributes:
        kind: void takes the measures away; remission grants the reliefs named in `measures`
            afterwards; a correction is what was paid beyond what the law charged; amended is
            what a later text, reaching back, no longer charges; a preference is claimed after
            importation for goods that qualified.
        measures: measures, provisions, or folders of measures.
        claims: preferences that can be claimed so.
        first: grounds whose duties, once they are known, come back by them and not by this one.
        party: a yes-or-no fact that the importer is a party; all importers if none.
        as_charged: reliefs of the record that were not granted when the duty was paid.
        stayed: since when the ruling does not bite.
        routes: ways to claim, the first that takes an entry being used.
    """

    title: str
    kind: Literal["void", "remission", "correction", "amended", "preference"]
    into: str
    instrument: str
    cite: str
    confidence: Confidence
    routes: list[str]
    measures: list[str] = []
    claims: list[str] = []
    first: list[str] = []
    party: str | None = None
    as_charged: list[str] = []
    stayed: Stay | None = None


class Final(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When an entry is final: so many days after liquidation without a protest."""

    days: int
    instrument: str
    cite: str
    confidence: Confidence
    reason: str
    note: str


class Deemed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An entry liquidates by law so many years after entry, unless it is held open."""

    years: int
    unless: list[str]
    instrument: str
    cite: str
    confidence: Confidence


class NotBack(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"start": "from"}):
    """A repeal that leaves what was owed before it."""

    measures: list[str]
    into: str
    start: date
    reason: str
    instrument: str
    cite: str
    confidence: Confidence
    note: str = ""


class Refunds(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file as a whole: by importer, by name of ground, by name of route."""

    finality: dict[str, Final]
    deemed: dict[str, Deemed]
    grounds: dict[str, Ground]
    routes: dict[str, Route]
    not_back: list[NotBack] = []

    def cited(self) -> set[str]:
        """Every instrument that the file cites."""
        stays = [g.stayed for g in self.grounds.values() if g.stayed]
        bars = [b for r in self.routes.values() for b in r.bars]
        kept = [*self.finality.values(), *self.deemed.values(), *self.not_back]
        all_of: list[Any] = [*self.grounds.values(), *self.routes.values(), *stays, *bars, *kept]
        return {one.instrument for one in all_of}


@kept
def refunds(ledger: Ledger) -> Refunds:
    """The refund rules of a ledger, checked against it.

    Raises:
        LedgerError: the file does not follow the schema, or names an instrument, measure, fact,
            claim, ground, route or column that does not exist; with file and line.
    """
    path = Path(ledger.root) / FILE
    law = read_yaml(path, Refunds)
    try:
        for name in law.cited():
            _exists("instrument", name, ledger.instruments)
        for ground in law.grounds.values():
            for route in ground.routes:
                _exists("route", route, law.routes)
            for name in ground.claims:
                _exists("claim", name, ledger.claims)
            for name in ground.first:
                _exists("ground", name, law.grounds)
            expand(ledger, [*ground.measures, *ground.as_charged])
            if ground.party:
                _exists("fact", ground.party, ledger.facts)
        for rule in law.not_back:
            expand(ledger, rule.measures)
        for route_ in law.routes.values():
            for bar in route_.bars:
                _exists("column", bar.column, STATUS)
            for column in filter(None, (route_.window.after, route_.window.before)):
                _exists("column", column, (*DAYS, "on"))
    except UnknownNameError as error:
        where = line_holding(path, error.what)
        raise LedgerError(error.what, where=where, mend=error.mend) from None
    return law


def _exists(kind: str, name: str, valid: Iterable[str]) -> None:
    if name not in valid:
        raise unknown(kind, name, valid)


def expand(ledger: Ledger, names: list[str]) -> list[str]:
    """Measures and provisions that names stand for; a folder stands for all below it.

    Raises:
        UnknownNameError: a name that nothing carries.
    """
    out: list[str] = []
    for name in names:
        base, _, part = name.partition("#")
        below = [m for m in ledger.measures if m.startswith(f"{base.rstrip('/')}/")]
        if base in ledger.measures:
            parts = ledger.measures[base].provisions
            if part and part not in parts:
                raise unknown("provision", part, parts)
            out.append(name)
        elif below and not part:
            out.extend(below)
        else:
            raise unknown("measure", base, ledger.measures)
    return list(dict.fromkeys(out))
