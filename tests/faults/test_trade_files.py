"""Files of trade as people have them: each fault one clear message, each repair counted."""

from __future__ import annotations

import zipfile
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from surtax.errors import DataError, InputError
from surtax.ledger import Ledger
from surtax.trade.effective import effective
from surtax.trade.flows import load_us_imports
from surtax.trade.sources.statcan import read_statcan
from surtax.trade.userflows import read_flows

BACI = """t,i,j,k,v,q
2023,124,842,870323,1000.5,12
2023,484,842,010121,20,NA
2023,276,842,870323,300,4
2023,276,124,870323,77,1
"""
COMTRADE = """refYear,reporterISO,reporterCode,flowCode,partnerISO,partnerCode,cmdCode,primaryValue
2023,USA,842,M,W00,0,870323,9999
2023,USA,842,M,CAN,124,TOTAL,8888
2023,USA,842,M,CAN,124,87,7777
2023,USA,842,M,CAN,124,870323,1000
2023,USA,842,M,DEU,276,870323,500
2023,USA,842,X,CAN,124,870323,1
"""
ENGLISH = """"REF_DATE","GEO","DGUID","Trade","Principal trading partners",\
"North American Product Classification System (NAPCS)","UOM","SCALAR_FACTOR","VALUE"
"2024-01","Ontario","","Domestic export","United States","Motor vehicles and parts","Dollars",\
"thousands","5000"
"2024-02","Ontario","","Domestic export","United States","Motor vehicles and parts","Dollars",\
"thousands","6000"
"2024-01","Quebec","","Domestic export","United States","Metal ores and non-metallic minerals",\
"Dollars","thousands","10"
"2024-01","Canada","","Domestic export","United States","Motor vehicles and parts","Dollars",\
"thousands","5000"
"2024-01","Ontario","","Import","China","Motor vehicles and parts","Dollars","thousands","1"
"""
FRENCH = """"PÉRIODE DE RÉFÉRENCE";"GÉO";"DGUID";"Commerce";"Principaux partenaires commerciaux";\
"Système de classification des produits de l'Amérique du Nord (SCPAN)";"UNITÉ DE MESURE";\
"FACTEUR SCALAIRE";"VALEUR"
"2024-01";"Ontario";"";"Exportation nationale";"États-Unis";\
"Véhicules automobiles et leurs pièces";"Dollars";"milliers";"5000"
"2024-02";"Ontario";"";"Exportation nationale";"États-Unis";\
"Véhicules automobiles et leurs pièces";"Dollars";"milliers";"6000"
"2024-01";"Québec";"";"Exportation nationale";"États-Unis";\
"Minerais métalliques et minéraux non métalliques";"Dollars";"milliers";"10"
"2024-01";"Canada";"";"Exportation nationale";"États-Unis";\
"Véhicules automobiles et leurs pièces";"Dollars";"milliers";"5000"
"""


def file(tmp_path: Path, text: str, name: str = "trade.csv", head: bytes = b"") -> Path:
    path = tmp_path / name
    path.write_bytes(head + text.encode("utf-8"))
    return path


def detail(
    code: str = "8703230190", country: str = "1220", value: int = 1000, duty: int = 25
) -> str:
    """A row of IMP_DETL.TXT, every other field zero."""
    row = f"{code}{country}00" + "0" * 6 + "2024" + "01" + "0" * 45 + f"{value:015d}{value:015d}"
    return row + f"{duty:015d}" + "0" * 100 + "\n"


def refused(read, *args) -> DataError:
    with pytest.raises(DataError) as caught:
        read(*args)
    assert caught.value.exit_code == 2
    assert caught.value.mend
    assert "\n" not in str(caught.value)
    return caught.value


def test_baci_thousands_and_zeros_and_the_union(tmp_path: Path) -> None:
    flows = read_flows(file(tmp_path, BACI.replace("010121", "10121")))
    assert flows.year == 2023
    assert flows.imports() == pytest.approx((1000.5 + 20 + 300) * 1000)
    assert set(flows.place.tolist()) == {"CA", "MX", "EU27"}  # Germany is in the Union
    assert any("1 products had lost a leading zero" in n for n in flows.notes)
    cars = flows.of("CA")
    ours = load_us_imports().of("CA")
    same = ours.rows([c.startswith("870323") for c in ours.hs10.tolist()])
    assert set(cars.hs10.tolist()) == set(same.rows(same.value > 0).hs10.tolist())


