"""What a solved counterfactual says, and the figures people read off it.

Exact changes come first. The paper's first-order formula, which can differ in sign, is kept
apart in `first_order_welfare` and labelled as what it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import cast

import numpy as np

from surtax.economy import equations as eq
from surtax.economy.arrays import of_kind, several
from surtax.economy.closure import Closure
from surtax.economy.market import LabourMarket, labour_market
from surtax.economy.problem import Instruments, Problem
from surtax.economy.soundness import check_is_world
from surtax.economy.system import Sweep
from surtax.errors import WorldError
from surtax.world.world import Array, World


@dataclass(frozen=True, eq=False)
class Solution:
    """A counterfactual equilibrium. Amounts are in the world's currency at the numeraire.

    What is not kept as solved is worked out when it is first asked for.

    Attributes:
        world: the benchmark it departs from.
        status: one sentence: how it was solved and how well.
        residual: largest gap over all equations kept, in logs.
        walras: relative gap in the one labour market that was not imposed.
        iterations: sweeps of the equations. seconds: wall clock.
        closure: name of the closure. rules: the closure itself. horizon: its name, or "".
        unknowns: (n + 2 s n) log hats, a start for a neighbouring solve.
        tariffs: (s, n, i) counterfactual tariffs. export_taxes, trade_costs: the same
            axes, or None.
        treasury_shares: (n,) the sharing rule in force.
        labour_income, income: (n,) new. collected, revenue: (n,) duties collected and received.
        transfers: (n,) deficits of the closure and extra transfers.
        expenditure, output: (s, n) new.
        problem, point: the equations solved and all of them at the solution, for derivatives.
    """

    world: World
    status: str
    residual: float
    walras: float
    iterations: int
    seconds: float
    closure: str
    rules: Closure
    horizon: str
    unknowns: Array
    tariffs: Array
    export_taxes: Array | None
    trade_costs: Array | None
    treasury_shares: Array
    labour_income: Array
    income: Array
    collected: Array
    revenue: Array
    transfers: Array
    expenditure: Array
    output: Array
    problem: Problem
    point: Sweep

    @property
    def labels(self) -> dict[str, str]:
        """What the rows of every table say of how they were solved: closure and horizon."""
        return {"closure": self.closure, "horizon": self.horizon}

    @cached_property
    def market(self) -> LabourMarket:
        """Pay and work."""
        return labour_market(self.problem, self.point)

    @property
    def wages(self) -> Array:
        """(n,) hats of take-home pay of those employed."""
        return self.market.wages

    @property
    def sector_wages(self) -> Array:
        """(s, n) hats of take-home pay by sector."""
        return self.market.by_sector

    @property
    def labour_force(self) -> Array:
        """(n,) hats."""
        return self.market.force

    @property
    def employment(self) -> Array:
        """(s, n) hats of labour employed."""
        return self.market.employment

    @property
    def employed(self) -> Array:
        """(n,) hats of the part of the labour force that has work."""
        return self.market.employed

    @property
    def relief(self) -> Array:
        """(n,) hats of take-home pay over the employer's cost."""
        return self.market.relief

    @cached_property
    def costs(self) -> Array:
        """(s, n) unit-cost hats."""
        return np.exp(self.point.log_c)

    @cached_property
    def prices(self) -> Array:
        """(s, n) price hats."""
        return np.exp(self.point.log_prices)

    @cached_property
    def price_index(self) -> Array:
        """(n,) hats of the consumption price index."""
        return np.exp(self.point.price)

    @cached_property
    def shares(self) -> Array:
        """(s, n, i) new shares of spending with duties."""
        return eq.trade_shares(self.problem.A, self.point.y, self.point.S)

    @cached_property
    def flows(self) -> Array:
        """(s, n, i) new, before taxes."""
        return eq.flows(self.problem.B, self.point.y, self.point.V)

    @cached_property
    def real_income(self) -> Array:
        """(n,) hats: income over its benchmark, deflated; the exact welfare change.

        Of the region: where people move between regions, `real_income_per_head` is theirs.
        """
        return self.income / self.world.income / self.price_index

    @cached_property
    def real_income_per_head(self) -> Array:
        """(n,) hats: real income over the labour force; the same where nobody moves."""
        return self.real_income / self.labour_force

    @cached_property
    def real_wage(self) -> Array:
        """(n,) hats: wage over the consumption price index."""
        return self.wages / self.price_index

    @cached_property
    def exports(self) -> Array:
        """(n,) new exports to regions of other treasuries, at basic prices."""
        return cast(Array, self._abroad(self.flows).sum(axis=(0, 1)))

    @cached_property
    def imports(self) -> Array:
        """(n,) new imports from regions of other treasuries, at basic prices."""
        return cast(Array, self._abroad(self.flows).sum(axis=(0, 2)))

    @cached_property
    def exports_base(self) -> Array:
        """(n,) benchmark exports, on the same definition."""
        return cast(Array, self._abroad(self.world.flows).sum(axis=(0, 1)))

    @cached_property
    def imports_base(self) -> Array:
        """(n,) benchmark imports, on the same definition."""
        return cast(Array, self._abroad(self.world.flows).sum(axis=(0, 2)))

    def _abroad(self, flows: Array) -> Array:
        """Flows (s, n, i) between regions of different treasuries, the rest set to zero."""
        return flows * ~self.world.union

    def regions_table(self) -> list[dict[str, str | float]]:
        """One row per region, changes as fractions (0.01 = +1 %).

        ``real_income`` is exact, income over benchmark income deflated by the consumption
        price index, less one; ``real_income_per_head`` the same over the labour force, another
        figure only where people move; ``real_wage`` likewise; ``prices`` the change of that index;
        ``exports`` and ``imports`` the nominal change of trade with other treasuries' regions
        at basic prices, in the numeraire. ``revenue`` alone is an amount: duties received
        less duties received in the benchmark, in the world's currency (a benchmark of zero
        duties has no percentage change).
        """
        columns = {
            "real_income": self.real_income - 1.0,
            "real_income_per_head": self.real_income_per_head - 1.0,
            "real_wage": self.real_wage - 1.0,
            "prices": self.price_index - 1.0,
            "exports": change(self.exports, self.exports_base),
            "imports": change(self.imports, self.imports_base),
            "revenue": self.revenue - self.world.revenue,
        }
        return [
            {"region": name, **{key: float(column[n]) for key, column in columns.items()}}
            for n, name in enumerate(self.world.regions)
        ]

    def group_real_income(self, regions: Iterable[str]) -> float:
        """Exact change of real income of several regions together, as a fraction.

        The sum of each region's new income at its own benchmark prices over the sum of
        benchmark incomes: regions weigh by benchmark income. With one consumption basket per
        region this is the sum of equivalent variations over income, no approximation.

        Raises:
            UnknownNameError: no such region. WorldError: no list of names, or an empty one.
        """
        index = group_of(self.world, regions)
        base = self.world.income[index]
        return float((base * self.real_income[index]).sum() / base.sum() - 1.0)


