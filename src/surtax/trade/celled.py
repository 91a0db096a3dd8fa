"""Duties added up by cell: what the kernel says of a line, times the line's imports in each cell.

A duty is so much of the value, and partners that the law treats alike owe the same of a line. So
no row is rated: a rule's duty is the sum over the rows whose lines it charges, by their cells.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from surtax import keeping
from surtax.duty.program import Program
from surtax.trade.claims import Claims
from surtax.trade.flows import Flows
from surtax.trade.numbers import parts
from surtax.trade.rating import Facts, Group, alike, answers, own_rates, rows_by, sums

Array = NDArray[np.float64]
Index = NDArray[np.int64]
KEPT = 8
"""Groupings of partners whose rows are kept."""


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


@dataclass(frozen=True, eq=False)
class _Share:
    """The rows of a group of partners.

    Attributes:
        cells: (c,) their cells. member: (c,) the place of each cell's partner among the group's.
        line, cell: (r,) index of each row's line, and of its cell among these.
        value, base: (r,) imports and base duty, of what claims no preference and what claims it.
    """

    cells: Index
    member: Index
    line: Index
    cell: Index
    value: tuple[Array, Array]
    base: tuple[Array, Array]

    def times(self, column: Array, *told: Array) -> list[Array]:
        """(c,) sums of a column of the rows times what is told of each line, which is nothing of
        the same lines.
        """
        on = np.flatnonzero((told[0] != 0.0)[self.line])
        cell, line, some = self.cell[on], self.line[on], column[on]
        return [sums(cell, some * one[line], len(self.cells)) for one in told]


class Celled:
    """Flows ready to be rated by cell.

    Args:
        flows, claims: what is rated.
        cell: (rows,) the cell of each row; a cell is of one partner.
        base: (rows,) duty collected beyond what the ledger rates.
    """

    def __init__(self, flows: Flows, claims: Claims, cell: Index, base: Array) -> None:
        self.flows, self.cell, self.base = flows, cell, base
        self.share = claims.aligned(flows)
        self.claiming = np.unique(flows.place_index[self.share > 0])
        self._kept: dict[tuple[tuple[int, ...], ...], list[_Share]] = {}

    def rate(self, program: Program, facts: Facts) -> Owed:
        """Duties under a program, for facts as `rate_rows` takes them."""
        n, m = int(self.cell.max()) + 1, len(program.rules)
        duty, hit = np.zeros((n, m), order="F"), np.zeros((n, m), order="F")
        reached, barred, lost = np.zeros(n), np.zeros(n), np.zeros(n)
        split = parts(self.flows)
        groups = alike(program, self.flows, self.claiming)
        kinds, told = answers(program, self.flows, facts, groups)

        def lines(table: Array) -> Array:
            return np.ascontiguousarray(split.lines(table[kinds.of]).T)

        for group, one in zip(groups, self._shares(groups), strict=True):
            own = own_rates(program, group)[one.member]
            for claimed in group.cases:
                value, (charged, stopped) = one.value[claimed], next(told)
                on = [(k, rule) for k, rule in enumerate(group.rules) if charged[:, rule].any()]
                rates = charged[:, [rule for _, rule in on]]
                touched = (rates > 0).astype(np.float64)
                if on:
                    any_of = lines(touched.max(axis=1))
                    reached[one.cells] += one.times(value, any_of)[0]
                for (k, rule), seen, rate in zip(on, lines(touched), lines(rates), strict=True):
                    found, owed = one.times(value, seen, rate)
                    hit[one.cells, rule] += found
                    duty[one.cells, rule] += owed * own[:, k]
                if stopped.any():
                    shut = lines(stopped)
                    barred[one.cells] += one.times(value, shut)[0]
                    lost[one.cells] += one.times(one.base[claimed], shut)[0]
        return Owed(duty, hit, reached, barred, lost)

    def _shares(self, groups: list[Group]) -> list[_Share]:
        """The rows of each group of partners; the latest are kept."""
        key = tuple((*group.members,) for group in groups)
        if key not in self._kept:
            keeping.room(self._kept, KEPT)
            self._kept[key] = [self._share(*one) for one in rows_by(groups, self.flows)]
        return self._kept[key]

    def _share(self, group: Group, rows: Index) -> _Share:
        flows, share = self.flows, self.share[rows]
        cells, cell = np.unique(self.cell[rows], return_inverse=True)
        partner = np.empty(len(cells), dtype=np.int64)
        partner[cell] = flows.place_index[rows]
        value, base = flows.value[rows], self.base[rows]
        return _Share(
            cells, np.searchsorted(group.members, partner), flows.code_index[rows],
            cell.astype(np.int64), (value * (1.0 - share), value * share),
            (base * (1.0 - share), base * share),
        )  # fmt: skip
