"""The published figures and their computation, from scripts/, and which of them can run."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[1] / "scripts"
sys.path.insert(0, str(SCRIPTS))

import validate  # noqa: E402
from published import data, gravity, liberation, nafta, ossa, provinces  # noqa: E402
from published.rows import published  # noqa: E402

__all__ = [
    "SCRIPTS", "data", "folder_or_skip", "gravity", "liberation", "nafta", "ossa", "provinces",
    "published", "validate",
]  # fmt: skip


def folder_or_skip(name: str) -> Path:
    """The folder of raw files, if it has ``name``; otherwise the test is skipped and says so."""
    folder = data.root()
    if folder is None or not (folder / name).is_dir():
        pytest.skip(f"NOT CHECKED: set SURTAX_TEST_DATA to the folder that holds {name}/")
    return folder
