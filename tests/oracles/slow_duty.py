"""A second reading of the law files: slow, exact, one line at a time.

It shares nothing with the duty engine: it reads the YAML, the annexes, the groups of countries and
the schedule itself, folds the acts day by day, and reckons in Decimal. What it follows is the
schema's own description: acts in the order in which they became known, later ones over earlier
ones, fields left out kept, the state falling back to active; duties add; a relief takes a duty
away; a basis narrows its value; a precedence yields where the other duty is owed, or where the
goods are merely listed for it, and may leave the rest of the value; an all-in rate counts the
general rate in; a duty may amount to a least share of the value.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import yaml

SRC = Path(__file__).parents[2] / "src/surtax"
LAW = SRC / "ledger/law"
FRAME = {"from", "to", "cite"}
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


@dataclass
class Owed:
    """What the oracle found."""

    total: Decimal
    layers: dict[str, Decimal]
    unknown: list[str]
    taken: list[str]
    admissible: bool = True


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


def expand(names: list[str], on: date, imposer: str) -> set[str] | None:
    """Countries of a list; None is every one but the imposer, written ALL."""
    if names == ["ALL"]:
        return None
    out: set[str] = set()
    for name in names:
        inside = {m for g, m, a, b in groups() if g == name and a <= on < b}
        out |= inside or {name}
    return out


class Law:
    """The files, read once."""

    def __init__(self, root: Path = LAW) -> None:
        self.instruments = plain(root / "instruments.yaml")
        self.measures: dict[str, Any] = {}
        self.annexes: dict[tuple[str, str], list[dict[str, str]]] = {}
        for path in sorted(p for p in root.rglob("*.yaml") if p.parent != root):
            body = plain(path)
            self.measures[body["measure"]] = body
            for name, annex in (body.get("annexes") or {}).items():
                self.annexes[body["measure"], name] = table(path.parent / annex["file"])

    def known(self, act: dict[str, Any]) -> date:
        one = self.instruments[act["instrument"]]
        return days(act.get("known") or one.get("known") or one["signed"])

    @cache  # noqa: B019 - one law lives for the whole test
    def provisions(self, on: date, known: date, threatened: bool) -> list[dict[str, Any]]:
        """Provisions that count on a day, each a dict of its fields."""
        out = []
        for body in self.measures.values():
            acts = sorted(body["acts"], key=self.known)
            names = dict.fromkeys(n for act in acts for n in act["provisions"])
            for name in names:
                fields = self.fold(acts, name, on, known, threatened)
                if fields and fields.get("state") == "active":
                    out.append(
                        {
                            **fields,
                            "id": f"{body['measure']}#{name}",
                            "measure": body["measure"],
                            "imposer": body["imposer"],
                            "name": name,
                        }
                    )
        return out

    def fold(
        self, acts: list[dict[str, Any]], name: str, on: date, known: date, threatened: bool
    ) -> dict[str, Any] | None:
        here: dict[str, Any] | None = None
        ever: dict[str, Any] = {}  # what earlier acts said of other days
        for act in acts:
            if self.known(act) > known or name not in act["provisions"]:
                continue
            if act.get("status", "signed") != "signed":
                ended = act.get("resolved")
                if not threatened or (ended and known >= days(ended["known"])):
                    continue
            said = act["provisions"][name]
            for paint in said if isinstance(said, list) else [said]:
                given = {k: v for k, v in paint.items() if k not in FRAME}
                given.setdefault("state", "active")
                if days(paint["from"]) <= on and ("to" not in paint or on < days(paint["to"])):
                    here = {**(ever if here is None else here), **given}
                ever = {**ever, **given}
        return here

    def covers(self, p: dict[str, Any], line: Line, on: date) -> bool:
        """Whether a provision's origins and goods hold the line."""
        if p.get("origins"):
            inside = expand(p["origins"], on, p["imposer"])
            if inside is None:
                if line.origin == p["imposer"]:
                    return False
            elif line.origin not in inside:
                return False
            outside = p.get("origins_except") or []
            if outside and line.origin in (expand(outside, on, p["imposer"]) or ()):
                return False
        if p.get("goods") and not self.listed(p["measure"], p["goods"], line.goods):
            return False
        barred = p.get("goods_except") or []
        return not (barred and self.listed(p["measure"], barred, line.goods))

    def listed(self, measure: str, items: list[str], code: str) -> bool:
        for item in items:
            if item == "all":
                return True
            if item.startswith("@"):
                if self.heads(measure, item[1:]) & {code[:n] for n in range(2, 11, 2)}:
                    return True
            elif code.startswith(bare(item)):
                return True
        return False

    @cache  # noqa: B019 - one law lives for the whole test
    def heads(self, measure: str, annex: str) -> frozenset[str]:
        return frozenset(bare(r["code"]) for r in self.annexes[measure, annex])


