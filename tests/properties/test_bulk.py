"""What holds of tables of entries whatever the law says: scale, order, and what touches what."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oracles.draw import Draw
from oracles.slow_duty import Law
from oracles.tables import table_of
from surtax.duty.bulk import ADDED, Rater, layer_names, rate_table
from surtax.duty.calendar import turns
from surtax.duty.clause import Scope
from surtax.duty.entries.columns import NEEDED, canonical
from surtax.duty.entry import make_entry
from surtax.duty.exact import ONE, per_unit, price_of, scaled, times
from surtax.duty.outcomes import Outcomes, Plain
from surtax.duty.profiles import Cases, Found, Kernel
from surtax.duty.rate import rate
from surtax.duty.stack import evaluate
from surtax.duty.universe import Dictionary
from surtax.errors import DataError, UnknownNameError
from surtax.ledger import Ledger
from surtax.ledger.query import view

CENT = Decimal("0.01")


@cache
def law() -> Ledger:
    return Ledger.load()


@cache
def lines(seed: int, count: int = 250) -> pl.DataFrame:
    rng = random.Random(f"bulk {seed}")
    draw = Draw(Law())
    table = table_of([draw.anywhere(rng)[:2] for _ in range(count)])
    return table.with_row_index("line", offset=1)


def amounts(rated: pl.DataFrame) -> pl.DataFrame:
    """Line, duty by duty: what is owed, one row each."""
    long = rated.unpivot(layer_names(rated), index="line", variable_name="id", value_name="owed")
    return long.filter(pl.col("owed").is_not_null()).sort("line", "id")


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 3), order=st.randoms(use_true_random=False))
def test_the_order_of_lines_does_not_matter(seed: int, order: random.Random) -> None:
    table = lines(seed)
    at = list(range(len(table)))
    order.shuffle(at)
    rater = Rater(law())
    assert rater.rate(table[at]).sort("line").equals(Rater(law()).rate(table))


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 3), k=st.integers(2, 1000))
def test_k_times_the_value_owes_k_times_the_duty(seed: int, k: int) -> None:
    """To the cent: each side is rounded, and an all-in rate counts in a rounded general duty."""
    table = lines(seed).with_columns(quantity=pl.lit(None, dtype=pl.Decimal(18, 6)))
    once = rate_table(law(), table)
    more = rate_table(law(), table.with_columns(pl.col("value") * k))
    assert once["admissible"].equals(more["admissible"])
    names = sorted({*layer_names(once), *layer_names(more)})
    for name in names:
        both = zip(once[name], more[name], strict=True)
        for one, many in both:
            assert (one is None) == (many is None), name
            if one is not None:
                assert abs(many - k * one) <= 2 * k * CENT, (name, one, many)


@settings(max_examples=4, deadline=None)
@given(seed=st.integers(0, 3), cut=st.integers(1, 249))
def test_a_table_may_be_cut_anywhere(seed: int, cut: int) -> None:
    table, rater = lines(seed), Rater(law())
    parts = pl.concat([rater.rate(table[:cut]), rater.rate(table[cut:])], how="diagonal")
    whole = rate_table(law(), table)
    assert parts.select(whole.columns).equals(whole)


@settings(max_examples=300)
@given(
    cents=st.integers(0, 10**17),
    rate_=st.decimals(0, 9, places=12),
    share=st.decimals(0, 1, places=12),
)
def test_products_are_those_of_decimals(cents: int, rate_: Decimal, share: Decimal) -> None:
    import numpy as np

    for fraction in (rate_, share, round(rate_, 3)):
        by = scaled(np.array([float(fraction)]))
        exact = (Decimal(cents) * Decimal(int(by[0])) / ONE).quantize(Decimal(1), ROUND_HALF_UP)
        assert int(times(np.array([cents]), by)[0]) == int(exact)


@given(quantity=st.integers(0, 10**15), price=st.decimals("0.000001", 999, places=6))
def test_duties_per_unit_are_those_of_decimals(quantity: int, price: Decimal) -> None:
    import numpy as np

    exact = (Decimal(quantity).scaleb(-6) * price * 100).quantize(Decimal(1), ROUND_HALF_UP)
    number, scale = (np.array([part]) for part in price_of(6, price))
    assert int(per_unit(np.array([quantity]), number, scale)[0]) == int(exact)


def test_narrow_tables_say_the_same() -> None:
    table = lines(2)
    wide, narrow = rate_table(law(), table), Rater(law()).rate(table, narrow=True)
    pairs = [(f"layer{i}", f"duty{i}") for i in range(1, 20) if f"layer{i}" in narrow.columns]
    long = pl.concat(
        narrow.select("line", id=layer, owed=duty).drop_nulls("id") for layer, duty in pairs
    )
    summed = long.group_by("line", "id").agg(pl.col("owed").sum()).sort("line", "id")
    assert summed.equals(amounts(wide))
    assert narrow["duty"].equals(wide["duty"])


def line(**more: object) -> pl.DataFrame:
    given_: dict[str, object] = {
        "goods": "8703230190", "origin": "CA", "into": "US", "value": "40000",
        "on": date(2025, 4, 3), **more,
    }  # fmt: skip
    return pl.DataFrame({name: [value] for name, value in given_.items()})


def test_a_line_needs_no_more_than_five_columns_and_keeps_the_others() -> None:
    rated = rate_table(law(), line(note="mine"))
    one = make_entry(law(), "8703230190", origin="CA", into="US", value="40000")
    assert rated["duty"][0] == rate(law(), one, date(2025, 4, 3)).total
    assert rated["note"][0] == "mine"
    assert set(ADDED) <= set(rated.columns)


@pytest.mark.parametrize("name", NEEDED)
def test_a_lost_column_is_named(name: str) -> None:
    with pytest.raises(DataError, match=name):
        rate_table(law(), line().drop(name))
    with pytest.raises(DataError, match=name):
        rate_table(law(), line().with_columns(pl.lit(None).alias(name)))


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda: rate_table(law(), line(into="FR")), "importing place"),
        (lambda: rate_table(law(), line(**{"facts.happy": 1.0})), "fact"),
        (lambda: rate_table(law(), line(), void=["us/ieepa/recipocal"]), "reciprocal"),
        (lambda: rate_table(law(), line(value="much")), "“value” is of the type String.*“much”"),
        (lambda: rate_table(law(), line(on="2025-04-03")), "“on” is of the type String.*to_date"),
        (lambda: rate_table(law(), line(on=20250403)), "“on” is of the type Int64.*Give days"),
        (lambda: rate_table(law(), line(claims=["usmca"])), "“claims” is of the type List"),
        (lambda: rate_table(law(), line(value=float("nan"))), "“value” is of the type Float64"),
    ],
)
def test_what_is_not_known_is_one_message(wrong: Callable[[], object], words: str) -> None:
    with pytest.raises((UnknownNameError, DataError), match=words) as caught:
        wrong()
    assert ".." not in str(caught.value)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"value": "0"}, "the value is zero"),
        ({"value": "-1"}, "the value is negative"),
        ({"quantity": "0", "unit": "kg"}, "the quantity is zero"),
        ({"goods": "22042120", "quantity": "5", "unit": "kg"}, "per liter"),
        ({"goods": "76169951", "on": date(2025, 4, 5)}, "ten-digit"),
    ],
)
def test_a_line_that_cannot_be_rated_says_why_and_spoils_no_other(
    more: dict[str, object], words: str
) -> None:
    blank: dict[str, object] = {"quantity": None, "unit": None}
    both = pl.concat([line(**blank), line(**{**blank, **more})], how="vertical_relaxed")
    rated = rate_table(law(), both)
    assert rated["rejected"][0] is None
    assert words in rated["rejected"][1]
    assert rated["duty"][1] is None
    assert all(rated[name][1] is None for name in layer_names(rated))
    assert rated["duty"][0] is not None


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"goods": "8703.23.01.90"}, "“8703.23.01.90” is no tariff number"),
        ({"goods": "8703"}, "“8703” is no tariff number"),
        ({"goods": "99030125"}, "chapter 99 alone is no goods"),
        ({"goods": "car"}, "“car” is no tariff number"),
        ({"origin": "Canada"}, "write CA"),
        ({"origin": "CA-ON"}, "write CA"),
        ({"origin": "ZZ"}, "unknown place “ZZ”"),
        ({"origin": "EU27"}, "group of countries"),
        ({"origin": "PR"}, "within the customs border"),
        ({"claims": "usmca;nafta"}, "“nafta” is no claim"),
        ({"claims": "korus"}, "goods of CA cannot claim korus into US"),
        ({"facts.us_content": 3.0}, "us_content is 3, and not a share"),
        ({"facts.us_content": float("inf")}, "not a share"),
        ({"facts.general_rate": -0.5}, "general_rate is -0.5"),
        ({"facts.privileged": 20250403.0}, "the ordinal of a day"),
        (
            {"facts.steel_content": 0.7, "facts.aluminium_content": 0.6},
            "aluminium_content, steel_content are more than the whole value together",
        ),
        (
            {"facts.copper_content": 0.7, "facts.steel_content@us/s232/steel": 0.6},
            "copper_content, steel_content are more than the whole value together",
        ),
    ],
)
def test_what_a_single_entry_is_refused_for_a_line_is(more: dict[str, object], words: str) -> None:
    """No duty of nothing for an origin that is no code, none below nothing for a share of three."""
    good = line(claims="", **{name: None for name in more if name.startswith("facts.")})
    bad = line(**{"claims": "", **more})
    rated = rate_table(law(), pl.concat([bad, good, bad], how="vertical_relaxed"))
    assert rated["rejected"][1] is None
    assert rated["duty"][1] == rate_table(law(), good)["duty"][0]
    for row in (0, 2):
        assert words in rated["rejected"][row]
        assert rated["duty"][row] is None
        assert all(rated[name][row] is None for name in layer_names(rated))
    assert rated["origin"].to_list() == [*bad["origin"], *good["origin"], *bad["origin"]]


def test_shares_of_one_whole_may_fill_it_and_others_may_overlap() -> None:
    """A metal's value is no other metal's; what is of the United States may be of either."""
    full = {"facts.steel_content": 0.1, "facts.aluminium_content": 0.2, "facts.copper_content": 0.7}
    rated = rate_table(law(), line(**full, **{"facts.us_content": 0.9}))
    assert rated["rejected"][0] is None
    apart = {"facts.steel_content@us/s232/steel": 0.6, "facts.steel_content@us/s232/copper": 0.6}
    assert rate_table(law(), line(**apart))["rejected"][0] is None


def test_an_empty_table_stays_empty() -> None:
    rated = rate_table(law(), line().clear())
    assert len(rated) == 0
    assert set(ADDED) <= set(rated.columns)


def test_batches_of_arrow_are_tables() -> None:
    class Stream:
        def __arrow_c_stream__(self, requested_schema: object = None) -> object:
            return line().__arrow_c_stream__(requested_schema)

    assert rate_table(law(), Stream()).equals(rate_table(law(), line()))


def drawn(words: Dictionary, count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Numbers of drawn goods, origins and claims."""
    rng = np.random.default_rng(7)
    headings = ["7208100000", "87032301", "8542310001", "0702002045", "3004909200", "9503000013"]
    code, origin, claims = (
        np.array([words_of.number(str(one)) for one in rng.choice(texts, count)])
        for words_of, texts in (
            (words.codes, [*headings, *(str(n) for n in rng.integers(10**9, 98 * 10**8, 200))]),
            (words.origins, ["CA", "MX", "CN", "HK", "DE", "GB", "JP", "KR", "US", "RU"]),
            (words.claims, ["", "usmca", "korus"]),
        )
    )
    return code, origin, claims


