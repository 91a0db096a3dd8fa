"""Commands on entries that were filed: refund, audit."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from surtax.cli.options import Json, Known, day, show

if TYPE_CHECKING:
    pass

Entries = Annotated[Path, typer.Argument(help="Entries, CSV or Parquet.")]
Out = Annotated[Path, typer.Option("-o", "--out", help="File to write, .csv or .parquet.")]


def refund(
    entries: Entries,
    out: Out,
    void: Annotated[
        list[str] | None,
        typer.Option("--void", help="Measure, provision or folder that falls: us/ieepa."),
    ] = None,
    ground: Annotated[
        str | None, typer.Option("--ground", help="Ruling or order: learning-resources …")
    ] = None,
    known: Known = None,
    json: Json = False,
) -> None:
    """What comes back, by which route and until when, for every line of a file."""
    from surtax.duty.claims import claim_files
    from surtax.duty.refund import make_claim, summary
    from surtax.duty.refund import refund as refund_table
    from surtax.ledger.load import Ledger
    from surtax.views import entries as views

    law = Ledger.load()
    seen = day(known, "--known") or law.verified_to
    claim = make_claim(law, seen, void=void or [], ground=ground)
    table, rejected = _read(entries)
    lines = refund_table(law, table, claim)
    files, misfits = claim_files(law, lines)
    answer: dict[str, Any] = summary(law, claim, lines)
    answer |= {
        "files": _write(lines, out, {f"{out.stem}-{f.suffix}": f.text for f in files}),
        "misfits": misfits,
        "rejected": rejected,
    }
    show(answer) if json else views.refund(answer)


def audit(entries: Entries, out: Out, known: Known = None, json: Json = False) -> None:
    """What was filed wrong, with its heading and dollars, for every line of a file."""
    from surtax.duty.audit import audit as findings_of
    from surtax.duty.audit import summary
    from surtax.errors import InputError
    from surtax.ledger.load import Ledger
    from surtax.views import entries as views

    law = Ledger.load()
    seen = day(known, "--known") or law.verified_to
    table, rejected = _read(entries)
    places = table["into"].unique().sort().to_list()
    if len(places) != 1:
        raise InputError(
            f"the entries are into {', '.join(places) or 'no country'}.",
            where=str(entries),
            mend="Audit the entries of one importer at a time.",
        )
    if "filed" not in table.columns:
        raise InputError(
            "the entries have no column “filed”.",
            where=str(entries),
            mend="Give the headings of chapter 99 as they were filed, parted by “;”.",
        )
    found = findings_of(law, table, seen)
    answer = summary(places[0], seen, table, found)
    money = found.with_columns(_amounts(found, ("owed", "paid", "over")))
    answer |= {"files": _write(money, out, {}), "rejected": rejected}
    show(answer) if json else views.audit(answer)
