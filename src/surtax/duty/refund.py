"""What comes back after a ruling, an order or a remission: rated twice, subtracted, judged.

A duty that falls away may let in another that had yielded to it; so entries are rated with the
measures and without them, and the difference of the whole is what comes back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from surtax.duty.eligible import judge
from surtax.duty.entry import CURRENCIES
from surtax.duty.filed import REJECTED, paid_in_all, rated
from surtax.errors import InputError, unknown
from surtax.ledger.load import Ledger
from surtax.ledger.refunds import Refunds, expand, refunds

NOTHING = "owes none of it"
REPLACED = "another duty takes its place"
INSTEAD = "a duty that had yielded to the one that falls is owed in its place"
UNPAID = "was not paid"
ELSEWHERE = "into another country"
UNRATED = "could not be rated"


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
    """

    into: str
    measures: tuple[str, ...]
    ground: str | None
    granted: bool
    known: date


def make_claim(
    ledger: Ledger, known: date, *, void: Sequence[str] = (), ground: str | None = None
) -> Claim:
    """A claim from measures to void, or from a ground of the record by its name.

    Args:
        ledger: the law, with its refund rules.
        known: the day of the claim.
        void: measures, provisions, or folders of measures.
        ground: a ground; it brings its own measures, unless `void` names some of them.

    Raises:
        InputError: neither is given, a name does not exist, or measures of two importers.
    """
    law = refunds(ledger)
    if ground is not None and ground not in law.grounds:
        raise unknown("ground", ground, law.grounds, where="--ground")
    if ground and law.grounds[ground].kind == "amended":
        if void:
            raise InputError(
                f"“{ground}” compares the law then and now; it voids no measure.",
                where="--void",
                mend="Leave --void out.",
            )
        return Claim(law.grounds[ground].into, (), ground, False, known)
    wanted = expand(ledger, list(void) or (law.grounds[ground].measures if ground else []))
    places = {ledger.measures[name.partition("#")[0]].imposer for name in wanted}
    if len(places) != 1:
        raise InputError(
            "no duty is named." if not places else "the duties are of several importers.",
            where="--void",
            mend="Name the duties of one importer, such as us/ieepa.",
        )
    found = ground or _ground_of(ledger, law, wanted)
    granted = found is not None and law.grounds[found].kind == "remission"
    return Claim(places.pop(), tuple(wanted), found, granted, known)


def _ground_of(ledger: Ledger, law: Refunds, wanted: Sequence[str]) -> str | None:
    """The ground whose measures hold all those wanted."""
    for name, ground in law.grounds.items():
        held = set(expand(ledger, ground.measures))
        if all(one in held or one.partition("#")[0] in held for one in wanted):
            return name
    return None


def refund(ledger: Ledger, table: pl.DataFrame, claim: Claim) -> pl.DataFrame:
    """Each line of a table of entries with what comes back, by which route, and until when.

    Args:
        ledger: the law.
        table: entries in the canonical columns, of one importer or several.
        claim: what is taken away.

    Returns:
        The lines, in order, with ``refund`` (cents of the importer's currency),
        ``refund.<provision>`` for each duty that changes, and the columns of
        `surtax.duty.eligible.judge`.
    """
    here = pl.col("into") == claim.into
    mine = table.filter(here)
    ground = refunds(ledger).grounds[claim.ground] if claim.ground else None
    charged = claim.measures if claim.granted else ground.as_charged if ground else ()
    fallen = () if claim.granted else claim.measures
    if ground and ground.kind == "amended":
        before = _as_known_then(ledger, mine, claim.known)
    else:
        before = rated(ledger, mine, known=claim.known, void=charged)
    after = rated(ledger, mine, known=claim.known, void=fallen)
    changes = _changes(before, after)
    judged = judge(ledger, claim.ground, mine, claim.known, into=claim.into)
    lines = pl.concat([mine, changes, judged], how="horizontal")
    if (paid := paid_in_all(mine)) is not None:
        spare = (paid - after["duty"]).clip(lower_bound=0)  # null where nothing is said
        lines = lines.with_columns(refund=pl.min_horizontal(pl.col("refund"), spare))
    taken = [pl.col(name) > 0 for name in changes.columns if name != "refund"]
    gone = pl.any_horizontal(taken) if taken else pl.lit(False)
    less = pl.lit(changes["refund"]) > 0
    nothing = pl.col("refund") <= 0
    lines = _refused(lines, nothing, pl.lit(NOTHING), pl.lit(None))
    lines = _refused(lines, nothing & gone & ~less, pl.lit(REPLACED), pl.lit(INSTEAD))
    lines = _refused(lines, nothing & gone & less, pl.lit(UNPAID), pl.lit(None))
    lines = lines.with_columns(before[REJECTED])
    why = pl.col(REJECTED)
    lines = _refused(lines, why.is_not_null(), pl.lit(UNRATED), why).drop(REJECTED)
    for rule in refunds(ledger).not_back:
        if claim.ground is None and set(claim.measures) <= set(expand(ledger, rule.measures)):
            words = f"{rule.note} ({ledger.cite(rule.instrument, rule.cite)})"
            kept = (pl.col("refund") > 0) & (pl.col("on") < rule.start)
            lines = _refused(lines, kept, pl.lit(rule.reason), pl.lit(words))
    others = table.filter(~here).with_columns(
        refund=pl.lit(0, pl.Int64), eligible=pl.lit(False), reason=pl.lit(ELSEWHERE)
    )
    return pl.concat([lines, others], how="diagonal").sort("line")


