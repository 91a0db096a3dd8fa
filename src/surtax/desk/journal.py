"""The journal of long jobs: one SQLite file in the work folder, written step by step.

A job is a question, and what its search has found so far. Whatever is killed, and when, the
steps that were done stand here, and the job goes on after them.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from surtax.desk.problem import NotHereError

STATES = ("queued", "running", "done", "failed", "cancelled")
LIVE = ("queued", "running")

_TABLES = """
CREATE TABLE IF NOT EXISTS jobs (
  id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, request TEXT NOT NULL,
  state TEXT NOT NULL, created REAL NOT NULL, ended REAL, text TEXT NOT NULL DEFAULT '',
  done INTEGER NOT NULL DEFAULT 0, total INTEGER NOT NULL DEFAULT 0, left REAL,
  lost INTEGER NOT NULL DEFAULT 0, pid INTEGER, mark TEXT NOT NULL DEFAULT '',
  result TEXT, error TEXT, command TEXT NOT NULL DEFAULT '');
CREATE TABLE IF NOT EXISTS steps (
  job INTEGER NOT NULL, name TEXT NOT NULL, seconds REAL NOT NULL, found TEXT NOT NULL,
  PRIMARY KEY (job, name));
"""
_COLUMNS = (
    "id, kind, request, state, created, ended, text, done, total, left, lost, pid, mark, command"
)


@dataclass(frozen=True)
class Job:
    """One job.

    Attributes:
        id, kind, request: what is asked. state: of `STATES`.
        created, ended: seconds since 1970.
        text, done, total: what it does now, and how many of about how many steps were begun.
        left: seconds that it may still take; None where nobody can tell.
        lost: workers that died since a step was kept. pid: of the last worker.
        mark: of law, data and version for which its steps were kept.
        command: what asks the same on the command line, as it was when the job was added.
    """

    id: int
    kind: str
    request: dict[str, Any]
    state: str
    created: float
    ended: float | None
    text: str
    done: int
    total: int
    left: float | None
    lost: int
    pid: int | None
    mark: str
    command: str


@dataclass(frozen=True)
class Step:
    """What one step found, and the seconds that it took."""

    name: str
    seconds: float
    found: dict[str, Any]


@dataclass(frozen=True)
class Journal:
    """A journal in a folder, which exists."""

    folder: Path

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        path = self.folder / "jobs.sqlite"
        with closing(sqlite3.connect(path, timeout=30.0)) as connection, connection:
            yield connection

    def open(self) -> Journal:
        """Make the tables that are not there yet, and the columns that an earlier version lacks."""
        with closing(sqlite3.connect(self.folder / "jobs.sqlite", timeout=30.0)) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.executescript(_TABLES)
            held = [row[1] for row in connection.execute("PRAGMA table_info(jobs)")]
            if "command" not in held:
                connection.execute("ALTER TABLE jobs ADD COLUMN command TEXT NOT NULL DEFAULT ''")
        return self

    def add(
        self, kind: str, request: dict[str, Any], *, waiting: int, command: str = ""
    ) -> int | None:
        """A new job's number; None where that many wait already."""
        with self._open() as db:
            added = db.execute(
                "INSERT INTO jobs (kind, request, state, created, command) "
                "SELECT ?, ?, 'queued', ?, ? WHERE "
                "(SELECT count(*) FROM jobs WHERE state = 'queued') < ?",
                (kind, json.dumps(request), time.time(), command, waiting),
            )
            return added.lastrowid if added.rowcount else None

    def jobs(self) -> list[Job]:
        """All of them, the newest first."""
        with self._open() as db:
            rows = db.execute(f"SELECT {_COLUMNS} FROM jobs ORDER BY id DESC").fetchall()
        return [_job(row) for row in rows]

    def job(self, number: int) -> Job:
        """One job.

        Raises:
            NotHereError: there is none of that number.
        """
        with self._open() as db:
            row = db.execute(f"SELECT {_COLUMNS} FROM jobs WHERE id = ?", (number,)).fetchone()
        if row is None:
            raise NotHereError(f"there is no job {number}.", mend="See the list of jobs.")
        return _job(row)

    def end(self, number: int) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
        """A job's result and its error, whichever there is."""
        with self._open() as db:
            row = db.execute("SELECT result, error FROM jobs WHERE id = ?", (number,)).fetchone()
        result, error = row or (None, None)
        return result and json.loads(result), error and json.loads(error)

    def steps(self, number: int) -> list[Step]:
        """What a job's steps found so far, in order."""
        with self._open() as db:
            rows = db.execute(
                "SELECT name, seconds, found FROM steps WHERE job = ? ORDER BY rowid", (number,)
            ).fetchall()
        return [Step(name, seconds, json.loads(found)) for name, seconds, found in rows]

    def move(self, number: int, states: tuple[str, ...], to: str, **more: Any) -> bool:
        """Put a job into another state, with other columns; False where it was in none of these."""
        ended = None if to in LIVE else time.time()
        values = {"state": to, "ended": ended, **more}
        setting = ", ".join(f"{name} = ?" for name in values)
        marks = ", ".join("?" for _ in states)
        with self._open() as db:
            moved = db.execute(
                f"UPDATE jobs SET {setting} WHERE id = ? AND state IN ({marks})",
                (*values.values(), number, *states),
            )
        return moved.rowcount > 0

    def tell(self, number: int, text: str, done: int, total: int, left: float | None) -> None:
        """What a job does now."""
        with self._open() as db:
            db.execute(
                "UPDATE jobs SET text = ?, done = ?, total = ?, left = ? WHERE id = ?",
                (text, done, total, left, number),
            )

    def begin(self, number: int, mark: str) -> bool:
        """Whether what was kept of a job still counts; drops it where the mark is another."""
        with self._open() as db:
            db.execute("DELETE FROM steps WHERE job = (SELECT id FROM jobs WHERE id = ? AND "
                       "mark <> ?)", (number, mark))  # fmt: skip
            same = db.execute("SELECT 1 FROM jobs WHERE id = ? AND mark = ?", (number, mark))
            kept = same.fetchone() is not None
            db.execute("UPDATE jobs SET mark = ? WHERE id = ?", (mark, number))
        return kept

    def keep(self, number: int, name: str, seconds: float, found: dict[str, Any]) -> None:
        """Keep what a step found."""
        with self._open() as db:
            db.execute(
                "INSERT OR REPLACE INTO steps VALUES (?, ?, ?, ?)",
                (number, name, seconds, json.dumps(found)),
            )
            db.execute("UPDATE jobs SET lost = 0 WHERE id = ?", (number,))

    def finish(self, number: int, result: dict[str, Any]) -> None:
        """A running job is done."""
        self.move(number, ("running",), "done", result=json.dumps(result), left=None)

    def fail(self, number: int, error: dict[str, Any]) -> None:
        """A job cannot be done; `error` says why."""
        self.move(number, LIVE, "failed", error=json.dumps(error), left=None)

    def forget(self, number: int) -> None:
        """Drop a job and its steps."""
        with self._open() as db:
            db.execute("DELETE FROM steps WHERE job = ?", (number,))
            db.execute("DELETE FROM jobs WHERE id = ?", (number,))


def _job(row: tuple[Any, ...]) -> Job:
    number, kind, request, *rest = row
    return Job(number, kind, json.loads(request), *rest)
