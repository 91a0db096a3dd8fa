"""Run a scenario: law to shock, shock to economy, for every response and every assumption set."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import msgspec
import numpy as np

from surtax import keeping
from surtax.duty.rate import Answer, rate
from surtax.economy.closure import Closure
from surtax.economy.closure import closure as named_closure
from surtax.economy.results import Solution
from surtax.economy.revenue import HOUSEHOLDS
from surtax.economy.solve import solve
from surtax.errors import ScenarioError, unknown
from surtax.ledger import Ledger
from surtax.places import place
from surtax.response import costs, recycle
from surtax.response.costs import Cuts
from surtax.scenario import charged, steered
from surtax.scenario.case import Case, Variant, spanned
from surtax.scenario.choices import LEVELS, NO_ANSWER
from surtax.scenario.spec import NOTHING, AssumedRate, Response, Scenario, entry_of, replace_closure
from surtax.scenario.spec import load as load_scenario
from surtax.trade.flows import Flows, load_ca_imports, load_us_imports
from surtax.world import elasticities, load
from surtax.world.answers import Answering, counted
from surtax.world.employment import Jobs, jobs
from surtax.world.shock import Point, Shock, shock
from surtax.world.world import Array, World

KEPT = 96
"""Shocks of law that a run keeps, of about a megabyte each in the Canadian world."""


@dataclass(frozen=True, eq=False)
class Run:
    """A scenario with everything needed to solve any of its cases.

    Attributes:
        scenario, ledger, world, jobs: what was run.
        flows: imports by importer.
        kept: shocks of law alone, by their points; shared with runs of other choices.
    """

    scenario: Scenario
    ledger: Ledger
    world: World
    jobs: Jobs
    flows: dict[str, Flows]
    kept: dict[object, Shock] = field(default_factory=dict)

    def told(self, scenario: Scenario) -> Run:
        """A run of another scenario on the same law, world and flows."""
        return replace(self, scenario=scenario)

    @property
    def case(self) -> Case:
        """The case that the scenario's choices name; the first response without any threat."""
        chosen = self.scenario.choices
        name = self.response(chosen.response or self.responses[0].name).name
        return Case(name, chosen.threats, chosen.use, chosen.cuts)

    @cached_property
    def answering(self) -> tuple[Answering, ...]:
        """What other governments answer the opponent with, as far as the choices count it.

        Raises:
            ScenarioError: one that the record or the world cannot tell; see `world.answers`.
        """
        told, points = self.scenario, [self.in_force, self.signed]
        points += [self.threatened("central")] if self.threats else []
        seller = place(told.opponent).code
        named = told.choices.answers
        return counted(self.ledger, named, seller, self.flows, self.world, points)

    @cached_property
    def imports(self) -> dict[str, Flows]:
        """Imports by importer: those of the sides, and of governments whose answers count."""
        return self.flows | {one.importer: one.flows for one in self.answering}

    # points of law ------------------------------------------------------------------------

    @cached_property
    def before(self) -> Point:
        """The law that the world's benchmark stands for."""
        day = self.scenario.before
        return Point(day, day)

    @cached_property
    def in_force(self) -> Point:
        """The law in force on the scenario's day."""
        return Point(self.scenario.on, self.scenario.known, without=self._without)

    @cached_property
    def signed(self) -> Point:
        """What was in force or signed, once it has taken effect."""
        return Point(self.scenario.signed_by, self.scenario.known, without=self._without)

    @property
    def _without(self) -> frozenset[str]:
        return frozenset(self.scenario.choices.without)

    def threatened(self, level: str) -> Point:
        """Threats carried out as well, unknown rates at low, central or high."""
        place = LEVELS.index(level)
        return replace(
            self.signed,
            threatened=self.threats,
            assume={r.provision: r.rates[place] for r in self.assumed},
        )

    @cached_property
    def live(self) -> frozenset[str]:
        """Measures on which a threat stood at the end of the day of knowledge."""
        listed = self.ledger.at(self.scenario.on, self.scenario.known).listed
        return frozenset(p.measure for p in listed if p.status in ("threatened", "proposed"))

    @cached_property
    def threats(self) -> frozenset[str]:
        """The scenario's threats that stood on that day."""
        return self.live & frozenset(self.scenario.threats.measures)

    @cached_property
    def assumed(self) -> tuple[AssumedRate, ...]:
        """The scenario's assumed rates that are needed: those of standing threats, unknown."""
        listed = self.ledger.at(self.scenario.on, self.scenario.known).listed
        needed = {p.id for p in listed if p.status == "threatened" and p.rate == "unknown"}
        return tuple(r for r in self.scenario.threats.assume if r.provision in needed)

    @cached_property
    def responses(self) -> tuple[Response, ...]:
        """The responses that could be made: those whose measures were threatened on that day."""
        return tuple(r for r in self.scenario.responses if set(r.measures) <= self.live)

    @cached_property
    def left_out(self) -> tuple[Response, ...]:
        """Responses that rest on a measure of which no threat stood on that day."""
        return tuple(r for r in self.scenario.responses if r not in self.responses)

    def response(self, name: str) -> Response:
        """A response by name, `NOTHING` too; an unknown one is an error with the nearest."""
        for one in (*self.responses, NOTHING):
            if one.name == name:
                return one
        for one in self.left_out:
            if one.name == name:
                raise ScenarioError(
                    f"“{name}” carries out {', '.join(one.measures)}, which nobody threatened on "
                    f"{self.scenario.known}.",
                    where="--response",
                    mend=f"Choose among {', '.join(r.name for r in self.responses)}, or another "
                    "day of knowledge.",
                )
        raise unknown("response", name, [r.name for r in (*self.scenario.responses, NOTHING)])

    def point(self, case: Case) -> Point:
        """The law of a case."""
        base = self.threatened(case.threats) if case.threats else self.signed
        if case.response == NO_ANSWER:
            own = self.ledger.by_imposer[self.scenario.imposer]
            return replace(base, scale={m.measure: 0.0 for m in own})
        response = self.response(case.response)
        scale = {}
        if response.cover == "newly-charged":
            scale = dict.fromkeys(response.measures, charged.part(self, response))
        return replace(base, threatened=base.threatened | frozenset(response.measures), scale=scale)

    @cached_property
    def newly_charged(self) -> tuple[float, float]:
        """Customs value of the player's exports that signed law charges and nothing in force does.

        In the player's currency, and in the importer's.
        """
        return charged.newly(self)

    def members(self, name: str) -> list[str]:
        """The names of a treasury's regions, or of the one region of that name."""
        return [self.world.regions[n] for n in self.world.members(name)]

    # shocks and solutions -------------------------------------------------------------------

    def shock(self, case: Case, facts: str = "central") -> Shock:
        """The shock of a case; kept once made.

        Args:
            case: the future.
            facts: the assumed shares of content: central, low or high.
        """
        made: dict[tuple[Case, str], Shock] = self.__dict__.setdefault("_shocks", {})
        case = Case(case.response, case.threats)  # money and costs change no duty
        if (case, facts) not in made:
            choices, point = self.scenario.choices, self.point(case)
            parts = [
                (c.weight, self.law_between(replace(self.before, facts=c.facts),
                                     replace(point, facts=c.facts, claims=c.claims)))
                for c in steered.corners(choices, facts)
            ]  # fmt: skip
            made[case, facts] = steered.steer(steered.mixed(parts), self.world, choices)
        return made[case, facts]

    def law_between(self, before: Point, after: Point) -> Shock:
        """The shock between two points of law; the latest are kept."""
        others = tuple(one.importer for one in self.answering)
        wedge = self.scenario.choices.wedge
        key = (before.key, after.key, others, wedge)
        if key not in self.kept:
            keeping.room(self.kept, KEPT)
            self.kept[key] = shock(
                self.ledger, before, after, self.world, self.imports, others, wedge
            )
        return self.kept[key]

    @cached_property
    def hit(self) -> Array:
        """(n,) workers whose exports the law newly charges, without any threat."""
        first = self.shock(Case(self.responses[0].name))
        return recycle.workers_hit(self.world, self.jobs, first, self.scenario.opponent)

    def solve(self, case: Case, variant: Variant | None = None) -> Solution:
        """The equilibrium of a case under a set of assumptions; kept once solved.

        The player's new duties are spent by the case's rule of sharing. Duties of the benchmark
        go where they went.
        """
        chosen = variant or self.headline
        made: dict[tuple[Case, Variant], Solution] = self.__dict__.setdefault("_solutions", {})
        if (case, chosen) not in made:
            made[case, chosen] = self.equilibrium(case, chosen, self.closure(case, chosen))
        return made[case, chosen]

    def plain(self, case: Case, variant: Variant | None = None) -> Solution:
        """The same, duties shared as in the benchmark."""
        chosen = variant or self.headline
        made: dict[tuple[Case, Variant], Solution] = self.__dict__.setdefault("_plain", {})
        if (case, chosen) not in made:
            made[case, chosen] = self.equilibrium(case, chosen, named_closure(chosen.closure))
        return made[case, chosen]

    def closure(self, case: Case, variant: Variant) -> Closure:
        """The variant's closure, its rule of revenue the case's unless it has one of its own.

        Where the player levies no new duty there is nothing to pay out, and a fall of the old
        ones is borne as in the benchmark.
        """
        named = named_closure(variant.closure)
        rule = recycle.sharing(case.sharing)
        mine = np.array(self.world.treasuries) == self.scenario.player
        levied = self.shock(case, variant.facts).change[:, mine].any()
        if named.revenue is not HOUSEHOLDS or not levied:
            return named
        hit = recycle.Hit(
            self.world, self.jobs, self.shock(Case(self.responses[0].name)),
            self.scenario.opponent, lambda: self.plain(case, variant),
        )  # fmt: skip
        return replace(named, revenue=recycle.paid(rule, hit, self.scenario.player))

    def costs(self, cuts: Cuts) -> Array | None:
        """(s, n, i) changes of trade costs, None where nothing is cut."""
        return costs.hats(self.world, cuts, self.scenario.player, self.scenario.opponent)

    def equilibrium(
        self, case: Case, variant: Variant, closure: Closure, start: Array | None = None
    ) -> Solution:
        """A case solved anew under a closure, the variant's or one made of it; nothing is kept.

        Args:
            case, variant, closure: what is solved. start: unknowns of a solution near it.
        """
        tariffs = self.shock(case, variant.facts).tariffs
        found = solve(self.world_of(variant), tariffs, self.costs(case.cuts), closure, start=start)
        return replace(found, horizon=variant.horizon)

    def world_of(self, variant: Variant) -> World:
        """The world with the variant's elasticities at its horizon; the same object if its own."""
        theta = variant.factor * elasticities.theta_of(variant.elasticities, self.world.sectors)
        if np.array_equal(self.world.theta, theta):
            return self.world
        kept: dict[bytes, World] = self.world.__dict__.setdefault("_by_theta", {})
        key = theta.tobytes()
        if key not in kept:
            kept[key] = replace(self.world, theta=theta)
        return kept[key]

    @property
    def headline(self) -> Variant:
        """The first elasticity set, the scenario's closure and the horizon it chooses."""
        told = self.scenario
        return Variant(told.elasticities[0], told.closure, horizon=told.choices.horizon)

    @property
    def variants(self) -> list[Variant]:
        """Every combination over which ranges are taken; the headline first."""
        pairs = [replace(self.headline, elasticities=e, closure=c)
                 for c in self.scenario.closures for e in self.scenario.elasticities]  # fmt: skip
        contents = [replace(self.headline, facts=level) for level in ("low", "high")]
        return [self.headline, *(v for v in pairs + contents if v != self.headline)]

    def range(
        self, case: Case, figure: Callable[[Solution], float], cases: Iterable[Case] = ()
    ) -> dict[str, float]:
        """A figure with its range over all variants, and over other cases if given."""
        return spanned([figure(self.solve(c, v)) for c in (case, *cases) for v in self.variants])

    def answers(self) -> list[Answer]:
        """The scenario's shipments, rated as known on its day."""
        return [
            rate(self.ledger, entry_of(self.ledger, d), d.on, self.scenario.known)
            for d in self.scenario.duties
        ]


