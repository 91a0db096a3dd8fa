"""Set a scenario's table for an answer: its world, its starting law, its players and levers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from surtax.economy.results import Solution
from surtax.economy.solve import solve
from surtax.errors import InputError
from surtax.response import legality
from surtax.response.caps import Cap, at_least, covered, duty
from surtax.response.instruments import Lever, Levers, Policy, gather
from surtax.response.levers import Rule, asked
from surtax.response.nash import Side, side
from surtax.response.objective import Scene, change, combined, objective, parse
from surtax.response.players import Player, players
from surtax.response.stage import Stage
from surtax.scenario.case import Case, Variant
from surtax.scenario.choices import NO_ANSWER
from surtax.scenario.run import Run
from surtax.units import parse_money
from surtax.world.shock import rate_basis
from surtax.world.world import Array, World


@dataclass(frozen=True)
class Wish:
    """What is asked of an answer; the options of `surtax respond`.

    Attributes:
        names: the players, the one who asks first. mode: best, nash or bargain.
        objective: of everybody. instruments, sectors: texts of `levers.asked`; sectors limits
            what a settlement may set.
        lower, upper: bounds of rates. limit, limit_on: the cap, “matching” or an amount, and
            whether it is on covered trade or on duty. rate: at which covered goods are listed.
        least_harm: that the answer does to the others, at least. authority, ground: of law.
        response: of the scenario, on which the answer is added.
        transfer: the most that may be paid, in currency.
    """

    names: tuple[str, ...]
    mode: str
    objective: str = "real-income"
    instruments: tuple[str, ...] = ("tariff",)
    sectors: tuple[str, ...] = ()
    lower: float = 0.0
    upper: float = 1.0
    limit: str = ""
    limit_on: str = "covered"
    rate: float = 0.25
    least_harm: float = 0.0
    authority: str = ""
    ground: str = ""
    response: str = NO_ANSWER
    transfer: float = 0.0


@dataclass(frozen=True, eq=False)
class Table:
    """Players at a scenario's table under one set of assumptions.

    Attributes:
        stage: where they move. sides: those who move. start: (k,) levers to start from.
        before: the equilibrium before the answer. unit: money of one unit of the world.
    """

    stage: Stage
    sides: tuple[Side, ...]
    start: Array
    before: Solution
    unit: float


def heading(run: Run, wish: Wish) -> dict[str, Any]:
    """What every answer says first: the question, and under which assumptions it is told."""
    return {
        "mode": wish.mode,
        "players": list(wish.names),
        "objective": wish.objective,
        "world": run.world.name,
        "currency": run.world.currency,
        "closure": run.headline.closure,
        "elasticities": run.headline.elasticities,
        "response": wish.response,
    }


def lay(run: Run, wish: Wish, variant: Variant | None = None) -> Table:
    """Set the table.

    Raises:
        InputError: players, instruments, caps or an objective that cannot be.
    """
    chosen = variant or run.headline
    world = run.world_of(chosen)
    case = Case(wish.response)
    policy = Policy(run.shock(case, chosen.facts).tariffs)
    before = solve(world, policy.tariffs, closure=chosen.closure)
    who = players(world, list(wish.names))
    law = legality.authority(who[0], wish.authority) if wish.authority else None
    unit = world.unit
    moving = who[:1] if wish.mode == "best" else who
    made = [x for p in moving for x in _levers(world, run, wish, p, who, law, unit)]
    if wish.mode == "bargain" and wish.transfer > 0:
        made += _payments(world, run, who, wish.transfer / unit)
    levers = gather(world, policy, made)
    stage = Stage(levers, chosen.closure)
    persons = run.jobs.persons
    sides = []
    for p in moving:
        scene = Scene(world, p, persons, before, wish.least_harm / unit)
        wanted = objective(parse(wish.objective), scene)
        sides.append(side(levers, p, wanted))
    if wish.mode == "best":
        sides = [replace(sides[0], caps=tuple(_caps(run, wish, levers, who, before, case, unit)))]
    return Table(stage, tuple(sides), np.clip(0.0, levers.lower, levers.upper), before, unit)


def _levers(
    world: World,
    run: Run,
    wish: Wish,
    p: Player,
    who: Sequence[Player],
    law: legality.Note | None,
    unit: float,
) -> list[Lever]:
    """The levers of one player, within what its law allows."""
    others = [t for q in who if q != p for t in q.treasuries]
    listed = wish.limit and wish.limit_on == "covered" and wish.mode == "best"
    top = min(wish.upper, wish.rate) if listed else wish.upper
    out: list[Lever] = []
    for text in wish.instruments:
        kind = text.partition(":")[0]
        rule = Rule(
            ratio=rate_basis(run.world, run.scenario.choices.wedge),
            lower=wish.lower,
            upper=legality.highest(p, kind, top, law),
            level=wish.mode != "best",
            transfer=wish.transfer / unit,
        )
        towards = others if wish.mode != "nash" else []
        out += asked(world, p, [text], rule, default=towards)
    return out


def _payments(world: World, run: Run, who: Sequence[Player], most: float) -> list[Lever]:
    """Side payments between the first side and each other, either way."""
    rule = Rule(ratio=rate_basis(run.world, run.scenario.choices.wedge), transfer=most)
    others = ["+".join(q.treasuries) for q in who[1:]]
    made = asked(world, who[0], [f"transfer::{','.join(others)}"], rule)
    return [replace(one, lower=-most) for one in made]


def _caps(
    run: Run,
    wish: Wish,
    levers: Levers,
    who: Sequence[Player],
    before: Solution,
    case: Case,
    unit: float,
) -> list[Cap]:
    """What the answer may not exceed, and what it must reach."""
    out = []
    if wish.limit:
        if wish.limit_on not in ("covered", "duty"):
            raise InputError(
                f"“{wish.limit_on}” is nothing that can be capped.",
                where="--limit-on",
                mend="covered or duty.",
            )
        if wish.limit == "matching":
            amount = _charged(run, wish, who, before, case)
        else:
            amount = float(parse_money(wish.limit, where="--limit", what="a cap")) / unit
        on = covered(levers, amount, wish.rate) if wish.limit_on == "covered" else None
        out.append(on or duty(levers, amount))
    if wish.least_harm > 0:
        theirs = np.array([n for q in who[1:] for n in q.regions], dtype=np.intp)
        income = float(levers.world.income[theirs].sum())
        other = change(levers.world, theirs)
        share = wish.least_harm / unit / income
        loss = combined([(-1.0, other)])
        out.append(at_least(loss, share - other.value(before), "the harm asked for", unit=share))
    return out


def _charged(run: Run, wish: Wish, who: Sequence[Player], before: Solution, case: Case) -> float:
    """What the others newly charge of the player's exports: their value, or the duty on them."""
    world, made = run.world, run.shock(case)
    ratio = np.nan_to_num(world.customs_ratios, nan=1.0)
    own = np.array(who[0].regions)
    theirs = np.array([n for q in who[1:] for n in q.regions])
    place = np.ix_(np.arange(len(world.sectors)), theirs, own)
    if wish.limit_on == "covered":
        return float((made.charged * world.flows / ratio)[place].sum())
    return float((made.change * before.flows)[place].sum())
