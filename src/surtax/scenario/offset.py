"""Offsets of a scenario: which cut of internal barriers, or of costs towards partners, makes up
for its loss; what the same cut is worth without the duties.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from surtax.economy.outcomes import Outcome, group_real_income
from surtax.economy.results import Solution
from surtax.economy.solve import solve
from surtax.errors import InputError, ScenarioError, unknown
from surtax.progress import steps
from surtax.response import costs
from surtax.response.costs import Cuts
from surtax.response.offset import Offset, offset
from surtax.scenario import run as running
from surtax.scenario import summary
from surtax.scenario.case import Case
from surtax.scenario.choices import MOST_PARTNERS, check_level
from surtax.scenario.run import Run
from surtax.scenario.vintage import command_of, vintage
from surtax.world import barriers
from surtax.world.world import Array

MOST = {"barriers": 1.0, "partners": MOST_PARTNERS}
"""The largest cuts tried: all internal barriers, half of the cost of selling to partners."""


def offsets(
    scenario: str,
    *,
    by: str = "barriers",
    region: str = "",
    response: str = "",
    threats: str = "",
    sectors: tuple[str, ...] = (),
    towards: tuple[str, ...] = (),
    world: str | None = None,
    closure: str | None = None,
    answers: Sequence[str] = (),
    quiet: bool = True,
) -> dict[str, Any]:
    """How far costs of trade must fall to leave a region, or the player, where it was.

    Args:
        scenario: its name or file.
        by: barriers (all three sets of them) or partners (sales to others than the opponent).
        region: of the player; all of its regions together unless given.
        response, threats: of the scenario. sectors, towards: of sales to partners.
        world, closure: in place of the scenario's. quiet: no progress bar.
        answers: other governments whose recorded duties on the opponent's goods count.

    Returns:
        What `surtax offset --json` prints.

    Raises:
        InputError: a name that does not exist; sectors or partners of barriers.
    """
    if by not in costs.KINDS:
        raise unknown("offset", by, costs.KINDS, where="--by")
    if by == "barriers" and (sectors or towards):
        raise InputError(
            "barriers between provinces have no partners, and fall in all sectors.",
            where="--sectors", mend="Add --by partners, or leave it out.",
        )  # fmt: skip
    if threats:
        check_level(threats, "--threats")
    command = command_of(
        "offset", [scenario], offsets, by=by, region=region, response=response, threats=threats,
        sectors=sectors, towards=towards, world=world, closure=closure, answers=answers,
    )  # fmt: skip
    run = running.opened(scenario, world=world, closure=closure, answers=answers)
    chosen = run.case
    if getattr(chosen.cuts, by):
        raise ScenarioError(
            f"the scenario's choices cut {by} already.", where="choices",
            mend="Leave that out of the scenario, and ask for the whole cut.",
        )  # fmt: skip
    name = run.response(response).name if response else chosen.response
    case = replace(chosen, response=name, threats=threats or chosen.threats)
    members = _members(run, region)
    outcome = group_real_income(run.world, members)
    sets = barriers.available() if by == "barriers" else ["central"]
    rows = []
    with steps("offset", total=2 * len(sets), quiet=quiet) as say:
        for name in sets:
            say(f"{by} {name}")
            cuts = (
                replace(chosen.cuts, barrier_set=name) if by == "barriers"
                else replace(chosen.cuts, sectors=sectors, towards=towards)
            )  # fmt: skip
            rows.append(_row(run, case, cuts, by, outcome))
    return {
        "scenario": run.scenario.scenario,
        "summary": summary.of_run(run, case),
        "by": by,
        "of": list(members),
        "response": case.response,
        "threats": threats or None,
        "world": run.world.name,
        "closure": run.headline.closure,
        "elasticities": run.headline.elasticities,
        "rows": rows,
        "vintage": vintage(
            run.ledger, run.scenario, known=run.scenario.known, closure=run.headline.closure,
            elasticities=run.headline.elasticities, command=command,
        ),
    }  # fmt: skip


def _members(run: Run, region: str) -> tuple[str, ...]:
    own = run.members(run.scenario.player)
    if region and region not in own:
        raise unknown("region", region, own, where="--region")
    return (region,) if region else tuple(own)


def _row(run: Run, case: Case, cuts: Cuts, by: str, outcome: Outcome) -> dict[str, Any]:
    """One set of barriers, or the partners: the cut, and its worth with and without duties."""
    world, who = run.world_of(run.headline), (run.scenario.player, run.scenario.opponent)
    closure = run.closure(case, run.headline)
    tariffs = run.shock(case).tariffs

    def under(duties: Array | None, size: float, start: Array | None) -> Solution:
        hats = run.costs(cuts.deeper(by, size))
        return solve(world, duties, hats, closure, start=start)

    found: Offset = offset(
        lambda size, start: under(tariffs, size, start),
        costs.slopes(world, cuts, by, *who), outcome, 0.0, MOST[by],
    )  # fmt: skip
    alone = outcome.value(under(None, found.size, None))
    gain = found.value - found.start
    sales = None
    if by == "partners":
        where = costs.abroad(world, cuts, *who)
        sold = [float(under(tariffs, x, None).flows[where].sum()) for x in (0.0, found.size)]
        sales = {"before": sold[0], "after": sold[1], "change": sold[1] / sold[0] - 1.0}
    return {
        "set": cuts.barrier_set if by == "barriers" else None,
        "cut": found.size,
        "reached": found.reached,
        "loss": found.start,
        "value": found.value,
        "gain": gain,
        "gain_without_duties": alone,
        "interaction": gain - alone,
        "slope": found.slope,
        "solved": found.solved,
        "status": found.status,
        "sales": sales,
    }