def holds(law: Law, p: dict[str, Any], line: Line, on: date) -> bool:
    when = p.get("when") or {}
    if not law.covers(p, line, on) or when.get("claim", "") not in {"", *line.claims}:
        return False
    if line.facts.get(when.get("unless")) is True:
        return False
    if "fact" not in when:
        return True
    value = line.facts.get(when["fact"])
    if value is None:
        return False
    if "before" in when:
        return bool(value < days(when["before"]))
    return bool(value >= Decimal(when["at_least"]) if "at_least" in when else value)


def percent(text: str) -> Decimal:
    return Decimal(text.removesuffix("%")) / 100


def over(said: str, line: Line, layers: dict[str, Decimal], on: date) -> Decimal | None:
    """A rate as written; one that is all in is what the general rate leaves of it."""
    if said.startswith("declared "):
        return None
    whole = percent(said.removeprefix("all-in "))
    if not said.startswith("all-in "):
        return whole
    row = schedule().get(line.goods[:8])
    if "us/hts/general" not in layers or row is None:
        return None
    prefix = "column2_" if line.origin in (expand(["COL2"], on, "") or ()) else ""
    free = layers["us/hts/general"] == 0 and "usmca" in line.claims
    if row[f"{prefix}specific"] and line.quantity is None and not free:
        return None
    rest = whole - layers["us/hts/general"] / line.value
    return max(rest.quantize(Decimal("1e-12")), ZERO)


def bars(duty: dict[str, Any]) -> bool:
    return bool(duty.get("rate") == "prohibited")


CLOCKS = {
    "imported": "imported", "withdrawn": "withdrawn", "loaded": "shipped", "exported": "exported",
    "contracted": "contracted",
}  # fmt: skip


def standing(law: Law, line: Line, on: date, known: date, threatened: bool) -> list[dict[str, Any]]:
    """Provisions that count for the line, each on the day that its own clock shows."""
    out = []
    for clock, fact in {"entered": "", **CLOCKS}.items():
        day = line.facts.get(fact, on)
        out += [
            p
            for p in law.provisions(day, known, threatened)
            if p.get("clock", "entered") == clock and p["imposer"] == line.into
        ]
    return out


def reaches(clause: dict[str, Any], measure: str, name: str) -> bool:
    """Whether a clause is about a duty: one of its own measure, or of one that it names."""
    of = clause.get("of") or []
    if any("/" in target for target in of):
        return any(measure == t or measure.startswith(t + "/") for t in of)
    return clause["measure"] == measure and (not of or name in of)


