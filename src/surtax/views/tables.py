"""Answers as tables for a terminal; machines take ``--json``."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from surtax.duty.layers import BACK
from surtax.units import amount, percent, signed

HEADS = {
    "in_force": "In force",
    "signed": "Signed, not in force on that day",
    "threatened": "Threatened",
    "proposed": "Proposed",
    "conditional": "Conditional",
    "suspended": "Suspended",
    "ended": "Ended",
    "void": "Void",
}
_LARGEST = 25  # rows of an economy's table that a terminal shows
MARKS = {"in_force": "●", "signed": "◐", "threatened": "○", "proposed": "○"}


def console() -> Console:
    """A terminal to write to."""
    return Console(highlight=False)


def table(title: str, columns: Sequence[tuple[str, str]]) -> Table:
    """A table without lines; each column has a name and, for numbers, “right”."""
    grid = Table(title=title, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for name, side in columns:
        grid.add_column(name, justify="right" if side == "right" else "left", overflow="fold")
    return grid


def measures(answer: dict[str, Any]) -> None:
    """Provisions by status and measure, each with its citation; struck through where over."""
    out = console()
    warn(answer)
    out.print(f"Measures on {answer['on']}, as known on {answer['known']}")
    for status, rows in groupby(answer["measures"], key=lambda row: row["status"]):
        out.print(f"\n[bold]{MARKS.get(status, '×')} {HEADS.get(status, status)}[/bold]")
        for measure, mine in groupby(rows, key=lambda row: row["id"].partition("#")[0]):
            provisions = list(mine)
            out.print(f"{escape(provisions[0]['title'])}  [dim]{measure}[/dim]")
            _provisions(out, provisions)
    out.print(f"\nVerified to {answer['verified_to']}.")


def _provisions(out: Console, rows: Sequence[dict[str, Any]]) -> None:
    """Name, rate and days of each provision, its citation below."""
    style = "strike" if rows[0]["status"] in ("ended", "void") else ""
    for row in rows:
        name = row["id"].partition("#")[2]
        days = f"from {row['from']}" + (f" to {row['to']}" if row["to"] else "")
        rates = [row["rate"], "by origin" if row["rates"] else None]
        rate = " or ".join(rate for rate in rates if rate) or row["kind"]
        out.print(Text(f"  {name:<27} {rate:<11} {days}", style=style))
        told = [row["citation"], row["says"]]
        below(out, ". ".join(t.rstrip(".") for t in told if t) + ".")


def below(out: Console, text: str, indent: int = 4, *, style: str = "dim") -> None:
    """A paragraph below a row, indented and wrapped."""
    out.print(Padding(Text(text, style=style), (0, 0, 0, indent)))


def warn(answer: dict[str, Any]) -> None:
    """A warning, before the answer, that a day lies outside the checked record."""
    if answer["stale"]:
        console().print(
            f"[bold]The record is checked from {answer['complete_from']} to "
            f"{answer['verified_to']} only; a day asked for lies outside, and duties of that day "
            "may be missing.[/bold]"
        )


def timeline(answer: dict[str, Any]) -> None:
    """Dated lines, oldest first; a day and what changed on it, with its source."""
    warn(answer)
    if not answer["events"]:
        print("Timeline: nothing to show.")
        return
    title = f"Timeline from {answer['since']}, as known on {answer['known']}"
    grid = table(title, [("date", ""), ("kind", ""), ("what", "")])
    last = ""
    for row in answer["events"]:
        what = escape(row["title"])
        if row["citation"] not in row["title"]:
            what += f" [dim]({escape(row['citation'])})[/dim]"
        grid.add_row("" if row["date"] == last else row["date"], row["kind"], what)
        last = row["date"]
    console().print(grid)


def duty(answer: dict[str, Any]) -> None:
    """Base × rate = amount for each layer, then why, what is missing, unknown or idle."""
    out = console()
    warn(answer)
    money = answer["currency"]
    head = (
        f"{answer['goods']} from {answer['from']} into {answer['into']}, "
        f"{money} {amount(answer['value'])}, on {answer['on']}, as known on {answer['known']}"
    )
    if answer["claims"]:
        head += f", claiming {', '.join(answer['claims'])}"
    out.print(head)
    grid = table(
        "",
        [("duty", ""), ("basis", ""), ("base", "right"), ("rate", "right"), ("amount", "right")],
    )
    for layer in answer["layers"]:
        rate = percent(layer["rate"])
        if layer["unit"]:
            rate = f"{layer['rate']:g} per {layer['unit']}"
        grid.add_row(
            escape(layer["title"]),
            layer["basis"],
            amount(layer["basis_value"]),
            rate,
            amount(layer["amount"]),
        )
    out.print(grid)
    if not answer["admissible"]:
        out.print("[bold]May not be imported.[/bold]")
        for one in answer["bans"]:
            below(out, f"{one['title']}: prohibited; {one['citation']}.", 2, style="")
    else:
        out.print(
            f"[bold]Total {money} {amount(answer['total'])}[/bold], "
            f"{percent(answer['rate'], 2)} of the value"
        )
        if answer["high"] is None:
            out.print(f"Range: at least {amount(answer['low'])}; the upper end is not known.")
        elif answer["low"] != answer["high"]:
            out.print(f"Range: {amount(answer['low'])} to {amount(answer['high'])}.")
    for layer in answer["layers"]:
        why = "; ".join((*layer["because"], layer["citation"]))
        below(out, f"{layer['title']}: {why}.", 2, style="")
    for one in answer["zone"]:
        below(out, f"Foreign trade zone: {one}.", 2, style="")
    _drawback(out, answer["layers"])
    for layer in answer["fees"]:
        why = "; ".join((*layer["because"], layer["citation"]))
        rate = f"{100 * layer['rate']:.6g} %"
        if layer["unit"]:
            rate = f"{layer['rate']:g} per {layer['unit']}"
        below(
            out,
            f"Beside the duties: {layer['title']}, {money} {amount(layer['amount'])}, "
            f"{rate} of {layer['basis']}: {why}.",
            2,
            style="",
        )
    for one in (*answer["suppressed"], *answer["fees_suppressed"]):
        below(out, f"{one['title']}: {one['reason']}.", 2, style="")
    for one in answer["missing_facts"]:
        below(
            out,
            f"Missing fact {one['fact']} ({one['unit']}): {one['meaning']}; attested by: "
            f"{one['attested']}. Until then: {one['until_then']}.",
            2,
            style="bold",
        )
    for one in answer["fee_facts"]:
        below(out, f"A fee turns on {one['fact']} ({one['unit']}): {one['meaning']}. Until then: "
              f"{one['until_then']}.", 2, style="")  # fmt: skip
    for one in answer["unknown"]:
        below(
            out, f"Unknown rate, in no total: {one['title']} ({one['citation']}).", 2, style="bold"
        )
    for one in answer["hints"]:
        below(out, f"Note: {one}.", 2, style="bold")
    below(out, f"Not in this answer: {'; '.join(answer['not_included'])}.", 2)


def _drawback(out: Console, layers: Sequence[dict[str, Any]]) -> None:
    """What the instruments say of drawback, once for each thing that they say."""
    for layer in layers:
        said = layer["drawback"]
        if said:
            note = f"; {said['note']}" if said["note"] else ""
            words = f"{layer['title']}: {BACK[said['allowed']]}{note} ({said['citation']})."
            below(out, words, 2, style="")


def solved(answer: dict[str, Any]) -> None:
    """What the scenario says, then one row per region."""
    out = console()
    for text in answer["summary"]:
        out.print(escape(text))
    out.print(
        f"\n{answer['scenario']}, response {answer['response']}, closure {answer['closure']}, "
        f"elasticities {answer['elasticities']}"
    )
    if answer["horizon"]:
        name, text = answer["horizon"]["name"], answer["horizon"]["text"]
        out.print(f"Horizon {name}: {escape(text)}.")
    if answer["rows"]:
        _economy_rows(out, answer)
        out.print(escape(answer["status"]))
        return
    heads = {"real_income": "real income", "real_income_per_head": "per head",
             "real_wage": "real wage", "prices": "prices", "exports": "exports",
             "imports": "imports", "employment": "employment"}  # fmt: skip
    if all(row["real_income_per_head"] == row["real_income"] for row in answer["regions"]):
        del heads["real_income_per_head"]  # nobody moves
    if all(abs(row["employment"]) <= 5e-5 for row in answer["regions"]):
        del heads["employment"]
    grid = table(
        "",
        [("region", "")]
        + [(f"{head}, %", "right") for head in heads.values()]
        + [(f"duties, {answer['currency']}", "right")],
    )
    for row in answer["regions"]:
        cells = (signed(100 * row[key], 2) for key in heads)
        grid.add_row(row["region"], *cells, signed(row["revenue"], 2))
    out.print(grid)
    out.print(escape(answer["status"]))
    for importer, value in answer["unmatched"].items():
        money = answer["money"][importer]
        covered = answer["covered"].get(importer, 0.0)
        out.print(
            f"Into {importer}: goods of {money} {covered / 1e9:,.1f} bn owe a measure's duty and "
            f"owed none before; {money} {value / 1e9:,.1f} bn of imports found no sector."
        )


def _economy_rows(out: Console, answer: dict[str, Any]) -> None:
    """Sectors or pairs of both sides, the largest: changes in %, amounts as they are."""
    rows = [row for row in answer["rows"] if row["region"] in answer["sides"]]
    if answer["by"] == "sector":
        names, size = ("region", "sector"), "output_amount"
        heads = {k: f"{k}, %" for k in ("output", "employment", "wage", "exports", "imports")}
        heads["producer_prices"] = "factory price, %"
        rows = [row for row in rows if row["exports_amount"] > 0]
    else:
        names, size, money = ("region", "partner"), "imports_base", answer["currency"]
        heads = {"imports_base": f"imports before, {money}", "imports_amount": f"after, {money}",
                 "diverted": f"diverted, {money}", "scale": f"for total, {money}"}  # fmt: skip
    grid = table("", [(n, "") for n in names] + [(head, "right") for head in heads.values()])
    for row in sorted(rows, key=lambda row: -row[size])[:_LARGEST]:
        cells = (
            signed(100 * row[k], 2) if "%" in head else amount(row[k], 2)
            for k, head in heads.items()
        )
        grid.add_row(*(row[n] for n in names), *cells)
    out.print(grid)
    left = len(answer["rows"]) - min(len(rows), _LARGEST)
    if left:
        out.print(f"{left} more rows are in --json and -o FILE.csv.")


def plain(rows: Sequence[dict[str, Any]], title: str) -> None:
    """Rows as they are."""
    if not rows:
        print(f"{title}: nothing to show.")
        return
    numbers = {k for k in rows[0] if isinstance(rows[0][k], float | int)}
    grid = table(title, [(k, "right" if k in numbers else "") for k in rows[0]])
    for row in rows:
        grid.add_row(
            *(amount(v, 1) if isinstance(v, float) else escape(str(v)) for v in row.values())
        )
    console().print(grid)
