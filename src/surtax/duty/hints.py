"""What a person may have meant otherwise: input that is taken as it stands and says nothing."""

from __future__ import annotations

from collections.abc import Iterable

from surtax import goods, places
from surtax.duty.entry import Entry
from surtax.duty.layers import Layer, lines_of
from surtax.duty.program import Program
from surtax.ledger.rates import ENTRY

COMMON = 6
"""Digits of a code that are the same in every country."""


def hints(
    program: Program, entry: Entry, layers: Iterable[Layer], asked: Iterable[str]
) -> tuple[str, ...]:
    """Sentences on input that changed nothing; empty where there is none.

    Args:
        program: the importer's program.
        entry: the line of entry.
        layers: duties and fees owed.
        asked: units of the quantities that the answer asks for.
    """
    said = [_other_tariff(program, entry), _idle_quantity(program, entry, layers, asked)]
    return tuple(filter(None, said))


def _other_tariff(program: Program, entry: Entry) -> str:
    """That a code is on no list of the importer, while others under the same six digits are."""
    if entry.into == "US":
        return ""  # the schedule itself says that it has no such line
    line = lines_of([entry.facts], entry)
    six = entry.goods[:COMMON]
    listed: set[str] = set()
    for rule in program.rules:
        near = {code for code in rule.scope.goods or () if code[:COMMON] == six != code}
        if near and rule.scope.of_origins(line)[0]:
            listed |= near
    met = any(entry.goods.startswith(code) or code.startswith(entry.goods) for code in listed)
    if met or not listed:
        return ""
    named = ", ".join(goods.dotted(code) for code in sorted(listed)[:4])
    more = " …" if len(listed) > 4 else ""
    return (
        f"{goods.dotted(entry.goods)} is on no list of {places.place(entry.into).name}; under "
        f"{goods.dotted(six)} its lists have {named}{more}. The digits after the sixth are each "
        "country's own"
    )


def _idle_quantity(
    program: Program, entry: Entry, layers: Iterable[Layer], asked: Iterable[str]
) -> str:
    """That no rate on the goods asks for the quantity, or for its unit."""
    if entry.quantity is None and not entry.unit:
        return ""
    line = lines_of([entry.facts], entry)
    units = {layer.unit for layer in layers} | set(asked)
    for rule in program.rules:
        if rule.scope.covers(line)[0]:
            units |= set(rule.rate_for(entry.origin).units)
    units -= {"", ENTRY}
    if entry.quantity is None:
        return f"the unit {entry.unit} stands without a quantity"
    given = f"{entry.quantity.normalize():f} {entry.unit}".strip()
    if not units:
        return f"no rate on these goods asks for a quantity: {given} changes nothing"
    if entry.unit and entry.unit not in units:
        return f"the quantity is asked for in {', '.join(sorted(units))}: {given} changes nothing"
    return ""
