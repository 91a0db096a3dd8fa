"""The daily path: the same sums as one day at a time, and parts that add up."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from surtax import places
from surtax.duty.lines import Lines
from surtax.duty.program import compile_view
from surtax.duty.stack import evaluate
from surtax.errors import InputError, UnitError
from surtax.ledger import Ledger
from surtax.trade.assumptions import Content
from surtax.trade.claims import Claims, load_usmca_claims
from surtax.trade.daily import Daily, daily, write
from surtax.trade.effective import BASE, effective, embedded_flows
from surtax.trade.flows import Flows
from surtax.trade.numbers import parts
from surtax.trade.rating import declared_facts, general_rates, rate_rows
from surtax.trade.reduced import reduced
from surtax.trade.standing import turning_days

SINCE, UNTIL = date(2025, 1, 1), date(2026, 11, 9)


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    return Ledger.load()


@pytest.fixture(scope="module")
def path(ledger: Ledger) -> Daily:
    return daily(ledger, SINCE, UNTIL, UNTIL)


@pytest.mark.parametrize(
    "on", ["2025-01-01", "2025-03-05", "2025-04-09", "2025-09-30", "2025-11-20", "2026-09-20"]
)
def test_a_day_of_the_path_is_that_day_alone(ledger: Ledger, path: Daily, on: str) -> None:
    day = date.fromisoformat(on)
    alone = effective(ledger, day, UNTIL)
    assert path.rate(day) == pytest.approx(alone.rate, abs=1e-13)
    t = int(np.searchsorted(np.array(path.turns), day, side="right")) - 1
    for name, duty in alone.by_authority.items():
        want = {p: float(duty[alone.place == p].sum()) for p in path.partners}
        mine = path.duty[t, :, path.authorities.index(name)] if name in path.authorities else 0.0
        # dollars of imports are 3e12: a dollar is rounding
        assert np.abs(mine - np.array([want[p] for p in path.partners])).max() < 1.0


def test_every_turn_is_that_day_alone(ledger: Ledger, path: Daily) -> None:
    """A turn rates what it says something else of; a day alone is rated whole."""
    for day in path.turns:
        # sums of 9e4 rows in another order
        assert path.rate(day) == pytest.approx(effective(ledger, day, UNTIL).rate, abs=1e-13)


def test_the_parts_of_every_day_add_up(path: Daily) -> None:
    sums = path.frame().group_by("on").agg(pl.col("part").sum()).sort("on")
    assert len(sums) == (UNTIL - SINCE).days + 1
    for on, part in sums.iter_rows():
        assert part == pytest.approx(path.rate(on), abs=1e-12)


def test_between_two_turns_nothing_changes(ledger: Ledger, path: Daily) -> None:
    for day in (date(2025, 4, 11), date(2025, 12, 24)):
        last = max(t for t in path.turns if t <= day)
        assert effective(ledger, day, UNTIL).rate == effective(ledger, last, UNTIL).rate


def test_turns_know_nothing_that_was_not_known(ledger: Ledger) -> None:
    seen = turning_days(ledger, "US", SINCE, UNTIL, date(2025, 3, 28))
    assert date(2025, 4, 3) in seen  # the automobile duty, signed on 26 March
    assert date(2025, 4, 9) not in seen


def test_goods_of_a_class_owe_the_same(ledger: Ledger) -> None:
    flows, claims = embedded_flows("US"), load_usmca_claims()
    fewer = reduced(ledger, flows, claims)
    assert fewer.flows.imports() == pytest.approx(flows.imports(), rel=1e-14)
    first = fewer.flows.hs10[fewer.row]  # the line that stands for each row's goods
    at = {code: i for i, code in enumerate(flows.codes.tolist())}
    stands = np.array([at[c] for c in flows.codes.tolist()])
    stands[flows.code_index] = [at[c] for c in first.tolist()]
    split = parts(flows)
    n = len(split.line)
    for on in (date(2025, 4, 9), date(2026, 6, 10)):
        program = compile_view(ledger.at(on, UNTIL), "US")
        for origin in ("CA", "CN", "EU27"):
            facts = {
                f: v.of(flows.codes)[split.line] if isinstance(v, Content) else np.full(n, v)
                for f, v in declared_facts({}).items()
            }
            lines = Lines(split.codes, np.arange(n), [origin], np.zeros(n, dtype=np.intp), {},
                          facts, general_rates(flows)[split.line])  # fmt: skip
            charged = split.lines(evaluate(program, lines).charged)
            # a line in parts is their weighted mean: the last bit may differ, of rates below two
            assert np.abs(charged - charged[stands]).max() <= 2.3e-16


def test_partners_with_reliefs_of_their_own_are_rated_apart(ledger: Ledger) -> None:
    """Partners on one list of duties whose reliefs name only some of them."""
    flows, claims = embedded_flows("US"), load_usmca_claims()
    on = date(2025, 11, 20)
    program = compile_view(ledger.at(on, UNTIL), "US")
    together = np.zeros((len(flows), len(program.rules)))
    for block in rate_rows(program, flows, claims, declared_facts({})):
        together[np.ix_(block.rows, block.rules)] = block.charged
    for one in ("JP", "KR", "CH", "EU27", "GB"):
        alone = flows.of(one)
        rows = np.flatnonzero(flows.place == one)
        mine = np.zeros((len(alone), len(program.rules)))
        for block in rate_rows(program, alone, claims, declared_facts({})):
            mine[np.ix_(block.rows, block.rules)] = block.charged
        assert np.abs(mine - together[rows]).max() < 1e-15, places.place(one).name


def test_the_span_and_the_file_are_checked(ledger: Ledger, path: Daily, tmp_path: Path) -> None:
    with pytest.raises(UnitError, match="is empty"):
        daily(ledger, UNTIL, SINCE)
    with pytest.raises(InputError, match="kind of file"):
        write(path, tmp_path / "etr.xls")
    with pytest.raises(InputError, match="lies outside"):
        path.rate(SINCE - timedelta(days=1))
    rows = write(path, tmp_path / "etr.parquet")
    assert [f.name for f in tmp_path.iterdir()] == ["etr.parquet"]
    kept = pl.read_parquet(tmp_path / "etr.parquet")
    assert len(kept) == rows
    assert kept.columns == [
        "on", "partner", "authority", "imports", "barred", "duty", "rate", "part", "turn"
    ]  # fmt: skip


def test_canada_has_a_path_too(ledger: Ledger) -> None:
    found = daily(ledger, date(2025, 3, 1), date(2025, 4, 30), into="CA")
    assert found.rate(date(2025, 3, 3)) == pytest.approx(0.0)
    assert found.rate(date(2025, 3, 4)) > 0.02
    on = date(2025, 4, 20)
    assert found.rate(on) == pytest.approx(effective(ledger, on, into="CA").rate, abs=1e-14)
    assert found.authorities[0] == BASE


def test_shares_of_claims_may_be_those_of_the_day(ledger: Ledger) -> None:
    found = daily(ledger, date(2025, 11, 20), date(2026, 2, 10), UNTIL, claims="day")
    for on in (date(2025, 11, 25), date(2025, 12, 24), date(2026, 2, 8)):
        alone = effective(ledger, on, UNTIL, claims="day")
        assert found.rate(on) == pytest.approx(alone.rate, abs=1e-13)
    assert found.rate(date(2025, 12, 1)) < found.rate(date(2025, 11, 30))  # more was claimed


def test_the_base_stays_that_of_the_year_the_duties_were_collected_in(ledger: Ledger) -> None:
    on = date(2025, 11, 25)
    now, then = (effective(ledger, on, UNTIL, claims=name) for name in ("2026-02", "2024"))
    np.testing.assert_array_equal(now.base, then.base)
    assert now.rate < then.rate


def _whole(ledger: Ledger, flows: Flows, claims: Claims, on: date) -> dict[str, np.ndarray]:
    """By measure, duty in dollars of each row, rated line by line without any reduction."""
    program = compile_view(ledger.at(on, UNTIL), "US")
    out: dict[str, np.ndarray] = {}
    for block in rate_rows(program, flows, claims, declared_facts({})):
        for k, rule in enumerate(block.rules):
            name = program.rules[rule].provision.measure
            column = out.setdefault(name, np.zeros(len(flows)))
            column[block.rows] += block.charged[:, k] * flows.value[block.rows]
    return out


def _same_as_whole(ledger: Ledger, flows: Flows, claims: Claims, on: date) -> None:
    """Reduced flows, their effective rates and the daily path against the sums of all lines."""
    lines = _whole(ledger, flows, claims, on)
    fewer = reduced(ledger, flows, claims)
    assert fewer.flows.imports() == pytest.approx(flows.imports(), rel=1e-12)
    kept = _whole(ledger, fewer.flows, fewer.claims, on)
    assert kept.keys() == lines.keys()
    for name, duty in lines.items():
        # a class owes what its lines do: sums of at most 2e5 rows in float64
        want = np.bincount(fewer.row, duty, minlength=len(fewer.flows))
        np.testing.assert_allclose(kept[name], want, rtol=1e-10, atol=1e-4)
    found = effective(ledger, on, UNTIL, flows=flows, claims=claims)
    path = daily(ledger, on, on, UNTIL, flows=flows, claims=claims)
    for name, duty in lines.items():
        rated = sum(found.duty[:, i].sum() for i, r in enumerate(found.rules) if r.measure == name)
        assert rated == pytest.approx(duty.sum(), rel=1e-10, abs=1e-4)
    by_place = np.zeros(len(flows.places_))
    for duty in lines.values():
        by_place += np.bincount(flows.place_index, duty, minlength=len(by_place))
    rows = path.duty[0, :, [a != BASE for a in path.authorities]].sum(axis=0)
    np.testing.assert_allclose(rows, by_place, rtol=1e-10, atol=1e-4)


@pytest.mark.parametrize("on", ["2025-04-09", "2025-09-01", "2026-05-10"])
def test_reduced_flows_owe_what_their_lines_owe(ledger: Ledger, on: str) -> None:
    """All lines and partners of 2024, each rated by itself."""
    _same_as_whole(ledger, embedded_flows("US"), load_usmca_claims(), date.fromisoformat(on))


@pytest.mark.parametrize("seed", range(6))
def test_random_flows_owe_what_their_lines_owe(ledger: Ledger, seed: int) -> None:
    """Some lines of some partners at random values and claims, on a random day."""
    rng = np.random.default_rng(seed)
    all_of_it = embedded_flows("US")
    some = all_of_it.rows(np.sort(rng.choice(len(all_of_it), 400, replace=False)))
    flows = replace(some, value=rng.lognormal(12.0, 3.0, len(some)))
    ours = flows.rows(np.isin(flows.place, ["CA", "MX"]))
    claims = Claims(ours.hs10, ours.place, rng.uniform(size=len(ours)), 2024, "random")
    day = SINCE + timedelta(days=int(rng.integers((UNTIL - SINCE).days)))
    _same_as_whole(ledger, flows, claims, day)
