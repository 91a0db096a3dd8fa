"""CEPII's BACI, goods trade of some 200 countries by product, as a world of one sector.

A year of BACI is a CSV with ``t``, ``i`` (exporter), ``j`` (importer), ``k`` (HS product), ``v``
(thousand USD, f.o.b.) and ``q``; ``country_codes_V*.csv`` (``country_code``, ``country_iso3``)
stands beside it, both in one zip as downloaded or unpacked. GDP comes in USD by ISO code, as the
World Bank's CSV of NY.GDP.MKTP.CD or a table of ``iso3`` and ``gdp``.

Each country makes one good with labour alone, as in Ignatenko, Lashkaripour, Macedoni and
Simonovska (2025): output is GDP, and what is not exported is sold at home. With ``materials`` β
output is GDP / (1 − β), of which β is the good itself. Source: Gaulier and Zignago (2010), CEPII
working paper 2010-23; Etalab Open Licence 2.0.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from surtax.errors import DataError
from surtax.trade.sources.baci import read_totals
from surtax.units import percent
from surtax.world.sources.assemble import Label, assemble, share
from surtax.world.sources.columns import csv_rows
from surtax.world.world import World

SECTOR = "goods"


def load(
    path: str | Path,
    *,
    gdp: str | Path,
    year: int | None = None,
    theta: float = 4.0,
    materials: float = 0.0,
) -> World:
    """A year of BACI and GDP as a balanced world of one sector, in million USD.

    Args:
        path: the zip, the folder or the CSV of the year.
        gdp: the table of GDP.
        year: which year, if there are several.
        theta: trade elasticity; 4 is that of Ignatenko et al. (2025).
        materials: share of output spent on the good itself, from zero to below one.

    Raises:
        DataError: a file that is missing or of another layout, or no year chosen of several.
        WorldError: a world that cannot be balanced.
    """
    path, gdp = Path(path), Path(gdp)
    if not 0.0 <= materials < 1.0:
        raise DataError(
            f"a share of materials of {materials:g} is impossible.",
            where="materials", mend="Give a fraction of output, zero or more and below one.",
        )  # fmt: skip
    trade, when = read_totals(path, year)
    income = _gdp(gdp, str(when))
    notes = []
    both = sorted(set(trade["exporter"]) & set(trade["importer"]) & set(income))
    if len(both) < 2:
        raise DataError(
            f"{len(both)} countries have both trade and GDP.",
            where=gdp.name, mend="GDP is listed by ISO code (three letters), in USD.",
        )  # fmt: skip
    place = {name: at for at, name in enumerate(both)}
    N = len(both)
    flows = np.zeros((1, N, N))
    total = lost = 0.0
    for seller, buyer, value in trade.iter_rows():
        total += value
        if seller in place and buyer in place and seller != buyer:
            flows[0, place[buyer], place[seller]] += value / 1e3
        else:
            lost += value
    if lost:
        notes.append(
            f"Trade of {lost / 1e3:.6g} USD mn ({percent(lost / total, 2)}) is left out: a "
            "partner's GDP is not given, or a country trades with itself."
        )
    exports = flows[0].sum(axis=0)
    output = np.array([income[name] for name in both]) / 1e6 / (1.0 - materials)
    short = exports > output
    if short.any():
        gap = (exports - output)[short]
        named = ", ".join(n for n, s in zip(both, short, strict=True) if s)
        notes.append(
            f"Exports exceed output in {named}: output raised to them, by {gap.sum():.6g} USD mn "
            f"({share(gap, output)} of output), and nothing is sold at home."
        )
    at = np.arange(N)
    flows[0, at, at] = np.maximum(output - exports, 0.0)
    notes.append(f"One good, trade elasticity {theta:g}; materials are {materials:g} of output.")
    label = Label(
        name=f"baci-{when}",
        currency="USD mn",
        basis=f"f.o.b. prices, {when}",
        sources=(
            "CEPII, BACI (Gaulier and Zignago 2010), Etalab Open Licence 2.0.",
            f"GDP: {gdp.name}.",
        ),
    )
    return assemble(
        label, both, (SECTOR,), flows=flows, inputs=np.full((N, 1, 1), materials),
        final=np.ones((1, N)), theta=np.array([theta]), traded=np.array([True]), notes=notes,
    )  # fmt: skip


def _gdp(path: Path, year: str) -> dict[str, float]:
    """GDP in USD by ISO code, from the World Bank's layout or a plain table."""
    if not path.is_file():
        raise DataError("there is no such file.", where=str(path), mend="Check the path.")
    rows = csv_rows(path)
    head = next((at for at, r in enumerate(rows) if {"Country Code", year} <= set(r)), None)
    if head is not None:
        name, value = "Country Code", year
    else:
        head, name, value = 0, "iso3", "gdp"
        if not rows or not {name, value} <= set(rows[0]):
            raise DataError(
                f"it is neither the World Bank's table with a column {year} nor one of iso3, gdp.",
                where=path.name, mend="Give GDP in USD by ISO code (three letters).",
            )  # fmt: skip
    c, v = rows[head].index(name), rows[head].index(value)
    out: dict[str, float] = {}
    for at, row in enumerate(rows[head + 1 :], start=head + 2):
        if len(row) <= max(c, v) or not row[v].strip():
            continue
        try:
            out[row[c].strip()] = float(row[v])
        except ValueError:
            out[row[c].strip()] = -1.0
        if not out[row[c].strip()] > 0 or not np.isfinite(out[row[c].strip()]):
            raise DataError(
                f"GDP of {row[c]} is “{row[v]}”.",
                where=f"{path.name}:{at}", mend="GDP is a number of USD above zero.",
            )  # fmt: skip
    return out
