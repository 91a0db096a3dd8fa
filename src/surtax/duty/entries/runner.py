"""What a run over a file of entries makes of its blocks, one after another."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from surtax.duty.block import Rated
from surtax.duty.bulk import Rater
from surtax.duty.entries import fold, read, seen
from surtax.duty.entries.clean import Clean, Cleaner
from surtax.duty.entries.headers import Match
from surtax.duty.entries.read import Block, Source
from surtax.duty.entries.write import Done, Workspace
from surtax.duty.entry import SPECIAL
from surtax.ledger.load import Ledger
from surtax.places import CURRENCIES

REPEATS = "the line repeats another in every column that is read"
CUT = "a spreadsheet has cut the number of the entry, so that its lines cannot be joined"
LEFT_OUT = "numbers of entries that a spreadsheet had cut, left out"
FIRST = 5
"""Lines that name an entry line again, of which so many are told."""
Again = list[tuple[int, str, str]]
"""Their numbers in the file, those of their entries, and their own in them."""


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
        before: marks of lines in other files that count as earlier lines of this one.
    """

    source: Source
    out: Path
    mapping: Match
    into: str | None = None
    known: date | None = None
    threatened: bool = False
    size: int = read.BLOCK
    narrow: bool = False
    before: seen.Marks | None = None

    @property
    def folded(self) -> bool:
        """Whether tariff numbers of an entry line, each on a line of its own, are joined."""
        return self.mapping.rules.folded and fold.folds(list(self.mapping.columns.values()))

    @property
    def naming(self) -> tuple[str, ...]:
        """The columns that name an entry line; none where lines cannot repeat."""
        if not set(seen.NAME) <= set(self.mapping.columns.values()):
            return ()
        return (*seen.NAME, "goods") if self.folded else seen.NAME


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
        again: lines that name an entry line met before and say something else of it.
    """

    number: int
    share: float
    count: int
    texts: pl.DataFrame
    bad: list[tuple[int, str, str]]
    clean: Clean
    marks: bytes | None
    again: Again


@dataclass(frozen=True)
class Part:
    """What is told of the written lines of a block.

    Attributes:
        refused: lines rejected when they were rated, with reasons.
        duty: duties owed, by currency, in cents.
        stale, unknown, missing: as in `Done`.
    """

    refused: list[tuple[int, str]]
    duty: dict[str, int]
    stale: int
    unknown: int = 0
    missing: int = 0


def canonical_blocks(job: Job) -> Iterator[Block]:
    """Blocks in canonical names; where the numbers of a line stand apart, none is cut in two."""
    held: pl.DataFrame | None = None
    for block in read.blocks(job.source, size=job.size):
        frame = read.renamed(block, job.mapping)
        if job.folded:
            whole = frame if held is None else pl.concat([held, frame], how="vertical_relaxed")
            frame, held = fold.cut(whole)
        yield Block(frame, block.bad, block.bytes)
    if held is not None and len(held):
        yield Block(held, [])


def marks(job: Job) -> seen.Marks:
    """The marks of all lines of a file that another file may repeat."""
    frames = (block.frame for block in canonical_blocks(job)) if job.naming else ()
    told = (seen.marks(frame.filter(seen.numbered(frame)), job.naming) for frame in frames)
    return seen.Marks.joined([one for one in told if one is not None])


class Runner:
    """The state of one run; what it makes of a block is `rate`, which gives what is left to do."""

    coded = True
    """Whether texts that repeat are numbers on their way."""

    def __init__(self, ledger: Ledger, job: Job, work: Workspace) -> None:
        self.job, self.work = job, work
        self.cleaner = Cleaner(ledger, job.mapping, job.into, coded=self.coded)
        self.rater = Rater(ledger, known=job.known, threatened=job.threatened)
        self.seen = seen.Seen()
        if job.before is not None:
            self.seen.meet(job.before)
        self.lines = self.rejected = self.blocks = 0
        self.stale = self.unknown = self.missing = self.again = 0
        self.first: list[Any] = []
        self.duty: Counter[str] = Counter()
        self.repairs: Counter[str] = Counter()

    def count(self, done: Done) -> None:
        """Add a block to the sums."""
        self.blocks += 1
        self.lines += done.lines
        self.rejected += done.rejected
        self.stale += done.stale
        self.unknown += done.unknown
        self.missing += done.missing
        self.again += done.again
        self.first = [*self.first, *done.first][:FIRST]
        self.duty.update(done.duty)
        self.repairs.update(done.repairs)

    def skip(self, number: int) -> Done:
        """A block that an earlier run has done."""
        if self.job.naming:
            self.seen.meet(seen.Marks.from_bytes(self.work.load(number, "marks")))
        return self.work.done(number)

    def clean(self, number: int, block: Block, share: float) -> Cleaned:
        """Clean one block."""
        raw, bad, joined = block.frame, list(block.bad), 0
        count = len(raw) + len(bad)
        lost = _cut(raw) if self.job.source.kind == "csv" else None
        if lost is not None and self.job.folded:
            bad += _texts(raw, [(line, CUT) for line in raw["line"].filter(lost)])
            raw = raw.filter(~lost)
        elif lost is not None:
            raw = raw.with_columns(pl.when(~lost).then("entry").alias("entry"))
        marks, again = seen.marks(raw, self.job.naming) if self.job.naming else None, Again()
        if marks is not None:
            repeats, named = (pl.Series(told) for told in self.seen.meet(marks))
            if named.any():
                again = _again(raw.filter(named))
            if repeats.any():
                told = [(line, REPEATS) for line in raw["line"].filter(repeats)]
                bad += _texts(raw, told)
                raw = raw.filter(~repeats)
        if self.job.folded:
            raw, apart, joined = fold.join(raw)
            bad += _texts(block.frame, apart)
        clean = self.cleaner.clean(raw)
        if lost is not None and not self.job.folded:
            clean.repairs[LEFT_OUT] += int(lost.sum())
        if joined:
            clean.repairs[fold.FOLDED] += joined
        data = marks.to_bytes() if marks is not None else None
        return Cleaned(number, share, count - joined, block.frame, bad, clean, data, again)

    def rate(self, now: Cleaned) -> Callable[[], Done]:
        """Rate one block; what writes it, and tells what it holds."""
        clean, rater, narrow = now.clean, self.rater, self.job.narrow
        found = rater.found(clean.lines, clean.texts)

        def write() -> Done:
            rated = found.rated(rater.ledger, rater.known, narrow=narrow, stored=True)
            return self.close(now, self.part(now.number, rated))

        return write

    def part(self, number: int, found: Rated) -> Part:
        """Write the rated lines of one block; what else is to be told of them."""
        rated, refused = found.frame, list[tuple[int, str]]()
        off = rated["rejected"].is_not_null()
        if off.any():
            some = rated.filter(off)
            refused += zip(some["line"], some["rejected"], strict=True)
            rated = rated.filter(~off)
        self.work.put(number, rated.drop("rejected"), found.decimals)
        said = (_said(rated[name]) for name in ("unknown", "missing"))
        owed: Counter[str] = Counter()
        for into, cents in found.owed.items():
            owed[CURRENCIES[into]] += cents
        return Part(refused, dict(owed), int(rated["stale"].sum()), *said)

    def close(self, now: Cleaned, part: Part) -> Done:
        """Finish a block whose lines are written: with those refused, and all that it holds."""
        bad = sorted([*now.bad, *_texts(now.texts, [*now.clean.refused, *part.refused])])
        repairs = {what: n for what, n in now.clean.repairs.items() if n}
        lost = {number for number, *_ in bad}
        again = [one for one in now.again if one[0] not in lost]
        done = Done(
            now.count, len(bad), part.duty, repairs, part.stale, part.unknown, part.missing,
            len(again), again[:FIRST],
        )  # fmt: skip
        if now.marks is not None:
            self.work.save(now.number, "marks", now.marks)
        self.work.close(now.number, bad, done)
        return done

    def finish(self) -> None:
        """Make the output of all blocks."""
        self.work.finish(self.blocks)


def _cut(frame: pl.DataFrame) -> pl.Series | None:
    """(n,) whether the number of an entry is written as a power of ten; None where none is."""
    if "entry" not in frame.columns or not frame["entry"].str.contains("E+", literal=True).any():
        return None
    found = frame["entry"].str.contains(r"^\s*\d([.,]\d+)?E\+\d{1,2}\s*$").fill_null(value=False)
    return found if found.any() else None


def _again(frame: pl.DataFrame) -> Again:
    """Lines that name an entry line again; numbers of chapter 99 are no goods of their own."""
    own = frame.filter(~pl.col("goods").cast(pl.String).str.strip_chars().str.starts_with(SPECIAL))
    texts = (pl.col(name).cast(pl.String).str.strip_chars() for name in seen.NAME)
    return own.select("line", *texts).rows()


def _said(column: pl.Series) -> int:
    """In how many lines a column says something; categories have null for the empty text."""
    told = column.is_not_null() if column.dtype == pl.Enum else column != ""
    return int(told.sum())


def _texts(frame: pl.DataFrame, refused: list[tuple[int, str]]) -> list[tuple[int, str, str]]:
    """Refused lines with the text of their cells."""
    if not refused:
        return []
    numbers = [n for n, _ in refused]
    rows = frame.filter(pl.col("line").is_in(numbers))
    text = {row[0]: _text(row[1:]) for row in rows.select("line", pl.exclude("line")).iter_rows()}
    return [(n, why, text.get(n, "")) for n, why in refused]


def _text(cells: Sequence[object]) -> str:
    """Cells as a line of CSV."""
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow(cells)
    return out.getvalue()
