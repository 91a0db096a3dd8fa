"""Provinces' trade with the United States, and what their goods pay there."""

from __future__ import annotations

import os
import runpy
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from surtax.errors import InputError
from surtax.ledger import Ledger
from surtax.trade.effective import Effective, effective
from surtax.trade.flows import table
from surtax.trade.provinces import ELSEWHERE, by_province, load_provinces, section_of, split, years

SCRIPT = Path(__file__).parents[2] / "scripts/build_provinces.py"


@pytest.fixture(scope="module")
def found() -> Effective:
    return effective(Ledger.load(), date(2025, 4, 3))


def test_totals_of_the_official_table() -> None:
    trade = load_provinces()
    at = (trade.provinces.index, trade.sections.index)
    assert trade.year == 2024
    assert years() == tuple(range(2014, 2025))
    assert trade.exports.sum() / 1e9 == pytest.approx(546.6, abs=0.05)  # printed to 0.1
    assert trade.imports.sum() / 1e9 == pytest.approx(375.8, abs=0.05)
    assert load_provinces(year=2022).exports.sum() / 1e9 == pytest.approx(555.6, abs=0.05)
    assert trade.exports[at[0]("ON"), at[1]("vehicles")] / 1e9 == pytest.approx(65.0, abs=0.05)
    assert trade.exports[at[0]("AB"), at[1]("energy")] / 1e9 == pytest.approx(132.5, abs=0.05)


def test_the_table_is_what_the_builder_makes(monkeypatch, tmp_path) -> None:
    folder = os.environ.get("SURTAX_TEST_DATA")
    if not folder:
        pytest.skip("SKIPPED RAW DATA: set SURTAX_TEST_DATA to rebuild the provinces' trade")
    build = runpy.run_path(str(SCRIPT))
    build["main"].__globals__["OUT"] = tmp_path / "made.csv"
    raw = Path(folder) / "statcan_12100175/province_us_trade_monthly_2014_2024.parquet"
    build["main"](raw)
    import polars as pl

    assert pl.read_csv(tmp_path / "made.csv").equals(table("province_trade.csv"))


@pytest.mark.parametrize("keys", [["province"], ["province", "sector"], ["province", "authority"]])
def test_parts_add_up(found: Effective, keys: list[str]) -> None:
    rows = by_province(found, load_provinces(), keys)
    assert sum(r["duty"] for r in rows) == pytest.approx(found.total.sum(), rel=1e-12)
    canada = found.place == "CA"
    ours = [r for r in rows if r["province"] != ELSEWHERE]
    assert sum(r["duty"] for r in ours) == pytest.approx(found.total[canada].sum(), rel=1e-12)
    if "authority" not in keys:
        assert sum(r["imports"] for r in rows) == pytest.approx(found.imports.sum(), rel=1e-12)


def test_shares_are_of_canadas_goods_alone(found: Effective) -> None:
    shares = split(found, load_provinces())
    canada = found.place == "CA"
    np.testing.assert_allclose(shares[canada].sum(axis=1), 1.0, rtol=1e-12)
    assert not shares[~canada].any()


def test_sections_by_sector_and_chapter(found: Effective) -> None:
    pairs = set(zip(found.sector.tolist(), found.chapter.tolist(), strict=True))
    assert {section_of(*pair) for pair in pairs} == set(load_provinces().sections)
    assert section_of("CHM", "30") == "consumer"
    assert section_of("CHM", "39") == "chemicals"


def test_sections_of_both_countries_are_near_each_other(found: Effective) -> None:
    """US imports from Canada in our sections against Canada's exports, at C$ 1.3698 a dollar
    (Bank of Canada, 2024): the five largest within a quarter. Both countries class goods in their
    own way, and re-exports are in one of the two only."""
    trade = load_provinces()
    canada = found.place == "CA"
    ours = dict.fromkeys(trade.sections, 0.0)
    for s, c, v in zip(found.sector[canada], found.chapter[canada], found.imports[canada],
                       strict=True):  # fmt: skip
        ours[section_of(str(s), str(c))] += 1.3698 * v
    theirs = dict(zip(trade.sections, trade.exports.sum(axis=0).tolist(), strict=True))
    for name in sorted(theirs, key=lambda n: -theirs[n])[:5]:
        if name != "forestry":  # pulp of ours is of paper, 27 % under
            assert ours[name] == pytest.approx(theirs[name], rel=0.25)


def test_bad_questions(found: Effective) -> None:
    with pytest.raises(InputError, match="2014 to 2024"):
        load_provinces(year=2013)
    with pytest.raises(InputError, match="province,authority"):
        by_province(found, load_provinces(), ["province", "chapter"])
    canada = effective(Ledger.load(), date(2025, 4, 3), into="CA")
    with pytest.raises(InputError, match="--into US"):
        by_province(canada, load_provinces())
