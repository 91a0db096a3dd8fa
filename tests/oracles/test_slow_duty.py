"""The duty engine against a second, slow reading of the same files: no difference allowed."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from oracles.slow_duty import Law, Line, bare, owed, schedule
from surtax.duty.entry import Entry
from surtax.duty.rate import rate
from surtax.ledger import Ledger

FIRST, LAST = date(2025, 1, 1), date(2026, 11, 9)
EDGES = [
    date(2025, m, d)
    for m, d in (
        (1, 1), (2, 1), (2, 3), (2, 4), (3, 3), (3, 4), (3, 6), (3, 7), (3, 11), (3, 12), (3, 13),
        (3, 25), (3, 28), (4, 1), (4, 2), (4, 3), (4, 4), (4, 5), (4, 8), (4, 9), (4, 10), (4, 11),
        (4, 12), (4, 28), (4, 29), (5, 2), (5, 3), (5, 13), (5, 14), (6, 2), (6, 3), (6, 4),
        (6, 30), (7, 8), (7, 9), (7, 31), (8, 1), (8, 6), (8, 7), (8, 27), (9, 1), (9, 4), (9, 8),
        (9, 16), (9, 17), (10, 4), (10, 5), (10, 14), (11, 10), (11, 13), (11, 14), (12, 18),
    )
] + [
    date(2026, m, d)
    for m, d in ((2, 6), (2, 7), (2, 20), (2, 23), (2, 24), (2, 28), (7, 23), (7, 24), (11, 9))
]  # fmt: skip
ORIGINS = [
    *["CA", "MX", "CN"] * 6, "HK", "MO", "RU", "BY", "CU", "DE", "FR", "GB", "JP", "KR", "VN",
    "IN", "BR", "AR", "AU", "UA", "TR", "AE", "TW", "CH", "NO", "LS", "SG", "KH", "IL",
]  # fmt: skip


def pools(law: Law) -> dict[str, list[str]]:
    """Codes of each imposer's lists, and of its whole schedule; ten digits each."""
    out: dict[str, list[str]] = {"US": [], "CA": []}
    for (measure, _), rows in law.annexes.items():
        if "code" in rows[0]:
            step = max(1, len(rows) // 150)  # every list has its say, however long
            out[measure[:2].upper()] += [bare(r["code"]) for r in rows[::step]]
    out["US"] += [
        "84713001",
        "87032301",
        "87043101",
        "94062000",
        "94069001",
        "27160000",
        "85423100",
    ]
    out["US"] += list(schedule())[::60]
    out["CA"] += ["87032300", "87042100", "87031000", "04061010", "01012900"]
    return {k: [c.ljust(8, "0") for c in v] for k, v in out.items()}


def draw(rng: random.Random, codes: dict[str, list[str]]) -> tuple[Line, date, date, bool]:
    into = "US" if rng.random() < 0.8 else "CA"
    origin = rng.choice(ORIGINS) if into == "US" else rng.choice(["US", "US", "US", "MX", "DE"])
    facts: dict[str, Any] = {}
    for name in ("us_content", "steel_content", "aluminium_content", "ca_mx_content"):
        if rng.random() < 0.35:
            facts[name] = Decimal(rng.choice([0, 1, 10, 15, 19, 20, 21, 40, 99, 100])) / 100
    for name in ("us_melted_and_poured", "us_smelted_and_cast", "civil_aircraft"):
        if rng.random() < 0.25:
            facts[name] = rng.random() < 0.5
    on = rng.choice(EDGES) if rng.random() < 0.7 else FIRST + timedelta(rng.randrange(678))
    if rng.random() < 0.35:
        facts["shipped"] = on - timedelta(rng.randrange(60))
    claims = frozenset({"usmca"} if origin in ("CA", "MX", "US") and rng.random() < 0.5 else ())
    line = Line(
        goods=(rng.choice(codes[into]) + "10")[:10],
        origin=origin,
        into=into,
        value=Decimal(rng.randrange(1, 10**7)) / 100,
        claims=claims,
        facts=facts,
        quantity=Decimal(rng.randrange(1, 5000)) if rng.random() < 0.5 else None,
    )
    known = rng.choice([LAST, LAST, on, rng.choice(EDGES)])
    return line, on, known, rng.random() < 0.3


def entry(line: Line) -> Entry:
    facts = {
        k: float(v.toordinal()) if isinstance(v, date) else float(v) for k, v in line.facts.items()
    }
    return Entry(line.goods, line.origin, line.into, line.value, line.claims, facts, line.quantity)


@pytest.fixture(scope="module")
def law() -> Law:
    return Law()


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    return Ledger.load()


@pytest.mark.parametrize("seed", range(4))
def test_three_thousand_lines_agree_to_the_cent(law: Law, ledger: Ledger, seed: int) -> None:
    rng = random.Random(f"slow duty {seed}")
    codes = pools(law)
    wrong = []
    met: set[str] = set()
    for _ in range(760):
        line, on, known, threatened = draw(rng, codes)
        theirs = rate(ledger, entry(line), on, known, threatened=threatened)
        mine = owed(law, line, on, known, threatened)
        met |= set(mine.layers)
        same = (
            theirs.total == mine.total
            and {x.measure: x.amount for x in theirs.layers} == mine.layers
            and sorted(u["measure"] for u in theirs.unknown) == mine.unknown
            and sorted(s["measure"] for s in theirs.suppressed) == mine.taken
        )
        if not same:
            wrong.append((line, on, known, threatened, theirs.to_json(), mine))
    assert not wrong, f"{len(wrong)} of 760 differ, first: {wrong[0]}"
    assert len(met) >= 25, sorted(met)  # the draw reaches most duties, not the schedule alone


READ = {
    "from", "to", "cite", "kind", "state", "note", "origins", "origins_except", "goods",
    "goods_except", "rate", "rates", "of", "when", "less", "share", "floor", "to_measures", "clock",
    "subject", "leaves",
}  # fmt: skip


def test_the_oracle_reads_every_field_that_the_law_of_these_days_uses(law: Law) -> None:
    for body in law.measures.values():
        for act in body["acts"]:
            if law.known(act) > LAST:
                continue
            for said in act["provisions"].values():
                for one in said if isinstance(said, list) else [said]:
                    assert set(one) <= READ, (body["measure"], set(one) - READ)
                    assert not one.get("rate", "").startswith("prohibited")


def test_the_oracle_itself_knows_a_filed_figure(law: Law) -> None:
    # oracle 6: a Chinese toy of 9 and 10 April 2025, known today, 104 % and 145 %
    toy = Line("9503000013", "CN", "US", Decimal(10000))
    assert owed(law, toy, date(2025, 4, 9), LAST).total == Decimal(10400)
    assert owed(law, toy, date(2025, 4, 10), LAST).total == Decimal(14500)
