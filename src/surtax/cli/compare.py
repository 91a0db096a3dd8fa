"""The command that sets platforms side by side."""

from __future__ import annotations

from typing import Annotated

import typer

from surtax.cli.options import Answers, Json, names, show


def compare(
    which: Annotated[
        list[str],
        typer.Argument(
            metavar="NAMES...", help="Platforms by name or file, or saved answers .json."
        ),
    ],
    threats: Annotated[
        str, typer.Option("--threats", help="Carry threats out: low, central or high.")
    ] = "",
    world: Annotated[str | None, typer.Option("--world", help="World name or folder.")] = None,
    closure: Annotated[str | None, typer.Option("--closure", help="Closure name.")] = None,
    ranges: Annotated[
        bool, typer.Option("--ranges/--no-ranges", help="Try every set of assumptions.")
    ] = True,
    answers: Answers = "",
    json: Json = False,
) -> None:
    """Platforms, or saved answers, in one table over one baseline."""
    from surtax import api
    from surtax.views import compare as views

    answer = api.compare(
        which,
        threats=threats,
        world=world,
        closure=closure,
        ranges=ranges,
        answers=names(answers),
        quiet=json,
    )
    if json:
        show(answer)
    else:
        views.compared(answer)
