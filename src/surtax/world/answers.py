"""Other governments' answers: what they buy from one seller, so that their duties enter a shock.

Such imports are not published by the importer's tariff items. What stands in for them, the finest
first:

1. items of a list whose trade by six digits is known (China's list of March 2025);
2. of other goods that a measure names, an even share: what their sector trades in the world, in
   equal parts among the sector's subheadings, which is an approximation;
3. the rest by sector, from the world.

A duty on all goods rests on none of this. Of a list of which the record quotes a few rows alone
nobody can say what it charges, and it is refused.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, lru_cache

import numpy as np

from surtax import goods, places
from surtax.errors import ScenarioError
from surtax.ledger import Ledger
from surtax.ledger.listing import reaches
from surtax.ledger.query import Provision
from surtax.trade.flows import Flows, load_cn_imports, load_us_imports
from surtax.units import exchange_rate
from surtax.world.shock import Point, region_of, sector_index
from surtax.world.world import World

WAYS = {
    "all": "all goods",
    "items": "its items by their trade",
    "even": "its goods at even shares of their sectors' subheadings, an approximation",
}
"""How the trade that a measure charges is known."""

_KNOWN = {("CN", "US"): ("cn/countermeasures/us-farm-goods", load_cn_imports)}
_MONEY = {"C$": "CAD", "US$": "USD"}


@dataclass(frozen=True, eq=False)
class Answering:
    """What one government answers with.

    Attributes:
        importer: its place code. flows: what it buys from the seller.
        ways: its measures that charge, and how their trade is known, of `WAYS`.
        unknown: its measures that are threatened without goods or a rate, and count nowhere.
    """

    importer: str
    flows: Flows
    ways: dict[str, str]
    unknown: tuple[str, ...]


def counted(
    ledger: Ledger,
    names: Iterable[str],
    partner: str,
    sides: Collection[str],
    world: World,
    points: Sequence[Point],
) -> tuple[Answering, ...]:
    """The answers of several governments; as `answer`.

    Args:
        names: codes or names of their places. sides: places that are in the dispute themselves.

    Raises:
        ScenarioError: one of the sides is among them.
    """
    codes = dict.fromkeys(places.place(name).code for name in names)
    for code in codes:
        if code in sides:
            raise ScenarioError(
                f"{places.place(code).name} is a side of the scenario, no other government.",
                where="answers",
                mend="Leave it out: its measures count already, its responses as chosen.",
            )
    return tuple(answer(ledger, code, partner, world, points) for code in codes)


def answer(
    ledger: Ledger, importer: str, partner: str, world: World, points: Sequence[Point]
) -> Answering:
    """The recorded answer of a government to a partner.

    Args:
        ledger: the record. importer, partner: place codes.
        world: of whose sectors the trade is. points: of law, at which it is asked what is charged.

    Raises:
        ScenarioError: the world has no region of the importer, the record no measure of it that
            is on the partner's goods alone, or a few rows of a list that is in force.
    """
    buyer, seller = places.place(importer).name, places.place(partner).name
    if not _regions(world, importer):
        raise ScenarioError(
            f"{buyer} is no region of the world {world.name}, so that its answers cannot count.",
            where="answers", mend="Leave it out, or take a world that has it.",
        )  # fmt: skip
    if not _named(ledger, importer, partner):
        raise ScenarioError(
            f"the record has no measure of {buyer} that answers {seller}.",
            where="answers", mend="Leave it out; surtax measures --into lists what there is.",
        )  # fmt: skip
    weighed, _ = _KNOWN.get((importer, partner), ("", None))
    ways: dict[str, str] = {}
    unknown: set[str] = set()
    for point in points:
        view = ledger.at(
            point.on, point.known or ledger.verified_to, threatened=point.threatened or False
        )
        for p in duties(ledger, view.active, importer, partner, point.on):
            if p.fields["origins"] == ["ALL"] or p.measure in point.without:
                continue
            _refuse_excerpt(ledger, p, buyer)
            codes = ledger.codes(p.measure, p.fields["goods"])
            way = "all" if "" in codes else "items" if p.measure == weighed else "even"
            ways[p.measure] = "even" if ways.get(p.measure) == "even" else way
        unknown |= {p.measure for p in view.unknown if p.imposer == importer}
    return Answering(
        importer, imports(ledger, importer, partner, world), ways, tuple(sorted(unknown))
    )


def recorded(ledger: Ledger, partner: str) -> list[str]:
    """The governments of which the record has measures on a partner's goods alone."""
    return [code for code in ledger.by_imposer if _named(ledger, code, partner)]


def duties(
    ledger: Ledger, found: Iterable[Provision], imposer: str, partner: str, on: date
) -> list[Provision]:
    """Those of some provisions that are an imposer's duties on a partner's goods on a day."""
    return [
        p for p in found
        if p.imposer == imposer and p.kind == "duty" and reaches(ledger, p, partner, on)
    ]  # fmt: skip


