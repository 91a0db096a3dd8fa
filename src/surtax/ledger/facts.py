"""The facts that rules ask of an entry, and the measures that ask for each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from surtax.errors import unknown
from surtax.ledger.load import Ledger
from surtax.ledger.rates import read_rate
from surtax.ledger.schema import CLOCKS, Measure, Paint


def spoken(name: str) -> str:
    """The name of a fact as words: us_content is “US content”."""
    for begin, said in (("us_", "US "), ("ca_mx_", "Canadian and Mexican ")):
        if name.startswith(begin):
            return said + spoken(name.removeprefix(begin))
    return name.replace("_", " ")


def facts(
    ledger: Ledger, *, measure: str | None = None, imposer: str | None = None
) -> list[dict[str, Any]]:
    """The closed table of facts, as `surtax ledger facts` lists them.

    Args:
        ledger: the law.
        measure: facts that this measure, or one of this folder, asks for alone.
        imposer: facts that measures of this importer ask for alone.

    Returns:
        By name: fact, type, unit, meaning, attested, until_then, asked (whether an answer names it
        where it matters and is missing), by_entry (whether it is a day that cannot come after that
        of entry), up_to (the value above which no entry has it), citation, measures.

    Raises:
        UnknownNameError: no measure has that name.
    """
    asking: dict[str, list[str]] = {name: [] for name in ledger.facts}
    found = 0
    for one in ledger.measures.values():
        if measure and not f"{one.measure}/".startswith(f"{measure.rstrip('/')}/"):
            continue
        found += 1
        if imposer in (None, one.imposer):
            for name in _named(one):
                asking[name].append(one.measure)
    if not found:
        raise unknown("measure", str(measure), ledger.measures, where="--measure")
    return [
        {
            "fact": name,
            "type": kind.type,
            "unit": kind.unit,
            "meaning": kind.meaning,
            "attested": kind.attested,
            "until_then": kind.unproven,
            "asked": kind.asked,
            "by_entry": kind.by_entry,
            "up_to": kind.up_to or None,
            "citation": kind.cite or None,
            "measures": asking[name],
        }
        for name, kind in sorted(ledger.facts.items())
        if asking[name] or not (measure or imposer)
    ]


def _named(measure: Measure) -> list[str]:
    """The facts that a measure asks for, each once."""
    return list(dict.fromkeys(name for _, paint in measure.paints() for name in facts_of(paint)))


def facts_of(paint: Paint) -> Iterator[str]:
    """The facts that a paint names."""
    declared: list[str] = []
    if paint.rate not in (None, "unknown", "prohibited"):
        declared = [part.fact for part in read_rate(str(paint.rate)).parts]
    when, clock = paint.when, CLOCKS.get(paint.clock or "")
    asked = (when and when.fact, when and when.unless, paint.less, paint.share, *declared, clock)
    return (name for name in asked if name)
