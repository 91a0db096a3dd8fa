"""Lines of entry drawn from the law files themselves: every name, code and day is read from them.

Nothing here knows a measure, a fact or a claim by name, so that what is added to the law is drawn
without a change here.
"""

from __future__ import annotations

import random
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cache, cached_property
from typing import Any

from oracles.slow_duty import CLOCKS, Law, Line, codes, expand, schedule
from surtax.places import CURRENCIES
from surtax.places import codes as codes_of_countries

COUNTRIES = codes_of_countries()
DAY = timedelta(1)
SHARES = [Decimal(n) / 100 for n in (0, 1, 10, 15, 19, 20, 21, 40, 85, 94, 99, 100)]
OTHERS = ["CA", "MX", "CN", "HK", "RU", "DE", "GB", "JP", "KR", "VN", "IN", "BR", "AU", "TR", "TW",
          "CH", "NO", "LS", "SG", "KH", "US"]  # fmt: skip


days = date.fromisoformat


def bare(code: str) -> str:
    return code.replace(".", "")


def said(body: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Every paint of a measure, with its provision's name and its act."""
    for act in body["acts"]:
        for name, paints in act["provisions"].items():
            for paint in paints:
                yield name, paint, act


@dataclass
class Edge:
    """A day of a measure at which something begins, ends or becomes known.

    Attributes:
        measure: its id.
        on, known: the day of law and the day of knowledge.
        names: the provisions that turn there.
    """

    measure: str
    on: date
    known: date
    names: set[str] = field(default_factory=set)


class Draw:
    """What the law files let one draw."""

    def __init__(self, law: Law) -> None:
        self.law = law
        known = [days(act["known"]) for body in law.measures.values() for act in body["acts"]]
        self.last = max(known) + 30 * DAY

    @cached_property
    def importers(self) -> list[str]:
        """Places whose entries can be rated."""
        found = {body["imposer"] for body in self.law.measures.values()}
        return sorted(found & set(CURRENCIES))

    def edges(self) -> list[Edge]:
        """The days around every date of every measure, each measure and day once."""
        out: dict[tuple[str, date, date], Edge] = {}

        def add(measure: str, name: str, on: date, known: date) -> None:
            edge = out.setdefault((measure, on, known), Edge(measure, on, known))
            edge.names.add(name)

        for measure, body in self.law.measures.items():
            for name, paint, act in said(body):
                told = days(act["known"])
                for text in filter(None, (paint["from"], paint.get("to"))):
                    for step in (-DAY, 0 * DAY, DAY):
                        add(measure, name, days(text) + step, self.last)
                ended = act.get("resolved")
                for day in [told, *([days(ended["known"])] if ended else [])]:
                    for step in (-DAY, 0 * DAY, DAY):
                        add(measure, name, days(paint["from"]), day + step)
        imposers = {name: body["imposer"] for name, body in self.law.measures.items()}
        return [e for e in out.values() if imposers[e.measure] in self.importers]

    # -- goods ---------------------------------------------------------------------------------

    @cache  # noqa: B019 - one draw lives for the whole test
    def pool(self, imposer: str) -> list[str]:
        """Codes of every list of an imposer, and of the schedule, where there is one."""
        out: list[str] = []
        for (measure, _), rows in self.law.annexes.items():
            if "code" in rows[0] and self.law.measures[measure]["imposer"] == imposer:
                step = max(1, len(rows) // 150)  # every list has its say, however long
                out += [bare(r["code"]) for r in rows[::step]]
        for body in self.law.measures.values():
            if body["imposer"] == imposer:
                for _, paint, _ in said(body):
                    out += self.written(body["measure"], paint)
        if imposer == "US":
            out += list(schedule())[::60]
        return out or ["87032301", "72142000", "04061010"]

    def written(self, measure: str, paint: dict[str, Any]) -> list[str]:
        """Codes written out in a paint's goods, in or out of scope."""
        items = [*paint.get("goods", []), *paint.get("goods_except", [])]
        return [bare(x) for x in items if x != "all" and not x.startswith("@")]

    @cache  # noqa: B019 - one draw lives for the whole test
    def listed(self, measure: str, name: str) -> list[str]:
        """Every code that a provision has ever named, in scope or out of it."""
        found: set[str] = set()
        for one, paint, _ in said(self.law.measures[measure]):
            if one == name:
                found |= set(self.written(measure, paint))
                for item in (*paint.get("goods", []), *paint.get("goods_except", [])):
                    if item.startswith("@"):
                        found |= codes(self.law, measure, (item,))
        return sorted(found)

    def neighbour(self, rng: random.Random, code: str, imposer: str) -> str:
        """A listed code's line, or one beside it: eight or ten digits."""
        kind = rng.randrange(6)
        if kind in (1, 2):  # the next number up or down, as fine as the listed one
            moved = int(code) + (1 if kind == 1 else -1)
            code = str(moved).zfill(len(code))[: len(code)]
        elif kind == 3 and len(code) >= 8:  # another line under the same six or eight digits
            code = code[:-2] + f"{rng.randrange(100):02d}"
        elif kind == 4 and imposer == "US":  # the next line of the schedule
            lines = self.lines
            code = lines[bisect_right(lines, code[:8]) % len(lines)]
        elif kind == 5 and len(code) >= 8:
            return self.sound(code[:8], imposer)
        return self.sound(self.fill(rng, code, imposer), imposer)

    def fill(self, rng: random.Random, code: str, imposer: str) -> str:
        """Ten digits under a shorter code; a real line of the schedule if there is one."""
        if len(code) < 8 and imposer == "US":
            first = bisect_right(self.lines, code)
            here = [x for x in self.lines[first : first + 40] if x.startswith(code)]
            code = rng.choice(here) if here else code
        return (code.ljust(8, "0") + rng.choice(["00", "10", "90"]))[:10]

    @cached_property
    def lines(self) -> list[str]:
        """Lines of the schedule, in order."""
        return sorted(schedule())

    def sound(self, code: str, into: str) -> str:
        """The code, or another where its chapter does not exist, or is no goods there."""
        none = ("00", "77", "99") if into == "US" else ("00", "77")
        return "8703230190" if code.startswith(none) else code

    # -- origins, claims, facts ----------------------------------------------------------------

    def origin(self, rng: random.Random, measure: str, name: str, into: str, on: date) -> str:
        """An origin that the provision names, or any other."""
        named: set[str] = set()
        for one, paint, _ in said(self.law.measures[measure]):
            if one == name:
                for items in (paint.get("origins", []), paint.get("origins_except", [])):
                    named |= set(items)
                if paint.get("rates") not in (None, "none"):
                    rows = self.law.annexes[measure, paint["rates"]]
                    named |= {r["origin"] for r in rows}
        pick = rng.choice(sorted(named - {"ALL"}) or OTHERS)
        if rng.random() < 0.35:
            pick = rng.choice(OTHERS if rng.random() < 0.7 else COUNTRIES)
        members = sorted(expand((pick,), on) - {pick})
        found = rng.choice(members or [pick])
        own = {into, "PR"} if into == "US" else {into}  # one territory: HTSUS general note 2
        return found if found not in own | expand((into,), on) else "CA" if into != "CA" else "US"

    @cache  # noqa: B019 - one draw lives for the whole test
    def claims(self, origin: str, into: str, on: date) -> list[str]:
        """Claims that goods of an origin may make into a place on a day."""
        return [
            name
            for name, one in self.law.claims.items()
            if into in one["into"]
            and ("to" not in one or on < days(one["to"]))
            and origin in expand(tuple(one["origins"]), on)
        ]

    @cached_property
    def turns(self) -> dict[str, list[Any]]:
        """By fact, the values at which some rule turns, with those next to them."""
        out: dict[str, set[Any]] = {name: set() for name in self.law.facts}
        for body in self.law.measures.values():
            for _, paint, _ in said(body):
                when = paint.get("when") or {}
                if "before" in when:
                    day = days(when["before"])
                    out[when["fact"]] |= {day - DAY, day, day + DAY}
                if "at_least" in when:
                    least = Decimal(when["at_least"].removesuffix("%"))
                    least = least / 100 if when["at_least"].endswith("%") else least
                    near = {least - Decimal("0.01"), least, least + Decimal("0.01")}
                    out[when["fact"]] |= {x for x in near if 0 <= x <= 1}
                fact = CLOCKS[paint.get("clock", "entered")]
                if fact in out:
                    for text in filter(None, (paint["from"], paint.get("to"))):
                        out[fact] |= {days(text) - DAY, days(text), days(text) + DAY}
        return {name: sorted(values) for name, values in out.items()}

    @cache  # noqa: B019 - one draw lives for the whole test
    def asked(self, measure: str) -> frozenset[str]:
        """Facts that a measure, or one that it yields to, asks for."""
        found: set[str] = set()
        near = {measure}
        for _, paint, _ in said(self.law.measures[measure]):
            near |= {x.partition("#")[0] for x in paint.get("to_measures", [])}
        for one in near:
            for _, paint, _ in said(self.law.measures[one]):
                when = paint.get("when") or {}
                found |= {when.get("fact"), when.get("unless"), paint.get("less")}
                found |= {paint.get("share"), CLOCKS.get(paint.get("clock", ""))}
                rate = paint.get("rate", "")
                found.add(rate.removeprefix("declared ") if "declared" in rate else None)
        return frozenset(f for f in found if f)

    def value(self, rng: random.Random, name: str, on: date) -> Any:
        """A value of a fact, often at the edge of a rule."""
        kind, near = self.law.facts[name]["type"], self.turns[name]
        if kind == "bool":
            return rng.random() < 0.5
        if kind == "date":
            late = [on - rng.randrange(40) * DAY, on]
            return min(rng.choice(near or late), on) if rng.random() < 0.7 else late[0]
        if kind == "rate":
            return rng.choice([Decimal(0), Decimal("0.065"), Decimal("0.25")])
        return rng.choice(near) if near and rng.random() < 0.4 else rng.choice(SHARES)

    def facts(self, rng: random.Random, asked: frozenset[str], on: date) -> dict[str, Any]:
        """Some of the facts that are asked, and now and then another."""
        sure = rng.choice([0.0, 0.5, 0.5, 1.0])
        found = {
            name: self.value(rng, name, on)
            for name in sorted(self.law.facts)
            if rng.random() < (sure if name in asked else 0.05)
        }
        left: dict[str, Any] = {}  # by a whole that shares part among them, what is left of it
        for name, share in found.items():
            if whole := self.law.facts[name].get("apart"):
                found[name] = min(share, left.get(whole, Decimal(1)))
                left[whole] = left.get(whole, Decimal(1)) - found[name]
        return found

    # -- days ----------------------------------------------------------------------------------

    @cached_property
    def days(self) -> list[date]:
        """Every date of the law, and the days beside it."""
        return sorted({day for edge in self.edges() for day in (edge.on, edge.known)})

    # -- lines ---------------------------------------------------------------------------------

    def line(self, rng: random.Random, measure: str, name: str, on: date) -> Line:
        """A line at the edge of one provision of a measure."""
        body = self.law.measures[measure]
        into = body["imposer"]
        codes = self.listed(measure, name)
        code = rng.choice(codes) if codes and rng.random() < 0.85 else rng.choice(self.pool(into))
        origin = self.origin(rng, measure, name, into, on)
        open_claims = self.claims(origin, into, on)
        return Line(
            goods=self.neighbour(rng, code, into),
            origin=origin,
            into=into,
            value=Decimal(rng.randrange(1, 10**7)) / 100,
            claims=frozenset(c for c in open_claims if rng.random() < 0.5),
            facts=self.facts(rng, self.asked(measure), on),
            quantity=Decimal(rng.randrange(1, 5000)) if rng.random() < 0.5 else None,
        )

    def anywhere(self, rng: random.Random) -> tuple[Line, date, date, bool]:
        """A line of any goods, on any day of law and of knowledge."""
        into = rng.choice(["US", "US", "US", *self.importers])
        measures = [m for m, b in self.law.measures.items() if b["imposer"] == into]
        span = (self.last - date(2025, 1, 1)).days
        on = rng.choice(self.days) if rng.random() < 0.7 else self.last - rng.randrange(span) * DAY
        measure = rng.choice(measures)
        name = rng.choice([name for name, _, _ in said(self.law.measures[measure])])
        line = self.line(rng, measure, name, on)
        if rng.random() < 0.6:  # goods and origin that have nothing to do with each other
            code = self.fill(rng, rng.choice(self.pool(into)), into)
            line = replace(line, goods=self.sound(code, into))
        known = rng.choice([self.last, self.last, on, rng.choice(self.days)])
        return line, on, known, rng.random() < 0.3


def fields(law: Law) -> set[str]:
    """Every field that the law files paint."""
    return {key for body in law.measures.values() for _, paint, _ in said(body) for key in paint}
