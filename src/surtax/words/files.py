"""The files of texts: flat mappings, every scalar read as text."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import yaml

from surtax.errors import DataError

FOLDER = Path(__file__).parent
_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


@cache
def texts(file: Path) -> Mapping[str, str]:
    """The texts of a file by key; none where there is no file."""
    if not file.is_file():
        return {}
    return yaml.load(file.read_text(encoding="utf-8"), Loader=_LOADER) or {}


def together(folder: Path) -> dict[str, str]:
    """The texts of all files of a folder.

    Raises:
        DataError: a key that two files give.
    """
    out: dict[str, str] = {}
    for file in sorted(folder.glob("*.yaml")):
        part = texts(file)
        twice = sorted(out.keys() & part.keys())
        if twice:
            raise DataError(f"“{twice[0]}” stands in two files.", where=file.name, mend="Keep one.")
        out |= part
    return out
