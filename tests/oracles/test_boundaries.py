"""Every measure around each of its dates, at the edge of its lists, against the slow reading.

The day before, the day and the day after every date of every act (first day, end, day known); the
listed goods and those beside them; claims made and not; facts given and not. All of it is read from
the law files, so a measure that is added is swept without a line here.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Iterator

import numpy as np
import pytest

from oracles.draw import Draw, Edge, by_measure, differences, entry, rated
from oracles.slow_duty import Law, Line, owed
from surtax.duty import rate as rating
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
def ledger() -> Iterator[Ledger]:
    """The ledger, which remembers the views and programs of a day."""
    views: dict[tuple[object, ...], View] = {}
    programs: dict[tuple[object, ...], tuple[View, Program]] = {}
    plain_at, plain_compile = Ledger.at, compile_view

    def at(self: Ledger, *day: object, **how: object) -> View:
        key = (*day, *sorted(how.items()))
        if key not in views:
            views[key] = plain_at(self, *day, **how)  # type: ignore[arg-type]
        return views[key]

    def compiled(view: View, imposer: str, **how: object) -> Program:
        key = (id(view), imposer, *sorted(how.items()))
        if key not in programs:
            programs[key] = (view, plain_compile(view, imposer, **how))  # type: ignore[arg-type]
        return programs[key][1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Ledger, "at", at)
        patch.setattr(rating, "compile_view", compiled)
        yield Ledger.load()


def drawn(draw: Draw, part: int) -> dict[tuple[object, ...], list[Line]]:
    """Lines by day of law, day of knowledge and whether threats count."""
    edges = draw.edges()
    each = max(1, LINES // len(edges))
    rng = random.Random(f"boundaries {part}")
    out: dict[tuple[object, ...], list[Line]] = {}
    for edge in edges[part::PARTS]:
        for name in chosen(rng, edge, each):
            threatened = edge.known != draw.last and rng.random() < 0.5
            line = draw.line(rng, edge.measure, name, edge.on)
            out.setdefault((edge.on, edge.known, threatened), []).append(line)
    return out


def chosen(rng: random.Random, edge: Edge, count: int) -> list[str]:
    names = sorted(edge.names)
    rng.shuffle(names)
    return (names * count)[:count]


def too_short(draw: Draw, line: Line) -> bool:
    """Whether a list of the importer holds a longer number under the line's."""
    bodies = [b for b in draw.law.measures.values() if b["imposer"] == line.into]
    names = {(b["measure"], n) for b in bodies for act in b["acts"] for n in act["provisions"]}
    longer = (c for key in names for c in draw.listed(*key) if len(c) > len(line.goods))
    return len(line.goods) < 10 and any(c.startswith(line.goods) for c in longer)


@pytest.mark.parametrize("part", range(PARTS))
def test_every_measure_around_each_of_its_dates(draw: Draw, ledger: Ledger, part: int) -> None:
    met: Counter[str] = Counter()
    wrong = []
    for (on, known, threatened), lines in drawn(draw, part).items():
        for line in lines:
            theirs = rated(ledger, line, on, known, threatened)
            if theirs is None:
                assert too_short(draw, line), line
                met["refused"] += 1
                continue
            mine = owed(draw.law, line, on, known, threatened)
            if found := differences(theirs, mine):
                wrong.append((line, on, known, threatened, found))
            met["met" if set(mine.layers) - {"us/hts/general"} or mine.taken else "missed"] += 1
    assert not wrong, f"{len(wrong)} of {sum(met.values())} differ, first: {wrong[0]}"
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
    for (on, known, threatened), lines in drawn(draw, 0).items():
        view = ledger.at(on, known, threatened=threatened)
        for into in {x.into for x in lines}:
            some = [x for x in lines if x.into == into]
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


def same_amounts(
    stack: Stack, row: int, line: Line, ledger: Ledger, day: tuple[object, ...]
) -> bool:
    """Whether the row of a stack could be compared with the answer on the entry; it must agree."""
    on, known, threatened = day
    answer = rated(ledger, line, on, known, threatened)  # type: ignore[arg-type]
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
