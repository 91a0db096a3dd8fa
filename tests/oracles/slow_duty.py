"""A second reading of the law files: slow, exact, one line at a time, and nothing from surtax.

It reads the YAML, the annexes, the groups of countries and the schedule's texts itself, follows the
schema's own description of what an act says and of how provisions meet, and reckons in Decimal.
"""

from __future__ import annotations

import csv
import re
from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import yaml

SRC = Path(__file__).parents[2] / "src/surtax"
SCHEDULE = "us/hts/general"
CLOCKS = {x: x for x in ("entered", "imported", "withdrawn", "exported", "contracted")}
CLOCKS["loaded"] = "shipped"  # the fact that declares the day
ZERO, ONE = Decimal(0), Decimal(1)
Fields = dict[str, Any]


@dataclass
class Line:
    """A line of entry in plain values; the quantity is in whatever unit a rate asks for."""

    goods: str
    origin: str
    into: str
    value: Decimal
    claims: frozenset[str] = frozenset()
    facts: Fields = field(default_factory=dict)
    quantity: Decimal | None = None


@dataclass
class Owed:
    """Amounts by provision; what else covers the line, less what waits for a declaration."""

    layers: dict[str, Decimal] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)
    taken: list[str] = field(default_factory=list)
    admissible: bool = True
    fees: dict[str, Decimal] = field(default_factory=dict)
    fees_taken: list[str] = field(default_factory=list)

    @property
    def total(self) -> Decimal:
        return sum(self.layers.values(), ZERO)


@cache
def table(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text("utf-8").splitlines()))


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def number(text: str) -> Decimal:
    """25% as 0.25; 0.25, and the amount of 25 USD, as they stand."""
    amount, percent, _ = text.partition(" ")[0].partition("%")
    return Decimal(amount) / 100 if percent else Decimal(amount)


@cache
def expand(names: tuple[str, ...], on: date) -> frozenset[str]:
    """A list of countries and groups, with the members of the groups on a day."""
    rows = [r for r in table(SRC / "data/groups.csv") if r["group"] in names]
    here = [r["member"] for r in rows if r["from"] <= str(on) < (r["to"] or "9999")]
    return frozenset([*names, *here])


class Story:
    """What acts say of one provision; what was reckoned between two turns is remembered."""

    def __init__(self, body: Fields, name: str) -> None:
        self.own = {"id": f"{body['measure']}#{name}", "measure": body["measure"], "name": name}
        self.told: dict[tuple[int, int, bool], Fields | None] = {}
        self.strokes = []
        for act in sorted(body["acts"], key=lambda act: act["known"]):
            threat = act.get("status", "signed") != "signed"
            ended = act.get("resolved", {}).get("known", "9999") if threat else ""
            for p in act["provisions"].get(name, []):
                days = act["known"], ended, p["from"], p.get("to", "9999")
                self.strokes.append((*days, {"state": "active", **p}))
        self.turns = sorted({day for *days, _ in self.strokes for day in days})
        self.clocks = {p.get("clock", "entered") for *_, p in self.strokes}

    def at(self, on: str, known: str, threatened: bool) -> Fields | None:
        """Its fields on a day if it is active then."""
        key = bisect_right(self.turns, on), bisect_right(self.turns, known), threatened
        if key not in self.told:
            here, ever = Fields(), Fields()  # what acts say of the day, and of any day
            for told, ended, start, end, p in self.strokes:
                if told <= known and (not ended or (threatened and known < ended)):
                    if start <= on < end:
                        here = {**(here or ever), **p}
                    ever |= p
            self.told[key] = {**here, **self.own} if here.get("state") == "active" else None
        return self.told[key]


class Law:
    """The files, read once."""

    def __init__(self, root: Path = SRC / "ledger/law") -> None:
        files = {  # every scalar is text
            path.relative_to(root).as_posix(): yaml.load(path.read_text("utf-8"), yaml.CBaseLoader)
            for path in sorted(root.rglob("*.yaml"))
        }
        self.facts, self.claims = files["facts.yaml"], files["claims.yaml"]
        self.measures = {body["measure"]: body for name, body in files.items() if "/" in name}
        self.annexes: dict[tuple[str, str], list[dict[str, str]]] = {}
        self.stories: dict[str, list[Story]] = {}
        for measure, body in self.measures.items():
            for act in body["acts"]:  # it says one thing of a provision, or several
                one, said = files["instruments.yaml"][act["instrument"]], act["provisions"].items()
                act.setdefault("known", one.get("known") or one["signed"])
                act["provisions"] = {n: p if isinstance(p, list) else [p] for n, p in said}
            for name, annex in body.get("annexes", {}).items():
                file = (root / measure).parent / annex["file"]
                self.annexes[measure, f"@{name}"] = table(file)
            for name in sorted({name for act in body["acts"] for name in act["provisions"]}):
                self.stories.setdefault(body["imposer"], []).append(Story(body, name))


