"""Rates, ladders, trackers and exposure as tables for a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.text import Text

from surtax.places import SQUARES
from surtax.units import amount, percent, signed
from surtax.views.tables import below, console, table, warn

LEAST = 5e-4
"""Terms below this are not named in a row."""


def etr(answer: dict[str, Any], top: int) -> None:
    """The total, then the largest rows."""
    out = console()
    warn(answer)
    money = answer["currency"]
    out.print(
        f"Effective tariff rate into {answer['into']} on {answer['on']}, as known on "
        f"{answer['known']}: [bold]{percent(answer['rate'], 2)}[/bold] of {money} "
        f"{answer['imports'] / 1e9:,.1f} bn ({answer['year']})"
    )
    if ours := answer["of_canada"]:
        rate = "no rate" if ours["rate"] is None else percent(ours["rate"], 2)
        out.print(
            f"Of which Canada, whose provinces' rows add up to it: [bold]{rate}[/bold] of {money} "
            f"{ours['imports'] / 1e9:,.1f} bn, duty {ours['duty'] / 1e9:,.2f} bn"
        )
    keys = [
        key for row in answer["rows"][:1]
        for key in ("partner", "province", "sector", "chapter", "authority") if key in row
    ]  # fmt: skip
    grid = table(
        "", [(k, "") for k in keys] + [("imports, bn", "right"), ("duty, bn", "right"),
                                       ("rate", "right")]
    )  # fmt: skip
    for row in answer["rows"][:top]:
        grid.add_row(
            *(str(row[k]) for k in keys), amount(row["imports"] / 1e9, 1),
            amount(row["duty"] / 1e9, 2), "" if row["rate"] is None else percent(row["rate"], 2),
        )  # fmt: skip
    out.print(grid)
    if len(answer["rows"]) > top:
        out.print(f"{len(answer['rows']) - top} more rows; --top or --json shows them.")
    if answer["barred"]:
        out.print(f"{money} {answer['barred'] / 1e6:,.1f} m of them may not enter: in no rate.")
    if answer["unmatched"]:
        out.print(f"{money} {answer['unmatched'] / 1e6:,.1f} m have no number in the schedule of "
                  f"the day ({percent(answer['matched'], 2)} have one).")  # fmt: skip
    for name, value in answer["assumed"].items():
        out.print(f"Assumed: {name} = {value:g}.")
    if answer["claims"] not in (None, "2024"):
        out.print(f"USMCA shares: {answer['claims']}.")
    _notes(out, answer["notes"])
    _unknown(out, answer, "in no total")
    out.print(f"Source: {escape(answer['source'])}.")


def etr_daily(answer: dict[str, Any]) -> None:
    """The rate from each day on which it moves, with its largest parts."""
    out = console()
    warn(answer)
    out.print(
        f"Effective tariff rate into {answer['into']}, {answer['since']} to {answer['until']}, as "
        f"known on {answer['known']} (imports of {answer['year']})"
    )
    grid = table("", [("from", ""), ("rate", "right"), ("pp", "right"), ("largest parts, pp", "")])
    before = None
    for row in answer["turns"]:
        if before is not None and abs(row["rate"] - before) < 5e-5:
            continue
        parts = sorted(row["parts"].items(), key=lambda one: -abs(one[1]))[:4]
        grid.add_row(
            row["from"],
            percent(row["rate"], 2),
            "" if before is None else signed(100 * (row["rate"] - before), 2),
            ", ".join(f"{name} {amount(100 * part)}" for name, part in parts if abs(part) >= 5e-5),
        )
        before = row["rate"]
    out.print(grid)
    _unknown(out, answer, "in no total")
    if answer["out"]:
        out.print(f"Wrote {answer['rows']:,} rows of day, partner and authority: {answer['out']}")
    out.print(f"Source: {escape(answer['source'])}.")


def _unknown(out: Console, answer: dict[str, Any], where: str) -> None:
    """Duties whose rate is not known."""
    for one in answer["unknown"]:
        out.print(f"Unknown rate, {where}: {one['measure']} ({escape(one['citation'])}).")


def _notes(out: Console, notes: Sequence[str]) -> None:
    """What was repaired or assumed in a person's own file."""
    for note in notes:
        out.print(f"In your file: {escape(note)}.")


