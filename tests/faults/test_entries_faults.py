"""Files of entries as they come: damaged, cut short, in the wrong encoding, on a full disk."""

from __future__ import annotations

import csv
import errno
import gzip
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from shutil import copytree

import polars as pl
import pytest

from surtax.duty.entries import fold, repair, run, write
from surtax.duty.entries.fold import FOLDED
from surtax.duty.entries.headers import match
from surtax.duty.entries.read import NOT_UTF8, open_entries
from surtax.duty.entries.run import make_job, rate_file
from surtax.duty.entries.runner import CUT, LEFT_OUT, REPEATS, Job
from surtax.errors import DataError, InputError
from surtax.ledger import Ledger, schedule
from surtax.units import inert
from surtax.views import rated as views

HEADER = "entry,entry_line,goods,origin,into,value,on"
GOOD = "A,{n},9503000013,CN,US,10000,2025-04-10"
TOY = Decimal("14500.00")


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    return Ledger.load()


@pytest.fixture
def rated(ledger: Ledger, tmp_path: Path):
    """Rate lines of CSV; the answer, the table and the reasons by line."""

    def run(
        lines: list[str] | bytes, header: str = HEADER, out: str = "out.parquet", **how: object
    ):
        source, out = tmp_path / "entries.csv", tmp_path / out
        text = "\n".join([header, *lines]) + "\n" if isinstance(lines, list) else ""
        data = lines if isinstance(lines, bytes) else text.encode()
        if not source.exists() or source.read_bytes() != data:  # a plan holds the file's time
            source.write_bytes(data)
        answer = rate_file(ledger, make_job(ledger, source, out, **how))
        assert not out.with_name(f"{out.name}.partial").exists()
        reasons = {}
        if answer["rejects"]:
            rejects = pl.read_csv(answer["rejects"])
            reasons = dict(zip(rejects["line"], rejects["reason"], strict=True))
        return answer, pl.read_parquet(out), reasons

    return run


def good(n: int) -> str:
    return GOOD.format(n=n)


# -- lines ---------------------------------------------------------------------------------------


def test_a_malformed_line_is_named_by_its_number_and_the_others_are_rated(rated) -> None:
    answer, table, reasons = rated([good(1), "A,2,9503000013,CN", good(3), good(4) + ",extra"])
    assert (answer["lines"], answer["rejected"], answer["duty"]) == (4, 2, float(2 * TOY))
    assert reasons == {
        3: "4 cells where the header has 7",
        5: "8 cells where the header has 7",
    }
    assert table["line"].to_list() == [2, 4]


def test_a_quotation_mark_that_is_not_closed_is_named_where_it_opens(rated) -> None:
    _, table, reasons = rated([good(1), 'A,2,"9503000013,CN,US,1,2025-04-10', good(3)])
    assert list(reasons) == [3]
    assert "quotation mark" in reasons[3]
    assert table["line"].to_list() == [2]


def test_a_quoted_cell_may_hold_a_new_line_and_numbers_stay_those_of_the_file(rated) -> None:
    header = HEADER + ",remark"
    _, table, _ = rated([good(1) + ',"two\nlines"', good(2) + ",one"], header)
    assert table["line"].to_list() == [2, 4]


def test_blank_lines_say_nothing(rated) -> None:
    answer, _, _ = rated([good(1), "", good(2), ""])
    assert (answer["lines"], answer["rejected"]) == (2, 0)


def test_the_same_line_of_the_same_entry_counts_once(rated) -> None:
    answer, table, reasons = rated([good(1), good(2), good(1)], size=2)
    assert reasons == {4: REPEATS}
    assert answer["duty"] == float(2 * TOY)
    assert table["line"].to_list() == [2, 3]


def test_the_same_entry_line_with_other_cells_is_rated_and_told(rated, capsys) -> None:
    """It may be a correction or a second tariff number: neither is left out, and none is silent."""
    other = good(1).replace("10000", "9000")
    lines = [good(1), good(2), other, good(2), other, other.replace("CN", "VN")]
    for size in (500, 2, 1):
        answer, table, reasons = rated(lines, size=size)
        assert reasons == {5: REPEATS, 6: REPEATS}
        assert table["line"].to_list() == [2, 3, 4, 7]
        assert answer["again"] == 2
        assert [one["line"] for one in answer["again_first"]] == [4, 7]
        assert answer["again_first"][0] == {"line": 4, "entry": "A", "entry_line": "1"}
    views.rated(answer)
    told = " ".join(capsys.readouterr().out.split())
    assert "2 lines name an entry and a line of it that came before" in told
    assert "line 4 (entry A, line 1), line 7 (entry A, line 1)." in told


def test_a_resumed_run_tells_the_same_of_lines_that_come_again(rated, monkeypatch) -> None:
    other = good(1).replace("10000", "9000")
    lines = [good(1), good(2), other, good(2), good(3), other, other.replace("CN", "VN")]
    whole = rated(lines, size=2)
    close = write.Workspace.close

    def stop(work, number, *told) -> None:
        if number == 2:
            raise KeyboardInterrupt
        close(work, number, *told)

    with monkeypatch.context() as patch:
        patch.setattr(write.Workspace, "close", stop)
        with pytest.raises(KeyboardInterrupt):
            rated(lines, size=2, out="again.parquet")
    answer, table, reasons = rated(lines, size=2, out="again.parquet")
    assert answer["resumed_after"] in (4, 5)  # the block after it may have been finished beside it
    assert table.equals(whole[1])
    assert reasons == whole[2]
    assert [answer[n] for n in ("again", "again_first")] == [2, whole[0]["again_first"]]


