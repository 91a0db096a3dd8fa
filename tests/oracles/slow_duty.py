"""A second reading of the law files: slow, exact, one line at a time.

It shares nothing with the duty engine: it reads the YAML, the annexes, the groups of countries and
(``slow_schedule``) the schedule itself, folds the acts day by day, and reckons in Decimal. What it
follows is the schema's own description: acts in the order in which they became known, later ones
over earlier ones, fields left out kept, the state falling back to active; duties add; a relief
takes a duty away; a basis narrows its value; a precedence yields where the other duty is owed, or
where the goods are merely listed for it, and may leave the rest of the value; an all-in rate counts
the general rate in; a duty may amount to a least share of the value; a rate per unit falls on the
same part of the quantity as of the value; days on another clock than that of entry are the days
that the entry declares on it; fees stand beside the duties, each within its least and its most;
goods that had privileged status in a foreign trade zone owe by the law of that day, save measures
that say they owe by the law of the day of entry.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from oracles import slow_schedule
from oracles.slow_files import (
    CLOCKS,
    LAW,
    ONE,
    ZERO,
    Line,
    Owed,
    bare,
    cents,
    days,
    expand,
    inside,
    paints,
    plain,
    table,
)  # fmt: skip

FRAME = {"from", "to", "cite"}
Fields = dict[str, Any]


class Story:
    """What acts say of one provision, with the days on which what they say may turn."""

    def __init__(self, law: Law, body: Fields, name: str) -> None:
        acts = sorted((a for a in body["acts"] if name in a["provisions"]), key=law.known)
        self.acts = [(law.known(a), a, paints(a, name)) for a in acts]
        said = [paint for _, _, some in self.acts for paint in some]
        self.clocks = {p.get("clock", "entered") for p in said}
        self.always = self.clocks == {"entered"}
        self.open = any(p.get("rate") == "unknown" for p in said)
        self.own = {"id": f"{body['measure']}#{name}", "measure": body["measure"], "name": name}
        self.own["abroad"] = any("/" in target for p in said for target in p.get("of") or ())
        ended = [days(a["resolved"]["known"]) for _, a, _ in self.acts if "resolved" in a]
        self.turns = sorted(days(p[x]) for p in said for x in ("from", "to") if x in p)
        self.learnt = sorted([*ended, *(day for day, _, _ in self.acts)])
        self.told: dict[tuple[int, int, bool], Fields | None] = {}

    def at(self, on: date, known: date, threatened: bool) -> Fields | None:
        """Its fields on a day if it is active then; what was reckoned once is remembered."""
        key = bisect_right(self.turns, on), bisect_right(self.learnt, known), threatened
        if key not in self.told:
            found = self.fold(on, known, threatened)
            active = found is not None and found["state"] == "active"
            self.told[key] = {**found, **self.own} if found and active else None
        return self.told[key]

    def fold(self, on: date, known: date, threatened: bool) -> Fields | None:
        here: Fields | None = None
        ever: Fields = {}  # what earlier acts said of other days
        for day, act, some in self.acts:
            if day > known:
                continue
            if act.get("status", "signed") != "signed":
                ended = act.get("resolved")
                if not threatened or (ended and known >= days(ended["known"])):
                    continue
            for paint in some:
                given = {k: v for k, v in paint.items() if k not in FRAME}
                given.setdefault("state", "active")
                if days(paint["from"]) <= on and ("to" not in paint or on < days(paint["to"])):
                    here = {**(ever if here is None else here), **given}
                ever = {**ever, **given}
        return here


class Law:
    """The files, read once."""

    def __init__(self, root: Path = LAW) -> None:
        self.instruments = plain(root / "instruments.yaml")
        self.facts = plain(root / "facts.yaml")
        self.claims = plain(root / "claims.yaml")
        self.measures: dict[str, Any] = {}
        self.annexes: dict[tuple[str, str], list[dict[str, str]]] = {}
        self.stories: dict[str, list[Story]] = {}
        for path in sorted(p for p in root.rglob("*.yaml") if p.parent != root):
            body = plain(path)
            self.measures[body["measure"]] = body
            for name, annex in (body.get("annexes") or {}).items():
                self.annexes[body["measure"], name] = table(path.parent / annex["file"])
            acts = sorted(body["acts"], key=self.known)
            for name in dict.fromkeys(n for act in acts for n in act["provisions"]):
                self.stories.setdefault(body["imposer"], []).append(Story(self, body, name))

    def known(self, act: Fields) -> date:
        one = self.instruments[act["instrument"]]
        return days(act.get("known") or one.get("known") or one["signed"])

    def standing(self, line: Line, on: date, known: date, threatened: bool) -> list[Fields]:
        """What stands at the line's border on a day, and threats of a rate that nobody knows."""
        found = []
        for number, story in enumerate(self.stories.get(line.into, [])):
            if not story.always:
                found += [(number, p) for p in self.by_clock(story, line, on, known, threatened)]
        found += self.by_entry(line.into, on, known, threatened)
        stands = [p for _, p in sorted(found, key=lambda pair: pair[0])]
        # a threat whose rate nobody knows is told of, asked for or not
        ids = {p["id"] for p in stands}
        told = [
            p
            for story in self.stories.get(line.into, [])
            if story.open
            for p in self.by_clock(story, line, on, known, True)
            if p.get("rate") == "unknown" and p["id"] not in ids
        ]
        return stands + told

    @cache  # noqa: B019 - one law lives for the whole test
    def by_entry(
        self, into: str, on: date, known: date, threatened: bool
    ) -> list[tuple[int, Fields]]:
        """Provisions that know no clock but that of entry, with their place among all."""
        some = ((n, s.at(on, known, threatened)) for n, s in enumerate(self.stories[into])
                if s.always)  # fmt: skip
        return [(n, p) for n, p in some if p]

    def by_clock(
        self, story: Story, line: Line, on: date, known: date, threatened: bool
    ) -> list[Fields]:
        """A provision on the line's day on each of its clocks."""
        out = []
        for clock in ("entered", *CLOCKS):
            if clock in story.clocks:
                day = line.facts.get(CLOCKS.get(clock), on)
                found = story.at(day, known, threatened)
                if found and found.get("clock", "entered") == clock:
                    out.append(found)
        return out

    def covers(self, p: Fields, line: Line, on: date) -> bool:
        """Whether a provision's origins and goods hold the line."""
        if p.get("origins"):
            listed = expand(p["origins"], on)
            if listed is None:
                if line.origin in inside(line.into, on):
                    return False
            elif line.origin not in listed:
                return False
            outside = p.get("origins_except") or []
            if outside and line.origin in (expand(outside, on) or ()):
                return False
        if p.get("goods") and self.listed(p["measure"], p["goods"]).isdisjoint(line.heads):
            return False
        barred = p.get("goods_except") or []
        return not barred or self.listed(p["measure"], barred).isdisjoint(line.heads)

    def listed(self, measure: str, items: list[str]) -> frozenset[str]:
        """Codes of a list; the empty code stands for all."""
        return self._listed(measure, tuple(items))

    @cache  # noqa: B019 - one law lives for the whole test
    def _listed(self, measure: str, items: tuple[str, ...]) -> frozenset[str]:
        out: set[str] = set()
        for item in items:
            annex = item.startswith("@")
            out |= self.heads(measure, item[1:]) if annex else {bare(item.replace("all", ""))}
        return frozenset(out)

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


