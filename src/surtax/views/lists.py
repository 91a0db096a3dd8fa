"""A chosen list as tables for a terminal."""

from __future__ import annotations

from typing import Any

from rich.markup import escape

from surtax.units import amount, signed
from surtax.views.tables import console, table


def listed(answer: dict[str, Any]) -> None:
    """What the list does, what it names by sector, what it may not name; the files last."""
    out = console()
    money = answer["value_currency"]
    out.print(
        f"{answer['scenario']}: a list of {answer['player']} on {answer['players'][1]} at "
        f"{100 * answer['rate']:g} %, closure {answer['closure']}"
    )
    grid = table("", [("cost to", ""), (answer["currency"], "right"), ("range", "right")])
    for name, side in zip(answer["players"], ("own", "theirs"), strict=True):
        cost = answer["costs"][side]
        low, high = signed(cost["low"] / 1e9, 2), signed(cost["high"] / 1e9, 2)
        grid.add_row(name, signed(cost["value"] / 1e9, 2), f"{low} to {high}")
    out.print(grid)
    out.print(
        f"Own cost per dollar of theirs: {signed(answer['ratio'], 3)}; negative is a gain. "
        f"Ranges over {answer['sets']} sets of assumptions."
    )
    heads = [("sector", ""), ("items", "right"), (f"{money} bn", "right")]
    grid = table("", [*heads, ("of its imports, %", "right")])
    for row in answer["sectors"]:
        share = amount(100 * row["share"], 1)
        grid.add_row(row["sector"], str(row["items"]), amount(row["value"] / 1e9, 2), share)
    out.print(grid)
    one = answer["measures"][0]
    out.print(f"Listed: {one['items']} items, {money} {amount(one['trade'] / 1e9, 3)} bn.")
    for reason, row in answer["left_out"].items():
        if row["items"]:
            value = amount(row["value"] / 1e9, 2)
            out.print(f"Left out, {reason}: {row['items']} items, {money} {value} bn.")
    out.print(escape(f"Values: {answer['value_source']}."))
    out.print(f"{answer['status']} Proven gap at the last slopes: {answer['gap']:.1e}.")
    for file in one["files"]:
        out.print(escape(file))