@cache
def codes(law: Law, measure: str, items: tuple[str, ...]) -> frozenset[str]:
    """Numbers of a list, those of its annexes among them; the empty one stands for all."""
    rows = [r["code"] for item in items for r in law.annexes.get((measure, item), [])]
    written = [item.removeprefix("all") for item in items if not item.startswith("@")]
    return frozenset(code.replace(".", "") for code in rows + written)


@cache
def schedule() -> dict[str, list[Fields]]:
    """The lines of the schedule by number, each with its texts and days."""
    return pl.read_parquet(SRC / "ledger/data/hts_lines.parquet").rows_by_key("hs8", named=True)


@cache
def numbers(text: str) -> tuple[Decimal, Decimal] | None:
    """A rate of the law or the schedule as one share and one amount per unit, if it is that."""
    shares, each = [ZERO], [ZERO]
    for term in ("0%" if text == "Free" else text).replace(" on the entire set", "").split("+"):
        if one := re.fullmatch(r" *([\d.]+)(?: (\d+)/(\d+))?%(?: /)? *", term):
            shares.append(Decimal(one[1]) + Decimal(one[2] or 0) / Decimal(one[3] or 1))
        elif one := re.fullmatch(
            r" *(\$?)([\d.]+)¢?( [A-Z]{3})? ?(?:/|each)(?:(?!, but| less ).)*", term
        ):
            each.append(Decimal(one[2]) * (100 if one[1] or one[3] else 1))  # or of cents
        else:
            return None
    return (sum(shares) / 100, sum(each) / 100) if max(len(shares), len(each)) < 3 else None


def general(law: Law, line: Line, on: date, known: date) -> tuple[Decimal, Decimal] | None:
    """The schedule's rate: of column 2 for its countries, or the special one that is claimed."""
    day = max(min(on, known), date(2025, 1, 1))  # the edition that one could read; none is older
    rows = schedule().get(line.goods[:8], [])
    row = next((r for r in rows if r["from"] <= day < (r["to"] or date.max)), None)
    if row is None or line.origin in expand(("COL2",), on):
        return row and numbers(row["column2"])
    symbols = {s for claim in line.claims for s in law.claims[claim].get("symbols", [])}
    texts = re.findall(r"([^()]*)\(([A-Z+*,. ]+)(?:\)|$)", row["special"])
    claimed = [text.strip() for text, named in texts if symbols & set(re.split("[,. ]+", named))]
    if line.origin == "MX":  # a number of chapter 98 that frees its sugar
        claimed = [re.sub(r"^See 9823\.\d\d\.01.*", "Free", text) for text in claimed]
    if symbols and row["special"] == "Free":
        claimed = ["Free"]
    found, own = [one for one in map(numbers, claimed) if one], numbers(row["general"])
    open_ = claimed and own != (0, 0)
    return min(found, key=lambda one: one[::-1]) if found else None if open_ else own


def covers(law: Law, p: Fields, line: Line, on: date) -> bool:
    """Whether a provision's origins and goods hold the line."""
    origins, barred = (expand(tuple(p.get(x, ())), on) for x in ("origins", "origins_except"))
    home = expand(("US", "USCT") if line.into == "US" else (line.into,), on)
    comes = not origins or line.origin in origins or ("ALL" in origins and line.origin not in home)
    goods, bar = (codes(law, p["measure"], tuple(p.get(x, ()))) for x in ("goods", "goods_except"))
    heads = {line.goods[:n] for n in range(len(line.goods) + 1)}
    under = not goods or not heads.isdisjoint(goods)
    return comes and line.origin not in barred and under and heads.isdisjoint(bar)


def holds(law: Law, p: Fields, line: Line, on: date) -> bool:
    """Whether a clause covers the line, and all that it asks of it is so."""
    when = p.get("when", {})
    fact = line.facts.get(when.get("fact"))
    so = {
        "claim": lambda claim: claim in line.claims,
        "unless": lambda other: line.facts.get(other) is not True,
        "fact": lambda _: fact is not None and fact is not False,
        "before": lambda day: fact is not None and str(fact) < day,
        "at_least": lambda share: fact is not None and fact >= number(share),
    }
    return all(so[what](asked) for what, asked in when.items()) and covers(law, p, line, on)


def due(said: str, line: Line, base: Decimal | None, value: Decimal, part: Decimal) -> Any:
    """What a rate comes to on a part of the value (as money, as a share); None if that is open."""
    first, _, rest = said.partition(" ")
    if first in ("greater", "lesser"):
        both = [due(x, line, base, value, part) for x in rest.removeprefix("of ").split(" or ")]
        return None if None in both else max(both) if first == "greater" else min(both)
    if first == "to":
        price = due(rest, line, base, value, part)
        return None if price is None else max(price - value, ZERO)
    if first == "declared":
        return value * line.facts[rest] if rest in line.facts else None
    if first == "all-in" and base is not None:
        return value * max(number(rest) - base, ZERO).quantize(Decimal("1e-12"))
    told = numbers(said)  # none of unknown, prohibited, and all-in over a rate that is not known
    many = ONE if said.endswith("/entry") else line.quantity
    if told is None or (told[1] and many is None):
        return None
    return value * told[0] + part * told[1] * (many or ZERO)


