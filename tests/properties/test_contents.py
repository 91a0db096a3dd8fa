"""The metal in goods, line by line."""

from __future__ import annotations

import csv
import os
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from surtax.ledger import Ledger
from surtax.trade.assumptions import ALL_METALS, CHAPTERS, Content, assumptions
from surtax.trade.effective import effective

DATA = os.environ.get("SURTAX_TEST_DATA")


def test_a_line_has_its_own_share_then_that_of_its_eight_digits_then_the_mean() -> None:
    steel = Content("steel_content", 0.09)
    codes = np.array(["7326908688", "8708998180", "8708998199", "0101210010", "8418100075"])
    own, other = steel.of(codes), Content("steel_content", 0.5).of(codes)
    assert own[0] == 1.0  # an article of steel
    assert own[3] == 0.09
    assert other[3] == 0.5
    assert (own[[0, 1, 2, 4]] == other[[0, 1, 2, 4]]).all()
    assert 0 < own[1] < 0.3  # a part of a car
    assert own[2] > 0  # a number that the table lacks, of the same line


@pytest.mark.skipif(not DATA, reason="SURTAX_TEST_DATA is not set: the published shares")
def test_the_table_is_the_published_one_to_two_decimals() -> None:
    file = Path(str(DATA)) / "tariff_lists_2026/metal_content_shares_bea_hs10.csv"
    published = {r["hs10"]: r for r in csv.DictReader(file.read_text("utf-8").splitlines())}
    columns = {"steel_content": "steel_share", "aluminium_content": "aluminum_share",
               "copper_content": "copper_share"}  # fmt: skip
    for fact, column in columns.items():
        mine = Content(fact, float("nan"))
        codes = np.array([c for c in published if c[:2] != CHAPTERS[fact]])
        got = mine.of(codes)
        want = np.array([min(float(published[c][column]), 1.0) for c in codes.tolist()])
        seen = ~np.isnan(got)
        assert seen.sum() >= (5 if fact == "copper_content" else 300)
        exact = np.abs(got - want) <= 0.005 + 1e-12
        # lines of which a list names some numbers alone give the others the mean of eight digits
        assert (exact | ~seen).mean() > 0.97
    every = Content("steel_content", float("nan"), ALL_METALS).of(np.array(["8708998180"]))
    assert every[0] == pytest.approx(float(published["8708998180"]["metal_share"]), abs=0.005)


def test_doubling_the_duty_on_metals_raises_it() -> None:
    """On 4 June 2025 the duty went from 25 to 50 %, on the content within chapters 73 and 76 too:
    articles wholly of the metal pay twice what they paid. Not those of the United Kingdom, at 25 %,
    nor of Canada and Mexico, whose border duties came first until that day."""
    ledger = Ledger.load()
    before = effective(ledger, date(2025, 6, 3))
    after = effective(ledger, date(2025, 6, 4))
    for chapter in ("73", "76"):
        owed = []
        for one in (before, after):
            rules = [i for i, r in enumerate(one.rules) if r.measure in (
                "us/s232/steel", "us/s232/aluminium")]  # fmt: skip
            here = (one.chapter == chapter) & ~np.isin(one.place, ["GB", "RU", "CA", "MX"])
            owed.append(float(one.duty[here][:, rules].sum()))
        assert owed[1] == pytest.approx(2 * owed[0], rel=1e-9)


def test_every_content_has_a_table_and_a_mean() -> None:
    metals = [a for a in assumptions() if a.fact in CHAPTERS]
    assert len(metals) == 3
    for one in metals:
        assert isinstance(one.share, Content)
        assert one.low <= one.value <= one.high
