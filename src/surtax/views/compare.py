"""Platforms side by side as tables for a terminal."""

from __future__ import annotations

from typing import Any

from rich.markup import escape

from surtax.units import amount, signed
from surtax.views.tables import console, table


def compared(answer: dict[str, Any]) -> None:
    """What each platform is, then one table; saved answers have the table alone."""
    out = console()
    for text in answer.get("summary", []):
        out.print(escape(text))
    for row in answer["rows"]:
        if row.get("summary"):
            out.print(f"\n[bold]{row['name']}[/bold]")
            for text in row["summary"]:
                out.print("  " + escape(text))
            for one in row["statements"]:
                said = f"{one['speaker']}, {one['said_on']}: {one['says']} ({one['citation']})"
                out.print("  " + said, style="dim", markup=False)
    out.print(
        f"\nClosure {answer['closure']}, elasticities {answer['elasticities']}, world "
        f"{answer['world']}; baseline: {answer['baseline']}."
    )
    if "summary" in answer:
        _platforms(answer)
    else:
        _regions(answer, [row["regions"] for row in answer["rows"]], "real_income")


def _platforms(answer: dict[str, Any]) -> None:
    """One row a platform; changes in per cent of the benchmark, gains in points."""
    heads = [("platform", ""), ("real income, %", "right"), ("gain, pp", "right")]
    grid = table("", [*heads, ("range, pp", "right"), ("opponent, %", "right")])
    for row in answer["rows"]:
        own = row["real_income"]
        low, high = (signed(100 * own[k], 2) for k in ("gain_low", "gain_high"))
        grid.add_row(
            row["name"],
            signed(100 * own["value"], 2),
            signed(100 * own["gain"], 2),
            low if low == high else f"{low} to {high}",
            signed(100 * row["opponent"]["value"], 2),
        )
    console().print(grid)
    console().print(f"Gains over the baseline; ranges over {answer['sets']} sets of assumptions.")
    heads = [("new duties, bn a year", ""), ("static", "right"), ("collected", "right")]
    grid = table("", [*heads, ("a worker hit", "right"), ("of payroll lost, %", "right")])
    for row in answer["rows"]:
        money = row["revenue"]
        each, cover = money["per_worker"], money["coverage"]
        grid.add_row(
            row["name"],
            amount(money["static"] / 1e9, 1),
            amount(money["collected"] / 1e9, 1),
            "" if each is None else amount(each, 0),
            "" if cover is None else amount(100 * cover, 0),
        )
    console().print(grid)
    _shared(answer)
    _regions(answer, [row["regions"] for row in answer["rows"]], "value")


def _shared(answer: dict[str, Any]) -> None:
    """What each province receives of the new duties, and how much of its lost payroll that is."""
    paid = [row for row in answer["rows"] if row["revenue"]["received"]]
    if not paid:
        return
    names = [((row["name"], "right"), ("of loss, %", "right")) for row in paid]
    grid = table("", [("received, mn a year", ""), *(head for pair in names for head in pair)])
    for k, first in enumerate(paid[0]["revenue"]["regions"]):
        cells = []
        for row in paid:
            one = row["revenue"]["regions"][k]
            cover = one["coverage"]
            cells += [
                amount(one["received"] / 1e6, 0),
                "" if cover is None else amount(100 * cover, 0),
            ]
        grid.add_row(first["region"], *cells)
    console().print(grid)


def _regions(answer: dict[str, Any], columns: list[list[dict[str, Any]]], key: str) -> None:
    """Real income by region, one column a platform."""
    heads = [("real income, %", ""), *((row["name"], "right") for row in answer["rows"])]
    grid = table("", heads)
    for line in zip(*columns, strict=True):
        grid.add_row(line[0]["region"], *(signed(100 * cell[key], 2) for cell in line))
    console().print(grid)
