"""Ignatenko, Lashkaripour, Macedoni and Simonovska (2025) in changes: local costs of selling.

Journal of International Economics 157, 104138. One sector; firms enter freely and pay the
fixed costs of selling in the labour of the country they sell to, so part of a trade deficit
moves with tariffs; tariffs thin out varieties, so the price index moves more than one for
one; labour supply is elastic, and duties may lower the tax on labour. Equation numbers are
the paper's. With ``value_added`` below one, production uses the composite good itself as its
input (appendix A.3, roundabout). The benchmark has no tariffs (their note 8).

Axes: ``n`` buyer, ``i`` seller. Unknowns: logs of wages, spending, labour and the price
index, four a country. World labour income is the unit of account.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from surtax.economy.arrays import finite, number, of_kind, shaped
from surtax.economy.fixedpoint import Root, anderson, size
from surtax.economy.variants.access import PAIR, PLACE, Access, check_access
from surtax.errors import SolveError, WorldError
from surtax.world.world import Array


@dataclass(frozen=True, eq=False)
class Equilibrium:
    """A counterfactual. Amounts are in the benchmark's unit, world labour income fixed.

    Attributes:
        access: the benchmark. tariffs: (n, i). relief: whether duties lower the labour tax.
        transfers: (n,) received. unknowns: (4 n) log hats, a start for a neighbour.
        residual: largest gap of any equation, in logs. walras: gap of the one left out.
        sweeps: evaluations of the equations.
        wages, work, prices: (n,) hats of wage, employment and price index.
        spending, labour, sold, collected: (n,) new. tax: (n,) duties over labour income.
        shares: (n, i) new, of spending. flows: (n, i) new, before tariffs.
    """

    access: Access
    tariffs: Array
    relief: bool
    transfers: Array
    unknowns: Array
    residual: float
    walras: float
    sweeps: int
    wages: Array
    work: Array
    prices: Array
    spending: Array
    labour: Array
    sold: Array
    collected: Array
    tax: Array
    shares: Array
    flows: Array

    @property
    def status(self) -> str:
        """How it was solved and how well, one sentence."""
        return (
            f"Solved: every equation holds to {self.residual:.1e} and Walras' law to "
            f"{self.walras:.1e} after {self.sweeps} sweeps."
        )


@dataclass(frozen=True)
class _Problem:
    access: Access
    A: Array
    B: Array
    transfers: Array
    relief: bool
    dropped: int


@dataclass(frozen=True)
class _Sweep:
    y: Array
    S: Array
    V: Array
    spending: Array
    net: Array
    sold: Array
    bill: Array
    labour: Array
    collected: Array
    tax: Array
    income: Array


def exponents(a: Access) -> tuple[float, float, float]:
    """Powers of unit cost in wage, price index and employment. Paper: eq. 1 and appendix A.3.

    Cost is w^b P^(1-b), and entry, ((w/P)^(1-b) L)^psi, lowers it.
    """
    b, psi = a.value_added, a.scale
    return b - psi * (1.0 - b), (1.0 - b) * (1.0 + psi), -psi


def _sweep(p: _Problem, x: Array) -> _Sweep:
    a = p.access
    w, E, L, P = x.reshape(4, -1)
    in_w, in_P, in_L = exponents(a)
    y = np.exp(-a.elasticity * (in_w * w + in_P * P + in_L * L))
    S = p.A @ y
    spending = a.spending * np.exp(E)
    V = spending / S
    net = V * (p.B @ y)
    sold = y * (((1.0 - a.local) * V) @ p.B)
    labour = a.labour * np.exp(w + L)
    collected = spending - net
    return _Sweep(
        y=y, S=S, V=V, spending=spending, net=net, sold=sold,
        bill=a.value_added * sold + a.local * net,
        labour=labour, collected=collected, tax=collected / labour,
        income=collected + labour + (1.0 - a.value_added) * sold + p.transfers,
    )  # fmt: skip


def _residual(p: _Problem, x: Array) -> Array:
    """(4 n): log gaps of labour demand (eq. 2), budgets (5), labour supply (3), prices (4)."""
    a = p.access
    q = _sweep(p, x)
    w, E, L, P = x.reshape(4, -1)
    F = np.empty_like(x)
    bills, budgets, supply, prices = F.reshape(4, -1)
    np.log(q.bill / q.labour, out=bills)
    bills[p.dropped] = -np.log(q.labour.sum() / a.world)
    np.log(q.income / q.spending, out=budgets)
    supply[:] = a.labour_supply * (w - P) - L
    if p.relief:
        supply -= a.labour_supply * np.log1p(-q.tax)
    prices[:] = (1.0 - a.pass_through) * (E - w) - np.log(q.S) / a.elasticity - P
    return F


def _jacobian(p: _Problem, x: Array) -> Array:
    """(4 n, 4 n): derivative of the log gaps in the log unknowns."""
    a, q = p.access, _sweep(p, x)
    N = len(a.local)
    shares = p.A * q.y / q.S[:, None]
    flows = p.B * q.y * q.V[:, None]
    kept = (1.0 - a.local)[:, None] * flows
    eye = np.eye(N)
    # response of net spending and of sales to competitiveness y, then to spending
    net_y = flows - q.net[:, None] * shares
    sold_y = np.diag(q.sold) - kept.T @ shares
    in_w, in_P, in_L = exponents(a)
    J = np.zeros((4, N, 4, N))
    for k, power in enumerate((in_w, 0.0, in_L, in_P)):
        y = -a.elasticity * power
        net, sold = y * net_y, y * sold_y
        if k == 1:
            net, sold = np.diag(q.net), kept.T
        bill = a.value_added * sold + a.local[:, None] * net
        duty = -net + (np.diag(q.spending) if k == 1 else 0.0)
        J[0, :, k] = bill / q.bill[:, None]
        J[1, :, k] = (duty + (1.0 - a.value_added) * sold) / q.income[:, None]
        if p.relief:
            J[2, :, k] = a.labour_supply * duty / (q.labour * (1.0 - q.tax))[:, None]
        J[3, :, k] = -y * shares / a.elasticity
    for k in (0, 2):
        J[0, :, k] -= eye
        J[1, :, k] += np.diag(q.labour / q.income)
        if p.relief:
            J[2, :, k] -= np.diag(a.labour_supply * q.tax / (1.0 - q.tax))
    J[1, :, 1] -= eye
    J[2, :, 0] += a.labour_supply * eye
    J[2, :, 2] -= eye
    J[2, :, 3] -= a.labour_supply * eye
    over = np.diag(1.0 - a.pass_through)
    J[3, :, 0] -= over
    J[3, :, 1] += over
    J[3, :, 3] -= eye
    J[0, p.dropped] = 0.0
    J[0, p.dropped, 0] = J[0, p.dropped, 2] = -q.labour / q.labour.sum()
    return J.reshape(4 * N, 4 * N)


Inverse = NDArray[np.float32]
_INVERSES: WeakKeyDictionary[Access, Inverse] = WeakKeyDictionary()


def _inverse(p: _Problem) -> Inverse:
    """Minus the inverse Jacobian at the benchmark; it steers, so single precision will do."""
    a = p.access
    if a not in _INVERSES:
        here = _Problem(a, a.shares, a.shares, a.transfers, True, p.dropped)
        J = _jacobian(here, np.zeros(4 * len(a.local)))
        try:
            inverse = -np.linalg.inv(J)
        except np.linalg.LinAlgError:
            raise SolveError(
                "the benchmark does not tell all wages.",
                where=PLACE,
                mend="Every country must trade, directly or not, with every other.",
            ) from None
        _INVERSES[a] = np.ascontiguousarray(inverse, dtype=np.float32)
    return _INVERSES[a]


def _problem(a: Access, tariffs: Array, transfers: Array, relief: bool) -> _Problem:
    A = a.shares.copy()
    at = np.flatnonzero(tariffs)
    wedge = 1.0 + tariffs.ravel()[at]
    power = -a.elasticity * a.pass_through[at // len(a.local)]
    A.reshape(-1)[at] *= wedge**power
    B = A.copy()
    B.reshape(-1)[at] /= wedge
    return _Problem(a, A, B, transfers, relief, int(np.argmax(a.labour)))


def _attempt(p: _Problem, x: Array, tol: float) -> Root:
    """Anderson, steered by the benchmark's inverse; Newton from where that stalls."""
    steer = _inverse(p)

    def step(r: Array) -> Array:
        return cast(Array, (steer @ r.astype(np.float32)).astype(np.float64))

    root = anderson(lambda x: _residual(p, x), step, x, tol=tol, memory=10, budget=40)
    x, best, spent = root.x, root.residual, root.evaluations
    for _ in range(15):
        if best <= tol or not np.isfinite(best):
            break
        try:
            move = np.linalg.solve(_jacobian(p, x), -_residual(p, x))
        except np.linalg.LinAlgError:
            break
        length = min(1.0, 1.0 / max(float(np.max(np.abs(move))), 1e-300))
        while True:
            trial = size(_residual(p, x + length * move))
            spent += 1
            if trial < best or length < 1e-3:
                break
            length *= 0.5
        if not trial < best:
            break
        x, best = x + length * move, trial
    return Root(x, best, spent)


