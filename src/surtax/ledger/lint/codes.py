"""Codes that the tariff does not hold, and codes that a list repeats."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from surtax import goods as hs
from surtax.ledger import schedule
from surtax.ledger.lineage import numbers
from surtax.ledger.lint.finding import Finding, in_act, in_annex, in_measure
from surtax.ledger.lint.sources import pieces
from surtax.ledger.load import Ledger
from surtax.ledger.schema import Measure
from surtax.units import Interval

SHOWN = 5
"""Codes that one finding names; the rest is counted."""


def dead_codes(ledger: Ledger) -> Iterator[Finding]:
    """Codes that the importer's tariff does not have on any day on which they are used.

    The editions of the US schedule that are embedded are asked; for other importers only the form
    of a code can be checked, which loading the ledger did.
    """
    for measure in ledger.measures.values():
        uses: dict[str, list[Interval]] = {}
        for n, provision, k, piece in pieces(measure):
            days = Interval(piece.start, piece.to)
            items = [*(piece.goods or []), *(piece.goods_except or [])]
            for item in items:
                if item.startswith("@"):
                    uses.setdefault(item[1:], []).append(days)
            if measure.imposer == "US":
                plain = [hs.hs(i) for i in items if i != "all" and not i.startswith("@")]
                gone = [code for code in plain if not held(code, [days])]
                if gone:
                    place = in_act(ledger, measure, n, provision, k)
                    yield _dead(f"{measure.measure}#{provision}", place, gone, len(plain))
        for name in measure.annexes:
            if name.startswith("rates"):
                continue
            codes = [hs.hs(row["code"]) for row in ledger.annexes[measure.measure, name]]
            if measure.imposer == "US" and name in uses:
                dead = [(n, code) for n, code in enumerate(codes) if not held(code, uses[name])]
                if dead:
                    place = in_annex(ledger, measure, name, dead[0][0])
                    yield _dead(measure.measure, place, [c for _, c in dead], len(codes))
            yield from _repeats(ledger, measure, name, codes)


def held(code: str, uses: list[Interval]) -> bool:
    """Whether the US schedule has a line under a code, or a number of ten digits, on some day."""
    if len(code) == 10:
        spans = [Interval(s.start, s.end) for s in numbers().get(code, ())]
        return any(span.overlaps(days) for span in spans for days in uses)
    return any(
        code in prefixes and span.overlaps(days) for span, prefixes in _editions() for days in uses
    )


@cache
def _editions() -> tuple[tuple[Interval, frozenset[str]], ...]:
    """The days of each edition, its lines and every shorter code above one."""
    starts = [one.start for one in schedule.editions()]
    out = []
    for n, start in enumerate(starts):
        last = n + 1 == len(starts)
        days = Interval(start if n else None, None if last else starts[n + 1])
        lines = schedule.schedule(start).hs8.tolist()
        out.append((days, frozenset(line[:k] for line in lines for k in (2, 4, 6, 8))))
    return tuple(out)


def _dead(measure: str, place: str, codes: list[str], of: int) -> Finding:
    shown = ", ".join(hs.dotted(c) for c in codes[:SHOWN]) + (" …" if len(codes) > SHOWN else "")
    return Finding(
        "warning",
        "dead codes",
        measure,
        place,
        f"{len(codes)} of {of} codes are in no edition of the US schedule on the days on which "
        f"they are used: {shown}.",
        "Check them against the instrument; what was renumbered before or since stays as printed.",
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
