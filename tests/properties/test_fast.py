"""The compiled engine: the same numbers as the plain one, to rounding."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from threading import Thread

import numpy as np
import pytest

from surtax.economy.check import checked_shock
from surtax.economy.closure import CLOSURES
from surtax.economy.frozen import preconditioner
from surtax.economy.gradient import gradient
from surtax.economy.outcomes import real_income
from surtax.economy.problem import base_of, problem_of
from surtax.economy.solve import residual_of, solve
from surtax.errors import MissingExtraError
from worlds import draw, raised, union

needs_numba = pytest.mark.skipif(
    find_spec("numba") is None,
    reason="NOT CHECKED: the compiled engine needs numba (pip install 'surtax[fast]')",
)


def taxed(world):
    """Export taxes and trade costs too, so that no branch is left out."""
    away = 1.0 - np.eye(len(world.regions))
    return 0.1 * away * np.ones(world.flows.shape), 1.0 + 0.05 * away * np.ones(world.flows.shape)


@needs_numba
@pytest.mark.parametrize("exports", [False, True])
@pytest.mark.parametrize("closure", tuple(CLOSURES))
def test_residual_and_step_are_the_same(closure, exports):
    world = union()
    export_taxes, costs = taxed(world) if exports else (None, None)
    new = checked_shock(world, raised(world, 2, 0.6), costs, None, None, export_taxes)
    base = base_of(world)
    plain, fast = (problem_of(world, base, new, CLOSURES[closure], fast=f) for f in (False, True))
    x = np.random.default_rng(1).normal(0.0, 0.1, plain.unknowns)
    # Sums of some dozens of cells in another order: rounding, a few units in 1e-16.
    assert np.abs(residual_of(plain)(x) - residual_of(fast)(x)).max() < 1e-12
    step, quick = preconditioner(plain, base).step(x), preconditioner(fast, base).step(x)
    # Single-precision blocks: 6e-8 relative in each entry.
    assert np.abs(step - quick).max() < 1e-6 * np.abs(step).max()


@needs_numba
@pytest.mark.parametrize("closure", tuple(CLOSURES))
def test_solutions_are_the_same(closure):
    world = union()
    new = raised(world, 2, 0.6)
    plain = solve(world, new, closure=closure, tol=1e-13)
    fast = solve(world, new, closure=closure, tol=1e-13, engine="fast")
    assert fast.residual <= 1e-13
    assert fast.walras <= 1e-13
    # Both hold every equation to 1e-13, so that the two agree to 1e-12 as their equations do.
    assert np.abs(fast.prices - plain.prices).max() < 1e-12
    assert np.abs(fast.real_income - plain.real_income).max() < 1e-12
    assert np.abs(fast.flows - plain.flows).max() < 1e-12 * plain.flows.max()


@needs_numba
@pytest.mark.parametrize("closure", ["own-share", "roy", "payroll"])
def test_derivatives_at_a_compiled_solution_are_the_same(closure):
    world = union()
    new = raised(world, 2, 0.6)
    outcome = real_income(world)
    plain, fast = (
        gradient(solve(world, new, closure=closure, tol=1e-12, engine=e), outcome)
        for e in ("numpy", "fast")
    )
    # Linear systems solved to 1e-12 by steps that differ in the eighth digit.
    assert np.abs(fast.tariffs - plain.tariffs).max() < 1e-9 * np.abs(plain.tariffs).max()


@needs_numba
def test_two_threads_give_the_answer_of_one_bit_by_bit(monkeypatch):
    from surtax.economy import fast

    monkeypatch.setattr(fast, "_LARGE", 0)
    for seed in range(20):
        world = draw(seed, 2 + seed % 9, 1 + seed % 5)
        new = raised(world, 1, 0.1 * seed)
        alone, both = (_solved_by(monkeypatch, fast, threads, world, new) for threads in (1, 2))
        assert both.iterations == alone.iterations
        assert np.array_equal(both.unknowns, alone.unknowns)


@needs_numba
def test_the_second_thread_is_compiled_before_it_starts(monkeypatch):
    """A process that ends while a thread compiles is taken down by the compiler."""
    from numba import typeof

    from surtax.economy import fast, iteration

    compiled = []

    def start(function, given):
        compiled.append(tuple(typeof(one) for one in given) in function.overloads)

    monkeypatch.setattr(iteration.helped, "overloads", {})
    monkeypatch.setattr(fast, "start_new_thread", start)
    monkeypatch.setattr(fast, "_LARGE", 0)
    assert _solved_by(monkeypatch, fast, 2, union(), raised(union(), 2, 0.02)).residual < 1e-10
    assert compiled == [True]


def _solved_by(monkeypatch, fast, threads, world, new):
    monkeypatch.setattr(fast, "cores", lambda: threads)
    return solve(world, new, engine="fast")


@needs_numba
def test_solves_in_several_threads_do_not_see_each_other(monkeypatch):
    from surtax.economy import fast

    monkeypatch.setattr(fast, "_LARGE", 0)
    monkeypatch.setattr(fast, "cores", lambda: 2)
    world = union()
    shocks = [raised(world, 2, 0.02 * k) for k in range(40)]
    one_by_one = [solve(world, new, engine="fast").unknowns for new in shocks]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda new: solve(world, new, engine="fast").unknowns, shocks))
    assert all(map(np.array_equal, one_by_one, together))


@needs_numba
def test_two_threads_may_compile_one_preconditioner(monkeypatch):
    """What the other thread keeps in between is taken, not stumbled over."""
    from surtax.economy import fast

    core, rounded, others = base_of(union()).preconditioner, fast.rounded, []

    def late(a):
        if not others:
            others.append(None)  # before the second thread's own calls of this
            others[0] = fast.compiled(core)
        return rounded(a)

    monkeypatch.setattr(fast, "rounded", late)
    assert fast.compiled(core) is others[0]


@needs_numba
def test_every_part_of_a_turn_is_done_once():
    from surtax.economy import board as on

    board, turns = on.board(), 500
    found = {"first": [], "helper": []}

    def help_out():
        while (part := on.awaited(board)) >= 0:
            found["helper"].append(part)
            on.done(board)

    helper = Thread(target=help_out)
    helper.start()
    for turn in range(1, turns + 1):
        on.announce(board)
        while (part := on.taken(board)) >= 0:
            found["first"].append(part)
            on.done(board)
        on.complete(board)
        assert sum(map(len, found.values())) == turn * on.PARTS
    on.close(board)
    helper.join(60.0)
    assert not helper.is_alive()
    taken = found["first"] + found["helper"]
    assert [taken.count(part) for part in range(on.PARTS)] == [turns] * on.PARTS


@needs_numba
def test_exponentials_and_logs_are_right_to_the_last_places():
    from surtax.economy.elementary import exp_of, log_of

    rng = np.random.default_rng(0)
    x = np.concatenate([rng.uniform(-700.0, 700.0, 10_000), rng.normal(0.0, 1e-6, 999), [0.0]])
    found, back = np.empty((2, x.size))
    exp_of(x, found)
    # Four units in the last place of a double, 2.2e-16: two of the polynomial, one of NumPy's.
    assert np.abs(found / np.exp(x) - 1.0).max() < 9e-16
    log_of(found, back)
    assert np.abs(back - np.log(found)).max() <= 9e-16 * np.abs(x).max()
    near = 1.0 + rng.uniform(-0.3, 0.4, 1000)
    log_of(near, back[:1000])
    assert np.abs(back[:1000] / np.log(near) - 1.0).max() < 9e-16
    odd = np.array([0.0, -1.0, np.inf, np.nan])
    log_of(odd, found[:4])
    assert np.isnan(found[:4]).all()
    exp_of(odd[1:], found[:3])
    assert found[1] > 1e307
    assert np.isnan(found[2])


@needs_numba
@pytest.mark.parametrize(("kind", "close"), [(np.float64, 1e-14), (np.float32, 1e-5)])
def test_products_are_right_at_every_rest_of_a_tile(kind, close):
    from surtax.economy.products import rows_times, times_rows

    rng = np.random.default_rng(0)
    for rows in (1, 2, 3, 7, 8, 9, 12, 31):
        for columns in (1, 7, 8, 9, 11, 13, 16, 20, 25, 28, 31, 32, 33, 40, 64, 65):
            m = rng.uniform(-1.0, 1.0, (rows, columns)).astype(kind)
            v = rng.uniform(-1.0, 1.0, rows).astype(kind)
            out = np.full(columns, np.nan, dtype=kind)
            times_rows(v, m, out)
            # As many roundings as numbers in a sum, each of one unit in the last place at most.
            assert np.abs(out - v.astype(float) @ m).max() <= close * rows
            if kind is np.float64:
                by = rng.uniform(-1.0, 1.0, columns)
                out = np.full(rows, np.nan)
                rows_times(m, by, out)
                assert np.abs(out - m @ by).max() <= close * columns


@needs_numba
@pytest.mark.parametrize("exports", [False, True])
def test_weights_are_the_same(exports):
    world = draw(5, 4, 3)
    rng = np.random.default_rng(1)
    shape = world.flows.shape
    tariffs = world.tariffs + rng.uniform(0.0, 0.5, shape) * (rng.random(shape) < 0.5)
    tariffs[0, 1, 2] = np.inf
    costs = np.where(rng.random(shape) < 0.5, 1.0, rng.uniform(0.5, 2.0, shape))
    levies = rng.uniform(-0.2, 0.4, shape) if exports else None
    new = checked_shock(world, tariffs, costs, None, None, levies)
    base, rule = base_of(world), CLOSURES["world-share"]
    plain, fast = (problem_of(world, base, new, rule, fast=f) for f in (False, True))
    assert plain.shut == fast.shut
    assert (plain.taxed == fast.taxed).all()
    # A power is the exponential of a log times the elasticity: some units of 2.2e-16 times that.
    close = 2e-15 * (1.0 + world.theta.max())
    assert np.allclose(plain.A, fast.A, rtol=close, atol=0.0)
    assert np.allclose(plain.B, fast.B, rtol=close, atol=0.0)


@needs_numba
def test_hard_shocks_go_the_same_ways():
    world = draw(9, 4, 2)
    ban = np.where(np.eye(4) > 0, 0.0, np.inf) * np.ones((2, 1, 1))
    plain = solve(world, ban, closure="balanced")
    fast = solve(world, ban, closure="balanced", engine="fast")
    # Both hold every equation to 1e-10 in autarky.
    assert np.abs(fast.real_wage - plain.real_wage).max() < 1e-8


@pytest.mark.skipif(find_spec("numba") is not None, reason="numba is installed")
def test_without_numba_the_engine_says_what_to_install():
    world = draw(9, 4, 2)
    with pytest.raises(MissingExtraError, match=r"surtax\[fast\]"):
        solve(world, world.tariffs, engine="fast")