def test_a_number_of_an_entry_that_a_spreadsheet_cut_names_none(rated) -> None:
    cut = GOOD.format(n=1).replace("A,", "3.01123E+10,")
    answer, table, _ = rated([cut, cut, GOOD.format(n=1)])
    assert (answer["rejected"], answer["again"]) == (0, 0)  # it may be two entries
    assert answer["repairs"] == {LEFT_OUT: 2}
    assert table["entry"].to_list() == [None, None, "A"]


def test_the_report_es_003_is_not_joined_by_cut_numbers(rated) -> None:
    head = ("Entry Summary Number,Entry Summary Line Number,HTS Number - Full,"
            "Country of Origin Code,Line Tariff Goods Value Amount,Entry Date")  # fmt: skip
    lines = ["3.01E+10,1,9503000013,CN,10000,04/10/2025", "3.01E+10,1,99030124,CN,0,04/10/2025",
             "30112345678,1,9503000013,CN,10000,04/10/2025"]  # fmt: skip
    answer, table, reasons = rated(lines, header=head)
    assert reasons == {2: CUT, 3: CUT}
    assert table["entry"].to_list() == ["30112345678"]
    assert (answer["lines"], answer["rejected"]) == (3, 2)


def test_lines_of_no_entry_repeat_none(rated) -> None:
    blank = good(1).replace("A,1,", ",,")
    answer, _, reasons = rated([blank, blank, good(1), blank])
    assert (reasons, answer["again"], answer["lines"]) == ({}, 0, 4)


def test_an_empty_file_a_missing_one_and_one_without_the_columns(ledger, tmp_path) -> None:
    out = tmp_path / "out.csv"
    with pytest.raises(DataError, match="no such file"):
        make_job(ledger, tmp_path / "none.csv", out)
    (tmp_path / "empty.csv").write_text("")
    with pytest.raises(DataError, match="empty"):
        make_job(ledger, tmp_path / "empty.csv", out)
    (tmp_path / "a.csv").write_text("goods,origin,value,on\n")
    with pytest.raises(DataError, match="no column says “into”"):
        make_job(ledger, tmp_path / "a.csv", out)
    assert make_job(ledger, tmp_path / "a.csv", out, into="US").into == "US"
    with pytest.raises(DataError, match="ends neither"):
        make_job(ledger, tmp_path / "a.csv", tmp_path / "out.xlsx", into="US")
    with pytest.raises(DataError, match="take the place"):
        make_job(ledger, tmp_path / "a.csv", tmp_path / "a.csv", into="US")


def test_a_file_of_headers_alone_gives_an_empty_output(rated) -> None:
    answer, table, _ = rated([])
    assert (answer["lines"], answer["duty"], len(table)) == (0, 0, 0)


def test_a_parquet_file_cut_short_is_one_message(ledger, tmp_path) -> None:
    whole, cut = tmp_path / "whole.parquet", tmp_path / "cut.parquet"
    pl.DataFrame({"goods": ["9503000013"]}).write_parquet(whole)
    cut.write_bytes(whole.read_bytes()[:-9])
    with pytest.raises(DataError, match="cannot be read as Parquet"):
        open_entries(cut)


# -- encodings -----------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_unicode_with_any_mark_is_read(rated, encoding: str) -> None:
    text = f"{HEADER}\nÉ1,1,9503000013,CN,US,10000,2025-04-10\n"
    answer, table, _ = rated(text.encode(encoding))
    assert table["entry"].to_list() == ["É1"]
    assert not answer["repairs"]


def test_a_file_that_is_not_utf_8_is_read_as_windows_1252_and_says_so(rated) -> None:
    text = f"{HEADER}\nÉ1,1,9503000013,CN,US,10000,2025-04-10\n"
    answer, table, _ = rated(text.encode("cp1252"))
    assert table["entry"].to_list() == ["É1"]
    assert answer["repairs"] == {NOT_UTF8: 1}


def test_zero_bytes_are_no_text(ledger, tmp_path) -> None:
    (tmp_path / "a.csv").write_bytes(HEADER.encode("utf-16-le"))
    with pytest.raises(DataError, match="zero bytes"):
        open_entries(tmp_path / "a.csv")


