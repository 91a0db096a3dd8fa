"""Rated files of entries as a few lines for a terminal."""

from __future__ import annotations

from typing import Any

from rich.markup import escape

from surtax.duty.entries.headers import Match
from surtax.units import amount
from surtax.views.tables import below, console, table


def mapping(found: Match) -> None:
    """Which header of the file is read as which column, before anything is rated."""
    out = console()
    out.print(f"Columns read as those of: {found.rules.title}")
    grid = table("", [("in the file", ""), ("read as", "")])
    for header, column in found.columns.items():
        grid.add_row(escape(header), escape(column))
    if "into" not in found.columns.values() and found.rules.into:
        grid.add_row("(none)", f"into, {found.rules.into} throughout")
    out.print(grid)
    if found.unused:
        below(out, f"Not used: {', '.join(found.unused)}.", 0)


def rated(answer: dict[str, Any]) -> None:
    """Lines, duty, what was mended and what was rejected."""
    out = console()
    speed = answer["lines"] / max(answer["seconds"], 1e-3)
    out.print(
        f"\n[bold]{answer['lines']:,}[/bold] lines in {answer['seconds']:.1f} s "
        f"({speed:,.0f} a second), as known on {answer['known']}"
    )
    for money, duty in answer["duty_by_currency"].items():
        out.print(f"duty owed: [bold]{money} {amount(duty)}[/bold]")
    if answer["resumed_after"]:
        out.print(f"An earlier run had rated the first {answer['resumed_after']:,} lines.")
    if answer["stale"]:
        words = f"{answer['stale']:,} lines lie on days that the record was not checked for"
        out.print(f"{words}; it is verified to {answer['verified_to']}.")
    gaps = {
        "missing": "wait for a fact: no relief that hangs on it is granted, no rate reckoned",
        "unknown": "owe a duty whose rate is not known: it is in no sum",
    }
    for what, words in gaps.items():
        if answer[what]:
            below(out, f"{answer[what]:,} lines {words}; the column “{what}” names it.", 0)
    again(answer)
    for what, count in answer["repairs"].items():
        out.print(f"Mended: {escape(what)}: {count:,}.")
    if answer["rejected"]:
        out.print(
            f"[bold]{answer['rejected']:,}[/bold] lines rejected, with reasons in "
            f"{escape(answer['rejects'])}."
        )
    out.print(f"Written to {escape(answer['out'])}.")


def again(answer: dict[str, Any]) -> None:
    """Lines that name an entry line met before, and the first of them."""

    def of(one: dict[str, Any]) -> str:
        return f" of {one['part']}" if "part" in one else ""

    if answer["again"]:
        first = ", ".join(
            f"line {one['line']}{of(one)} (entry {one['entry']}, line {one['entry_line']})"
            for one in answer["again_first"]
        )
        more = " …" * (answer["again"] > len(answer["again_first"]))
        words = "name an entry and a line of it that came before, and say something else; both are"
        below(console(), f"{answer['again']:,} lines {words} in the sums: {first}{more}.", 0)
