"""Rate one entry: what it owes, layer by layer, and why."""

from __future__ import annotations

import itertools
import math
from dataclasses import asdict, dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surtax import goods
from surtax.duty.corners import open_facts
from surtax.duty.entry import WHOLE, Entry, apart, too_late
from surtax.duty.fees import Fees, fees
from surtax.duty.general import General, general
from surtax.duty.hints import hints
from surtax.duty.layers import (
    QUANTITY,
    Layer,
    amount_of,
    asked_fact,
    asked_quantity,
    layer_of,
    lines_of,
    suppressed,
    unrated_row,
)
from surtax.duty.lines import Lines
from surtax.duty.narrow import narrowed
from surtax.duty.program import Program, Rule, compile_view
from surtax.duty.stack import Stack, evaluate
from surtax.duty.zone import law_of
from surtax.errors import UnitError
from surtax.ledger.load import Ledger
from surtax.places import CURRENCIES


@dataclass(frozen=True)
class Answer:
    """What an entry owes.

    Attributes:
        admissible: whether the goods may enter; if not, `total` is None.
        bans: what forbids it, with its citation.
        total: all customs duties, general rate included, in `currency`.
        rate: total over value.
        layers: duties owed.
        suppressed: duties that cover the entry and are not owed, with the sentence that says so.
        unknown: measures whose rate is not known; they are in no total.
        missing_facts: facts that matter and were not declared.
        low, high: the range of the total over the missing facts; `high` is None when a rate or
            a quantity is not known, or when some of the facts would bar the goods.
        fees: user fees and internal taxes, apart from the duties and in no total.
        fees_suppressed: fees that cover the entry and are not owed.
        fee_facts: facts that were not declared and would move a fee.
        stale: whether a day lies outside the record's checked days.
        zone: for goods from a foreign trade zone, which day's law rates them, and why.
        not_included: what no answer into this importer includes, one sentence each.
        hints: input that was taken as it stands and changed nothing, where another may be meant.
    """

    entry: Entry
    on: date
    known: date
    threatened: bool
    verified_to: date
    stale: bool
    currency: str
    admissible: bool
    bans: tuple[dict[str, str], ...]
    total: Decimal | None
    rate: float | None
    layers: tuple[Layer, ...]
    suppressed: tuple[dict[str, str], ...]
    unknown: tuple[dict[str, str], ...]
    missing_facts: tuple[dict[str, str], ...]
    low: Decimal | None
    high: Decimal | None
    fees: tuple[Layer, ...] = ()
    fees_suppressed: tuple[dict[str, str], ...] = ()
    fee_facts: tuple[dict[str, str], ...] = ()
    not_included: tuple[str, ...] = ()
    complete_from: str = ""
    zone: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The contract's keys; amounts are numbers in `currency`, rates are fractions."""
        return {
            "goods": goods.dotted(self.entry.goods),
            "from": self.entry.origin,
            "into": self.entry.into,
            "value": float(self.entry.value),
            "currency": self.currency,
            "claims": sorted(self.entry.claims),
            "on": self.on.isoformat(),
            "known": self.known.isoformat(),
            "include_threatened": self.threatened,
            "verified_to": self.verified_to.isoformat(),
            "stale": self.stale,
            "admissible": self.admissible,
            "bans": list(self.bans),
            "total": _number(self.total),
            "rate": self.rate,
            "low": _number(self.low),
            "high": _number(self.high),
            "layers": [_row(one) for one in self.layers],
            "suppressed": list(self.suppressed),
            "unknown": list(self.unknown),
            "missing_facts": list(self.missing_facts),
            "fees": [_row(one) for one in self.fees],
            "fees_suppressed": list(self.fees_suppressed),
            "fee_facts": list(self.fee_facts),
            "not_included": list(self.not_included),
            "complete_from": self.complete_from,
            "zone": list(self.zone),
            "hints": list(self.hints),
        }


