"""Alternatives as a table for a terminal: what each owes, and why it is not what the first owes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from rich.markup import escape

from surtax.units import amount, percent, signed
from surtax.views.tables import below, console, table, warn


def alternatives(answer: dict[str, Any]) -> None:
    """One row each, then the duties that differ, then what breaks even."""
    out = console()
    warn(answer)
    money = answer["currency"]
    rows = answer["alternatives"]
    days = sorted({row["on"] for row in rows})
    head = f"{answer['goods']} into {answer['into']}, {money} {amount(answer['value'])}"
    head += f", on {days[0]}" if len(days) == 1 else ""
    out.print(f"{head}, as known on {answer['known']}")
    grid = table(
        "",
        [("", "right"), ("from", "")]
        + ([("on", "")] if len(days) > 1 else [])
        + [("with", ""), ("total", "right"), ("rate", "right"), ("to the first", "right")],
    )
    for row in rows:
        barred = row["total"] is None
        grid.add_row(
            str(row["alternative"]), row["from"],
            *([row["on"]] if len(days) > 1 else []),
            _with(row),
            "may not enter" if barred else amount(row["total"]),
            "" if barred else percent(row["rate"], 2),
            _difference(row),
        )  # fmt: skip
    out.print(grid)
    for text, who in _together(rows):
        below(out, f"{who}: {text}", 2, style="")
    for one in answer["claiming"]:
        _claiming(out, one, money)
    for one in answer["break_even"]:
        _break_even(out, one)
    out.print(f"  Not in this answer: {escape('; '.join(answer['not_included']))}.")


def _with(row: dict[str, Any]) -> str:
    """Claims and facts, in few words."""
    words = [*row["claims"], *(f"no {c}" for c in row["left_out"])]
    for name, value in row["facts"].items():
        day = value > 366 * 1000
        words.append(f"{name} {date.fromordinal(int(value)) if day else f'{value:g}'}")
    return escape(", ".join(words))


def _difference(row: dict[str, Any]) -> str:
    if row["alternative"] == 1:
        return ""
    return "" if row["difference"] is None else signed(row["difference"], 2)


def _together(rows: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Sentences, each once, with the numbers of the alternatives of which it is said."""
    said: dict[str, list[int]] = {}
    for row in rows:
        for text in _said(row):
            said.setdefault(text, []).append(row["alternative"])
    return [(text, ", ".join(map(str, numbers))) for text, numbers in said.items()]


def _said(row: dict[str, Any]) -> Iterator[str]:
    for one in row["differs"]:
        sides = " → ".join(amount(one[k] or 0.0) for k in ("first", "here"))
        why = one["why"].rstrip(".")
        if one["citation"] and one["citation"] not in why:
            why += f" ({one['citation']})"
        yield f"{one['title']} {sides}: {why}."
    for one in row["zone"]:
        yield f"foreign trade zone: {one}."
    if row["missing_facts"]:
        names = ", ".join(m["fact"] for m in row["missing_facts"])
        yield f"missing facts {names}: {_range(row)}."
    for one in row["unknown"]:
        yield f"unknown rate, in no total: {one['title']}."
    if row["cost"]:
        yield f"a cost of {percent(row['cost'], 2)} of the value is counted in the difference."
    for one in row["hints"]:
        yield f"note: {one}."
    if row["drawn_back"]:
        yield f"up to {amount(row['drawn_back'])} may be drawn back, as far as instruments say."


def _range(row: dict[str, Any]) -> str:
    if row["low"] is None:
        return "the goods may not enter"
    high = "more" if row["high"] is None else amount(row["high"])
    return f"{amount(row['low'])} to {high} over what it could be"


def _claiming(out: Any, one: dict[str, Any], money: str) -> None:
    if one["saving"] is None:
        return
    said = f"{one['alternative']}: claiming {', '.join(one['claims'])} saves "
    said += f"{percent(one['saving'], 2)} of the value ({money} {amount(one['without'])} without)"
    if one["cost"] is not None:
        said += f"; at a cost of {percent(one['cost'], 2)} "
        if one["share"] is None or one["share"] > 1:
            said += "it never pays"
        else:
            said += f"it pays from {percent(one['share'], 2)} of entries on"
    below(out, f"{said}.", 2, style="")


def _break_even(out: Any, one: dict[str, Any]) -> None:
    """At which shares one costs what the other does, or that it never does."""
    varies, against, fact = one["varies"], one["against"], one["fact"]
    if one["at"]:
        told = "; ".join(_at(at, one["most"]) for at in one["at"])
        below(out, f"{varies} costs what {against} does at {fact} {told}.", 2, style="")
    elif one["none"]:
        word = "cheaper" if one["none"] == "varies" else "dearer"
        most = f" up to {_share(one['most'])}, beside what is declared" * (one["most"] < 1)
        below(out, f"{varies} is {word} than {against} at every {fact}{most}.", 2, style="")


def _at(at: dict[str, Any], most: float) -> str:
    share, word = _share(at["share"]), "dearer" if at["rising"] else "cheaper"
    if at["share"] == at["to"] == most and not at["jump"]:
        return f"{share}, {'cheaper' if at['rising'] else 'dearer'} below"
    if at["to"] != at["share"]:
        return f"{share} to {_share(at['to'])} throughout"
    return f"of no share: {word} from {share} on" if at["jump"] else f"{share}, {word} above"


def _share(value: float) -> str:
    """A share with as many decimals as it has, four at most."""
    return f"{100 * value:.4f}".rstrip("0").rstrip(".") + " %"
