"""Sweep a scenario over what nobody knows yet: rates, elasticities, contents, closures."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

from surtax.economy.together import cores
from surtax.errors import InputError, ScenarioError
from surtax.ledger import Ledger
from surtax.progress import steps
from surtax.scenario import draws as drawing
from surtax.scenario import engines, platforms, summary
from surtax.scenario.case import Case
from surtax.scenario.quantiles import correlations, quantiles
from surtax.scenario.run import Run, opened
from surtax.scenario.vintage import command_of, vintage
from surtax.units import percent
from surtax.whole import write

MOST = 1_000_000
"""Draws of one sweep."""


def sweep(
    scenario: str,
    *,
    draws: int = 1000,
    seed: int = 0,
    platform: str = "",
    response: str = "",
    threats: bool = True,
    engine: str = "local",
    workers: int = 0,
    address: str = "",
    world: str | None = None,
    answers: Sequence[str] = (),
    out: Path | None = None,
    quiet: bool = True,
    say: Callable[[str], None] | None = None,
) -> dict[str, Any]:
    """A scenario under many draws; the same seed gives the same bytes, whoever does the work.

    Args:
        scenario: its name or file. draws, seed: how many, and of which stream.
        platform: a bundle for that scenario, in place of a response.
        response: of the scenario; that of its choices, or its first, unless given.
        threats: whether threats are carried out, at rates drawn where they are unknown.
        engine: local or dask. workers: how many; one a core unless given. address: of a
            cluster that runs already.
        world: in place of the scenario's.
        answers: other governments whose recorded duties on the opponent's goods count.
        out: a folder to write, and to go on from.
        quiet: no progress bar. say: told of each chunk, in place of a bar.

    Returns:
        What `surtax sweep --json` prints.

    Raises:
        InputError: something asked for cannot be; one sentence.
        SurtaxError: chunks that were lost again and again, or no draw that could be solved.
    """
    command = command_of(
        "sweep", [scenario], sweep, draws=draws, seed=seed, platform=platform, response=response,
        threats=threats, world=world, answers=answers,
    )  # fmt: skip
    law = Ledger.load()
    open_pool = engines.pool(engine, workers or cores(), address)
    run, case, said = planned(
        law, scenario, draws=draws, seed=seed, platform=platform, response=response,
        threats=threats, world=world, answers=answers,
    )  # fmt: skip
    drawn = run.scenario.sweep
    plan = drawing.plan(
        run, case, seed=seed, closures=drawn.closures or run.scenario.closures,
        barriers=drawn.barriers, drawn_from=drawn.elasticities or run.headline.elasticities,
    )  # fmt: skip
    with ExitStack() as stack:
        folder = out or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        _claim(folder, plan)
        bar = stack.enter_context(steps("sweep", total=chunks(draws), quiet=quiet))
        rows = engines.solved(plan, draws, folder, open_pool, say or bar)
        answer = _answer(run, case, plan, rows, said, command)
        if out is not None:
            write(folder / "draws.csv", _csv(rows).encode())
            text = json.dumps(answer, ensure_ascii=False, allow_nan=False, indent=1)
            write(folder / "sweep.json", (text + "\n").encode())
    return answer


def chunks(draws: int) -> int:
    """How many pieces so many draws are solved in."""
    return -(-draws // engines.CHUNK)


def planned(
    law: Ledger,
    scenario: str,
    *,
    draws: int,
    seed: int,
    platform: str,
    response: str,
    threats: bool,
    world: str | None = None,
    answers: Sequence[str] = (),
) -> tuple[Run, Case, list[str]]:
    """What a sweep solves: the scenario, the case, and what that is in plain language.

    Raises:
        InputError: something asked for cannot be; one sentence.
    """
    if not 1 <= draws <= MOST:
        raise InputError(
            f"{draws} draws cannot be swept.", where="--draws", mend=f"Give 1 to {MOST:,}."
        )
    if seed < 0:
        raise InputError("a seed is not negative.", where="--seed", mend="Give 0 or more.")
    if platform and response:
        raise InputError(
            "a platform has a response of its own.", where="--response", mend="Leave one out."
        )
    run = opened(scenario, law, world=world, answers=answers)
    case, said = _case(run, law, platform, response)
    told = "central" if threats and run.threats else ""
    return run, replace(case, threats=told), said


def _case(run: Run, law: Ledger, platform: str, response: str) -> tuple[Case, list[str]]:
    """The case that is swept, and what it is in plain language."""
    if not platform:
        return (
            replace(run.case, response=run.response(response).name) if response else run.case
        ), []
    found, scenario = platforms.load(platform, law)
    if scenario.scenario != run.scenario.scenario:
        raise ScenarioError(
            f"“{found.platform}” is a bundle for {scenario.scenario}, not for "
            f"{run.scenario.scenario}.",
            where="--platform", mend="Take a platform of that scenario.",
        )  # fmt: skip
    answer = run.response(found.response or run.case.response)
    return Case(answer.name, "", found.use, found.cuts), summary.of_platform(
        found, answer, run.scenario.known
    )


def _claim(folder: Path, plan: drawing.Plan) -> None:
    """Make the folder this plan's, or go on in it; one of another plan is refused."""
    mark = folder / "plan.json"
    text = json.dumps({"plan": plan.digest, "seed": plan.seed, "chunk": engines.CHUNK}) + "\n"
    if mark.is_file():
        if mark.read_bytes() != text.encode():
            raise InputError(
                "the folder holds draws of another sweep: another seed, law, world or scenario.",
                where=str(folder), mend="Name another folder, or remove it.",
            )  # fmt: skip
    elif folder.is_dir() and any(folder.iterdir()):
        raise InputError(
            "the folder is not empty and holds no sweep.",
            where=str(folder), mend="Name another folder.",
        )  # fmt: skip
    (folder / "chunks").mkdir(parents=True, exist_ok=True)
    write(mark, text.encode())


