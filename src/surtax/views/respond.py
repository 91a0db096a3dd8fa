"""Answers as tables for a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from rich.markup import escape

from surtax.scenario.proposals import SMALL
from surtax.units import amount, signed
from surtax.views.tables import console, table

_ROWS = 30


def answered(answer: dict[str, Any]) -> None:
    """Payoffs with their ranges, then rates, then the frontier; what it rests on last."""
    out = console()
    for text in answer["summary"]:
        out.print(escape(text))
    out.print(
        f"\n{answer['scenario']}: {answer['mode']} answer of {answer['player']}, "
        f"objective {escape(answer['objective'])}, closure {answer['closure']}"
    )
    _payoffs(answer)
    if answer["mode"] == "best":
        _rates(answer["tariffs"], answer["currency"])
    else:
        _means(answer)
    if "frontier" in answer:
        _frontier(answer)
    for name, cap in answer["caps"].items():
        out.print(f"Cap on {name}: {100 * (1 - cap['slack']):.1f} % used.")
    if answer["claim"]:
        out.print(escape(answer["claim"]))
    _law(answer["measures"])
    out.print(escape(answer["status"]))


def _payoffs(answer: dict[str, Any]) -> None:
    """One row a player, per cent of its benchmark."""
    first = "threat, %" if answer["mode"] == "bargain" else "before, %"
    heads = [("player", ""), (first, "right"), ("answer, %", "right"), ("range, %", "right")]
    heads.append(("gain, pp", "right"))
    money = answer["objective"] == "real-income"  # other objectives are not worth a share of it
    if money:
        heads.append((f"gain, {answer['currency']}", "right"))
    grid = table("", heads)
    scale = 1e9 if answer["currency"].endswith("bn") else 1e6
    for row in answer["payoffs"]:
        grid.add_row(
            row["player"],
            signed(100 * row["before"], 3),
            signed(100 * row["value"], 3),
            _between(row, 2),
            signed(100 * row["gain"], 3),
            *([signed(row["gain"] * row["income"] / scale, 2)] if money else []),
        )
    console().print(grid)
    if answer["sets"] > 1:
        console().print(f"Ranges over {answer['sets']} sets of assumptions.")


def _between(row: dict[str, Any], digits: int, told: Callable[[float, int], str] = signed) -> str:
    low, high = (told(100 * row[key], digits) for key in ("low", "high"))
    return low if low == high else f"{low} to {high}"


def _rates(rows: list[dict[str, Any]], currency: str) -> None:
    """One row a lever that is used, the largest trade first."""
    used = [row for row in rows if abs(row["value"]) > SMALL]
    unit = currency.rsplit(maxsplit=1)[-1]
    heads = [("instrument", ""), ("rate, %", "right"), ("range, %", "right")]
    heads += [(f"trade, {unit}", "right"), (f"duty, {unit}", "right"), ("bound", "")]
    limits = any(row["kind"].startswith("quota") for row in used)
    heads += [("left, %", "right")] * limits
    grid = table("", heads)
    scale = 1e9 if unit == "bn" else 1e6
    for row in sorted(used, key=lambda row: -row["trade"])[:_ROWS]:
        rate = row["unit"] != "currency"
        grid.add_row(
            row["instrument"].partition("/")[2],
            amount(100 * row["value"] if rate else row["value"] / scale, 1),
            _between(row, 1, amount) if rate else "",
            amount(row["trade"] / scale, 1),
            amount(row["duty"] / scale, 2),
            row["bound"],
            *([amount(100 * row["volume"], 1) if "quota" in row["kind"] else ""] * limits),
        )
    console().print(grid)
    if len(used) > _ROWS:
        console().print(f"… and {len(used) - _ROWS} more; --json has them all.")
    console().print(f"Not used: {len(rows) - len(used)} of {len(rows)} instruments.")


def _means(answer: dict[str, Any]) -> None:
    """By player and partner: mean rate by trade, lowest and highest, duty."""
    unit = answer["currency"].split()[-1]
    scale = 1e9 if unit == "bn" else 1e6
    grid = table(
        "Rates by player and partner",
        [("player", ""), ("on", ""), ("mean, %", "right"), ("lowest, %", "right"),
         ("highest, %", "right"), (f"duty, {unit}", "right")],
    )  # fmt: skip
    rates = [row for row in answer["tariffs"] if row["unit"] == "rate"]
    for pair in dict.fromkeys((row["player"], row["partner"]) for row in rates):
        mine = [row for row in rates if (row["player"], row["partner"]) == pair]
        grid.add_row(
            *pair,
            amount(100 * _mean(mine), 1),
            amount(100 * min(row["value"] for row in mine), 1),
            amount(100 * max(row["value"] for row in mine), 1),
            amount(sum(row["duty"] for row in mine) / scale, 2),
        )
    console().print(grid)


def _mean(rows: Iterable[dict[str, Any]]) -> float:
    pairs = [(row["value"], row["trade"]) for row in rows]
    total = sum(trade for _, trade in pairs)
    return sum(v * t for v, t in pairs) / total if total else 0.0


def _frontier(answer: dict[str, Any]) -> None:
    """Gains along the frontier, pp of each side's objective."""
    names = answer["players"]
    heads = [("power of " + names[0], "right"), *((f"{n}, pp", "right") for n in names)]
    grid = table("The frontier: gains over the threat point", heads)
    for point in answer["frontier"]:
        gains = (signed(100 * point["gains"][n], 3) for n in names)
        grid.add_row(amount(point["power"], 2), *gains)
    console().print(grid)
    if answer["payment"]:
        unit = answer["currency"]
        scale = 1e9 if unit.endswith("bn") else 1e6
        paid = answer["payment"] / scale
        verb = "pays" if paid > 0 else "receives"
        console().print(f"{names[0]} {verb} {amount(abs(paid), 2)} {unit}.")


def _law(measures: list[dict[str, Any]]) -> None:
    """What the law says of the instruments used, once each."""
    told: dict[str, str] = {}
    for one in measures:
        for note in one["legality"]:
            told[note["text"]] = f"{one['kind']}: {note['text']} ({note['citation']})."
    if told:
        console().print("What the law says of these instruments:")
        for text in told.values():
            console().print(f"  {text}", style="dim", markup=False)
