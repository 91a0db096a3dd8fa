"""A second reading of the law files: slow, exact, one line at a time, and nothing from surtax.

It reads the YAML, the annexes, the groups of countries and the schedule's texts itself, follows the
schema's own description of what an act says and of how provisions meet, and reckons in Decimal.
"""

from __future__ import annotations

import csv
import re
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
PER_UNIT = re.compile(r" *(\$?)([\d.]+)¢?( [A-Z]{3})? ?(?:/|each)(?:(?!, but| less ).)*")
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
        self.stories: dict[str, dict[str, list[Fields]]] = {}  # by imposer, by provision
        for measure, body in self.measures.items():
            for act in body["acts"]:  # it says one thing of a provision, or several
                one, said = files["instruments.yaml"][act["instrument"]], act["provisions"].items()
                act.setdefault("known", one.get("known") or one["signed"])
                act["provisions"] = {n: p if isinstance(p, list) else [p] for n, p in said}
            for name, annex in body.get("annexes", {}).items():
                self.annexes[measure, f"@{name}"] = table((root / measure).parent / annex["file"])
            stories = self.stories.setdefault(body["imposer"], {})
            for act in sorted(body["acts"], key=lambda act: act["known"]):
                threat = act.get("status", "signed") != "signed"
                ended = act.get("resolved", {}).get("known", "9999") if threat else ""
                for name, paints in act["provisions"].items():
                    own = {"id": f"{measure}#{name}", "measure": measure, "name": name}
                    own |= {"known": act["known"], "ended": ended}
                    told = [{"state": "active", "to": "9999", **p, **own} for p in paints]
                    stories.setdefault(own["id"], []).extend(told)


def paint(story: list[Fields], on: str, known: str, threatened: bool) -> Fields:
    """The fields of a provision on a day, if it is active then; its acts are told in turn."""
    here, ever = Fields(), Fields()  # what acts say of the day, and of any day
    for p in story:
        if p["known"] <= known and (not p["ended"] or (threatened and known < p["ended"])):
            if p["from"] <= on < p["to"]:
                here = {**(here or ever), **p}
            ever |= p
    return here if here.get("state") == "active" else {}


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
        elif one := PER_UNIT.fullmatch(term):
            each.append(Decimal(one[2]) * (100 if one[1] or one[3] else 1))  # or of cents
        else:
            return None
    return (sum(shares) / 100, sum(each) / 100) if max(len(shares), len(each)) < 3 else None


