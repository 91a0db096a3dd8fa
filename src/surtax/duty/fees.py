"""User fees and internal taxes at the border: charged beside the duties, and in no duty total."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np

from surtax.duty.corners import open_facts
from surtax.duty.entry import Entry
from surtax.duty.layers import Layer, asked_fact, layer_of, lines_of, suppressed
from surtax.duty.narrow import narrowed
from surtax.duty.program import Rule, compile_view
from surtax.duty.stack import Stack, evaluate
from surtax.ledger.query import View
from surtax.ledger.rates import read_amount
from surtax.units import amount


@dataclass(frozen=True)
class Fees:
    """Fees that the entry owes, those that cover it and are not owed, and facts that would tell.

    Attributes:
        owed: what it owes.
        suppressed: what it does not owe, with the sentence that says so.
        facts: facts that were not declared and move some fee.
    """

    owed: tuple[Layer, ...] = ()
    suppressed: tuple[dict[str, str], ...] = ()
    facts: tuple[dict[str, str], ...] = ()


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
    left = open_facts(program, entry, view.ledger)
    cases = [(name, v) for name, values in left.items() for v in values if v is not None]
    declared = [entry.facts, *({**entry.facts, name: v} for name, v in cases)]
    stack = evaluate(program, lines_of(declared, entry, units=program.units(entry.origin)))
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
    moved = dict.fromkeys(name for row, (name, _) in enumerate(cases, 1) if _differs(stack, row))
    asked = tuple(asked_fact(name, view.ledger.facts[name]) for name in moved)
    return Fees(tuple(owed), tuple(suppressed(stack)), asked)


def _differs(stack: Stack, row: int) -> bool:
    """Whether other fees, or on another value, are owed in a row than in the first."""
    here, first = stack.applies[row], stack.applies[0]
    rate = np.nan_to_num(stack.rate, nan=-1.0)  # so that rates not known are equal
    same = (stack.share[row] == stack.share[0]) & (rate[row] == rate[0])
    return bool((here != first).any() or (here & ~same).any())


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
