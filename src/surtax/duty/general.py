"""The general rate of duty: the layer of the US schedule under all others."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from surtax import goods, places
from surtax.duty.entry import Entry
from surtax.duty.layers import Layer, amount_of, asked_quantity, lines_of, without_rate
from surtax.duty.program import reliefs_of
from surtax.errors import UnitError
from surtax.ledger import lineage, schedule
from surtax.ledger.query import View
from surtax.ledger.schedule import GeneralRate
from surtax.ledger.schema import SCHEDULE
from surtax.units import cents


@dataclass(frozen=True)
class General:
    """The general rate's layers, its rate if not known, and facts it lacks."""

    layers: list[Layer]
    unknown: list[dict[str, str]]
    missing: list[dict[str, str]]

    def ad_valorem(self, entry: Entry) -> float:
        """The general duty over the value, a claimed special rate counted; NaN while not known."""
        if self.unknown or self.missing or not self.layers:
            return float("nan")
        return float(sum(one.amount for one in self.layers) / entry.value)


def general(view: View, entry: Entry) -> General:
    """The general, special or column 2 rate of the US schedule; elsewhere the ledger says."""
    if entry.into != "US":
        return General([], [], [])
    title, rate, why = owed_rate(view, entry)
    day = printed_day(view)
    if rate is None or not rate.parsed:
        words = "; ".join((_unread(rate), *why)) if rate else _no_line(entry.goods, day)
        source = rate.source if rate else schedule.edition(day).source
        return General([], [without_rate(SCHEDULE, f"{title}: {words}", source)], [])
    if relieved := _relief(view, entry):
        rate, why = replace(rate, ad_valorem=0.0, specific=0.0), (relieved,)
    because = (*why, *filter(None, [lineage.standing(entry.goods, day)]))
    cited = f"{rate.source}: {rate.text}"
    year = schedule.edition(day).title[:4]
    instrument = f"Harmonized Tariff Schedule of the United States ({year})"
    per_unit, missing = _per_unit(entry, rate)
    basis, owed = amount_of(entry, 1.0, rate.ad_valorem)
    layers = [
        Layer(
            measure=SCHEDULE,
            title=title,
            authority="schedule",
            instrument=instrument,
            citation=cited,
            basis="customs value",
            basis_value=basis,
            rate=rate.ad_valorem,
            amount=owed,
            because=because,
        )
    ]
    if per_unit:
        layers.append(
            Layer(
                measure=f"{SCHEDULE}-per-unit" if owed else SCHEDULE,
                title=f"{title}, per {rate.unit}",
                authority="schedule",
                instrument=instrument,
                citation=cited,
                basis=f"quantity in {rate.unit}",
                basis_value=entry.quantity or Decimal(0),
                rate=rate.specific,
                amount=per_unit,
                because=() if owed else because,
                unit=rate.unit,
            )
        )
    return General([one for one in layers if one.amount or not per_unit], [], missing)


def _relief(view: View, entry: Entry) -> str:
    """Why the entry is free of the schedule's duty by a relief of the ledger, if it is."""
    line = lines_of([entry.facts], entry)
    for one in reliefs_of(view, entry.into, SCHEDULE):
        if one.holds(line)[0]:
            return f"{one.provision.fields.get('note')} ({one.provision.citation})"
    return ""


def printed_day(view: View) -> date:
    """The day whose schedule rates: that of entry, or an earlier day of knowledge.

    Rates that the schedule came to print after the day of knowledge are not looked ahead to.
    """
    return min(view.on, view.known)


def owed_rate(view: View, entry: Entry) -> tuple[str, GeneralRate | None, tuple[str, ...]]:
    """The column that rates the entry, its rate, and why it is another than the general one."""
    day = printed_day(view)
    if entry.origin in places.members("COL2", view.on):
        return "Column 2 rate of duty", schedule.column2_rate(entry.goods, day), ()
    title = "General rate of duty"
    rate = schedule.general_rate(entry.goods, day)
    if rate is None:
        return title, None, ()
    why: tuple[str, ...] = ()
    best: tuple[GeneralRate, str] | None = None
    for name in sorted(entry.claims):
        claim = view.ledger.claims[name]
        if not claim.symbols or "US" not in claim.into:
            continue
        said = f"claiming {name} ({claim.cite.partition(';')[0]})"
        special = schedule.special_rate(entry.goods, claim.symbols, day, origin=entry.origin)
        if special is None:
            none = "free for all" if rate.free else "no special rate on this line"
            why += (f"{none}, {said}",)
        elif best is None or _lower(special, best[0]):
            best = special, f"{'Free' if special.free else special.text}, {said}"
    if best is None or (rate.free and not best[0].parsed):
        return title, rate, why
    special, said = best
    if not special.parsed:
        said = f"without the claim {rate.text}"
    return "Special rate of duty", special, (*why, said)


def _lower(one: GeneralRate, other: GeneralRate) -> bool:
    """Whether a special rate is the lower of two; one in numbers before one that is not."""
    if not (one.parsed and other.parsed):
        return one.parsed
    return (one.specific, one.ad_valorem) < (other.specific, other.ad_valorem)


def _per_unit(entry: Entry, rate: GeneralRate) -> tuple[Decimal, list[dict[str, str]]]:
    """What the part per unit comes to, or the fact that is missing for it."""
    if not rate.specific:
        return Decimal(0), []
    if entry.quantity is None:
        return Decimal(0), [asked_quantity(rate.unit)]
    if entry.unit and entry.unit != rate.unit:
        raise UnitError(
            f"the duty is per {rate.unit}, the quantity is in {entry.unit}.",
            where="--unit",
            mend=f"Give the quantity in {rate.unit}.",
        )
    return cents(Decimal(repr(rate.specific)) * entry.quantity), []


def _unread(rate: GeneralRate) -> str:
    """What is said of a rate that no number can be made of."""
    if rate.text:
        return rate.text
    return "this line has no rate of its own; the notes of its chapter say what is owed"


def _no_line(code: str, on: date) -> str:
    """That the code is no line of the schedule, with the lines nearest to it."""
    lines = schedule.schedule(on)
    words = f"the line is not in the schedule of {schedule.edition(on).title}"
    for length in (6, 4, 2):
        under = lines.under(code[:length])
        if len(under):
            near = ", ".join(goods.dotted(str(lines.hs8[i])) for i in list(under)[:4])
            return f"{words}; near it: {near}"
    return words
