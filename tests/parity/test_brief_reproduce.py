"""What the brief says to run gives back the figures that stand above it."""

from __future__ import annotations

import ast
import json
import shlex
import subprocess
import sys
from typing import Any

import pytest

import surtax
from surtax.brief import tables
from surtax.brief.localise import localise
from surtax.brief.make import compose
from surtax.ledger import Ledger
from surtax.scenario.run import Run, prepare
from surtax.scenario.spec import load
from surtax.words import catalogue

PLACES = {
    "rates_states": ("etr", "states"),
    "rates_canada_sectors": ("etr", "canada_by_sector"),
    "revenue": ("revenue", "rows"),
}
"""Where the rows of a table stand in the brief, unless under its own name."""


@pytest.fixture(scope="module")
def run() -> Run:
    ledger = Ledger.load()
    return prepare(load("spring-2025", ledger), ledger)


@pytest.fixture(scope="module")
def brief(run: Run) -> dict[str, Any]:
    return compose(run, "surtax brief spring-2025")


def value_of(code: str) -> Any:
    """What the last line of Python comes to, after the lines before it."""
    *before, last = ast.parse(code).body
    assert isinstance(last, ast.Expr)
    names: dict[str, Any] = {}
    exec(compile(ast.Module(before, []), "reproduce", "exec"), names)
    return eval(compile(ast.Expression(last.value), "reproduce", "eval"), names)


def printed(command: str) -> dict[str, Any]:
    """A command's JSON, as a shell would run it."""
    name, *words = shlex.split(command)
    assert name == "surtax"
    code = "from surtax.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, *words, "--json"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_every_table_says_how_it_is_had_again(brief: dict[str, Any]) -> None:
    shown = {
        **brief,
        "regions": [{**r, "real_income": r["real_income_range"]} for r in brief["regions"]],
    }
    words = catalogue("en")
    named = tables.every(localise(shown, words), words).keys() - {"assumptions"}
    assert named <= brief["reproduce"].keys()


def test_the_python_gives_the_rows(
    brief: dict[str, Any], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each opens the scenario of the page; what was solved for the page is not solved again."""

    def opened(name: str, *, on: str, known: str) -> Run:
        told = run.scenario
        assert (name, on, known) == (told.scenario, str(told.on), str(told.known))
        return run

    monkeypatch.setattr(surtax, "run", opened, raising=False)
    from surtax.brief.reproduce import ROOMS

    for name in ROOMS:
        where, *within = PLACES.get(name, (name,))
        rows = brief[where]
        for key in within:
            rows = rows[key]
        assert value_of(brief["reproduce"][name]["python"]) == rows, name
    assert [
        {k: d[k] for k in a} for d, a in zip(
            brief["duties"], value_of(brief["reproduce"]["duties"]["python"]), strict=True
        )
    ] == value_of(brief["reproduce"]["duties"]["python"])  # fmt: skip


def test_python_of_the_law_gives_the_rows(brief: dict[str, Any]) -> None:
    told = brief["reproduce"]
    assert value_of(told["timeline"]["python"]) == brief["timeline"]
    listed = value_of(told["law"]["python"])
    assert all(row in listed for rows in brief["law"].values() for row in rows)
    by = {r["partner"]: r["rate"] for r in value_of(told["rates_partners"]["python"])}
    for row in brief["etr"]["by_partner"]:
        # the same sums, cell by cell in another order
        assert row["in_force"] == pytest.approx(by[row["partner"]], rel=1e-12)


def test_python_opens_the_scenario_by_itself(brief: dict[str, Any]) -> None:
    """As a reader would, in a fresh process."""
    code = brief["reproduce"]["energy"]["python"]
    *before, last = code.splitlines()
    script = "\n".join([*before, "import json", f"print(json.dumps({last}))"])
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == brief["energy"]


def test_commands_print_the_figures(brief: dict[str, Any]) -> None:
    brief = json.loads(json.dumps(brief))  # as brief.json has it
    told = brief["reproduce"]
    first = printed(told["duties"]["command"].splitlines()[0])
    assert {k: brief["duties"][0][k] for k in first} == first
    by = {r["partner"]: r["rate"] for r in printed(told["rates_partners"]["command"])["rows"]}
    canada = next(r for r in brief["etr"]["by_partner"] if r["partner"] == "CA")
    assert canada["in_force"] == pytest.approx(by["CA"], rel=1e-12)  # summed in another order
    solved = {r["region"]: r for r in printed(told["regions"]["command"])["regions"]}
    assert {r["region"]: r["real_income"] for r in brief["regions"]} == {
        k: r["real_income"] for k, r in solved.items()
    }
    turns = printed(told["daily"]["command"])["turns"]
    assert [{k: r[k] for k in ("from", "rate")} for r in turns] == brief["daily"]
    compared = {r["name"]: r["real_income"] for r in printed(told["platforms"]["command"])["rows"]}
    assert {r["name"]: r["real_income"] for r in brief["platforms"]} == compared
