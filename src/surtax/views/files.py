"""Rows of an answer as a file, written whole or not at all."""

from __future__ import annotations

import csv
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from surtax.errors import InputError
from surtax.whole import whole


def check(path: Path) -> None:
    """Raises InputError where rows cannot be written; asked before the work."""
    if path.suffix.casefold() != ".csv":
        raise InputError(f"“{path.name}” is no kind of file that is written.", where="-o",
                         mend="Name a .csv file.")  # fmt: skip
    if path.is_dir() or not path.parent.is_dir() or not os.access(path.parent, os.W_OK):
        raise InputError(f"“{path}” cannot be written.", where="-o",
                         mend="Name a file in a folder of your own.")  # fmt: skip


def write_rows(rows: Sequence[Mapping[str, Any]], path: Path) -> None:
    """The rows as a CSV file.

    Raises:
        InputError: another kind of file.
    """
    check(path)
    with whole(path) as part, part.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
