"""Sweeps: the same bytes whoever does the work, nothing lost, nothing dropped in silence."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import surtax
from surtax.economy.solve import solve
from surtax.errors import InputError, SolveError, SurtaxError
from surtax.scenario import draws, engines, quantiles
from surtax.scenario.case import Case, Variant
from surtax.scenario.run import Run
from surtax.scenario.sweep import sweep
from surtax.world import elasticities
from surtax.world.shock import shock


@pytest.fixture(scope="module")
def run() -> Run:
    return surtax.run("spring-2025")


@pytest.fixture(scope="module")
def plan(run: Run) -> draws.Plan:
    return draws.plan(
        run, Case("in-force", "central"), seed=7, closures=["own-share", "world-share"],
        barriers=["central"], drawn_from="central",
    )  # fmt: skip


def test_the_centre_of_the_draws_is_the_headline(run: Run, plan: draws.Plan) -> None:
    middle = draws.Draw(0, 1.0, 1.0, 0, "central", run.world.theta)
    np.testing.assert_array_equal(draws.tariffs(plan, middle), run.shock(
        Case("in-force", "central")).tariffs)  # fmt: skip
    found = solve(run.world, plan.tariffs[1, 1], closure=plan.rules[0].made)
    want = run.solve(Case("in-force", "central"), Variant("central", "own-share"))
    np.testing.assert_allclose(found.real_income, want.real_income, rtol=1e-9)


def test_rates_between_levels_are_the_laws_own(run: Run, plan: draws.Plan) -> None:
    """A rate of 4 % rated line by line, against the line between 0 and 10 %."""
    assumed = run.assumed[0]
    point = replace(run.threatened("central"), assume={assumed.provision: 0.04})
    whole = shock(run.ledger, run.before, point, run.world, run.flows).tariffs
    between = draws.tariffs(plan, draws.Draw(0, 0.4, 1.0, 0, "central", run.world.theta))
    np.testing.assert_allclose(between, whole, atol=1e-12)


def test_draws_are_what_they_say(plan: draws.Plan) -> None:
    made = [draws.draw(plan, k) for k in range(400)]
    again = draws.draw(plan, 399)
    assert again.threats == made[-1].threats
    np.testing.assert_array_equal(again.theta, made[-1].theta)
    threats = np.array([d.threats for d in made])
    assert (threats >= 0).all()
    assert (threats <= 2).all()
    # triangular on (0, 1, 2): mean 1, variance 1/6; four standard errors of 400 draws
    assert threats.mean() == pytest.approx(1.0, abs=4 * (1 / 6 / 400) ** 0.5)
    assert threats.var() == pytest.approx(1 / 6, abs=0.05)
    assert np.mean([d.rule for d in made]) == pytest.approx(0.5, abs=0.1)
    central = elasticities.theta_of("central", plan.world.sectors)
    assert np.std([d.theta for d in made], axis=0)[plan.world.sector("MTV")] > 0
    assert np.all(np.mean([d.theta for d in made], axis=0) > 0.5 * central)


def test_the_same_bytes_for_one_worker_or_two_and_after_a_stop(tmp_path: Path) -> None:
    one, two, stopped = (tmp_path / name for name in ("one", "two", "stopped"))
    sweep("spring-2025", draws=30, seed=3, workers=1, out=one)
    sweep("spring-2025", draws=30, seed=3, workers=2, out=two)
    sweep("spring-2025", draws=25, seed=3, workers=1, out=stopped)
    kept = sorted((stopped / "chunks").iterdir())
    before = [path.stat().st_mtime_ns for path in kept]
    sweep("spring-2025", draws=30, seed=3, workers=2, out=stopped)
    assert [path.stat().st_mtime_ns for path in kept] == before
    for name in ("sweep.json", "draws.csv", "plan.json"):
        assert (one / name).read_bytes() == (two / name).read_bytes()
        assert (one / name).read_bytes() == (stopped / name).read_bytes()
    told = json.loads((one / "sweep.json").read_text("utf-8"))
    assert told["draws"] == told["converged"] == 30
    with pytest.raises(InputError, match="another seed"):
        sweep("spring-2025", draws=30, seed=4, out=one)
    (tmp_path / "chunk").mkdir()
    (tmp_path / "chunk" / "mine.txt").write_text("mine", "utf-8")
    with pytest.raises(InputError, match="holds no sweep"):
        sweep("spring-2025", draws=60, out=tmp_path / "chunk")


class Dying(Executor):
    """An executor that does the work here and dies after some chunks, like a killed worker."""

    def __init__(self, lives: int) -> None:
        self.lives = lives

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        if self.lives <= 0:
            future.set_exception(BrokenProcessPool("a process was killed"))
        else:
            future.set_result(fn(*args, **kwargs))
        self.lives -= 1
        return future


def dying(*lives: int) -> engines.Pool:
    left = list(lives)

    @contextmanager
    def opened() -> Iterator[tuple[Executor, Callable[[draws.Plan], Any]]]:
        yield Dying(left.pop(0)), lambda plan: plan

    return opened


def quick(plan: draws.Plan, number: int) -> dict[str, Any]:
    return {"draw": number, "solved": True, "status": "", "real income player": float(number)}


def test_a_killed_worker_loses_nothing(
    plan: draws.Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(draws, "row", quick)
    (tmp_path / "chunks").mkdir()
    rows = engines.solved(plan, 130, tmp_path, dying(2, 1, 9), lambda _: None)
    assert [row["draw"] for row in rows] == list(range(130))


def test_chunks_lost_again_and_again_are_told_and_the_rest_kept(
    plan: draws.Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(draws, "row", quick)
    (tmp_path / "chunks").mkdir()
    with pytest.raises(SurtaxError, match=r"5 of 6 chunks were lost 3 times .*again"):
        engines.solved(plan, 130, tmp_path, dying(1, 0, 0), lambda _: None)
    assert len(list((tmp_path / "chunks").iterdir())) == 1
    rows = engines.solved(plan, 130, tmp_path, dying(9), lambda _: None)
    assert len(rows) == 130


def test_draws_that_fail_are_counted_and_told(
    plan: draws.Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing = draws.draw(plan, 1).theta

    def fails(world: Any, *args: Any, **kwargs: Any) -> Any:
        if np.array_equal(world.theta, failing):
            raise SolveError("no equilibrium was found.")
        return solve(world, *args, **kwargs)

    monkeypatch.setattr(draws, "solve", fails)
    rows = draws.rows(plan, 0, 4)
    assert [row["solved"] for row in rows] == [True, False, True, True]
    assert rows[1]["status"] == "no equilibrium was found."
    told = quantiles.quantiles(rows)[0]
    assert told["mean"] == pytest.approx(
        np.mean([row["real income player"] for row in rows if row["solved"]]), rel=1e-12
    )


def test_rank_correlations_are_spearmans() -> None:
    rng = np.random.default_rng(0)
    x, noise = rng.normal(size=50), rng.normal(size=50)
    rows = [
        {"draw": k, "solved": True, "status": "", "contents": float(a),
         "closure": "b" if a > 0 else "c", "real income player": float(np.exp(a) + b)}
        for k, (a, b) in enumerate(zip(x, noise, strict=True))
    ]  # fmt: skip
    from scipy.stats import spearmanr

    told = {r["input"]: r["rho"] for r in quantiles.correlations(rows)}
    y = [row["real income player"] for row in rows]
    assert told["contents"] == pytest.approx(spearmanr(x, y).statistic, abs=1e-12)
    assert told["closure b"] == pytest.approx(spearmanr(x > 0, y).statistic, abs=1e-12)


def test_what_cannot_be_swept() -> None:
    for more, says in (
        ({"draws": 0}, "cannot be swept"),
        ({"seed": -1}, "not negative"),
        ({"engine": "dusk"}, "dask"),
        ({"address": "tcp://there:8786"}, "--engine dask"),
        ({"platform": "force-and-pivot", "response": "matching"}, "Leave one out"),
        ({"platform": "force-and-pivt"}, "force-and-pivot"),
        ({"response": "matchin"}, "matching"),
    ):
        with pytest.raises(InputError) as caught:
            sweep("spring-2025", **({"draws": 5} | more))  # type: ignore[arg-type]
        assert says in str(caught.value)


@pytest.mark.skipif(
    importlib.util.find_spec("distributed") is None,
    reason="Dask is not installed: the extra dask brings it",
)
@pytest.mark.filterwarnings("ignore")  # Dask's own, on its way down
def test_dask_gives_the_same_bytes_and_survives_a_killed_worker(tmp_path: Path) -> None:
    import os
    import signal
    import threading
    import time

    from distributed import Client, LocalCluster

    sweep("spring-2025", draws=30, seed=3, workers=1, out=tmp_path / "local")
    killed: list[int] = []
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        Client(cluster) as client,
    ):
        processes = client.run(os.getpid)

        def kill_the_first_at_work() -> None:
            while not killed:
                for worker, tasks in client.processing().items():
                    if tasks and not killed:
                        killed.append(processes[worker])
                        os.kill(processes[worker], signal.SIGKILL)
                time.sleep(0.05)

        threading.Thread(target=kill_the_first_at_work, daemon=True).start()
        sweep(
            "spring-2025", draws=30, seed=3, engine="dask",
            address=cluster.scheduler_address, out=tmp_path / "dask",
        )  # fmt: skip
    assert killed
    for name in ("sweep.json", "draws.csv"):
        assert (tmp_path / "local" / name).read_bytes() == (tmp_path / "dask" / name).read_bytes()
