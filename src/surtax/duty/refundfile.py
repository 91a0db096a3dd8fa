"""Refunds of a file of entries: its lines, its totals, and the files that portals take."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import polars as pl

from surtax.duty.claims import UNNUMBERED, UNSOURCED, Written, numbers, with_file, write_claims
from surtax.duty.entries.run import Report
from surtax.duty.entries.runner import Job
from surtax.duty.filing import Question, Sums, ask, counted, money
from surtax.duty.refund import PART, Claim, Refunder
from surtax.ledger.load import Ledger
from surtax.ledger.refunds import refunds
from surtax.places import CURRENCIES

AMOUNTS = ("refund", "unpaid")
TAB = "\t"


def refund_file(
    ledger: Ledger, job: Job, claim: Claim, *, fresh: bool = False, report: Report | None = None
) -> dict[str, Any]:
    """What comes back of a file of entries.

    Args:
        ledger: the law.
        job: the file, and where its lines go.
        claim: what is taken away.
        fresh, report: as for `surtax.duty.filing.ask`.

    Returns:
        The contract's keys, ``lines, refundable, by_month, not_eligible``, and more: see
        `summary`; ``files`` written, ``claimed`` (entries in claim files), ``misfits``, and
        ``no_file``: the routes that no file was written for, with the reason.
    """
    routes = with_file(refunds(ledger))
    refunder = Refunder(ledger, claim)
    written: dict[str, Written] = {}

    def last(kept: Any) -> None:
        for name, route in routes.items():
            written[name] = write_claims(job.out, route, kept(name))

    question = Question(
        name="refund",
        plan={**asdict(claim), "known": claim.known.isoformat()},
        lines=refunder.lines,
        sums=lambda _, lines: sums(lines),
        money=lambda name: name in AMOUNTS or name.startswith(PART),
        keep=lambda lines: {name: numbers(lines, route) for name, route in routes.items()},
        last=last,
    )
    asked = ask(ledger, job, question, fresh=fresh, report=report)
    answer = summary(ledger, claim, asked.sums) | asked.common
    out = job.out
    files = [f for one in written.values() for f in one.files]
    titles = {route.title for name, route in routes.items() if written[name].files}
    sourced = {route.title for route in routes.values()}
    used = dict.fromkeys(row["route"] for row in answer["routes"])
    return answer | {
        "files": [str(out), *files],
        "claimed": sum(one.entries for one in written.values()),
        "misfits": [m for one in written.values() for m in one.misfits],
        "no_file": {
            title: UNNUMBERED if title in sourced else UNSOURCED
            for title in used
            if title not in titles
        },
    }


def sums(lines: pl.DataFrame) -> Sums:
    """The sums of one block; what `summary` reads.

    Args:
        lines: what `Refunder.lines` returned.
    """
    back, held = lines.filter("eligible"), lines.filter(~pl.col("eligible"))
    more = held.with_columns(pl.col("refund").clip(lower_bound=0))
    refund, each = pl.col("refund").sum(), pl.len().cast(pl.Int64)
    way = pl.concat_str("route", pl.col("deadline").cast(pl.String).fill_null(""), separator=TAB)
    parts = [name for name in lines.columns if name.startswith(PART)]
    return {
        "count": {
            "lines": lines.height,
            "eligible": back.height,
            "refund": int(back["refund"].sum()),
            "held": int(more["refund"].sum()),
            "unpaid": int(back["unpaid"].sum()),
            "stale": int(lines["stale"].sum() or 0),
        },
        "month": counted(back, pl.col("on").dt.strftime("%Y-%m"), refund),
        "measure": {name.removeprefix(PART): int(back[name].sum()) for name in parts},
        "reason": counted(held, pl.col("reason"), each),
        "reason held": counted(more, pl.col("reason"), refund),
        "way": counted(back, way, each),
        "way refund": counted(back, way, refund),
    }


def summary(ledger: Ledger, claim: Claim, told: Sums) -> dict[str, Any]:
    """The totals; amounts are numbers in the importer's currency.

    Returns:
        into, currency, known, void, elsewhere, ground, citation: the claim. lines, eligible.
        refundable: what comes back. not_refundable: what would, of lines that are not eligible.
        by_month (of entry), by_measure (of the eligible lines; less than nothing for what comes
        in place of another), unpaid: what by_measure holds beyond refundable, since it was not
        paid; less than nothing where more was paid. elsewhere: duties left to other grounds.
        not_eligible: lines by reason; not_eligible_amounts: what they would get. routes: with
        deadline, lines and amount.
    """
    rule = refunds(ledger).grounds[claim.ground] if claim.ground else None
    count = told["count"]
    reasons = sorted(told["reason"].items(), key=lambda one: (-one[1], one[0]))
    ways = sorted(told["way"], key=lambda one: (one.endswith(TAB), one.split(TAB)[::-1]))
    return {
        "into": claim.into,
        "currency": CURRENCIES[claim.into],
        "known": claim.known.isoformat(),
        "void": list(claim.measures),
        "elsewhere": list(claim.elsewhere),
        "ground": claim.ground,
        "citation": rule and ledger.cite(rule.instrument, rule.cite),
        "lines": count["lines"],
        "eligible": count["eligible"],
        "refundable": money(count["refund"]),
        "not_refundable": money(count["held"]),
        "by_month": {month: money(n) for month, n in sorted(told["month"].items())},
        "by_measure": {name: money(n) for name, n in sorted(told["measure"].items()) if n},
        "unpaid": money(count["unpaid"]),
        "not_eligible": dict(reasons),
        "not_eligible_amounts": {name: money(told["reason held"][name]) for name, _ in reasons},
        "routes": [
            {
                "route": way.split(TAB)[0],
                "deadline": way.split(TAB)[1] or None,
                "lines": told["way"][way],
                "amount": money(told["way refund"][way]),
            }
            for way in ways
        ],
    }
