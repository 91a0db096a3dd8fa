"""One job in a process of its own: `python -m surtax.desk.worker FOLDER NUMBER`."""

from __future__ import annotations

import os
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from surtax import lock
from surtax.desk import work
from surtax.desk.journal import Job, Journal
from surtax.desk.problem import problem
from surtax.errors import SurtaxError
from surtax.ledger import Ledger
from surtax.response.kept import Found


def place(folder: Path, number: int) -> Path:
    """A job's own folder."""
    return folder / "jobs" / str(number)


@dataclass
class Teller:
    """Writes what a job does into the journal, and how long the rest may take.

    Attributes:
        journal, number: of the job. total: steps to expect. done: begun.
        made, busy: steps that were done in this run, and the seconds that they took.
    """

    journal: Journal
    number: int
    total: int = 0
    done: int = 0
    made: int = 0
    busy: float = 0.0
    _at: float = 0.0

    def begin(self, total: int) -> Callable[[str], None]:
        """Expect so many steps; gives what is told of each."""
        self.total, self._at = total, time.monotonic()
        return self.say

    def say(self, text: str) -> None:
        """The next step begins. What took less than a tenth of a second was kept from before."""
        now = time.monotonic()
        if self.done and now - self._at > 0.1:
            self.made, self.busy = self.made + 1, self.busy + now - self._at
        self._at = now
        self.done += 1
        rest = self.total - self.done + 1
        left = self.busy / self.made * rest if self.made and rest > 0 else None
        self.journal.tell(self.number, text, self.done, self.total, left)

    def keep(self, name: str, make: Callable[[], Found]) -> Found:
        """What a step found before, or finds now and is kept."""
        kept = {step.name: step.found for step in self.journal.steps(self.number)}
        if name in kept:
            return kept[name]
        began = time.monotonic()
        found = make()
        self.journal.keep(self.number, name, time.monotonic() - began, found)
        return found


def run(folder: Path, number: int) -> None:
    """Do a job that waits, unless another worker does it already."""
    journal = Journal(folder)
    own = place(folder, number)
    own.mkdir(parents=True, exist_ok=True)
    with lock.held(own / "lock") as mine:
        if not mine or not journal.move(number, ("queued",), "running", pid=os.getpid()):
            return
        job = journal.job(number)
        try:
            result = _answer(journal, job, own)
        except SurtaxError as error:
            _fail(journal, job, error)
        except Exception as error:
            traceback.print_exc()
            told = SurtaxError(
                f"the worker failed: {type(error).__name__}: {error}",
                mend=f"What it wrote is in {own / 'worker.log'}.",
            )
            _fail(journal, job, told)
        else:
            journal.finish(number, result)


def _answer(journal: Journal, job: Job, own: Path) -> dict[str, Any]:
    law = Ledger.load()
    if not journal.begin(job.id, work.mark(job.kind, job.request, law)):
        work.remove(own / "sweep")
    teller = Teller(journal, job.id)
    return work.answer(job.kind, job.request, law, own, begin=teller.begin, keep=teller.keep)


def _fail(journal: Journal, job: Job, error: SurtaxError) -> None:
    journal.fail(job.id, problem(error).error.model_dump())


if __name__ == "__main__":
    run(Path(sys.argv[1]), int(sys.argv[2]))