def _row(layer: Layer) -> dict[str, Any]:
    return {k: _number(v) if isinstance(v, Decimal) else v for k, v in asdict(layer).items()}


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def rate(
    ledger: Ledger,
    entry: Entry,
    on: date,
    known: date | None = None,
    *,
    threatened: bool = False,
) -> Answer:
    """What one entry owes on day `on`, by the law as known on day `known`.

    A fact that matters and is missing is named, with the range of the answer; the total is then
    what the law charges while the relief is not proven.

    Args:
        ledger: the law.
        entry: the line of entry.
        on: the day of entry.
        known: the day of knowledge; the ledger's verified-to date unless given.
        threatened: let threats with a known rate count as carried out.

    Raises:
        UnitError: a list distinguishes the goods more finely than the code given, or a declared
            day comes after the entry.
    """
    for name, value in entry.facts.items():
        if late := too_late(ledger, name, value, on):
            where, mend = f"--fact {name}", "Give a day that is not after the day of entry."
            raise UnitError(late, where=where, mend=mend)
    law = law_of(ledger, entry, on, known, threatened=threatened)
    view = law.duty
    whole = compile_view(view, entry.into)
    fine_enough(whole, entry)
    program = narrowed(whole, entry.goods, entry.origin)
    base = general(view, entry)
    left = open_facts(program, entry, ledger)
    stack = evaluate(program, _lines(program, left, entry, base))
    known_rate = ~np.isnan(stack.rate[0])
    layers = base.layers + [
        layer_of(rule, stack, i, entry, ledger)
        for i, rule in enumerate(program.rules)
        if stack.applies[0, i] and known_rate[i] and not rule.prohibited
    ]
    admissible = not stack.barred[0]
    loose = [
        rule for i, rule in enumerate(program.rules) if stack.applies[0, i] and not known_rate[i]
    ]
    asked = _once(base.missing + [one for rule in loose for one in _asked(rule, entry, ledger)])
    open_rates = [
        unrated_row(rule.provision) for rule in loose if not _asked(rule, entry, ledger)
    ] + base.unknown
    bans = [
        unrated_row(rule.provision)
        for i, rule in enumerate(program.rules)
        if stack.applies[0, i] and rule.prohibited
    ]
    missing, low, high = _range(stack, entry, base, left, _fitting(ledger, entry, left))
    owed = sum((one.amount for one in layers), Decimal(0))
    charged = fees(law.entry, entry, owed) if admissible else Fees()
    return Answer(
        entry=entry,
        on=on,
        known=view.known,
        threatened=threatened,
        verified_to=ledger.verified_to,
        stale=law.stale,
        currency=CURRENCIES[entry.into],
        admissible=admissible,
        bans=tuple(bans),
        total=owed if admissible else None,
        rate=float(owed / entry.value) if admissible else None,
        layers=tuple(layers),
        suppressed=tuple(suppressed(stack)),
        unknown=tuple(open_rates),
        missing_facts=tuple(_once([asked_fact(n, ledger.facts[n]) for n in missing] + asked)),
        low=low if admissible else None,
        high=None if open_rates or asked or not admissible else high,
        fees=charged.owed,
        fees_suppressed=charged.suppressed,
        fee_facts=charged.facts,
        not_included=tuple(ledger.manifest.not_in_answers.get(entry.into, [])),
        complete_from=ledger.manifest.complete_from.isoformat(),
        zone=law.said,
        hints=hints(
            whole, entry, (*layers, *charged.owed),
            [row["unit"] for row in asked if row["fact"] == QUANTITY],
        ),
    )  # fmt: skip


def _lines(
    program: Program, left: dict[str, list[float | None]], entry: Entry, base: General
) -> Lines:
    """The entry with every set of values of its open facts, the last varying first."""
    rows = np.array(list(itertools.product(*left.values())), dtype=np.float64)  # None is NaN
    facts = {name: np.full(len(rows), value) for name, value in entry.facts.items()}
    facts |= dict(zip(left, rows.T, strict=True))
    units = program.units(entry.origin)
    return replace(lines_of([{}] * len(rows), entry, base.ad_valorem(entry), units), facts=facts)


def _asked(rule: Rule, entry: Entry, ledger: Ledger) -> list[dict[str, str]]:
    """Facts without which a rate comes to nothing known: a declared rate, a quantity."""
    rate = rule.rate_for(entry.origin)
    asked = [asked_fact(rate.fact, ledger.facts[rate.fact])] if rate.fact else []
    units = [unit for unit in rate.units if entry.quantity_in(unit) is None]
    return asked + [asked_quantity(unit) for unit in units]