def _answer(
    run: Run,
    case: Case,
    plan: drawing.Plan,
    rows: list[dict[str, Any]],
    said: list[str],
    command: str,
) -> dict[str, Any]:
    failed = [row for row in rows if not row["solved"]]
    if len(failed) == len(rows):
        raise ScenarioError(
            f"none of {len(rows)} draws was solved; the first says: {failed[0]['status']}",
            mend="Ask surtax solve for the scenario first.",
        )
    scenario = run.scenario
    return {
        "scenario": scenario.scenario,
        "summary": [*summary.of_run(run, case), *said, *_drawn(run, plan)],
        "response": case.response,
        "threats": bool(case.threats),
        "world": plan.world.name,
        "currency": plan.world.currency,
        "draws": len(rows),
        "converged": len(rows) - len(failed),
        "failed": [{"draw": row["draw"], "status": row["status"]} for row in failed],
        "quantiles": quantiles(rows),
        "correlations": correlations(rows),
        "vintage": vintage(
            run.ledger, scenario, known=scenario.known,
            closure=", ".join(rule.closure for rule in plan.rules),
            elasticities=plan.elasticities, command=command, plan=plan.digest,
        ) | {"seed": plan.seed},
    }  # fmt: skip


def _drawn(run: Run, plan: drawing.Plan) -> list[str]:
    """What is drawn, in plain language."""
    said = [
        f"Drawn: the rate of {name}, triangular between {percent(low, 0)} and {percent(high, 0)} "
        f"around {percent(central, 0)}."
        for name, (low, central, high) in zip(plan.provisions, plan.rates, strict=False)
    ]
    said.append(
        f"Drawn: trade elasticities of the set {plan.elasticities}, each published estimate "
        "normal with its standard error; shares of content, even between their low and high."
    )
    if len(plan.rules) > 1:
        said.append("Drawn: the closure, " + " or ".join(r.closure for r in plan.rules) + ".")
    if len(plan.costs) > 1:
        said.append("Drawn: the set of internal barriers, " + " or ".join(sorted(plan.costs)) + ".")
    return said


def _csv(rows: list[dict[str, Any]]) -> str:
    names: dict[str, None] = {}
    for row in rows:
        names.update(dict.fromkeys(row))
    text = io.StringIO()
    writer = csv.DictWriter(text, list(names), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