def over(
    said: str, line: Line, layers: dict[str, Decimal], on: date, known: date
) -> Decimal | None:
    """What an all-in rate leaves over the general rate; None while that is not known."""
    if "us/hts/general" not in layers:
        return None
    column2 = line.origin in (expand(["COL2"], on) or ())
    found, _ = slow_schedule.rate(line.goods, line.origin, line.claims, on, known, column2)
    if found and found[1] and line.quantity is None:
        return None
    rest = percent(said) - layers["us/hts/general"] / line.value
    return max(rest.quantize(Decimal("1e-12")), ZERO)


Charge = Callable[[Decimal, Decimal], Decimal]
"""What is owed on a part of the value, given that part as money and as a share."""


def charge(
    said: str, line: Line, layers: dict[str, Decimal], on: date, known: date
) -> Charge | None:
    """A rate as written; None while it comes to nothing known."""
    first, _, rest = said.partition(" ")
    if first in ("greater", "lesser"):
        pick = max if first == "greater" else min
        both = [plain_charge(x, line) for x in rest.removeprefix("of ").split(" or ")]
        told = [one for one in both if one]
        return (lambda b, part: pick(one(b, part) for one in told)) if told == both else None
    if first == "to":
        top = plain_charge(rest, line)
        return top and (lambda basis, part: max(top(basis, part) - basis, ZERO))
    if first in ("all-in", "declared"):
        value = over(rest, line, layers, on, known) if first == "all-in" else line.facts.get(rest)
        return None if value is None else lambda basis, _: basis * value
    return plain_charge(said, line)


