"""Time of answers on the Canadian world, against the price of the equilibria they rest on.

The floor of an answer is the equilibria and gradients that it asked for, each at the price of a
warm one measured in the same run: a ratio near one says that the search itself is free.
Usage: python bench/respond.py
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from surtax.economy.gradient import at, gradient
from surtax.ledger import Ledger
from surtax.response.bargain import bargain, frontier
from surtax.response.best import best
from surtax.response.nash import nash
from surtax.scenario import run as running
from surtax.scenario import spec
from surtax.scenario.table import Table, Wish, lay


def timed(work: Callable[[], Any]) -> tuple[Any, float, float]:
    """What the work gives, wall seconds and processor seconds."""
    wall, used = time.perf_counter(), time.process_time()
    found = work()
    return found, time.perf_counter() - wall, time.process_time() - used


def price(table: Table) -> float:
    """Processor seconds of one warm solve with one gradient."""
    rng = np.random.default_rng(0)
    x = np.full(len(table.start), 0.05)
    table.stage.solution(x)
    spent = []
    for _ in range(15):
        x = x + rng.normal(0.0, 0.01, len(x)) * (np.arange(len(x)) % 5 == 0)
        x = np.clip(x, table.stage.levers.lower, table.stage.levers.upper)
        began = time.process_time()
        s = table.stage.solution(x)
        gradient(s, table.sides[0].outcome, at(s))
        spent.append(time.process_time() - began)
    return statistics.median(spent)


def say(name: str, wall: float, used: float, floor: float, text: str) -> None:
    print(f"{name:<44} {wall:7.2f} s wall {used:7.2f} s cpu, {used / floor:5.2f} of its floor")
    print(f"  {text}")


def main() -> None:
    law = Ledger.load()
    ready = running.prepare(spec.load("spring-2025", law), law)
    ready.shock(running.Case("no-answer"))

    table = lay(ready, Wish(("CAN", "USA"), "best"))
    one, each = table.sides[0], price(table)
    for starts in (1, 3):
        answer, wall, used = timed(
            lambda starts=starts: best(
                table.stage, one.outcome, table.start, one.mine, one.income, starts=starts
            )
        )
        text = f"payoff {answer.payoff:+.6f}, residual {answer.kkt:.1e}, {answer.solved} solved"
        name = f"Canada's best response, {starts} start{'s' * (starts > 1)}"
        say(name, wall, used, each * answer.solved, text)
    table = lay(ready, Wish(("CAN", "USA"), "best", limit="30e9"))
    one = table.sides[0]
    answer, wall, used = timed(
        lambda: best(table.stage, one.outcome, table.start, one.mine, one.income, caps=one.caps)
    )
    text = f"payoff {answer.payoff:+.6f}, residual {answer.kkt:.1e}, {answer.solved} solved"
    say("the same, C$30 bn covered at 25 %", wall, used, each * answer.solved, text)

    table = lay(ready, Wish(("USA", "CAN", "MEX", "CHN", "EU27"), "nash"))
    each = price(table)
    end, wall, used = timed(lambda: nash(table.stage, table.sides, table.start))
    text = f"{len(table.start)} tariffs, exploitability {end.exploitability:.1e}, "
    text += f"{end.rounds} rounds, {end.solved} solved"
    say("Nash, five players, all goods and partners", wall, used, each * end.solved, text)

    table = lay(ready, Wish(("CAN", "USA"), "bargain"))
    each = price(table)

    def settle() -> tuple[Any, Any, Any]:
        war = nash(table.stage, table.sides, table.start)
        scope = np.arange(len(table.start))
        deal = bargain(table.stage, table.sides, war.payoffs, war.x, scope)
        return war, deal, frontier(table.stage, table.sides, deal, scope)

    (war, deal, line), wall, used = timed(settle)
    solved = war.solved + deal.solved + sum(point.solved for point in line)
    text = f"gains {deal.gains[0]:+.5f} and {deal.gains[1]:+.5f}, {len(line)} points, "
    say("settlement with its frontier", wall, used, each * solved, text + f"{solved} solved")


if __name__ == "__main__":
    main()
