"""What the record holds and what it lacks, counted from the record itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any

from surtax.ledger.amend import timeline
from surtax.ledger.load import Ledger
from surtax.ledger.schema import Measure

GRADES = ("H", "M", "L")


def coverage(ledger: Ledger) -> dict[str, Any]:
    """The record in counts, as `surtax ledger coverage` prints it.

    Returns:
        verified_to, complete_from, digest; ``rows``: by importer and authority, measures,
        provisions, duties, first and last day in force by all that is known (last is null while
        one is open), instruments and lists by confidence, rows of lists as promised and as held;
        ``totals``: the same over all; coverage, missing and not_in_answers as the record says.
    """
    manifest = ledger.manifest
    groups: dict[tuple[str, str], list[Measure]] = {}
    for measure in ledger.measures.values():
        groups.setdefault((measure.imposer, measure.authority), []).append(measure)
    rows = [
        {"into": into, "authority": name, "title": manifest.authorities[name],
         **_counted(ledger, mine)}
        for (into, name), mine in sorted(groups.items())
    ]  # fmt: skip
    totals = _counted(ledger, ledger.measures.values())
    totals["instruments"] = _by_grade(one.confidence for one in ledger.instruments.values())
    return {
        "verified_to": manifest.verified_to.isoformat(),
        "complete_from": manifest.complete_from.isoformat(),
        "digest": ledger.digest,
        "rows": rows,
        "totals": {**totals, "events": len(ledger.events), "facts": len(ledger.facts)},
        "coverage": manifest.coverage,
        "missing": manifest.missing,
        "not_in_answers": manifest.not_in_answers,
    }


def _counted(ledger: Ledger, measures: Iterable[Measure]) -> dict[str, Any]:
    """Counts over some measures; each list counts once in every measure that prints it."""
    mine = list(measures)
    provisions = [(m, name) for m in mine for name in m.provisions]
    kinds = Counter(_kind(m, name) for m, name in provisions)
    days = [_days(ledger, m, name) for m, name in provisions]
    starts = [first for first, _ in days if first is not None]
    ends = [last for first, last in days if first is not None]
    cited = {act.instrument for m in mine for act in m.acts}
    lists = [(m, name, annex) for m in mine for name, annex in m.annexes.items()]
    return {
        "measures": len(mine),
        "provisions": len(provisions),
        "duties": kinds["duty"],
        "first": min(starts).isoformat() if starts else None,
        "last": None if None in ends or not ends else max(d for d in ends if d).isoformat(),
        "instruments": _by_grade(ledger.instruments[name].confidence for name in cited),
        "lists": {
            **_by_grade(annex.confidence for _, _, annex in lists),
            "rows_promised": sum(annex.count for _, _, annex in lists),
            "rows_held": sum(len(ledger.annexes[m.measure, name]) for m, name, _ in lists),
        },
    }


def _kind(measure: Measure, name: str) -> str:
    return next((p.kind for one, p in measure.paints() if one == name and p.kind), "")


def _days(ledger: Ledger, measure: Measure, name: str) -> tuple[date | None, date | None]:
    """First day in force and the day after the last, by all that is known; threats apart."""
    told = timeline(name, ledger.acts(measure), date.max)
    active = [s.days for s in told if s.state == "active"]
    if not active:
        return None, None
    ends = [d.end for d in active]
    return active[0].start, None if None in ends else max(e for e in ends if e)


def _by_grade(grades: Iterable[str]) -> dict[str, int]:
    counted = Counter(grades)
    return {grade: counted[grade] for grade in GRADES}
