"""The record of the law as tables: findings, coverage, differences."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from rich.markup import escape
from rich.text import Text

from surtax.ledger.schema import CHARGES
from surtax.units import amount, percent, signed
from surtax.views.tables import below, console, table, warn

GRADES = (
    "Instruments by confidence: H read in the text, M in a page that reports it, L on one weak "
    "page. Rows of lists as held; ≠ where the instrument promised another number."
)
ORDER = ("began", "changed", "ended")


def lint(answer: dict[str, Any]) -> None:
    """Findings by severity and check, each with its place and mend."""
    out = console()
    key = lambda one: (one["severity"], one["check"])  # noqa: E731
    for (severity, check), found in groupby(answer["findings"], key=key):
        out.print(f"\n[bold]{severity}: {check}[/bold]")
        for one in found:
            out.print(Text(one["place"]))
            below(out, one["message"], style="")
            below(out, one["mend"])
    counts = answer["counts"]
    words = [f"{n} {word}{'' if n == 1 else 's'}" for word, n in counts.items()]
    out.print(f"\n{', '.join(words)}. Verified to {answer['verified_to']}.")


def coverage(answer: dict[str, Any]) -> None:
    """Counts by importer and authority, then what is held and what is missing."""
    out = console()
    rows = table(
        f"The record, checked from {answer['complete_from']} to {answer['verified_to']}",
        [("into", ""), ("authority", ""), ("meas.", "right"), ("prov.", "right"), ("first", ""),
         ("last", ""), ("H/M/L", "right"), ("rows", "right")],
    )  # fmt: skip
    for row in answer["rows"]:
        rows.add_row(row["into"], row["authority"], *_counted(row))
    rows.add_row("all", "", *_counted(answer["totals"]), style="bold")
    out.print(rows)
    below(out, GRADES, 0)
    for head, sentences in (("Held", answer["coverage"]), ("Missing", answer["missing"])):
        out.print(f"\n[bold]{head}[/bold]")
        for one in sentences:
            below(out, f"• {one}", 2, style="")
    for place, without in answer["not_in_answers"].items():
        out.print(f"\n[bold]In no answer into {place}[/bold]")
        below(out, "; ".join(without) + ".", 2, style="")


def _counted(row: dict[str, Any]) -> list[str]:
    lists = row["lists"]
    rows = f"{lists['rows_held']:,}"
    if lists["rows_held"] != lists["rows_promised"]:
        rows += f" ≠ {lists['rows_promised']:,}"
    return [
        str(row["measures"]), str(row["provisions"]), row["first"] or "never",
        row["last"] or ("open" if row["first"] else ""),
        "/".join(str(n) for n in row["instruments"].values()), rows,
    ]  # fmt: skip


def facts(answer: dict[str, Any]) -> None:
    """Facts by name: what each says, who attests it, what holds until then, who asks for it."""
    out = console()
    if not answer["facts"]:
        out.print("No fact is asked for.")
    for one in answer["facts"]:
        unit = (
            one["unit"] if one["unit"].startswith(one["type"]) else f"{one['type']}, {one['unit']}"
        )
        out.print(Text.assemble((one["fact"], "bold"), f"  {unit}"))
        below(out, f"{one['meaning']}.", style="")
        below(out, f"Attested by {one['attested']}. Until then: {one['until_then']}.")
        if one["by_entry"]:
            below(out, "Cannot come after the day of entry.")
        asked = ", ".join(one["measures"]) or one["citation"] or "no measure"
        below(out, f"Asked for by {asked}.")


def diff(answer: dict[str, Any], top: int) -> None:
    """Counts, then provisions, then money."""
    out = console()
    warn(answer)
    points = [
        f"{answer[end]['on']} as known on {answer[end]['known']}" for end in ("before", "after")
    ]
    head = f"Law into {answer['into']}" + (f" from {answer['from']}" if answer["from"] else "")
    out.print(f"{head}: {points[0]} → {points[1]}")
    counts = table(
        "",
        [("in force", "")]
        + [(k, "right") for k in ("before", "after", "began", "ended", "changed")],
    )
    stock, flow = answer["stock"], answer["flow"]
    for name in ("measures", "provisions", "duties", "lines"):
        moved = flow.get(name, {})
        counts.add_row(
            name,
            *(f"{stock[end][name]:,}" for end in ("before", "after")),
            *(f"{moved[k]:,}" if moved else "" for k in ("began", "ended", "changed")),
        )
    out.print(counts)
    changes = sorted(answer["changes"], key=lambda row: ORDER.index(row["change"]))
    for what, rows in groupby(changes, key=lambda row: row["change"]):
        out.print(f"\n[bold]{what.capitalize()}[/bold]")
        for row in rows:
            _change(out, row, answer)
    for name, word in (("new", "Newly announced"), ("gone", "No longer ahead")):
        told = answer["announced"][name]
        if told:
            out.print(f"\n[bold]{word}[/bold]")
        for row in (r for r in told if r["kind"] == "duty"):
            rate = row["rate"] or "by origin"
            line = f"  {row['id']}  {rate}, {row['status']} for {row['from']}"
            out.print(Text(line))
        others = sum(row["kind"] != "duty" for row in told)
        if others:
            out.print(f"  and {others} reliefs, bases and precedences; --json shows them")
    if answer["value"] is None:
        out.print("\nNo imports of this importer and origin are embedded; no value is given.")
    else:
        _value(out, answer["value"], top)


def _change(out: Any, row: dict[str, Any], answer: dict[str, Any]) -> None:
    """A provision: rate, lines and imports in scope; the fields that changed; the citation."""
    rates = [r or "none" for r in (row["rate_before"], row["rate_after"])]
    rate = row["rate_after"] or row["rate_before"] or row["kind"]
    if row["kind"] in CHARGES and row["change"] == "changed" and rates[0] != rates[1]:
        rate = f"{rates[0]} → {rates[1]}"
    out.print(Text(f"  {row['id']}  {rate}"))
    for one in row["fields"]:
        if one["field"] != "rate" or row["kind"] not in CHARGES:
            below(out, f"{one['field']}: {one['before'] or 'none'} → {one['after'] or 'none'}")
    size = f"{row['lines']:,} lines"
    if row.get("imports") is not None:
        size += f", {answer['value']['currency']} {amount(row['imports'] / 1e9, 1)} bn"
    over = f"{row['status']}: " if row["status"] not in ("in_force", "ended") else ""
    below(out, f"{over}{row['citation']}. {size}.")


def _value(out: Any, value: dict[str, Any], top: int) -> None:
    """Effective rates before and after, and the change by measure and partner."""
    money = value["currency"]
    out.print(
        f"\n[bold]Imports of {value['year']}[/bold]: {money} "
        f"{amount(value['touched'] / 1e9, 1)} bn of {amount(value['imports'] / 1e9, 1)} bn touched"
    )
    out.print(
        f"Effective rate {percent(value['rate_before'], 2)} → {percent(value['rate_after'], 2)} "
        f"([bold]{signed(100 * value['change'], 2)} pp[/bold]), "
        f"duty {signed(value['duty'] / 1e9, 1)} bn"
    )
    rows = table(
        "", [("by", ""), ("touched, bn", "right"), ("duty, bn", "right"), ("pp of all", "right")]
    )
    for kind in ("authority", "measure"):
        for row in value[f"by_{kind}"]:
            rows.add_row(
                row[kind], amount(row["touched"] / 1e9, 1), signed(row["duty"] / 1e9, 2),
                signed(100 * row["change"], 2),
            )  # fmt: skip
    out.print(rows)
    partners = table(
        "",
        [("partner", "")] + [(k, "right") for k in ("imports, bn", "before", "after", "pp")],
    )
    for row in value["by_partner"][:top]:
        partners.add_row(
            row["partner"], amount(row["imports"] / 1e9, 1), percent(row["rate_before"], 2),
            percent(row["rate_after"], 2), signed(100 * row["change"], 2),
        )  # fmt: skip
    out.print(partners)
    if len(value["by_partner"]) > top:
        out.print(f"{len(value['by_partner']) - top} more partners; --top or --json shows them.")
    for one in value["unknown"]:
        out.print(f"Unknown rate, in no total: {one['measure']} ({escape(one['citation'])}).")
    out.print(f"Source: {escape(value['source'])}.")