class Reading:
    """The law of a line on a day: what stands, and the general rate as a share of the value."""

    def __init__(self, law: Law, line: Line, on: date, known: date, threatened: bool) -> None:
        self.law, self.line, self.on, self.known = law, line, on, known
        self.base: Decimal | None = None
        self.found: list[Fields] = []
        days = {clock: str(line.facts.get(fact, on)) for clock, fact in CLOCKS.items()}
        for story in law.stories.get(line.into, {}).values():
            clocks = {p.get("clock", "entered") for p in story}
            for threats in (threatened, True):  # those of unknown rates are told, asked or not
                told = [(c, paint(story, days[c], str(known), threats)) for c in clocks]
                found = [p for clock, p in told if p and p.get("clock", "entered") == clock]
                if found and (threats == threatened or found[0].get("rate") == "unknown"):
                    self.found += found
                    break

    def general(self) -> tuple[Decimal, Decimal] | None:
        """The schedule's rate: of column 2 for its countries, or the special one claimed."""
        line = self.line
        day = max(min(self.on, self.known), date(2025, 1, 1))  # of the edition; none is older
        rows = schedule().get(line.goods[:8], [])
        row = next((r for r in rows if r["from"] <= day < (r["to"] or date.max)), None)
        if row is None or line.origin in expand(("COL2",), self.on):
            return row and numbers(row["column2"])
        symbols = {s for claim in line.claims for s in self.law.claims[claim].get("symbols", [])}
        texts = re.findall(r"([^()]*)\(([A-Z+*,. ]+)(?:\)|$)", row["special"])
        claimed = [text.strip() for text, who in texts if symbols & set(re.split("[,. ]+", who))]
        if line.origin == "MX":  # a number of chapter 98 that frees its sugar
            claimed = [re.sub(r"^See 9823\.\d\d\.01.*", "Free", text) for text in claimed]
        if symbols and row["special"] == "Free":
            claimed = ["Free"]
        found, own = [one for one in map(numbers, claimed) if one], numbers(row["general"])
        open_ = claimed and own != (0, 0)
        return min(found, key=lambda one: one[::-1]) if found else None if open_ else own

    def holds(self, p: Fields) -> bool:
        """Whether a provision covers the line, and all that it asks of it is so."""
        line = self.line
        heads = {line.goods[:n] for n in range(len(line.goods) + 1)}
        home = expand(("US", "USCT") if line.into == "US" else (line.into,), self.on)
        near = {line.origin} if line.origin in home else {line.origin, "ALL"}
        fact = line.facts.get(p.get("when", {}).get("fact"), False)
        so = {
            "origins": lambda places: near & expand(tuple(places), self.on),
            "origins_except": lambda places: line.origin not in expand(tuple(places), self.on),
            "goods": lambda items: heads & codes(self.law, p["measure"], tuple(items)),
            "goods_except": lambda items: not heads & codes(self.law, p["measure"], tuple(items)),
            "claim": lambda claim: claim in line.claims,
            "unless": lambda other: line.facts.get(other) is not True,
            "fact": lambda _: fact is not False,
            "before": lambda day: str(fact) < day,
            "at_least": lambda share: fact >= number(share),
        }
        asked = {**p, **p.get("when", {})}
        return all(test(asked[what]) for what, test in so.items() if asked.get(what))

    def clauses(self, kind: str, measure: str, name: str = "") -> list[Fields]:
        """Reliefs, bases or precedences of a duty: of its own measure, or of one that they name."""
        out = []
        for c in (c for c in self.found if c["kind"] == kind):
            of = c.get("of", [name])
            own = c["measure"] == measure and name in of
            if (own or any(f"{measure}/".startswith(f"{x}/") for x in of)) and self.holds(c):
                out.append(c)
        return out

    def due(self, said: str, value: Decimal, part: Decimal) -> Any:
        """What a rate comes to on a part of the value (as money, as a share); None if open."""
        facts, (first, _, rest) = self.line.facts, said.partition(" ")
        made = {"greater": max, "lesser": min, "to": lambda price: max(price[0] - value, ZERO)}
        if first in made:
            rates = [self.due(x, value, part) for x in rest.removeprefix("of ").split(" or ")]
            return None if None in rates else made[first](rates)
        if first == "declared":
            return value * facts[rest] if rest in facts else None
        if first == "all-in" and self.base is not None:
            return value * max(number(rest) - self.base, ZERO).quantize(Decimal("1e-12"))
        told = numbers(said)  # none of unknown, prohibited, and all-in over a rate not known
        many = ONE if said.endswith("/entry") else self.line.quantity
        open_ = told is None or (told[1] and many is None)
        return None if open_ else value * told[0] + part * told[1] * (many or ZERO)

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
                owing = self.due(rate, line.value * part, part)
                owes = rate == "prohibited" or (part if owing is None else owing) > 0
                hit = {"listed": True, "applies": applies}.get(c.get("subject"), applies and owes)
                if hit and c.get("leaves") == "rest":
                    share = max(share - part, ZERO)
                if hit and (c.get("leaves") != "rest" or share == 0):
                    return False, said, share
        return True, said, share

    def owed(self, kind: str, paid: Decimal = ZERO) -> Owed:
        """What the line owes of one kind of charge, some of which fall on duties paid, too."""
        out = Owed()
        charges = {p["id"]: p for p in self.found if p["kind"] == kind and self.holds(p)}
        for name, p in sorted(charges.items()):
            applies, said, share = self.charge(charges, name)
            value = self.line.value + (paid if p.get("base") == "duty-paid" else ZERO)
            amount = self.due(said, cents(value * share), share)
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
        return out


def owed(law: Law, line: Line, on: date, known: date, threatened: bool = False) -> Owed:
    """What a line owes on a day, as known on a day."""
    here = there = Reading(law, line, on, known, threatened)
    us, layers = line.into == "US", {}
    if us and "privileged" in line.facts:  # the law of the day of zone status
        there = Reading(law, line, line.facts["privileged"], known, threatened)
        zones = [p for p in here.found if p["kind"] == "zone" and "when" in p]
        late = {p["measure"] for p in zones if here.holds(p)}
        there.found = [p for p in there.found if p["measure"] not in late]
        there.found += [p for p in here.found if p["measure"] in late]
    if us and (told := there.general()):
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
