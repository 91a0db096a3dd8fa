"""The world as a pack: fit use to trade, round, write tidy tables and a manifest."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
import polars as pl
import yaml

from canada_world import duties, raw
from canada_world.names import (
    LUMP_NAMES,
    LUMP_OF,
    PROVINCES,
    REGIONS,
    SECTORS,
    P,
)
from canada_world.raw import Array
from canada_world.trade import Trade
from surtax.world.balance import Balanced, rebalance
from surtax.world.sources.manifest import FILE, Table
from surtax.world.sources.tables import tidy, write_table

DIGITS = 4
SMALLEST = 1e-7
"""C$ bn (a hundred dollars) below which a flow or use is dropped."""


@dataclass(frozen=True, eq=False)
class Made:
    """A world before rounding.

    Attributes:
        trade: flows and what they rest on.
        tariffs: (s, n, i) benchmark rates.
        rates: the same as rows.
        value_added: (n, k) shares.
        use_prior: (n, s, k) prior of intermediate use, C$ bn.
        final_prior: (s, n) prior of final use.
        use: what balancing made of them.
        persons: (s, 10) persons employed.
    """

    trade: Trade
    tariffs: Array
    rates: list[tuple[str, str, str, float]]
    value_added: Array
    use_prior: Array
    final_prior: Array
    use: Balanced
    persons: Array


def make(path: Path, trade: Trade) -> Made:
    """Fit intermediate and final use of every region to its flows."""
    rates = duties.rows(trade)
    tariffs = np.zeros_like(trade.flows)
    for sector, origin, destination, rate in rates:
        s = SECTORS.index(sector)
        for n in _members(destination):
            for i in _members(origin):
                tariffs[s, n, i] = rate
    output = trade.flows.sum(axis=1)
    va = trade.structure.value_added.T
    spent = (trade.flows * (1 + tariffs)).sum(axis=2)
    use = trade.structure.inputs * output.T[:, None, :] + 1e-9 * (spent.T[:, :, None] > 0)
    income = spent.sum(axis=0) - ((1 - va) * output.T).sum(axis=1)
    final = np.maximum(trade.structure.final, 1e-6) * income[None]
    done = rebalance(trade.flows, use, final, va, tariffs, regions=REGIONS, sectors=SECTORS)
    return Made(trade, tariffs, rates, va, use, final, done, _persons(path, trade))


def _members(name: str) -> list[int]:
    return list(range(P)) if name == "CAN" else [REGIONS.index(name)]


def _persons(path: Path, trade: Trade) -> Array:
    """(s, 10) persons of 2021 by sector: the source's 23, split as value added is."""
    given = raw.by_region(path, "employment.parquet")[:, :P]
    value = (trade.structure.value_added * trade.flows.sum(axis=1))[:, :P]
    lump = np.array([LUMP_NAMES.index(LUMP_OF[s]) for s in SECTORS])
    total = np.zeros_like(given)
    np.add.at(total, lump, value)
    share = np.divide(value, total[lump], out=np.zeros_like(value), where=total[lump] > 0)
    return np.rint(share * given[lump])


def rounded(array: Array, digits: int = DIGITS) -> Array:
    """Every number to so many significant digits, the smallest dropped."""
    kept = np.where(array < SMALLEST, 0.0, array)
    return np.array([float(f"{x:.{digits}g}") for x in kept.ravel()]).reshape(array.shape)


def write(made: Made, header: str, extra: dict[str, tuple[pl.DataFrame, str]], out: Path) -> None:
    """Write the tables and the manifest; the same world gives the same bytes."""
    out.mkdir(parents=True, exist_ok=True)
    tables: dict[str, Table] = {}
    for name, (file, frame, unit) in _tables(made).items():
        tables[name] = write_table(frame, out, file, unit)
    for name, (frame, unit) in extra.items():
        tables[name] = write_table(frame, out, f"{name}.csv", unit)
    listed = {"tables": {name: msgspec.to_builtins(t) for name, t in tables.items()}}
    made_by = {"made_by": "python scripts/build_canada_world.py RAW"}
    text = header + yaml.safe_dump(listed | made_by, sort_keys=False, allow_unicode=True, width=100)
    (out / FILE).write_text(text, encoding="utf-8", newline="\n")


def _tables(made: Made) -> dict[str, tuple[str, pl.DataFrame, str]]:
    s, r, money = SECTORS, REGIONS, "C$ bn per year"
    flows = rounded(made.trade.flows).transpose(0, 2, 1)
    trade = (("sector", s), ("origin", r), ("destination", r))
    users = (("region", r), ("input", s), ("user", s))
    by_region = (("sector", s), ("region", r))
    share = rounded(made.value_added.T)
    every = tidy(np.ones_like(share), by_region, "share").with_columns(share=share.ravel())
    jobs = tidy(
        np.ones_like(made.persons), (("sector", s), ("region", tuple(PROVINCES))), "persons"
    )
    jobs = jobs.with_columns(persons=made.persons.ravel()).cast({"persons": pl.Int64})
    columns = ["sector", "origin", "destination", "rate"]
    rates = pl.DataFrame(made.rates, schema=columns, orient="row")
    return {
        "flows": ("flows.parquet", tidy(flows, trade, "value"), money),
        "use": ("use.parquet", tidy(rounded(made.use.use), users, "value"), money),
        "final": ("final.csv", tidy(rounded(made.use.final), by_region, "value"), money),
        "value_added": ("value_added.csv", every, "of output"),
        "tariffs": ("tariffs.csv", rates, "fraction of flow value"),
        "employment": ("employment.csv", jobs, "persons"),
    }
