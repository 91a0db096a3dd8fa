"""What a change of law means for a year's imports: value touched, duty, effective rates."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surtax.duty.layers import unrated_row
from surtax.duty.program import compile_view
from surtax.ledger.difference import Change, Difference, lines_of, origins_of
from surtax.ledger.items import Items
from surtax.ledger.query import View
from surtax.trade.claims import BASE_YEAR, claims_for
from surtax.trade.effective import Effective, effective, embedded_flows, given_or_embedded
from surtax.trade.flows import Flows
from surtax.trade.rating import declared_facts, rate_rows

Array = NDArray[np.float64]
LEAST = 1e-9
"""Changes of duty per value below this are rounding."""


@dataclass(frozen=True, eq=False)
class Worth:
    """A change of law on a year's imports; amounts in the flows' currency.

    Attributes:
        before, after: effective rates at the two points.
        touched: customs value of rows whose duty changed.
        by: measure or authority → customs value of rows on which its duty changed, and the
            change of its duty; under “measure” and “authority”.
        flows: the imports.
    """

    before: Effective
    after: Effective
    touched: float
    by: dict[str, dict[str, tuple[float, float]]]
    flows: Flows


def traded(found: Difference) -> bool:
    """Whether the embedded imports have goods of a difference's origin."""
    return found.origin is None or found.origin in embedded_flows(found.into).places_


def worth(
    found: Difference,
    *,
    flows: Flows | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> Worth:
    """What a difference of law means for a year's imports of its importer, and of its origin.

    Args:
        found: the difference.
        flows: imports by line and partner; the embedded ones of 2024 unless given.
        say: told what is done next.

    Raises:
        UnknownNameError: no flows into that place are embedded.
        InputError: nothing is imported from the origin.
    """
    flows = embedded_flows(found.into) if flows is None else flows
    if found.origin is not None:
        flows = flows.of(found.origin)
    flows = given_or_embedded(flows, found.into)
    say("the law before")
    first = _rated(found.before, flows)
    say("the law after")
    second = _rated(found.after, flows)
    say("effective rates")
    ledger = found.after.ledger
    at = [
        effective(ledger, view.on, view.known, into=flows.into, flows=flows)
        for view in (found.before, found.after)
    ]
    groups: dict[str, dict[str, Array]] = {"measure": {}, "authority": {}}
    nothing = np.zeros(len(flows))
    for measure in sorted({*first, *second}):
        change = second.get(measure, nothing) - first.get(measure, nothing)
        authority = ledger.measures[measure].authority
        for kind, name in (("measure", measure), ("authority", authority)):
            groups[kind][name] = groups[kind].get(name, nothing) + change
    moved = np.zeros(len(flows), dtype=bool)
    for change in groups["measure"].values():
        moved |= np.abs(change) > LEAST
    by = {
        kind: {
            name: (
                float(flows.value[np.abs(change) > LEAST].sum()),
                float((change * flows.value).sum()),
            )
            for name, change in changes.items()
        }
        for kind, changes in groups.items()
    }
    return Worth(at[0], at[1], float(flows.value[moved].sum()), by, flows)


def _rated(view: View, flows: Flows) -> dict[str, Array]:
    """By measure, (rows,) its duty per value under the law of a day."""
    program = compile_view(view, flows.into)
    claims = claims_for(flows.into, BASE_YEAR, view.on)
    out: dict[str, Array] = {}
    for block in rate_rows(program, flows, claims, declared_facts({})):
        for position, rule in enumerate(block.rules):
            measure = program.rules[rule].provision.measure
            column = out.setdefault(measure, np.zeros(len(flows)))
            column[block.rows] += block.charged[:, position]
    return out


def in_scope(found: Difference, change: Change, flows: Flows) -> float | None:
    """Customs value of the imports that a change speaks of, whether or not it charges them; None
    where the flows are of other partners alone.
    """
    lines = lines_of(found, change, Items(flows.codes, "lines of the flows"))[flows.code_index]
    origins = origins_of(found, change)
    if origins is not None:
        if origins.isdisjoint(flows.places_.tolist()):
            return None
        lines = lines & np.isin(flows.places_, sorted(origins))[flows.place_index]
    return float(flows.value[lines].sum())


def to_json(found: Worth) -> dict[str, Any]:
    """Rates at both points, value touched, and change by measure, authority and partner."""
    imports = float(found.flows.value.sum())
    open_ = {p.id: p for e in (found.before, found.after) for p in e.unknown}

    def rows(kind: str) -> list[dict[str, Any]]:
        return sorted(
            (
                {kind: name, "touched": touched, "duty": duty, "change": duty / imports}
                for name, (touched, duty) in found.by[kind].items()
                if touched
            ),
            key=lambda row: -abs(float(row["duty"])),
        )

    return {
        "year": found.flows.year,
        "source": found.flows.source,
        "currency": found.flows.currency,
        "imports": imports,
        "touched": found.touched,
        "rate_before": found.before.rate,
        "rate_after": found.after.rate,
        "change": found.after.rate - found.before.rate,
        "duty": float(found.after.total.sum() - found.before.total.sum()),
        "by_measure": rows("measure"),
        "by_authority": rows("authority"),
        "by_partner": _partners(found),
        "unknown": [unrated_row(p) for _, p in sorted(open_.items())],
        "assumed": {**found.before.assumed, **found.after.assumed},
    }


def _partners(found: Worth) -> list[dict[str, Any]]:
    """Rates of each partner at both points, the largest change of duty first."""
    first = {str(r["partner"]): r for r in found.before.table(["partner"])}
    out = []
    for row in found.after.table(["partner"]):
        was = first[str(row["partner"])]
        duty = float(str(row["duty"])) - float(str(was["duty"]))
        imports = float(str(row["imports"]))
        if imports and abs(duty) > LEAST * imports:
            out.append(
                {"partner": row["partner"], "imports": imports, "rate_before": was["rate"],
                 "rate_after": row["rate"], "change": duty / imports, "duty": duty}
            )  # fmt: skip
    return sorted(out, key=lambda r: -abs(float(str(r["duty"]))))
