"""Refunds and audits of entries as tables that fit 80 columns."""

from __future__ import annotations

from typing import Any

from rich.markup import escape
from rich.table import Table

from surtax.units import amount
from surtax.views.tables import below, console, table

REASON = 44


def refund(answer: dict[str, Any], top: int = 12) -> None:
    """What comes back, by month, measure and route, and why the rest does not."""
    out = console()
    money = answer["currency"]
    out.print(
        f"Refund of duties into {answer['into']}, claimed on {answer['known']}: "
        f"[bold]{money} {amount(answer['refundable'])}[/bold] on {answer['eligible']:,} of "
        f"{answer['lines']:,} lines"
    )
    ground = answer["citation"] or "no ruling or order that the record knows"
    below(out, f"Ground: {ground}.")
    if answer["not_refundable"]:
        out.print(f"{money} {amount(answer['not_refundable'])} more does not come back.")
    for title, rows in (("by month", answer["by_month"]), ("by measure", answer["by_measure"])):
        shown = {name: value for name, value in rows.items() if value}
        if shown:
            out.print(_sums(title, shown, money, top))
    if answer["routes"]:
        grid = table("", [("route", ""), ("until", ""), ("lines", "right"), (money, "right")])
        for row in answer["routes"][:top]:
            until = row["deadline"] or "no day set"
            grid.add_row(escape(row["route"]), until, f"{row['lines']:,}", amount(row["amount"]))
        out.print(grid)
        if len(answer["routes"]) > top:
            out.print(f"{len(answer['routes']) - top} more deadlines; --json shows them.")
    if answer["not_eligible"]:
        grid = table("", [("nothing comes back", ""), ("lines", "right")])
        for reason, count in answer["not_eligible"].items():
            grid.add_row(escape(reason), f"{count:,}")
        out.print(grid)
    _written(answer)


def audit(answer: dict[str, Any]) -> None:
    """Findings with their number and dollars."""
    out = console()
    money = answer["currency"]
    out.print(
        f"Audit of entries into {answer['into']}, as known on {answer['known']}: "
        f"{answer['clean']:,} of {answer['lines']:,} lines without a finding"
    )
    grid = table("", [("finding", ""), ("number", "right"), (f"paid too much, {money}", "right")])
    for finding, row in answer["findings"].items():
        grid.add_row(finding, f"{row['count']:,}", amount(row["amount"]))
    out.print(grid)
    out.print(
        f"Paid too much {money} {amount(answer['over_paid'])}, "
        f"too little {money} {amount(answer['under_paid'])}."
    )
    _written(answer)


def _sums(title: str, rows: dict[str, float], money: str, top: int) -> Table:
    grid = table("", [(title, ""), (money, "right")])
    for name, value in list(rows.items())[:top]:
        grid.add_row(escape(name), amount(value))
    if len(rows) > top:
        rest = list(rows.values())[top:]
        grid.add_row(f"{len(rest)} more", amount(sum(rest)))
    return grid


def _written(answer: dict[str, Any]) -> None:
    """The files written, and lines that could not be read."""
    out = console()
    for path in answer["files"]:
        out.print(f"Written: {escape(path)}", soft_wrap=True)
    if answer.get("misfits"):
        out.print(
            "In no claim file, since a number has eleven letters and digits: "
            f"{len(answer['misfits']):,} ({escape(', '.join(answer['misfits'][:5]))})"
        )
    if answer["rejected"]:
        out.print(f"Lines that could not be read: {answer['rejected']:,}")
        for one in answer["rejects"][:5]:
            below(out, f"line {one['line']}: {one['reason']}")
    for what, count in answer["repairs"].items():
        below(out, f"Mended {count:,} times: {what}")
