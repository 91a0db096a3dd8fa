"""Ask for an answer to a scenario by name; what `surtax respond` and `surtax.respond` call."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from surtax.errors import InputError, unknown
from surtax.progress import steps
from surtax.scenario import run as _run
from surtax.scenario.lists import list_answer
from surtax.scenario.respond import MODES, Play, answer_to
from surtax.scenario.scored import score_answer
from surtax.scenario.table import Wish
from surtax.scenario.vintage import vintage
from surtax.units import parse_money

ALL_MODES = (*MODES, "list", "score")


def respond(
    scenario: str,
    *,
    player: str | None = None,
    mode: str = "best",
    against: Sequence[str] = (),
    objective: str = "real-income",
    instruments: Sequence[str] = ("tariff",),
    sectors: Sequence[str] = (),
    lower: float = 0.0,
    upper: float = 1.0,
    limit: str | float = "",
    limit_on: str = "covered",
    rate: float = 0.25,
    least_harm: str | float = 0,
    payments: str | float = 0,
    authority: str = "",
    ground: str = "",
    response: str = _run.NO_ANSWER,
    world: str | None = None,
    closure: str | None = None,
    starts: int = 3,
    seed: int = 0,
    order: str = "simultaneous",
    damping: float = 1.0,
    points: int = 9,
    ranges: bool = True,
    without: Sequence[str] = (),
    measures: Sequence[str] = (),
    out: Path | None = None,
    quiet: bool = True,
) -> dict[str, Any]:
    """The answer of a player to a scenario.

    Args:
        scenario: its name or file.
        player: treasuries that answer together, joined by “+”; the scenario's player unless
            given.
        mode: best, nash, bargain, list or score.
        against: the other players; the scenario's opponent unless given.
        objective: of everybody, as `response.objective.parse` reads it.
        instruments: as `response.levers.asked` reads them.
        sectors: in a settlement, the only sectors it may set.
        lower, upper: bounds of rates, fractions of customs value.
        limit: most money, or “matching”: as much as the others newly charge. limit_on: covered
            (trade, at `rate`) or duty (collected in equilibrium).
        rate: at which goods are listed where covered trade is capped.
        least_harm: money that the answer costs the others, at least.
        payments: most money that sides may pay each other in a settlement.
        authority: a law whose cap on rates binds. ground: that a caretaker's proposal claims.
        response: the scenario's response on which the answer is added; none unless given.
        world, closure: in place of the scenario's.
        starts, seed: of a best response. order, damping: of a contest. points: of the frontier.
        ranges: whether every set of assumptions is tried. quiet: no progress bar.
        without: HS codes that a list may not name. out: a new folder for its measure.
        measures: of the player, to score.

    Returns:
        What `surtax respond --json` prints.

    Raises:
        InputError: something asked for cannot be; one sentence, with where and how to mend it.
    """
    if measures and mode != "score":
        raise InputError("measures are scored.", where="--list", mend="Add --mode score.")
    if starts < 1:
        raise InputError("a search needs a start.", where="--starts", mend="Give 1 or more.")
    if mode not in ALL_MODES:
        raise unknown("mode", mode, ALL_MODES, where="--mode")
    ready = _run.opened(scenario, world=world, closure=closure)
    first = player or ready.scenario.player
    others = tuple(against) or (ready.scenario.opponent,)
    if first in others and not against:
        others = (ready.scenario.player,)
    wish = Wish(
        names=(first, *others),
        mode=mode,
        objective=objective,
        instruments=tuple(instruments),
        sectors=tuple(sectors),
        lower=lower,
        upper=upper,
        limit=str(limit) if limit != "" else "",
        limit_on=limit_on,
        rate=rate,
        least_harm=float(parse_money(str(least_harm), where="--least-harm")),
        authority=authority,
        ground=ground,
        response=response,
        transfer=float(parse_money(str(payments), where="--payments")),
    )
    play = Play(
        starts=starts, seed=seed, order=order, damping=damping, points=points, ranges=ranges
    )
    total = {
        "best": starts,
        "nash": len(wish.names) + 6,
        "bargain": points + 9,
        "list": 12,
        "score": 10,
    }[mode]
    total += 1 + (len(ready.variants) - 1) * ranges
    with steps(f"{mode} answer", total=total, quiet=quiet) as say:
        if mode == "list":
            answer = list_answer(ready, wish, without=without, out=out, ranges=ranges, say=say)
        elif mode == "score":
            answer = score_answer(ready, wish, measures, ranges=ranges, say=say)
        else:
            answer = answer_to(ready, wish, play, say)
    command = f"surtax respond {scenario} --player {first} --mode {mode}"
    command += f" --against {','.join(others)} --objective '{objective}'"
    return {
        "scenario": ready.scenario.scenario,
        "player": first,
        **answer,
        "vintage": vintage(
            ready.ledger,
            ready.scenario,
            known=ready.scenario.known,
            closure=answer["closure"],
            elasticities=answer["elasticities"],
            command=command,
        )
        | {"seed": seed},
    }
