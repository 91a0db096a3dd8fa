"""surtax refund and surtax audit: files, JSON, tables of 80 columns, and one message when wrong."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from surtax.cli import main

ENTRIES = """\
entry,goods,origin,into,value,on,claims,liquidated,liquidation,drawback,filed,paid.9903.01.25
ABC-1234567-8,9503.00.00,VN,US,1000,2025-04-20,,2026-03-01,,,9903.01.25,100.00
ABC-1234568-6,9503.00.00,VN,US,"125,000.55",2025-05-20,,,extended,,9903.01.25,"12,500.06"
ABC-1234569-4,7214.20.00,CA,US,1000,2025-04-20,,2026-03-01,,,9903.01.10,
ABC-1234570-2,9503.00.00,VN,US,2000,2025-05-21,,,extended,yes,9903.01.25,200
"""


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    old, sys.argv = sys.argv, ["surtax", *words]
    try:
        with pytest.raises(SystemExit) as left:
            main()
    finally:
        sys.argv = old
    said = capsys.readouterr()
    return int(left.value.code or 0), said.out, said.err


@pytest.fixture
def entries(tmp_path: Path) -> Path:
    path = tmp_path / "entries.csv"
    path.write_text(ENTRIES, encoding="utf-8")
    return path


def test_refund_writes_lines_and_claim_files(
    entries: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = entries.with_name("back.csv")
    code, text, _ = run(
        capsys, "refund", str(entries), "-o", str(out), "--void", "us/ieepa", "--known",
        "2026-04-25", "--json",
    )  # fmt: skip
    said: dict[str, Any] = json.loads(text)
    assert code == 0
    assert said["lines"] == 4
    assert said["refundable"] == 12600.06
    assert said["by_month"] == {"2025-04": 100.0, "2025-05": 12500.06}
    assert said["not_eligible"] == {"another duty takes its place": 1, "drawback": 1}
    rows = list(csv.DictReader(out.read_text(encoding="utf-8").splitlines()))
    assert [row["refund"] for row in rows] == ["100.00", "12500.06", "0.00", "200.00"]
    assert [row["deadline"] for row in rows] == ["2026-05-20", "", "", ""]
    claim = out.with_name("back-cape-001.csv").read_bytes()
    assert claim == b"Entry Number\r\nABC12345678\r\nABC12345686\r\n"
    assert not list(entries.parent.glob(".*"))


def test_audit_writes_findings(entries: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = entries.with_name("found.csv")
    code, text, _ = run(
        capsys, "audit", str(entries), "-o", str(out), "--known", "2026-04-25", "--json"
    )
    said = json.loads(text)
    assert code == 0
    assert said["clean"] == 4
    assert set(said["findings"]) == {"refund candidate"}
    rows = list(csv.DictReader(out.read_text(encoding="utf-8").splitlines()))
    assert [(row["line"], row["over"]) for row in rows] == [("2", "100.00"), ("3", "12500.06")]


@pytest.mark.parametrize("command", ["refund", "audit"])
def test_tables_fit_80_columns(
    entries: Path, command: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(entries.parent)
    more = ["--void", "us/ieepa"] if command == "refund" else []
    code, text, _ = run(
        capsys, command, entries.name, "-o", "out.csv", "--known", "2026-04-25", *more
    )
    assert code == 0
    assert max(len(line) for line in text.splitlines()) <= 80
    assert "12,600.06" in text


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["refund", "-o", "x.csv"], "no duty is named"),
        (["refund", "-o", "x.csv", "--void", "us/iepa"], "Nearest"),
        (["refund", "-o", "x.xlsx", "--void", "us/ieepa"], ".parquet or entries.csv"),
        (["refund", "-o", "x.csv", "--ground", "remision"], "Nearest: remission"),
        (["refund", "-o", "x.csv", "--ground", "amended-us", "--void", "us/ieepa"], "voids no"),
    ],
)
def test_one_message(
    entries: Path, words: list[str], says: str, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.chdir(entries.parent)
    code, out, err = run(capsys, words[0], entries.name, *words[1:], "--known", "2026-04-25")
    assert code == 2
    assert not out
    assert says in err
    assert len(err.strip().splitlines()) == 1
    assert [path.name for path in entries.parent.iterdir()] == ["entries.csv"]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (",2026-03-01,,,9903.01.10", ",2026-02-30,,,9903.01.10", "2026-02-30"),
        (",VN,US,2000", ",Vitnam,US,2000", "Vitnam"),
    ],
)
def test_a_line_that_cannot_be_read_is_told(
    entries: Path, old: str, new: str, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert old in ENTRIES
    entries.write_text(ENTRIES.replace(old, new), encoding="utf-8")
    out = entries.with_name("back.csv")
    words = ["refund", str(entries), "-o", str(out), "--void", "us/ieepa", "--known", "2026-04-25"]
    code, text, _ = run(capsys, *words, "--json")
    said = json.loads(text)
    assert code == 0
    assert (said["lines"], said["rejected"]) == (4, 1)
    assert said["eligible"] + sum(said["not_eligible"].values()) == 3
    assert said["rejects"] == str(out.with_name("back.rejected.csv"))
    rejects = out.with_name("back.rejected.csv").read_text(encoding="utf-8")
    assert rejects.startswith("line,reason,text\n")
    assert says in rejects


def test_audit_asks_for_what_was_filed(entries: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = ENTRIES.replace(",filed,paid.9903.01.25", ",other,more")
    entries.write_text(text, encoding="utf-8")
    code, _, err = run(capsys, "audit", str(entries), "-o", str(entries.with_name("a.csv")))
    assert code == 2
    assert "neither what was filed nor what was paid" in err
