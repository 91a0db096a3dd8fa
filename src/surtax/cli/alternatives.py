"""The command that sets alternatives side by side."""

from __future__ import annotations

from typing import Annotated

import typer

from surtax.cli.options import Include, Json, Known, day, show, threatened
from surtax.units import pairs


def alternatives(
    goods: Annotated[str, typer.Argument(help="HS code, 8 or 10 digits: 8703.23.01.")],
    origins: Annotated[str, typer.Option("--from", help="Origins: CA,MX,VN.")],
    into: Annotated[str, typer.Option("--into", help="Importing place: US, CA, CN, EU or MX.")],
    value: Annotated[str, typer.Option("--value", help="Customs value, importer's currency.")],
    on: Annotated[
        str | None, typer.Option("--on", help="Days of law: 2025-03-28,2025-04-09.")
    ] = None,
    known: Known = None,
    claim: Annotated[
        str | None, typer.Option("--claim", help="Claims: usmca, or usmca,none for both; a+b.")
    ] = None,
    fact: Annotated[
        list[str] | None, typer.Option("--fact", help="name=value,value …, may be repeated.")
    ] = None,
    cost: Annotated[
        str | None, typer.Option("--cost", help="What leaving the first costs: 2% of the value.")
    ] = None,
    compliance: Annotated[
        str | None, typer.Option("--compliance", help="What claiming costs: 1% of all value.")
    ] = None,
    break_even: Annotated[
        list[str] | None, typer.Option("--break-even", help="A share: us_content.")
    ] = None,
    include: Include = None,
    quantity: Annotated[str | None, typer.Option("--quantity", help="Quantity.")] = None,
    unit: Annotated[str, typer.Option("--unit", help="Unit of the quantity.")] = "",
    json: Json = False,
) -> None:
    """The same goods from other origins, on other days, with other claims or facts.

    Every alternative is held against the first: the difference, the duties that differ, and why.
    """
    from surtax.api import Ledger
    from surtax.units import parse_share
    from surtax.views import alternatives as views

    facts = pairs(fact, "fact", where="--fact", example="us_content=0,0.5")
    answer = Ledger.load().alternatives(
        goods,
        origins=_parts(origins),
        into=into,
        value=value,
        on=[day(part, "--on") or part for part in _parts(on or "")],
        known=day(known, "--known"),
        claims=[() if c == "none" else c.split("+") for c in _parts(claim or "none")],
        facts={name: _parts(text) for name, text in facts.items()},
        cost=parse_share(cost, where="--cost") if cost else 0.0,
        compliance=parse_share(compliance, where="--compliance") if compliance else None,
        break_even=break_even or [],
        quantity=quantity,
        unit=unit,
        threatened=threatened(include),
    )
    if json:
        show(answer)
    else:
        views.alternatives(answer)


def _parts(text: str) -> list[str]:
    """The parts of a list with commas, each once."""
    return list(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
