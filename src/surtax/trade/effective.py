"""Effective tariff rates: duties owed as a share of imports, by the same kernel as one entry.

The duties of a day are the *base* (what was really collected in the flows' year, less what the
ledger itself rates under that year's law) plus every duty that the ledger rates on that day. So
the rate of the base year is the collected one exactly, and a change of law moves the rate by what
the law changes. The base holds the general rate net of preferences; where exclusions or quotas
made less be collected than the ledger charges, it is negative on that line, and says so.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, lru_cache
from typing import cast

import numpy as np
from numpy.typing import NDArray

from surtax import places
from surtax.duty.clause import Clause
from surtax.duty.program import Program, compile_view
from surtax.errors import InputError, unknown
from surtax.ledger import Ledger
from surtax.ledger.query import Provision, View
from surtax.ledger.rates import read_rate
from surtax.trade.assumptions import Assumption, assumptions
from surtax.trade.celled import Celled
from surtax.trade.claims import BASE_YEAR, Claims, claims_for, of_year
from surtax.trade.flows import Flows, load_ca_imports, load_us_imports
from surtax.trade.rating import declared_facts, general_rates, rate_rows, sums
from surtax.trade.reduced import Reduced, reduced

Array = NDArray[np.float64]
Text = NDArray[np.str_]

FLOWS = {"US": load_us_imports, "CA": load_ca_imports}
"""Loaders of the embedded imports, by importing place."""

BASE = "base"
BASE_TITLE = "General rate and other duties as collected in {year}"


@dataclass(frozen=True, eq=False)
class Effective:
    """Duties on a year's imports under the law of a day, in cells of partner × sector × chapter.

    Attributes:
        view: the ledger on the day, as known on a day.
        place, sector, chapter: (c,) the cells' names.
        imports: (c,) customs value, in the flows' currency.
        barred: (c,) customs value of goods that may not enter; they pay nothing, and no rate counts
            them.
        base: (c,) duty collected in the flows' year beyond what the ledger rates.
        rules: the duties rated, m of them.
        duty: (c, m) duty by rule.
        hit: (c, m) customs value on which the rule charges.
        reached: (c,) customs value on which any rule charges, each dollar once.
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
        """(c,) all duties."""
        return cast(Array, self.base + self.duty.sum(axis=1))

    @property
    def unknown(self) -> tuple[Provision, ...]:
        """Duties whose rate is neither known nor assumed, or that fall on a quantity, which flows
        do not give; they are in no total.
        """
        return tuple(r for r in self.rules if unrated(r) and r.id not in self.assumed)

    @property
    def rate(self) -> float:
        """All duties over all imports that may enter."""
        return float(self.total.sum() / (self.imports - self.barred).sum())

    def of(self, partner: str) -> dict[str, float | None]:
        """Imports, what of them may not enter, duty and rate of one partner's goods."""
        here = self.place == partner
        imports, barred = float(self.imports[here].sum()), float(self.barred[here].sum())
        owed = float(self.total[here].sum())
        return {"imports": imports, "barred": barred, "duty": owed,
                "rate": owed / (imports - barred) if imports > barred else None}  # fmt: skip

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
                mend="Choose among partner, sector, chapter, authority; or province.",
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
    claims: Claims | str = BASE_YEAR,
    without: Collection[str] = (),
    moved: Mapping[str, tuple[date, date]] | None = None,
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
        claims: preference claim shares, or the year or month whose embedded shares to use, or
            "day" for those of the day.
        without: measures, or provisions by id, that are read as if they did not exist.
        moved: measures, or provisions by id, read of another day of law and of knowledge.

    Raises:
        UnknownNameError: no flows into that place, or no shares of that period, are embedded.
        InputError: flows without a row.
    """
    flows = given_or_embedded(flows, into)
    if isinstance(claims, str):
        claims = claims_for(flows.into, claims, on)
    chosen: bool | frozenset[str] = True
    if isinstance(threatened, bool):
        chosen = threatened
    else:
        mine = [m for m in threatened if ledger.measure(m).imposer == flows.into]
        chosen = frozenset(mine) or False
    rates = {n: r for n, r in (assume or {}).items() if _of(ledger, n, flows.into)}
    elsewhen = tuple(sorted((name, *point) for name, point in (moved or {}).items()))
    view = ledger.at(on, known or ledger.verified_to, threatened=chosen)
    view = otherwise(view, frozenset(without), elsewhen)
    read = {a.fact for a in _read(compile_view(view, flows.into, assume=rates))}
    return _effective(
        view,
        tuple(sorted(rates.items())),
        tuple(sorted((n, s) for n, s in (facts or {}).items() if n in read)),
        flows,
        claims,
    )


def _of(ledger: Ledger, provision: str, importer: str) -> bool:
    """Whether a provision, named by its id, is one of the importer's; an unknown id is an error."""
    measure, _, name = provision.partition("#")
    names = ledger.measure(measure).provisions
    if name not in names:
        raise unknown("provision", name, names, where=measure)
    return ledger.measure(measure).imposer == importer


