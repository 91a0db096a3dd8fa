"""Where an entry stands, by which route its duties come back, and until when.

States: *unliquidated*; *liquidated*, by customs or, a year after entry, by law; *protested*, while
a protest is open; *final*, once nobody has protested in time. What the table says beside these,
flagged for reconciliation, designated for drawback, bars routes. Every rule is a row of
``refunds.yaml``; nothing of the law stands here. A word that is not known is told, never taken for
its absence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from surtax.errors import UnitError, unknown
from surtax.ledger.load import Ledger
from surtax.ledger.refunds import DAYS, STATUS, Bar, Deemed, Ground, Refunds, Route, Window, refunds

COLUMNS = ("state", "liquidated_on", "since", "eligible", "route", "deadline", "reason", "because")
YES = ("yes", "true", "y", "1", "x")
NO = ("", "no", "n", "false", "0", "none")
OPEN = ("open", "suspended")
"""Protests that are not decided."""
BY_CUSTOMS = ("liquidated", "unliquidated")
"""What customs says of an entry where no day tells it."""
WORDS = {
    "liquidation": (*BY_CUSTOMS, "extended", "suspended", "under review"),
    "protest": (*OPEN, "denied", "approved"),
    "reconciliation": ("flagged", "filed"),
    "drawback": ("yes",), "dumping": ("yes",), "claimed": ("yes",), "originating": ("yes",),
}  # fmt: skip
"""The words that columns may hold; blank or no is none of them, and yes is the first."""
UNSTATED = "liquidation not stated"
ODD = "status not understood"


@dataclass(frozen=True)
class Refusal:
    """Lines that get nothing back, the reason in a few words, and a sentence with its citation."""

    lines: pl.Expr
    reason: str
    because: pl.Expr


def judge(
    ledger: Ledger, ground: str | None, table: pl.DataFrame, day: date, *, into: str = "US"
) -> pl.DataFrame:
    """Judge each line of a table of entries on one day.

    Args:
        ledger: the law, with its refund rules.
        ground: why duties would come back, by name; None when the record knows none.
        table: entries, with ``on`` (date) and any of the columns `surtax.ledger.refunds.STATUS`
            and ``facts.<name>``; a column that is not there says nothing.
        day: the day of the claim, which is also the day of knowledge.
        into: the importing place, where there is no ground.

    Returns:
        One row per line: `COLUMNS`. ``deadline`` is the last day on which the route takes the
        claim, null while no day is set; ``because`` is a sentence with its citation.

    Raises:
        UnknownNameError: no ground has that name.
    """
    law = refunds(ledger)
    if ground is not None and ground not in law.grounds:
        raise unknown("ground", ground, law.grounds)
    rule = law.grounds[ground] if ground else None
    place = rule.into if rule else into
    stated = bool({"liquidated", "liquidation"} & set(table.columns)) or place not in law.deemed
    lines = _stand(table, law.deemed.get(place), day, stated=stated)
    routes = [law.routes[name] for name in rule.routes] if rule else []
    hard = _never(ledger, rule, table, day)
    if place in law.finality:
        lines = _final(lines, law, place)
    none = pl.any_horizontal([one.lines for one in hard]) if hard else pl.lit(False)
    taken = [~none & _takes(route, day) for route in routes]
    soft = _not_taken(ledger, law, place, routes, day)
    found = pl.any_horizontal(taken) if taken else pl.lit(False)
    titles = [pl.lit(route.title) for route in routes]
    whys = [pl.lit(_sentence(ledger, r.note or r.title, r)) for r in routes]
    last = [_last(route.window) for route in routes]
    told = [*hard, *soft]
    held = [one.lines for one in told]
    protested = pl.col("protest").is_in(OPEN) & (pl.col("state") == "liquidated")
    return lines.with_columns(
        state=pl.when(protested).then(pl.lit("protested")).otherwise("state"),
        eligible=found,
        route=first(taken, titles),
        deadline=first(taken, last).cast(pl.Date),
        reason=pl.when(~found).then(first(held, [pl.lit(one.reason) for one in told])),
        because=pl.when(found)
        .then(first(taken, whys))
        .otherwise(first(held, [one.because for one in told])),
    ).select(COLUMNS)


def _stand(table: pl.DataFrame, deemed: Deemed | None, day: date, *, stated: bool) -> pl.DataFrame:
    """Status columns in one form, with the state and the day of liquidation."""
    have = set(table.columns)
    columns = [pl.col("on").cast(pl.Date)]
    for name in STATUS:
        if name in DAYS:
            none = pl.lit(None, dtype=pl.Date)
            given = pl.lit(read_days(table, name)) if name in have else none
        else:
            given = word(table, name)
        if name == "decided":
            given = pl.when(given <= day).then(given)
        if name == "entry_type":
            given = given.str.zfill(2)
        columns.append(given.alias(name))
    lines = table.select(*columns, pl.col("^facts\\..*$"))
    done: pl.Expr = pl.when(pl.col("liquidated") <= day).then(pl.col("liquidated"))
    no_day = (pl.col("liquidation") == "liquidated") & pl.col("liquidated").is_null()
    unsaid = pl.when(pl.lit(not stated) | no_day).then(pl.lit("not stated"))
    if deemed is None:
        return lines.with_columns(liquidated_on=done, state=pl.lit("any")).with_columns(_since(day))
    by_law = pl.col("on").dt.offset_by(f"{deemed.years}y")
    held = pl.col("liquidation").is_in([*deemed.unless, *BY_CUSTOMS])
    done = done.fill_null(pl.when(pl.lit(stated) & ~held & (by_law <= day)).then(by_law))
    return lines.with_columns(liquidated_on=done).with_columns(
        _since(day),
        state=unsaid.when(pl.col("liquidated_on").is_null())
        .then(pl.lit("unliquidated"))
        .otherwise(pl.lit("liquidated")),
    )


def word(table: pl.DataFrame, name: str) -> pl.Expr:
    """What a table says in a status column, in one form; blank where it says nothing, or no."""
    if name not in table.columns:
        return pl.lit("")
    given = pl.col(name).cast(pl.String).str.strip_chars().str.to_lowercase().fill_null("")
    if name in WORDS:
        given = pl.when(given.is_in(YES)).then(pl.lit(WORDS[name][0])).otherwise(given)
        given = pl.when(given.is_in(NO)).then(pl.lit("")).otherwise(given)
    return given


def read_days(table: pl.DataFrame, name: str) -> pl.Series:
    """A column of days; text is read as 2026-03-01 or, as US exports write it, 03/01/2026."""
    if table.schema[name] != pl.String:
        return table[name].cast(pl.Date)
    text = table[name].str.strip_chars().replace("", None)
    read = text.str.to_date("%Y-%m-%d", strict=False)
    read = read.fill_null(text.str.to_date("%m/%d/%Y", strict=False))
    bad = table.filter(text.is_not_null() & read.is_null())
    if bad.height:
        raise UnitError(
            f"“{bad[name][0]}” is not a date.",
            where=f"{name}, line {bad['line'][0] if 'line' in bad.columns else '?'}",
            mend="Write it as 2026-03-01 or 03/01/2026.",
        )
    return read.rename(name)


def _since(day: date) -> pl.Expr:
    return (pl.lit(day) - pl.col("liquidated_on")).dt.total_days().alias("since")


def _final(lines: pl.DataFrame, law: Refunds, place: str) -> pl.DataFrame:
    """The state of lines that nobody protested in time."""
    late = pl.col("since") > law.finality[place].days
    return lines.with_columns(
        state=pl.when(late & (pl.col("protest") == ""))
        .then(pl.lit("final"))
        .otherwise(pl.col("state"))
    )


def _never(ledger: Ledger, rule: Ground | None, table: pl.DataFrame, day: date) -> list[Refusal]:
    """Why no route is open at all: nothing known yet, another's ruling, a stay."""
    every = pl.lit(True)
    if rule is None:
        words = pl.lit(f"no ruling or order known on {day}")
        return [Refusal(every, "no ground known", words)]
    public = ledger.instruments[rule.instrument].public
    if day < public:
        words = pl.lit(f"{rule.title}: known from {public} only")
        return [Refusal(every, "no ground known", words)]
    out = [_odd(rule)]
    if rule.kind == "preference":
        words = pl.lit("the goods are designated for drawback, which gives back the same duties")
        out.append(Refusal(pl.col("drawback") == "yes", "drawback", words))
    if rule.party:
        column = f"facts.{rule.party}"
        said = _sentence(ledger, ledger.facts[rule.party].meaning, rule)
        party = pl.lit(False)
        if column in table.columns:
            party = pl.col(column).cast(pl.String).str.to_lowercase().is_in((*YES, "1.0"))
        out.append(Refusal(~party.fill_null(False), "not a party", pl.lit(f"not {said}")))
    if rule.stayed and rule.stayed.holds(day):
        said = _sentence(ledger, "the ruling is stayed for the time being", rule.stayed)
        out.append(Refusal(every, "stayed", pl.lit(said)))
    return out


