"""From law to world: nothing dropped, the split kept, the basis explicit."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from surtax.economy.solve import solve
from surtax.errors import WorldError
from surtax.ledger import Ledger
from surtax.trade.effective import effective
from surtax.trade.flows import load_us_imports
from surtax.world import load
from surtax.world.shock import Point, region_of, shock
from surtax.world.world import World

BEFORE = Point(date(2025, 1, 19), date(2025, 1, 19))
AFTER = Point(date(2025, 5, 3), date(2025, 3, 28))


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    return Ledger.load()


@pytest.fixture(scope="module")
def world() -> World:
    return load.load("can19x34")


def test_no_change_of_law_is_no_shock(ledger: Ledger, world: World) -> None:
    made = shock(ledger, BEFORE, BEFORE, world)
    assert not made.change.any()
    np.testing.assert_array_equal(made.tariffs, world.tariffs)
    assert made.duty == {"US": 0.0, "CA": 0.0}


def test_authorities_add_to_the_change(ledger: Ledger, world: World) -> None:
    made = shock(ledger, BEFORE, AFTER, world)
    np.testing.assert_allclose(sum(made.by_authority.values()), made.change, atol=1e-15)
    # section 201 too: the duty on solar cells steps down on 7 February 2025
    assert set(made.by_authority) == {"ieepa", "s201", "s232", "surtax"}


def test_rates_are_on_the_worlds_basis(ledger: Ledger, world: World) -> None:
    """Rate on customs value over the ratio of basic to customs value: 0.8825 Canada to US."""
    made = shock(ledger, BEFORE, AFTER, world)
    old = effective(ledger, BEFORE.on, BEFORE.known)
    new = effective(ledger, AFTER.on, AFTER.known)
    here = (new.place == "CA") & (new.sector == "MTV")
    rate = (new.total[here].sum() - old.total[here].sum()) / new.imports[here].sum()
    usa, ontario = world.region("USA"), world.region("ON")
    assert made.change[world.sector("MTV"), usa, ontario] == pytest.approx(rate / 0.8825, rel=1e-9)


def test_rates_may_stand_as_charged(ledger: Ledger, world: World) -> None:
    made = shock(ledger, BEFORE, AFTER, world, wedge="rate")
    usual = shock(ledger, BEFORE, AFTER, world)
    ratio = np.nan_to_num(world.customs_ratios, nan=1.0)
    np.testing.assert_allclose(made.change, usual.change * ratio, rtol=1e-12, atol=1e-15)
    assert made.covered == usual.covered
    assert made.duty == usual.duty  # the law's, on customs values


def _two_countries(goods: np.ndarray, services: np.ndarray, theta: float) -> World:
    flows = np.stack([goods, services])
    return World(
        name="two", regions=("HOM", "FOR"), sectors=("GOO", "SER"), flows=flows,
        tariffs=np.zeros_like(flows), inputs=np.zeros((2, 2, 2)), value_added=np.ones((2, 2)),
        theta=np.full(2, theta), treasuries=("HOM", "FOR"), treasury_shares=np.ones(2),
        traded=np.array([True, False]), currency="C$ bn", basis="made up",
    )  # fmt: skip


def test_what_the_wedge_leaves_out_where_margins_are_part_of_the_good() -> None:
    """Goods at customs value, their margins made as they are and taxed with them, against the same
    goods at basic prices with the margins among services: the seller's loss is nearer where a rate
    is divided by the ratio, and larger still; how far trade falls is nearer where it stands."""
    rng = np.random.default_rng(1)
    for _ in range(25):
        ratio, rate, theta = rng.uniform([0.7, 0.02, 2.0], [0.95, 0.3, 8.0])
        home, abroad = rng.uniform(200.0, 5000.0, 2)
        sold = rng.uniform(0.05, 0.3) * min(home, abroad)
        goods = np.maximum(
            np.array([[0.4 * home - sold, sold], [sold, 0.4 * abroad - sold]]), 0.2 * sold
        )
        services = np.diag([0.6 * home, 0.6 * abroad])
        basic, with_margins = goods.copy(), services.copy()
        basic[0, 1], with_margins[0, 1] = ratio * sold, (1.0 - ratio) * sold
        customs = _two_countries(goods, services, theta)
        split = _two_countries(basic, with_margins, theta)
        loss, fall = [], []
        for one, charged in ((customs, rate), (split, rate / ratio), (split, rate)):
            tariffs = np.zeros_like(one.flows)
            tariffs[0, 0, 1] = charged
            found = solve(one, tariffs, closure="numeraire")
            loss.append(1.0 - found.real_income[1])
            fall.append(1.0 - found.flows[0, 0, 1] / one.flows[0, 0, 1])
        whole, revenue, stands = loss
        assert whole > revenue > stands
        whole, revenue, stands = fall
        assert revenue > stands > whole


def test_a_coarser_world_counts_goods_with_the_wider_sector(ledger: Ledger) -> None:
    """Parts stand with vehicles where the world has no sector of parts; no dollar is lost."""
    coarse = load.load("can17x28")
    made = shock(ledger, BEFORE, AFTER, coarse)
    old = effective(ledger, BEFORE.on, BEFORE.known)
    new = effective(ledger, AFTER.on, AFTER.known)
    here = (new.place == "CA") & np.isin(new.sector, ["MTV", "PRT"])
    rate = (new.total[here].sum() - old.total[here].sum()) / new.imports[here].sum()
    usa, ontario = coarse.region("USA"), coarse.region("ON")
    at = made.change[coarse.sector("MTV"), usa, ontario]
    assert at == pytest.approx(rate / 0.866, rel=1e-9)
    unspecified = load_us_imports()
    none = unspecified.value[unspecified.sectors() == "UNS"].sum()
    assert made.unmatched["US"] == pytest.approx(none, rel=1e-12)


def test_provinces_share_one_tariff_and_pay_none_between_them(ledger: Ledger, world: World) -> None:
    made = shock(ledger, BEFORE, AFTER, world)
    canada = [n for n, t in enumerate(world.treasuries) if t == "CAN"]
    usa = world.region("USA")
    for n in canada:
        np.testing.assert_array_equal(made.change[:, usa, n], made.change[:, usa, canada[0]])
        np.testing.assert_array_equal(made.change[:, n, :], made.change[:, canada[0], :])
    assert not made.change[np.ix_(range(len(world.sectors)), canada, canada)].any()


def test_dollars_are_accounted_for(ledger: Ledger, world: World) -> None:
    """What the shock charges is the difference of duties; what finds no sector is reported."""
    made = shock(ledger, BEFORE, AFTER, world)
    old = effective(ledger, BEFORE.on, BEFORE.known)
    new = effective(ledger, AFTER.on, AFTER.known)
    assert made.duty["US"] == pytest.approx(new.total.sum() - old.total.sum(), rel=1e-9)
    flows = load_us_imports()
    unspecified = flows.value[flows.sectors() == "UNS"].sum()
    assert made.unmatched["US"] == pytest.approx(unspecified, rel=1e-12)
    assert made.covered["CA"] == pytest.approx(59.8e9, rel=1e-5)


def test_newly_charged_is_what_owed_no_measure_before(ledger: Ledger, world: World) -> None:
    """Toys are on list 4B, which never took effect; engines of 8412.21 have paid since list 1. The
    order of February 2025 charges both, and toys alone are new."""
    china = load_us_imports().of("CN")
    engines = np.char.startswith(china.hs10, "84122100")
    toys = np.char.startswith(china.hs10, "95030000")
    both = china.rows(engines | toys)
    march = Point(date(2025, 3, 10), date(2025, 3, 10))
    made = shock(ledger, BEFORE, march, world, {"US": both})
    assert made.covered["US"] == pytest.approx(china.rows(toys).imports(), rel=1e-12)
    assert made.covered_by["us/ieepa/fentanyl-cn"] == pytest.approx(both.imports(), rel=1e-12)


def test_scale_takes_a_part_of_a_list(ledger: Ledger, world: World) -> None:
    second = "ca/surtax/second-list"
    whole = Point(AFTER.on, AFTER.known, threatened=frozenset({second}))
    half = Point(AFTER.on, AFTER.known, threatened=frozenset({second}), scale={second: 0.5})
    full, part, none = (shock(ledger, BEFORE, p, world).covered["CA"] for p in (whole, half, AFTER))
    assert part - none == pytest.approx((full - none) / 2, rel=1e-9)
    grown = shock(ledger, half, whole, world)  # what half of it charged before is not new
    assert grown.covered_by[second] == pytest.approx((full - none) / 2, rel=1e-9)


def test_partners_find_their_region(world: World) -> None:
    names = {p: [world.regions[k] for k in region_of(world, p)] for p in
             ("US", "MX", "HK", "CN", "EU27", "VN")}  # fmt: skip
    assert names == {
        "US": ["USA"], "MX": ["MEX"], "HK": ["CHN"], "CN": ["CHN"], "EU27": ["EU27"], "VN": ["ROW"]
    }  # fmt: skip
    assert len(region_of(world, "CA")) == 10


def test_a_pair_without_a_ratio_is_an_error(ledger: Ledger, world: World) -> None:
    ratio = world.customs_ratios.copy()
    ratio[world.region("USA"), world.region("MEX")] = np.nan
    with pytest.raises(WorldError, match="MEX to USA"):
        shock(ledger, BEFORE, AFTER, replace(world, customs_to_basic=ratio))
