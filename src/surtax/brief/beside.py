"""Work on another core, in a copy of this process that shares what has been made so far."""

from __future__ import annotations

import os
import pickle
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, NoReturn, TypeVar

from surtax.economy.together import cores

Result = TypeVar("Result")


@contextmanager
def beside(work: Callable[[], Result], *, wanted: bool = True) -> Iterator[Callable[[], Result]]:
    """Let a copy of this process do some work while this one goes on.

    What the copy makes besides its result is lost with it. Where no copy can be made, and where
    one comes to nothing, the work is done here when its result is asked for, so that it is the
    same and so are its errors. A copy that is not asked ends with the block.

    Args:
        work: what is to be done; its result must be of plain data, and it may not use Polars,
            whose threads are not copied.
        wanted: whether it is worth a copy, or may be done in one.

    Yields:
        A function that waits for the result.
    """
    if not (wanted and _possible()):
        yield work
        return
    source, sink = os.pipe()
    with warnings.catch_warnings():  # of threads: the copy uses none of theirs
        warnings.simplefilter("ignore", DeprecationWarning)
        copy = os.fork()
    if copy == 0:
        os.close(source)
        _send(work, sink)
    os.close(sink)
    with os.fdopen(source, "rb") as told:
        try:
            yield lambda: _received(told.read(), work)
        finally:
            with suppress(ProcessLookupError):
                os.kill(copy, signal.SIGKILL)
            os.waitpid(copy, 0)


def _possible() -> bool:
    """Whether there is a core for a copy, and a system where one is safe."""
    main = threading.current_thread() is threading.main_thread()
    return sys.platform == "linux" and main and cores() > 1


def _send(work: Callable[[], Any], sink: int) -> NoReturn:
    """Do the work in the copy, and end it without a word whatever happens."""
    try:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        sys.modules["polars"] = None  # type: ignore[assignment]
        with os.fdopen(sink, "wb") as tell:
            tell.write(pickle.dumps(work()))
    finally:
        os._exit(0)


def _received(told: bytes, work: Callable[[], Result]) -> Result:
    """What a copy told; the work done here where it told nothing, or not all of it."""
    try:
        found: Result = pickle.loads(told)
    except (EOFError, pickle.UnpicklingError):
        return work()
    return found
