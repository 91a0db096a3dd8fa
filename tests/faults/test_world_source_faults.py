"""Malformed tables of every format: one message, naming the place, the fault and the mend."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import world_formats as f
from surtax.errors import InputError, MissingExtraError, SurtaxError
from surtax.world.load import load as embedded
from surtax.world.published import read as read_numbers
from surtax.world.published import read_targets
from surtax.world.sources import baci, cp2015, icio, ossa2014, qge, us_china_2017, wiod
from surtax.world.sources.formats import read

Rows = list[list[str]]
ICIO = f.made(("CAN", "MEX", "USA"), ("A01_02", "C29", "G"), len(f.DEMAND))
WIOD = f.made(("CAN", "USA"), ("c1", "c8"), len(f.WIOD_DEMAND))


@pytest.fixture(scope="session")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One sound sample of every format of several files."""
    root = tmp_path_factory.mktemp("sound")
    f.write_cp2015(root / "cp2015")
    f.write_ossa(root / "ossa")
    f.write_us_china(root / "case")
    f.write_qge(root / "qge")
    trade = np.full((3, 3), 1000.0)
    f.write_baci(root / "baci", ["AAA", "BBB", "CCC"], trade, np.array([1e9, 2e9, 3e9]))
    return root


def text_of(path: Path, change: Callable[[str], str]) -> None:
    """Spoil a text file; a change that changes nothing is a fault of the test."""
    was = path.read_text(encoding="utf-8")
    now = change(was)
    assert now != was
    path.write_text(now, encoding="utf-8")


# --- OECD ICIO: rows are spoilt before they are written ---------------------------------------


def cell(row: int, column: int, value: str) -> Callable[[Rows], None]:
    def change(rows: Rows) -> None:
        rows[row][column] = value

    return change


def without_row(label: str) -> Callable[[Rows], None]:
    def change(rows: Rows) -> None:
        rows[:] = [row for row in rows if row[0] != label]

    return change


def without_column(label: str) -> Callable[[Rows], None]:
    def change(rows: Rows) -> None:
        at = rows[0].index(label)
        for row in rows:
            del row[at]

    return change


def twice(row: int) -> Callable[[Rows], None]:
    def change(rows: Rows) -> None:
        rows.insert(row, list(rows[row]))

    return change


def all_zero(rows: Rows) -> None:
    for row in rows[1:]:
        row[1:] = ["0"] * (len(row) - 1)


IN_ICIO: dict[str, tuple[Callable[[Rows], None], list[str]]] = {
    "a word for a number": (cell(2, 3, "twelve"), ["2018.csv:3", "twelve", "CAN_G", "point"]),
    "a decimal comma": (cell(1, 1, '"1,5"'), ["2018.csv:2", "1,5", "CAN_A01_02"]),
    "a cell without end": (cell(4, 2, "inf"), ["2018.csv:5", "CAN_C29", "finite"]),
    "a row twice": (twice(2), ["row CAN_C29", "twice"]),
    "a column twice": (cell(0, 2, "CAN_A01_02"), ["column CAN_A01_02", "twice"]),
    "no row of output": (without_row("OUT"), ["0 rows of output", "OUT"]),
    "no column of output": (without_column("OUT"), ["0 columns of output"]),
    "a seller missing": (without_row("MEX_C29"), ["no row for MEX, C29"]),
    "a user missing": (without_column("USA_G"), ["no column for USA, G"]),
    "a row of something else": (cell(3, 0, "Cars"), ["2018.csv:4", "Cars", "CAN_C29"]),
    "a column of something else": (cell(0, 4, "Memo"), ["2018.csv:1", "Memo"]),
    "final demand of nobody": (cell(0, 10, "FRA_HFCE"), ["FRA", "sells nothing"]),
    "an industry without a code": (
        lambda rows: [row.__setitem__(slice(None), [c.replace("C29", "XYZ") for c in row])
                      for row in rows] and None,
        ["XYZ", "ISIC"],
    ),
    "nothing but zeros": (all_zero, ["final use"]),
}  # fmt: skip


@pytest.mark.parametrize("name", IN_ICIO)
def test_icio(name: str, tmp_path: Path):
    change, said = IN_ICIO[name]
    rows = f.icio_rows(ICIO)
    change(rows)
    refused(lambda: icio.load(f.write_rows(rows, tmp_path / "2018.csv")), said)


