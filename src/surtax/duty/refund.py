"""What comes back after a ruling, a remission or a late claim: rated twice, subtracted, judged.

A duty that falls away may let in another that had yielded to it; so entries are rated with the
measures and without them, or without the preference and with it, and the difference of the whole
is what comes back. What comes back on one ground is taken away before another is reckoned.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from surtax.duty.bulk import Rater
from surtax.duty.eligible import judge
from surtax.duty.filed import PAID, REJECTED, SAID, paid_in_all, rated, stated
from surtax.duty.preference import claiming
from surtax.errors import InputError, unknown
from surtax.keeping import kept
from surtax.ledger.headings import digits, headings
from surtax.ledger.load import Ledger
from surtax.ledger.refunds import Ground, Refunds, expand, refunds
from surtax.ledger.schedule import editions
from surtax.ledger.schema import SCHEDULE

NOTHING = "owes none of it"
REPLACED = "another duty takes its place"
INSTEAD = "a duty that had yielded to the one that falls is owed in its place"
UNPAID = "was not paid"
ELSEWHERE = "into another country"
UNRATED = "could not be rated"
OPEN = "a rate is not known"


@dataclass(frozen=True)
class Claim:
    """What is taken away, and why.

    Attributes:
        into: whose customs gives back.
        measures: measures and provisions that count as never in force: duties, or for a
            remission the reliefs, which are then granted.
        ground: the ground that the record knows for it, if any.
        granted: whether `measures` are reliefs to be granted.
        known: the day of the claim and of knowledge.
        elsewhere: beside a preference, duties that come back on other grounds, and so not on it.
    """

    into: str
    measures: tuple[str, ...]
    ground: str | None
    granted: bool
    known: date
    elsewhere: tuple[str, ...] = ()


def make_claim(
    ledger: Ledger, known: date, *, void: Sequence[str] = (), ground: str | None = None
) -> Claim:
    """A claim from measures to void, or from a ground of the record by its name.

    Args:
        ledger: the law, with its refund rules.
        known: the day of the claim.
        void: measures, provisions, or folders of measures.
        ground: a ground; it brings its own measures, unless `void` names some of them. Beside a
            preference, `void` names duties that come back on other grounds.

    Raises:
        InputError: neither is given, a name does not exist, measures of two importers, or such as
            are none of the ground's.
    """
    law = refunds(ledger)
    if ground is not None and ground not in law.grounds:
        raise unknown("ground", ground, law.grounds, where="--ground")
    rule = law.grounds[ground] if ground else None
    if rule and rule.kind == "amended":
        if void:
            raise InputError(
                f"“{ground}” compares the law then and now; it voids no measure.",
                where="--void",
                mend="Leave --void out.",
            )
        return Claim(rule.into, (), ground, False, known)
    if rule and rule.kind == "preference":
        before = [law.grounds[name] for name in rule.first]
        open_ = [one for one in before if ledger.instruments[one.instrument].public <= known]
        others = expand(ledger, [*void, *(name for one in open_ for name in one.measures)])
        into = _importer(ledger, others, rule.into)
        return Claim(into, (), ground, False, known, elsewhere=tuple(others))
    wanted = expand(ledger, list(void) or (rule.measures if rule else []))
    into = _importer(ledger, wanted)
    if rule and not _holds(ledger, rule, wanted):
        named = rule.measures
        held = ", ".join(named[:3]) + " …" * (len(named) > 3)
        raise InputError(
            f"“{ground}” is no ground for {', '.join(void)}.",
            where="--ground",
            mend=f"It is one for {held}." if held else "Leave --void out.",
        )
    found = ground or _ground_of(ledger, law, wanted)
    granted = found is not None and law.grounds[found].kind == "remission"
    return Claim(into, tuple(wanted), found, granted, known)


def _importer(ledger: Ledger, wanted: Sequence[str], *known: str) -> str:
    """The one importer of measures, and of those named beside them."""
    places = {ledger.measures[name.partition("#")[0]].imposer for name in wanted} | {*known}
    if len(places) != 1:
        raise InputError(
            "no duty is named." if not places else "the duties are of several importers.",
            where="--void",
            mend="Name the duties of one importer, such as us/ieepa.",
        )
    return places.pop()


def _ground_of(ledger: Ledger, law: Refunds, wanted: Sequence[str]) -> str | None:
    """The ground whose measures hold all those wanted."""
    return next((n for n, one in law.grounds.items() if _holds(ledger, one, wanted)), None)


def _holds(ledger: Ledger, ground: Ground, wanted: Sequence[str]) -> bool:
    """Whether all measures wanted are among those of a ground."""
    held = set(expand(ledger, ground.measures))
    return all(one in held or one.partition("#")[0] in held for one in wanted)


PART = "refund."
"""What the column of a duty that changes begins with."""


@dataclass(frozen=True, eq=False)
class Reckoned:
    """What comes back of lines, in cents.

    Attributes:
        refund: (n,) what comes back.
        total: (n,) what falls away.
        changes: by duty, (n,) what falls away of it.
        said: what rating says beside the duties.
        late: of a preference, what `surtax.duty.preference.claiming` says of the lines.
    """

    refund: pl.Series
    total: pl.Series
    changes: dict[str, pl.Series]
    said: pl.DataFrame
    late: pl.DataFrame | None = None


class Refunder:
    """Says of table after table what comes back, and remembers what the law says of the goods met.

    Args:
        ledger: the law.
        claim: what is taken away.
    """

    def __init__(self, ledger: Ledger, claim: Claim) -> None:
        self.ledger, self.claim = ledger, claim
        self.law = refunds(ledger)
        self.ground = self.law.grounds[claim.ground] if claim.ground else None
        self._raters: dict[date, Rater] = {}
        fallen = () if claim.granted else claim.measures
        charged = claim.measures if claim.granted else self.ground.as_charged if self.ground else ()
        taken = not claim.granted and (self.ground is None or self.ground.kind == "void")
        self._headings = _headings(ledger, fallen) if taken else frozenset()
        self._late = self.ground if self.ground and self.ground.kind == "preference" else None
        self._now = Rater(ledger, known=claim.known, void=(*fallen, *claim.elsewhere))
        self._then = self._now
        if not self._late:
            self._then = Rater(ledger, known=claim.known, void=charged)
        self._first: Refunder | None = None
        if claim.elsewhere:
            first = Claim(claim.into, claim.elsewhere, None, False, claim.known)
            self._first = Refunder(ledger, first)

    def lines(self, table: pl.DataFrame) -> pl.DataFrame:
        """Each line of a table with what comes back, by which route, and until when.

        Args:
            table: entries in the canonical columns, of one importer or several.

        Returns:
            The lines, in order, with

            - refund: what comes back, in cents of the importer's currency, or would if the line
              were eligible: what is owed with the claim's measures less what is owed without them,
              no more than was paid beyond what is owed now. What comes in the place of a duty
              takes off only what was not paid of it already. Where a line says what was paid
              under each heading, all that was paid under those of the measures comes back, less
              what is owed in its place. Of a preference it is what the claim saves, no more than
              was paid beyond what is owed with it and beyond what comes back on other grounds;
            - unpaid: what the refund leaves out since it was not paid; less than nothing where more
              was paid under the headings than was owed;
            - the columns of `surtax.duty.eligible.judge`;
            - stale, unknown, missing: as rating says them, of a preference without the claim;
            - refund.<provision>: for each duty that changes, what falls away of it, less than
              nothing for one that comes in its place; null where it does not change. Their sum is
              the refund with the unpaid.
        """
        here = pl.col("into") == self.claim.into
        mine = table.filter(here)
        found = self._reckon(mine)
        judged = judge(self.ledger, self.claim.ground, mine, self.claim.known, into=self.claim.into)
        lines = mine.with_columns(
            found.refund.alias("refund"), (found.total - found.refund).alias("unpaid"), *judged,
            *(found.said[name] for name in SAID), **found.changes,
        )  # fmt: skip
        lines = self._refused(lines, list(found.changes), found.late)
        others = table.filter(~here).with_columns(
            pl.lit(0, pl.Int64).alias("refund"), pl.lit(0, pl.Int64).alias("unpaid"),
            eligible=pl.lit(False), reason=pl.lit(ELSEWHERE),
        )  # fmt: skip
        whole = pl.concat([lines, others], how="diagonal").sort("line")
        names = sorted(found.changes)
        parts = [pl.when(pl.col(name) != 0).then(name).alias(name) for name in names]
        return whole.select(pl.exclude(REJECTED, *names), *parts)

    def _reckon(self, mine: pl.DataFrame) -> Reckoned:
        """What comes back of lines, all into the claim's importer; see `lines`."""
        entered, late = claiming(self.ledger, self._late, mine) if self._late else (mine, None)
        before, after = self._before(mine), rated(self._now, entered)
        changes = _changes(before, after)
        total = sum(changes.values(), start=pl.zeros(mine.height, pl.Int64, eager=True))
        spare = _spare(mine, before, after)
        if late is not None:
            if self._first and spare.count():
                spare -= self._first._reckon(mine).refund.clip(lower_bound=0)
            least = pl.min_horizontal(total, spare.clip(lower_bound=0))
            return Reckoned(pl.select(least).to_series(), total, changes, before, late)
        fell = pl.sum_horizontal(0, *(one.clip(lower_bound=0) for one in changes.values()))
        place = pl.sum_horizontal(0, *(one.clip(upper_bound=0) for one in changes.values()))
        paid, said = self._paid(mine), spare.is_not_null()
        most = pl.when(said).then(pl.min_horizontal(fell, spare)).otherwise(total)
        over = pl.when(said).then(pl.min_horizontal(paid, spare))
        by_heading = pl.max_horizontal(paid + place, over)
        refund = pl.select(pl.when(paid.is_not_null()).then(by_heading).otherwise(most)).to_series()
        return Reckoned(refund, total, changes, after)

    def _paid(self, table: pl.DataFrame) -> pl.Series:
        """(n,) what was paid under headings that fall, in cents; null where a line does not say."""
        parted = [name for name in table.columns if name.startswith(f"{PAID}99")]
        paid = table.select(stated(table, name).alias(name) for name in parted)
        if not parted or not self._headings:
            return pl.repeat(None, table.height, dtype=pl.Int64, eager=True)
        mine = [name for name in parted if digits(name.removeprefix(PAID)) in self._headings]
        said = pl.any_horizontal(pl.all().is_not_null())
        return paid.select(pl.when(said).then(pl.sum_horizontal(0, *mine))).to_series()

    def _before(self, table: pl.DataFrame) -> pl.DataFrame:
        """What was owed; where a later text reaches back, by the law as known on the day of entry.

        Between two days on which anything became known the law was known alike.
        """
        if self.ground is None or self.ground.kind != "amended":
            return rated(self._then, table)
        turns = _knowledge(self.ledger)
        parts = [rated(self._then, table.clear()).with_columns(pl.Series("#", [], pl.UInt32))]
        numbered = table.with_row_index("#").with_columns(
            pl.col("on").clip(upper_bound=self.claim.known).alias("#on")
        )
        days = {day: turns[max(bisect_right(turns, day) - 1, 0)] for day in numbered["#on"]}
        known = pl.col("#on").replace_strict(days, return_dtype=pl.Date)
        for (day,), mine in numbered.group_by(known, maintain_order=True):
            assert isinstance(day, date)
            rater = self._raters.setdefault(day, Rater(self.ledger, known=day))
            parts.append(rated(rater, mine.drop("#", "#on")).with_columns(mine["#"]))
        return pl.concat(parts, how="diagonal").sort("#").drop("#")

    def _refused(
        self, lines: pl.DataFrame, parts: Sequence[str], late: pl.DataFrame | None
    ) -> pl.DataFrame:
        """The lines, with the reason of those that get nothing back whatever their state."""
        falls = [pl.col(name) > 0 for name in parts]
        gone = pl.any_horizontal(falls) if falls else pl.lit(False)
        nothing, short = pl.col("refund") <= 0, pl.col("unpaid") > 0
        if late is not None:
            nothing &= pl.lit(late["claims"])
        lines = _not_back(lines, nothing, pl.lit(NOTHING), pl.lit(None))
        lines = _not_back(lines, nothing & gone & ~short, pl.lit(REPLACED), pl.lit(INSTEAD))
        lines = _not_back(lines, nothing & gone & short, pl.lit(UNPAID), pl.lit(None))
        if late is not None:
            waits = pl.concat_str("unknown", "missing", separator=";").str.strip_chars(";")
            said = pl.format("what was owed without the claim waits for: {}", waits)
            lines = _not_back(lines, nothing & (waits != ""), pl.lit(OPEN), said)
            why_not, because = pl.lit(late["why_not"]), pl.lit(late["because"])
            lines = _not_back(lines, why_not.is_not_null(), why_not, because)
        why = pl.col(REJECTED)
        lines = _not_back(lines, why.is_not_null(), pl.lit(UNRATED), why)
        for rule in self.law.not_back:
            named = set(expand(self.ledger, rule.measures))
            if self.claim.ground is None and set(self.claim.measures) <= named:
                words = f"{rule.note} ({self.ledger.cite(rule.instrument, rule.cite)})"
                kept = (pl.col("refund") > 0) & (pl.col("on") < rule.start)
                lines = _not_back(lines, kept, pl.lit(rule.reason), pl.lit(words))
        return lines


