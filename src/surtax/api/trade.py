"""Trade in Python: effective rates, the ladder, exposure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from surtax import places
from surtax.api.law import Day, as_day
from surtax.ledger import listing
from surtax.ledger import load as _ledger
from surtax.progress import steps
from surtax.trade import daily as _daily
from surtax.trade import ladder as _ladder
from surtax.trade.effective import Effective
from surtax.trade.effective import effective as _effective
from surtax.trade.flows import Flows
from surtax.world import exposure_law as _exposure


def etr(
    on: Day,
    known: Day | None = None,
    *,
    into: str = "US",
    threatened: bool = False,
    assume: Mapping[str, float] | None = None,
    claims: str = "2024",
    flows: Flows | None = None,
) -> Effective:
    """Effective tariff rates on a year's imports under the law of a day.

    Args:
        on, known: the days of law and of knowledge.
        into: the importing place.
        threatened: count threats as carried out.
        assume: rates for provisions whose rate is unknown, by provision id.
        claims: the year or month whose USMCA shares to use, or "day" for those of the day.
        flows: imports of a person's own (`surtax.trade.userflows.read_flows`).
    """
    day = as_day(on)
    assert day is not None
    return _effective(
        _ledger.Ledger.load(), day, as_day(known), into=into, threatened=threatened, assume=assume,
        claims=claims, flows=flows,
    )  # fmt: skip


def etr_daily(
    since: Day,
    until: Day | None = None,
    known: Day | None = None,
    *,
    into: str = "US",
    threatened: bool = False,
    assume: Mapping[str, float] | None = None,
    claims: str = "2024",
    flows: Flows | None = None,
    out: Path | None = None,
    quiet: bool = True,
) -> dict[str, Any]:
    """The effective tariff rate of every day of a span, as `surtax etr --daily` prints it.

    Args:
        since, until: the first and the last day; the last is the verified-to date unless given.
        known: the day of knowledge, the same for the whole span.
        into, threatened, assume, claims, flows: as for `etr`.
        out: a .parquet or .csv file for the rows of day, partner and authority.
        quiet: show no progress.
    """
    law = _ledger.Ledger.load()
    first = as_day(since)
    assert first is not None
    if out is not None:
        _daily.check(out)
    with steps("Rating", total=100, quiet=quiet) as say:
        found = _daily.daily(
            law, first, as_day(until), as_day(known), into=into, threatened=threatened,
            assume=assume, claims=claims, flows=flows, say=say,
        )  # fmt: skip
    rows = 0 if out is None else _daily.write(found, out)
    return {
        **_daily.to_json(found),
        **listing.record(law, found.since, found.until, known=found.known),
        "out": None if out is None else str(out),
        "rows": rows,
    }


def ladder(
    on: Day | None = None,
    known: Day | None = None,
    *,
    into: str = "US",
    threatened: bool = False,
    assume: Mapping[str, float] | None = None,
    claims: str = "2024",
    flows: Flows | None = None,
    quiet: bool = True,
) -> dict[str, Any]:
    """Statutory, claimed, applicable and collected rates, as `surtax etr --ladder` prints them.

    Args:
        on: the day of law; the verified-to date unless given.
        known, into, threatened, assume, claims, flows: as for `etr`.
        quiet: show no progress.

    Raises:
        InputError: an importer other than the United States, whose schedule the ledger lacks.
    """
    law = _ledger.Ledger.load()
    day = as_day(on) or law.verified_to
    with steps("Rating", total=3, quiet=quiet) as say:
        told = _ladder.ladder(
            law, day, as_day(known), threatened=threatened, assume=assume, flows=flows,
            claims=claims, into=places.place(into).code, say=say,
        )  # fmt: skip
    return {
        **_ladder.to_json(told),
        **listing.record(law, day, known=told.found.view.known),
        "notes": [] if flows is None else list(flows.notes),
    }


def exposure(
    of: str = "CA",
    market: str | None = None,
    *,
    by: str = "province",
    measures: Sequence[str] = (),
    on: Day | None = None,
    known: Day | None = None,
    threatened: bool = False,
    world: str = "can19x34",
    quiet: bool = True,
) -> dict[str, Any]:
    """What of output and jobs rests on another market, as `surtax exposure` prints it.

    Args:
        of: whose output and jobs. market: the other one; US unless given, CA for US.
        by: province, sector or partner.
        measures: of the market, or folders of them, whose reach is told as well.
        on, known, threatened: the law of the measures.
        world: name or folder.
        quiet: show no progress.

    Raises:
        InputError: a place, way or measure that does not exist.
    """
    with steps("Exposure", total=1, quiet=quiet) as say:
        say(by)
        return _exposure.ask(
            of, market, by, world=world, measures=measures, on=as_day(on), known=as_day(known),
            threatened=threatened,
        )  # fmt: skip
