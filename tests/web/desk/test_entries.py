"""Files of entries: the numbers of the commands, on this machine only, safe to open."""

from __future__ import annotations

import csv
import io
import json
import time
from pathlib import Path
from typing import Any

import pytest

from surtax.cli import app
from surtax.desk.entries import QUEUE, Runs, Wish
from surtax.desk.problem import BusyError
from surtax.errors import InputError
from web.desk.asking import Desk

LINES = (
    "goods,origin,into,value,on,claims,filed,paid\n"
    "8703.23.01,CA,US,40000,2025-04-10,,9903.94.01,11000\n"
    "9503.00.00,VN,US,1000,2025-09-02,,9903.02.69,217\n"
    "7214.20.00,CA,US,1000,2025-06-10,,9903.81.87,250\n"
    "nonsense,CA,US,1000,2025-06-10,,,0\n"
)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "work")


def sent(desk: Desk, text: str = LINES, **query: Any) -> dict[str, Any]:
    """A file that was worked on to its end."""
    answer = desk.post(
        "/api/entries", params={"name": "entries.csv", **query}, content=text.encode()
    )
    assert answer.status_code == 202, answer.text
    for _ in range(600):
        run: dict[str, Any] = desk.get(f"/api/entries/{answer.json()['id']}").json()
        if run["state"] == "done":
            return run
        time.sleep(0.05)
    raise AssertionError("the run did not come to its end")


