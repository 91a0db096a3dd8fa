"""What can be asked in the response room, and the options that each kind of job looks at."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from pydantic import BaseModel

from surtax.desk import work
from surtax.ledger import Ledger
from surtax.places import place
from surtax.response import legality
from surtax.scenario import ask, platforms, spec
from surtax.scenario.choices import NO_ANSWER
from surtax.world.answers import recorded
from surtax.world.load import describe


class Person(BaseModel):
    """Somebody who can be a player: a treasury of the world, and its regions."""

    name: str
    regions: list[str]


class Named(BaseModel):
    """A name with a text that says what it is."""

    name: str
    text: str


class Choices(BaseModel):
    """What can be asked.

    Attributes:
        scenarios: by name. players: treasuries. sectors: of goods, by code.
        platforms: bundles. responses: of all scenarios. closures: by name.
        answers: other governments of which the record has answers to the opponents.
        grounds: that a caretaker's proposal may claim.
    """

    scenarios: list[Named]
    players: list[Person]
    sectors: list[Named]
    platforms: list[Named]
    responses: list[Named]
    closures: list[str]
    answers: list[str]
    grounds: list[Named]


def request_of(kind: str, given: dict[str, Any]) -> dict[str, Any]:
    """The options that a kind of job looks at."""
    if kind == "platforms":
        return {name: given[name] for name in work.COMPARED}
    if kind == "sweep":
        return {name: given[name] for name in work.SWEPT}
    known = [one.name for one in fields(ask.Question) if one.name in given]
    return {name: given[name] for name in known} | {"response": given["response"] or NO_ANSWER}


def choices(law: Ledger) -> Choices:
    """What can be asked of the scenarios that come with surtax."""
    found = [spec.load(name, law) for name in spec.available()]
    world = describe(found[0].world)
    who: dict[str, list[str]] = {}
    for region in world.regions:
        who.setdefault(region.treasury, []).append(region.name)
    bundles = [platforms.load(name, law)[0] for name in platforms.available()]
    answers = {one.name: one.title for scenario in found for one in scenario.responses}
    others = [
        code
        for one in found
        for code in recorded(law, place(one.opponent).code)
        if code != one.imposer
    ]
    closures = {name for scenario in found for name in (scenario.closure, *scenario.closures)}
    return Choices(
        scenarios=[Named(name=one.scenario, text=one.title) for one in found],
        players=[Person(name=name, regions=regions) for name, regions in who.items()],
        sectors=[Named(name=one.name, text=one.title) for one in world.sectors if one.goods],
        platforms=[Named(name=one.platform, text=one.title) for one in bundles],
        responses=[Named(name=name, text=text) for name, text in answers.items()],
        closures=sorted(closures),
        answers=list(dict.fromkeys(others)),
        grounds=[Named(name=name, text=text) for name, text in legality.grounds().items()],
    )
