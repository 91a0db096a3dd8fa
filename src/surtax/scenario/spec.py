"""A scenario file: what law, what world, which choices. One file says what to run."""

from __future__ import annotations

from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Literal

import msgspec

from surtax.duty.entry import Entry, make_entry
from surtax.errors import ScenarioError, SurtaxError, unknown
from surtax.ledger import Ledger
from surtax.ledger.rates import rate_of
from surtax.ledger.text import line_holding, read_yaml
from surtax.scenario import choices as choosing
from surtax.scenario.choices import Choices
from surtax.units import Interval


class DutyExample(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"origin": "from"}
):
    """A shipment to explain; the fields of `surtax duty`."""

    title: str
    goods: str
    origin: str
    into: str
    value: str
    on: date
    claims: list[str] = []
    facts: dict[str, str] = {}
    quantity: str | None = None
    unit: str = ""


class AssumedRate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A rate for a threatened provision whose rate is unknown: an assumption with a range."""

    provision: str
    value: str
    low: str
    high: str
    source: str

    @property
    def rates(self) -> tuple[float, float, float]:
        """Low, central and high, as fractions."""
        return rate_of(self.low), rate_of(self.value), rate_of(self.high)


class Threats(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Measures whose threats the scenario also carries out, apart from the law."""

    measures: list[str] = []
    assume: list[AssumedRate] = []