def plain_charge(said: str, line: Line) -> Charge | None:
    """A share of the value, an amount for each unit, or the two together."""
    share = each = ZERO
    for term in said.split(" + "):
        amount, _, unit = term.partition("/")
        if term.endswith("%"):
            share += percent(term)
        elif (quantity := line.quantity_in(unit)) is not None:
            each += money(amount) * quantity
        else:
            return None
    return lambda basis, part: basis * share + part * each


def waits(said: str, line: Line) -> bool:
    """Whether a rate waits for a fact that the entry can declare, or for a quantity."""
    if said.startswith("declared "):
        return said.removeprefix("declared ") not in line.facts
    units = re.findall(r"\d [A-Z]{3}/([a-z0-9 ]+?)(?= or | \+ |$)", said)
    return any(line.quantity_in(unit) is None for unit in units)


def bars(duty: dict[str, Any]) -> bool:
    return bool(duty.get("rate") == "prohibited")


def reaches(clause: dict[str, Any], measure: str, name: str) -> bool:
    """Whether a clause is about a duty: one of its own measure, or of one that it names."""
    of = clause.get("of") or []
    if any("/" in target for target in of):
        return any(measure == t or measure.startswith(t + "/") for t in of)
    return clause["measure"] == measure and (not of or name in of)


def owed(law: Law, line: Line, on: date, known: date, threatened: bool = False) -> Owed:
    """What a line owes on a day, as known on a day."""
    found = law.standing(line, on, known, threatened)
    fees, entered = found, on
    if line.into == "US" and "privileged" in line.facts:  # the law of the day of zone status
        on = line.facts["privileged"]
        late = {
            p["measure"]
            for p in found
            if p["kind"] == "zone" and "when" in p and holds(law, p, line, entered)
        }
        early = law.standing(line, on, known, threatened)
        found = [p for p in early if p["measure"] not in late] + [
            p for p in found if p["measure"] in late
        ]
    layers, unknown = general(line, on, known)
    if "us/hts/general" in layers and any(
        c["kind"] == "relief" and reaches(c, "us/hts/general", "") and holds(law, c, line, on)
        for c in found
    ):
        layers["us/hts/general"] = ZERO
    answer = reckon(law, line, on, known, found, "duty", layers)
    answer.unknown = sorted(answer.unknown + unknown)
    if answer.admissible:
        dear = replace(line, value=line.value + answer.total)
        for one in (line, dear):
            charged = reckon(law, one, entered, known, fees, "fee", {})
            answer.fees_taken = charged.taken
            for p in fees:
                if p["id"] in charged.layers and (p.get("base") == "duty-paid") == (one is dear):
                    answer.fees[p["id"]] = min(
                        max(charged.layers[p["id"]], money(p.get("minimum", "0 USD"))),
                        money(p["maximum"]) if "maximum" in p else Decimal("Infinity"),
                    )
    return answer