def owed(law: Law, line: Line, on: date, known: date, threatened: bool = False) -> Owed:
    """What a line owes on a day, as known on a day."""
    found = standing(law, line, on, known, threatened)
    duties = {p["id"]: p for p in found if p["kind"] == "duty"}
    # a threat whose rate nobody knows is told of, asked for or not
    for p in law.provisions(on, known, True):
        if p["imposer"] == line.into and p.get("rate") == "unknown":
            duties.setdefault(p["id"], p)
    clauses = [p for p in found if p["kind"] != "duty"]
    verdicts: dict[str, tuple[bool, Decimal | None, Decimal]] = {}
    layers, unknown, taken = general(line, on)
    if "us/hts/general" in layers and any(
        c["kind"] == "relief" and reaches(c, "us/hts/general", "") and holds(law, c, line, on)
        for c in clauses
    ):
        layers["us/hts/general"] = ZERO

    def mine(kind: str, duty: dict[str, Any]) -> list[dict[str, Any]]:
        return [
            c for c in clauses if c["kind"] == kind and reaches(c, duty["measure"], duty["name"])
        ]

    def verdict(name: str) -> tuple[bool, Decimal | None, Decimal]:
        """Whether a duty applies, its rate (None: not known) and its share of the value."""
        if name in verdicts:
            return verdicts[name]
        duty = duties[name]
        said = duty.get("rate")
        if duty.get("rates") not in (None, "none"):
            for row in law.annexes[duty["measure"], duty["rates"].removeprefix("@")]:
                if line.origin in (expand([row["origin"]], on, "") or ()):
                    said = row["rate"]
        open_rate = said in (None, "unknown", "prohibited")
        rate = None if open_rate else over(str(said), line, layers, on)
        if str(said).startswith("declared ") and not open_rate:
            rate = line.facts.get(str(said).removeprefix("declared "))
        share = ONE
        for clause in mine("basis", duty):
            if holds(law, clause, line, on):
                if "share" in clause:
                    share *= line.facts.get(clause["share"], ONE)
                else:
                    left_out = line.facts.get(clause["less"], ZERO)
                    share *= ONE - max(left_out, Decimal(clause.get("floor", "0")))
        applies = law.covers(duty, line, on)
        applies = applies and not any(holds(law, c, line, on) for c in mine("relief", duty))
        if applies:
            for clause in mine("precedence", duty):
                if not holds(law, clause, line, on):
                    continue
                for other, target in duties.items():
                    if {other, other.partition("#")[0]} & set(clause["to_measures"]):
                        won, at, part = verdict(other)
                        subject = won and (ONE if at is None else at) * part > 0
                        if clause.get("subject") == "listed":
                            subject = law.covers(target, line, on)
                        elif clause.get("subject") == "applies" or bars(target):
                            subject = won
                        if subject and clause.get("leaves") == "rest":
                            share = max(share - part, ZERO)
                            subject = share == 0
                        applies = applies and not subject
        verdicts[name] = applies, rate, share
        return verdicts[name]

    owes = dict(layers)
    admissible = True
    for name, duty in duties.items():
        applies, rate, share = verdict(name)
        if applies and bars(duty):
            admissible = False
        elif applies and rate is None:
            if not str(duty.get("rate")).startswith("declared "):
                unknown.append(name)
        elif applies and rate is not None:
            least = cents(line.value * percent(duty.get("least", "0%")))
            owes[name] = max(cents(cents(line.value * share) * rate), least)
        elif law.covers(duty, line, on):
            taken.append(name)
    return Owed(sum(owes.values(), ZERO), owes, sorted(unknown), sorted(taken), admissible)


@cache
def schedule() -> dict[str, dict[str, Any]]:
    frame = pl.read_parquet(SRC / "ledger/data/hts_2025.parquet")
    return {row["hs8"]: row for row in frame.iter_rows(named=True)}


def general(line: Line, on: date) -> tuple[dict[str, Decimal], list[str], list[str]]:
    """The schedule's duty: column 2 for its countries, free with a USMCA claim where it says so."""
    if line.into != "US":
        return {}, [], []
    name = "us/hts/general"
    row = schedule().get(line.goods[:8])
    column2 = line.origin in (expand(["COL2"], on, "") or ())
    prefix = "column2_" if column2 else ""
    if row is None or not row[f"{prefix}parsed"]:
        return {}, [name], []
    ad_valorem, specific = row[f"{prefix}ad_valorem"], row[f"{prefix}specific"]
    symbols = {"ALL", "S"} | ({"S+MX"} if line.origin == "MX" else set())
    if "usmca" in line.claims and (row["text"] == "Free" or symbols & set(row["free"].split())):
        return {name: ZERO}, [], []
    amount = cents(cents(line.value) * Decimal(repr(ad_valorem)))
    if specific and line.quantity is not None:
        amount += cents(Decimal(repr(specific)) * line.quantity)
    return {name: amount}, [], []
