"""Laws of HS codes and places."""

import csv
import os
import runpy
from datetime import date
from pathlib import Path

import pycountry
import pytest
from hypothesis import given
from hypothesis import strategies as st

from surtax import goods, places
from surtax.errors import UnitError, UnknownNameError

SCRIPT = Path(__file__).parents[2] / "scripts/build_hs_sectors.py"
CODES = st.builds(
    lambda chapter, rest: f"{chapter:02d}{rest}",
    st.integers(1, 99).filter(lambda n: n != 77),
    st.from_regex(r"(\d\d){0,4}", fullmatch=True, alphabet="0123456789"),
)
DAYS = st.dates(date(1990, 1, 1), date(2035, 1, 1))


@pytest.fixture(scope="module")
def raw() -> Path:
    folder = os.environ.get("SURTAX_TEST_DATA")
    if not folder:
        pytest.skip("SKIPPED RAW DATA: set SURTAX_TEST_DATA to compare with official files")
    return Path(folder)


@given(CODES)
def test_dots_and_spaces_do_not_matter(code):
    assert goods.hs(code) == code
    assert goods.hs(goods.dotted(code)) == code
    assert goods.hs(goods.dotted(code).replace(".", " ")) == code


@given(CODES)
def test_a_code_matches_its_own_beginnings(code):
    for length in range(2, len(code) + 1, 2):
        assert goods.matches(code, [goods.dotted(code[:length])])
    assert not goods.matches(code, ["98" if code[:2] != "98" else "01"])
    assert not goods.matches(code, [])


@given(CODES)
def test_every_code_has_a_sector_or_none_by_name(code):
    sector = goods.sector_of(code)
    assert sector in {*goods.SECTORS, goods.UNSPECIFIED}
    assert goods.sectors_of([code, code]).tolist() == [sector, sector]


@pytest.mark.parametrize(
    "code", ["", "8", "870", "8703231", "87.03.23.01.00.1", "8703x3", "８７０３", "12345678901234"]
)
def test_what_is_no_code(code):
    with pytest.raises(UnitError) as caught:
        goods.hs(code)
    assert caught.value.mend


def test_a_lost_zero_is_named():
    with pytest.raises(UnitError, match="0101210"):
        goods.hs("0101210")
    with pytest.raises(UnitError, match="Then 01012100"):
        goods.hs("1012100")
    with pytest.raises(UnitError, match="not text"):
        goods.hs(1012100)  # type: ignore[arg-type]


@pytest.mark.parametrize("code", ["77", "7701.10", "00", "0012"])
def test_chapters_that_do_not_exist(code):
    with pytest.raises(UnknownNameError, match="chapter"):
        goods.hs(code)


@pytest.mark.parametrize(
    ("code", "sector"),
    [
        ("0101.21.00", "AGR"), ("4403", "AGR"), ("0302", "AGR"), ("2709.00.20", "OIL"),
        ("2711.21.00", "OIL"), ("2601", "MIN"), ("3104.20.00", "POT"), ("2716.00.00", "UTL"),
        ("0203", "FOD"), ("2204", "FOD"), ("6109", "TEX"), ("4407", "LUM"), ("4418", "WOD"),
        ("4801", "PAP"),
        ("2710.12", "PET"), ("3004", "CHM"), ("4011", "CHM"), ("6810", "NMM"), ("7601", "ALU"),
        ("7403", "MET"),
        ("7204", "STL"), ("8429", "MAC"), ("8542", "ELC"), ("8703.23.01", "MTV"),
        ("8708.29", "PRT"), ("8802", "OTE"), ("9403", "OMF"), ("9801", "UNS"), ("9701", "UNS"),
    ],
)  # fmt: skip
def test_sectors_of_known_goods(code, sector):
    assert goods.sector_of(code) == sector


