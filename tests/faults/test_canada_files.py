"""Imports of Canada from a person's own files: what they say, and what is refused."""

from __future__ import annotations

import zipfile
from datetime import date
from pathlib import Path

import pytest

from surtax.errors import DataError, InputError
from surtax.ledger import Ledger
from surtax.trade.effective import effective
from surtax.trade.flows import load_ca_imports
from surtax.trade.userflows import read_flows

HEAD = (
    "YearMonth/AnnéeMois,HS10,Country/Pays,Province,State/État,Value/Valeur,"
    "Quantity/Quantité,Unit of Measure/Unité de Mesure\n"
)
ORANGES, LAPTOPS = "0805100010", "8471300000"
ROWS = (
    f"202401,{ORANGES},US,ON,FL,600000,1,KGM\n"
    f"202402,{ORANGES},US,QC,FL,400000,1,KGM\n"
    f"202402,{LAPTOPS},US,ON,CA,3000000,1,NMB\n"
    f"202402,{ORANGES},MX,QC,,500000,1,KGM\n"
    f"202402,{ORANGES},DE,QC,,500000,1,KGM\n"
    f"202402,{ORANGES},CA,QC,,7000,1,KGM\n"
    f"202402,{LAPTOPS},XX,QC,,1000,1,NMB\n"
)
BACI = (
    "t,i,j,k,v,q\n2023,842,124,080510,1000,1\n2023,842,124,847130,3000,1\n"
    "2023,484,124,080510,500,1\n"
)


def written(folder: Path, text: str, name: str = "imports.csv", mark: bytes = b"") -> Path:
    path = folder / name
    path.write_bytes(mark + text.encode())
    return path


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    return Ledger.load()


def test_rates_of_a_bulk_file_by_hand(ledger: Ledger, tmp_path: Path) -> None:
    """Oranges of the United States are on the list of 4 March 2025 at 25 %, laptops on none: a
    quarter of C$ 1.0 m on 4.0 m from there, and nothing on Mexico's or Germany's."""
    flows = read_flows(written(tmp_path, HEAD + ROWS), into="CA")
    assert (flows.into, flows.currency, flows.year) == ("CA", "CAD", 2024)
    assert flows.imports() == 5_000_000
    assert set(flows.place.tolist()) == {"US", "MX", "EU27"}
    found = effective(ledger, date(2025, 3, 5), flows=flows)
    rates = {r["partner"]: r["rate"] for r in found.table(["partner"])}
    assert rates["US"] == pytest.approx(0.25 * 1 / 4, abs=1e-12)
    assert rates["MX"] == rates["EU27"] == 0
    assert effective(ledger, date(2025, 3, 3), flows=flows).rate == 0


def test_what_is_left_out_of_a_bulk_file_is_counted(tmp_path: Path) -> None:
    said = " ".join(read_flows(written(tmp_path, HEAD + ROWS), into="CA").notes)
    assert "1 rows of Canadian goods that came back were left out (C$ 0.0 m)" in said
    assert "1 rows of partners without a country code (XX)" in said
    assert "2 of twelve months are in the file" in said
    marked = read_flows(
        written(tmp_path, HEAD + ROWS.replace(ORANGES, "805100010"), mark=b"\xef\xbb\xbf"),
        into="CA",
    )
    assert marked.imports() == 5_000_000
    assert "a byte order mark was taken off" in marked.notes
    assert "5 codes had lost a leading zero" in marked.notes


