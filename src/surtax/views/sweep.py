"""Sweeps as tables for a terminal."""

from __future__ import annotations

from typing import Any

from rich.markup import escape

from surtax.scenario.quantiles import AT
from surtax.units import amount, signed
from surtax.views.tables import console, table

_MOST = 8


def swept(answer: dict[str, Any]) -> None:
    """What is drawn, quantiles of the figures, and what moves the first of them."""
    out = console()
    for text in answer["summary"]:
        out.print(escape(text))
    out.print(f"\n{answer['converged']} of {answer['draws']} draws were solved.")
    for row in answer["failed"][:_MOST]:
        out.print(escape(f"  draw {row['draw']}: {row['status']}"))
    names = [f"p{round(100 * q):02d}" for q in AT]
    grid = table("", [("figure", ""), *((name, "right") for name in names)])
    for row in answer["quantiles"]:
        money = row["figure"] == "revenue"
        label = f"revenue, {answer['currency']}" if money else f"{row['figure']}, %"
        told = (amount(row[n], 1) if money else signed(100 * row[n], 2) for n in names)
        grid.add_row(label, *told)
    out.print(grid)
    first = answer["quantiles"][0]["figure"]
    grid = table("", [(f"rank correlation with {first}", ""), ("", "right")])
    for row in [r for r in answer["correlations"] if r["figure"] == first][:_MOST]:
        grid.add_row(row["input"], signed(row["rho"], 2))
    out.print(grid)
