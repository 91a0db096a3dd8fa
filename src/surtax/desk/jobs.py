"""The response room: takes questions, starts workers a few at once, and looks after them.

Workers are processes of their own that write into the journal. One that dies is started again
where its steps ended; a desk that is started again finds what ran, and goes on with what waits.
"""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import traceback
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from surtax import lock
from surtax.desk import work
from surtax.desk.journal import LIVE, Job, Journal
from surtax.desk.problem import BusyError, NotHereError, problem
from surtax.desk.worker import place
from surtax.errors import InputError, SurtaxError
from surtax.ledger import Ledger

LOST = 3
"""Workers of a job that may die one after the other without a step done."""

_PULSE = 0.3  # seconds between two looks at the workers
_PAUSE = 10.0  # seconds to the next look where one failed


@dataclass(eq=False)
class Room:
    """The jobs of one work folder.

    Attributes:
        folder: where the journal and the jobs' files lie. at_once: jobs that run together.
        waiting: jobs that may wait.
    """

    folder: Path
    at_once: int = 1
    waiting: int = 8
    _workers: dict[int, subprocess.Popen[bytes]] = field(default_factory=dict)
    _guard: threading.Lock = field(default_factory=threading.Lock)
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def __post_init__(self) -> None:
        self.journal.open()

    @property
    def journal(self) -> Journal:
        """What all of this is written in."""
        return Journal(self.folder)

    def submit(self, kind: str, request: dict[str, Any], law: Ledger) -> Job:
        """A new job.

        Raises:
            InputError: what its command would say of the request.
            BusyError: too many wait already.
        """
        work.check(kind, request, law)
        told = work.command(kind, request)
        number = self.journal.add(kind, request, waiting=self.waiting, command=told)
        if number is None:
            raise self._full()
        return self.journal.job(number)

    def cancel(self, number: int) -> Job:
        """Stop a job; what its steps found stays.

        Raises:
            NotHereError: there is none. InputError: it has ended.
        """
        self.journal.job(number)
        if not self.journal.move(number, LIVE, "cancelled", left=None):
            raise InputError(f"job {number} has ended.", mend="Only a live job can be cancelled.")
        self._end(number)
        return self.journal.job(number)

    def resume(self, number: int) -> Job:
        """Let a job that was cancelled or failed go on after the steps it had done.

        Raises:
            NotHereError: there is none. InputError: it is done or live.
            BusyError: too many wait already.
        """
        self.journal.job(number)
        if sum(one.state == "queued" for one in self.journal.jobs()) >= self.waiting:
            raise self._full()
        moved = self.journal.move(
            number, ("cancelled", "failed"), "queued", error=None, lost=0, done=0, text=""
        )
        if not moved:
            raise InputError(
                f"job {number} is done or runs.", mend="Only a stopped job can be resumed."
            )
        return self.journal.job(number)

    def remove(self, number: int) -> None:
        """Drop a job that has ended, with its files.

        Raises:
            NotHereError: there is none. InputError: it runs or waits.
        """
        if self.journal.job(number).state in LIVE:
            raise InputError(f"job {number} runs or waits.", mend="Cancel it first.")
        self.journal.forget(number)
        work.remove(place(self.folder, number))

    def file(self, number: int, name: str) -> Path:
        """A file that a job made.

        Raises:
            NotHereError: there is none of that name.
        """
        self.journal.job(number)
        for path in self.files(number):
            if path.relative_to(place(self.folder, number)).as_posix() == name:
                return path
        raise NotHereError(f"job {number} has no file “{name}”.", mend="See what it lists.")

    def files(self, number: int) -> list[Path]:
        """The files of a job's answer."""
        own = place(self.folder, number)
        made = [*own.glob("list/**/*"), *own.glob("sweep/*.*")]
        return sorted(path for path in made if path.is_file())

    def _full(self) -> BusyError:
        return BusyError(
            f"{self.waiting} jobs wait already.", mend="Cancel one, or ask when one has ended."
        )

    def start(self) -> None:
        """Look after jobs until `stop`."""
        self.tend()
        self._thread = threading.Thread(target=self._watch, name="response room", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop workers and let their jobs wait for the next start."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
        for number in list(self._workers):
            self._end(number)
            self.journal.move(number, ("running",), "queued", left=None)

    def _watch(self) -> None:
        wait = _PULSE
        while not self._stop.wait(wait):
            try:
                self.tend()
                wait = _PULSE
            except (OSError, sqlite3.Error):  # a full disk, say: told once, and tried again
                if wait == _PULSE:
                    traceback.print_exc()
                wait = _PAUSE

    def tend(self) -> None:
        """One look: jobs whose worker died wait again; waiting ones start where there is room."""
        with self._guard:
            for number, worker in list(self._workers.items()):
                if worker.poll() is not None:
                    del self._workers[number]
                    if self._waits(number):  # it died before it took the job
                        self._lost(number, "queued")
            jobs = self.journal.jobs()[::-1]
            running = 0
            for job in jobs:
                if job.state == "running" and not self._lives(job):
                    self._lost(job.id, "running")
                elif job.state == "running" or job.id in self._workers:
                    running += 1
            for job in self.journal.jobs()[::-1]:
                if running >= self.at_once:
                    break
                if job.state == "queued" and job.id not in self._workers:
                    self._workers[job.id] = self._worker(job.id)
                    running += 1

    def _lives(self, job: Job) -> bool:
        return job.id in self._workers or lock.is_held(place(self.folder, job.id) / "lock")

    def _waits(self, number: int) -> bool:
        return any(job.id == number and job.state == "queued" for job in self.journal.jobs())

    def _lost(self, number: int, state: str) -> None:
        """A worker died; its job waits again, unless that has happened too often."""
        now = self.journal.job(number)
        if now.state != state:
            return
        if now.lost + 1 < LOST:
            self.journal.move(number, (state,), "queued", lost=now.lost + 1)
            return
        log = place(self.folder, number) / "worker.log"
        told = SurtaxError(
            f"its worker was stopped {LOST} times before a step was done.",
            mend=f"See {log}, then resume it.",
        )
        self.journal.fail(number, problem(told).error.model_dump())

    def _worker(self, number: int) -> subprocess.Popen[bytes]:
        own = place(self.folder, number)
        own.mkdir(parents=True, exist_ok=True)
        threads = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
        with (own / "worker.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "surtax.desk.worker", str(self.folder), str(number)],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                env={**os.environ, **threads},
            )  # fmt: skip

    def _end(self, number: int) -> None:
        """Kill a job's worker and what it started, if it lives."""
        with self._guard:
            worker = self._workers.pop(number, None)
            pid = worker.pid if worker else self.journal.job(number).pid
            if worker is None and not lock.is_held(place(self.folder, number) / "lock"):
                return
            if pid is not None:
                _kill(pid)
            if worker is not None:
                worker.wait()


def _kill(pid: int) -> None:
    """Kill a process and those it started; nothing where it is gone."""
    try:
        if hasattr(os, "killpg"):
            os.killpg(pid, signal.SIGKILL)
        else:
            os.kill(pid, signal.SIGTERM)
    except ProcessLookupError:
        return
