"""Days: what lies past the checked record, threats that were left open, and impossible orders."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from surtax.ledger.lint.finding import Finding, Severity, in_file, in_measure
from surtax.ledger.load import Ledger
from surtax.ledger.schema import Act, Measure


def stale(ledger: Ledger, today: date | None = None) -> Iterator[Finding]:
    """What became known after the day to which the record was checked."""
    end = ledger.verified_to
    place = in_file(ledger, "ledger.yaml", "verified_to")
    late = [name for name, one in ledger.instruments.items() if one.public > end]
    if late:
        shown = ", ".join(late[:5]) + (" …" if len(late) > 5 else "")
        yield Finding(
            "note",
            "stale",
            "",
            place,
            f"{len(late)} instruments became known after {end}, to which the record was checked: "
            f"{shown}.",
            "Check the record as a whole to a later day, then move verified_to.",
        )
    if today is not None and today > end:
        yield Finding(
            "warning",
            "stale",
            "",
            place,
            f"the record was checked to {end}, {(today - end).days} days before {today}.",
            "Add what has changed since, then move verified_to.",
        )
    for name, one in ledger.instruments.items():
        wrong = [
            word
            for word, day in (("known", one.known), ("gazetted", one.gazetted))
            if day is not None and day < one.signed
        ]
        if wrong:
            yield Finding(
                "error",
                "stale",
                "",
                in_file(ledger, "instruments.yaml", name, wrong[0]),
                f"“{name}” is {wrong[0]} before it was signed on {one.signed}.",
                "Check the two days against the instrument.",
            )


def threats(ledger: Ledger) -> Iterator[Finding]:
    """Threats whose day has passed and that were neither carried out nor dropped."""
    latest = max(
        [ledger.verified_to, *(one.public for one in ledger.instruments.values())],
        default=ledger.verified_to,
    )
    for measure in ledger.measures.values():
        for act, day in ledger.acts(measure):
            if act.status == "signed":
                continue
            place = in_measure(ledger, measure, "acts", measure.acts.index(act))
            yield from _threat(ledger, measure, act, day, latest, place)


def _threat(
    ledger: Ledger, measure: Measure, act: Act, day: date, latest: date, place: str
) -> Iterator[Finding]:
    """What is wrong with one threat."""

    def found(severity: Severity, message: str, mend: str) -> Finding:
        return Finding(severity, "threats", measure.measure, place, message, mend)

    starts = [piece.start for name in act.provisions for piece in act.paints(name)]
    if not act.says and act.status == "threatened":
        yield found(
            "warning",
            f"the threat of {act.instrument} does not say who said what.",
            "Tell it in says, in your own words.",
        )
    if act.resolved is None:
        if starts and min(starts) <= latest:
            yield found(
                "warning",
                f"the threat of {act.instrument} was for {min(starts)}, which has passed, and "
                "nothing says how it ended.",
                "Add resolved: known, instrument, how.",
            )
        return
    if act.resolved.known < day:
        yield found(
            "error",
            f"the threat of {act.instrument} is resolved on {act.resolved.known}, before it was "
            f"made on {day}.",
            "Check the two days.",
        )
        return
    told = ledger.instruments[act.resolved.instrument].public
    if told > act.resolved.known:
        yield found(
            "error",
            f"the threat of {act.instrument} is resolved on {act.resolved.known} by "
            f"{act.resolved.instrument}, which was not public before {told}.",
            "Let it end on the day on which that became known.",
        )
