"""From what the law charges to what is paid: statutory, claimed, applicable, collected.

Each step is a share with a source and a date. The *statutory* duty is that of goods for which
nothing is claimed and no part of the value is left out. *Claimed* takes off what importers claim
under an agreement (USMCA; of other agreements no shares are embedded). *Applicable* takes off the
parts of the value that a duty does not reach and the exclusions that importers use. *Collected* is
what was really calculated in the flows' year; on another day it is what the law of that day would
take if what separates the two in the flows' year stayed as it was. The residual between the last
two is reported, never spread.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surtax.duty.layers import unrated_row
from surtax.errors import InputError
from surtax.ledger import Ledger, schedule
from surtax.trade.assumptions import assumptions
from surtax.trade.claims import BASE_YEAR, Claims, claims_for, no_claims
from surtax.trade.effective import Effective, cells_of, effective, given_or_embedded
from surtax.trade.exclusions import SOURCE as EXCLUSIONS_SOURCE
from surtax.trade.exclusions import excluded
from surtax.trade.flows import Flows
from surtax.trade.rating import general_rates, sums
from surtax.trade.shortfall import Shortfall, shortfalls

Array = NDArray[np.float64]

PARTS_OF_VALUE = {
    "aluminium_content": 1.0, "copper_content": 1.0, "steel_content": 1.0, "us_content": 0.0
}  # fmt: skip
"""Facts as they stand when nothing is proven: all of the value is dutiable."""


@dataclass(frozen=True, eq=False)
class Rung:
    """One step of the ladder.

    Attributes:
        name: statutory, claimed, applicable or collected.
        title: what it is.
        duty: (c,) duty, in the cells of `Ladder.found`.
        source: where the share comes from that leads to it.
    """

    name: str
    title: str
    duty: Array
    source: str


@dataclass(frozen=True, eq=False)
class Ladder:
    """Duties on a year's imports at each step, under the law of a day.

    Attributes:
        found: the last step, with the cells.
        rungs: the steps, the statutory first.
        per_unit: customs value of lines whose general rate is not, or not only, ad valorem: the
            first three steps lack what they owe per unit.
        unlisted: customs value of lines that the schedule of the day does not have.
        short: where less was collected from China than its lists charge, by reason; on a day of
            the flows' year alone.
    """

    found: Effective
    rungs: tuple[Rung, ...]
    per_unit: float
    unlisted: float
    short: tuple[Shortfall, ...]

    @property
    def admitted(self) -> Array:
        """(c,) customs value of goods that may enter."""
        found: Array = self.found.imports - self.found.barred
        return found

    def rate(self, name: str, partner: str | None = None) -> float:
        """Duty over imports at a step, of all goods or of one partner's."""
        here = np.ones(len(self.admitted), bool) if partner is None else self.found.place == partner
        (rung,) = (r for r in self.rungs if r.name == name)
        return float(rung.duty[here].sum() / self.admitted[here].sum())


GENERAL_SOURCE = "Harmonized Tariff Schedule, general column, ad valorem part; surtax ledger"


