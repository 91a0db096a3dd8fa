"""Goods from a foreign trade zone: which day's law rates them.

Goods in privileged foreign status owe the rates of the day on which that status was applied for
(19 CFR 146.65(a)(1)), unless a measure says that they owe those of the day of entry.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from surtax.duty.clause import Clause
from surtax.duty.entry import Entry
from surtax.duty.layers import lines_of
from surtax.duty.lines import Lines, Mask
from surtax.duty.program import zone_clauses
from surtax.ledger.load import Ledger
from surtax.ledger.query import Provision, View

FACT = "privileged"
"""The fact that declares the day of privileged foreign status."""


@dataclass(frozen=True)
class Law:
    """The law that rates an entry.

    Attributes:
        entry: the law of the day of entry.
        duty: the law by which its duties are reckoned.
        said: for goods of a zone, the sentences that say which day's law that is.
    """

    entry: View
    duty: View
    said: tuple[str, ...] = ()

    @property
    def stale(self) -> bool:
        """Whether a day that counts lies outside the record's checked days."""
        return self.entry.stale or self.duty.stale


def law_of(
    ledger: Ledger, entry: Entry, on: date, known: date | None = None, *, threatened: bool = False
) -> Law:
    """The law of an entry on a day, as known on a day; zone status is no later than entry."""
    view = ledger.at(on, known, threatened=threatened)
    if FACT not in entry.facts or entry.into != "US":
        return Law(view, view)
    status = date.fromordinal(int(entry.facts[FACT]))
    found = of_entry(view, lines_of([entry.facts], entry))
    held = [clause for clause, mask in found if mask[0]]
    then = ledger.at(status, known, threatened=threatened)
    duty = mixed(then, view, frozenset(c.provision.measure for c in held))
    cite = ledger.facts[FACT].cite
    said = [f"rates of {status}, the day of privileged foreign status ({cite})"]
    said += [
        f"{c.provision.title}: rates of the day of entry; {c.provision.fields['note']} "
        f"({c.provision.citation})"
        for c in held
    ]
    return Law(view, duty, tuple(dict.fromkeys(said)))


def of_entry(view: View, lines: Lines) -> list[tuple[Clause, Mask]]:
    """Clauses by which goods owe a measure's rates of the day of entry, and (n,) where each holds.

    Args:
        view: the law of the day of entry into the United States.
        lines: goods of privileged foreign status.
    """
    return [(one, one.holds(lines)) for one in zone_clauses(view, "US") if one.when]


@lru_cache(maxsize=4096)
def mixed(then: View, entry: View, measures: frozenset[str]) -> View:
    """The law of the day of zone status, with some measures as they stand on the day of entry."""
    if not measures:
        return then

    def parts(early: tuple[Provision, ...], late: tuple[Provision, ...]) -> tuple[Provision, ...]:
        kept = [p for p in early if p.measure not in measures]
        return (*kept, *(p for p in late if p.measure in measures))

    return replace(
        then,
        active=parts(then.active, entry.active),
        unknown=parts(then.unknown, entry.unknown),
        late=measures,
        entered=entry.on,
    )
