"""Commands on entries that were filed: refund, audit."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from surtax.cli.options import Into, Json, Known, day, show
from surtax.cli.rating import progress
from surtax.units import pairs

if TYPE_CHECKING:
    from surtax.duty.entries.runner import Job
    from surtax.ledger.load import Ledger

Entries = Annotated[Path, typer.Argument(help="CSV, Parquet, or a folder of Parquet parts.")]
Out = Annotated[Path, typer.Option("-o", "--out", help="Where to write: .parquet or .csv.")]
Column = Annotated[
    list[str] | None, typer.Option("--column", help='column=HEADER, as value="Net value".')
]
Block = Annotated[
    int, typer.Option("--block", help="Lines taken at a time; bounds the memory.", min=1)
]
Fresh = Annotated[bool, typer.Option("--fresh", help="Begin anew, whatever an earlier run left.")]
SIZE = 100_000


def refund(
    entries: Entries,
    out: Out,
    void: Annotated[
        list[str] | None,
        typer.Option("--void", help="Measure, provision or folder that falls: us/ieepa."),
    ] = None,
    ground: Annotated[
        str | None,
        typer.Option(
            "--ground", help="Ruling, order or claim: learning-resources, preference-us …"
        ),
    ] = None,
    into: Into = None,
    known: Known = None,
    column: Column = None,
    block: Block = SIZE,
    fresh: Fresh = False,
    json: Json = False,
) -> None:
    """What comes back, by which route and until when, for every line of a file.

    --known is the day of the claim. A run that is stopped goes on where it was when the same
    command is given again.
    """
    from surtax.duty.refund import make_claim
    from surtax.duty.refundfile import refund_file
    from surtax.ledger.load import Ledger
    from surtax.views import entries as views

    law = Ledger.load()
    seen = day(known, "--known") or law.verified_to
    claim = make_claim(law, seen, void=void or [], ground=ground)
    job = _job(law, entries, out, into or claim.into, column, block, json=json)
    with progress("refunds", quiet=json) as report:
        answer = refund_file(law, job, claim, fresh=fresh, report=report)
    show(answer) if json else views.refund(answer)


def audit(
    entries: Entries,
    out: Out,
    into: Into = None,
    known: Known = None,
    column: Column = None,
    block: Block = SIZE,
    fresh: Fresh = False,
    json: Json = False,
) -> None:
    """What was filed wrong, with its heading and dollars, for every line of a file.

    A run that is stopped goes on where it was when the same command is given again.
    """
    from surtax.duty.auditfile import audit_file
    from surtax.ledger.load import Ledger
    from surtax.views import entries as views

    law = Ledger.load()
    seen = day(known, "--known") or law.verified_to
    job = _job(law, entries, out, into, column, block, json=json)
    with progress("audit", quiet=json) as report:
        answer = audit_file(law, job, seen, fresh=fresh, report=report)
    show(answer) if json else views.audit(answer)


def _job(
    law: Ledger, entries: Path, out: Path, into: str | None, column: list[str] | None, block: int,
    *, json: bool,
) -> Job:  # fmt: skip
    """The run over a file, after its columns were shown."""
    from surtax.duty.entries.run import make_job
    from surtax.views import rated

    named = pairs(column, "column", where="--column", example='value="Net value"')
    job = make_job(law, entries, out, into=into, columns=named, size=block)
    if not json:
        rated.mapping(job.mapping)
    return job
