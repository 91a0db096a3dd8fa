"""Who may ask, how much, and what a browser may do with the answer."""

from __future__ import annotations

import asyncio
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from surtax.desk.busy import FIRST, LATER, REST, Gate, Work
from surtax.desk.folder import own
from surtax.desk.problem import BusyError
from surtax.desk.safety import POLICY
from surtax.desk.serve import address_of, serve
from surtax.desk.settings import Settings, is_local
from surtax.errors import InputError
from web.desk.asking import Desk


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Desk(tmp_path_factory.mktemp("desk"), max_body=2000, max_upload=3000)


@pytest.mark.parametrize("path", ["/", "/api/about", "/nothing", "/static/js/main.js"])
def test_every_answer_carries_the_headers(desk: Desk, path: str) -> None:
    headers = desk.get(path).headers
    assert headers["content-security-policy"] == POLICY.format(ancestors="'none'")
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-opener-policy"] == "same-origin"


def test_the_policy_allows_no_inline_code_and_no_other_host() -> None:
    assert "default-src 'none'" in POLICY
    assert "unsafe" not in POLICY
    assert "http" not in POLICY
    assert "*" not in POLICY


def test_the_card_alone_may_stand_in_a_frame(desk: Desk) -> None:
    assert desk.get("/card").headers["content-security-policy"].endswith("frame-ancestors *")
    assert desk.get("/cards").headers["content-security-policy"].endswith("frame-ancestors 'none'")


def test_refusals_carry_the_headers_too(desk: Desk) -> None:
    answer = desk.get("/", headers={"host": "evil.example"})
    assert answer.status_code == 403
    assert "content-security-policy" in answer.headers


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "10.0.0.1", ""])
def test_another_name_is_refused_so_that_it_cannot_be_rebound(desk: Desk, host: str) -> None:
    error = desk.error("GET", "/api/about", headers={"host": host})
    assert error["status"] == 403


@pytest.mark.parametrize("host", ["localhost", "localhost:8642", "127.0.0.1:1", "[::1]:8642"])
def test_this_machine_is_not_refused(desk: Desk, host: str) -> None:
    assert desk.get("/api/about", headers={"host": host}).status_code == 200


SHIPMENT = {"goods": "8703.23.01", "from": "CA", "value": "40000", "on": "2025-04-10"}


@pytest.mark.parametrize(
    ("headers", "taken"),
    [
        ({}, True),
        ({"origin": "http://localhost:8642"}, True),
        ({"origin": "http://evil.example"}, False),
        ({"origin": "null"}, False),
        ({"origin": "http://localhost:9999"}, False),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "same-origin"}, True),
    ],
)
def test_other_pages_cannot_send(desk: Desk, headers: dict[str, str], taken: bool) -> None:
    answer = desk.post("/api/duty", json=SHIPMENT, headers=headers)
    assert answer.status_code == (200 if taken else 403)


def test_a_token_opens_the_desk_and_leaves_the_address(tmp_path: Path) -> None:
    desk = Desk(tmp_path, token="a-secret")
    assert desk.error("GET", "/api/about")["status"] == 401
    assert desk.error("GET", "/")["status"] == 401
    assert desk.error("GET", "/?token=wrong")["status"] == 401
    assert desk.error("GET", "/api/about", headers={"cookie": "surtax-token=no"})["status"] == 401
    opened = desk.get("/day?token=a-secret&on=2025-04-02")
    assert opened.status_code == 303
    assert opened.headers["location"] == "/day?on=2025-04-02"
    cookie = opened.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "samesite=strict" in cookie.casefold()
    for headers in (
        {"cookie": "surtax-token=a-secret"}, {"authorization": "Bearer a-secret"},
    ):  # fmt: skip
        assert desk.get("/api/about", headers=headers).status_code == 200


def test_the_redirect_stays_here(tmp_path: Path) -> None:
    desk = Desk(tmp_path, token="a-secret")
    for path in ("//evil.example/", "/\\evil.example/"):
        answer = desk.get(f"http://localhost:8642{path}?token=a-secret")
        assert answer.headers["location"] == "/evil.example/"


@pytest.mark.parametrize(
    ("host", "local"),
    [("127.0.0.1", True), ("::1", True), ("localhost", True), ("127.9.9.9", True),
     ("0.0.0.0", False), ("::", False), ("192.168.1.4", False), ("desk.example", False)],
)  # fmt: skip
def test_what_is_this_machine(host: str, local: bool) -> None:
    assert is_local(host) is local
    assert Settings(Path("x"), host).local is local


def test_the_address_carries_the_token() -> None:
    assert address_of(Settings(Path("x"))) == "http://127.0.0.1:8642/"
    assert address_of(Settings(Path("x"), "::", 80, "t")) == "http://[::]:80/?token=t"


def test_an_address_that_is_taken_or_not_one_is_said(tmp_path: Path) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(InputError, match=f"cannot listen on 127.0.0.1:{port}"):
            serve("127.0.0.1", port, tmp_path, None, launch=False)
    with pytest.raises(InputError, match="is no address"):
        serve("no such host", 1, tmp_path, None, launch=False)


@pytest.mark.parametrize("token", ["", "short"])
def test_a_token_that_is_none_is_refused(tmp_path: Path, token: str) -> None:
    with pytest.raises(InputError, match="--token"):
        serve("0.0.0.0", 1, tmp_path, token, launch=False)


