"""Answers to a scenario, as `surtax respond` prints them: best response, Nash, settlement."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from surtax.errors import InputError, unknown
from surtax.response import legality
from surtax.response.bargain import Settlement, bargain, frontier
from surtax.response.best import best
from surtax.response.kept import Found, Keep, afresh
from surtax.response.nash import nash
from surtax.response.objective import parse
from surtax.response.players import players
from surtax.scenario.case import Variant
from surtax.scenario.proposals import SMALL, measure, payment, rows_of
from surtax.scenario.run import Run
from surtax.scenario.table import Table, Wish, heading, lay
from surtax.world.world import Array

MODES = ("best", "nash", "bargain")
Say = Callable[[str], None]


@dataclass(frozen=True)
class Play:
    """How an answer is searched for.

    Attributes:
        starts, seed: of a best response. order, damping, rounds, tol: of a contest.
        points: of the frontier. ranges: whether every set of assumptions is tried.
    """

    starts: int = 3
    seed: int = 0
    order: str = "simultaneous"
    damping: float = 1.0
    rounds: int = 30
    tol: float = 1e-6
    points: int = 9
    ranges: bool = True


def answer_to(
    run: Run, wish: Wish, play: Play, say: Say = lambda _: None, keep: Keep = afresh
) -> dict[str, Any]:
    """The answer to a scenario; see DESIGN's contract for its keys.

    Args:
        run, wish, play: what is asked. say: told of each step. keep: keeps what steps found.

    Raises:
        InputError: a player, instrument, objective or cap that cannot be; one sentence.
        SolveError: no equilibrium where the answer starts from.
    """
    possible(wish, run)
    claimed = legality.ground(wish.ground) if wish.ground else None
    say("the law and the world")
    table = lay(run, wish)
    searched = {"best": _best, "nash": _nash, "bargain": _bargain}[wish.mode]
    found = searched(table, wish, play, say, keep)
    x: Array = found.pop("x")
    solution = table.stage.solution(x)
    rows = rows_of(table, x, solution)
    _range(run, wish, play, table, x, found, rows, say, keep)
    used = {}
    for cap in table.sides[0].caps:
        used[cap.name] = {
            "limit": wish.least_harm if "harm" in cap.name else cap.limit * table.unit,
            "slack": cap.slack(table.stage, x),
        }
    first = found["payoffs"][0]
    proposing = [t for one in table.sides for t in one.player.treasuries]
    return {
        **heading(run, wish),
        **found,
        "payoff": first["value"],
        "caps": used,
        "tariffs": rows,
        "measures": [measure(table, row, claimed) for row in rows if abs(row["value"]) > SMALL],
        "ground": claimed,
        "claim": legality.claim_of(claimed, proposing, run.scenario.known),
        "regions": solution.regions_table(),
        "seed": play.seed,
    }


def possible(wish: Wish, run: Run) -> None:
    """Refuse a mode, players, an objective or a ground that do not exist; errors name them."""
    if wish.mode not in MODES:
        raise unknown("mode", wish.mode, MODES, where="--mode")
    players(run.world, list(wish.names))
    parse(wish.objective)
    for sector in wish.sectors:
        run.world.sector(sector)
    if wish.ground:
        legality.ground(wish.ground)


def _payoffs(table: Table, before: Array, value: Array) -> list[dict[str, Any]]:
    """One row a side; gains in the objective's unit and, for what they are worth, in money."""
    return [
        {
            "player": one.player.name,
            "before": float(b),
            "value": float(v),
            "gain": float(v - b),
            "income": one.income * table.unit,
        }
        for one, b, v in zip(table.sides, before, value, strict=True)
    ]


def _best(table: Table, wish: Wish, play: Play, say: Say, keep: Keep) -> dict[str, Any]:
    one = table.sides[0]
    answer = best(
        table.stage, one.outcome, table.start, one.mine, one.income,
        caps=one.caps, starts=play.starts, seed=play.seed, say=say, keep=keep,
    )  # fmt: skip
    before = one.outcome.value(table.before)
    left = max(0.0, max(answer.optima) - answer.payoff)
    many = len(answer.optima)
    climbed = f"The best of {many} starts" if many > 1 else "One climb"
    return {
        "x": answer.x,
        "status": f"{climbed}: moving any one instrument over its whole range gains "
        f"{answer.kkt:.1e} at most, to first order.",
        "exploitability": left,
        "kkt": answer.kkt,
        "multipliers": answer.multipliers,
        "optima": list(answer.optima),
        "solved": answer.solved,
        "payoffs": _payoffs(table, np.array([before]), np.array([answer.payoff])),
    }


