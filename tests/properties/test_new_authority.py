"""A made-up authority with stacking of its own: files of data beside the law, and nothing else.

The files stand in ``tests/new_authority``: measures with their lists, lines to append to the tables
of the law, and cases. See docs/ledger.md for how to write them.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import surtax
from cases import test_cases
from oracles.draw import Draw
from oracles.slow_duty import Law
from oracles.sweep import drawn, sweep
from surtax.ledger import Ledger, load

FILES = Path(__file__).parents[1] / "new_authority"
ADDED = ["us/yards/contracts", "us/yards/foreign-made"]
CASES = test_cases.read(FILES / "cases.yaml")


def program_files() -> str:
    """A digest of every Python file of the package."""
    root = Path(surtax.__file__).parent
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*.py")):
        digest.update(path.relative_to(root).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the law with the files added."""
    copy = tmp_path_factory.mktemp("law") / "law"
    shutil.copytree(load.LAW, copy)
    for path in sorted((FILES / "add").iterdir()):
        with (copy / path.name).open("a", encoding="utf-8") as table:
            table.write(path.read_text("utf-8"))
    shutil.copytree(FILES / "law", copy, dirs_exist_ok=True)
    return copy


@pytest.fixture(scope="module")
def ledger(folder: Path) -> Iterator[Ledger]:
    """The ledger of that folder, read while the law of the package is out of reach."""
    before = program_files()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(load, "LAW", folder / "nowhere")
        yield Ledger.load(folder)
    assert program_files() == before


def test_only_files_of_data_were_added(ledger: Ledger, folder: Path) -> None:
    assert {path.suffix for path in folder.rglob("*") if path.is_file()} == {".yaml", ".csv"}
    assert {path.suffix for path in FILES.rglob("*") if path.is_file()} == {".yaml", ".csv"}
    assert all(path.is_relative_to(folder) for path in ledger.places_of.values())
    package = Path(surtax.__file__).parent
    for path in package.rglob("*.py"):
        assert "us/yards" not in path.read_text("utf-8"), path
    assert not (package / "ledger/law/us/yards").exists()


def test_the_ledger_holds_the_new_measures(ledger: Ledger) -> None:
    assert [name for name in ledger.measures if "/yards/" in name] == ADDED


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_its_cases(ledger: Ledger, case: dict[str, Any]) -> None:
    test_cases.holds(ledger, case)


def test_its_dates_and_lists_agree_with_the_slow_reading(ledger: Ledger, folder: Path) -> None:
    draw = Draw(Law(folder))
    edges = [edge for edge in draw.edges() if edge.measure in ADDED]
    met = sweep(draw, ledger, drawn(draw, edges, 12, "a new authority"))
    assert met["met"] > 200
