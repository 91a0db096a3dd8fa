"""Audits of a file of entries: its findings, and their totals."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from surtax.duty.audit import CANDIDATE, FINDINGS, SCHEMA, Auditor
from surtax.duty.entries.headers import PAID
from surtax.duty.entries.run import Report
from surtax.duty.entries.runner import Job
from surtax.duty.filing import Question, Sums, ask, counted, money
from surtax.errors import InputError
from surtax.ledger.load import Ledger
from surtax.places import CURRENCIES

AMOUNTS = tuple(name for name, kind in SCHEMA.items() if kind == pl.Int64 and name != "line")
SIGN = "|"


def audit_file(
    ledger: Ledger, job: Job, known: date, *, fresh: bool = False, report: Report | None = None
) -> dict[str, Any]:
    """What was filed wrong in a file of entries.

    Args:
        ledger: the law.
        job: the file, and where its findings go.
        known: the day of knowledge, which is also that of a refund claim.
        fresh, report: as for `surtax.duty.filing.ask`.

    Returns:
        See `summary`, and the keys of `surtax.duty.filing.Asked`.

    Raises:
        InputError: the file says neither what was filed nor what was paid.
    """
    columns = job.mapping.columns.values()
    if not any(name in ("filed", "paid") or name.startswith(PAID) for name in columns):
        raise InputError(
            "the entries say neither what was filed nor what was paid.",
            where=str(job.source.path),
            mend="Give the headings of chapter 99 in a column “filed”, parted by “;”, or the duty "
            "paid in “paid”.",
        )
    auditor = Auditor(ledger, known)
    question = Question(
        name="audit",
        plan={"known": known.isoformat()},
        lines=auditor.findings,
        sums=lambda table, found: sums(ledger, known, table, found),
        money=lambda name: name in AMOUNTS,
    )
    asked = ask(ledger, job, question, fresh=fresh, report=report)
    return summary(known, asked.sums) | asked.common | {"files": [str(job.out)]}


def sums(ledger: Ledger, known: date, table: pl.DataFrame, found: pl.DataFrame) -> Sums:
    """The sums of one block; what `summary` reads."""
    faults = found.filter(pl.col("finding") != CANDIDATE)
    outside = [on for on in table["on"].unique() if ledger.manifest.outside(on, known=known)]
    stale = table["on"].is_in(pl.Series(outside, dtype=pl.Date).implode())
    into = table.select("line", currency=pl.col("into").replace_strict(CURRENCIES))
    told = found.join(into, on="line", how="left", maintain_order="left")
    both = pl.concat_str("finding", "currency", separator=SIGN)
    wrong, currency = told.filter(pl.col("finding") != CANDIDATE), pl.col("currency")
    over = pl.col("over").sum()
    return {
        "count": {
            "clean": table.height - faults["line"].n_unique(),
            "stale": int(stale.sum()),
        },
        "number": counted(found, pl.col("finding"), pl.len().cast(pl.Int64)),
        "amount": counted(told, both, over),
        "over": counted(wrong.filter(pl.col("over") > 0), currency, over),
        "under": counted(wrong.filter(pl.col("over") < 0), currency, -over),
        "currency": counted(into, currency, pl.len().cast(pl.Int64)),
    }


def summary(known: date, told: Sums) -> dict[str, Any]:
    """Counts and amounts by finding; amounts are numbers in the importer's currency.

    Returns:
        known; clean: lines without a finding; findings: by name, count and amount (paid beyond
        what is owed); over_paid, under_paid; currency. Where entries are into several importers
        an amount is by currency.
    """
    single = len(told["currency"]) <= 1
    found = [name for name in FINDINGS if name in told["number"]]
    amounts: dict[str, dict[str, int]] = {}
    for both, number in told["amount"].items():
        name, _, currency = both.partition(SIGN)
        amounts.setdefault(name, {})[currency] = number

    def plain(by: dict[str, int]) -> Any:
        if single:
            return money(sum(by.values()))
        return {name: money(number) for name, number in sorted(by.items())}

    return {
        "known": known.isoformat(),
        "currency": next(iter(told["currency"]), None) if single else sorted(told["currency"]),
        "clean": told["count"]["clean"],
        "findings": {
            name: {"count": told["number"][name], "amount": plain(amounts.get(name, {}))}
            for name in found
        },
        "over_paid": plain(told["over"]),
        "under_paid": plain(told["under"]),
    }
