"""docs/validation.md is what scripts/validate.py writes; the other sections' figures hold."""

from __future__ import annotations

import pytest

from published_values import SCRIPTS, published, validate, values_of

PAGE = validate.PAGE.read_text("utf-8") if validate.PAGE.is_file() else ""


@pytest.mark.parametrize("section", validate.SECTIONS, ids=lambda s: s.key)
def test_the_page_is_what_the_script_makes(section):
    assert validate.table(section, values_of(section.key)) in PAGE, (
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
def test_internal_trade_by_order_of_magnitude(row):
    # Half of the figure: other years, elasticities and mobility (see the page).
    assert row.holds(values_of("provinces")[row.id]), row


@pytest.mark.parametrize("row", published("nafta."), ids=lambda row: row.id)
def test_nafta(row):
    # 1e-6 of a per cent against another solver; printed digits for the bloc's trade.
    assert row.holds(values_of("nafta")[row.id]), row


def test_the_exact_change_is_the_sum_of_its_parts():
    ours = values_of("nafta")
    for closure in ("balanced", "numeraire"):
        for name in validate.nafta.MEMBERS:
            split = f"nafta.path-{closure}.{name}"
            parts = sum(ours[f"{split}.tariffs-of-{by}"] for by in validate.nafta.MEMBERS)
            exact = ours[f"nafta.{closure}.{name}.exact"]
            # Of per cents: the path's gap, 1e-9 of the parts, and two solves to 1e-10.
            assert abs(parts - ours[f"{split}.sum"]) < 1e-12
            assert abs(ours[f"{split}.sum"] - exact) < 1e-7