@pytest.mark.parametrize(
    ("begins", "what"),
    [
        (gzip.compress(HEADER.encode(), mtime=0), "packed by gzip. Unpack it with gunzip"),
        (b"PK\x03\x04\x14\0", "a workbook or a zip file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "a workbook"),
        (b"PAR1", "a Parquet file"),
    ],
    ids=["gzip", "zip", "workbook", "parquet"],
)
def test_what_is_no_csv_is_called_by_its_name(tmp_path: Path, begins: bytes, what: str) -> None:
    (tmp_path / "a.csv").write_bytes(begins)
    with pytest.raises(DataError, match=what):
        open_entries(tmp_path / "a.csv")


def test_what_cannot_be_read_twice_is_no_source(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.csv")
    with pytest.raises(DataError, match="read from its beginning again"):
        open_entries(tmp_path / "a.csv")


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_any_usual_delimiter_is_found(rated, sign: str) -> None:
    lines = "\n".join([HEADER, good(1)]).replace(",", sign) + "\n"
    assert rated(lines.encode())[0]["duty"] == float(TOY)


# -- cells ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "digits", "kinds"),
    [
        ("9503.00.00.13", "9503000013", ()),
        ("9503 00 00 13", "9503000013", ()),
        ("9503000013.0", "9503000013", (repair.POINT_ZERO,)),
        ("101210010", "0101210010", (repair.ZERO,)),
        ("1012100", "01012100", (repair.ZERO,)),
        ("9.503000013E+09", "9503000013", (repair.POWER,)),
        ("1.01210010E+08", "0101210010", (repair.POWER, repair.ZERO)),
        ("'0101210010", "0101210010", (repair.APOSTROPHE,)),
        ('="0101210010"', "0101210010", (repair.APOSTROPHE,)),
    ],
)
def test_what_a_spreadsheet_did_to_a_number_is_undone(text, digits, kinds) -> None:
    assert repair.code(text) == repair.Cell(digits, kinds)


@pytest.mark.parametrize(
    "text",
    ["8.70323E+09", "8.7E9", "8703", "870323", "abc", "", "8703.2", "23-08-8703", "23.08.8703",
     "8-23-8703", "2009-12-25", "2025-04-10", "2025-04-10 00:00:00", "23/08/8703", "Aug-03"],
)  # fmt: skip
def test_what_cannot_be_undone_is_refused(text: str) -> None:
    cell = repair.code(text)
    assert cell.value is None
    assert cell.refused


def test_a_lost_zero_is_put_back_only_where_the_tariff_has_the_number(rated) -> None:
    _, _, reasons = rated(["A,1,199999999,CN,US,10,2025-04-10"])
    assert "no number of the tariff" in reasons[2]


@pytest.mark.parametrize(
    ("text", "amount"),
    [("40,000", "40000"), ("$40,000.5", "40000.50"), ("USD 12", "12"), ("12 USD", "12"),
     ("1234.565", "1234.57")],
)  # fmt: skip
def test_amounts_as_people_write_them(text: str, amount: str) -> None:
    assert repair.money(text).value == Decimal(amount)


@pytest.mark.parametrize("text", ["2009.12.25", "8703-23-01", "8703-10-11", "87.03.23.01"])
def test_numbers_parted_as_no_day_is_are_read(text: str) -> None:
    assert repair.code(text) == repair.Cell("".join(c for c in text if c.isdigit()))


@pytest.mark.parametrize("text", ["1.23E+05", "1E5", "$1.2E+03", "USD 9E+1"])
def test_amounts_that_have_lost_digits_are_refused(rated, text: str) -> None:
    _, table, reasons = rated([GOOD.format(n=1).replace("10000", text), good(2)])
    assert "digits are left" in reasons[2]
    assert table.height == 1
    assert repair.quantity("1.23E+05").refused


def test_amounts_as_powers_with_all_their_digits_are_written_out(rated) -> None:
    answer, table, _ = rated(
        [
            GOOD.format(n=1).replace("10000", "1.2345E+04") + ",1.2E+01,kg",
            GOOD.format(n=2).replace("10000", "1e+05") + ",1e3,kg",  # as R writes them
        ],
        HEADER + ",quantity,unit",
    )
    assert answer["repairs"] == {repair.POWER: 4}
    assert table.select("value", "quantity").rows() == [(12345, 12), (100_000, 1000)]


@pytest.mark.parametrize(
    "text", ["1.234,56", "1.234", "12.000", "1,5", "-3", "(3)", "1e400", "nan", "a lot"]
)
def test_amounts_that_could_mean_two_things_are_refused(text: str) -> None:
    assert repair.money(text).refused


def test_a_point_before_three_digits_is_told_with_both_readings() -> None:
    assert (
        repair.money("1.234").refused == "“1.234” could be 1234 or 1.23; write it as one of these"
    )
    assert repair.money("0.125").value == Decimal("0.13")  # no thousands begin with nothing
    assert repair.quantity("1.234").value == Decimal("1.234")  # a weight in kilograms to the gram


def test_a_refused_cell_is_quoted_as_it_stands() -> None:
    assert "“Sept-03” is not an HS code" in repair.code("Sept-03").refused
    assert repair.money("9" * 17).refused == f"“{'9' * 17}” is too large for an amount"


@pytest.mark.parametrize(
    ("text", "number"), [("40,000", "40000"), ("1.5", "1.5"), ("'12", "12"), ("1e3", "1000")]
)
def test_quantities_as_people_write_them(text: str, number: str) -> None:
    assert repair.quantity(text).value == Decimal(number)


def test_numbers_of_chapter_99_are_goods_in_canada_and_not_in_the_us(rated) -> None:
    """SOR/2025-66 lists tariff items of chapter 99; the US chapter holds the duties themselves."""
    lines = ["A,1,9971.00.00,US,CA,1000,2025-04-10", "A,2,9903.01.25,CN,US,1000,2025-04-10"]
    answer, table, reasons = rated(lines)
    assert table["ca/surtax/united-states-2025-1#goods"].to_list() == [Decimal(250)]
    assert reasons == {3: "a number of chapter 99 alone is no goods"}
    assert answer["duty_by_currency"] == {"CAD": 250.0}


def test_a_quantity_of_zero_is_none(rated, ledger: Ledger, tmp_path: Path) -> None:
    """Exports write zero where a number of the tariff asks for no unit; a rate per unit waits."""
    wine = good(1).replace("9503000013", "2204218060")
    lines = [good(1) + ",0,", wine + ",0,liter", wine.replace("A,1", "A,3") + ",9,liter"]
    answer, table, reasons = rated(lines, HEADER + ",quantity,unit")
    assert answer["repairs"] == {repair.NONE: 2}
    assert not reasons
    assert table["quantity"].to_list() == [None, None, Decimal(9)]
    assert table["missing"].to_list()[:2] == [None, "quantity"]
    assert table["missing"][2] != "quantity"
    row = dict(zip(HEADER.split(","), good(1).split(","), strict=True)) | {"quantity": [0, 7]}
    pl.DataFrame(row).write_parquet(tmp_path / "a.parquet")
    told = rate_file(ledger, make_job(ledger, tmp_path / "a.parquet", tmp_path / "b.csv"))
    assert told["repairs"] == {repair.NONE: 1}


@pytest.mark.parametrize("text", ["1,5", "1.234,5", "nan", "1e400", "-3", "a few"])
def test_quantities_that_could_mean_two_things_are_refused(rated, text: str) -> None:
    assert repair.quantity(text).refused
    _, _, reasons = rated([good(1) + f',"{text}",kg'], HEADER + ",quantity,unit")
    assert "the quantity" in reasons[2]


@pytest.mark.parametrize(
    ("text", "month_first", "day"),
    [
        ("2025-04-10", False, date(2025, 4, 10)),
        ("20250410", False, date(2025, 4, 10)),
        ("2025-04-10T11:30:00", False, date(2025, 4, 10)),
        ("45757", False, date(2025, 4, 10)),
        ("04/10/2025", True, date(2025, 4, 10)),
    ],
)
def test_days_as_files_write_them(text, month_first, day) -> None:
    assert repair.day(text, month_first=month_first).value == day


@pytest.mark.parametrize("text", ["04/10/2025", "2025-02-30", "10 April", "20251301"])
def test_days_that_could_be_two_or_none_are_refused(text: str) -> None:
    assert repair.day(text).refused


def test_shares_above_the_whole_are_refused_line_by_line(rated) -> None:
    header = f"{HEADER},steel_content,aluminium_content"
    lines = [f"{good(1)},70%,60%", f"{good(2)},0.4,0.6", f"{good(3)},,90%", f"{good(4)},1,0.01"]
    answer, _, reasons = rated(lines, header)
    said = "aluminium_content, steel_content are more than the whole value together."
    assert reasons == {2: said, 5: said}
    assert (answer["lines"], answer["rejected"]) == (4, 2)


def test_a_line_that_is_refused_brings_no_currency(rated) -> None:
    """Here the fact is found to be impossible when the line is rated, not when it is read."""
    late = "B,2,9503000013,CN,CA,100,2025-04-10,2025-05-01"
    for narrow in (False, True):
        out = f"{narrow}.parquet"
        answer, _, reasons = rated([good(1) + ",", late], HEADER + ",shipped", out, narrow=narrow)
        assert list(reasons) == [3]
        assert answer["duty"] == float(TOY)
        assert answer["duty_by_currency"] == {"USD": float(TOY)}


def test_mixed_currencies_are_refused_line_by_line(rated) -> None:
    lines = [good(1) + ",USD", good(2) + ",EUR", good(3) + ","]
    answer, _, reasons = rated(lines, HEADER + ",currency")
    assert reasons == {3: "the value is in EUR; entries into US are valued in USD"}
    assert answer["duty_by_currency"] == {"USD": float(2 * TOY)}


def test_amounts_paid_in_another_currency_are_refused_line_by_line(rated) -> None:
    row = GOOD.format(n=1)
    _, table, reasons = rated(
        [row + ",USD,1,2", row + ",USD,EUR 1,2", row + ",USD,1,2 CAD", row + ",CAD,1,2",
         row.replace("10000", "USD 10000") + ",CAD,USD 1,2"],
        HEADER + ",currency,paid,paid.99030124",
    )  # fmt: skip
    assert table["line"].to_list() == [2]
    assert reasons[3] == "the amount in “paid” is in EUR; entries into US are valued in USD"
    assert "“paid.99030124” is in CAD" in reasons[4]
    assert "the value is in CAD" in reasons[5]
    assert "the value is in CAD" in reasons[6]  # one cell says USD, the other CAD


def test_lines_that_wait_or_owe_what_is_not_known_are_counted(rated, ledger, capsys) -> None:
    """A sum of nothing is not told alone where the general rates of the importer are not known."""
    answer, table, _ = rated([
        "A,1,9503000013,CN,CA,10000,2025-04-10,",  # the ledger holds no general rate of Canada
        "A,2,9503000013,CN,CA,10000,2025-04-10,8%",
        "A,3,9101114000,CH,US,10000,2025-04-10,",  # a watch: case, strap and movement apart
    ], HEADER + ",general_rate")  # fmt: skip
    assert (answer["missing"], answer["unknown"]) == (1, 1)
    assert table["missing"].to_list() == ["general_rate", None, None]
    assert table["unknown"].to_list() == [None, None, "us/hts/general"]
    views.rated(answer)
    told = " ".join(capsys.readouterr().out.split())
    assert "1 lines wait for a fact" in told
    assert "1 lines owe a duty whose rate is not known" in told


def test_digits_of_other_scripts_are_read_as_what_they_are_and_break_nothing(rated) -> None:
    answer, _, _ = rated([good(1).replace("10000", "١٠٠٠٠")])
    assert answer["duty"] == float(TOY)


def test_days_that_a_parquet_file_holds_as_whole_numbers(ledger: Ledger, tmp_path: Path) -> None:
    row = dict(zip(HEADER.split(","), good(1).split(","), strict=True))
    source, out = tmp_path / "entries.parquet", tmp_path / "out.parquet"
    duties = []
    for day in ("2025-02-10", 20250210, 45698, 45698.0):
        pl.DataFrame({**row, "privileged": [day]}).write_parquet(source)
        duties.append(rate_file(ledger, make_job(ledger, source, out))["duty"])
    assert len(set(duties)) == 1
    assert duties[0] != float(TOY)  # the law of the day of the status, not of the entry
    pl.DataFrame({**row, "privileged": [20251301]}).write_parquet(source)
    assert rate_file(ledger, make_job(ledger, source, out))["rejected"] == 1


@pytest.mark.parametrize("bad", [-0.5, float("inf"), float("nan")])
def test_a_rate_of_duty_that_is_none_is_refused(ledger, tmp_path: Path, bad: float) -> None:
    row = {"goods": "72142000", "origin": "US", "into": "CA", "value": 500, "on": "2025-02-01"}
    source, out = tmp_path / "entries.parquet", tmp_path / "out.parquet"
    pl.DataFrame({**row, "general_rate": [bad, 0.05]}).write_parquet(source)
    answer = rate_file(ledger, make_job(ledger, source, out))
    assert (answer["rejected"], answer["duty"]) == (1, 25.0)
    assert "no" in pl.read_csv(answer["rejects"])["reason"][0]


def test_columns_of_another_kind_are_named_and_lists_of_claims_are_read(
    ledger: Ledger, tmp_path: Path
) -> None:
    row = {"goods": "8703230190", "origin": "CA", "into": "US", "value": 500, "on": "2025-02-01"}
    source, out = tmp_path / "entries.parquet", tmp_path / "out.parquet"
    pl.DataFrame({**row, "claims": [["usmca"]]}).write_parquet(source)
    assert rate_file(ledger, make_job(ledger, source, out))["duty"] == 0.0
    for name, odd in (("value", True), ("goods", [1, 2]), ("on", b"x")):
        pl.DataFrame({**row, name: [odd]}).write_parquet(source)
        with pytest.raises(DataError, match=f"column “{name}”"):
            rate_file(ledger, make_job(ledger, source, out))


@pytest.mark.parametrize(
    ("paid", "whole"),
    [(["", "100", "1,150"], "1250.00"), ([1, 100, 150], 250), (["", "100", "x"], "x")],
)
def test_amounts_under_one_heading_are_added(paid: list[object], whole: object) -> None:
    lines = {"line": [2, 3, 4], "entry": "A", "entry_line": "1", "paid": paid,
             "goods": ["9503000013", "9903.01.10", "9903.01.10"]}  # fmt: skip
    joined, bad, count = fold.join(pl.DataFrame(lines))
    assert joined["paid.99030110"].to_list() == [whole]
    assert (bad, count) == ([], 2)


def test_a_place_that_cannot_be_rated_into_is_refused_at_once(ledger, tmp_path: Path) -> None:
    source = tmp_path / "entries.csv"
    source.write_text(f"{HEADER}\n{good(1)}\n", "utf-8")
    for into in ("Narnia", "JP"):
        with pytest.raises(InputError):
            make_job(ledger, source, tmp_path / "out.csv", into=into)


def test_an_output_never_joins_its_source(ledger: Ledger, tmp_path: Path) -> None:
    folder = tmp_path / "parts"
    folder.mkdir()
    row = dict(zip(HEADER.split(","), good(1).split(","), strict=True))
    pl.DataFrame(row).write_parquet(folder / "part-0.parquet")
    with pytest.raises(DataError, match="join"):
        make_job(ledger, folder, folder / "out.parquet")


def test_a_header_may_hold_a_new_line(rated) -> None:
    answer, _, _ = rated([good(1)], HEADER.replace("value", '"Entered\nvalue"'))
    assert answer["duty"] == float(TOY)
    assert answer["columns"]["Entered\nvalue"] == "value"


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_what_a_run_writes_beside_its_output_is_never_its_source(
    ledger: Ledger, tmp_path: Path, kind: str
) -> None:
    for name in ("out.rejected.csv", "out-cape-001.csv"):
        source = tmp_path / name
        source.write_text(f"{HEADER}\n{good(1)}\n", "utf-8")
        with pytest.raises(DataError, match="place of the source"):
            make_job(ledger, source, tmp_path / f"out.{kind}")
        assert source.exists()


def test_files_of_others_are_never_cleared_away(ledger: Ledger, tmp_path: Path) -> None:
    source, out = tmp_path / "entries.csv", tmp_path / "out.csv"
    source.write_text(f"{HEADER}\n{good(1)}\n", "utf-8")
    mine = tmp_path / "out.rejected.csv"
    mine.write_text("notes of my own", "utf-8")
    rate_file(ledger, make_job(ledger, source, out))
    assert mine.read_text("utf-8") == "notes of my own"
    folder = tmp_path / "out.csv.partial"
    folder.mkdir()
    (folder / "mine.txt").write_text("notes of my own", "utf-8")
    with pytest.raises(DataError, match="no file of an earlier run"):
        rate_file(ledger, make_job(ledger, source, out))
    assert (folder / "mine.txt").read_text("utf-8") == "notes of my own"


@pytest.mark.parametrize("text", ["-5", "+3.5e-2", "-.5", "a=b", ""])
def test_numbers_and_plain_text_stay_as_they_are(text: str) -> None:
    assert inert(text) == text
    assert pl.DataFrame({"a": [text]}).select(write.inert(pl.col("a"))).item() == text


@pytest.mark.parametrize("text", ["-5a", "=b", "+cmd", "@x", "\t=1", "\r=1"])
def test_text_that_a_spreadsheet_would_run_bears_an_apostrophe(text: str) -> None:
    assert inert(text) == "'" + text
    assert pl.DataFrame({"a": [text]}).select(write.inert(pl.col("a"))).item() == "'" + text


def test_a_spreadsheet_runs_no_cell_of_what_is_written(ledger: Ledger, tmp_path: Path) -> None:
    source, out = tmp_path / "entries.csv", tmp_path / "out.csv"
    lines = [good(1), good(2).replace("A", "=cmd()", 1), good(3).replace("A", "-7", 1)]
    bad = "@SUM(1),1,9503000013,CN,US,-1,2025-04-10"
    source.write_text("\n".join([HEADER, *lines, bad]) + "\n", "utf-8")
    answer = rate_file(ledger, make_job(ledger, source, out))
    assert pl.read_csv(out, infer_schema=False)["entry"].to_list() == ["A", "'=cmd()", "-7"]
    assert pl.read_csv(answer["rejects"])["text"].to_list() == ["'" + bad]


def test_duties_in_two_currencies_are_not_added(rated) -> None:
    answer, _, _ = rated([good(1), "A,2,72142000,US,CA,100,2025-05-01"])
    assert answer["duty"] is None
    assert set(answer["duty_by_currency"]) == {"USD", "CAD"}


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("A,1,9503000013,Atlantis,US,10,2025-04-10", "unknown place"),
        ("A,1,9503000013,EU,US,10,2025-04-10", "group of countries"),
        ("A,1,9503000013,US,US,10,2025-04-10", "within the customs border"),
        ("A,1,9503000013,PR,US,10,2025-04-10", "within the customs border"),
        ("A,1,9503000013,CN,JP,10,2025-04-10", "cannot be rated"),
        ("A,1,9503000013,CN,US,,2025-04-10", "no value"),
        ("A,1,9503000013,CN,US,0,2025-04-10", "value is zero"),
        ("A,1,9503000013,CN,US,10,", "no day"),
        ("A,1,99030124,CN,US,10,2025-04-10", "chapter 99"),
    ],
)
def test_a_line_that_cannot_be_rated_says_why(rated, line: str, reason: str) -> None:
    answer, table, reasons = rated([line])
    assert reason in reasons[2]
    assert (answer["lines"], answer["rejected"], len(table)) == (1, 1, 0)