class Said(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A sentence that holds as known from a day on, until before another."""

    says: str
    since: date | None = None
    until: date | None = None


def sentence_on(sentences: str | list[Said], known: date) -> str:
    """Of sentences, the last that holds as known on a day; the same on every day if it is one."""
    if isinstance(sentences, str):
        return sentences
    days = [(Interval(one.since, one.until), one.says) for one in sentences]
    return next((says for held, says in reversed(days) if known in held), "")


class Response(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An answer of the player: threatened measures of its own that it would carry out.

    Attributes:
        name, title: what it is called.
        text: what it is; sentences of some days of knowledge stand after one of every day.
        measures: the player's measures whose threats it carries out.
        cover: all of them, or only as many dollars as the law newly charges of its own exports.
        legality: what it rests on; as the text.
    """

    name: str
    title: str
    text: str | list[Said]
    measures: list[str]
    legality: str | list[Said]
    cover: Literal["all", "newly-charged"] = "all"


NOTHING = Response(
    choosing.NO_ANSWER, "No measure at all", "The player levies no duty of the dispute.", [], ""
)
"""The response that every scenario has beside its own."""


class Sweep(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a sweep draws besides unknown rates and contents.

    Attributes:
        elasticities: the set with its standard errors; the headline's unless given.
        closures: to choose among; the scenario's unless given.
        barriers: sets of internal barriers to choose among, where any are cut.
    """

    elasticities: str = ""
    closures: list[str] = []
    barriers: tuple[str, ...] = ("low", "central", "high")


class Scenario(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A scenario.

    Attributes:
        scenario: its name, equal to the file's.
        title, question: what it asks.
        on: the day on which the states of the law are told.
        known: the day of knowledge.
        before: the day of law that the world's benchmark stands for.
        signed_by: the day by which everything signed has taken effect.
        world: the world's name or folder.
        closure: the closure of the headline.
        closures, elasticities: the sets over which ranges are taken; the first is the headline.
        player, opponent: regions or treasuries of the world.
        imposer: the player's place code, whose measures answer.
        against: the place whose goods the opponent charges.
        duties: shipments to explain.
        threats: what else was threatened.
        responses: the answers to compare; the first adds nothing.
        sweep: what a sweep draws.
        choices: what it changes by hand, and the case that it takes unless told otherwise.
    """

    scenario: str
    title: str
    question: str
    on: date
    known: date
    before: date
    signed_by: date
    world: str
    closure: str
    closures: list[str]
    elasticities: list[str]
    player: str
    opponent: str
    imposer: str
    against: str
    duties: list[DutyExample]
    threats: Threats
    responses: list[Response]
    sweep: Sweep = Sweep()
    choices: Choices = choosing.NONE


def available() -> list[str]:
    """Names of the scenarios that come with surtax."""
    folder = Path(str(files("surtax.scenario"))) / "scenarios"
    return sorted(p.stem for p in folder.glob("*.yaml"))


def load(name: str, ledger: Ledger) -> Scenario:
    """A scenario by name, or from a YAML file; every name in it checked.

    Raises:
        UnknownNameError: no scenario of that name.
        ScenarioError: the file names a measure, provision or response that does not exist, or
            its days are out of order.
        LedgerError: the file does not follow the schema; with its line.
    """
    if name in available():
        path = Path(str(files("surtax.scenario"))) / "scenarios" / f"{name}.yaml"
    else:
        path = Path(name)
        if not path.is_file():
            raise unknown("scenario", name, available())
    scenario = _read(path, ledger)
    if scenario.scenario != path.stem:
        raise ScenarioError(
            f"the scenario calls itself “{scenario.scenario}”, the file “{path.stem}”.",
            where=line_holding(path, f"“scenario: {scenario.scenario}”"),
            mend="Make the two the same.",
        )
    try:
        _check(scenario, ledger)
    except SurtaxError as error:
        where = line_holding(path, error.what)
        raise ScenarioError(error.what, where=where, mend=error.mend) from None
    return scenario


def _read(path: Path, ledger: Ledger) -> Scenario:
    """The scenario of a file, whole or told as a variation of another."""
    from surtax.scenario import variation

    if not read_yaml(path, variation.Head).based_on:
        return read_yaml(path, Scenario)
    told = read_yaml(path, variation.Variation)
    try:
        return variation.scenario_of(told, ledger)
    except SurtaxError as error:
        where = line_holding(path, error.what)
        raise ScenarioError(error.what, where=where, mend=error.mend) from None


def entry_of(ledger: Ledger, shipment: DutyExample) -> Entry:
    """The entry of a shipment to explain; errors as of `make_entry`."""
    return make_entry(
        ledger,
        shipment.goods,
        origin=shipment.origin,
        into=shipment.into,
        value=shipment.value,
        claims=shipment.claims,
        facts=shipment.facts,
        quantity=shipment.quantity,
        unit=shipment.unit,
        on=shipment.on,
    )


def _check_places(scenario: Scenario, ledger: Ledger) -> None:
    """Every place, region and shipment named must exist."""
    from surtax import places
    from surtax.world.load import describe

    manifest = describe(scenario.world)
    regions = {r.name for r in manifest.regions} | {r.treasury for r in manifest.regions}
    for name in (scenario.player, scenario.opponent):
        if name not in regions:
            raise unknown("region", name, regions)
    for place in (scenario.imposer, scenario.against):
        places.place(place)
    if scenario.imposer not in ledger.by_imposer:
        raise unknown("importing country", scenario.imposer, ledger.by_imposer)
    if places.place(scenario.imposer).alpha3 != scenario.player:
        raise ScenarioError(
            f"“{scenario.imposer}” does not impose the duties of “{scenario.player}”.",
            mend=f"Make imposer the place of {scenario.player}.",
        )
    for one in scenario.duties:
        try:
            entry_of(ledger, one)
        except SurtaxError as error:
            raise ScenarioError(f"“{one.title}”: {error.what}", mend=error.mend) from None


def _check(scenario: Scenario, ledger: Ledger) -> None:
    from surtax.economy.closure import CLOSURES
    from surtax.world import barriers, elasticities
    from surtax.world.load import describe

    if not scenario.before <= scenario.on <= scenario.signed_by:
        raise ScenarioError(
            f"the days {scenario.before}, {scenario.on}, {scenario.signed_by} are out of order.",
            mend="before ≤ on ≤ signed_by.",
        )
    for closure in [scenario.closure, *scenario.closures, *scenario.sweep.closures]:
        if closure not in CLOSURES:
            raise unknown("closure", closure, CLOSURES)
    drawn = scenario.sweep
    for name in drawn.barriers:
        if name not in barriers.available():
            raise unknown("barrier set", name, barriers.available())
    for name in [*scenario.elasticities, *([drawn.elasticities] if drawn.elasticities else [])]:
        if name not in elasticities.available():
            raise unknown("elasticity set", name, elasticities.available())
    if not scenario.elasticities or not scenario.responses:
        raise ScenarioError(
            "a scenario needs an elasticity set and a response.", mend="Add one of each."
        )
    _check_places(scenario, ledger)
    for measure in scenario.threats.measures:
        ledger.measure(measure)
    for rate in scenario.threats.assume:
        measure, _, provision = rate.provision.partition("#")
        names = ledger.measure(measure).provisions
        if provision not in names:
            raise unknown("provision", provision, names, where=measure)
        low, middle, high = rate.rates
        if not low <= middle <= high:
            raise ScenarioError(
                f"the assumed rates of {rate.provision} are out of order.",
                mend="low ≤ value ≤ high.",
            )
    if scenario.responses[0].measures:
        raise ScenarioError(
            f"the first response, “{scenario.responses[0].name}”, adds measures.",
            mend="Put the law as it stands first; the others are compared with it.",
        )
    seen: set[str] = set()
    for response in scenario.responses:
        for said in (response.text, response.legality):
            if not (sentence_on(said, date.min) and sentence_on(said, date.max)):
                raise ScenarioError(
                    f"the response “{response.name}” has days on which nothing is said of it.",
                    mend="Put a sentence without since and until first.",
                )
        if response.name in seen:
            raise ScenarioError(f"the response “{response.name}” stands twice.", mend="Rename it.")
        seen.add(response.name)
        for measure in response.measures:
            if ledger.measure(measure).imposer != scenario.imposer:
                raise ScenarioError(
                    f"“{measure}” is not a measure of {scenario.imposer}.",
                    mend="A response carries out the player's own measures.",
                )
    choosing.check(scenario.choices, seen, ledger, describe(scenario.world))


def on_day(scenario: Scenario, on: date | None, known: date | None) -> Scenario:
    """The scenario told on another day of law, knowledge or both.

    Raises:
        ScenarioError: a day before the scenario's base day.
    """
    if on is None and known is None:
        return scenario
    day = on or scenario.on
    if day < scenario.before:
        raise ScenarioError(
            f"{day} lies before the scenario's base day, {scenario.before}.",
            where="--on",
            mend="Choose a later day.",
        )
    return msgspec.structs.replace(
        scenario, on=day, known=known or day, signed_by=max(scenario.signed_by, day)
    )


def replace_closure(scenario: Scenario, name: str) -> Scenario:
    """The scenario with another closure for its headline, and that one alone in its range."""
    return msgspec.structs.replace(scenario, closure=name, closures=[name])