def test_baci_as_it_is_downloaded(tmp_path: Path) -> None:
    """The zip of the years and the folder that it unpacks to give what the file of a year gives."""
    alone = read_flows(file(tmp_path, BACI))
    unpacked = tmp_path / "BACI_HS22"
    unpacked.mkdir()
    older = BACI.replace("2023,", "2022,").replace("1000.5", "7")
    with zipfile.ZipFile(tmp_path / "BACI_HS22_V202501.zip", "w") as zipped:
        for year, text in (("2022", older), ("2023", BACI)):
            name = f"BACI_HS22_Y{year}_V202501.csv"
            file(unpacked, text, name)
            zipped.writestr(name, text)
        zipped.writestr("country_codes_V202501.csv", "country_code,country_iso3\n")
    for path in (tmp_path / "BACI_HS22_V202501.zip", unpacked):
        flows = read_flows(path, year=2023)
        assert (flows.year, flows.imports()) == (2023, alone.imports())
        assert "2022, 2023" in refused(read_flows, path).what


def test_comtrade_leaves_out_what_adds_up_the_rest(tmp_path: Path) -> None:
    flows = read_flows(file(tmp_path, COMTRADE))
    assert flows.imports() == pytest.approx(1500)
    said = " ".join(flows.notes)
    assert "1 rows of all partners together" in said
    assert "1 rows of all goods together" in said
    assert "1 rows of headings and chapters" in said


def test_a_byte_order_mark_is_taken_off_and_told(tmp_path: Path) -> None:
    census = "CON_VAL_YR,CAL_DUT_YR,I_COMMODITY,CTY_CODE\n1000,9,8703230190,1220\n"
    for text in (BACI, census):
        flows = read_flows(file(tmp_path, text, head=b"\xef\xbb\xbf"))
        assert any("byte order mark" in n for n in flows.notes)


@pytest.mark.parametrize(
    ("text", "old", "new", "said"),
    [
        (BACI, "t,i,j,k,v,q", "t,i,j,k,val,q", "no format that is known"),
        (BACI, ",124,842", ",999,842", "“999” is not a known country code"),
        (BACI, "1000.5", "many", "“many” is not a number"),
        (BACI, "1000.5", "nan", "“nan” is not a number, zero or more"),
        (BACI, "1000.5", "inf", "“inf” is not a number, zero or more"),
        (BACI, "1000.5", "-5", "“-5” is not a number, zero or more"),
        (BACI, "2023,484", "2024,484", "more than one year: 2023, 2024"),
        (BACI, "870323,1000.5", "8703230,1000.5", "“8703230” is not six digits"),
        (BACI, ",842,", ",156,", "no imports of US"),
        (BACI, "2023,484,842,010121,20,NA", "2023,124,842,870323,1000.5,12", "stands twice"),
        (COMTRADE, "2023,USA,842,M,DEU,276", "2022,USA,842,M,DEU,276", "more than one year"),
        (COMTRADE, "M,DEU,276,870323", "M,CAN,124,870323", "stands twice"),
        (COMTRADE, "primaryValue", "value", "column primaryValue or Trade Value (US$) is missing"),
        (COMTRADE, ",500", ",", "an empty cell is not a number"),
        (COMTRADE, "2023", "", "an empty cell is not a year"),
        (COMTRADE, "DEU,276", "ZZZ,977", "is not a known country code"),
    ],
)  # fmt: skip
def test_one_message_for_each_fault(tmp_path: Path, text, old, new, said) -> None:
    assert old in text
    assert said in str(refused(read_flows, file(tmp_path, text.replace(old, new))))


@pytest.mark.parametrize("into", ["US", "CA"])
def test_a_file_without_imports_is_not_answered_with_others(tmp_path: Path, into: str) -> None:
    head = "I_COMMODITY,CTY_CODE,CON_VAL_YR,CAL_DUT_YR\n"
    number, other = ("842", "124") if into == "US" else ("124", "842")
    nothing = f"t,i,j,k,v,q\n2023,{other},{number},870323,0,1\n"
    for text in [nothing, *([head] if into == "US" else [])]:
        assert refused(read_flows, file(tmp_path, text), into).what == "the file has no imports."


def test_an_empty_table_of_flows_is_not_answered_with_the_embedded_one() -> None:
    none = load_us_imports().rows(np.zeros(0, dtype=np.int64))
    with pytest.raises(InputError, match="no imports to rate"):
        effective(Ledger.load(), date(2025, 4, 9), flows=none)


