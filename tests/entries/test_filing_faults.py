"""Refunds and audits of files that stop midway, are damaged, or meet a full disk."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from surtax.duty.auditfile import audit_file
from surtax.duty.entries.run import make_job
from surtax.duty.refund import make_claim
from surtax.duty.refundfile import refund_file
from surtax.errors import DataError, InputError
from surtax.ledger import Ledger

KNOWN = date(2026, 4, 25)
HEADER = "entry,entry_line,goods,origin,into,value,on,liquidated,liquidation,filed,paid.9903.01.25"
GOOD = "ABC{n:08d},1,9503.00.00,VN,US,1000,2025-05-{day:02d},{liquidated},{held},9903.01.25,{paid}"


@cache
def ledger() -> Ledger:
    return Ledger.load()


def good(n: int) -> str:
    """Reciprocal duty of 10 % (Executive Order 14257 s. 2), one in seven of them overpaid."""
    return GOOD.format(
        n=n, day=1 + n % 28, liquidated="2026-03-01" if n % 3 else "",
        held="" if n % 3 else "extended", paid=107 if n % 7 == 0 else 100,
    )  # fmt: skip


def write(path: Path, lines: list[str], header: str = HEADER) -> Path:
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return path


def refunds(source: Path, out: Path, size: int = 10, **how: Any) -> dict[str, Any]:
    claim = make_claim(ledger(), KNOWN, void=["us/ieepa"])
    job = make_job(ledger(), source, out, into=claim.into, size=size)
    return refund_file(ledger(), job, claim, **how)


def audits(source: Path, out: Path, size: int = 10, **how: Any) -> dict[str, Any]:
    return audit_file(ledger(), make_job(ledger(), source, out, size=size), KNOWN, **how)


BOTH = pytest.mark.parametrize("ask", [refunds, audits])
Ask = Callable[..., dict[str, Any]]


def same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two answers say the same but for where they stand and what was resumed."""
    left = {"files", "out", "rejects", "resumed_after"}
    return {k: v for k, v in one.items() if k not in left} == {
        k: v for k, v in other.items() if k not in left
    }


@BOTH
def test_blocks_do_not_matter(tmp_path: Path, ask: Ask) -> None:
    source = write(tmp_path / "a.csv", [good(n) for n in range(45)])
    one = ask(source, tmp_path / "one.csv", size=1000)
    many = ask(source, tmp_path / "many.csv", size=7)
    assert same(one, many)
    text = [(tmp_path / name).read_text("utf-8") for name in ("one.csv", "many.csv")]
    assert text[0] == text[1]
    if ask is refunds:  # 38 of 45 at 100, 7 at 107: all that was paid under the heading
        assert one["refundable"] == 38 * 100 + 7 * 107
        assert one["unpaid"] == -7 * 7
        assert one["claimed"] == 45
    else:
        assert one["findings"]["over-paid"] == {"count": 7, "amount": 49.0}
        assert one["clean"] == 38


ACE = """Entry Summary Number,Entry Date,Liquidation Date,Country of Origin Code,\
Entry Summary Line Number,HTS Number - Full,Line Tariff Goods Value Amount,Line Tariff Duty Amount
ABC12345678,04/20/2025,03/01/2026,VN,1,9903.01.25,0,100
ABC12345678,04/20/2025,03/01/2026,VN,1,9503.00.00.13,1000,0
ABC12345678,04/20/2025,03/01/2026,CN,2,9903.01.24,0,200
ABC12345678,04/20/2025,03/01/2026,CN,2,9903.01.63,0,1250
ABC12345678,04/20/2025,03/01/2026,CN,2,9503.00.00.13,1000,0
ABC12345679,05/01/2025,03/01/2026,CA,1,9903.01.10,0,250
ABC12345679,05/01/2025,03/01/2026,CA,1,9503.00.00.13,1000,0
"""
"""Headings that each stand in one block alone where blocks are of one entry line."""


@BOTH
def test_columns_do_not_hang_on_blocks(tmp_path: Path, ask: Ask) -> None:
    source = tmp_path / "ace.csv"
    source.write_text(ACE, "utf-8")
    one, many = tmp_path / "one.csv", tmp_path / "many.csv"
    assert same(ask(source, one, size=1000), ask(source, many, size=1))
    assert one.read_text("utf-8") == many.read_text("utf-8")


