"""Derivatives of a closure's rules at a point, by complex step of the rules themselves.

The imaginary part of f(x + ih) over h is the derivative to rounding, without cancellation
(Squire and Trapp 1998, SIAM Review 40(1)). Rules are small and written once; the equations
between them are differentiated by hand in `tangent` and `adjoint`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

import numpy as np

from surtax.economy.problem import Problem
from surtax.economy.system import Sweep
from surtax.world.world import Array

_STEP = 1e-30


@dataclass(frozen=True)
class Slopes:
    """Derivatives of the rules.

    Attributes:
        wage_income, wage_price: of the log wage, with the axes of `Sweep.wage`; None where
            the wage is the income per member of the labour force.
        move: (m, n) of n's log labour force with m's expected real wage; None without a rule.
        deficits: (m, n) of n's deficit with what m earns.
    """

    wage_income: Array | None
    wage_price: Array | None
    move: Array | None
    deficits: Array


def jacobian(rule: Callable[[Array], Array], at: Array) -> Array:
    """(m, n): derivative of the rule's n-th value with its m-th argument, at (n,)."""
    moved = at + _STEP * 1j * np.eye(at.size)
    return np.asarray(rule(moved).imag / _STEP)


def slopes_of(p: Problem, q: Sweep) -> Slopes:
    """The derivatives of every rule of the closure at a sweep."""
    rules = p.closure
    wage_income = wage_price = move = None
    if rules.wages.rule is not None:
        price = np.broadcast_to(q.price, q.latent.shape)
        at = np.stack([q.latent, q.latent]), np.stack([price, price])
        step = 1j * _STEP * np.array([1.0, 0.0]).reshape(2, *([1] * q.latent.ndim))
        found = rules.wages.rule(at[0] + cast(Array, step), at[1] + cast(Array, step[::-1]))
        wage_income, wage_price = found.imag / _STEP
    if rules.labour.move is not None:
        to_force = rules.labour.move
        expected = q.z if q.g is None else q.z + q.g
        move = jacobian(lambda real: to_force(p.benchmark, real), expected - q.price)
    return Slopes(wage_income, wage_price, move, jacobian(p.deficits, q.labour + q.received))
