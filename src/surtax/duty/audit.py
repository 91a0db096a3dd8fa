"""An entry as it was filed, held against what the law asks: line by line, heading by heading.

What is owed comes from the same rating as everywhere; the headings of chapter 99 that each duty is
filed under are data (`surtax.ledger.headings`). Findings, one row each:

- *missing*: a duty is owed and none of its headings was filed;
- *wrong era*: a heading that the schedule did not carry on the day, or an amount at a rate of
  other days;
- *extra*: a heading whose duty the entry does not owe;
- *wrong base*: the rate is right and falls on another part of the value;
- *over-paid*, *under-paid*: the amount is another, and nothing says why;
- *unknown heading*: the record does not know it; *not checked*: a duty without a known heading.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

import polars as pl

from surtax import places
from surtax.duty.eligible import judge
from surtax.duty.entry import CURRENCIES
from surtax.duty.filed import EPOCH, cents, paid_in_all, rated, stated
from surtax.duty.refund import make_claim, refund
from surtax.ledger.amend import timeline
from surtax.ledger.headings import digits, dotted, headings
from surtax.ledger.load import Ledger
from surtax.ledger.rates import read_rate
from surtax.ledger.refunds import refunds
from surtax.units import Interval, percent

GENERAL = "general"
"""The name under which the general duty of the schedule is paid: ``paid.general``."""
SCHEDULE = "us/hts/general"
CANDIDATE = "refund candidate"
TOLERANCE = 100
"""Cents by which an amount may differ: duty is reckoned on whole dollars."""
SCHEMA = {
    "line": pl.Int64, "finding": pl.String, "heading": pl.String, "measure": pl.String,
    "owed": pl.Int64, "paid": pl.Int64, "over": pl.Int64, "because": pl.String,
}  # fmt: skip


def audit(ledger: Ledger, table: pl.DataFrame, known: date) -> pl.DataFrame:
    """Every finding on a table of entries as filed.

    Args:
        ledger: the law.
        table: entries of one importer in the canonical columns, with ``filed`` (headings of
            chapter 99, parted by “;”), and either ``paid.<heading>`` and ``paid.general`` or the
            whole duty in ``paid``.
        known: the day of knowledge, which is also that of a refund claim.

    Returns:
        Rows of `SCHEMA`, amounts in cents, in order of the lines; ``over`` is what was paid
        beyond what is owed, negative where too little was paid, null where it cannot be told.
    """
    due = rated(ledger, table, known=known)
    known_headings = headings(ledger)
    lines = table.select("line", "on", "origin", "value").with_columns(
        day=pl.col("on").cast(pl.Date).to_physical().cast(pl.Int64) + EPOCH
    )
    owed = _owed(due, lines)
    filed = _filed(table, lines)
    fits = _valid(owed.join(known_headings.filter(says="duty"), on="provision"))
    match = (
        filed.join(fits.select("line", "heading", "provision", "owed"), on=["line", "heading"])
        .sort("line", "place")
        .unique(["line", "provision"], keep="first", maintain_order=True)
    )
    pairs = match.group_by("line", "heading", maintain_order=True).agg(
        pl.col("owed").sum(), pl.col("paid").first(), pl.col("provision").first()
    )
    off = pairs.filter((pl.col("paid") - pl.col("owed")).abs() > TOLERANCE)
    off = off.join(lines.with_columns(cents(table, "value")), on="line", maintain_order="left")
    missing = owed.join(match, on=["line", "provision"], how="anti")
    extra = filed.join(match, on=["line", "heading"], how="anti")
    facts = _Facts(ledger, known, table)
    found = [
        *_missing(facts, missing, fits, known_headings),
        *_extra(facts, extra, known_headings),
        *_off(facts, off),
        *_whole(table, due),
    ]
    out = pl.DataFrame(found, schema=SCHEMA, orient="row")
    return pl.concat([out, _candidates(ledger, table, out, known)]).sort(
        "line", maintain_order=True
    )


@dataclass(frozen=True, eq=False)
class _Facts:
    """What the classification asks: the law as known on a day, and the table."""

    ledger: Ledger
    known: date
    table: pl.DataFrame

    @cache  # noqa: B019 - lives as long as the audit
    def rates(self, provision: str, origin: str) -> list[tuple[Interval, float]]:
        """The plain rates that a provision ever had for an origin, each with its days."""
        return _rates(self, provision, origin)


def _owed(due: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """(line, provision, owed) for each duty of a measure that a line owes."""
    names = [n for n in due.columns if "#" in n]
    wide = lines.with_columns(due.select(names))
    long = wide.unpivot(names, index=lines.columns, variable_name="provision", value_name="owed")
    return long.filter(pl.col("owed") != 0)


def _filed(table: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """(line, heading, paid, place) for each heading filed; paid is null where no column says."""
    split = pl.col("filed").cast(pl.String).fill_null("").str.split(";")
    long = (
        lines.with_columns(table.select(heading=split)["heading"])
        .explode("heading")
        .with_columns(pl.col("heading").str.replace_all(r"[^0-9]", ""))
        .filter(pl.col("heading") != "")
        .unique(["line", "heading"], keep="first", maintain_order=True)
    )
    long = long.with_columns(place=pl.int_range(pl.len()).over("line"))
    paid = {digits(n[5:]): n for n in table.columns if n.startswith("paid.99")}
    wide = table.select("line", *(stated(table, n).alias(code) for code, n in paid.items()))
    if not paid:
        return long.with_columns(paid=pl.lit(None, pl.Int64))
    sums = wide.unpivot(list(paid), index="line", variable_name="heading", value_name="paid")
    return long.join(sums, on=["line", "heading"], how="left")


def _valid(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows whose heading the schedule carried on the day, for the origin."""
    inside = (pl.col("first") <= pl.col("day")) & (pl.col("day") < pl.col("last"))
    mine = pl.col("origin_right").is_null() | (pl.col("origin_right") == pl.col("origin"))
    return rows.filter(inside & mine)


