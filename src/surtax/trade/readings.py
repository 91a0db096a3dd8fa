"""Rates under assumptions that the law does not make: how a tracker reads a year's imports.

A `Setting` is everything that a reading may assume (`surtax.trade.trackers` says what each is).
Goods that no list of the ledger tells apart are rated once (`surtax.trade.reduced`); what a tracker
adds on lists of its own is put on line by line.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from surtax.duty.lines import Codes, Mask
from surtax.duty.program import compile_view
from surtax.errors import DataError
from surtax.ledger import Ledger
from surtax.ledger.query import View
from surtax.trade.assumptions import CHAPTERS, Content
from surtax.trade.claims import BASE_YEAR, Claims, claims_for
from surtax.trade.effective import base_of, otherwise
from surtax.trade.flows import Flows, load_us_imports
from surtax.trade.rating import Facts, declared_facts, rate_rows, sums
from surtax.trade.reduced import reduced
from surtax.trade.trackers import codes_of

Array = NDArray[np.float64]

FIRST = date(2025, 1, 1)
COLLECTED = "collected"
"""In place of chapters left out: partners with collected duties, no others."""


@dataclass(frozen=True)
class Stamp:
    """A rate that stands in place of all that was added since 1 January 2025.

    Attributes:
        goods: the list of its lines, as in `surtax.trade.trackers`.
        partners: whose goods; all if empty.
        rate: per cent, or “@”, a measure, “:” and its table of rates by partner.
    """

    goods: str
    partners: tuple[str, ...]
    rate: str


@dataclass(frozen=True)
class Setting:
    """How a rate is read.

    Attributes:
        known: the day of knowledge.
        claims: shares of preference claims, or the name of their period.
        facts: shares in place of the assumed ones, by fact.
        dropped: chapters left out of the imports, or `COLLECTED`.
        level: the rate of 1 January 2025 that the rest is added to; None takes the base as it is.
        days: partners, and the day of law and of knowledge that is read for them.
        moved: measures or provisions read of another day of law and of knowledge.
        without: measures or provisions left out.
        rates: what provisions say instead, by id (a rate) or by id, “:” and the field's name.
        whole: measures charged on all of the value while the others keep to the parts, each with
            the chapters on which they are not.
        exempt: measures that charge nothing on the lines of a list, of some partners; all if none.
        steps: what the tracker's own table of authorities moves by on days without a law.
        stamps: rates in place of all that is added, the last one on a line counts.
        printed: a partner's rate on all of its goods, by partner, in place of what the law gives.
    """

    known: date
    claims: Claims | str = BASE_YEAR
    facts: dict[str, float | Content] = field(default_factory=dict)
    dropped: tuple[str, ...] = ()
    level: float | None = None
    days: tuple[tuple[tuple[str, ...], date, date], ...] = ()
    moved: dict[str, tuple[date, date]] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    rates: dict[str, str] = field(default_factory=dict)
    whole: tuple[tuple[str, tuple[str, ...]], ...] = ()
    exempt: tuple[tuple[str, str, tuple[str, ...]], ...] = ()
    steps: tuple[float, ...] = ()
    stamps: tuple[Stamp, ...] = ()
    printed: dict[str, float] = field(default_factory=dict)


def rate(ledger: Ledger, setting: Setting, on: date) -> float:
    """The rate of a day under a setting, a fraction."""
    flows = weights(setting.dropped)
    _check(setting)
    if setting.level is None:
        charged, barred = _read(ledger, setting, on)
        fewer = reduced(ledger, flows, _claims(setting, on))
        stays = np.ones(len(fewer.flows))
        stays[fewer.row] = 1.0 - barred  # alike within a reduced row
        base = base_of(ledger, fewer, _claims(setting, on)) * stays
        n = len(flows.places_)
        owed = sums(flows.place_index, charged * flows.value, n)
        owed += sums(fewer.flows.place_index, base, n)
        admitted = sums(flows.place_index, flows.value * (1.0 - barred), n)
        given = np.array([setting.printed.get(p, np.nan) for p in flows.places_.tolist()])
        owed = np.where(np.isnan(given), owed, given * admitted)
        return float(owed.sum() / admitted.sum()) + sum(setting.steps)
    first, added, barred, closed = _added(ledger, setting, on)
    new = float((added * flows.value).sum() / (flows.value * (1.0 - barred)).sum())
    old = float((first * flows.value).sum() / (flows.value * (1.0 - closed)).sum())
    return setting.level + new - old + sum(setting.steps)


def _check(setting: Setting) -> None:
    """Refuse terms that do not go together."""
    for what, wrong, mend in (
        ("what is added", setting.level is None and setting.stamps, "Put a “base” before it."),
        ("a partner's own", setting.level is not None and setting.printed, "Leave “base” out."),
    ):
        if wrong:
            raise DataError(
                f"a rate in place of {what} and the base rate of 1 January 2025 do not fit.",
                where="tracker_terms.csv",
                mend=mend,
            )


def by_partner(ledger: Ledger, setting: Setting, on: date) -> dict[str, float]:
    """What is added since 1 January 2025 to the rate on the goods of each partner, a fraction."""
    flows = weights(setting.dropped)
    first, added, _, _ = _added(ledger, setting, on)
    n = len(flows.places_)
    more = sums(flows.place_index, (added - first) * flows.value, n)
    share = more / sums(flows.place_index, flows.value, n)
    return dict(zip(flows.places_.tolist(), share.tolist(), strict=True))


def _added(ledger: Ledger, setting: Setting, on: date) -> tuple[Array, Array, Array, Array]:
    """(rows,) duty per value on 1 January 2025 and on the day, and what may not enter on the day
    and on 1 January.
    """
    flows = weights(setting.dropped)
    added, barred = _read(ledger, setting, on)
    first, closed = _read(ledger, replace(setting, days=(), moved={}, rates={}), FIRST)
    for stamp in setting.stamps:
        given = _given(ledger, flows, stamp)[flows.place_index]
        rows = lines_of(ledger, flows, stamp.goods)[flows.code_index] & ~np.isnan(given)
        added = np.where(rows, first + given, added)
    return first, added, barred, closed


@lru_cache(maxsize=8)
def weights(dropped: tuple[str, ...]) -> Flows:
    """Imports of 2024 without some chapters, or of partners with collected duties alone."""
    flows = load_us_imports()
    if COLLECTED in dropped:
        flows = flows.rows(~np.isnan(flows.duty))
    return flows.rows(~np.isin(flows.codes.astype("U2"), dropped)[flows.code_index])


def _claims(setting: Setting, on: date) -> Claims:
    shares = setting.claims
    return claims_for("US", shares, on) if isinstance(shares, str) else shares


def _read(ledger: Ledger, setting: Setting, on: date) -> tuple[Array, Array]:
    """(rows,) duty per value, the base apart, and the share that may not enter."""
    flows = weights(setting.dropped)

    def of(day: date, known: date) -> tuple[Array, Array]:
        return _rated(
            ledger, day, known, _claims(setting, on), tuple(setting.facts.items()),
            setting.dropped, frozenset(setting.without),
            tuple((name, *point) for name, point in sorted(setting.moved.items())),
            tuple(sorted(setting.rates.items())), setting.whole, setting.exempt,
        )  # fmt: skip

    charged, barred = of(on, setting.known)
    for partners, day, known in setting.days:
        other = of(day, known)
        here = np.isin(flows.places_, partners) if partners else np.ones(len(flows.places_), bool)
        rows = here[flows.place_index]
        charged, barred = np.where(rows, other[0], charged), np.where(rows, other[1], barred)
    return charged, barred


@lru_cache(maxsize=64)  # of four megabytes each
def _rated(
    ledger: Ledger,
    on: date,
    known: date,
    claims: Claims,
    facts: tuple[tuple[str, float | Content], ...],
    dropped: tuple[str, ...],
    without: frozenset[str],
    moved: tuple[tuple[str, date, date], ...],
    rates: tuple[tuple[str, str], ...],
    whole: tuple[tuple[str, tuple[str, ...]], ...],
    exempt: tuple[tuple[str, str, tuple[str, ...]], ...],
) -> tuple[Array, Array]:
    """(rows,) duty per value under the law of a day as read, and the share that may not enter."""
    flows = weights(dropped)
    fewer = reduced(ledger, flows, claims)
    view = _rewritten(otherwise(ledger.at(on, known), without, moved), dict(rates))
    given = dict(facts)
    found, barred = _by_measure(view, fewer.flows, fewer.claims, given)
    if whole:
        all_of_it, _ = _by_measure(
            view, fewer.flows, fewer.claims, given | dict.fromkeys(CHAPTERS, 1.0)
        )
        for name, apart in whole:
            kept = np.isin(fewer.flows.codes.astype("U2"), apart)[fewer.flows.code_index]
            if name in found:
                found[name] = np.where(kept, found[name], all_of_it[name])
    total = sum(found.values(), np.zeros(len(fewer.flows)))[fewer.row]
    for name, goods, partners in exempt:
        if name in found:
            of = np.isin(flows.places_, partners or flows.places_)[flows.place_index]
            free = lines_of(ledger, flows, goods)[flows.code_index] & of
            total = total - np.where(free, found[name][fewer.row], 0.0)
    return total, barred[fewer.row]


def _by_measure(
    view: View, flows: Flows, claims: Claims, facts: Facts
) -> tuple[dict[str, Array], Array]:
    """By measure, (rows,) its duty per value; and the share that may not enter."""
    program = compile_view(view, "US")
    out: dict[str, Array] = {}
    barred = np.zeros(len(flows))
    for block in rate_rows(program, flows, claims, declared_facts(facts)):
        barred[block.rows] = block.barred
        for position, rule in enumerate(block.rules):
            name = program.rules[rule].provision.measure
            column = out.setdefault(name, np.zeros(len(flows)))
            column[block.rows] += block.charged[:, position]
    return out, barred


def _rewritten(view: View, rates: Mapping[str, str]) -> View:
    """The view with other words in some provisions, where they stand."""
    said: dict[str, dict[str, str | list[str]]] = {}
    for name, value in rates.items():
        provision, _, name_of = name.partition(":")
        words = value.split("+") if name_of else value
        said.setdefault(provision, {})[name_of or "rate"] = words
    if not said:
        return view
    return replace(
        view,
        active=tuple(
            replace(p, fields={**p.fields, **said[p.id]}) if p.id in said else p
            for p in view.active
        ),
    )


def _given(ledger: Ledger, flows: Flows, stamp: Stamp) -> Array:
    """(partners,) the rate of a stamp, a fraction; NaN where it has none."""
    names = flows.places_.tolist()
    if stamp.rate.startswith("@"):
        measure, _, table = stamp.rate[1:].partition(":")
        said = {r["origin"]: r["rate"].rstrip("%") for r in ledger.annexes[measure, table]}
        return np.array([float(said.get(p, "nan")) / 100 for p in names])
    here = np.isin(flows.places_, stamp.partners or names)
    return np.where(here, float(stamp.rate) / 100, np.nan)


@lru_cache(maxsize=512)
def lines_of(ledger: Ledger, flows: Flows, goods: str) -> Mask:
    """(codes,) the lines of a list of a measure, of a tracker or of digits; “all” is each line."""
    if goods == "all":
        return np.ones(len(flows.codes), dtype=bool)
    measure, _, name = goods.partition(":")
    if name:
        prefixes = ledger.codes(measure, name.split("+"))
    else:
        prefixes = frozenset(goods.split("+")) if goods[0].isdigit() else codes_of(goods)
    return Codes(flows.codes).under(prefixes)
