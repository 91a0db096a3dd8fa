"""The command that asks what the law costs a year's imports: etr."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from surtax.cli.options import Include, Json, Known, On, day, refuse_idle, show, threatened
from surtax.units import pairs

if TYPE_CHECKING:
    from surtax.trade.flows import Flows

_LAW = {"known", "into", "include", "assume", "claims", "flows", "year"}
TABLE = "a table of one day"
LOOKS = {
    TABLE: {*_LAW, "on", "by", "provinces", "exports_of", "top"},
    "--daily": {*_LAW, "every", "since", "until", "out"},
    "--ladder": {*_LAW, "ladder", "on"},
    "--as": {"tracker", "on", "known"},
}
"""The options that each question looks at; --json goes with all."""


def etr(
    context: typer.Context,
    into: Annotated[str, typer.Option("--into", help="Importing place: US or CA.")] = "US",
    on: On = None,
    known: Known = None,
    by: Annotated[
        str, typer.Option("--by", help="partner, sector, chapter, province, authority.")
    ] = "partner",
    include: Include = None,
    assume: Annotated[
        list[str] | None,
        typer.Option("--assume", help="A rate for a provision whose rate is unknown: ID=10%."),
    ] = None,
    claims: Annotated[
        str,
        typer.Option("--claims", help="USMCA shares: 2024, 2025, a month embedded, or “day”."),
    ] = "2024",
    ladder: Annotated[
        bool, typer.Option("--ladder", help="Statutory, claimed, applicable, collected.")
    ] = False,
    tracker: Annotated[
        str | None,
        typer.Option("--as", help="A tracker: its figures beside ours, the gap by term."),
    ] = None,
    flows: Annotated[
        Path | None,
        typer.Option("--flows", help="Imports of your own: Census, StatCan, BACI or Comtrade."),
    ] = None,
    year: Annotated[int | None, typer.Option("--year", help="The year of --flows.")] = None,
    provinces: Annotated[
        Path | None,
        typer.Option("--provinces", help="Your own Statistics Canada table 12-10-0175."),
    ] = None,
    exports_of: Annotated[
        int | None, typer.Option("--exports-of", help="With --by province, the year of exports.")
    ] = None,
    top: Annotated[int, typer.Option("--top", min=1, help="Rows in the table.")] = 25,
    every: Annotated[
        bool, typer.Option("--daily", help="Every day from --since to --until.")
    ] = False,
    since: Annotated[
        str | None, typer.Option("--since", help="With --daily, the first day: 2025-01-01.")
    ] = None,
    until: Annotated[
        str | None,
        typer.Option("--until", help="With --daily, the last day."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", help="With --daily, a .parquet or .csv file."),
    ] = None,
    json: Json = False,
) -> None:
    """Effective tariff rates: duties owed as a share of a year's imports."""
    from surtax.errors import InputError
    from surtax.ledger.rates import rate_of

    given = pairs(
        assume, "assumed rate", where="--assume", example="us/ieepa/reciprocal#baseline=10%"
    )
    rates = {name: rate_of(text) for name, text in given.items()}
    modes = {"--daily": every, "--ladder": ladder, "--as": bool(tracker)}
    chosen = [name for name, is_on in modes.items() if is_on]
    if len(chosen) > 1:
        raise InputError(
            f"{' and '.join(chosen)} are two questions.", where="etr", mend="Ask one of them."
        )
    refuse_idle(context, LOOKS, chosen[0] if chosen else TABLE)
    wants = by.split(",") if by else []
    if "province" not in wants and (provinces or exports_of):
        raise InputError(
            "the provinces' exports split rates by province.", where="--provinces",
            mend="Add --by province.",
        )  # fmt: skip
    if year and not flows:
        raise InputError(
            "the year is that of a file of your own.", where="--year", mend="Give --flows too."
        )
    own = None if flows is None else _own(flows, into, year)
    if tracker:
        _as(tracker, on, known, json)
    elif every:
        _daily(since, until, known, into, include, rates, claims, own, out, json)
    elif ladder:
        _ladder(on, known, into, include, rates, claims, own, json)
    else:
        _rates(on, known, into, include, rates, claims, own, wants, provinces, exports_of, top,
               json)  # fmt: skip


def _own(path: Path, into: str, year: int | None) -> Flows:
    from surtax import places
    from surtax.trade.userflows import read_flows

    return read_flows(path, places.place(into).code, year)


def _rates(
    on: str | None,
    known: str | None,
    into: str,
    include: str | None,
    assume: Mapping[str, float],
    claims: str,
    own: Flows | None,
    wants: list[str],
    provinces: Path | None,
    exports_of: int | None,
    top: int,
    json: bool,
) -> None:
    from surtax import api
    from surtax.views import trade

    answer = api.etr_table(
        day(on, "--on"), day(known, "--known"), by=[k for k in wants if k], into=into,
        threatened=threatened(include), assume=assume, claims=claims, flows=own,
        provinces=provinces, exports_of=exports_of, quiet=json,
    )  # fmt: skip
    if json:
        show(answer)
    else:
        trade.etr(answer, top)


def _daily(
    since: str | None,
    until: str | None,
    known: str | None,
    into: str,
    include: str | None,
    assume: Mapping[str, float],
    claims: str,
    own: Flows | None,
    out: Path | None,
    json: bool,
) -> None:
    from surtax import api
    from surtax.views import trade

    path = api.etr_daily(
        since or "2025-01-01", until, known, into=into, threatened=threatened(include),
        assume=assume, claims=claims, flows=own, out=out, quiet=json,
    )  # fmt: skip
    if json:
        show(path)
    else:
        trade.etr_daily(path)


def _ladder(
    on: str | None,
    known: str | None,
    into: str,
    include: str | None,
    assume: Mapping[str, float],
    claims: str,
    own: Flows | None,
    json: bool,
) -> None:
    from surtax import api
    from surtax.views import trade

    answer = api.ladder(
        on, known, into=into, threatened=threatened(include), assume=assume, claims=claims,
        flows=own, quiet=json,
    )  # fmt: skip
    if json:
        show(answer)
    else:
        trade.ladder(answer)


def _as(tracker: str, on: str | None, known: str | None, json: bool) -> None:
    from surtax import api
    from surtax.views import trade

    asked = day(on, "--on")
    answer = api.etr_beside(tracker, asked, day(known, "--known"), quiet=json)
    if json:
        show(answer)
    elif asked:
        trade.tracker_day(answer)
    else:
        trade.tracker(answer)
