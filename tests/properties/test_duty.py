"""Laws of the duty engine: scale, sums, ranges, independence of measures, batch and single."""

from __future__ import annotations

import random
import shutil
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surtax.duty.entry import Entry
from surtax.duty.lines import Codes, Lines
from surtax.duty.program import compile_view
from surtax.duty.rate import Answer, rate
from surtax.duty.stack import evaluate
from surtax.ledger import Ledger
from surtax.ledger.load import LAW

LEDGER = Ledger.load()
CENT = Decimal("0.01")
CODES = {
    "US": ["8703230140", "8704310120", "8708305090", "9503000013", "7214200000", "7208101500",
           "7601106000", "8302103000", "7301201000", "7317005503", "9406200000", "9403708031",
           "8517130000", "8471300100", "8542310001", "8517620090", "8402900090", "8703800000",
           "3004909290", "2709002090", "2716000000", "3104200010", "0406305100", "2204215005",
           "7615102015", "8541420010", "0101210010"],
    "CA": ["8703230010", "8704210010", "2208300010", "7208100000", "7214200000", "6601100000",
           "0101210000", "0406101000", "9403700000"],
    "CN": ["1201901900", "2711110000", "1005900000", "8703236200", "1205909000", "1514110000"],
}  # fmt: skip
DAYS = st.one_of(
    st.sampled_from([date(2025, m, d) for m, d in ((3, 4), (3, 7), (3, 12), (4, 3), (4, 5), (4, 9),
                                                   (4, 10), (5, 3), (5, 14))]),
    st.dates(date(2025, 1, 1), date(2025, 6, 2)),
)  # fmt: skip
SHARE = st.sampled_from([0.0, 0.01, 0.1, 0.15, 0.19, 0.2, 0.25, 0.5, 0.77, 1.0])
FACTS = st.fixed_dictionaries(
    {},
    optional={
        "us_content": SHARE, "steel_content": SHARE, "aluminium_content": SHARE,
        "ca_mx_content": SHARE, "us_melted_and_poured": st.sampled_from([0.0, 1.0]),
        "us_smelted_and_cast": st.sampled_from([0.0, 1.0]),
        "shipped": st.dates(date(2025, 1, 20), date(2025, 5, 1)).map(
            lambda d: float(d.toordinal())
        ),
    },
)  # fmt: skip


@st.composite
def entries(draw: st.DrawFn) -> Entry:
    into = draw(st.sampled_from(["US", "US", "US", "CA", "CN"]))
    origin = draw(
        st.sampled_from(
            {
                "US": ["CA", "MX", "CN", "VN", "DE", "JP", "RU", "TR"],
                "CA": ["US", "MX", "GB"],
                "CN": ["US", "CA", "GB"],
            }[into]
        )
    )
    union = {"CA", "MX", "US"}
    claims = {"usmca"} if {origin, into} <= union and draw(st.booleans()) else set()
    value = Decimal(draw(st.integers(1, 10**8))) / 100
    quantity = Decimal(draw(st.integers(1, 5000))) if draw(st.booleans()) else None
    return Entry(
        draw(st.sampled_from(CODES[into])), origin, into, value, frozenset(claims),
        draw(FACTS), quantity,
    )  # fmt: skip


def before(on: date, facts: dict[str, float]) -> dict[str, float]:
    """The facts, with a day of shipping that does not come after that of entry."""
    return {k: min(v, float(on.toordinal())) if k == "shipped" else v for k, v in facts.items()}


KNOWN = st.one_of(st.none(), DAYS)
some = settings(max_examples=100, deadline=None, derandomize=True)


def amounts(answer: Answer) -> dict[str, Decimal]:
    return {one.measure: one.amount for one in answer.layers}


@some
@given(entries(), DAYS, KNOWN, st.booleans())
def test_leaves_sum_to_the_total_and_the_range_holds_it(
    entry: Entry, on: date, known: date | None, threatened: bool
) -> None:
    entry = replace(entry, facts=before(on, entry.facts))
    found = rate(LEDGER, entry, on, known, threatened=threatened)
    assert found.total == sum(amounts(found).values(), Decimal(0))
    assert found.rate == pytest.approx(float(found.total / entry.value), rel=1e-12)
    assert found.low is not None
    assert found.low <= found.total
    if found.high is not None:
        assert found.total <= found.high
        if not found.missing_facts:
            assert found.low == found.high
    else:
        asked = {m["fact"] for m in found.missing_facts}
        assert found.unknown or asked & {"quantity", "general_rate"}
    names = [*amounts(found), *(s["measure"] for s in found.suppressed),
             *(u["measure"] for u in found.unknown)]  # fmt: skip
    assert len(set(names)) == len(names)
    for one in found.layers:
        assert one.citation
        assert one.amount >= 0
        assert one.basis_value >= 0
        assert one.unit or one.basis_value <= entry.value
    for gone in found.suppressed:
        assert gone["reason"].endswith(")")


