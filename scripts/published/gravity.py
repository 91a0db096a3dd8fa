"""gegravity's one-sector example: an agreement between Canada and Japan among 30 countries.

The package holds output and spending at their benchmark values while it solves for the
multilateral resistances, and reads factory prices off the outward ones; so computed, its
printed figures come out to every digit. In the general equilibrium of the same model, output
and spending follow the prices; that is what `surtax.economy.solve` gives, printed beside.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from published.data import Array
from surtax.economy.solve import solve
from surtax.world.world import World

SIGMA = 5.0
# Coefficients of the example, from a Poisson regression on the sample (its own source code).
DISTANCE, BORDER, LANGUAGE, AGREEMENT, INTERNATIONAL = (
    -0.3898623, 0.891577, 0.0326249, 0.4711383, -3.412584,
)  # fmt: skip


@dataclass(frozen=True)
class Sample:
    """Countries, output, expenditure, and the log of trade costs to the power 1 - sigma."""

    names: tuple[str, ...]
    output: Array
    spending: Array
    openness: Array


def sample() -> Sample:
    """The facts beside this file; every pair must be there once."""
    text = (Path(__file__).parent / "gravity30.txt").read_text("utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    heads = [line.split() for line in lines[::2]]
    names = tuple(head[0] for head in heads)
    openness = np.full((len(names), len(names)), np.nan)
    for name, line in zip(names, lines[1::2], strict=True):
        for pair in line.split(", "):
            other, distance, *flags = pair.split()
            i, j = names.index(name), names.index(other)
            assert np.isnan(openness[i, j]), pair
            flag = flags[0] if flags else ""
            openness[i, j] = openness[j, i] = (
                DISTANCE * float(distance)
                + BORDER * ("c" in flag)
                + LANGUAGE * ("l" in flag)
                + AGREEMENT * ("p" in flag)
                + INTERNATIONAL * (i != j)
            )
    assert not np.isnan(openness).any(), "a pair is missing"
    amounts = np.array([[float(x) for x in head[1:]] for head in heads])
    return Sample(names, amounts[:, 0], amounts[:, 1], openness)


def resistances(s: Sample, openness: Array, reference: int) -> tuple[Array, Array]:
    """Inward and outward resistances to the power sigma - 1, the reference's inward one 1.

    World output and expenditure differ in the sample by 0.8 %; shares are of each one's own
    total, as in the package.
    """
    K = np.exp(openness)
    out_share, in_share = s.output / s.output.sum(), s.spending / s.spending.sum()
    inward = np.ones(len(s.names))
    for _ in range(10_000):
        outward = 1.0 / (K @ (in_share * inward))
        new = 1.0 / ((out_share * outward) @ K)
        new /= new[reference]
        if np.abs(new / inward - 1.0).max() < 1e-14:
            break
        inward = new
    outward = 1.0 / (K @ (in_share * inward))
    return inward, outward


def values(
    folder: Path | None = None, say: Callable[[str], None] = lambda _: None
) -> dict[str, float]:
    """Change of real output, per cent, by row id; needs no folder."""
    say("gegravity: Canada and Japan")
    s = sample()
    reference = s.names.index("DEU")
    new = s.openness.copy()
    i, j = s.names.index("CAN"), s.names.index("JPN")
    new[i, j] += AGREEMENT
    new[j, i] += AGREEMENT
    inward, outward = resistances(s, s.openness, reference)
    inward_new, outward_new = resistances(s, new, reference)
    power = 1.0 / (SIGMA - 1.0)
    price = (outward / outward_new) ** power
    index = (inward_new / inward) ** power
    held = 100.0 * (price / index - 1.0)
    real = general(s, inward, outward, new)
    out = {f"gravity.{n}": held[s.names.index(n)] for n in ("CAN", "JPN", "USA")}
    return out | {f"gravity.general.{n}": real[s.names.index(n)] for n in ("CAN", "JPN", "USA")}


def general(s: Sample, inward: Array, outward: Array, openness: Array) -> Array:
    """Real output in general equilibrium: spending a fixed multiple of output, all balanced."""
    flows = np.exp(s.openness) * np.outer(s.output * outward, s.spending * inward)
    flows = (flows / s.output.sum()).T[None]
    N = len(s.names)
    world = World(
        name="gegravity",
        regions=s.names,
        sectors=("all",),
        flows=np.ascontiguousarray(flows),
        tariffs=np.zeros_like(flows),
        inputs=np.zeros((N, 1, 1)),
        value_added=np.ones((N, 1)),
        theta=np.array([SIGMA - 1.0]),
        treasuries=s.names,
        treasury_shares=np.ones(N),
        traded=np.ones(1, dtype=bool),
        currency="USD m",
        basis="2006",
    )
    costs = np.exp((openness - s.openness) / (1.0 - SIGMA)).T[None]
    after = solve(world, world.tariffs, np.ascontiguousarray(costs), closure="own-share")
    return 100.0 * (after.real_wage - 1.0)
