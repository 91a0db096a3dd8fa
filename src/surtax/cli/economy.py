"""Commands that ask what the law does: solve, brief."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from surtax.cli.options import Answers, Json, Known, On, day, names, show


def solve(
    scenario: Annotated[str, typer.Argument(help="Scenario name or file.")],
    world: Annotated[str | None, typer.Option("--world", help="World name or folder.")] = None,
    closure: Annotated[str | None, typer.Option("--closure", help="Closure name.")] = None,
    horizon: Annotated[
        str | None, typer.Option("--horizon", help="How long after: short, medium or long.")
    ] = None,
    response: Annotated[str | None, typer.Option("--response", help="A response.")] = None,
    threats: Annotated[
        str, typer.Option("--threats", help="Carry threats out: low, central or high.")
    ] = "",
    elasticities: Annotated[
        str | None, typer.Option("--elasticities", help="Elasticity set.")
    ] = None,
    contents: Annotated[
        str, typer.Option("--contents", help="Assumed content shares: low, central or high.")
    ] = "central",
    by: Annotated[
        str, typer.Option("--by", help="Rows: region, sector, or pair of buyer and seller.")
    ] = "region",
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="A .csv file for the rows.")
    ] = None,
    answers: Answers = "",
    json: Json = False,
) -> None:
    """What a scenario does to prices, output, provinces and public money."""
    from surtax import api
    from surtax.views import tables
    from surtax.views.files import check, write_rows

    if out is not None:
        check(out)
    answer = api.solve(
        scenario,
        world=world,
        closure=closure,
        horizon=horizon,
        response=response,
        threats=threats,
        elasticities=elasticities,
        contents=contents,
        by=by,
        answers=names(answers),
    )
    if out is not None:
        write_rows(answer["rows"] or answer["regions"], out)
    if json:
        show(answer)
    else:
        tables.solved(answer)


def brief(
    scenario: Annotated[str, typer.Argument(help="Scenario name or file.")] = "spring-2025",
    on: On = None,
    known: Known = None,
    since: Annotated[
        str | None, typer.Option("--since", help="Tell what changed in US law since a day.")
    ] = None,
    settlement: Annotated[
        bool, typer.Option("--settlement", help="What both sides could agree on, too.")
    ] = False,
    lang: Annotated[str, typer.Option("--lang", help="en, fr or both.")] = "both",
    png: Annotated[bool, typer.Option("--png", help="Pictures as PNG too.")] = False,
    out: Annotated[Path | None, typer.Option("-o", "--out", help="Folder to write.")] = None,
    json: Json = False,
) -> None:
    """Write a briefing: a page, its charts, its tables and its numbers."""
    from surtax.brief.make import make
    from surtax.words import spoken

    written = make(
        scenario,
        out or Path(f"brief-{Path(scenario).stem}"),
        on=day(on, "--on"),
        known=day(known, "--known"),
        since=day(since, "--since"),
        settlement=settlement,
        languages=spoken(lang),
        png=png,
        quiet=json,
    )
    if json:
        show(written)
    else:
        print(f"Wrote {written['page']}")
