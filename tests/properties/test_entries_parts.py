"""A folder of parts on Dask says what one file says."""

from __future__ import annotations

from concurrent.futures.process import BrokenProcessPool
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from surtax.cli import app
from surtax.duty.bulk import rate_table
from surtax.duty.entries.parts import Options, rate_folder, rate_part
from surtax.duty.entries.run import make_job, rate_file
from surtax.errors import DataError, MissingExtraError
from surtax.ledger import Ledger
from surtax.views import rated as views


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


def _repeated(frame: pl.DataFrame) -> pl.DataFrame:
    """Entries in three parts of 200 lines, of which some are said twice or otherwise."""
    numbers = pl.DataFrame(
        {"entry": [f"E{i // 4}" for i in range(600)], "entry_line": [i % 4 for i in range(600)]}
    )
    table = pl.concat([numbers, frame], how="horizontal").rows()
    table[210] = table[10]  # said twice, in the next part
    table[420] = table[10]  # and in the third
    table[421] = table[12]
    table[201] = (*table[11][:5], 999, table[11][6])  # named again, with another value
    table[422] = table[201]  # that again
    table[423] = table[422]  # and within the part
    for k in (5, 205, 405):  # lines without an entry number, which repeat none
        table[k] = (None, 1, *table[5][2:])
    schema = {**numbers.schema, **frame.schema}
    return pl.DataFrame(table, schema=schema, orient="row")


@pytest.mark.parametrize("size", [70, 500_000])
def test_lines_that_repeat_those_of_another_part_are_told_as_in_one_file(
    frame: pl.DataFrame, tmp_path: Path, size: int, capsys
) -> None:
    pytest.importorskip("dask")
    table, at, out = _repeated(frame), tmp_path / "parts", tmp_path / "out"
    at.mkdir()
    for i in range(3):
        table[i * 200 : (i + 1) * 200].write_parquet(at / f"part-{i}.parquet")
    law, options = Ledger.load(), Options(size=size)
    one = rate_file(law, make_job(law, at, tmp_path / "one.parquet", size=size))
    parts = rate_folder(at, out, options)
    counts = ("lines", "rejected", "again", "duty", "missing", "unknown", "stale")
    assert {name: parts[name] for name in counts} == {name: one[name] for name in counts}
    assert (one["rejected"], one["again"]) == (5, 1)
    told = [dict(row) for row in parts["again_first"]]
    assert [row["part"] for row in told] == ["part-1.parquet"]
    assert [row["line"] + 200 for row in told] == [row["line"] for row in one["again_first"]]
    lost = pl.read_csv(one["rejects"])["line"].to_list()
    found = [
        200 * i + line
        for i in range(3)
        if (path := out / f"part-{i}.rejected.csv").exists()
        for line in pl.read_csv(path)["line"]
    ]
    assert found == lost == [211, 421, 422, 423, 424]
    assert parts["rejects"] == str(out / "*.rejected.csv")
    views.again(parts)
    shown = " ".join(capsys.readouterr().out.split())
    assert "line 2 of part-1.parquet (entry E2, line 3)" in shown
    kept = pl.concat([pl.read_parquet(p) for p in sorted(out.glob("*.parquet"))], how="diagonal")
    assert kept["duty"].equals(pl.read_parquet(tmp_path / "one.parquet")["duty"])


def test_a_part_whose_earlier_part_changes_is_rated_again(frame, tmp_path: Path) -> None:
    pytest.importorskip("dask")
    table, at, out = _repeated(frame), tmp_path / "parts", tmp_path / "out"
    at.mkdir()
    for i in range(3):
        table[i * 200 : (i + 1) * 200].write_parquet(at / f"part-{i}.parquet")
    assert rate_folder(at, out)["rejected"] == 5
    assert rate_folder(at, out)["kept"] == 3
    table[20:200].write_parquet(at / "part-0.parquet")  # no line of the others is said there now
    again = rate_folder(at, out)
    assert (again["rejected"], again["kept"]) == (3, 0)
    table[20:190].write_parquet(at / "part-0.parquet")  # nor of these
    again = rate_folder(at, out)
    assert (again["rejected"], again["kept"]) == (3, 2)


def test_parts_of_different_columns_are_refused_before_any_is_rated(frame, tmp_path: Path) -> None:
    pytest.importorskip("dask")
    at, out = tmp_path / "parts", tmp_path / "out"
    at.mkdir()
    frame.write_parquet(at / "part-0.parquet")
    frame.with_columns(note=pl.lit("")).write_parquet(at / "part-1.parquet")
    with pytest.raises(DataError, match="different columns"):
        rate_folder(at, out)
    frame.with_columns(pl.col("value").cast(pl.String)).write_parquet(at / "part-1.parquet")
    law = Ledger.load()
    for run in (
        lambda: rate_folder(at, out),
        lambda: make_job(law, at, tmp_path / "one.parquet"),
    ):
        with pytest.raises(DataError, match="“value” is of the type String, and in part-0"):
            run()
    assert not out.exists()


def test_parts_are_written_into_a_folder(folder: Path, tmp_path: Path) -> None:
    pytest.importorskip("dask")
    (tmp_path / "out").write_text("mine")
    with pytest.raises(DataError, match="the output is a file"):
        rate_folder(folder, tmp_path / "out")
    assert (tmp_path / "out").read_text() == "mine"


def test_a_scheduler_that_is_none_is_one_message(folder: Path, tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    with pytest.raises(DataError, match="no Dask scheduler answers at “nowhere”"):
        rate_folder(folder, tmp_path / "out", dask="nowhere")


def test_a_process_that_is_killed_is_one_message(folder: Path, tmp_path: Path, monkeypatch) -> None:
    dask = pytest.importorskip("dask")

    def lost(*_: object, **__: object) -> None:
        raise BrokenProcessPool("a process was ended")

    monkeypatch.setattr(dask, "compute", lost)
    with pytest.raises(DataError, match="came to an end"):
        rate_folder(folder, tmp_path / "out")


def test_the_command_shows_how_the_columns_of_the_parts_are_read(folder, tmp_path: Path) -> None:
    pytest.importorskip("dask")
    got = CliRunner().invoke(
        app, ["rate", str(folder), "-o", str(tmp_path / "out"), "--dask", "local"]
    )
    assert got.exit_code == 0, got.output
    words = " ".join(got.output.split())
    assert "in the file read as goods goods" in words
    assert "600 lines" in words