def test_rated_audited_and_checked_as_by_the_commands(
    desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = sent(desk, ground="learning-resources")
    assert run["errors"] == {}
    source = tmp_path / "entries.csv"
    source.write_text(LINES, encoding="utf-8")
    extra = {"rate": [], "audit": [], "refund": ["--ground", "learning-resources"]}
    for task, options in extra.items():
        out = tmp_path / f"entries-{task}.csv"
        app([task, str(source), "-o", str(out), *options, "--json"], standalone_mode=False)
        wanted = json.loads(capsys.readouterr().out)
        told = run["answers"][task]
        for key in set(wanted) - {"seconds", "out", "rejects", "files"}:
            assert told[key] == wanted[key], f"{task}: {key}"
        mine = desk.get(f"/api/entries/{run['id']}/entries-{task}.csv")
        assert mine.headers["content-type"].startswith("text/csv")
        assert mine.text == out.read_text(encoding="utf-8")
    assert run["answers"]["rate"]["rejected"] == 1


def test_no_path_of_the_machine_is_told(desk: Desk) -> None:
    assert str(desk.folder) not in json.dumps(sent(desk))


def test_one_task_can_fail_and_the_others_stand(desk: Desk) -> None:
    """An audit needs what was filed or paid."""
    run = sent(desk, "goods,origin,into,value,on\n8703.23.01,CA,US,40000,2025-04-10\n")
    assert run["answers"]["rate"]["duty"] == 11000
    assert run["errors"]["audit"].startswith("entries.csv: the entries say neither")


def test_a_removed_file_leaves_nothing(desk: Desk) -> None:
    run = sent(desk, do="rate")
    assert list(desk.folder.rglob("*.csv"))
    assert desk.ask("DELETE", f"/api/entries/{run['id']}").status_code == 204
    assert [p for p in desk.folder.rglob("*") if p.is_file()] == []
    assert desk.error("GET", f"/api/entries/{run['id']}")["status"] == 404


def test_a_desk_that_opens_again_has_no_old_files(desk: Desk) -> None:
    sent(desk, do="rate")
    again = Desk(desk.folder)
    assert [p for p in again.folder.rglob("*") if p.is_file()] == []


@pytest.mark.parametrize(
    "name",
    ["../../../etc/cron.csv", "/tmp/entries.csv", "..\\..\\entries.csv", "a/../../b.csv",
     ".hidden.csv", "entries;rm -rf.csv", "x" * 190 + ".csv"],
)  # fmt: skip
def test_nothing_is_written_outside_the_work_folder(desk: Desk, tmp_path: Path, name: str) -> None:
    before = {p for p in tmp_path.rglob("*") if desk.folder not in p.parents}
    run = sent(desk, name=name, do="rate")
    assert "/" not in run["name"]
    assert "\\" not in run["name"]
    assert not run["name"].startswith(".")
    assert {p for p in tmp_path.rglob("*") if desk.folder not in p.parents} == before
    inside = (desk.folder / "entries").resolve()
    for path in desk.folder.rglob("*.csv"):
        assert inside in path.resolve().parents


@pytest.mark.parametrize("file", ["entries.csv", "..%2fentries.csv", "%2e%2e", "none.csv"])
def test_only_results_can_be_taken(desk: Desk, file: str) -> None:
    run = sent(desk, do="rate")
    assert desk.get(f"/api/entries/{run['id']}/{file}").status_code == 404


FORMULAS = ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\tx", '=HYPERLINK("http://x")']


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_exported_cell_begins_like_a_formula(desk: Desk, formula: str) -> None:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(["goods", "origin", "into", "value", "on"])
    writer.writerow([formula, "CA", "US", "100", "2025-04-10"])
    writer.writerow(["8703.23.01", "CA", "US", "100", "2025-04-10"])
    run = sent(desk, buffer.getvalue(), do="rate")
    for file in run["files"]:
        text = desk.get(f"/api/entries/{run['id']}/{file['name']}").text
        for cell in (cell for row in csv.reader(io.StringIO(text)) for cell in row):
            plain = cell.removeprefix("-").replace(".", "", 1).isdigit()
            assert plain or not cell.startswith(("=", "+", "-", "@", "\t", "\r")), cell


def test_a_full_line_is_told_so(tmp_path: Path) -> None:
    runs = Runs(tmp_path)
    runs._pool.submit(time.sleep, 0.5)
    for _ in range(QUEUE):
        room = runs.room("a.csv")
        room.write_text(LINES, encoding="utf-8")
        runs.start(room, Wish(tasks=("rate",)))
    with pytest.raises(BusyError, match="wait already"):
        runs.room("a.csv")


def test_files_that_still_arrive_stand_in_the_line(tmp_path: Path) -> None:
    runs = Runs(tmp_path)
    coming = [runs.room("a.csv") for _ in range(QUEUE)]
    with pytest.raises(BusyError, match="wait already"):
        runs.room("a.csv")
    runs.drop(coming[0])
    assert not coming[0].parent.exists()
    runs.room("a.csv")


def test_whatever_goes_wrong_at_the_start_leaves_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise OSError("no room on the disk")

    monkeypatch.setattr("surtax.desk.entries._job", broken)
    runs = Runs(tmp_path)
    source = runs.room("a.csv")
    source.write_text(LINES, encoding="utf-8")
    with pytest.raises(OSError, match="no room"):
        runs.start(source, Wish())
    assert not source.parent.exists()


def test_a_place_that_imposes_nothing_is_said_at_once(desk: Desk) -> None:
    error = desk.error("POST", "/api/entries?name=a.csv&into=Atlantis", content=LINES.encode())
    assert error["status"] == 422
    assert error["field"] == "into"


def test_a_run_that_is_stopped_ends(tmp_path: Path) -> None:
    runs = Runs(tmp_path)
    runs._pool.submit(time.sleep, 0.3)
    room = runs.room("a.csv")
    room.write_text(LINES, encoding="utf-8")
    run = runs.start(room, Wish())
    runs.remove(run.id)
    runs._pool.shutdown(wait=True)
    assert run.state == "stopped"
    assert run.answers == {}
    assert not run.folder.exists()


def test_a_name_is_not_longer_than_files_may_be(tmp_path: Path) -> None:
    runs = Runs(tmp_path)
    assert len(runs.room("ä" * 300 + ".csv").name) <= 80
    with pytest.raises(InputError, match="no CSV file"):
        runs.room("entries.exe")


def test_a_desk_that_closes_leaves_no_files(tmp_path: Path) -> None:
    runs = Runs(tmp_path)
    room = runs.room("a.csv")
    room.write_text(LINES, encoding="utf-8")
    run = runs.start(room, Wish())
    runs.close()
    assert run.state in ("done", "stopped", "waiting")
    assert not (tmp_path / "entries").exists()