def test_claims_and_facts_are_checked(rated) -> None:
    header = HEADER + ",claims,us_content"
    lines = [good(1) + ",korus,", good(2) + ",nafta,", good(3) + ",,1.5", good(4) + ",,50%"]
    _, table, reasons = rated(lines, header)
    assert "cannot claim korus" in reasons[2]
    assert "unknown claim" in reasons[3]
    assert "us_content" in reasons[4]
    assert table["facts.us_content"].to_list() == [0.5]


def test_goods_of_a_zone_owe_the_rates_of_the_day_of_their_status(rated) -> None:
    lines = [good(1) + ",2025-03-03", good(2) + ",2025-04-11", good(3) + ","]
    _, table, reasons = rated(lines, HEADER + ",privileged")
    # 19 CFR 146.65(a)(1): of 3 March 2025 there is the 10 % of Executive Order 14195 alone
    assert table["duty"].to_list() == [Decimal("1000.00"), TOY]
    assert reasons == {3: "privileged is 2025-04-11, after the entry of 2025-04-10."}


# -- headers -------------------------------------------------------------------------------------

ES003 = (
    "Entry Summary Number,Entry Summary Line Number,Entry Date,Country of Origin Code,"
    "Tariff Ordinal Number,HTS Number - Full,Line Tariff Goods Value Amount,Line Tariff Duty Amount"
)


