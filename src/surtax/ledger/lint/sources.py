"""What stands without a source, what nothing uses, and lists whose count is not explained."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass

import msgspec

from surtax.ledger.facts import facts_of
from surtax.ledger.headings import FILE as HEADINGS
from surtax.ledger.lint.finding import Finding, Severity, in_file, in_measure
from surtax.ledger.load import Ledger
from surtax.ledger.refunds import FILE as REFUNDS
from surtax.ledger.refunds import refunds
from surtax.ledger.schema import CLOCKS, Condition, Measure, Paint

COUNTED = re.compile(
    r"\b(all|every|each|whole|none|same|alone|only|own table|no other|count\w*|fewer|further|less"
    r"|more|lacks?|lines?|rows?|headings?|items?|numbers|agrees?|published)\b",
    re.IGNORECASE,
)


def pieces(measure: Measure) -> Iterator[tuple[int, str, int, Paint]]:
    """Each paint of a measure: position of its act, provision, position in its list, paint."""
    for n, act in enumerate(measure.acts):
        for name in act.provisions:
            for k, piece in enumerate(act.paints(name)):
                yield n, name, k, piece


def unsourced(ledger: Ledger) -> Iterator[Finding]:
    """Claims without a citation, instruments without an address; a proposal has none.

    A provision or a list without one is not loaded at all.
    """

    def bare(measure: str, place: str, what: str, mend: str) -> Finding:
        return Finding("error", "unsourced", measure, place, what, mend)

    for name, one in ledger.instruments.items():
        if one.kind != "proposal" and not re.match(r"https?://\S+\.\S+", one.url):
            yield bare(
                "",
                in_file(ledger, "instruments.yaml", name, "url"),
                f"the instrument “{name}” says no address where its text stands.",
                "Give the url of the official text.",
            )
    for name, claim in ledger.claims.items():
        if not claim.cite.strip():
            yield bare(
                "",
                in_file(ledger, "claims.yaml", name, "cite"),
                f"the claim “{name}” cites no law.",
                "Name the paragraph that gives it effect.",
            )


def counts(ledger: Ledger) -> Iterator[Finding]:
    """Lists whose source does not say how their count compares with the instrument's.

    Rates of single countries are left out, and lists that another measure accounts for.
    """
    told = {
        (ledger.places_of[measure.measure].parent, annex.file)
        for measure in ledger.measures.values()
        for annex in measure.annexes.values()
        if COUNTED.search(annex.source)
    }
    for measure in ledger.measures.values():
        folder = ledger.places_of[measure.measure].parent
        for name, annex in measure.annexes.items():
            quiet = name.startswith("rates") or (folder, annex.file) in told
            if annex.source.strip() and not quiet:
                yield Finding(
                    "note",
                    "counts",
                    measure.measure,
                    in_measure(ledger, measure, "annexes", name, "source"),
                    f"the list “{name}” does not say how its {annex.count} rows compare.",
                    "Say in source what the instrument or another transcription counts.",
                )


def unused(ledger: Ledger) -> Iterator[Finding]:
    """Instruments, facts, claims, authorities and lists that nothing uses."""
    cited, asked, claimed = set(), set(CLOCKS.values()), set()
    for measure in ledger.measures.values():
        cited |= {a.instrument for a in measure.acts}
        cited |= {a.resolved.instrument for a in measure.acts if a.resolved}
        for _, _, _, piece in pieces(measure):
            asked |= set(facts_of(piece))
            claimed |= {c.claim for c in _conditions(piece) if c.claim}
    claimed |= {name for name, one in ledger.claims.items() if one.symbols}  # the schedule's
    if (ledger.root / REFUNDS).exists():
        cited |= refunds(ledger).cited()
    cited |= {e.instrument for e in ledger.events} | {c.instrument for c in ledger.claims.values()}
    for kind, file, have, used in (
        ("instrument", "instruments.yaml", ledger.instruments, cited),
        ("fact", "facts.yaml", ledger.facts, asked),
        ("claim", "claims.yaml", ledger.claims, claimed),
    ):
        for name in have:
            if name not in used:
                place = in_file(ledger, file, name)
                yield _unused("warning", "", place, f"the {kind} “{name}”")
    authorities = {m.authority for m in ledger.measures.values()}
    for name in ledger.manifest.authorities:
        if name not in authorities:
            place = in_file(ledger, "ledger.yaml", "authorities", name)
            yield _unused("note", "", place, f"the authority “{name}”")
    named = {ledger.root / HEADINGS}
    for measure in ledger.measures.values():
        lists = {item for _, _, _, piece in pieces(measure) for item in _lists(piece)}
        for name, annex in measure.annexes.items():
            named.add(ledger.places_of[measure.measure].parent / annex.file)
            if name not in lists:
                place = in_measure(ledger, measure, "annexes", name)
                yield _unused("warning", measure.measure, place, f"the list “{name}”")
    for path in sorted(ledger.root.rglob("*.csv")):
        if path not in named:
            place = f"{path.relative_to(ledger.root).as_posix()}:1"
            yield _unused("warning", "", place, "the file")


def _unused(severity: Severity, measure: str, place: str, what: str) -> Finding:
    return Finding(
        severity,
        "unused",
        measure,
        place,
        f"nothing uses {what}.",
        "Use it or take it out.",
    )


def _lists(piece: Paint) -> set[str]:
    """Names of the lists that a paint uses."""
    items = [*(piece.goods or []), *(piece.goods_except or []), piece.rates or ""]
    return {item[1:] for item in items if item.startswith("@")} | {piece.rates or ""}


def _conditions(value: object) -> Iterator[Condition]:
    """Every condition inside a value, however deep."""
    if isinstance(value, Condition):
        yield value
    if isinstance(value, list | tuple):
        for one in value:
            yield from _conditions(one)
    elif isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            yield from _conditions(getattr(value, name))
    elif is_dataclass(value):
        for one in fields(value):
            yield from _conditions(getattr(value, one.name))