def ladder(answer: dict[str, Any]) -> None:
    """The steps, then the partners that pay most, then what is missing."""
    out = console()
    warn(answer)
    money = answer["currency"]
    out.print(
        f"From the law to what is paid, into {answer['into']} on {answer['on']}, as known on "
        f"{answer['known']} (imports of {answer['year']} that may enter, {money} "
        f"{(answer['imports'] - answer['barred']) / 1e9:,.1f} bn)"
    )
    grid = table("", [("step", ""), ("rate", "right"), ("pp", "right"), ("what", "")])
    for step in answer["steps"]:
        change = "" if step["change"] is None else signed(100 * step["change"], 2)
        grid.add_row(step["step"], percent(step["rate"], 2), change, escape(step["title"]))
    out.print(grid)
    names = [step["step"] for step in answer["steps"]]
    grid = table("", [("partner", ""), *((name, "right") for name in names)])
    for row in answer["by_partner"]:
        grid.add_row(row["partner"], *(percent(row[name], 2) for name in names))
    out.print(grid)
    out.print(f"Residual to what was collected: {signed(100 * answer['residual'], 2)} pp.")
    if answer["short"]:
        _short(out, answer["short"], money)
    out.print(
        f"Not in the first three steps: what lines with a duty per unit owe by it "
        f"({money} {answer['per_unit'] / 1e9:,.1f} bn of imports), and {money} "
        f"{answer['unlisted'] / 1e9:,.1f} bn on no line of the schedule."
    )
    _unknown(out, answer, "in no step")
    _notes(out, answer["notes"])
    for step in answer["steps"]:
        below(out, f"{step['step']}: {step['source']}.", 2)


def _short(out: Console, rows: list[dict[str, Any]], money: str) -> None:
    """What China paid less than its lists charge, by what the law says of the lines."""
    grid = table("", [("China", ""), ("pp", "right"), ("lines", "right"),
                      (f"{money} bn", "right"), ("freed", "right"), ("most", "")])  # fmt: skip
    for row in rows:
        most = ", ".join(f"{head} {duty / 1e6:,.0f} m" for head, duty in row["largest"])
        grid.add_row(
            escape(row["reason"]), signed(100 * row["points"], 2), f"{row['lines']:,}",
            amount(row["value"] / 1e9, 1), amount(row["free"] / 1e9, 1), most,
        )  # fmt: skip
    out.print(grid)


def tracker(answer: dict[str, Any]) -> None:
    """A row for each published figure: ours, theirs by our record, theirs, what is left."""
    out = console()
    out.print(f"[bold]{escape(answer['title'])}[/bold]: {escape(answer['measure'])}. Law as known "
              f"on {answer['known']}; per cent, and pp for the terms.")  # fmt: skip
    grid = table("", [("on", ""), ("ours", "right"), ("as theirs", "right"),
                      ("published", "right"), ("left", "right"), ("terms, pp", "")])  # fmt: skip
    for row in answer["rows"]:
        moved = sorted(row["terms"], key=lambda t: -abs(t["change"]))
        told = "; ".join(
            f"{t['term']} {signed(100 * t['change'], 2)}" for t in moved[:4]
            if abs(t["change"]) >= LEAST
        )  # fmt: skip
        left = signed(100 * row["left"], 2)
        grid.add_row(
            row["on"], amount(100 * row["ours"]), amount(100 * row["under_their_terms"]),
            amount(100 * row["published"]),
            Text(left, style="" if row["told"] else "bold"), escape(told),
        )  # fmt: skip
    out.print(grid)
    out.print("A gap in bold is not explained: 0.3 pp or more, the figure's rounding and what it "
              "leaves open apart.")  # fmt: skip
    out.print(f"Source: {escape(answer['source'])}.")


def tracker_day(answer: dict[str, Any]) -> None:
    """One day: our rate, every term with its reason, theirs, and what is left."""
    out = console()
    (row,) = answer["rows"]
    out.print(f"[bold]{escape(answer['title'])}[/bold] on {row['on']}, law as known on "
              f"{answer['known']}")  # fmt: skip
    grid = table("", [("", ""), ("rate", "right"), ("pp", "right")])
    rate = row["ours"]
    grid.add_row("ours", percent(rate, 2), "")
    for term in row["terms"]:
        rate += term["change"]
        grid.add_row(escape(term["term"]), percent(rate, 2), signed(100 * term["change"], 2))
    left = "left" if row["told"] else "not explained"
    grid.add_row(left, percent(row["published"], 2), signed(100 * row["left"], 2))
    open_ = [row["open"]] if row["open"] else []
    for term in open_:
        grid.add_row(f"of it open: {escape(term['term'])}", "", signed(100 * term["change"], 2))
    out.print(grid)
    for term in [*row["terms"], *open_]:
        below(out, f"{term['term']}: {term['why']}.", 2)
    out.print(f"Published {escape(row['published_on'])}: {escape(row['source'])}.")


