"""Files of entries as they were filed, block by block: what refunds and audits share.

A question makes a table of every block, and sums that are kept beside it; so a run that stopped
goes on where it was, as `surtax.duty.entries.run` does, and memory holds one block at a time.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import polars as pl

from surtax.duty.entries.columns import MONEY
from surtax.duty.entries.run import Report, again_of, plan_of, through
from surtax.duty.entries.runner import Cleaned, Job, Part, Runner
from surtax.duty.entries.write import Done, Workspace, rejects_of
from surtax.ledger.load import Ledger

Sums = dict[str, dict[str, int]]
"""Numbers by kind and name; amounts in cents."""
SUMS = "sums"
"""The name under which a block's sums are kept."""


@dataclass(frozen=True)
class Question:
    """What is asked of every block of a file.

    Attributes:
        name: what it is, in a word.
        plan: what decides the answer, beside the file and the law.
        lines: a block's canonical lines → the table that is written; amounts in cents.
        sums: the same lines and the table → its sums; count has ``stale``, the number of lines on
            days outside the record's checked days.
        money: whether a column of the table is an amount.
        keep: the table → what else is kept beside the block, by name.
        last: told of the blocks kept, before the output takes its name.
    """

    name: str
    plan: Mapping[str, Any]
    lines: Callable[[pl.DataFrame], pl.DataFrame]
    sums: Callable[[pl.DataFrame, pl.DataFrame], Sums]
    money: Callable[[str], bool]
    keep: Callable[[pl.DataFrame], Mapping[str, bytes]] = field(default=lambda _: {})
    last: Callable[[Callable[[str], Iterator[bytes]]], None] = field(default=lambda _: None)


@dataclass(frozen=True)
class Asked:
    """The answer over a whole file.

    Attributes:
        sums: of all blocks.
        common: lines, rejected, rejects (the file of rejected lines, or null), repairs by kind,
            stale (lines on days outside the record's checked days), again, again_first (as for
            `surtax.duty.entries.run.rate_file`), resumed_after (lines that an
            earlier run had done), out.
    """

    sums: Sums
    common: dict[str, Any]


def ask(
    ledger: Ledger, job: Job, question: Question, *, fresh: bool = False,
    report: Report | None = None,
) -> Asked:  # fmt: skip
    """Ask a question of a file of entries, and write its answer whole or not at all.

    Args:
        ledger: the law.
        job: the file, and where the answer goes.
        question: what is asked.
        fresh: begin anew, whatever an earlier run left.
        report: told of each block done.
    """
    plan = {**plan_of(ledger, job), question.name: question.plan}
    runner = _Filing(ledger, job, Workspace(job.out, plan, fresh=fresh), question)
    before = through(runner, report)
    return Asked(
        runner.sums,
        {
            "lines": runner.lines,
            "rejected": runner.rejected,
            "rejects": str(rejects_of(job.out)) if runner.rejected else None,
            "repairs": dict(sorted((runner.repairs + Counter(job.source.notes)).items())),
            "stale": runner.stale,
            **again_of(runner),
            "verified_to": ledger.verified_to.isoformat(),
            "resumed_after": before,
            "out": str(job.out),
        },
    )


class _Filing(Runner):
    """A run that asks a question of every block."""

    coded = False

    def __init__(self, ledger: Ledger, job: Job, work: Workspace, question: Question) -> None:
        super().__init__(ledger, job, work)
        self.question = question
        self.sums: Sums = {}

    def rate(self, now: Cleaned) -> Callable[[], Done]:
        """The answer of one block; what writes it, and tells what it holds."""
        return partial(self._write, now, self.question.lines(now.clean.lines))

    def _write(self, now: Cleaned, rated: pl.DataFrame) -> Done:
        """Write the answer of one block, amounts in cents."""
        asked = self.question
        sums = asked.sums(now.clean.lines, rated)
        kept = {SUMS: json.dumps(sums).encode(), **asked.keep(rated)}
        for name, data in kept.items():
            self.work.save(now.number, name, data)
        money = [_amount(name) for name in rated.columns if asked.money(name)]
        self.work.put(now.number, rated.with_columns(money))
        return self.close(now, Part([], {}, sums["count"]["stale"]))

    def finish(self) -> None:
        """Add up the blocks, and make the output."""
        for data in self._kept(SUMS):
            for kind, numbers in json.loads(data).items():
                mine = self.sums.setdefault(kind, {})
                for name, number in numbers.items():
                    mine[name] = mine.get(name, 0) + number
        self.question.last(self._kept)
        super().finish()

    def _kept(self, name: str) -> Iterator[bytes]:
        """What was kept under a name, block by block."""
        return (self.work.load(number, name) for number in range(self.blocks))


def _amount(name: str) -> pl.Expr:
    """A column of cents as an amount."""
    return (pl.col(name).cast(pl.Decimal(38, 2)) / 100).cast(pl.Decimal(*MONEY)).alias(name)


def counted(table: pl.DataFrame, by: pl.Expr, what: pl.Expr) -> dict[str, int]:
    """Sums of a column by another, by name."""
    told = table.group_by(by.alias("by")).agg(what.alias("sum")).sort("by")
    return {str(name): int(number or 0) for name, number in told.iter_rows()}


def money(number: int) -> float:
    """Cents as an amount."""
    return number / 100