def _walk(a: Access, tariffs: Array, transfers: Array, relief: bool, tol: float) -> Root:
    """Continuation in log (1 + tariff) and in the transfers, each part from the last."""
    done, length, spent = 0.0, 0.25, 0
    x = np.zeros(4 * len(a.local))
    while True:
        part = min(1.0, done + length)
        there = (1.0 - part) * a.transfers + part * transfers
        p = _problem(a, np.expm1(part * np.log1p(tariffs)), there, relief)
        root = _attempt(p, x, tol)
        spent += root.evaluations
        if root.residual <= tol:
            if part == 1.0:
                return Root(root.x, root.residual, spent)
            x, done, length = root.x, part, 1.5 * length
        else:
            length *= 0.4
            if length < 1e-2:
                return Root(root.x, root.residual, spent)


def _each(name: str, values: object, count: int, per: str) -> Array:
    """What was given as so many finite floats."""
    return finite(name, shaped(name, values, (count,), per, PLACE), PLACE)


def check_equilibrium(given: object) -> None:
    """Refuse what is no equilibrium of this model.

    Raises:
        WorldError: it is none.
    """
    of_kind("an equilibrium", given, Equilibrium, "Give what solve(…) of this model returned.")


def solve(
    access: Access,
    tariffs: Array,
    *,
    relief: bool = True,
    transfers: Array | None = None,
    start: Array | None = None,
    tol: float = 1e-10,
) -> Equilibrium:
    """The counterfactual under tariffs.

    Args:
        access: the benchmark.
        tariffs: (n, i) ad valorem levels.
        relief: duties lower the tax on labour; otherwise they are paid out lump-sum.
        transfers: (n,) to use in place of the benchmark's, adding to zero.
        start: a former ``unknowns``.
        tol: largest gap of any equation, in logs.

    Raises:
        WorldError: the benchmark is none, or what else was given has a wrong shape or value.
        SolveError: no equilibrium was found.
    """
    check_access(access)
    tariffs = shaped("tariffs", tariffs, access.flows.shape, PAIR, PLACE)
    if (bad := ~(tariffs > -1.0)).any():
        n, i = (int(v) for v in np.argwhere(bad)[0])
        raise WorldError(
            f"the tariff of {access.regions[n]} on {access.regions[i]} is {tariffs[n, i]:.6g}.",
            where=PLACE,
            mend="Give ad valorem rates as fractions above −100 %.",
        )
    N = len(access.regions)
    given = access.transfers if transfers is None else _each("transfers", transfers, N, "country")
    hats, zero = "log hats to start from", np.zeros(4 * N)
    first = zero if start is None else _each(hats, start, 4 * N, "unknown")
    tol = number("the tolerance", tol)
    p = _problem(access, tariffs, given, relief)
    with np.errstate(all="ignore"):  # a step too far is judged by its gaps, not by a warning
        root = _attempt(p, first, tol)
        spent = root.evaluations
        if not root.residual <= tol:
            root = _walk(access, tariffs, given, relief, tol)
            spent += root.evaluations
    x, best = root.x, root.residual
    q = _sweep(p, x)
    d = p.dropped
    walras = abs(float(q.bill[d] / q.labour[d] - 1.0))
    # the market left out carries the sum of the others' gaps
    if not (best <= tol and walras <= 10.0 * tol):
        raise SolveError(
            f"no equilibrium found: the largest gap left is {best:.3g} in logs after {spent} "
            f"sweeps, {tol:.3g} is allowed; Walras' law holds to {walras:.3g}.",
            where=PLACE,
            mend="Transfers must add to zero; try smaller tariffs.",
        )
    w, _, L, P = x.reshape(4, -1)
    return Equilibrium(
        access=access,
        tariffs=tariffs,
        relief=relief,
        transfers=p.transfers,
        unknowns=x,
        residual=best,
        walras=walras,
        sweeps=spent,
        wages=np.exp(w),
        work=np.exp(L),
        prices=np.exp(P),
        spending=q.spending,
        labour=q.labour,
        sold=q.sold,
        collected=q.collected,
        tax=q.tax,
        shares=p.A * q.y / q.S[:, None],
        flows=p.B * q.y * q.V[:, None],
    )


def jacobian(o: Equilibrium) -> Array:
    """(4 n, 4 n) of the equations at a solution, in the log unknowns.

    Raises:
        WorldError: there is no equilibrium.
    """
    check_equilibrium(o)
    return _jacobian(_problem(o.access, o.tariffs, o.transfers, o.relief), o.unknowns)
