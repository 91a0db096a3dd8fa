"""Lint: what a reader of the record should mend, explain or know, with file and line.

An error breaks a rule of the record, a warning is most likely a slip, a note is worth knowing.
"""

from __future__ import annotations

from datetime import date

from surtax.ledger.headings import FILE as HEADINGS
from surtax.ledger.headings import headings
from surtax.ledger.lint.codes import dead_codes
from surtax.ledger.lint.days import stale, threats
from surtax.ledger.lint.finding import SEVERITIES, Finding
from surtax.ledger.lint.money import currencies
from surtax.ledger.lint.overlap import overlapping
from surtax.ledger.lint.reach import unreachable
from surtax.ledger.lint.sources import counts, unsourced, unused
from surtax.ledger.load import Ledger

__all__ = ["CHECKS", "SEVERITIES", "Finding", "lint"]

CHECKS = {
    "unsourced": unsourced,
    "overlapping": overlapping,
    "unreachable": unreachable,
    "dead codes": dead_codes,
    "threats": threats,
    "unused": unused,
    "counts": counts,
    "currencies": currencies,
}


def lint(ledger: Ledger, *, today: date | None = None) -> list[Finding]:
    """Findings on a ledger that loads, the gravest first, then by place.

    Args:
        ledger: the law.
        today: the reader's day, against which the verified-to date is held; none unless given,
            so that the same ledger has the same findings on any day.

    Raises:
        LedgerError: the table of headings, which nothing reads on load, is not one; with its line.
    """
    if (ledger.root / HEADINGS).exists():
        headings(ledger)
    found = [one for check in CHECKS.values() for one in check(ledger)]
    found += stale(ledger, today)
    return sorted(found, key=lambda f: (SEVERITIES.index(f.severity), f.check, f.place, f.message))
