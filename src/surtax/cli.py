"""The command line. Every command: ``--json`` prints one object; exit 0 done, 2 bad input."""

from __future__ import annotations

import json as _json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from surtax._version import __version__

app = typer.Typer(
    name="surtax",
    help="Trade disputes: what the law says, what a shipment owes, what it does, what answers it.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
worlds = typer.Typer(help="Embedded worlds: list, show, check.", no_args_is_help=True)
app.add_typer(worlds, name="world")

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
On = Annotated[str | None, typer.Option("--on", help="Day of law, such as 2025-03-28.")]
Known = Annotated[str | None, typer.Option("--known", help="Day of knowledge.")]
Into = Annotated[str | None, typer.Option("--into", help="Importing place.")]
From = Annotated[str | None, typer.Option("--from", help="Place of origin.")]
Include = Annotated[
    str | None,
    typer.Option("--include", help="“threatened”: count threats with a known rate."),
]


def main() -> None:
    """Run the command line; errors of the input are one message and exit code 2."""
    from surtax.errors import SurtaxError

    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        sys.exit(app(standalone_mode=False) or 0)
    except SurtaxError as error:
        print(f"surtax: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except OSError as error:
        print(f"surtax: {error.strerror}: {error.filename or 'the output'}.", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        print("surtax: stopped; nothing was left half written.", file=sys.stderr)
        sys.exit(1)
    except Exception as error:
        if not _usage(error):
            raise
        sys.exit(2)


def _usage(error: Exception) -> bool:
    """Print what the option parser has to say, in one line; False if it was not the parser."""
    if type(error).__name__ == "NoArgsIsHelpError":
        error.show()  # type: ignore[attr-defined]
        return True
    said = getattr(error, "format_message", None)
    if said is None:
        return False
    command = " ".join(["surtax", *sys.argv[1:2]])
    text = " ".join(said().split())
    print(f"surtax: {text} Try {command} --help.", file=sys.stderr)
    return True


def _version(value: bool) -> None:
    if value:
        print(f"surtax {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    _: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print it.")
    ] = False,
) -> None:
    pass


def _print(value: Any) -> None:
    print(_json.dumps(value, ensure_ascii=False, allow_nan=False))


def _day(text: str | None, where: str) -> Any:
    from surtax.units import parse_date

    return None if text is None else parse_date(text, where=where)


def _threatened(include: str | None) -> bool:
    from surtax.errors import unknown

    if include not in (None, "threatened"):
        raise unknown("status", str(include), ["threatened"], where="--include")
    return include == "threatened"


def _pairs(given: list[str] | None, what: str, *, where: str, example: str) -> dict[str, str]:
    """The name=value pairs of an option that may be repeated, each name once."""
    from surtax.errors import InputError

    article = "an" if what[0] in "aeiou" else "a"
    pairs: dict[str, str] = {}
    for pair in given or []:
        name, equals, text = pair.partition("=")
        if not equals:
            raise InputError(
                f"“{pair}” is not {article} {what}.", where=where, mend=f"Write it as {example}."
            )
        if name in pairs:
            raise InputError(
                f"the {what} “{name}” is given twice.", where=where, mend="Keep one of the two."
            )
        pairs[name] = text
    return pairs


@app.command()
def measures(
    into: Into = None,
    origin: From = None,
    goods: Annotated[str | None, typer.Option("--goods", help="HS code.")] = None,
    on: On = None,
    known: Known = None,
    include: Include = None,
    json: Json = False,
) -> None:
    """Measures and their status on a day, as known on a day.

    Threats are always listed, as threats; --include threatened is accepted for the contract.
    """
    from surtax.api import Ledger
    from surtax.views import tables

    _threatened(include)
    ledger = Ledger.load()
    rows = ledger.measures(
        on=_day(on, "--on"), known=_day(known, "--known"), into=into, origin=origin, goods=goods
    )
    day, seen = (
        on or ledger.law.verified_to.isoformat(),
        known or ledger.law.verified_to.isoformat(),
    )
    if json:
        _print({"on": day, "known": seen, "verified_to": ledger.law.verified_to.isoformat(),
                "measures": rows})  # fmt: skip
    else:
        manifest = ledger.law.manifest
        first, last = manifest.complete_from.isoformat(), manifest.verified_to.isoformat()
        tables.measures(rows, day, seen, first, last)


@app.command()
def timeline(
    since: Annotated[str | None, typer.Option("--since", help="First day.")] = None,
    until: Annotated[str | None, typer.Option("--until", help="Last day.")] = None,
    known: Known = None,
    json: Json = False,
) -> None:
    """Statements, talks and changes of the law, as known on a day."""
    from surtax.api import Ledger
    from surtax.views import tables

    ledger = Ledger.load()
    rows = ledger.timeline(
        since=_day(since, "--since"), until=_day(until, "--until"), known=_day(known, "--known")
    )
    if json:
        _print({"known": known or ledger.law.verified_to.isoformat(), "events": rows})
    else:
        tables.timeline(rows)


@app.command()
def duty(
    goods: Annotated[str, typer.Argument(help="HS code, 8 or 10 digits: 8703.23.01.")],
    origin: Annotated[str, typer.Option("--from", help="Country of origin.")],
    into: Annotated[str, typer.Option("--into", help="Importing place: US, CA, CN, EU or MX.")],
    value: Annotated[str, typer.Option("--value", help="Customs value, importer's currency.")],
    on: On = None,
    known: Known = None,
    claim: Annotated[list[str] | None, typer.Option("--claim", help="Preference: usmca.")] = None,
    include: Include = None,
    fact: Annotated[list[str] | None, typer.Option("--fact", help="name=value.")] = None,
    quantity: Annotated[str | None, typer.Option("--quantity", help="Quantity.")] = None,
    unit: Annotated[str, typer.Option("--unit", help="Unit of the quantity.")] = "",
    json: Json = False,
) -> None:
    """What a shipment owes, layer by layer, and why."""
    from surtax.api import Ledger
    from surtax.views import tables

    ledger = Ledger.load()
    facts = _pairs(fact, "fact", where="--fact", example="us_content=0.5")
    answer = ledger.duty(
        goods,
        origin=origin,
        into=into,
        value=value,
        on=_day(on, "--on") or ledger.law.verified_to,
        known=_day(known, "--known"),
        claims=claim or [],
        facts=facts,
        quantity=quantity,
        unit=unit,
        threatened=_threatened(include),
    ).to_json()
    if json:
        _print(answer)
    else:
        tables.duty(answer)


@app.command()
def etr(
    into: Annotated[str, typer.Option("--into", help="Importing place: US or CA.")] = "US",
    on: On = None,
    known: Known = None,
    by: Annotated[
        str, typer.Option("--by", help="partner, sector, chapter, authority.")
    ] = "partner",
    include: Include = None,
    assume: Annotated[
        list[str] | None,
        typer.Option("--assume", help="A rate for a provision whose rate is unknown: ID=10%."),
    ] = None,
    top: Annotated[int, typer.Option("--top", min=1, help="Rows in the table.")] = 25,
    json: Json = False,
) -> None:
    """Effective tariff rates: duties owed as a share of 2024 imports."""
    from surtax import api
    from surtax.ledger import Ledger
    from surtax.ledger.rates import rate_of
    from surtax.views import tables

    day = _day(on, "--on") or Ledger.load().verified_to
    given = _pairs(
        assume, "assumed rate", where="--assume", example="us/ieepa/reciprocal#baseline=10%"
    )
    rates = {name: rate_of(text) for name, text in given.items()}
    found = api.etr(
        day, _day(known, "--known"), into=into, threatened=_threatened(include), assume=rates
    )
    rows = found.table([k for k in by.split(",") if k])
    answer = {
        "into": found.into,
        "on": day.isoformat(),
        "known": found.view.known.isoformat(),
        "verified_to": found.view.ledger.verified_to.isoformat(),
        "stale": found.view.stale,
        "complete_from": found.view.ledger.manifest.complete_from.isoformat(),
        "currency": found.currency,
        "rate": found.rate,
        "imports": float(found.imports.sum()),
        "duty": float(found.total.sum()),
        "rows": rows,
        "unknown": [{"measure": p.id, "citation": p.citation} for p in found.unknown],
        "assumed": found.assumed,
        "year": found.year,
        "source": found.source,
    }
    if json:
        _print(answer)
    else:
        tables.etr(answer, top)


@app.command()
def solve(
    scenario: Annotated[str, typer.Argument(help="Scenario name or file.")],
    world: Annotated[str | None, typer.Option("--world", help="World name or folder.")] = None,
    closure: Annotated[str | None, typer.Option("--closure", help="Closure name.")] = None,
    response: Annotated[str | None, typer.Option("--response", help="A response.")] = None,
    threats: Annotated[
        str, typer.Option("--threats", help="Carry threats out: low, central or high.")
    ] = "",
    elasticities: Annotated[
        str | None, typer.Option("--elasticities", help="Elasticity set.")
    ] = None,
    contents: Annotated[
        str, typer.Option("--contents", help="Assumed content shares: low, central or high.")
    ] = "central",
    json: Json = False,
) -> None:
    """What a scenario does to prices, output, provinces and public money."""
    from surtax import api
    from surtax.errors import unknown
    from surtax.views import tables

    levels = ["low", "central", "high"]
    for level, where in ((threats, "--threats"), (contents, "--contents")):
        if level and level not in levels:
            raise unknown("level", level, levels, where=where)
    answer = api.solve(
        scenario,
        world=world,
        closure=closure,
        response=response,
        threats=threats,
        elasticities=elasticities,
        contents=contents,
    )
    if json:
        _print(answer)
    else:
        tables.solved(answer)


@app.command()
def brief(
    scenario: Annotated[str, typer.Argument(help="Scenario name or file.")] = "spring-2025",
    on: On = None,
    known: Known = None,
    out: Annotated[Path | None, typer.Option("-o", "--out", help="Folder to write.")] = None,
    json: Json = False,
) -> None:
    """Write a briefing: a page, its charts, its tables and its numbers."""
    from surtax.brief.make import make

    written = make(
        scenario,
        out or Path(f"brief-{Path(scenario).stem}"),
        on=_day(on, "--on"),
        known=_day(known, "--known"),
        quiet=json,
    )
    if json:
        _print(written)
    else:
        print(f"Wrote {written['page']}")


@worlds.command("list")
def world_list(json: Json = False) -> None:
    """The embedded worlds."""
    from surtax.views import tables
    from surtax.world import load

    rows = [_world_row(name) for name in load.available()]
    if json:
        _print({"worlds": rows})
    else:
        tables.plain(rows, "Worlds")


def _world_row(name: str) -> dict[str, Any]:
    from surtax.world import load

    manifest = load.describe(name)
    return {
        "name": manifest.name,
        "title": manifest.title,
        "regions": len(manifest.regions),
        "sectors": len(manifest.sectors),
        "currency": manifest.currency,
        "provisional": manifest.provisional,
    }


@worlds.command("show")
def world_show(name: Annotated[str, typer.Argument()], json: Json = False) -> None:
    """A world's regions: output, trade and balance."""
    from surtax.views import tables
    from surtax.world import load

    world = load.load(name)
    rows = [
        {
            "region": region,
            "output": float(world.output[:, n].sum()),
            "value_added": float(world.labour_income[n]),
            "spending": float(world.income[n]),
            "deficit": float(world.deficits[n]),
            "duties": float(world.collected[n]),
        }
        for n, region in enumerate(world.regions)
    ]
    if json:
        _print({**_world_row(name), "basis": world.basis, "rows": rows,
                "sources": list(world.sources), "notes": list(world.notes)})  # fmt: skip
    else:
        tables.plain(rows, f"{world.name}, {world.currency}, {world.basis}")


@worlds.command("check")
def world_check(name: Annotated[str, typer.Argument()], json: Json = False) -> None:
    """What does not balance in a world, and by how much."""
    from surtax.views import tables
    from surtax.world import load
    from surtax.world.check import check

    rows = [
        {"severity": f.severity, "check": f.check, "where": f.where, "size": f.size,
         "message": f.message}
        for f in check(load.load(name))
    ]  # fmt: skip
    if json:
        _print({"world": name, "findings": rows})
    else:
        tables.plain(rows, f"Balance of {name}")