class Reading:
    """The law of a line on a day: what stands, and the general rate as a share of the value."""

    def __init__(self, law: Law, line: Line, on: date, known: date, threatened: bool) -> None:
        self.law, self.line, self.on = law, line, on
        self.base: Decimal | None = None
        self.found: list[Fields] = []
        days = {clock: str(line.facts.get(fact, on)) for clock, fact in CLOCKS.items()}
        for story in law.stories.get(line.into, []):
            for threats in (threatened, True):  # those of unknown rates are told, asked or not
                told = [(c, story.at(days[c], str(known), threats)) for c in story.clocks]
                found = [p for clock, p in told if p and p.get("clock", "entered") == clock]
                if found and (threats == threatened or found[0].get("rate") == "unknown"):
                    self.found += found
                    break

    def clauses(self, kind: str, measure: str, name: str = "") -> list[Fields]:
        """Reliefs, bases or precedences of a duty: of its own measure, or of one that they name."""
        out = []
        for c in (c for c in self.found if c["kind"] == kind):
            abroad = [x for x in c.get("of", []) if "/" in x]
            own = c["measure"] == measure and name in c.get("of", [name])
            named = any(f"{measure}/".startswith(f"{target}/") for target in abroad)
            if (named if abroad else own) and holds(self.law, c, self.line, self.on):
                out.append(c)
        return out

    def charge(self, charges: dict[str, Fields], name: str) -> tuple[bool, str, Decimal]:
        """Whether a charge applies, its rate as written, its share of the value."""
        p, line = charges[name], self.line
        said, share, own = p.get("rate", "unknown"), ONE, (p["measure"], p["name"])
        for row in self.law.annexes.get((p["measure"], p.get("rates", "")), []):
            if line.origin in expand((row["origin"],), self.on):
                said = row["rate"]
        for c in self.clauses("basis", *own):
            less = max(line.facts.get(c.get("less"), ZERO), number(c.get("floor", "0")))
            share *= line.facts.get(c["share"], ONE) if "share" in c else ONE - less
        if self.clauses("relief", *own):
            return False, said, share
        for c in self.clauses("precedence", *own):
            for other in (x for x in charges if {x, charges[x]["measure"]} & {*c["to_measures"]}):
                applies, rate, part = self.charge(charges, other)
                owing = due(rate, line, self.base, line.value * part, part)
                how = "applies" if rate == "prohibited" else c.get("subject", "owed")
                some = how == "applies" or (part if owing is None else owing) > 0
                subject = c.get("subject") == "listed" or (applies and some)
                if subject and c.get("leaves") == "rest":
                    share = max(share - part, ZERO)
                if subject and (c.get("leaves") != "rest" or share == 0):
                    return False, said, share
        return True, said, share

    def owed(self, kind: str, paid: Decimal = ZERO) -> Owed:
        """What the line owes of one kind of charge, some of which fall on duties paid, too."""
        out, mine = Owed(), [p for p in self.found if p["kind"] == kind]
        charges = {p["id"]: p for p in mine if covers(self.law, p, self.line, self.on)}
        for name, p in charges.items():
            applies, said, share = self.charge(charges, name)
            value = self.line.value + (paid if p.get("base") == "duty-paid" else ZERO)
            amount = due(said, self.line, self.base, cents(value * share), share)
            if not applies:
                out.taken.append(name)
            elif said == "prohibited":
                out.admissible = False
            elif amount is not None:
                least = value * number(p.get("least", "0")), number(p.get("minimum", "0"))
                most = number(p.get("maximum", "Infinity"))
                out.layers[name] = min(cents(max(amount, *least)), most)
            elif said.startswith(("unknown", "all-in")):
                out.unknown.append(name)
        out.taken.sort()
        return out


def owed(law: Law, line: Line, on: date, known: date, threatened: bool = False) -> Owed:
    """What a line owes on a day, as known on a day."""
    here = there = Reading(law, line, on, known, threatened)
    us = line.into == "US"
    if us and "privileged" in line.facts:  # the law of the day of zone status
        there = Reading(law, line, line.facts["privileged"], known, threatened)
        zones = [p for p in here.found if p["kind"] == "zone" and "when" in p]
        late = {p["measure"] for p in zones if holds(law, p, line, on)}
        there.found = [p for p in there.found if p["measure"] not in late]
        there.found += [p for p in here.found if p["measure"] in late]
    layers = {}
    if us and (told := general(law, line, there.on, known)):
        amount = cents(line.value * told[0]) + cents(told[1] * (line.quantity or ZERO))
        layers[SCHEDULE] = ZERO if there.clauses("relief", SCHEDULE) else amount
        if not told[1] or line.quantity is not None:
            there.base = layers[SCHEDULE] / line.value
    out = there.owed("duty")
    out.layers |= layers
    out.unknown = sorted(out.unknown + [SCHEDULE] * (us and not layers))
    if out.admissible:
        fees = here.owed("fee", out.total)
        out.fees, out.fees_taken = fees.layers, fees.taken
    return out