@some
@given(entries(), DAYS, st.integers(2, 50))
def test_k_times_the_value_owes_k_times_each_layer(entry: Entry, on: date, k: int) -> None:
    entry = replace(entry, facts=before(on, entry.facts))
    one = rate(LEDGER, entry, on)
    quantity = None if entry.quantity is None else entry.quantity * k
    many = rate(LEDGER, replace(entry, value=entry.value * k, quantity=quantity), on)
    assert amounts(one).keys() == amounts(many).keys()
    for layer in one.layers:
        # basis, duty and duty per unit are each rounded to half a cent, on both sides
        slack = CENT * (2 + Decimal(repr(layer.rate)))
        assert abs(amounts(many)[layer.measure] / k - layer.amount) <= slack


@some
@given(entries(), DAYS, FACTS)
def test_whatever_a_missing_fact_turns_out_to_be_the_total_lies_in_the_range(
    entry: Entry, on: date, truth: dict[str, float]
) -> None:
    entry = replace(entry, facts=before(on, entry.facts))
    asked = rate(LEDGER, entry, on)
    facts = {**before(on, truth), **entry.facts}
    told = rate(LEDGER, replace(entry, facts=facts), on)
    # a cent per layer: each is rounded by itself, so sums need not be monotone to the last cent
    slack = CENT * (len(told.layers) + 1)
    assert asked.low is not None
    assert told.total is not None
    assert asked.low - slack <= told.total
    if asked.high is not None:
        assert told.total <= asked.high + slack
    matters = {m["fact"] for m in asked.missing_facts}
    if not matters & set(truth):
        assert told.total == asked.total


@pytest.mark.parametrize(("code", "general"), [("5509.12.00", 0.106), ("8703.23.01", 0.025)])
def test_rates_carry_no_noise_of_subtraction(code: str, general: float) -> None:
    """An all-in 15 % over the schedule's 10.6 % is 4.4 %: the digits that the law has, no more."""
    found = rate(LEDGER, Entry(code.replace(".", ""), "DE", "US", Decimal(1000)), date(2025, 10, 5))
    told = {one.measure: one.rate for one in found.layers}
    assert told.pop("us/hts/general") == general
    assert set(told.values()) == {float(Decimal("0.15") - Decimal(str(general)))}


@some
@given(entries(), DAYS)
def test_a_fact_that_is_said_to_matter_does(entry: Entry, on: date) -> None:
    entry = replace(entry, facts=before(on, entry.facts))
    asked = rate(LEDGER, entry, on)
    matters = {m["fact"] for m in asked.missing_facts}
    assert not matters & set(entry.facts)
    if matters - {"quantity"} and asked.high is not None:
        assert asked.low is not None
        assert asked.low < asked.high


@some
@given(entries(), DAYS, KNOWN)
def test_an_answer_is_the_same_twice(entry: Entry, on: date, known: date | None) -> None:
    entry = replace(entry, facts=before(on, entry.facts))
    assert rate(LEDGER, entry, on, known) == rate(LEDGER, entry, on, known)


def lines(seed: int, n: int) -> list[tuple[Entry, date]]:
    rng = random.Random(seed)
    out = []
    for _ in range(n):
        into = rng.choice(["US", "US", "CA"])
        origin = rng.choice(["CA", "MX", "CN", "VN", "DE", "TR"] if into == "US" else ["US", "MX"])
        claims = frozenset({"usmca"} if origin in ("CA", "MX", "US") and rng.random() < 0.5 else ())
        facts = {"us_content": 0.3} if rng.random() < 0.3 else {}
        entry = Entry(rng.choice(CODES[into]), origin, into, Decimal(1000), claims, facts)
        out.append((entry, date(2025, 1, 1) + timedelta(rng.randrange(153))))
    return out


UNRELATED = """
measure: us/s232/horses
title: A duty of nobody's, on horses of Iceland
imposer: US
authority: s232
acts:
  - instrument: proc-9704
    provisions:
      horses: {kind: duty, from: 2024-01-01, cite: s. 1, origins: [IS], goods: ["0101"], rate: 99%}
"""


def test_an_unrelated_measure_changes_nothing(tmp_path: Path) -> None:
    copy = Path(shutil.copytree(LAW, tmp_path / "law"))
    (copy / "us/s232/horses.yaml").write_text(UNRELATED, encoding="utf-8")
    wider = Ledger.load(copy)
    for entry, on in lines(1, 80):
        one, other = rate(LEDGER, entry, on), rate(wider, entry, on)
        assert one.to_json() == other.to_json()
    horse = Entry("0101210010", "IS", "US", Decimal(1000))
    assert rate(wider, horse, date(2025, 1, 1)).total == Decimal(990)


