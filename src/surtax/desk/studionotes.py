"""What a reader of the studio's figures must know beside them: what `surtax solve` says of it."""

from __future__ import annotations

from typing import Any

from surtax.economy.closure import closure
from surtax.scenario.choices import LEVELS
from surtax.scenario.run import Run
from surtax.scenario.summary import of_closure


def notes(run: Run) -> list[dict[str, Any]]:
    """Notes on the run's own case.

    Returns:
        note: “ends” or “moves”, of a closure that ends deficits too or lets workers move;
        “carried”, threats carried out, and “assumed”, a rate assumed for one; “idle”, a level of
        threats on a day on which none stands; “silent”, governments that answer with nothing.
        of: the measures, the provision or the places. rate: the assumed one, None of others.
    """
    level = run.case.threats
    made: list[tuple[str, list[str], float | None]] = [
        (note, [], None) for note in of_closure(closure(run.headline.closure))
    ]
    if level and run.threats:
        made.append(("carried", sorted(run.threats), None))
        at = LEVELS.index(level)
        made += [("assumed", [one.provision], one.rates[at]) for one in run.assumed]
    elif level:
        made.append(("idle", [], None))
    silent = [one.importer for one in run.answering if not one.ways]
    if silent:
        made.append(("silent", silent, None))
    return [{"note": note, "of": of, "rate": rate} for note, of, rate in made]
