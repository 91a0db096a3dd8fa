"""Duties added up by cell: what the kernel says of a line, times the line's imports in each cell.

A duty is so much of the value, and partners that the law treats alike owe the same of a line. So
no row is rated: a rule's duty is the sum over the rows whose lines it charges, by their cells.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from surtax.duty.program import Program
from surtax.trade.claims import Claims
from surtax.trade.flows import Flows
from surtax.trade.numbers import parts
from surtax.trade.rating import Facts, Group, alike, answers, own_rates, rows_by, sums

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


@dataclass(frozen=True, eq=False)
class _Share:
    """The rows of a group of partners.

    Attributes:
        group: the partners.
        cells: (c,) their cells. own: (c, rules) what each pays of the first partner's rates.
        line, cell: (r,) index of each row's line, and of its cell among these.
        value, base: (r,) imports and base duty, of what claims no preference and what claims it.
    """

    group: Group
    cells: Index
    own: Array
    line: Index
    cell: Index
    value: tuple[Array, Array]
    base: tuple[Array, Array]

    def times(self, column: Array, told: Array) -> Array:
        """(c,) sums of a column of the rows times what is told of each line."""
        on = np.flatnonzero((told != 0.0)[self.line])
        return sums(self.cell[on], column[on] * told[self.line[on]], len(self.cells))


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

    def rate(self, program: Program, facts: Facts) -> Owed:
        """Duties under a program, for facts as `rate_rows` takes them."""
        n, m = int(self.cell.max()) + 1, len(program.rules)
        duty, hit = np.zeros((n, m), order="F"), np.zeros((n, m), order="F")
        reached, barred, lost = np.zeros(n), np.zeros(n), np.zeros(n)
        split = parts(self.flows)
        shares = _shares(self, program)
        kinds, told = answers(program, self.flows, facts, [one.group for one in shares])

        def lines(column: Array) -> Array:
            return split.lines(column[kinds.of])

        for one in shares:
            for claimed in one.group.cases:
                value, (charged, stopped) = one.value[claimed], next(told)
                touched = (charged > 0).astype(np.float64)
                any_of = touched[:, one.group.rules].max(axis=1)
                reached[one.cells] += one.times(value, lines(any_of))
                for position, rule in enumerate(one.group.rules):
                    if not touched[:, rule].any():
                        continue
                    seen, rate = lines(touched[:, rule]), lines(charged[:, rule])
                    hit[one.cells, rule] += one.times(value, seen)
                    duty[one.cells, rule] += one.times(value, rate) * one.own[:, position]
                if stopped.any():
                    shut = lines(stopped)
                    barred[one.cells] += one.times(value, shut)
                    lost[one.cells] += one.times(one.base[claimed], shut)
        return Owed(duty, hit, reached, barred, lost)


@lru_cache(maxsize=16)
def _shares(celled: Celled, program: Program) -> list[_Share]:
    """The rows by groups of partners that a program treats alike."""
    flows, found = celled.flows, []
    for group, rows in rows_by(alike(program, flows, celled.claiming), flows):
        cells, cell = np.unique(celled.cell[rows], return_inverse=True)
        partner = np.empty(len(cells), dtype=np.int64)
        partner[cell] = flows.place_index[rows]
        own = own_rates(program, group)[np.searchsorted(group.members, partner)]
        share, value, base = celled.share[rows], flows.value[rows], celled.base[rows]
        found.append(
            _Share(
                group, cells, own, flows.code_index[rows], cell.astype(np.int64),
                (value * (1.0 - share), value * share), (base * (1.0 - share), base * share),
            )
        )  # fmt: skip
    return found
