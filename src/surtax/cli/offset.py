"""The command that seeks what would make up for a loss."""

from __future__ import annotations

from typing import Annotated

import typer

from surtax.cli.options import Answers, Json, names, show


def offset(
    scenario: Annotated[str, typer.Argument(help="Scenario name or file.")],
    by: Annotated[
        str, typer.Option("--by", help="What falls: barriers, or costs towards partners.")
    ] = "barriers",
    region: Annotated[
        str, typer.Option("--region", help="Whose loss; all provinces unless given.")
    ] = "",
    response: Annotated[str, typer.Option("--response", help="A response.")] = "",
    threats: Annotated[
        str, typer.Option("--threats", help="Carry threats out: low, central or high.")
    ] = "",
    sectors: Annotated[str, typer.Option("--sectors", help="Sold to partners: OIL,POT.")] = "",
    towards: Annotated[str, typer.Option("--towards", help="The partners: EU27,JPN.")] = "",
    world: Annotated[str | None, typer.Option("--world", help="World name or folder.")] = None,
    closure: Annotated[str | None, typer.Option("--closure", help="Closure name.")] = None,
    answers: Answers = "",
    json: Json = False,
) -> None:
    """How far internal barriers must fall, or sales to others rise, to make up for a loss."""
    from surtax import api
    from surtax.views import offset as views

    answer = api.offset(
        scenario,
        by=by,
        region=region,
        response=response,
        threats=threats,
        sectors=tuple(names(sectors)),
        towards=tuple(names(towards)),
        world=world,
        closure=closure,
        answers=names(answers),
        quiet=json,
    )
    if json:
        show(answer)
    else:
        views.sought(answer)
