"""Alternatives side by side, and what breaks even, held against the rating of single entries."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from surtax.api import Ledger as Face
from surtax.duty import alternatives as ways
from surtax.duty import entry as entries
from surtax.duty.alternatives import alternatives, break_even, claiming, drawn_back
from surtax.duty.corners import open_facts
from surtax.duty.entry import Entry, fact_value, make_entry
from surtax.duty.program import compile_view
from surtax.duty.rate import rate
from surtax.duty.straight import Piece, crossings, pieces
from surtax.errors import InputError, UnitError, UnknownNameError
from surtax.ledger import Ledger
from surtax.views import alternatives as views

TINS = "3004.90.92.90"
"""Medicines in their containers: the metal of these was taxed as steel and as aluminium."""
CAR, LOADER_PARTS, MAST, BAR = "8703.23.01.60", "8431.49.90.95", "9406.90.01.30", "7214.20.00.00"
KNOWN = date(2026, 11, 9)


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    return Ledger.load()


def cars(ledger: Ledger, **how: object) -> list[object]:
    given = {"into": "US", "value": "40000", "origins": ["JP", "CA", "VN"],
             "days": [date(2025, 10, 10)], "claims": [["usmca"]], "known": KNOWN}  # fmt: skip
    return list(alternatives(ledger, CAR, **(given | how)))  # type: ignore[arg-type]


def test_the_first_is_what_the_others_are_held_against(ledger: Ledger) -> None:
    japan, canada, vietnam = cars(ledger)
    # Proclamation 10908 cl. 1; 15 % in all for Japan (EO 14345 s. 2); 2.5 % in general
    assert [a.answer.total for a in (japan, canada, vietnam)] == [6000, 10000, 11000]
    assert [a.difference for a in (japan, canada, vietnam)] == [0, 4000, 5000]
    assert japan.left_out == vietnam.left_out == ("usmca",)
    assert canada.left_out == ()
    assert japan.differs == ()
    for one in (canada, vietnam):  # what differs makes up the difference
        moved = sum((d.here or Decimal(0)) - (d.first or Decimal(0)) for d in one.differs)
        assert moved == one.difference
        assert all(d.why for d in one.differs)


def test_shares_above_the_whole_are_no_choice_beside_others(ledger: Ledger) -> None:
    asked = {"into": "US", "value": "1000", "origins": ["DE"], "days": [date(2025, 8, 20)]}
    facts = {"steel_content": ["0.3", "0.8"], "aluminium_content": ["0.1", "0.5"]}
    found = alternatives(ledger, MAST, facts=facts, **asked)
    told = [tuple(one.answer.entry.facts.values()) for one in found]
    assert told == [(0.3, 0.1), (0.3, 0.5), (0.8, 0.1)]
    with pytest.raises(UnitError, match="more than the whole value together"):
        alternatives(ledger, MAST, facts={**facts, "copper_content": ["0.9"]}, **asked)


def test_shares_that_are_too_much_in_every_choice_are_refused(ledger: Ledger) -> None:
    asked = {"into": "US", "value": "1000", "origins": ["DE"], "days": [date(2025, 8, 20)]}
    facts = {"steel_content": ["0.8", "0.9"], "aluminium_content": ["0.3"]}
    with pytest.raises(UnitError, match="are more than the whole value together"):
        alternatives(ledger, MAST, facts=facts, **asked)


def test_values_of_facts_are_read_once(ledger: Ledger, monkeypatch) -> None:
    read: list[object] = []

    def reading(law: Ledger, name: str, said: object) -> float:
        read.append(said)
        return fact_value(law, name, said)

    for module in (ways, entries):
        monkeypatch.setattr(module, "fact_value", reading)
    cars(ledger, facts={"us_content": ["0.2", "0.5"]}, days=[date(2025, 10, 10), date(2025, 4, 4)])
    assert read == ["0.2", "0.5"]


@pytest.mark.parametrize("steel", [0.0, 0.35, 0.6, 1.0])
def test_a_share_goes_as_far_as_others_leave_room(ledger: Ledger, steel: float) -> None:
    day, facts = date(2025, 8, 20), {"steel_content": steel}
    entry = make_entry(ledger, TINS, origin="CN", into="US", value=1000, facts=facts, on=day)
    told = pieces(ledger, entry, day, KNOWN, "aluminium_content")
    assert (told[0].low, told[-1].high) == (0.0, pytest.approx(1.0 - steel, abs=1e-12))
    for piece in told:
        for share, total in ((piece.low, piece.first), (piece.high, piece.last)):
            here = replace(entry, facts={**facts, "aluminium_content": share})
            assert float(rate(ledger, here, day).total or 0) == pytest.approx(
                1000 * total, abs=0.02
            )


def test_open_shares_of_one_whole_are_asked_within_it(ledger: Ledger) -> None:
    day = date(2025, 8, 20)
    for facts in ({}, {"steel_content": 0.6}):
        entry = make_entry(ledger, TINS, origin="CN", into="US", value=1000, facts=facts, on=day)
        program = compile_view(ledger.at(day, KNOWN), "US")
        left = open_facts(program, entry, ledger)["aluminium_content"]
        most = 1.0 - sum(facts.values())
        assert max(v for v in left if v is not None) == most
        answer = rate(ledger, entry, day)
        for steel, aluminium in product(np.linspace(0, 1, 6), repeat=2):
            some = {"steel_content": float(steel), "aluminium_content": float(aluminium)} | facts
            if sum(some.values()) <= 1:
                total = rate(ledger, replace(entry, facts=some), day).total
                assert answer.low <= total <= answer.high  # type: ignore[operator]


def test_a_break_even_beyond_what_can_be_is_none(ledger: Ledger, monkeypatch) -> None:
    """Aluminium that would be level at half the value is not, beside 60 % of steel."""
    asked = {"into": "US", "value": "1000", "origins": ["CN", "DE"], "days": [date(2025, 8, 20)]}
    free = alternatives(ledger, TINS, facts={"steel_content": ["0"]}, **asked)
    full = alternatives(ledger, TINS, facts={"steel_content": ["0.6"]}, **asked)
    for found, most in ((free, 1.0), (full, 0.4)):
        for one in break_even(ledger, found, "aluminium_content"):
            assert one.most == most
            assert all(at.to <= most for at in one.at)


def test_reasons_say_why_a_duty_is_not_owed(ledger: Ledger) -> None:
    march, april, late = alternatives(
        ledger, BAR, into="US", value="1000", origins=["CA"], known=KNOWN,
        days=[date(2025, 3, 5), date(2025, 4, 10), date(2026, 3, 1)], claims=[["usmca"]],
    )  # fmt: skip
    said = {d.measure: d.why for d in april.differs}
    assert "trade agreement" in said["us/ieepa/fentanyl-ca#general"]
    # the countries that had quotas joined on 12 March (Proclamation 10896 cl. 1)
    assert "does not reach these goods from Canada" in said["us/s232/steel#mill"]
    assert {d.measure: d.why for d in late.differs}["us/ieepa/fentanyl-ca#general"] == (
        "not in force on 2026-03-01"
    )
    assert march.answer.total == Decimal("250.00")


def test_a_cost_is_counted_in_the_difference(ledger: Ledger) -> None:
    _, canada, _ = cars(ledger, cost=0.01)
    assert canada.difference == 4400


def test_content_breaks_even_where_the_text_says(ledger: Ledger) -> None:
    found = cars(ledger)
    told = {(b.varies, b.against): b for b in break_even(ledger, found, "us_content")}  # type: ignore[arg-type]
    # 25 % of the non-US content is 15 % of the value at a content of 0.4
    assert [(c.share, c.jump, c.rising) for c in told[2, 1].at] == [(0.4, False, False)]
    assert (told[2, 1].none, told[2, 1].all) == ("against", "varies")
    assert told[3, 1].at == ()
    assert (told[3, 1].none, told[3, 1].all) == ("against", "against")
    # dearer by one per cent: 14 %
    cost = cars(ledger, cost=0.01)
    assert break_even(ledger, cost, "us_content")[0].at[0].share == 0.44  # type: ignore[arg-type]


def test_a_least_duty_makes_a_stretch(ledger: Ledger) -> None:
    found = alternatives(
        ledger, LOADER_PARTS, into="US", value="1000", origins=["JP", "MX"], known=KNOWN,
        days=[date(2026, 7, 10)], claims=[["usmca"]],
    )  # fmt: skip
    # Proclamation 11032 cl. 2(d): 25 % of the non-US content, 15 % of the value at least
    first = break_even(ledger, found, "us_content")[0]
    assert [(c.share, c.to, c.rising) for c in first.at] == [(0.4, 1.0, None)]


def test_two_may_meet_at_the_whole_value_alone(ledger: Ledger) -> None:
    found = alternatives(
        ledger, "7411.10.10", into="US", value="1000", origins=["CL"], known=KNOWN,
        days=[date(2025, 8, 20), date(2026, 5, 1)], facts={"copper_content": ["0.6"]},
    )  # fmt: skip
    # Proclamation 10962 cl. 1: 50 % of the copper, and 10 % of the rest (EO 14257 s. 2); from 6
    # April 2026 50 % of the whole (Proclamation 11021 cl. 1): the same where all of it is copper
    late, early = break_even(ledger, found, "copper_content")
    assert [a.answer.total for a in found] == [Decimal(300 + 40 + 15), Decimal(500 + 15)]
    assert (late.varies, late.at, late.none, late.all) == (2, (), "against", "against")
    assert (early.varies, early.none) == (1, "varies")
    assert [(c.share, c.to, c.jump, c.rising) for c in early.at] == [(1.0, 1.0, False, True)]


def test_a_threshold_is_jumped_over(ledger: Ledger) -> None:
    # EO 14257 s. 3(f): US content is left out where it reaches a fifth of the value
    entry = make_entry(ledger, "9405.21.60.10", origin="NO", into="US", value="1000")
    told = pieces(ledger, entry, date(2025, 4, 20), KNOWN, "us_content")
    at = crossings(told, 0.15)
    assert [(c.share, c.jump, c.rising) for c in at] == [(0.2, True, False)]
    assert crossings(told, 0.12)[0].share == pytest.approx(0.4)


@pytest.mark.parametrize(
    ("code", "origin", "on", "fact", "claims"),
    [
        (CAR, "CA", "2025-10-10", "us_content", ("usmca",)),
        (LOADER_PARTS, "MX", "2026-07-10", "us_content", ("usmca",)),
        (MAST, "DE", "2025-07-10", "steel_content", ()),
        (MAST, "CN", "2025-07-10", "steel_content", ()),
        ("9405.99.40.90", "NO", "2025-09-20", "aluminium_content", ()),
        ("9405.21.60.10", "NO", "2025-04-20", "us_content", ()),
        ("7409.11.10.00", "CA", "2025-09-20", "copper_content", ()),
        ("8703.23.01.60", "US", "2025-04-20", "ca_mx_content", ()),
    ],
)
@settings(max_examples=6, deadline=None)
@given(share=st.integers(0, 1000))
def test_pieces_are_what_entries_owe(
    ledger: Ledger, code: str, origin: str, on: str, fact: str, claims: tuple[str, ...], share: int
) -> None:
    into = "CA" if origin == "US" else "US"
    goods = "8703.23.00" if into == "CA" else code
    entry = make_entry(
        ledger, goods, origin=origin, into=into, value="1000000", claims=claims,
        on=date.fromisoformat(on),
    )  # fmt: skip
    day, s = date.fromisoformat(on), share / 1000
    told = pieces(ledger, entry, day, KNOWN, fact)
    values = []  # two where a jump lies at the share itself
    for mine in (p for p in told if p.low - 1e-8 <= s <= p.high + 1e-8):
        part = (s - mine.low) / (mine.high - mine.low) if mine.high > mine.low else 0.0
        values.append(mine.first + part * (mine.last - mine.first))
    total = rate(ledger, replace(entry, facts={fact: s}), day, KNOWN).total
    assert total is not None
    owed = pytest.approx(float(total), abs=0.05)  # a cent for each layer
    assert any(value * 1e6 == owed for value in values)


@settings(max_examples=25, deadline=None)
@given(target=st.integers(5, 55))
def test_at_a_crossing_the_totals_are_the_same(ledger: Ledger, target: int) -> None:
    entry = make_entry(ledger, MAST, origin="DE", into="US", value="1000000")
    day = date(2025, 7, 10)
    told = pieces(ledger, entry, day, KNOWN, "steel_content")
    for one in crossings(told, target / 100):
        if one.jump:
            continue
        for share in {one.share, one.to}:
            total = rate(ledger, replace(entry, facts={"steel_content": share}), day, KNOWN).total
            assert float(total or 0) == pytest.approx(target * 1e4, abs=0.05)


def test_crossings_of_pieces_made_by_hand() -> None:
    tent = [Piece(0.0, 0.5, 0.0, 0.2), Piece(0.5, 1.0, 0.2, 0.0)]
    assert [(c.share, c.rising) for c in crossings(tent, 0.1)] == [(0.25, True), (0.75, False)]
    flat = [Piece(0.0, 0.5, 0.1, 0.1), Piece(0.5, 1.0, 0.1, 0.1)]
    assert [(c.share, c.to) for c in crossings(flat, 0.1)] == [(0.0, 1.0)]
    assert crossings(flat, 0.2) == []
    ends = [Piece(0.0, 0.0, 0.0, 0.0), Piece(1e-9, 1 - 1e-9, 1e-9, 1 - 1e-9), Piece(1.0, 1.0, 1, 1)]
    assert [(c.share, c.rising) for c in crossings(ends, 1.0)] == [(1.0, True)]
    assert [(c.share, c.rising) for c in crossings(ends, 0.0)] == [(0.0, True)]
    step = [Piece(0.0, 0.5, 0.1, 0.1), Piece(0.5, 1.0, 0.3, 0.3)]
    assert [(c.share, c.jump, c.rising) for c in crossings(step, 0.2)] == [(0.5, True, True)]


def test_claims_pay_from_a_share_of_entries_on(ledger: Ledger) -> None:
    _, canada, _ = cars(ledger, facts={"us_content": ["0.5"]})
    found = cars(ledger, facts={"us_content": ["0.5"]})
    (one,) = claiming(ledger, found, 0.03)  # type: ignore[arg-type]
    # 27.5 % without the claim; 25 % of half the value with it
    assert (one.alternative, one.without, one.saving) == (2, Decimal("11000.00"), 0.15)
    assert one.share == pytest.approx(0.2)
    assert canada.answer.total == 5000
    (never,) = claiming(ledger, found, 0.2)  # type: ignore[arg-type]
    assert never.share is not None
    assert never.share > 1


def test_drawback_is_told_as_far_as_instruments_speak(ledger: Ledger) -> None:
    def of(code: str, origin: str, on: str, **facts: str) -> Entry:
        return make_entry(ledger, code, origin=origin, into="US", value="1000", facts=facts,
                          on=date.fromisoformat(on))  # fmt: skip

    def said(entry: Entry, on: str) -> dict[str, object]:
        found = rate(ledger, entry, date.fromisoformat(on), KNOWN)
        return {
            x.measure: x.drawback and (x.drawback["allowed"], x.drawback["citation"])
            for x in found.layers
            if x.amount
        }

    bar = said(of(BAR, "CA", "2025-03-10"), "2025-03-10")
    assert bar == {"us/ieepa/fentanyl-ca#general": ("none", "Executive Order 14193, s. 2(g)")}
    steel = said(of(BAR, "DE", "2025-05-10"), "2025-05-10")
    assert steel["us/s232/steel#mill"] == ("none", "Proclamation 10896, cl. 13")
    part = "8708.29.51.60"
    before = said(of(part, "VN", "2025-10-10"), "2025-10-10")
    after = said(of(part, "VN", "2025-11-10"), "2025-11-10")
    assert before["us/s232/autos#parts"] == ("none", "Proclamation 10908, cl. 10")
    assert after["us/s232/autos#parts"] == ("manufacturing", "Proclamation 10984, cl. 15")
    assert after["us/hts/general"] is None  # the schedule does not speak of it
    pump = said(of("8413.91.90.96", "JP", "2026-05-01"), "2026-05-01")
    metal = [v for k, v in pump.items() if k.startswith("us/s232")]
    assert metal == [] or metal[0] is not None


def test_what_may_be_drawn_back_is_added_up(ledger: Ledger) -> None:
    (one,) = alternatives(
        ledger, "4407.11.00.01", into="US", value="1000", origins=["SE"],
        days=[date(2025, 11, 20)], known=KNOWN,
    )  # fmt: skip
    # Proclamation 10976 cl. 14: drawback is available
    assert drawn_back(one) == Decimal("100.00")


@pytest.mark.parametrize(
    ("on", "status", "owed"),
    [
        # the rates of the day of admission: EO 14193 s. 2(f); 19 CFR 146.65(a)(1)
        ("2025-09-01", "2025-03-05", {"us/ieepa/fentanyl-ca#general": 250}),
        ("2025-09-01", "2025-08-05", {"us/ieepa/fentanyl-ca#general": 350}),
        ("2025-09-01", None, {"us/ieepa/fentanyl-ca#general": 350}),
        # before the order there was nothing to owe
        ("2025-09-01", "2025-02-10", {}),
        # ended, and no longer collected: Executive Order of 20 February 2026 s. 1
        ("2026-03-02", "2025-08-05", {}),
    ],
)
def test_privileged_status_fixes_the_day_of_the_law(
    ledger: Ledger, on: str, status: str | None, owed: dict[str, int]
) -> None:
    entry = make_entry(
        ledger, "9405.21.60.10", origin="CA", into="US", value="1000",
        facts={} if status is None else {"privileged": status},
    )  # fmt: skip
    found = rate(ledger, entry, date.fromisoformat(on), KNOWN)
    mine = {x.measure: int(x.amount) for x in found.layers if x.authority == "ieepa"}
    assert mine == owed
    assert bool(found.zone) == (status is not None)


def test_steel_of_a_zone_owes_what_stands_on_entry(ledger: Ledger) -> None:
    # Proclamation 10896 cl. 9: what had the status before 12 March 2025 owes the duty likewise
    entry = make_entry(ledger, BAR, origin="DE", into="US", value="1000",
                       facts={"privileged": "2025-03-01"})  # fmt: skip
    found = rate(ledger, entry, date(2025, 5, 10), KNOWN)
    assert {x.measure for x in found.layers if x.amount} == {"us/s232/steel#mill"}
    assert any("Proclamation 10896, cl. 9" in said for said in found.zone)


def test_status_cannot_come_after_entry(ledger: Ledger) -> None:
    entry = make_entry(ledger, BAR, origin="DE", into="US", value="1000",
                       facts={"privileged": "2025-06-01"})  # fmt: skip
    with pytest.raises(UnitError, match="after the entry"):
        rate(ledger, entry, date(2025, 5, 10), KNOWN)


def test_mistakes_are_told(ledger: Ledger) -> None:
    with pytest.raises(UnknownNameError, match="claim"):
        cars(ledger, claims=[["usmka"]])
    with pytest.raises(InputError, match="alternatives are asked for"):
        cars(ledger, facts={"us_content": [str(k / 100) for k in range(99)]})
    with pytest.raises(InputError, match="between two alternatives"):
        break_even(ledger, cars(ledger, origins=["JP"]), "us_content")  # type: ignore[arg-type]
    with pytest.raises(UnknownNameError, match="us_content"):
        break_even(ledger, cars(ledger), "us_contents")  # type: ignore[arg-type]
    with pytest.raises(UnitError, match="no share"):
        break_even(ledger, cars(ledger), "shipped")  # type: ignore[arg-type]


def test_the_table_fits_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = Face.load().alternatives(
        CAR, origins=["JP", "CA", "MX", "VN"], into="US", value="40000",
        on=["2025-04-10", "2025-10-10"], known="2026-11-09", claims=[["usmca"], []],
        facts={"us_content": ["0", "0.5"]}, cost=0.01, compliance=0.02, break_even=["us_content"],
    )  # fmt: skip
    written = io.StringIO()
    monkeypatch.setattr(views, "console", lambda: Console(file=written, width=80, highlight=False))
    views.alternatives(answer)
    lines = written.getvalue().splitlines()
    assert max(map(len, lines)) <= 80
    rows = [line for line in lines if re.match(r" ?\d+  [A-Z]{2}  ", line)]
    assert len(rows) == len(answer["alternatives"])
    assert np.isfinite([row["rate"] for row in answer["alternatives"]]).all()
