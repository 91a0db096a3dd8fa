"""Files written whole or not at all."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_NUMBER = re.compile(r"os error (\d+)", re.IGNORECASE)
"""How the system's errors read where they bear no number of their own."""
_FULL = re.compile(r"No space left|transport error", re.IGNORECASE)
"""How a full disk reads where nothing bears a number: a writer of Parquet calls it transport."""


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A temporary file that takes a name once it is written; gone if it is not."""
    temporary = path.with_name(path.name + ".tmp")
    try:
        yield temporary
        with temporary.open("rb+") as handle:
            os.fsync(handle.fileno())
        temporary.replace(path)
    except Exception as error:
        number = _number(error)
        if number is None:
            raise
        raise OSError(number, os.strerror(number), str(path)) from None
    finally:
        temporary.unlink(missing_ok=True)


def _number(error: Exception) -> int | None:
    """The number of the system's error that kept a file from being written; None of another."""
    if isinstance(error, OSError) and error.errno is not None:
        return error.errno
    if found := _NUMBER.search(str(error)):
        return int(found[1])
    return errno.ENOSPC if _FULL.search(str(error)) else None


def write(path: Path, data: bytes) -> None:
    """Write a file whole or not at all."""
    with whole(path) as temporary:
        temporary.write_bytes(data)
