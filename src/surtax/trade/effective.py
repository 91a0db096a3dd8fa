"""Effective tariff rates: duties owed as a share of imports, by the same kernel as one entry.

The duties of a day are the *base* (what was really collected in the flows' year, less what the
ledger itself rates under that year's law) plus every duty that the ledger rates on that day. So
the rate of the base year is the collected one exactly, and a change of law moves the rate by what
the law changes. The base holds the general rate net of preferences; where exclusions or quotas
made less be collected than the ledger charges, it is negative on that line, and says so.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from typing import cast

import numpy as np
from numpy.typing import NDArray

from surtax import places
from surtax.duty.clause import Clause
from surtax.duty.lines import Codes, Lines
from surtax.duty.program import Program, compile_view
from surtax.duty.stack import evaluate
from surtax.errors import InputError, unknown
from surtax.ledger import Ledger, schedule
from surtax.ledger.query import Provision, View
from surtax.ledger.rates import Rate, read_rate
from surtax.trade.assumptions import assumptions
from surtax.trade.flows import (
    Claims,
    Flows,
    load_ca_imports,
    load_us_imports,
    load_usmca_claims,
    no_claims,
)

Array = NDArray[np.float64]
Text = NDArray[np.str_]

FLOWS = {"US": load_us_imports, "CA": load_ca_imports}
"""Loaders of the embedded imports, by importing place."""

BASE = "base"
STATISTICAL = "99"
"""Chapter of import statistics for estimated low-value shipments, which no entry names."""
BASE_TITLE = "General rate and other duties as collected in {year}"


@dataclass(frozen=True, eq=False)
class Effective:
    """Duties on a year's imports under the law of a day, in cells of partner × sector × chapter.

    Attributes:
        view: the ledger on the day, as known on a day.
        place, sector, chapter: (c,) the cells' names.
        imports: (c,) customs value, US$.
        barred: (c,) customs value of goods that may not enter, US$; they pay nothing, and no rate
            counts them.
        base: (c,) duty collected in the flows' year beyond what the ledger rates, US$.
        rules: the duties rated, m of them.
        duty: (c, m) duty by rule, US$.
        hit: (c, m) customs value on which the rule charges, US$.
        reached: (c,) customs value on which any rule charges, each dollar once, US$.
        assumed: facts and rates that were assumed, by name.
        year: the year of the flows.
        source: where the flows come from.
        into: the importing place.
        currency: the currency of imports and duties.
    """

    view: View
    place: Text
    sector: Text
    chapter: Text
    imports: Array
    barred: Array
    base: Array
    rules: tuple[Provision, ...]
    duty: Array
    hit: Array
    reached: Array
    assumed: dict[str, float]
    year: int
    source: str
    into: str = "US"
    currency: str = "USD"

    @cached_property
    def total(self) -> Array:
        """(c,) all duties, US$."""
        return cast(Array, self.base + self.duty.sum(axis=1))

    @property
    def unknown(self) -> tuple[Provision, ...]:
        """Duties whose rate is neither known nor assumed, or that fall on a quantity, which flows
        do not give; they are in no total.
        """
        return tuple(r for r in self.rules if _open(r) and r.id not in self.assumed)

    @property
    def rate(self) -> float:
        """All duties over all imports that may enter."""
        return float(self.total.sum() / (self.imports - self.barred).sum())

    @cached_property
    def by_authority(self) -> dict[str, Array]:
        """(c,) duty by authority; adds to `total`."""
        out: dict[str, Array] = {BASE: self.base}
        for i, rule in enumerate(self.rules):
            so_far = out.get(rule.authority, np.zeros_like(self.base))
            out[rule.authority] = so_far + self.duty[:, i]
        return out

    def table(self, keys: list[str]) -> list[dict[str, object]]:
        """Imports, duty and rate by any of partner, sector, chapter, authority; largest duty first.

        Within an authority the rate is that authority's duty over all imports of the row. Goods
        that may not enter are in the imports, and in no rate.
        """
        names = {"partner": self.place, "sector": self.sector, "chapter": self.chapter}
        bad = [k for k in keys if k not in names and k != "authority"]
        if bad or not keys:
            raise InputError(
                f"cannot show rates by “{', '.join(bad)}”.",
                where="--by",
                mend="Choose among partner, sector, chapter, authority.",
            )
        plain = [k for k in keys if k != "authority"]
        label = np.array(
            ["|".join(parts) for parts in zip(*(names[k] for k in plain), strict=True)]
            if plain
            else [""] * len(self.place)
        )
        groups, index = np.unique(label, return_inverse=True)
        imports = np.bincount(index, self.imports)
        admitted = imports - np.bincount(index, self.barred)
        layers = self.by_authority if "authority" in keys else {"": self.total}
        rows: list[dict[str, object]] = []
        for authority, duty in layers.items():
            by_group = np.bincount(index, duty)
            for g, group in enumerate(groups):
                if authority and by_group[g] == 0.0:
                    continue
                row: dict[str, object] = dict(zip(plain, group.split("|"), strict=False))
                if authority:
                    row["authority"] = authority
                row["imports"] = float(imports[g])
                row["duty"] = float(by_group[g])
                row["rate"] = float(by_group[g] / admitted[g]) if admitted[g] else None
                rows.append(row)
        return sorted(rows, key=lambda r: -abs(float(str(r["duty"]))))


def effective(
    ledger: Ledger,
    on: date,
    known: date | None = None,
    *,
    into: str = "US",
    threatened: bool | Collection[str] = False,
    assume: Mapping[str, float] | None = None,
    facts: Mapping[str, float] | None = None,
    flows: Flows | None = None,
    claims: Claims | None = None,
) -> Effective:
    """Duties on a year's imports under the law of a day.

    Args:
        ledger: the law.
        on: the day of law.
        known: the day of knowledge; the ledger's verified-to date unless given.
        into: the importing place: US, or CA (imports from the United States alone).
        threatened: let threats count as carried out: all, or those on the measures named.
        assume: rates for provisions whose rate is unknown, by provision id.
        facts: shares in place of the assumed ones, by fact.
        flows: imports by line and partner; the embedded ones of 2024 unless given.
        claims: preference claim shares; the embedded ones of 2024 unless given.

    Raises:
        UnknownNameError: no flows into that place are embedded.
    """
    flows = flows or embedded_flows(into)
    if claims is None:
        claims = load_usmca_claims() if flows.into == "US" else no_claims()
    chosen: bool | frozenset[str] = True
    if isinstance(threatened, bool):
        chosen = threatened
    else:
        mine = [m for m in threatened if ledger.measure(m).imposer == flows.into]
        chosen = frozenset(mine) or False
    asked = {a.fact for a in assumptions() if ledger.measure(a.measure).imposer == flows.into}
    return _effective(
        ledger,
        on,
        known or ledger.verified_to,
        chosen,
        tuple(sorted((n, r) for n, r in (assume or {}).items() if _of(ledger, n, flows.into))),
        tuple(sorted((n, s) for n, s in (facts or {}).items() if n in asked)),
        flows,
        claims,
    )


def _of(ledger: Ledger, provision: str, importer: str) -> bool:
    """Whether a provision, named by its id, is one of the importer's; an unknown id is an error."""
    measure, _, name = provision.partition("#")
    names = {p for act in ledger.measure(measure).acts for p in act.provisions}
    if name not in names:
        raise unknown("provision", name, names, where=measure)
    return ledger.measure(measure).imposer == importer