def ladder(
    ledger: Ledger,
    on: date,
    known: date | None = None,
    *,
    threatened: bool = False,
    assume: Mapping[str, float] | None = None,
    flows: Flows | None = None,
    claims: Claims | str = BASE_YEAR,
    into: str = "US",
    say: Callable[[str], None] = lambda _: None,
) -> Ladder:
    """Duties on a year's imports at each step from the statutory to the collected rate.

    Args:
        ledger: the law.
        on, known: the days of law and of knowledge.
        threatened, assume, flows, claims: as for `effective`.
        into: the importing place.
        say: told what is rated next.

    Raises:
        InputError: an importer other than the United States, whose schedule the ledger lacks.
    """
    flows = given_or_embedded(flows, into)
    if flows.into != "US":
        raise InputError(
            f"no general rates of {flows.into} are embedded, so no ladder can be built.",
            where="--ladder",
            mend="Ask for --into US.",
        )
    if isinstance(claims, str):
        claims = claims_for(flows.into, claims, on)

    def rated(what: str, shares: Claims, facts: Mapping[str, float]) -> Effective:
        say(what)
        return effective(
            ledger, on, known, threatened=threatened, assume=assume, flows=flows, claims=shares,
            facts=facts,
        )  # fmt: skip

    found = rated("collected", claims, {})
    admits = 1.0 - np.divide(
        found.barred, found.imports, out=np.zeros(len(found.imports)), where=found.imports > 0
    )
    _, cell = cells_of(flows)
    general = general_rates(flows)[flows.code_index] * flows.value

    def schedule_duty(shares: Array) -> Array:
        return sums(cell, general * (1.0 - shares), len(found.imports)) * admits

    nobody = np.zeros(len(flows))
    claimed = schedule_duty(claims.aligned(flows))
    whole = rated("claimed", claims, PARTS_OF_VALUE).duty.sum(axis=1) + claimed
    used = (
        found.duty.sum(axis=1)
        + claimed
        - sums(cell, excluded(found.view, flows), len(found.imports))
    )
    statutory = rated("statutory", no_claims(), PARTS_OF_VALUE).duty.sum(axis=1) + schedule_duty(
        nobody
    )
    same = on.year == flows.year
    rungs = (
        Rung("statutory", "what the law charges when nothing is claimed", statutory,
             GENERAL_SOURCE),
        Rung("claimed", f"less USMCA preference, as claimed in {claims.period or claims.year}",
             whole, claims.source),
        Rung("applicable", "less parts of the value and exclusions", used,
             "; ".join([*(f"{a.fact} {a.value:g}: {a.source}" for a in assumptions()
                          if a.fact in found.assumed), EXCLUSIONS_SOURCE])),
        Rung("collected", f"collected in {flows.year}" if same else
             f"with what else was or was not collected in {flows.year}", found.total, flows.source),
    )  # fmt: skip
    line = schedule.schedule(on).rows_of([c[:8] for c in flows.codes.tolist()])
    rates = schedule.schedule(on).general
    specific = (np.nan_to_num(rates.specific) > 0) | np.isnan(rates.ad_valorem)
    value = sums(flows.code_index, flows.value, len(flows.codes))
    return Ladder(
        found,
        rungs,
        per_unit=float(value[(line >= 0) & specific[np.maximum(line, 0)]].sum()),
        unlisted=float(value[line < 0].sum()),
        short=tuple(shortfalls(found.view, flows)) if same else (),
    )


def to_json(told: Ladder, partners: int = 10) -> dict[str, Any]:
    """The steps, as rates on the imports that may enter, and the partners that pay most."""
    found, admitted = told.found, float(told.admitted.sum())
    pay = {p: float(found.total[found.place == p].sum()) for p in np.unique(found.place).tolist()}
    steps, before = [], None
    for rung in told.rungs:
        duty = float(rung.duty.sum())
        steps.append(
            {"step": rung.name, "title": rung.title, "duty": duty, "rate": duty / admitted,
             "change": None if before is None else (duty - before) / admitted,
             "source": rung.source}
        )  # fmt: skip
        before = duty
    return {
        "into": found.into,
        "on": found.view.on.isoformat(),
        "known": found.view.known.isoformat(),
        "currency": found.currency,
        "imports": float(found.imports.sum()),
        "barred": float(found.barred.sum()),
        "steps": steps,
        "residual": steps[-1]["change"],
        "by_partner": [
            {"partner": p, **{r.name: told.rate(r.name, p) for r in told.rungs}}
            for p in sorted(pay, key=lambda p: -pay[p])[:partners]
        ],
        "per_unit": told.per_unit,
        "unlisted": told.unlisted,
        "short": [asdict(one) for one in told.short],
        "unknown": [unrated_row(p) for p in found.unknown],
        "year": found.year,
        "source": found.source,
    }
