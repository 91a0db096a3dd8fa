"""The embedded schedule against printed rates, the exports, and an independent parse."""

import csv
import os
import runpy
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from oracles import slow_duty
from surtax.errors import DataError, InputError, UnitError, UnknownNameError
from surtax.ledger import lineage
from surtax.ledger import schedule as room
from surtax.ledger.htsfile import read_export
from surtax.ledger.ratetext import Part, rate_for, read, read_special
from surtax.trade.flows import load_us_imports

SCRIPT = Path(__file__).parents[2] / "scripts/build_schedule.py"
BUILD = runpy.run_path(str(SCRIPT))
DATA = SCRIPT.parents[1] / "src/surtax/ledger/data"
Y2025, Y2026 = date(2025, 3, 1), date(2026, 3, 1)


@pytest.fixture(scope="module")
def raw() -> Path:
    folder = os.environ.get("SURTAX_TEST_DATA")
    if not folder:
        pytest.skip("SKIPPED RAW DATA: set SURTAX_TEST_DATA to rebuild the schedule")
    return Path(folder)


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
        ("4420.19.00", 0.032, 0.0, ""),  # the export of the basic edition lacks it
        ("8703", 0.025, 0.0, ""),  # all lines of the heading
    ],
)
def test_printed_rates(code, ad_valorem, specific, unit):
    for on in (None, date(2024, 6, 1), Y2025, Y2026, date(2027, 1, 1)):
        rate = room.general_rate(code, on)
        assert rate is not None
        assert (rate.ad_valorem, rate.specific, rate.unit) == (ad_valorem, specific, unit)
        assert rate.parsed
        assert rate.free == (ad_valorem == specific == 0)


@pytest.mark.parametrize(
    ("text", "kind", "numbers"),
    [
        ("Free", "free", (0, 0, "")),
        ("6.8%", "rate", ("0.068", 0, "")),
        ("33 1/3%", "rate", ("1/3", 0, "")),
        ("37% /", "rate", ("0.37", 0, "")),
        ("90¢/pr. + 20%", "rate", ("0.2", "0.9", "pr.")),
        ("$1.646/kg +17%", "rate", ("0.17", "1.646", "kg")),
        ("22¢/kg on drained weght + 45%", "rate", ("0.45", "0.22", "kg on drained weight")),
        ("$1.34/1000", "rate", (0, "1.34", "1000")),
        ("10¢/1,000 pins + 3.5%", "rate", ("0.035", "0.1", "1000 pins")),
        ("$2.50/thou- sand + 40%", "rate", ("0.4", "2.5", "thousand")),
        ("6.5% on the entire set", "rate", ("0.065", 0, "")),
        (
            "17.6¢/kg on tungsten content + 3.8%",
            "rate",
            ("0.038", "0.176", "kg on tungsten content"),
        ),
        ("0.3¢/line/ gross + 4.6%", "rate", ("0.046", "0.003", "line/gross")),
        ("29¢ each", "rate", (0, "0.29", "each")),
        ("2.5% on the value of the lead content", "rate", None),
        ("51¢ each + 6.25% on the case", "rate", None),
        ("22.7¢/kg + 6.8% + 1.2¢/article", "rate", None),
        ("The rate applicable to the complete, assembled movement", "refers", None),
        ("See 9822.04.05", "refers", None),
        ("A duty upon the value of the repairs (see U.S. note 3)", "refers", None),
        ("Free, under bond", "conditional", None),
        ("Freely", "unread", None),
        ("5", "unread", None),
        ("5¢/kg 3%", "unread", None),
        ("$5¢/kg", "unread", None),
        ("5¢/", "unread", None),
        ("-5%", "unread", None),
        ("5% + ", "unread", None),
        ("1,5%", "unread", None),
        ("", "none", None),
    ],
)
def test_read(text, kind, numbers):
    duty = read(text)
    assert duty.kind == kind
    wanted = numbers and (Fraction(numbers[0]), Fraction(numbers[1]), numbers[2])
    assert duty.numbers == wanted


def test_a_watch_in_parts():
    watch = room.general_rate("9101.11.40")
    assert watch is not None
    assert not watch.parsed
    assert not watch.free
    assert np.isnan(watch.ad_valorem)
    assert watch.duty.parts == (
        Part(Fraction(51, 100), "each"),
        Part(Fraction(625, 10_000), of="case and strap, band or bracelet"),
        Part(Fraction(53, 1000), of="battery"),
    )


def test_sugar_by_degrees():
    sugar = room.general_rate("1701.13.05")
    assert sugar is not None
    assert not sugar.parsed
    duty = sugar.duty
    assert duty.kind == "sliding"
    assert duty.less
    assert duty.least
    amounts = [float(p.amount) for p in (*duty.parts, duty.less, duty.least)]
    assert amounts == [0.014606, 0.00020668, 0.00943854]


