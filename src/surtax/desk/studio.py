"""The scenario studio: what a state means for provinces, countries, sectors and public money.

A state is solved by the very steps of `surtax solve` on the file that it can be written as. What
differs is what is kept: law that was rated, the last solution as a start, the last answers.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Generic, TypeVar

import numpy as np

from surtax.desk.problem import BusyError
from surtax.desk.store import ledger, once
from surtax.desk.studionotes import notes
from surtax.desk.studiostate import State, manifest, scenario_told, state_of, variation_of
from surtax.economy.closure import CLOSURES
from surtax.economy.horizon import HORIZONS
from surtax.economy.results import Solution, change
from surtax.errors import InputError
from surtax.ledger.listing import record
from surtax.ledger.text import read_yaml_text
from surtax.places import place
from surtax.response.recycle import SHARING
from surtax.scenario import platforms, spec
from surtax.scenario.case import Variant
from surtax.scenario.choices import Choices
from surtax.scenario.platforms import Platform
from surtax.scenario.run import Run, prepare
from surtax.scenario.variation import Variation, as_yaml
from surtax.scenario.vintage import vintage
from surtax.trade.assumptions import assumptions
from surtax.world import barriers, elasticities
from surtax.world.answers import recorded
from surtax.world.households import income_of_each
from surtax.world.shock import region_of
from surtax.world.world import Array

PAIRS = (("USA", "CAN"), ("CAN", "USA"), ("USA", "CHN"), ("USA", "MEX"), ("USA", "EU27"))
"""Importer and seller whose effective rate is told beside every answer."""

Found = TypeVar("Found")
_STARTS: dict[tuple[str, Variant], Array] = {}


class Answers(Generic[Found]):
    """Answers by question: the latest are kept, and the same question is computed once.

    Args:
        room: how many are kept.
    """

    def __init__(self, room: int = 512) -> None:
        self.room = room
        self._kept: OrderedDict[str, Found] = OrderedDict()
        self._running: dict[str, Future[Found]] = {}
        self._latest: OrderedDict[str, int] = OrderedDict()
        self._guard = threading.Lock()

    def asked(self, client: str, number: int) -> None:
        """Note a question of a page; what it asked before and still waits for is dropped."""
        if not client:
            return
        with self._guard:
            self._latest[client] = max(number, self._latest.pop(client, 0))
            while len(self._latest) > self.room:
                self._latest.popitem(last=False)

    def wanted(self, client: str, number: int) -> None:
        """Whether a question is still the newest of its page.

        Raises:
            BusyError: a newer one took its place.
        """
        if client and self._latest.get(client, 0) > number:
            raise BusyError("a newer question took its place.", mend="Wait for that answer.")

    def get(self, key: str, make: Callable[[], Found]) -> Found:
        """The answer of a key, made by the first who asks while all others wait for it."""
        with self._guard:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
            mine = key not in self._running
            future = self._running.setdefault(key, Future())
        if not mine:
            try:
                return future.result()
            except BusyError:  # who asked first wants it no more; this one may
                return self.get(key, make)
        try:
            found = make()
        except BaseException as error:
            with self._guard:
                del self._running[key]
            future.set_exception(error)
            raise
        with self._guard:
            self._kept[key] = found
            while len(self._kept) > self.room:
                self._kept.popitem(last=False)
            del self._running[key]
        future.set_result(found)
        return found


@once
def ready(world: str) -> Run:
    """The world with everything that any state of it needs."""
    law = ledger().law
    return prepare(spec.load(spec.available()[0], law), law, world=world)


def run_of(told: Variation) -> Run:
    """The run of a variation, on the law that was rated for others."""
    scenario = scenario_told(told)
    return ready(scenario.world).told(scenario)


def solved(run: Run, variant: Variant) -> Solution:
    """The equilibrium of the run's own case, from the last solution of its kind."""
    case = run.case
    kind = (run.world.name, variant)
    found = run.equilibrium(case, variant, run.closure(case, variant), _STARTS.get(kind))
    _STARTS[kind] = found.unknowns
    return found


