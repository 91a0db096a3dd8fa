"""Compose a brief: every figure asked from the rooms above, none made here."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from surtax.brief import deeper, exchange
from surtax.brief.assumed import assumed
from surtax.brief.beside import beside
from surtax.brief.economy import main_case, regions, responses, total, workers
from surtax.brief.rates import etr
from surtax.brief.reproduce import opened, reproduce
from surtax.brief.settlement import settlement as settled
from surtax.brief.timeline import measure_of
from surtax.economy.closure import CLOSURES
from surtax.errors import ScenarioError
from surtax.ledger import Ledger
from surtax.ledger.listing import events, measures
from surtax.ledger.moments import moments
from surtax.scenario.run import Run, prepare
from surtax.scenario.spec import Scenario, load, on_day
from surtax.scenario.vintage import vintage
from surtax.trade.claims import CLAIMS_SOURCE
from surtax.words import LANGUAGES
from surtax.world import elasticities
from surtax.world.load import describe
from surtax.world.shock import rates

Say = Callable[[str], None]
SIDES = ("CAN", "USA")
"""The player and the opponent of whom a brief tells."""

DEEP = (
    "daily", "published", "horizons", "sectors", "who_pays", "trade", "at_risk", "per_household",
    "per_person", "energy", "platforms", "since", "settlement",
)  # fmt: skip
"""The sections that go deeper, in the order of ``brief.json``."""


def make(
    scenario: str,
    out: Path,
    *,
    on: date | None = None,
    known: date | None = None,
    since: date | None = None,
    settlement: bool = False,
    languages: Sequence[str] = LANGUAGES,
    png: bool = False,
    quiet: bool = False,
) -> dict[str, Any]:
    """Write the brief of a scenario and say what was written.

    Args:
        scenario: its name or file.
        out: the folder to write; an earlier brief there is replaced.
        on: another day for the states of the law.
        known: another day of knowledge.
        since: tell what changed in US law since that day.
        settlement: search for the settlement of both sides too; takes some ten seconds more.
        languages: of the pages, “en”, “fr”; the first is `index.html`.
        png: every picture as PNG too; takes some seconds and needs the `charts` extra.
        quiet: no progress on the terminal.

    Raises:
        InputError: a scenario or day that cannot be run, or sides other than Canada and the United
            States; nothing is written then.
    """
    from surtax.brief import png as pictures
    from surtax.brief.page import compiled, take
    from surtax.brief.render import check, write
    from surtax.progress import steps

    check(out)
    if png:
        pictures.drawer()
    with steps("Brief", quiet=quiet) as say, beside(compiled) as templates:
        say("reading the law")
        ledger = Ledger.load()
        chosen = on_day(load(scenario, ledger), on, known)
        _sides(chosen, scenario)
        command = _command(scenario, on, known, since, settlement=settlement)
        run = prepare(chosen, ledger)
        content = compose(run, command, say, given=scenario, since=since, settlement=settlement)
        say("drawing the page")
        take(templates())
        written = write(content, out, say, languages, with_png=png)
    return {
        "page": str(out / "index.html"),
        "files": len(written),
        "vintage": content["vintage"],
    }


def _sides(chosen: Scenario, given: str) -> None:
    """Refuse sides of which the page has no words, map or flows."""
    if (chosen.player, chosen.opponent) != SIDES:
        raise ScenarioError(
            f"a brief is of Canada and the United States; this scenario's sides are "
            f"{chosen.player} and {chosen.opponent}.",
            where=given,
            mend="Use surtax solve, sweep or respond, which take any sides.",
        )


def _command(
    scenario: str, on: date | None, known: date | None, since: date | None, *, settlement: bool
) -> str:
    said = ["surtax", "brief", scenario]
    for option, day in (("--on", on), ("--known", known), ("--since", since)):
        said += [option, day.isoformat()] if day else []
    return shlex.join([*said, "--settlement"] if settlement else said)


def compose(
    run: Run,
    command: str,
    say: Say = lambda _: None,
    *,
    given: str = "",
    since: date | None = None,
    settlement: bool = False,
) -> dict[str, Any]:
    """The content of ``brief.json``; figures as `surtax duty`, `etr` and `solve` give them.

    Args:
        run: the scenario. command: what writes this brief. say: told of each step.
        given: the scenario's name or file, as it was asked for; its name unless given.
        since, settlement: as of `make`.
    """
    scenario = run.scenario
    say("effective rates")
    rates(run.ledger, run.before, run.flows["US"])
    run.solve(main_case(run))  # what both halves begin with
    with beside(lambda: _answers(run)) as answers:
        rates_of = etr(run)
        say("solving the economy")
        by_region = regions(run)
        parts = _deeper(run, say, given, since=since, settlement=settlement)
        parts |= answers()
    deep = {name: parts[name] for name in DEEP}
    return {
        "scenario": _scenario(run),
        "law": _law(run),
        "timeline": parts["timeline"],
        "duties": parts["duties"],
        "etr": rates_of,
        "regions": by_region,
        "total": total(run),
        "revenue": parts["revenue"],
        **deep,
        "reproduce": reproduce(run, command, deep, given),
        "workers": workers(run),
        "responses": parts["responses"],
        "left_out": deeper.left_out(run),
        "assumptions": assumed(run),
        "elasticity_sets": [
            {"name": one.name, "citation": one.citation, "note": one.note}
            for one in map(elasticities.load, scenario.elasticities)
        ],
        "faults": list(describe(run.world.name).known_faults),
        "estimated": list(describe(run.world.name).estimated),
        "sources_of": _sources_of(run),
        "sources": [
            *dict.fromkeys(table.source for table in run.imports.values()),
            *run.world.sources,
        ],
        "coverage": {
            "in": run.ledger.manifest.coverage,
            "out": run.ledger.manifest.missing,
        },
        "status": run.solve(main_case(run)).status,
        "vintage": vintage(
            run.ledger,
            run.scenario,
            known=scenario.known,
            closure=scenario.closure,
            elasticities=run.headline.elasticities,
            command=command,
            python=f"{opened(run, given)}\nrun.solve(case).regions_table()",
        ),
    }


def _scenario(run: Run) -> dict[str, Any]:
    """What is asked, of which days, in which world."""
    scenario = run.scenario
    return {
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
    }


def _deeper(
    run: Run, say: Say, given: str, *, since: date | None, settlement: bool
) -> dict[str, Any]:
    """The sections that go deeper, by name; but for those of `_answers`."""
    case = main_case(run)
    return {
        "horizons": deeper.horizons(run, case),
        "sectors": exchange.sectors(run, case),
        "who_pays": exchange.who_pays(run, case),
        "trade": exchange.trade(run, case),
        "at_risk": deeper.at_risk(run, case),
        "per_household": deeper.per_household(run, case),
        "per_person": deeper.per_person(run, case),
        "energy": exchange.energy(run, case),
        "since": deeper.since(run, since) if since else None,
        "settlement": settled(run, say, given) if settlement else None,
    }


def _answers(run: Run) -> dict[str, Any]:
    """The other sections, by name: responses and platforms, shipments, and what goes by day."""
    scenario, path = run.scenario, deeper.days(run)
    answers, revenue = responses(run)
    return {
        "timeline": events(moments(run.ledger, since=scenario.before, known=scenario.known)),
        "duties": [
            {"title": d.title, **a.to_json()}
            for d, a in zip(scenario.duties, run.answers(), strict=True)
        ],
        "daily": deeper.turns(path),
        "published": deeper.published(path, run),
        "responses": answers,
        "revenue": revenue,
        "platforms": deeper.platforms(run),
    }


def _sources_of(run: Run) -> dict[str, list[dict[str, Any] | str]]:
    """The sources under each kind of picture: citations, and lines of the catalogue by key."""
    kind = "source.provisional" if run.world.provisional else "source.embedded"
    world = {"say": kind, "world": run.world.name, "title": describe(run.world.name).title}
    flows, ledger = run.flows["US"].source, {"say": "source.ledger"}
    return {
        "law": [{"say": "source.cited"}],
        "rates": [flows, CLAIMS_SOURCE, ledger],
        "economy": [world, {"say": "source.model"}, ledger, flows],
        "workers": [world, {"say": "source.jobs", "year": run.jobs.year}, ledger],
    }


def _law(run: Run) -> dict[str, list[dict[str, Any]]]:
    """Measures by status. What is in force and charges no duty of its own, and the general rates
    that an importer declares, are left out.
    """
    rows = measures(run.ledger, on=run.scenario.on, known=run.scenario.known)
    charging = {
        measure_of(r)
        for r in rows
        if r["kind"] == "duty" and not str(r["rate"]).startswith("declared")
    }
    return {
        status: [r for r in rows if r["status"] == status and measure_of(r) in charging]
        for status in ("in_force", "signed", "threatened")
    }
