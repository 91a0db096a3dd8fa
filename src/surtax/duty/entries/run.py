"""Rate a file of entries block by block, and go on where an earlier run stopped."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from surtax._version import __version__
from surtax.duty.bulk import Rater
from surtax.duty.entries import fold, read, seen
from surtax.duty.entries.clean import Clean, Cleaner, border_into
from surtax.duty.entries.headers import Match
from surtax.duty.entries.read import Block, Source
from surtax.duty.entries.write import Done, Workspace, kind_of, rejects_of
from surtax.duty.entry import CURRENCIES
from surtax.errors import DataError
from surtax.ledger.load import Ledger

REPEATS = "the line repeats another in every cell"
Report = Callable[[int, float], None]
"""Told how many lines are done, and what share of the whole they are."""


@dataclass(frozen=True)
class Job:
    """One run.

    Attributes:
        source: the file of entries.
        out: the output.
        mapping: how its columns are read.
        into: the importing place, where no column says it.
        known, threatened: as `rate_table`.
        size: lines in a block.
        narrow: the duties of a line in pairs of columns, layer1 and duty1 and so on, and not in a
            column for each duty.
    """

    source: Source
    out: Path
    mapping: Match
    into: str | None = None
    known: date | None = None
    threatened: bool = False
    size: int = read.BLOCK
    narrow: bool = False


def make_job(
    ledger: Ledger,
    path: Path | str,
    out: Path | str,
    *,
    into: str | None = None,
    known: date | None = None,
    threatened: bool = False,
    columns: Mapping[str, str] | None = None,
    size: int = read.BLOCK,
    narrow: bool = False,
) -> Job:
    """A run, checked before it begins.

    Args:
        ledger: the law.
        path: a CSV or Parquet file, or a folder of Parquet parts.
        out: where the rated entries go, .parquet or .csv.
        into: the importing place, where no column says it.
        known, threatened: as `rate_table`.
        columns: canonical column → header, as a person says.
        size: lines in a block.
        narrow: see `Job`.

    Raises:
        InputError: the source cannot be read, a column is missing, or the output cannot be.
    """
    source, target = read.open_entries(path), Path(out)
    kind_of(target)
    if not target.parent.is_dir():
        raise DataError(
            "there is no such folder.", where=str(target.parent), mend="Make it, or name another."
        )
    if target.is_dir() or target.resolve().is_relative_to(source.path.resolve()):
        raise DataError(
            "the output is a folder." if target.is_dir()
            else "the output would take the place of its source, or join it.",
            where=str(target),
            mend="Give another name.",
        )  # fmt: skip
    if _made_with(target).fullmatch(source.path.name) and source.path.parent.samefile(
        target.parent
    ):
        raise DataError(
            "its rejected lines or claims would take the place of the source.",
            where=str(target), mend="Give another name.",
        )  # fmt: skip
    if into:
        border_into(into)
    mapping = source.match(list(ledger.facts), columns, optional={"into"} if into else ())
    return Job(source, target, mapping, into, known, threatened, size, narrow)


def _made_with(out: Path) -> re.Pattern[str]:
    """Names of the files that a run may write or clear away beside its output."""
    return re.compile(rf"{re.escape(out.stem)}(\.rejected|-[a-z0-9-]+-[0-9]{{3,}})\.csv")


def rate_file(
    ledger: Ledger, job: Job, *, fresh: bool = False, report: Report | None = None
) -> dict[str, Any]:
    """Rate a file of entries.

    Args:
        ledger: the law.
        job: what to do.
        fresh: begin anew, whatever an earlier run left.
        report: told of each block done.

    Returns:
        lines, duty, seconds, rejected; beside them duty_by_currency (duty is null where several
        currencies would be added), rejects (the file of rejected lines, or null), columns (header →
        canonical column), unused, repairs by kind, stale, resumed_after (lines that an earlier run
        had done), out, verified_to, known.
    """
    began = time.perf_counter()
    runner = Runner(ledger, job, Workspace(job.out, plan_of(ledger, job), fresh=fresh))
    before = through(runner, report)
    cents = runner.duty
    return {
        "lines": runner.lines,
        "duty": sum(cents.values()) / 100 if len(cents) <= 1 else None,
        "seconds": round(time.perf_counter() - began, 3),
        "rejected": runner.rejected,
        "duty_by_currency": {name: value / 100 for name, value in sorted(cents.items())},
        "rejects": str(rejects_of(job.out)) if runner.rejected else None,
        "out": str(job.out),
        "family": job.mapping.rules.title,
        "columns": job.mapping.columns,
        "unused": list(job.mapping.unused),
        "repairs": dict(sorted((runner.repairs + Counter(job.source.notes)).items())),
        "stale": runner.stale,
        "resumed_after": before,
        "known": (job.known or ledger.verified_to).isoformat(),
        "verified_to": ledger.verified_to.isoformat(),
    }


def through(runner: Runner, report: Report | None = None) -> int:
    """Take every block of a run through and finish it; the lines that an earlier run had done."""
    before = 0
    with runner.work.held() as ready:
        for number, (done, share) in enumerate(_pipeline(runner, ready)):
            runner.count(done)
            before += done.lines if number < ready else 0
            if report:
                report(runner.lines, share)
        runner.finish()
    return before


def plan_of(ledger: Ledger, job: Job) -> dict[str, Any]:
    """What decides the bytes of the output."""
    at = job.source.path
    files = sorted(at.glob("*.parquet")) if at.is_dir() else [at]
    return {
        "version": __version__,
        "law": ledger.digest,
        "files": [[str(p.resolve()), p.stat().st_size, p.stat().st_mtime_ns] for p in files],
        "columns": job.mapping.columns,
        "into": job.into,
        "known": (job.known or ledger.verified_to).isoformat(),
        "threatened": job.threatened,
        "size": job.size,
        "narrow": job.narrow,
    }


def _share(source: Source, lines: int, block: Block) -> float:
    if source.lines > 0:
        return lines / source.lines
    return block.bytes / source.size if source.size and block.bytes >= 0 else 0.0


def _pipeline(runner: Runner, ready: int) -> Iterator[tuple[Done, float]]:
    """Blocks done, in order: while one is rated, the next is read and the last is written."""
    with ThreadPoolExecutor(1) as reader, ThreadPoolExecutor(1) as writer:
        cleaned = _cleaned(runner, ready)
        coming: Future[Cleaned | Done | None] = reader.submit(next, cleaned, None)
        writing: Future[Done] | None = None
        try:
            while (now := coming.result()) is not None:
                coming = reader.submit(next, cleaned, None)
                if isinstance(now, Done):
                    yield now, 0.0
                    continue
                rated = runner.rate(now)
                if writing is not None:
                    yield writing.result(), now.share
                writing = writer.submit(runner.write, now, rated)
            if writing is not None:
                yield writing.result(), 1.0
        finally:
            coming.cancel()


def _cleaned(runner: Runner, ready: int) -> Iterator[Cleaned | Done]:
    """Blocks ready to be rated; of those that an earlier run has done, what they hold."""
    lines = 0
    for number, block in enumerate(canonical_blocks(runner.job)):
        lines += len(block.frame) + len(block.bad)
        share = _share(runner.job.source, lines, block)
        yield runner.skip(number) if number < ready else runner.clean(number, block, share)


@dataclass(frozen=True, eq=False)
class Cleaned:
    """A block between cleaning and rating.

    Attributes:
        number: its number.
        share: how far into the source it reaches, a share.
        count: its lines, those rejected among them.
        texts: the raw lines, for those that are rejected.
        bad: lines rejected so far.
        clean: the others.
        marks: a mark of each raw line; None where lines cannot repeat.
    """

    number: int
    share: float
    count: int
    texts: pl.DataFrame
    bad: list[tuple[int, str, str]]
    clean: Clean
    marks: bytes | None


def canonical_blocks(job: Job) -> Iterator[Block]:
    """Blocks in canonical names; where the numbers of a line stand apart, none is cut in two."""
    held: pl.DataFrame | None = None
    folded = job.mapping.rules.folded and fold.folds(list(job.mapping.columns.values()))
    for block in read.blocks(job.source, size=job.size):
        frame = read.renamed(block, job.mapping)
        if folded:
            whole = frame if held is None else pl.concat([held, frame], how="vertical_relaxed")
            frame, held = fold.cut(whole)
        yield Block(frame, block.bad, block.bytes)
    if held is not None and len(held):
        yield Block(held, [])


class Runner:
    """The state of one run; what it makes of a block is `rate`, and `write` puts it on disk."""

    coded = True
    """Whether texts that repeat are categories on their way."""

    def __init__(self, ledger: Ledger, job: Job, work: Workspace) -> None:
        self.job, self.work = job, work
        self.cleaner = Cleaner(ledger, job.mapping, job.into, coded=self.coded)
        self.rater = Rater(ledger, known=job.known, threatened=job.threatened)
        self.seen = seen.Seen()
        self.folded = job.mapping.rules.folded and fold.folds(list(job.mapping.columns.values()))
        self.marked = {"entry", "entry_line"} <= set(job.mapping.columns.values())
        self.lines = self.rejected = self.blocks = self.stale = 0
        self.duty: Counter[str] = Counter()
        self.repairs: Counter[str] = Counter()

    def count(self, done: Done) -> None:
        """Add a block to the sums."""
        self.blocks += 1
        self.lines += done.lines
        self.rejected += done.rejected
        self.stale += done.stale
        self.duty.update(done.duty)
        self.repairs.update(done.repairs)

    def skip(self, number: int) -> Done:
        """A block that an earlier run has done."""
        if self.marked:
            marks = self.work.load(number, "marks")
            self.seen.add(np.frombuffer(marks, dtype=np.uint64))
        return self.work.done(number)

    def clean(self, number: int, block: Block, share: float) -> Cleaned:
        """Clean one block."""
        raw, bad, joined = block.frame, list(block.bad), 0
        count = len(raw) + len(bad)
        marks = seen.marks(raw) if self.marked else None
        if marks is not None:
            again = pl.Series(self.seen.repeats(marks))
            self.seen.add(marks)
            if again.any():
                told = [(line, REPEATS) for line in raw["line"].filter(again)]
                bad += _texts(raw, told)
                raw = raw.filter(~again)
        if self.folded:
            raw, lost, joined = fold.join(raw)
            bad += _texts(block.frame, lost)
        clean = self.cleaner.clean(raw)
        if joined:
            clean.repairs[fold.FOLDED] += joined
        data = marks.tobytes() if marks is not None else None
        return Cleaned(number, share, count - joined, block.frame, bad, clean, data)

    def rate(self, now: Cleaned) -> pl.DataFrame:
        """Rate one block."""
        return self.rater.rate(now.clean.lines, narrow=self.job.narrow, coded=self.coded)

    def write(self, now: Cleaned, rated: pl.DataFrame) -> Done:
        """Write one block; what it holds."""
        refused: list[tuple[int, str]] = []
        off = rated["rejected"].is_not_null()
        if off.any():
            some = rated.filter(off)
            refused += list(zip(some["line"], some["rejected"], strict=True))
            rated = rated.filter(~off)
        return self.put(now, _finished(rated), refused, _sums(rated), int(rated["stale"].sum()))

    def put(
        self,
        now: Cleaned,
        lines: pl.DataFrame,
        refused: list[tuple[int, str]],
        duty: dict[str, int],
        stale: int,
    ) -> Done:
        """Put a block's lines on disk, with those refused beside what cleaning refused."""
        bad = sorted([*now.bad, *_texts(now.texts, [*now.clean.refused, *refused])])
        repairs = {what: n for what, n in now.clean.repairs.items() if n}
        done = Done(now.count, len(bad), duty, repairs, stale)
        if now.marks is not None:
            self.work.save(now.number, "marks", now.marks)
        self.work.put(now.number, lines, bad, done)
        return done

    def finish(self) -> None:
        """Make the output of all blocks."""
        self.work.finish(self.blocks)


