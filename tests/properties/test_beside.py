"""Work in a copy of the process: the same result, the same error, and nobody left behind."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable

import pytest

from surtax.brief import beside as room
from surtax.brief.beside import beside
from surtax.errors import ScenarioError

copies = pytest.mark.skipif(
    not (sys.platform == "linux" and room.cores() > 1),
    reason="NOT CHECKED: copies are made on Linux with two cores",
)
HERE = os.getpid()


def _got(work: Callable[[], object]) -> object:
    with beside(work) as result:
        return result()


@copies
def test_the_work_is_done_in_another_process_and_its_result_is_the_same() -> None:
    rows = [{"rate": 0.1 + 0.2, "name": "Québec", "none": None, "many": list(range(100_000))}]
    where, found = _got(lambda: (os.getpid(), rows))  # type: ignore[misc]
    assert where != HERE
    assert found == rows


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The copies that are made."""
    pids: list[int] = []
    fork = os.fork
    monkeypatch.setattr(room.os, "fork", lambda: pids.append(pid := fork()) or pid)
    return pids


@copies
def test_nobody_is_left_when_the_result_is_never_asked_for(made: list[int]) -> None:
    with beside(signal.pause):
        os.kill(made[0], 0)
    with pytest.raises(ProcessLookupError):
        os.kill(made[0], 0)


@copies
def test_nobody_is_left_when_the_other_work_is_stopped(made: list[int]) -> None:
    with pytest.raises(KeyboardInterrupt), beside(signal.pause):
        raise KeyboardInterrupt
    with pytest.raises(ProcessLookupError):
        os.kill(made[0], 0)


def test_an_error_is_raised_here_as_it_is() -> None:
    def fails() -> None:
        raise ScenarioError("no such thing.", where="x.yaml", mend="Name another.")

    with pytest.raises(ScenarioError, match=r"no such thing\.") as caught:
        _got(fails)
    assert (caught.value.where, caught.value.mend) == ("x.yaml", "Name another.")


def _ends(how: Callable[[], object]) -> Callable[[], str]:
    """Work that ends a copy that does it, and is done by this process."""

    def work() -> str:
        if os.getpid() != HERE:
            how()
        return "done"

    return work


@pytest.mark.parametrize(
    "how",
    [
        pytest.param(lambda: os._exit(3), id="ended"),
        pytest.param(lambda: os.kill(os.getpid(), signal.SIGKILL), id="killed"),
        pytest.param(lambda: __import__("polars"), id="polars"),
        pytest.param(lambda: sys.exit("no"), id="exit"),
    ],
)
def test_work_whose_copy_comes_to_nothing_is_done_here(how: Callable[[], object]) -> None:
    assert _got(_ends(how)) == "done"


def test_what_cannot_be_sent_is_made_here() -> None:
    found = _got(lambda: lambda: 7)
    assert callable(found)
    assert found() == 7


def test_beside_a_thread_the_work_is_done_here() -> None:
    found: list[object] = []
    thread = threading.Thread(target=lambda: found.append(_got(os.getpid)))
    thread.start()
    thread.join()
    assert found == [HERE]


def test_work_that_wants_no_copy_is_done_here() -> None:
    with beside(os.getpid, wanted=False) as result:
        assert result() == HERE
