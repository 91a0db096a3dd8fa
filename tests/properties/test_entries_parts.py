"""A folder of parts on Dask says what one file says."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from surtax.duty.bulk import rate_table
from surtax.duty.entries.parts import rate_folder, rate_part
from surtax.duty.entries.run import make_job, rate_file
from surtax.errors import DataError, MissingExtraError
from surtax.ledger import Ledger


@pytest.fixture
def frame() -> pl.DataFrame:
    n = 600
    codes, origins = ["9503000013", "7214200000", "8703230190"], ["CN", "DE", "CA", "JP"]
    return pl.DataFrame(
        {
            "goods": [codes[i % 3] for i in range(n)],
            "origin": [origins[i % 4] for i in range(n)],
            "into": ["US"] * n,
            "value": [100 + i for i in range(n)],
            "on": [date(2025, 1, 1) + timedelta(i) for i in range(n)],
        }
    )


@pytest.fixture
def folder(frame: pl.DataFrame, tmp_path: Path) -> Path:
    at = tmp_path / "parts"
    at.mkdir()
    for i in range(3):
        frame[i * 200 : (i + 1) * 200].write_parquet(at / f"part-{i}.parquet")
    return at


def test_parts_on_dask_are_the_same_lines(frame, folder, tmp_path: Path) -> None:
    pytest.importorskip("dask")
    answer = rate_folder(folder, tmp_path / "out")
    assert (answer["lines"], answer["parts"], answer["kept"]) == (600, 3, 0)
    together = pl.concat(
        [pl.read_parquet(p) for p in sorted((tmp_path / "out").glob("*.parquet"))],
        how="diagonal",
    )
    alone = rate_table(Ledger.load(), frame)
    assert together["duty"].equals(alone["duty"])
    assert rate_folder(folder, tmp_path / "out")["kept"] == 3


def test_a_folder_is_one_source_without_dask(frame, folder, tmp_path: Path) -> None:
    law = Ledger.load()
    answer = rate_file(law, make_job(law, folder, tmp_path / "out.parquet", size=150))
    assert answer["lines"] == 600
    table = pl.read_parquet(tmp_path / "out.parquet")
    assert table["line"].to_list() == list(range(1, 601))
    assert table["duty"].equals(rate_table(law, frame)["duty"])


def test_a_part_that_is_finished_is_kept(folder: Path, tmp_path: Path) -> None:
    from surtax.duty.entries.parts import Options

    part, out = folder / "part-0.parquet", tmp_path / "part-0.parquet"
    assert not rate_part(part, out, Options())["kept"]
    assert rate_part(part, out, Options())["kept"]
    assert not rate_part(part, out, Options(known=date(2025, 6, 1)))["kept"]
    assert not rate_part(part, out, Options(known=date(2025, 6, 1), fresh=True))["kept"]


def test_without_dask_or_without_parts_it_says_so(folder, tmp_path, monkeypatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "dask", None)
    with pytest.raises(MissingExtraError, match="Dask"):
        rate_folder(folder, tmp_path / "out")
    monkeypatch.undo()
    pytest.importorskip("dask")
    with pytest.raises(DataError, match="no folder"):
        rate_folder(tmp_path / "none", tmp_path / "out")
    with pytest.raises(DataError, match="take the place"):
        rate_folder(folder, folder)
