"""docs/validation.md is what scripts/validate.py writes; the other sections' figures hold."""

from __future__ import annotations

import pytest

from published_values import (
    SCRIPTS,
    folder_or_skip,
    nafta,
    provinces,
    published,
    validate,
)

PAGE = validate.PAGE.read_text("utf-8") if validate.PAGE.is_file() else ""
NEEDS = {"ossa": "ossa2014", "liberation": "baci2023_aggregate", "nafta": "cp2015"}


@pytest.mark.parametrize("section", validate.SECTIONS, ids=lambda s: s.key)
def test_the_page_is_what_the_script_makes(section):
    folder = folder_or_skip(NEEDS[section.key]) if section.key in NEEDS else None
    assert validate.table(section, section.values(folder)) in PAGE, (
        "run python scripts/validate.py and read what changed"
    )


def test_the_page_has_every_section_and_no_other():
    assert validate.PAGE.parent == SCRIPTS.parent / "docs"
    assert PAGE.startswith(validate.HEAD)
    titles = [line[3:] for line in PAGE.splitlines() if line.startswith("## ")]
    assert titles == [s.title for s in validate.SECTIONS]


def test_every_published_row_belongs_to_one_section():
    rows = published()
    assert len({row.id for row in rows}) == len(rows)
    keys = [s.key for s in validate.SECTIONS]
    assert {row.id.partition(".")[0] for row in rows} == set(keys)


@pytest.mark.parametrize("row", published("provinces."), ids=lambda row: row.id)
def test_internal_trade_by_order_of_magnitude(row, internal):
    # Half of the figure: other years, elasticities and mobility (see the page).
    assert row.holds(internal[row.id]), (row, internal[row.id])


@pytest.fixture(scope="module")
def internal():
    return provinces.values()


@pytest.mark.parametrize("row", published("nafta."), ids=lambda row: row.id)
def test_nafta(row, members):
    # 1e-6 of a per cent against another solver; printed digits for the bloc's trade.
    assert row.holds(members[row.id]), (row, members[row.id])


@pytest.fixture(scope="module")
def members():
    return nafta.values(folder_or_skip("cp2015"))