def money(text: str) -> Decimal:
    return Decimal(text.partition(" ")[0])


def reckon(
    law: Law,
    line: Line,
    on: date,
    known: date,
    found: list[Fields],
    kind: str,
    layers: dict[str, Decimal],
) -> Owed:
    """What a line owes of one kind, added to the layers given."""
    whole = {p["id"]: p for p in found if p["kind"] == kind}
    duties = {name: p for name, p in whole.items() if law.covers(p, line, on)}
    verdicts: dict[str, tuple[bool, str, Charge | None, Decimal]] = {}
    answer = Owed(ZERO, dict(layers), [], [])
    if not duties:
        answer.total = sum(answer.layers.values(), ZERO)
        return answer
    measures = {duty["measure"] for duty in duties.values()}
    clauses = [
        p
        for p in found
        if p["kind"] in ("relief", "basis", "precedence")
        and (p["abroad"] or p["measure"] in measures)
        and holds(law, p, line, on)
    ]

    def mine(clause: str, duty: Fields) -> list[Fields]:
        return [
            c for c in clauses if c["kind"] == clause and reaches(c, duty["measure"], duty["name"])
        ]

    def verdict(name: str) -> tuple[bool, str, Charge | None, Decimal]:
        """Whether a duty applies, its rate as written and reckoned, its share of the value."""
        if name in verdicts:
            return verdicts[name]
        duty = duties[name]
        said = duty.get("rate")
        if duty.get("rates") not in (None, "none"):
            for row in law.annexes[duty["measure"], duty["rates"].removeprefix("@")]:
                if line.origin in (expand([row["origin"]], on) or ()):
                    said = row["rate"]
        closed = said not in (None, "unknown", "prohibited")
        at = charge(str(said), line, layers, on, known) if closed else None
        share = ONE
        for clause in mine("basis", duty):
            if "share" in clause:
                share *= line.facts.get(clause["share"], ONE)
            else:
                left_out = line.facts.get(clause["less"], ZERO)
                share *= ONE - max(left_out, Decimal(clause.get("floor", "0")))
        applies = not mine("relief", duty)
        if applies:
            for clause in mine("precedence", duty):
                for other, target in duties.items():
                    if {other, other.partition("#")[0]} & set(clause["to_measures"]):
                        won, _, by, part = verdict(other)
                        due = part if by is None else by(line.value * part, part)
                        subject = won and due > 0
                        if clause.get("subject") == "listed":
                            subject = True
                        elif clause.get("subject") == "applies" or bars(target):
                            subject = won
                        if subject and clause.get("leaves") == "rest":
                            share = max(share - part, ZERO)
                            subject = share == 0
                        applies = applies and not subject
        verdicts[name] = applies, str(said), at, share
        return verdicts[name]

    for name, duty in duties.items():
        applies, said, at, share = verdict(name)
        if not applies:
            answer.taken.append(name)
        elif bars(duty):
            answer.admissible = False
        elif at is None:
            (answer.open if waits(said, line) else answer.unknown).append(name)
        else:
            least = cents(line.value * percent(duty.get("least", "0%")))
            due = max(cents(at(cents(line.value * share), share)), least)
            answer.layers[name] = answer.layers.get(name, ZERO) + due
    answer.total = sum(answer.layers.values(), ZERO)
    for names in (answer.unknown, answer.taken, answer.open):
        names.sort()
    return answer


def general(line: Line, on: date, known: date) -> tuple[dict[str, Decimal], list[str]]:
    """The schedule's duty: column 2 for its countries, the special rate that is claimed."""
    if line.into != "US":
        return {}, []
    name = "us/hts/general"
    column2 = line.origin in (expand(["COL2"], on) or ())
    found, _ = slow_schedule.rate(line.goods, line.origin, line.claims, on, known, column2)
    if found is None:
        return {}, [name]
    share, money = found
    amount = cents(cents(line.value) * share)
    if money and line.quantity is not None:
        amount += cents(money * line.quantity)
    return {name: amount}, []
