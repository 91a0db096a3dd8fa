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
    for text in answer["summary"]:
        out.print(escape(text))
    out.print(
        f"{answer['scenario']}: a list of {answer['player']} on {answer['players'][1]} at "
        f"{100 * answer['rate']:g} %, closure {answer['closure']}"
    )
    heads = [("cost to", ""), (answer["currency"], "right")]
    grid = table("", [*heads, *[("range", "right")] * (answer["sets"] > 1)])
    for name, side in zip(answer["players"], ("own", "theirs"), strict=True):
        cost = answer["costs"][side]
        grid.add_row(name, signed(cost["value"] / 1e9, 2), *_range(cost, answer["sets"]))
    out.print(grid)
    ranges = f" Ranges over {answer['sets']} sets of assumptions." if answer["sets"] > 1 else ""
    ratio = signed(answer["ratio"], 3)
    out.print(f"Own cost per dollar of theirs: {ratio}; negative is a gain.{ranges}")
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
    if answer["claim"]:
        out.print(escape(answer["claim"]))
    out.print(answer["status"])
    for file in one["files"]:
        out.print(escape(file))


def _range(cost: dict[str, float], sets: int) -> list[str]:
    """Lowest to highest, where more than one set of assumptions was tried."""
    return [f"{signed(cost['low'] / 1e9, 2)} to {signed(cost['high'] / 1e9, 2)}"] * (sets > 1)


def scored(answer: dict[str, Any]) -> None:
    """A real list beside the best one of its size."""
    out, money = console(), answer["value_currency"]
    for text in answer["summary"]:
        out.print(escape(text))
    first, second = answer["players"]
    out.print(f"{answer['scenario']}: a list of {first} on {second}, closure {answer['closure']}")
    heads = [("", ""), ("items", "right"), (f"{money} bn", "right"), ("rate, %", "right")]
    heads += [(f"cost to {who}", "right") for who in (first, second)] + [("per dollar", "right")]
    grid = table("", heads)
    for name, one in (("as made", answer["scored"]), ("best of its size", answer["best"])):
        if one is None:
            continue
        grid.add_row(
            name, str(one["items"]), amount(one["value"] / 1e9, 2), amount(100 * one["rate"], 1),
            *[signed(one["costs"][side]["value"] / 1e9, 2) for side in ("own", "theirs")],
            signed(one["ratio"], 3),
        )  # fmt: skip
    out.print(grid)
    made, sets = answer["scored"]["costs"], answer["scored"]["sets"]
    for who, side in ((first, "own"), (second, "theirs")):
        for spread in _range(made[side], sets):
            out.print(f"Cost to {who}, {answer['currency']}: {spread}, as made.")
    out.print("A negative cost is a gain.")
    out.print(escape(answer["status"]))
    if answer["best"]:
        out.print(f"The best: {answer['best']['among']}. {answer['best']['status']}")
    out.print(escape(f"Values: {answer['value_source']}."))
