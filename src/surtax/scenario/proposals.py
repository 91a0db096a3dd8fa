"""Answers as rows and as proposals: what each lever is set to, and what the law says of it."""

from __future__ import annotations

from typing import Any

from surtax.economy.results import Solution
from surtax.response import legality
from surtax.response.caps import worth
from surtax.response.players import player
from surtax.scenario.table import Table
from surtax.world.world import Array

SMALL = 5e-5
"""Values of a lever nearer to nothing than this are not proposed."""

DUTIES = ("tariffs", "export_taxes")
LAW = "the law of the scenario"


def rows_of(table: Table, x: Array, s: Solution) -> list[dict[str, Any]]:
    """One row a lever: its value, bounds, the trade it falls on and the duty it collects."""
    levers = table.stage.levers
    value = worth(levers)
    flows = s.flows.ravel()
    rows: list[dict[str, Any]] = []
    for one, rate, customs in zip(levers.levers, x, value, strict=True):
        span = one.upper - one.lower
        bound = "lower" if rate <= one.lower + 1e-9 * span else ""
        bound = "upper" if span > 0 and rate >= one.upper - 1e-9 * span else bound
        duty = 0.0
        if one.array in DUTIES:
            duty = float(rate * (one.factors * flows[one.cells]).sum())
        moved = one.array != "transfers"
        kept = float(levers.world.flows.ravel()[one.cells].sum()) if moved else 0.0
        left = float(flows[one.cells].sum() / kept) if kept > 0 else None
        worth_of = table.unit if one.unit == "currency" else 1.0
        rows.append(
            {
                "instrument": one.name,
                "player": one.player,
                "kind": one.kind,
                "sector": one.sector,
                "partner": one.partner,
                "value": float(rate) * worth_of,
                "unit": one.unit,
                "low": float(rate) * worth_of,
                "high": float(rate) * worth_of,
                "bound": bound,
                "trade": (customs if one.array == "tariffs" else kept) * table.unit,
                "duty": duty * table.unit,
                "volume": left,
            }
        )
    return rows


def payment(table: Table, x: Array) -> float:
    """Money that the first side pays to the others; negative where it receives."""
    levers = table.stage.levers.levers
    paid = sum(float(v) for one, v in zip(levers, x, strict=True) if one.kind == "transfer")
    return paid * table.unit


def measure(table: Table, row: dict[str, Any], claimed: dict[str, str] | None) -> dict[str, Any]:
    """A lever that is used, as a proposal with what the law says of it."""
    who = player(table.stage.world, row["player"])
    lever = next(one for one in table.stage.levers.levers if one.name == row["instrument"])
    under = None if lever.array not in DUTIES else "nothing" if lever.clears else LAW
    name = row["instrument"].partition("/")[2].lower().replace(":", "-").replace("+", "-")
    return {
        "id": f"proposed/{row['player'].lower()}/{name}",
        "status": "proposed",
        "imposer": row["player"],
        "against": row["partner"],
        "kind": row["kind"],
        "sector": row["sector"],
        "rate": row["value"],
        "unit": row["unit"],
        "on_top_of": under,
        "trade": row["trade"],
        "duty": row["duty"],
        "legality": [
            {"text": n.text, "citation": n.citation, "confidence": n.confidence}
            for n in legality.notes(who, row["kind"])
        ],
        "ground": claimed["ground"] if claimed else None,
    }
