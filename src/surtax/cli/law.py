"""Commands that ask the law: measures, timeline, duty."""

from __future__ import annotations

from typing import Annotated

import typer

from surtax.cli.options import From, Include, Into, Json, Known, On, day, show, threatened
from surtax.units import pairs


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

    Threats are always listed, as threats, with --include threatened or without it.
    """
    from surtax.api import Ledger
    from surtax.ledger.listing import record
    from surtax.views import tables

    threatened(include)
    ledger = Ledger.load()
    law = ledger.law
    today, seen = (day(on, "--on") or law.verified_to, day(known, "--known") or law.verified_to)
    answer = {
        "on": today.isoformat(),
        "known": seen.isoformat(),
        **record(law, today, known=seen),
        "measures": ledger.measures(on=today, known=seen, into=into, origin=origin, goods=goods),
    }
    if json:
        show(answer)
    else:
        tables.measures(answer)


def timeline(
    since: Annotated[
        str | None, typer.Option("--since", help="First day; the record's first unless given.")
    ] = None,
    until: Annotated[str | None, typer.Option("--until", help="Last day.")] = None,
    known: Known = None,
    measure: Annotated[
        str | None, typer.Option("--measure", help="A measure, or a folder such as us/ieepa.")
    ] = None,
    kind: Annotated[
        list[str] | None,
        typer.Option("--kind", help="threatened, signed, gazetted, effective, ruling …"),
    ] = None,
    into: Into = None,
    origin: Annotated[
        str | None, typer.Option("--from", "--partner", help="Measures that its goods can meet.")
    ] = None,
    json: Json = False,
) -> None:
    """Statements, talks and changes of the law, as known on a day.

    With --measure, --into or --from, events that name no measure are left out.
    """
    from surtax.api import Ledger
    from surtax.ledger.listing import record
    from surtax.views import tables

    ledger = Ledger.load()
    law = ledger.law
    first, last = day(since, "--since") or law.manifest.complete_from, day(until, "--until")
    seen = day(known, "--known") or law.verified_to
    answer = {
        "since": first.isoformat(),
        "until": last and last.isoformat(),
        "known": seen.isoformat(),
        **record(law, first, *([last] if last else []), known=seen),
        "events": ledger.timeline(
            since=first, until=last, known=seen, measure=measure, kinds=kind or [], into=into,
            origin=origin,
        ),
    }  # fmt: skip
    if json:
        show(answer)
    else:
        tables.timeline(answer)


def duty(
    goods: Annotated[str, typer.Argument(help="HS code, 8 or 10 digits: 8703.23.01.")],
    origin: Annotated[str, typer.Option("--from", help="Country of origin.")],
    into: Annotated[str, typer.Option("--into", help="Importing place: US, CA, CN, EU or MX.")],
    value: Annotated[str, typer.Option("--value", help="Customs value, importer's currency.")],
    on: On = None,
    known: Known = None,
    claim: Annotated[
        list[str] | None, typer.Option("--claim", help="Preference: usmca, korus, …")
    ] = None,
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
    facts = pairs(fact, "fact", where="--fact", example="us_content=0.5")
    answer = ledger.duty(
        goods,
        origin=origin,
        into=into,
        value=value,
        on=day(on, "--on") or ledger.law.verified_to,
        known=day(known, "--known"),
        claims=claim or [],
        facts=facts,
        quantity=quantity,
        unit=unit,
        threatened=threatened(include),
    ).to_json()
    if json:
        show(answer)
    else:
        tables.duty(answer)
