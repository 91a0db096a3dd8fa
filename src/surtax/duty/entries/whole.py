"""A file of entries read whole, for what must see every line at once: refunds and audits."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import polars as pl

from surtax.duty.entries import fold
from surtax.duty.entries.clean import Cleaner
from surtax.duty.entries.run import Job, canonical_blocks
from surtax.errors import DataError
from surtax.ledger.load import Ledger


@dataclass(frozen=True, eq=False)
class Whole:
    """A file of entries.

    Attributes:
        lines: the canonical lines.
        refused: (line, reason) of those that could not be read.
        repairs: how many cells were mended, by kind.
    """

    lines: pl.DataFrame
    refused: list[tuple[int, str]]
    repairs: Counter[str]


def read_whole(ledger: Ledger, job: Job) -> Whole:
    """All lines of a job's source, cleaned as for rating.

    Raises:
        DataError: the file has no line that can be read.
    """
    cleaner = Cleaner(ledger, job.mapping, job.into)
    folded = job.mapping.rules.folded and fold.folds(list(job.mapping.columns.values()))
    parts: list[pl.DataFrame] = []
    refused: list[tuple[int, str]] = []
    repairs: Counter[str] = Counter()
    for block in canonical_blocks(job):
        refused += [(line, reason) for line, reason, _ in block.bad]
        raw = block.frame
        if folded:
            raw, lost, joined = fold.join(raw)
            refused += lost
            repairs[fold.FOLDED] += joined
        clean = cleaner.clean(raw)
        parts.append(clean.lines)
        refused += clean.refused
        repairs.update(clean.repairs)
    lines = pl.concat(parts, how="diagonal") if parts else pl.DataFrame()
    if not lines.height:
        raise DataError(
            f"no line could be read{f': {refused[0][1]}' if refused else ''}.",
            where=str(job.source.path),
            mend="Give one line for each line of entry.",
        )
    return Whole(lines, sorted(refused), +repairs)
