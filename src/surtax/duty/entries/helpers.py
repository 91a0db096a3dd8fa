"""Processes that rate blocks and write their lines, beside the one that reads them."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Any

from surtax.errors import SurtaxError

FEW = 6
"""Blocks below which a helper is not worth its start: it reads the law once more."""
MOST = 3
"""Helpers that one reader keeps busy."""
HELD = 2
"""Blocks that a helper holds: the one that it rates, and the next."""

_work: Callable[..., Any]
"""What a helper does; in its own process alone."""


def cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Helpers:
    """Helpers started when the first work is given; all end with this process, or before.

    Args:
        count: how many.
        make: gives, in the process of a helper, what it does.
        args: of `make`; they travel.
    """

    def __init__(self, count: int, make: Callable[..., Callable[..., Any]], *args: Any) -> None:
        self.count = min(count, MOST)
        self._made = make, args
        self._given: list[Future[Any]] = []
        self._pool: ProcessPoolExecutor | None = None
        self._here: Connection | None = None

    def __enter__(self) -> Helpers:
        return self

    def __exit__(self, *error: object) -> None:
        """End the helpers: in the midst of their work, if an error ends this process's own."""
        if self._pool is None or self._here is None:
            return
        if any(error):
            self._here.close()
        self._pool.shutdown(cancel_futures=True)
        self._here.close()

    def take(self, *work: Any) -> Future[Any] | None:
        """Give work to a helper; None where all hold as much as they may."""
        self._given = [one for one in self._given if not one.done()]
        if len(self._given) >= HELD * self.count:
            return None
        with _deaf():
            self._given.append(self._started().submit(_do, *work))
        return self._given[-1]

    def _started(self) -> ProcessPoolExecutor:
        if self._pool is None:
            context = multiprocessing.get_context("spawn")  # Polars has threads: no fork is safe
            there, self._here = context.Pipe(duplex=False)
            self._pool = ProcessPoolExecutor(
                self.count, context, initializer=_begin, initargs=(there, *self._made)
            )
        return self._pool


def answer_of(given: Future[Any]) -> Any:
    """What a helper found.

    Raises:
        SurtaxError: its process was ended from outside.
    """
    try:
        return given.result()
    except BrokenProcessPool:
        raise SurtaxError(
            "a process that rates lines was ended from outside.",
            where="--workers",
            mend="Give the command again, and it goes on; with --workers 1 if memory is short.",
        ) from None


def _begin(
    line: Connection, make: Callable[..., Callable[..., Any]], args: tuple[Any, ...]
) -> None:
    global _work  # noqa: PLW0603 - a process of a pool has no other place for what it keeps
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_watch, args=(line,), daemon=True).start()
    _work = make(*args)


def _do(*work: Any) -> Any:
    return _work(*work)


def _watch(line: Connection) -> None:
    """End at once when the reader is gone, or no longer wants what is found."""
    line.poll(None)
    os._exit(1)


@contextmanager
def _deaf() -> Iterator[None]:
    """Processes started meanwhile do not hear Ctrl-C; the reader, who does, ends them."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    old = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, old)
