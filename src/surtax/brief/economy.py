"""The economy's part of a brief: regions, responses, revenue and workers, each with its range."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from surtax import places
from surtax.economy.results import Solution
from surtax.response.recycle import per_worker
from surtax.scenario.case import Case
from surtax.scenario.choices import LEVELS, NO_ANSWER
from surtax.scenario.run import Run
from surtax.scenario.spec import Response, sentence_on
from surtax.units import amount
from surtax.words import catalogue
from surtax.world.load import describe
from surtax.world.shock import rates


def main_case(run: Run) -> Case:
    """The headline case: that of the scenario's choices; the first response unless it has any."""
    return run.case


def _threat_cases(run: Run) -> tuple[Case, list[Case]]:
    low, middle, high = (replace(run.case, threats=level) for level in LEVELS)
    return middle, [low, high]


def regions(run: Run) -> list[dict[str, Any]]:
    """A row per region as `surtax solve` gives it, with ranges beside."""
    main = run.solve(main_case(run))
    titles = {r.name: r.title for r in describe(run.world.name).regions}
    player = set(run.members(run.scenario.player))
    rows: list[dict[str, Any]] = []
    for n, row in enumerate(main.regions_table()):
        rows.append(
            {
                **row,
                "name": titles[str(row["region"])],
                "group": "province" if row["region"] in player else "country",
                "real_income_range": run.range(main_case(run), _income(n)),
                **_threatened(run, _income(n)),
            }
        )
    return rows


def total(run: Run) -> dict[str, Any]:
    """The player as a whole: its regions' real income, weighted by benchmark income."""
    members = run.members(run.scenario.player)

    def whole(solution: Solution) -> float:
        return solution.group_real_income(members)

    name = places.place(run.scenario.against).name
    return {
        "region": run.scenario.player,
        "name": name,
        "group": "total",
        "real_income": whole(run.solve(main_case(run))),
        "real_income_range": run.range(main_case(run), whole),
        **_threatened(run, whole),
    }


def _income(n: int) -> Callable[[Solution], float]:
    return lambda solution: float(solution.real_income[n] - 1.0)


def _threatened(run: Run, figure: Callable[[Solution], float]) -> dict[str, Any]:
    if not run.threats:
        return {}
    middle, ends = _threat_cases(run)
    return {"real_income_threatened": run.range(middle, figure, ends)}


def responses(run: Run) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The responses side by side by one yardstick, and the table of their revenue."""
    money = run.flows[run.scenario.imposer].currency
    return [_answer(run, response) for response in run.responses], {
        "unit": f"{run.world.currency} a year, {run.world.basis}",
        "currency": money,
        "per_worker_unit": f"{_sign(money)} a year for each worker hit",
        "rows": [_raised(run, response) for response in run.responses],
    }


def _answer(run: Run, response: Response) -> dict[str, Any]:
    """A response: what it covers, what it costs both sides and the provinces, what it raises."""
    world, scenario = run.world, run.scenario
    members, other = (run.members(s) for s in (scenario.player, scenario.opponent))
    titles = {r.name: r.title for r in describe(world.name).regions}
    money = run.flows[scenario.imposer].currency
    case = replace(run.case, response=response.name)
    plain = replace(run.case, response=run.responses[0].name)
    covered, first = (run.shock(c).covered[scenario.imposer] for c in (case, plain))
    return {
        "name": response.name,
        "title": response.title,
        "text": sentence_on(response.text, scenario.known),
        "covered": {
            "value": covered / 1e9,
            "unit": f"{_sign(money)} bn",
            "currency": money,
            "what": _which(run, response.name),
        },
        "new_covered": {"value": (covered - first) / 1e9, "unit": f"{_sign(money)} bn"},
        "real_income_canada": run.range(case, lambda s: s.group_real_income(members)),
        "real_income_usa": run.range(case, lambda s: s.group_real_income(other)),
        "provinces": [
            {"region": r, "name": titles[r],
             "real_income": run.range(case, _income(world.region(r)))}
            for r in members
        ],
        "revenue": run.range(case, _duty(run)),
        "cost_ratio": _ratio(run, case, members, other),
        "legality": sentence_on(response.legality, scenario.known),
    }  # fmt: skip


def _ratio(run: Run, case: Case, members: list[str], other: list[str]) -> float | None:
    """The loss that an answer adds to the player per unit it adds to the opponent, in money."""
    none, found = run.solve(replace(run.case, response=NO_ANSWER)), run.solve(case)

    def added(group: list[str]) -> float:
        base = float(run.world.income[[run.world.region(r) for r in group]].sum())
        return (none.group_real_income(group) - found.group_real_income(group)) * base

    theirs = added(other)
    return added(members) / theirs if theirs > 0 else None


def _duty(run: Run) -> Callable[[Solution], float]:
    """What the player's duties take more than in the benchmark, in the world's unit."""
    index = [run.world.region(r) for r in run.members(run.scenario.player)]
    before = run.world.revenue[index].sum()
    return lambda solution: float(solution.revenue[index].sum() - before)


def _raised(run: Run, response: Response) -> dict[str, Any]:
    """The duty that a response raises, and what it is for each worker hit."""
    index = [run.world.region(r) for r in run.members(run.scenario.player)]
    workers, duty = float(run.hit[index].sum()), _duty(run)
    case = replace(run.case, response=response.name)

    def per_head(s: Solution) -> float:
        return (per_worker(duty(s), workers) or 0.0) * 1e9

    return {
        "response": response.name,
        "title": response.title,
        "duty": run.range(case, duty),
        "per_worker_hit": run.range(case, per_head),
        "workers_hit": round(workers),
    }


def _which(run: Run, name: str) -> str:
    """Which dollars a response covers, in words."""
    response = run.response(name)
    if not response.measures:
        return "2024 imports on the lists already in force"
    if response.cover == "newly-charged":
        own, theirs = run.newly_charged
        sign = _sign(run.flows[run.scenario.imposer].currency)
        seller = places.place(run.scenario.against).name
        return (
            f"the lists in force, and as many dollars as signed US law newly charges of {seller}'s "
            f"goods and nothing in force charged: US$ {amount(theirs / 1e9, 1)} bn at full customs "
            f"value ({', '.join(_newly(run))}), {sign} {amount(own / 1e9, 1)} bn"
        )
    return "the lists in force and those that the response adds, each item once"


def _sign(currency: str) -> str:
    return catalogue("en").get(f"unit.{currency}", currency)


def _newly(run: Run) -> list[str]:
    """Titles of the measures that signed law adds to what the player's goods are charged."""
    standing = {r.measure for r in rates(run.ledger, run.in_force, run.flows["US"]).rules}
    signed = rates(run.ledger, run.signed, run.flows["US"])
    charged = signed.hit[signed.place == run.scenario.against].sum(axis=0)
    return list(dict.fromkeys(
        rule.title
        for rule, value in zip(signed.rules, charged, strict=True)
        if rule.measure not in standing and value > 0.0
    ))  # fmt: skip


def workers(run: Run) -> list[dict[str, Any]]:
    """Workers hit by region of the player."""
    titles = {r.name: r.title for r in describe(run.world.name).regions}
    out = []
    for name in run.members(run.scenario.player):
        n = run.world.region(name)
        jobs = float(np.nan_to_num(run.jobs.persons[:, n]).sum())
        hit = float(run.hit[n])
        out.append(
            {
                "region": name,
                "name": titles[name],
                "workers_hit": round(hit),
                "share_of_jobs": hit / jobs if jobs else 0.0,
            }
        )
    return out
