"""One counterfactual as arrays: the benchmark, the instruments and the closure's rules."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from surtax.economy import equations as eq
from surtax.economy.closure import Closure
from surtax.economy.deficits import OWN_SHARE
from surtax.economy.linear import Preconditioner, State, Technology, linearise
from surtax.economy.rules import Benchmark
from surtax.economy.soundness import check_world
from surtax.world.world import Array, World

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Base:
    """What one world needs again and again; kept while the world is alive.

    Attributes:
        tech: technology and tastes. preconditioner: frozen at the benchmark.
        spending: (s, n) where X starts. dropped: the region whose market Walras' law implies.
        dead: (s, n) one where nothing is bought. spread: (s, n) a sector's share of its
            region's value added. taxes: (s, n, i) benchmark tax factors. kept: (s, n, i)
            benchmark shares net of tax. taxed, abroad: (s,) whether any flow of a sector is
            taxed, and whether any leaves its region.
        benchmark: what rules may know.
    """

    tech: Technology
    state: State
    preconditioner: Preconditioner
    spending: Array
    dropped: int
    dead: Array
    spread: Array
    taxes: Array
    kept: Array
    taxed: Mask
    abroad: Mask
    benchmark: Benchmark


@dataclass(frozen=True)
class Instruments:
    """What a shock sets; with a leading axis each, what many do.

    Attributes:
        tariffs: (s, n, i) ad valorem tariff levels; infinity prohibits a flow.
        export_taxes: (s, n, i) levels levied by the seller's treasury; None for none.
        trade_costs: (s, n, i) hats of iceberg and other trade costs; None for no change.
        treasury_shares: (n,) how treasuries share their duties.
        transfers: (n,) on top of the closure's, in the numeraire, adding to zero.
    """

    tariffs: Array
    export_taxes: Array | None
    trade_costs: Array | None
    treasury_shares: Array
    transfers: Array


@dataclass(frozen=True)
class Problem:
    """One counterfactual: the benchmark and the costs of the new one.

    Many at once where A, B, border, home, sharing, beyond and extra carry a leading axis.

    Attributes:
        A, B, border: (s, n, i) of `equations`: spending weights, what reaches the seller of
            them, and their value at the border (the same array as B without export taxes).
        taxed, abroad: (s,) whether any flow of a sector is taxed, in any scenario, and whether
            any leaves its region. shut: whether a shock stopped any flow.
        home: (s, n) the diagonal of border.
        sharing: (n, m) of duties. beyond: (n, m) added to it for duties beyond the
            benchmark's, columns adding to zero, or None. collected: (n,) benchmark duties.
        payroll: (n,) benchmark log factor of the payroll tax, or None.
        deficits: what regions earn, (..., n), to the closure's transfers.
        extra: (n,) transfers on top of those.
        fast: whether sweeps and steps are the compiled ones of `fast`.
    """

    tech: Technology
    A: Array
    B: Array
    border: Array
    taxed: Mask
    abroad: Mask
    shut: bool
    home: Array
    labour: Array
    spread: Array
    spending: Array
    dead: Array
    sharing: Array
    beyond: Array | None
    collected: Array
    payroll: Array | None
    benchmark: Benchmark
    closure: Closure
    deficits: Callable[[Array], Array]
    extra: Array
    dropped: int
    fast: bool = False

    @property
    def sticky(self) -> bool:
        """Whether sectors pay different wages."""
        return self.closure.labour.stickiness > 0.0

    @property
    def unknowns(self) -> int:
        """Length of x."""
        S, N = self.spending.shape
        return int(N + 2 * S * N + S * N * self.sticky + N * (self.payroll is not None))


# Added to both sides of a trade balance, as a share of labour income: where trade is smaller
# than this, rounding in the sums of output would be larger than the gap being closed.
FLOOR = 1e-5

# Bytes. glibc returns freed arrays larger than a threshold to the system, and the next solve
# pays a page fault for every 4 kB of them; the largest block freed so far sets the threshold,
# up to 32 MiB.
_KEPT = 31 << 20

_BASES: WeakKeyDictionary[World, Base] = WeakKeyDictionary()


def base_of(world: World) -> Base:
    """Preparation of a world, made on the first solve.

    Raises:
        WorldError: the world is no benchmark.
    """
    check_world(world)
    if world not in _BASES:
        np.empty(_KEPT, dtype=np.uint8)
        inputs = np.ascontiguousarray(world.inputs)
        tech = Technology(
            inputs=inputs,
            inputs_t=inputs.transpose(0, 2, 1),
            va_t=np.ascontiguousarray(world.value_added.T),
            theta=world.theta,
            final_shares=np.ascontiguousarray(world.final_shares),
        )
        dropped = int(np.argmax(world.labour_income))
        taxes = eq.tax_factor(world.tariffs, world.export_taxes)
        kept = eq.net_of_tax(world.shares, taxes)
        X = world.expenditure
        if world.preferences is not None:
            X = _spending_at_benchmark_prices(world, kept)
        own = np.arange(len(world.regions))
        flows = kept * X[:, :, None]
        here = State(
            shares=world.shares,
            flows=flows,
            spending=X,
            labour=world.labour_income,
            abroad=FLOOR * world.labour_income
            + eq.external_payments(
                flows.sum(axis=(0, 1)),
                flows.sum(axis=(0, 2)),
                flows[:, own, own].sum(axis=0),
                world.income - world.labour_income - world.collected,
            )[1],
            sharing=sharing_of(world, world.treasury_shares),
            pay=tech.va_t,
            materials=tech.inputs_t,
            force=np.eye(len(world.regions)),
        )
        _BASES[world] = Base(
            tech=tech,
            state=here,
            preconditioner=linearise(tech, here, dropped),
            spending=X,
            dropped=dropped,
            dead=(world.expenditure <= 0).astype(float),
            spread=tech.va_t * world.output / world.labour_income,
            taxes=taxes,
            kept=kept,
            taxed=np.asarray((taxes != 1.0).any(axis=(1, 2))),
            abroad=np.asarray((world.shares * ~np.eye(len(own), dtype=bool)).any(axis=(1, 2))),
            benchmark=Benchmark(
                deficits=world.deficits,
                earned=world.labour_income + world.revenue,
                labour=world.labour_income,
                union=world.union.astype(float),
            ),
        )
    return _BASES[world]


def _spending_at_benchmark_prices(world: World, kept: Array, sweeps: int = 50) -> Array:
    """(s, n): where to start a table whose tastes were cleaned, at its prices and incomes.

    A cell that industries use and the table barely records would otherwise start e^20 away.
    """
    X = world.expenditure
    for _ in range(sweeps):
        Y = np.einsum("sni,sn->si", kept, X)
        X = eq.expenditure(world.inputs, Y, world.final_shares, world.income)
    return X


def sharing_of(world: World, shares: Array) -> Array:
    """(..., n, m): share of the duties collected in m that region n receives."""
    return np.asarray(shares[..., None] * world.union)


def problem_of(
    world: World,
    base: Base,
    new: Instruments,
    closure: Closure,
    part: float = 1.0,
    *,
    fast: bool = False,
) -> Problem:
    """Assemble the counterfactual.

    ``part`` is how far deficits, transfers and the sharing of duties have moved; the
    instruments themselves are a part of the way already.
    """
    A, B, taxed, shut = (_compiled_weights if fast else _weights)(world, base, new)
    border = B if new.export_taxes is None else eq.net_of_tax(A, 1.0 + new.tariffs)
    sharing = sharing_of(world, new.treasury_shares)
    rule = closure.revenue
    return Problem(
        tech=base.tech,
        A=A,
        B=B,
        border=border,
        taxed=taxed,
        abroad=base.abroad,
        shut=shut,
        home=np.ascontiguousarray(np.diagonal(border, axis1=-2, axis2=-1)),
        labour=world.labour_income,
        spread=base.spread,
        spending=base.spending,
        dead=base.dead,
        sharing=sharing,
        beyond=None if rule.share is None else part * (rule.share(world) - sharing),
        collected=world.collected,
        payroll=np.log1p(world.revenue / world.labour_income) if rule.payroll else None,
        benchmark=base.benchmark,
        closure=closure,
        deficits=_deficits(closure, base.benchmark, part),
        extra=part * new.transfers,
        dropped=base.dropped,
        fast=fast,
    )


def _weights(world: World, base: Base, new: Instruments) -> tuple[Array, Array, Mask, bool]:
    """A and B of `equations`: the benchmark's, but in the cells where a tax or a cost moves.

    With them (s,) which sectors are taxed, and whether any flow was stopped.
    """
    given = (new.tariffs, new.export_taxes, new.trade_costs)
    kind = np.result_type(base.tech.theta, *(a for a in given if a is not None))
    A, B = (
        np.array(np.broadcast_to(a, new.tariffs.shape), dtype=kind, order="C")
        for a in (world.shares, base.kept)
    )
    taxed, shut = base.taxed.copy(), False
    to = [a.reshape(-1, world.shares.size) for a in (A, B)]
    for b in range(len(to[0])):
        own = [None if a is None else a.reshape(-1, *world.shares.shape)[b] for a in given[1:]]
        tariffs = new.tariffs.reshape(-1, *world.shares.shape)[b]
        sectors, stopped = _patched(world, base, tariffs, own[0], own[1], to[0][b], to[1][b])
        taxed |= sectors
        shut |= stopped
    return A, B, taxed, shut


def _compiled_weights(
    world: World, base: Base, new: Instruments
) -> tuple[Array, Array, Mask, bool]:
    """`_weights` by the compiled engine."""
    from surtax.economy.weights import weigh

    S, _, N = world.shares.shape
    A, B = np.empty((2, *new.tariffs.shape))
    taxed, shut = base.taxed.copy(), False
    none = np.empty((1, 0, 0))

    def lined(a: Array | None) -> Array:
        """(b, s, cells), or nothing."""
        if a is None:
            return none
        return np.ascontiguousarray(a, dtype=float).reshape(-1, S, N * N)

    shares, kept, taxes, tariffs, exports = (
        lined(a)[0]
        for a in (world.shares, base.kept, base.taxes, world.tariffs, world.export_taxes)
    )
    given = [lined(a) for a in (new.tariffs, new.export_taxes, new.trade_costs)]
    for b, (to_A, to_B) in enumerate(zip(lined(A), lined(B), strict=True)):
        duty, levy, cost = (a[b if a.size else 0] for a in given)
        shut |= weigh(
            base.tech.theta, shares, kept, taxes, tariffs, exports, duty, levy, cost, to_A, to_B,
            taxed,
        )  # fmt: skip
    return A, B, taxed, shut


def _patched(
    world: World,
    base: Base,
    tariffs: Array,
    exports: Array | None,
    costs: Array | None,
    A: Array,
    B: Array,
) -> tuple[Mask, bool]:
    """Write one scenario's weights into A and B, flat; (s,) where, and whether any is zero."""
    cells, taxes, wedge = wedges(world, base, tariffs, exports, costs)
    sectors, each = len(world.shares), world.shares[0].size
    count = np.diff(np.searchsorted(cells, each * np.arange(sectors + 1)))
    was = world.shares.ravel()[cells]
    weights = eq.sourcing(was, wedge, np.repeat(base.tech.theta, count))
    A[cells], B[cells] = weights, eq.net_of_tax(weights, taxes)
    return count > 0, not weights.all()