@lru_cache(maxsize=64)
def _effective(
    ledger: Ledger,
    on: date,
    known: date,
    threatened: bool | frozenset[str],
    assume: tuple[tuple[str, float], ...],
    facts: tuple[tuple[str, float], ...],
    flows: Flows,
    claims: Claims,
) -> Effective:
    declared = declared_facts(dict(facts))
    view = ledger.at(on, known, threatened=threatened)
    program = compile_view(view, flows.into, assume=dict(assume))
    cells, index = _cells(flows)
    m = len(program.rules)
    duty = np.zeros((len(cells), m))
    hit = np.zeros((len(cells), m))
    reached = np.zeros(len(cells))
    admitted = np.ones(len(flows))
    for block in rate_rows(program, flows, claims, declared):
        cell, value = index[block.rows], flows.value[block.rows]
        reached += _sum(cell, block.reached * value, len(cells))
        admitted[block.rows] -= block.barred
        for position, rule in enumerate(block.rules):
            duty[:, rule] += _sum(cell, block.charged[:, position] * value, len(cells))
            hit[:, rule] += _sum(cell, block.touched[:, position] * value, len(cells))
    base = _sum(index, _base(ledger, flows, claims) * admitted, len(cells))
    standing = {r.provision.id for r in program.rules if r.provision.open_rate}
    used = {
        a.fact: declared[a.key]
        for a in assumptions()
        if any(a.fact in c.facts and c.provision.measure == a.measure for c in _clauses(program))
    }
    return Effective(
        view=view,
        place=cells[:, 0],
        sector=cells[:, 1],
        chapter=cells[:, 2],
        imports=_sum(index, flows.value, len(cells)),
        barred=_sum(index, flows.value * (1.0 - admitted), len(cells)),
        base=base,
        rules=tuple(r.provision for r in program.rules),
        duty=duty,
        hit=hit,
        reached=reached,
        assumed={**used, **{name: rate for name, rate in assume if name in standing}},
        year=flows.year,
        source=flows.source,
        into=flows.into,
        currency=flows.currency,
    )


