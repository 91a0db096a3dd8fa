"""A stage: levers over a policy of one world, solved and differentiated at any values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from surtax.economy.closure import Closure
from surtax.economy.gradient import at, gradient
from surtax.economy.outcomes import Outcome
from surtax.economy.results import Solution
from surtax.economy.solve import solve
from surtax.response.instruments import Levers
from surtax.response.kept import Found, Keep
from surtax.world.world import Array, World


@dataclass(eq=False)
class Stage:
    """Where players move.

    Attributes:
        levers: everything that may move, of all players.
        closure: a name or a closure.
        solved: equilibria solved so far; each starts from the one before.
    """

    levers: Levers
    closure: str | Closure
    solved: int = 0
    _last: tuple[bytes, Solution] | None = field(default=None, repr=False)

    @property
    def world(self) -> World:
        """The benchmark."""
        return self.levers.world

    def solution(self, x: Array) -> Solution:
        """The equilibrium with the levers at (k,) x; the last one is kept."""
        key = np.asarray(x, dtype=float).tobytes()
        if self._last is None or self._last[0] != key:
            policy = self.levers.policy(x)
            found = solve(
                self.world,
                policy.tariffs,
                policy.trade_costs,
                self.closure,
                export_taxes=policy.export_taxes,
                extra_transfers=policy.transfers,
                start=None if self._last is None else self._last[1].unknowns,
            )
            self.solved += 1
            self._last = (key, found)
        return self._last[1]

    def step(self, keep: Keep, name: str, make: Callable[[], Found]) -> Found:
        """A step of a search; the next one starts where this one did, kept or not.

        What it finds holds the equilibria `solved` in it as well.
        """
        first, last = self.solved, self._last

        def made() -> Found:
            found = make()
            return {**found, "solved": self.solved - first}

        found = keep(name, made)
        self.solved, self._last = first + found["solved"], last
        return found

    def values(self, x: Array, wanted: Sequence[Outcome]) -> tuple[Array, Array]:
        """(m,) values of outcomes at x and (m, k) their derivatives with the levers."""
        s = self.solution(x)
        here = at(s)
        found = [gradient(s, one, here) for one in wanted]
        return (
            np.array([g.value for g in found]),
            np.array([self.levers.pulled(g) for g in found]).reshape(len(wanted), len(x)),
        )


def scales(levers: Levers, income: float) -> Array:
    """(k,) square roots of the curvature to expect of an objective in each lever.

    Of a duty: the trade that it falls on times the trade elasticity, over income (the triangle
    of textbooks). It only makes a search short; the answer does not rest on it.
    """
    world = levers.world
    bend = (world.theta[:, None, None] * world.flows / income).ravel()
    out = np.empty(len(levers))
    for k, one in enumerate(levers.levers):
        if one.array == "transfers":
            out[k] = 0.1 / max(one.upper - one.lower, 1e-12)
        else:
            out[k] = np.sqrt(float((one.factors**2 * bend[one.cells]).sum()))
    return np.maximum(out, 1e-7 * float(out.max(initial=0.0)) + 1e-12)
