"""What holds of refunds and audits of any entries, whatever the law says."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oracles.draw import Draw, said
from oracles.slow_duty import Law, Line, owed
from oracles.tables import table_of
from surtax.duty.audit import CANDIDATE, ERA, EXTRA, MISSING, OVER, UNCHECKED, UNDER, Auditor
from surtax.duty.bulk import Rater, layer_names
from surtax.duty.eligible import judge
from surtax.duty.refund import Refunder, make_claim
from surtax.ledger import Ledger
from surtax.ledger.headings import dotted, headings
from surtax.ledger.schema import SCHEDULE

KNOWN = date(2026, 11, 9)
VOIDS = ["us/ieepa", "us/s232", "ca/surtax"]


@cache
def ledger() -> Ledger:
    return Ledger.load()


@cache
def rater() -> Rater:
    return Rater(ledger(), known=KNOWN)


@cache
def refunder(*void: str) -> Refunder:
    return Refunder(ledger(), make_claim(ledger(), KNOWN, void=void))


@cache
def late(*elsewhere: str) -> Refunder:
    """Preferences claimed after importation, beside duties that come back on other grounds."""
    return Refunder(ledger(), make_claim(ledger(), KNOWN, void=elsewhere, ground="preference-us"))


@cache
def auditor() -> Auditor:
    return Auditor(ledger(), KNOWN)


@cache
def draw() -> Draw:
    return Draw(Law())


DAYS = [date(2025, 3, 10), date(2025, 4, 20), date(2025, 6, 20), date(2025, 9, 2),
        date(2026, 1, 20), date(2026, 3, 20), date(2026, 8, 5), date(2026, 10, 5)]  # fmt: skip
"""Days of entry on which the law differs; each costs a compilation."""


@cache
def drawn(under: str, count: int) -> list[tuple[Line, date]]:
    """Random lines at the edges of the measures of a folder."""
    rng = random.Random(f"filing {under}")
    mine = [m for m in draw().law.measures if f"{m}/".startswith(f"{under}/")]
    out = []
    for _ in range(count):
        measure, on = rng.choice(mine), rng.choice(DAYS)
        name = rng.choice([name for name, _, _ in said(draw().law.measures[measure])])
        out.append((draw().line(rng, measure, name, on), on))
    return out


@cache
def entries() -> pl.DataFrame:
    """Random entries into the United States that are rated, with a number for each."""
    table = table_of(drawn("us", 150)).with_row_index("line", offset=1)
    told = rater().rate(table)
    sound = told["rejected"].is_null() & told["admissible"] & (told["into"] == "US")
    whole = (told["unknown"] == "") & (told["missing"] == "")
    return table.filter(sound & whole)


# -- refunds -------------------------------------------------------------------------------------


@pytest.mark.parametrize("void", VOIDS)
def test_a_refund_is_the_duty_with_a_measure_less_that_without(void: str) -> None:
    """Against the slow reading of the law files, from which the measures are taken away."""
    lines, without = drawn(void, 60), Law()
    for place, stories in without.stories.items():
        without.stories[place] = {
            name: story
            for name, story in stories.items()
            if not f"{name.partition('#')[0]}/".startswith(f"{void}/")
        }
    table = table_of(lines).with_row_index("line", offset=1)
    found, moved = refunder(void).lines(table), 0
    for (line, on), row in zip(lines, found.iter_rows(named=True), strict=True):
        if row["reason"] == "could not be rated":
            assert row["refund"] == 0
            continue
        before, after = (owed(law, line, on, KNOWN) for law in (draw().law, without))
        if before.admissible and after.admissible:
            assert Decimal(row["refund"]) == 100 * (before.total - after.total), (line, on)
            moved += before.total != after.total
    assert moved >= 5


@settings(max_examples=15, deadline=None)
@given(part=st.lists(st.integers(0, 150), min_size=1, max_size=9), void=st.sampled_from(VOIDS[:2]))
def test_a_refund_is_no_more_than_was_paid(part: list[int], void: str) -> None:
    table = entries()
    duty = rater().rate(table)["duty"]
    paid = [round(d * part[i % len(part)] / 100, 2) for i, d in enumerate(duty)]
    table = table.with_columns(paid=pl.Series(paid, dtype=pl.Decimal(18, 2)))
    found = refunder(void).lines(table)
    cents = found["paid"] * 100
    assert (found["refund"] <= cents).all()
    parts = [name for name in found.columns if name.startswith("refund.")]
    total = found.select(pl.sum_horizontal(pl.lit(0), *parts)).to_series()
    assert (found["refund"] + found["unpaid"] == total).all()


def claim_of(origin: str, claims: str) -> str | None:
    """The preference into the United States that a line could have claimed and did not.

    19 U.S.C. 1520(d) and the agreements that it names.
    """
    names = {"CA": "usmca", "MX": "usmca", "CL": "chile", "KR": "korus", "PE": "peru",
             "CO": "colombia", "PA": "panama", "OM": "oman", "CR": "cafta-dr", "DO": "cafta-dr",
             "GT": "cafta-dr", "HN": "cafta-dr", "NI": "cafta-dr", "SV": "cafta-dr"}  # fmt: skip
    name = names.get(origin)
    return None if name in claims.split(";") else name


LATE = [None, "us/s232", "us/s122"]
"""Duties that fall beside those of the emergency act."""


@cache
def late_lines() -> list[tuple[Line, date]]:
    """Random lines into the United States, half of them of a partner and without a claim."""
    rng = random.Random("late")
    lines = drawn("us", 240)
    partners = [(one, on) for one, on in lines if claim_of(one.origin, "")]
    bare = [(replace(one, claims=frozenset()), on) for one, on in partners]
    return [*bare, *rng.sample(lines, 20)]


@cache
def late_table() -> tuple[pl.DataFrame, pl.Series]:
    """Those lines, said to have qualified, and what each owes."""
    table = table_of(late_lines()).with_row_index("line", offset=1)
    return table.with_columns(originating=pl.lit("yes")), rater().rate(table)["duty"].fill_null(0)


def test_a_late_preference_beside_a_ruling_gives_back_what_both_save() -> None:
    """Against the slow reading of the law files: two grounds together, each dollar once."""
    lines, without = late_lines(), Law()
    for place, stories in without.stories.items():
        without.stories[place] = {
            name: story for name, story in stories.items() if not name.startswith("us/ieepa/")
        }
    table, _ = late_table()
    fallen, claimed = refunder("us/ieepa").lines(table), late().lines(table)
    both = saved = 0
    for (line, on), one, other in zip(
        lines, fallen.iter_rows(named=True), claimed.iter_rows(named=True), strict=True
    ):
        name = claim_of(line.origin, ";".join(line.claims))
        assert (other["reason"] in ("claimed at entry", "no claim after importation")) == (
            name is None and other["reason"] != "could not be rated"
        )
        if "could not be rated" in (one["reason"], other["reason"]):
            continue
        now = replace(line, claims=line.claims | {name} if name else line.claims)
        before, after = owed(draw().law, line, on, KNOWN), owed(without, now, on, KNOWN)
        if before.admissible and after.admissible:
            back = one["refund"] + other["refund"]
            assert Decimal(back) == 100 * (before.total - after.total), (line, on)
            both += one["refund"] != 0 != other["refund"]
            saved += other["refund"] != 0
    assert both >= 3
    assert saved >= 10


@settings(max_examples=8, deadline=None)
@given(
    part=st.lists(st.integers(0, 150), min_size=1, max_size=9),
    more=st.sampled_from(LATE),
    parted=st.booleans(),
)
def test_no_dollar_comes_back_on_two_grounds(
    part: list[int], more: str | None, *, parted: bool
) -> None:
    """Duties that fall and a preference claimed late, of entries that say what was paid."""
    table, duty = late_table()
    paid = [round(d * part[i % len(part)] / 100, 2) for i, d in enumerate(duty)]
    total = pl.Series(paid, dtype=pl.Decimal(18, 2))
    if parted:  # all of it under a heading of the emergency duties
        nothing = pl.lit(Decimal(0), pl.Decimal(18, 2))
        own: dict[str, Any] = {"paid.99030125": total, "paid.general": nothing}
        table = table.with_columns(**own)
    else:
        table = table.with_columns(paid=total)
    named = (more,) if more else ()
    fallen = refunder("us/ieepa", *named).lines(table)["refund"].clip(lower_bound=0)
    claimed = late(*named).lines(table)["refund"].clip(lower_bound=0)
    assert (fallen + claimed <= total * 100).all()
    assert (claimed > 0).any() or parted or max(part) == 0


@settings(max_examples=60, deadline=None)
@given(
    entered=st.dates(date(2025, 2, 1), date(2026, 2, 20)),
    claimed=st.dates(date(2026, 2, 20), date(2026, 11, 9)),
    after=st.none() | st.integers(0, 500),
    liquidation=st.sampled_from(["", "extended", "suspended", "under review", "moved"]),
    protest=st.sampled_from(["", "open", "denied"]),
    flags=st.fixed_dictionaries(
        {"drawback": st.sampled_from(["", "yes"]), "dumping": st.sampled_from(["", "yes"])}
    ),
)
def test_a_line_is_claimed_in_time_or_told_why_not(
    entered: date, claimed: date, after: int | None, liquidation: str, protest: str,
    flags: dict[str, str],
) -> None:  # fmt: skip
    day = None if after is None else entered.fromordinal(entered.toordinal() + after)
    one = {"on": entered, "liquidated": day, "liquidation": liquidation, "protest": protest}
    table = pl.DataFrame([one | flags], schema_overrides={"liquidated": pl.Date})
    row = judge(ledger(), "learning-resources", table, claimed).row(0, named=True)
    assert row["eligible"] == (row["route"] is not None) == (row["reason"] is None)
    assert row["because"]
    if row["deadline"]:
        assert row["eligible"]
        assert claimed <= row["deadline"]
        # 19 U.S.C. 1514(c)(3) is the longest of all windows
        assert (row["deadline"] - row["liquidated_on"]).days <= 180
    if row["liquidated_on"]:
        assert row["liquidated_on"] <= claimed
        assert row["since"] == (claimed - row["liquidated_on"]).days
    if liquidation == "moved":
        assert row["reason"] == "status not understood"


# -- audits --------------------------------------------------------------------------------------


@cache
def filing() -> pl.DataFrame:
    """Random entries as they should have been filed: every duty under one of its headings."""
    table = entries()
    told = rater().rate(table)
    known: dict[str, list[dict[str, Any]]] = {}
    order = headings(ledger()).sort(pl.col("origin").is_null(), "heading")
    for one in order.filter(says="duty").iter_rows(named=True):
        known.setdefault(one["provision"], []).append(one)
    duties = [name for name in layer_names(told) if name != SCHEDULE]
    rows = []
    for row in told.iter_rows(named=True):
        day = row["on"].toordinal()
        under: dict[str, Decimal] = {}
        for name in (n for n in duties if row[n]):
            fits = [
                one["heading"]
                for one in known.get(name, [])
                if one["first"] <= day < one["last"] and one["origin"] in (None, row["origin"])
            ]
            if not fits:
                break
            code = fits[0]
            under[code] = under.get(code, Decimal(0)) + row[name]
        else:
            general = row.get(SCHEDULE) or Decimal(0)
            paid = {f"paid.{code}": amount for code, amount in under.items()}
            filed = ";".join(map(dotted, under))
            rows.append({"line": row["line"], "filed": filed, "paid.general": general, **paid})
    names = list(dict.fromkeys(name for row in rows for name in row))
    kinds = {n: pl.Decimal(18, 2) for n in names if n.startswith("paid.")}
    wide = pl.DataFrame(
        [{n: row.get(n) for n in names} for row in rows],
        schema={n: kinds.get(n, pl.String if n == "filed" else pl.UInt32) for n in names},
    )
    kept = table.filter(pl.col("line").is_in(wide["line"].implode()))
    return kept.join(wide, on="line", maintain_order="left")


def faults(table: pl.DataFrame) -> pl.DataFrame:
    return auditor().findings(table).filter(pl.col("finding") != CANDIDATE)


def test_what_is_filed_as_it_is_owed_has_no_finding() -> None:
    table = filing()
    assert len(table) >= 40
    assert faults(table).rows() == []
    whole = entries()
    paid = whole.with_columns(paid=rater().rate(whole)["duty"])
    assert faults(paid).rows() == []


def picked(at: int) -> tuple[dict[str, Any], pl.DataFrame]:
    """A line as filed, and a table of it and two others."""
    whole = filing()
    first = at % (len(whole) - 2)
    table = whole[first : first + 3]
    return table.row(1, named=True), table


def heading_of(row: dict[str, Any], pick: int) -> str:
    """One of the headings that a line files an amount under, by number."""
    filed = [c for c in str(row["filed"]).split(";") if c]
    paid = [c for c in filed if (row[f"paid.{c.replace('.', '')}"] or 0) > Decimal(60)]
    return paid[pick % len(paid)] if paid else ""


def changed(table: pl.DataFrame, line: int, **cells: object) -> pl.DataFrame:
    here = pl.col("line") == line
    return table.with_columns(
        pl.when(here).then(pl.lit(value, table.schema[name])).otherwise(name).alias(name)
        for name, value in cells.items()
    )


@settings(max_examples=12, deadline=None)
@given(at=st.integers(0, 10**6), pick=st.integers(0, 9), off=st.integers(-50, 50))
def test_an_amount_changed_is_one_finding_of_that_amount(at: int, pick: int, off: int) -> None:
    row, table = picked(at)
    if not (code := heading_of(row, pick)):
        return
    name = f"paid.{code.replace('.', '')}"
    found = faults(changed(table, row["line"], **{name: row[name] + off}))
    if abs(off) <= 1:  # duty is reckoned on whole dollars
        assert found.is_empty()
        return
    (told,) = found.iter_rows(named=True)
    assert (told["line"], told["heading"], told["over"]) == (row["line"], code, 100 * off)
    assert told["finding"] in (OVER, UNDER, ERA, "wrong base")


@settings(max_examples=12, deadline=None)
@given(at=st.integers(0, 10**6), pick=st.integers(0, 9))
def test_a_heading_left_out_is_missing_with_what_it_owes(at: int, pick: int) -> None:
    row, table = picked(at)
    if not (code := heading_of(row, pick)):
        return
    name = f"paid.{code.replace('.', '')}"
    left = ";".join(c for c in row["filed"].split(";") if c != code)
    found = faults(changed(table, row["line"], filed=left, **{name: None}))
    assert set(found["line"]) == {row["line"]}
    assert set(found["finding"]) == {MISSING}
    assert found["owed"].sum() == 100 * row[name] == -found["over"].sum()


@settings(max_examples=12, deadline=None)
@given(at=st.integers(0, 10**6), amount=st.integers(2, 900))
def test_a_heading_that_is_not_owed_is_extra_by_what_was_paid(at: int, amount: int) -> None:
    row, table = picked(at)
    name = "paid.99037801"  # copper, 50 %: Proclamation 10962
    if "9903.78.01" in row["filed"]:
        return
    if name not in table.columns:
        table = table.with_columns(pl.lit(None, pl.Decimal(18, 2)).alias(name))
    filed = ";".join(filter(None, [row["filed"], "9903.78.01"]))
    found = faults(changed(table, row["line"], filed=filed, **{name: Decimal(amount)}))
    (told,) = found.iter_rows(named=True)
    assert (told["line"], told["heading"]) == (row["line"], "9903.78.01")
    assert told["over"] == 100 * amount
    assert told["finding"] in (EXTRA, ERA)


def test_a_line_that_cannot_be_rated_is_not_checked() -> None:
    table = pl.DataFrame(
        {"line": [1], "goods": ["76169951"], "origin": ["CA"], "into": ["US"], "value": ["1000"],
         "on": [date(2025, 4, 5)], "claims": [""], "filed": ["9903.85.04"]}
    )  # fmt: skip
    (told,) = faults(table).iter_rows(named=True)
    assert told["finding"] == UNCHECKED
    assert "ten-digit" in told["because"]