def _odd(rule: Ground) -> Refusal:
    """Lines whose status is told in a word that is not known."""
    late = rule.kind == "preference"
    asked = {name: words for name, words in WORDS.items() if late or name != "originating"}
    odd = {name: ~pl.col(name).is_in(["", *words]) for name, words in asked.items()}
    says = [
        pl.format(
            "“{}” in “{}”; known are {}", pl.col(name), pl.lit(name), pl.lit(", ".join(words))
        )
        for name, words in asked.items()
    ]
    return Refusal(pl.any_horizontal(odd.values()), ODD, first(list(odd.values()), says))


def _takes(route: Route, day: date) -> pl.Expr:
    """Lines that a route takes on a day."""
    if day < route.start or (route.to is not None and day >= route.to):
        return pl.lit(False)
    fits = pl.lit("any" in route.takes) | pl.col("state").is_in(route.takes)
    for bar in route.bars:
        if bar.holds(day):
            fits &= ~_barred(bar)
    last = _last(route.window)
    return fits & (last >= day).fill_null(not route.window.needed)


def _barred(bar: Bar) -> pl.Expr:
    """Lines that a bar holds back."""
    column = pl.col(bar.column)
    return column.is_not_null() if bar.column in DAYS else column.is_in(bar.values)


def _last(window: Window) -> pl.Expr:
    """The last day of a window."""
    start = pl.col({"liquidated": "liquidated_on"}.get(window.after, window.after))
    last = start.dt.offset_by(f"{window.years}y{window.days}d")
    if window.before is None:
        return last
    other = pl.col(window.before).dt.offset_by(f"-{window.margin}d")
    lifted = pl.col("liquidation").is_in(window.lifted_by)
    return pl.when(lifted).then(other).otherwise(pl.min_horizontal(last, other))


