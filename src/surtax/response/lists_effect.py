"""What a list does to both sides: an equilibrium, and the exact slope with every item.

A sector's duty is the rate times the share of its imports that is listed, as everywhere. Goods
that buyers replace more, or less, easily than the sector's average tilt its purchases further,
or less far, at given prices: with a the elasticity times the log of one plus the duty times what
the listed goods exceed the average by, and p the other side's share of spending, purchases move
by exp(-a) / (p exp(-a) + 1 - p) from the other side and 1 / (p exp(-a) + 1 - p) from elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from surtax.economy.gradient import Gradient, at, gradient
from surtax.economy.outcomes import Outcome
from surtax.economy.results import Solution
from surtax.economy.solve import solve
from surtax.response.lists_items import Items
from surtax.response.players import Player
from surtax.world.world import Array, World


@dataclass(frozen=True, eq=False)
class Effect:
    """What a list does, in money.

    Attributes:
        own: what it costs the side that lists; negative is a gain. theirs: the other side.
    """

    own: float
    theirs: float

    @property
    def ratio(self) -> float:
        """Own cost per dollar of the other side's cost; NaN where that has none."""
        return self.own / self.theirs if self.theirs > 0 else float("nan")


@dataclass(eq=False)
class Ground:
    """Where lists are compared.

    Attributes:
        world, tariffs, closure: the economy and (s, n, i) the law without a list.
        buyer, seller: who lists whose goods. ratio: (n, i) of basic to customs value.
        items: of which a list chooses. own, theirs: real income of the two, as changes.
        unit: money in one unit of the world. solved: equilibria so far.
    """

    world: World
    tariffs: Array
    closure: str
    buyer: Player
    seller: Player
    ratio: Array
    items: Items
    own: Outcome
    theirs: Outcome
    unit: float
    solved: int = 0
    _before: Solution | None = field(default=None, repr=False)
    _last: Solution | None = field(default=None, repr=False)

    @property
    def before(self) -> Solution:
        """The equilibrium without a list."""
        if self._before is None:
            self._before = self.solution(np.zeros(len(self.items)))
        return self._before

    def solution(self, x: Array) -> Solution:
        """The equilibrium under a list, (k,) shares of the items."""
        tariffs, costs = self._policy(x)
        self._last = solve(
            self.world, tariffs, costs, self.closure,
            start=None if self._last is None else self._last.unknowns,
        )  # fmt: skip
        self.solved += 1
        return self._last

    def effect(self, s: Solution) -> Effect:
        """What a solution costs both sides beside the one without a list."""
        own, theirs = (
            size * (one.value(self.before) - one.value(s))
            for one, size in zip((self.own, self.theirs), self._incomes(), strict=True)
        )
        return Effect(own, theirs)

    def slopes(self, x: Array, s: Solution) -> tuple[Array, Array]:
        """(k,) costs of one more whole item, own and the other side's, at a list's solution."""
        here = at(s)
        found = [gradient(s, one, here) for one in (self.own, self.theirs)]
        own, theirs = (
            -size * self._by_item(g, x) for g, size in zip(found, self._incomes(), strict=True)
        )
        return own, theirs

    def _incomes(self) -> tuple[float, float]:
        income = self.world.income * self.unit
        return float(income[list(self.buyer.regions)].sum()), float(
            income[list(self.seller.regions)].sum()
        )

    def _shares(self, weights: Array) -> Array:
        """(s,) sums over items as shares of the sectors' imports."""
        it = self.items
        total = np.bincount(it.sector, weights * it.value, minlength=len(it.totals))
        return np.divide(total, it.totals, out=np.zeros_like(total), where=it.totals > 0)

    def _tilt(self, x: Array) -> tuple[Array, Array]:
        """(s, b) a and p of the module's formula, b the buyer's regions."""
        it, rows = self.items, list(self.buyer.regions)
        extra = self._shares(x * np.log1p(it.rate) * (it.factor - 1.0))
        spent = self.world.flows[:, rows, :]
        total = spent.sum(axis=2)
        part = spent[:, :, list(self.seller.regions)].sum(axis=2)
        p = np.divide(part, total, out=np.zeros_like(total), where=total > 0)
        return (self.world.theta * extra)[:, None] * np.ones_like(p), p

    def _policy(self, x: Array) -> tuple[Array, Array]:
        """Tariffs and hats of trade costs, each (s, n, i)."""
        rows, cols = list(self.buyer.regions), list(self.seller.regions)
        tariffs = self.tariffs.copy()
        duty = self._shares(x * self.items.rate)
        tariffs[np.ix_(range(len(duty)), rows, cols)] += duty[:, None, None] / self._ratios()
        a, p = self._tilt(x)
        log_d = np.log(p * np.exp(-a) + 1.0 - p)
        theta = self.world.theta[:, None]
        costs = np.ones_like(tariffs)
        costs[:, rows, :] = np.exp(log_d / theta)[:, :, None]
        costs[np.ix_(range(len(duty)), rows, cols)] = np.exp((a + log_d) / theta)[:, :, None]
        return tariffs, costs

    def _ratios(self) -> Array:
        place = np.ix_(list(self.buyer.regions), list(self.seller.regions))
        return np.asarray(self.ratio[place], dtype=float)

    def _by_item(self, g: Gradient, x: Array) -> Array:
        """(k,) derivative of an outcome with the items, from that with the arrays."""
        it, rows, cols = self.items, list(self.buyer.regions), list(self.seller.regions)
        theta = self.world.theta
        a, p = self._tilt(x)
        d = p * np.exp(-a) + 1.0 - p
        part = p * np.exp(-a) / d  # d log_d / d a = -part
        here = g.tariffs[:, rows, :][:, :, cols]
        of_duty = (here / self._ratios()).sum(axis=(1, 2))
        moved = g.trade_costs[:, rows, :].copy()
        moved *= np.exp(np.log(d) / theta[:, None])[:, :, None]
        moved[:, :, cols] *= np.exp(a / theta[:, None])[:, :, None]
        towards = moved[:, :, cols].sum(axis=2)
        # d cost / d extra = cost · d log cost / d a, theta having cancelled against a's.
        of_tilt = (towards - part * moved.sum(axis=2)).sum(axis=1)
        per = np.divide(it.value, it.totals[it.sector])
        own = it.rate * of_duty[it.sector]
        tilt = np.log1p(it.rate) * (it.factor - 1.0) * of_tilt[it.sector]
        return np.asarray(per * (own + tilt), dtype=float)
