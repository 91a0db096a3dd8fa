"""What the commands on the law print: eighty columns, warnings on unchecked days, the story."""

from __future__ import annotations

import itertools
import json
from datetime import date, timedelta
from typing import Any

import pytest
from typer.testing import CliRunner

import surtax
from surtax.cli import app
from surtax.errors import UnitError, UnknownNameError
from surtax.ledger import Ledger
from surtax.ledger.listing import timeline
from surtax.ledger.moments import CHANGES, moments

CAR = ["duty", "8703.23.01", "--from", "CA", "--into", "US", "--value", "40000"]


def ask(*words: str, width: int = 80) -> str:
    done = CliRunner().invoke(app, list(words), env={"COLUMNS": str(width)})
    assert done.exit_code == 0, done.output
    return done.output


def asked(*words: str) -> dict[str, Any]:
    return dict(json.loads(ask(*words, "--json")))


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    return Ledger.load()


IN, BEFORE = "2025-03-28", "2024-12-31"
LAST = Ledger.load().verified_to
AFTER = (LAST + timedelta(days=1)).isoformat()
COMMANDS = {
    "measures": lambda on, known: ["measures", "--on", on, "--known", known],
    "timeline": lambda on, known: ["timeline", "--since", on, "--until", on, "--known", known],
    "duty": lambda on, known: [*CAR, "--on", on, "--known", known],
    "etr": lambda on, known: ["etr", "--into", "CA", "--on", on, "--known", known],
    "diff": lambda on, known: [
        "ledger", "diff", f"{IN}@{IN}", f"{on}@{known}", "--into", "CA",
    ],
}  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    ("on", "known", "stale"),
    [(IN, IN, False), (BEFORE, IN, True), (AFTER, IN, True), (IN, BEFORE, True), (IN, AFTER, True)],
    ids=["inside", "before the record", "after it", "known before it", "known after it"],
)
def test_a_day_outside_the_record_is_said(command: str, on: str, known: str, stale: bool) -> None:
    words = COMMANDS[command](on, known)
    answer = asked(*words)
    assert answer["stale"] is stale
    assert answer["verified_to"] == LAST.isoformat()
    assert answer["complete_from"] == Ledger.load().manifest.complete_from.isoformat()
    assert ("The record is checked from" in " ".join(ask(*words).split())) is stale


@pytest.mark.parametrize(
    "words",
    [
        ["measures", "--into", "US", "--on", "2025-04-02", "--known", "2025-03-28"],
        ["measures", "--from", "CN"],
        ["timeline", "--since", "2025-03-01", "--until", "2025-04-10"],
        [*CAR, "--on", "2025-04-03", "--claim", "usmca"],
        ["ledger", "lint"],
        ["ledger", "coverage"],
        ["ledger", "facts", "--into", "CA"],
        ["ledger", "diff", "2025-03-03@2025-03-03", "2025-04-09@2025-04-09", "--from", "CA"],
    ],
    ids=lambda words: " ".join(words[:2]),
)
def test_tables_fit_eighty_columns(words: list[str]) -> None:
    said = ask(*words)
    assert [line for line in said.splitlines() if len(line) > 80] == []
    narrow = [line for line in said.splitlines() if 0 < len(line.strip()) < 4]
    assert len(narrow) < 5  # no column squeezed to a few letters


@pytest.mark.parametrize(
    ("words", "says"),
    [
        # 8703.23.01 is the United States' number; Canada's is 8703.23.00 (SOR/2025-118, schedule)
        (["8703.23.01.90", "--from", "US", "--into", "CA"], "its lists have 8703.23.00"),
        (["8703.23.00.90", "--from", "US", "--into", "CA"], ""),
        (["9503.00.00", "--from", "VN", "--quantity", "5", "--unit", "kg"], "5 kg changes nothing"),
        (["9503.00.00", "--from", "VN", "--unit", "kg"], "stands without a quantity"),
        # 4.4¢/kg in the schedule
        (["0201.10.05.10", "--from", "AU", "--quantity", "5", "--unit", "kg"], ""),
    ],
)  # fmt: skip
def test_input_that_changes_nothing_is_told(words: list[str], says: str) -> None:
    into = [] if "--into" in words else ["--into", "US"]
    more = [*words, *into, "--value", "1000", "--on", "2025-05-01"]
    hints = asked("duty", *more)["hints"]
    assert len(hints) == bool(says)
    assert says in "".join(hints)
    said = " ".join(ask("duty", *more).split())
    assert ("Note:" in said) is bool(says)