def exposure(answer: dict[str, Any]) -> None:
    """Ranked rows, and for provinces a map of squares."""
    out = console()
    total = answer["total"]
    jobs = (
        ""
        if total["jobs_share"] is None
        else (f"; {percent(total['jobs_share'], 1)} of jobs, {_persons(total['jobs_resting'])}")
    )
    out.print(f"{answer['name']}: {percent(total['total_share'], 1)} of output rests on sales to "
              f"{answer['market_name']}, suppliers at home included{jobs}.")  # fmt: skip
    key = {"province": "region"}.get(answer["by"], answer["by"])
    counted = any(row["jobs_share"] is not None for row in answer["rows"])
    columns = [("", "right"), (key, ""), ("output", "right"), ("sold there", "right"),
               ("with suppliers", "right")] + [("jobs", "right")] * counted  # fmt: skip
    hit = "hit" in answer
    if hit:
        columns += [(f"hit, {answer['hit_currency']} bn", "right"), ("of sales", "right")]
        columns += [("lines", "right")] if answer["by"] == "sector" else []
    grid = table("", columns)
    for row in answer["rows"]:
        cells = [str(row["rank"]), row[key], amount(row["output"], 1),
                 _share(row["direct_share"]), _share(row["total_share"])]  # fmt: skip
        cells += [_share(row["jobs_share"])] * counted
        if hit:
            cells += ["" if row["hit"] is None else amount(row["hit"] / 1e9, 2),
                      _share(row["hit_share"])]  # fmt: skip
            cells += [str(row["lines"] or "")] if answer["by"] == "sector" else []
        grid.add_row(*cells)
    out.print(grid)
    if answer["by"] == "province" and len(answer["rows"]) > 1:
        _map(out, {row["region"]: row["total_share"] for row in answer["rows"]})
    if hit:
        named = ", ".join(answer["measures"]) or "No measure that was asked for charges any of it"
        out.print(
            f"{named} on {answer['on']}: {answer['lines']:,} lines, "
            f"{answer['hit_currency']} {answer['hit'] / 1e9:,.1f} bn hit "
            f"({_share(answer['hit_share'])} of what is sold there), duty "
            f"{answer['hit_duty'] / 1e9:,.1f} bn."
        )
    money = answer["currency"]
    year = f", jobs of {answer['jobs_year']}" if answer["jobs_year"] else ""
    out.print(f"Output in {money}, {answer['basis']}{year}. World {answer['world']}"
              f"{', provisional' if answer['provisional'] else ''}.")  # fmt: skip
    out.print("What would not be made if that market bought nothing and nobody else bought more; "
              "no forecast.")  # fmt: skip
    if "out" in answer:
        out.print(f"Wrote {answer['out']}.")


def _persons(count: float) -> str:
    """A number of persons in the unit that reads best."""
    if count >= 999_500:
        return f"{count / 1e6:,.2f} million persons"
    return f"{count / 1e3:,.0f} thousand persons" if count >= 9_500 else f"{count:,.0f} persons"


def _share(value: float | None) -> str:
    return "" if value is None else percent(value, 1)


def _map(out: Console, shares: dict[str, float | None]) -> None:
    """Canada as squares of text, the share in each and a darker mark for a larger one."""
    width, height = 7, 3
    told = [v for v in shares.values() if v is not None]
    reach = max(told, default=0.0)
    marks = "·░▒▓█"
    for y in range(height):
        top, low = "", ""
        for x in range(width):
            name = next((k for k, at in SQUARES.items() if at == (x, y)), None)
            value = shares.get(name or "")
            if name is None:
                top, low = top + " " * 10, low + " " * 10
                continue
            step = 0 if value is None or not reach else min(4, int(1 + 3.999 * value / reach))
            top += f"{marks[step] * 2} {name:<7}"
            low += f"{marks[step] * 2} {'–' if value is None else percent(value, 1):<7}"
        out.print(Text(top.rstrip()))
        out.print(Text(low.rstrip()))