@BOTH
@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_run_that_stops_goes_on_and_gives_the_same_bytes(
    tmp_path: Path, ask: Ask, ending: str
) -> None:
    source = write(tmp_path / "a.csv", [*[good(n) for n in range(45)], "cut,short"])
    whole, out = tmp_path / f"whole.{ending}", tmp_path / f"out.{ending}"
    wanted = ask(source, whole)

    def stop(lines: int, _: float) -> None:
        if lines >= 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ask(source, out, report=stop)
    assert not out.exists()
    assert not list(tmp_path.glob("out-*"))
    again = ask(source, out)
    assert again["resumed_after"] >= 20
    assert same(again, wanted)
    assert out.read_bytes() == whole.read_bytes()
    names = [p.name.removeprefix("whole") for p in tmp_path.glob("whole*")]
    assert sorted(names) == sorted(p.name.removeprefix("out") for p in tmp_path.glob("out*"))
    for name in names:
        pair = (tmp_path / f"{stem}{name}" for stem in ("whole", "out"))
        assert len({p.read_bytes() for p in pair}) == 1, name


LATE = """entry,goods,origin,into,value,on,originating,decided,paid.99030110,paid.general
A1,3926.90.99,CA,US,1000,2025-06-02,yes,,250,53
A2,3926.90.99,CA,US,1000,2025-06-03,no,,250,53
A3,3926.90.99,MX,US,2000,2025-06-04,Y,,0,
A4,3926.90.99,VN,US,1000,2025-06-05,yes,,0,53
A5,3926.90.99,KR,US,1000,2025-06-06,yes,2025-06-31,0,53
A6,3926.90.99,KR,US,3000,2025-06-06,yes,2025-06-30,0,100
"""


def test_a_late_preference_hangs_on_no_block_and_no_stop(tmp_path: Path) -> None:
    source = tmp_path / "a.csv"
    source.write_text(LATE, "utf-8")
    claim = make_claim(ledger(), KNOWN, ground="preference-us")

    def late(out: str, size: int, **how: Any) -> dict[str, Any]:
        return refund_file(ledger(), make_job(ledger(), source, tmp_path / out, size=size),
                           claim, **how)  # fmt: skip

    def stop(lines: int, _: float) -> None:
        if lines >= 3:
            raise KeyboardInterrupt

    whole = late("whole.csv", 1000)
    with pytest.raises(KeyboardInterrupt):
        late("out.csv", 1, report=stop)
    parts = late("out.csv", 1)
    assert parts["resumed_after"] >= 1
    assert same(parts, whole)
    assert (tmp_path / "out.csv").read_bytes() == (tmp_path / "whole.csv").read_bytes()
    # HTSUS 3926.90.99: 5.3 %, of 1000, 2000 and 3000, of the last no more than was paid
    assert whole["refundable"] == 53 + 106 + 100
    assert whole["not_eligible"] == {"no claim after importation": 1, "not originating": 1}
    assert "2025-06-31" in (tmp_path / "whole.rejected.csv").read_text("utf-8")


def test_another_claim_begins_anew(tmp_path: Path) -> None:
    source, out = write(tmp_path / "a.csv", [good(n) for n in range(45)]), tmp_path / "out.csv"

    def stop(lines: int, _: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        refunds(source, out, report=stop)
    claim = make_claim(ledger(), KNOWN, void=["us/ieepa/reciprocal"])
    job = make_job(ledger(), source, out, size=10)
    assert refund_file(ledger(), job, claim)["resumed_after"] == 0


@BOTH
@pytest.mark.parametrize("at", [1, 6, 17])
def test_a_full_disk_leaves_nothing_half_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ask: Ask, at: int
) -> None:
    source, out = write(tmp_path / "a.csv", [good(n) for n in range(35)]), tmp_path / "out.csv"
    calls, plain = 0, os.fsync

    def full(handle: int) -> None:
        nonlocal calls
        calls += 1
        if calls == at:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        plain(handle)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space left"):
            ask(source, out)
    assert [p.name for p in tmp_path.iterdir() if p.is_file()] == ["a.csv"]
    assert not list(tmp_path.rglob("*.tmp"))
    assert ask(source, out)["lines"] == 35


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


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_a_run_that_is_killed_goes_on(tmp_path: Path) -> None:
    source, out = write(tmp_path / "a.csv", [good(n) for n in range(60)]), tmp_path / "out.csv"
    words = ["refund", str(source), "-o", str(out), "--void", "us/ieepa", "--known",
             KNOWN.isoformat(), "--block", "10", "--json"]  # fmt: skip
    run = subprocess.Popen([sys.executable, "-c", RUN.format(pause=0.4), *words])
    partial, deadline = tmp_path / "out.csv.partial", time.monotonic() + 120
    while len(list(partial.glob("0*.json"))) < 2 and time.monotonic() < deadline:
        time.sleep(0.02)
    run.send_signal(signal.SIGKILL)
    run.wait(timeout=60)
    assert run.returncode != 0
    assert not out.exists()
    told = refunds(source, out)
    wanted = refunds(source, tmp_path / "whole.csv")
    assert told["resumed_after"] >= 20
    assert same(told, wanted)
    assert out.read_bytes() == (tmp_path / "whole.csv").read_bytes()