def test_icio_of_another_kind(tmp_path: Path):
    path = tmp_path / "2018.csv"
    path.write_text("", encoding="utf-8")
    refused(lambda: icio.load(path), ["2018.csv", "empty"])
    path.write_text("a;b;c\n1;2;3\n", encoding="utf-8")
    refused(lambda: icio.load(path), ["1 columns", "commas"])
    path.write_bytes(b"PK\x03\x04 not a zip")
    path = path.rename(tmp_path / "ICIO.zip")
    refused(lambda: icio.load(path), ["not a zip"])
    refused(lambda: icio.load(tmp_path / "none.csv"), ["none.csv", "no such file"])
    with zipfile.ZipFile(tmp_path / "two.zip", "w") as archive:
        archive.writestr("2017.csv", "")
        archive.writestr("2018.csv", "")
    refused(lambda: icio.load(tmp_path / "two.zip"), ["2017.csv, 2018.csv", "--year"])
    refused(lambda: icio.load(tmp_path / "two.zip", year=2016), ["0 of its files", "2016"])


# --- WIOD ------------------------------------------------------------------------------------


def test_wiod_xlsx(tmp_path: Path):
    def load(change: Callable[[list[list[object]]], None], name: str = "wiot11_row.xlsx") -> None:
        grid = f.wiod_grid(WIOD)
        change(grid)
        wiod.load(f.write_xlsx(grid, tmp_path / name))

    def relabelled(grid: list[list[object]]) -> None:
        for row in grid:
            if row[3] == "c8":
                row[3] = "c99"
        for at, value in enumerate(grid[5]):
            if value == "c8":
                grid[5][at] = "c9"

    def untitled(grid: list[list[object]]) -> None:
        grid[0][0] = "Table"

    refused(lambda: load(lambda g: g[7].__setitem__(5, "n.a.")), ["row 8", "n.a.", "number"])
    refused(lambda: load(lambda g: g.__delitem__(slice(2, None))), ["the first sheet has 1 rows"])
    refused(lambda: load(lambda g: g.__delitem__(-1)), ["r69"])
    refused(lambda: load(relabelled), ["c9"])
    refused(lambda: load(lambda g: g[4].__setitem__(4, "FRA")), ["CAN, c1"])
    refused(lambda: load(untitled, "table.xlsx"), ["year", "table.xlsx"])
    path = tmp_path / "text.xlsx"
    path.write_text("not a workbook", encoding="utf-8")
    refused(lambda: wiod.load(path), ["text.xlsx", "not an xlsx"])


def test_wiod_rdata(tmp_path: Path):
    def load(**changes: object) -> None:
        parts = {**f.wiod_parts(WIOD), **changes}
        parts = {k: v for k, v in parts.items() if v is not None}
        wiod.load(f.write_rdata(parts, tmp_path / "wiot_2011.RData"))

    refused(lambda: load(output=None), ["wiot_2011", "output"])
    refused(lambda: load(inter=WIOD.use[:3]), ["inter", "(3, 4)", "(4, 4)"])
    refused(lambda: load(final=WIOD.final[:, :9]), ["final", "(4, 9)"])
    refused(lambda: load(output=np.array([1.0, np.nan, 1.0, 1.0])), ["output", "not numbers"])
    path = tmp_path / "bad.RData"
    path.write_bytes(b"RDX3\nrubbish")
    refused(lambda: wiod.load(path), ["bad.RData", "not an RData"])
    refused(lambda: wiod.load(tmp_path / "none.RData"), ["no such file"])


def test_a_missing_library_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    import builtins

    real = builtins.__import__

    def without(name: str, *rest: object, **more: object) -> object:
        if name in ("rdata", "fastexcel"):
            raise ImportError(name)
        return real(name, *rest, **more)

    sheet = f.write_xlsx(f.wiod_grid(WIOD), tmp_path / "wiot11.xlsx")
    listed = tmp_path / "wiot.RData"
    listed.write_bytes(b"RDX3\n")
    monkeypatch.setattr(builtins, "__import__", without)
    for path in (sheet, listed):
        with pytest.raises(MissingExtraError, match=r"surtax\[worlds\]") as caught:
            wiod.load(path)
        assert caught.value.exit_code == 2


# --- folders of several files ----------------------------------------------------------------

