"""The parts of a pack one by one: dense tables, shares, benchmark duties, elasticities, sharing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from surtax.errors import DataError, WorldError, unknown
from surtax.world.elasticities import theta_of
from surtax.world.sources.manifest import FILE, Manifest, Table
from surtax.world.sources.tables import cell, dense, indices, located, read_table

Array = NDArray[np.float64]


def cube(
    folder: Path,
    manifest: Manifest,
    name: str,
    axes: tuple[tuple[str, tuple[str, ...]], ...],
    *,
    value: str = "value",
    fill: float = 0.0,
) -> Array:
    """A listed table as a dense array, absent rows ``fill``."""
    table = _table(folder, manifest, name)
    frame = read_table(folder, table, [*(column for column, _ in axes), value])
    return dense(frame, axes, folder / table.file, fill)


def _table(folder: Path, manifest: Manifest, name: str) -> Table:
    if name not in manifest.tables:
        raise DataError(
            f"the table “{name}” is not listed.",
            where=str(folder / FILE),
            mend=f"List its file under tables; there are {', '.join(sorted(manifest.tables))}.",
        )
    return manifest.tables[name]


def value_added(folder: Path, manifest: Manifest) -> Array:
    """(n, k) shares, every cell stated."""
    r, s = manifest.region_names, manifest.sector_names
    axes = (("region", r), ("sector", s))
    share = cube(folder, manifest, "value_added", axes, value="share", fill=np.nan)
    file = manifest.tables["value_added"].file
    if np.isnan(share).any():
        n, k = np.argwhere(np.isnan(share))[0]
        raise DataError(
            f"there is no value-added share for {r[n]}, {s[k]}.",
            where=file,
            mend="Give one row per region and sector.",
        )
    if share.max() > 1.0:
        n, k = np.unravel_index(int(share.argmax()), share.shape)
        raise WorldError(
            f"the value-added share of {r[n]}, {s[k]} is {share[n, k]:g}, above one.",
            where=f"{file}, column share",
            mend="Give value added as a fraction of output.",
        )
    return share


def duties(folder: Path, manifest: Manifest) -> Array:
    """(s, n, i) benchmark rates; a treasury's name stands for all its regions."""
    s, r = manifest.sector_names, manifest.region_names
    rates = np.zeros((len(s), len(r), len(r)))
    table = manifest.tables.get("tariffs")
    if table is None:
        return rates
    frame = read_table(folder, table, ["sector", "origin", "destination", "rate"])
    path = folder / table.file
    rate = frame["rate"].to_numpy()
    if (rate < 0).any():
        at = int(np.argmax(rate < 0))
        raise WorldError(
            f"the duty on {cell(frame, at)} is negative: {rate[at]:g}.",
            where=located(path, at, "rate"),
            mend="Rates are fractions, zero or more.",
        )
    ends = tuple(dict.fromkeys((*r, *(region.treasury for region in manifest.regions))))
    member = [manifest.members(end) for end in ends]
    at_sector = indices(frame, "sector", s, path)
    at_origin = indices(frame, "origin", ends, path)
    at_destination = indices(frame, "destination", ends, path)
    flat, row = _blocks(at_sector, at_destination, at_origin, member, rates.shape)
    first = np.unique(flat, return_index=True)[1]
    if first.size != flat.size:
        at = int(row[np.setdiff1d(np.arange(flat.size), first)[0]])
        raise DataError(
            f"{cell(frame, at)} is given twice.",
            where=located(path, at, "rate"),
            mend="Keep one rate per sector, origin and destination.",
        )
    rates.reshape(-1)[flat] = rate[row]
    return rates


def _blocks(
    sector: NDArray[np.intp],
    destination: NDArray[np.intp],
    origin: NDArray[np.intp],
    member: list[tuple[int, ...]],
    shape: tuple[int, ...],
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Flat cells that each row covers, in the rows' order, and the row of each cell."""
    size = np.array([len(m) for m in member])
    row = np.repeat(np.arange(len(sector)), size[destination] * size[origin])
    buyer = [
        n for d, o in zip(destination, origin, strict=True) for n in member[d] for _ in member[o]
    ]
    seller = [
        i for d, o in zip(destination, origin, strict=True) for _ in member[d] for i in member[o]
    ]
    cells = (sector[row], np.array(buyer, dtype=np.intp), np.array(seller, dtype=np.intp))
    return np.ravel_multi_index(cells, shape), row


def theta(folder: Path, manifest: Manifest) -> Array:
    """(s,) elasticities of the pack's own table, or of the set its manifest names."""
    s = manifest.sector_names
    if "elasticities" in manifest.tables:
        axes = (("sector", s),)
        given = cube(folder, manifest, "elasticities", axes, value="theta", fill=np.nan)
        if np.isnan(given).any():
            raise DataError(
                f"there is no elasticity for {s[int(np.isnan(given).argmax())]}.",
                where=manifest.tables["elasticities"].file,
                mend="Give one row per sector.",
            )
        return given
    if not manifest.elasticities:
        raise DataError(
            "no elasticities are given.",
            where=str(folder / FILE),
            mend="List a table elasticities (sector, theta), or name a set.",
        )
    return theta_of(manifest.elasticities, s)


def sharing(manifest: Manifest, spending: Array) -> Array:
    """(n,) share of its treasury's duties that each region receives, by the named rule."""
    where = f"world {manifest.name}"
    treasuries = np.array([region.treasury for region in manifest.regions])
    if manifest.sharing == "by benchmark final spending":
        stated = spending
    else:
        missing = [region.name for region in manifest.regions if region.share is None]
        if missing:
            raise DataError(
                f"region {missing[0]} has no share of its treasury's duties.",
                where=where,
                mend="State a share for every region, or share by benchmark final spending.",
            )
        stated = np.array([region.share for region in manifest.regions], dtype=np.float64)
    total = np.array([stated[treasuries == t].sum() for t in treasuries])
    if manifest.sharing == "as stated":
        if np.abs(total - 1.0).max() > 1e-9:
            n = int(np.abs(total - 1.0).argmax())
            raise WorldError(
                f"the shares of treasury {treasuries[n]} add to {total[n]:.6g}, not one.",
                where=where,
                mend="State shares that add to one.",
            )
        return stated
    return np.asarray(stated / total)


def ratios(manifest: Manifest) -> Array:
    """(n, i) basic value per customs value of the goods that n buys from i; NaN where unstated.

    Later rows override earlier ones, and no ratio is set between regions of one treasury.

    Raises:
        DataError: a ratio for a region or treasury that the pack does not have.
    """
    treasuries = np.array([region.treasury for region in manifest.regions])
    everyone = tuple(range(len(manifest.regions)))
    out = np.full((len(everyone), len(everyone)), np.nan)
    for row in manifest.customs_to_basic:
        ends = []
        for end in (row.destination, row.origin):
            members = everyone if end == "*" else manifest.members(end)
            if not members:
                near = unknown("region", end, {*manifest.region_names, *treasuries.tolist()})
                raise DataError(
                    near.what, where=f"{manifest.name}, customs_to_basic", mend=near.mend
                )
            ends.append(members)
        out[np.ix_(*ends)] = row.ratio
    out[treasuries[:, None] == treasuries[None, :]] = np.nan
    return out
