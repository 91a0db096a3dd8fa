"""Lint on a small made-up record: clean as it stands; each slip is found at its own line."""

# ruff: noqa: E501 - law files keep a provision on a line
from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from surtax.ledger import Ledger
from surtax.ledger.coverage import coverage
from surtax.ledger.lint import Finding, lint

FILES = {
    "instruments.yaml": """\
order:
  {title: Order, kind: order, issuer: Office, signed: 2025-02-01, url: "https://a.example/1", confidence: H}
change:
  {title: Change, kind: order, issuer: Office, signed: 2025-04-01, url: "https://a.example/2", confidence: M}
speech:
  {title: Speech, kind: statement, issuer: Office, signed: 2025-01-10, url: "https://a.example/3", confidence: L}
""",
    "facts.yaml": """\
glass_content:
  type: share
  unit: share of the value
  meaning: value of the glass
  attested: the importer
  unproven: the full value
""",
    "claims.yaml": "{}\n",
    "events.yaml": "- {date: 2025-01-10, kind: statement, title: The Office speaks, instrument: speech}\n",
    "ledger.yaml": """\
complete_from: 2025-01-01
verified_to: 2025-06-01
not_in_answers: {}
coverage: [lamps]
missing: []
authorities:
  lamp-act: Lamp Act
""",
    "us/lamp-act/lamps.csv": "code\n9405.21\n9405.42\n9405.99.40\n",
    "us/lamp-act/lamps.yaml": """\
measure: us/lamp-act/lamps
title: Lamp duties
imposer: US
authority: lamp-act
annexes:
  lamps: {file: lamps.csv, count: 3, cite: Order annex, source: "as published, 3 lines", confidence: H}
acts:
  - instrument: speech
    status: threatened
    says: The Office said that it would tax lamps.
    resolved: {known: 2025-02-01, instrument: order, how: ordered}
    provisions:
      lamps: {kind: duty, from: 2025-03-01, cite: speech, origins: [ALL], goods: ["@lamps"], rate: unknown}
  - instrument: order
    provisions:
      lamps: {kind: duty, from: 2025-03-01, cite: cl. 1, origins: [ALL], goods: ["@lamps"], rate: 12%}
      bulbs: {kind: duty, from: 2025-03-01, cite: cl. 2, origins: [CA, MX], goods: [8539.31], rate: 5%}
      glass: {kind: basis, from: 2025-03-01, cite: cl. 3, of: [lamps], share: glass_content}
      for-canada: {kind: relief, from: 2025-03-01, cite: cl. 4, of: [bulbs], origins: [CA]}
  - instrument: change
    provisions:
      lamps: {from: 2025-05-01, cite: cl. 1, rate: 8%}
""",
}  # fmt: skip
LAMPS = "us/lamp-act/lamps.yaml"


@dataclass(frozen=True)
class Slip:
    """An edit of the record and the one finding that it must bring."""

    file: str
    old: str
    new: str
    severity: str
    check: str
    says: str
    at: str = ""  # text of the line that the finding points to


