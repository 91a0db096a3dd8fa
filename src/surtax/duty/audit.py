"""An entry as it was filed, held against what the law asks: line by line, heading by heading.

What is owed comes from the same rating as everywhere; the headings of chapter 99 that each duty is
filed under are data (`surtax.ledger.headings`). Findings, one row each:

- *missing*: a duty is owed and none of its headings was filed;
- *wrong era*: a heading that the schedule did not carry on the day, or an amount at a rate of
  other days;
- *extra*: a heading whose duty the entry does not owe;
- *wrong base*: the rate is right and falls on another part of the value;
- *over-paid*, *under-paid*: the amount is another, and nothing says why;
- *prohibited*: goods that may not enter;
- *unknown heading*: the record does not know it;
- *not checked*: what could not be held against the law, and why;
- *refund candidate*: what could be claimed, or could be if it is not final yet, where no column
  says where an entry stands.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import polars as pl

from surtax.duty.bulk import Rater
from surtax.duty.calendar import EPOCH
from surtax.duty.eligible import UNSTATED, judge
from surtax.duty.erring import ERA, OVER, TOLERANCE, UNDER, Erring
from surtax.duty.filed import (
    OF_GENERAL,
    PAID,
    REJECTED,
    cents,
    paid_in_all,
    rated,
    shares_of,
    stated,
)
from surtax.duty.preference import qualified
from surtax.duty.refund import Refunder, make_claim
from surtax.ledger.headings import digits, dotted, headings
from surtax.ledger.load import Ledger
from surtax.ledger.refunds import refunds
from surtax.ledger.schema import SCHEDULE

MISSING, EXTRA, UNKNOWN = "missing", "extra", "unknown heading"
PROHIBITED, UNCHECKED, CANDIDATE = "prohibited", "not checked", "refund candidate"
FINDINGS = (MISSING, ERA, EXTRA, "wrong base", OVER, UNDER, PROHIBITED, UNKNOWN, UNCHECKED,
            CANDIDATE)  # fmt: skip
HEADED = "US"
"""The importer whose duties are filed under headings of chapter 99."""
SCHEMA = {
    "line": pl.Int64, "finding": pl.String, "heading": pl.String, "measure": pl.String,
    "owed": pl.Int64, "paid": pl.Int64, "over": pl.Int64, "because": pl.String,
}  # fmt: skip


class Auditor:
    """Holds table after table against the law as known on a day.

    Args:
        ledger: the law.
        known: the day of knowledge, which is also that of a refund claim.
    """

    def __init__(self, ledger: Ledger, known: date) -> None:
        self.ledger, self.known = ledger, known
        self.headings = headings(ledger)
        self.titles = {name: one.title for name, one in ledger.measures.items()}
        self.erring = Erring(ledger, known)
        self.grounds = {
            name: ground
            for name, ground in refunds(ledger).grounds.items()
            if ledger.instruments[ground.instrument].public <= known
        }
        self._rater = Rater(ledger, known=known)
        self._refunders = {
            name: Refunder(ledger, make_claim(ledger, known, ground=name))
            for name, ground in self.grounds.items()
            if ground.kind in ("void", "remission", "preference")
        }
        self._by_code = {code: part for (code,), part in self.headings.group_by("heading")}

    def findings(self, table: pl.DataFrame) -> pl.DataFrame:
        """Every finding on a table of entries as filed.

        Args:
            table: entries in the canonical columns, with ``filed`` (headings of chapter 99, parted
                by “;”), and either ``paid.<heading>`` and ``paid.general`` or the whole duty in
                ``paid``.

        Returns:
            Rows of `SCHEMA`, amounts in cents, in order of the lines; ``over`` is what was paid
            beyond what is owed, negative where too little was paid, null where it cannot be told.
        """
        table = table.with_columns(pl.col("line").cast(pl.Int64))
        due = rated(self._rater, table)
        faults = [_unchecked(table, due)]
        sound = due[REJECTED].is_null() & due["admissible"]
        checked, due = table.filter(sound), due.filter(sound)
        headed = checked["into"] == HEADED
        if _names_headings(table) and headed.any():
            faults += self._headings(checked.filter(headed), due.filter(headed))
        faults += _amounts(checked, due)
        found = pl.concat(faults)
        return pl.concat([found, *self._candidates(table, found)]).sort("line", maintain_order=True)

    def _headings(self, table: pl.DataFrame, due: pl.DataFrame) -> list[pl.DataFrame]:
        """Duties and headings that do not answer each other, and amounts that differ."""
        lines = table.select("line", "on", "origin").with_columns(
            cents(table, "value").alias("value"),
            day=pl.col("on").cast(pl.Date).to_physical().cast(pl.Int64) + EPOCH,
        )
        owed, filed = _owed(due, lines), _filed(table, lines)
        fits = _valid(owed.join(self.headings.filter(says="duty"), on="provision"))
        match = (
            filed.join(fits.select("line", "heading", "provision", "owed"), on=["line", "heading"])
            .sort("line", "place")
            .unique(["line", "provision"], keep="first", maintain_order=True)
        )
        pairs = match.group_by("line", "heading", maintain_order=True).agg(
            pl.col("owed").sum(), pl.col("paid").first(), pl.col("provision").first()
        )
        off = pairs.filter((pl.col("paid") - pl.col("owed")).abs() > TOLERANCE)
        missing = owed.join(match, on=["line", "provision"], how="anti", maintain_order="left")
        extra = filed.join(match, on=["line", "heading"], how="anti", maintain_order="left")
        return [
            self._missing(table, missing, fits),
            self._extra(extra),
            self._off(table, off.join(lines, on="line", maintain_order="left")),
        ]

    def _missing(self, table: pl.DataFrame, rows: pl.DataFrame, fits: pl.DataFrame) -> pl.DataFrame:
        """Duties of which no heading was filed; the heading named is the most particular one."""
        open_to_all = pl.col("origin_right").is_null()
        several = pl.col("heading").filter(open_to_all).n_unique()
        named = (
            fits.with_columns(several=several.over("line", "provision"))
            .sort("line", open_to_all, "heading")
            .unique(["line", "provision"], keep="first", maintain_order=True)
            .select("line", "provision", "heading", "origin_right", "several")
        )
        measure = pl.col("provision").str.split("#").list.first()
        rows = rows.join(named, on=["line", "provision"], how="left", maintain_order="left")
        rows = rows.with_columns(
            title=measure.replace_strict(self.titles, return_dtype=pl.String),
            code=pl.concat_str(
                *(pl.col("heading").str.slice(at, n) for at, n in ((0, 4), (4, 2), (6, 2))),
                separator=".",
            ),
        )
        also = pl.format(" or another of its {} headings", "several")
        also = pl.when(open_to_all & (pl.col("several") > 1)).then(also).otherwise(pl.lit(""))
        known = pl.col("heading").is_not_null()
        nothing = known & pl.col("line").is_in(_parted(table).implode())
        return _rows(
            rows,
            finding=pl.when(known).then(pl.lit(MISSING)).otherwise(pl.lit(UNCHECKED)),
            heading=pl.col("code").fill_null(""),
            measure=pl.col("provision"),
            owed=pl.col("owed"),
            paid=pl.when(nothing).then(0),
            over=pl.when(nothing).then(-pl.col("owed")),
            because=pl.when(known)
            .then(pl.format("owed: {}, under {}{}", "title", "code", also))
            .otherwise(pl.format("owed: {}; no heading of it is in the record", "title")),
        )

    def _extra(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Headings filed that match no duty owed."""
        keys = rows.select("heading", "day", "origin").unique(maintain_order=True)
        told = [self._unmatched(*key) for key in keys.iter_rows()]
        names = ("finding", "measure", "code", "because")
        said = pl.DataFrame(told, schema=dict.fromkeys(names, pl.String), orient="row")
        rows = rows.join(keys.hstack(said), on=keys.columns, maintain_order="left")
        rows = rows.filter(pl.col("finding").is_not_null())
        known = pl.col("finding") != UNKNOWN
        return _rows(
            rows,
            finding=pl.col("finding"),
            heading=pl.col("code"),
            measure=pl.col("measure"),
            owed=pl.when(known).then(0),
            paid=pl.col("paid"),
            over=pl.when(known).then("paid"),
            because=pl.col("because"),
        )

    def _unmatched(self, heading: str, day: int, origin: str) -> tuple[str | None, str, str, str]:
        """Finding, measure, heading and words; no finding where it frees from a duty."""
        code, part = dotted(heading), self._by_code.get(heading)
        if part is None:
            return UNKNOWN, "", code, f"{code} is not in the record"
        measure = str(part["provision"][0])
        now = part.filter((pl.col("first") <= day) & (day < pl.col("last")))
        if not now.height:
            return ERA, measure, code, f"{code} stood from {_days(part)}"
        if (now["says"] == "free").all():
            return None, "", code, ""
        mine = now.filter(pl.col("origin").is_null() | (pl.col("origin") == origin))
        title = self.titles[measure.partition("#")[0]]
        words = f"not owed: {title}" if mine.height else f"{code} is for other origins"
        return EXTRA, measure, code, words

    def _off(self, table: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
        """Amounts that differ, with the reason where one fits."""
        asked = rows.select("provision", "origin", "on", "value", "owed", "paid")
        shares = rows.select("line").join(
            shares_of(self.ledger, table), on="line", maintain_order="left"
        )
        told = [
            self.erring.why(*row, shares={n: one for n, one in parts.items() if one is not None})
            for row, parts in zip(
                asked.iter_rows(), shares.drop("line").iter_rows(named=True), strict=True
            )
        ]
        said = pl.DataFrame(told, schema={"finding": pl.String, "why": pl.String}, orient="row")
        codes = {code: dotted(code) for code in rows["heading"].unique()}
        return _rows(
            rows.hstack(said),
            finding=pl.col("finding"),
            heading=pl.col("heading").replace_strict(codes, return_dtype=pl.String),
            measure=pl.col("provision"),
            owed=pl.col("owed"),
            paid=pl.col("paid"),
            over=pl.col("paid") - pl.col("owed"),
            because=pl.col("why"),
        )

    def _candidates(self, table: pl.DataFrame, found: pl.DataFrame) -> Iterator[pl.DataFrame]:
        """A duty that has fallen since or is remitted, a preference not claimed, and overpayments.

        What was paid too much of a duty that fell comes back with the duty, and what is remitted
        by its own way.
        """
        fallen = [
            name
            for one in self._refunders.values()
            if not one.claim.granted
            for name in one.claim.measures
        ]
        under = pl.col("measure").str.split("#").list.first()
        own = ~(pl.col("measure").is_in(fallen) | under.is_in(fallen))
        net = [found.filter(own).select("line", "over")]
        for name, one in self._refunders.items():
            late = self.grounds[name].kind == "preference"
            asked = table.filter(qualified(table)) if late else table
            lines = one.lines(asked).filter(pl.col("refund") > 0)
            yield _claimed(self.grounds[name].title, lines)
            if one.claim.granted:
                net.append(lines.select("line", over=-pl.col("refund")))
        more = pl.concat(net).group_by("line").agg(refund=pl.col("over").sum())
        more = more.filter(pl.col("refund") > TOLERANCE)
        for name, ground in self.grounds.items():
            if ground.kind == "correction":
                here = table.filter(pl.col("into") == ground.into)
                lines = here.join(more, on="line", maintain_order="left")
                judged = judge(self.ledger, name, lines, self.known)
                yield _claimed(ground.title, lines.with_columns(*judged))


def _claimed(title: str, lines: pl.DataFrame) -> pl.DataFrame:
    """The lines that may be claimed, or may be for all that is said of them, as candidates."""
    until = pl.format(" by {}", pl.col("deadline").cast(pl.String)).fill_null("")
    open_ = pl.format("{}{}", "route", until)
    unsaid = pl.format("{}; the way and its last day hang on it", "because")
    return _rows(
        lines.filter(pl.col("eligible") | (pl.col("reason") == UNSTATED)),
        finding=pl.lit(CANDIDATE),
        over=pl.col("refund"),
        because=pl.format(
            "{}: {}", pl.lit(title), pl.when("eligible").then(open_).otherwise(unsaid)
        ),
    )


def audit(ledger: Ledger, table: pl.DataFrame, known: date) -> pl.DataFrame:
    """Every finding on one table of entries as filed; see `Auditor.findings`."""
    return Auditor(ledger, known).findings(table)


def _rows(rows: pl.DataFrame, **said: pl.Expr) -> pl.DataFrame:
    """Rows of `SCHEMA`: what is not said of a column is blank, of an amount null."""
    blank = {name: pl.lit("" if kind == pl.String else None) for name, kind in SCHEMA.items()}
    told = {**blank, "line": pl.col("line"), **said}
    return rows.select(told[name].cast(kind).alias(name) for name, kind in SCHEMA.items())


def _names_headings(table: pl.DataFrame) -> bool:
    """Whether a table says what was filed under headings of chapter 99."""
    return any(name == "filed" or name.startswith(f"{PAID}99") for name in table.columns)


def _owed(due: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """(line, provision, owed) for each duty of a measure that a line owes."""
    names = [n for n in due.columns if "#" in n]
    wide = lines.with_columns(due.select(names))
    long = wide.unpivot(names, index=lines.columns, variable_name="provision", value_name="owed")
    return long.filter(pl.col("owed") != 0)


def _filed(table: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """(line, heading, paid, place) for each heading filed; paid is null where no column says.

    A heading under which something was paid counts as filed.
    """
    paid = {digits(n.removeprefix(PAID)): n for n in table.columns if n.startswith(f"{PAID}99")}
    amounts = [stated(table, name).alias(code) for code, name in paid.items()]
    wide = lines.with_columns(amounts)
    sums = wide.unpivot(
        list(paid), index=lines.columns, variable_name="heading", value_name="paid"
    ).with_columns(pl.col("paid").cast(pl.Int64))
    told = table["filed"].cast(pl.String) if "filed" in table.columns else pl.lit("")
    named = (
        lines.with_columns(heading=told)
        .with_columns(pl.col("heading").fill_null("").str.split(";"))
        .explode("heading")
        .with_columns(pl.col("heading").str.replace_all(r"[^0-9]", ""))
        .filter(pl.col("heading") != "")
    )
    charged = sums.filter(pl.col("paid") > 0).select(named.columns)
    long = pl.concat([named, charged]).unique(
        ["line", "heading"], keep="first", maintain_order=True
    )
    long = long.with_columns(place=pl.int_range(pl.len()).over("line"))
    paid_under = sums.select("line", "heading", "paid")
    return long.join(paid_under, on=["line", "heading"], how="left", maintain_order="left")


def _valid(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows whose heading the schedule carried on the day, for the origin."""
    inside = (pl.col("first") <= pl.col("day")) & (pl.col("day") < pl.col("last"))
    mine = pl.col("origin_right").is_null() | (pl.col("origin_right") == pl.col("origin"))
    return rows.filter(inside & mine)


def _parted(table: pl.DataFrame) -> pl.Series:
    """Lines that say what was paid under each heading."""
    paid = paid_in_all(table.drop("paid", strict=False))
    return table["line"].filter(paid.is_not_null()) if paid is not None else table["line"].clear()


def _days(part: pl.DataFrame) -> str:
    """The days of a heading, in words."""
    first, last = int(part["first"].min()), int(part["last"].max())  # type: ignore[arg-type]
    end = f" to {date.fromordinal(last - 1)}" if last < date.max.toordinal() else " on"
    return f"{date.fromordinal(first)}{end}"


def _unchecked(table: pl.DataFrame, due: pl.DataFrame) -> pl.DataFrame:
    """Lines that have no answer, or only one in part, and goods that may not enter."""
    rows = table.select("line").hstack(due.select(REJECTED, "admissible", "unknown", "missing"))
    why = pl.col(REJECTED).fill_null(
        pl.when(pl.col("unknown") != "")
        .then(pl.format("the rate is not known: {}", "unknown"))
        .when(pl.col("missing") != "")
        .then(pl.format("a rate waits for: {}", "missing"))
    )
    barred = ~pl.col("admissible")
    words = pl.when(barred).then(pl.lit("the goods may not enter on that day")).otherwise(why)
    return _rows(
        rows.filter(barred | why.is_not_null()),
        finding=pl.when(barred).then(pl.lit(PROHIBITED)).otherwise(pl.lit(UNCHECKED)),
        because=words,
    )


def _amounts(table: pl.DataFrame, due: pl.DataFrame) -> list[pl.DataFrame]:
    """The general duty, and the whole where amounts are not parted by heading."""
    open_ = (due["unknown"] != "") | (due["missing"] != "")
    checks: list[tuple[str, pl.Series, str, str]] = []
    if OF_GENERAL in table.columns:
        none = pl.zeros(due.height, pl.Int64, eager=True)
        owed: Any = due[SCHEDULE] if SCHEDULE in due.columns else none
        checks.append((OF_GENERAL, owed, SCHEDULE, "the general duty"))
    if "paid" in table.columns and not any(n.startswith(PAID) for n in table.columns):
        checks.append(("paid", due["duty"], "", "all duties of the line"))
    out = []
    for name, owed, measure, words in checks:
        rows = table.select("line").with_columns(
            owed.alias("owed"), stated(table, name).alias("paid"), open_.alias("open")
        )
        over = pl.col("paid") - pl.col("owed")
        out.append(
            _rows(
                rows.filter((over.abs() > TOLERANCE) & ~pl.col("open")),
                finding=pl.when(over > 0).then(pl.lit(OVER)).otherwise(pl.lit(UNDER)),
                measure=pl.lit(measure),
                owed=pl.col("owed"),
                paid=pl.col("paid"),
                over=over,
                because=pl.lit(words),
            )
        )
    return out
