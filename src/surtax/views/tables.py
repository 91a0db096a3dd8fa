"""Answers as tables for a terminal; machines take ``--json``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from surtax.units import amount, percent, signed

MARKS = {"in_force": "●", "signed": "◐", "threatened": "○", "proposed": "○"}


def _console() -> Console:
    return Console(highlight=False)


def _table(title: str, columns: Sequence[tuple[str, str]]) -> Table:
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for name, side in columns:
        table.add_column(name, justify="right" if side == "right" else "left", overflow="fold")
    return table


def measures(
    rows: Sequence[dict[str, Any]], on: str, known: str, first: str, verified: str
) -> None:
    """Measures with their status; struck through where void or ended."""
    _stale(not first <= on <= verified or known > verified, first, verified)
    title = f"Measures on {on}, as known on {known}"
    table = _table(
        title,
        [("status", ""), ("provision", ""), ("rate", "right"), ("from", ""), ("to", ""),
         ("citation", "")],
    )  # fmt: skip
    for row in rows:
        mark = MARKS.get(row["status"], "×")
        style = "strike" if row["status"] in ("ended", "void") else None
        rate = row["rate"] or row["kind"]
        cited = escape(row["citation"])
        if row["says"]:
            cited += f"\n{escape(row['says'])}"
        table.add_row(
            f"{mark} {row['status'].replace('_', ' ')}", row["id"], rate, row["from"] or "",
            row["to"] or "", cited, style=style,
        )  # fmt: skip
    console = _console()
    console.print(table)
    console.print(f"● in force  ◐ signed  ○ threatened  × over. Verified to {verified}.")


def _stale(stale: bool, first: str, last: str) -> None:
    """A warning, before the answer, that a day lies outside the checked record."""
    if stale:
        _console().print(
            f"[bold]The record is checked from {first} to {last} only; a day asked for lies "
            "outside, and duties of that day may be missing.[/bold]"
        )


def timeline(rows: Sequence[dict[str, Any]]) -> None:
    """Dated lines, oldest first."""
    table = _table("Timeline", [("date", ""), ("kind", ""), ("what", ""), ("source", "")])
    for row in rows:
        table.add_row(row["date"], row["kind"], escape(row["title"]), escape(row["citation"]))
    _console().print(table)


def duty(answer: dict[str, Any]) -> None:
    """Base × rate = amount for each layer, then why, what is missing and what is unknown."""
    console = _console()
    _stale(answer["stale"], answer["complete_from"], answer["verified_to"])
    money = answer["currency"]
    head = (
        f"{answer['goods']} from {answer['from']} into {answer['into']}, "
        f"{money} {amount(answer['value'])}, on {answer['on']}, as known on {answer['known']}"
    )
    if answer["claims"]:
        head += f", claiming {', '.join(answer['claims'])}"
    table = _table(
        head,
        [("duty", ""), ("basis", ""), ("base", "right"), ("rate", "right"), ("amount", "right"),
         ("citation", "")],
    )  # fmt: skip
    for layer in answer["layers"]:
        rate = percent(layer["rate"])
        if layer["unit"]:
            rate = f"{layer['rate']:g} per {layer['unit']}"
        table.add_row(
            escape(layer["title"]),
            layer["basis"],
            amount(layer["basis_value"]),
            rate,
            amount(layer["amount"]),
            escape(layer["citation"]),
        )
    console.print(table)
    if not answer["admissible"]:
        console.print("[bold]May not be imported.[/bold]")
    else:
        console.print(
            f"[bold]Total {money} {amount(answer['total'])}[/bold], "
            f"{percent(answer['rate'], 2)} of the value"
        )
        if answer["high"] is None:
            console.print(f"Range: at least {amount(answer['low'])}; the upper end is not known.")
        elif answer["low"] != answer["high"]:
            console.print(f"Range: {amount(answer['low'])} to {amount(answer['high'])}.")
    for layer in answer["layers"]:
        for reason in layer["because"]:
            console.print(f"  {escape(layer['title'])}: {escape(reason)}")
    for layer in answer["fees"]:
        why = f": {escape('; '.join(layer['because']))}" if layer["because"] else ""
        console.print(
            f"  Beside the duties: {escape(layer['title'])}, {money} {amount(layer['amount'])}, "
            f"{percent(layer['rate'], 3)} of {layer['basis']}{why} ({escape(layer['citation'])})."
        )
    for one in (*answer["suppressed"], *answer["fees_suppressed"]):
        console.print(f"  {escape(one['title'])}: {escape(one['reason'])}.")
    for one in answer["missing_facts"]:
        console.print(
            f"  Missing fact [bold]{one['fact']}[/bold] ({one['unit']}): {escape(one['meaning'])}; "
            f"attested by: {escape(one['attested'])}. Until then: {escape(one['until_then'])}."
        )
    console.print(f"  Not in this answer: {escape('; '.join(answer['not_included']))}.")
    for one in answer["unknown"]:
        console.print(
            f"  Unknown rate, in no total: {escape(one['title'])} ({escape(one['citation'])})."
        )


def etr(answer: dict[str, Any], top: int) -> None:
    """The total, then the largest rows."""
    console = _console()
    _stale(answer["stale"], answer["complete_from"], answer["verified_to"])
    money = answer["currency"]
    console.print(
        f"Effective tariff rate into {answer['into']} on {answer['on']}, as known on "
        f"{answer['known']}: [bold]{percent(answer['rate'], 2)}[/bold] of {money} "
        f"{answer['imports'] / 1e9:,.1f} bn ({answer['year']})"
    )
    keys = [k for k in ("partner", "sector", "chapter", "authority") if k in answer["rows"][0]]
    table = _table(
        "", [(k, "") for k in keys] + [("imports, bn", "right"), ("duty, bn", "right"),
                                       ("rate", "right")]
    )  # fmt: skip
    for row in answer["rows"][:top]:
        table.add_row(
            *(str(row[k]) for k in keys), amount(row["imports"] / 1e9, 1),
            amount(row["duty"] / 1e9, 2), "" if row["rate"] is None else percent(row["rate"], 2),
        )  # fmt: skip
    console.print(table)
    if len(answer["rows"]) > top:
        console.print(f"{len(answer['rows']) - top} more rows; --top or --json shows them.")
    for name, value in answer["assumed"].items():
        console.print(f"Assumed: {name} = {value:g}.")
    for one in answer["unknown"]:
        console.print(f"Unknown rate, in no total: {one['measure']} ({escape(one['citation'])}).")
    console.print(f"Source: {escape(answer['source'])}.")


def solved(answer: dict[str, Any]) -> None:
    """One row per region."""
    console = _console()
    console.print(
        f"{answer['scenario']}, response {answer['response']}, closure {answer['closure']}, "
        f"elasticities {answer['elasticities']}"
    )
    table = _table(
        "",
        [("region", "")]
        + [
            (f"{k}, %", "right")
            for k in ("real income", "real wage", "prices", "exports", "imports")
        ]
        + [(f"duties, {answer['currency']}", "right")],
    )
    for row in answer["regions"]:
        table.add_row(
            row["region"],
            *(signed(100 * row[k], 2)
              for k in ("real_income", "real_wage", "prices", "exports", "imports")),
            signed(row["revenue"], 2),
        )  # fmt: skip
    console.print(table)
    console.print(escape(answer["status"]))
    for importer, value in answer["unmatched"].items():
        money = answer["money"][importer]
        covered = answer["covered"].get(importer, 0.0)
        console.print(
            f"Into {importer}: {money} {covered / 1e9:,.1f} bn newly charged; "
            f"{money} {value / 1e9:,.1f} bn of imports found no sector."
        )


def plain(rows: Sequence[dict[str, Any]], title: str) -> None:
    """Rows as they are."""
    if not rows:
        print(f"{title}: nothing to show.")
        return
    numbers = {k for k in rows[0] if isinstance(rows[0][k], float | int)}
    table = _table(title, [(k, "right" if k in numbers else "") for k in rows[0]])
    for row in rows:
        table.add_row(
            *(amount(v, 1) if isinstance(v, float) else escape(str(v)) for v in row.values())
        )
    _console().print(table)