def test_an_empty_token_lets_nobody_in(tmp_path: Path) -> None:
    desk = Desk(tmp_path, host="0.0.0.0", token="")
    for headers in ({}, {"authorization": "Bearer "}, {"cookie": "surtax-token="}):
        assert desk.get("/api/about", headers=headers).status_code == 401
    assert desk.get("/api/about?token=").status_code == 401


def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    mine = tmp_path / "entries" / "mine.csv"
    mine.parent.mkdir()
    mine.write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match="holds something else"), own(tmp_path):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["entries"]
    assert mine.read_text("utf-8") == "mine"


def test_a_folder_is_one_desks_at_a_time(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    with own(folder):
        with pytest.raises(InputError, match="another desk"), own(folder):
            pass
        Desk(folder)
    with own(folder):
        assert (folder / "jobs.sqlite").is_file()


def test_a_damaged_journal_is_said_and_left(tmp_path: Path) -> None:
    with own(tmp_path):
        pass
    journal = tmp_path / "jobs.sqlite"
    journal.write_bytes(b"no journal at all " * 100)
    with pytest.raises(InputError, match="cannot be read"), own(tmp_path):
        pass
    assert journal.read_bytes().startswith(b"no journal")


def test_large_bodies_are_refused(desk: Desk) -> None:
    assert desk.error("POST", "/api/duty", content=b" " * 2001)["status"] == 413
    assert desk.error("POST", "/api/entries?name=a.csv", content=b"x" * 3001)["status"] == 413
    assert list(desk.folder.rglob("*.csv")) == []


def test_slow_bodies_are_refused(tmp_path: Path) -> None:
    desk = Desk(tmp_path, upload_seconds=0.2)

    async def slow() -> Any:
        yield b"goods,"
        await asyncio.sleep(5)
        yield b"origin"

    began = time.monotonic()
    error = desk.error("POST", "/api/entries?name=a.csv", content=slow())
    assert error["status"] == 408
    assert time.monotonic() - began < 4
    assert list(desk.folder.rglob("*.csv")) == []


def test_a_gate_lets_few_through_and_tells_the_rest() -> None:
    gate = Gate(1, 0.05)
    inside, leave = threading.Event(), threading.Event()

    def hold() -> None:
        with gate.turn():
            inside.set()
            leave.wait(5)

    holder = threading.Thread(target=hold)
    holder.start()
    inside.wait(5)
    with pytest.raises(BusyError, match="busy"), gate.turn():
        pass
    leave.set()
    holder.join()
    with gate.turn():
        pass


def _waiting(
    gate: Gate, rank: int, said: list[str], name: str, number: int | None = None
) -> threading.Thread:
    """Somebody in the line of a gate who says when the turn came, or that none did."""

    def wait() -> None:
        try:
            with gate.turn(rank, 10.0, number):
                said.append(name)
        except BusyError:
            said.append(f"no {name}")

    before = len(gate._line)
    one = threading.Thread(target=wait)
    one.start()
    while len(gate._line) == before:
        time.sleep(0.001)
    return one


def test_turns_come_in_the_order_of_rank_and_of_coming() -> None:
    gate, said = Gate(1, 10.0), []
    with gate.turn():
        line = [
            _waiting(gate, rank, said, name)
            for rank, name in ((LATER, "c"), (FIRST, "a"), (LATER, "d"), (FIRST, "b"))
        ]
    for one in line:
        one.join()
    assert said == ["a", "b", "c", "d"]


def test_work_of_several_turns_keeps_its_place() -> None:
    gate, said = Gate(1, 10.0), []
    earlier = gate.number()
    with gate.turn():
        line = [
            _waiting(gate, LATER, said, "begun later"),
            _waiting(gate, LATER, said, "begun earlier", earlier),
        ]
    for one in line:
        one.join()
    assert said == ["begun earlier", "begun later"]


def test_a_gate_that_closes_sends_home_who_waits() -> None:
    gate, said = Gate(1, 10.0), []
    with gate.turn():
        one = _waiting(gate, FIRST, said, "turn")
        gate.close()
        one.join()
    assert said == ["no turn"]
    with pytest.raises(BusyError), gate.turn():
        pass


def test_what_is_not_urgent_stands_back_while_somebody_is_answered() -> None:
    work = Work()
    began = time.monotonic()
    work.stand_back(5.0)
    with work.answering():
        work.stand_back(0.1)
    assert 0.1 <= time.monotonic() - began < 4.0
    work.stand_back(5.0)
    assert REST <= time.monotonic() - began < 4.0


def test_busy_is_an_answer_with_a_time_to_come_again(tmp_path: Path) -> None:
    desk = Desk(tmp_path)

    @desk.app.get("/api/full")
    def full() -> None:
        raise BusyError("the desk is busy with other answers.", mend="Ask again in a moment.")

    answer = desk.get("/api/full")
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "2"
    assert answer.json()["error"]["mend"] == "Ask again in a moment."


def test_a_failure_of_the_desk_is_told_without_its_inside(tmp_path: Path) -> None:
    desk = Desk(tmp_path)

    @desk.app.get("/api/broken")
    def broken() -> None:
        raise RuntimeError("an inner thing")

    answer = desk.get("/api/broken")
    assert answer.status_code == 500
    assert "inner" not in answer.text
    assert answer.json()["error"]["message"].startswith("the desk failed")
    assert "content-security-policy" in answer.headers
