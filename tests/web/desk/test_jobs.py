"""Long jobs of the desk: kept through kills, cancelled, resumed, bounded, and refused in words."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("fastapi", reason="the extra “desk” is not installed")

import surtax
from surtax import lock
from surtax.desk import onward, studio, work
from surtax.desk.asks import request_of
from surtax.desk.jobs import LOST, Room
from surtax.desk.journal import Journal
from surtax.desk.problem import BusyError
from surtax.desk.routes.jobs import Asked, room_of
from surtax.desk.worker import place
from surtax.errors import InputError, SurtaxError
from surtax.ledger import Ledger
from surtax.scenario import ask
from web.desk.asking import Desk

# Three rounds, the certificate and a settlement: about two seconds of work in ten steps.
SETTLEMENT = {"points": 3, "ranges": False}


@pytest.fixture(scope="module")
def law() -> Ledger:
    return Ledger.load()


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    found = Room(tmp_path)
    yield found
    found.stop()


def _request(kind: str, **given: Any) -> dict[str, Any]:
    asked = Asked(kind=kind, **given)
    return request_of(kind, asked.model_dump(exclude={"kind"}))


def _until(room: Room, number: int, wanted: Any, seconds: float = 300.0) -> Any:
    """Look after the jobs until what is wanted of one holds."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        room.tend()
        job = room.journal.job(number)
        if wanted(job):
            return job
        time.sleep(0.05)
    raise AssertionError(f"job {number} is still {job.state}: {job.text}")


def _over(job: Any) -> bool:
    return job.state not in ("queued", "running")


def test_a_job_whose_worker_is_killed_goes_on_and_ends_as_if_nothing_happened(room, law):
    request = _request("bargain", **SETTLEMENT)
    job = room.submit("bargain", request, law)
    _until(room, job.id, lambda _: len(room.journal.steps(job.id)) >= 4)
    first = room.journal.steps(job.id)
    os.kill(room.journal.job(job.id).pid, signal.SIGKILL)
    ended = _until(room, job.id, _over)
    assert ended.state == "done"
    steps = room.journal.steps(job.id)
    # What was found before the kill was not found again: the very seconds are those of then.
    assert [(s.name, s.seconds) for s in steps[: len(first)]] == [
        (s.name, s.seconds) for s in first
    ]
    result, error = room.journal.end(job.id)
    assert error is None
    # Asked in one go, without a journal.
    whole = surtax.respond("spring-2025", mode="bargain", points=3, ranges=False)
    assert json.dumps(result, sort_keys=True) == json.dumps(whole, sort_keys=True)
    # The rates that were found, opened in the studio, give the figures that were found.
    state = onward.state(request, whole)
    assert state is not None
    shown = studio.answer(state)["regions"]
    # Files write rates to the millionth, of which no region's income moves by more.
    assert [row["real_income"] for row in shown] == pytest.approx(
        [row["real_income"] for row in whole["regions"]], abs=1e-6
    )
    paid = {**whole["tariffs"][0], "kind": "transfer", "value": 1e9}
    assert onward.state(request, {**whole, "tariffs": [*whole["tariffs"], paid]}) is None
    assert onward.state(request, {"mode": "list"}) is None


def test_a_job_keeps_its_command_and_an_older_journal_is_read(tmp_path, law):
    request = _request("bargain", **SETTLEMENT, answers=["MX"])
    job = Room(tmp_path).submit("bargain", request, law)
    assert job.command.startswith("surtax respond spring-2025 --mode bargain")
    assert "--answers MX" in job.command
    # A journal of a version that kept no command, with a request that lacks what is asked now.
    with closing(sqlite3.connect(tmp_path / "jobs.sqlite")) as db, db:
        db.execute("ALTER TABLE jobs DROP COLUMN command")
        db.execute("UPDATE jobs SET request = '{}'")
    assert [one.command for one in Room(tmp_path).journal.jobs()] == [""]
    listed = Desk(tmp_path).get("/api/jobs")
    assert listed.status_code == 200
    assert listed.json()["jobs"][0]["request"] == {}


def test_a_desk_that_is_killed_finds_its_jobs_when_it_is_started_again(tmp_path, law):
    job = Room(tmp_path).submit("nash", _request("nash", ranges=False), law)
    code = (
        "import sys, time; from pathlib import Path; from surtax.desk.jobs import Room\n"
        "Room(Path(sys.argv[1])).start(); time.sleep(600)"
    )
    desk = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)])
    journal = Journal(tmp_path)
    try:
        end = time.monotonic() + 240
        while not journal.steps(job.id) and time.monotonic() < end:
            time.sleep(0.05)
    finally:
        desk.kill()
        desk.wait()
    assert journal.steps(job.id)
    again = Room(tmp_path)
    try:
        # The worker outlives the desk; the new desk takes it as its own, and starts no second one.
        ended = _until(again, job.id, _over)
        assert ended.state == "done"
        assert journal.end(job.id)[0]["converged"]
    finally:
        again.stop()