def wedges(
    world: World, base: Base, tariffs: Array, exports: Array | None, costs: Array | None
) -> tuple[NDArray[np.intp], Array, Array]:
    """Where among all (s, n, i) with trade a tax or a cost moves; tax factor and wedge there.

    Flows that nothing moves have a wedge of one.
    """
    moved = tariffs != world.tariffs
    if exports is not world.export_taxes:
        moved |= _none_as_zero(exports) != _none_as_zero(world.export_taxes)
    if costs is not None:
        moved |= costs != 1.0
    cells = np.flatnonzero(moved)
    traded = world.shares.ravel()[cells] > 0.0
    if not traded.all():
        cells = cells[traded]
    taxes = eq.tax_factor(
        tariffs.ravel()[cells], None if exports is None else exports.ravel()[cells]
    )
    wedge = eq.cost_wedge(
        base.taxes.ravel()[cells], taxes, None if costs is None else costs.ravel()[cells]
    )
    return cells, taxes, wedge


def _none_as_zero(taxes: Array | None) -> Array | float:
    return 0.0 if taxes is None else taxes


def _deficits(closure: Closure, base: Benchmark, part: float) -> Callable[[Array], Array]:
    """The closure's transfers; those that leave the benchmark at once are walked to."""
    rule = closure.deficits
    if part == 1.0 or rule.keeps_benchmark:
        return partial(rule.rule, base)

    def transfers(earned: Array) -> Array:
        return part * rule.rule(base, earned) + (1.0 - part) * OWN_SHARE.rule(base, earned)

    return transfers
