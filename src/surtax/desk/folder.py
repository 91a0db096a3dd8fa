"""The work folder: new, empty or a desk's own, and one desk's at a time."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from surtax import lock
from surtax.desk.journal import Journal
from surtax.errors import InputError

MARK = "surtax-desk.lock"
"""The file by which a desk knows its folder, and which it holds while it is open."""


@contextmanager
def own(folder: Path) -> Iterator[None]:
    """Make or take a work folder, and hold it.

    Raises:
        InputError: it cannot be made or written, holds something else, is another desk's, or its
            journal cannot be read; nothing in it was touched.
    """
    mark = folder / MARK
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        inside = {path.name for path in folder.iterdir()}
    except OSError as error:
        raise _wrong(f"the work folder cannot be made: {error.strerror}.") from None
    if inside and not inside & {MARK, "jobs.sqlite"}:
        raise _wrong(f"“{folder}” holds something else.", "Name a new or an empty folder.")
    if not os.access(folder, os.W_OK):
        raise _wrong(f"“{folder}” cannot be written.")
    with lock.held(mark, patience=0.5) as mine:
        if not mine:
            raise _wrong(f"another desk is open on “{folder}”.")
        _journal(folder)
        yield


def _journal(folder: Path) -> None:
    """See that the journal can be read, and make its tables."""
    try:
        Journal(folder).open()
    except sqlite3.DatabaseError as error:
        raise _wrong(
            f"the journal of jobs in “{folder}” cannot be read: {error}.",
            "Move jobs.sqlite away, or name another folder.",
        ) from None


def _wrong(what: str, mend: str = "Name another.") -> InputError:
    return InputError(what, where="--folder", mend=mend)