def test_the_ace_report_is_known_by_its_headers_and_its_lines_are_joined(rated) -> None:
    lines = [
        "B1,1,04/10/2025,CN,1,99030124,$0.00,$2000.00",
        "B1,1,04/10/2025,CN,2,99030163,$0.00,$12500.00",
        'B1,1,04/10/2025,CN,3,9503000013,"$10,000.00",$0.00',
        "B2,1,04/10/2025,CN,1,99030163,$0.00,$1.00",
        "B3,1,04/10/2025,CN,1,9503000013,100,0",
    ]
    for size in (2, 3, 100):
        answer, table, reasons = rated(lines, ES003, size=size)
        assert answer["family"] == "ACE report ES-003"
        assert answer["repairs"][FOLDED] == 2
        assert reasons == {5: "a number of chapter 99 without the goods it belongs to"}
        first = table.row(0, named=True)
        assert (first["line"], first["into"], first["duty"]) == (4, "US", TOY)
        assert first["filed"] == "99030124;99030163"
        assert (first["paid.99030124"], first["paid.general"]) == (2000, 0)
        assert table["line"].to_list() == [4, 6]


def test_carm_declarations_are_known_by_their_data_elements(rated) -> None:
    header = (
        "Transaction number,Commodity line number,Classification number,Country of origin,"
        "Tariff treatment,Value for duty,Release date"
    )
    lines = ["1,1,7214200000,US,UST,100,2025-05-01", "1,2,7214200000,US,MFN,100,2025-05-01"]
    answer, table, _ = rated(lines, header)
    assert answer["family"].startswith("CARM")
    assert table["into"].to_list() == ["CA", "CA"]
    assert table["claims"].to_list() == ["usmca", None]


