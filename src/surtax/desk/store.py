"""What is loaded once and shared by every answer."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import cache, wraps
from typing import Any, TypeVar

from surtax.api import Ledger

Found = TypeVar("Found")


def once(make: Callable[..., Found]) -> Callable[..., Found]:
    """Compute once for each set of arguments, even where several ask at the same moment."""
    kept = cache(make)
    locks: dict[Any, threading.Lock] = {}
    guard = threading.Lock()

    @wraps(make)
    def found(*args: Any, **named: Any) -> Found:
        key = (args, tuple(sorted(named.items())))
        with guard:
            lock = locks.setdefault(key, threading.Lock())
        with lock:
            return kept(*args, **named)

    return found


@once
def ledger() -> Ledger:
    """The law."""
    return Ledger.load()