def test_facts_are_listed_with_the_measures_that_ask_for_them(ledger: Ledger) -> None:
    every = asked("ledger", "facts")["facts"]
    assert [one["fact"] for one in every] == sorted(ledger.facts)
    mine = asked("ledger", "facts", "--measure", "us/s232/autos")["facts"]
    assert {"us_content", "duty_offset"} <= {one["fact"] for one in mine}  # Proclamation 10908
    assert all(one["measures"] == ["us/s232/autos"] for one in mine)
    shipped = next(one for one in every if one["fact"] == "shipped")
    assert shipped["by_entry"]
    assert "us/ieepa/reciprocal" in shipped["measures"]  # in transit: EO 14257 s. 3(a)


def test_measures_give_the_instrument_and_its_id(ledger: Ledger) -> None:
    rows = asked("measures", "--on", IN, "--known", IN)["measures"]
    for row in rows:
        assert ledger.instruments[row["instrument_id"]].title == row["instrument"]
        assert row["citation"].startswith(row["instrument"])
    layer = asked(*CAR, "--on", "2025-04-03")["layers"][-1]
    titles = {one.title for one in ledger.instruments.values()}
    assert layer["instrument"] in titles


def test_a_day_goes_from_what_was_said_to_what_took_effect(ledger: Ledger) -> None:
    told = moments(ledger, known=date(2026, 11, 1))
    assert told == sorted(told, key=lambda m: m.day)
    for one, following in itertools.pairwise(told):
        if (one.day, one.measure) == (following.day, following.measure) and one.measure:
            assert CHANGES.index(one.kind) <= CHANGES.index(following.kind)
        if one.day == following.day and not following.measure:
            assert not one.measure  # events beside the measures come first


def test_signed_public_and_printed_are_days_of_their_own(ledger: Ledger) -> None:
    told = moments(ledger, known=date.max)
    days = {(m.measure, m.kind, m.day) for m in told}
    for measure in ledger.measures.values():
        for act, day in ledger.acts(measure):
            source = ledger.instruments[act.instrument]
            if act.known is None:
                assert (measure.measure, act.status, source.signed) in days
            if act.known is None and source.signed < source.public:
                assert (measure.measure, "public", day) in days
            if source.gazetted:
                assert (measure.measure, "gazetted", source.gazetted) in days
    assert all(m.day <= m.known or m.kind in ("effective", "threatened", "proposed")
               for m in told if m.measure)  # fmt: skip


def test_filters_keep_what_they_name(ledger: Ledger) -> None:
    late = date(2026, 11, 1)
    every = timeline(ledger, known=late)
    one = timeline(ledger, known=late, measure="us/ieepa/fentanyl-ca")
    assert one == [row for row in every if row["measure"] == "us/ieepa/fentanyl-ca"]
    folder = timeline(ledger, known=late, measure="us/ieepa/")
    assert {r["measure"].rpartition("/")[0] for r in folder} == {"us/ieepa"}
    kinds = timeline(ledger, known=late, kinds=["ruling", "effective"])
    assert kinds == [row for row in every if row["kind"] in ("ruling", "effective")]
    canada = timeline(ledger, known=late, into="CA")
    assert {ledger.measures[r["measure"]].imposer for r in canada} == {"CA"}
    from_mexico = {r["measure"] for r in timeline(ledger, known=late, into="US", origin="MX")}
    assert "us/ieepa/fentanyl-mx" in from_mexico
    assert not from_mexico & {"us/ieepa/fentanyl-ca", "us/s301/china", "us/ieepa/brazil"}
    provisions = {r["provision"] for r in timeline(ledger, known=late, origin="JP")
                  if r["measure"] == "us/ieepa/reciprocal"}  # fmt: skip
    assert {"all-in", "country-rates"} <= provisions
    assert not provisions & {"china", "border", "aligned-eu"}