def test_special_texts():
    text = "Free (A+,AU,KR) 2.1% (JP) See 9822.05.20 (P+)"
    assert [(s.symbols, s.duty.kind) for s in read_special(text)] == [
        (("A+", "AU", "KR"), "free"), (("JP",), "rate"), (("P+",), "refers"),
    ]  # fmt: skip
    found = rate_for(text, ["JP"])
    assert found
    assert found.numbers == (Fraction(21, 1000), 0, "")
    assert rate_for(text, ["SG"]) is None
    # of several programmes the lowest rate, one in numbers before one that is not
    assert rate_for("5% (P) Free (P+)", ["P", "P+"]) == read("Free")
    assert rate_for("See 9822.05.20 (P+) 5% (P)", ["P", "P+"]) == read("5%")
    # misprints: a bracket lost, a stop for a comma, symbols without a comma between
    assert [s.symbols for s in read_special("Free (E IL,.OM) 7.5¢/kg (KR")] == [
        ("E", "IL", "OM"), ("KR",),
    ]  # fmt: skip
    # words in brackets are not programmes; an unknown symbol is not read
    repairs = read_special("Free (AU) A duty upon the value (see U.S. note 3) (B,C)")
    assert [(s.symbols, s.duty.kind) for s in repairs] == [
        (("AU",), "free"),
        (("B", "C"), "refers"),
    ]
    assert [(s.symbols, s.duty.kind) for s in read_special("5% (XX)")] == [((), "unread")]
    assert read_special("Free")[0].symbols == ()
    assert read_special("  ") == ()


def test_every_text_of_every_edition_is_read_or_named(raw):
    """Each text printed in chapters 1 to 97 is read; the three that are not are named here."""
    unread, kinds, special = set(), {}, {}
    for edition in BUILD["EDITIONS"]:
        for line in read_export(raw / "hts_json" / edition.file):
            if line.code < "98" and len(line.code) >= 8:
                for text in (line.general, line.column2):
                    duty = read(text)
                    kinds.setdefault(duty.kind, set()).add(text)
                    unread |= {text} if duty.kind == "unread" else set()
                for one in read_special(line.special):
                    assert one.symbols, line
                    special.setdefault(one.duty.kind, set()).add(one.duty.text)
    assert all("the total duty shall not exceed" in text for text in unread)  # a cap: watch plates
    assert {kind: len(texts) for kind, texts in kinds.items()} == {
        "free": 1, "rate": 1390, "refers": 17, "sliding": 8, "conditional": 1, "unread": 3,
        "none": 1,
    }  # fmt: skip
    assert set(special) == {"free", "rate", "refers"}
    flat = [t for t in kinds["rate"] if read(t).numbers]
    assert len(flat) == 1247  # the rest: parts on components, or on two units


def test_every_number_agrees_with_a_second_reading():
    """The oracle reads the same texts without the parser; both make the same numbers of them."""
    seen = 0
    for rows in slow_duty.schedule().values():
        for row in rows:
            for text in (row["general"], row["column2"]):
                ours, theirs = read(text).numbers, slow_duty.numbers(text)
                assert (ours is None) == (theirs is None), text
                if ours and theirs:
                    assert abs(float(ours[0]) - float(theirs[0])) < 1e-15, text
                    assert float(ours[1]) == float(theirs[1]), text
                    seen += 1
    assert seen > 23_000


def test_counts_and_nothing_unparsed_is_zero():
    for on in (Y2025, Y2026):
        table = room.schedule(on)
        goods = table.hs8 < "98"
        assert len(table.hs8) == 11_860
        assert goods.sum() == 11_414
        assert (~table.general.parsed[goods]).sum() == 161
        assert (~table.column2.parsed[goods]).sum() == 166
        for rates in (table.general, table.column2):
            assert np.isnan(rates.ad_valorem[~rates.parsed]).all()
            assert np.isnan(rates.specific[~rates.parsed]).all()
            assert ((rates.specific > 0) == (rates.unit != "")).all()
            assert np.nanmax(rates.ad_valorem) <= 3.5
        assert (np.sort(np.unique(table.hs8)) == table.hs8).all()


def test_general_and_column_2_stood_still_while_special_rates_were_staged():
    old, new = room.schedule(date(2025, 12, 31)), room.schedule(date(2026, 1, 1))
    assert (old.general.text == new.general.text).all()
    assert (old.column2.text == new.column2.text).all()
    changed = [i for i, text in enumerate(old.special) if text != new.special[i]]
    assert len(changed) == 151
    beef = ("0201.10.50", ["KR"])  # the last stage of the agreement with Korea
    assert room.special_rate(*beef, date(2025, 12, 31)).ad_valorem == 0.017
    assert room.special_rate(*beef, date(2026, 1, 1)).free
    gum = ("1704.10.00", ["JP"])
    assert room.special_rate(*gum, date(2025, 12, 31)).ad_valorem == 0.016
    assert room.special_rate(*gum, date(2026, 1, 1)).ad_valorem == 0.012


