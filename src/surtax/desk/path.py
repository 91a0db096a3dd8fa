"""Effective rates of every day as known on any day, rated in the background, nearest day first.

What the law says on a day is mostly the same seen from one day of knowledge and from another; what
a saying of the law owes is summed once and kept. A rate's range over the assumed shares of content
follows the rate: that of the day asked about at once, all others when every day has its rate.
"""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surtax import keeping
from surtax.desk.busy import AT_WORK
from surtax.desk.store import once
from surtax.duty.program import Program, compile_view
from surtax.ledger import Ledger
from surtax.scenario.steered import contents
from surtax.trade.assumptions import assumptions
from surtax.trade.claims import BASE_YEAR, claims_for
from surtax.trade.effective import FLOWS, embedded_flows
from surtax.trade.flows import Flows
from surtax.trade.rating import sums
from surtax.trade.standing import BARRED, Standing, signature, standing, turning_days

Array = NDArray[np.float64]
PATHS = 48
"""Days of knowledge whose paths are kept."""
SAYINGS = 4096
"""Sayings of the law of which it is kept what they owe, some tens of kilobytes each."""
WAIT = 0.4
"""Seconds that a question waits for the day it asks about."""
LEISURE = 20.0
"""Seconds that the days around it leave to other answers, at most, before the next of them."""
CENTRAL, *ENDS = ("central", "low", "high")
"""Levels of the assumed shares of content: that of the rate, and those of its range."""


@dataclass(frozen=True, eq=False)
class Cell:
    """What the imports owe under one saying of the law.

    Attributes:
        duty: by authority, (partners,) duty.
        barred: (partners,) customs value that may not enter.
        unknown: ids of duties whose rate is not known and that are in no total.
    """

    duty: dict[str, Array]
    barred: Array
    unknown: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Path:
    """The days of a span on which the law changes, as known on a day, and what was rated of them.

    Attributes:
        into: the importing place.
        known: the day of knowledge.
        turns: (t,) days.
        cells: (t,) what is owed from each on; None until it was rated.
        ends: (t,) what is owed at each of `ENDS`, (partners,) all authorities; None until then.
    """

    into: str
    known: date
    turns: tuple[date, ...]
    cells: list[Cell | None]
    ends: list[tuple[Array, ...] | None]

    @property
    def done(self) -> int:
        """How many days were rated."""
        return sum(cell is not None for cell in self.cells)

    @property
    def ranged(self) -> int:
        """How many days have the range of their rate."""
        return sum(ends is not None for ends in self.ends)

    def here(self, on: date) -> int:
        """The turn from which the law of a day stands."""
        return bisect_right(self.turns, on) - 1

    def next(self, on: date) -> tuple[list[Any], int] | None:
        """What is to be rated next, for a day; None where nothing is left."""
        here = self.here(on)
        for column in (self.cells, self.ends):
            if column[here] is None:
                return column, here
        for column in (self.cells, self.ends):
            left = [k for k, found in enumerate(column) if found is None]
            if left:
                return column, min(left, key=lambda k: abs(k - here))
        return None