def _missing(
    facts: _Facts, rows: pl.DataFrame, fits: pl.DataFrame, known: pl.DataFrame
) -> Iterator[tuple[Any, ...]]:
    """Duties of which no heading was filed; the heading named is the most particular one."""
    have = set(known["provision"])
    parted = _parted(facts.table)
    several = fits.group_by("line", "provision").agg(
        several=pl.col("heading").filter(pl.col("origin_right").is_null()).n_unique()
    )
    named = (
        fits.sort("line", pl.col("origin_right").is_null(), "heading")
        .unique(["line", "provision"], keep="first", maintain_order=True)
        .select("line", "provision", "heading", "origin_right")
        .join(several, on=["line", "provision"])
    )
    for row in rows.join(named, on=["line", "provision"], how="left").iter_rows(named=True):
        words = f"{facts.ledger.measures[row['provision'].partition('#')[0]].title}"
        if row["provision"] not in have or row["heading"] is None:
            yield _row(row, "not checked", "", row["provision"], row["owed"], None, None,
                       f"owed: {words}; no heading of it is in the record")  # fmt: skip
            continue
        code = dotted(row["heading"])
        paid = 0 if row["line"] in parted else None
        over = -row["owed"] if paid == 0 else None
        yield _row(row, "missing", code, row["provision"], row["owed"], paid, over,
                   f"owed: {words}, under {code}{_or_other(row)}")  # fmt: skip


def _parted(table: pl.DataFrame) -> set[int]:
    """Lines that say what was paid under each heading."""
    if not any(n.startswith("paid.") for n in table.columns):
        return set()
    paid = paid_in_all(table.drop("paid", strict=False))
    return set() if paid is None else set(table["line"].filter(paid.is_not_null()))


def _or_other(row: dict[str, Any]) -> str:
    """That the heading named is one of several."""
    more = int(row["several"]) - 1 if row["origin_right"] is None else 0
    return f" or another of its {more + 1} headings" if more else ""


