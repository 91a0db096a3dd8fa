"""Memory that the arrays of one block have left is kept for those of the next.

The C library of Linux hands large arrays back to the system as soon as they are free, and the next
ones are given to the process anew, page by page. For the arrays of a block that takes longer than
what is reckoned in them.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
from collections.abc import Callable, Iterator

TRIM, TOP, MMAP, ARENAS = -1, -2, -3, -8
"""What is set, by its number in glibc's ``malloc.h``: how much free memory is handed back at once,
how much more is taken than asked for, from what size on memory is taken by itself, and how many
heaps the threads have."""
_KEEP, _FEW, _LARGE = 1 << 30, 1 << 17, 1 << 25


def of_polars() -> None:
    """Let Polars keep what it frees, too; to be asked before Polars is loaded.

    It has a heap of its own, jemalloc, which reads its options from the environment as it begins;
    those that a person has set stay.
    """
    os.environ.setdefault("_RJEM_MALLOC_CONF", "dirty_decay_ms:-1")


@contextlib.contextmanager
def kept() -> Iterator[None]:
    """Keep what is freed until the end; nothing changes where the C library is another.

    Threads that shared a heap go on sharing it.
    """
    library = ctypes.CDLL(None) if sys.platform == "linux" else None
    if library is None or not hasattr(library, "mallopt") or not hasattr(library, "malloc_trim"):
        yield
        return
    tune: Callable[[int, int], int] = library.mallopt
    for what, amount in ((ARENAS, 1), (MMAP, _LARGE), (TRIM, _KEEP), (TOP, _LARGE)):
        tune(what, amount)
    try:
        yield
    finally:
        for what, amount in ((ARENAS, 0), (MMAP, _FEW), (TRIM, _FEW), (TOP, _FEW)):
            tune(what, amount)
        library.malloc_trim(0)
