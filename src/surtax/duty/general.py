"""The general rate of duty: the layer of the US schedule under all others."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from surtax import goods, places
from surtax.duty.entry import Entry
from surtax.duty.layers import Layer, amount_of, asked_quantity, lines_of, unknown_rate
from surtax.duty.program import reliefs_of
from surtax.errors import UnitError
from surtax.ledger import schedule
from surtax.ledger.query import View
from surtax.ledger.schema import SCHEDULE
from surtax.units import cents


@dataclass(frozen=True)
class General:
    """The general rate's layers, its rate if not known, and facts it lacks."""

    layers: list[Layer]
    unknown: list[dict[str, str]]
    missing: list[dict[str, str]]

    def ad_valorem(self, entry: Entry) -> float:
        """The general duty over the value; NaN while it is not fully known."""
        if self.unknown or self.missing or not self.layers:
            return float("nan")
        return float(sum(one.amount for one in self.layers) / entry.value)


def _no_line(code: str) -> str:
    """That the code is no line of the schedule, with the lines nearest to it."""
    lines = schedule.schedule()
    for length in (6, 4, 2):
        under = lines.under(code[:length])
        if len(under):
            near = ", ".join(goods.dotted(str(lines.hs8[i])) for i in list(under)[:4])
            return f"the line is not in the schedule of 2025; near it: {near}"
    return "the line is not in the schedule of 2025"


def general(view: View, entry: Entry) -> General:
    """The general (column 1) or column 2 rate of the US schedule; elsewhere the ledger says."""
    if entry.into != "US":
        return General([], [], [])
    name = SCHEDULE
    column2 = entry.origin in places.members("COL2", view.on)
    found = (schedule.column2_rate if column2 else schedule.general_rate)(entry.goods)
    title = "Column 2 rate of duty" if column2 else "General rate of duty"
    if found is None or not found.parsed:
        text = found.text if found else _no_line(entry.goods)
        return General([], [unknown_rate(name, f"{title}: {text}", schedule.SOURCE)], [])
    because: tuple[str, ...] = ()
    ad_valorem, specific = found.ad_valorem, found.specific
    claimed = "usmca" in entry.claims and entry.origin in ("CA", "MX")
    if claimed and schedule.preference_free(entry.goods, entry.origin):
        ad_valorem, specific = 0.0, 0.0
        because = ("free under USMCA (HTSUS general note 11)",)
    line = lines_of([entry.facts], entry)
    for relief in reliefs_of(view, entry.into, SCHEDULE):
        if relief.holds(line)[0]:
            ad_valorem, specific = 0.0, 0.0
            because = (f"{relief.provision.fields.get('note')} ({relief.provision.citation})",)
    per_unit = Decimal(0)
    missing: list[dict[str, str]] = []
    if specific:
        if entry.quantity is None:
            missing = [asked_quantity(found.unit)]
        elif entry.unit and entry.unit != found.unit:
            raise UnitError(
                f"the duty is per {found.unit}, the quantity is in {entry.unit}.",
                where="--unit",
                mend=f"Give the quantity in {found.unit}.",
            )
        else:
            per_unit = cents(Decimal(repr(specific)) * entry.quantity)
    cited = f"{schedule.SOURCE}, {goods.dotted(entry.goods[:8])}: {found.text}"
    instrument = "Harmonized Tariff Schedule of the United States (2025)"
    basis, owed = amount_of(entry, 1.0, ad_valorem)
    layers = [
        Layer(
            measure=name,
            title=title,
            authority="schedule",
            instrument=instrument,
            citation=cited,
            basis="customs value",
            basis_value=basis,
            rate=ad_valorem,
            amount=owed,
            because=because,
        )
    ]
    if per_unit:
        layers.append(
            Layer(
                measure=f"{name}-per-unit" if owed else name,
                title=f"{title}, per {found.unit}",
                authority="schedule",
                instrument=instrument,
                citation=cited,
                basis=f"quantity in {found.unit}",
                basis_value=entry.quantity or Decimal(0),
                rate=specific,
                amount=per_unit,
                unit=found.unit,
            )
        )
    return General([one for one in layers if one.amount or not per_unit], [], missing)
