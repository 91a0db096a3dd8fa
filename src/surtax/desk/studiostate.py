"""The studio's state: what its controls say, as short texts; to a scenario file and back."""

from __future__ import annotations

import re
from typing import Annotated

import msgspec
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from surtax.desk.problem import blaming
from surtax.desk.store import ledger, once
from surtax.errors import InputError, unknown
from surtax.scenario import choices as choosing
from surtax.scenario.choices import Barriers, Cells, Choices, Partners, RateChange, rate_text
from surtax.scenario.spec import Scenario
from surtax.scenario.variation import Variation, named, scenario_of
from surtax.units import parse_date
from surtax.world.load import available, describe
from surtax.world.sources.manifest import Manifest

Word = Annotated[str, Field(max_length=80)]
Words = Annotated[list[Word], Field(max_length=40)]

MOST = 80
"""Rates that a state may hold."""

_RATE = re.compile(r"(?:([A-Z0-9+]+) )?([A-Z0-9]+)>([A-Z0-9]+) (?:([+-])(.+)|=(.+)|(free))")


class State(BaseModel):
    """What the controls say; whatever is left out is as in the scenario.

    Attributes:
        scenario: the one that is varied. on, known: days of law and of knowledge.
        rates: texts such as “STL+ALU CAN>USA +10%” (on top of the law), “CAN>USA =25%” (in place
            of it) or “OIL CAN>USA free” (nothing newly charged).
        the others: as in `scenario.choices.Choices` and `scenario.variation.Variation`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    scenario: Word = "spring-2025"
    on: Word = ""
    known: Word = ""
    world: Word = ""
    closure: Word = ""
    elasticities: Word = ""
    horizon: Word = ""
    response: Word = ""
    answers: Words = []
    threats: Word = ""
    sharing: Word = ""
    rates: Annotated[list[Word], Field(max_length=MOST)] = []
    without: Words = []
    contents: Annotated[dict[Word, Word], Field(max_length=12)] = {}
    claims: Word = "0%"
    barriers: Word = "0%"
    barrier_set: Word = "central"
    partners: Word = "0%"
    partner_sectors: Words = []
    towards: Words = []


@once
def worlds() -> tuple[str, ...]:
    """Names of the embedded worlds; a state names no folder of this machine."""
    return tuple(available())


@once
def manifest(world: str) -> Manifest:
    """What a world is made of."""
    return describe(world)


def variation_of(state: State) -> Variation:
    """The state as a variation of its scenario, named by what it holds.

    Raises:
        InputError: a text that is no day, rate or level; the place is the state's field.
    """
    exempt: list[Cells] = []
    rates: list[Cells] = []
    for text in state.rates:
        cells = _cells(text)
        (rates if isinstance(cells, RateChange) else exempt).append(cells)
    inside, outside = _cut(state.barriers, "barriers"), _cut(state.partners, "partners")
    tree = {
        "answers": state.answers,
        "without": state.without,
        "exempt": msgspec.to_builtins(exempt),
        "rates": msgspec.to_builtins(rates),
        "contents": {k: _share(v, f"contents {k}") for k, v in sorted(state.contents.items())},
        "claims": _share(state.claims, "claims"),
        "response": state.response,
        "threats": state.threats,
        "sharing": state.sharing,
        "horizon": state.horizon,
    }
    if inside != "0%":
        tree["barriers"] = msgspec.to_builtins(Barriers(inside, state.barrier_set))
    if outside != "0%":
        lists = (list(state.partner_sectors), list(state.towards))
        tree["partners"] = msgspec.to_builtins(Partners(outside, *lists))
    try:
        chosen = msgspec.convert(tree, Choices)
    except msgspec.ValidationError:  # the only field that is not any text
        raise InputError(
            f"“{state.threats}” is no level.", where="threats", mend="low, central or high."
        ) from None
    on, known = (
        parse_date(day, where=name) if day else None
        for name, day in (("on", state.on), ("known", state.known))
    )
    return named(
        Variation(
            "", state.scenario, world=state.world, closure=state.closure,
            elasticities=state.elasticities, choices=chosen, on=on, known=known,
        )
    )  # fmt: skip


def state_of(told: Variation) -> State:
    """The state that a variation holds: of a file that the studio wrote, the very same.

    Raises:
        InputError: the file says more than a state can.
    """
    c = told.choices
    texts = [f"{_goods(one)} free" for one in c.exempt]
    for one in c.rates:
        said = f"={one.to}" if one.to else one.add if one.add.startswith("-") else f"+{one.add}"
        texts.append(f"{_goods(one)} {said}")
    inside, outside = c.barriers or Barriers("0%"), c.partners or Partners("0%")
    held = {
        "scenario": told.based_on,
        "on": told.on.isoformat() if told.on else "",
        "known": told.known.isoformat() if told.known else "",
        "world": told.world, "closure": told.closure, "elasticities": told.elasticities,
        "horizon": c.horizon, "response": c.response, "answers": c.answers, "threats": c.threats,
        "sharing": c.sharing, "rates": texts, "without": c.without, "contents": c.contents,
        "claims": c.claims,
        "barriers": inside.cut, "barrier_set": inside.set, "partners": outside.cut,
        "partner_sectors": outside.sectors, "towards": outside.towards,
    }  # fmt: skip
    try:
        return State.model_validate(held)
    except ValidationError as error:
        first = error.errors()[0]
        raise InputError(
            f"the studio cannot hold this: {first['msg'][:1].lower()}{first['msg'][1:]}.",
            where=str(first["loc"][0]), mend="Solve the file on the command line.",
        ) from None  # fmt: skip


def scenario_told(told: Variation) -> Scenario:
    """The whole scenario of a variation, every choice checked.

    Raises:
        InputError: what the command line says of the same file.
    """
    try:
        return _checked(told)
    except InputError as error:
        with blaming(_fault(told, error)):
            raise


def _checked(told: Variation) -> Scenario:
    law = ledger().law
    made = scenario_of(told, law)
    if made.world not in worlds():
        raise unknown("world", made.world, worlds(), where="world")
    names = [one.name for one in made.responses]
    choosing.check(made.choices, names, law, manifest(made.world))
    return made


def _fault(told: Variation, error: InputError) -> str:
    """The field that alone is refused in the same words; nothing where none is."""
    chosen = {
        {"exempt": "rates"}.get(f.name, f.name): Variation(
            "", told.based_on, world=told.world,
            choices=Choices(**{f.name: getattr(told.choices, f.name)}),
        )
        for f in msgspec.structs.fields(Choices)
    }  # fmt: skip
    alone = {
        "scenario": Variation("", told.based_on),
        "world": Variation("", told.based_on, world=told.world),
        "closure": Variation("", told.based_on, closure=told.closure),
        "elasticities": Variation("", told.based_on, elasticities=told.elasticities),
    }
    for field, one in (alone | chosen).items():
        try:
            _checked(one)
        except InputError as other:
            if other.what == error.what:
                return field
    return ""


def _cells(text: str) -> Cells:
    found = _RATE.fullmatch(text)
    if not found:
        raise InputError(
            f"“{text}” is no rate on goods.", where="rates",
            mend="Write it as STL+ALU CAN>USA +10%, CAN>USA =25% or OIL CAN>USA free.",
        )  # fmt: skip
    sectors, origin, into, sign, added, whole, _ = found.groups()
    goods = sectors.split("+") if sectors else []
    if added:
        return RateChange(into, origin, goods, add=_share(sign.strip("+") + added, "rates"))
    if whole:
        return RateChange(into, origin, goods, to=_share(whole, "rates"))
    return Cells(into, origin, goods)


def _goods(cells: Cells) -> str:
    way = f"{cells.origin}>{cells.into}"
    return f"{'+'.join(cells.sectors)} {way}" if cells.sectors else way


def _share(text: str, where: str) -> str:
    """A rate in the one way that files write it."""
    try:
        return rate_text(choosing.signed_rate(text))
    except InputError as error:
        raise InputError(error.what, where=where, mend=error.mend) from None


def _cut(text: str, where: str) -> str:
    share = _share(text, where)
    if share.startswith("-"):
        raise InputError(f"“{text}” is not a share.", where=where, mend="Write it as 10%.")
    return share