@dataclass(eq=False)
class Paths:
    """Paths into one place, and the thread that rates the one asked for last.

    Attributes:
        law: the ledger.
        into: the importing place.
    """

    law: Ledger
    into: str
    flows: Flows
    imports: Array
    _kept: OrderedDict[date, Path] = field(default_factory=OrderedDict)
    _cells: dict[Any, Cell] = field(default_factory=dict)
    _ends: dict[Any, tuple[Array, ...]] = field(default_factory=dict)
    _wanted: tuple[Path, date] | None = None
    _states: dict[str, Standing] = field(default_factory=dict)
    _lock: threading.Condition = field(default_factory=threading.Condition)
    _running: bool = False
    _failed: bool = False

    def ask(self, on: date, known: date) -> Path:
        """The path as known on a day, as far as it was rated; the rest follows, nearest first.

        Raises:
            RuntimeError: the last rating failed; asked once more it is tried again.
        """
        with self._lock:
            if self._failed:
                self._failed = False
                raise RuntimeError(f"days into {self.into} could not be rated.")
            path = self._kept.get(known) or self._new(known)
            self._kept[known] = path
            self._kept.move_to_end(known)
            while len(self._kept) > PATHS:
                self._kept.popitem(last=False)
            if path.next(on):
                self._wanted = (path, on)
                if not self._running:
                    self._running = True
                    threading.Thread(target=self._work, daemon=True).start()
                here = path.here(on)
                self._lock.wait_for(lambda: path.cells[here] is not None, timeout=WAIT)
        return path

    def _new(self, known: date) -> Path:
        first, last = self.law.manifest.complete_from, self.law.verified_to
        turns = tuple(turning_days(self.law, self.into, first, last, known))
        return Path(self.into, known, turns, [None] * len(turns), [None] * len(turns))

    def _work(self) -> None:
        """Rate what is wanted until nothing is."""
        try:
            while True:
                with self._lock:
                    wanted = self._wanted
                    found = wanted[0].next(wanted[1]) if wanted else None
                    if wanted is None or found is None:
                        self._running, self._wanted = False, None
                        return
                path, on = wanted
                if path.cells[path.here(on)] is not None:
                    AT_WORK.stand_back(LEISURE, unless=partial(self._other, wanted))
                    if self._other(wanted):
                        continue
                column, at = found
                program = compile_view(self.law.at(path.turns[at], path.known), self.into)
                rated = (self._cell if column is path.cells else self._range)(program)
                with self._lock:
                    column[at] = rated
                    self._lock.notify_all()
        except Exception:
            with self._lock:
                self._running, self._failed = False, True
            raise

    def _other(self, wanted: tuple[Path, date]) -> bool:
        """Whether another day was asked for since."""
        return self._wanted != wanted

    def _cell(self, program: Program) -> Cell:
        said = signature(program)
        if said not in self._cells:
            keeping.room(self._cells, SAYINGS)
            duty = self._rated(CENTRAL, program)
            barred = duty.pop(BARRED)
            provisions = (rule.provision for rule in program.rules)
            unknown = tuple(dict.fromkeys(p.id for p in provisions if p.open_rate))
            self._cells[said] = Cell({k: v for k, v in duty.items() if v.any()}, barred, unknown)
        return self._cells[said]

    def _range(self, program: Program) -> tuple[Array, ...]:
        said = signature(program)
        if said not in self._ends:
            keeping.room(self._ends, SAYINGS)
            measures = {rule.provision.measure for rule in program.rules}
            if measures.isdisjoint(one.measure for one in assumptions()):
                owed = sum(self._cell(program).duty.values(), np.zeros(len(self.imports)))
                self._ends[said] = (owed,) * len(ENDS)
            else:
                self._ends[said] = tuple(self._owed(level, program) for level in ENDS)
        return self._ends[said]

    def _owed(self, level: str, program: Program) -> Array:
        duty = self._rated(level, program)
        del duty[BARRED]
        return sum(duty.values(), np.zeros(len(self.imports)))

    def _rated(self, level: str, program: Program) -> dict[str, Array]:
        """By authority, (partners,) duty with the assumed shares of content at a level."""
        if level not in self._states:
            shares = claims_for(self.into, BASE_YEAR, program.view.on)
            self._states[level] = standing(self.law, self.flows, shares, contents(level))
        return self._states[level].turn(program)


@once
def paths(law: Ledger, into: str) -> Paths:
    """The paths into a place of which imports are embedded."""
    flows = embedded_flows(into)
    imports = sums(flows.place_index, flows.value, len(flows.places_))
    return Paths(law, into, flows, imports)


def rated() -> tuple[str, ...]:
    """The places into which imports are embedded."""
    return tuple(FLOWS)
