"""What may not change when the law does: measures added that reach no line, authorities removed.

Lines are drawn over all days, places, claims and facts. Which lines a measure reaches is told by
the slow reading, never by the engine.
"""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from shutil import copytree

import polars as pl
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from oracles.draw import COUNTRIES, DAY, Draw
from oracles.slow_duty import Law, Line, Reading, codes
from oracles.tables import table_of
from surtax.duty.bulk import ADDED, Rater, layer_names, rate_table
from surtax.ledger import Ledger

COUNT = 100
"""Lines of one example; each example puts some seventy stretches of law together anew."""
Lines = list[tuple[Line, date]]
MADE_UP = "made-up-act"
FEW = settings(max_examples=5, deadline=None, phases=[Phase.reuse, Phase.generate])
"""A seed of lines cannot be made smaller."""


@cache
def law() -> Ledger:
    return Ledger.load()


@cache
def draw() -> Draw:
    return Draw(Law())


@cache
def authorities() -> list[str]:
    """Every folder, measure and provision of the importers, as a person may name it."""
    found: set[str] = set()
    for measure, body in draw().law.measures.items():
        if body["imposer"] in draw().importers:
            found |= {measure, measure.rpartition("/")[0]}
            found |= {f"{measure}#{name}" for act in body["acts"] for name in act["provisions"]}
    return sorted(found)


def numbered(lines: Lines) -> pl.DataFrame:
    return table_of(lines).with_row_index("line", offset=1)


# -- adding --------------------------------------------------------------------------------------

CHARGES = ["25%", "1.50 USD/kg", "prohibited", "unknown", "all-in 40%", "7.5% + 2.00 USD/each"]


def beside(rng: random.Random, lines: Lines, known: date, way: str) -> tuple[str, str]:
    """A scope that holds none of the lines, and the day on which its act becomes known."""
    into = rng.choice(["US", "CA"])
    origins, goods, start, told = "ALL", "all", "2024-01-01", "2023-12-01"
    if way == "origin":
        met = {line.origin for line, _ in lines}
        origins = rng.choice(sorted(set(COUNTRIES) - met - {into}))
    elif way == "goods":
        codes = [c for c in draw().lines if not any(x.goods.startswith(c) for x, _ in lines)]
        goods = rng.choice(codes)
    elif way == "days":
        start = str(max(on for _, on in lines) + rng.randrange(1, 400) * DAY)
    elif way == "knowledge":
        told = str(known + rng.randrange(1, 400) * DAY)
    scope = f'from: {start}, cite: "s. 1", origins: [{origins}], goods: ["{goods}"]'
    return into, f"{scope}|{told}"


@FEW
@given(
    seed=st.integers(0, 2**32),
    way=st.sampled_from(["origin", "goods", "days", "knowledge"]),
    charge=st.sampled_from(CHARGES),
    threatened=st.booleans(),
)
def test_an_unrelated_measure_changes_nothing(
    tmp_path_factory: pytest.TempPathFactory, seed: int, way: str, charge: str, threatened: bool
) -> None:
    """A duty with a relief of its own, a relief and a basis of others, none of which reach a line.

    They are for another origin or other goods, of later days, or not yet known.
    """
    rng = random.Random(f"added {seed}")
    lines = [draw().anywhere(rng)[:2] for _ in range(COUNT)]
    known = draw().last if way != "knowledge" else rng.choice(draw().days)
    into, told = beside(rng, lines, known, way)
    scope, _, public = told.partition("|")
    other = rng.choice([m for m, b in draw().law.measures.items() if b["imposer"] == into])
    root = copytree(law().root, tmp_path_factory.mktemp("law") / "law")
    add(root, into, public, [
        f"duty: {{kind: duty, {scope}, rate: {charge}}}",
        f"free: {{kind: relief, {scope}, of: [duty], note: free}}" if rng.random() < 0.5 else "",
        f"others: {{kind: relief, {scope}, of: [{other}], note: free of another}}",
        f"rest: {{kind: precedence, {scope}, of: [duty], to_measures: [{other}], note: first}}",
    ])  # fmt: skip
    table = numbered(lines)
    more = rate_table(Ledger.load(root), table, known=known, threatened=threatened)
    assert more.equals(rate_table(law(), table, known=known, threatened=threatened))