def answer(state: State) -> dict[str, Any]:
    """What the state means, at its own assumptions.

    Raises:
        InputError: a state that cannot be; the words of the command line.
        SolveError: no equilibrium was found.
    """
    began = time.perf_counter()
    told = variation_of(state)
    run = run_of(told)
    found = solved(run, run.headline)
    return {
        "name": told.scenario,
        "scenario": run.scenario.title,
        "on": run.scenario.on.isoformat(),
        "known": run.scenario.known.isoformat(),
        **record(run.ledger, run.scenario.on, known=run.scenario.known),
        "response": run.case.response,
        "closure": found.closure,
        "horizon": found.horizon,
        "elasticities": run.headline.elasticities,
        "world": run.world.name,
        "currency": run.world.currency,
        **figures(run, found),
        "notes": notes(run),
        "status": found.status,
        "seconds": time.perf_counter() - began,
        "vintage": vintage(
            run.ledger, run.scenario, known=run.scenario.known, closure=found.closure,
            elasticities=run.headline.elasticities,
            command=f"surtax solve {told.scenario}.yaml",
        ),
    }  # fmt: skip


def others(state: State) -> list[State]:
    """The state with each of the other responses that could be made."""
    run = run_of(variation_of(state))
    return [
        state.model_copy(update={"response": one.name})
        for one in run.responses if one.name != run.case.response
    ]  # fmt: skip


def prepared(state: State) -> None:
    """Rate the law of a state and solve it, so that states near it are answered at once."""
    run = run_of(variation_of(state))
    solved(run, run.headline)


def figures(run: Run, found: Solution) -> dict[str, Any]:
    """Changes as fractions, money in the world's currency, persons.

    Jobs of a region are its persons times the change of those who have work, which the economy
    solves. Within it, persons follow the labour of each sector and add to those at work: labour is
    counted in pay, so that its plain sum over sectors that pay differently would tell of pay.
    """
    world = run.world
    own = run.world.members(run.scenario.player)
    persons = np.nan_to_num(run.jobs.persons)
    at_work = persons.sum(axis=0) * found.labour_force * found.employed
    spread = persons * found.employment
    moved = spread * (at_work / np.maximum(spread.sum(axis=0), 1.0)) - persons
    net = at_work - persons.sum(axis=0)
    duties = found.collected - world.collected
    each = income_of_each(world)
    rows: list[dict[str, Any]] = [*found.regions_table()]
    for n, row in enumerate(rows):
        row["treasury"] = world.treasuries[n]
        income = each.get(world.regions[n])
        row["per_household"] = None if income is None else row["real_income_per_head"] * income
        row["output"] = float(found.output[:, n].sum() / world.output[:, n].sum() - 1.0)
        row["jobs"] = float(net[n])
        row["shifted"] = float((np.abs(moved[:, n]).sum() - abs(net[n])) / 2.0)
    output, base = found.output[:, own].sum(axis=1), world.output[:, own].sum(axis=1)
    jobs = moved[:, own].sum(axis=1)
    growth = change(output, base)
    return {
        "player": found.group_real_income([world.regions[n] for n in own]),
        "opponent": found.group_real_income(
            run.members(run.scenario.opponent)
        ),
        "regions": rows,
        "sectors": [
            {"sector": s, "output": float(growth[k]), "amount": float(output[k] - base[k]),
             "jobs": float(jobs[k])}
            for k, s in enumerate(world.sectors) if base[k] > 0
        ],
        "revenue": [
            {"treasury": t, "collected": float(duties[[u == t for u in world.treasuries]].sum())}
            for t in dict.fromkeys(world.treasuries)
        ],
        "rates": [_rate(run, *pair) for pair in (*PAIRS, *_answering(run))],
    }  # fmt: skip


def _answering(run: Run) -> list[tuple[str, str]]:
    """Other governments whose answers count, as importers of the opponent's goods."""
    world, opponent = run.world, run.scenario.opponent
    regions = [region_of(world, one.importer) for one in run.answering]
    return [(world.treasuries[some[0]], opponent) for some in regions if some]


def _rate(run: Run, into: str, origin: str) -> dict[str, Any]:
    """Duties as a share of the benchmark's imports at customs value, before and after."""
    world = run.world
    names = np.array(world.treasuries)
    at = np.ix_(
        np.flatnonzero(world.traded), np.flatnonzero(names == into), np.flatnonzero(names == origin)
    )
    value = world.at_border[at]
    ratio = np.nan_to_num(world.customs_ratios, nan=1.0)
    customs = float((world.at_border / ratio)[at].sum())
    tariffs = run.shock(run.case).tariffs
    now, was = (float((value * t[at]).sum() / customs) if customs else None
                for t in (np.where(np.isfinite(tariffs), tariffs, 0.0), world.tariffs))  # fmt: skip
    return {"into": into, "from": origin, "rate": now, "before": was}


