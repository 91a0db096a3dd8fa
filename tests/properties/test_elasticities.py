"""Sets of elasticities are the published numbers, and draws follow their standard errors."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import truncnorm

from surtax.errors import DataError, UnknownNameError
from surtax.world import elasticities
from surtax.world.load import available, load

ROOT = Path(__file__).parents[2]
DIVISIONS = [f"isic4/{d:02d}" for d in (*range(1, 4), *range(5, 10), *range(10, 34), 35, 49, 68)]
INDUSTRIES = [f"wiod13/c{n}" for n in range(1, 36)]
DRAWN = [n for n in elasticities.available() if elasticities.load(n).parts]


@pytest.mark.parametrize("name", elasticities.available())
def test_a_set_covers_the_worlds_and_the_classifications(name: str):
    made = elasticities.load(name)
    for world in available():
        assert (made.of(load(world).sectors) > 0).all()
    assert (made.of([*DIVISIONS, *INDUSTRIES]) > 0).all()
    assert made.citation
    assert made.note
    for sector, value in made.theta.items():
        assert value == min(made.published[sector], made.cap or np.inf)


def test_values_are_the_published_ones():
    # Caliendo and Parro (2015), Table 1, 99 % sample and full sample
    published = elasticities.load("caliendo-parro-2015").theta
    assert published["PET"] == 64.85
    assert published["AGR"] == 9.11
    assert published["FIN"] == 8.22
    assert published["MET"] == pytest.approx((3.28 + 6.99) / 2)
    assert published["isic4/24"] == 3.28
    assert published["wiod13/c12"] == published["MET"]
    full = elasticities.load("caliendo-parro-2015-full").theta
    assert full["PET"] == 51.08
    assert full["MTV"] == 1.01
    assert full["wiod13/c14"] == pytest.approx((12.79 + 10.60 + 7.07 + 8.98) / 4)
    # Charbonneau and Landry (2018), Table 1, 2016
    bank = elasticities.load("boc-2018").theta
    assert bank["isic4/07"] == 43.0
    assert bank["MTV"] == 4.5
    central = elasticities.load("central").theta
    capped = {s for s in central if central[s] != published[s]}
    assert capped == {"PET", "isic4/19", "wiod13/c8"}
    assert central["PET"] == 16.52


def test_the_cap_keeps_responses_off_the_corner():
    for name in ("central", "boc-2018-capped", "low", "high"):
        made = elasticities.load(name)
        assert made.cap == 16.52
        left = 1.25 ** -max(made.theta.values())
        assert left > 0.025  # what a duty of 25 % leaves of the trade it falls on


def test_low_and_high_enclose_every_paper():
    low, high = elasticities.load("low"), elasticities.load("high")
    for name in DRAWN:
        made = elasticities.load(name)
        for sector in low.theta:
            value = min(made.theta[sector], 16.52)
            assert low.theta[sector] <= value <= high.theta[sector]
    assert low.theta["AGR"] == 1.1
    assert high.theta["MAC"] == 13.0


@pytest.mark.parametrize("name", DRAWN)
def test_draws_are_positive_capped_and_repeatable(name: str):
    made = elasticities.load(name)
    sectors = load("can17x28").sectors
    draws = np.array([made.draw(np.random.default_rng(seed), sectors) for seed in range(50)])
    assert (draws >= elasticities.LEAST).all()
    if made.cap is not None:
        assert draws.max() <= made.cap
    np.testing.assert_array_equal(made.draw(np.random.default_rng(7), sectors), draws[7])


def test_draws_follow_the_standard_error():
    # Charbonneau and Landry (2018), Table 1: food 1.5 (0.4), paper mills and printing apart
    made = elasticities.load("boc-2018")
    rng = np.random.default_rng(11)
    draws = np.array([made.draw(rng, ["FOD", "PAP"]) for _ in range(4000)])
    cut = truncnorm((elasticities.LEAST - 1.5) / 0.4, np.inf, loc=1.5, scale=0.4)
    # three standard errors of a mean of 4,000 draws, and of their spread
    assert draws[:, 0].mean() == pytest.approx(cut.mean(), abs=3 * 0.4 / 4000**0.5)
    assert draws[:, 0].std() == pytest.approx(cut.std(), rel=3 / (2 * 4000) ** 0.5)
    # the mean of two independent estimates, 1.8 and 2.2
    spread = (1.8**2 + 2.2**2) ** 0.5 / 2
    assert draws[:, 1].std() == pytest.approx(spread, rel=3 / (2 * 4000) ** 0.5)


def test_sectors_of_one_estimate_move_together():
    made = elasticities.load("central")
    for seed in range(20):
        oil, mines, bank = made.draw(np.random.default_rng(seed), ["OIL", "MIN", "FIN"])
        assert oil == mines
        assert bank == 8.22  # no standard error is published for services


def test_extremes_are_not_drawn():
    with pytest.raises(DataError, match="no standard errors"):
        elasticities.load("low").draw(np.random.default_rng(0), ["AGR"])


def test_unknown_names():
    with pytest.raises(UnknownNameError, match="boc-2018"):
        elasticities.load("boc-2019")
    with pytest.raises(UnknownNameError, match="AGR"):
        elasticities.theta_of("central", ["AGRI"])
    with pytest.raises(DataError, match="ISIC"):
        elasticities.theta_of_isic("central", ["XYZ"])


def test_the_files_are_what_the_script_makes(tmp_path: Path):
    given = os.environ.get("SURTAX_TEST_DATA", "")
    if not given or not (Path(given) / "elasticities").is_dir():
        pytest.skip("NOT CHECKED: set SURTAX_TEST_DATA to the folder with elasticities")
    spec = importlib.util.spec_from_file_location("b_e", ROOT / "scripts/build_elasticities.py")
    script = importlib.util.module_from_spec(spec)
    sys.modules["b_e"] = script
    spec.loader.exec_module(script)
    script.build(Path(given) / "elasticities", tmp_path)
    for path in tmp_path.iterdir():
        kept = ROOT / "src/surtax/world/data" / path.name
        assert path.read_bytes() == kept.read_bytes(), path.name
    assert len(list(tmp_path.iterdir())) == 3
