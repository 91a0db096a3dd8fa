"""The command that asks what rests on another market: exposure."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from surtax.cli.options import Include, Json, Known, On, day, show, threatened


def exposure(
    of: Annotated[str, typer.Option("--of", help="Whose output and jobs: CA, US, ON.")] = "CA",
    market: Annotated[
        str | None, typer.Option("--market", help="The market they rest on; US, or CA for US.")
    ] = None,
    by: Annotated[str, typer.Option("--by", help="province, sector or partner.")] = "province",
    measure: Annotated[
        list[str] | None,
        typer.Option("--measure", help="What measures hit: us/s232, or one of them."),
    ] = None,
    on: On = None,
    known: Known = None,
    include: Include = None,
    world: Annotated[str, typer.Option("--world", help="World name or folder.")] = "can19x34",
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="A .csv file for the rows.")
    ] = None,
    json: Json = False,
) -> None:
    """What of output and jobs rests on another market, and what measures hit of it."""
    from surtax import api
    from surtax.views import trade
    from surtax.views.files import check, write_rows

    if out is not None:
        check(out)
    answer = api.exposure(
        of, market, by=by, measures=measure or [], on=day(on, "--on"), known=day(known, "--known"),
        threatened=threatened(include), world=world, quiet=json,
    )  # fmt: skip
    if out is not None:
        write_rows(answer["rows"], out)
        answer["out"] = str(out)
    if json:
        show(answer)
    else:
        trade.exposure(answer)
