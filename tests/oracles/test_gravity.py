"""gegravity's example, and the core in general equilibrium on its sample."""

from __future__ import annotations

import numpy as np
import pytest

from published_values import gravity, published, values_of


@pytest.fixture(scope="module")
def values():
    return values_of("gravity")


@pytest.mark.parametrize("row", published("gravity."), ids=lambda row: row.id)
def test_published_figures(row, values):
    # published.csv: the package's root finder stops at relative steps of 1e-8.
    assert row.holds(values[row.id]), (row, values[row.id])


def test_resistances_solve_their_own_equations():
    s = gravity.sample()
    inward, outward = gravity.resistances(s, s.openness, 7)
    K = np.exp(s.openness)
    spent, made = s.spending / s.spending.sum(), s.output / s.output.sum()
    assert inward[7] == 1.0
    assert np.abs(outward * (K @ (spent * inward)) - 1.0).max() < 1e-12  # 1e-14 a sweep
    assert np.abs(inward * ((made * outward) @ K) - 1.0).max() < 1e-12


def test_general_equilibrium_by_a_slow_sweep(values):
    """Prices by damped substitution on the core's own market clearing, in a few lines."""
    s = gravity.sample()
    inward, outward = gravity.resistances(s, s.openness, 7)
    i, j = s.names.index("CAN"), s.names.index("JPN")
    flows = np.exp(s.openness) * np.outer(s.output * outward, s.spending * inward)
    before = flows / flows.sum(axis=0)
    hat = np.ones_like(flows)
    hat[i, j] = hat[j, i] = np.exp(gravity.AGREEMENT)
    made, spent = flows.sum(axis=1), flows.sum(axis=0)
    p = np.ones(len(s.names))
    for _ in range(4000):
        shares = before * hat * p[:, None] ** (1.0 - gravity.SIGMA)
        index = shares.sum(axis=0)
        wanted = spent * p
        X = wanted - made * p * (wanted.sum() - (made * p).sum()) / (made * p).sum()
        p = (p * ((shares / index) @ X / (made * p)) ** 0.2).copy()
    P = index ** (1.0 / (1.0 - gravity.SIGMA))
    real = 100.0 * (p / P - 1.0)
    for name in ("CAN", "JPN", "USA"):
        # The sweep ends at 1e-12 in prices.
        assert abs(real[s.names.index(name)] - values[f"gravity.general.{name}"]) < 1e-7
