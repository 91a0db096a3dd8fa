"""The command that answers: best responses, contests and settlements."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from surtax.cli.options import Answers, Json, names, show


def respond(
    scenario: Annotated[str, typer.Argument(help="Scenario name or file.")],
    player: Annotated[
        str | None, typer.Option("--player", help="Who answers: CAN, or CAN+MEX together.")
    ] = None,
    mode: Annotated[
        str, typer.Option("--mode", help="best, nash, bargain, list or score.")
    ] = "best",
    against: Annotated[
        str, typer.Option("--against", help="The other players: USA,MEX,CHN,EU27.")
    ] = "",
    objective: Annotated[
        str,
        typer.Option("--objective", help="A sum such as real-income - 0.5*jobs:MTV, or a .yaml."),
    ] = "real-income",
    instruments: Annotated[
        list[str] | None,
        typer.Option(
            "--instruments",
            help="KIND:SECTORS:PARTNERS, may be repeated; kinds: tariff, export-tax, quota, "
            "quota-abroad, transfer, barrier, trade-cost.",
        ),
    ] = None,
    sectors: Annotated[
        str, typer.Option("--sectors", help="In a settlement, the only sectors: MTV,PRT.")
    ] = "",
    lower: Annotated[float, typer.Option("--lower", help="Lowest rate.")] = 0.0,
    upper: Annotated[float, typer.Option("--upper", help="Highest rate, 1 is 100 %.")] = 1.0,
    limit: Annotated[str, typer.Option("--limit", help="Most money: 30e9, or matching.")] = "",
    limit_on: Annotated[
        str, typer.Option("--limit-on", help="What is capped: covered (trade) or duty.")
    ] = "covered",
    rate: Annotated[
        float, typer.Option("--rate", help="Rate of covered goods, with --limit.")
    ] = 0.25,
    least_harm: Annotated[
        str, typer.Option("--least-harm", help="Money that the others lose, at least.")
    ] = "0",
    payments: Annotated[
        str,
        typer.Option(
            "--payments",
            help="Most money paid between sides; a settlement then has payments either way.",
        ),
    ] = "0",
    authority: Annotated[
        str, typer.Option("--authority", help="A law whose cap binds: section-338.")
    ] = "",
    ground: Annotated[
        str,
        typer.Option(
            "--ground",
            help="Claimed by a caretaker: routine, non-controversial, urgent, reversible, agreed.",
        ),
    ] = "",
    response: Annotated[
        str, typer.Option("--response", help="Add the answer to this response.")
    ] = "no-answer",
    world: Annotated[str | None, typer.Option("--world", help="World name or folder.")] = None,
    closure: Annotated[str | None, typer.Option("--closure", help="Closure name.")] = None,
    starts: Annotated[int, typer.Option("--starts", help="Starts of a best response.")] = 3,
    seed: Annotated[int, typer.Option("--seed", help="Of the starts.")] = 0,
    order: Annotated[
        str, typer.Option("--order", help="In a contest: simultaneous or alternating.")
    ] = "simultaneous",
    damping: Annotated[
        float, typer.Option("--damping", help="In a contest, the part of a step taken.")
    ] = 1.0,
    points: Annotated[int, typer.Option("--points", min=1, help="Of the frontier.")] = 9,
    ranges: Annotated[
        bool, typer.Option("--ranges/--no-ranges", help="Try every set of assumptions.")
    ] = True,
    without: Annotated[
        str, typer.Option("--without", help="HS codes that a list may not name: 8703,2009.11.")
    ] = "",
    scored: Annotated[
        list[str] | None,
        typer.Option("--list", help="A measure of the player, to score; may be repeated."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="A new folder for a list's measure.")
    ] = None,
    answers: Answers = "",
    json: Json = False,
) -> None:
    """What could be answered: the best response, a contest's end, a settlement, a list."""
    from surtax import api
    from surtax.views import respond as views

    answer = api.respond(
        scenario,
        player=player,
        mode=mode,
        against=names(against),
        objective=objective,
        instruments=instruments or ["tariff"],
        sectors=names(sectors),
        lower=lower,
        upper=upper,
        limit=limit,
        limit_on=limit_on,
        rate=rate,
        least_harm=least_harm,
        payments=payments,
        authority=authority,
        ground=ground,
        response=response,
        world=world,
        closure=closure,
        starts=starts,
        seed=seed,
        order=order,
        damping=damping,
        points=points,
        ranges=ranges,
        without=names(without),
        measures=scored or [],
        answers=names(answers),
        out=out,
        quiet=json,
    )
    if json:
        show(answer)
    elif mode in ("list", "score"):
        from surtax.views import lists

        (lists.listed if mode == "list" else lists.scored)(answer)
    else:
        views.answered(answer)
