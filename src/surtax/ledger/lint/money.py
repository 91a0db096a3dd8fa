"""Amounts in another money than that in which the importing place values goods."""

from __future__ import annotations

from collections.abc import Iterator

from surtax.ledger.lint.finding import Finding, in_act, in_annex
from surtax.ledger.lint.sources import pieces
from surtax.ledger.load import Ledger
from surtax.ledger.rates import read_amount, read_rate
from surtax.ledger.schema import Measure, Paint
from surtax.places import CURRENCIES


def currencies(ledger: Ledger) -> Iterator[Finding]:
    """Rates and bounds that are not in the importer's money, in which they would be charged."""
    for measure in ledger.measures.values():
        own = CURRENCIES.get(measure.imposer)
        if own is None:  # a place into which no entry is rated
            continue
        for n, name, k, piece in pieces(measure):
            for other in sorted(_named(piece) - {own}):
                place = in_act(ledger, measure, n, name, k)
                yield _foreign(measure, f"#{name}", place, other, own)
        for annex in (one for one in measure.annexes if one.startswith("rates")):
            for k, row in enumerate(ledger.annexes[measure.measure, annex]):
                for other in sorted(_of(row["rate"]) - {own}):
                    yield _foreign(measure, "", in_annex(ledger, measure, annex, k), other, own)


def _named(piece: Paint) -> set[str]:
    """The currencies that a paint names."""
    bounds = {read_amount(text)[1] for text in (piece.minimum, piece.maximum) if text}
    return bounds | _of(piece.rate)


def _of(rate: str | None) -> set[str]:
    """The currencies that a rate names."""
    if rate in (None, "unknown", "prohibited"):
        return set()
    return {part.currency for part in read_rate(str(rate)).parts if part.currency}


def _foreign(measure: Measure, part: str, place: str, other: str, own: str) -> Finding:
    return Finding(
        "error",
        "currencies",
        f"{measure.measure}{part}",
        place,
        f"an amount is in {other}, and goods into {measure.imposer} are valued in {own}.",
        f"Write it in {own}.",
    )