@pytest.mark.parametrize("above", ["sep=;\n", "Report of entries\n\n\n", ";;;;;;\nUSD;;;;;;\n"])
def test_a_header_below_the_first_line_is_pointed_at(ledger, tmp_path: Path, above: str) -> None:
    lines = above + "\n".join([HEADER, good(1)]).replace(",", ";")
    (tmp_path / "a.csv").write_text(lines)
    line = above.count("\n") + 1
    with pytest.raises(DataError, match=f"no column says “goods”. Line {line} looks like the"):
        make_job(ledger, tmp_path / "a.csv", tmp_path / "b.csv")


def test_rejected_cells_can_be_read_again(rated) -> None:
    answer, _, _ = rated(['A,1,"9,5",CN,US,10000,2025-04-10', good(2)])
    text = pl.read_csv(answer["rejects"])["text"][0]
    assert next(csv.reader([text])) == ["A", "1", "9,5", "CN", "US", "10000", "2025-04-10"]


def test_two_columns_of_one_name_and_a_column_that_is_not_there() -> None:
    with pytest.raises(DataError, match="two columns"):
        match(["goods", "Goods", "origin", "into", "value", "on"])
    given = {"value": "Net"}
    with pytest.raises(InputError, match="no column “Net”"):
        match(["goods", "origin", "into", "value", "on"], (), given)
    found = match(["goods", "origin", "into", "value", "on", "Net"], (), given)
    assert found.columns["Net"] == "value"
    assert found.unused == ("value",)


