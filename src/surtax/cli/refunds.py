"""Commands on entries that were filed: refund, audit."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from surtax.cli.options import Json, Known, day, show

if TYPE_CHECKING:
    import polars as pl

    from surtax.ledger.load import Ledger

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
    table, reading = _read(law, entries, out)
    lines = refund_table(law, table, claim)
    files, misfits = claim_files(law, lines)
    answer: dict[str, Any] = summary(law, claim, lines)
    names = [n for n in lines.columns if n.partition(".")[0] == "refund"]
    money = lines.with_columns(_amounts(lines, names))
    beside = {f"{out.stem}-{f.suffix}": f.text for f in files} | _rejects(out, reading)
    answer |= {
        "files": _write(money, out, beside),
        "misfits": misfits,
        **reading,
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
    table, reading = _read(law, entries, out)
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
    answer |= {"files": _write(money, out, _rejects(out, reading)), **reading}
    show(answer) if json else views.audit(answer)


def _read(law: Ledger, entries: Path, out: Path) -> tuple[pl.DataFrame, dict[str, Any]]:
    """The lines of a file in the canonical columns, and what the answer says of the reading."""
    from surtax.duty.entries.run import make_job
    from surtax.duty.entries.whole import read_whole

    whole = read_whole(law, make_job(law, entries, out))
    told = [{"line": line, "reason": reason} for line, reason in whole.refused]
    return whole.lines, {
        "rejected": len(told),
        "rejects": told,
        "repairs": dict(whole.repairs),
    }


def _rejects(out: Path, reading: dict[str, Any]) -> dict[str, str]:
    """The file of lines that could not be read, by its name; none if all could."""
    import csv
    import io

    from surtax.duty.entries.write import rejects_of

    if not reading["rejects"]:
        return {}
    text = io.StringIO()
    writer = csv.DictWriter(text, ["line", "reason"], lineterminator="\n")
    writer.writeheader()
    writer.writerows(reading["rejects"])
    return {rejects_of(out).name: text.getvalue()}


def _amounts(table: pl.DataFrame, names: Iterable[str]) -> list[pl.Expr]:
    """Columns of cents as amounts."""
    import polars as pl

    return [(pl.col(name).cast(pl.Decimal(scale=2)) / 100).round(2).alias(name) for name in names]


def _write(table: pl.DataFrame, out: Path, texts: dict[str, str]) -> list[str]:
    """Write a table and the texts that stand beside it, each whole or not at all; the names."""
    written = [_whole(out, table)]
    return written + [_whole(out.with_name(name), text) for name, text in texts.items()]


def _whole(path: Path, content: pl.DataFrame | str) -> str:
    """Write a file under another name and rename it when it is complete."""
    part = path.with_name(f".{path.name}.part")
    try:
        if isinstance(content, str):
            part.write_text(content, encoding="utf-8", newline="")
        elif path.suffix == ".parquet":
            content.write_parquet(part)
        else:
            content.write_csv(part)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return str(path)
