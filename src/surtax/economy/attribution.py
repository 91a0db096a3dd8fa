"""Attribution: what each tariff, tax, cost and transfer of a shock added to an outcome.

The outcome's gradient is integrated along a path from no shock to the shock: each instrument's
part is the integral of its derivative times its own move, and the parts add up to the whole
change. Gauss and Legendre's nodes make the integral exact to rounding where the path is smooth;
a wage that meets its floor puts a kink on it, which is looked for, and the path is cut there. What
is left is printed. The part of an instrument depends on the path where instruments interact,
as every decomposition does; this one moves all of them together, taxes and costs in logs. It
is the Aumann and Shapley (1974) rule, as in Harrison, Horridge and Pearson (2000),
Computational Economics 15(3).
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from itertools import pairwise
from typing import cast

import numpy as np
from numpy.typing import NDArray

from surtax.economy.arrays import number
from surtax.economy.gradient import Gradient, gradient
from surtax.economy.outcomes import Outcome, partials_of
from surtax.economy.results import Solution
from surtax.economy.solve import solve
from surtax.world.world import Array

# Nodes tried in turn, and the gap, relative to the sum of the parts' sizes, that is enough.
_NODES, _ENOUGH = (10, 20, 40), 1e-9
_TOL = 1e-11  # of every solution on the path, so that their errors stay below that gap
_SHARP = 1e-10  # how closely a kink is found, as a part of the path


@dataclass(frozen=True, eq=False)
class Parts:
    """What each instrument adds: tariffs, export_taxes, trade_costs (s, n, i), transfers (n,)."""

    tariffs: Array
    export_taxes: Array
    trade_costs: Array
    transfers: Array

    @property
    def total(self) -> float:
        """The sum of all parts."""
        return float(
            self.tariffs.sum()
            + self.export_taxes.sum()
            + self.trade_costs.sum()
            + self.transfers.sum()
        )


_FIELDS = tuple(f.name for f in fields(Parts))


@dataclass(frozen=True, eq=False)
class Attribution:
    """A change of an outcome, split.

    Attributes:
        solution: the counterfactual. outcome: the outcome's name.
        start, end: its value under the closure without the shock, and with it.
        rules: what the closure and a new sharing of duties change without any shock, start less
            the benchmark's value.
        parts: exact parts; they add to end - start but for ``gap``.
        first_order: the benchmark's derivatives times the whole moves: the usual formula.
        gap: end - start less the parts. nodes: points on the path.
    """

    solution: Solution
    outcome: str
    start: float
    end: float
    rules: float
    parts: Parts
    first_order: Parts
    gap: float
    nodes: int

    def rows(self, least: float = 0.0) -> list[dict[str, str | float]]:
        """Parts by instrument, who sets it, partner and sector, the largest first.

        Args:
            least: leave out parts no larger than this.

        A tariff and a trade cost are set by the buyer, an export tax by the seller. ``change``
        is exact, ``first_order`` the formula on the whole move.

        Raises:
            WorldError: the least is no number.
        """
        least = number("the least part", least)
        w = self.solution.world
        found: list[dict[str, str | float]] = []
        for name in ("tariffs", "export_taxes", "trade_costs"):
            exact, formula = getattr(self.parts, name), getattr(self.first_order, name)
            for s, n, i in np.argwhere(np.abs(exact) > least):
                by, partner = (i, n) if name == "export_taxes" else (n, i)
                found.append(
                    {
                        "instrument": name,
                        "by": w.regions[by],
                        "partner": w.regions[partner],
                        "sector": w.sectors[s],
                        "change": float(exact[s, n, i]),
                        "first_order": float(formula[s, n, i]),
                        **self.solution.labels,
                    }
                )
        for (n,) in np.argwhere(np.abs(self.parts.transfers) > least):
            found.append(
                {
                    "instrument": "transfers",
                    "by": w.regions[n],
                    "partner": "",
                    "sector": "",
                    "change": float(self.parts.transfers[n]),
                    "first_order": float(self.first_order.transfers[n]),
                    **self.solution.labels,
                }
            )
        return sorted(found, key=lambda row: -abs(cast(float, row["change"])))


@dataclass(frozen=True, eq=False)
class _Path:
    """The shock as a path: levels at a part of the way, and how fast they move there."""

    solution: Solution

    def tariffs(self, part: float) -> tuple[Array, Array]:
        """Logs of 1 + tau move evenly; a prohibition, whose log has no end, in 1/(1 + tau)."""
        old, new = 1.0 + self.solution.world.tariffs, 1.0 + self.solution.tariffs
        shut = ~np.isfinite(new)
        rate = np.log(np.where(shut, old, new) / old)
        level = old * np.exp(part * rate)
        level = np.where(shut, old / (1.0 - part) if part < 1.0 else np.inf, level)
        speed = np.where(shut, old / max(1.0 - part, 1e-300) ** 2, level * rate)
        return level - 1.0, speed

    def export_taxes(self, part: float) -> tuple[Array | None, Array]:
        s = self.solution
        if s.export_taxes is None:
            return None, np.zeros_like(s.tariffs)
        old = 1.0 + (0.0 if s.world.export_taxes is None else s.world.export_taxes)
        rate = np.log((1.0 + s.export_taxes) / old)
        level = old * np.exp(part * rate)
        return level - 1.0, level * rate

    def trade_costs(self, part: float) -> tuple[Array | None, Array]:
        s = self.solution
        if s.trade_costs is None:
            return None, np.zeros_like(s.tariffs)
        level = s.trade_costs**part
        return level, level * np.log(s.trade_costs)

    def at(self, part: float, start: Array | None) -> Solution:
        """The equilibrium a part of the way."""
        s = self.solution
        return solve(
            s.world,
            self.tariffs(part)[0],
            self.trade_costs(part)[0],
            s.rules,
            export_taxes=self.export_taxes(part)[0],
            treasury_shares=s.treasury_shares,
            extra_transfers=part * s.problem.extra,
            tol=_TOL,
            start=start,
        )

    def moves(self, g: Gradient, part: float) -> Parts:
        """The outcome's derivative along the path, by instrument."""
        tariffs = self.tariffs(part)[1]
        tariffs = np.where(g.tariffs == 0.0, 0.0, tariffs)
        return Parts(
            g.tariffs * tariffs,
            g.export_taxes * self.export_taxes(part)[1],
            g.trade_costs * self.trade_costs(part)[1],
            g.transfers * self.solution.problem.extra,
        )


