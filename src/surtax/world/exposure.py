"""Exposure: what part of a place's output and jobs rests on another market.

*Direct* is what is sold there. *With suppliers* adds what the rest of the country makes for those
sales: the output that would not be needed if that market bought nothing and nobody else bought more
(the open input-output model of Leontief, of the home regions alone). Neither is a forecast: prices,
other buyers and other jobs answer, which the economy's equilibrium counts and this does not.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np

from surtax import places
from surtax.errors import InputError
from surtax.world.employment import Jobs
from surtax.world.world import Array, World


@dataclass(frozen=True, eq=False)
class Exposure:
    """Output and jobs of home regions that rest on a market.

    Attributes:
        world: the world.
        home: (h,) indices of the home regions.
        market: (m,) indices of the regions of the market.
        output: (s, h) gross output, in the world's currency.
        direct: (s, h) sales to the market.
        total: (s, h) output that rests on these sales, suppliers included.
        persons: (s, h) persons employed; NaN where not known.
        year: the year of the count of persons; empty where none of the home regions is counted.
    """

    world: World
    home: tuple[int, ...]
    market: tuple[int, ...]
    output: Array
    direct: Array
    total: Array
    persons: Array
    year: str

    @property
    def resting(self) -> Array:
        """(s, h) persons whose output rests on the market, in proportion to output."""
        share = np.divide(
            self.total, self.output, out=np.zeros_like(self.total), where=self.output > 0
        )
        found: Array = self.persons * share
        return found


def members(world: World, name: str) -> tuple[int, ...]:
    """Regions of a world by region, treasury or country code ("CA", "CAN", "ON").

    Raises:
        UnknownNameError: none carries the name.
    """
    word = name.strip().upper()
    if word not in (*world.regions, *world.treasuries):
        with suppress(InputError):
            word = places.place(name).alpha3 or word
    mine = [k for k, r in enumerate(world.regions) if word in (r, world.treasuries[k])]
    return tuple(mine) if mine else (world.region(word),)


def exposure(world: World, home: str, market: str, people: Jobs | None = None) -> Exposure:
    """How the output and jobs of a place rest on another market.

    Args:
        world: the world.
        home: the place: a region, or the country of several.
        market: the other place.
        people: the jobs of that world, of the same regions and sectors, where it counts them.

    Raises:
        UnknownNameError: a place that the world does not have.
        InputError: the two are the same.
    """
    ours, theirs = members(world, home), members(world, market)
    if set(ours) & set(theirs):
        raise InputError(
            f"{home} and {market} are not two places.", where="--of, --market",
            mend="Name another market.",
        )  # fmt: skip
    return _between(world, ours, theirs, people)


def _between(
    world: World, ours: tuple[int, ...], theirs: tuple[int, ...], people: Jobs | None
) -> Exposure:
    sold = world.flows[:, list(theirs), :][:, :, list(ours)].sum(axis=1)
    total = needed(world, ours, sold)
    persons, year = np.full(sold.shape, np.nan), ""
    if people is not None:
        persons = people.persons[:, list(ours)]
        year = "" if np.isnan(persons).all() else people.year
    return Exposure(world, ours, theirs, world.output[:, list(ours)], sold, total, persons, year)


def needed(world: World, home: tuple[int, ...], sold: Array) -> Array:
    """(s, h) output of the home regions that some of their sales (s, h) take, suppliers included.

    An input bought at home takes basic value: the expenditure share less the tariff on it.
    """
    S, H = sold.shape
    at = list(home)
    basic = world.shares / (1.0 + world.tariffs)
    buys = basic[:, at, :][:, :, at]  # s, n, i
    use = world.inputs[at]  # n, s, k
    table = np.einsum("sni,nsk->sikn", buys, use).reshape(S * H, S * H)
    found = np.linalg.solve(np.eye(S * H) - table, sold.reshape(S * H))
    out: Array = found.reshape(S, H)
    return out


def by_region(found: Exposure) -> list[dict[str, Any]]:
    """A row for each home region, the most exposed first."""
    picks = {found.world.regions[k]: (slice(None), [column]) for column, k in enumerate(found.home)}
    return _ranked([{"region": name} | _row(found, at) for name, at in picks.items()])


def by_sector(found: Exposure) -> list[dict[str, Any]]:
    """A row for each sector of the home regions together, the most exposed first."""
    return _ranked(
        [{"sector": name} | _row(found, ([k], slice(None)))
         for k, name in enumerate(found.world.sectors)]
    )  # fmt: skip


def by_partner(world: World, home: str, people: Jobs | None = None) -> list[dict[str, Any]]:
    """A row for each market of a place: what of all its output and jobs rests on it."""
    ours = members(world, home)
    own = {world.treasuries[k] for k in ours}
    markets: dict[str, tuple[int, ...]] = {}
    for k, name in enumerate(world.treasuries):
        if k not in ours:
            word = f"rest of {name}" if name in own else name
            markets[word] = (*markets.get(word, ()), k)
    return _ranked(
        [
            {"partner": word} | whole(_between(world, ours, at, people))
            for word, at in markets.items()
        ]
    )


def whole(found: Exposure) -> dict[str, Any]:
    """The figures of all home regions and sectors together."""
    return _row(found, (slice(None), slice(None)))


def _row(found: Exposure, at: tuple[Any, Any]) -> dict[str, Any]:
    """The figures of some sectors and home regions; jobs where any are known."""
    output, direct, total = (float(x[at].sum()) for x in (found.output, found.direct, found.total))
    people, resting = found.persons[at], found.resting[at]
    known = ~np.isnan(people)
    jobs_, rest = float(people[known].sum()), float(np.nan_to_num(resting[known]).sum())
    return {
        "output": output,
        "direct": direct,
        "direct_share": direct / output if output else None,
        "total_share": total / output if output else None,
        "jobs": jobs_ if known.any() else None,
        "jobs_resting": rest if known.any() else None,
        "jobs_share": rest / jobs_ if jobs_ else None,
    }


def _ranked(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    rows.sort(key=lambda r: -(r["total_share"] or 0.0))
    return [{"rank": k, **row} for k, row in enumerate(rows, 1)]
