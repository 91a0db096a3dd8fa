"""Calibrations in the tidy layout of the qge package: states or provinces with their partners.

A folder of Parquet (or CSV) tables with names as text and the number in ``value``:
``bilateral_trade`` (sector, destination, source), ``value_added_share`` (sector, region),
``sectoral_dispersion`` (sector; the inverse of the trade elasticity), and the input shares in
materials as ``io_coefficients`` (country, source_sector, dest_sector) or ``io_matrix`` for all;
``final_demand_share`` (sector, region) if there is one. Known calibrations: Caliendo, Dvorkin and
Parro (2019, Econometrica 87(3)), 50 US states and 37 countries × 22 sectors, 2000; Canada's
provinces and partners × 23, 2021; 50 US states × 26, 2007. States share the duties of their
country, which ``io_coefficients`` names, and so do provinces.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from surtax.errors import DataError
from surtax.units import percent
from surtax.world.sources.assemble import Label, assemble
from surtax.world.sources.columns import at_least_zero, columns_of, spread
from surtax.world.world import World

Array = NDArray[np.float64]

PROVINCES = {
    "Alberta", "British Columbia", "Manitoba", "New Brunswick", "Newfoundland and Labrador",
    "Nova Scotia", "Ontario", "Prince Edward Island", "Quebec", "Saskatchewan",
}  # fmt: skip
SERVICES = (
    "accommodation", "administ", "arts", "construction", "education", "finance", "health",
    "information", "professional", "public", "real estate", "retail", "service", "trade",
    "transportation and", "transport services", "utilities", "wholesale",
)  # fmt: skip
KNOWN = {
    "cdp_2000": ("USD mn", "2000"),
    "canada_2019": ("C$ mn", "2019"),
    "canada_2021": ("C$ thousand", "2021"),
    "canada_2021_partners": ("C$ thousand", "2021"),
    "cprhs_2007": ("USD mn", "2007"),
}


def load(folder: str | Path, *, currency: str = "", year: str = "") -> World:
    """A calibration as a balanced world.

    Args:
        folder: the calibration's folder.
        currency: of its trade, if the folder is not a known one.
        year: the same.

    Raises:
        DataError: a table that is missing or of another layout, or money that is not stated.
        WorldError: a table that cannot be balanced.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise DataError("there is no such folder.", where=str(folder), mend="Check the path.")
    known = KNOWN.get(folder.name, ("", ""))
    currency, year = currency or known[0], year or known[1]
    if not currency:
        raise DataError(
            "the tables do not say in what money trade is.",
            where=str(folder), mend="State it with --currency, such as “USD mn”.",
        )  # fmt: skip
    path = _table(folder, "bilateral_trade")
    trade = columns_of(path, ["sector", "destination", "source", "value"])
    sectors = tuple(trade["sector"].unique(maintain_order=True))
    regions = tuple(trade["source"].unique(maintain_order=True))
    S, N = len(sectors), len(regions)
    axes = (("sector", sectors), ("destination", regions), ("source", regions))
    flows = at_least_zero(spread(trade, axes, path), (sectors, regions, regions), "flow", path)
    by = (("region", regions), ("sector", sectors))
    path = _table(folder, "value_added_share")
    added = spread(columns_of(path, ["region", "sector", "value"]), by, path, whole=True)
    if added.max() > 1.0 or added.min() < 0.0:
        raise DataError(
            f"a value-added share is {added.max() if added.max() > 1 else added.min():g}.",
            where=path.name, mend="Shares are fractions of output.",
        )  # fmt: skip
    path = _table(folder, "sectoral_dispersion")
    frame = columns_of(path, ["sector", "value"])
    dispersion = spread(frame, (("sector", sectors),), path, whole=True)
    if dispersion.min() <= 0:
        raise DataError(
            f"a dispersion is {dispersion.min():g}.", where=path.name, mend="It is above zero."
        )
    materials, treasuries = _materials(folder, regions, sectors)
    path = _table(folder, "final_demand_share")
    final = np.zeros((S, N))
    notes = []
    if path.is_file():
        axis = (("sector", sectors), ("region", regions))
        final = spread(columns_of(path, ["sector", "region", "value"]), axis, path, whole=True)
    inputs = materials * (1.0 - added)[:, None, :]
    if not final.any():
        rest = flows.sum(axis=2) - np.einsum("nsk,kn->sn", inputs, flows.sum(axis=1))
        short = np.minimum(rest, 0.0)
        final = np.maximum(rest, 0.0)
        if short.any():
            part = -short.sum() / flows.sum()
            notes.append(
                f"Inputs exceed purchases in {int((short < 0).sum())} of {S * N} cells, by "
                f"{percent(part, 2)} of spending; no final use is expected there and inputs are "
                "fitted."
            )
    goods = np.array([not any(word in name.lower() for word in SERVICES) for name in sectors])
    named = "; ".join(s for s, g in zip(sectors, goods, strict=True) if g)
    notes.append(f"Sectors taken as goods by their names: {named}.")
    label = Label(
        name=folder.name.replace("_", "-"),
        currency=currency,
        basis=f"basic prices, {year}" if year else "basic prices, year not stated",
        sources=(f"Calibration {folder.name} in the layout of qge (github.com/twedl/qge).",),
    )
    return assemble(
        label, regions, sectors, flows=flows, inputs=inputs, final=final,
        theta=1.0 / dispersion, traded=goods, treasuries=treasuries, notes=notes,
    )  # fmt: skip


def _materials(
    folder: Path, regions: tuple[str, ...], sectors: tuple[str, ...]
) -> tuple[Array, tuple[str, ...]]:
    """(n, s, k) shares of inputs in materials, adding to one, and the treasury of each region."""
    axes = (("source_sector", sectors), ("dest_sector", sectors))
    names = ["source_sector", "dest_sector", "value"]
    purse = ["Canada" if r in PROVINCES else r for r in regions]
    if any((folder / f"io_coefficients{end}").is_file() for end in (".parquet", ".csv")):
        path = _table(folder, "io_coefficients")
        frame = columns_of(path, ["country", *names])
        countries = tuple(frame["country"].unique(maintain_order=True))
        shares = spread(frame, (("country", countries), *axes), path, whole=True)
        at = [countries.index(r) if r in countries else -1 for r in regions]
        missing = [r for r, i in zip(regions, at, strict=True) if i < 0]
        home = [i for i, c in enumerate(countries) if c not in regions]
        if missing and len(home) != 1:
            raise DataError(
                f"{missing[0]} has no coefficients, and {len(home)} countries are no regions.",
                where=path.name,
                mend="Give coefficients by region, or by the one country of all states.",
            )
        each = shares[[home[0] if i < 0 else i for i in at]]
        if missing:
            purse = [countries[home[0]] if i < 0 else p for i, p in zip(at, purse, strict=True)]
    else:
        path = _table(folder, "io_matrix")
        one = spread(columns_of(path, names), axes, path)
        each = np.broadcast_to(one, (len(regions), *one.shape))
    total = each.sum(axis=1)
    if total.min() <= 0:
        n, k = np.unravel_index(int(total.argmin()), total.shape)
        raise DataError(
            f"the inputs of {sectors[k]} add to {total[n, k]:g}.",
            where=path.name, mend="Shares of each user's materials add to one.",
        )  # fmt: skip
    return each / total[:, None, :], tuple(purse)


def _table(folder: Path, name: str) -> Path:
    """The Parquet or else the CSV of a table."""
    path = folder / f"{name}.csv"
    return path if path.is_file() else folder / f"{name}.parquet"