def refund(ledger: Ledger, table: pl.DataFrame, claim: Claim) -> pl.DataFrame:
    """Each line of one table with what comes back; see `Refunder.lines`."""
    return Refunder(ledger, claim).lines(table)


@kept
def _knowledge(ledger: Ledger) -> list[date]:
    """The first day and every later one on which something of the law became known."""
    days = {date.min}
    for measure in ledger.measures.values():
        for act, day in ledger.acts(measure):
            days |= {day, *([act.resolved.known] if act.resolved else [])}
    return sorted(days | {one.current for one in editions()})


def _headings(ledger: Ledger, fallen: Sequence[str]) -> frozenset[str]:
    """Headings of chapter 99 that stand for duties that fall, and for no other."""
    stay: set[str] = set()
    mine: set[str] = set()
    rows = headings(ledger).filter(says="duty").select("heading", "provision").unique()
    for code, name in rows.iter_rows():
        (mine if {name, name.partition("#")[0]} & set(fallen) else stay).add(code)
    return frozenset(mine - stay)


def _changes(before: pl.DataFrame, after: pl.DataFrame) -> dict[str, pl.Series]:
    """By line and provision, what falls away, less than nothing for what comes in its place."""
    names = [n for n in dict.fromkeys([*before.columns, *after.columns]) if "/" in n]
    zero = pl.zeros(before.height, pl.Int64, eager=True)
    out = {}
    for name in names:
        had = before[name] if name in before.columns else zero
        has = after[name] if name in after.columns else zero
        if ((change := had - has) != 0).any():
            out[f"{PART}{name}"] = change
    return out


def _spare(table: pl.DataFrame, before: pl.DataFrame, after: pl.DataFrame) -> pl.Series:
    """(n,) what was paid beyond what is owed now, in cents; null where a line does not say."""
    none = pl.zeros(table.height, pl.Int64, eager=True)
    paid = paid_in_all(table, before[SCHEDULE] if SCHEDULE in before.columns else none)
    if paid is None:
        return pl.repeat(None, table.height, dtype=pl.Int64, eager=True)
    return (paid - after["duty"]).clip(lower_bound=0)


def _not_back(lines: pl.DataFrame, where: pl.Expr, reason: pl.Expr, words: pl.Expr) -> pl.DataFrame:
    """Lines that get nothing back, for another reason than where they stand."""
    return lines.with_columns(
        eligible=pl.col("eligible") & ~where,
        route=pl.when(~where).then("route"),
        deadline=pl.when(~where).then("deadline"),
        reason=pl.when(where).then(reason).otherwise("reason"),
        because=pl.when(where).then(words).otherwise("because"),
    )
