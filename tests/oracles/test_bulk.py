"""Tables of random lines: each line owes what it owes alone, and what the slow reading says."""

from __future__ import annotations

import random
from datetime import date

import polars as pl
import pytest

from oracles.draw import DAY, Draw
from oracles.slow_duty import Law, Line, owed
from oracles.tables import said_of, single, table_of, unlike
from surtax.duty.bulk import rate_table
from surtax.ledger import Ledger

EACH = 700


@pytest.fixture(scope="module")
def law() -> Law:
    return Law()


@pytest.fixture(scope="module")
def draw(law: Law) -> Draw:
    return Draw(law)


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    return Ledger.load()


def lines_of(draw: Draw, seed: str, count: int) -> list[tuple[Line, date]]:
    """Lines of any goods on any day."""
    rng = random.Random(seed)
    return [draw.anywhere(rng)[:2] for _ in range(count)]


@pytest.mark.parametrize("threatened", [False, True])
@pytest.mark.parametrize("ago", [0, 500])
def test_every_line_of_a_table_owes_what_it_owes_alone(
    law: Law, draw: Draw, ledger: Ledger, threatened: bool, ago: int
) -> None:
    lines = lines_of(draw, f"bulk {threatened} {ago}", EACH)
    known = draw.last - ago * DAY
    mine = said_of(rate_table(ledger, table_of(lines), known=known, threatened=threatened))
    theirs = [single(ledger, line, on, known, threatened) for line, on in lines]
    wrong = unlike(lines, mine, theirs)
    assert not wrong, f"{len(wrong)} of {len(lines)} differ, first: {wrong[0]}"


def test_a_table_agrees_with_the_slow_reading(law: Law, draw: Draw, ledger: Ledger) -> None:
    lines = lines_of(draw, "bulk and slow", EACH)
    mine = said_of(rate_table(ledger, table_of(lines), known=draw.last))
    wrong = unlike(lines, mine, slow(law, draw, lines, mine))
    assert not wrong, f"{len(wrong)} of {len(lines)} differ, first: {wrong[0]}"


def slow(
    law: Law, draw: Draw, lines: list[tuple[Line, date]], mine: list[dict[str, object]]
) -> list[dict[str, object]]:
    """What the slow reading says; it does not refuse codes, so those refused are taken as such."""
    out: list[dict[str, object]] = []
    for (line, on), one in zip(lines, mine, strict=True):
        if one["rejected"]:
            assert len(line.goods) < 10, line
            out.append({"rejected": True})
            continue
        answer = owed(law, line, on, draw.last)
        total = answer.total if answer.admissible else None
        out.append(
            {
                "rejected": False,
                "admissible": answer.admissible,
                "duty": total,
                "layers": answer.layers,
                "unknown": answer.unknown,
            }
        )
    return out


def test_blocks_do_not_matter(draw: Draw, ledger: Ledger) -> None:
    from surtax.duty.bulk import Rater

    table = table_of(lines_of(draw, "blocks", 900)).with_row_index("line", offset=1)
    whole = rate_table(ledger, table)
    rater = Rater(ledger)
    parts = [rater.rate(table[a : a + 100]) for a in range(0, 900, 100)]
    joined = pl.concat(parts, how="diagonal").select(whole.columns)
    assert joined.equals(whole)
