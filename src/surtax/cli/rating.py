"""The command that rates files of entries."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from surtax.cli.options import Include, Into, Json, Known, day, show, threatened
from surtax.units import pairs


def rate(
    entries: Annotated[Path, typer.Argument(help="CSV, Parquet, or a folder of Parquet parts.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Where to write: .parquet or .csv.")],
    into: Into = None,
    known: Known = None,
    include: Include = None,
    column: Annotated[
        list[str] | None, typer.Option("--column", help='column=HEADER, as value="Net value".')
    ] = None,
    block: Annotated[
        int, typer.Option("--block", help="Lines rated at a time; bounds the memory.", min=1)
    ] = 500_000,
    narrow: Annotated[
        bool,
        typer.Option("--narrow", help="Duties in pairs layer1, duty1 …, not a column for each."),
    ] = False,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Begin anew, whatever an earlier run left.")
    ] = False,
    dask: Annotated[
        str | None,
        typer.Option("--dask", help="Rate a folder part by part: “local”, or a scheduler."),
    ] = None,
    json: Json = False,
) -> None:
    """Rate a file of entries: all duties of each line, with a column for each duty.

    Lines that cannot be rated stand beside the output with their reasons. A run that is stopped
    goes on where it was when the same command is given again.
    """
    from surtax.duty.entries import memory

    memory.of_polars()
    from surtax.duty.entries.run import make_job, rate_file
    from surtax.ledger.load import Ledger
    from surtax.views import rated as views

    named = pairs(column, "column", where="--column", example='value="Net value"')
    seen = day(known, "--known")
    if dask is not None:
        from surtax.duty.entries.parts import Options, mapping, rate_folder

        options = Options(into, seen, threatened(include), named, block, narrow, fresh)
        if not json:
            views.mapping(mapping(entries, options))
        with progress("rating", quiet=json) as report:
            answer = rate_folder(entries, out, options, dask=dask, report=report)
        show(answer) if json else views.rated(answer)
        return
    law = Ledger.load()
    job = make_job(
        law, entries, out, into=into, known=seen, threatened=threatened(include),
        columns=named, size=block, narrow=narrow,
    )  # fmt: skip
    if not json:
        views.mapping(job.mapping)
    with progress("rating", quiet=json) as report:
        answer = rate_file(law, job, fresh=fresh, report=report)
    if json:
        show(answer)
    else:
        views.rated(answer)


@contextmanager
def progress(title: str, *, quiet: bool = False) -> Iterator[Callable[[int, float], None]]:
    """A bar on standard error that is told how many lines are done and what share they are."""
    if quiet or not sys.stderr.isatty():
        yield lambda _, __: None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[said]} lines"),
        TimeElapsedColumn(), TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=1.0, said="0")
        yield lambda lines, share: bar.update(task, completed=share, said=f"{lines:,}")
