"""The general schedule against printed rates and an independent parse of the same text."""

import csv
import math
import os
import runpy
from pathlib import Path

import numpy as np
import pytest

from surtax.errors import UnitError, UnknownNameError
from surtax.ledger import schedule as room
from surtax.trade.flows import load_us_imports

SCRIPT = Path(__file__).parents[2] / "scripts/build_schedule.py"
BUILD = runpy.run_path(str(SCRIPT))


@pytest.fixture(scope="module")
def raw() -> Path:
    folder = os.environ.get("SURTAX_TEST_DATA")
    if not folder:
        pytest.skip("SKIPPED RAW DATA: set SURTAX_TEST_DATA to rebuild the schedule")
    return Path(folder) / "hts_2025"


@pytest.mark.parametrize(
    ("code", "ad_valorem", "specific", "unit"),
    [
        ("7326.90.86.88", 0.029, 0.0, ""),  # oracle case 1
        ("8703.23.01", 0.025, 0.0, ""),
        ("8704.21.01", 0.25, 0.0, ""),
        ("7214.20.00", 0.0, 0.0, ""),
        ("2709.00.20", 0.0, 0.105, "bbl"),
        ("3104.20.00", 0.0, 0.0, ""),
        ("9503.00.00", 0.0, 0.0, ""),
        ("0406.10.38", 0.0, 1.055, "kg"),
        ("2402.20.80", 0.023, 1.05, "kg"),
        ("2005.70.97", 0.0, 0.088, "kg on drained weight"),
        ("0105.11.00", 0.0, 0.009, "each"),
        ("8703", 0.025, 0.0, ""),  # all lines of the heading
    ],
)
def test_printed_rates(code, ad_valorem, specific, unit):
    rate = room.general_rate(code)
    assert rate is not None
    assert (rate.ad_valorem, rate.specific, rate.unit) == (ad_valorem, specific, unit)
    assert rate.parsed
    assert rate.free == (ad_valorem == specific == 0)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Free", (0.0, 0.0, "", True)),
        ("6.8%", (0.068, 0.0, "", True)),
        ("33 1/3%", (1 / 3, 0.0, "", True)),
        ("90¢/pr. + 20%", (0.2, 0.9, "pr.", True)),
        ("$1.646/kg +17%", (0.17, 1.646, "kg", True)),
        ("$1.34/1000", (0.0, 1.34, "1000", True)),
        ("10¢/1,000 pins + 3.5%", (0.035, 0.1, "1000 pins", True)),
        ("6.5% on the entire set", (0.065, 0.0, "", True)),
        ("2.5% on the value of the lead content", (None, None, "", False)),
        ("51¢ each + 6.25% on the case", (None, None, "", False)),
        ("22.7¢/kg + 6.8% + 1.2¢/article", (None, None, "", False)),
        ("3.7¢/kg less 0.02¢/kg for each degree under 100 degrees", (None, None, "", False)),
        ("The rate applicable to the complete movement", (None, None, "", False)),
        ("Free, under bond", (None, None, "", False)),
        ("5", (None, None, "", False)),
        ("5¢/kg 3%", (None, None, "", False)),
        ("", (None, None, "", False)),
    ],
)
def test_parse_rate(text, wanted):
    assert tuple(BUILD["parse_rate"](text)) == wanted


def test_counts_and_nothing_unparsed_is_zero():
    table = room.schedule()
    goods = table.hs8 < "98"
    assert len(table.hs8) == 11_859
    assert goods.sum() == 11_413
    assert (~table.general.parsed[goods]).sum() == 161
    assert (~table.column2.parsed[goods]).sum() == 167
    for rates in (table.general, table.column2):
        assert np.isnan(rates.ad_valorem[~rates.parsed]).all()
        assert np.isnan(rates.specific[~rates.parsed]).all()
        assert ((rates.specific > 0) == (rates.unit != "")).all()
        assert np.nanmax(rates.ad_valorem) <= 3.5
    assert (np.sort(np.unique(table.hs8)) == table.hs8).all()


def test_a_watch_keeps_its_text():
    watch = room.general_rate("9101.11.40")
    assert watch is not None
    assert not watch.parsed
    assert not watch.free
    assert math.isnan(watch.ad_valorem)
    assert watch.text.startswith("51¢ each + 6.25% on the case")


def test_short_codes_and_unknown_lines():
    assert room.general_rate("7607") is None
    spread = room.rate_range("7607")
    assert (spread.low, spread.high, spread.others) == (0.0, 0.058, 0)
    assert room.rate_range("0406.10.38").others == 1
    assert room.general_rate("8703.99.99") is None
    assert room.rate_range("9999").lines == 0
    with pytest.raises(UnitError):
        room.general_rate("870")


def test_column_2():
    rate = room.column2_rate("4405.00.00")
    assert rate is not None
    assert rate.ad_valorem == 1 / 3
    assert rate.source.endswith("4405.00.00, column 2")


def test_preferences():
    assert room.preference_free("8704.21.01", "CA")
    assert room.preference_free("8704.21.01", "MX")
    assert not room.preference_free("8704.21.01", "A")
    assert room.preference_free("7214.20.00", "JP")  # free for all
    # American cheese beyond the quota: goods of Mexico free, those of Canada not
    assert room.preference_free("0406.10.38", "MX")
    assert not room.preference_free("0406.10.38", "CA")
    with pytest.raises(UnknownNameError, match="preference programme"):
        room.preference_free("8704.21.01", "USMCA!")


def test_general_rates_average_near_the_duties_of_trade():
    rows, table = load_us_imports(), room.schedule()
    at = table.rows_of(rows.hs8)
    missing = rows.value[(at < 0) & (rows.hs8 < "98")].sum()
    assert missing / rows.imports() < 2e-4  # lines renumbered since 2024
    known = (at >= 0) & (rows.hs8 < "98")
    unparsed = rows.value[known][~table.general.parsed[at[known]]].sum()
    assert unparsed / rows.imports() < 0.003


def test_every_rate_agrees_with_an_independent_parse(raw):
    with (raw / "mfn_rates_2025.csv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if not row["hs8"].startswith("99")]
    table = room.schedule()
    at = table.rows_of([row["hs8"] for row in rows])
    assert len(rows) == 13_073 - 2_043  # less chapter 99
    assert (at >= 0).all()
    theirs = np.array([float(row["mfn_rate"]) for row in rows])
    ours = table.general.ad_valorem[at]
    parsed = table.general.parsed[at]
    assert (~parsed).sum() == 187  # theirs holds a part of the text, or zero
    assert np.allclose(ours[parsed], theirs[parsed], rtol=0, atol=1e-12)
    kinds = np.array([row["rate_type"] for row in rows])
    assert (table.general.specific[at][parsed & (kinds == "specific")] > 0).all()
    assert parsed[np.isin(kinds, ["free", "ad_valorem"])].all()


def test_the_embedded_schedule_is_what_the_builder_makes(raw):
    import polars as pl

    made = BUILD["schedule"](raw / "hts_2025_basic_edition.csv")
    kept = pl.read_parquet(SCRIPT.parents[1] / "src/surtax/ledger/data/hts_2025.parquet")
    assert made.equals(kept)
