"""Turns for heavy answers: a few at once, in the order of who waits for what, and who came first.

A turn that ends is handed to the next in the line, so that nobody who comes later slips in before.
Work behind the scenes stands back while anybody is answered: Python computes one thing at a time.
"""

from __future__ import annotations

import heapq
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count

from surtax.desk.problem import BusyError

FIRST, LATER = 0, 1
"""Ranks of a line: what somebody looks at while a control moves, and what follows when it rests."""
REST = 0.3
"""Seconds without an answer after which the desk is at rest."""


class Gate:
    """Lets a few callers through at once, the others in a line.

    Args:
        workers: how many at once.
        patience: seconds that a caller waits for a turn.
    """

    def __init__(self, workers: int, patience: float) -> None:
        self.patience = patience
        self._free = workers
        self._line: list[tuple[int, int, threading.Event]] = []
        self._comers = count()
        self._guard = threading.Lock()
        self._closed = False

    def close(self) -> None:
        """Send home all who wait, and let nobody in: the desk stops."""
        with self._guard:
            self._closed = True
            for _, _, waiting in self._line:
                waiting.set()
            self._line.clear()

    def number(self) -> int:
        """A number of the line, for work of several turns: who began earlier goes on first."""
        return next(self._comers)

    @contextmanager
    def turn(
        self, rank: int = FIRST, patience: float | None = None, number: int | None = None
    ) -> Iterator[None]:
        """One turn.

        Args:
            rank: `FIRST` or `LATER`. patience: seconds to wait; those of the gate unless given.
            number: kept from the first turn of the same work; a new one unless given.

        Raises:
            BusyError: none came in time.
        """
        place = self.number() if number is None else number
        self._enter(rank, place, self.patience if patience is None else patience)
        try:
            with AT_WORK.answering():
                yield
        finally:
            self._leave()

    def _enter(self, rank: int, number: int, patience: float) -> None:
        mine = threading.Event()
        with self._guard:
            if self._closed:
                raise _busy()
            if self._free:
                self._free -= 1
                return
            place = (rank, number, mine)
            heapq.heappush(self._line, place)
        mine.wait(patience)
        with self._guard:
            late = place in self._line
            if late:
                self._line.remove(place)
                heapq.heapify(self._line)
            if late or self._closed:
                raise _busy()

    def _leave(self) -> None:
        with self._guard:
            if self._line:
                heapq.heappop(self._line)[2].set()
            else:
                self._free += 1


def _busy() -> BusyError:
    return BusyError("the desk is busy with other answers.", mend="Ask again in a moment.")


class Work:
    """Whether the process answers somebody, of whatever desk."""

    def __init__(self) -> None:
        self._now = 0
        self._last = -REST
        self._guard = threading.Lock()

    @contextmanager
    def answering(self) -> Iterator[None]:
        """Somebody is answered."""
        with self._guard:
            self._now += 1
        try:
            yield
        finally:
            with self._guard:
                self._now -= 1
                self._last = time.monotonic()

    def stand_back(self, most: float, unless: Callable[[], bool] = lambda: False) -> None:
        """Wait until the process is at rest or something is so, for so many seconds at most."""
        until = time.monotonic() + most
        while (now := time.monotonic()) < until and not unless():
            left = REST if self._now else self._last + REST - now
            if left <= 0.0:
                return
            time.sleep(min(left, until - now))


AT_WORK = Work()
