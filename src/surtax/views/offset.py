"""Offsets as a table for a terminal."""

from __future__ import annotations

from typing import Any

from rich.markup import escape

from surtax.units import amount, signed
from surtax.views.tables import console, table


def sought(answer: dict[str, Any]) -> None:
    """One row a set: the cut, and what it is worth with and without the duties."""
    out = console()
    for text in answer["summary"]:
        out.print(escape(text))
    what = "internal barriers" if answer["by"] == "barriers" else "costs of selling to partners"
    out.print(f"\nWhich cut of {what} leaves {', '.join(answer['of'])} where it was?")
    heads = [("set", ""), ("cut, %", "right"), ("loss, %", "right"), ("gain, pp", "right")]
    grid = table("", [*heads, ("without duties", "right"), ("interaction", "right")])
    for row in answer["rows"]:
        grid.add_row(
            row["set"] or "partners",
            ("" if row["reached"] else "> ") + amount(100 * row["cut"], 1),
            signed(100 * row["loss"], 2),
            signed(100 * row["gain"], 2),
            signed(100 * row["gain_without_duties"], 2),
            signed(100 * row["interaction"], 3),
        )
    out.print(grid)
    for row in answer["rows"]:
        out.print(f"{row['set'] or 'partners'}: {row['status']}")
        if row["sales"]:
            out.print(f"Sales to them change by {signed(100 * row['sales']['change'], 1)} %.")
