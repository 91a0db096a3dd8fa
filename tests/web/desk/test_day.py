"""A day in the dispute says what the commands say."""

from __future__ import annotations

import time
from datetime import date
from typing import Any

import pytest

import surtax
from surtax.api import Ledger
from surtax.trade.assumptions import assumptions
from surtax.trade.effective import effective
from web.desk.asking import Desk


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Desk(tmp_path_factory.mktemp("desk"))


@pytest.mark.parametrize(
    ("on", "known", "into", "origin"),
    [
        ("2025-03-28", "2025-03-28", "US", "CA"),
        ("2025-04-03", "2025-03-28", "US", "CA"),
        ("2025-04-03", "2026-10-01", "CA", "US"),
        ("2025-09-02", "2025-09-02", "CN", None),
    ],
)
def test_measures_are_those_of_the_command(
    desk: Desk, on: str, known: str, into: str, origin: str | None
) -> None:
    query = {"on": on, "known": known, "into": into} | ({"from": origin} if origin else {})
    told = desk.get("/api/day", params=query).json()
    wanted = Ledger.load().measures(on=on, known=known, into=into, origin=origin)
    assert told["measures"] == wanted
    assert (told["on"], told["known"]) == (on, known)


def test_no_hindsight(desk: Desk) -> None:
    """The reciprocal rates were ordered on 2 April 2025 (Executive Order 14257)."""

    def known(day: str) -> set[str]:
        told = desk.get("/api/day", params={"on": "2025-04-09", "known": day}).json()
        law = [row for row in told["measures"] if row["status"] in ("in_force", "signed")]
        return {row["id"].partition("#")[0] for row in law}

    assert "us/ieepa/reciprocal" not in known("2025-03-28")
    assert "us/ieepa/reciprocal" in known("2025-04-02")


def test_events_lie_around_the_day(desk: Desk) -> None:
    query = {"on": "2025-04-03", "known": "2025-04-03"}
    told = desk.get("/api/day", params=query).json()
    days = [event["date"] for event in told["events"]]
    assert days == sorted(days)
    assert days[0] <= "2025-04-03" <= days[-1]
    assert all(event["known_from"] <= "2025-04-03" for event in told["events"])
    assert told["previous"] < "2025-04-03" < told["next"]
    there = desk.get("/api/day", params=query | {"on": told["next"]}).json()
    assert there["previous"] <= there["on"]
    assert told["next"] in [event["date"] for event in there["events"]]


def whole(desk: Desk, upto: str = "done", **query: str) -> dict[str, Any]:
    """A path when all of it was rated; asked for until it is."""
    for _ in range(600):
        told: dict[str, Any] = desk.get("/api/day/path", params=query).json()
        if told[upto] == told["of"]:
            return told
        time.sleep(0.05)
    raise AssertionError("the path did not come to its end")


@pytest.mark.parametrize("known", ["2025-04-01", "2025-03-05"])
def test_the_path_is_the_effective_rate_of_each_day(desk: Desk, known: str) -> None:
    """Against sums over the unreduced imports, as `surtax etr` makes them."""
    told = whole(desk, on=known, known=known)
    assert [turn["from"] for turn in told["turns"]] == sorted({t["from"] for t in told["turns"]})
    turn = next(t for t in reversed(told["turns"]) if t["from"] <= known)
    wanted = surtax.etr(known, known)
    # 1e-9: sums of some hundred thousand rows in another order.
    assert turn["rate"] == pytest.approx(wanted.rate, rel=1e-9)
    partners = {row["partner"]: row["rate"] for row in wanted.table(["partner"])}
    for code in ("CA", "MX", "CN"):
        assert turn["partners"][code] == pytest.approx(partners[code], rel=1e-9)
    assert sum(turn["authorities"].values()) == pytest.approx(turn["rate"], rel=1e-9)


def test_the_range_is_that_of_the_assumed_shares_at_their_ends(desk: Desk) -> None:
    """Against the unreduced imports with every share low, and with every share high."""
    told = whole(desk, "ranged", on="2025-04-05", known="2025-04-05")
    turn = next(t for t in reversed(told["turns"]) if t["from"] <= "2025-04-05")
    day = date(2025, 4, 5)
    ends = [
        effective(
            Ledger.load().law, day, day, facts={a.fact: getattr(a, end) for a in assumptions()}
        )
        for end in ("low", "high")
    ]
    found = [turn["rate"], *(end.rate for end in ends)]
    assert turn["range"]["low"] == pytest.approx(min(found), rel=1e-9)
    assert turn["range"]["high"] == pytest.approx(max(found), rel=1e-9)
    assert turn["range"]["high"] - turn["range"]["low"] > 1e-4  # vehicles and derivatives
    mexico = [row["rate"] for end in ends for row in end.table(["partner"])
              if row["partner"] == "MX"]  # fmt: skip
    here = [turn["partners"]["MX"], *mexico]
    assert turn["ranges"]["MX"] == pytest.approx({"low": min(here), "high": max(here)}, rel=1e-9)
    before = next(t for t in told["turns"] if t["from"] < "2025-03-01")
    assert before["range"]["low"] == before["range"]["high"] == before["rate"]


def test_the_path_into_canada(desk: Desk) -> None:
    told = whole(desk, on="2025-04-10", known="2025-04-10", into="CA")
    turn = next(t for t in reversed(told["turns"]) if t["from"] <= "2025-04-10")
    wanted = surtax.etr("2025-04-10", "2025-04-10", into="CA")
    assert turn["rate"] == pytest.approx(wanted.rate, rel=1e-9)


def test_partners_add_up(desk: Desk) -> None:
    told = whole(desk, on="2025-04-01", known="2025-04-01")
    assert sum(p["imports"] for p in told["partners"]) == pytest.approx(told["imports"], rel=1e-12)


def test_a_partner_asked_for_is_named(desk: Desk) -> None:
    query = {"known": "2025-04-01", "on": "2025-04-01"}
    assert "IS" not in [p["code"] for p in whole(desk, **query)["partners"]]
    named = whole(desk, **query, **{"from": "IS"})["partners"]
    assert [p["name"] for p in named if p["code"] == "IS"] == ["Iceland"]


def test_no_rate_without_imports(desk: Desk) -> None:
    error = desk.error("GET", "/api/day/path?into=CN")
    assert "no imports into China are embedded" in error["message"]
    assert error["field"] == "into"


def test_ticks_are_days_of_the_record(desk: Desk) -> None:
    told = desk.get("/api/day/ticks").json()
    assert "2025-04-05" in told["on"]
    assert "2025-04-02" in told["known"]
    assert told["rated"] == ["US", "CA"]
