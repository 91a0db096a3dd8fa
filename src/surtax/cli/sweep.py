"""The command that draws what nobody knows yet."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from surtax.cli.options import Answers, Json, names, show


def sweep(
    scenario: Annotated[str, typer.Argument(help="Scenario name or file.")],
    draws: Annotated[int, typer.Option("--draws", help="How many.")] = 1000,
    seed: Annotated[int, typer.Option("--seed", help="Of the draws.")] = 0,
    platform: Annotated[str, typer.Option("--platform", help="A platform to sweep.")] = "",
    response: Annotated[str, typer.Option("--response", help="A response to sweep.")] = "",
    threats: Annotated[
        bool, typer.Option("--threats/--no-threats", help="Carry threats out, rates drawn.")
    ] = True,
    engine: Annotated[str, typer.Option("--engine", help="local or dask.")] = "local",
    workers: Annotated[int, typer.Option("--workers", min=0, help="0: one a core.")] = 0,
    address: Annotated[str, typer.Option("--address", help="Of a Dask scheduler.")] = "",
    world: Annotated[str | None, typer.Option("--world", help="World name or folder.")] = None,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="Folder to write, and to go on from.")
    ] = None,
    answers: Answers = "",
    json: Json = False,
) -> None:
    """A scenario under many draws of rates, elasticities, contents, barriers and closures."""
    from surtax import api
    from surtax.views import sweep as views

    answer = api.sweep(
        scenario,
        draws=draws,
        seed=seed,
        platform=platform,
        response=response,
        threats=threats,
        engine=engine,
        workers=workers,
        address=address,
        world=world,
        answers=names(answers),
        out=out,
        quiet=json,
    )
    if json:
        show(answer)
    else:
        views.swept(answer)