Fault = tuple[str, str, Callable[[str], str] | bytes | None, list[str]]
FOLDERS: dict[str, Fault] = {
    "cp: a line cut": ("cp2015", "GO.txt", lambda t: t.replace("\t", " x", 1), ["GO.txt:1"]),
    "cp: lines lost": ("cp2015", "IO.txt", lambda t: t[: len(t) // 2], ["IO.txt", "expected"]),
    "cp: a file missing": ("cp2015", "B.txt", None, ["B.txt", "missing"]),
    "ossa: a file missing": ("ossa", "tariff_ijs.csv", None, ["tariff_ijs.csv", "missing"]),
    "ossa: a line short": (
        "ossa", "trade_ijs.csv", lambda t: t.split(",", 1)[1], ["trade_ijs.csv:1", "6 numbers"],
    ),
    "ossa: lines lost": (
        "ossa", "sigma_s.csv", lambda t: "\n".join(t.splitlines()[:20]), ["sigma_s.csv:21", "33"],
    ),
    "ossa: a word": (
        "ossa", "trade_ijs.csv", lambda t: "many" + t[t.index(",") :], ["trade_ijs.csv:1", "many"],
    ),
    "ossa: negative trade": (
        "ossa", "trade_ijs.csv", lambda t: "-" + t, ["flow is negative", "g0, Brazil, Brazil"],
    ),
    "ossa: too substitutable": (
        "ossa", "sigma_s.csv", lambda t: "0.5" + t[t.index(",") :], ["0.5", "above one"],
    ),
    "ossa: labels lost": ("ossa", "labels.csv", lambda t: t[:40], ["sectors, 33 expected"]),
    "case: a column renamed": (
        "case", "vashare.csv", lambda t: t.replace("vashare", "va"), ["vashare.csv", "“vashare”"],
    ),
    "case: an unknown region": (
        "case", "TradeFlow2017.csv", lambda t: t.replace("BRA,BRA", "BRZ,BRA", 1),
        ["BRZ", "Nearest: BRA"],
    ),
    "case: a cell twice": (
        "case", "finalshare.csv", lambda t: t + t.splitlines()[1] + "\n", ["given twice", "BRA"],
    ),
    "case: a cell missing": (
        "case", "IOshare.csv", lambda t: "\n".join(t.splitlines()[:-1]) + "\n",
        ["no row for", "44"],
    ),
    "case: a share that is none": (
        "case", "vashare.csv", lambda t: t.replace("BRA,1,0", "BRA,1,?", 1), ["?", "line 2"],
    ),
    "case: no rows": ("case", "tariff_China.csv", lambda t: t.splitlines()[0] + "\n", ["no rows"]),
    "ossa: labels that are no text": (
        "ossa", "labels.csv", b"\xff\xfe\x00", ["labels.csv", "plain text"],
    ),
    "baci: GDP that is no text": ("baci", "gdp.csv", b"\xff\xfe\x00", ["gdp.csv", "text"]),
    "case: a table that is no text": (
        "case", "vashare.csv", b"\xff\xfe\x00", ["vashare.csv", "“iso_o” is missing"],
    ),
    "baci: a column renamed": (
        "baci", "BACI_HS22_Y2023_V202501.csv", lambda t: t.replace("t,i,j,k,v", "t,i,j,k,value"),
        ["column v is missing", "BACI_HS22_Y2023"],
    ),
    "baci: a negative value": (
        "baci", "BACI_HS22_Y2023_V202501.csv", lambda t: t.replace("250.0", "-250.0", 1),
        ["BACI_HS22_Y2023", "data row 1, column v", "-250.0", "zero or more"],
    ),
    "baci: two years": (
        "baci", "BACI_HS22_Y2023_V202501.csv", lambda t: t.replace("2023,", "2022,", 1),
        ["more than one year: 2022, 2023"],
    ),
    "baci: an unknown country": (
        "baci", "BACI_HS22_Y2023_V202501.csv", lambda t: t.replace(",101,", ",999,", 1),
        ["999", "country_codes_V202501.csv"],
    ),
    "baci: no rows": (
        "baci", "BACI_HS22_Y2023_V202501.csv", lambda t: t.splitlines()[0] + "\n", ["no rows"],
    ),
    "baci: no country codes": ("baci", "country_codes_V202501.csv", None, ["country_codes"]),
    "baci: GDP below zero": (
        "baci", "gdp.csv", lambda t: t.replace("AAA,", "AAA,-"), ["gdp.csv:2"],
    ),
    "baci: GDP in words": ("baci", "gdp.csv", lambda t: t.replace("BBB,", "BBB,x"), ["gdp.csv:3"]),
    "baci: GDP of another layout": (
        "baci", "gdp.csv", lambda t: t.replace("iso3", "country"), ["World Bank", "iso3"],
    ),
    "baci: GDP of strangers": (
        "baci", "gdp.csv", lambda t: t.replace("AAA", "ZZA").replace("BBB", "ZZB"), ["1 countries"],
    ),
    "baci: no GDP": ("baci", "gdp.csv", None, ["gdp.csv", "no such file"]),
    "qge: a table missing": (
        "qge", "sectoral_dispersion.parquet", None, ["sectoral_dispersion", "missing"],
    ),
    "qge: not a table": (
        "qge", "bilateral_trade.csv", lambda _: "a,b\n1\n1,2,3\n", ["bilateral_trade.csv"],
    ),
}  # fmt: skip
LOADERS: dict[str, Callable[[Path], object]] = {
    "cp2015": cp2015.load,
    "ossa": ossa2014.load,
    "case": us_china_2017.load,
    "baci": lambda folder: baci.load(folder, gdp=folder / "gdp.csv"),
    "qge": lambda folder: qge.load(folder, currency="USD mn"),
}


@pytest.mark.parametrize("name", FOLDERS)
def test_folders(name: str, sound: Path, tmp_path: Path):
    form, file, change, said = FOLDERS[name]
    folder = shutil.copytree(sound / form, tmp_path / form)
    LOADERS[form](folder)
    if change is None:
        (folder / file).unlink()
    elif isinstance(change, bytes):
        (folder / file).write_bytes(change)
    elif (folder / file).exists():
        text_of(folder / file, change)
    else:
        (folder / file).write_text(change(""), encoding="utf-8")
    refused(lambda: LOADERS[form](folder), said)


def test_qge_numbers(sound: Path, tmp_path: Path):
    def spoilt(table: str, column: pl.Expr, said: list[str]) -> None:
        folder = shutil.copytree(sound / "qge", tmp_path / f"{table}-{len(said[0])}")
        path = folder / f"{table}.parquet"
        pl.read_parquet(path).with_columns(column).write_parquet(path)
        refused(lambda: qge.load(folder, currency="USD mn"), said)

    first = pl.int_range(pl.len()) == 0
    value = pl.col("value")
    spoilt("bilateral_trade", pl.when(first).then(-1.0).otherwise(value).alias("value"),
           ["flow is negative: -1", "Wood, Ohio, Ohio"])  # fmt: skip
    spoilt("value_added_share", pl.when(first).then(1.5).otherwise(value).alias("value"),
           ["share is 1.5"])  # fmt: skip
    spoilt("sectoral_dispersion", pl.when(first).then(0.0).otherwise(value).alias("value"),
           ["dispersion is 0"])  # fmt: skip
    spoilt("io_coefficients", pl.when(pl.col("dest_sector") == "Wood").then(0.0).otherwise(value)
           .alias("value"), ["inputs of Wood add to 0"])  # fmt: skip
    spoilt("io_coefficients", pl.col("country").replace("France", "Gallia").alias("country"),
           ["Ohio has no coefficients, and 2 countries are no regions"])  # fmt: skip
    refused(lambda: qge.load(sound / "qge"), ["--currency"])
    refused(lambda: qge.load(sound / "none", currency="USD mn"), ["none", "no such folder"])


def test_baci_options(sound: Path):
    folder, table = sound / "baci", sound / "baci" / "gdp.csv"
    refused(lambda: baci.load(folder, gdp=table, year=1999), ["2023", "--year"])
    refused(lambda: baci.load(folder, gdp=table, materials=1.0), ["materials", "below one"])
    refused(lambda: baci.load(folder / "none", gdp=table), ["no such file or folder"])


# --- Statistics Canada -----------------------------------------------------------------------

TABLES: dict[str, tuple[Callable[[str], str], list[str]]] = {
    "empty": (lambda _: "", ["empty"]),
    "no values": (lambda t: t.replace('"VALUE"', '"WERT"'), ["column VALUE is missing", "WERT"]),
    "a value in words": (lambda t: t.replace("5000.5", "many"), ["many", "data row 1", "VALUE"]),
    "a value without end": (lambda t: t.replace("5000.5", "inf"), ["“inf” is not a number"]),
    "a scale that is none": (lambda t: t.replace('"3"', '"x"', 1), ["“x”", "SCALAR_ID"]),
    "a scale too large": (lambda t: t.replace('"3"', '"15"', 1), ["“15”", "powers of ten"]),
    "an open quote": (lambda t: t[:-40], ["12100175-eng.zip", "cannot be read"]),
    "tonnes": (lambda t: t.replace('"Dollars"', '"Tonnes"', 1), ["“Tonnes” is not dollars"]),
    "a place that is none": (lambda t: t.replace("Ontario", "Ontaria", 1), ["“Ontaria”"]),
    "a row twice": (lambda t: t + t.splitlines()[1] + "\n", ["stands twice", "ON"]),
    "no trade with the United States": (
        lambda t: t.replace("United States", "China"), ["no trade with the United States"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TABLES)
def test_statcan(name: str, tmp_path: Path):
    change, said = TABLES[name]
    text = change(f.statcan_trade({("ON", "export"): 5000.5, ("QC", "import"): 7.25}))
    path = f.write_statcan(tmp_path / "12100175-eng.zip", text)
    refused(lambda: read_numbers(path, embedded("can19x34")), said)


def test_statcan_of_another_kind(tmp_path: Path):
    world = embedded("can19x34")
    path = tmp_path / "12100175-eng.zip"

    def said(*words: str, of: Path = path, year: int | None = None) -> None:
        refused(lambda: read_numbers(of, world, year), list(words))

    path.write_text("<html>", encoding="utf-8")
    said("12100175-eng.zip", "cannot be read")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("12100175_MetaData.csv", "x")
    said("0 tables of data")
    said("no such file", of=tmp_path / "none.zip")
    f.write_statcan(path, f.statcan_gdp({"ON": (100.0, 9.0)}).replace("Estimates", "Tourists"))
    said("no table whose numbers are known", "36-10-0221-01")
    f.write_statcan(path, f.statcan_gdp({"ON": (100.0, 9.0)}).replace("Taxes less", "Taxis less"))
    said("no taxes less subsidies on products")
    f.write_statcan(path, f.statcan_gdp({"ON": (100.0, 9.0)}))
    said("nothing for 1867", "Years: 2023 to 2023", year=1867)
    month = f.statcan_trade({("ON", "export"): 1.0}).replace('"2024"', '"2024-03"')
    f.write_statcan(path, month)
    said("a whole year")
    said("1 of the twelve months of 2024", year=2024)
    f.write_statcan(path, f.statcan_trade({("ON", "export"): 1.0}))
    refused(lambda: read_numbers(path, replace(world, currency="USD mn")), ["C$", "USD mn"])
    refused(lambda: read_numbers(path, replace(world, customs_to_basic=None)), ["no ratio"])
    (tmp_path / "mine.csv").write_text("item,value\nflow,1\n", encoding="utf-8")
    said("has no years", of=tmp_path / "mine.csv", year=2023)


# --- targets and formats ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", ["item and value"]),
        ("what,value\nflow,1\n", ["item and value"]),
        ("item,value\nflow,much\n", ["much", ":2", "number"]),
        ("item,value\nflow,\n", [":2", "number"]),
        ("item,value\nflow,nan\n", [":2", "nan"]),
        ("item,value\nflow,1\nflows,2\n", ["flows", ":3", "Nearest: flow"]),
    ],
)
def test_targets(text: str, said: list[str], tmp_path: Path):
    path = tmp_path / "targets.csv"
    path.write_text(text, encoding="utf-8")
    refused(lambda: read_targets(path), said)


def test_formats(tmp_path: Path):
    refused(lambda: read("wiod2013", tmp_path), ["unknown format", "wiod13"])
    refused(lambda: read("icio", tmp_path / "x.csv", gdp=tmp_path), ["--gdp", "--year"])
    refused(lambda: read("baci", tmp_path), ["--gdp", "needs"])
    refused(lambda: read("cp2015", tmp_path, year=1993), ["--year", "none"])
    refused(lambda: read("pack", tmp_path), ["manifest.yaml"])


# --- what every message is -------------------------------------------------------------------


def refused(work: Callable[[], object], said: list[str]) -> None:
    with pytest.raises(InputError) as caught:
        work()
    error = caught.value
    assert isinstance(error, SurtaxError)
    assert error.exit_code == 2
    message = str(error)
    for words in said:
        assert words in message, message
    assert "\n" not in message, message
    assert message.endswith((".", "?")), message
    assert not {"Traceback", "None", "object"} & set(message.split()), message
    assert error.mend, message


def test_there_are_forty() -> None:
    assert len(IN_ICIO) + len(FOLDERS) + len(TABLES) >= 40
