"""A scenario's equilibrium by name; what `surtax solve` and `surtax.solve` call."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from surtax.economy import tables
from surtax.economy.horizon import horizon as _horizon
from surtax.economy.results import Solution
from surtax.errors import unknown
from surtax.scenario import run as _run
from surtax.scenario import summary
from surtax.scenario.case import Variant
from surtax.scenario.choices import check_level
from surtax.scenario.vintage import command_of, vintage

TABLES: dict[str, Callable[[Solution], list[tables.Row]]] = {
    "region": tables.regions,
    "sector": tables.sectors,
    "pair": tables.pairs,
}


def solve(
    scenario: str,
    *,
    world: str | None = None,
    closure: str | None = None,
    horizon: str | None = None,
    response: str | None = None,
    threats: str = "",
    elasticities: str | None = None,
    contents: str = "central",
    by: str = "region",
    answers: Sequence[str] = (),
) -> dict[str, Any]:
    """A scenario's equilibrium as `surtax solve` prints it.

    Args:
        scenario: its name or file.
        world, closure: in place of the scenario's.
        horizon: short, medium or long: its closure, unless one is given, and its factor on the
            trade elasticities; the scenario's closure and elasticities as they are unless given.
        response: a response of the scenario; that of its choices, or its first, unless given.
        threats: "low", "central" or "high" to carry out the threats, at that assumed rate.
        elasticities: a set in place of the scenario's first.
        contents: "low", "central" or "high" for the assumed shares of content.
        answers: other governments whose recorded duties on the opponent's goods count.
        by: region, sector or pair: what ``rows`` hold, see `economy.tables`.

    Raises:
        UnknownNameError: a name that does not exist, with the nearest.
        SolveError: no equilibrium was found.
    """
    if by not in TABLES:
        raise unknown("table", by, TABLES, where="--by")
    check_level(contents, "--contents")
    if threats:
        check_level(threats, "--threats")
    command = command_of(
        "solve", [scenario], solve, world=world, closure=closure, horizon=horizon,
        response=response, threats=threats, elasticities=elasticities, contents=contents, by=by,
        answers=answers,
    )  # fmt: skip
    if horizon is not None:
        closure = closure or _horizon(horizon).closure
    ready = _run.opened(scenario, world=world, closure=closure, answers=answers)
    case = ready.case
    case = replace(case, response=response or case.response, threats=threats or case.threats)
    theta = elasticities or ready.headline.elasticities
    horizon = horizon or ready.headline.horizon
    chosen = None if not horizon else _horizon(horizon)
    variant = Variant(theta, ready.headline.closure, contents, horizon)
    found = ready.solve(case, variant)
    made = ready.shock(case, contents)
    return {
        "scenario": ready.scenario.scenario,
        "summary": summary.of_run(ready, case, variant),
        "world": ready.world.name,
        "response": case.response,
        "threats": case.threats or None,
        "closure": found.closure,
        "horizon": None if chosen is None else {"name": chosen.name, "text": chosen.text,
                                                "factor": chosen.factor, "source": chosen.source},
        "elasticities": theta,
        "contents": contents,
        "currency": ready.world.currency,
        "status": found.status,
        "residual": found.residual,
        "walras": found.walras,
        "seconds": found.seconds,
        "regions": _labelled(tables.regions(found), theta),
        "sides": [*ready.members(ready.scenario.player), *ready.members(ready.scenario.opponent)],
        "by": by,
        "rows": _labelled(TABLES[by](found), theta) if by != "region" else [],
        "covered": made.covered,
        "covered_by": made.covered_by,
        "unmatched": made.unmatched,
        "money": made.currency,
        "vintage": vintage(
            ready.ledger,
            ready.scenario,
            known=ready.scenario.known,
            closure=found.closure,
            elasticities=theta,
            command=command,
        ),
    }  # fmt: skip


def _labelled(rows: list[tables.Row], theta: str) -> list[tables.Row]:
    """The rows with the name of the elasticity set beside closure and horizon."""
    return [{**row, "elasticities": theta} for row in rows]
