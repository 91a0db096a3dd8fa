"""What the law newly charges of a player's exports, and how much of a list is as many dollars."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from surtax.errors import ScenarioError
from surtax.scenario import steered
from surtax.scenario.spec import Response
from surtax.units import exchange_rate
from surtax.world.shock import rates

if TYPE_CHECKING:
    from surtax.scenario.run import Run


def newly(run: Run) -> tuple[float, float]:
    """Customs value of the player's exports that signed law charges and nothing in force does.

    Returns:
        In the player's currency, and in the importer's.
    """
    importer = next(k for k in run.flows if k != run.scenario.imposer)
    table = run.flows[importer]
    gain = 0.0
    for claims, weight in steered.claimed(run.scenario.choices):
        old, new = (
            rates(run.ledger, replace(point, claims=claims), table)
            for point in (run.in_force, run.signed)
        )
        mine = new.place == run.scenario.against
        gain += weight * float((new.reached - old.reached)[mine].clip(0.0).sum())
    factor, _ = exchange_rate(table.currency, run.flows[run.scenario.imposer].currency, table.year)
    return gain * factor, gain


def part(run: Run, response: Response) -> float:
    """The part of a response's measures that covers as much as is newly charged.

    Raises:
        ScenarioError: the measures cover no trade.
    """
    listed = replace(run.signed, threatened=frozenset(response.measures))
    whole = run.law_between(run.signed, listed).covered[run.scenario.imposer]
    if whole <= 0:
        raise ScenarioError(
            f"the measures of “{response.name}” cover no trade.",
            mend="Name measures whose lists are traded.",
        )
    return min(1.0, run.newly_charged[0] / whole)