def prepare(
    scenario: Scenario,
    ledger: Ledger,
    *,
    world: str | None = None,
    closure: str | None = None,
    answers: Sequence[str] = (),
) -> Run:
    """A run of a scenario, ready to be asked; nothing is solved yet.

    Args:
        scenario: the scenario.
        ledger: the law.
        world: another world than the scenario's.
        closure: another closure than the scenario's.
        answers: other governments whose answers count beside those that its choices name.

    Raises:
        UnknownNameError: a world, closure or government that does not exist.
        ScenarioError: a government whose answer the record or the world cannot tell.
    """
    if closure is not None:
        scenario = replace_closure(scenario, named_closure(closure).name)
    if answers:
        named = list(dict.fromkeys([*scenario.choices.answers, *answers]))
        choices = msgspec.structs.replace(scenario.choices, answers=named)
        scenario = msgspec.structs.replace(scenario, choices=choices)
    name = world or scenario.world
    run = Run(
        scenario=scenario,
        ledger=ledger,
        world=load.load(name),
        jobs=jobs(name),
        flows={"US": load_us_imports(), "CA": load_ca_imports()},
    )
    _ = run.answering
    return run


def opened(
    name: str,
    law: Ledger | None = None,
    *,
    world: str | None = None,
    closure: str | None = None,
    answers: Sequence[str] = (),
) -> Run:
    """A run of a scenario by name or file, under the embedded law unless given; as `prepare`."""
    law = law or Ledger.load()
    return prepare(load_scenario(name, law), law, world=world, closure=closure, answers=answers)
