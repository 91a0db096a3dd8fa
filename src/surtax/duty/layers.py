"""Layers of an answer: base times rate is amount, with the citation and the reason."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

import numpy as np

from surtax.duty.clause import Clause
from surtax.duty.entry import Entry
from surtax.duty.lines import Codes, Lines
from surtax.duty.program import Rule
from surtax.duty.stack import Stack
from surtax.ledger.facts import spoken
from surtax.ledger.load import Ledger
from surtax.ledger.query import Provision
from surtax.ledger.rates import ENTRY, Rate
from surtax.ledger.schema import FactType
from surtax.units import cents, percent

_DIGITS = 12
"""Of a rate in an answer: more is what subtracting floats leaves, 0.15 - 0.106."""


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
        unit: for a duty per unit, the unit: the basis is then a quantity, and the rate an amount
            of money for each.
        because: sentences that say why the basis or the rate is what it is.
        drawback: what may be drawn back of it, with citation and note; None where its instruments
            do not speak of it.
        zone: what its instruments say of goods in a foreign trade zone; None where nothing.
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
    unit: str = ""
    drawback: dict[str, str] | None = None
    zone: dict[str, str] | None = None


def lines_of(
    declared: list[dict[str, float]],
    entry: Entry,
    general: float = float("nan"),
    units: Iterable[str] = (),
) -> Lines:
    """The entry once per set of facts, with its quantity in the units given."""
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
        general=np.full(n, general),
        quantities={
            unit: np.full(n, float(quantity / entry.value))
            for unit in units
            if (quantity := entry.quantity_in(unit)) is not None
        },
    )


def amount_of(
    entry: Entry, share: float, ad_valorem: float, least: float = 0.0, rate: Rate | None = None
) -> tuple[Decimal, Decimal]:
    """Basis value and duty, each to the cent; the duty at least a share of the whole value.

    Args:
        entry: the entry.
        share: the part of its value that the duty falls on.
        ad_valorem: what the rate comes to as a share of that part.
        least: the least share of the whole value.
        rate: the rate itself, where it has parts per unit; these are reckoned on the quantity.
    """
    part = _decimal(share)
    basis = cents(entry.value * part)
    if rate is not None and any(one.unit for one in rate.parts):
        duty = cents(_owing(rate, basis, part, entry))
    else:
        duty = cents(basis * _decimal(ad_valorem))
    return basis, max(duty, cents(entry.value * _decimal(least))) if least else duty


@lru_cache(maxsize=4096)
def _decimal(fraction: float) -> Decimal:
    return Decimal(repr(round(float(fraction), 12)))


def _owing(rate: Rate, basis: Decimal, part: Decimal, entry: Entry) -> Decimal:
    """What a rate with parts per unit owes on a basis and the same part of the quantity."""
    each = rate.per_unit * part * (entry.quantity_in(rate.unit) or Decimal(0))
    owing = max(each - basis, Decimal(0)) if rate.price else basis * _decimal(rate.value) + each
    if rate.other is None:
        return owing
    choose = max if rate.pick == "greater" else min
    return choose(owing, _owing(rate.other, basis, part, entry))


def layer_of(rule: Rule, stack: Stack, i: int, entry: Entry, ledger: Ledger) -> Layer:
    """The layer of rule `i` on the entry."""
    p = rule.provision
    share, ad_valorem = stack.share[0, i], stack.rate[0, i]
    rate = rule.rate_for(entry.origin)
    basis_value, amount = amount_of(entry, share, ad_valorem, rule.least, rate)
    line = lines_of([entry.facts], entry)
    held = [c for c in rule.bases if c.holds(line)[0]]
    words = " and ".join(_basis_words(c) for c in held) or "customs value"
    because = tuple(_why_basis(c, entry, ledger) for c in held)
    because += _why_rate(rule, entry, share, float(ad_valorem))
    rate_field = "rates" if entry.origin in rule.rates else "rate"
    citation = rule.cites.get(entry.origin) or p.cites.get(rate_field, p.citation)
    unit = ""
    if rate.unit and not (rate.value or rate.other or rate.price):
        unit, ad_valorem = rate.unit, rate.per_unit
        words = f"quantity in {unit}" if unit != ENTRY else "each entry"
        basis_value = (entry.quantity_in(unit) or Decimal(0)) * _decimal(share)
    return Layer(
        measure=p.id,
        title=p.title,
        authority=p.authority,
        instrument=citation.partition(", ")[0],
        citation=citation,
        basis=words,
        basis_value=basis_value,
        rate=round(float(ad_valorem), _DIGITS),
        amount=amount,
        because=because,
        unit=unit,
        **_terms(rule, line),
    )


BACK = {
    "none": "no drawback",
    "manufacturing": "manufacturing drawback alone",
    "all": "drawback available",
}
"""What may be drawn back, in words, the least first."""


def _terms(rule: Rule, line: Lines) -> dict[str, dict[str, str] | None]:
    """What the instruments say of drawback, the widest that holds, and of foreign trade zones."""
    held = [c.provision for c in rule.terms if c.holds(line)[0]]
    back = [p for p in held if p.kind == "drawback"]
    zones = [p for p in held if p.kind == "zone" and not p.fields.get("when")]
    widest = max(back, key=lambda p: list(BACK).index(p.fields["allowed"]), default=None)
    return {
        "drawback": None
        if widest is None
        else {"allowed": widest.fields["allowed"], **_told(widest)},
        "zone": _told(zones[-1]) if zones else None,
    }


def _told(p: Provision) -> dict[str, str]:
    return {"note": str(p.fields.get("note") or ""), "citation": p.citation}


def _why_rate(rule: Rule, entry: Entry, share: float, ad_valorem: float) -> tuple[str, ...]:
    """Sentences on an all-in rate, a minimum, and a value shared with another duty."""
    said = []
    rate = rule.rate_for(entry.origin)
    if rate.all_in:
        said.append(f"all-in {percent(rate.value)}, the general rate counted in")
    elif rate.text:
        said.append(f"the rate is {rate.text}")
    if rule.least > ad_valorem * share:
        said.append(f"at least {percent(rule.least)} of the whole value")
    for _, clause in rule.yields:
        if clause.rest and share < 1.0:
            note = clause.provision.fields.get("note") or "the rest of the value"
            said.append(f"{note} ({clause.provision.citation})")
    return tuple(dict.fromkeys(said))


def _basis_words(clause: Clause) -> str:
    if clause.share:
        return spoken(clause.share)
    return f"customs value less {spoken(str(clause.less))}"


def _why_basis(clause: Clause, entry: Entry, ledger: Ledger) -> str:
    name = str(clause.share or clause.less)
    kind = ledger.facts[name]
    note = clause.provision.fields.get("note") or ""
    if name in entry.facts:
        given = f"{entry.facts[name]:.6g}"
        said = f"{spoken(name)} declared as {given}; attested by: {kind.attested}"
    else:
        said = f"{spoken(name)} not declared: {kind.unproven}"
    return f"{note} ({clause.provision.citation}); {said}"


def suppressed(stack: Stack) -> list[dict[str, str]]:
    """Duties in scope of the first line that are not owed, with the sentence that says so."""
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


def without_rate(measure: str, title: str, citation: str) -> dict[str, str]:
    """A duty without a figure, since its rate is not known or it is a ban, as a row."""
    return {"measure": measure, "title": title, "citation": citation}


def unrated_row(p: Provision) -> dict[str, str]:
    """A provision without a figure, as a row: the one shape of `unknown` in every answer."""
    return without_rate(p.id, p.title, p.citation)


def asked_fact(name: str, kind: FactType) -> dict[str, str]:
    """A fact that matters and was not declared, as a row."""
    return {
        "fact": name,
        "type": kind.type,
        "unit": kind.unit,
        "meaning": kind.meaning,
        "attested": kind.attested,
        "until_then": kind.unproven,
    }


QUANTITY = "quantity"
"""The name under which a quantity is asked for."""


def asked_quantity(unit: str) -> dict[str, str]:
    """A quantity that matters and was not given, as a row."""
    return {
        "fact": QUANTITY,
        "type": "number",
        "unit": unit,
        "meaning": f"quantity in {unit}",
        "attested": "the importer",
        "until_then": "the part of the duty per unit is in no total",
    }
