"""Broken law folders: one message that says what, where (file and line) and how to mend it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from surtax.duty.entry import make_entry
from surtax.duty.rate import rate
from surtax.errors import InputError, LedgerError, SurtaxError, UnitError, UnknownNameError
from surtax.ledger import Ledger
from surtax.ledger.load import LAW

AUTOS = "us/s232/autos.yaml"
CANADA = "us/ieepa/fentanyl-ca.yaml"
RECIPROCAL = "us/ieepa/reciprocal.yaml"
FIRST = "ca/surtax/united-states-2025-1.yaml"
SECOND = "ca/surtax/second-list.yaml"
VEHICLES = "ca/surtax/motor-vehicles-2025.yaml"


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


# file, what stands there, what it becomes, what the message must say
BROKEN: dict[str, tuple[str, str, str, str]] = {
    "bad indentation": (
        FIRST, "    provisions:\n      goods:", "    provisions:\n   goods:", "YAML",
    ),
    "an open bracket": (FIRST, "origins: [US], goods", "origins: [US, goods", "YAML"),
    "a key twice": (FIRST, "imposer: CA\n", "imposer: CA\nimposer: CA\n", "imposer"),
    "a field twice in a provision": (
        FIRST, "rate: 25%, clock: entered", "rate: 25%, rate: 20%, clock: entered", "rate",
    ),
    "an unknown field": (FIRST, "rate: 25%", "rat: 25%", "Nearest: rate"),
    "an unknown field of the measure": (FIRST, "authority:", "autority:", "Nearest: authority"),
    "a missing field": (FIRST, "title: ", "note: ", "note"),
    "a wrong type": (FIRST, "count: 1270", "count: many", "int"),
    "a list where a text belongs": (FIRST, "imposer: CA", "imposer: [CA]", "str"),
    "a text where a list belongs": (FIRST, "origins: [US]", "origins: US", "array"),
    "an unknown kind": (FIRST, "kind: duty", "kind: tax", "tax"),
    "an unknown state": (CANADA, "state: suspended", "state: paused", "paused"),
    "an unknown status": (SECOND, "status: threatened", "status: rumoured", "rumoured"),
    "an unknown confidence": (FIRST, "confidence: M", "confidence: X", "X"),
    "a rate without its sign": (FIRST, "rate: 25%", "rate: 25", "“25” is not a rate"),
    "a rate in words": (FIRST, "rate: 25%", "rate: a quarter", "25%"),
    "a negative rate": (FIRST, "rate: 25%", "rate: -25%", "-25%"),
    "a rate that is no number": (FIRST, "rate: 25%", "rate: nan%", "nan%"),
    "an impossible day": (FIRST, "from: 2025-03-04, cite", "from: 2025-02-30, cite", "2025-03-28"),
    "a day in words": (FIRST, "from: 2025-03-04, cite", "from: tomorrow, cite", "2025-03-28"),
    "an end before the beginning": (
        CANADA, "to: 2025-03-04", "to: 2025-02-04", "must come after the start",
    ),
    "an unknown instrument": (FIRST, "instrument: sor-2025-66", "instrument: sor-2025-67",
                              "sor-2025-66"),
    "an unknown instrument of a resolution": (
        CANADA, "instrument: eo-14257, how", "instrument: eo-142257, how", "Nearest: eo-14257",
    ),
    "an unknown imposer": (FIRST, "imposer: CA", "imposer: Cananda", "Nearest: Canada"),
    "an unknown origin": (FIRST, "origins: [US]", "origins: [U.S.A.]", "unknown place"),
    "an unknown authority": (FIRST, "authority: surtax", "authority: surtaxe", "Nearest: surtax"),
    "an unknown annex": (FIRST, 'goods: ["@goods"]', 'goods: ["@good"]', "Nearest: goods"),
    "an unknown annex of rates": (
        RECIPROCAL, 'rates: "@rates-annex-i"', 'rates: "@rates-annex-l"', "Nearest: rates-annex-i",
    ),
    "a list of goods as rates": (RECIPROCAL, 'rates: "@rates-annex-i"', 'rates: "@annex-ii"',
                                 "rates-annex-i"),
    "a code that is none": (AUTOS, "8703.22.01", "8703.22.O1", "8703.22.O1"),
    "a code of seven digits": (AUTOS, "8703.22.01", "8703.22.1", "digits"),
    "an unknown claim": (AUTOS, "claim: usmca", "claim: usmac", "Nearest: usmca"),
    "an unknown fact": (AUTOS, "less: us_content", "less: us_contents", "Nearest: us_content"),
    "a fact of another type": (AUTOS, "less: us_content", "less: shipped", "“shipped” is a date"),
    "a day tested as yes or no": (FIRST, "when: {fact: shipped, before: 2025-03-04}",
                                  "when: {fact: shipped}", "before"),
    "a share over one": (VEHICLES, 'floor: "0.15"', 'floor: "1.5"', "between 0 and 1"),
    "a negative share": (VEHICLES, 'floor: "0.15"', 'floor: "-0.15"', "between 0 and 1"),
    "a threshold over one": (RECIPROCAL, 'at_least: "0.20"', 'at_least: "20"', "between 0 and 1"),
    "an unknown provision": (AUTOS, "of: [vehicles]", "of: [vehicle]", "Nearest: vehicles"),
    "a precedence over nothing": (RECIPROCAL, "us/s232/autos]", "us/s232/auto]",
                                  "Nearest: us/s232/autos"),
    "a precedence over a part that is not": (
        RECIPROCAL, "us/ieepa/reciprocal#china", "us/ieepa/reciprocal#chine", "Nearest: china",
    ),
    "a measure under another's name": (
        FIRST, "measure: ca/surtax/united-states-2025-1", "measure: ca/surtax/other",
        "ca/surtax/united-states-2025-1",
    ),
    "a kind left out": (FIRST, "{kind: duty, from", "{from", "never says its kind"),
    "a duty without a rate": (FIRST, "rate: 25%, clock", "clock", "needs goods and a rate"),
    "a duty without goods": (FIRST, 'goods: ["@goods"], rate', "rate", "needs goods and a rate"),
    "a basis of nothing": (VEHICLES, 'less: ca_mx_content, floor: "0.15", ', "", "less or share"),
    "a relief from nothing": (FIRST, "when: {fact: shipped, before: 2025-03-04}, ", "", "when"),
    "a precedence over none": (
        SECOND,
        "to_measures: [ca/surtax/steel-and-aluminum-2025, ca/surtax/united-states-2025-1], ",
        "", "to_measures",
    ),
    "a wrong count": (FIRST, "count: 1270", "count: 1271", "promises 1271"),
    "a file that is not there": (FIRST, "united-states-2025-1.csv", "united-states-2025-2.csv",
                                 "cannot be read"),
}  # fmt: skip


@pytest.mark.parametrize("fault", sorted(BROKEN))
def test_a_broken_measure(fault: str, folder: Path) -> None:
    file, old, new, says = BROKEN[fault]
    line = edit(folder, file, old, new)
    with pytest.raises(LedgerError) as caught:
        Ledger.load(folder)
    error = caught.value
    assert error.exit_code == 2
    assert says in str(error), str(error)
    assert error.mend
    assert "\n" not in str(error)
    assert "Traceback" not in str(error)
    assert "united-states-2025-2.csv" in error.where or Path(file).stem in error.where
    if "annex has" in error.what or "cannot be read" in error.what or "calls itself" in error.what:
        return  # a list or a file as a whole has no line
    number = int(error.where.rpartition(":")[2])
    # a missing field belongs to the whole file; YAML marks an open bracket where it gives up,
    # a line or two below; a list of a provision begins on the line after its name
    slack = {"a missing field": 9, "an open bracket": 2, "bad indentation": 2}.get(fault, 1)
    assert abs(number - line) <= slack, (error.where, line)


ROWS: dict[str, tuple[str, Callable[[list[str]], list[str]], str, int]] = {
    "a row twice": (
        "ca/surtax/second-list.csv", lambda x: [*x[:5], x[2], *x[6:]], "stands twice", 6,
    ),
    "a row twice, without dots": (
        "ca/surtax/second-list.csv",
        lambda x: [*x[:5], x[2].replace(".", ""), *x[6:]], "stands twice", 6,
    ),
    "a row that is no code": (
        "ca/surtax/second-list.csv", lambda x: [*x[:3], "01O1.30.00", *x[4:]], "01O1.30.00", 4,
    ),
    "a code that lost its zero": (
        "ca/surtax/second-list.csv", lambda x: [*x[:3], "101.30.00", *x[4:]], "leading zero", 4,
    ),
    "an empty row": ("ca/surtax/second-list.csv", lambda x: [*x[:3], '""', *x[4:]], "complete", 4),
    "another column": ("ca/surtax/second-list.csv", lambda x: ["hs", *x[1:]], "code", 1),
    "a row lost": ("ca/surtax/second-list.csv", lambda x: x[:-1], "promises 4416", 0),
    "a rate that is none": (
        "us/ieepa/reciprocal-annex-i.csv", lambda x: [*x[:3], "BD,37", *x[4:]], "“37”", 4,
    ),
    "a place that is none": (
        "us/ieepa/reciprocal-annex-i.csv", lambda x: [*x[:3], "XX,37%", *x[4:]], "“XX”", 4,
    ),
    "a row without its rate": (
        "us/ieepa/reciprocal-annex-i.csv", lambda x: [*x[:3], "BD", *x[4:]], "complete", 4,
    ),
    "no column of rates": (
        "us/ieepa/reciprocal-annex-i.csv",
        lambda x: [r.partition(",")[0] for r in x], "not a rate", 2,
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", sorted(ROWS))
def test_a_broken_annex(fault: str, folder: Path) -> None:
    file, change, says, line = ROWS[fault]
    path = folder / file
    rows = path.read_text("utf-8").splitlines()
    path.write_text("\n".join(change(rows)) + "\n", encoding="utf-8")
    with pytest.raises(LedgerError) as caught:
        Ledger.load(folder)
    assert says in str(caught.value), str(caught.value)
    assert caught.value.mend
    assert Path(file).name in caught.value.where
    if line:
        assert caught.value.where.endswith(f":{line}")


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


# what the person wrote, and what the message must say
ENTRIES: dict[str, tuple[dict[str, object], type[SurtaxError], str, str]] = {
    "four digits": ({"code": "8703"}, UnitError, "goods", "eight or ten digits"),
    "six digits": ({"code": "8703.23"}, UnitError, "goods", "8703.23.01"),
    "no code": ({"code": "cars"}, UnitError, "goods", "cars"),
    "a chapter that is not": ({"code": "7701.00.00"}, UnknownNameError, "goods", "77"),
    "an unknown origin": ({"origin": "Canda"}, UnknownNameError, "--from", "Nearest: Canada"),
    "an unknown border": ({"into": "Untied States"}, UnknownNameError, "--into", "United States"),
    "two members of one customs union": (
        {"origin": "DE", "into": "FR"}, InputError, "--from, --into", "do not pay duty"
    ),
    "a border without a ledger": ({"into": "BR"}, UnknownNameError, "--into", "CA, CN, EU27"),
    "a group as origin": ({"origin": "EU27"}, InputError, "--from", "DE"),
    "home goods": ({"origin": "US"}, InputError, "--from", "two countries"),
    "an unknown claim": ({"claims": ["usmac"]}, UnknownNameError, "--claim", "Nearest: usmca"),
    "a claim not open": (
        {"origin": "DE", "claims": ["usmca"]}, InputError, "--claim", "US, CA, MX",
    ),
    "an unknown fact": (
        {"facts": {"us_contents": "1"}}, UnknownNameError, "--fact", "Nearest: us_content",
    ),
    "a share over one": ({"facts": {"us_content": "1.01"}}, UnitError, "--fact", "0 and 1"),
    "a share of 50": ({"facts": {"us_content": "50"}}, UnitError, "--fact", "50%"),
    "a share that is no number": ({"facts": {"us_content": "nan"}}, UnitError, "--fact", "nan"),
    "a day in words": ({"facts": {"shipped": "monday"}}, UnitError, "--fact", "2025-03-28"),
    "neither yes nor no": (
        {"facts": {"us_smelted_and_cast": "2"}}, UnitError, "--fact", "yes or no",
    ),
    "no value": ({"value": "0"}, UnitError, "--value", "zero"),
    "a negative value": ({"value": "-1"}, UnitError, "--value", "-1"),
    "a decimal comma": ({"value": "99,95"}, UnitError, "--value", "99.95"),
    "a value beyond the world's": ({"value": "1e30"}, UnitError, "--value", "1e30"),
    "a value that is no number": ({"value": "NaN"}, UnitError, "--value", "NaN"),
    "an endless value": ({"value": "Infinity"}, UnitError, "--value", "Infinity"),
    "a quantity in words": ({"quantity": "many"}, UnitError, "--quantity", "many"),
}  # fmt: skip


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    return Ledger.load()


@pytest.mark.parametrize("fault", sorted(ENTRIES))
def test_a_broken_entry(fault: str, ledger: Ledger) -> None:
    given, kind, where, says = ENTRIES[fault]
    good: dict[str, object] = {"code": "8703.23.01", "origin": "CA", "into": "US", "value": "100"}
    asked = good | given
    with pytest.raises(kind) as caught:
        make_entry(ledger, str(asked.pop("code")), **asked)  # type: ignore[arg-type]
    assert caught.value.exit_code == 2
    assert caught.value.where.startswith(where), caught.value.where
    assert says in str(caught.value)
    assert caught.value.mend


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
