"""Lists: the programme against every possible list, slopes, and the way back to law."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

import surtax
from surtax.errors import InputError
from surtax.ledger import Ledger
from surtax.response import lists_items, lists_law
from surtax.response.lists import choose, left_out, score
from surtax.response.lists_effect import Ground
from surtax.response.lists_items import Items, barred, items_of
from surtax.response.lists_pick import Choice, pick
from surtax.response.objective import change
from surtax.response.players import player
from surtax.trade.flows import load_ca_imports, load_us_imports
from surtax.world import load
from surtax.world.shock import Point

N = 20


def every_list() -> np.ndarray:
    """(2**20, 20) all lists of twenty items."""
    numbers = np.arange(2**N)[:, None]
    return ((numbers >> np.arange(N)) & 1).astype(float)


@pytest.fixture(scope="module")
def all_lists() -> np.ndarray:
    return every_list()


def twenty(seed: int) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    value = rng.lognormal(0.0, 1.0, N)
    return {
        "value": value,
        "own": value * rng.normal(0.05, 0.1, N),
        "theirs": value * rng.uniform(0.02, 0.2, N),
    }


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("goal", ["ratio", "cost"])
def test_the_programme_finds_what_trying_every_list_finds(
    seed: int, goal: str, all_lists: np.ndarray
) -> None:
    made = twenty(seed)
    most = 0.4 * made["value"].sum()
    least = 0.3 * made["theirs"].sum() if goal == "cost" else None
    found = pick(Choice(**made, most=most, fill=0.8, least=least, goal=goal))
    value, own, theirs = (all_lists @ made[k] for k in ("value", "own", "theirs"))
    may = (value <= most) & (value >= 0.8 * most) & (theirs >= (least or 0.0))
    wanted = own if goal == "cost" else own / np.where(theirs > 0, theirs, np.nan)
    best = np.nanmin(np.where(may, wanted, np.nan))
    mine = found.own if goal == "cost" else found.own / found.theirs
    # Never better than the best, and no further from it than the solver's proven gap; 1e-9 is
    # the solver's own tolerance of a sum.
    assert best - 1e-9 <= mine <= best + found.gap + 1e-9
    assert made["value"] @ found.x <= most * (1 + 1e-9)


def test_items_that_nothing_tells_apart_are_counted_right() -> None:
    value = np.ones(7)
    own = np.array([1.0, 1.0, 1.0, 2.0, 2.0, 2.0, 2.0])
    found = pick(Choice(value=value, own=own, theirs=value, most=5.0, fill=1.0, goal="cost"))
    assert found.x.sum() == 5
    assert own @ found.x == 7.0  # three of one and two of two


@pytest.mark.parametrize(
    ("change_", "sentence"),
    [
        ({"most": 1e12, "fill": 0.9}, "less than"),
        ({"least": 1e12, "goal": "cost"}, "no list of at most"),
        ({"most": 1e-9}, "costs the other side anything"),
    ],
)
def test_what_cannot_be_is_told_in_a_sentence(change_: dict[str, float], sentence: str) -> None:
    with pytest.raises(InputError, match=sentence) as caught:
        pick(Choice(**{**twenty(0), "most": 3.0, **change_}))
    assert caught.value.mend
    assert caught.value.where


@pytest.fixture(scope="module")
def ground() -> Ground:
    world = load.load("can19x34")
    buyer, seller = player(world, "CAN"), player(world, "USA")
    return Ground(
        world, world.tariffs, "own-share", buyer, seller, world.customs_ratios,
        items_of(load_ca_imports(), "US", world, 0.25),
        change(world, np.array(buyer.regions)), change(world, np.array(seller.regions)), 1e9,
    )  # fmt: skip


def test_slopes_are_those_of_the_equilibrium(ground: Ground) -> None:
    rng = np.random.default_rng(3)
    x = (rng.random(len(ground.items)) < 0.3).astype(float)
    step = 1e-2 * rng.uniform(-1.0, 1.0, len(x))
    own, theirs = ground.slopes(x, ground.solution(x))
    up, down = (ground.effect(ground.solution(x + s * step)) for s in (1, -1))
    # The third-order term of a central difference with steps of a hundredth of an item.
    assert (up.own - down.own) / 2 == pytest.approx(own @ step, rel=1e-3)
    assert (up.theirs - down.theirs) / 2 == pytest.approx(theirs @ step, rel=1e-3)


def test_a_list_of_everything_weighs_every_good_as_its_sector(ground: Ground) -> None:
    """Relative elasticities are one on average: naming all goods tilts nothing further."""
    tilt, _ = ground._tilt(np.ones(len(ground.items)))
    assert np.abs(tilt).max() < 1e-12  # rounding of sums of a thousand terms


@pytest.fixture(scope="module")
def small(ground: Ground) -> Ground:
    """Twenty real items, the largest of as many sectors as there are and then the largest."""
    order = np.argsort(-ground.items.value, kind="stable")[:N]
    keep = np.zeros(len(ground.items), dtype=bool)
    keep[order] = True
    return Ground(
        ground.world, ground.tariffs, ground.closure, ground.buyer, ground.seller, ground.ratio,
        ground.items.rows(keep), ground.own, ground.theirs, ground.unit,
    )  # fmt: skip


def test_no_exchange_of_one_item_betters_the_list(small: Ground) -> None:
    """In solved equilibria, not in slopes: adding, dropping or swapping any item within the cap."""
    most = 0.4 * small.items.value.sum()
    found = choose(small, np.ones(N, dtype=bool), most, fill=0.8)
    assert found.settled
    value = small.items.value
    better = []
    for i in range(N):
        for j in range(i, N):
            x = found.x.copy()
            x[i] = 1 - x[i]
            if j != i:
                x[j] = 1 - x[j]
            if 0.8 * most <= value @ x <= most:
                ratio = small.effect(small.solution(x)).ratio
                better.append(found.effect.ratio - ratio)
    # A swap within the gap that the solver leaves may be better by that much.
    assert max(better) <= max(found.gap, 1e-6) + 1e-3 * abs(found.effect.ratio)


def test_what_may_not_be_listed(ground: Ground) -> None:
    items = ground.items
    reasons = barred(items, ground.world, ground.buyer, ground.seller, named=["8703", "2009.11"])
    allowed, told = left_out(ground, reasons)
    for prefix in ("30", "8703", "200911"):
        under = np.array([c.startswith(prefix) for c in items.codes])
        assert under.any()
        assert not allowed[under].any()
    assert sum(row["items"] for row in told.values()) == (~allowed).sum()
    shares = lists_items.shares_from(ground.world, ground.buyer, ground.seller)
    assert ((shares >= 0) & (shares <= 1)).all()
    tied = reasons["captive inputs"]
    assert tied.any()
    assert (shares[items.sector[tied]] >= lists_items.CAPTIVE).all()
    # United Nations, BEC Rev. 4: 51 passenger cars and 112 fresh food for households are none.
    assert lists_items.end_use("870323") == "51"
    assert lists_items.end_use("070200") == "112"
    assert lists_items.end_use("7208510000") == "22"


def proposal(items: Items, codes: tuple[str, ...]) -> lists_law.Proposal:
    value = float(items.value[np.isin(items.codes, codes)].sum())
    return lists_law.Proposal(
        "CA", "US", 0.25, codes, date(2025, 3, 28), date(2025, 3, 28), "A list", "for a test",
        value, "CAD",
    )  # fmt: skip


def test_the_measure_written_back_covers_exactly_what_it_promises(
    ground: Ground, tmp_path: Path
) -> None:
    rng = np.random.default_rng(11)
    codes = tuple(sorted(rng.choice(ground.items.codes, 700, replace=False).tolist()))
    made = proposal(ground.items, codes)
    files = lists_law.write(made, tmp_path / "out")
    assert all(file.is_file() for file in files)
    ledger = Ledger.load(tmp_path / "out")
    assert lists_law.covered(ledger, made.measure, made.since, load_ca_imports()) == made.value
    first = ledger.at(made.since, made.known).listed[0]
    assert first.status == "proposed"
    assert first.rate == "25%"
    assert not ledger.at(made.since, made.known).active


def test_goods_are_charged_already_where_a_measure_really_charges_them() -> None:
    """Steel of Canada and of India, on 19 January and on 28 March 2025.

    Proclamation 10896, 90 FR 9817, put articles of iron and steel on the list as of 12 March and
    ended the exemption of Canada's, 83 FR 25857 and 84 FR 23987: 7301.20 (angles, shapes and
    sections) is new to both, 7301.10 (sheet piling) was charged on India's goods from the start,
    83 FR 11625, and on none of Canada's.
    """
    law = Ledger.load()
    before, after = (Point(day, day) for day in (date(2025, 1, 19), date(2025, 3, 28)))
    aside = Point(after.on, after.on, without=frozenset({"us/s232/steel", "us/ieepa/fentanyl-ca"}))

    def steel(of: str, then: Point) -> set[str]:
        found = lists_law.charged(law, before, then, load_us_imports().of(of))
        return {code[:6] for code in found} & {"730110", "730120"}

    assert steel("CA", after) == {"730110", "730120"}
    assert steel("IN", after) == {"730120"}
    assert steel("CA", before) == set()
    assert steel("CA", aside) == set()


def test_nothing_is_written_over(ground: Ground, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "kept").write_text("kept", encoding="utf-8")
    with pytest.raises(InputError, match="not empty"):
        lists_law.write(proposal(ground.items, ("01012100",)), tmp_path / "out")
    with pytest.raises(InputError, match="without items"):
        lists_law.write(proposal(ground.items, ()), tmp_path / "new")
    assert [p.name for p in tmp_path.rglob("*")] == ["out", "kept"]


def test_a_union_counts_no_item_twice(ground: Ground) -> None:
    ledger = Ledger.load()
    lists = [
        ledger.codes(f"ca/surtax/{name}", ["@goods"])
        for name in ("united-states-2025-1", "steel-and-aluminum-2025", "second-list")
    ]
    parts = [score(ground, codes).value for codes in lists]
    union = score(ground, frozenset().union(*lists))
    # All items of the metals list are on the second list as well: Department of Finance Canada
    # announced C$30 bn and C$125 bn, C$155 bn together.
    assert union.value == parts[0] + parts[2]
    assert union.value == pytest.approx(155e9, rel=1e-3)  # items below C$500 are no row
    assert len(union.codes) == len(set(union.codes))


@pytest.mark.parametrize(("most", "sentence"), [(10.0, "smallest item"), (1e15, "less than")])
def test_caps_that_cannot_be(ground: Ground, most: float, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        choose(ground, np.ones(len(ground.items), dtype=bool), most)
    with pytest.raises(InputError, match="no goods are left"):
        choose(ground, np.zeros(len(ground.items), dtype=bool), 1e9)


def test_a_scenario_is_answered_by_a_list_that_rates_to_what_it_says(tmp_path: Path) -> None:
    answer = surtax.respond(
        "spring-2025", player="CAN", mode="list", limit="1e9", without=["8703"], ranges=False,
        ground="urgent", out=tmp_path / "list",
    )  # fmt: skip
    one = answer["measures"][0]
    assert one["status"] == "proposed"
    assert 0.995e9 <= one["trade"] <= 1e9  # the cap is used to the half per cent promised
    listed = [row["item"] for row in answer["tariffs"]]
    assert len(listed) == one["items"]
    assert not any(item.startswith(("8703", "30")) for item in listed)
    ledger = Ledger.load(tmp_path / "list")
    day = ledger.at(date(2025, 3, 28), date(2025, 3, 28)).listed[0].days.start
    assert day is not None
    assert lists_law.covered(ledger, one["id"], day, load_ca_imports()) == one["trade"]
    assert sum(row["value"] for row in answer["sectors"]) == one["trade"]
    assert "urgent and in the public interest" in answer["claim"]
    assert any("urgent and in the public" in note for note in ledger.measure(one["id"]).notes)


def test_no_list_at_all_beats_the_mixture(ground: Ground) -> None:
    """Every list of ten items in its own equilibrium, against the bound and the list chosen."""
    order = np.argsort(-ground.items.value, kind="stable")[:10]
    keep = np.zeros(len(ground.items), dtype=bool)
    keep[order] = True
    few = Ground(
        ground.world, ground.tariffs, ground.closure, ground.buyer, ground.seller, ground.ratio,
        ground.items.rows(keep), ground.own, ground.theirs, ground.unit,
    )  # fmt: skip
    most, value = 0.5 * few.items.value.sum(), few.items.value
    found = choose(few, np.ones(10, dtype=bool), most, fill=0.7)
    every = ((np.arange(2**10)[:, None] >> np.arange(10)) & 1).astype(float)
    may = (value @ every.T <= most) & (value @ every.T >= 0.7 * most)
    ratios = [few.effect(few.solution(x)).ratio for x in every[may]]
    assert len(ratios) > 100
    # 1e-7: equilibria solved to 1e-10, from other starts, and their difference over the harm.
    assert min(ratios) >= found.effect.ratio - found.gap - 1e-7
    assert found.effect.ratio <= min(ratios) + found.gap + 1e-7


def test_the_search_ends_beside_its_bound(ground: Ground) -> None:
    """Canada's C$30 bn by the rules, among some five thousand items."""
    rules = barred(ground.items, ground.world, ground.buyer, ground.seller)
    allowed, _ = left_out(ground, rules)
    found = choose(ground, allowed, 30e9)
    assert found.settled
    # A kind's rounding leaves less than its smallest item, all together under a thousandth.
    assert found.gap <= 1e-3 * abs(found.effect.ratio)
    assert "ended alike" in found.status