def _as_known_then(ledger: Ledger, table: pl.DataFrame, known: date) -> pl.DataFrame:
    """What each line owed by the law as it was known on its day of entry."""
    if not table.height:
        return rated(ledger, table, known=known)
    parts = []
    for (day,), mine in table.with_row_index("#").group_by("on", maintain_order=True):
        then = rated(ledger, mine.drop("#"), known=min(day, known))
        parts.append(then.with_columns(mine["#"]))
    return pl.concat(parts, how="diagonal").sort("#").drop("#")


def _changes(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """By line, what falls away less what comes in its place, whole and by provision."""
    names = [n for n in dict.fromkeys([*before.columns, *after.columns]) if "/" in n]
    size = before.height
    zero = pl.zeros(size, pl.Int64, eager=True)
    out = {}
    for name in names:
        had = before[name] if name in before.columns else zero
        has = after[name] if name in after.columns else zero
        if ((change := had - has) != 0).any():
            out[f"refund.{name}"] = change
    total = sum(out.values(), start=zero)
    return pl.DataFrame({"refund": total, **out})


def _refused(lines: pl.DataFrame, where: pl.Expr, reason: pl.Expr, words: pl.Expr) -> pl.DataFrame:
    """Lines that get nothing back, for another reason than where they stand."""
    return lines.with_columns(
        eligible=pl.col("eligible") & ~where,
        route=pl.when(~where).then("route"),
        deadline=pl.when(~where).then("deadline"),
        reason=pl.when(where).then(reason).otherwise("reason"),
        because=pl.when(where).then(words).otherwise("because"),
    )


def summary(ledger: Ledger, claim: Claim, lines: pl.DataFrame) -> dict[str, Any]:
    """The contract's keys: lines, refundable, by_month, not_eligible; amounts are numbers."""
    back = lines.filter("eligible")
    held = lines.filter(~pl.col("eligible"))
    parts = [n for n in lines.columns if n.startswith("refund.")]
    month = pl.col("on").dt.strftime("%Y-%m").alias("month")
    months = back.group_by(month).agg(pl.col("refund").sum()).sort("month")
    dated = back.group_by("route", "deadline").agg(pl.len(), pl.col("refund").sum())
    rule = refunds(ledger).grounds[claim.ground] if claim.ground else None
    return {
        "into": claim.into,
        "currency": CURRENCIES[claim.into],
        "known": claim.known.isoformat(),
        "void": list(claim.measures),
        "ground": claim.ground,
        "citation": rule and ledger.cite(rule.instrument, rule.cite),
        "lines": lines.height,
        "eligible": back.height,
        "refundable": _sum(back["refund"]),
        "not_refundable": _sum(held["refund"].clip(lower_bound=0)),
        "by_month": {m: _money(v) for m, v in months.iter_rows()},
        "by_measure": {n.removeprefix("refund."): _sum(back[n]) for n in parts},
        "not_eligible": _counts(held),
        "routes": [
            {"route": r, "deadline": d and d.isoformat(), "lines": n, "amount": _money(v)}
            for r, d, n, v in dated.sort("deadline", "route", nulls_last=True).iter_rows()
        ],
    }


def _counts(lines: pl.DataFrame) -> dict[str, int]:
    found = lines.group_by("reason").len().sort(["len", "reason"], descending=[True, False])
    return dict(found.iter_rows())


def _sum(column: pl.Series) -> float:
    return _money(int(column.sum()))


def _money(value: int) -> float:
    return value / 100
