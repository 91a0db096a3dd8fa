"""The parts that a closure is made of: deficits, labour, wages and the treasury's money.

Each is a rule with a name, a sentence, its source and one function of small arrays. The last
axis of every argument is the region; leading axes are carried along, so that one rule serves
a region, a sector of a region and many scenarios at once. Rules are smooth, or smooth on
either side of a kink, and take complex numbers (a branch looks at the real part): their
derivatives are taken from the function itself, so a new rule is one function and no more.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from surtax.world.world import Array, World


@dataclass(frozen=True)
class Benchmark:
    """What a rule may know of the world before the change, in its currency.

    Attributes:
        deficits: (n,) net transfers received, adding to zero.
        earned: (n,) labour income plus duties received.
        labour: (n,) labour income.
        union: (n, m) one where n and m have one treasury, else zero.
    """

    deficits: Array
    earned: Array
    labour: Array
    union: Array


@dataclass(frozen=True)
class Deficits:
    """What happens to each region's deficit, the transfer it receives from the others.

    Attributes:
        name, text: what it is chosen by; what it does, one sentence.
        rule: (benchmark, earned' (..., n)) to D' (..., n); must add to zero over the world.
        keeps_benchmark: whether a zero shock returns the benchmark's deficits.
        source: where it is published.
    """

    name: str
    text: str
    rule: Callable[[Benchmark, Array], Array]
    keeps_benchmark: bool = True
    source: str = ""


@dataclass(frozen=True)
class Labour:
    """Who may move where.

    Attributes:
        name, text: what it is chosen by; what it does, one sentence.
        stickiness: mu of `equations.sector_premium`: 0 where workers move freely between the
            sectors of a region, 1 where nobody changes sector, 1/kappa in between.
        move: (benchmark, log real wage expected (..., n)) to the log hat of the labour force
            (..., n); None where nobody changes region.
        reversible: as in `Wages`.
        source: where it is published.
    """

    name: str
    text: str
    stickiness: float = 0.0
    move: Callable[[Benchmark, Array], Array] | None = None
    reversible: bool = True
    source: str = ""


@dataclass(frozen=True)
class Wages:
    """How a wage answers to what a labour market can pay.

    Attributes:
        name, text: what it is chosen by; what it does, one sentence.
        rule: (log income per member of the labour force (..., n), log consumer price
            (..., n), both hats) to the log hat of the wage of those employed (..., n), each
            market by itself; the rest of the income per member is employment. None where
            wages clear the market.
        unemployment: the benchmark's rate, a fraction, scalar or (n,); zero where unknown.
        reversible: whether undoing a shock undoes its effect from the counterfactual as a
            benchmark; false where the rule remembers a level or an unemployment rate.
        source: where it is published.
    """

    name: str
    text: str
    rule: Callable[[Array, Array], Array] | None = None
    unemployment: float | Array = 0.0
    reversible: bool = True
    source: str = ""


@dataclass(frozen=True)
class Revenue:
    """What treasuries do with the duties they collect.

    Attributes:
        name, text: what it is chosen by; what it does, one sentence.
        share: world to (n, m), the part of what m collects beyond the benchmark's duties that
            n receives, columns adding to one within a treasury; None where it is shared as in
            the benchmark.
        payroll: whether what a region receives lowers the tax on its payrolls.
        reversible: as in `Wages`.
        source: where it is published.
    """

    name: str
    text: str
    share: Callable[[World], Array] | None = None
    payroll: bool = False
    reversible: bool = True
    source: str = ""
