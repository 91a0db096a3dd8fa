"""Scenarios that cannot be run: one message with the place and the mend, and nothing written."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from surtax.brief.make import make
from surtax.errors import InputError, ScenarioError
from surtax.ledger import Ledger
from surtax.scenario import spec

SPRING = Path(spec.__file__).parent / "scenarios" / "spring-2025.yaml"


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    return Ledger.load()


BROKEN = {
    "unknown closure": ("closure: own-share", "closure: own-shape", "own-share"),
    "unknown elasticities": ("elasticities: [central", "elasticities: [centrl", "central"),
    "unknown measure": ("us/ieepa/fentanyl-mx, us", "us/ieepa/fentanyl-mex, us", "fentanyl-mx"),
    "another's measure": (
        "measures: [ca/surtax/second-list]\n    cover", "measures: [us/s232/autos]\n    cover",
        "not a measure of CA",
    ),
    "unknown provision": ("reciprocal#baseline", "reciprocal#basline", "baseline"),
    "rates out of order": ("low: 0%", "low: 30%", "low ≤ value ≤ high"),
    "not a rate": ("value: 10%", "value: ten", "Write it as 25%"),
    "days out of order": ("before: 2025-01-19", "before: 2026-01-19", "before ≤ on"),
    "not a date": ("on: 2025-03-28", "on: 2025-02-30", ":4"),
    "unknown field": ("player: CAN", "gamer: CAN", "gamer"),
    "twice": ("name: matching", "name: in-force", "twice"),
    "a first response that adds": (
        "    measures: []\n", "    measures: [ca/surtax/second-list]\n", "adds measures",
    ),
    "an answer of which nothing is said on some days": (
        '      - {says: "A new order under subsection 53(2) of the Customs Tariff."}\n', "",
        "days on which nothing is said",
    ),
    "a sentence of no day": ("until: 2025-04-08", "until: 2025-03-26", "is empty"),
    "no response": ("responses:\n", "responses: []\nunused:\n", "unused"),
}  # fmt: skip


@pytest.mark.parametrize("fault", sorted(BROKEN))
def test_broken_files(fault: str, ledger: Ledger, tmp_path: Path) -> None:
    old, new, says = BROKEN[fault]
    text = SPRING.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "spring-2025.yaml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        spec.load(str(path), ledger)
    assert says in str(caught.value)
    assert "spring-2025.yaml" in str(caught.value)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["brief", "spring-2052"], "spring-2025"),
        (["brief", "spring-2025", "--on", "2024-12-01"], "base day"),
        (["brief", "spring-2025", "--known", "yesterday"], "2025-03-28"),
        (["solve", "spring-2025", "--world", "can18x28"], "can17x28"),
        (["solve", "spring-2025", "--closure", "closed"], "closure"),
        (["solve", "spring-2025", "--response", "full-156"], "full-155"),
        (["solve", "spring-2025", "--threats", "huge"], "high"),
        (["solve", "spring-2025", "--contents", ""], "--contents"),
        (["solve", "spring-2025", "-o", "rows.txt"], ".csv"),
        (["solve", "spring-2025", "-o", "nowhere/rows.csv"], "-o: “nowhere/rows.csv” cannot be"),
        (["exposure", "-o", "nowhere/rows.csv"], "-o"),
        (["respond", "spring-2025", "--seed", "-1"], "--seed"),
        (["respond", "spring-2025", "--upper", "inf"], "--upper"),
        (["respond", "spring-2025", "--rate", "nan"], "--rate"),
        (["respond", "spring-2025", "--lower", "0.5", "--upper", "0.2"], "--lower, --upper"),
        (["respond", "spring-2025", "--mode", "nash", "--limit", "1e9"], "--limit: it is no part"),
        (["respond", "spring-2025", "--limit-on", "duty"], "no cap"),
        (
            ["respond", "spring-2025", "--mode", "list", "--limit", "1e9", "--without", "zz"],
            "--without",
        ),
        (["respond", "spring-2025", "--mode", "list", "--limit", "0"], "cap of nothing"),
        (["respond", "spring-2025", "-o", "list"], "--mode list"),
        (["offset", "spring-2025", "--by", "partners", "--towards", "USA"], "no partner"),
        (["offset", "spring-2025", "--by", "partners", "--sectors", "EDU"], "no sector of goods"),
        (["etr", "--by", "country"], "partner"),
        (["etr", "--into", "MX"], "US"),
        (["measures", "--include", "rumoured"], "threatened"),
        (["world", "check", "can17x29"], "can17x28"),
    ],
)
def test_the_command_line_says_it_once(words: list[str], says: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from surtax.cli import main; main()", *words],
        capture_output=True, text=True, check=False, cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stdout == ""
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr.count("surtax: ") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_brief_of_other_sides_is_refused_before_any_work(tmp_path: Path) -> None:
    text = SPRING.read_text("utf-8")
    told = text.replace("scenario: spring-2025", "scenario: other").replace(
        "opponent: USA", "opponent: CHN"
    )
    file = tmp_path / "other.yaml"
    file.write_text(told, "utf-8")
    with pytest.raises(ScenarioError, match="sides are CAN and CHN") as caught:
        make(str(file), tmp_path / "out", quiet=True)
    assert "surtax solve" in str(caught.value)
    assert not (tmp_path / "out").exists()