@pytest.mark.parametrize(
    ("given", "where", "mend"),
    [
        ({"measure": "us/ieepa/fentanil-ca"}, "--measure", "us/ieepa/fentanyl-ca"),
        ({"kinds": ["efective"]}, "--kind", "effective"),
        ({"into": "IS"}, "--into", "US"),
        ({"into": "Untied States"}, "--into", "United States"),
        ({"origin": "Canda"}, "--from", "Canada"),
    ],
)
def test_a_filter_that_names_nothing(
    ledger: Ledger, given: dict[str, Any], where: str, mend: str
) -> None:
    with pytest.raises(UnknownNameError) as caught:
        timeline(ledger, **given)
    assert caught.value.where == where
    assert mend in caught.value.mend


def test_lint_says_what_it_counted_and_strict_ends_with_two() -> None:
    answer = asked("ledger", "lint")
    assert answer["counts"]["error"] == 0
    assert sum(answer["counts"].values()) == len(answer["findings"])
    fewer = asked("ledger", "lint", "--least", "warning")
    assert {f["severity"] for f in fewer["findings"]} <= {"error", "warning"}
    assert ask("ledger", "lint", "--strict").strip().endswith(f"Verified to {LAST}.")


def test_strict_lint_of_a_record_with_an_error(tmp_path: Any) -> None:
    import shutil

    from surtax.ledger.load import LAW

    folder = shutil.copytree(LAW, tmp_path / "law")
    path = folder / "instruments.yaml"
    text = path.read_text("utf-8")
    path.write_text(text.replace("https://www.whitehouse.gov", "", 1), "utf-8")
    for words, code in ((["--strict"], 2), ([], 0)):
        done = CliRunner().invoke(app, ["ledger", "lint", str(folder), *words])
        assert done.exit_code == code
        assert "error: unsourced" in done.output


@pytest.mark.parametrize(
    ("origin", "on", "provision", "rate"),
    [
        # 90 FR 46136, annex: 15 % in all for the European Union from 1 August 2025
        ("DE", "2025-10-05", "us/s232/autos#vehicles", "all-in 15%"),
        # the general words of Proclamation 10908, clause 1
        ("VN", "2025-10-05", "us/s232/autos#vehicles", "25%"),
        # Executive Order 14326, annex I
        ("VN", "2025-10-05", "us/ieepa/reciprocal#country-rates", "20%"),
        ("EU", "2025-10-05", "us/s232/autos#vehicles", "all-in 15%"),
    ],
)
def test_a_provision_is_listed_at_the_rate_of_the_origin_asked(
    ledger: Ledger, origin: str, on: str, provision: str, rate: str
) -> None:
    rows = asked("measures", "--into", "US", "--from", origin, "--on", on)["measures"]
    assert {r["rate"] for r in rows if r["id"] == provision and r["from"] <= on} == {rate}
    everywhere = asked("measures", "--into", "US", "--on", on)["measures"]
    told = next(r for r in everywhere if r["id"] == provision and r["from"] <= on)
    place = "DE" if origin == "EU" else origin
    assert told["rates"].get(place, told["rate"]) == rate


def test_facts_may_be_what_python_has_for_them() -> None:
    """Yes or no as True or False, a share as a number, a day as a date: the same as their text."""
    law = surtax.Ledger.load()
    asked = {"origin": "CN", "into": "US", "value": 500, "on": "2025-05-05"}

    def owed(facts: dict[str, object]) -> Any:
        return law.duty("9503.00.00", facts=facts, **asked).total

    assert owed({"low_value": True}) == owed({"low_value": "yes"})
    assert owed({"low_value": False}) == owed({"low_value": "no"})
    day = date(2025, 4, 1)
    assert owed({"shipped": day}) == owed({"shipped": day.isoformat()})
    assert owed({"us_content": 0.5}) == owed({"us_content": "50%"})
    for wrong in ({"low_value": 0.5}, {"us_content": True}, {"shipped": None}):
        with pytest.raises(UnitError, match="--fact"):
            owed(wrong)
