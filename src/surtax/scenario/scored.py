"""What a government's own list does, beside the best list of its size: `--mode score`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from surtax.errors import InputError
from surtax.response import lists_law
from surtax.response.lists import choose, left_out, score
from surtax.response.lists_effect import Effect, Ground
from surtax.response.lists_items import Items, barred
from surtax.scenario.case import Variant, spanned
from surtax.scenario.lists import ground_of, place_of
from surtax.scenario.run import Run
from surtax.scenario.table import Wish, heading
from surtax.world.world import Array

Say = Callable[[str], None]
_WHOLE = 0.98
"""Share of all known items' trade from which on a list is held against all goods."""


def score_answer(
    run: Run,
    wish: Wish,
    measures: Sequence[str],
    *,
    ranges: bool = True,
    best: bool = True,
    say: Say = lambda _: None,
) -> dict[str, Any]:
    """Measures of the player, scored as a list, beside the best list of the same trade.

    Args:
        run, wish: what is asked; the objective is of both lists.
        measures: ids in the ledger. A good that two of them name counts once, at the higher rate.
        ranges: whether the list is told under every set of assumptions.
        best: whether the best list is searched for.
        say: told of each step.

    Returns:
        `scored` and `best`, each with items, value, rate, costs of both sides and their ratio;
        the keys of every answer beside them.

    Raises:
        InputError: no measure, one that names no goods of the other side, or a player whose
            imports by item nobody knows; one sentence.
    """
    if not measures:
        raise InputError(
            "a score is of measures of the player.", where="--list",
            mend="Name one: --list ca/surtax/united-states-2025-1.",
        )  # fmt: skip
    say("the law and the world")
    ground = ground_of(run, wish)
    imposer, partner = place_of(ground.buyer), place_of(ground.seller)
    for name in measures:
        if run.ledger.measure(name).imposer != imposer:
            raise InputError(
                f"“{name}” is no measure of {ground.buyer.name}.", where="--list",
                mend="Name its imposer with --player.",
            )  # fmt: skip
    rates = lists_law.rates_of(run.ledger, measures, run.signed, partner)
    if "" in rates:
        raise InputError(
            "a measure on all goods is no list.", where="--list",
            mend="Ask for --mode best, or for surtax solve.",
        )  # fmt: skip
    ground = replace(ground, items=charged(ground.items, rates))
    found = score(ground, list(rates))
    if not found.codes:
        raise InputError(
            "none of the goods named is in the table of imports by item.", where="--list",
            mend="Name another measure.",
        )  # fmt: skip
    effects = [found.effect]
    for variant in run.variants[1:] if ranges else []:
        say(variant.step)
        effects.append(_under(run, wish, variant, rates))
    rate = float(found.x @ (ground.items.value * ground.items.rate)) / found.value
    answer = {
        "items": len(found.codes), "value": found.value, "rate": rate,
        **_costs(effects), "ratio": found.effect.ratio, "sets": len(effects),
    }  # fmt: skip
    solution = ground.solution(found.x)
    return {
        **heading(run, wish),
        "status": f"{' and '.join(measures)}, as charged on {run.signed.on} and known on "
        f"{run.scenario.known}, threats carried out.",
        "exploitability": None,
        "payoff": ground.own.value(solution),
        "scored": answer,
        "best": _best(run, wish, rate, found.value, say) if best else None,
        "value_currency": ground.items.currency,
        "value_source": ground.items.source,
        "tariffs": [
            {"item": str(c), "rate": float(r)}
            for c, r, x in zip(ground.items.codes, ground.items.rate, found.x, strict=True)
            if x > 0
        ],
        "measures": [{"id": m, "imposer": imposer, "against": partner} for m in measures],
        "regions": solution.regions_table(),
    }


def charged(items: Items, rates: dict[str, float]) -> Items:
    """The items, each at the rate of the longest code that names it; others keep theirs."""
    lengths = sorted({len(code) for code in rates}, reverse=True)

    def of(code: str, other: float) -> float:
        return next((rates[code[:n]] for n in lengths if code[:n] in rates), other)

    rate: Array = np.array([of(str(c), r) for c, r in zip(items.codes, items.rate, strict=True)])
    return replace(items, rate=rate)


def _under(run: Run, wish: Wish, variant: Variant, rates: dict[str, float]) -> Effect:
    other = ground_of(run, wish, variant)
    return score(replace(other, items=charged(other.items, rates)), list(rates)).effect


def _costs(effects: Sequence[Effect]) -> dict[str, Any]:
    return {
        "costs": {
            "own": spanned([e.own for e in effects]),
            "theirs": spanned([e.theirs for e in effects]),
        }
    }


def _best(run: Run, wish: Wish, rate: float, most: float, say: Say) -> dict[str, Any]:
    """The best list of as much trade at the list's average rate.

    By the rules among known items; where the list is all of them, among all goods, those under
    no known item in pieces, which is a comparison and no law.
    """
    asked = replace(wish, rate=rate)
    ground: Ground = ground_of(run, asked)
    whole = most >= _WHOLE * float(ground.items.value.sum())
    allowed = np.ones(len(ground.items), dtype=bool)
    if whole:
        ground = ground_of(run, asked, rest=True)
        allowed = np.ones(len(ground.items), dtype=bool)
    else:
        allowed, _ = left_out(
            ground, barred(ground.items, ground.world, ground.buyer, ground.seller)
        )
    found = choose(ground, allowed, most, say=say)
    return {
        "among": "all goods, those under no known item in twentieths of a sector"
        if whole
        else "known items, by the rules",
        "items": len(found.codes), "value": found.value, "rate": rate, **_costs([found.effect]),
        "ratio": found.effect.ratio, "gap": found.gap, "settled": found.settled,
        "status": found.status,
    }  # fmt: skip