def add(root: Path, into: str, public: str, provisions: list[str]) -> None:
    """Write a measure, and the instrument it rests on, into a folder of the law."""
    told = f"title: A made-up act, kind: statute, issuer: a legislature, signed: {public}"
    with (root / "instruments.yaml").open("a", encoding="utf-8") as table:
        table.write(f'{MADE_UP}: {{{told}, url: "https://example.org/act", confidence: L}}\n')
    name = f"{into.lower()}/made-up/measure"
    file = root / f"{name}.yaml"
    file.parent.mkdir()
    authority = {"US": "s301", "CA": "customs-tariff"}[into]
    head = f"measure: {name}\ntitle: Made up\nimposer: {into}\nauthority: {authority}\nacts:\n"
    body = "".join(f"      {one}\n" for one in provisions if one)
    file.write_text(f"{head}  - instrument: {MADE_UP}\n    provisions:\n{body}", "utf-8")


# -- removing ------------------------------------------------------------------------------------


def within(provision: str, name: str) -> bool:
    """Whether a provision is the one named, or of the measure or folder named."""
    measure = provision.partition("#")[0]
    return name in (provision, measure) or measure.startswith(f"{name}/")


def drawn(rng: random.Random, name: str) -> Lines:
    """Lines of anything, and lines around the days of what has a name."""
    lines = [draw().anywhere(rng)[:2] for _ in range(COUNT // 2)]
    edges = [e for e in draw().edges() if any(within(f"{e.measure}#{n}", name) for n in e.names)]
    for _ in range(COUNT - len(lines)):
        edge = rng.choice(edges)
        mine = sorted(n for n in edge.names if within(f"{edge.measure}#{n}", name))
        lines.append((draw().line(rng, edge.measure, rng.choice(mine), edge.on), edge.on))
    return lines


def reached(line: Line, on: date, known: date, threatened: bool, name: str) -> bool:
    """Whether something of that name covers a line's goods and origin on its day of law.

    A line is refused, too, for a list that tells its goods apart by longer numbers.
    """
    for day in {on, line.facts.get("privileged", on)}:
        for p in Reading(draw().law, line, day, known, threatened).found:
            if not within(p["id"], name):
                continue
            bare = {k: v for k, v in p.items() if k != "when"}
            items = (*p.get("goods", []), *p.get("goods_except", []))
            longer = codes(draw().law, p["measure"], items)
            for goods in (line.goods, *(c for c in longer if c.startswith(line.goods))):
                reading = Reading(draw().law, replace(line, goods=goods), day, known, threatened)
                if reading.holds(bare):
                    return True
    return False


def told(rated: pl.DataFrame) -> dict[int, dict[str, object]]:
    """By line, all that is said of it; duties that are not owed left out."""
    names = [*ADDED, *layer_names(rated)]
    return {
        row["line"]: {n: row[n] for n in names if row[n] is not None}
        for row in rated.iter_rows(named=True)
    }


@FEW
@given(
    seed=st.integers(0, 2**32), name=st.sampled_from(authorities()),
    threatened=st.booleans(), early=st.booleans(),
)  # fmt: skip
def test_removing_an_authority_changes_only_the_lines_it_touched(
    seed: int, name: str, threatened: bool, early: bool
) -> None:
    """Void or not in the record at all: the duty is gone, and no line beyond its reach moves.

    What had yielded to it, or counted it in, may come back on the lines that it reached.
    """
    rng = random.Random(f"removed {seed}")
    lines = drawn(rng, name)
    known = rng.choice(draw().days) if early else draw().last
    table = numbered(lines)
    before = Rater(law(), known=known, threatened=threatened).rate(table)
    after = Rater(law(), known=known, threatened=threatened, void=[name]).rate(table)
    assert not [one for one in layer_names(after) if within(one, name)]
    was, now = told(before), told(after)
    changed = [n for n in was if was[n] != now[n]]
    for n in changed:
        line, on = lines[n - 1]
        assert reached(line, on, known, threatened, name), (name, line, on, was[n], now[n])
    owing = [one for one in layer_names(before) if within(one, name)]
    owed = before.filter(pl.any_horizontal(pl.lit(False), *(pl.col(one) > 0 for one in owing)))
    assert set(owed["line"]) <= set(changed)
    if "#" not in name:
        kept = {m: one for m, one in law().measures.items() if not within(m, name)}
        without = Rater(replace(law(), measures=kept), known=known, threatened=threatened)
        assert told(without.rate(table)) == now