# -- what stops a run ----------------------------------------------------------------------------

RUN = """
import time
from surtax.duty.bulk import Rater
plain = Rater.rate
def slow(self, table, **how):
    time.sleep({pause})
    return plain(self, table, **how)
Rater.rate = slow
from surtax.cli import main
main()
"""


def many(path: Path, lines: int) -> None:
    codes = ["9503000013", "7214200000", "8703230190", "0406104800", "bad"]
    origins = ["CN", "DE", "CA", "JP"]
    rows = [
        f"E{n},1,{codes[n % 5]},{origins[n % 4]},US,{100 + n}.37,2025-{1 + n % 12:02d}-15"
        for n in range(lines)
    ]
    path.write_text("\n".join([HEADER, *rows]) + "\n")


def start(source: Path, out: Path, pause: float) -> subprocess.Popen[str]:
    command = ["rate", str(source), "-o", str(out), "--block", "100", "--json"]
    return subprocess.Popen(
        [sys.executable, "-c", RUN.format(pause=pause), *command],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ},
        start_new_session=True,
    )  # fmt: skip


def stop(run: subprocess.Popen[str], kind: signal.Signals) -> str:
    """End a run as kill -9 does, or as Ctrl-C does."""
    run.send_signal(kind) if kind == signal.SIGKILL else os.killpg(run.pid, kind)
    return run.communicate(timeout=60)[1]


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
@pytest.mark.parametrize("kind", [signal.SIGKILL, signal.SIGINT])
@pytest.mark.parametrize("ending", ["parquet", "csv"])
def test_a_run_that_is_stopped_goes_on_and_gives_the_same_bytes(
    tmp_path: Path, kind: signal.Signals, ending: str
) -> None:
    source = tmp_path / "entries.csv"
    many(source, 1000)
    whole, out = tmp_path / f"whole.{ending}", tmp_path / f"out.{ending}"
    first = start(source, whole, 0)
    first.communicate(timeout=120)
    assert first.returncode == 0
    run = start(source, out, 0.3)
    partial = out.with_name(out.name + ".partial")
    deadline = time.monotonic() + 60
    while len(list(partial.glob("*.json"))) < 4 and time.monotonic() < deadline:
        time.sleep(0.02)
    said = stop(run, kind)
    assert run.returncode != 0
    assert not out.exists()
    if kind == signal.SIGINT:
        assert said == "surtax: stopped; nothing was left half written.\n"
    done = len(list(partial.glob("0*.json")))
    assert 3 <= done < 10
    again = start(source, out, 0)
    told, _ = again.communicate(timeout=120)
    assert again.returncode == 0
    assert f'"resumed_after": {done}00' in told
    assert out.read_bytes() == whole.read_bytes()
    rejects = [p.with_name(f"{p.stem}.rejected.csv").read_bytes() for p in (out, whole)]
    assert rejects[0] == rejects[1]
    assert not partial.exists()


