"""Codes that the tariff does not hold, and codes that a list repeats."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from surtax import goods as hs
from surtax.ledger import schedule
from surtax.ledger.lint.finding import Finding, in_act, in_annex, in_measure
from surtax.ledger.lint.sources import pieces
from surtax.ledger.load import Ledger
from surtax.ledger.schema import Measure

SHOWN = 5
"""Codes that one finding names; the rest is counted."""


def dead_codes(ledger: Ledger) -> Iterator[Finding]:
    """Codes under which the importer's tariff has no line.

    The US schedule is asked; for other importers only the form of a code can be checked, which
    loading the ledger did. A code of ten digits is held if its first eight are.
    """
    for measure in ledger.measures.values():
        for name in measure.annexes:
            if name.startswith("rates"):
                continue
            codes = [hs.hs(row["code"]) for row in ledger.annexes[measure.measure, name]]
            if measure.imposer == "US":
                dead = [(n, code) for n, code in enumerate(codes) if not held(code)]
                if dead:
                    place = in_annex(ledger, measure, name, dead[0][0])
                    yield _dead(measure.measure, place, [c for _, c in dead], len(codes))
            yield from _repeats(ledger, measure, name, codes)
        if measure.imposer != "US":
            continue
        for n, provision, k, piece in pieces(measure):
            items = [*(piece.goods or []), *(piece.goods_except or [])]
            plain = [hs.hs(i) for i in items if i != "all" and not i.startswith("@")]
            gone = [code for code in plain if not held(code)]
            if gone:
                place = in_act(ledger, measure, n, provision, k)
                yield _dead(f"{measure.measure}#{provision}", place, gone, len(plain))


def held(code: str) -> bool:
    """Whether the embedded US schedule has a line under a code, or over a ten-digit one."""
    return code[:8] in _prefixes()


@cache
def _prefixes() -> frozenset[str]:
    """Every line of the schedule, and every shorter code above one."""
    lines = schedule.schedule().hs8.tolist()
    return frozenset(line[:n] for line in lines for n in (2, 4, 6, 8))


def _dead(measure: str, place: str, codes: list[str], of: int) -> Finding:
    shown = ", ".join(hs.dotted(c) for c in codes[:SHOWN]) + (" …" if len(codes) > SHOWN else "")
    return Finding(
        "warning",
        "dead codes",
        measure,
        place,
        f"{len(codes)} of {of} codes stand in no revision of the US schedule that is embedded: "
        f"{shown}.",
        "Check them against the instrument; a code made later needs a later revision.",
    )


def _repeats(ledger: Ledger, measure: Measure, name: str, codes: list[str]) -> Iterator[Finding]:
    listed = set(codes)
    twice = [c for c in codes if any(c[:n] in listed for n in range(2, len(c), 2))]
    if twice:
        shown = ", ".join(hs.dotted(c) for c in twice[:SHOWN])
        yield Finding(
            "note",
            "dead codes",
            measure.measure,
            in_measure(ledger, measure, "annexes", name),
            f"{len(twice)} codes of the list “{name}” lie under another of its codes: {shown}"
            f"{' …' if len(twice) > SHOWN else ''}.",
            "Keep them if the instrument prints both; they change nothing.",
        )
