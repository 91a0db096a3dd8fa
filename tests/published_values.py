"""The published figures and their computation, from scripts/, and which of them can run."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[1] / "scripts"
sys.path.insert(0, str(SCRIPTS))

import validate  # noqa: E402
from published import data, gravity, ossa  # noqa: E402
from published.rows import published  # noqa: E402

__all__ = [
    "SCRIPTS", "data", "gravity", "ossa", "published", "validate", "values_of",
]  # fmt: skip

NEEDS = {"ossa": "ossa2014", "liberation": "baci2023_aggregate", "nafta": "cp2015"}


@cache
def values_of(key: str) -> Mapping[str, float]:
    """A section's figures, computed once a session; skips where its raw files are missing."""
    section = next(s for s in validate.SECTIONS if s.key == key)
    return section.values(folder_or_skip(NEEDS[key]) if key in NEEDS else None)


def folder_or_skip(name: str) -> Path:
    """The folder of raw files, if it has ``name``; otherwise the test is skipped and says so."""
    folder = data.root()
    if folder is None or not (folder / name).is_dir():
        pytest.skip(f"NOT CHECKED: set SURTAX_TEST_DATA to the folder that holds {name}/")
    return folder
