"""Nash equilibria: every player's levers at their best against those of all others.

Rounds of best responses, all at once or one after the other. The certificate is the
exploitability: the best that any player could still gain alone, found by a full climb of each
from where the rounds ended, not by how little the last round moved.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from surtax.economy.outcomes import Outcome
from surtax.errors import InputError, unknown
from surtax.response.best import best
from surtax.response.caps import Cap
from surtax.response.instruments import Levers
from surtax.response.kept import Found, Keep, afresh
from surtax.response.players import Places, Player
from surtax.response.stage import Stage
from surtax.world.world import Array

ORDERS = ("simultaneous", "alternating")


@dataclass(frozen=True, eq=False)
class Side:
    """One player in a contest.

    Attributes:
        player: who. outcome: what it wants. mine: indices of its levers. income: benchmark.
        caps: what its levers may not exceed.
    """

    player: Player
    outcome: Outcome
    mine: Places
    income: float
    caps: tuple[Cap, ...] = ()


@dataclass(frozen=True, eq=False)
class Nash:
    """Where a contest ended.

    Attributes:
        x: (k,) all levers. payoffs, gains: (p,) of the players, and the best that each could
            still gain alone. exploitability: the largest gain. status: one sentence.
        converged: whether that is within what was asked. cycle: length of a cycle that was
            met, or 0. rounds: played. solved: equilibria solved. history: exploitability of
            each round, as its best responses told it.
    """

    x: Array
    payoffs: Array
    gains: Array
    exploitability: float
    status: str
    converged: bool
    cycle: int
    rounds: int
    solved: int
    history: tuple[float, ...]


def side(levers: Levers, player: Player, outcome: Outcome, caps: tuple[Cap, ...] = ()) -> Side:
    """A player with the levers that bear its name.

    Raises:
        InputError: it has no lever.
    """
    mine = np.array(
        [k for k, one in enumerate(levers.levers) if one.player == player.name], np.intp
    )
    if not mine.size:
        raise InputError(
            f"{player.name} has an objective and no instrument.",
            where="--instruments",
            mend="Name a sector of goods that it buys from another player.",
        )
    income = float(levers.world.income[list(player.regions)].sum())
    return Side(player, outcome, mine, income, caps)


def nash(
    stage: Stage,
    sides: Sequence[Side],
    x: Array,
    *,
    order: str = "simultaneous",
    damping: float = 1.0,
    rounds: int = 30,
    tol: float = 1e-6,
    settled: float = 2e-3,
    steps: int = 15,
    say: Callable[[str], None] = lambda _: None,
    keep: Keep = afresh,
) -> Nash:
    """Play rounds of best responses until nobody gains more than `tol`.

    Args:
        stage: where players move. sides: the players. x: (k,) levers to start from.
        order: of `ORDERS`. damping: the part of the way to a best response that is moved.
        rounds: most rounds. tol: the exploitability asked for, in units of the objectives.
        settled: the most that a lever may still want to move, as a part of its range, so that
            rates on little trade are at their best too, though nobody gains much by them.
        steps: most steps of a best response within a round; the certificate's climbs are full.
        say: told of each round. keep: keeps where each round ended.

    Raises:
        UnknownNameError: an order of no such name. InputError: damping outside (0, 1].
    """
    if order not in ORDERS:
        raise unknown("order", order, ORDERS, where="--order")
    if not 0.0 < damping <= 1.0:
        raise InputError("damping lies above 0 and at most at 1.", where="--damping")
    span = np.maximum(stage.levers.upper - stage.levers.lower, 1e-12)
    first, cycle, history = stage.solved, 0, []
    trail = [x.copy()]
    for turn in range(1, rounds + 1):
        play = partial(_round, stage, sides, trail[-1], order, damping, steps)
        found = stage.step(keep, f"round {turn}", play)
        moved, gains = np.array(found["x"]), found["gains"]
        history.append(max(gains))
        say(f"round {turn}: {max(gains):.1e} to gain")
        still = float((np.abs(moved - trail[-1]) / span).max())
        if max(gains) <= tol and still <= settled * damping:
            trail.append(moved)
            break
        met = period(trail, moved, span)
        if met and not cycle:
            cycle = met
        if met:
            damping *= 0.5
        trail.append(moved)
    return _certified(stage, sides, trail[-1], tol, first, cycle, history, say, keep)


def _round(
    stage: Stage, sides: Sequence[Side], x: Array, order: str, damping: float, steps: int
) -> Found:
    """Everybody's best response once: where the levers go, and what each side gains by it."""
    moved, gains = x.copy(), []
    for one in sides:
        here = moved if order == "alternating" else x
        answer = best(stage, one.outcome, here, one.mine, one.income, caps=one.caps, budget=steps)
        gains.append(answer.payoff - answer.before)
        step = answer.x[one.mine] - here[one.mine]
        moved[one.mine] = here[one.mine] + damping * step
    return {"x": moved.tolist(), "gains": gains}


def period(trail: Sequence[Array], moved: Array, span: Array) -> int:
    """How many rounds ago the levers stood where they are now, two or more; 0 for never."""
    still = np.abs(moved - trail[-1]) / span
    if still.max() <= 1e-9:
        return 0
    for back in range(2, len(trail) + 1):
        if np.max(np.abs(moved - trail[-back]) / span) <= 1e-2 * still.max():
            return back
    return 0


def _certified(
    stage: Stage,
    sides: Sequence[Side],
    x: Array,
    tol: float,
    first: int,
    cycle: int,
    history: list[float],
    say: Callable[[str], None],
    keep: Keep,
) -> Nash:
    """The full best responses at the end."""
    gains, payoffs = [], []
    for one in sides:
        say(f"what {one.player.name} could still gain")
        alone = partial(_alone, stage, one, x)
        found = stage.step(keep, f"alone, {one.player.name}", alone)
        gains.append(found["gain"])
        payoffs.append(found["payoff"])
    worst = int(np.argmax(gains))
    done = gains[worst] <= tol
    status = "An equilibrium" if done else "No equilibrium"
    status += (
        f" after {len(history)} rounds: nobody gains more than {gains[worst]:.1e} alone"
        if done
        else f" within {len(history)} rounds: {sides[worst].player.name} could gain "
        f"{gains[worst]:.1e} alone"
    )
    if cycle:
        status += f"; play went round in {cycle} and was damped"
    return Nash(
        x=x,
        payoffs=np.array(payoffs),
        gains=np.array(gains),
        exploitability=float(gains[worst]),
        status=status + ".",
        converged=done,
        cycle=cycle,
        rounds=len(history),
        solved=stage.solved - first,
        history=tuple(history),
    )


def _alone(stage: Stage, one: Side, x: Array) -> Found:
    """What a side has at x, and what it could still gain alone."""
    answer = best(stage, one.outcome, x, one.mine, one.income, caps=one.caps)
    return {"payoff": answer.before, "gain": max(answer.payoff - answer.before, 0.0)}
