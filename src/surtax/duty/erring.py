"""Why an amount paid differs from what is owed: another day's rate, another base."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from surtax import places
from surtax.keeping import kept
from surtax.ledger.amend import timeline
from surtax.ledger.load import Ledger
from surtax.ledger.rates import read_rate
from surtax.units import Interval, percent

TOLERANCE = 100
"""Cents by which an amount may differ: duty is reckoned on whole dollars."""
OVER, UNDER = "over-paid", "under-paid"
ERA, BASE = "wrong era", "wrong base"

BASES = {
    "the part": "reckoned on {} alone; the duty falls on another part of the value",
    "what is left of": "reckoned on the value less {}; the duty falls on another part of it",
}

Rates = list[tuple[Interval, float]]


class Erring:
    """Says why amounts differ, by the law as known on a day."""

    def __init__(self, ledger: Ledger, known: date) -> None:
        self.ledger, self.known = ledger, known

    def why(
        self,
        provision: str,
        origin: str,
        on: date,
        value: int,
        owed: int,
        paid: int,
        *,
        shares: Mapping[str, float],
    ) -> tuple[str, str]:
        """The finding on an amount, and the sentence that goes with it; amounts in cents.

        `shares` are the parts of the value that the line declares.
        """
        rates = self.rates(provision, origin)
        now = next((rate for days, rate in rates if on in days), 0.0)
        if now and abs(paid - value * now) <= TOLERANCE:
            return BASE, "reckoned on the whole value; the duty falls on a part of it"
        base = owed / now if now else value
        others = [(days, rate) for days, rate in rates if on not in days]
        for days, rate in sorted(others, key=lambda one: _away(one[0], on)):
            if abs(paid - base * rate) <= TOLERANCE:
                return ERA, f"reckoned at {percent(rate)}, the rate {_span(days)}"
        for name, share in shares.items():
            for part, words in ((share, "the part"), (1 - share, "what is left of")):
                if now and part and abs(paid - value * part * now) <= TOLERANCE:
                    return BASE, BASES[words].format(name)
        finding, words = (OVER, "more") if paid > owed else (UNDER, "less")
        return finding, f"{words} than is owed, and no other base or day explains it"

    @kept
    def rates(self, provision: str, origin: str) -> Rates:
        """The plain rates that a provision ever had for an origin, each with its days."""
        measure, _, name = provision.partition("#")
        if not name:
            return []
        out: Rates = []
        acts = self.ledger.acts(self.ledger.measures[measure])
        for segment in timeline(name, acts, self.known):
            text = segment.fields.get("rate")
            annex = str(segment.fields.get("rates") or "none").removeprefix("@")
            for one in self.ledger.annexes.get((measure, annex), []):
                if origin in places.expand([one["origin"]], segment.days.start or self.known):
                    text = one["rate"]
            if segment.state == "active" and text not in (None, "unknown", "prohibited"):
                rate = read_rate(str(text))
                out += [(segment.days, rate.value)] if rate.plain else []
        return out


def _away(days: Interval, day: date) -> int:
    """Days between a day and an interval."""
    if days.end and days.end <= day:
        return (day - days.end).days
    return ((days.start or day) - day).days


def _span(days: Interval) -> str:
    end = f" to {days.end - timedelta(days=1)}" if days.end else " on"
    return f"from {days.start}{end}"
