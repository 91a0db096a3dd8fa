"""Every measure around each of its dates, at the edge of its lists, against the slow reading.

The day before, the day and the day after every date of every act (first day, end, day known); the
listed goods and those beside them; claims made and not; facts given and not. All of it is read from
the law files, so a measure that is added is swept without a line here.
"""

from __future__ import annotations

import os

import numpy as np
import pytest

from oracles.draw import Draw
from oracles.slow_duty import Law, Line
from oracles.sweep import Day, by_measure, drawn, entry, rated, sweep
from surtax.duty.general import general
from surtax.duty.layers import amount_of
from surtax.duty.lines import Codes, Lines
from surtax.duty.program import Program, compile_view
from surtax.duty.stack import Stack, evaluate
from surtax.ledger import Ledger
from surtax.ledger.query import View

LINES = int(os.environ.get("SURTAX_SWEEP", "2400"))
"""Lines in all; each measure and day gets as many as that leaves, and at least one."""
PARTS = 4


@pytest.fixture(scope="module")
def draw() -> Draw:
    return Draw(Law())


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    return Ledger.load()


def part_of(draw: Draw, part: int) -> dict[Day, list[Line]]:
    edges = draw.edges()
    each = max(1, LINES // len(edges))
    return drawn(draw, edges[part::PARTS], each, f"boundaries {part}")


@pytest.mark.parametrize("part", range(PARTS))
def test_every_measure_around_each_of_its_dates(draw: Draw, ledger: Ledger, part: int) -> None:
    met = sweep(draw, ledger, part_of(draw, part))
    assert met["met"] > met["missed"]  # most lines are in the scope of something
    assert met["refused"] < met["met"] / 5


def together(program: Program, view: View, lines: list[Line]) -> Lines:
    """Lines as columns, each distinct code and origin once."""
    codes = sorted({x.goods for x in lines})
    origins = sorted({x.origin for x in lines})
    entries = [entry(x) for x in lines]
    names = {f for x in entries for f in x.facts}
    claims = {c for x in lines for c in x.claims}
    return Lines(
        codes=Codes(codes),
        code=np.array([codes.index(x.goods) for x in lines]),
        origins=tuple(origins),
        origin=np.array([origins.index(x.origin) for x in lines]),
        claims={c: np.array([c in x.claims for x in lines]) for c in claims},
        facts={f: np.array([x.facts.get(f, np.nan) for x in entries]) for f in names},
        general=np.array([general(view, x).ad_valorem(x) for x in entries]),
    )


def test_all_lines_of_a_day_together_are_rated_as_one_by_one(draw: Draw, ledger: Ledger) -> None:
    rated = 0
    for (on, known, threatened), lines in part_of(draw, 0).items():
        view = ledger.at(on, known, threatened=threatened)
        # goods of a zone are rated by the law of another day
        mine = [x for x in lines if "privileged" not in x.facts]
        for into in {x.into for x in mine}:
            some = [x for x in mine if x.into == into]
            program = compile_view(view, into)
            stack = evaluate(program, together(program, view, some))
            for row, line in enumerate(some):
                alone = evaluate(program, together(program, view, [line]))
                covered = stack.scope[row]
                assert np.array_equal(covered, alone.scope[0]), line
                for column in ("applies", "rate", "share", "relief", "winner"):
                    here = getattr(stack, column)[row][covered].astype(float)
                    there = getattr(alone, column)[0][covered].astype(float)
                    assert np.array_equal(here, there, equal_nan=True), (line, column)
                rated += same_amounts(stack, row, line, ledger, (on, known, threatened))
    assert rated > 100


def same_amounts(stack: Stack, row: int, line: Line, ledger: Ledger, day: Day) -> bool:
    """Whether the row of a stack could be compared with the answer on the entry; it must agree."""
    on, known, threatened = day
    answer = rated(ledger, line, on, known, threatened)
    if answer is None:
        return False
    owing = {}
    for i, rule in enumerate(stack.program.rules):
        if stack.applies[row, i] and not np.isnan(stack.rate[row, i]) and not rule.prohibited:
            share, at = stack.share[row, i], stack.rate[row, i]
            owing[rule.provision.id] = amount_of(entry(line), share, at, rule.least)[1]
    theirs = {k: v for k, v in by_measure(answer).items() if not k.startswith("us/hts/")}
    assert owing == theirs, line
    return True


def test_the_sweep_reaches_every_measure_and_each_of_its_provisions(draw: Draw) -> None:
    edges = draw.edges()
    swept = {(edge.measure, name) for edge in edges for name in edge.names}
    for measure, body in draw.law.measures.items():
        if body["imposer"] in draw.importers:
            for act in body["acts"]:
                assert {(measure, name) for name in act["provisions"]} <= swept
    assert draw.importers
    assert len(edges) > 500
