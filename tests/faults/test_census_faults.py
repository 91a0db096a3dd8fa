"""Broken Census files: one clear message that says what, where and how to mend it."""

import io
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from surtax.errors import DataError
from surtax.trade.sources.census import read_census, to_partners
from surtax.trade.userflows import read_flows

GOOD = """CTY_NAME,CON_VAL_YR,CAL_DUT_YR,I_COMMODITY,CTY_CODE
CANADA,1000,25,8703230100,1220
CANADA,500,0,8703230200,1220
MEXICO,2000,50,0101210010,2010
"""


def file(tmp_path: Path, text: str, name: str = "imports.csv") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def fault(path: Path) -> DataError:
    with pytest.raises(DataError) as caught:
        read_census(path)
    assert caught.value.exit_code == 2
    assert caught.value.mend
    assert str(path) in caught.value.where
    assert "\n" not in str(caught.value)
    return caught.value


def test_a_good_file_csv_or_parquet(tmp_path):
    path = file(tmp_path, GOOD)
    frame = read_census(path)
    assert frame.rows() == [
        ("8703230100", "CA", 1000, 25),
        ("8703230200", "CA", 500, 0),
        ("0101210010", "MX", 2000, 50),
    ]
    other = tmp_path / "imports.parquet"
    pl.read_csv(io.StringIO(GOOD), infer_schema=False).write_parquet(other)
    assert read_census(other).equals(frame)
    rows = read_flows(path, year=2024)
    assert rows.of("Canada").rate() == 25 / 1500


def test_hs10_may_stand_for_i_commodity_and_numbers_for_text(tmp_path):
    path = tmp_path / "numbers.parquet"
    pl.DataFrame(
        {"HS10": ["8703230100"], "CTY_CODE": [3], "CON_VAL_YR": [7], "CAL_DUT_YR": [1]}
    ).write_parquet(path)
    assert read_census(path).rows() == [("8703230100", "EU27", 7, 1)]


@pytest.mark.parametrize("column", ["CON_VAL_YR", "CAL_DUT_YR", "I_COMMODITY", "CTY_CODE"])
def test_a_missing_column(tmp_path, column):
    error = fault(file(tmp_path, GOOD.replace(column, "OTHER")))
    assert column in error.what
    assert "is missing" in error.what


@pytest.mark.parametrize(
    ("old", "new", "said", "cell"),
    [
        (",500,0,", ",abc,0,", "“abc” is not a whole number", "data row 2, column CON_VAL_YR"),
        (
            ",500,0,",
            ",500,1.5.2,",
            "“1.5.2” is not a whole number",
            "data row 2, column CAL_DUT_YR",
        ),
        (",500,0,", ",,0,", "an empty cell is not a whole number", "data row 2, column CON_VAL_YR"),
        (",2010\n", ",2999\n", "“2999” is not a known country code", "data row 3, column CTY_CODE"),
        (",2010\n", ",-\n", "“-” is not a known country code", "data row 3, column CTY_CODE"),
        (
            "0101210010",
            "101210010",
            "“101210010” is not ten digits",
            "data row 3, column I_COMMODITY",
        ),
        ("8703230200", "870323", "“870323” is not ten digits", "data row 2, column I_COMMODITY"),
    ],
)
def test_a_bad_cell(tmp_path, old, new, said, cell):
    error = fault(file(tmp_path, GOOD.replace(old, new)))
    assert said in error.what
    assert error.where.endswith(cell)


def test_a_csv_cut_in_the_middle_of_a_line(tmp_path):
    error = fault(file(tmp_path, GOOD[: GOOD.rindex(",0101210010")]))
    assert "the last line is cut short" in error.what


def test_a_parquet_file_cut_short(tmp_path):
    path = tmp_path / "imports.parquet"
    pl.read_csv(io.StringIO(GOOD), infer_schema=False).write_parquet(path)
    path.write_bytes(path.read_bytes()[:-40])
    assert "cannot be read" in fault(path).what


@pytest.mark.parametrize("text", ["", "\x00\x01"])
def test_no_table_at_all(tmp_path, text):
    fault(file(tmp_path, text))


def test_no_file_and_an_empty_folder(tmp_path):
    assert "no Census import file" in fault(tmp_path).what
    assert "no Census import file" in fault(tmp_path / "none.csv").what


def test_one_country_twice(tmp_path):
    file(tmp_path, GOOD, "a.csv")
    file(tmp_path, GOOD, "b.csv")
    assert "stands twice" in fault(tmp_path).what


def test_the_union_is_not_counted_twice(tmp_path):
    head = GOOD.splitlines()[0] + "\n"
    file(tmp_path, head + "SLOVAKIA,10,1,8703230100,4359\nFRANCE,5,0,8703230100,4279\n", "a.csv")
    day = date(2024, 12, 31)
    members_only = to_partners(read_census(tmp_path), day)
    assert members_only.rows() == [("8703230100", "EU27", 15, 1)]
    file(tmp_path, head + "EUROPEAN UNION,100,9,8703230100,0003\n", "b.csv")
    assert to_partners(read_census(tmp_path), day).rows() == [("8703230100", "EU27", 100, 9)]
