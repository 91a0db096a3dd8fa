"""Turns for heavy answers: a few at once, and a clear answer to the rest."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from surtax.desk.problem import BusyError


class Gate:
    """Lets a few callers through at once.

    Args:
        workers: how many at once.
        patience: seconds that a caller waits for a turn.
    """

    def __init__(self, workers: int, patience: float) -> None:
        self.patience = patience
        self._turns = threading.BoundedSemaphore(workers)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """One turn.

        Raises:
            BusyError: none came in time.
        """
        if not self._turns.acquire(timeout=self.patience):
            raise BusyError("the desk is busy with other answers.", mend="Ask again in a moment.")
        try:
            yield
        finally:
            self._turns.release()