def test_a_file_cut_short(tmp_path: Path) -> None:
    said = refused(read_flows, file(tmp_path, BACI[: BACI.rindex(",300,4") + 2]))
    assert "the last line is cut short" in said.what


def test_the_merchandise_file_of_the_bureau(tmp_path: Path) -> None:
    text = detail() + detail(country="2010", value=2000, duty=50) + detail(value=500, duty=5)
    path = tmp_path / "IMDB2401.ZIP"
    with zipfile.ZipFile(path, "w") as zipped:
        zipped.writestr("IMP_DETL.TXT", text)
    flows = read_flows(path)
    assert flows.year == 2024
    assert flows.of("CA").imports() == 1500  # districts added up
    assert flows.of("CA").rate() == pytest.approx(30 / 1500)
    assert flows.of("MX").duty.sum() == 50
    assert flows.notes == ("1 of twelve months are in the files, and stand for the year",)
    again = tmp_path / "twice"
    again.mkdir()
    for name in (path.name, "IMDB2401 (1).ZIP"):
        (again / name).write_bytes(path.read_bytes())
    assert "stands in" in refused(read_flows, again).what
    path.write_bytes(path.read_bytes()[:-30])
    assert "cannot be read" in refused(read_flows, path).what
    short = file(tmp_path, text[: -len(detail()) + 40], "IMP_DETL.TXT")
    assert "characters or more" in refused(read_flows, short).what


def test_member_states_beside_their_union_are_counted_once_and_told(tmp_path: Path) -> None:
    text = "CON_VAL_YR,CAL_DUT_YR,I_COMMODITY,CTY_CODE\n"
    text += "1000,9,8703230190,0003\n600,5,8703230190,4280\n"
    flows = read_flows(file(tmp_path, text), year=2024)
    assert flows.imports() == 1000
    assert any("European Union (0003)" in n for n in flows.notes)


def test_statistics_canada_in_both_languages(tmp_path: Path) -> None:
    english, first = read_statcan(file(tmp_path, ENGLISH))
    french, second = read_statcan(file(tmp_path, FRENCH, "fr.csv", b"\xef\xbb\xbf"))
    want = [
        (2024, "ON", "vehicles", "export", 11_000_000.0, 2),  # two months are in the file
        (2024, "QC", "ores", "export", 1e4, 2),
    ]
    assert english.rows() == want
    assert french.rows() == want
    assert "1 rows of totals were left out" in first
    assert {"French headers were read", "a byte order mark was taken off"} <= set(second)
    path = tmp_path / "12100175-eng.zip"
    with zipfile.ZipFile(path, "w") as zipped:
        zipped.writestr("12100175.csv", ENGLISH)
        zipped.writestr("12100175_MetaData.csv", "Cube Title\n")
    assert read_statcan(path)[0].rows() == want


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("Quebec", "Kebec", "“Kebec” is not a province or territory"),
        ('"Dollars",\\\n"thousands","6000"'.replace("\\\n", ""), '"Tonnes","thousands","6000"',
         "“Tonnes” is not dollars"),
        ('"thousands","6000"', '"dozens","6000"', "“dozens” is not a known scale"),
        ('"6000"', '"sixty"', "“sixty” is not a number"),
        ('"6000"', '"6,000"', "“6,000” is not a number"),  # a comma is no point in English
        ('"2024-02"', '"2024-01"', "stands twice"),
        ("United States", "China", "no trade with the United States"),
        ("REF_DATE", "WHEN", "column REF_DATE"),
        ("Metal ores and non-metallic minerals", "Ores", "“Ores” is not a section"),
    ],
)  # fmt: skip
def test_faults_of_a_table_of_statistics_canada(tmp_path: Path, old, new, said) -> None:
    assert old in ENGLISH
    assert said in str(refused(read_statcan, file(tmp_path, ENGLISH.replace(old, new))))


def test_rows_in_another_scale_are_brought_to_one_and_counted(tmp_path: Path) -> None:
    frame, notes = read_statcan(
        file(tmp_path, ENGLISH.replace('"thousands","6000"', '"units","6000000"'))
    )
    assert frame["value"].to_list()[0] == 11_000_000.0
    assert "1 rows stood in another scale than the rest" in notes


def test_tables_for_something_else(tmp_path: Path) -> None:
    assert "--provinces" in refused(read_flows, file(tmp_path, ENGLISH)).mend
    with pytest.raises(InputError, match="United States or of Canada"):
        read_flows(file(tmp_path, BACI), into="MX")
    assert "no such file" in refused(read_flows, tmp_path / "none.csv").what
