"""Tables of a solution: rows for people and files, Polars frames, xarray data sets.

What is no solution is refused by each with a `WorldError`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np

from surtax.economy.arrays import several
from surtax.economy.indices import (
    abroad,
    diversion,
    gdp,
    gdp_at_world_prices,
    gdp_base,
    producer_prices,
    terms_of_trade,
    unemployment,
)
from surtax.economy.outcomes import FIELDS
from surtax.economy.results import Solution, change, check_solution, first_order_welfare
from surtax.errors import MissingExtraError

if TYPE_CHECKING:
    import polars as pl

Row = dict[str, str | float]


def regions(solution: Solution) -> list[Row]:
    """One row per region, changes as fractions; amounts say so by their name.

    Beside the columns of `Solution.regions_table`: ``first_order_welfare``, which is no exact
    change but the formula of Caliendo and Parro (`FirstOrder`), ``terms_of_trade``,
    ``producer_prices``, ``gdp`` at world prices, ``gdp_amount`` and ``gdp_base`` in the world's
    currency, ``employment`` (people in work) and ``labour_force``, ``unemployment`` as a rate,
    ``closure`` and ``horizon``.
    """
    check_solution(solution)
    s = solution
    work = s.employed * s.labour_force
    more = {
        "first_order_welfare": first_order_welfare(s.world, s).total,
        "terms_of_trade": terms_of_trade(s) - 1.0,
        "producer_prices": producer_prices(s) - 1.0,
        "gdp": gdp_at_world_prices(s) - 1.0,
        "gdp_amount": gdp(s).income,
        "gdp_base": gdp_base(s),
        "employment": work - 1.0,
        "unemployment": unemployment(s),
        "labour_force": s.labour_force - 1.0,
    }
    return [
        {
            **row,
            **{key: float(column[n]) for key, column in more.items()},
            **s.labels,
        }
        for n, row in enumerate(s.regions_table())
    ]


def sectors(solution: Solution) -> list[Row]:
    """One row per region and sector that produces or buys: prices, pay, work and trade."""
    check_solution(solution)
    s, w = solution, solution.world
    old, new = w.flows * abroad(s), s.flows * abroad(s)
    columns = {
        "consumer_prices": s.prices - 1.0,
        "producer_prices": s.costs - 1.0,
        "wage": s.sector_wages - 1.0,
        "employment": s.employment - 1.0,
        "output": change(s.output, w.output),
        "output_amount": s.output,
        "exports": change(new.sum(axis=1), old.sum(axis=1)),
        "imports": change(new.sum(axis=2), old.sum(axis=2)),
        "exports_amount": new.sum(axis=1),
        "imports_amount": new.sum(axis=2),
    }
    alive = (w.output > 0) | (w.expenditure > 0)
    return [
        {
            "region": w.regions[n],
            "sector": w.sectors[k],
            **{key: float(column[k, n]) for key, column in columns.items()},
            **s.labels,
        }
        for n in range(len(w.regions))
        for k in range(len(w.sectors))
        if alive[k, n]
    ]


def pairs(solution: Solution) -> list[Row]:
    """One row per buyer and partner of another treasury: imports, diverted and scaled."""
    check_solution(solution)
    w = solution.world
    d = diversion(solution)
    return [
        {
            "region": w.regions[n],
            "partner": w.regions[i],
            "imports_base": float(d.before[n, i]),
            "imports_amount": float(d.after[n, i]),
            "diverted": float(d.diverted[n, i]),
            "scale": float(d.scale[n, i]),
            **solution.labels,
        }
        for n, i in np.argwhere((d.before > 0) | (d.after > 0))
    ]


def frame(rows: list[Row]) -> pl.DataFrame:
    """Any table's rows as a Polars frame.

    Raises:
        WorldError: no list of rows.
    """
    import polars as pl

    return pl.DataFrame(several("rows", rows))


def dataset(solution: Solution) -> Any:
    """Every field and index number as an xarray data set with named axes.

    Axes are sector, region (the buyer of a flow) and seller. Prices, pay, work, real incomes and
    indices are hats, as are trade costs; ``tariffs``, ``export_taxes`` and ``unemployment`` are
    rates, ``first_order_welfare`` a fraction (a formula and no exact change, see `FirstOrder`),
    ``theta`` the trade elasticities in force; all else is in the world's currency, on the
    definitions of `Solution` and of `indices`.

    Raises:
        MissingExtraError: xarray is not installed.
    """
    check_solution(solution)
    try:
        xr: Any = import_module("xarray")
    except ImportError:
        raise MissingExtraError(
            "xarray is not installed.", mend="Install it: pip install 'surtax[xarray]'."
        ) from None
    s, w, d = solution, solution.world, diversion(solution)
    by_size = {1: ("region",), 2: ("sector", "region"), 3: ("sector", "region", "seller")}
    named = (
        *FIELDS, "real_income", "real_income_per_head", "real_wage", "exports", "imports",
        "tariffs", "export_taxes", "trade_costs",
    )  # fmt: skip
    fields = {name: values for name in named if (values := getattr(s, name)) is not None}
    indices = {
        "first_order_welfare": first_order_welfare(w, s).total,
        "terms_of_trade": terms_of_trade(s),
        "producer_price_index": producer_prices(s),
        "gdp": gdp(s).income,
        "gdp_at_world_prices": gdp_at_world_prices(s),
        "unemployment": unemployment(s),
    }
    return xr.Dataset(
        {
            **{name: (by_size[a.ndim], a) for name, a in (fields | indices).items()},
            "diverted": (("region", "seller"), d.diverted),
            "scale": (("region", "seller"), d.scale),
            "theta": (("sector",), w.theta),
        },
        coords={"sector": list(w.sectors), "region": list(w.regions), "seller": list(w.regions)},
        attrs={"world": w.name, **s.labels, "status": s.status, "currency": w.currency},
    )