@lru_cache(maxsize=64)
def _effective(
    view: View,
    assume: tuple[tuple[str, float], ...],
    facts: tuple[tuple[str, float], ...],
    flows: Flows,
    claims: Claims,
) -> Effective:
    ledger, declared = view.ledger, declared_facts(dict(facts))
    program = compile_view(view, flows.into, assume=dict(assume))
    cells, imports, base, celled = _celled(ledger, flows, claims)
    owed = celled.rate(program, declared)
    standing = {r.provision.id for r in program.rules if r.provision.open_rate}
    used = {a.fact: dict(facts).get(a.fact, a.value) for a in _read(program)}
    return Effective(
        view=view,
        place=cells[:, 0],
        sector=cells[:, 1],
        chapter=cells[:, 2],
        imports=imports,
        barred=owed.barred,
        base=base - owed.lost,
        rules=tuple(r.provision for r in program.rules),
        duty=owed.duty,
        hit=owed.hit,
        reached=owed.reached,
        assumed={**used, **{name: rate for name, rate in assume if name in standing}},
        year=flows.year,
        source=flows.source,
        into=flows.into,
        currency=flows.currency,
    )


@lru_cache(maxsize=8)
def _celled(ledger: Ledger, flows: Flows, claims: Claims) -> tuple[Text, Array, Array, Celled]:
    """The cells' names, (c,) imports and base, and the flows ready to be rated by cell."""
    fewer = reduced(ledger, flows, claims)
    cells, index = cells_of(fewer.flows)
    base = base_of(ledger, fewer, claims)
    imports, collected = (sums(index, column, len(cells)) for column in (fewer.flows.value, base))
    return cells, imports, collected, Celled(fewer.flows, fewer.claims, index, base)


def otherwise(
    view: View, without: frozenset[str], moved: tuple[tuple[str, date, date], ...]
) -> View:
    """The view with some measures or provisions read of other days, and some left out."""
    if not without and not moved:
        return view
    for name in {*(name.partition("#")[0] for name in (*without, *(m[0] for m in moved)))}:
        view.ledger.measure(name)
    others = {name: view.ledger.at(on, known) for name, on, known in moved}

    def kept(now: tuple[Provision, ...], field: str) -> tuple[Provision, ...]:
        stay = [p for p in now if p.measure not in others and p.id not in others]
        for name, of in others.items():
            stay += [p for p in getattr(of, field) if name in (p.measure, p.id)]
        return tuple(p for p in stay if p.measure not in without and p.id not in without)

    return replace(view, active=kept(view.active, "active"), unknown=kept(view.unknown, "unknown"))


def embedded_flows(into: str) -> Flows:
    """The embedded imports of a place."""
    code = places.place(into).code
    if code not in FLOWS:
        raise unknown("importing place with embedded flows", into, FLOWS, where="--into")
    return FLOWS[code]()


def given_or_embedded(flows: Flows | None, into: str) -> Flows:
    """The flows that are given, or the embedded imports of a place.

    Raises:
        InputError: flows without a row, of which there is no rate.
    """
    if flows is None:
        return embedded_flows(into)
    if not len(flows):
        raise InputError("there are no imports to rate.", where="flows",
                         mend="Give a table with rows, or none for the embedded one.")  # fmt: skip
    return flows


@lru_cache(maxsize=256)
def _read(program: Program) -> tuple[Assumption, ...]:
    """The assumed shares that some clause of a program reads."""
    asked = {(fact, c.provision.measure) for c in _clauses(program) for fact in c.facts}
    return tuple(a for a in assumptions() if (a.fact, a.measure) in asked)


def _clauses(program: Program) -> Iterator[Clause]:
    for rule in program.rules:
        yield from rule.reliefs
        yield from rule.bases


def unrated(duty: Provision) -> bool:
    """Whether the value of goods alone does not tell what a duty comes to."""
    if duty.open_rate or duty.rate in (None, "prohibited"):
        return duty.open_rate
    return bool(read_rate(str(duty.rate)).units)


@lru_cache(maxsize=8)
def cells_of(flows: Flows) -> tuple[Text, NDArray[np.int64]]:
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
def base_of(ledger: Ledger, fewer: Reduced, claims: Claims) -> Array:
    """(reduced rows,) duty collected in the flows' year beyond what the ledger rates under its law.

    The year's law is that of its middle. Where the source gives no duty, the statutory general
    rate stands in (ad valorem part); for other importers than the United States, whose schedule
    the ledger has, nothing does.

    Args:
        ledger, fewer: the law, and the flows by what it can tell apart.
        claims: of the flows; duties of their year are rated with that year's.
    """
    flows = fewer.source
    if flows.into != "US":
        return fewer.total(np.nan_to_num(flows.duty))
    middle, claims = date(flows.year, 7, 1), of_year(flows, claims)
    program = compile_view(ledger.at(middle, max(middle, ledger.verified_to)), "US")
    given = ~np.isnan(flows.duty)
    fallback = general_rates(flows)[flows.code_index] * flows.value
    collected = fewer.total(np.where(given, flows.duty, fallback))
    some, shares = fewer.part(np.where(given, flows.value, 0.0), claims)
    for block in rate_rows(program, some, shares, declared_facts({})):
        collected[block.rows] -= block.charged.sum(axis=1) * some.value[block.rows]
    return collected
