"""Tables of the sections that go deeper; each stands on the page and in a file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from surtax.brief.tables import Column, Table, unit

Row = Mapping[str, Any]
Words = Mapping[str, str]
PAID = ("taxes", "foreign_exporters", "households", "firms")


def deeper(brief: Row, words: Words) -> list[Table]:
    """The tables for which the brief has rows."""
    bn = unit(str((brief.get("revenue") or {}).get("currency") or "CAD"), words)
    place, sector = (
        Column("name", words["costs.place"]),
        Column("sector_name", words["rates.sector"]),
    )
    changes = ("exports_change", "imports_change", *PAID)
    amounts = [
        (key, Column(key, f"{words[f'more.{key}']}, {bn}", "billions", ranged=key in changes))
        for key in (
            "exports_before", "exports_change", "imports_before", "imports_change",
            "taxes", "foreign_exporters", "households", "firms", "received", "money",
        )
    ]  # fmt: skip
    amount = dict(amounts)
    us = unit("USD", words)
    kinds: dict[str, tuple[Column, ...]] = {
        "daily": (
            Column("from", words["col.from"], "day"),
            Column("rate", words["rates.rate"], "rate"),
        ),
        "since": (
            Column("title", words["col.title"], "told"),
            Column("touched", f"{words['more.touched']}, {us}", "billions"),
            Column("duty", f"{words['rates.duty']}, {us}", "billions"),
            Column("change", words["more.pp"], "points"),
        ),
        "horizons": (
            Column("horizon_name", words["more.horizon"]),
            place,
            Column("real_income", words["costs.real_income"], "change", ranged=True),
            Column(
                "real_income_per_head", words["costs.real_income_per_head"], "change", ranged=True
            ),
        ),
        "sectors": (
            sector,
            Column("output", words["more.output"], "change", ranged=True),
            Column("exports", words["costs.exports"], "change", ranged=True),
            Column("jobs", words["more.workers"], "change", ranged=True),
        ),
        "who_pays": (
            place,
            *(amount[k] for k in PAID),
            Column("exporters_share", words["more.exporters_share"], "share", ranged=True),
        ),
        "trade": (
            place,
            *(amount[k] for k in amount if k.startswith(("exports_", "imports_"))),
        ),
        "at_risk": (
            place,
            sector,
            Column("jobs", words["more.jobs"], "count"),
            Column("share_of_jobs", words["more.share_of_sector"], "share"),
        ),
        "per_household": (
            place,
            Column("amount", words["more.amount_household"], "count", ranged=True),
        ),
        "per_person": (
            place,
            Column("amount", words["more.amount"], "count", ranged=True),
        ),
        "energy": (
            sector,
            amount["exports_before"],
            Column("rate", words["rates.rate"], "rate", ranged=True),
            Column("exports", words["costs.exports"], "change", ranged=True),
        ),
        "platforms": (
            Column("title", words["more.platform"]),
            Column("real_income", words["options.canada"], "change", ranged=True),
            Column("opponent", words["options.usa"], "change", ranged=True),
            amount["received"],
        ),
        "settlement": (
            place,
            Column("without", words["settlement.without"], "change"),
            Column("real_income", words["settlement.with"], "change", ranged=True),
            Column("gain", words["settlement.gain"], "points"),
            amount["money"],
        ),
        "published": (
            Column("tracker", words["more.tracker"], "told"),
            Column("on", words["rates.day"], "day"),
            Column("rate", words["more.theirs"], "rate"),
            Column("ours", words["more.ours"], "rate"),
            Column("gap", words["more.pp"], "points"),
            Column("otherwise", words["more.otherwise"]),
            Column("published", words["more.published_on"], "day"),
            Column("source", words["assumption.source"], "told"),
        ),
    }
    out = []
    for name, columns in kinds.items():
        rows = brief.get(name) or ()
        if isinstance(rows, Mapping):
            rows = rows["payoffs" if name == "settlement" else "rows"]
        if rows:
            out.append(Table(name, words[f"more.t.{name}"], columns, tuple(rows)))
    return out
