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


class Law:
    """The files, read once."""

    def __init__(self, root: Path = LAW) -> None:
        self.instruments = plain(root / "instruments.yaml")
        self.facts = plain(root / "facts.yaml")
        self.claims = plain(root / "claims.yaml")
        self.measures: dict[str, Any] = {}
        self.annexes: dict[tuple[str, str], list[dict[str, str]]] = {}
        for path in sorted(p for p in root.rglob("*.yaml") if p.parent != root):
            body = plain(path)
            self.measures[body["measure"]] = body
            for name, annex in (body.get("annexes") or {}).items():
                self.annexes[body["measure"], name] = table(path.parent / annex["file"])
        self.clocks = {
            paint.get("clock", "entered")
            for body in self.measures.values()
            for act in body["acts"]
            for name in act["provisions"]
            for paint in paints(act, name)
        }

    def known(self, act: dict[str, Any]) -> date:
        one = self.instruments[act["instrument"]]
        return days(act.get("known") or one.get("known") or one["signed"])

    def provisions(
        self, line: Line, on: date, known: date, threatened: bool
    ) -> list[dict[str, Any]]:
        """Provisions that count for a line on a day, each a dict of its fields."""
        days = tuple(
            (clock, line.facts.get(fact, on))
            for clock, fact in CLOCKS.items()
            if clock in self.clocks
        )
        return self.standing((("entered", on), *days), known, threatened)

    @cache  # noqa: B019 - one law lives for the whole test
    def standing(
        self, days: tuple[tuple[str, date], ...], known: date, threatened: bool
    ) -> list[dict[str, Any]]:
        """Provisions that count on the days of an entry, by clock."""
        out = []
        for body in self.measures.values():
            acts = sorted(body["acts"], key=self.known)
            for name in dict.fromkeys(n for act in acts for n in act["provisions"]):
                clocks = {p.get("clock", "entered") for a in acts for p in paints(a, name)}
                for clock, day in days:
                    if clock not in clocks:
                        continue
                    fields = self.fold(acts, name, day, known, threatened)
                    if (
                        fields
                        and fields.get("state") == "active"
                        and fields.get("clock", "entered") == clock
                    ):
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
            for paint in paints(act, name):
                given = {k: v for k, v in paint.items() if k not in FRAME}
                given.setdefault("state", "active")
                if days(paint["from"]) <= on and ("to" not in paint or on < days(paint["to"])):
                    here = {**(ever if here is None else here), **given}
                ever = {**ever, **given}
        return here

    def covers(self, p: dict[str, Any], line: Line, on: date) -> bool:
        """Whether a provision's origins and goods hold the line."""
        if p.get("origins"):
            listed = expand(p["origins"], on)
            if listed is None:
                if line.origin in inside(p["imposer"], on):
                    return False
            elif line.origin not in listed:
                return False
            outside = p.get("origins_except") or []
            if outside and line.origin in (expand(outside, on) or ()):
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
    found = standing(law, line, on, known, threatened)
    fees, entered = found, on
    if line.into == "US" and "privileged" in line.facts:  # the law of the day of zone status
        on = line.facts["privileged"]
        late = {
            p["measure"]
            for p in found
            if p["kind"] == "zone" and "when" in p and holds(law, p, line, entered)
        }
        early = standing(law, line, on, known, threatened)
        found = [p for p in early if p["measure"] not in late] + [
            p for p in found if p["measure"] in late
        ]
    layers, unknown, _ = general(line, on, known)
    if "us/hts/general" in layers and any(
        c["kind"] == "relief" and reaches(c, "us/hts/general", "") and holds(law, c, line, on)
        for c in found
    ):
        layers["us/hts/general"] = ZERO
    answer = reckon(law, line, on, known, found, "duty", layers)
    answer.unknown = sorted(answer.unknown + unknown)
    if answer.admissible:
        dear = replace(line, value=line.value + answer.total)
        for p in fees:
            if p["kind"] != "fee":
                continue
            paid = dear if p.get("base") == "duty-paid" else line
            charged = reckon(law, paid, entered, known, fees, "fee", {})
            answer.fees_taken = charged.taken
            one = charged.layers.get(p["id"])
            if one is not None:
                answer.fees[p["id"]] = min(
                    max(one, money(p.get("minimum", "0 USD"))),
                    money(p["maximum"]) if "maximum" in p else Decimal("Infinity"),
                )
    return answer


def standing(law: Law, line: Line, on: date, known: date, threatened: bool) -> list[dict[str, Any]]:
    """What stands at the line's border on a day, and threats of a rate that nobody knows."""
    found = law.provisions(line, on, known, threatened)
    # a threat whose rate nobody knows is told of, asked for or not
    ids = {p["id"] for p in found}
    told = law.provisions(line, on, known, True)
    found = found + [p for p in told if p.get("rate") == "unknown" and p["id"] not in ids]
    return [p for p in found if p["imposer"] == line.into]


def money(text: str) -> Decimal:
    return Decimal(text.partition(" ")[0])


def reckon(
    law: Law,
    line: Line,
    on: date,
    known: date,
    found: list[dict[str, Any]],
    kind: str,
    layers: dict[str, Decimal],
) -> Owed:
    """What a line owes of one kind, added to the layers given."""
    duties = {p["id"]: p for p in found if p["kind"] == kind}
    clauses = [p for p in found if p["kind"] not in ("duty", "fee")]
    verdicts: dict[str, tuple[bool, str, Charge | None, Decimal]] = {}
    answer = Owed(ZERO, dict(layers), [], [])

    def mine(clause: str, duty: dict[str, Any]) -> list[dict[str, Any]]:
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
                        won, _, by, part = verdict(other)
                        due = part if by is None else by(line.value * part, part)
                        subject = won and due > 0
                        if clause.get("subject") == "listed":
                            subject = law.covers(target, line, on)
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
        if applies and bars(duty):
            answer.admissible = False
        elif applies and at is None:
            (answer.open if waits(said, line) else answer.unknown).append(name)
        elif applies and at is not None:
            least = cents(line.value * percent(duty.get("least", "0%")))
            due = max(cents(at(cents(line.value * share), share)), least)
            answer.layers[name] = answer.layers.get(name, ZERO) + due
        elif law.covers(duty, line, on):
            answer.taken.append(name)
    answer.total = sum(answer.layers.values(), ZERO)
    for names in (answer.unknown, answer.taken, answer.open):
        names.sort()
    return answer


def general(line: Line, on: date, known: date) -> tuple[dict[str, Decimal], list[str], list[str]]:
    """The schedule's duty: column 2 for its countries, the special rate that is claimed."""
    if line.into != "US":
        return {}, [], []
    name = "us/hts/general"
    column2 = line.origin in (expand(["COL2"], on) or ())
    found, _ = slow_schedule.rate(line.goods, line.origin, line.claims, on, known, column2)
    if found is None:
        return {}, [name], []
    share, money = found
    amount = cents(cents(line.value) * share)
    if money and line.quantity is not None:
        amount += cents(money * line.quantity)
    return {name: amount}, [], []