def test_the_table_has_no_idle_prefix():
    table = goods.sector_prefixes()
    for prefix, sector in table.items():
        inherited = [
            table[prefix[:n]] for n in range(len(prefix) - 2, 1, -2) if prefix[:n] in table
        ]
        assert not inherited or inherited[0] != sector


def test_the_sector_table_is_what_the_builder_makes(raw):
    build = runpy.run_path(str(SCRIPT))
    made = build["build"](
        raw / "hts_2025/hs10_naics_crosswalk.csv", raw / "us_imports_2024/hs10_country_parquet"
    )
    assert made == goods.sector_prefixes()


@pytest.mark.parametrize("one", places.places(), ids=lambda p: p.code)
def test_a_place_answers_to_all_its_names(one):
    for word in (one.code, one.alpha3, one.name, *one.census, *one.aliases):
        if word:
            assert places.place(word) is one
            assert places.place(word.swapcase()) is one


def test_places_are_complete_and_unique():
    kinds = [p.kind for p in places.places()]
    assert kinds.count("country") == 250  # ISO 3166-1 has 249, and Kosovo
    assert (kinds.count("province"), kinds.count("territory")) == (10, 3)
    codes = [p.code for p in places.places()]
    census = [c for p in places.places() for c in p.census]
    assert len(set(codes)) == len(codes)
    assert len(set(census)) == len(census)


def test_short_codes_of_provinces_are_not_countries():
    assert places.place("NL").name == "Netherlands"
    assert places.province("NL").code == "CA-NL"
    assert [p.short for p in places.provinces(territories=False)] == [
        "NL",
        "PE",
        "NS",
        "NB",
        "QC",
        "ON",
        "MB",
        "SK",
        "AB",
        "BC",
    ]
    with pytest.raises(UnknownNameError):
        places.place("ON")


def test_an_unknown_place_names_the_nearest():
    with pytest.raises(UnknownNameError, match="Nearest: Germany"):
        places.place("Germny")
    with pytest.raises(UnknownNameError):
        places.members("Canada", date(2025, 1, 1))


def test_groups_on_their_days():
    day = date(2025, 1, 1)
    assert len(places.members("EU27", day)) == 27
    assert places.members("USMCA", day) == {"CA", "MX", "US"}
    assert places.members("COL2", day) == {"BY", "CU", "KP", "RU"}
    assert places.members("USMCA", date(2020, 6, 30)) == frozenset()
    assert places.members("USMCA", date(2020, 7, 1)) == {"CA", "MX", "US"}
    assert "GB" in places.members("EU27", date(2020, 1, 31))
    assert "GB" not in places.members("EU27", date(2020, 2, 1))
    assert places.border_of("DE", day) == "EU27" == places.border_of("EU27", day)
    assert [places.border_of(c, day) for c in ("CN", "GB", "US")] == ["CN", "GB", "US"]
    assert places.customs_territory("EU27", day) == places.members("EU27", day)
    assert "PR" in places.customs_territory("US", day)


@given(st.lists(st.sampled_from([p.code for p in places.places()])), DAYS)
def test_expanding_twice_changes_nothing(codes, day):
    once = places.expand(codes, day)
    assert places.expand(once, day) == once
    assert not once & set(places.groups())


def test_census_codes_are_the_official_ones(raw):
    path = raw / "tariff_lists_2026/census_codes.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        official = {row["Code"]: row["Name"] for row in csv.DictReader(file)}
    ours = places.census_to_code()
    assert set(ours) - {"0003"} == set(official)
    other = {c for c, name in official.items() if not _named(name, ours[c])}
    assert other <= {"7660"}  # the official list cuts this name short


def _named(name: str, code: str) -> bool:
    one = places.place(code)
    return name.casefold() in {w.casefold() for w in (one.name, *one.aliases)}


def test_iso_codes_against_pycountry():
    iso = {c.alpha_2: c.alpha_3 for c in pycountry.countries}
    ours = {p.code: p.alpha3 for p in places.places() if p.kind == "country" and p.code != "XK"}
    assert ours == iso
