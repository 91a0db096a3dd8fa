"""Rate one entry: what it owes, layer by layer, and why."""

from __future__ import annotations

import itertools
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np

from surtax import goods
from surtax.duty.corners import corners
from surtax.duty.entry import CURRENCIES, Entry
from surtax.duty.stack import Clause, Codes, Lines, Program, Rule, Stack, compile_view, evaluate
from surtax.errors import UnitError
from surtax.ledger import schedule
from surtax.ledger.load import Ledger
from surtax.ledger.query import View
from surtax.units import cents


@dataclass(frozen=True)
class Layer:
    """One duty that the entry owes.

    Attributes:
        measure: the provision's id, or the schedule's.
        title: what it is.
        authority: the statute or programme it rests on.
        instrument: the instrument that sets the rate.
        citation: instrument and paragraph.
        basis: the part of the value it falls on, in words.
        basis_value: that part's amount.
        rate: the ad valorem rate.
        amount: what is owed, to the cent.
        because: sentences that say why the basis or the rate is what it is.
    """

    measure: str
    title: str
    authority: str
    instrument: str
    citation: str
    basis: str
    basis_value: Decimal
    rate: float
    amount: Decimal
    because: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answer:
    """What an entry owes.

    Attributes:
        admissible: whether the goods may enter; if not, `total` is None.
        total: all customs duties, general rate included, in `currency`.
        rate: total over value.
        layers: duties owed.
        suppressed: duties that cover the entry and are not owed, with the sentence that says so.
        unknown: measures whose rate is not known; they are in no total.
        missing_facts: facts that matter and were not declared.
        low, high: the range of the total over the missing facts; `high` is None when a rate or
            a quantity is not known.
        fees: user fees and internal taxes, apart.
        stale: whether the day lies after the ledger's verified-to date.
    """

    entry: Entry
    on: date
    known: date
    threatened: bool
    verified_to: date
    stale: bool
    currency: str
    admissible: bool
    total: Decimal | None
    rate: float | None
    layers: tuple[Layer, ...]
    suppressed: tuple[dict[str, str], ...]
    unknown: tuple[dict[str, str], ...]
    missing_facts: tuple[dict[str, str], ...]
    low: Decimal | None
    high: Decimal | None
    fees: tuple[dict[str, Any], ...] = ()

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
            "total": _number(self.total),
            "rate": self.rate,
            "low": _number(self.low),
            "high": _number(self.high),
            "layers": [
                {k: _number(v) if isinstance(v, Decimal) else v for k, v in asdict(one).items()}
                for one in self.layers
            ],
            "suppressed": list(self.suppressed),
            "unknown": list(self.unknown),
            "missing_facts": list(self.missing_facts),
            "fees": list(self.fees),
        }


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
        UnitError: a list distinguishes the goods more finely than the code given.
    """
    view = ledger.at(on, known, threatened=threatened)
    program = compile_view(view, entry.into)
    _fine_enough(program, entry)
    stack = evaluate(program, _lines([entry.facts], entry))
    layers = [
        _layer(rule, stack, i, entry, ledger)
        for i, rule in enumerate(program.rules)
        if stack.applies[0, i] and not rule.unknown and not rule.prohibited
    ]
    general = _general(view, entry)
    layers = general.layers + layers
    admissible = not any(
        stack.applies[0, i] for i, rule in enumerate(program.rules) if rule.prohibited
    )
    total = sum((one.amount for one in layers), Decimal(0)) if admissible else None
    open_rates = [
        _unknown(rule.provision.id, rule.provision.title, rule.provision.citation)
        for i, rule in enumerate(program.rules)
        if rule.unknown and stack.applies[0, i]
    ] + general.unknown
    missing, low, high = _range(program, entry, general.layers, ledger)
    return Answer(
        entry=entry,
        on=on,
        known=view.known,
        threatened=threatened,
        verified_to=ledger.verified_to,
        stale=view.stale,
        currency=CURRENCIES[entry.into],
        admissible=admissible,
        total=total,
        rate=None if total is None else float(total / entry.value),
        layers=tuple(layers),
        suppressed=tuple(_suppressed(stack, ledger)),
        unknown=tuple(open_rates),
        missing_facts=tuple(missing + general.missing),
        low=low if admissible else None,
        high=None if open_rates or general.missing or not admissible else high,
    )


def _lines(declared: list[dict[str, float]], entry: Entry) -> Lines:
    """The entry once per set of facts."""
    n = len(declared)
    zeros = np.zeros(n, dtype=np.intp)
    names = {name for one in declared for name in one}
    return Lines(
        codes=Codes([entry.goods]),
        code=zeros,
        origins=[entry.origin],
        origin=zeros,
        claims={c: np.ones(n, dtype=bool) for c in entry.claims},
        facts={f: np.array([one.get(f, np.nan) for one in declared]) for f in names},
    )


def _fine_enough(program: Program, entry: Entry) -> None:
    one = _lines([entry.facts], entry)
    for rule in program.rules:
        if not rule.scope.of_origins(one)[0]:
            continue
        covered = bool(rule.scope.mask(one)[0])
        clauses = (*rule.reliefs, *rule.bases, *(c for _, c in rule.yields))
        scopes = [rule.scope] + ([c.scope for c in clauses] if covered else [])
        for scope in scopes:
            finer = scope.finer(entry.goods)
            if finer:
                raise UnitError(
                    f"{rule.provision.title} tells goods under {goods.dotted(entry.goods)} apart "
                    f"by longer numbers, such as {goods.dotted(finer)}.",
                    where="goods",
                    mend="Give the ten-digit number.",
                )


def _amount(entry: Entry, share: float, ad_valorem: float) -> tuple[Decimal, Decimal]:
    """Basis value and duty, each to the cent."""
    basis = cents(entry.value * Decimal(repr(round(float(share), 12))))
    return basis, cents(basis * Decimal(repr(float(ad_valorem))))


def _layer(rule: Rule, stack: Stack, i: int, entry: Entry, ledger: Ledger) -> Layer:
    p = rule.provision
    share, ad_valorem = stack.share[0, i], stack.rate[0, i]
    basis_value, amount = _amount(entry, share, ad_valorem)
    line = _lines([entry.facts], entry)
    held = [c for c in rule.bases if c.holds(line)[0]]
    words = " and ".join(_basis_words(c) for c in held) or "customs value"
    because = tuple(_why_basis(c, entry, ledger) for c in held)
    rate_field = "rates" if entry.origin in rule.rates else "rate"
    citation = p.cites.get(rate_field, p.citation)
    return Layer(
        measure=p.id,
        title=p.title,
        authority=p.authority,
        instrument=citation.partition(", ")[0],
        citation=citation,
        basis=words,
        basis_value=basis_value,
        rate=float(ad_valorem),
        amount=amount,
        because=because,
    )


def _basis_words(clause: Clause) -> str:
    if clause.share:
        return clause.share.replace("_", " ")
    return f"customs value less {str(clause.less).replace('_', ' ')}"


def _why_basis(clause: Clause, entry: Entry, ledger: Ledger) -> str:
    name = str(clause.share or clause.less)
    kind = ledger.facts[name]
    note = clause.provision.fields.get("note") or ""
    if name in entry.facts:
        said = f"{name} declared as {entry.facts[name]:.6g}; attested by: {kind.attested}"
    else:
        said = f"{name} not declared: {kind.unproven}"
    return f"{note} ({clause.provision.citation}); {said}."


def _suppressed(stack: Stack, ledger: Ledger) -> list[dict[str, str]]:
    out = []
    for i, rule in enumerate(stack.program.rules):
        if not stack.scope[0, i] or stack.applies[0, i]:
            continue
        if stack.relief[0, i] >= 0:
            clause = rule.reliefs[stack.relief[0, i]]
            note = clause.provision.fields.get("note") or clause.provision.name
            reason = f"not owed: {note} ({clause.provision.citation})"
        else:
            winner = int(stack.winner[0, i])
            clause = next(c for j, c in rule.yields if j == winner)
            other = stack.program.rules[winner].provision.title
            note = clause.provision.fields.get("note") or ""
            reason = f"yields to {other}: {note} ({clause.provision.citation})"
        out.append({"measure": rule.provision.id, "title": rule.provision.title, "reason": reason})
    return out


def _unknown(measure: str, title: str, citation: str) -> dict[str, str]:
    return {"measure": measure, "title": title, "citation": citation}


def _range(
    program: Program, entry: Entry, general: list[Layer], ledger: Ledger
) -> tuple[list[dict[str, str]], Decimal, Decimal]:
    """Missing facts that matter, and the total's range over all they could be."""
    line = _lines([entry.facts], entry)
    names: list[str] = []
    for rule in program.rules:
        if not rule.scope.mask(line)[0]:
            continue
        for clause in (*rule.reliefs, *rule.bases, *(c for _, c in rule.yields)):
            claim = clause.when.claim if clause.when else None
            if clause.scope.mask(line)[0] and (claim is None or claim in entry.claims):
                names += [f for f in sorted(clause.facts) if f not in entry.facts]
    names = list(dict.fromkeys(names))
    grid = list(itertools.product(*(corners(program, n, ledger.facts[n]) for n in names)))
    declared = [
        {**entry.facts, **{n: v for n, v in zip(names, row, strict=True) if v is not None}}
        for row in grid
    ]
    stack = evaluate(program, _lines(declared, entry))
    fixed = sum((one.amount for one in general), Decimal(0))
    totals = [
        fixed
        + sum(
            (
                _amount(entry, stack.share[r, i], stack.rate[r, i])[1]
                for i, rule in enumerate(program.rules)
                if stack.applies[r, i] and not rule.unknown
            ),
            Decimal(0),
        )
        for r in range(len(grid))
    ]
    matters = []
    for position, name in enumerate(names):
        groups: dict[tuple[object, ...], set[Decimal]] = {}
        for row, total in zip(grid, totals, strict=True):
            groups.setdefault(row[:position] + row[position + 1 :], set()).add(total)
        if any(len(g) > 1 for g in groups.values()):
            kind = ledger.facts[name]
            matters.append(
                {
                    "fact": name,
                    "type": kind.type,
                    "unit": kind.unit,
                    "meaning": kind.meaning,
                    "attested": kind.attested,
                    "until_then": kind.unproven,
                }
            )
    return matters, min(totals), max(totals)


