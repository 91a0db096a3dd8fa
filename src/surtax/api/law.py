"""The law in Python: the two time axes, a shipment's duty, the record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from surtax.duty import alternatives as _ways
from surtax.duty.entry import make_entry
from surtax.duty.rate import Answer, rate
from surtax.ledger import difference as _difference
from surtax.ledger import facts as _facts
from surtax.ledger import lint as _lint
from surtax.ledger import listing
from surtax.ledger import load as _ledger
from surtax.ledger.coverage import coverage as _coverage
from surtax.ledger.query import View
from surtax.progress import steps
from surtax.trade import difference as _worth
from surtax.trade.effective import FLOWS
from surtax.units import parse_date

Day = date | str


def as_day(value: Day | None) -> date | None:
    """A day given as a date or in ISO form."""
    return parse_date(value) if isinstance(value, str) else value


class Ledger:
    """The law, with two time axes; wraps `surtax.ledger.Ledger`."""

    def __init__(self, law: _ledger.Ledger) -> None:
        self.law = law

    @classmethod
    def load(cls, folder: Path | str | None = None) -> Ledger:
        """The embedded ledger, or one in a folder of the same layout."""
        return cls(_ledger.Ledger.load(folder))

    def at(self, on: Day, known: Day | None = None, *, threatened: bool = False) -> View:
        """What the law says on a day, as known on a day."""
        day = as_day(on)
        assert day is not None
        return self.law.at(day, as_day(known), threatened=threatened)

    def duty(
        self,
        goods: str,
        *,
        origin: str,
        into: str,
        value: float | str,
        on: Day,
        known: Day | None = None,
        claims: Sequence[str] = (),
        facts: Mapping[str, object] | None = None,
        quantity: str | None = None,
        unit: str = "",
        threatened: bool = False,
    ) -> Answer:
        """What a shipment owes, layer by layer; see `surtax.duty.rate.rate`."""
        day = as_day(on)
        assert day is not None
        entry = make_entry(
            self.law, goods, origin=origin, into=into, value=value, claims=list(claims),
            facts=facts, quantity=quantity, unit=unit, on=day,
        )  # fmt: skip
        return rate(self.law, entry, day, as_day(known), threatened=threatened)

    def alternatives(
        self,
        goods: str,
        *,
        origins: Sequence[str],
        into: str,
        value: float | str,
        on: Sequence[Day] = (),
        known: Day | None = None,
        claims: Sequence[Sequence[str]] = ((),),
        facts: Mapping[str, Sequence[str]] | None = None,
        cost: float = 0.0,
        compliance: float | None = None,
        break_even: Sequence[str] = (),
        quantity: str | None = None,
        unit: str = "",
        threatened: bool = False,
    ) -> dict[str, Any]:
        """The same goods in other ways, side by side; see `surtax.duty.alternatives`.

        Args:
            goods, into, value, quantity, unit: as for `duty`.
            origins, on, claims, facts: the choices; on the verified-to date unless given.
            known, threatened: as for `duty`.
            cost: what every alternative but the first costs beside the duties, as a share.
            compliance: what claiming costs, as a share of the value of all entries.
            break_even: shares of content at which alternatives are to cost the same.
        """
        days = [d for d in map(as_day, on) if d] or [self.law.verified_to]
        found = _ways.alternatives(
            self.law, goods, into=into, value=str(value), origins=origins, days=days,
            claims=claims, facts=facts, known=as_day(known), threatened=threatened,
            quantity=quantity, unit=unit, cost=cost,
        )  # fmt: skip
        return {
            **_ways.to_json(found),
            "claiming": [asdict(c) | {"without": c.without and float(c.without)}
                         for c in _ways.claiming(self.law, found, compliance)],
            "break_even": [asdict(b) for fact in break_even
                           for b in _ways.break_even(self.law, found, fact)],
        }  # fmt: skip

    def measures(
        self,
        *,
        on: Day | None = None,
        known: Day | None = None,
        into: str | None = None,
        origin: str | None = None,
        goods: str | None = None,
    ) -> list[dict[str, Any]]:
        """Provisions with their status, as `surtax measures` lists them."""
        return listing.measures(
            self.law, on=as_day(on), known=as_day(known), into=into, origin=origin, goods=goods
        )

    def timeline(
        self,
        *,
        since: Day | None = None,
        until: Day | None = None,
        known: Day | None = None,
        measure: str | None = None,
        kinds: Sequence[str] = (),
        into: str | None = None,
        origin: str | None = None,
    ) -> list[dict[str, Any]]:
        """Dated events and changes, as `surtax timeline` lists them."""
        return listing.timeline(
            self.law, since=as_day(since), until=as_day(until), known=as_day(known),
            measure=measure, kinds=kinds, into=into, origin=origin,
        )  # fmt: skip

    def lint(self, *, today: Day | None = None) -> dict[str, Any]:
        """What to mend, explain or know in the record, as `surtax ledger lint` prints it.

        Args:
            today: the day against which the verified-to date is held; none unless given.
        """
        found = _lint.lint(self.law, today=as_day(today))
        grades: list[str] = [one.severity for one in found]
        return {
            "verified_to": self.law.verified_to.isoformat(),
            "digest": self.law.digest,
            "counts": {grade: grades.count(grade) for grade in _lint.SEVERITIES},
            "findings": [asdict(one) for one in found],
        }

    def facts(self, *, measure: str | None = None, into: str | None = None) -> list[dict[str, Any]]:
        """The facts that rules ask of an entry; see `surtax.ledger.facts.facts`.

        Args:
            measure: a measure, or a folder of measures.
            into: the importing place.
        """
        border = into and listing.importer(self.law, into, self.law.verified_to)
        return _facts.facts(self.law, measure=measure, imposer=border)

    def coverage(self) -> dict[str, Any]:
        """What the record holds and lacks, as `surtax ledger coverage` prints it."""
        return _coverage(self.law)

    def diff(
        self,
        before: str,
        after: str,
        *,
        into: str = "US",
        origin: str | None = None,
        quiet: bool = True,
    ) -> dict[str, Any]:
        """What changed in the law between two points, as `surtax ledger diff` prints it.

        Args:
            before, after: each a day of law and, after “@”, a day of knowledge, the verified-to
                date unless given: "2025-04-09" or "2025-04-09@2025-04-02".
            into: the importing place.
            origin: a place of origin; all unless given.
            quiet: show no progress.

        Raises:
            InputError: a point that is not one, or a place that does not exist or imposes nothing.
        """
        points = [
            _difference.parse_point(text, where=where)
            for text, where in ((before, "BEFORE"), (after, "AFTER"))
        ]
        border = listing.importer(self.law, into, points[1][0])
        source = None if origin is None else listing.origin_of(origin)
        with steps("Comparing", total=4, quiet=quiet) as say:
            say("provisions")
            views = [self.law.at(on, known) for on, known in points]
            found = _difference.difference(views[0], views[1], border, source)
            answer = _difference.to_json(found)
            answer["value"] = None
            rated = border in FLOWS and (border == "US" or source in (None, "US"))
            if rated and _worth.traded(found):
                told = _worth.worth(found, say=say)
                answer["value"] = _worth.to_json(told)
                for row, change in zip(answer["changes"], found.changes, strict=True):
                    row["imports"] = _worth.in_scope(found, change, told.flows)
        return answer