@dataclass(frozen=True, eq=False)
class _Stop:
    """A point of the path: where, its unknowns, and which wages clear their market."""

    part: float
    unknowns: Array
    clears: NDArray[np.bool_]


def _stop(part: float, s: Solution) -> _Stop:
    return _Stop(part, s.unknowns, np.asarray(s.point.wage == s.point.latent))


def _kinks(path: _Path, a: _Stop, b: _Stop) -> list[float]:
    """Where between two points a wage meets its floor or leaves it, in order."""
    if (a.clears == b.clears).all():
        return []
    middle = 0.5 * (a.part + b.part)
    if b.part - a.part < _SHARP:
        return [middle]
    m = _stop(middle, path.at(middle, a.unknowns))
    return _kinks(path, a, m) + _kinks(path, m, b)


def _integral(
    path: _Path, outcome: Outcome, ends: list[float], count: int, here: Array
) -> tuple[Parts, list[_Stop]]:
    """The parts by so many nodes between each two ends, and the nodes; ``here`` to start from."""
    nodes, weights = np.polynomial.legendre.leggauss(count)
    total: dict[str, Array] = {}
    seen: list[_Stop] = []
    for a, b in pairwise(ends):
        for node, weight in zip(nodes, weights, strict=True):
            part = a + 0.5 * (b - a) * (float(node) + 1.0)
            s = path.at(part, here)
            here = s.unknowns
            seen.append(_stop(part, s))
            moved = path.moves(gradient(s, outcome), part)
            for f in _FIELDS:
                total[f] = total.get(f, 0.0) + 0.5 * (b - a) * float(weight) * getattr(moved, f)
    return Parts(**total), seen


def attribute(solution: Solution, outcome: Outcome) -> Attribution:
    """Split the change of an outcome by instrument, partner and sector.

    Raises:
        UnknownNameError, WorldError: there is no solution or no outcome, as in `gradient`.
        SolveError: a point of the path has no equilibrium, or its derivatives none.
    """
    partials_of(outcome, solution)  # what is none is refused before anything is solved
    path = _Path(solution)
    base = path.at(0.0, None)
    start, end = outcome.value(base), outcome.value(solution)
    first = path.moves(gradient(base, outcome), 0.0)
    stops: list[_Stop] = []
    for count in _NODES:
        ends = [0.0, *(k for a, b in pairwise(stops) for k in _kinks(path, a, b)), 1.0]
        parts, seen = _integral(path, outcome, ends, count, base.unknowns)
        gap = end - start - parts.total
        size = sum(float(np.abs(getattr(parts, f)).sum()) for f in _FIELDS)
        if abs(gap) <= _ENOUGH * max(size, abs(end - start)):
            break
        stops = [*seen, _stop(1.0, solution)]  # not the start, where a wage is at a floor of one
    return Attribution(
        solution=solution,
        outcome=outcome.name,
        start=start,
        end=end,
        rules=start - _at_benchmark(solution, outcome),
        parts=parts,
        first_order=first,
        gap=gap,
        nodes=len(seen),
    )


def _at_benchmark(solution: Solution, outcome: Outcome) -> float:
    """The outcome's value in the benchmark itself."""
    return outcome.value(solve(solution.world, closure="numeraire"))
