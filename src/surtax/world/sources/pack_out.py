"""Writing a world as a pack: every table whole, or no folder at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from surtax.errors import DataError, WorldError
from surtax.world.sources.manifest import (
    FILE,
    LAYOUT,
    CustomsRatio,
    Manifest,
    Region,
    Sector,
    Table,
    write_manifest,
)
from surtax.world.sources.tables import sha256, tidy, write_table
from surtax.world.world import World

if TYPE_CHECKING:
    import polars as pl

    from surtax.world.employment import Jobs


def write_pack(
    world: World,
    folder: str | Path,
    *,
    made_by: str = "",
    made_from: Sequence[Path] = (),
    like: Manifest | None = None,
    jobs: Jobs | None = None,
) -> Path:
    """Write a world as a pack at full precision; the folder is whole or not there at all.

    Args:
        world: a balanced world.
        folder: the folder to write; a pack that is there is replaced.
        made_by: the command that made the world.
        made_from: the files it was made from, whose hashes the manifest keeps.
        like: a manifest whose titles of regions and sectors go with their names.
        jobs: employment to go with it.

    Raises:
        DataError: the folder exists and is not a pack.
        WorldError: the world is a cleaned table that is not yet an equilibrium.
    """
    if world.export_taxes is not None and world.export_taxes.any():
        raise WorldError(
            "it has export taxes, which a pack cannot carry.",
            where=f"world {world.name}",
            mend="Write the world without them, and state them in the shock.",
        )
    if world.preferences is not None:
        raise WorldError(
            "its final demand is stated apart from its residual, which a pack cannot carry.",
            where=f"world {world.name}",
            mend="Solve it without a shock, and write the world rebased on the solution.",
        )
    folder = Path(folder)
    writable(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        hashes = {path.name: sha256(path) for path in made_from}
        manifest = _manifest_of(world, _tables_of(world, made, jobs), like)
        if jobs is not None:
            years = {**manifest.years, "employment": jobs.year}
            manifest = msgspec.structs.replace(manifest, years=years)
        write_manifest(msgspec.structs.replace(manifest, made_by=made_by, made_from=hashes), made)
        made.chmod(0o755)
        if folder.exists():
            old = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
            os.replace(folder, old / "old")
            os.replace(made, folder)
            shutil.rmtree(old)
        else:
            os.replace(made, folder)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise
    return folder


def writable(folder: Path) -> None:
    """Raises DataError where no pack can be written; asked before the work."""
    if folder.exists() and not (folder / FILE).is_file():
        raise DataError(
            "this exists and is not a world, so it is left alone.",
            where=str(folder),
            mend="Name a folder that does not exist yet.",
        )
    there = next(p for p in folder.absolute().parents if p.exists())
    if not there.is_dir() or not os.access(there, os.W_OK):
        raise DataError(
            "no folder can be made there.", where=str(folder), mend="Name one in a folder of yours."
        )


def _tables_of(world: World, folder: Path, jobs: Jobs | None) -> dict[str, Table]:
    s, r, money = world.sectors, world.regions, f"{world.currency} per year"
    use = world.inputs * world.output.T[:, None, :]
    final = np.maximum(world.final_demand, 0.0)
    trade = (("sector", s), ("destination", r), ("origin", r))
    parts = (
        ("flows", "flows.parquet", world.flows, trade, "value", money),
        ("use", "use.parquet", use, (("region", r), ("input", s), ("user", s)), "value", money),
        ("final", "final.csv", final, (("sector", s), ("region", r)), "value", money),
        ("tariffs", "tariffs.csv", world.tariffs, trade, "rate", "fraction of flow value"),
        ("elasticities", "elasticities.csv", world.theta, (("sector", s),), "theta", ""),
    )
    tables = {
        name: write_table(_ordered(tidy(array, axes, value)), folder, file, unit)
        for name, file, array, axes, value, unit in parts
        if array.any() or name == "use"
    }
    # A share of zero is a statement, so every cell of this table is written.
    every = tidy(np.ones_like(world.value_added.T), (("sector", s), ("region", r)), "share")
    share = every.with_columns(share=world.value_added.T.reshape(-1))
    tables["value_added"] = write_table(share, folder, "value_added.csv", "of output")
    if jobs is not None:
        known = np.isfinite(jobs.persons)
        rows = tidy(known.astype(float), (("sector", s), ("region", r)), "persons")
        rows = rows.with_columns(persons=jobs.persons[known])
        tables["employment"] = write_table(rows, folder, "employment.csv", "persons")
    return tables


def _manifest_of(world: World, tables: dict[str, Table], like: Manifest | None) -> Manifest:
    share = [float(x) for x in world.treasury_shares]
    titles: dict[str, str] = {}
    if like is not None:
        titles = {r.name: r.title for r in like.regions} | {s.name: s.title for s in like.sectors}
    ratio = world.customs_to_basic
    stated = () if ratio is None else np.argwhere(np.isfinite(ratio))
    kept = tuple(n for n in world.notes if not n.startswith("Balancing on load moved"))
    return Manifest(
        layout=LAYOUT,
        name=world.name,
        title=world.name if like is None else like.title,
        currency=world.currency,
        basis=world.basis,
        regions=tuple(
            Region(name=n, title=titles.get(n, n), treasury=t, share=x)
            for n, t, x in zip(world.regions, world.treasuries, share, strict=True)
        ),
        sectors=tuple(
            Sector(name=n, title=titles.get(n, n), goods=bool(g))
            for n, g in zip(world.sectors, world.traded, strict=True)
        ),
        tables=tables,
        provisional=world.provisional,
        sharing="as stated",
        customs_to_basic=tuple(
            CustomsRatio(world.regions[i], world.regions[n], float(ratio[n, i]))
            for n, i in stated
            if ratio is not None
        ),
        sources=world.sources,
        notes=kept,
    )


def _ordered(frame: pl.DataFrame) -> pl.DataFrame:
    """Trade tables with the origin before the destination, as they are read aloud."""
    if "origin" not in frame.columns:
        return frame
    return frame.select("sector", "origin", "destination", frame.columns[-1]).sort(
        "sector", "origin", "destination", maintain_order=True
    )
