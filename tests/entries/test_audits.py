"""What was filed wrong, case by case, and the headings that the audit knows."""

from __future__ import annotations

import gzip
import json
import os
import sys
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from surtax.duty.audit import CANDIDATE, audit
from surtax.duty.auditfile import summary, sums
from surtax.errors import LedgerError
from surtax.ledger.headings import digits, headings, read_headings
from surtax.ledger.load import LAW, Ledger

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
from table import line, table  # noqa: E402

CASES = yaml.load((HERE / "audits.yaml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
IN_A_NOTE = {"9903.82.18", "9903.82.19"}
"""Headings whose half rate stands in U.S. note 16(h) and (i), not in the rate column."""
DATA = os.environ.get("SURTAX_TEST_DATA")


@pytest.fixture(scope="module")
def law() -> Ledger:
    return Ledger.load()


def _day(case: dict[str, Any]) -> date:
    return date.fromisoformat(case.get("known", "2026-11-10"))


@pytest.mark.parametrize("case", CASES, ids=[c["name"] for c in CASES])
def test_case(law: Ledger, case: dict[str, Any]) -> None:
    found = audit(law, table(line(case)), _day(case))
    faults = found.filter(pl.col("finding") != CANDIDATE)
    said = [
        [row["finding"], row["heading"], (row["over"] or 0) / 100]
        for row in faults.iter_rows(named=True)
    ]
    assert said == [[kind, heading, float(over)] for kind, heading, over in case["findings"]]
    if "candidates" in case:
        claims = found.filter(pl.col("finding") == CANDIDATE).select("because", "over").rows()
        assert claims == [(words, round(float(over) * 100)) for words, over in case["candidates"]]


def test_amounts_by_heading_say_what_was_filed_without_a_column_of_headings(law: Ledger) -> None:
    entry = {"goods": "9503.00.00", "from": "VN", "into": "US", "value": "1000", "on": "2025-04-20"}
    amounts = ("100", "80", "0")
    cases = [entry | {"paid_by": {"9903.01.25": paid, "general": "0"}} for paid in amounts]
    lines = table(*(line(case, number) for number, case in enumerate(cases, start=1)))
    found = audit(law, lines, date(2025, 6, 1)).select("line", "finding", "over")
    assert found.rows() == [(2, "under-paid", -2000), (3, "missing", -10000)]


def test_summary_adds_up(law: Ledger) -> None:
    cases = [c for c in CASES if "paid_by" in c and "facts" not in c]
    lines = table(*(line(case, number) for number, case in enumerate(cases, start=1)))
    known = date(2026, 11, 9)
    found = audit(law, lines, known)
    cents = pl.col("value").cast(pl.Decimal(18, 2))
    said = summary(known, sums(law, known, lines.with_columns(cents), found))
    assert said["clean"] == sum(not c["findings"] for c in cases)
    over = [float(one[2]) for c in cases for one in c["findings"]]
    assert said["over_paid"] == sum(x for x in over if x > 0)
    assert said["under_paid"] == -sum(x for x in over if x < 0)
    assert sum(f["count"] for k, f in said["findings"].items() if k != CANDIDATE) == len(over)


def test_headings_of_countries_are_those_of_the_annexes(law: Ledger) -> None:
    from surtax import places

    rows = headings(law).filter(provision="us/ieepa/reciprocal#country-rates")
    for annex, day in (("rates-annex-i", date(2025, 4, 9)), ("rates-august", date(2025, 8, 7))):
        names = [r["origin"] for r in law.annexes["us/ieepa/reciprocal", annex]]
        mine = rows.filter(pl.col("first") == day.toordinal())
        assert set(mine["origin"]) == places.expand(names, day)
        assert mine["origin"].is_unique().all()


def test_a_row_that_names_nothing(law: Ledger, tmp_path: Path) -> None:
    import shutil

    shutil.copytree(LAW, tmp_path / "law")
    file = tmp_path / "law" / "headings.csv"
    file.write_text(file.read_text(encoding="utf-8").replace("#baseline", "#basline"), "utf-8")
    with pytest.raises(LedgerError, match=r"headings\.csv:\d+: unknown provision .*baseline"):
        headings(Ledger.load(tmp_path / "law"))


@pytest.mark.skipif(DATA is None, reason="SURTAX_TEST_DATA names no folder")
def test_headings_stand_in_the_schedule() -> None:
    folder = Path(str(DATA)) / "hts_json"
    seen: dict[str, dict[str, str]] = {}
    for path in folder.glob("*.json.gz"):
        source = path.name.split(".")[0].replace("hts_", "HTS ").replace("_", " ")
        table = json.loads(gzip.decompress(path.read_bytes()))
        seen[source] = {digits(r["htsno"]): r["general"] or "" for r in table if r["htsno"]}
    for row in read_headings(LAW / "headings.csv"):
        if row["source"] in seen:
            code = digits(row["heading"])
            assert code in seen[row["source"]], row
            if row["heading"] in IN_A_NOTE:
                continue
            charged = any(c.isdigit() for c in seen[row["source"]][code])
            assert charged == (row["says"] == "duty"), row
