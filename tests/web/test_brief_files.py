"""The tables of a brief as files that a spreadsheet opens."""

from __future__ import annotations

import csv
import io

import pytest

from surtax.brief import tables


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("=1+1", "'=1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("-cmd", "'-cmd"),
        ("+49 30", "'+49 30"),
        ("\t=1", "'\t=1"),
        ("\r=1", "' =1"),
        ("-0.5", "-0.5"),
        ("+1e-9", "+1e-9"),
        ("Ontario", "Ontario"),
    ],
)
def test_no_text_in_a_file_runs_in_a_spreadsheet(text: str, written: str) -> None:
    columns = (tables.Column("name", "Name"), tables.Column("change", "Change", "change"))
    made = tables.Table("one", "One", columns, ({"name": text, "change": -0.5},))
    rows = list(csv.DictReader(io.StringIO(made.csv(), newline="")))
    assert rows == [{"name": written, "change": "-0.5"}]