def _nash(table: Table, wish: Wish, play: Play, say: Say, keep: Keep) -> dict[str, Any]:
    end = nash(
        table.stage, table.sides, table.start, order=play.order, damping=play.damping,
        rounds=play.rounds, tol=play.tol, say=say, keep=keep,
    )  # fmt: skip
    before = np.array([one.outcome.value(table.before) for one in table.sides])
    payoffs = _payoffs(table, before, end.payoffs)
    for row, left in zip(payoffs, end.gains, strict=True):
        row["left"] = float(left)
    return {
        "x": end.x,
        "status": end.status,
        "exploitability": end.exploitability,
        "converged": end.converged,
        "cycle": end.cycle,
        "rounds": end.rounds,
        "solved": end.solved,
        "payoffs": payoffs,
    }


def _bargain(table: Table, wish: Wish, play: Play, say: Say, keep: Keep) -> dict[str, Any]:
    """The war without payments, then the settlement and its frontier over the scope."""
    levers = table.stage.levers.levers
    paid = np.array([one.kind == "transfer" for one in levers])
    war_sides = [replace(one, mine=one.mine[~paid[one.mine]]) for one in table.sides]
    start = np.where(paid, 0.0, table.start)
    war = nash(
        table.stage, war_sides, start, order=play.order, damping=play.damping,
        rounds=play.rounds, tol=play.tol, say=say, keep=keep,
    )  # fmt: skip
    named = set(wish.sectors)
    inside = [one.kind == "transfer" or not named or one.sector in named for one in levers]
    scope = np.flatnonzero(inside)
    if not any(one.sector for one, k in zip(levers, inside, strict=True) if k):
        raise InputError(
            "the settlement has no instrument to move.",
            where="--sectors",
            mend="Name sectors in which one of the sides has a duty.",
        )
    say("the settlement")
    deal = bargain(table.stage, table.sides, war.payoffs, war.x, scope, keep=keep)
    line = frontier(table.stage, table.sides, deal, scope, points=play.points, say=say, keep=keep)
    return {
        "x": deal.x,
        "status": deal.status + " The threat point: " + war.status[0].lower() + war.status[1:],
        "exploitability": war.exploitability,
        "agreed": deal.agreed,
        "kkt": deal.kkt,
        "solved": war.solved + deal.solved + sum(point.solved for point in line),
        "payoffs": _payoffs(table, war.payoffs, deal.payoffs),
        "frontier": [_point(table, point) for point in line],
        "payment": payment(table, deal.x),
        "scope": sorted(named) or "all",
    }


def _point(table: Table, point: Settlement) -> dict[str, Any]:
    names = [one.player.name for one in table.sides]
    return {
        "power": float(point.powers[0]),
        "gains": dict(zip(names, map(float, point.gains), strict=True)),
        "payment": payment(table, point.x),
    }


def _range(
    run: Run,
    wish: Wish,
    play: Play,
    table: Table,
    x: Array,
    found: dict[str, Any],
    rows: list[dict[str, Any]],
    say: Say,
    keep: Keep,
) -> None:
    """Low and high over every set of assumptions.

    A best response is searched for anew under each; the tariffs of a contest or settlement are
    kept and what they are worth is told again.
    """
    for row in found["payoffs"]:
        row["low"] = row["high"] = row["value"]
    for variant in run.variants[1:] if play.ranges else []:
        say(variant.step)
        told = keep(variant.step, partial(_under, run, wish, variant, x))
        for row, value in zip(rows, told["x"], strict=True):
            scaled = value * (table.unit if row["unit"] == "currency" else 1.0)
            row["low"], row["high"] = min(row["low"], scaled), max(row["high"], scaled)
        for row, value in zip(found["payoffs"], told["payoffs"], strict=True):
            row["low"], row["high"] = min(row["low"], value), max(row["high"], value)
    found["sets"] = len(run.variants) if play.ranges else 1


def _under(run: Run, wish: Wish, variant: Variant, x: Array) -> Found:
    """The levers under another set of assumptions, and what they are worth to the sides."""
    other = lay(run, wish, variant)
    if wish.mode == "best":
        one = other.sides[0]
        x = best(other.stage, one.outcome, x, one.mine, one.income, caps=one.caps).x
    s = other.stage.solution(x)
    return {"x": x.tolist(), "payoffs": [float(one.outcome.value(s)) for one in other.sides]}
