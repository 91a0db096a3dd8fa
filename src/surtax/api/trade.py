"""Trade in Python: effective rates, the ladder, exposure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from surtax import places
from surtax.api.law import Day, as_day
from surtax.duty.layers import unrated_row
from surtax.ledger import listing
from surtax.ledger import load as _ledger
from surtax.progress import steps
from surtax.trade import attribution, trackers
from surtax.trade import daily as _daily
from surtax.trade import ladder as _ladder
from surtax.trade.effective import Effective, embedded_flows
from surtax.trade.effective import effective as _effective
from surtax.trade.flows import Flows
from surtax.trade.numbers import matched
from surtax.trade.provinces import by_province, load_provinces
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


def etr_table(
    on: Day | None = None,
    known: Day | None = None,
    *,
    by: Sequence[str] = ("partner",),
    into: str = "US",
    threatened: bool = False,
    assume: Mapping[str, float] | None = None,
    claims: str = "2024",
    flows: Flows | None = None,
    provinces: Path | None = None,
    exports_of: int | None = None,
    quiet: bool = True,
) -> dict[str, Any]:
    """Effective tariff rates with the rows of a table, as `surtax etr` prints them.

    Args:
        on: the day of law; the verified-to date unless given.
        known, into, threatened, assume, claims, flows: as for `etr`.
        by: one or more of partner, sector, chapter, authority and province.
        provinces: with province, a person's own Statistics Canada table 12-10-0175.
        exports_of: with province, the year of exports. quiet: show no progress.

    Returns:
        The total, its `rows`, and with province `of_canada`: what the provinces' rows add up to,
        None without.

    Raises:
        UnknownNameError: no imports into that place. InputError: a way to split that is none.
    """
    day = as_day(on) or _ledger.Ledger.load().verified_to
    sold = load_provinces(provinces, exports_of) if "province" in by else None
    with steps("Rating", total=1, quiet=quiet) as say:
        say(day.isoformat())
        found = etr(
            day, known, into=into, threatened=threatened, assume=assume, claims=claims, flows=flows
        )
    match = matched(embedded_flows(into) if flows is None else flows, day)
    notes = [] if flows is None else list(flows.notes)
    return {
        "into": found.into,
        "on": day.isoformat(),
        "known": found.view.known.isoformat(),
        **listing.record(found.view.ledger, day, known=found.view.known),
        "currency": found.currency,
        "rate": found.rate,
        "imports": float(found.imports.sum()),
        "barred": float(found.barred.sum()),
        "duty": float(found.total.sum()),
        "of_canada": found.of("CA") if sold else None,
        "rows": by_province(found, sold, list(by)) if sold else found.table(list(by)),
        "unknown": [unrated_row(p) for p in found.unknown],
        "assumed": found.assumed,
        "claims": claims if found.into == "US" else None,
        "matched": match.share,
        "unmatched": match.unmatched,
        "statistical": match.statistical,
        "renumbered": match.renumbered,
        "notes": [*notes, *(sold.notes if sold else [])],
        "year": found.year,
        "source": "; ".join([found.source, *([sold.source] if sold else [])]),
    }


def etr_beside(
    tracker: str, on: Day | None = None, known: Day | None = None, *, quiet: bool = True
) -> dict[str, Any]:
    """A tracker's figures beside ours, the gap by term, as `surtax etr --as` prints them.

    Args:
        tracker: its name. on: one day; every day of which it has a figure unless given.
        known: the day of knowledge. quiet: show no progress.

    Raises:
        UnknownNameError: no such tracker.
    """
    law, seen, asked = _ledger.Ledger.load(), as_day(known), as_day(on)
    published = trackers.figures(tracker)
    days = [asked] if asked else [f.on for f in published]
    total = len(days) * (2 + len(trackers.terms(tracker)))
    with steps(f"Comparing with {tracker}", total=total, quiet=quiet) as say:
        found = [attribution.attribute(law, tracker, d, seen, say=say) for d in days]
    who = trackers.trackers()[tracker]
    return {
        "tracker": tracker,
        "title": who.title,
        "measure": who.measure,
        "source": who.source,
        "known": (seen or law.verified_to).isoformat(),
        "rows": [attribution.to_json(one) for one in found],
    }


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
