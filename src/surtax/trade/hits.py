"""What a measure hits: lines, value and duty, by partner, sector and line."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from surtax.duty.program import compile_view
from surtax.errors import InputError, unknown
from surtax.ledger import Ledger
from surtax.trade.claims import BASE_YEAR, claims_for
from surtax.trade.effective import Effective, cells_of, effective, embedded_flows
from surtax.trade.flows import Flows
from surtax.trade.rating import declared_facts, rate_rows, sums

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Hits:
    """What some measures charge on a year's imports.

    Attributes:
        found: effective rates of the day, with the cells.
        measures: those of the measures that are in force.
        charged: by measure, the partners of whose goods it charges some.
        value: (c,) customs value that they charge, each dollar once.
        duty: (c,) what they take.
        reached: (rows,) whether a row of the flows is charged.
        flows: the imports.
    """

    found: Effective
    measures: tuple[str, ...]
    charged: dict[str, frozenset[str]]
    value: Array
    duty: Array
    reached: NDArray[np.bool_]
    flows: Flows

    def charging(self, partner: str) -> list[str]:
        """The measures that charge some of a partner's goods."""
        return [name for name in self.measures if partner in self.charged.get(name, ())]

    def lines(self, partner: str | None = None) -> dict[str, int]:
        """By sector, the number of lines charged, of a partner's goods or of all."""
        rows = self.reached if partner is None else self.reached & (self.flows.place == partner)
        sectors = self.flows.sectors()[rows]
        return {
            name: len(np.unique(self.flows.hs10[rows][sectors == name]))
            for name in np.unique(sectors).tolist()
        }


def hits(
    ledger: Ledger,
    on: date,
    known: date | None = None,
    *,
    measures: Collection[str] = (),
    into: str = "US",
    threatened: bool = False,
) -> Hits:
    """What measures charge on a year's imports under the law of a day.

    Args:
        ledger: the law.
        on, known: the days of law and of knowledge.
        measures: by name, or folders such as us/s232; all of the importer unless given.
        into: the importing place.
        threatened: count threats as carried out.

    Raises:
        UnknownNameError: a measure that does not exist.
        InputError: measures of another importer.
    """
    flows = embedded_flows(into)
    chosen = _chosen(ledger, measures, flows.into)
    found = effective(ledger, on, known, into=into, threatened=threatened, flows=flows)
    program = compile_view(found.view, flows.into)
    names = np.array([rule.provision.measure for rule in program.rules])
    wanted = np.isin(names, list(chosen))
    _, cell = cells_of(flows)
    value, duty = np.zeros(len(flows)), np.zeros(len(flows))
    charged: dict[str, set[str]] = {}
    shares = claims_for(flows.into, BASE_YEAR, on)
    for block in rate_rows(program, flows, shares, declared_facts({})):
        mine = wanted[block.rules]
        if mine.any():
            value[block.rows] = block.touched[:, mine].max(axis=1) * flows.value[block.rows]
            duty[block.rows] = block.charged[:, mine].sum(axis=1) * flows.value[block.rows]
            for rule, touched in zip(
                np.asarray(block.rules)[mine], block.touched[:, mine].T, strict=True
            ):
                places = np.unique(flows.place[block.rows[touched > 0]]).tolist()
                charged.setdefault(str(names[rule]), set()).update(places)
    n = len(found.imports)
    return Hits(
        found,
        tuple(sorted({str(name) for name in names[wanted]})),
        {name: frozenset(places) for name, places in charged.items()},
        sums(cell, value, n),
        sums(cell, duty, n),
        value > 0,
        flows,
    )


def _chosen(ledger: Ledger, names: Collection[str], into: str) -> set[str]:
    own = {m.measure for m in ledger.by_imposer.get(into, [])}
    if not names:
        return own
    chosen: set[str] = set()
    for name in names:
        found = {m for m in ledger.measures if f"{m}/".startswith(f"{name.rstrip('/')}/")}
        if not found:
            raise unknown("measure", name, ledger.measures, where="--measure")
        if not found & own:
            raise InputError(
                f"{name} is no measure of {into}.", where="--measure",
                mend="Name a measure of the importer on the other side.",
            )  # fmt: skip
        chosen |= found & own
    return chosen
