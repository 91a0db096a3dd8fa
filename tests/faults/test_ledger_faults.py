"""Faults in the law itself, beside those of ``messages.yaml``: what, where, how to mend it."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from surtax.duty.entry import make_entry
from surtax.duty.rate import rate
from surtax.errors import LedgerError, UnitError, UnknownNameError
from surtax.ledger import Ledger
from surtax.ledger.lint import lint
from surtax.ledger.load import LAW

AUTOS = "us/s232/autos.yaml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(LAW, tmp_path / "law"))


def edit(folder: Path, file: str, old: str, new: str) -> int:
    """Replace the first `old`; the line on which the new text stands."""
    path = folder / file
    text = path.read_text("utf-8")
    assert old in text, f"{file} has no {old!r}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def test_a_circle_of_precedence_names_the_measure_and_its_file(folder: Path) -> None:
    edit(
        folder, AUTOS, "notes:\n",
        "  - instrument: eo-14289\n    provisions:\n      after-border: {kind: precedence, "
        "from: 2025-04-03, cite: s. 9, to_measures: [us/ieepa/fentanyl-ca]}\nnotes:\n",
    )  # fmt: skip
    ledger = Ledger.load(folder)
    entry = make_entry(ledger, "8703.23.01", origin="CA", into="US", value="100")
    with pytest.raises(LedgerError, match="circle") as caught:
        rate(ledger, entry, date(2025, 4, 3))
    assert caught.value.mend
    assert ".yaml" in caught.value.where


def test_no_folder_and_an_empty_one(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="no ledger") as caught:
        Ledger.load(tmp_path / "nowhere")
    assert "nowhere" in caught.value.where
    with pytest.raises(LedgerError) as caught:
        Ledger.load(tmp_path)
    assert "instruments.yaml" in caught.value.where
    assert caught.value.mend


def test_a_claim_resting_on_no_instrument(folder: Path) -> None:
    edit(folder, "claims.yaml", "instrument: cusma", "instrument: cusmo")
    with pytest.raises(LedgerError, match="Nearest: cusma") as caught:
        Ledger.load(folder)
    assert "claims.yaml" in caught.value.where


def test_an_event_resting_on_no_instrument(folder: Path) -> None:
    edit(folder, "events.yaml", "instrument: cit-vos}", "instrument: cit-vso}")
    with pytest.raises(LedgerError, match="cit-vos") as caught:
        Ledger.load(folder)
    assert "events.yaml" in caught.value.where


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    return Ledger.load()


def test_a_code_too_short_for_a_list(ledger: Ledger) -> None:
    entry = make_entry(ledger, "7615.10.20", origin="TR", into="US", value="100")
    with pytest.raises(UnitError, match=r"7615\.10\.20\.15") as caught:
        rate(ledger, entry, date(2025, 3, 12))
    assert "ten-digit" in caught.value.mend


def test_a_quantity_in_another_unit(ledger: Ledger) -> None:
    entry = make_entry(
        ledger, "2709.00.20", origin="SA", into="US", value="100", quantity="5", unit="kg"
    )
    with pytest.raises(UnitError, match="bbl") as caught:
        rate(ledger, entry, date(2025, 3, 12))
    assert caught.value.where == "--unit"


def test_a_threat_on_no_measure(ledger: Ledger) -> None:
    with pytest.raises(UnknownNameError, match="second-list"):
        ledger.at(date(2025, 4, 2), date(2025, 3, 28), threatened=["ca/surtax/second-lists"])


def test_a_row_with_a_cell_too_many_and_a_place_that_stands_twice(folder: Path) -> None:
    annex = next(
        path
        for path in sorted(folder.rglob("*.csv"))
        if path.read_text("utf-8").startswith("origin,")
    )
    lines = annex.read_text("utf-8").splitlines()
    annex.write_text("\n".join([lines[0], lines[1] + ",more", *lines[2:]]) + "\n", "utf-8")
    with pytest.raises(LedgerError, match="more cells") as caught:
        Ledger.load(folder)
    assert caught.value.where == f"{annex}:2"
    first = lines[1].split(",")[0]
    annex.write_text("\n".join([*lines, lines[1].replace(first, first.lower(), 1)]) + "\n", "utf-8")
    with pytest.raises(LedgerError, match="stands twice, first in line 2") as caught:
        Ledger.load(folder)
    assert caught.value.where == f"{annex}:{len(lines) + 1}"


def test_a_rate_that_rests_on_no_known_instrument_is_named_by_its_line(folder: Path) -> None:
    rates = folder / "us" / "s232" / "rates-eu-japan.csv"
    rates.write_text(rates.read_text("utf-8").replace("eo-14345", "eo-99999"), "utf-8")
    with pytest.raises(LedgerError, match="“eo-99999”") as caught:
        Ledger.load(folder)
    assert caught.value.where == f"{rates}:3"


def test_a_day_in_the_table_of_headings_is_named_by_its_line(folder: Path) -> None:
    path = folder / "headings.csv"
    lines = path.read_text("utf-8").splitlines()
    day = lines[0].split(",").index("from")
    cells = lines[3].split(",")
    cells[day] = "2025-02-30"
    path.write_text("\n".join([*lines[:3], ",".join(cells), *lines[4:]]) + "\n", "utf-8")
    with pytest.raises(LedgerError, match="not a date") as caught:
        lint(Ledger.load(folder))
    assert caught.value.where == f"{path}:4"
