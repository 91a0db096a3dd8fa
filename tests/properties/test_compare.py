"""Platforms: the same figures whoever says them, one baseline, money that adds up."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import surtax
from surtax.errors import InputError
from surtax.ledger import Ledger
from surtax.response import costs, recycle
from surtax.response.costs import Cuts
from surtax.scenario import platforms
from surtax.scenario.case import Case, Variant
from surtax.scenario.compare import compare
from surtax.scenario.money import account
from surtax.scenario.run import Run
from surtax.world import barriers

NAMES = ("force-and-pivot", "retaliate-and-build", "retaliate-and-insure")
FOLDER = Path(platforms.__file__).parent / "platforms"


@pytest.fixture(scope="module")
def run() -> Run:
    return surtax.run("spring-2025")


@pytest.fixture(scope="module")
def mine(run: Run) -> np.ndarray:
    return np.flatnonzero(np.array(run.world.treasuries) == "CAN")


def copied(folder: Path, swap: dict[str, str]) -> list[str]:
    """The platforms as files with names of speakers swapped; their paths."""
    out = []
    for name in NAMES:
        text = (FOLDER / f"{name}.yaml").read_text("utf-8")
        for k, old in enumerate(swap):
            text = text.replace(f"speaker: {old}", f"speaker: «{k}»")
        for k, new in enumerate(swap.values()):
            text = text.replace(f"«{k}»", new)
        (folder / f"{name}.yaml").write_text(text, "utf-8")
        out.append(str(folder / f"{name}.yaml"))
    return out


def test_swapping_speakers_changes_nothing_but_names(tmp_path: Path) -> None:
    swap = {"Mark Carney": "Pierre Poilievre", "Pierre Poilievre": "Jagmeet Singh",
            "Jagmeet Singh": "Mark Carney"}  # fmt: skip
    paths = copied(tmp_path, {k: k for k in swap})
    told = json.dumps(compare(paths, ranges=False), sort_keys=True)
    copied(tmp_path, swap)
    swapped = json.dumps(compare(paths, ranges=False), sort_keys=True)
    assert told != swapped
    for k, old in enumerate(swap):
        told = told.replace(f'"speaker": "{old}"', f'"speaker": "«{k}»"')
    for k, new in enumerate(swap.values()):
        told = told.replace(f"«{k}»", new)
    assert told.encode() == swapped.encode()


def test_one_table_one_baseline(run: Run) -> None:
    there = compare(NAMES, ranges=False)
    back = compare(NAMES[::-1], ranges=False)
    assert [row["name"] for row in there["rows"]] == ["baseline", *NAMES]
    assert there["rows"][0] == back["rows"][0]
    assert there["rows"][1:] == back["rows"][:0:-1]
    base = run.solve(Case("in-force"))
    own = [r for r, t in zip(run.world.regions, run.world.treasuries, strict=True) if t == "CAN"]
    for row in there["rows"]:
        assert row["real_income"]["gain"] == pytest.approx(
            row["real_income"]["value"] - base.group_real_income(own), abs=1e-12
        )
    assert all(row["statements"] for row in there["rows"][1:])


@pytest.mark.parametrize("rule", sorted(recycle.SHARING))
def test_every_rule_pays_out_what_is_collected(run: Run, mine: np.ndarray, rule: str) -> None:
    variant = Variant("central", "wage-curve")
    case = Case("full-155", sharing=rule)
    found = run.solve(case, variant)
    new = (found.revenue - run.world.revenue)[mine]
    assert new.sum() == pytest.approx((found.collected - run.world.collected)[mine].sum(), rel=1e-9)
    told = account(run, case, variant)
    assert abs(told["gap"]) <= 1e-9 * told["collected"]
    assert sum(r["received"] for r in told["regions"]) == pytest.approx(told["received"], rel=1e-12)
    assert found.residual <= 1e-10


def test_parts_follow_their_weights_by_hand(run: Run, mine: np.ndarray) -> None:
    persons = np.nan_to_num(run.jobs.persons).sum(axis=0)[mine]
    shock = run.shock(Case("in-force"))
    usa = run.world.region("USA")
    sold = (run.world.flows[:, usa] * shock.charged[:, usa]).sum(axis=0)[mine]
    for rule, weights in (
        ("per-head", persons),
        ("exposure", sold),
        ("workers-hit", run.hit[mine]),
    ):
        found = run.solve(Case("full-155", sharing=rule))
        new = (found.revenue - run.world.revenue)[mine]
        # 1e-8: the solution's own residual of 1e-10 over shares of a hundredth
        np.testing.assert_allclose(new / new.sum(), weights / weights.sum(), rtol=1e-8)


def test_static_revenue_by_hand(run: Run, mine: np.ndarray) -> None:
    world, tariffs = run.world, run.shock(Case("full-155")).tariffs
    by_hand = sum(
        world.flows[s, n, i] * (tariffs[s, n, i] - world.tariffs[s, n, i])
        for s in range(len(world.sectors)) for n in mine for i in range(len(world.regions))
    )  # fmt: skip
    told = account(run, Case("full-155"))
    assert sum(r["lost"] for r in told["losses"]) == pytest.approx(told["lost"], rel=1e-12)
    assert told["static"] == pytest.approx(1e9 * by_hand, rel=1e-12)
    assert 0 < told["collected"] < told["static"]  # dearer goods are bought less


def test_losses_add_to_payroll(run: Run) -> None:
    """Value added before less after, deflated, of sectors that shrink, one cell at a time."""
    found = run.plain(Case("in-force"))
    world = found.world
    k, n = world.sector("MTV"), world.region("ON")
    before = world.output[k, n] * world.value_added[n, k]
    after = found.flows[k, :, n].sum() * world.value_added[n, k] / found.price_index[n]
    assert recycle.losses(found)[k, n] == pytest.approx(before - after, rel=1e-9)
    assert before > after


def test_cuts_are_the_barriers_and_the_sales_abroad(run: Run) -> None:
    world = run.world
    both = Cuts(barriers=0.1, partners=0.05, sectors=("OIL",), towards=("EU27",))
    made = costs.hats(world, both, "CAN", "USA")
    assert made is not None
    want = barriers.cost_hats(world, 0.1)
    mine = [n for n, t in enumerate(world.treasuries) if t == "CAN"]
    want[world.sector("OIL"), world.region("EU27"), mine] = 0.95
    np.testing.assert_array_equal(made, want)
    assert costs.hats(world, costs.NONE, "CAN", "USA") is None
    plain = costs.hats(world, Cuts(partners=0.02), "CAN", "USA")
    assert plain is not None
    assert (plain[:, world.region("USA")] == 1.0).all()
    assert (plain[~world.traded] == 1.0).all()


def test_solved_answers_that_were_kept(tmp_path: Path) -> None:
    paths = []
    for name in ("in-force", "full-155"):
        answer = surtax.solve("spring-2025", response=name)
        paths.append(tmp_path / f"{name}.json")
        paths[-1].write_text(json.dumps(answer), "utf-8")
    told = compare([str(p) for p in paths])
    assert [row["name"] for row in told["rows"]] == ["in-force", "full-155"]
    other = json.loads(paths[1].read_text("utf-8"))
    for key, bad in (("vintage", None), ("regions", [1]), ("world", ...)):
        spoilt = {k: v for k, v in (other | {key: bad}).items() if v is not ...}
        paths[1].write_text(json.dumps(spoilt), "utf-8")
        with pytest.raises(InputError, match="no answer of surtax solve"):
            compare([str(p) for p in paths])
    fewer = other | {"regions": other["regions"][1:]}
    paths[1].write_text(json.dumps(fewer), "utf-8")
    with pytest.raises(InputError, match="its regions are others"):
        compare([str(p) for p in paths])
    other["vintage"]["ledger"] = "0" * 64
    paths[1].write_text(json.dumps(other), "utf-8")
    with pytest.raises(InputError, match=r"full-155\.json: its ledger is not that of"):
        compare([str(p) for p in paths])


def test_every_platform_that_comes_along_reads() -> None:
    law = Ledger.load()
    assert set(NAMES) <= set(platforms.available())
    for name in platforms.available():
        found, scenario = platforms.load(name, law)
        assert all(one.said_on <= scenario.known for one in found.statements)
        assert not any(one.speaker.split()[-1] in found.title + found.text
                       for one in found.statements)  # fmt: skip
