"""What a scenario or a platform says, in plain language, before anything is solved."""

from __future__ import annotations

from datetime import date

from surtax import places
from surtax.economy.closure import Closure, closure
from surtax.response import recycle
from surtax.response.costs import Cuts
from surtax.scenario.case import Case, Variant
from surtax.scenario.platforms import Platform
from surtax.scenario.run import Run
from surtax.scenario.spec import Response, sentence_on
from surtax.units import percent
from surtax.world.answers import WAYS, Answering

OF_CLOSURES = {
    "ends": "The closure ends every region's deficit as well, and each figure holds what that "
    "does: it is no effect of the duties alone.",
    "moves": "Workers move between regions: a region's real income is that of all who live there "
    "then, not per head; surtax solve tells both.",
}
"""What a closure does besides carrying the duties through, in words."""

AS_CHARGED = (
    "A duty raises the price by its rate and falls on basic value: trade answers the rate as "
    "charged, and amounts are smaller than the law's by the ratio of basic to customs value."
)


def of_run(run: Run, case: Case | None = None, variant: Variant | None = None) -> list[str]:
    """Sentences: the law, the world, what is threatened and assumed, what answers count.

    Args:
        run: the scenario, prepared. case: the future that is solved; that of the scenario's choices
            unless given. variant: the assumptions of the headline, unless given.
    """
    told, held = run.scenario, variant or run.headline
    over = f", over the {held.horizon} horizon" if held.horizon else ""
    return [
        f"{told.title}: {told.question}",
        f"The law is told on {told.on} as it was known on {told.known}; everything signed "
        f"has taken effect by {told.signed_by}. The world stands for the law of {told.before}.",
        f"The world is {run.world.name}; the closure of the headline is {held.closure}, its "
        f"elasticities are the set {held.elasticities}{over}.",
        *([AS_CHARGED] if told.choices.wedge == "rate" else []),
        *(OF_CLOSURES[note] for note in of_closure(closure(held.closure))),
        *_threats(run, case or run.case),
        *(_answer(one, run) for one in run.answering),
    ]


def of_closure(chosen: Closure) -> list[str]:
    """What else a closure does than to carry the duties through; see `OF_CLOSURES`."""
    found = {"ends": not chosen.keeps_benchmark, "moves": chosen.labour.move is not None}
    return [note for note, holds in found.items() if holds]


def _threats(run: Run, case: Case) -> list[str]:
    """Sentences: which threats stand, whether they count, and the rates assumed for them."""
    if not run.threats:
        day = run.scenario.known
        none = f"No threat of the scenario stands as known on {day}: the level counts nothing."
        return [none] if case.threats else []
    head = "counted as carried out" if case.threats else "told apart"
    return [f"Threatened, and {head}: {', '.join(sorted(run.threats))}.", *(
        f"{rate.provision} has no rate in the law; it is assumed at {rate.value}, between "
        f"{rate.low} and {rate.high}."
        for rate in run.assumed
    )]  # fmt: skip


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


def of_platform(platform: Platform, answer: Response, known: date) -> list[str]:
    """Sentences, as known on a day: the answer, the money, the costs of trade, what is assumed."""
    rule = recycle.sharing(platform.use)
    said = [
        f"{platform.title}: {platform.text}",
        f"Answer: {answer.title[0].lower()}{answer.title[1:]}. {sentence_on(answer.text, known)}",
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
