"""A lock that its holder loses when it dies, however it dies: an open transaction of SQLite."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path


@contextmanager
def held(path: Path, *, patience: float = 5.0) -> Iterator[bool]:
    """Hold a lock; gives whether it could be had within so many seconds."""
    with closing(sqlite3.connect(path, timeout=patience, isolation_level=None)) as connection:
        try:
            connection.execute("PRAGMA journal_mode = MEMORY")  # no second file beside it
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError:
            yield False
            return
        yield True


def is_held(path: Path) -> bool:
    """Whether somebody holds a lock now."""
    if not path.is_file():
        return False
    with held(path, patience=0.0) as mine:
        return not mine
