"""Files of entries, rated, audited and refund-checked in the work folder and nowhere else."""

from __future__ import annotations

import re
import secrets
import shutil
import threading
import time
import traceback
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from surtax.desk import store
from surtax.desk.problem import BusyError, NotHereError
from surtax.duty.auditfile import audit_file
from surtax.duty.entries.run import make_job, rate_file
from surtax.duty.entries.runner import Job
from surtax.duty.refund import make_claim
from surtax.duty.refundfile import refund_file
from surtax.errors import InputError, SurtaxError, unknown
from surtax.ledger import listing
from surtax.ledger.refunds import refunds

TASKS = ("rate", "audit", "refund")
QUEUE = 4
"""Files that may wait for their turn or be at it."""
KEPT = 20
"""Finished files that are kept; the oldest goes first."""
SECONDS = 900.0
"""How long a file may take."""
BLOCK = 100_000
_ODD = re.compile(r"[^\w.\- ]+")


@dataclass(frozen=True)
class Wish:
    """What is asked of a file.

    Attributes:
        tasks: some of `TASKS`.
        into: the importing place, where no column says it.
        known: the day of knowledge, and of a claim for refund.
        ground: the ruling or order from which refunds follow.
        void: measures that fall, in place of a ground.
        columns: canonical column → header.
    """

    tasks: tuple[str, ...] = TASKS
    into: str | None = None
    known: date | None = None
    ground: str | None = None
    void: tuple[str, ...] = ()
    columns: dict[str, str] = field(default_factory=dict)


@dataclass(eq=False)
class Run:
    """One file and what was found.

    Attributes:
        id: its name in addresses.
        folder: where it lies.
        source: the file.
        wish: what is asked.
        state: waiting, running, done or stopped.
        task: what is being done.
        share: how much of the task is done.
        answers: by task, the answer.
        errors: by task, what went wrong.
    """

    id: str
    folder: Path
    source: Path
    wish: Wish
    state: str = "waiting"
    task: str = ""
    share: float = 0.0
    lines: int = 0
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    errors: dict[str, SurtaxError] = field(default_factory=dict)
    columns: dict[str, str] = field(default_factory=dict)
    unused: tuple[str, ...] = ()
    family: str = ""
    stop: threading.Event = field(default_factory=threading.Event)

    def files(self) -> list[Path]:
        """What may be downloaded."""
        if self.state in ("waiting", "running"):
            return []
        return sorted(p for p in self.folder.glob("out/*.csv") if not p.name.startswith("."))


class StoppedError(SurtaxError):
    """A run that a person stopped, or that took too long."""


