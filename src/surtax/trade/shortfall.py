"""Where less of a measure was collected in the flows' year than its lists charge, and why.

A line's shortfall is what the general rate and the ledger's duties come to on its imports, less the
duty calculated, exclusions taken off as they are used. It is told by what the law itself says of
the line: that importers may claim an exclusion, that a list names a part of it alone, or nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from surtax.duty.lines import Codes
from surtax.duty.program import compile_view
from surtax.ledger.query import View
from surtax.trade.claims import no_claims
from surtax.trade.exclusions import PARTNER, ended, excluded
from surtax.trade.flows import Flows, Mask
from surtax.trade.rating import declared_facts, general_rates, rate_rows

Array = NDArray[np.float64]

MEASURE = "us/s301/china"
LISTS = {
    "exclusions may be claimed": ["@exclusions", "8486.10.00", "8486.20.00", "8486.40.00"],
    "a part of the line alone is listed": ["@list-3-note-20g"],
}
"""By reason, the goods of which the law says it; the first that holds counts."""
ENDED = "an exclusion ended on 14 June 2024"
OTHER = "lines listed as a whole"
OUTSIDE = "lines on no list"


@dataclass(frozen=True)
class Shortfall:
    """What lines paid less than their lists charge, for one reason.

    Attributes:
        reason: what the law says of the lines.
        lines: how many lines paid less.
        value: their imports, US$.
        free: imports, US$, that would have to have paid nothing of the measure for the duty to be
            as calculated.
        duty: the shortfall, US$; lines that paid more are taken off.
        points: that over all imports of the partner, a fraction.
        largest: subheadings, six digits, and their shortfall in US$, the largest three.
    """

    reason: str
    lines: int
    value: float
    free: float
    duty: float
    points: float
    largest: tuple[tuple[str, float], ...]


def shortfalls(view: View, flows: Flows) -> list[Shortfall]:
    """The shortfall of duties on China by reason, the largest first; they add up to all of it.

    Flows without duties on China have none to tell.

    Args:
        view: the law of a day of the flows' year.
        flows: imports with their duty.
    """
    mine = flows.of(PARTNER).with_duty()
    if not len(mine):
        return []
    program = compile_view(view, flows.into)
    measure, owed = np.zeros(len(mine)), np.zeros(len(mine))
    for block in rate_rows(program, mine, no_claims(), declared_facts({})):
        owed[block.rows] += block.charged.sum(axis=1)
        for position, rule in enumerate(block.rules):
            if program.rules[rule].provision.measure == MEASURE:
                measure[block.rows] += block.charged[:, position]
    law = (general_rates(mine)[mine.code_index] + owed) * mine.value - excluded(view, mine)
    short = law - mine.duty
    free = np.divide(short, measure, out=np.zeros(len(mine)), where=measure > 0)
    free = np.clip(free, 0.0, mine.value)
    left = measure > 0
    groups: dict[str, Mask] = {OUTSIDE: ~left}
    lists = {reason: view.ledger.codes(MEASURE, goods) for reason, goods in LISTS.items()}
    for reason, prefixes in {**lists, ENDED: ended()}.items():
        groups[reason] = left & Codes(mine.codes).under(prefixes)[mine.code_index]
        left = left & ~groups[reason]
    groups[OTHER] = left
    total = mine.imports()
    found = [_told(name, here, mine, short, free, total) for name, here in groups.items()]
    return sorted(found, key=lambda one: -one.duty)


def _told(
    reason: str, here: Mask, flows: Flows, short: Array, free: Array, total: float
) -> Shortfall:
    below = here & (short > 0)
    heads, index = np.unique(flows.codes.astype("U6")[flows.code_index], return_inverse=True)
    by_head = np.bincount(index, np.where(here, short, 0.0), minlength=len(heads))
    largest = np.argsort(-by_head)[:3]
    return Shortfall(
        reason,
        len(np.unique(flows.code_index[below])),
        float(flows.value[below].sum()),
        float(free[here].sum()),
        float(short[here].sum()),
        float(short[here].sum()) / total,
        tuple((str(heads[k]), float(by_head[k])) for k in largest if by_head[k] > 0),
    )
