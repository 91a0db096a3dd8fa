"""User fees and internal taxes at the border: charged beside the duties, and in no duty total."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from surtax.duty.entry import Entry
from surtax.duty.layers import Layer, layer_of, lines_of, suppressed
from surtax.duty.narrow import narrowed
from surtax.duty.program import Rule, compile_view
from surtax.duty.stack import evaluate
from surtax.ledger.query import View
from surtax.ledger.rates import read_amount
from surtax.units import amount


@dataclass(frozen=True)
class Fees:
    """Fees that the entry owes, and those that cover it and are not owed."""

    owed: tuple[Layer, ...]
    suppressed: tuple[dict[str, str], ...]


def fees(view: View, entry: Entry, duties: Decimal) -> Fees:
    """The fees of one entry.

    A fee's least and most are those of a whole entry; this line is taken to be all of it.

    Args:
        view: the ledger on a day, as known on a day.
        entry: the line of entry.
        duties: what it owes in duties, for fees on the value with the duties.
    """
    whole = compile_view(view, entry.into, kind="fee")
    program = narrowed(whole, entry.goods, entry.origin)
    stack = evaluate(program, lines_of([entry.facts], entry, units=program.units(entry.origin)))
    owed = []
    for i, rule in enumerate(program.rules):
        if not stack.applies[0, i]:
            continue
        paid = rule.provision.fields.get("base") == "duty-paid"
        charged = replace(entry, value=entry.value + duties) if paid else entry
        layer = layer_of(rule, stack, i, charged, view.ledger)
        if paid:
            layer = replace(layer, basis="value with the duties")
        owed.append(_within(layer, rule))
    return Fees(tuple(owed), tuple(suppressed(stack)))


def _within(layer: Layer, rule: Rule) -> Layer:
    """The layer, brought up to the fee's least or down to its most."""
    for bound, choose, words in (("minimum", max, "at least"), ("maximum", min, "at most")):
        said = rule.provision.fields.get(bound)
        if said is None:
            continue
        money, currency = read_amount(said)
        bounded = choose(layer.amount, money)
        if bounded != layer.amount:
            reason = f"{words} {currency} {amount(money)} for an entry"
            layer = replace(layer, amount=bounded, because=(*layer.because, reason))
    return layer
