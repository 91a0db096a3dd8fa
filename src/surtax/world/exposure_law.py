"""Exposure beside the law: what rests on a market, and what measures hit of what is sold there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import date
from typing import Any

import numpy as np

from surtax import places
from surtax.errors import InputError, unknown
from surtax.goods import WITHIN
from surtax.ledger import Ledger
from surtax.trade.effective import FLOWS
from surtax.trade.hits import Hits, hits
from surtax.trade.provinces import load_provinces, split
from surtax.world import load
from surtax.world.employment import jobs
from surtax.world.exposure import by_partner, by_region, by_sector, exposure, whole
from surtax.world.world import Array, World

WAYS = ("province", "sector", "partner")


def ask(
    of: str,
    market: str | None,
    by: str,
    *,
    world: str = "can19x34",
    measures: Collection[str] = (),
    on: date | None = None,
    known: date | None = None,
    threatened: bool = False,
) -> dict[str, Any]:
    """What of a place's output and jobs rests on a market, and what measures hit of its sales.

    Args:
        of: the place; market: the other one, the United States unless given (Canada for it).
        by: province, sector or partner.
        world: name or folder.
        measures: measures of the market, or folders such as us/s232; none unless given.
        on, known, threatened: the law of the measures.

    Returns:
        `rows`, ranked, and `total`; with measures, each row has `hit` and `hit_duty` in the
        market's currency, sectors have `lines`, and `measures` are those that charge some of the
        place's goods. `jobs_year` is that of the jobs of the place, None where none are counted.

    Raises:
        UnknownNameError, InputError: a place, way or measure that does not exist, or measures
            of a market whose imports are not embedded.
    """
    if by not in WAYS:
        raise unknown("way to show exposure", by, WAYS, where="--by")
    home = places.province(of).code if _is_province(of) else places.place(of).code
    other = places.place(market).code if market else ("CA" if home == "US" else "US")
    people = jobs(world) if "employment" in load.describe(world).tables else None
    found = exposure(load.load(world), _region(home), other, people)
    if by == "partner":
        rows = by_partner(found.world, _region(home), people)
    else:
        rows = by_sector(found) if by == "sector" else by_region(found)
    answer: dict[str, Any] = {
        "of": home, "name": places.place(home).name, "market": other,
        "market_name": places.place(other).name, "by": by, "world": found.world.name,
        "currency": found.world.currency, "basis": found.world.basis,
        "provisional": found.world.provisional, "jobs_year": found.year or None,
        "total": whole(found), "rows": rows, "sources": list(found.world.sources),
    }  # fmt: skip
    if measures:
        answer |= _hit(answer, found.world, home, other, measures, on, known, threatened)
    return answer


def _is_province(word: str) -> bool:
    """Whether a word is a province; two-letter codes of provinces come before countries here."""
    own = {w.casefold() for p in places.provinces() for w in (p.short, p.code, p.name)}
    return word.casefold() in own


def _region(code: str) -> str:
    return code.removeprefix("CA-") if code.startswith("CA-") else code


def _hit(
    answer: dict[str, Any],
    world: World,
    home: str,
    market: str,
    measures: Collection[str],
    on: date | None,
    known: date | None,
    threatened: bool,
) -> dict[str, Any]:
    """What measures of the market hit of the place's sales there, added to the rows."""
    into, seller = places.place(market).code, "CA" if home.startswith("CA-") else home
    if into not in FLOWS:
        raise unknown("importing place with embedded flows", market, FLOWS, where="--market")
    ledger = Ledger.load()
    day = on or ledger.verified_to
    found = hits(ledger, day, known, measures=measures, into=into, threatened=threatened)
    mine = found.found.place == seller
    if not mine.any():
        raise InputError(f"no imports of {into} from {seller} are embedded.", where="--measure",
                         mend="Ask without --measure.")  # fmt: skip
    parts = _parts(found, seller, answer["by"], into, world)
    lines = Counter[str]()
    for sector, count in found.lines(seller).items():
        lines[_name(world, sector)] += count
    one = parts.get(_region(home))
    value, duty, imports = one if home.startswith("CA-") and one else (
        float(found.value[mine].sum()), float(found.duty[mine].sum()),
        float(found.found.imports[mine].sum()),
    )  # fmt: skip
    key = {"province": "region"}.get(answer["by"], answer["by"])
    for row in answer["rows"]:
        got = parts.get(row[key])
        row["hit"], row["hit_duty"] = (got[0], got[1]) if got else (None, None)
        row["hit_share"] = got[0] / got[2] if got and got[2] else None
        if answer["by"] == "sector":
            row["lines"] = lines.get(row["sector"], 0) if got else None
    return {
        "measures": found.charging(seller),
        "on": day.isoformat(),
        "known": found.found.view.known.isoformat(),
        "hit": value,
        "hit_duty": duty,
        "hit_share": value / imports if imports else None,
        "lines": sum(lines.values()),
        "hit_currency": found.found.currency,
        "flows_source": found.found.source,
    }


def _name(world: World, sector: str) -> str:
    """The sector as the world has it: itself, or the one it is within."""
    return sector if sector in world.sectors else WITHIN.get(sector, sector)


def _parts(
    found: Hits, seller: str, by: str, into: str, world: World
) -> dict[str, tuple[float, float, float]]:
    """By province, sector or market: value hit, duty and imports of the seller's goods."""
    rates = found.found
    mine = (rates.place == seller).astype(np.float64)

    def sums(weight: Array) -> tuple[float, float, float]:
        of = weight * mine
        return float(found.value @ of), float(found.duty @ of), float(rates.imports @ of)

    if by == "sector":
        finer, at = np.unique(rates.sector, return_inverse=True)
        sector = np.array([_name(world, str(s)) for s in finer])[at]
        names = np.unique(sector[mine > 0]).tolist()
        return {s: sums((sector == s).astype(np.float64)) for s in names}
    if by == "partner":
        return {places.place(into).alpha3: sums(np.ones(len(mine)))}
    if seller != "CA" or into != "US":
        return {}
    trade = load_provinces()
    shares = split(rates, trade)
    return {p: sums(shares[:, k]) for k, p in enumerate(trade.provinces)}
