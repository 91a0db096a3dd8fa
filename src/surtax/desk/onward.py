"""What a long search found, as a state of the studio."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

from surtax.desk.studiostate import MOST, State
from surtax.scenario.choices import rate_text
from surtax.scenario.proposals import SMALL

MODES = ("best", "nash", "bargain")
_GROUP = 15  # sectors of one text


def state(request: dict[str, Any], result: dict[str, Any]) -> State | None:
    """The studio's state in which the rates found are in force; the figures are the answer's.

    Args:
        request: the options of the job. result: what its command prints with --json.

    Returns:
        None for an answer that is no rates by sector and partner: a list of items, platforms, a
        sweep, or one that pays, limits quantities or cuts costs; and for more rates than a state
        holds.
    """
    if result.get("mode") not in MODES:
        return None
    rows = result["tariffs"]
    if any(row["kind"] != "tariff" and abs(row["value"]) > SMALL for row in rows):
        return None
    rates = [row for row in rows if row["kind"] == "tariff"]
    whole = any(one["on_top_of"] == "nothing" for one in result["measures"])
    texts = list(_texts(rates, whole=whole))
    if len(texts) > MOST:
        return None
    return State(
        scenario=request["scenario"],
        response=result["response"],
        answers=request.get("answers", []),
        sharing="households",  # as a search spends the duties
        closure=result["closure"],
        without=request["without"],
        rates=texts,
    )


def _texts(rows: list[dict[str, Any]], *, whole: bool) -> Iterator[str]:
    """Rates as the studio writes them; the sectors of a pair that have one rate stand together."""
    alike: dict[tuple[str, str, float], list[str]] = {}
    for row in rows:
        rate = round(row["value"], 8) if row["value"] > SMALL or whole else 0.0
        if rate == 0.0 and not whole:
            continue
        for into, origin in product(row["player"].split("+"), row["partner"].split("+")):
            alike.setdefault((origin, into, rate), []).extend(row["sector"].split("+"))
    for (origin, into, rate), sectors in alike.items():
        for first in range(0, len(sectors), _GROUP):
            goods = "+".join(sectors[first : first + _GROUP])
            yield f"{goods} {origin}>{into} {'=' if whole else '+'}{rate_text(rate)}"