def _finished(rated: pl.DataFrame) -> pl.DataFrame:
    """Rated lines as they are written: the rate beside the duty."""
    rate = pl.col("duty").cast(pl.Float64) / pl.col("value").cast(pl.Float64)
    at = rated.columns.index("duty") + 1
    names = [*rated.columns[:at], "rate", *rated.columns[at:]]
    return rated.with_columns(rate.alias("rate")).select(names).drop("rejected")


def _sums(rated: pl.DataFrame) -> dict[str, int]:
    """Duties by currency, in cents."""
    sums = rated.group_by("into").agg(pl.col("duty").sum()).sort("into")
    out: Counter[str] = Counter()
    for into, duty in sums.iter_rows():
        out[CURRENCIES[into]] += int((duty or 0) * 100)
    return dict(out)


def _texts(frame: pl.DataFrame, refused: list[tuple[int, str]]) -> list[tuple[int, str, str]]:
    """Refused lines with the text of their cells."""
    if not refused:
        return []
    numbers = [n for n, _ in refused]
    rows = frame.filter(pl.col("line").is_in(numbers))
    text = {
        row[0]: ",".join("" if cell is None else str(cell) for cell in row[1:])
        for row in rows.select("line", pl.exclude("line")).iter_rows()
    }
    return [(n, why, text.get(n, "")) for n, why in refused]