def check_solution(given: object) -> None:
    """Refuse what is no solution.

    Raises:
        WorldError: it is none, such as a batch, which keeps outcomes alone.
    """
    mend = "Give what solve(…) returned; of a batch, solve the one case."
    of_kind("a solution", given, Solution, mend)


def _check_of(world: World, solution: Solution) -> None:
    """Refuse a solution of a world of other regions and sectors."""
    check_is_world(world)
    check_solution(solution)
    if (world.regions, world.sectors) != (solution.world.regions, solution.world.sectors):
        raise WorldError(
            f"the solution is of world {solution.world.name}, with other regions or sectors.",
            where=f"world {world.name}",
            mend="Give the world that it departs from.",
        )


def group_of(world: World, regions: Iterable[str]) -> list[int]:
    """Where the regions of a group stand.

    Raises:
        UnknownNameError: no such region. WorldError: no list of names, or an empty one.
    """
    found = [world.region(r) for r in several("regions of the group", regions)]
    if not found:
        raise WorldError("a group of no region has no income.", mend="Name one at least.")
    return found


def change(new: Array, base: Array) -> Array:
    """New over base less one; zero where there was nothing."""
    return np.divide(new - base, base, out=np.zeros_like(base), where=base > 0)


@dataclass(frozen=True)
class FirstOrder:
    """The paper's welfare formula on finite changes: a first-order formula, not the change.

    Attributes:
        terms_of_trade, volume, total: (n,) fractions of benchmark income.
        label: what to print beside the figures.
    """

    terms_of_trade: Array
    volume: Array
    total: Array
    label: str = "first-order formula of Caliendo and Parro (2015), eq. 15, on finite changes"