class Runs:
    """The files of a desk; those of an earlier one are removed when it opens.

    Args:
        folder: the work folder.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "entries"
        shutil.rmtree(self.folder, ignore_errors=True)
        self._runs: OrderedDict[str, Run] = OrderedDict()
        self._coming: set[Path] = set()  # folders of files that still arrive
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="entries")

    def room(self, name: str) -> Path:
        """A path for a new file of that name, in a folder of its own.

        Raises:
            BusyError: enough files wait already.
            InputError: no name of a CSV file.
        """
        told = _ODD.sub("_", name.replace("\\", "/").rpartition("/")[2]).lstrip(". ")[-80:]
        if not told.casefold().endswith(".csv") or len(told) < 5:
            raise InputError(
                f"“{name[:80]}” is no CSV file.", where="name", mend="Save the entries as .csv."
            )
        folder = self.folder / secrets.token_hex(8)
        with self._lock:
            busy = [
                run.folder for run in self._runs.values() if run.state in ("waiting", "running")
            ]
            active = len(self._coming | {*busy})
            if active >= QUEUE:
                raise BusyError(f"{active} files wait already.", mend="Send it when one is done.")
            self._coming.add(folder)
        (folder / "out").mkdir(parents=True, mode=0o700)
        return folder / told

    def drop(self, source: Path) -> None:
        """Remove a file that did not arrive or cannot be read."""
        shutil.rmtree(source.parent, ignore_errors=True)
        with self._lock:
            self._coming.discard(source.parent)

    def start(self, source: Path, wish: Wish) -> Run:
        """Check a file that has arrived, and put it in the line.

        Raises:
            InputError: it cannot be read, or a name of the wish does not exist; it is then gone.
        """
        run = Run(source.parent.name, source.parent, source, wish)
        try:
            job = _job(run, "rate")
            if wish.into:
                law = store.ledger().law
                listing.importer(law, wish.into, wish.known or law.verified_to)
            if "refund" in wish.tasks:
                _claim(wish)
        except BaseException as error:
            self.drop(source)
            if isinstance(error, SurtaxError):
                raise _told(error, source.parent) from None
            raise
        run.columns, run.unused = dict(job.mapping.columns), tuple(job.mapping.unused)
        run.family = job.mapping.rules.title
        with self._lock:
            self._runs[run.id] = run
            self._coming.discard(run.folder)
            old = [r for r in self._runs.values() if r.state in ("done", "stopped")]
        for one in old[: max(0, len(old) - KEPT)]:
            self.remove(one.id)
        self._pool.submit(self._work, run)
        return run

    def find(self, name: str) -> Run:
        """A run by its id.

        Raises:
            NotHereError: there is none.
        """
        with self._lock:
            found = self._runs.get(name)
        if found is None:
            raise NotHereError("there is no such file of entries.", mend="Send it again.")
        return found

    def file(self, name: str, out: str) -> Path:
        """A file to download.

        Raises:
            NotHereError: there is none of that name.
        """
        for path in self.find(name).files():
            if path.name == out:
                return path
        raise NotHereError("there is no such file.", mend="See the list of files.")

    def remove(self, name: str) -> None:
        """Stop a run if it goes on, and remove all it has.

        Raises:
            NotHereError: there is none.
        """
        run = self.find(name)
        run.stop.set()
        with self._lock:
            self._runs.pop(name, None)
        if run.state != "running":
            shutil.rmtree(run.folder, ignore_errors=True)

    def close(self) -> None:
        """Stop all work and remove all files."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        for run in list(self._runs.values()):
            run.stop.set()
        self._pool.shutdown(wait=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _work(self, run: Run) -> None:
        """All tasks of a run; whatever happens, it comes to an end."""
        run.state = "running"
        try:
            self._tasks(run)
        except Exception as error:
            run.errors["files"] = SurtaxError(f"the files could not be finished: {error}.")
            shutil.rmtree(run.folder / "out", ignore_errors=True)
            traceback.print_exc()
        finally:
            run.share, run.state = 1.0, "stopped" if run.stop.is_set() else "done"
            if run.id not in self._runs:
                shutil.rmtree(run.folder, ignore_errors=True)

    def _tasks(self, run: Run) -> None:
        until = time.monotonic() + SECONDS
        for task in run.wish.tasks:
            if run.stop.is_set():
                break
            run.task, run.share = task, 0.0
            try:
                run.answers[task] = _answer(run, task, _report(run, until))
            except SurtaxError as error:
                run.errors[task] = _told(error, run.folder)
            except OSError as error:
                run.errors[task] = SurtaxError(f"{error.strerror}.", where=run.source.name)


def _report(run: Run, until: float) -> Callable[[int, float], None]:
    def report(lines: int, share: float) -> None:
        run.lines, run.share = lines, share
        if run.stop.is_set():
            raise StoppedError("the run was stopped.")
        if time.monotonic() > until:
            raise StoppedError(
                f"the file took more than {SECONDS:g} seconds.", mend="Use the command line for it."
            )

    return report


def _job(run: Run, task: str) -> Job:
    law, wish = store.ledger().law, run.wish
    stem = run.source.stem
    into = wish.into or (_claim(wish).into if task == "refund" else None)
    return make_job(
        law, run.source, run.folder / "out" / f"{stem}-{task}.csv", into=into,
        known=wish.known if task == "rate" else None, columns=wish.columns, size=BLOCK,
    )  # fmt: skip


def _claim(wish: Wish) -> Any:
    law = store.ledger().law
    ground = wish.ground or (None if wish.void else next(iter(refunds(law).grounds)))
    return make_claim(law, wish.known or law.verified_to, void=wish.void, ground=ground)


def _answer(run: Run, task: str, report: Callable[[int, float], None]) -> dict[str, Any]:
    law = store.ledger().law
    job = _job(run, task)
    if task == "rate":
        return rate_file(law, job, report=report)
    if task == "audit":
        return audit_file(law, job, run.wish.known or law.verified_to, report=report)
    return refund_file(law, job, _claim(run.wish), report=report)


def _told(error: SurtaxError, folder: Path) -> SurtaxError:
    """An error that names files as the person who sent them does."""
    inside = f"{folder}/"
    return type(error)(
        error.what.replace(inside, ""),
        where=error.where.replace(inside, ""),
        mend=error.mend.replace(inside, ""),
    )


def tasks(names: list[str]) -> tuple[str, ...]:
    """The tasks named, in their order; all unless some are.

    Raises:
        UnknownNameError: a task that does not exist.
    """
    for name in names:
        if name not in TASKS:
            raise unknown("task", name, TASKS, where="do")
    return tuple(t for t in TASKS if t in names) or TASKS


def to_json(run: Run) -> dict[str, Any]:
    """Where a run stands and what was found; files by their names alone."""
    return {
        "id": run.id,
        "name": run.source.name,
        "state": run.state,
        "task": run.task,
        "share": run.share,
        "lines": run.lines,
        "family": run.family,
        "columns": run.columns,
        "unused": list(run.unused),
        "answers": {task: _plain(answer) for task, answer in run.answers.items()},
        "errors": {task: str(error) for task, error in run.errors.items()},
        "files": [{"name": p.name, "bytes": p.stat().st_size} for p in run.files()],
    }


def _plain(answer: dict[str, Any]) -> dict[str, Any]:
    """An answer without paths of this machine."""
    out = {**answer, "out": Path(answer["out"]).name}
    out["rejects"] = answer.get("rejects") and Path(answer["rejects"]).name
    if "files" in out:
        out["files"] = [Path(path).name for path in answer["files"]]
    return out
