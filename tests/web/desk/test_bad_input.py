"""Every wrong input gets a status of the 4xx kind and the sentence of the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from surtax.cli import app
from surtax.desk import store
from surtax.errors import SurtaxError
from surtax.ledger.load import Ledger
from web.desk.asking import Desk


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Desk(tmp_path_factory.mktemp("desk"))


@pytest.fixture(autouse=True)
def _one_ledger(monkeypatch: pytest.MonkeyPatch) -> None:
    """The commands read the law that the desk has read."""
    law = store.ledger().law
    monkeypatch.setattr(Ledger, "load", classmethod(lambda cls, folder=None: law))


def said(*words: str) -> str:
    """What the command line prints for these words."""
    with pytest.raises(SurtaxError) as caught:
        app(list(words), standalone_mode=False)
    return str(caught.value)


SHIPMENT = {"goods": "8703.23.01", "from": "CA", "into": "US", "value": "40000"}
OPTIONS = {
    "from": "--from", "into": "--into", "value": "--value", "on": "--on", "known": "--known",
    "quantity": "--quantity", "unit": "--unit",
}  # fmt: skip
WRONG: list[tuple[dict[str, Any], str]] = [
    ({"goods": "8703"}, "goods"),
    ({"goods": "87O3.23.01"}, "goods"),
    ({"goods": "7703.23.01"}, "goods"),
    ({"goods": "870323012"}, "goods"),
    ({"from": "Cnada"}, "from"),
    ({"from": "EU"}, "from"),
    ({"from": "US"}, "from"),
    ({"into": "Atlantis"}, "into"),
    ({"into": "BR"}, "into"),
    ({"value": "-5"}, "value"),
    ({"value": "0"}, "value"),
    ({"value": "many"}, "value"),
    ({"value": "1e400"}, "value"),
    ({"value": "nan"}, "value"),
    ({"on": "2025-02-30"}, "on"),
    ({"on": "yesterday"}, "on"),
    ({"known": "03/04/2025"}, "known"),
    ({"quantity": "ten", "unit": "kg"}, "quantity"),
    ({"claims": ["nafta"]}, "claims"),
    ({"from": "CN", "claims": ["usmca"]}, "claims"),
    ({"facts": {"us_contents": "0.5"}}, "fact"),
    ({"facts": {"us_content": "50"}}, "us_content"),
    ({"facts": {"shipped": "soon"}}, "shipped"),
    ({"on": "2025-04-10", "facts": {"shipped": "2025-05-10"}}, "shipped"),
]


@pytest.mark.parametrize(("wrong", "field"), WRONG)
def test_a_shipment(desk: Desk, wrong: dict[str, Any], field: str) -> None:
    asked = SHIPMENT | wrong
    words = ["duty", str(asked["goods"])]
    for key, option in OPTIONS.items():
        if key in asked:
            words += [option, str(asked[key])]
    for claim in asked.get("claims", []):
        words += ["--claim", claim]
    for name, value in asked.get("facts", {}).items():
        words += ["--fact", f"{name}={value}"]
    error = desk.error("POST", "/api/duty", json=asked)
    assert error["status"] == 422
    assert error["message"] == said(*words)
    assert error["field"] == field


@pytest.mark.parametrize(
    ("query", "words", "field"),
    [
        ("on=2025-13-01", ["--on", "2025-13-01"], "on"),
        ("known=x", ["--known", "x"], "known"),
        ("into=Atlantis", ["--into", "Atlantis"], "into"),
        ("into=BR", ["--into", "BR"], "into"),
        ("from=Atlantis", ["--from", "Atlantis"], "from"),
    ],
)
def test_a_day(desk: Desk, query: str, words: list[str], field: str) -> None:
    error = desk.error("GET", f"/api/day?{query}")
    assert error["status"] == 422
    assert error["message"] == said("measures", *words)
    assert error["field"] == field


def test_a_day_outside_the_record(desk: Desk) -> None:
    error = desk.error("GET", "/api/day?on=2019-01-01")
    assert error["status"] == 422
    assert "lies outside the record" in error["message"]


SEARCHES: list[tuple[dict[str, Any], list[str], str]] = [
    ({"closure": "own-shape"}, ["--closure", "own-shape"], "closure"),
    ({"response": "full-156"}, ["--response", "full-156"], "response"),
    ({"objective": "happiness"}, ["--objective", "happiness"], "objective"),
    ({"least_harm": "much"}, ["--least-harm", "much"], "least_harm"),
    ({"kind": "bargain", "sectors": ["MVT"]}, ["--sectors", "MVT"], "sectors"),
    ({"kind": "list", "limit": "0"}, ["--limit", "0"], "limit"),
    ({"kind": "list", "limit": "1e9", "without": ["zz"]}, ["--limit", "1e9", "--without", "zz"],
     "without"),
    ({"answers": ["JP"]}, ["--answers", "JP"], "answers"),
    ({"answers": ["Atlantis"]}, ["--answers", "Atlantis"], "answers"),
]  # fmt: skip


@pytest.mark.parametrize(("wrong", "options", "field"), SEARCHES)
def test_a_search_is_refused_before_it_becomes_a_job(
    desk: Desk, wrong: dict[str, Any], options: list[str], field: str
) -> None:
    asked = {"kind": "best"} | wrong
    error = desk.error("POST", "/api/jobs", json=asked)
    told = said("respond", "spring-2025", "--mode", asked["kind"], *options)
    assert error["status"] == 422
    assert error["message"] == told
    assert error["field"] == field
    assert desk.get("/api/jobs").json()["jobs"] == []


def test_one_platform_alone(desk: Desk) -> None:
    error = desk.error(
        "POST", "/api/jobs", json={"kind": "platforms", "platforms": ["force-and-pivot"]}
    )
    assert error["message"] == said("compare", "force-and-pivot")
    assert error["field"] == "platforms"


def test_lists_within_lists_without_end(desk: Desk) -> None:
    kind = {"content-type": "application/json"}
    error = desk.error("POST", "/api/studio", content=b"[" * 200_000, headers=kind)
    assert error["status"] == 400
    assert error["message"] == "the body is not JSON. Send one JSON object."


ENTRIES = "goods,origin,value,on\n8703.23.01,CA,100,2025-04-10\n"


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("", []),
        ("a,b\n1,2\n", []),
        (ENTRIES.replace("origin", "land"), []),
        (ENTRIES, ["--column", "value=Nothing"]),
        (ENTRIES, ["--column", "value"]),
        (ENTRIES, ["--known", "x"]),
    ],
)
def test_a_file_of_entries(desk: Desk, tmp_path: Path, text: str, options: list[str]) -> None:
    source = tmp_path / "entries.csv"
    source.write_text(text, encoding="utf-8")
    told = said("rate", str(source), "-o", str(tmp_path / "out.csv"), *options)
    query = [("name", "entries.csv"), ("do", "rate")]
    query += [(k.removeprefix("--"), v) for k, v in zip(options[::2], options[1::2], strict=True)]
    error = desk.error("POST", "/api/entries", params=query, content=text.encode())
    assert error["status"] == 422
    assert error["message"] == told.replace(f"{tmp_path}/", "")
    assert list(desk.folder.rglob("*.csv")) == []


@pytest.mark.parametrize("name", ["entries.xlsx", "", "..", ".csv", "a/b", "x.csv\x00.exe"])
def test_a_name_that_is_no_csv(desk: Desk, name: str) -> None:
    error = desk.error("POST", "/api/entries", params={"name": name}, content=ENTRIES.encode())
    assert error["status"] == 422


@pytest.mark.parametrize("query", ["do=guess", "ground=none", "void=us/nothing"])
def test_a_wish_that_does_not_exist(desk: Desk, query: str) -> None:
    error = desk.error("POST", f"/api/entries?name=a.csv&{query}", content=ENTRIES.encode())
    assert error["status"] == 422
    assert list(desk.folder.rglob("*.csv")) == []