def test_short_codes_and_unknown_lines():
    assert room.general_rate("7607") is None
    spread = room.rate_range("7607")
    assert (spread.low, spread.high, spread.others) == (0.0, 0.058, 0)
    assert room.rate_range("0406.10.38").others == 1
    assert room.general_rate("8703.99.99") is None
    assert room.rate_range("9999").lines == 0
    with pytest.raises(UnitError):
        room.general_rate("870")


def test_column_2_and_editions():
    rate = room.column2_rate("4405.00.00", Y2025)
    assert rate is not None
    assert rate.ad_valorem == 1 / 3
    assert rate.source.endswith("(2025), basic edition, 4405.00.00, column 2")
    days = ("2024-01-01", "2025-04-10", "2025-04-11", "2025-07-01", "2025-12-31", "2026-01-01")
    titles = [room.edition(date.fromisoformat(day)).title.split(", ")[1] for day in days]
    assert titles == [
        "basic edition", "basic edition", "revision 9", "revision 18", "revision 18", "revision 10",
    ]  # fmt: skip
    assert room.edition().title == "2026, revision 10"


def test_preferences():
    assert room.preference_free("8704.21.01", "CA")
    assert room.preference_free("8704.21.01", "MX")
    assert not room.preference_free("8704.21.01", "A")
    assert room.preference_free("7214.20.00", "JP")  # free for all
    # American cheese beyond the quota: goods of Mexico free, those of Canada not
    assert room.preference_free("0406.10.38", "MX")
    assert not room.preference_free("0406.10.38", "CA")
    assert not room.preference_free("0406.10.38", "KR", date(2025, 12, 31))
    assert room.preference_free("0406.10.38", "KR", date(2026, 1, 1))
    with pytest.raises(UnknownNameError, match="preference programme"):
        room.preference_free("8704.21.01", "USMCA!")
    with pytest.raises(UnknownNameError, match="preference programme"):
        room.special_rate("8704.21.01", ["XX"])


def test_general_rates_average_near_the_duties_of_trade():
    rows, table = load_us_imports(), room.schedule()
    at = table.rows_of(rows.hs8)
    missing = rows.value[(at < 0) & (rows.hs8 < "98")].sum()
    assert missing / rows.imports() < 2e-4  # lines renumbered since 2024
    known = (at >= 0) & (rows.hs8 < "98")
    unparsed = rows.value[known][~table.general.parsed[at[known]]].sum()
    assert unparsed / rows.imports() < 0.003


