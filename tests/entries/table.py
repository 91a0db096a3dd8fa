"""One line of entry, written as in the cases, as a canonical table."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

DAYS = ("on", "liquidated", "scheduled", "decided")


def line(case: dict[str, Any], number: int = 1) -> dict[str, Any]:
    """The line's columns; days as days, and a column only where the case has it."""
    row = {
        "line": number,
        "entry": case.get("entry", f"ABC{number:08d}"),
        "goods": str(case["goods"]).replace(".", ""),
        "origin": case["from"],
        "into": case["into"],
        "value": str(case["value"]),
        "claims": ";".join(case.get("claims", [])),
    }
    for name in ("liquidation", "protest", "reconciliation", "drawback", "dumping", "entry_type",
                 "claimed", "originating", "paid", "filed"):  # fmt: skip
        if name in case:
            row[name] = case[name]
    for name in DAYS:
        if name in case:
            row[name] = date.fromisoformat(case[name]) if case[name] else None
    row |= {f"facts.{name}": value for name, value in case.get("facts", {}).items()}
    return row | {f"paid.{name}": value for name, value in case.get("paid_by", {}).items()}


def table(*rows: dict[str, Any]) -> pl.DataFrame:
    """Lines as a table; a day that no line has is a column of days all the same."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    kinds = {name: pl.Date for name in names if name in DAYS}
    return pl.DataFrame([{n: r.get(n) for n in names} for r in rows], schema_overrides=kinds)
