"""Rate a file of entries block by block, and go on where an earlier run stopped."""

from __future__ import annotations

import re
import time
from collections import Counter, deque
from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from surtax._version import __version__
from surtax.duty.entries import memory, read, seen
from surtax.duty.entries.clean import border_into
from surtax.duty.entries.headers import Match
from surtax.duty.entries.read import Block, Source
from surtax.duty.entries.runner import Cleaned, Job, Runner, canonical_blocks
from surtax.duty.entries.write import Done, Workspace, kind_of, rejects_of
from surtax.errors import DataError, InputError
from surtax.ledger import schedule
from surtax.ledger.load import Ledger

WRITERS = 2
"""Blocks that are made columns of and written at a time."""
Report = Callable[[int, float], None]
"""Told how many lines are done, and what share of the whole they are."""


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
    mapping = mapped(ledger, source, into, columns)
    return Job(source, target, mapping, into, known, threatened, size, narrow)


def mapped(
    ledger: Ledger, source: Source, into: str | None, columns: Mapping[str, str] | None
) -> Match:
    """How the columns of a source are read; the arguments as for `make_job`.

    Raises:
        InputError: a column is missing, or the importing place is none.
    """
    if into:
        try:
            border_into(into)
        except InputError as error:
            raise InputError(error.what, where="--into", mend=error.mend) from None
    return source.match(list(ledger.facts), columns, optional={"into"} if into else ())


def _made_with(out: Path) -> re.Pattern[str]:
    """Names of the files that a run may write or clear away beside its output."""
    return re.compile(rf"{re.escape(out.stem)}(\.rejected|-[a-z0-9-]+-[0-9]{{3,}})\.csv")


def rate_file(
    ledger: Ledger,
    job: Job,
    *,
    fresh: bool = False,
    report: Report | None = None,
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
        canonical column), unused, repairs by kind, stale, unknown (lines with a duty whose rate is
        not known), missing (lines that wait for a fact), again and again_first (lines that name an
        entry line met before and say something else of it, and the first of them), resumed_after
        (lines that an earlier run had done), out, verified_to, known.
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
        "unknown": runner.unknown,
        "missing": runner.missing,
        **again_of(runner),
        "resumed_after": before,
        "known": (job.known or ledger.verified_to).isoformat(),
        "verified_to": ledger.verified_to.isoformat(),
    }


def again_of(runner: Runner) -> dict[str, Any]:
    """What is told of lines that name an entry line met before."""
    first = [dict(zip(("line", *seen.NAME), one, strict=True)) for one in runner.first]
    return {"again": runner.again, "again_first": first}


def through(runner: Runner, report: Report | None = None) -> int:
    """Take every block of a run through and finish it; the lines that an earlier run had done."""
    before, reached = 0, 0.0
    with memory.kept(), runner.work.held() as ready:
        for done, share, earlier in _pipeline(runner, ready):
            runner.count(done)
            before += done.lines if earlier else 0
            reached = max(reached, share)
            if report:
                report(runner.lines, reached)
        runner.finish()
    return before


def plan_of(ledger: Ledger, job: Job) -> dict[str, Any]:
    """What decides the bytes of the output."""
    at = job.source.path
    files = sorted(at.glob("*.parquet")) if at.is_dir() else [at]
    told = b"" if job.before is None else job.before.to_bytes()
    return {
        "version": __version__,
        "law": ledger.digest,
        "schedule": schedule.digest(),
        "files": [[str(p.resolve()), p.stat().st_size, p.stat().st_mtime_ns] for p in files],
        "columns": job.mapping.columns,
        "into": job.into,
        "known": (job.known or ledger.verified_to).isoformat(),
        "threatened": job.threatened,
        "size": job.size,
        "narrow": job.narrow,
        "before": sha256(told).hexdigest() if told else "",
    }


def _share(source: Source, lines: int, block: Block) -> float:
    if source.lines > 0:
        return lines / source.lines
    return block.bytes / source.size if source.size and block.bytes >= 0 else 0.0


def _pipeline(runner: Runner, ready: Collection[int]) -> Iterator[tuple[Done, float, bool]]:
    """Blocks done, with the share of the source that they reach, and whether by an earlier run.

    While one is rated here, the next is read and those before it are made columns of and written.
    """
    with ThreadPoolExecutor(1) as reader, ThreadPoolExecutor(WRITERS) as writer:
        cleaned = _cleaned(runner, ready)
        coming: Future[Cleaned | Done | None] = reader.submit(next, cleaned, None)
        writing: deque[tuple[Future[Done], float]] = deque()
        try:
            while (now := coming.result()) is not None:
                coming = reader.submit(next, cleaned, None)
                if isinstance(now, Done):
                    yield now, 0.0, True
                    continue
                write = runner.rate(now)
                if len(writing) == WRITERS:
                    done, share = writing.popleft()
                    yield done.result(), share, False
                writing.append((writer.submit(write), now.share))
                del write, now  # the block is held by what writes it, no longer than that
            for done, share in writing:
                yield done.result(), share, False
        finally:
            coming.cancel()


def _cleaned(runner: Runner, ready: Collection[int]) -> Iterator[Cleaned | Done]:
    """Blocks ready to be rated; of those that an earlier run has done, what they hold."""
    lines = 0
    for number, block in enumerate(canonical_blocks(runner.job)):
        lines += len(block.frame) + len(block.bad)
        share = _share(runner.job.source, lines, block)
        yield runner.skip(number) if number in ready else runner.clean(number, block, share)
