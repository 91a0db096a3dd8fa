"""Commands on the record itself: what is wrong with it, what it holds, what changed in it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from surtax.cli.options import From, Into, Json, day, show

app = typer.Typer(help="The record of the law: lint, coverage, facts, diff.", no_args_is_help=True)

Folder = Annotated[
    Path | None, typer.Argument(help="A folder of measure files; the embedded law unless given.")
]


@app.command()
def lint(
    folder: Folder = None,
    least: Annotated[
        str, typer.Option("--least", help="Least severity to show: error, warning or note.")
    ] = "note",
    today: Annotated[
        str | None, typer.Option("--today", help="Hold verified_to against this day.")
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 2 if there are errors.")] = (
        False
    ),
    json: Json = False,
) -> None:
    """What to mend, explain or know in a record: unsourced, overlapping, unreachable, stale."""
    from surtax.api import Ledger
    from surtax.errors import unknown
    from surtax.ledger.lint import SEVERITIES
    from surtax.views import record

    if least not in SEVERITIES:
        raise unknown("severity", least, SEVERITIES, where="--least")
    answer = Ledger.load(folder).lint(today=day(today, "--today"))
    shown = SEVERITIES[: SEVERITIES.index(least) + 1]
    answer["findings"] = [f for f in answer["findings"] if f["severity"] in shown]
    if json:
        show(answer)
    else:
        record.lint(answer)
    if strict and answer["counts"]["error"]:
        raise typer.Exit(2)


@app.command()
def coverage(folder: Folder = None, json: Json = False) -> None:
    """What the record holds, by importer and authority, and what it lacks."""
    from surtax.api import Ledger
    from surtax.views import record

    answer = Ledger.load(folder).coverage()
    if json:
        show(answer)
    else:
        record.coverage(answer)


@app.command()
def facts(
    folder: Folder = None,
    measure: Annotated[
        str | None, typer.Option("--measure", help="A measure, or a folder such as us/s232.")
    ] = None,
    into: Into = None,
    json: Json = False,
) -> None:
    """The facts that rules ask of an entry: what each says, who attests it, who asks for it."""
    from surtax.api import Ledger
    from surtax.views import record

    answer = {"facts": Ledger.load(folder).facts(measure=measure, into=into)}
    if json:
        show(answer)
    else:
        record.facts(answer)


@app.command()
def diff(
    before: Annotated[str, typer.Argument(help="ON or ON@KNOWN: 2025-03-28@2025-03-28.")],
    after: Annotated[str, typer.Argument(help="ON or ON@KNOWN: the later point.")],
    into: Annotated[str, typer.Option("--into", help="Importing place: US or CA.")] = "US",
    origin: From = None,
    top: Annotated[int, typer.Option("--top", min=1, help="Partners in the table.")] = 10,
    json: Json = False,
) -> None:
    """What changed between two points, each a day of law and a day of knowledge."""
    from surtax.api import Ledger
    from surtax.views import record

    answer = Ledger.load().diff(before, after, into=into, origin=origin, quiet=json)
    if json:
        show(answer)
    else:
        record.diff(answer, top)
