"""Refunds and audits of entries as tables that fit 80 columns."""

from __future__ import annotations

from typing import Any

from rich.markup import escape
from rich.table import Table

from surtax.duty.audit import CANDIDATE
from surtax.units import amount
from surtax.views.rated import again
from surtax.views.tables import below, console, table


def refund(answer: dict[str, Any], top: int = 12) -> None:
    """What comes back, by month, measure and route, and why the rest does not."""
    out = console()
    money = answer["currency"]
    out.print(
        f"\nRefund of duties into {answer['into']}, claimed on {answer['known']}: "
        f"[bold]{money} {amount(answer['refundable'])}[/bold] on {answer['eligible']:,} of "
        f"{answer['lines']:,} lines"
    )
    ground = answer["citation"] or "no ruling or order that the record knows"
    below(out, f"Ground: {ground}.", 0)
    if answer["elsewhere"]:
        below(out, f"Left to other grounds: {', '.join(answer['elsewhere'])}.", 0)
    if answer["not_refundable"]:
        out.print(f"{money} {amount(answer['not_refundable'])} more does not come back.")
    if answer["by_month"]:
        out.print(_sums("month of entry", answer["by_month"], money, top))
    measures = dict(answer["by_measure"])
    if answer["unpaid"]:
        measures["paid otherwise than owed"] = -answer["unpaid"]
    if measures:
        out.print(_sums("duty", measures, money, top))
    if answer["routes"]:
        out.print(_routes(answer))
    if answer["not_eligible"]:
        grid = table("", [("nothing comes back", ""), ("lines", "right"), (money, "right")])
        for reason, count in answer["not_eligible"].items():
            held = answer["not_eligible_amounts"][reason]
            grid.add_row(escape(reason), f"{count:,}", amount(held) if held else "")
        out.print(grid)
    for route, why in answer["no_file"].items():
        below(out, f"No claim file for: {route}; {why}.", 0)
    if answer["misfits"]:
        below(
            out,
            "In no claim file, since an entry number has eleven letters and digits: "
            f"{len(answer['misfits']):,} ({', '.join(answer['misfits'][:5])}).",
            0,
        )
    _written(answer)


def _routes(answer: dict[str, Any]) -> Table:
    """Ways to claim, with the first and the last of their last days."""
    money = answer["currency"]
    grid = table(
        "",
        [("way", ""), ("until", ""), ("last", ""), ("lines", "right"), (money, "right")],
    )
    ways: dict[str, list[dict[str, Any]]] = {}
    for row in answer["routes"]:
        ways.setdefault(row["route"], []).append(row)
    for way, rows in ways.items():
        for told in ([r for r in rows if r["deadline"]], [r for r in rows if not r["deadline"]]):
            if told:
                days = (told[0]["deadline"] or "no day set", told[-1]["deadline"] or "")
                lines, sums = (sum(r[k] for r in told) for k in ("lines", "amount"))
                last = days[1] if days[1] != days[0] else ""
                grid.add_row(escape(way), days[0], last, f"{lines:,}", amount(sums))
    return grid


def audit(answer: dict[str, Any]) -> None:
    """Findings with their number and dollars."""
    out = console()
    sound = answer["lines"] - answer["rejected"]
    out.print(
        f"\nAudit of entries as known on {answer['known']}: [bold]{answer['clean']:,}[/bold] of "
        f"{sound:,} lines without a finding"
    )
    single = isinstance(answer["currency"], str)
    money = f"{answer['currency']} " if single else ""
    found = dict(answer["findings"])
    candidates = found.pop(CANDIDATE, None)
    if found:
        head = f"too much, {answer['currency']}" if single else "too much"
        grid = table("", [("finding", ""), ("number", "right"), (head, "right")])
        for finding, row in found.items():
            grid.add_row(finding, f"{row['count']:,}", _amounts(row["amount"]))
        out.print(grid)
        out.print(
            f"Paid too much {money}{_amounts(answer['over_paid'])}, "
            f"too little {money}{_amounts(answer['under_paid'])}."
        )
    if candidates:
        out.print(
            f"Refund candidates: {candidates['count']:,}, {money}{_amounts(candidates['amount'])}; "
            "the file says by which way and until when."
        )
    _written(answer)


def _amounts(told: Any) -> str:
    """An amount, or one for each currency; blank where nothing is to be told."""
    if isinstance(told, dict):
        return ", ".join(f"{name} {amount(value)}" for name, value in told.items()) or "0.00"
    return amount(told)


def _sums(title: str, rows: dict[str, float], money: str, top: int) -> Table:
    grid = table("", [(title, ""), (money, "right")])
    for name, value in list(rows.items())[:top]:
        grid.add_row(escape(name), amount(value))
    if len(rows) > top:
        rest = list(rows.values())[top:]
        grid.add_row(f"{len(rest)} more", amount(sum(rest)))
    if len(rows) > 1:
        grid.add_row("all", amount(sum(rows.values())), style="bold")
    return grid


def _written(answer: dict[str, Any]) -> None:
    """What is to be known of the reading, and the files written."""
    out = console()
    if answer["resumed_after"]:
        out.print(f"An earlier run had done the first {answer['resumed_after']:,} lines.")
    if answer["stale"]:
        words = f"{answer['stale']:,} lines lie on days that the record was not checked for"
        below(out, f"{words}; it is verified to {answer['verified_to']}.", 0)
    again(answer)
    for what, count in answer["repairs"].items():
        below(out, f"Mended: {what}: {count:,}.", 0)
    if answer["rejected"]:
        out.print(
            f"[bold]{answer['rejected']:,}[/bold] lines rejected, with reasons in "
            f"{escape(answer['rejects'])}.", soft_wrap=True,
        )  # fmt: skip
    for path in answer["files"]:
        out.print(f"Written: {escape(path)}", soft_wrap=True)
