"""Weights follow renumbered lines: no dollar is lost to a new number."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from surtax.ledger import Ledger, lineage
from surtax.trade.effective import effective
from surtax.trade.flows import Flows, load_us_imports
from surtax.trade.numbers import matched, parts

DAYS = [date(2025, 1, 1), date(2025, 6, 30), date(2025, 7, 1), date(2026, 1, 31),
        date(2026, 2, 1), date(2026, 11, 9)]  # fmt: skip


def one(code: str, place: str = "CN") -> Flows:
    flows = load_us_imports()
    return replace(
        flows,
        hs10=np.array([code]),
        place=np.array([place]),
        value=np.array([1e6]),
        duty=np.array([0.0]),
    )


@pytest.mark.parametrize("on", DAYS, ids=str)
def test_nearly_all_imports_have_a_number_on_every_day(on: date) -> None:
    found = matched(load_us_imports(), on)
    assert found.share >= 0.995
    assert found.imports == load_us_imports().imports()
    # the Bureau's estimate of low-value shipments, heading 9999.95, and no goods
    assert found.statistical == pytest.approx(24.24e9, rel=1e-3)
    assert 0 < found.shared <= found.renumbered


def test_parts_of_a_line_add_up() -> None:
    flows = load_us_imports()
    split = parts(flows)
    assert np.array_equal(np.unique(split.line), np.arange(len(flows.codes)))
    np.testing.assert_allclose(split.lines(np.ones(len(split.line))), 1.0, rtol=1e-12)
    value = np.bincount(flows.code_index, flows.value)
    # the same dollars cut in three and added again: a few units in the last place
    np.testing.assert_allclose(split.lines(value[split.line]).sum(), flows.imports(), rtol=1e-12)


def test_a_number_that_was_split_is_on_the_lists_that_name_what_it_became() -> None:
    """3818.00.00.90 of 2024 ended before 2025; the polysilicon list of 2026 names later numbers."""
    flows = one("3818000090")
    split = parts(flows)
    became = {n for n in lineage.numbers() if n.startswith("38180000")}
    for number in sorted(became):
        share = split.lines(split.codes.under(frozenset({number})).astype(float))[0]
        assert 0.0 <= share <= 1.0
    assert split.lines(split.codes.under(frozenset({"38180000"})).astype(float))[0] == 1.0
    assert split.weight.sum() == pytest.approx(1.0)


def test_lists_written_in_new_numbers_find_the_trade_of_2024() -> None:
    """The lists of 2026 on drugs name ten-digit numbers that no import of 2024 bears."""
    ledger = Ledger.load()
    flows = load_us_imports()
    split = parts(flows)
    value = np.bincount(flows.code_index, flows.value)
    own = frozenset(flows.codes.tolist())
    act = ledger.measure("us/s232/pharmaceuticals").acts
    named = {
        code
        for one in act
        for said in one.provisions.values()
        for paint in (said if isinstance(said, list) else [said])
        if paint.goods
        for code in ledger.codes("us/s232/pharmaceuticals", paint.goods)
        if len(code) == 10 and code not in own
    }
    assert len(named) > 30
    found = split.lines(split.codes.under(frozenset(named)).astype(float))
    assert float((found * value).sum()) > 1e8


def test_a_number_that_did_not_change_is_one_part() -> None:
    flows = one("0101210010", "CA")
    assert parts(flows).weight.tolist() == [1.0]
    found = effective(Ledger.load(), date(2025, 4, 9), flows=flows)
    assert found.imports.sum() == 1e6
