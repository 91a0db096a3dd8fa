"""The general rate of duty: the layer of the US schedule under all others."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from surtax import goods, places
from surtax.duty.entry import Entry
from surtax.duty.layers import Layer, amount_of, unknown_rate
from surtax.errors import UnitError
from surtax.ledger import schedule
from surtax.ledger.query import View
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


def general(view: View, entry: Entry) -> General:
    """The general (column 1) or column 2 rate of the US schedule; elsewhere the ledger says."""
    if entry.into != "US":
        return General([], [], [])
    name = "us/hts/general"
    column2 = entry.origin in places.members("COL2", view.on)
    found = (schedule.column2_rate if column2 else schedule.general_rate)(entry.goods)
    title = "Column 2 rate of duty" if column2 else "General rate of duty"
    if found is None or not found.parsed:
        text = found.text if found else "the line is not in the schedule of 2025"
        return General([], [unknown_rate(name, f"{title}: {text}", schedule.SOURCE)], [])
    because: tuple[str, ...] = ()
    ad_valorem, specific = found.ad_valorem, found.specific
    claimed = "usmca" in entry.claims and entry.origin in ("CA", "MX")
    if claimed and schedule.preference_free(entry.goods, entry.origin):
        ad_valorem, specific = 0.0, 0.0
        because = ("free under USMCA (HTSUS general note 11)",)
    per_unit = Decimal(0)
    missing: list[dict[str, str]] = []
    if specific:
        if entry.quantity is None:
            words = f"quantity in {found.unit}"
            missing = [{"fact": "quantity", "type": "number", "unit": found.unit,
                        "meaning": words, "attested": "the importer", "until_then":
                        "the part of the duty per unit is in no total"}]  # fmt: skip
        elif entry.unit and entry.unit != found.unit:
            raise UnitError(
                f"the duty is per {found.unit}, the quantity is in {entry.unit}.",
                where="--unit",
                mend=f"Give the quantity in {found.unit}.",
            )
        else:
            per_unit = cents(Decimal(repr(specific)) * entry.quantity)
    basis, owed = amount_of(entry, 1.0, ad_valorem)
    layer = Layer(
        measure=name,
        title=title,
        authority="schedule",
        instrument="Harmonized Tariff Schedule of the United States (2025)",
        citation=f"{schedule.SOURCE}, {goods.dotted(entry.goods[:8])}: {found.text}",
        basis="customs value" if not specific else f"customs value and {found.unit}",
        basis_value=basis,
        rate=ad_valorem,
        amount=owed + per_unit,
        because=because,
    )
    return General([layer], [], missing)