SLIPS = {
    "an instrument without address": Slip(
        "instruments.yaml", "https://a.example/2", "", "error", "unsourced", "“change”", "Change"
    ),
    "a count without a word": Slip(
        LAMPS, "as published, 3 lines", "a copy", "note", "counts", "3 rows", "  lamps: {file"
    ),
    "two duties on the same goods": Slip(
        LAMPS, "goods: [8539.31]", "goods: [9405.42.60]", "warning", "overlapping",
        "9405.42.60 of CA from 2025-03-01", "bulbs:",
    ),
    "two acts of one instrument at odds": Slip(
        LAMPS, "lamps: {from: 2025-05-01, cite: cl. 1, rate: 8%}\n",
        "lamps: {from: 2025-05-01, cite: cl. 1, rate: 8%}\n  - instrument: change\n"
        "    provisions:\n      lamps: {from: 2025-05-05, cite: cl. 2, rate: 7%}\n",
        "error", "overlapping", "another rate", "2025-05-05",
    ),
    "words replaced as they were said": Slip(
        LAMPS, "bulbs: {kind: duty, from: 2025-03-01, cite: cl. 2, origins: [CA, MX], "
        "goods: [8539.31], rate: 5%}",
        "bulbs:\n        - {kind: duty, from: 2025-03-01, cite: cl. 2, origins: [CA, MX], "
        "goods: [8539.31], rate: 5%}\n        - {kind: duty, from: 2025-03-01, cite: cl. 2a, "
        "origins: [CA, MX], goods: [8539.31], rate: 5%, state: active}",
        "warning", "unreachable", "known on the same day", "cite: cl. 2,",
    ),
    "words overtaken before their day": Slip(
        LAMPS, "lamps: {from: 2025-05-01, cite: cl. 1, rate: 8%}\n",
        "lamps:\n        - {from: 2025-05-01, cite: cl. 1, rate: 8%}\n      bulbs: {from: "
        "2025-09-01, cite: cl. 5, rate: 3%}\n  - instrument: speech\n    known: 2025-05-02\n"
        "    provisions:\n      bulbs: {from: 2025-09-01, cite: x, rate: 9%}\n",
        "note", "unreachable", "by speech", "cl. 5",
    ),
    "a relief of another origin": Slip(
        LAMPS, "of: [bulbs], origins: [CA]", "of: [bulbs], origins: [DE]", "warning",
        "unreachable", "for-canada", "for-canada",
    ),
    "a basis of what is no duty": Slip(
        LAMPS, "of: [lamps], share", "of: [lamps, for-canada], share", "warning", "unreachable",
        "“for-canada”", "glass:",
    ),
    "a precedence to what it never meets": Slip(
        LAMPS, "      glass:",
        '      order: {kind: precedence, from: 2025-03-01, cite: cl. 6, of: [lamps], '
        'to_measures: ["us/lamp-act/lamps#bulbs"]}\n      glass:',
        "warning", "unreachable", "us/lamp-act/lamps#bulbs", "order: {kind",
    ),
    "a code that is not": Slip(
        "us/lamp-act/lamps.csv", "9405.42", "9405.77", "warning", "dead codes", "9405.77",
        "9405.77",
    ),
    "a code in a provision that is not": Slip(
        LAMPS, "goods: [8539.31]", "goods: [8539.31, 8539.77]", "warning", "dead codes",
        "8539.77", "bulbs:",
    ),
    "a code under another": Slip(
        "us/lamp-act/lamps.csv", "9405.42", "9405.21.60", "note", "dead codes", "9405.21.60"
    ),
    "a threat left open": Slip(
        LAMPS, "    resolved: {known: 2025-02-01, instrument: order, how: ordered}\n", "",
        "warning", "threats", "nothing says how it ended", "- instrument: speech",
    ),
    "a threat resolved before it was made": Slip(
        LAMPS, "known: 2025-02-01, instrument: order", "known: 2025-01-02, instrument: speech",
        "error", "threats", "before it was made", "- instrument: speech",
    ),
    "a threat resolved by what was not public": Slip(
        LAMPS, "known: 2025-02-01, instrument: order", "known: 2025-02-01, instrument: change",
        "error", "threats", "not public", "- instrument: speech",
    ),
    "a threat that nobody made": Slip(
        LAMPS, "    says: The Office said that it would tax lamps.\n", "", "warning", "threats",
        "who said what", "- instrument: speech",
    ),
    "an instrument that nothing cites": Slip(
        "instruments.yaml", "speech:\n",
        'idle:\n  {title: Idle, kind: order, issuer: Office, signed: 2025-01-01, '
        'url: "https://a.example/4", confidence: H}\nspeech:\n',
        "warning", "unused", "instrument “idle”", "idle:",
    ),
    "a fact that nothing asks": Slip(
        LAMPS, "      glass: {kind: basis, from: 2025-03-01, cite: cl. 3, of: [lamps], "
        "share: glass_content}\n", "", "warning", "unused", "fact “glass_content”",
    ),
    "a rate in another money": Slip(
        LAMPS, "goods: [8539.31], rate: 5%", "goods: [8539.31], rate: greater of 5% or 2 CAD/kg",
        "error", "currencies", "in CAD, and goods into US are valued in USD", "bulbs:",
    ),
    "an authority without a measure": Slip(
        "ledger.yaml", "lamp-act: Lamp Act\n", "lamp-act: Lamp Act\n  lantern-act: Lantern Act\n",
        "note", "unused", "lantern-act", "lantern-act",
    ),
    "printed before it was signed": Slip(
        "instruments.yaml", "signed: 2025-04-01,", "signed: 2025-04-01, gazetted: 2025-03-01,",
        "error", "stale", "gazetted before", "gazetted",
    ),
    "known after the record was checked": Slip(
        "ledger.yaml", "verified_to: 2025-06-01", "verified_to: 2025-03-15", "note", "stale",
        "1 instruments", "verified_to",
    ),
}  # fmt: skip


def write(root: Path, slip: Slip | None = None) -> Path:
    for name, text in FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    if slip is not None:
        assert slip.old in FILES[slip.file]
        (root / slip.file).write_text(FILES[slip.file].replace(slip.old, slip.new, 1), "utf-8")
    return root


def test_the_small_record_is_clean(tmp_path: Path) -> None:
    assert lint(Ledger.load(write(tmp_path))) == []


@pytest.mark.parametrize("name", SLIPS)
def test_a_slip_is_found_where_it_stands(tmp_path: Path, name: str) -> None:
    slip = SLIPS[name]
    found = lint(Ledger.load(write(tmp_path, slip)))
    assert [(f.severity, f.check) for f in found if slip.says in f.message] == [
        (slip.severity, slip.check)
    ], found
    assert len(found) == 1, found
    (one,) = found
    file, _, line = one.place.partition(":")
    text = (tmp_path / file).read_text("utf-8").splitlines()
    assert 1 <= int(line) <= len(text)
    assert slip.at in text[int(line) - 1]
    assert one.message[0].islower() or not one.message[0].isalpha()
    assert one.message.endswith(".")
    assert one.mend.endswith(".")