def embedded_flows(into: str) -> Flows:
    """The embedded imports of a place."""
    code = places.place(into).code
    if code not in FLOWS:
        raise unknown("importing place with embedded flows", into, FLOWS, where="--into")
    return FLOWS[code]()


def declared_facts(given: Mapping[str, float]) -> dict[str, float]:
    """Facts that bulk trade declares, each to the one measure that its assumption is about.

    Args:
        given: shares in place of the assumed ones, by fact.
    """
    return {a.key: given.get(a.fact, a.value) for a in assumptions()}


def _clauses(program: Program) -> Iterator[Clause]:
    for rule in program.rules:
        yield from rule.reliefs
        yield from rule.bases


@dataclass(frozen=True, eq=False)
class Block:
    """Flows of partners that the law treats alike, rated.

    Attributes:
        rows: (r,) rows of the flows.
        rules: the k rules that speak of them.
        charged: (r, k) duty per value.
        touched: (r, k) share of the value on which the rule charges.
        reached: (r,) share of the value on which any rule charges.
        barred: (r,) share of the value that may not enter; nothing is charged on it.
    """

    rows: NDArray[np.int64]
    rules: list[int]
    charged: Array
    touched: Array
    reached: Array
    barred: Array


def rate_rows(
    program: Program, flows: Flows, claims: Claims, facts: Mapping[str, float]
) -> Iterator[Block]:
    """Rate flows in blocks of partners that the law treats alike.

    Rows of a partner that may claim a preference are rated claimed and unclaimed and mixed by the
    claim share, so that stacking is decided on whole entries, never on averages.
    """
    share = claims.aligned(flows)
    partners = [str(p) for p in flows.places_]
    rated = (flows.codes.astype("U2") != STATISTICAL)[flows.code_index]
    alike: dict[tuple[object, ...], list[int]] = {}
    rules_of: dict[int, list[int]] = {}
    for i, partner in enumerate(partners):
        mine = tuple(
            k
            for k, rule in enumerate(program.rules)
            if rule.scope.origins is None or partner in rule.scope.origins
        )
        if mine:
            claimant = bool((share[flows.place_index == i] > 0).any())
            given = [program.rules[k].rate_for(partner) for k in mine]
            fixed = tuple(r.value > 0 if r.plain else r for r in given)
            rules_of[i] = list(mine)
            alike.setdefault((mine, partner if claimant else "", fixed), []).append(i)
    for (_, claimed_by, _), members in alike.items():
        rules = rules_of[members[0]]
        rows = np.flatnonzero(np.isin(flows.place_index, members) & rated)
        at = flows.code_index[rows]

        own = _own_rates(program, rules, [partners[i] for i in members])
        charged, touched, stopped = _run(program, flows, facts, rules, partners[members[0]])
        out, seen, barred = charged[at], touched[at], stopped[at]
        reached = np.asarray(seen.any(axis=1), dtype=np.float64)
        if claimed_by:
            charged, touched, stopped = _run(
                program, flows, facts, rules, partners[members[0]], claim="usmca"
            )
            c = share[rows][:, None]
            out = (1 - c) * out + c * charged[at]
            seen = (1 - c) * seen + c * touched[at]
            barred = (1 - c[:, 0]) * barred + c[:, 0] * stopped[at]
            reached = np.asarray((1 - c[:, 0]) * reached + c[:, 0] * touched[at].any(axis=1))
        if len(members) > 1:
            position = np.searchsorted(members, flows.place_index[rows])
            out = out * own[position]
        yield Block(rows, rules, out, seen, reached, barred)


