"""The duty engine against a second, slow reading of the same files: no difference allowed."""

from __future__ import annotations

import ast
import random
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from oracles import slow_duty
from oracles.draw import Draw, days, fields, said
from oracles.slow_duty import Law, Line, owed
from oracles.sweep import differences, rated
from surtax.ledger import Ledger

EACH = 300
TODAY = days("2026-11-09")


@pytest.fixture(scope="module")
def law() -> Law:
    return Law()


@pytest.fixture(scope="module")
def draw(law: Law) -> Draw:
    return Draw(law)


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    return Ledger.load()


@pytest.mark.parametrize("seed", range(4))
def test_lines_from_anywhere_agree_to_the_cent(
    law: Law, draw: Draw, ledger: Ledger, seed: int
) -> None:
    rng = random.Random(f"slow duty {seed}")
    wrong = []
    met: set[str] = set()
    for _ in range(EACH):
        line, on, known, threatened = draw.anywhere(rng)
        theirs = rated(ledger, line, on, known, threatened)
        if theirs is None:
            continue
        mine = owed(law, line, on, known, threatened)
        met |= set(mine.layers)
        if found := differences(theirs, mine):
            wrong.append((line, on, known, threatened, found))
    assert not wrong, f"{len(wrong)} of {EACH} differ, first: {wrong[0]}"
    assert len(met) >= 25, sorted(met)  # the draw reaches most duties, not the schedule alone


READ = {
    "from", "to", "cite", "kind", "state", "note", "origins", "origins_except", "goods",
    "goods_except", "rate", "rates", "of", "when", "less", "share", "floor", "to_measures", "clock",
    "least", "subject", "leaves", "minimum", "maximum", "base", "allowed",
}  # fmt: skip


CONDITIONS = {"claim", "fact", "before", "at_least", "unless"}


def test_the_oracle_reads_every_field_that_the_law_uses(law: Law) -> None:
    assert fields(law) <= READ, fields(law) - READ
    for body in law.measures.values():
        for _, paint, _ in said(body):
            assert set(paint.get("when", {})) <= CONDITIONS


def test_the_oracle_itself_knows_a_filed_figure(law: Law) -> None:
    # oracle 6: a Chinese toy of 9 and 10 April 2025, known today, 104 % and 145 %
    toy = Line("9503000013", "CN", "US", Decimal(10000))
    assert owed(law, toy, days("2025-04-09"), TODAY).total == Decimal(10400)
    assert owed(law, toy, days("2025-04-10"), TODAY).total == Decimal(14500)


def test_the_oracle_takes_nothing_from_the_package() -> None:
    tree = ast.parse(Path(slow_duty.__file__).read_text("utf-8"))
    found = {x.module for x in ast.walk(tree) if isinstance(x, ast.ImportFrom)}
    found |= {one.name for x in ast.walk(tree) if isinstance(x, ast.Import) for one in x.names}
    assert {name.partition(".")[0] for name in found} <= {
        *sys.stdlib_module_names,
        "polars",
        "yaml",
    }
