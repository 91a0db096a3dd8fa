"""The duty engine against a second, slow reading of the same files: no difference allowed."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from oracles import slow_schedule
from oracles.slow_duty import Law, Line, bare, owed
from surtax.duty.entry import Entry
from surtax.duty.rate import Answer, rate
from surtax.ledger import Ledger

FIRST, LAST = date(2025, 1, 1), date(2026, 11, 9)
LATER = [
    date(y, m, d)
    for y, m, d in (
        (2025, 6, 3), (2025, 6, 4), (2025, 6, 30), (2025, 8, 1), (2025, 8, 17), (2025, 8, 18),
        (2025, 9, 16), (2025, 9, 25), (2025, 10, 14), (2025, 10, 31), (2025, 11, 1),
        (2025, 11, 9), (2025, 11, 10), (2025, 11, 14), (2025, 11, 29), (2025, 11, 30),
        (2025, 12, 4), (2026, 1, 1), (2026, 1, 15), (2026, 2, 23), (2026, 2, 24), (2026, 4, 5),
        (2026, 4, 6), (2026, 4, 23), (2026, 5, 1), (2026, 5, 7), (2026, 5, 12), (2026, 6, 8),
        (2026, 7, 15), (2026, 7, 20), (2026, 7, 21), (2026, 7, 22), (2026, 7, 23), (2026, 7, 24),
        (2026, 7, 27), (2026, 7, 28), (2026, 7, 29), (2026, 7, 31),
        (2026, 8, 4), (2026, 9, 3), (2026, 9, 29), (2026, 11, 9),
    )
]  # fmt: skip
EDGES = [
    date(2025, m, d)
    for m, d in (
        (1, 1), (2, 1), (2, 3), (2, 4), (3, 3), (3, 4), (3, 6), (3, 7), (3, 11), (3, 12), (3, 13),
        (3, 25), (3, 28), (4, 1), (4, 2), (4, 3), (4, 4), (4, 5), (4, 8), (4, 9), (4, 10), (4, 11),
        (4, 12), (4, 28), (4, 29), (5, 2), (5, 3), (5, 13), (5, 14), (6, 2),
    )
]  # fmt: skip
ORIGINS = [
    *["CA", "MX", "CN"] * 6, "HK", "MO", "RU", "BY", "CU", "DE", "FR", "GB", "JP", "KR", "VN",
    "IN", "BR", "AR", "AU", "UA", "TR", "AE", "TW", "CH", "NO", "LS", "SG", "KH", "IL",
    "CL", "CO", "PE", "PA", "DO", "CR", "JO", "BH", "MA", "OM", "LI", "SV",
    "GT", "NI", "BR", "BD", "MY", "ID", "EC", "KE",
]  # fmt: skip


PARTNERS: dict[str, tuple[list[str], list[str], list[date]]] = {
    "CN": (
        ["US", "US", "US", "CA", "CA", "HK", "DE"],
        ["15141100", "23064100", "02031200", "03061200", "12059090", "87032362"],
        [date(2025, m, d) for m, d in (
            (2, 4), (2, 10), (3, 4), (3, 10), (3, 20), (4, 4), (4, 9), (4, 10), (4, 12), (4, 13),
            (5, 13), (5, 14), (8, 12), (8, 14), (11, 5), (11, 9), (11, 10),
        )] + [date(2026, 2, 28), date(2026, 3, 1), LAST],
    ),
    "EU27": (
        ["US", "US", "CA", "CN"],
        ["87112010", "01012100"],
        [date(2025, m, d) for m, d in (
            (1, 2), (3, 31), (4, 1), (4, 14), (4, 15), (7, 14), (7, 15), (7, 24), (8, 5), (8, 7),
            (12, 1),
        )] + [date(2026, 2, 6), date(2026, 2, 7), date(2026, 8, 7), LAST],
    ),
    "MX": (
        ["US", "US", "CA", "CN"],
        ["87032301", "10059099"],
        [date(2025, 3, 4), date(2025, 3, 8), date(2025, 3, 9), LAST],
    ),
}  # fmt: skip
"""Of the other importers: who sends, some goods off their lists, days on which their law moved."""

YES_OR_NO = (
    "us_melted_and_poured", "us_smelted_and_cast", "uk_metal", "little_metal", "uk_quota",
    "for_uk_automobile", "truck_or_part", "aged_25_years", "not_a_cabinet", "covered_chip",
    "chip_end_use", "patented_drug", "drug_annex_iii", "drug_onshoring", "drug_agreement",
    "drone_use", "thermal_imaging", "allied_components", "civil_aircraft", "generic_drug",
    "described_farm_good", "cafta_textile", "party_to_s122_ruling", "committed_us_capacity",
    "aluminium_plan", "motorcycle_part", "equipment_part", "special_drug", "drug_not_commercial",
    "drone_cleared", "drone_plan", "described_in_note", "drug_use", "donation",
    "informational_material", "s301_exclusion", "ship_to_shore_crane", "crane_free_of_china",
    "intermodal_chassis", "enteral_syringe",
)  # fmt: skip


def pools(law: Law) -> dict[str, list[str]]:
    """Codes of each imposer's lists, and of its whole schedule; ten digits each."""
    out: dict[str, list[str]] = {body["imposer"]: [] for body in law.measures.values()}
    for (measure, _), rows in law.annexes.items():
        if "code" in rows[0]:
            step = max(1, len(rows) // 150)  # every list has its say, however long
            out[law.measures[measure]["imposer"]] += [bare(r["code"]) for r in rows[::step]]
    out["US"] += [
        "8471500150",
        "88062200",
        "88062400",
        "87042301",
        "87021031",
        "94016140",
        "85414300",
        "84713001",
        "87032301",
        "87043101",
        "94062000",
        "94069001",
        "27160000",
        "85423100",
        "8426190000",
        "8716390090",
        "6307909870",
        "8507600010",
        "4015121010",
        "9018310080",
        "1211908950",
    ]
    out["US"] += list(slow_schedule.rows())[::60]
    # lines with special rates that differ by claim or day, and numbers that ended or began
    out["US"] += [
        "02011050",
        "04061038",
        "04014025",
        "17011450",
        "17041000",
        "20091911",
        "61091000",
    ]
    out["US"] += ["8507600020", "8507600030", "0901110045", "98230607"]
    out["CA"] += ["87032300", "87042100", "87031000", "04061010", "01012900"]
    for place, (_, more, _) in PARTNERS.items():
        out[place] += more
    return {k: [c.ljust(8, "0") for c in v] for k, v in out.items()}


CLAIMS = {
    **{(into, origin): ("usmca",) for into in ("US", "CA", "MX") for origin in ("CA", "MX", "US")},
    ("US", "KR"): ("korus",), ("US", "AU"): ("ausfta",), ("US", "SG"): ("singapore",),
    ("US", "CL"): ("chile",), ("US", "CO"): ("colombia",), ("US", "PE"): ("peru",),
    ("US", "PA"): ("panama",), ("US", "DO"): ("cafta-dr",), ("US", "CR"): ("cafta-dr",),
    ("US", "IL"): ("israel",), ("US", "JO"): ("jordan",), ("US", "BH"): ("bahrain",),
    ("US", "MA"): ("morocco",), ("US", "OM"): ("oman",), ("US", "JP"): ("japan",),
}  # fmt: skip


def draw(rng: random.Random, codes: dict[str, list[str]]) -> tuple[Line, date, date, bool]:
    into = rng.choices(["US", "CA", *PARTNERS], [70, 14, 12, 3, 1])[0]
    if into in PARTNERS:
        origin = rng.choice(PARTNERS[into][0])
    else:
        origin = rng.choice(ORIGINS if into == "US" else ["US", "US", "US", "MX", "DE"])
    facts: dict[str, Any] = {}
    shares = ("us_content", "steel_content", "aluminium_content", "ca_mx_content")
    for name in (*shares, "copper_content", "us_metal", "duty_offset"):
        if rng.random() < 0.35:
            facts[name] = Decimal(rng.choice([0, 1, 10, 15, 19, 20, 21, 40, 85, 94, 99, 100])) / 100
    for name in YES_OR_NO:
        if rng.random() < 0.25:
            facts[name] = rng.random() < 0.5
    edges = EDGES if rng.random() < 0.5 else LATER
    if into in PARTNERS:
        edges = PARTNERS[into][2]
    late = timedelta(rng.randrange((LAST - FIRST).days))
    on = rng.choice(edges) if rng.random() < 0.7 else FIRST + late
    if rng.random() < 0.35:
        facts["shipped"] = on - timedelta(rng.randrange(40))
    claims = frozenset(c for c in CLAIMS.get((into, origin), ()) if rng.random() < 0.5)
    line = Line(
        goods=(rng.choice(codes[into]) + "10")[:10],
        origin=origin,
        into=into,
        value=Decimal(rng.randrange(1, 10**7)) / 100,
        claims=claims,
        facts=facts,
        quantity=Decimal(rng.randrange(1, 5000)) if rng.random() < 0.5 else None,
    )
    known = rng.choice([LAST, LAST, on, rng.choice(edges)])
    return line, on, known, rng.random() < 0.3


def entry(line: Line) -> Entry:
    facts = {
        k: float(v.toordinal()) if isinstance(v, date) else float(v) for k, v in line.facts.items()
    }
    return Entry(line.goods, line.origin, line.into, line.value, line.claims, facts, line.quantity)


def by_measure(answer: Answer) -> dict[str, Decimal]:
    """Amounts by measure; the general rate's part per unit counts with its ad valorem part."""
    out: dict[str, Decimal] = {}
    for layer in answer.layers:
        name = layer.measure.removesuffix("-per-unit")
        out[name] = out.get(name, Decimal(0)) + layer.amount
    return out


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
            theirs.admissible == mine.admissible
            and theirs.total == (mine.total if mine.admissible else None)
            and by_measure(theirs) == mine.layers
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
    "least", "subject", "leaves", "minimum", "maximum", "base",
}  # fmt: skip


CONDITIONS = {"claim", "fact", "before", "at_least", "unless"}


def test_the_oracle_reads_every_field_that_the_law_of_these_days_uses(law: Law) -> None:
    for body in law.measures.values():
        for act in body["acts"]:
            if law.known(act) > LAST:
                continue
            for said in act["provisions"].values():
                for one in said if isinstance(said, list) else [said]:
                    assert set(one) <= READ, (body["measure"], set(one) - READ)
                    assert set(one.get("when", {})) <= CONDITIONS


def test_the_oracle_itself_knows_a_filed_figure(law: Law) -> None:
    # oracle 6: a Chinese toy of 9 and 10 April 2025, known today, 104 % and 145 %
    toy = Line("9503000013", "CN", "US", Decimal(10000))
    assert owed(law, toy, date(2025, 4, 9), LAST).total == Decimal(10400)
    assert owed(law, toy, date(2025, 4, 10), LAST).total == Decimal(14500)
