"""The command line on bad input: exit code 2, one message on stderr, nothing on stdout."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

CAR = ["duty", "8703.23.01", "--from", "CA", "--into", "US", "--value", "40000"]


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from surtax.cli import main; main()", *words],
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def car(**changes: str) -> list[str]:
    words = list(CAR)
    for name, value in changes.items():
        words[1 if name == "code" else words.index(f"--{name}") + 1] = value
    return words


# command, the place that the message names, the mend that it gives
FAULTS: dict[str, tuple[list[str], str, str]] = {
    "four digits": (car(code="8703"), "goods", "eight or ten digits"),
    "a chapter that is not": (car(code="7700.00.00"), "goods", "01 to 97"),
    "too short for a list": (
        ["duty", "7615.10.20", "--from", "TR", "--into", "US", "--value", "1"],
        "goods", "ten-digit",
    ),
    "an unknown origin": (car(**{"from": "Canda"}), "--from", "Nearest: Canada"),
    "a group as origin": (car(**{"from": "EU27"}), "--from", "DE"),
    "home goods": (car(**{"from": "US"}), "--from", "two countries"),
    "an unknown border": (car(into="Untied States"), "--into", "United States"),
    "a border without a ledger": (car(into="BR"), "--into", "CA, CN, EU27"),
    "a decimal comma": (car(value="40000,50"), "--value", "99.95"),
    "a huge value": (car(value="1e30"), "--value", "40000"),
    "an impossible day": ([*CAR, "--on", "2025-02-30"], "--on", "2025-03-28"),
    "a day in words": ([*CAR, "--known", "today"], "--known", "2025-03-28"),
    "an unknown claim": ([*CAR, "--claim", "usmac"], "--claim", "Nearest: usmca"),
    "an unknown fact": ([*CAR, "--fact", "us_contents=1"], "--fact", "Nearest: us_content"),
    "a share over one": ([*CAR, "--fact", "us_content=1.5"], "--fact us_content", "50%"),
    "metals above the whole": (
        [*CAR, "--fact", "steel_content=0.7", "--fact", "copper_content=60%"], "--fact",
        "at most 100 % together",
    ),
    "neither yes nor no": (
        [*CAR, "--fact", "us_smelted_and_cast=maybe"], "--fact us_smelted_and_cast", "yes or no",
    ),
    "a status that is none": ([*CAR, "--include", "threat"], "--include", "Nearest: threatened"),
    "a quantity in another unit": (
        ["duty", "2709.00.20", "--from", "SA", "--into", "US", "--value", "1", "--quantity", "9",
         "--unit", "kg"], "--unit", "bbl",
    ),
    "a player that is not": (["respond", "spring-2025", "--player", "CNA"], "--player", "CAN"),
    "an objective that is not": (
        ["respond", "spring-2025", "--objective", "real-incom"], "--objective", "real-income",
    ),
    "measures from nowhere": (["measures", "--from", "Canda"], "--from", "Nearest: Canada"),
    "measures on no day": (["measures", "--on", "2025-13-01"], "--on", "2025-03-28"),
    "a timeline since never": (["timeline", "--since", "x"], "--since", "2025-03-28"),
    "a timeline of no measure": (
        ["timeline", "--measure", "us/ieepa/fentanyl-cq"], "--measure", "us/ieepa/fentanyl-ca",
    ),
    "a timeline that ends before it begins": (
        ["timeline", "--since", "2025-05-05", "--until", "2025-05-01"], "--since, --until", "empty",
    ),
    "a timeline of no kind": (["timeline", "--kind", "signd"], "--kind", "Nearest: signed"),
    "a record that is not there": (["ledger", "lint", "nowhere"], "nowhere", "measure files"),
    "goods shipped after entry": (
        [*CAR, "--on", "2025-04-10", "--fact", "shipped=2025-04-11"], "--fact shipped",
        "not after the day of entry",
    ),
    "facts of no measure": (
        ["ledger", "facts", "--measure", "us/s23"], "--measure", "us/s232",
    ),
    "a severity that is none": (["ledger", "lint", "--least", "bad"], "--least", "warning"),
    "a reader's day that is none": (["ledger", "lint", "--today", "now"], "--today", "2025-03-28"),
    "a difference from no day": (["ledger", "diff", "x", "2025-03-04"], "BEFORE", "2025-03-28"),
    "a difference to half a point": (
        ["ledger", "diff", "2025-03-03", "2025-03-04@"], "AFTER", "ON@KNOWN",
    ),
    "a difference into nowhere": (
        ["ledger", "diff", "2025-03-03", "2025-03-04", "--into", "IS"], "--into", "US",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def done() -> dict[str, subprocess.CompletedProcess[str]]:
    with ThreadPoolExecutor(2) as pool:  # each is a process of its own
        found = pool.map(lambda fault: run(*FAULTS[fault][0], "--json"), FAULTS)
        return dict(zip(FAULTS, found, strict=True))


@pytest.mark.parametrize("fault", sorted(FAULTS))
def test_one_message(fault: str, done: dict[str, subprocess.CompletedProcess[str]]) -> None:
    _, where, mend = FAULTS[fault]
    end = done[fault]
    assert end.returncode == 2, end.stderr
    assert end.stdout == ""
    assert "Traceback" not in end.stderr
    assert end.stderr.count("\n") == 1, end.stderr
    assert end.stderr.startswith(f"surtax: {where}"), end.stderr
    assert mend in end.stderr, end.stderr


@pytest.mark.parametrize(
    "words",
    [CAR[:-2], [*CAR, "--nope"], ["dutty"], ["duty"]],
    ids=["a missing option", "an unknown option", "an unknown command", "nothing"],
)
def test_words_that_the_command_line_does_not_know(words: list[str]) -> None:
    end = run(*words)
    assert end.returncode == 2
    assert end.stdout == ""
    assert "Traceback" not in end.stderr
    assert end.stderr.startswith(("surtax: ", "Usage: "))


def test_a_good_entry_prints_one_object_and_nothing_else() -> None:
    end = run(*CAR, "--claim", "usmca", "--on", "2025-04-03", "--json")
    assert end.returncode == 0
    assert end.stderr == ""
    assert end.stdout.count("\n") == 1
    answer = json.loads(end.stdout)
    assert {
        "admissible", "total", "fees", "unknown", "rate", "layers", "suppressed", "missing_facts",
        "low", "high",
    } <= set(answer)  # fmt: skip
    assert answer["total"] == 10000
    assert answer["rate"] == 0.25