def test_a_job_that_is_cancelled_stops_and_is_resumed_after_its_steps(room, law):
    job = room.submit("bargain", _request("bargain", **SETTLEMENT), law)
    _until(room, job.id, lambda _: len(room.journal.steps(job.id)) >= 2)
    assert room.cancel(job.id).state == "cancelled"
    assert not lock.is_held(place(room.folder, job.id) / "lock")
    kept = len(room.journal.steps(job.id))
    room.tend()
    assert room.journal.job(job.id).state == "cancelled"
    assert room.resume(job.id).state == "queued"
    assert _until(room, job.id, _over).state == "done"
    assert len(room.journal.steps(job.id)) > kept
    with pytest.raises(InputError, match="is done"):
        room.resume(job.id)
    with pytest.raises(InputError, match="has ended"):
        room.cancel(job.id)
    room.remove(job.id)
    assert room.journal.jobs() == []
    assert not place(room.folder, job.id).exists()


def test_one_runs_the_rest_wait_and_one_more_is_told_that_all_places_are_taken(tmp_path, law):
    room = Room(tmp_path, at_once=1, waiting=2)
    try:
        request = _request("nash", ranges=False)
        first = room.submit("nash", request, law)
        _until(room, first.id, lambda job: job.state == "running")
        rest = [room.submit("nash", request, law) for _ in range(2)]
        room.tend()
        assert [room.journal.job(one.id).state for one in rest] == ["queued", "queued"]
        with pytest.raises(BusyError, match="2 jobs wait already"):
            room.submit("nash", request, law)
    finally:
        room.stop()
    assert room.journal.job(first.id).state == "queued"  # it goes on when the desk opens again


def test_a_job_whose_worker_dies_again_and_again_is_given_up(room, law):
    job = room.submit("nash", _request("nash", ranges=False), law)
    for _ in range(LOST):
        room.journal.move(job.id, ("queued",), "running")  # a worker began it and was killed
        room.journal.move(job.id, ("running",), "running", pid=None)
        assert room.journal.job(job.id).state == "running"
        room._lost(job.id, "running")
    assert room.journal.job(job.id).state == "failed"
    assert "stopped 3 times" in room.journal.end(job.id)[1]["message"]


def test_a_worker_that_dies_before_it_takes_its_job_is_not_started_for_ever(room, law, monkeypatch):
    monkeypatch.setattr(
        Room, "_worker",
        lambda *_: subprocess.Popen([sys.executable, "-c", "raise SystemExit(1)"]),
    )  # fmt: skip
    job = room.submit("nash", _request("nash", ranges=False), law)
    ended = _until(room, job.id, _over, 30)
    assert ended.state == "failed"
    assert "stopped 3 times" in room.journal.end(job.id)[1]["message"]


def test_the_watch_outlives_an_error(room, monkeypatch, capsys):
    looked = []

    def tend(_):
        looked.append(1)
        if len(looked) == 2:
            raise OSError("the disk is full")

    monkeypatch.setattr(Room, "tend", tend)
    monkeypatch.setattr("surtax.desk.jobs._PAUSE", 0.1)
    room.start()
    end = time.monotonic() + 10
    while len(looked) < 4 and time.monotonic() < end:
        time.sleep(0.05)
    assert len(looked) >= 4
    assert "the disk is full" in capsys.readouterr().err


def test_job_numbers_have_a_bound(tmp_path):
    desk = Desk(tmp_path)
    for method, path in (("GET", ""), ("DELETE", ""), ("POST", "/cancel"), ("POST", "/resume")):
        assert desk.error(method, f"/api/jobs/{10**20}{path}")["status"] == 422


def test_steps_found_under_another_law_are_not_gone_on_from(tmp_path):
    journal = Journal(tmp_path).open()
    number = journal.add("nash", {}, waiting=1)
    assert not journal.begin(number, "the law of today")
    journal.keep(number, "round 1", 0.5, {"x": [0.1], "gains": [1e-3]})
    assert journal.begin(number, "the law of today")
    assert [step.found for step in journal.steps(number)] == [{"x": [0.1], "gains": [1e-3]}]
    assert not journal.begin(number, "the law of tomorrow")
    assert journal.steps(number) == []


def test_a_list_leaves_its_measure_in_files_that_are_a_ledger(room, law):
    # A small cap: the programme over items is the same, the search is short.
    job = room.submit("list", _request("list", limit="1e9", ranges=False), law)
    assert _until(room, job.id, _over).state == "done"
    result = room.journal.end(job.id)[0]
    made = place(room.folder, job.id) / "list"
    proposed = Ledger.load(made)
    assert list(proposed.measures) == ["ca/proposed/list-on-us"]
    assert len(result["tariffs"]) == result["measures"][0]["items"]
    assert place(room.folder, job.id) / "list" / "instruments.yaml" in room.files(job.id)


def test_a_sweep_keeps_its_draws(room, law):
    request = _request("sweep", draws=30, seed=7)
    job = room.submit("sweep", request, law)
    assert _until(room, job.id, _over).state == "done"
    result = room.journal.end(job.id)[0]
    assert result["draws"] == 30
    assert result["vintage"]["command"] == work.command("sweep", request)
    assert [p.name for p in room.files(job.id)] == ["draws.csv", "plan.json", "sweep.json"]


