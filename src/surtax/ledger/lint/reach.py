"""Provisions that can never matter: overtaken before they began, or speaking of nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from surtax.ledger.amend import Citation, timeline
from surtax.ledger.lint.finding import Finding, Severity, in_act
from surtax.ledger.lint.scope import Standing, meet, standing
from surtax.ledger.lint.sources import pieces
from surtax.ledger.load import Ledger
from surtax.ledger.schema import CHARGES, SCHEDULE, TERMS, Act, Measure, Paint


def unreachable(ledger: Ledger) -> Iterator[Finding]:
    """What is overtaken before its first day, and clauses that never meet what they speak of."""
    stands = {m.measure: standing(ledger, m, told=True) for m in ledger.measures.values()}
    duties = {name: [s for s in mine if s.kind in CHARGES] for name, mine in stands.items()}
    for measure in ledger.measures.values():
        yield from _overtaken(ledger, measure)
        yield from _idle(ledger, measure, stands[measure.measure], duties)


def _overtaken(ledger: Ledger, measure: Measure) -> Iterator[Finding]:
    """Signed words that other words had replaced when their first day came."""
    acts = ledger.acts(measure)
    known = {id(act): day for act, day in acts}
    for n, name, k, piece in pieces(measure):
        act = measure.acts[n]
        said = _replaced(name, piece, act, acts, known[id(act)])
        if act.status != "signed" or said is None:
            continue
        severity, by, mend = said
        yield Finding(
            severity,
            "unreachable",
            f"{measure.measure}#{name}",
            in_act(ledger, measure, n, name, k),
            f"what {act.instrument} says of “{name}” was replaced before its first day by {by}.",
            mend,
        )


def _replaced(
    name: str, piece: Paint, act: Act, acts: list[tuple[Act, date]], day: date
) -> tuple[Severity, str, str] | None:
    """By what a piece was replaced before its first day, if it was: severity, by what, mend."""
    cite = Citation(act.instrument, piece.cite)
    own = timeline(name, acts, day)
    if not any(cite in s.cites.values() and s.days.start == piece.start for s in own):
        return "warning", "words known on the same day", "Check the order of acts and pieces."
    then = timeline(name, acts, max(day, piece.start - timedelta(days=1)))
    if any(cite in s.cites.values() for s in then):
        return None
    later = next((s.citation.instrument for s in then if piece.start in s.days), "a later act")
    return "note", later, "Nothing, if it came so: whoever asks as of an earlier day is told of it."


def _idle(
    ledger: Ledger,
    measure: Measure,
    stands: list[Standing],
    duties: dict[str, list[Standing]],
) -> Iterator[Finding]:
    """Reliefs and bases of no duty, precedences between duties that never meet."""
    own = duties[measure.measure]
    names = {s.name for s in own}
    for name in dict.fromkeys(s.name for s in stands if s.kind not in CHARGES):
        mine = [s for s in stands if s.name == name]
        if mine[0].kind in TERMS and mine[0].segment.fields.get("when"):
            continue  # it speaks of goods whose day was another
        place = _place(ledger, measure, name)
        aimed = {t for s in mine for t in s.segment.fields.get("of") or []}
        abroad = {target for target in aimed if "/" in target}
        for target in sorted(aimed - names - abroad):
            yield _nothing(mine[0], place, f"“{name}” speaks of “{target}”, which is never a duty "
                           "in force or threatened.")  # fmt: skip
        pool = [d for every in duties.values() for d in every] if abroad else own
        reached = [(s, d) for s in mine for d in pool if s.speaks_of(d) and meet(s, d)]
        if not reached and not any(f"{SCHEDULE}/".startswith(f"{t}/") for t in abroad):
            yield _nothing(mine[0], place, f"the {mine[0].kind} “{name}” shares no day, origin and "
                           "goods with a duty that it speaks of.")  # fmt: skip
        elif mine[0].kind == "precedence":
            yield from _loose(mine, place, reached, duties)


def _loose(
    mine: list[Standing],
    place: str,
    reached: list[tuple[Standing, Standing]],
    duties: dict[str, list[Standing]],
) -> Iterator[Finding]:
    """Targets of a precedence that never meet it; grave if that is all of them."""
    targets = dict.fromkeys(t for s in mine for t in s.segment.fields.get("to_measures") or [])
    loose = [
        target
        for target in targets
        if not any(
            meet(s, d, w)
            for s, d in reached
            if target in s.segment.fields["to_measures"]
            for w in duties[target.partition("#")[0]]
            if target in (w.id, w.measure.measure) and w is not d
        )
    ]
    if loose:
        yield _nothing(
            mine[0],
            place,
            f"“{mine[0].name}” yields to {', '.join(loose)}, and shares no day, origin and goods "
            "with it.",
            "warning" if len(loose) == len(targets) else "note",
            "Keep it if the instrument says so all the same; else take it out.",
        )


def _place(ledger: Ledger, measure: Measure, name: str) -> str:
    n, k = next((n, k) for n, p, k, _ in pieces(measure) if p == name)
    return in_act(ledger, measure, n, name, k)


def _nothing(
    one: Standing,
    place: str,
    message: str,
    severity: Severity = "warning",
    mend: str = "Check origins, goods and days; end it with the duty, or take the name out.",
) -> Finding:
    return Finding(severity, "unreachable", one.id, place, message, mend)
