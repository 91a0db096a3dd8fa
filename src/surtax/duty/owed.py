"""What profiles owe, reckoned for the lines of a block: each duty of a line in cents."""

from __future__ import annotations

import numpy as np

from surtax.duty.block import Block
from surtax.duty.exact import ONE, Numbers, Whole, scaled, times
from surtax.duty.layers import amount_of
from surtax.duty.lines import Floats, Index
from surtax.duty.profiles import Found, Kernel


def write(
    block: Block,
    rows: Index,
    general: Floats,
    found: Found,
    profile: Index | Numbers,
    kernel: Kernel | None = None,
) -> None:
    """Write what was found of profiles to their lines; by quantity under a kernel's law.

    Args:
        block: the lines.
        rows: (m,) some of them, in order.
        general: (m,) the general rate over the value.
        found: what was found.
        profile: (m,) of which profile each line is.
        kernel: the law, where a duty may go by the quantity.
    """
    spoken = np.flatnonzero(found.spoken[profile])  # few
    line, told = rows[spoken], profile[spoken]
    block.barred[line] = found.barred[told]
    block.unknown[line], block.missing[line] = found.unknown[told], found.missing[told]
    count, odd = found.count[profile], found.odd
    first = int(block.words.places.texts[block.into[rows[0]]] == "US")
    at = np.flatnonzero(count)
    duty = found.start[profile[at]] - 1
    for place in range(int(found.count.max(initial=0))):
        if place:
            more = np.flatnonzero(count[at] > place)
            at, duty = at[more], duty[more]
        if not len(at):
            break
        duty += 1
        line = rows[at]
        value, rate = block.value[line], found.rate[duty]
        some = np.flatnonzero(odd[duty])  # few
        top = found.top[duty[some]]
        all_in = np.flatnonzero(~np.isnan(top))
        left = np.maximum(top[all_in] - general[at[some[all_in]]], 0.0)
        rate[some[all_in]] = scaled(left)
        amount = times(value, rate)
        told = duty[some]
        amount[some] = _amounts(value[some], rate[some], found.share[told], found.least[told])
        if kernel is not None and len(kernel.by_quantity):
            for i in np.flatnonzero(np.isin(found.rule[duty], kernel.by_quantity)).tolist():
                entry, rule = block.entry(line[i]), kernel.program.rules[found.rule[duty[i]]]
                share, ad_valorem = found.share[duty[i]] / ONE, rate[i] / ONE
                charge = rule.rate_for(entry.origin)
                exact = amount_of(entry, share, ad_valorem, rule.least, charge)
                amount[i] = int(exact[1] * 100)
        block.add(line, found.column[duty], amount, first + place)


def _amounts(value: Whole, rate: Whole, share: Whole, least: Whole) -> Whole:
    """(e,) what duties come to, in cents."""
    basis = value
    part = np.flatnonzero(share != ONE)
    if len(part):
        basis = value.copy()
        basis[part] = times(value[part], share[part])
    amount = times(basis, rate)
    if least.any():
        amount = np.maximum(amount, times(value, least))
    return amount