BAD = [
    ({"kind": "best", "scenario": "spring-2052"}, {}),
    ({"kind": "best", "player": "CND"}, {"player": "CND"}),
    ({"kind": "best", "objective": "jobs:NOWHERE"}, {"objective": "jobs:NOWHERE"}),
    ({"kind": "best", "instruments": ["tarif"]}, {"instruments": ["tarif"]}),
    ({"kind": "best", "limit": "much"}, {"limit": "much"}),
    ({"kind": "best", "least_harm": "some"}, {"least_harm": "some"}),
    ({"kind": "best", "ground": "haste"}, {"ground": "haste"}),
    ({"kind": "best", "response": "nothing-at-all"}, {"response": "nothing-at-all"}),
    ({"kind": "best", "closure": "own-shares"}, {"closure": "own-shares"}),
    ({"kind": "nash", "player": "USA", "against": ["USA"]}, {"player": "USA", "against": ["USA"]}),
    ({"kind": "list"}, {}),
    ({"kind": "list", "limit": "1e9", "against": ["USA", "MEX"]},
     {"limit": "1e9", "against": ["USA", "MEX"]}),
]  # fmt: skip


@pytest.fixture(scope="module")
def desk(tmp_path_factory) -> Iterator[Desk]:
    found = Desk(tmp_path_factory.mktemp("desk"))
    room = room_of(found.app)
    room.start()
    yield found
    room.stop()


@pytest.mark.parametrize(("body", "options"), BAD, ids=lambda one: json.dumps(one)[:60])
def test_what_cannot_be_asked_is_refused_as_the_command_refuses_it(desk, law, body, options):
    answer = desk.post("/api/jobs", json=body)
    assert answer.status_code == 422
    given = {k: tuple(v) if isinstance(v, list) else v for k, v in options.items()}
    question = ask.Question(body.get("scenario", "spring-2025"), mode=body["kind"], **given)
    with pytest.raises(SurtaxError) as told:
        ask.answer(ask.asked(question, law))
    assert answer.json()["error"]["message"] == str(told.value)


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({"kind": "worst"}, 422, "kind"),
        ({"kind": "best", "starts": 0}, 422, "starts"),
        ({"kind": "best", "speed": 3}, 422, "speed"),
        ({"kind": "best", "scenario": "../../etc/passwd"}, 422, "scenario"),
        ({"kind": "best", "objective": "/etc/passwd.yaml"}, 422, "command line"),
        ({"kind": "platforms", "platforms": ["force-and-pivot"]}, 422, "two or more"),
        ({"kind": "sweep", "platform": "nobody"}, 422, "nobody"),
        ({"kind": "sweep", "platform": "force-and-pivot", "response": "full-155"}, 422, "own"),
    ],
)
def test_a_request_of_another_form_is_refused(desk, body, status, words):
    answer = desk.post("/api/jobs", json=body)
    assert answer.status_code == status
    assert words in json.dumps(answer.json(), ensure_ascii=False)


def test_a_job_by_its_addresses(desk):
    asked = {"kind": "platforms", "platforms": ["force-and-pivot", "retaliate-and-insure"]}
    made = desk.post("/api/jobs", json=asked)
    assert made.status_code == 202
    number = made.json()["id"]
    assert made.json()["command"] == "surtax compare force-and-pivot retaliate-and-insure"
    end = time.monotonic() + 120
    while (job := desk.get(f"/api/jobs/{number}").json())["state"] in ("queued", "running"):
        assert time.monotonic() < end, job
        time.sleep(0.2)
    assert job["state"] == "done", job["error"]
    assert job["result"]["rows"][0]["name"] == "baseline"
    assert [step["step"] for step in job["partial"]] == ["baseline", *asked["platforms"]]
    listed = desk.get("/api/jobs")
    assert [one["id"] for one in listed.json()["jobs"]] == [number]
    same = desk.get("/api/jobs", headers={"If-None-Match": listed.headers["etag"]})
    assert same.status_code == 304
    for path in ("cancel", "resume"):
        assert desk.post(f"/api/jobs/{number}/{path}").status_code == 422
    assert desk.ask("DELETE", f"/api/jobs/{number}").status_code == 204
    assert desk.get(f"/api/jobs/{number}").status_code == 404
    assert desk.get(f"/api/jobs/{number}/files/x").status_code == 404


def test_choices_name_what_can_be_asked(desk):
    found = desk.get("/api/jobs/choices").json()
    assert "spring-2025" in [one["name"] for one in found["scenarios"]]
    canada = next(one for one in found["players"] if one["name"] == "CAN")
    assert len(canada["regions"]) >= 10


def test_a_lock_is_lost_with_its_holder(tmp_path):
    path = tmp_path / "lock"
    code = (
        "import sys, time; from pathlib import Path; from surtax import lock\n"
        "with lock.held(Path(sys.argv[1])) as mine: print(mine, flush=True); time.sleep(600)"
    )
    command = [sys.executable, "-c", code, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "True\n"
        assert lock.is_held(path)
        with closing(holder.stdout):
            holder.kill()
            holder.wait()
    assert not lock.is_held(path)