def _once(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """Rows without those that say the same again."""
    return [row for i, row in enumerate(rows) if row not in rows[:i]]


def fine_enough(program: Program, entry: Entry) -> None:
    """Refuse a code that a list which bears on the entry tells apart more finely.

    Raises:
        UnitError: the code is too short.
    """
    if entry.goods not in program.told_apart.get(len(entry.goods), ()):
        return
    one = lines_of([entry.facts], entry)
    for rule in program.rules:
        days = rule.scope.window
        if not rule.scope.of_origins(one)[0] or (days and not days.mask(one)[0]):
            continue
        covered = bool(rule.scope.mask(one)[0])
        scopes = [rule.scope] + ([c.scope for c in rule.clauses] if covered else [])
        for scope in scopes:
            finer = scope.finer(entry.goods)
            if finer:
                raise UnitError(
                    f"{rule.provision.title} tells goods under {goods.dotted(entry.goods)} apart "
                    f"by longer numbers, such as {goods.dotted(finer)}.",
                    where="goods",
                    mend="Give the ten-digit number.",
                )


def _fitting(
    ledger: Ledger, entry: Entry, left: dict[str, list[float | None]]
) -> NDArray[np.bool_]:
    """(r,) whether values of open facts can be together; that none is declared always can be."""
    fits = np.ones(math.prod(map(len, left.values())), dtype=bool)
    for some in apart(ledger, {*left, *entry.facts}):
        whole = np.array(sum(entry.facts.get(name, 0.0) for name in some))
        for name, values in left.items():
            whole = np.add.outer(whole, [(name in some and v) or 0.0 for v in values])
        fits &= whole.ravel() <= WHOLE
    fits[0] = True
    return fits


def _range(
    stack: Stack,
    entry: Entry,
    base: General,
    left: dict[str, list[float | None]],
    fits: NDArray[np.bool_],
) -> tuple[list[str], Decimal | None, Decimal | None]:
    """Missing facts that matter, and the total's range over all they could be.

    The range is of the cases in which the goods may enter; its upper end is open if in some they
    may not. The rows of the stack are all sets of values of the facts, the last varying first;
    `fits` tells which of them can be.
    """
    fixed = sum((one.amount for one in base.layers), Decimal(0))
    some = stack.applies.any(axis=0)
    rate = np.nan_to_num(stack.rate, nan=-1.0)  # so that rows with rates not known may be equal
    parts = [one[:, some] for one in (stack.applies, stack.share, rate)]
    rows = np.concatenate([np.zeros((len(rate), 1)), *parts], axis=1)  # alike where none applies
    rows = np.ascontiguousarray(rows).view(np.dtype((np.void, rows.itemsize * rows.shape[1])))
    first: dict[bytes, int] = {}
    like = [first.setdefault(row, r) for r, row in enumerate(rows[:, 0].tolist())]
    totals = {r: _total(stack, r, entry, fixed) for r in first.values()}
    number = {total: n for n, total in enumerate(dict.fromkeys(totals.values()))}
    told = {r: number[total] for r, total in totals.items()}
    grid = np.array([told[r] for r in like])
    shape = [len(values) for values in left.values()]
    least = np.where(fits, grid, len(number)).reshape(shape)
    most = np.where(fits, grid, -1).reshape(shape)
    matters = [n for i, n in enumerate(left) if (most.max(axis=i) > least.min(axis=i)).any()]
    met = set(grid[fits].tolist())
    could = [total for total, n in number.items() if n in met]
    owed = [total for total in could if total is not None]
    return matters, min(owed, default=None), None if None in could else max(owed)


def _total(stack: Stack, row: int, entry: Entry, fixed: Decimal) -> Decimal | None:
    """The total of one row of facts; None where the goods may not enter."""
    total = fixed
    for i in np.flatnonzero(stack.applies[row]):
        rule = stack.program.rules[i]
        if rule.prohibited:
            return None
        if not np.isnan(stack.rate[row, i]):
            share, rate = stack.share[row, i], stack.rate[row, i]
            total += amount_of(entry, share, rate, rule.least, rule.rate_for(entry.origin))[1]
    return total
