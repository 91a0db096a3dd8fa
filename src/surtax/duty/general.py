"""The general rate of duty: the layer of the US schedule under all others."""

from __future__ import annotations

from collections.abc import Sequence
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
from surtax.ledger.ratetext import Duty
from surtax.ledger.schedule import GeneralRate
from surtax.ledger.schema import SCHEDULE, Claim
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
    claims = [(name, claim) for name in sorted(entry.claims) if (claim := claimed(view, name))]
    specials = [
        schedule.special_rate(entry.goods, claim.symbols, day, origin=entry.origin)
        for _, claim in claims
    ]
    words = [f"claiming {name} ({claim.cite.partition(';')[0]})" for name, claim in claims]
    for special, said in zip(specials, words, strict=True):
        if special is None:
            none = "free for all" if rate.free else "no special rate on this line"
            why += (f"{none}, {said}",)
    at = lowest(rate.duty, [one.duty if one else None for one in specials])
    best = None if at is None else specials[at]
    if at is None or best is None:
        return title, rate, why
    said = f"{'Free' if best.free else best.text}, {words[at]}"
    if not best.parsed:
        said = f"without the claim {rate.text}"
    return "Special rate of duty", best, (*why, said)


def claimed(view: View, name: str) -> Claim | None:
    """A preference that the special column of the schedule may have a rate for."""
    claim = view.ledger.claims[name]
    return claim if claim.symbols and "US" in claim.into else None


def lowest(general: Duty, specials: Sequence[Duty | None]) -> int | None:
    """Which of the special rates claimed counts; None where the general one does."""
    best: tuple[int, Duty] | None = None
    for i, special in enumerate(specials):
        if special is not None and (best is None or _lower(special, best[1])):
            best = i, special
    free = general.numbers is not None and not any(general.numbers[:2])
    if best is None or (free and best[1].numbers is None):
        return None
    return best[0]


def _lower(one: Duty, other: Duty) -> bool:
    """Whether a special rate is the lower of two; one in numbers before one that is not."""
    if one.numbers is None or other.numbers is None:
        return one.numbers is not None
    (share, each, _), (than, than_each, _) = one.numbers, other.numbers
    return (each, share) < (than_each, than)


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