@dataclass(frozen=True)
class _General:
    layers: list[Layer]
    unknown: list[dict[str, str]]
    missing: list[dict[str, str]]


def _general(view: View, entry: Entry) -> _General:
    """The general (column 1) or column 2 rate of the US schedule; elsewhere the ledger says."""
    from surtax import places

    if entry.into != "US":
        return _General([], [], [])
    name = "us/hts/general"
    column2 = entry.origin in places.members("COL2", view.on)
    found = (schedule.column2_rate if column2 else schedule.general_rate)(entry.goods)
    title = "Column 2 rate of duty" if column2 else "General rate of duty"
    if found is None or not found.parsed:
        text = found.text if found else "the line is not in the schedule of 2025"
        return _General([], [_unknown(name, f"{title}: {text}", schedule.SOURCE)], [])
    because: tuple[str, ...] = ()
    ad_valorem, specific = found.ad_valorem, found.specific
    claimed = "usmca" in entry.claims and entry.origin in ("CA", "MX")
    if claimed and schedule.preference_free(entry.goods, entry.origin):
        ad_valorem, specific = 0.0, 0.0
        because = ("free under USMCA (HTSUS general note 11)",)
    per_unit = Decimal(0)
    missing: list[dict[str, str]] = []
    if specific:
        if entry.quantity is None:
            words = f"quantity in {found.unit}"
            missing = [{"fact": "quantity", "type": "number", "unit": found.unit,
                        "meaning": words, "attested": "the importer", "until_then":
                        "the part of the duty per unit is in no total"}]  # fmt: skip
        elif entry.unit and entry.unit != found.unit:
            raise UnitError(
                f"the duty is per {found.unit}, the quantity is in {entry.unit}.",
                where="--unit",
                mend=f"Give the quantity in {found.unit}.",
            )
        else:
            per_unit = cents(Decimal(repr(specific)) * entry.quantity)
    basis, owed = _amount(entry, 1.0, ad_valorem)
    layer = Layer(
        measure=name,
        title=title,
        authority="schedule",
        instrument="Harmonized Tariff Schedule of the United States (2025)",
        citation=f"{schedule.SOURCE}, {goods.dotted(entry.goods[:8])}: {found.text}",
        basis="customs value" if not specific else f"customs value and {found.unit}",
        basis_value=basis,
        rate=ad_valorem,
        amount=owed + per_unit,
        because=because,
    )
    return _General([layer], [], missing)
