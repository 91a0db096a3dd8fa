"""Real lists, scored: what they cover, the rate they charge, and what cannot be scored."""

from __future__ import annotations

import os
from pathlib import Path

import polars as pl
import pytest

import surtax
from surtax.errors import InputError, UnknownNameError
from surtax.ledger import Ledger
from surtax.scenario.run import prepare
from surtax.scenario.scored import score_answer
from surtax.scenario.spec import load
from surtax.scenario.table import Wish

CANADA = [
    f"ca/surtax/{name}"
    for name in ("united-states-2025-1", "steel-and-aluminum-2025", "second-list")
]
CHINA = "cn/countermeasures/us-farm-goods"


def scored(names: tuple[str, str], measures: list[str], **more: object) -> dict[str, object]:
    ledger = Ledger.load()
    run = prepare(load("spring-2025", ledger), ledger)
    return score_answer(run, Wish(names, "score", **more), measures, ranges=False, best=False)


def test_canadas_lists_together_cover_what_was_announced() -> None:
    found = scored(("CAN", "USA"), CANADA)["scored"]
    # C$30 bn and C$125 bn, Department of Finance Canada, 4 March 2025; items below C$500 are no
    # row of the estimate. The surtax is 25 % (SOR/2025-66, SOR/2025-95).
    assert found["value"] == pytest.approx(155e9, rel=1e-3)
    assert found["rate"] == pytest.approx(0.25, abs=1e-12)


def test_chinas_list_covers_the_exports_of_its_subheadings_at_its_two_rates() -> None:
    folder = os.environ.get("SURTAX_TEST_DATA")
    if not folder:
        pytest.skip("SURTAX_TEST_DATA names no folder of raw files")
    raw = {
        rate: pl.read_parquet(
            Path(folder) / "tariff_lists" / f"china-{rate}-percent-US-exports-030425.parquet"
        )["exports"].sum()
        for rate in (15, 10)
    }
    found = scored(("CHN", "USA"), [CHINA])["scored"]
    total = sum(raw.values())
    # Dollars are rounded item by item: half of one on each of some hundred.
    assert found["value"] == pytest.approx(total, abs=500.0)
    assert found["rate"] == pytest.approx((0.15 * raw[15] + 0.10 * raw[10]) / total, rel=1e-6)
    assert found["costs"]["theirs"]["value"] > 0


def test_the_best_list_of_the_size_is_no_worse() -> None:
    answer = surtax.respond(
        "spring-2025", player="CHN", against=["USA"], mode="score", measures=[CHINA], ranges=False
    )
    one, best = answer["scored"], answer["best"]
    assert best["value"] <= one["value"]
    assert best["ratio"] < one["ratio"]
    assert "twentieths" in best["among"]


@pytest.mark.parametrize(
    ("names", "measure", "sentence"),
    [
        (("EU27", "USA"), "eu/rebalancing/steel-and-aluminium", "EU27 by tariff item are not"),
        (("MEX", "USA"), "mx/countermeasures/us-goods-2025", "MEX by tariff item are not"),
        (("CAN", "USA"), CHINA, "no measure of CAN"),
        (("CHN", "USA"), "cn/countermeasures/canadian-farm-goods", "names no goods of US"),
        (("CHN", "USA"), "cn/countermeasures/us-all-goods", "names no goods of US"),
    ],
)
def test_what_cannot_be_scored_is_told(names: tuple[str, str], measure: str, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence) as caught:
        scored(names, [measure])
    assert caught.value.mend


def test_a_measure_of_no_such_name() -> None:
    with pytest.raises(UnknownNameError, match="us-farm-goods"):
        scored(("CHN", "USA"), ["cn/countermeasures/us-farm-good"])


@pytest.mark.parametrize(
    ("more", "option"),
    [
        ({"instruments": ["quota"]}, "--instruments"),
        ({"upper": 0.5}, "--upper"),
        ({"lower": 0.1}, "--lower"),
        ({"authority": "section-338"}, "--authority"),
        ({"sectors": ["MTV"]}, "--sectors"),
        ({"measures": [CHINA]}, "--list"),
    ],
)
def test_a_list_takes_no_levers(more: dict[str, object], option: str) -> None:
    with pytest.raises(InputError) as caught:
        surtax.respond("spring-2025", mode="list", limit="1e9", **more)
    assert caught.value.where == option