def _run(
    program: Program,
    flows: Flows,
    facts: Mapping[str, float],
    rules: list[int],
    origin: str,
    *,
    claim: str = "",
) -> tuple[Array, Array, Array]:
    """Duty per value and 1 where a duty is charged, (codes, rules) each; and (codes,) 1 where the
    goods may not enter and nothing is charged; for goods of one origin.
    """
    n = len(flows.codes)
    lines = Lines(
        codes=_codes(flows),
        code=np.arange(n),
        origins=[origin],
        origin=np.zeros(n, dtype=np.intp),
        claims={claim: np.ones(n, dtype=bool)} if claim else {},
        facts={f: np.full(n, v) for f, v in facts.items()},
        general=_general(flows),
    )
    stack = evaluate(program, lines)
    charged = np.where(stack.barred[:, None], 0.0, stack.charged[:, rules])
    return charged, (charged > 0).astype(np.float64), stack.barred.astype(np.float64)


@lru_cache(maxsize=8)
def _codes(flows: Flows) -> Codes:
    return Codes(flows.codes)


@lru_cache(maxsize=8)
def _general(flows: Flows) -> Array:
    """(codes,) ad valorem part of the US general rate; 0 where the schedule has no line or none
    that is ad valorem, and for other importers.
    """
    if flows.into != "US":
        return np.zeros(len(flows.codes))
    rates = schedule.schedule().general.ad_valorem
    line = schedule.schedule().rows_of([c[:8] for c in flows.codes.tolist()])
    return np.where(line >= 0, np.nan_to_num(rates[np.maximum(line, 0)]), 0.0)


def _plain(rate: Rate) -> float:
    """A rate that partners may differ by; those alike in any other rate are rated together."""
    return rate.value if rate.plain else 1.0


def _own_rates(program: Program, rules: list[int], members: list[str]) -> Array:
    """(members, rules) each member's rate over the first member's; 1 where all pay the same."""
    rates = np.array([[_plain(program.rules[k].rate_for(p)) for k in rules] for p in members])
    ones = np.ones_like(rates)
    return cast(Array, np.divide(rates, rates[0], out=ones, where=np.nan_to_num(rates[0]) > 0))


def _open(duty: Provision) -> bool:
    """Whether the value of goods alone does not tell what a duty comes to."""
    if duty.open_rate or duty.rate in (None, "prohibited"):
        return duty.open_rate
    return bool(read_rate(str(duty.rate)).units)


def _sum(index: NDArray[np.int64], value: Array, cells: int) -> Array:
    """(cells,) sums of a column by cell."""
    return np.bincount(index, value, minlength=cells).astype(np.float64)


@lru_cache(maxsize=8)
def _cells(flows: Flows) -> tuple[Text, NDArray[np.int64]]:
    """Cells of partner × sector × chapter that trade, and each row's cell."""
    sectors = flows.sectors()
    names, sector = np.unique(sectors, return_inverse=True)
    chapters, chapter = np.unique(flows.codes.astype("U2"), return_inverse=True)
    width = len(names) * len(chapters)
    key = flows.place_index * width + sector * len(chapters) + chapter[flows.code_index]
    kept, index = np.unique(key, return_inverse=True)
    cells = np.column_stack(
        [
            flows.places_[kept // width],
            names[kept % width // len(chapters)],
            chapters[kept % len(chapters)],
        ]
    )
    return cells, index.astype(np.int64)


@lru_cache(maxsize=4)
def _base(ledger: Ledger, flows: Flows, claims: Claims) -> Array:
    """(rows,) duty collected in the flows' year beyond what the ledger rates under its law.

    The year's law is that of its middle. Where the source gives no duty, the statutory general
    rate stands in (ad valorem part); for other importers than the United States, whose schedule
    the ledger has, nothing does.
    """
    if flows.into != "US":
        return np.nan_to_num(flows.duty)
    middle = date(flows.year, 7, 1)
    program = compile_view(ledger.at(middle, max(middle, ledger.verified_to)), "US")
    rated = np.zeros(len(flows))
    for block in rate_rows(program, flows, claims, declared_facts({})):
        rated[block.rows] += block.charged.sum(axis=1) * flows.value[block.rows]
    fallback = _general(flows)[flows.code_index] * flows.value
    return cast(Array, np.where(np.isnan(flows.duty), fallback, flows.duty - rated))
