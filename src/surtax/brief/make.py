"""Compose a brief: every figure asked from the rooms above, none made here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from surtax import places
from surtax.economy.closure import CLOSURES
from surtax.economy.results import Solution
from surtax.errors import ScenarioError
from surtax.ledger import Ledger
from surtax.ledger.listing import events, measures
from surtax.ledger.query import moments
from surtax.response.recycle import per_worker
from surtax.scenario.run import NO_ANSWER, Case, Run, prepare
from surtax.scenario.spec import load
from surtax.scenario.vintage import vintage
from surtax.trade.assumptions import assumptions
from surtax.trade.flows import CLAIMS_SOURCE
from surtax.trade.effective import BASE, BASE_TITLE, Effective
from surtax.units import amount, exchange_rate
from surtax.world import elasticities
from surtax.world.load import describe
from surtax.world.shock import Point, rates

Say = Callable[[str], None]


def make(
    scenario: str,
    out: Path,
    *,
    on: date | None = None,
    known: date | None = None,
    quiet: bool = False,
) -> dict[str, Any]:
    """Write the brief of a scenario and say what was written.

    Args:
        scenario: its name or file.
        out: the folder to write; an earlier brief there is replaced.
        on: another day for the states of the law.
        known: another day of knowledge.
        quiet: no progress on the terminal.

    Raises:
        InputError: a scenario or day that cannot be run; nothing is written then.
    """
    import msgspec

    from surtax.brief.render import write
    from surtax.progress import steps

    with steps("Brief", quiet=quiet) as say:
        say("reading the law")
        ledger = Ledger.load()
        chosen = load(scenario, ledger)
        if on or known:
            chosen = msgspec.structs.replace(
                chosen,
                on=on or chosen.on,
                known=known or on or chosen.known,
                signed_by=max(chosen.signed_by, on or chosen.on),
            )
            if chosen.before > chosen.on:
                raise ScenarioError(
                    f"{chosen.on} lies before the scenario's base day, {chosen.before}.",
                    where="--on",
                    mend="Choose a later day.",
                )
        content = compose(prepare(chosen, ledger), _command(scenario, on, known), say)
        say("drawing the page")
        written = write(content, out)
    return {
        "page": str(out / "index.html"),
        "files": len(written),
        "vintage": content["vintage"],
    }


def _command(scenario: str, on: date | None, known: date | None) -> str:
    text = f"surtax brief {scenario}"
    return text + (f" --on {on}" if on else "") + (f" --known {known}" if known else "")


def compose(run: Run, command: str, say: Say = lambda _: None) -> dict[str, Any]:
    """The content of ``brief.json``; figures as `surtax duty`, `etr` and `solve` give them."""
    scenario = run.scenario
    say("rating shipments")
    duties = [
        {"title": d.title, **a.to_json()}
        for d, a in zip(scenario.duties, run.answers(), strict=True)
    ]
    say("effective rates")
    etr = _etr(run)
    say("solving the economy")
    regions = _regions(run)
    responses, revenue = _responses(run)
    return {
        "scenario": {
            "name": scenario.scenario,
            "title": scenario.title,
            "question": scenario.question,
            "on": scenario.on.isoformat(),
            "known": scenario.known.isoformat(),
            "before": scenario.before.isoformat(),
            "closure": scenario.closure,
            "closure_text": CLOSURES[scenario.closure].text,
            "world": run.world.name,
            "provisional": run.world.provisional,
        },
        "law": _law(run),
        "timeline": events(moments(run.ledger, since=scenario.before, known=scenario.known)),
        "duties": duties,
        "etr": etr,
        "regions": regions,
        "revenue": revenue,
        "workers": _workers(run),
        "responses": responses,
        "assumptions": _assumptions(run),
        "elasticity_sets": [
            {"name": n, "citation": elasticities.load(n).citation} for n in scenario.elasticities
        ],
        "faults": [*describe(run.world.name).known_faults, *describe(run.world.name).estimated],
        "comparison": [],
        "sources": [
            *dict.fromkeys(run.flows[k].source for k in run.flows),
            *run.world.sources,
        ],
        "coverage": {
            "in": run.ledger.manifest.coverage,
            "out": run.ledger.manifest.missing,
        },
        "status": run.solve(_main(run)).status,
        "vintage": vintage(
            run.ledger,
            known=scenario.known,
            closure=scenario.closure,
            elasticities=run.headline.elasticities,
            command=command,
            python=f"surtax.run({scenario.scenario!r})",
        ),
    }


def _main(run: Run) -> Case:
    """The headline case: the law as signed, and the first response."""
    return Case(run.scenario.responses[0].name)


def _law(run: Run) -> dict[str, list[dict[str, Any]]]:
    rows = measures(run.ledger, on=run.scenario.on, known=run.scenario.known)
    return {
        status: [r for r in rows if r["status"] == status]
        for status in ("in_force", "signed", "threatened")
    }


# effective rates ----------------------------------------------------------------------------


def _states(run: Run) -> list[tuple[str, str, Point]]:
    scenario = run.scenario
    return [
        ("before", "Before the dispute", run.before),
        ("in_force", "In force", run.in_force),
        ("signed", "With what was signed", run.signed),
        ("threatened", "If the threats were carried out", run.threatened("central")),
    ] if scenario.threats.measures else [
        ("before", "Before the dispute", run.before),
        ("in_force", "In force", run.in_force),
        ("signed", "With what was signed", run.signed),
    ]  # fmt: skip


def _etr(run: Run) -> dict[str, Any]:
    flows = run.flows["US"]
    states = [(s, label, p, rates(run.ledger, p, flows)) for s, label, p in _states(run)]
    first = states[0][3]
    mine = first.place == run.scenario.against
    sectors = {s.name: s.title for s in describe(run.world.name).sectors}
    sectors["UNS"] = "Returned and low-value goods, art"
    authorities = {
        **run.ledger.manifest.authorities,
        BASE: BASE_TITLE.format(year=first.year),
    }
    assumed = ", ".join(
        f"{r.provision} at {r.value} ({r.low} to {r.high})" for r in run.scenario.threats.assume
    )
    found = {s: e for s, _, _, e in states}
    everything = np.ones(len(first.place), dtype=bool)
    partners = _largest(first.place, first.imports, 12)
    names = {"EU27": "European Union"}
    return {
        "into": "US",
        "imports": float(first.imports.sum()),
        "currency": first.currency,
        "year": first.year,
        "states": [
            {"state": s, "label": label, "on": p.on.isoformat(), "rate": e.rate,
             "duty": float(e.total.sum())}
            for s, label, p, e in states
        ],
        "by_partner": [
            {"partner": k, "name": names.get(k) or places.place(k).name,
             **_row(found, first.place == k)}
            for k in partners
        ],
        "by_sector": _by_sector(found, first, everything, sectors),
        "canada_by_sector": _by_sector(found, first, mine, sectors),
        "by_authority": [
            {"authority": a, "name": authorities[a], "imports": float(first.imports.sum()),
             **{s: float(e.by_authority[a].sum() / e.imports.sum())
                if a in e.by_authority else 0.0 for s, e in found.items()}}
            for a in dict.fromkeys(a for e in found.values() for a in e.by_authority)
        ],
        "note": f"Threats are counted with an assumption: {assumed}." if assumed else "",
    }  # fmt: skip


def _largest(names: np.ndarray[Any, Any], weight: np.ndarray[Any, Any], top: int) -> list[str]:
    keys, index = np.unique(names, return_inverse=True)
    total = np.bincount(index, weight)
    return [str(keys[i]) for i in np.argsort(-total)[:top]]


def _row(found: dict[str, Effective], mask: np.ndarray[Any, Any]) -> dict[str, float]:
    imports = float(next(iter(found.values())).imports[mask].sum())
    return {
        "imports": imports,
        **{s: float(e.total[mask].sum()) / imports if imports else 0.0 for s, e in found.items()},
    }


def _by_sector(
    found: dict[str, Effective],
    first: Effective,
    mask: np.ndarray[Any, Any],
    titles: dict[str, str],
) -> list[dict[str, Any]]:
    return [
        {"sector": s, "name": titles[s], **_row(found, mask & (first.sector == s))}
        for s in _largest(first.sector[mask], first.imports[mask], 99)
    ]


# the economy --------------------------------------------------------------------------------


def _members(run: Run, name: str) -> list[str]:
    """Regions of a treasury, or the region itself."""
    found = [r for r, t in zip(run.world.regions, run.world.treasuries, strict=True) if t == name]
    return found or [name]


def _threat_cases(run: Run) -> tuple[Case, list[Case]]:
    name = run.scenario.responses[0].name
    return Case(name, "central"), [Case(name, "low"), Case(name, "high")]


def _regions(run: Run) -> list[dict[str, Any]]:
    main = run.solve(_main(run))
    titles = {r.name: r.title for r in describe(run.world.name).regions}
    player = set(_members(run, run.scenario.player))
    rows: list[dict[str, Any]] = []
    for n, row in enumerate(main.regions_table()):
        rows.append(
            {
                **row,
                "name": titles[str(row["region"])],
                "group": "province" if row["region"] in player else "country",
                "real_income": run.range(_main(run), _income(n)),
                **_threatened(run, _income(n)),
            }
        )
    members = _members(run, run.scenario.player)

    def whole(solution: Solution) -> float:
        return solution.group_real_income(members)

    rows.append(
        {
            "region": run.scenario.player,
            "name": "Canada" if run.scenario.player == "CAN" else run.scenario.player,
            "group": "total",
            "real_income": run.range(_main(run), whole),
            **_threatened(run, whole),
        }
    )
    return rows


def _income(n: int) -> Callable[[Solution], float]:
    return lambda solution: float(solution.real_income[n] - 1.0)


def _threatened(run: Run, figure: Callable[[Solution], float]) -> dict[str, Any]:
    if not run.scenario.threats.measures:
        return {}
    middle, ends = _threat_cases(run)
    return {"real_income_threatened": run.range(middle, figure, ends)}


def _responses(run: Run) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    world, scenario = run.world, run.scenario
    members = _members(run, scenario.player)
    index = [world.region(r) for r in members]
    other = _members(run, scenario.opponent)
    titles = {r.name: r.title for r in describe(world.name).regions}
    money = run.flows[scenario.imposer].currency
    workers = float(run.hit[index].sum())

    def of_player(s: Solution) -> float:
        return s.group_real_income(members)

    def of_opponent(s: Solution) -> float:
        return s.group_real_income(other)

    def duty(s: Solution) -> float:
        return float(s.revenue[index].sum() - world.revenue[index].sum())

    def per_head(s: Solution) -> float:
        return (per_worker(duty(s), workers) or 0.0) * 1e9

    none = run.solve(Case(NO_ANSWER))
    responses, revenue = [], []
    for response in scenario.responses:
        case = Case(response.name)
        shock, solution = run.shock(case), run.solve(case)
        own = of_player(none) - of_player(solution)
        theirs = of_opponent(none) - of_opponent(solution)
        base = float(world.income[index].sum())
        their_base = float(world.income[[world.region(r) for r in other]].sum())
        covered = shock.covered[scenario.imposer]
        responses.append(
            {
                "name": response.name,
                "title": response.title,
                "text": response.text,
                "covered": {
                    "value": covered / 1e9,
                    "unit": "C$ bn" if money == "CAD" else f"{money} bn",
                    "what": _which(run, response.name),
                },
                "real_income_canada": run.range(case, of_player),
                "real_income_usa": run.range(case, of_opponent),
                "provinces": [
                    {"region": r, "name": titles[r],
                     "real_income": run.range(case, _income(world.region(r)))}
                    for r in members
                ],
                "revenue": run.range(case, duty),
                "cost_ratio": own * base / (theirs * their_base) if theirs > 0 else None,
                "legality": response.legality,
            }
        )  # fmt: skip
        revenue.append(
            {
                "response": response.name,
                "title": response.title,
                "duty": run.range(case, duty),
                "per_worker_hit": run.range(case, per_head),
                "workers_hit": round(workers),
            }
        )
    return responses, {
        "unit": f"{world.currency} a year, {world.basis}",
        "per_worker_unit": "C$ a year for each worker hit",
        "rows": revenue,
    }


def _which(run: Run, name: str) -> str:
    """Which dollars a response covers, in words."""
    response = run.response(name)
    if not response.measures:
        return "2024 imports on the lists already in force"
    if response.cover == "newly-charged":
        own, theirs = run.newly_charged
        rate, source = exchange_rate("USD", "CAD", run.flows["US"].year)
        return (
            f"the lists in force, and as many dollars as signed US law newly charges of Canada's "
            f"goods: US$ {amount(theirs / 1e9, 1)} bn of 2024 imports, vehicles and the parts that "
            f"claim no preference, C$ {amount(own / 1e9, 1)} bn at {rate} ({source})"
        )
    return "the lists in force and the second list, each item once"


def _workers(run: Run) -> list[dict[str, Any]]:
    titles = {r.name: r.title for r in describe(run.world.name).regions}
    out = []
    for name in _members(run, run.scenario.player):
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


def _assumptions(run: Run) -> list[dict[str, Any]]:
    used = rates(run.ledger, run.signed, run.flows["US"]).assumed
    rows: list[dict[str, Any]] = [
        {
            "name": a.fact,
            "text": run.ledger.facts[a.fact].meaning,
            "value": a.value,
            "low": a.low,
            "high": a.high,
            "unit": run.ledger.facts[a.fact].unit,
            "source": a.source,
        }
        for a in assumptions()
        if a.fact in used
    ]
    for one in run.scenario.threats.assume:
        low, middle, high = one.rates
        rows.append(
            {
                "name": one.provision,
                "text": "rate of a threatened measure whose rate was not known",
                "value": middle,
                "low": low,
                "high": high,
                "unit": "ad valorem rate",
                "source": one.source,
            }
        )
    rows += [
        _said("preference claims", "shares of 2024, line by line, before the dispute made more "
              "importers claim", CLAIMS_SOURCE),
        _said("workers hit", "jobs that rest directly on exports on which a duty is newly "
              "charged; exposure, not jobs lost",
              "embedded world's employment and flows; surtax.response.recycle"),
        _said("recycling", "duties collected by Canada go to provinces in proportion to workers "
              "hit", "scenario"),
        _said("Canada's lists by item", "no public table of imports by tariff item was read; the "
              "split between items is an estimate, the totals are the government's",
              run.flows["CA"].source),
    ]  # fmt: skip
    return rows


def _said(name: str, text: str, source: str) -> dict[str, Any]:
    return {"name": name, "text": text, "value": None, "low": None, "high": None, "unit": "",
            "source": source}  # fmt: skip