@pytest.mark.parametrize(
    "gone",
    ["us/s301/china", "us/ieepa/fentanyl-cn", "ca/surtax/second-list", "us/ieepa/reciprocal"],
)
def test_without_a_measure_only_what_it_touched_changes(gone: str, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(LAW, tmp_path / "law"))
    (copy / f"{gone}.yaml").unlink()
    less = Ledger.load(copy)
    touched = 0
    for entry, on in lines(2, 80):
        one, other = rate(LEDGER, entry, on), rate(less, entry, on)
        mine = {k for k in amounts(one) if k.startswith(f"{gone}#")}
        if mine or any(s["measure"].startswith(f"{gone}#") for s in one.suppressed):
            touched += 1
        # nothing yields to these four, so their own layers go and no other moves
        rest = {k: v for k, v in amounts(one).items() if k not in mine}
        assert amounts(other) == rest
    assert touched > 3 or gone == "ca/surtax/second-list"  # a threat touches no line of the law


@pytest.mark.parametrize("into", ["US", "CA"])
@pytest.mark.parametrize("on", [date(2025, 3, 12), date(2025, 4, 9), date(2025, 5, 20)], ids=str)
def test_many_lines_at_once_are_as_one_by_one(into: str, on: date) -> None:
    rng = np.random.default_rng(7)
    program = compile_view(LEDGER.at(on), into)
    codes = CODES[into]
    origins = ["CA", "MX", "CN", "VN", "DE", "EU27", "RU"] if into == "US" else ["US", "MX", "GB"]
    n = 200
    code, origin = rng.integers(0, len(codes), n), rng.integers(0, len(origins), n)
    claim = rng.random(n) < 0.5
    facts = {
        name: np.where(rng.random(n) < 0.5, np.nan, rng.random(n).round(2))
        for name in ("us_content", "aluminium_content", "steel_content", "ca_mx_content")
    }
    facts["shipped"] = np.where(
        rng.random(n) < 0.5, np.nan, float(on.toordinal()) - rng.integers(0, 50, n)
    )
    facts["us_smelted_and_cast"] = np.where(rng.random(n) < 0.5, np.nan, 1.0)
    together = evaluate(
        program, Lines(Codes(codes), code, origins, origin, {"usmca": claim}, facts)
    )
    assert together.charged.shape == (n, len(program.rules))
    for i in range(n):
        zero = np.zeros(1, dtype=np.intp)
        alone = evaluate(
            program,
            Lines(
                Codes([codes[code[i]]]), zero, [origins[origin[i]]], zero,
                {"usmca": claim[i : i + 1]}, {k: v[i : i + 1] for k, v in facts.items()},
            ),
        )  # fmt: skip
        for name in ("scope", "applies", "relief", "winner", "charged"):
            assert np.array_equal(getattr(together, name)[i], getattr(alone, name)[0]), (i, name)


def test_no_chinese_article_pays_on_two_lists_of_section_301() -> None:
    codes = sorted(
        {r["code"].replace(".", "").ljust(10, "0")
         for (m, _), rows in LEDGER.annexes.items() if m == "us/s301/china" for r in rows}
    )  # fmt: skip
    program = compile_view(LEDGER.at(date(2025, 1, 15)), "US")
    n = len(codes)
    found = evaluate(program, Lines(Codes(codes), np.arange(n), ["CN"], np.zeros(n, dtype=np.intp)))
    lists = [i for i, r in enumerate(program.rules) if r.provision.measure == "us/s301/china"]
    owed = (found.charged[:, lists] > 0).sum(axis=1)
    assert owed.max() == 1
    assert owed.min() == 1  # and every listed line pays


def test_prefixes_are_found_as_by_hand() -> None:
    rng = random.Random(3)
    codes = ["".join(rng.choice("01289") for _ in range(10)) for _ in range(300)]
    held = Codes(codes)
    for _ in range(40):
        prefixes = frozenset(
            "".join(rng.choice("01289") for _ in range(rng.choice([2, 4, 6]))) for _ in range(6)
        )
        by_hand = [any(c.startswith(p) for p in prefixes) for c in codes]
        assert held.under(prefixes).tolist() == by_hand
    assert held.under(frozenset({""})).all()
    assert not held.under(frozenset()).any()


def test_the_schedule_is_not_read_ahead_of_the_day_of_knowledge() -> None:
    """The rates that revision 18 of 2025 prints begin on 1 July (USITC archive)."""
    ledger, entry = Ledger.load(), Entry("95030000", "VN", "US", Decimal(1000))
    for known, edition in (("2025-06-30", "revision 9"), ("2025-07-01", "revision 18")):
        answer = rate(ledger, entry, date(2025, 7, 15), date.fromisoformat(known))
        assert edition in answer.layers[0].citation