def test_a_zip_gives_its_longest_codes(tmp_path: Path) -> None:
    path = tmp_path / "CIMT-CICM_Imp_2024.zip"
    with zipfile.ZipFile(path, "w") as out:
        out.writestr("a/ODPFN015_202412N.csv", HEAD.replace("HS10", "HS6"))
        out.writestr("a/ODPFN022_202412N.csv", HEAD.replace("HS10", "HS2"))
        out.writestr("a/ODPF_1_HS10Desc.TXT", "Lamp\xe9es".encode("cp1252"))
        out.writestr("a/ODPFN014_202412N.csv", HEAD + ROWS)
    assert ORANGES in read_flows(path, into="CA").hs10.tolist()
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(DataError, match="truncated"):
        read_flows(path, into="CA")
    with zipfile.ZipFile(path, "w") as out:
        out.writestr("ODPFN019_202412N.csv", HEAD)
    with pytest.raises(DataError, match="no table of imports"):
        read_flows(path, into="CA")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("202401,", "202413,", "data row 1, column YearMonth/AnnéeMois"),
        ("202401,", "202301,", "more than one year"),
        (f"{LAPTOPS},US", "84713X,US", "10 digits"),
        (",600000,", ",x,", "“x” is not a number"),
        ("202402,0805100010,US,QC", "202401,0805100010,US,ON", "stands twice"),
        ("Value/Valeur", "Weight", "column Value/Valeur is missing"),
    ],
)
def test_faults_of_a_bulk_file(tmp_path: Path, old: str, new: str, said: str) -> None:
    text = HEAD + ROWS
    assert old in text
    with pytest.raises(DataError) as caught:
        read_flows(written(tmp_path, text.replace(old, new)), into="CA")
    assert said in str(caught.value)
    assert caught.value.mend
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("kind", ["baci", "cimt"])
def test_six_digits_go_to_the_items_of_the_lists(ledger: Ledger, tmp_path: Path, kind: str) -> None:
    """Oranges' subheading is listed, so all of it pays; the estimate's own shares are kept."""
    if kind == "baci":
        path, unit = written(tmp_path, BACI), "USD"
    else:
        text = HEAD.replace("HS10", "HS6") + ROWS.replace(ORANGES, "080510")
        path, unit = written(tmp_path, text.replace(LAPTOPS, "847130")), "CAD"
    flows = read_flows(path, into="CA")
    assert flows.currency == unit
    oranges = flows.of("US")
    oranges = oranges.rows([c.startswith("080510") for c in oranges.hs10.tolist()])
    assert oranges.imports() == pytest.approx(1_000_000)
    assert all(len(c) == 8 for c in oranges.hs10.tolist())
    found = effective(ledger, date(2025, 3, 5), flows=flows)
    rates = {r["partner"]: r["rate"] for r in found.table(["partner"])}
    assert rates["US"] == pytest.approx(0.25 * 1 / 4, abs=1e-12)
    assert any("of subheadings of which a list names items" in n for n in flows.notes)


def test_six_digits_keep_the_proportions_of_the_estimate(tmp_path: Path) -> None:
    ours = load_ca_imports()
    heads = ours.codes.astype("U6")
    several = next(
        str(h)
        for h in heads[heads != ""]
        if (ours.value[ours.hs10.astype("U6") == h] > 0).sum() > 2
    )
    mine = ours.rows(ours.hs10.astype("U6") == several)
    mine = mine.rows(mine.value > 0)
    flows = read_flows(written(tmp_path, f"t,i,j,k,v,q\n2023,842,124,{several},7,1\n"), into="CA")
    got = dict(zip(flows.hs10.tolist(), flows.value.tolist(), strict=True))
    for item, value in zip(mine.hs10.tolist(), mine.value.tolist(), strict=True):
        assert got[item] == pytest.approx(7000 * value / mine.imports(), rel=1e-12)


def test_a_file_of_one_importer_is_not_read_as_another(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="the file has imports of CA"):
        read_flows(written(tmp_path, HEAD + ROWS))
    census = "CON_VAL_YR,CAL_DUT_YR,I_COMMODITY,CTY_CODE\n1000,9,8703230190,1220\n"
    with pytest.raises(InputError, match="the file has imports of US"):
        read_flows(written(tmp_path, census), into="CA")
    with pytest.raises(InputError, match="of the United States or of Canada"):
        read_flows(written(tmp_path, BACI), into="MX")
