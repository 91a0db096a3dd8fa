"""gegravity (Herman 2021, on PyPI) and `solve` on one and the same one-sector world.

Both solve the endowment model of Yotov, Piermartini, Monteiro and Larch (2016): one sector, no
inputs, no tariffs, trade balanced. Two countries lower the cost of trade between them.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable

import numpy as np

from economy_worlds import Work, built, made_up

SIGMA, FALL = 5.0, 0.5


def pact(N: int) -> Work:
    """A made-up world with symmetric flows; countries 0 and 1 make an agreement."""
    flows = made_up(N, 1).flows
    flows = 0.5 * (flows + flows.transpose(0, 2, 1))
    world = built("made-up", flows, np.zeros((N, 1, 1)), np.array([SIGMA - 1.0]))
    hats = np.ones_like(flows)
    hats[0, 0, 1] = hats[0, 1, 0] = np.exp(-FALL / (SIGMA - 1.0))
    return Work(world, world.tariffs, "balanced", {"trade_costs": hats})


def peer(work: Work) -> Callable[[], np.ndarray]:
    """A call of gegravity on the same world; gives real-income hats (n,)."""
    import gegravity
    import pandas as pd

    flows = work.world.flows[0]
    N = len(flows)
    sales, total = flows.sum(axis=0), flows.sum()
    buyer, seller = (a.ravel() for a in np.indices((N, N)))
    names = np.array([f"c{n:03d}" for n in range(N)])
    frame = pd.DataFrame(
        {
            "importer": names[buyer], "exporter": names[seller], "year": "1",
            "trade": flows.ravel(), "Y": sales[seller], "E": sales[buyer],
            "kept": np.log(flows.ravel() * total / (sales[seller] * sales[buyer])), "pact": 0.0,
        }
    )  # fmt: skip
    costs = pd.DataFrame({"var": ["kept", "pact"], "beta": [1.0, FALL]})
    given = gegravity.BaselineData(
        frame, trade_var_name="trade", expend_var_name="E", output_var_name="Y"
    )
    after = frame.copy()
    between = np.isin(buyer, (0, 1)) & np.isin(seller, (0, 1)) & (buyer != seller)
    after.loc[between, "pact"] = 1.0

    def run() -> np.ndarray:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model = gegravity.OneSectorGE(
                given, year="1", reference_importer=names[-1], sigma=SIGMA, quiet=True,
                cost_variables=["kept", "pact"],
                cost_coeff_values=gegravity.CostCoeffs(costs, "var", "beta"),
            )  # fmt: skip
            model.build_baseline(mr_tolerance=1e-10)
            model.define_experiment(after)
            model.simulate(ge_tolerance=1e-10)
        found = model.country_results.loc[names, "GDP change (percent)"].to_numpy(dtype=float)
        return 1.0 + found / 100.0

    return run
