"""Duties added up by cell: what the kernel says of a line, times the line's imports in each cell.

A duty is so much of the value, and partners that the law treats alike owe the same of a line. So
the duties of all their cells are one product: imports by cell and line, times the answers by line.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from surtax.duty.program import Program
from surtax.trade.claims import Claims
from surtax.trade.flows import Flows
from surtax.trade.numbers import STATISTICAL, parts
from surtax.trade.rating import Facts, Group, alike, answers, own_rates

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Array = NDArray[np.float64]
Index = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Owed:
    """Duties by cell.

    Attributes:
        duty, hit: (cells, rules) duty, and value on which the rule charges.
        reached: (cells,) value on which any rule charges.
        barred: (cells,) value that may not enter; nothing is charged on it.
        lost: (cells,) base duty on what may not enter.
    """

    duty: Array
    hit: Array
    reached: Array
    barred: Array
    lost: Array


class Celled:
    """Flows ready to be rated by cell.

    Args:
        flows, claims: what is rated.
        cell: (rows,) the cell of each row; a cell is of one partner.
        base: (rows,) duty collected beyond what the ledger rates.
    """

    def __init__(self, flows: Flows, claims: Claims, cell: Index, base: Array) -> None:
        self.flows = flows
        self.cells = int(cell.max()) + 1
        self.partner = np.zeros(self.cells, dtype=np.int64)
        self.partner[cell] = flows.place_index
        share = claims.aligned(flows)
        self.claiming = np.unique(flows.place_index[share > 0])
        self.value = self._by_line(cell, flows.value, share)
        self.base = self._by_line(cell, base, share)

    def _by_line(self, cell: Index, column: Array, share: Array) -> tuple[csr_array, csr_array]:
        """(cells, lines) of a column, what claims no preference and what claims it.

        Estimated low-value shipments, which are not rated, are left out.
        """
        from scipy.sparse import csr_array

        flows = self.flows
        rated = (flows.codes.astype("U2") != STATISTICAL)[flows.code_index]
        column, share = column[rated], share[rated]
        at, shape = (cell[rated], flows.code_index[rated]), (self.cells, len(flows.codes))
        plain, claimed = column * (1.0 - share), column * share
        return csr_array((plain, at), shape=shape), csr_array((claimed, at), shape=shape)

    def rate(self, program: Program, facts: Facts) -> Owed:
        """Duties under a program, for facts as `rate_rows` takes them."""
        n, m = self.cells, len(program.rules)
        duty, hit = np.zeros((n, m), order="F"), np.zeros((n, m), order="F")
        reached, barred, lost = np.zeros(n), np.zeros(n), np.zeros(n)
        split = parts(self.flows)
        groups = _grouped(self, program)
        told = answers(program, self.flows, facts, [group for group, _, _ in groups])
        for group, cells, own in groups:
            k = len(group.rules)
            for claimed in group.cases:
                charged, stopped = next(told)
                charged = charged[:, group.rules]
                touched = (charged > 0).astype(np.float64)
                said = [charged, touched, touched.max(axis=1, keepdims=True), stopped[:, None]]
                lines = split.lines(np.concatenate(said, axis=1))
                found = self.value[claimed][cells] @ lines
                duty[cells[:, None], group.rules] += found[:, :k] * own
                hit[cells[:, None], group.rules] += found[:, k : 2 * k]
                reached[cells] += found[:, 2 * k]
                barred[cells] += found[:, -1]
                if stopped.any():
                    lost[cells] += self.base[claimed][cells] @ lines[:, -1]
        return Owed(duty, hit, reached, barred, lost)


@lru_cache(maxsize=16)
def _grouped(celled: Celled, program: Program) -> list[tuple[Group, Index, Array]]:
    """Groups of partners, the cells of each and, (cells, rules), what they pay of its rates."""
    found = []
    for group in alike(program, celled.flows, celled.claiming):
        cells = np.flatnonzero(np.isin(celled.partner, group.members))
        own = own_rates(program, group)[np.searchsorted(group.members, celled.partner[cells])]
        found.append((group, cells, own))
    return found
