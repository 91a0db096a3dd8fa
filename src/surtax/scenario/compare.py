"""Compare platforms, or saved answers: one table, one baseline, one vintage."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from surtax.economy.results import Solution
from surtax.errors import DataError, InputError, ScenarioError
from surtax.ledger import Ledger
from surtax.progress import steps
from surtax.response.kept import Keep, afresh
from surtax.scenario import platforms, spec, summary
from surtax.scenario.case import Case, spanned
from surtax.scenario.choices import check_level
from surtax.scenario.money import account
from surtax.scenario.platforms import Platform
from surtax.scenario.run import Run, prepare
from surtax.scenario.vintage import command_of, vintage

PARTS = ("model", "ledger", "data", "scenario", "known", "closure", "elasticities")
"""Parts of a vintage that must be one wherever figures stand side by side."""


KEPT = ("scenario", "world", "currency", "closure", "elasticities", "contents", "response",
        "threats", "regions", "vintage")  # fmt: skip
"""What an answer that was kept must hold."""


def compare(
    names: Sequence[str],
    *,
    threats: str = "",
    closure: str | None = None,
    world: str | None = None,
    ranges: bool = True,
    answers: Sequence[str] = (),
    run: Run | None = None,
    quiet: bool = True,
    say: Callable[[str], None] | None = None,
    keep: Keep = afresh,
) -> dict[str, Any]:
    """Platforms side by side, or answers of `surtax solve --json` that were kept.

    Args:
        names: two or more platforms by name or file, or two or more .json files.
        threats: low, central or high for the assumed rates; as the scenario's choices say, or
            none, unless given.
        closure, world: in place of the scenario's, for all of them alike.
        ranges: whether every set of assumptions is tried. quiet: no progress bar.
        answers: other governments whose recorded duties on the opponent's goods count.
        run: the platforms' scenario, prepared; in place of loading it, with its own world.

    Raises:
        UnknownNameError: a platform that does not exist.
        InputError: fewer than two, one twice, saved answers mixed with platforms.
        ScenarioError: platforms of different scenarios, answers of different vintages.
    """
    _several(names)
    if threats:
        check_level(threats, "--threats")
    kept = [name for name in names if name.endswith(".json")]
    if kept and len(kept) < len(names):
        raise InputError(
            "saved answers and platforms cannot stand in one table.",
            mend="Name platforms only, or .json files only.",
        )
    asked = {"--answers": answers, "--closure": closure, "--threats": threats, "--world": world}
    for option in (name for name, given in asked.items() if kept and given):
        raise InputError(
            "saved answers hold what they were solved under.", where=option,
            mend=f"Solve them again with {option}.",
        )  # fmt: skip
    if kept:
        return _saved(kept)
    command = command_of(
        "compare", names, compare, threats=threats, closure=closure, world=world, ranges=ranges,
        answers=answers,
    )  # fmt: skip
    law = run.ledger if run else Ledger.load()
    found, scenario = paired(names, law)
    run = run or prepare(scenario, law, world=world, closure=closure, answers=answers)
    base = replace(run.case, threats=threats or run.case.threats)
    with steps("compare", total=len(found) + 1, quiet=quiet or say is not None) as bar:
        tell = say or bar
        tell("the baseline")
        rows = [keep("baseline", partial(_row, run, "baseline", base, base, ranges))]
        for one in found:
            tell(one.platform)
            answer = run.response(one.response or base.response)
            case = Case(answer.name, base.threats, one.use, one.cuts)
            row = partial(_row, run, one.platform, case, base, ranges)
            rows.append(keep(one.platform, row) | _told(one, answer, run.scenario.known))
    return {
        "scenario": scenario.scenario,
        "baseline": f"response {base.response}",
        "summary": summary.of_run(run, base),
        "threats": base.threats or None,
        "world": run.world.name,
        "currency": run.world.currency,
        "closure": run.headline.closure,
        "elasticities": run.headline.elasticities,
        "sets": len(run.variants) if ranges else 1,
        "rows": rows,
        "vintage": vintage(
            law, run.scenario, known=run.scenario.known, closure=run.headline.closure,
            elasticities=run.headline.elasticities, command=command,
        ),
    }  # fmt: skip


def paired(names: Sequence[str], law: Ledger) -> tuple[list[Platform], spec.Scenario]:
    """Platforms by name or file, and the one scenario they are bundles for.

    Raises:
        InputError: fewer than two, or one twice.
        ScenarioError: platforms of different scenarios.
    """
    _several(names)
    found = [platforms.load(name, law) for name in names]
    first, scenario = found[0]
    for one, other in found[1:]:
        if other != scenario:
            raise ScenarioError(
                f"“{one.platform}” is a bundle for {other.scenario}, “{first.platform}” for "
                f"{scenario.scenario}: their baselines differ.",
                mend="Compare platforms of one scenario.",
            )
    return [one for one, _ in found], scenario


def _several(names: Sequence[str]) -> None:
    if len(names) < 2:
        raise InputError("one thing alone cannot be compared.", mend="Name two or more.")
    if len(set(names)) < len(names):
        twice = next(n for n in names if list(names).count(n) > 1)
        raise InputError(f"“{twice}” stands twice.", mend="Name each once.")


def _told(one: Platform, answer: spec.Response, known: date) -> dict[str, Any]:
    return {
        "title": one.title,
        "summary": summary.of_platform(one, answer, known),
        "statements": [
            {"speaker": s.speaker, "said_on": s.said_on.isoformat(), "says": s.says,
             "citation": s.citation}
            for s in one.statements
        ],
    }  # fmt: skip


def _row(run: Run, name: str, case: Case, base: Case, ranges: bool) -> dict[str, Any]:
    """One platform: changes as fractions of the benchmark, gains over the baseline."""
    own, other = (run.members(n) for n in (run.scenario.player, run.scenario.opponent))
    chosen = run.variants if ranges else [run.headline]

    def spread(members: Sequence[str]) -> dict[str, float]:
        def of(s: Solution) -> float:
            return s.group_real_income(members)

        value = [of(run.solve(case, v)) for v in chosen]
        gain = [x - of(run.solve(base, v)) for x, v in zip(value, chosen, strict=True)]
        return {
            **spanned(value),
            "gain": gain[0], "gain_low": min(gain), "gain_high": max(gain),
        }  # fmt: skip

    covered = run.shock(case).covered[run.scenario.imposer]
    return {
        "name": name,
        "title": run.response(case.response).title,
        "response": case.response,
        "real_income": spread(own),
        "opponent": spread(other),
        "regions": [{"region": r, **spread([r])} for r in own],
        "covered": covered,
        "covered_currency": run.flows[run.scenario.imposer].currency,
        "revenue": account(run, case),
        "summary": [],
        "statements": [],
    }


def _saved(paths: Sequence[str]) -> dict[str, Any]:
    """Saved answers of `surtax solve --json` side by side."""
    answers = [_read(Path(path)) for path in paths]
    first = answers[0]
    for path, one in zip(paths[1:], answers[1:], strict=True):
        for part in PARTS:
            if one["vintage"].get(part) != first["vintage"].get(part):
                raise ScenarioError(
                    f"its {part} is not that of {paths[0]}: the two are of different vintages.",
                    where=path,
                    mend="Solve both again with one version, one law and one set of assumptions.",
                )
        named = [[row["region"] for row in answer["regions"]] for answer in (first, one)]
        if named[0] != named[1]:
            raise DataError("its regions are others.", where=path,
                            mend=f"Solve it on the world of {paths[0]}.")  # fmt: skip
        for part in ("world", "currency", "contents"):
            if one.get(part) != first.get(part):
                raise ScenarioError(
                    f"its {part} is {one.get(part)}, that of {paths[0]} {first.get(part)}.",
                    where=path, mend="Solve both on one world with one set of assumptions.",
                )  # fmt: skip
    return {
        "scenario": first["scenario"],
        "baseline": "the benchmark",
        "world": first["world"],
        "currency": first["currency"],
        "closure": first["closure"],
        "elasticities": first["elasticities"],
        "rows": [
            {"name": Path(path).stem, "response": one["response"], "threats": one["threats"],
             "regions": one["regions"]}
            for path, one in zip(paths, answers, strict=True)
        ],
        "vintage": {k: first["vintage"].get(k) for k in PARTS},
    }  # fmt: skip


def _read(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise DataError("there is no such file.", where=str(path), mend="Check the path.")
    try:
        found = json.loads(path.read_text("utf-8"))
    except ValueError:  # no JSON, or no text
        found = None
    if not (
        isinstance(found, dict)
        and set(KEPT) <= set(found)
        and isinstance(found["vintage"], dict)
        and isinstance(found["regions"], list)
        and all(isinstance(row, dict) and "region" in row for row in found["regions"])
    ):
        raise DataError(
            "this is no answer of surtax solve.",
            where=str(path), mend="Keep one: surtax solve SCENARIO --json > FILE.json.",
        )  # fmt: skip
    return found
