"""What a scenario or a platform says, in plain language, before anything is solved."""

from __future__ import annotations

from surtax import places
from surtax.response import recycle
from surtax.response.costs import Cuts
from surtax.scenario.platforms import Platform
from surtax.scenario.run import Run
from surtax.scenario.spec import Response, Scenario
from surtax.units import percent
from surtax.world.answers import WAYS, Answering


def of_run(run: Run) -> list[str]:
    """Sentences: the scenario, then what other governments' answers count."""
    return [*of_scenario(run.scenario), *(_answer(one, run) for one in run.answering)]


def _answer(one: Answering, run: Run) -> str:
    who, told = places.place(one.importer).name, run.scenario
    when = f"in force or signed by {told.signed_by} as known on {told.known}"
    if not one.ways:
        said = f"{who} has no duty that answers {told.opponent} {when}: nothing counts."
    else:
        held = "; ".join(f"{measure} on {WAYS[way]}" for measure, way in one.ways.items())
        source = one.flows.source
        said = (
            f"{who} answers {told.opponent} as the record has it {when}: {held}. Trade: {source}."
        )
    if one.unknown:
        said += f" Threatened without goods or a rate, and nowhere: {', '.join(one.unknown)}."
    return said


def of_scenario(scenario: Scenario) -> list[str]:
    """Sentences: the law, the world, what is assumed."""
    said = [
        f"{scenario.title}: {scenario.question}",
        f"The law is told on {scenario.on} as it was known on {scenario.known}; everything signed "
        f"has taken effect by {scenario.signed_by}. The world stands for the law of "
        f"{scenario.before}.",
        f"The world is {scenario.world}; the closure of the headline is {scenario.closure}, its "
        f"elasticities are the set {scenario.elasticities[0]}.",
    ]
    if scenario.threats.measures:
        said.append("Threatened, and told apart: " + ", ".join(scenario.threats.measures) + ".")
    said += [
        f"{rate.provision} has no rate in the law; it is assumed at {rate.value}, between "
        f"{rate.low} and {rate.high}."
        for rate in scenario.threats.assume
    ]
    return said


def of_platform(platform: Platform, answer: Response) -> list[str]:
    """Sentences: the answer, the money, the costs of trade, what is assumed."""
    rule = recycle.sharing(platform.use)
    said = [
        f"{platform.title}: {platform.text}",
        f"Answer: {answer.title[0].lower()}{answer.title[1:]}. {answer.text}",
        f"New duties are paid out {rule.text}.",
        *of_cuts(platform.cuts),
    ]
    return [*said, f"Assumed: {platform.assumed}"] if platform.assumed else said


def of_cuts(cuts: Cuts) -> list[str]:
    """Sentences: which costs of trade fall by how much; none where none does."""
    said = []
    if cuts.barriers:
        said.append(
            f"Of the barriers between the player's own regions (set {cuts.barrier_set}) "
            f"{percent(cuts.barriers)} goes."
        )
    if cuts.partners:
        goods = ", ".join(cuts.sectors) or "all goods"
        where = ", ".join(cuts.towards) or "all partners but the opponent"
        said.append(f"Selling {goods} to {where} costs {percent(cuts.partners)} less.")
    return said