@lru_cache(maxsize=16)
def imports(ledger: Ledger, importer: str, partner: str, world: World) -> Flows:
    """What an importer buys from a partner: known items, listed goods at even shares, the rest."""
    known = _items(importer, partner)
    rest = _rest(known, world, partner)
    named = _named(ledger, importer, partner)
    weighed, _ = _KNOWN.get((importer, partner), ("", None))
    traded = {c[:6] for c in named.pop(weighed, set())}  # or not: what the table lacks has none
    wanted = {c for codes in named.values() for c in codes if c}
    rows: list[tuple[str, float, str]] = []
    for sector, subheadings in _subheadings().items():
        free = [h for h in subheadings if not any(h.startswith(c) for c in traded)]
        part = rest.get(sector, 0.0) / max(len(free), 1)
        for heading in free if part > 0.0 else ():
            under = sorted(c for c in wanted if c.startswith(heading))
            if not under and any(heading.startswith(c) for c in wanted):
                under = [heading]
            rows += [(code, part / len(under), sector) for code in under]
            rest[sector] -= part if under else 0.0
    return _joined(known, [*rows, *(("", v, s) for s, v in rest.items())], world, partner)


def completed(flows: Flows, world: World, partner: str) -> Flows:
    """Flows of some of a partner's items with what a world has beside them, by sector.

    A sector of which the items are worth more than the world's flow gets nothing.
    """
    rest = _rest(flows, world, partner)
    return _joined(flows, [("", v, s) for s, v in rest.items()], world, partner)


def _rest(flows: Flows, world: World, partner: str) -> dict[str, float]:
    """What the world has of each sector beside the items, in the flows' currency."""
    at = sector_index(world, flows.sectors())
    named = np.zeros(len(world.sectors))
    np.add.at(named, at[at >= 0], flows.value[at >= 0])
    pair = np.ix_(range(len(named)), _regions(world, flows.into), region_of(world, partner))
    money, _ = exchange_rate(_MONEY[world.currency.split()[0]], flows.currency, flows.year)
    left = world.flows[pair].sum(axis=(1, 2)) * world.unit * money - named
    return {
        s: float(v)
        for s, v in zip(world.sectors, left, strict=True)
        if v > 0 and s in goods.SECTORS
    }


def _joined(
    flows: Flows, rows: Sequence[tuple[str, float, str]], world: World, partner: str
) -> Flows:
    """The flows with rows of code, value and sector after them."""
    codes, values, sectors = zip(*rows, strict=True)
    size = len(flows) + len(rows)
    return replace(
        flows,
        hs10=np.append(flows.hs10, np.array(codes, dtype="U10")),
        place=np.full(size, partner),
        value=np.append(flows.value, values),
        duty=np.full(size, np.nan),
        sector=np.append(flows.sectors(), np.array(sectors, dtype="U3")),
        source=f"{flows.source}; the rest by sector from the world {world.name}".removeprefix("; "),
    )


def _items(importer: str, partner: str) -> Flows:
    """The items whose trade is known; none, for most importers."""
    if (importer, partner) in _KNOWN:
        return _KNOWN[importer, partner][1]()
    text, none = np.array([], dtype="U10"), np.array([])
    return Flows(text, text.astype("U5"), none, none, 2024, "", importer)


def _named(ledger: Ledger, importer: str, partner: str) -> dict[str, set[str]]:
    """HS prefixes that an importer's duties on a partner alone have ever named, by measure."""
    out: dict[str, set[str]] = {}
    for measure in ledger.by_imposer.get(importer, ()):
        for _, one in measure.paints():
            if one.kind == "duty" and one.goods and partner in (one.origins or ()):
                codes = ledger.codes(measure.measure, one.goods)
                out.setdefault(measure.measure, set()).update(codes)
    return out


def _regions(world: World, importer: str) -> list[int]:
    return [k for k in region_of(world, importer) if world.regions[k] != "ROW"]


@cache
def _subheadings() -> dict[str, list[str]]:
    """The subheadings of each sector, as the lines of US imports have them."""
    found = np.unique(load_us_imports().codes.astype("U6"))
    out: dict[str, list[str]] = {}
    for code, sector in zip(found.tolist(), goods.sectors_of(found.tolist()).tolist(), strict=True):
        out.setdefault(sector, []).append(code)
    return out


def _refuse_excerpt(ledger: Ledger, p: Provision, buyer: str) -> None:
    measure = ledger.measure(p.measure)
    for name in (g[1:] for g in p.fields["goods"] if g.startswith("@")):
        if measure.annexes[name].excerpt:
            raise ScenarioError(
                f"what {buyer} charges by {p.measure} cannot be weighed: the record has "
                f"{measure.annexes[name].count} rows of its list {name} and not the list.",
                where="answers",
                mend="Leave it out, or assume rates of your own: choices, rates, in a file based "
                "on the scenario.",
            )  # fmt: skip
