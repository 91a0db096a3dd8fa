"""Effective rates of every day as known on any day, rated in the background, nearest day first.

What the law says on a day is mostly the same seen from one day of knowledge and from another; what
a saying of the law owes is summed once and kept.
"""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surtax.desk.store import once
from surtax.duty.program import compile_view
from surtax.ledger import Ledger
from surtax.trade.claims import BASE_YEAR, claims_for
from surtax.trade.effective import FLOWS, embedded_flows
from surtax.trade.flows import Flows
from surtax.trade.rating import sums
from surtax.trade.standing import BARRED, Standing, signature, standing, turning_days

Array = NDArray[np.float64]
PATHS = 48
"""Days of knowledge whose paths are kept."""
WAIT = 0.4
"""Seconds that a question waits for the day it asks about."""


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
    """

    into: str
    known: date
    turns: tuple[date, ...]
    cells: list[Cell | None]

    @property
    def done(self) -> int:
        """How many days were rated."""
        return sum(cell is not None for cell in self.cells)

    def nearest(self, on: date) -> int | None:
        """The day yet to be rated that is nearest to a day; None where none is left."""
        here = bisect_right(self.turns, on) - 1
        left = [k for k, cell in enumerate(self.cells) if cell is None]
        return min(left, key=lambda k: abs(k - here), default=None)


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
    _wanted: tuple[Path, date] | None = None
    _state: Standing | None = None
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
            if path.done < len(path.turns):
                self._wanted = (path, on)
                if not self._running:
                    self._running = True
                    threading.Thread(target=self._work, daemon=True).start()
                here = bisect_right(path.turns, on) - 1
                self._lock.wait_for(lambda: path.cells[here] is not None, timeout=WAIT)
        return path

    def _new(self, known: date) -> Path:
        first, last = self.law.manifest.complete_from, self.law.verified_to
        turns = tuple(turning_days(self.law, self.into, first, last, known))
        return Path(self.into, known, turns, [None] * len(turns))

    def _work(self) -> None:
        """Rate what is wanted until nothing is."""
        try:
            while True:
                with self._lock:
                    path, on = self._wanted or (None, None)
                    at = path.nearest(on) if path and on else None
                    if path is None or at is None:
                        self._running, self._wanted = False, None
                        return
                cell = self._cell(path.turns[at], path.known)
                with self._lock:
                    path.cells[at] = cell
                    self._lock.notify_all()
        except Exception:
            with self._lock:
                self._running, self._failed = False, True
            raise

    def _cell(self, on: date, known: date) -> Cell:
        program = compile_view(self.law.at(on, known), self.into)
        said = signature(program)
        if said not in self._cells:
            if self._state is None:
                shares = claims_for(self.into, BASE_YEAR, on)
                self._state = standing(self.law, self.flows, shares)
            duty = self._state.turn(program)
            barred = duty.pop(BARRED)
            provisions = (rule.provision for rule in program.rules)
            unknown = tuple(dict.fromkeys(p.id for p in provisions if p.open_rate))
            self._cells[said] = Cell({k: v for k, v in duty.items() if v.any()}, barred, unknown)
        return self._cells[said]


@once
def paths(law: Ledger, into: str) -> Paths:
    """The paths into a place of which imports are embedded."""
    flows = embedded_flows(into)
    imports = sums(flows.place_index, flows.value, len(flows.places_))
    return Paths(law, into, flows, imports)


def rated() -> tuple[str, ...]:
    """The places into which imports are embedded."""
    return tuple(FLOWS)
