"""Spend the revenue: whom a duty hits, what they lose, and what a rule would pay each of them.

Workers hit are counted directly: the jobs that rest on the exports on which a duty is newly
charged, each sector's jobs in proportion to the share of its output that those exports are. It is
exposure, not a forecast of jobs lost; jobs with suppliers are not in it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from surtax.economy.results import Solution
from surtax.economy.revenue import fund
from surtax.economy.rules import Revenue
from surtax.errors import InputError, unknown
from surtax.world.employment import Jobs
from surtax.world.shock import Shock
from surtax.world.world import Array, World


@dataclass(frozen=True, eq=False)
class Hit:
    """What a sharing rule may know.

    Attributes:
        world, jobs: the benchmark and its persons employed.
        shock: the duties newly charged. buyer: the region that charges them.
        plain: the equilibrium with duties shared as in the benchmark; solved when a rule asks.
    """

    world: World
    jobs: Jobs
    shock: Shock
    buyer: str
    plain: Callable[[], Solution]


@dataclass(frozen=True)
class Sharing:
    """A rule for the duties that a treasury collects beyond the benchmark's.

    Attributes:
        name, text: what it is chosen by; who is paid, one sentence.
        weights: what each region's part is in proportion to, (n,).
        payroll: whether the money lowers the tax on a region's payrolls.
    """

    name: str
    text: str
    weights: Callable[[Hit], Array]
    payroll: bool = False


def workers_hit(world: World, jobs: Jobs, shock: Shock, buyer: str) -> Array:
    """(n,) persons whose jobs rest on exports to `buyer` that are newly charged a duty.

    Regions without employment in the table count zero.
    """
    return np.asarray(_hit_by_sector(world, jobs, shock, buyer).sum(axis=0))


def exports_hit(world: World, shock: Shock, buyer: str) -> Array:
    """(s, n) exports to `buyer` that are newly charged a duty, in the world's currency."""
    n = world.region(buyer)
    found = world.flows[:, n, :] * shock.charged[:, n, :]
    found[:, n] = 0.0
    return np.asarray(found)


def _hit_by_sector(world: World, jobs: Jobs, shock: Shock, buyer: str) -> Array:
    sold = exports_hit(world, shock, buyer)
    share = np.divide(sold, world.output, out=np.zeros_like(sold), where=world.output > 0)
    return np.asarray(np.nan_to_num(jobs.persons) * share)


def losses(s: Solution) -> Array:
    """(s, n) payroll lost in real terms, in the world's currency; a gain counts nothing.

    A sector's payroll is its value added; what it buys is deflated by the region's consumption
    prices.
    """
    world = s.world
    share = world.value_added.T
    return np.maximum(share * world.output - share * s.output / s.price_index, 0.0)


def jobs_lost(s: Solution, jobs: Jobs) -> Array:
    """(n,) persons in work in the benchmark and not in the equilibrium.

    Raises:
        InputError: the closure keeps everybody in work.
    """
    if s.rules.wages.rule is None:
        raise InputError(
            f"under the closure {s.closure} nobody is out of work, so employment insurance pays "
            "nobody.",
            where="sharing",
            mend="Choose a closure with unemployment, such as wage-curve, or another rule.",
        )
    before = np.nan_to_num(jobs.persons)
    return np.asarray(np.maximum((before * (1.0 - s.employment)).sum(axis=0), 0.0))


def _hit(h: Hit) -> Array:
    return workers_hit(h.world, h.jobs, h.shock, h.buyer)


SHARING = {
    one.name: one
    for one in (
        Sharing(
            "workers-hit",
            "in proportion to workers whose exports are newly charged a duty",
            _hit,
        ),
        Sharing(
            "loss", "in proportion to payroll lost in real terms, sector by sector",
            lambda h: np.asarray(losses(h.plain()).sum(axis=0)),
        ),
        Sharing(
            "per-head", "in proportion to persons in work in the benchmark",
            lambda h: np.nan_to_num(h.jobs.persons).sum(axis=0),
        ),
        Sharing(
            "exposure", "in proportion to exports that are newly charged a duty",
            lambda h: np.asarray(exports_hit(h.world, h.shock, h.buyer).sum(axis=0)),
        ),
        Sharing(
            "employment-insurance", "in proportion to persons who lose their work",
            lambda h: jobs_lost(h.plain(), h.jobs),
        ),
        Sharing(
            "wage-subsidies",
            "in proportion to workers hit, as a cut of the tax on payrolls",
            _hit,
            True,
        ),
        Sharing(
            "households", "as in the benchmark, to all households",
            lambda h: h.world.treasury_shares,
        ),
    )
}  # fmt: skip
"""Rules for sharing a treasury's new duties, the default first."""

DEFAULT = "workers-hit"


def sharing(name: str) -> Sharing:
    """A rule by name; an unknown one is an error with the nearest."""
    if name not in SHARING:
        raise unknown("sharing rule", name, SHARING, where="sharing")
    return SHARING[name]


def paid(rule: Sharing, hit: Hit, treasury: str) -> Revenue:
    """The rule as a closure's rule of revenue: one treasury's new duties by the weights.

    Duties up to the benchmark's go where they went. Other treasuries keep their shares; so does
    this one when the rule finds nobody to pay.
    """
    mine = np.array([t == treasury for t in hit.world.treasuries])
    weights = rule.weights(hit)
    shared = np.where(mine, weights, hit.world.treasury_shares)
    if not shared[mine].sum() > 0:
        shared = hit.world.treasury_shares
    return replace(fund(shared, rule.name), text=f"new duties are paid out {rule.text}",
                   payroll=rule.payroll)  # fmt: skip


def static_revenue(world: World, tariffs: Array) -> Array:
    """(n,) new duties if no trade changed, in the world's currency; a prohibition earns none."""
    kept = np.where(np.isfinite(tariffs), tariffs, 0.0)
    duty = np.asarray(np.einsum("sni,sni->n", world.at_border, kept))
    return np.asarray(duty - np.einsum("sni,sni->n", world.at_border, world.tariffs))


def per_worker(revenue: float, workers: float) -> float | None:
    """Revenue a year for each worker hit, in the revenue's unit; None when nobody is hit."""
    return revenue / workers if workers > 0 else None