def _extra(facts: _Facts, rows: pl.DataFrame, known: pl.DataFrame) -> Iterator[tuple[Any, ...]]:
    """Headings filed that match no duty owed."""
    by_code = {code: part for (code,), part in known.group_by("heading")}
    said: dict[tuple[Any, ...], tuple[str, str, str] | None] = {}
    for row in rows.iter_rows(named=True):
        key = (row["heading"], row["day"], row["origin"])
        if key not in said:
            said[key] = _unmatched(facts, by_code.get(row["heading"]), *key)
        if (told := said[key]) is not None:
            finding, measure, words = told
            over = None if finding == "unknown heading" else row["paid"]
            owed = None if finding == "unknown heading" else 0
            code = dotted(row["heading"])
            yield _row(row, finding, code, measure, owed, row["paid"], over, words)


def _unmatched(
    facts: _Facts, part: pl.DataFrame | None, heading: str, day: int, origin: str
) -> tuple[str, str, str] | None:
    """Finding, measure and words for a heading without its duty; None where it frees from one."""
    code = dotted(heading)
    if part is None:
        return "unknown heading", "", f"{code} is not in the record"
    measure = str(part["provision"][0])
    now = part.filter((pl.col("first") <= day) & (day < pl.col("last")))
    if not now.height:
        return "wrong era", measure, f"{code} stood from {_days(part)}"
    if (now["says"] == "free").all():
        return None
    mine = now.filter(pl.col("origin").is_null() | (pl.col("origin") == origin))
    title = facts.ledger.measures[measure.partition("#")[0]].title
    return "extra", measure, f"not owed: {title}" if mine.height else f"{code} is for other origins"


def _off(facts: _Facts, rows: pl.DataFrame) -> Iterator[tuple[Any, ...]]:
    """Amounts that differ, with the reason where one fits."""
    for row in rows.iter_rows(named=True):
        over = row["paid"] - row["owed"]
        finding, words = _why(facts.rates(row["provision"], row["origin"]), row)
        yield _row(row, finding, dotted(row["heading"]), row["provision"], row["owed"],
                   row["paid"], over, words)  # fmt: skip


def _why(rates: list[tuple[Interval, float]], row: dict[str, Any]) -> tuple[str, str]:
    """Whether an amount follows from another base or another day's rate."""
    on, value = row["on"], row["value"]
    now = next((r for days, r in rates if on in days), 0.0)
    if now and abs(row["paid"] - value * now) <= TOLERANCE:
        return "wrong base", "reckoned on the whole value; the duty falls on a part of it"
    base = row["owed"] / now if now else value
    others = [(days, rate) for days, rate in rates if on not in days]
    for days, rate in sorted(others, key=lambda one: _away(one[0], on)):
        if abs(row["paid"] - base * rate) <= TOLERANCE:
            return "wrong era", f"reckoned at {percent(rate)}, the rate {_span(days)}"
    more = row["paid"] > row["owed"]
    finding, words = ("over-paid", "more") if more else ("under-paid", "less")
    return finding, f"{words} than is owed, and no other base or day explains it"


def _away(days: Interval, day: date) -> int:
    """Days between a day and an interval."""
    if days.end and days.end <= day:
        return (day - days.end).days
    return ((days.start or day) - day).days


def _rates(facts: _Facts, provision: str, origin: str) -> list[tuple[Interval, float]]:
    """The plain rates that a provision ever had for an origin, each with its days."""
    measure, _, name = provision.partition("#")
    if not name:
        return []
    out = []
    acts = facts.ledger.acts(facts.ledger.measures[measure])
    for segment in timeline(name, acts, facts.known):
        text = segment.fields.get("rate")
        annex = str(segment.fields.get("rates") or "none").removeprefix("@")
        for one in facts.ledger.annexes.get((measure, annex), []):
            if origin in places.expand([one["origin"]], segment.days.start or facts.known):
                text = one["rate"]
        if segment.state == "active" and text not in (None, "unknown", "prohibited"):
            rate = read_rate(str(text))
            out += [(segment.days, rate.value)] if rate.plain else []
    return out


