"""The settlement of a scenario: what both sides gain over the contest without an agreement."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from surtax.scenario.run import Run

KEPT = ("status", "agreed", "frontier", "scope", "sets")


def settlement(
    run: Run, say: Callable[[str], None] = lambda _: None, given: str = ""
) -> dict[str, Any]:
    """Nash's bargain of the scenario's player and opponent, as `surtax respond` answers it.

    Money is in single units of the world's currency.

    Args:
        run: the scenario. say: told of each step.
        given: its name or file, as it was asked for; its name unless given.
    """
    from surtax.scenario import ask

    question = ask.Question(given or run.scenario.scenario, mode="bargain")
    found = ask.answer(ask.asked(question, run=run), say=say)
    rows = [
        {
            "player": p["player"],
            "region": p["player"],
            "without": p["before"],
            "real_income": {k: p[k] for k in ("value", "low", "high")},
            "gain": p["gain"],
            "money": p["gain"] * p["income"],
        }
        for p in found["payoffs"]
    ]
    return {k: found[k] for k in KEPT} | {"payoffs": rows, "command": question.command}