def stopped(ledger: Ledger, folder: Path) -> Job:
    """A run of three blocks, stopped after the second."""
    source, out = folder / "entries.csv", folder / "out.parquet"
    many(source, 300)
    job = make_job(ledger, source, out, size=100)

    def stop(lines: int, share: float) -> None:
        if lines == 200:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rate_file(ledger, job, report=stop)
    return job


def test_blocks_of_another_plan_are_thrown_away(ledger: Ledger, tmp_path: Path) -> None:
    job = stopped(ledger, tmp_path)
    other = replace(job, known=date(2025, 6, 1))
    assert rate_file(ledger, other)["resumed_after"] == 0


@pytest.mark.parametrize("changed", ["law", "schedule", "version"])
def test_lines_done_under_another_law_are_not_joined_and_not_lost_unasked(
    ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changed: str
) -> None:
    job = stopped(ledger, tmp_path)
    partial = tmp_path / "out.parquet.partial"
    left = {path.name: path.read_bytes() for path in partial.glob("0*")}
    assert left
    law = replace(ledger, digest="0" * 64) if changed == "law" else ledger
    with monkeypatch.context() as patch:
        if changed == "schedule":
            patch.setattr(schedule, "digest", lambda: "0" * 64)
        if changed == "version":
            patch.setattr(run, "__version__", "0")
        with pytest.raises(DataError, match=r"the law has changed since.*--fresh") as told:
            rate_file(law, job)
        assert told.value.exit_code == 2
        assert {path.name: path.read_bytes() for path in partial.glob("0*")} == left
        assert not job.out.exists()
        assert rate_file(law, job, fresh=True)["resumed_after"] == 0
    assert job.out.exists()


def test_the_schedule_is_known_by_its_bytes(tmp_path: Path, monkeypatch) -> None:
    """Every file of the schedule counts, to the last byte."""
    told = schedule.digest()
    folder = copytree(schedule._file("hts_lines.parquet").parent, tmp_path / "data")
    monkeypatch.setattr(schedule, "_file", lambda name: folder / name)
    again = schedule.digest.__wrapped__
    assert again() == told
    for path in sorted(p for p in folder.iterdir() if p.is_file()):
        whole = path.read_bytes()
        path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
        assert again() != told, path.name
        path.write_bytes(whole)
    assert again() == told


@pytest.mark.parametrize("at", [1, 4, 9])
def test_a_full_disk_leaves_no_partial_file(
    ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    source, out, whole = (tmp_path / n for n in ("entries.csv", "out.parquet", "whole.parquet"))
    many(source, 300)
    rate_file(ledger, make_job(ledger, source, whole, size=100))
    job = make_job(ledger, source, out, size=100)
    calls = 0
    plain = os.fsync

    def full(handle: int) -> None:
        nonlocal calls
        calls += 1
        if calls == at:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        plain(handle)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space left"):
            rate_file(ledger, job)
    assert not out.exists()
    assert not list(tmp_path.rglob("*.tmp"))
    rate_file(ledger, job)
    assert out.read_bytes() == whole.read_bytes()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_disk_that_is_really_full_is_one_message(tmp_path: Path) -> None:
    source = tmp_path / "entries.csv"
    many(source, 50)
    (tmp_path / "out.csv.tmp").symlink_to("/dev/full")
    run = start(source, tmp_path / "out.csv", 0)
    _, said = run.communicate(timeout=60)
    assert run.returncode == 1
    assert said.startswith("surtax: No space left on device")
    assert said.count("\n") == 1
    assert not (tmp_path / "out.csv").exists()


def test_two_runs_do_not_write_the_same_output(ledger: Ledger, tmp_path: Path) -> None:
    source, out = tmp_path / "entries.csv", tmp_path / "out.parquet"
    many(source, 300)
    job = make_job(ledger, source, out, size=100)

    def again(lines: int, share: float) -> None:
        if lines == 100:
            with pytest.raises(DataError, match="another run"):
                rate_file(ledger, job)

    assert rate_file(ledger, job, report=again)["lines"] == 300
