"""How each figure of a brief is had again: the command, and Python that gives the same rows."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any

from surtax.brief.economy import main_case
from surtax.scenario.run import Run
from surtax.scenario.spec import DutyExample

ROOMS = {
    "workers": "economy.workers(run)",
    "revenue": 'economy.responses(run)[1]["rows"]',
    "responses": "economy.responses(run)[0]",
    "regions": "economy.regions(run)",
    "rates_canada_sectors": 'rates.etr(run)["canada_by_sector"]',
    "rates_states": 'rates.etr(run)["states"]',
    "daily": "deeper.turns(deeper.days(run))",
    "published": "deeper.published(deeper.days(run), run)",
    "horizons": "deeper.horizons(run, case)",
    "sectors": "exchange.sectors(run, case)",
    "who_pays": "exchange.who_pays(run, case)",
    "trade": "exchange.trade(run, case)",
    "at_risk": "deeper.at_risk(run, case)",
    "per_household": "deeper.per_household(run, case)",
    "per_person": "deeper.per_person(run, case)",
    "energy": "exchange.energy(run, case)",
    "platforms": "deeper.platforms(run)",
}
"""What makes the rows of a table, from a scenario that is opened as `opened` says."""


def reproduce(
    run: Run, command: str, told: Mapping[str, Any], given: str = ""
) -> dict[str, dict[str, str]]:
    """By table, the command that prints its figures and the Python that gives its rows.

    Args:
        run: the scenario.
        command: the command of the whole brief; of tables that no other command prints.
        told: the brief, for the days and platforms that it has.
        given: the scenario's name or file, as it was asked for; its name unless given.
    """
    s, first = run.scenario, opened(run, given)
    name = shlex.quote(given or s.scenario)
    days = f"--on {s.on} --known {s.known}"
    whole = "--on" not in command and "--known" not in command
    headline = (
        f"surtax solve {name} --closure {s.closure} --response {main_case(run).response} "
        f"--elasticities {run.headline.elasticities}"
    )
    span = f"--since {s.before} --until {max(s.signed_by, s.on)} --known {s.known}"
    commands = {
        "law": f"surtax measures {days} --include threatened",
        "timeline": f"surtax timeline --since {s.before} --known {s.known}",
        "rates_states": f"surtax etr {days}",
        "rates_partners": f"surtax etr {days} --by partner",
        "rates_sectors": f"surtax etr {days} --by sector",
        "rates_authorities": f"surtax etr {days} --by authority",
        "rates_canada_sectors": f"surtax etr {days} --by partner,sector",
        "daily": f"surtax etr --daily {span}",
    }
    if whole:
        commands |= {
            "regions": headline,
            "horizons": "\n".join(
                f"surtax solve {name} --horizon {h}"
                for h in dict.fromkeys(str(r["horizon"]) for r in told["horizons"])
            ),
            "responses": "\n".join(
                f"surtax solve {name} --response {r.name}" for r in run.responses
            ),
        }
        named = [str(r["name"]) for r in told["platforms"] if r["name"] != "baseline"]
        if named:
            commands["platforms"] = f"surtax compare {' '.join(named)}"
    out = {
        table: {"command": commands.get(table, command), "python": f"{first}\n{rows}"}
        for table, rows in ROOMS.items()
    }
    out |= {
        table: {"command": commands[table], "python": code} for table, code in _law(run).items()
    }
    out["response_provinces"] = out["responses"]
    out["duties"] = {
        "command": "\n".join(_duty_command(d, s.known.isoformat()) for d in s.duties),
        "python": f"{first}\n[one.to_json() for one in run.answers()]",
    }
    if told.get("since"):
        day = told["since"]["day"]
        points = f"{day}@{day}", f"{s.on}@{s.known}"
        out["since"] = {
            "command": f"surtax ledger diff {points[0]} {points[1]}",
            "python": f'import surtax\nsurtax.Ledger.load().diff("{points[0]}", "{points[1]}")',
        }
    if told.get("settlement"):
        asked = told["settlement"]["command"]
        out["settlement"] = {
            "command": asked,
            "python": f"{first}\nfrom surtax.brief import settlement\nsettlement.settlement(run)",
        }
    return out


def opened(run: Run, given: str = "") -> str:
    """Python that opens the scenario, and names its headline case."""
    s = run.scenario
    name = given or s.scenario
    return (
        "import surtax\nfrom surtax.brief import deeper, economy, exchange, rates\n"
        f'run = surtax.run({name!r}, on="{s.on}", known="{s.known}")\n'
        "case = economy.main_case(run)"
    )


def _law(run: Run) -> dict[str, str]:
    """Python of the tables that need no scenario."""
    s = run.scenario
    days = f'"{s.on}", "{s.known}"'
    by = {"rates_partners": "partner", "rates_sectors": "sector", "rates_authorities": "authority"}
    listing = f'import surtax\nsurtax.Ledger.load().measures(on="{s.on}", known="{s.known}")'
    events = f'import surtax\nsurtax.Ledger.load().timeline(since="{s.before}", known="{s.known}")'
    return {"law": listing, "timeline": events} | {
        name: f'import surtax\nsurtax.etr({days}).table(["{key}"])' for name, key in by.items()
    }


def _duty_command(duty: DutyExample, known: str) -> str:
    """The command that rates a shipment."""
    said = ["surtax", "duty", duty.goods, "--from", duty.origin, "--into", duty.into]
    said += ["--value", duty.value, "--on", duty.on.isoformat(), "--known", known]
    said += [part for claim in duty.claims for part in ("--claim", claim)]
    said += [part for name, value in duty.facts.items() for part in ("--fact", f"{name}={value}")]
    said += ["--quantity", duty.quantity, "--unit", duty.unit] if duty.quantity else []
    return shlex.join(said)