def first_order_welfare(world: World, solution: Solution) -> FirstOrder:
    """Terms of trade, volume of trade and their sum, as the paper's table 2 prints them.

    Terms of trade: sum of exports x (c_own - 1) - imports x (c_source - 1), over income.
    Volume: sum of tau x imports x (M'/M - c_source), over income. Quantities and tariffs are
    the benchmark's, changes are finite. Export taxes and changes of employment are not in it.

    Raises:
        WorldError: one is no world or no solution, or they do not fit each other.
    """
    _check_of(world, solution)
    M = world.flows
    c = solution.costs - 1.0
    earned = np.einsum("sni,si->i", M, c)
    paid = np.einsum("sni,si->n", M, c)
    tot = (earned - paid) / world.income
    gap = np.divide(solution.flows, M, out=np.ones_like(M), where=M > 0) - 1.0 - c[:, None, :]
    volume = np.einsum("sni,sni->n", world.tariffs * M, gap) / world.income
    return FirstOrder(tot, volume, tot + volume)


def solution_of(
    world: World,
    new: Instruments,
    p: Problem,
    q: Sweep,
    *,
    status: str,
    residual: float,
    walras: float,
    iterations: int,
    seconds: float,
    unknowns: Array,
    horizon: str = "",
) -> Solution:
    """Everything that a point which satisfies the equations says."""
    return Solution(
        world=world,
        status=status,
        residual=residual,
        walras=walras,
        iterations=iterations,
        seconds=seconds,
        closure=p.closure.name,
        rules=p.closure,
        horizon=horizon,
        unknowns=unknowns,
        tariffs=new.tariffs,
        export_taxes=new.export_taxes,
        trade_costs=new.trade_costs,
        treasury_shares=new.treasury_shares,
        labour_income=q.labour,
        income=q.income,
        collected=q.collected,
        revenue=q.received,
        transfers=q.transfers,
        expenditure=q.X,
        output=q.Y,
        problem=p,
        point=q,
    )


def rebase(world: World, solution: Solution) -> World:
    """The counterfactual as a benchmark of its own: same technology, new flows and tariffs.

    Exact to the solution's residual. A prohibited flow is zero for good (no change in costs
    brings back a share of zero); its tariff is then recorded as it was. A closure that shares
    duties otherwise than the benchmark leaves shares of what was received; where a region had to
    give, its treasury's stay the benchmark's and deficits take up the difference.

    Raises:
        WorldError: one is no world or no solution, or they do not fit each other.
    """
    _check_of(world, solution)
    tariffs = np.where(np.isfinite(solution.tariffs), solution.tariffs, world.tariffs)
    return replace(
        world,
        flows=solution.flows,
        tariffs=tariffs,
        export_taxes=solution.export_taxes,
        treasury_shares=_shares_received(solution),
        preferences=None,
        notes=(*world.notes, f"Rebased on a counterfactual (closure {solution.closure})."),
    )


def _shares_received(s: Solution) -> Array:
    """(n,): each region's part of what its treasury paid out."""
    if s.problem.beyond is None:
        return s.treasury_shares
    union = s.world.union
    pool = union @ s.collected
    part = np.divide(s.revenue, pool, out=s.treasury_shares.copy(), where=pool > 0)
    gives = union @ (part < 0.0) > 0
    return np.where(gives, s.treasury_shares, part)
