"""Worlds on a terminal: what there is, what a step did, what does not add up."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from rich.markup import escape

from surtax.views.tables import below, console, plain, table

FIRST = 8
"""Findings of a check that are printed before the rest is counted."""


def listed(answer: dict[str, Any]) -> None:
    """The embedded worlds, and the formats that others are read from."""
    plain(answer["worlds"], "Worlds")
    print()
    plain(answer["formats"], "Formats of surtax world import")


def shown(answer: dict[str, Any]) -> None:
    """A world's regions, then where it is from and what was done to it."""
    plain(answer["rows"], f"{answer['name']}, {answer['currency']}, {answer['basis']}")
    out = console()
    for head, rows in (("Sources", answer["sources"]), ("Notes", answer["notes"])):
        out.print(f"\n{head}")
        for row in rows:
            below(out, row, 2, style="")


def made(answer: dict[str, Any], *, told: Sequence[str] = ()) -> None:
    """A world that was written: its size, notes not yet told, what its check says."""
    out = console()
    out.print(
        f"[bold]{escape(answer['world'])}[/bold]: {answer['regions']} regions, "
        f"{answer['sectors']} sectors, {escape(answer['currency'])}, {escape(answer['basis'])}"
    )
    for note in (n for n in answer["notes"] if n not in told):
        below(out, note, 2, style="")
    found = answer["findings"].items()
    counts = ", ".join(f"{n} {kind}{'s' if n > 1 else ''}" for kind, n in found if n)
    out.print(f"Check: {counts or 'nothing found'}.")
    out.print(f"Written to {escape(answer['folder'])}.")


def checked(answer: dict[str, Any], *, every: bool = False) -> None:
    """Findings by severity and check, the largest first."""
    out = console()
    rows: Sequence[dict[str, Any]] = answer["findings"]
    counts = answer["counts"]
    balanced = "does not balance" if counts["fault"] else "balances"
    out.print(
        f"World {escape(answer['world'])} {balanced}: {counts['fault']} faults, "
        f"{counts['warning']} warnings, {counts['note']} notes."
    )
    for (severity, check), found in groupby(rows, key=lambda r: (r["severity"], r["check"])):
        mine = sorted(found, key=lambda r: -abs(r["size"] or 0.0))
        shown = mine if every else mine[:FIRST]
        grid = table(f"\n{severity.capitalize()}: {check}", [("where", ""), ("what", "")])
        for row in shown:
            grid.add_row(escape(row["where"]), escape(row["message"]))
        out.print(grid)
        if len(mine) > len(shown):
            out.print(f"… and {len(mine) - len(shown)} more; --all prints them.")