def ranges(
    state: State, turn: Callable[[], AbstractContextManager[None]] = nullcontext
) -> dict[str, Any]:
    """The lowest and highest of every headline over all sets of assumptions.

    Args:
        state: what the controls say. turn: within which each set is solved, others in between.
    """
    with turn():
        run = run_of(variation_of(state))
    found = []
    for variant in run.variants:
        with turn():
            found.append(figures(run, solved(run, variant)))

    def span(values: list[float]) -> dict[str, float]:
        return {"low": min(values), "high": max(values)}

    def spans(rows: str, name: str, key: str) -> dict[str, dict[str, float]]:
        """Of a figure of each row that has one, by the row's name."""
        return {
            row[name]: span([f[rows][n][key] for f in found])
            for n, row in enumerate(found[0][rows])
            if row[key] is not None
        }

    return {
        "sets": len(found),
        "player": span([f["player"] for f in found]),
        "opponent": span([f["opponent"] for f in found]),
        "regions": spans("regions", "region", "real_income"),
        "per_head": spans("regions", "region", "real_income_per_head"),
        "per_household": spans("regions", "region", "per_household"),
        "sectors": spans("sectors", "sector", "output"),
        "revenue": spans("revenue", "treasury", "collected"),
    }


def file(state: State) -> dict[str, str]:
    """The state as a scenario file, with the command and the Python that solve it."""
    told = variation_of(state)
    scenario_told(told)
    name = f"{told.scenario}.yaml"
    return {
        "name": name,
        "file": as_yaml(told),
        "command": f"surtax solve {name}",
        "python": f'import surtax\n\nanswer = surtax.solve("{name}")\n',
    }


def read(text: str) -> State:
    """The state of a scenario file.

    Raises:
        InputError: no variation, what the command line says of it, or one that says more than a
            state does.
    """
    told = read_yaml_text(text, Variation, "file")
    scenario_told(told)
    found = state_of(told)
    if variation_of(found).choices != told.choices:
        raise InputError(
            "the studio reads only files that it wrote; this one says more.", where="file",
            mend="Solve it with surtax solve.",
        )  # fmt: skip
    return found


def offers() -> dict[str, Any]:
    """What the controls may be set to."""
    law = ledger().law
    scenarios = []
    for name in spec.available():
        one = spec.load(name, law)
        found = manifest(one.world)
        opponent = place(one.opponent).code
        scenarios.append({
            "name": name, "title": one.title, "on": one.on.isoformat(),
            "known": one.known.isoformat(), "before": one.before.isoformat(),
            "closure": one.closure, "elasticities": one.elasticities[0], "world": one.world,
            "player": one.player, "opponent": one.opponent,
            "responses": [*({"name": r.name, "title": r.title} for r in one.responses),
                          {"name": spec.NOTHING.name, "title": spec.NOTHING.title}],
            "answers": [code for code in recorded(law, opponent) if code != one.imposer],
            "regions": [{"name": r.name, "title": r.title, "treasury": r.treasury}
                        for r in found.regions],
            "sectors": [{"name": s.name, "title": s.title, "goods": s.goods}
                        for s in found.sectors],
        })  # fmt: skip
    return {
        "scenarios": scenarios,
        "closures": list(CLOSURES),
        "horizons": list(HORIZONS),
        "elasticities": elasticities.available(),
        "sharing": list(SHARING),
        "barrier_sets": barriers.available(),
        "contents": [{"fact": a.fact, "value": a.value, "low": a.low, "high": a.high}
                     for a in assumptions()],
        "measures": [{"measure": m.measure, "title": m.title, "imposer": m.imposer}
                     for m in law.by_imposer["US"] + law.by_imposer["CA"]],
        "platforms": [_offered(platforms.load(name, law)[0]) for name in platforms.available()],
    }  # fmt: skip


def _offered(one: Platform) -> dict[str, Any]:
    """A platform as the state that it is."""
    chosen = Choices(
        response=one.response, sharing=one.sharing, barriers=one.barriers, partners=one.partners
    )
    state = state_of(Variation("", one.scenario, choices=chosen))
    return {"platform": one.platform, "title": one.title, "state": state.model_dump()}