@pytest.mark.parametrize(
    ("importer", "on"), [("US", "2025-04-10"), ("US", "2025-10-10"), ("CA", "2025-04-10")]
)
def test_what_is_known_of_scopes_beforehand_changes_nothing(importer: str, on: str) -> None:
    words = Dictionary()
    code, origin, claims = drawn(words, 400)
    kernel = Kernel(view(law(), date.fromisoformat(on), law().verified_to), importer, words)
    cases = Cases(kernel.goods(code), kernel.origins(origin), claims, np.full(400, 0.025))
    lines, program, reach = kernel.lines(cases), kernel.program, kernel.reach(cases)
    for pair, found in zip(program.reaches.pairs, reach, strict=True):
        assert np.array_equal(found, Scope(*pair).covers(lines))
    told, plain = evaluate(program, lines, reach), evaluate(program, lines)
    for name in ("scope", "applies", "rate", "share", "relief", "winner"):
        assert np.array_equal(
            getattr(told, name), getattr(plain, name), equal_nan=name in ("rate", "share")
        )
    assert plain.applies.any()
    assert (plain.relief >= 0).any() or importer == "CA"
    assert (plain.winner >= 0).any() or importer == "CA"


def test_what_laws_share_is_what_the_kernel_says_under_each() -> None:
    words = Dictionary()
    outcomes, plains = Outcomes(words), dict[date, tuple[Kernel, Plain]]()
    days = [day for day in turns(law(), "US") if day.year >= 2025][::4]
    general = np.random.default_rng(8).choice([0.0, 0.025, 0.1, 0.15, 0.4, np.nan], 600)
    owed = 0
    for count in (200, 600):  # the second table brings goods that the first did not have
        code, origin, claims = drawn(words, count)
        for day in days:
            if day not in plains:
                kernel = Kernel(view(law(), day, law().verified_to), "US", words)
                plains[day] = kernel, Plain(kernel, outcomes)
            kernel, plain = plains[day]
            cases = Cases(kernel.goods(code), kernel.origins(origin), claims, general[:count])
            cases = cases.take(np.flatnonzero(~kernel.single(cases.goods, cases.origin)))
            number = plain.of(cases)
            shared, alone = outcomes.found, kernel.rate(cases, words.names, words.texts)
            assert told_by(shared, number) == told_by(alone, np.arange(len(number)))
            owed += int(alone.count.sum())
    assert owed > 1000


def told_by(found: Found, profiles: np.ndarray) -> list[tuple[object, ...]]:
    """What is found of profiles; of an all-in rate the rate that it brings the general one to."""
    rate = np.where(np.isnan(found.top), found.rate, -1)
    each = np.stack([found.column, rate, found.share, found.least, np.nan_to_num(found.top)], 1)
    return [
        (
            found.barred[i], found.refused[i], found.unknown[i], found.missing[i],
            each[found.start[i] : found.start[i] + found.count[i]].tolist(),
        )
        for i in profiles.tolist()
    ]  # fmt: skip


def test_columns_left_out_are_filled_in_beside_claims() -> None:
    """A column that is cast, or filled in, before one of texts stays."""
    row = {
        "goods": ["9503000013"],
        "origin": ["CN"],
        "into": ["US"],
        "value": [100],
        "claims": [None],
    }
    made = canonical(pl.DataFrame({**row, "on": [date(2025, 4, 10)]}))
    assert made.select("line", "value", "claims").row(0) == (1, Decimal("100.00"), "")