def test_every_rate_agrees_with_an_independent_parse(raw):
    with (raw / "hts_2025/mfn_rates_2025.csv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if not row["hs8"].startswith("99")]
    table = room.schedule(Y2025)
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


def test_the_embedded_tables_are_what_the_builder_makes(raw):
    import polars as pl

    made = BUILD["build"](raw / "hts_json")
    for name in ("hts_lines", "hts_suffixes"):
        assert made[name].equals(pl.read_parquet(DATA / f"{name}.parquet"))
    for name in ("hts_lineage", "hts_editions"):
        with (DATA / f"{name}.csv").open(newline="") as file:
            assert [tuple(row) for row in csv.reader(file)][1:] == list(made[name].iter_rows())
    assert sum(path.stat().st_size for path in DATA.glob("hts_[!n]*")) < 200_000


def test_csv_and_json_exports_read_alike(raw):
    from_csv = read_export(raw / "hts_2025/hts_2025_basic_edition.csv")
    from_json = read_export(raw / "hts_json/hts_2025_basic.json.gz")
    one, two = ({x.code: x for x in lines if x.code < "99"} for lines in (from_csv, from_json))
    assert one.keys() == two.keys()
    rates = [c for c in one if (one[c].general, one[c].column2) != (two[c].general, two[c].column2)]
    assert not rates
    assert not [c for c in one if one[c].units != two[c].units]


def test_rates_come_down_by_indent(tmp_path):
    """A suffix takes the line's rates, its own units; a sibling line does not hand anything on."""
    rows = [
        ("0101", 0, "Horses", "", "", "", ""),
        ("", 1, "Live:", "", "", "", ""),
        ("0101.21.00", 2, "Breeding", "", "Free", "", "20%"),
        ("0101.21.00.10", 3, "Males", '["No."]', "", "", ""),
        ("0101.29.00.00", 2, "Other", '["No.", "kg"]', "6.8%", "Free (KR)", "15%"),
        ("0101.30", 1, "Asses", "", "", "", ""),
    ]
    path = tmp_path / "own.csv"
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        csv.writer(file).writerows([room_csv_header(), *rows])
    lines = {line.code: line for line in read_export(path)}
    assert lines["0101210010"].path == ("Horses", "Live:", "Breeding", "Males")
    assert (lines["0101210010"].general, lines["0101210010"].column2) == ("Free", "20%")
    assert lines["0101290000"].units == ("No.", "kg")
    assert lines["010130"].general == ""
    path.write_text("a,b\n1,2\n")
    with pytest.raises(DataError, match="not an export of the tariff schedule"):
        read_export(path)
    with pytest.raises(DataError, match="not an export"):
        read_export(tmp_path / "none.json")


def room_csv_header() -> tuple[str, ...]:
    return (
        "HTS Number", "Indent", "Description", "Unit of Quantity", "General Rate of Duty",
        "Special Rate of Duty", "Column 2 Rate of Duty",
    )  # fmt: skip


def test_successors_by_day():
    split = ("8507600030", "8507600090")  # 484(f) change of 1 February 2026
    assert lineage.successors("8507.60.00.20", Y2025, date(2026, 1, 31)) == ("8507600020",)
    assert lineage.successors("8507.60.00.20", Y2025, date(2026, 2, 1)) == split
    assert lineage.successors(split[1], Y2026, Y2025) == ("8507600020",)
    # two steps: July 2025 and February 2026
    assert lineage.successors("9401.99.90.81", Y2025, Y2026) == (
        "9401999030", "9401999040", "9401999085",
    )  # fmt: skip
    assert lineage.successors("9401.99.90.85", Y2026, Y2025) == ("9401999081",)
    assert lineage.successors("8703.23.01", Y2025, Y2026) == ("87032301",)
    assert lineage.successors("9503.00.00.13", Y2025, Y2026) == ("9503000013",)
    with pytest.raises(UnknownNameError, match="number of the tariff schedule"):
        lineage.successors("8507.60.00.30", Y2025, Y2026)
    with pytest.raises(InputError, match="heading"):
        lineage.successors("8507", Y2025, Y2026)


def test_lineage_is_whole():
    """Every number that ended has heirs under its own line, all in the schedule on that day."""
    ended = {
        code: spans[-1].end
        for code, spans in lineage.numbers().items()
        if spans[-1].end is not None
    }
    assert len(ended) == 99
    for code, day in ended.items():
        heirs = lineage.successors(code, day - timedelta(1), day)
        assert heirs, code
        assert all(heir[:8] == code[:8] and lineage.exists(heir, day) for heir in heirs)
    for code, spans in lineage.numbers().items():
        for one, two in pairwise(spans):
            assert one.end == two.start, code


def test_lineage_agrees_with_a_public_concordance(raw):
    """A tracker's list of numbers added and dropped in 2025 and 2026 knows no other ones."""
    with (raw / "tariff_lists_2026/hts_concordance.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    dropped = {r["old_hts10"] for r in rows} - {"NA"}
    added = {r["new_hts10"] for r in rows} - {"NA"}
    numbers = lineage.numbers()
    ended = {c for c, spans in numbers.items() if spans[-1].end and c < "99"}
    begun = {c for c, spans in numbers.items() if spans[0].start and c < "99"}
    assert ended <= dropped
    assert begun <= added
    # revision 16 of 2025 prints the first by mistake, revision 2 of 2026 leaves the second out
    gaps = {"9401993030", "7602000035"}
    assert {c for c in dropped - ended if c < "98"} <= gaps
    assert {c for c in added - begun if c < "98"} <= gaps | BUILD["OMITTED"]


def test_units_and_standing():
    assert lineage.units("8504.21.00.20", date(2026, 1, 31)) == ("No.",)
    assert lineage.units("8504.21.00.20", date(2026, 2, 1)) == ("No.", "kg")
    with pytest.raises(UnknownNameError):
        lineage.units("8507.60.00.20", Y2026)
    assert lineage.standing("8507.60.00.20", Y2025) == ""
    assert lineage.standing("8507.60", Y2025) == ""
    assert lineage.standing("8507.60.00.20", Y2026) == (
        "the number 8507.60.00.20 ended on 2026-02-01; "
        "its goods are now under 8507.60.00.30, 8507.60.00.90"
    )
    assert "begins on 2026-02-01; its goods were under 8507.60.00.20" in lineage.standing(
        "8507.60.00.90", Y2025
    )
    assert "no number of the schedule; under 8507.60.00 there are" in lineage.standing(
        "8507.60.00.11", Y2025
    )
