"""Tables of random lines: each owes what it owes alone, and what the slow reading says.

``million.py`` does the same for a million lines.
"""

from __future__ import annotations

import random
from collections import Counter

import polars as pl
import pytest

from oracles.draw import COUNTRIES, DAY, Draw
from oracles.slow_duty import Law
from oracles.tables import checked, lines_of, table_of
from surtax.duty.bulk import Rater, rate_table
from surtax.ledger import Ledger
from surtax.places import CURRENCIES

EACH = 1500


@pytest.fixture(scope="module")
def draw() -> Draw:
    return Draw(Law())


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    return Ledger.load()


@pytest.mark.parametrize("threatened", [False, True])
@pytest.mark.parametrize("ago", [0, 500])
def test_a_table_the_single_answer_and_the_slow_reading_agree(
    draw: Draw, ledger: Ledger, threatened: bool, ago: int
) -> None:
    lines = lines_of(draw, random.Random(f"bulk {threatened} {ago}"), EACH)
    found = checked(draw, ledger, lines, draw.last - ago * DAY, threatened)
    assert not found.unlike, f"{len(found.unlike)} of {EACH} differ, first: {found.unlike[0]}"
    assert found.count["refused"] < EACH / 10
    assert min(found.count[x] for x in ("of a zone", "with a claim", "with a fact")) > EACH / 50
    assert len(found.met) >= 25, sorted(found.met)


def test_lines_that_declare_nothing_agree_from_table_to_table(draw: Draw, ledger: Ledger) -> None:
    lines = lines_of(draw, random.Random("nothing declared"), EACH)
    for line, _ in lines:
        line.facts.clear()
        if line.into == "US":  # as fine as the lists, so that few are refused
            line.goods = line.goods.ljust(10, "0")
    found = checked(draw, ledger, lines, draw.last)
    assert not found.unlike, f"{len(found.unlike)} of {EACH} differ, first: {found.unlike[0]}"
    assert found.count["with a fact"] == 0
    assert len(found.met) >= 25, sorted(found.met)


def test_the_lines_drawn_are_of_all_days_places_claims_and_facts(draw: Draw) -> None:
    """As ``million.py`` draws them; a fiftieth of its lines."""
    lines = lines_of(draw, random.Random("all"), 20_000, zones=0.25, bare=0.3)
    origins = Counter(line.origin for line, _ in lines)
    # one in nine lines draws among all countries: eight of each are looked for, five may be missed
    assert len(set(COUNTRIES) - set(origins)) <= 5, set(COUNTRIES) - set(origins)
    assert {line.into for line, _ in lines} == set(CURRENCIES)
    assert set(draw.days) <= {on for _, on in lines}
    claims = {name for line, _ in lines for name in line.claims}
    assert claims == {name for name, one in draw.law.claims.items() if one["origins"]}
    assert {name for line, _ in lines for name in line.facts} == set(draw.law.facts)
    values: dict[str, set[object]] = {}
    for line, _ in lines:
        for name, value in line.facts.items():
            values.setdefault(name, set()).add(value)
    assert all(len(found) >= 2 for found in values.values())
    for name, turns in draw.turns.items():
        if draw.law.facts[name]["type"] == "share":
            assert set(turns) <= values[name], name
    assert {len(line.goods) for line, _ in lines} == {8, 10}
    assert {line.quantity is None for line, _ in lines} == {True, False}


def test_blocks_do_not_matter(draw: Draw, ledger: Ledger) -> None:
    lines = lines_of(draw, random.Random("blocks"), 900)
    table = table_of(lines).with_row_index("line", offset=1)
    whole = rate_table(ledger, table)
    rater = Rater(ledger)
    parts = [rater.rate(table[a : a + 100]) for a in range(0, 900, 100)]
    joined = pl.concat(parts, how="diagonal").select(whole.columns)
    assert joined.equals(whole)
