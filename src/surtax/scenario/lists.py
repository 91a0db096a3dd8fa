"""A list as the answer to a scenario: `surtax respond SCENARIO --mode list`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from surtax import places
from surtax.errors import InputError, ScenarioError
from surtax.response import legality, lists_law
from surtax.response.kept import Found, Keep, afresh
from surtax.response.lists import FILL, List, choose, left_out
from surtax.response.lists_effect import Ground
from surtax.response.lists_items import CAPTIVE, barred, items_of
from surtax.response.objective import Scene, change, objective, parse
from surtax.response.players import Player, players
from surtax.scenario.case import Case, Variant, spanned
from surtax.scenario.run import Run
from surtax.scenario.table import Wish, heading
from surtax.trade.flows import Flows, load_cn_imports
from surtax.units import parse_money
from surtax.world.answers import completed
from surtax.world.world import Array, World

Say = Callable[[str], None]


def ground_of(
    run: Run, wish: Wish, variant: Variant | None = None, *, rest: bool = False
) -> Ground:
    """Where lists of a scenario's player are compared.

    Args:
        run: the scenario. wish: players, objective, rate and the response to add to.
        variant: the assumptions; the headline's unless given.
        rest: whether imports under no known item are listed in pieces.

    Raises:
        InputError: a player whose imports by item nobody knows, or more than one other side.
    """
    chosen = variant or run.headline
    world = run.world_of(chosen)
    if run.scenario.choices.wedge != "revenue":
        raise ScenarioError(
            "a list is chosen by what its duties collect; the scenario's stand as charged.",
            where="choices", mend="Leave wedge: rate out, or ask --mode best.",
        )  # fmt: skip
    if len(wish.names) != 2:
        raise InputError(
            "a list is on the goods of one other side.", where="--against", mend="Name one."
        )
    buyer, seller = players(world, list(wish.names))
    table = imports(run, world, buyer, seller)
    items = items_of(table, place_of(seller), world, wish.rate, rest=rest)
    own = objective(parse(wish.objective), Scene(world, buyer, run.jobs.persons))
    theirs = change(world, np.array(seller.regions, dtype=np.intp))
    tariffs = run.shock(Case(wish.response), chosen.facts).tariffs
    return Ground(
        world, tariffs, chosen.closure, buyer, seller,
        np.nan_to_num(world.customs_ratios, nan=1.0), items, own, theirs, world.unit,
    )  # fmt: skip


def imports(run: Run, world: World, buyer: Player, seller: Player) -> Flows:
    """A player's imports by item: those of the scenario, or China's of the goods on its list."""
    code = place_of(buyer)
    if code in run.flows:
        return run.flows[code]
    if code == "CN" and place_of(seller) == "US":
        return completed(load_cn_imports(), world, "US")
    raise InputError(
        f"imports of {buyer.name} by tariff item are not known, so that no list of its goods can "
        "be chosen or scored.",
        where="--player",
        mend="Items are known of CAN and USA, and of CHN those of its list on the USA; --mode best "
        "sets rates by sector.",
    )


def place_of(who: Player) -> str:
    """The place code of a player of one treasury; of several, their names."""
    if len(who.treasuries) > 1:
        return who.name
    return places.place(who.name).code


def list_answer(
    run: Run,
    wish: Wish,
    *,
    without: Sequence[str] = (),
    captive: float = CAPTIVE,
    out: Path | None = None,
    ranges: bool = True,
    say: Say = lambda _: None,
    keep: Keep = afresh,
) -> dict[str, Any]:
    """The list that answers a scenario; keys as those of `scenario.respond.answer_to`.

    Args:
        run, wish: what is asked; the cap is on covered trade, in the importer's currency.
        without: HS codes left out by name.
        captive: share of imports from which on a sector's inputs count as captive.
        out: a new folder for the measure.
        ranges: whether the list is told under every set of assumptions.
        say: told of each step. keep: keeps what steps found.

    Raises:
        InputError: no cap, an empty list, harm out of reach; one sentence.
    """
    most, claimed = bounded(wish)
    say("the law and the world")
    ground = ground_of(run, wish)
    imposer, partner = place_of(ground.buyer), place_of(ground.seller)
    reasons = barred(
        ground.items, ground.world, ground.buyer, ground.seller, named=without, captive=captive
    )
    point = run.point(Case(wish.response))
    bought = imports(run, ground.world, ground.buyer, ground.seller).of(partner)
    taken = lists_law.charged(run.ledger, run.before, point, bought)
    allowed, kept_out = left_out(ground, {"charged already": ground.items.under(taken), **reasons})
    asked = wish.least_harm > 0
    found = choose(
        ground, allowed, most, fill=0.0 if asked else FILL,
        least=wish.least_harm if asked else None, goal="cost" if asked else "ratio",
        say=say, keep=keep,
    )  # fmt: skip
    s = ground.solution(found.x)
    claim = legality.claim_of(claimed, ground.buyer.treasuries, run.scenario.known)
    made = _proposal(run, wish, found, imposer, partner, ground.items.currency, claim)
    files = [str(path) for path in lists_law.write(made, out)] if out else []
    costs = {"own": [found.effect.own], "theirs": [found.effect.theirs]}
    for variant in run.variants[1:] if ranges else []:
        say(variant.step)
        told = keep(variant.step, partial(_under, run, wish, variant, found.x))
        for side, cost in costs.items():
            cost.append(told[side])
    return {
        **heading(run, wish),
        "status": found.status,
        "settled": found.settled,
        "exploitability": None,
        "gap": found.gap,
        "rounds": found.rounds,
        "payoff": ground.own.value(s),
        "costs": {side: spanned(v) for side, v in costs.items()},
        "ratio": found.effect.ratio,
        "sets": len(costs["own"]),
        "rate": wish.rate,
        "limit": most,
        "value": found.value,
        "value_currency": ground.items.currency,
        "value_source": ground.items.source,
        "left_out": kept_out,
        "sectors": _by_sector(ground, found),
        "tariffs": [{"item": code, "rate": wish.rate} for code in found.codes],
        "measures": [
            {
                "id": made.measure,
                "status": "proposed",
                "imposer": imposer,
                "against": partner,
                "rate": wish.rate,
                "items": len(found.codes),
                "trade": found.value,
                "files": files,
                "ground": claimed["ground"] if claimed else None,
            }
        ],
        "ground": claimed,
        "claim": claim,
        "regions": s.regions_table(),
    }


def bounded(wish: Wish) -> tuple[float, dict[str, str] | None]:
    """The cap of a list in money, and the ground it claims; errors as of `list_answer`."""
    if not wish.limit or wish.limit == "matching" or wish.limit_on != "covered":
        raise InputError(
            "a list needs a cap on the trade it covers, in money.",
            where="--limit",
            mend="Give --limit 30e9.",
        )
    claimed = legality.ground(wish.ground) if wish.ground else None
    most = float(parse_money(wish.limit, where="--limit", what="a cap"))
    if not most:
        raise InputError("a cap of nothing leaves no list.", where="--limit", mend="Give 30e9.")
    return most, claimed


def _under(run: Run, wish: Wish, variant: Variant, x: Array) -> Found:
    """What a list costs both sides under another set of assumptions."""
    other = ground_of(run, wish, variant)
    effect = other.effect(other.solution(x))
    return {"own": effect.own, "theirs": effect.theirs}


def _proposal(
    run: Run, wish: Wish, found: List, imposer: str, partner: str, currency: str, claim: str
) -> lists_law.Proposal:
    goal = f"least own cost for {wish.least_harm:g} of the other side's" if wish.least_harm else (
        "least own cost per dollar of the other side's"
    )  # fmt: skip
    return lists_law.Proposal(
        imposer=imposer,
        partner=partner,
        rate=wish.rate,
        codes=found.codes,
        since=run.scenario.on,
        known=run.scenario.known,
        title=f"Proposed list on goods of {partner}, scenario {run.scenario.scenario}",
        method=f"chosen by mixed-integer programming: {goal}, at most {currency} {wish.limit}",
        value=found.value,
        currency=currency,
        claim=claim,
    )


def _by_sector(ground: Ground, found: List) -> list[dict[str, Any]]:
    """What is listed of each sector, the largest first."""
    items, listed = ground.items, found.x > 0.5
    size = len(items.totals)
    value = np.bincount(items.sector[listed], items.value[listed], minlength=size)
    count = np.bincount(items.sector[listed], minlength=size)
    rows = [
        {
            "sector": ground.world.sectors[k],
            "items": int(count[k]),
            "value": float(value[k]),
            "share": float(value[k] / items.totals[k]),
        }
        for k in np.argsort(-value, kind="stable")
        if count[k]
    ]
    return rows
