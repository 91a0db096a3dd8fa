"""Commands that ask what the law costs and does: etr, solve, brief."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from surtax.cli.options import Include, Json, Known, On, day, pairs, show, threatened


def etr(
    into: Annotated[str, typer.Option("--into", help="Importing place: US or CA.")] = "US",
    on: On = None,
    known: Known = None,
    by: Annotated[
        str, typer.Option("--by", help="partner, sector, chapter, authority.")
    ] = "partner",
    include: Include = None,
    assume: Annotated[
        list[str] | None,
        typer.Option("--assume", help="A rate for a provision whose rate is unknown: ID=10%."),
    ] = None,
    top: Annotated[int, typer.Option("--top", min=1, help="Rows in the table.")] = 25,
    json: Json = False,
) -> None:
    """Effective tariff rates: duties owed as a share of 2024 imports."""
    from surtax import api
    from surtax.ledger import Ledger
    from surtax.ledger.listing import record
    from surtax.ledger.rates import rate_of
    from surtax.views import tables

    today = day(on, "--on") or Ledger.load().verified_to
    given = pairs(
        assume, "assumed rate", where="--assume", example="us/ieepa/reciprocal#baseline=10%"
    )
    rates = {name: rate_of(text) for name, text in given.items()}
    found = api.etr(
        today, day(known, "--known"), into=into, threatened=threatened(include), assume=rates
    )
    rows = found.table([k for k in by.split(",") if k])
    answer = {
        "into": found.into,
        "on": today.isoformat(),
        "known": found.view.known.isoformat(),
        **record(found.view.ledger, today, known=found.view.known),
        "currency": found.currency,
        "rate": found.rate,
        "imports": float(found.imports.sum()),
        "barred": float(found.barred.sum()),
        "duty": float(found.total.sum()),
        "rows": rows,
        "unknown": [{"measure": p.id, "citation": p.citation} for p in found.unknown],
        "assumed": found.assumed,
        "year": found.year,
        "source": found.source,
    }
    if json:
        show(answer)
    else:
        tables.etr(answer, top)


def solve(
    scenario: Annotated[str, typer.Argument(help="Scenario name or file.")],
    world: Annotated[str | None, typer.Option("--world", help="World name or folder.")] = None,
    closure: Annotated[str | None, typer.Option("--closure", help="Closure name.")] = None,
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
    json: Json = False,
) -> None:
    """What a scenario does to prices, output, provinces and public money."""
    from surtax import api
    from surtax.errors import unknown
    from surtax.views import tables

    levels = ["low", "central", "high"]
    for level, where in ((threats, "--threats"), (contents, "--contents")):
        if level and level not in levels:
            raise unknown("level", level, levels, where=where)
    answer = api.solve(
        scenario,
        world=world,
        closure=closure,
        response=response,
        threats=threats,
        elasticities=elasticities,
        contents=contents,
    )
    if json:
        show(answer)
    else:
        tables.solved(answer)


def brief(
    scenario: Annotated[str, typer.Argument(help="Scenario name or file.")] = "spring-2025",
    on: On = None,
    known: Known = None,
    out: Annotated[Path | None, typer.Option("-o", "--out", help="Folder to write.")] = None,
    json: Json = False,
) -> None:
    """Write a briefing: a page, its charts, its tables and its numbers."""
    from surtax.brief.make import make

    written = make(
        scenario,
        out or Path(f"brief-{Path(scenario).stem}"),
        on=day(on, "--on"),
        known=day(known, "--known"),
        quiet=json,
    )
    if json:
        show(written)
    else:
        print(f"Wrote {written['page']}")
