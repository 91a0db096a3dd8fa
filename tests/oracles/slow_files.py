"""What the slow reading reads and says: lines of entry, what they owe, files as plain values."""

from __future__ import annotations

import csv
from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import yaml

SRC = Path(__file__).parents[2] / "src/surtax"
LAW = SRC / "ledger/law"
CLOCKS = {
    "imported": "imported", "withdrawn": "withdrawn", "loaded": "shipped", "exported": "exported",
    "contracted": "contracted",
}  # fmt: skip
ZERO, ONE = Decimal(0), Decimal(1)


@dataclass
class Line:
    """A line of entry in plain values."""

    goods: str
    origin: str
    into: str
    value: Decimal
    claims: frozenset[str] = frozenset()
    facts: dict[str, Any] = field(default_factory=dict)
    quantity: Decimal | None = None
    unit: str = ""

    @cached_property
    def heads(self) -> list[str]:
        """Every number under which the goods may be listed, the empty one among them."""
        return [self.goods[:n] for n in range(len(self.goods) + 1)]

    def quantity_in(self, unit: str) -> Decimal | None:
        if unit == "entry":
            return ONE
        return self.quantity if self.unit in {"", unit} else None


@dataclass
class Owed:
    """What the oracle found: amounts by provision, and the ids of the others that cover the line.

    `open` are duties whose rate waits for a quantity or for a rate that the entry declares.
    """

    total: Decimal
    layers: dict[str, Decimal]
    unknown: list[str]
    taken: list[str]
    admissible: bool = True
    open: list[str] = field(default_factory=list)
    fees: dict[str, Decimal] = field(default_factory=dict)
    fees_taken: list[str] = field(default_factory=list)


def plain(path: Path) -> Any:
    """YAML with every scalar as text."""
    return yaml.load(path.read_text("utf-8"), Loader=yaml.CBaseLoader)


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def bare(code: str) -> str:
    return code.replace(".", "")


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def days(text: str) -> date:
    return date.fromisoformat(text)


@cache
def groups() -> tuple[tuple[str, str, date, date], ...]:
    return tuple(
        (
            r["group"],
            r["member"],
            days(r["from"]) if r["from"] else date.min,
            days(r["to"]) if r["to"] else date.max,
        )
        for r in table(SRC / "data/groups.csv")
    )


@cache
def turns() -> list[date]:
    """Days on which some group changes."""
    return sorted({day for _, _, *span in groups() for day in span})


@cache
def members(group: str, turn: int) -> frozenset[str]:
    """Members of a group between two of these days; none if it is no group."""
    on = turns()[turn - 1]
    return frozenset(m for g, m, a, b in groups() if g == group and a <= on < b)


def inside(imposer: str, on: date) -> frozenset[str]:
    """Places within an imposer's own customs border."""
    group = "USCT" if imposer == "US" else imposer
    return members(group, bisect_right(turns(), on)) | {imposer}


def expand(names: list[str], on: date) -> frozenset[str] | None:
    """Countries of a list; None is every one but those of the imposer, written ALL."""
    return None if names == ["ALL"] else _expand(tuple(names), bisect_right(turns(), on))


@cache
def _expand(names: tuple[str, ...], turn: int) -> frozenset[str]:
    return frozenset().union(*(members(name, turn) or {name} for name in names))


def paints(act: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """What an act says of a provision: nothing, one thing or several."""
    said = act["provisions"].get(name, [])
    return said if isinstance(said, list) else [said]
