"""A second reading of the embedded tariff schedule: its texts and days, one line at a time.

It shares nothing with ``surtax.ledger``: it reads the table and the claims file, and takes a text
apart term by term. What it cannot put into one share of the value and one amount per unit is None.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import yaml

LEDGER = Path(__file__).parents[2] / "src/surtax/ledger"
FIRST = date(2025, 1, 1)

Numbers = tuple[Decimal, Decimal]
"""Share of the value, and US$ for each unit."""


@cache
def rows() -> dict[str, list[dict[str, Any]]]:
    out: dict[str, list[dict[str, Any]]] = {}
    for row in pl.read_parquet(LEDGER / "data/hts_lines.parquet").iter_rows(named=True):
        out.setdefault(row["hs8"], []).append(row)
    return out


@cache
def claims() -> dict[str, Any]:
    return dict(yaml.load((LEDGER / "law/claims.yaml").read_text("utf-8"), Loader=yaml.CBaseLoader))


def line(code: str, on: date, known: date) -> dict[str, Any] | None:
    day = max(min(on, known), FIRST)  # what is printed later nobody could have read
    for row in rows().get(code[:8], []):
        if day >= row["from"] and (row["to"] is None or day < row["to"]):
            return row
    return None


@cache
def numbers(text: str) -> Numbers | None:
    """A text as one share and one amount per unit, if it is that."""
    share, money, units = Decimal(0), Decimal(0), 0
    if text == "Free":
        return share, money
    for term in text.replace(" on the entire set", "").split("+"):
        one = term.strip()
        if percent := re.fullmatch(r"([\d.]+)( (\d+)/(\d+))?%( /)?", one):
            share += Decimal(percent[1])
            if percent[2]:
                share += Decimal(percent[3]) / Decimal(percent[4])
        elif re.match(r"[$\d.]+¢? ?(/|each)", one) and ", but" not in one and " less " not in one:
            amount = Decimal(re.sub(r"[^\d.]", "", re.split(r"/|each", one)[0]))
            money += amount if "$" in one else amount / 100
            units += 1
        else:
            return None
    return (share / 100, money) if text and units < 2 and text.count("%") < 2 else None


@cache
def special(text: str, symbols: frozenset[str], mexico: bool) -> list[Numbers | None]:
    """The rates that a special text has for any of the symbols; one not in numbers is None."""
    out: list[Numbers | None] = []
    for said, named in re.findall(r"([^()]*)\(([A-Z+*,. ]+)(?:\)|$)", text):
        if symbols & set(re.split(r"[,. ]+", named)):
            to_mexico = mexico and re.match(r"\s*See 9823\.\d\d\.01", said)
            out.append((Decimal(0), Decimal(0)) if to_mexico else numbers(said.strip()))
    return [numbers("Free")] if text == "Free" else out


def rate(
    code: str, origin: str, made: frozenset[str], on: date, known: date, column2: bool
) -> tuple[Numbers | None, bool]:
    """The rate of a line (None: not in numbers), and whether the schedule has the line."""
    row = line(code, on, known)
    if row is None:
        return None, False
    if column2:
        return numbers(row["column2"]), True
    own = numbers(row["general"])
    found: list[Numbers | None] = []
    for name in sorted(made):
        symbols = frozenset(claims().get(name, {}).get("symbols", []))
        found += special(row["special"], symbols, origin == "MX") if symbols else []
    known = [one for one in found if one is not None]
    if known:
        return min(known, key=lambda n: (n[1], n[0])), True
    free = own == (0, 0)
    return (None if found and not free else own), True
