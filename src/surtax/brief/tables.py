"""The tables of a brief: the same rows for the page and for the CSV files.

A page shows figures as they are read (“−1.20 %”); a file carries them as they are (−0.012).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from surtax.brief import figures as fig
from surtax.units import inert
from surtax.words import say

Row = Mapping[str, Any]
Words = Mapping[str, str]
STATES = ("before", "in_force", "signed", "threatened")
NUMBERS = frozenset(
    {"rate", "change", "share", "count", "number", "points", "money", "billions", "base", "times"}
)


@dataclass(frozen=True)
class Column:
    """A column.

    Attributes:
        key: the key in the rows and the head in the file.
        head: the head on the page.
        kind: text, told (prose of data, English unless translated), day, state, or one of
            `NUMBERS`.
        ranged: whether the figure has a low and a high.
        state: the state of the law that the column is about, if it is about one.
    """

    key: str
    head: str
    kind: str = "text"
    ranged: bool = False
    state: str = ""

    @property
    def numeric(self) -> bool:
        """Whether its figures stand to the right."""
        return self.kind in NUMBERS


@dataclass(frozen=True)
class Table:
    """A table: its name in the folder, its title, columns and rows."""

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    unit: str = ""

    def csv(self) -> str:
        """The file: one head, plain numbers, ranges in columns of their own, no text that a
        spreadsheet would run.
        """
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        heads = []
        for column in self.columns:
            heads.append(column.key)
            if column.ranged:
                heads += [f"{column.key}_low", f"{column.key}_high"]
        writer.writerow(heads)
        for row in self.rows:
            cells: list[Any] = []
            for column in self.columns:
                value = row.get(column.key)
                if column.ranged:
                    both = fig.ends(value) or ("", "")
                    cells += [_plain(fig.middle(value)), *both]
                else:
                    cells.append(_plain(value))
            writer.writerow(cells)
        return out.getvalue()


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return inert(value).replace("\r", " ")  # alone it would end the row for some readers
    return "" if value is None else value


def cell(column: Column, row: Row, words: Words) -> tuple[str, str]:
    """The text of a cell, and of the range beside it."""
    value = row.get(column.key)
    if isinstance(value, Mapping):
        both, beside = fig.ends(value), _beside(column.kind, value, words)
        if both and len({_shown(column, x, row, words) for x in both}) == 1:
            beside = ""  # one figure as far as it is written
        value = fig.middle(value)
    else:
        beside = ""
    if value is None or value == "":
        return "–" if column.numeric else "", ""
    return _shown(column, value, row, words), beside


def _beside(kind: str, value: Row, words: Words) -> str:
    """The range of a figure of a kind; empty where it is one point."""
    both = fig.ends(value)
    if both is None:
        return ""
    if kind == "change":
        return fig.span(value, words, 2)
    if kind in ("rate", "share"):
        return fig.rate_span(*both, words, 2)
    if kind == "billions":
        scaled = {"low": both[0] / 1e9, "high": both[1] / 1e9}
        return fig.number_span(scaled, words, 1)
    return fig.number_span(value, words, 0 if kind == "count" else None)


def _shown(column: Column, value: Any, row: Row, words: Words) -> str:
    how = SHOWN.get(column.kind)
    return str(value) if how is None else how(value, row, words)


SHOWN: dict[str, Callable[[Any, Row, Words], str]] = {
    "rate": lambda v, r, w: fig.rate(float(v), w, 2),
    "share": lambda v, r, w: fig.rate(float(v), w, 2),
    "change": lambda v, r, w: fig.change(float(v), w, 2),
    "points": lambda v, r, w: fig.points(float(v), w, 2),
    "count": lambda v, r, w: fig.amount(float(v), 0, w),
    "number": lambda v, r, w: fig.number(float(v), w) if isinstance(v, int | float) else str(v),
    "money": lambda v, r, w: fig.money(float(v), str(r.get("currency", "")), w),
    "billions": lambda v, r, w: fig.amount(float(v) / 1e9, 1, w),
    "base": lambda v, r, w: fig.base(r, w),
    "times": lambda v, r, w: fig.times(r, w),
    "day": lambda v, r, w: fig.day(str(v), w),
    "state": lambda v, r, w: w.get(f"state.{v}", str(v)),
    "kind": lambda v, r, w: w.get(f"kind.{v}", str(v)),
    "written_rate": lambda v, r, w: fig.written_rate(str(v), w),
}


def every(brief: Row, words: Words) -> dict[str, Table]:
    """All tables of a brief, by name."""
    from surtax.brief.deepertables import deeper

    tables = [
        _law(brief, words),
        _timeline(brief, words),
        _duties(brief, words),
        *_rates(brief, words),
        *_costs(brief, words),
        *_options(brief, words),
        *deeper(brief, words),
        _assumptions(brief, words),
    ]
    return {t.name: t for t in tables}


def _columns(words: Words, *names: tuple[str, str] | str) -> tuple[Column, ...]:
    """Columns headed by the catalogue’s “col.…”."""
    pairs = [(n, "text") if isinstance(n, str) else n for n in names]
    return tuple(Column(key, words[f"col.{key}"], kind) for key, kind in pairs)


def _law(brief: Row, words: Words) -> Table:
    rows = [
        {**row, "status": row.get("status", state)}
        for state in ("in_force", "signed", "threatened")
        for row in brief["law"].get(state, [])
    ]
    columns = _columns(
        words,
        ("status", "state"),
        "imposer",
        ("title", "told"),
        ("kind", "kind"),
        ("rate", "written_rate"),
        ("from", "day"),
        ("to", "day"),
        ("known_from", "day"),
        ("citation", "told"),
        ("says", "told"),
        ("note", "told"),
        ("id", "told"),
        ("instrument", "told"),
        ("authority", "told"),
    )
    return Table("law", words["law.t.law"], columns, tuple(rows))


def _timeline(brief: Row, words: Words) -> Table:
    columns = (
        Column("date", words["col.date"], "day"),
        Column("kind", words["col.kind"], "kind"),
        Column("title", words["col.event"], "told"),
        Column("measure", words["col.title"], "told"),
        Column("citation", words["col.citation"], "told"),
    )
    return Table("timeline", words["law.t.timeline"], columns, tuple(brief["timeline"]))


def _duties(brief: Row, words: Words) -> Table:
    rows: list[Row] = []
    for duty in brief["duties"]:
        shared = {
            "shipment": duty["title"],
            "goods": duty["goods"],
            "from": duty["from"],
            "into": duty["into"],
            "on": duty["on"],
            "value": duty["value"],
            "currency": duty["currency"],
        }
        charged = [("owed", one) for one in duty.get("layers", [])]
        for outcome, one in [*charged, *(("fee", one) for one in duty.get("fees", []))]:
            reason = " ".join(one.get("because") or [])
            rows.append({**shared, **one, "outcome": outcome, "reason": reason})
        for kind in ("suppressed", "unknown"):
            rows += [{**shared, **other, "outcome": kind} for other in duty.get(kind, [])]
        for fact in duty.get("missing_facts", []):
            known = {"title": fact["meaning"], "measure": fact["fact"], "reason": ""}
            rows.append({**shared, **known, "outcome": "missing"})
    for row in rows:
        row["outcome"] = words[f"outcome.{row['outcome']}"]  # type: ignore[index]
    columns = (
        Column("shipment", words["col.shipment"]),
        Column("outcome", words["col.outcome"]),
        Column("title", words["duty.layer"], "told"),
        Column("basis", words["duty.base"], "told"),
        Column("basis_value", words["duty.base"], "base"),
        Column("unit", words["duty.unit"], "told"),
        Column("rate", words["duty.times"], "times"),
        Column("amount", words["duty.amount"], "money"),
        Column("currency", words["assumption.unit"]),
        Column("reason", words["col.reason"], "told"),
        Column("citation", words["col.citation"], "told"),
        Column("measure", words["col.id"], "told"),
    )
    return Table("duties", words["h.duties"], columns, tuple(rows))


def _rates(brief: Row, words: Words) -> list[Table]:
    etr = brief["etr"]
    states = tuple(Column(s, words[f"state.{s}"], "rate", state=s) for s in STATES)
    imports = Column(
        "imports", f"{words['rates.imports']}, {unit(etr['currency'], words)}", "billions"
    )
    by_state = Table(
        "rates_states",
        words["rates.t.states"],
        (
            Column("state", words["rates.state"], "state"),
            Column("on", words["rates.day"], "day"),
            Column("rate", words["rates.rate"], "rate"),
            Column("duty", f"{words['rates.duty']}, {unit(etr['currency'], words)}", "billions"),
        ),
        tuple(etr["states"]),
    )
    out = [by_state]
    for name, key, head, title in (
        ("rates_partners", "by_partner", "partner", "partner"),
        ("rates_sectors", "by_sector", "sector", "sector"),
        ("rates_canada_sectors", "canada_by_sector", "sector", "canada"),
        ("rates_authorities", "by_authority", "authority", "authority"),
    ):
        rows = tuple(etr.get(key) or ())
        columns: tuple[Column, ...] = (Column("name", words[f"rates.{head}"]), *states)
        if any("imports" in r for r in rows):
            columns = (columns[0], imports, *states)
        out.append(Table(name, words[f"rates.t.{title}"], columns, rows))
    return out


def _costs(brief: Row, words: Words) -> list[Table]:
    figures = ("real_income_per_head", "real_wage", "prices", "exports", "imports")
    money = str(brief.get("revenue", {}).get("currency", ""))
    columns = (
        Column("name", words["costs.place"]),
        Column("real_income", words["costs.real_income"], "change", ranged=True),
        Column(
            "real_income_threatened",
            words["costs.threatened"],
            "change",
            ranged=True,
            state="threatened",
        ),
        *(
            Column(key, words[f"costs.{key}"], "change", ranged=_has_range(brief["regions"], key))
            for key in figures
            if any(r.get(key) not in (None, r.get("real_income")) for r in brief["regions"])
        ),
        Column(
            "revenue",
            words["costs.revenue"] + (f", {unit(money, words)}" if money else ""),
            "number",
        ),
    )
    if not any(r.get("real_income_threatened") for r in brief["regions"]):
        columns = (*columns[:2], *columns[3:])
    workers = (
        Column("name", words["costs.place"]),
        Column("workers_hit", words["costs.workers_hit"], "count"),
        Column("share_of_jobs", words["costs.share_of_jobs"], "share"),
    )
    return [
        Table("regions", words["costs.t.regions"], columns, tuple(brief["regions"])),
        Table("workers", words["costs.workers"], workers, tuple(brief.get("workers") or ())),
    ]


def unit(currency: str, words: Words) -> str:
    """The unit of a column in billions."""
    return words.get(f"unit.billions.{currency}", f"{currency} bn")


def _has_range(rows: Sequence[Row], key: str) -> bool:
    return any(fig.ends(r.get(key)) for r in rows)


def _options(brief: Row, words: Words) -> list[Table]:
    titles = {r["name"]: r["title"] for r in brief["responses"]}
    responses = tuple(
        {"name": r["title"], **{k: v for k, v in r.items() if k != "name"}}
        for r in brief["responses"]
    )
    revenue = brief.get("revenue") or {"unit": "", "rows": []}
    money = str(revenue.get("currency") or "CAD")
    bn = unit(money, words)
    head = {
        key: f"{words[f'options.{key}']}, {bn}"
        for key in ("covered", "new_covered", "revenue")
        if brief["responses"]
    }
    side = (
        Column("name", words["options.response"]),
        Column("real_income_canada", words["options.canada"], "change", ranged=True),
        Column("real_income_usa", words["options.usa"], "change", ranged=True),
        *(
            Column(key, text, "number", ranged=_has_range(responses, key))
            for key, text in head.items()
        ),
        Column("cost_ratio", words["options.ratio"], "number"),
        Column("legality", words["col.legality"], "told"),
    )
    raised_rows = tuple(
        {**row, "name": titles.get(row["response"], row["response"])} for row in revenue["rows"]
    )
    per_worker = say(words, "options.per_worker", unit=words.get(f"unit.{money}", money))
    raised = (
        Column("name", words["options.response"]),
        Column("duty", f"{words['options.revenue']}, {bn}", "number", ranged=True),
        Column("per_worker_hit", per_worker, "number", ranged=True),
        Column("workers_hit", words["costs.workers_hit"], "count"),
    )
    names: dict[str, dict[str, Any]] = {}
    for response in brief["responses"]:
        for place in response.get("provinces", []):
            row = names.setdefault(place["region"], {"name": place["name"]})
            row[response["name"]] = place["real_income"]
    provinces = (
        Column("name", words["costs.place"]),
        *(Column(n, titles[n], "change", ranged=True) for n in titles),
    )
    return [
        Table("responses", words["options.t.responses"], side, _flat(responses)),
        Table("response_provinces", words["options.t.provinces"], provinces, tuple(names.values())),
        Table("revenue", words["options.t.revenue"], raised, raised_rows, str(revenue["unit"])),
    ]


def _flat(rows: Sequence[Row]) -> tuple[Row, ...]:
    """Rows whose amounts with a unit but no range are bare numbers."""
    return tuple(
        {
            k: v["value"] if isinstance(v, Mapping) and "value" in v and "low" not in v else v
            for k, v in row.items()
        }
        for row in rows
    )


def _assumptions(brief: Row, words: Words) -> Table:
    columns = (
        Column("name", words["assumption.name"]),
        Column("text", words["assumption.text"]),
        Column("value", words["assumption.value"], "number", ranged=True),
        Column("unit", words["assumption.unit"]),
        Column("source", words["assumption.source"]),
    )
    rows = tuple(
        {**a, "value": {"value": a.get("value"), "low": a.get("low"), "high": a.get("high")}}
        if isinstance(a.get("value"), int | float)
        else a
        for a in brief["assumptions"]
    )
    return Table("assumptions", say(words, "method.assumptions"), columns, rows)