def _span(days: Interval) -> str:
    end = f" to {days.end - timedelta(days=1)}" if days.end else " on"
    return f"from {days.start}{end}"


def _days(part: pl.DataFrame) -> str:
    """The days of a heading, in words."""
    first, last = int(part["first"].min()), int(part["last"].max())  # type: ignore[arg-type]
    end = f" to {date.fromordinal(last - 1)}" if last < date.max.toordinal() else " on"
    return f"{date.fromordinal(first)}{end}"


def _row(
    row: dict[str, Any], finding: str, heading: str, measure: str, owed: int | None,
    paid: int | None, over: int | None, because: str,
) -> tuple[Any, ...]:  # fmt: skip
    return (row["line"], finding, heading, measure, owed, paid, over, because)


def _whole(table: pl.DataFrame, due: pl.DataFrame) -> Iterator[tuple[Any, ...]]:
    """The general duty, and the whole where amounts are not parted by heading."""
    checks = []
    parted = any(name.startswith("paid.") for name in table.columns)
    if f"paid.{GENERAL}" in table.columns:
        owes = due.select(pl.sum_horizontal(pl.lit(0), pl.col(f"^{SCHEDULE}.*$")))
        checks.append((f"paid.{GENERAL}", owes.to_series(), SCHEDULE, "the general duty"))
    if "paid" in table.columns and not parted:
        checks.append(("paid", due["duty"], "", "all duties of the line"))
    for name, asked, measure, words in checks:
        for line, has, asks in zip(table["line"], stated(table, name), asked, strict=True):
            if has is not None and abs(has - asks) > TOLERANCE:
                finding = "over-paid" if has > asks else "under-paid"
                yield (line, finding, "", measure, asks, has, has - asks, words)


def _candidates(
    ledger: Ledger, table: pl.DataFrame, found: pl.DataFrame, known: date
) -> pl.DataFrame:
    """Lines that paid too much on the whole, or a duty that has fallen since: what to claim."""
    rows: list[tuple[Any, ...]] = []
    into = str(table["into"][0]) if table.height else ""
    net = found.group_by("line", maintain_order=True).agg(pl.col("over").sum())
    net = net.filter(pl.col("over") > TOLERANCE)
    law = refunds(ledger)
    for name, ground in law.grounds.items():
        if ground.into != into or ledger.instruments[ground.instrument].public > known:
            continue
        if ground.kind == "correction":
            lines = table.join(net.select("line", refund="over"), on="line")
            judged = judge(ledger, name, lines, known)
            lines = pl.concat([lines, judged], how="horizontal")
        elif ground.kind == "void":
            claim = make_claim(ledger, known, ground=name)
            lines = refund(ledger, table, claim).filter(pl.col("refund") > 0)
        else:
            continue
        for row in lines.filter("eligible").iter_rows(named=True):
            until = f" by {row['deadline']}" if row["deadline"] else ""
            rows.append((row["line"], CANDIDATE, "", "", None, None, row["refund"],
                         f"{ground.title}: {row['route']}{until}"))  # fmt: skip
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def summary(into: str, known: date, table: pl.DataFrame, found: pl.DataFrame) -> dict[str, Any]:
    """Counts and amounts by finding; amounts are numbers in the importer's currency."""
    faults = found.filter(pl.col("finding") != CANDIDATE)
    by = found.group_by("finding").agg(pl.len(), pl.col("over").sum()).sort("finding")
    return {
        "into": into,
        "currency": CURRENCIES[into],
        "known": known.isoformat(),
        "lines": table.height,
        "clean": table.height - faults["line"].n_unique(),
        "findings": {
            name: {"count": count, "amount": (over or 0) / 100}
            for name, count, over in by.iter_rows()
        },
        "over_paid": _part(faults, pl.col("over") > 0),
        "under_paid": -_part(faults, pl.col("over") < 0),
    }


def _part(found: pl.DataFrame, where: pl.Expr) -> float:
    return int(found.filter(where)["over"].sum() or 0) / 100
