"""Lines over days and along a frontier, households counted, and the rules of the findings."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

import pytest

from surtax.brief import lines
from surtax.brief.findings.deeper import deeper
from surtax.words import LANGUAGES, catalogue
from surtax.world.households import households
from web.sample_brief import sample

TURNS = [
    {"from": "2025-01-19", "rate": 0.02},
    {"from": "2025-03-04", "rate": 0.11},
    {"from": "2025-03-07", "rate": 0.08},
    {"from": "2025-04-03", "rate": 0.10},
]
SETTLEMENT: dict[str, Any] = {
    "agreed": True,
    "payoffs": [
        {"player": "CAN", "region": "CAN", "gain": 0.003},
        {"player": "USA", "region": "USA", "gain": 0.0002},
    ],
    "frontier": [
        {"gains": {"CAN": x, "USA": y}} for x, y in ((0.001, 0.0003), (0.003, 0.0002), (0.004, 0.0))
    ],
}


def brief(**more: Any) -> dict[str, Any]:
    return {**sample(), **more}


def points(drawn: str) -> list[list[tuple[float, float]]]:
    """The lines of a drawing."""
    found = re.findall(r'<polyline points="([^"]*)"', drawn)
    return [[tuple(map(float, p.split(","))) for p in one.split()] for one in found]  # type: ignore[misc]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_rate_by_day_is_dashed_beyond_the_day_of_knowledge(language: str) -> None:
    made = lines.rate_by_day(brief(daily=TURNS), "title", catalogue(language))
    assert made is not None
    for drawn in (made.wide, made.narrow):
        now, later = points(drawn)
        assert now[-1] == later[0], "the dashed line goes on where the solid one ends"
        assert len({y for _, y in now}) == 3
        assert len({y for _, y in later}) == 2
        assert drawn.count("stroke-dasharray") == 1
        levels = {y for _, y in (*now, *later)}
        assert len(levels) == len(TURNS)
        assert all(x <= y for (x, _), (y, _) in pairwise(now))


def test_the_highest_rate_is_drawn_highest() -> None:
    made = lines.rate_by_day(brief(daily=TURNS), "title", catalogue("en"))
    assert made is not None
    now, _ = points(made.wide)
    heights = [y for _, y in dict.fromkeys(now)]
    base, peak, after = now[0][1], min(heights), now[-1][1]
    # equal steps of the rate are equal steps on the page: (11 − 2) to (11 − 8)
    assert (base - peak) / (after - peak) == pytest.approx(9 / 3, rel=2e-3)  # drawn to 0.1


def test_one_rate_or_none_makes_no_picture() -> None:
    assert lines.rate_by_day(brief(daily=TURNS[:1]), "title", catalogue("en")) is None
    assert lines.rate_by_day(brief(), "title", catalogue("en")) is None
    assert lines.frontier(brief(), "title", catalogue("en")) is None


def test_the_frontier_falls_and_names_both_points() -> None:
    made = lines.frontier(brief(settlement=SETTLEMENT), "title", catalogue("en"))
    assert made is not None
    (line,) = points(made.wide)
    assert all(a[0] < b[0] and a[1] < b[1] for a, b in pairwise(line))
    assert made.wide.count("<circle") == 2
    assert "Without an agreement" in made.wide
    assert "Settlement" in made.wide


def test_households_are_those_of_the_census() -> None:
    """All of Canada: 14,978,940 private households; each province is rounded to 5."""
    counted = households()
    assert len(counted) == 13
    # the same source's total, apart from the rounding of thirteen figures
    assert abs(sum(counted.values()) - 14_978_940) <= 13 * 2.5
    # Ontario in the table of dwellings occupied by usual residents (98-10-0001): 5,491,201
    assert abs(counted["ON"] - 5_491_201) <= 2.5


def test_findings_say_what_the_rows_say() -> None:
    rows = [
        {"region": r, "name": r, "amount": {"value": v, "low": v - 50, "high": v + 40}}
        for r, v in (("ON", -900.0), ("AB", -1200.0))
    ]
    told = brief(
        daily=TURNS,
        per_household=rows,
        settlement=SETTLEMENT,
        trade=[
            {"region": "USA", "exports_change": {"value": -9e9, "low": -12e9, "high": -8e9}},
            {"region": "CHN", "exports_change": {"value": 2e9, "low": -1e9, "high": 3e9}},
        ],
        who_pays=[
            {"region": "USA", "taxes": {"value": 10.0, "low": 9.0, "high": 11.0},
             "exporters_share": {"value": 0.25, "low": 0.2, "high": 0.31}},
        ],
        sectors=[
            {"sector": "ALU", "output": {"value": -0.5, "low": -0.61, "high": -0.5}},
            {"sector": "AGR", "output": {"value": 0.03, "low": -0.01, "high": 0.08}},
        ],
    )  # fmt: skip
    found = deeper(told, catalogue("en"))
    assert found["per_household"] == (
        "Each household loses most in Alberta: C$1,200 a year (C$1,160 to C$1,250)."
    )
    assert "largest step, +9.0 pp, is that of 4 March 2025" in found["daily"].replace("\u00a0", " ")
    plain = {k: v.replace("\u00a0", " ") for k, v in found.items()}
    assert plain["trade"] == (
        "Canada’s exports fall most to the United States, by C$9.0 bn (8.0 to 12.0), and rise "
        "most to China, by C$2.0 bn (−1.0 to +3.0)."
    )
    assert "bear 25 % (20 to 31 %);" in plain["who_pays"]
    assert plain["sectors"] == (
        "Canada’s production falls most in the sector “Aluminium”, by 50 % (50 to 61 %); it rises "
        "most in “Agriculture, forestry and fishing”, by 3.0 % (−1.0 to +8.0 %)."
    )
    assert "Canada +0.30" in found["settlement"]


def test_nobody_is_said_to_lose_who_gains() -> None:
    rows = [{"region": "ON", "name": "Ontario", "amount": {"value": 5.0, "low": 1.0, "high": 9.0}}]
    assert "per_household" not in deeper(brief(per_household=rows), catalogue("en"))


def test_findings_are_sentences_in_both_languages() -> None:
    for language in LANGUAGES:
        found = deeper(brief(daily=TURNS, settlement=SETTLEMENT), catalogue(language))
        assert found.keys() == {"daily", "settlement"}
        assert all(text.endswith(".") and "{" not in text for text in found.values())