APART = {
    "a precedence": '{kind: precedence, from: 2025-03-01, cite: cl. 6, of: [bulbs], '
    'to_measures: ["us/lamp-act/lamps#lamps"]}',
    "a relief of one": "{kind: relief, from: 2025-03-01, cite: cl. 6, of: [bulbs], "
    "goods: [9405.42]}",
    "complementary bases": "{kind: basis, from: 2025-03-01, cite: cl. 6, of: [bulbs], "
    "less: glass_content}",
}  # fmt: skip


@pytest.mark.parametrize("how", APART)
@pytest.mark.parametrize("late", [False, True], ids=["always", "too late"])
def test_what_keeps_two_duties_apart(tmp_path: Path, how: str, late: bool) -> None:
    said = APART[how].replace("2025-03-01", "2025-04-15") if late else APART[how]
    write(tmp_path)
    path = tmp_path / LAMPS
    text = path.read_text("utf-8").replace("goods: [8539.31]", "goods: [9405.42.60]")
    path.write_text(text.replace("      glass:", f"      apart: {said}\n      glass:"), "utf-8")
    found = [f for f in lint(Ledger.load(tmp_path)) if f.check == "overlapping"]
    assert bool(found) == late, found


def test_a_note_says_that_both_are_owed(tmp_path: Path) -> None:
    write(tmp_path)
    path = tmp_path / LAMPS
    text = path.read_text("utf-8").replace(
        "goods: [8539.31], rate: 5%",
        "goods: [9405.42.60], rate: 5%, note: beside the duty on all lamps",
    )
    path.write_text(text, "utf-8")
    assert lint(Ledger.load(tmp_path)) == []


def test_a_file_that_no_measure_names_is_found(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "us/lamp-act/old.csv").write_text("code\n9405.21\n", "utf-8")
    (one,) = lint(Ledger.load(tmp_path))
    assert (one.check, one.place) == ("unused", "us/lamp-act/old.csv:1")


def test_the_readers_day_is_held_against_the_record(tmp_path: Path) -> None:
    ledger = Ledger.load(write(tmp_path))
    (one,) = lint(ledger, today=date(2025, 6, 11))
    assert (one.severity, one.check, one.place) == ("warning", "stale", "ledger.yaml:2")
    assert "10 days" in one.message
    assert lint(ledger, today=date(2025, 6, 1)) == []


@pytest.fixture(scope="module")
def embedded() -> list[Finding]:
    return lint(Ledger.load())


def test_the_embedded_record_has_no_error(embedded: list[Finding]) -> None:
    assert [f for f in embedded if f.severity == "error"] == []


def test_nothing_in_the_embedded_record_lies_idle(embedded: list[Finding]) -> None:
    idle = [f for f in embedded if f.check == "unused" and f.severity == "warning"]
    assert [f for f in idle if "instrument" in f.message or "fact" in f.message] == []


def test_every_place_exists(embedded: list[Finding]) -> None:
    root = Ledger.load().root
    for one in embedded:
        file, _, line = one.place.partition(":")
        assert int(line) <= len((root / file).read_text("utf-8").splitlines()), one


def test_coverage_counts_what_the_record_holds(tmp_path: Path) -> None:
    (row,) = coverage(Ledger.load(write(tmp_path)))["rows"]
    assert row == {
        "into": "US", "authority": "lamp-act", "title": "Lamp Act", "measures": 1,
        "provisions": 4, "duties": 2, "first": "2025-03-01", "last": None,
        "instruments": {"H": 1, "M": 1, "L": 1},
        "lists": {"H": 1, "M": 0, "L": 0, "rows_promised": 3, "rows_held": 3},
    }  # fmt: skip


def test_coverage_of_the_embedded_record_adds_up() -> None:
    ledger = Ledger.load()
    found = coverage(ledger)
    for key in ("measures", "provisions", "duties"):
        assert sum(row[key] for row in found["rows"]) == found["totals"][key]
    assert found["totals"]["measures"] == len(ledger.measures)
    assert sum(found["totals"]["instruments"].values()) == len(ledger.instruments)
    rows = found["totals"]["lists"]
    assert rows["rows_held"] == rows["rows_promised"] == sum(map(len, ledger.annexes.values()))
    assert found["missing"] == ledger.manifest.missing


def test_a_relief_may_reach_another_measure() -> None:
    from surtax.ledger.schema import speaks_of

    home, other = "us/a/b", "us/s232/steel"
    assert speaks_of(None, home, home, "goods")
    assert speaks_of(["goods"], home, home, "goods")
    assert not speaks_of(["goods"], home, home, "others")
    assert not speaks_of(["goods"], home, other, "goods")
    assert speaks_of(["us/s232"], home, other, "mill")
    assert speaks_of(["us/s232/steel"], home, other, "mill")
    assert not speaks_of(["us/s23"], home, other, "mill")