def _not_taken(
    ledger: Ledger, law: Refunds, place: str, routes: Sequence[Route], day: date
) -> list[Refusal]:
    """Reasons of lines that no route takes, the first that fits being told."""
    no_day = pl.col("liquidation") == "liquidated"
    day_unsaid, unsaid = (
        "liquidated, and no column says on which day",
        "no column says where it stands",
    )
    words = pl.when(no_day).then(pl.lit(day_unsaid)).otherwise(pl.lit(unsaid))
    out = []
    if not all("any" in route.takes for route in routes):
        out.append(Refusal(pl.col("state") == "not stated", UNSTATED, words))
        if place in law.finality:
            final = law.finality[place]
            said = _sentence(ledger, final.note, final)
            out.append(Refusal(pl.col("state") == "final", final.reason, pl.lit(said)))
    for route in routes:
        for bar in (b for b in route.bars if b.holds(day)):
            said = _sentence(ledger, bar.note or bar.reason, bar)
            out.append(Refusal(_barred(bar), bar.reason, pl.lit(said)))
    for route in routes:
        if day < route.start:
            said = _sentence(ledger, f"{route.title} opens on {route.start}", route)
            out.append(Refusal(pl.lit(True), "not open yet", pl.lit(said)))
    said = "; ".join(_sentence(ledger, route.title, route) for route in routes)
    said = f"the days of every route are over: {said}"
    return [*out, Refusal(pl.lit(True), "too late", pl.lit(said))]


def _sentence(ledger: Ledger, words: str, cited: object) -> str:
    """Words with their citation."""
    instrument, cite = cited.instrument, cited.cite  # type: ignore[attr-defined]
    return f"{words} ({ledger.cite(instrument, cite)})"


def first(masks: Sequence[pl.Expr], values: Sequence[pl.Expr]) -> pl.Expr:
    """The value of the first mask that holds, null where none does."""
    out = pl.lit(None)
    for mask, value in reversed(list(zip(masks, values, strict=True))):
        out = pl.when(mask).then(value).otherwise(out)
    return out
