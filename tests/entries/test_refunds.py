"""What comes back, case by case, and what the answer as a whole says."""

from __future__ import annotations

import shutil
import sys
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from surtax.duty.claims import Written, numbers, with_file, write_claims
from surtax.duty.refund import PART, make_claim, refund
from surtax.duty.refundfile import summary, sums
from surtax.errors import InputError, LedgerError
from surtax.ledger.load import LAW, Ledger
from surtax.ledger.refunds import refunds

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
from table import line, table  # noqa: E402

CASES = yaml.load((HERE / "refunds.yaml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader)


@pytest.fixture(scope="module")
def law() -> Ledger:
    return Ledger.load()


@pytest.mark.parametrize("case", CASES, ids=[c["name"] for c in CASES])
def test_case(law: Ledger, case: dict[str, Any]) -> None:
    claim = make_claim(
        law, date.fromisoformat(case["known"]), void=case.get("void", ()), ground=case.get("ground")
    )
    row = refund(law, table(line(case)), claim).row(0, named=True)
    assert row["refund"] == round(float(case["refund"]) * 100)
    assert row["reason"] == case.get("reason")
    assert row["eligible"] is ("reason" not in case)
    assert row["route"] == case.get("route")
    assert row["deadline"] == (date.fromisoformat(case["deadline"]) if "deadline" in case else None)
    if "state" in case:
        assert row["state"] == case["state"]
    if "since" in case:
        assert row["since"] == int(case["since"])
    for name, money in case.get("parts", {}).items():
        assert row[f"refund.{name}"] == round(float(money) * 100)


def _three(law: Ledger) -> tuple[Any, Any]:
    base = {"goods": "9503.00.00", "from": "VN", "into": "US", "value": "1000"}
    rows = [
        base | {"on": "2025-04-20", "liquidation": "extended", "entry": "abc-1234567-8"},
        base | {"on": "2025-04-20", "liquidation": "extended", "entry": "ABC12345678"},
        base | {"on": "2025-09-02", "liquidation": "extended", "entry": "ABC-1234568-6"},
        base | {"on": "2025-09-02", "liquidation": "extended", "entry": "12"},
        base | {"on": "2025-04-20", "liquidated": "2025-10-01", "liquidation": "", "entry": "x"},
    ]
    claim = make_claim(law, date(2026, 4, 21), void=["us/ieepa"])
    lines = [line(row, number) for number, row in enumerate(rows, start=1)]
    return claim, refund(law, table(*lines), claim)


def test_summary_adds_up(law: Ledger) -> None:
    claim, lines = _three(law)
    said = summary(law, claim, sums(lines))
    assert said["lines"] == 5
    assert said["refundable"] == 600.0 == sum(said["by_month"].values())
    assert said["by_month"] == {"2025-04": 200.0, "2025-09": 400.0}
    assert sum(said["by_measure"].values()) == 600.0
    assert said["not_eligible"] == {"finally liquidated": 1}
    assert said["not_refundable"] == 100.0
    assert sum(row["amount"] for row in said["routes"]) == 600.0


def _claims(law: Ledger, out: Path, *blocks: Any) -> Written:
    route = with_file(refunds(law))["cape"]
    return write_claims(out, route, [numbers(lines, route) for lines in blocks])


def test_claim_file_lists_each_entry_once(law: Ledger, tmp_path: Path) -> None:
    _, lines = _three(law)
    old = tmp_path / "back-cape-007.csv"
    old.write_text("Entry Number\r\nABC00000000\r\n")
    written = _claims(law, tmp_path / "back.csv", lines, lines)
    (path,) = map(Path, written.files)
    assert path.name == "back-cape-001.csv"
    assert path.read_bytes() == b"Entry Number\r\nABC12345678\r\nABC12345686\r\n"
    assert (written.entries, written.misfits) == (2, ("12",))
    assert not old.exists()  # a file of an earlier run would be filed again


def test_claim_file_holds_9999(law: Ledger, tmp_path: Path) -> None:
    _, lines = _three(law)
    many = pl.concat([lines.head(1)] * 10_000).with_columns(
        entry=pl.int_range(10_000).cast(pl.String).str.zfill(11)
    )
    written = _claims(law, tmp_path / "back.csv", many)
    sizes = [len(Path(f).read_text().splitlines()) - 1 for f in written.files]
    assert sizes == [9999, 1]
    assert not written.misfits


@pytest.mark.parametrize(
    ("void", "ground", "says"),
    [
        ([], None, "no duty is named"),
        (["us/ieepa/recprocal"], None, "Nearest: us/ieepa/reciprocal"),
        (["us/ieepa/reciprocal#base"], None, "Nearest: baseline"),
        (["us/ieepa", "ca/surtax"], None, "several importers"),
        (["ca/surtax"], "preference-us", "several importers"),
        (["us/ieepa/recprocal"], "preference-us", "Nearest: us/ieepa/reciprocal"),
        ([], "learning", "Nearest: learning-resources"),
        (["us/ieepa"], "remission", "“remission” is no ground for us/ieepa"),
        (["us/s232/steel"], "learning-resources", "It is one for us/ieepa"),
    ],
)
def test_bad_claims(law: Ledger, void: list[str], ground: str | None, says: str) -> None:
    with pytest.raises(InputError, match=says):
        make_claim(law, date(2026, 4, 21), void=void, ground=ground)


def test_what_does_not_change_is_left_blank_whatever_the_other_lines(law: Ledger) -> None:
    """A duty that a line did not owe is no amount, not one of nothing."""
    _, lines = _three(law)
    for name in (n for n in lines.columns if n.startswith(PART)):
        assert (lines[name] != 0).all(), name
        assert lines[name].null_count(), name


@pytest.mark.parametrize(
    ("was", "becomes", "says"),
    [
        ("claims: [usmca]\n", "claims: [usmcaa]\n", "unknown claim “usmcaa”. Nearest: usmca"),
        ("first: [learning-resources]", "first: [learning]", "Nearest: learning-resources"),
        ("{column: decided, reason", "{column: claimed, reason", "give words"),
        ("{column: decided, reason", '{column: decided, is: ["yes"], reason', "give words"),
    ],
)
def test_faults_of_the_rules(tmp_path: Path, was: str, becomes: str, says: str) -> None:
    law = shutil.copytree(LAW, tmp_path / "law")
    text = (law / "refunds.yaml").read_text("utf-8")
    assert was in text
    (law / "refunds.yaml").write_text(text.replace(was, becomes, 1), "utf-8")
    with pytest.raises(LedgerError, match=says) as error:
        refunds(Ledger.load(law))
    assert "refunds.yaml:" in error.value.where