@BOTH
@pytest.mark.parametrize(
    ("was", "becomes", "reason"),
    [
        (",2025-05-02,", ",2025-02-30,", "not a day"),
        (",2026-03-01,", ",2026-13-01,", "not a day"),
        (",1000,2025-05-02", ",1.000,00,2025-05-02", "12 cells where the header has 11"),
        (",1000,2025-05-02", ",nothing,2025-05-02", "not an amount"),
        ("9503.00.00", "9503", "a heading"),
        (",VN,", ",Vietnan,", "unknown place"),
        (",100\n", ",much\n", "not an amount"),
    ],
)
def test_a_line_that_cannot_be_read_stands_beside_with_its_reason(
    tmp_path: Path, ask: Ask, was: str, becomes: str, reason: str
) -> None:
    bad = (good(1) + "\n").replace(was, becomes).strip()
    assert bad != good(1)
    source = write(tmp_path / "a.csv", [bad, good(2)])
    told = ask(source, tmp_path / "out.csv")
    assert (told["lines"], told["rejected"]) == (2, 1)
    (row,) = pl.read_csv(told["rejects"]).iter_rows(named=True)
    assert row["line"] == 2
    assert reason in row["reason"]


@BOTH
def test_a_file_without_its_columns_is_one_message(tmp_path: Path, ask: Ask) -> None:
    source = write(tmp_path / "a.csv", [good(1)], HEADER.replace(",goods,", ",stuff,"))
    with pytest.raises(DataError, match="no column says “goods”"):
        ask(source, tmp_path / "out.csv")
    assert [p.name for p in tmp_path.iterdir()] == ["a.csv"]


@BOTH
def test_a_file_of_headers_alone_has_nothing_to_tell(tmp_path: Path, ask: Ask) -> None:
    told = ask(write(tmp_path / "a.csv", []), tmp_path / "out.csv")
    assert (told["lines"], told["rejected"]) == (0, 0)


def test_an_audit_asks_for_what_was_filed_or_paid(tmp_path: Path) -> None:
    header = HEADER.replace("filed,paid.9903.01.25", "other,more")
    source = write(tmp_path / "a.csv", [good(1)], header)
    with pytest.raises(InputError, match="neither what was filed nor what was paid"):
        audits(source, tmp_path / "out.csv")


def test_entries_into_two_countries_are_told_by_currency(tmp_path: Path) -> None:
    header = "goods,origin,into,value,on,claims,paid"
    lines = ["9503.00.00,VN,US,1000,2025-09-02,,300", "3304.99.90,US,CA,1000,2025-05-20,usmca,200"]
    told = audits(write(tmp_path / "a.csv", lines, header), tmp_path / "out.csv")
    # Vietnam 20 % (EO 14326 Annex I); Canada 25 % (United States Surtax Order (2025-1))
    assert told["over_paid"] == {"USD": 100.0}
    assert told["under_paid"] == {"CAD": 50.0}
    claim = make_claim(ledger(), KNOWN, void=["us/ieepa"])
    job = make_job(ledger(), tmp_path / "a.csv", tmp_path / "back.csv")
    assert refund_file(ledger(), job, claim)["not_eligible"]["into another country"] == 1
