"""The duty desk says what the commands say, and asks only what matters."""

from __future__ import annotations

import json
from typing import Any

import pytest

from surtax.cli import app
from surtax.desk import duty, store
from web.desk.asking import Desk


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Desk(tmp_path_factory.mktemp("desk"))


def rated(desk: Desk, **asked: Any) -> dict[str, Any]:
    answer = desk.post("/api/duty", json={"value": "40000", **asked})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


CAR = {"goods": "8703.23.01", "from": "CA", "on": "2025-04-10"}


def test_the_answer_is_that_of_the_command(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    app(
        ["duty", "8703.23.01", "--from", "CA", "--into", "US", "--value", "40000", "--on",
         "2025-04-10", "--claim", "usmca", "--fact", "us_content=0.5", "--json"],
        standalone_mode=False,
    )  # fmt: skip
    wanted = json.loads(capsys.readouterr().out)
    told = rated(desk, **CAR, claims=["usmca"], facts={"us_content": "0.5"})
    assert told["answer"] == wanted


def test_the_car_of_april_2025(desk: Desk) -> None:
    """Proclamation 10908: 25 % on the non-US content of a car that claims USMCA; free of 2.5 %."""
    assert rated(desk, **CAR)["answer"]["total"] == 11000
    assert rated(desk, **CAR, claims=["usmca"])["answer"]["total"] == 10000
    told = rated(desk, **CAR, claims=["usmca"], facts={"us_content": "50%"})
    assert told["answer"]["total"] == 5000


def test_a_fact_is_asked_only_where_it_matters(desk: Desk) -> None:
    plain = rated(desk, **CAR)
    assert plain["asks"] == []
    asked = rated(desk, **CAR, claims=["usmca"])["asks"]
    assert [(one["fact"], one["type"], one["value"]) for one in asked] == [
        ("us_content", "share", None)
    ]
    assert asked[0]["attested"]
    given = rated(desk, **CAR, claims=["usmca"], facts={"us_content": "0.5"})
    assert [(one["fact"], one["value"]) for one in given["asks"]] == [("us_content", "0.5")]
    assert given["answer"]["missing_facts"] == []


def test_what_is_asked_changes_the_answer(desk: Desk) -> None:
    """The low and the high end of the range are reached by values of the facts asked."""
    told = rated(desk, **CAR, claims=["usmca"])["answer"]
    ends = [
        rated(desk, **CAR, claims=["usmca"], facts={"us_content": share})["answer"]["total"]
        for share in ("1", "0")
    ]
    assert [told["low"], told["high"]] == ends


def test_a_quantity_is_asked_in_its_unit(desk: Desk) -> None:
    """HTSUS 2204.21.50: 6.3 cents a litre."""
    wine = {"goods": "2204.21.50", "from": "AU", "on": "2025-01-10"}
    asked = rated(desk, **wine)["asks"]
    assert [one["fact"] for one in asked] == ["quantity"]
    told = rated(desk, **wine, quantity="1000", unit=asked[0]["unit"])
    assert told["answer"]["missing_facts"] == []
    assert told["answer"]["total"] == pytest.approx(63.0)
    assert [one["value"] for one in told["asks"]] == ["1000"]


@pytest.mark.parametrize(("origin", "open_to"), [("CA", ["usmca"]), ("KR", ["korus"]), ("CN", [])])
def test_claims_are_those_open_to_the_origin(desk: Desk, origin: str, open_to: list[str]) -> None:
    told = rated(desk, goods="8703.23.01", on="2025-04-10", **{"from": origin})
    assert [one["claim"] for one in told["claims"]] == open_to


def test_everyday_words_find_their_heading() -> None:
    """Headings of the World Customs Organization's Harmonized System of 2022."""
    wrong = [
        (word, one.heading)
        for one in duty.everyday()
        for word in (*one.words, one.words[0].upper())
        if not duty.lines(word, "US")[0]["code"].replace(".", "").startswith(one.heading)
    ]
    assert wrong == []
    assert duty.lines("PATE DE BOIS", "US")[0]["code"].startswith("4703")  # no accents typed


def test_lines_begin_with_the_digits(desk: Desk) -> None:
    told = desk.get("/api/duty/lines", params={"start": "8703.23"}).json()
    assert ("8703.23.01", "2.5%") in [(row["code"], row["rate"]) for row in told]
    assert desk.get("/api/duty/lines", params={"start": "87"}).json() == []
    assert desk.get("/api/duty/lines", params={"start": "8703.23", "into": "CN"}).json() == []
    assert desk.error("GET", "/api/duty/lines?start=87-03")["status"] == 422


@pytest.mark.parametrize(
    ("words", "heading"),  # headings as the Harmonized System numbers them
    [("motor cars", "8703"), ("car", "8703"), ("beer", "2203"), ("maple sy", "1702"),
     ("crude petroleum", "2709"), ("newsprint", "4801"), ("potash no such word", "")],
)  # fmt: skip
def test_lines_are_found_by_the_words_of_the_schedule(desk: Desk, words: str, heading: str) -> None:
    told = desk.get("/api/duty/lines", params={"start": words}).json()
    assert [row["code"][:4] for row in told[:1]] == [heading][: len(told)]
    assert bool(told) == bool(heading)


def test_side_by_side_is_the_command(desk: Desk) -> None:
    asked = {"goods": "8703.23.01", "origins": ["CA", "JP"], "value": "40000",
             "on": ["2025-04-10", "2025-10-10"], "claims": [["usmca"]]}  # fmt: skip
    told = desk.post("/api/duty/alternatives", json=asked).json()
    wanted = store.ledger().alternatives(
        "8703.23.01", origins=["CA", "JP"], into="US", value="40000",
        on=["2025-04-10", "2025-10-10"], claims=[["usmca"]],
    )  # fmt: skip
    wanted.pop("break_even")
    assert told == json.loads(json.dumps(wanted))
    assert [way["alternative"] for way in told["alternatives"]] == [1, 2, 3, 4]


def test_each_way_is_what_its_shipment_owes(desk: Desk) -> None:
    asked = {"goods": "8703.23.01", "origins": ["CA", "KR", "CN"], "value": "40000",
             "on": ["2025-04-10"], "prefer": True}  # fmt: skip
    told = desk.post("/api/duty/alternatives", json=asked).json()
    for way in told["alternatives"]:
        one = rated(desk, goods="8703.23.01", on=way["on"], claims=way["claims"],
                    **{"from": way["from"]})  # fmt: skip
        assert way["total"] == one["answer"]["total"]
    assert [way["claims"] for way in told["alternatives"]] == [["usmca"], ["korus"], []]


def test_too_many_ways_are_refused(desk: Desk) -> None:
    asked = {"goods": "8703.23.01", "value": "1", "origins": ["CA"] * 13}
    assert desk.error("POST", "/api/duty/alternatives", json=asked)["field"] == "origins"


def test_facts_of_fees_are_asked_apart(desk: Desk) -> None:
    """26 U.S.C. 4461(b): 0.125 % of what comes by sea; nothing is owed of it until that is told."""
    car = {"goods": "8703.23.01", "from": "DE", "on": "2025-03-03"}
    told = rated(desk, **car)
    assert [(one["fact"], one["value"]) for one in told["fee_asks"]] == [("by_sea", None)]
    assert told["asks"] == []
    sailed = rated(desk, **car, facts={"by_sea": "yes"})
    assert [(one["fact"], one["value"]) for one in sailed["fee_asks"]] == [("by_sea", "yes")]
    assert sailed["asks"] == []
    fees = {one["authority"] + one["title"]: one["amount"] for one in sailed["answer"]["fees"]}
    before = {one["authority"] + one["title"]: one["amount"] for one in told["answer"]["fees"]}
    assert {k: v for k, v in fees.items() if k not in before} == {
        "user-feeHarbor maintenance fee": pytest.approx(0.00125 * 40000)
    }
    assert sailed["answer"]["total"] == told["answer"]["total"]


def test_a_fact_is_named_in_words(desk: Desk) -> None:
    told = rated(desk, **CAR, claims=["usmca"], facts={"us_content": "0.5"})["answer"]
    layer = next(one for one in told["layers"] if one["basis"] != "customs value")
    assert layer["basis"] == "customs value less US content"
    assert "US content declared as 0.5; attested by: " in " ".join(layer["because"])
