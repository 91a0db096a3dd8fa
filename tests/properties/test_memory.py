"""What a process that runs for days keeps: caches with a bound, or as long as their object."""

from __future__ import annotations

import gc
import importlib
import inspect
import pkgutil
import shutil
import weakref
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

import surtax
from surtax.economy import outcomes
from surtax.economy.attribution import attribute
from surtax.economy.batch import solve_many
from surtax.economy.gradient import gradient, sensitivity
from surtax.economy.incidence import incidence
from surtax.economy.solve import solve
from surtax.economy.variants import market_access, monopolistic
from surtax.economy.variants.access import Access
from surtax.errors import MissingExtraError
from surtax.keeping import kept
from surtax.ledger import Ledger, load
from surtax.ledger.headings import headings
from surtax.ledger.refunds import refunds
from worlds import draw, make, raised

# Caches without a bound whose arguments come from a closed set: the files of the package, days of
# its record, importers, languages, periods, worlds, small counts.
CLOSED = {
    "code", "count", "day", "digits", "file", "group", "importer", "into", "key", "language",
    "law", "name", "on", "path", "period", "root", "value", "world", "_digest",
}  # fmt: skip

SMALL = "surtax.ledger.rates.read_rate"  # some hundred bytes for each text of a rate


def caches():
    """Every cached function of the package, by name, with its parameters and its bound."""
    found = {}
    for module in pkgutil.walk_packages(surtax.__path__, "surtax."):
        if module.name.endswith((".__main__", ".fast", ".loops", ".stepping", ".iteration")):
            continue
        try:
            made = importlib.import_module(module.name)
        except (ImportError, MissingExtraError):
            continue
        for name, one in vars(made).items():
            if hasattr(one, "cache_info") and one.__module__ == module.name:
                given = tuple(inspect.signature(one).parameters)
                found[f"{module.name}.{name}"] = given, one.cache_parameters()["maxsize"]
    return found


def test_every_cache_has_a_bound_or_takes_from_a_closed_set():
    every = caches()
    assert len(every) > 50
    free = {
        name: set(given) - CLOSED
        for name, (given, most) in every.items()
        if most is None and name != SMALL
    }
    assert not {name: given for name, given in free.items() if given}


def test_the_embedded_law_is_read_once():
    assert Ledger.load() is Ledger.load()


def test_another_law_goes_when_nobody_holds_it(tmp_path: Path):
    copy = shutil.copytree(load.LAW, tmp_path / "law")
    law = Ledger.load(copy)
    assert law is not Ledger.load(copy)
    assert headings(law) is headings(law)
    assert refunds(law) is refunds(law)
    for measure in law.measures.values():
        for _, paint in measure.paints():
            law.codes(measure.measure, paint.goods or [])
    gone = weakref.ref(law)
    del law
    gc.collect()
    assert gone() is None


def test_what_is_kept_is_made_once_for_each_argument_and_goes_with_its_owner():
    @dataclass(frozen=True, eq=False)
    class Owner:
        size: int

        @kept
        def times(self, factor: int) -> list[int]:
            return [self.size * factor]

    @kept
    def half(owner: Owner) -> list[float]:
        return [owner.size / 2]

    one, other = Owner(4), Owner(4)
    assert one.times(2) is one.times(2) == [8]
    assert one.times(3) == [12]
    assert one.times(2) is not other.times(2)
    assert half(one) is half(one) == [2.0]
    gone = weakref.ref(one)
    del one
    gc.collect()
    assert gone() is None


@pytest.mark.parametrize("engine", ["numpy", "fast"])
def test_a_world_goes_with_all_that_was_solved_on_it(engine):
    if engine == "fast" and find_spec("numba") is None:
        pytest.skip("NOT CHECKED: the compiled engine needs numba (pip install 'surtax[fast]')")
    world = draw(1, 4, 3)
    new = raised(world, 1, 0.3)
    for closure, horizon in (("own-share", None), ("stuck-wage-curve", "short")):
        s = solve(world, new, closure=closure, horizon=horizon, engine=engine)
        outcome = outcomes.real_income(s.world)
        gradient(s, outcome)
        sensitivity(s, tariffs=new)
        attribute(s, outcome)
        incidence(s).rows()
    solve_many(world, [new, world.tariffs], horizon="long", engine=engine, quiet=True)
    held = [weakref.ref(o) for o in (world, s, s.world, s.problem)]
    del world, s, outcome
    gc.collect()
    assert [one() for one in held] == [None] * len(held)


def test_the_variants_keep_nothing():
    flows = np.array([[[30.0, 5.0], [6.0, 40.0]]])
    world = monopolistic.balanced(make(flows, [4.0]))
    tariffs = np.array([[[0.0, 0.2], [0.0, 0.0]]])
    e = monopolistic.solve(world, tariffs)
    local = np.full(2, 0.1)
    access = Access(("a", "b"), flows[0], local, local + 0.9, 4.0, 0.1, 0.2, 0.8)
    o = market_access.solve(access, tariffs[0])
    held = [weakref.ref(one) for one in (world, e, access, o)]
    del world, e, access, o
    gc.collect()
    assert [one() for one in held] == [None] * len(held)
