"""Commands on worlds: list, show, check; import, aggregate, split, update."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any

import typer

from surtax.cli.options import Json, show
from surtax.units import pairs

if TYPE_CHECKING:
    from surtax.world.check import Finding
    from surtax.world.employment import Jobs
    from surtax.world.sources.manifest import Manifest
    from surtax.world.world import World

app = typer.Typer(
    help="Worlds: list, show, check; import, aggregate, split, update.", no_args_is_help=True
)

Name = Annotated[str, typer.Argument(help="An embedded world, or a folder.")]
Out = Annotated[Path, typer.Option("-o", "--out", help="The folder to write.")]
Called = Annotated[str, typer.Option("--name", help="Name of the world that is written.")]


@app.command("list")
def world_list(json: Json = False) -> None:
    """The embedded worlds, and the formats that others are read from."""
    from surtax.views import worlds
    from surtax.world import load
    from surtax.world.sources.formats import FORMATS

    answer = {
        "worlds": [_world_row(name) for name in load.available()],
        "formats": [
            {"format": f.name, "what": f.title, "path": f.path,
             "options": " ".join(f"--{o}" for o in f.options)}
            for f in FORMATS.values()
        ],
    }  # fmt: skip
    if json:
        show(answer)
    else:
        worlds.listed(answer)


def _world_row(name: str) -> dict[str, Any]:
    from surtax.world import load

    manifest = load.describe(name)
    return {
        "name": manifest.name,
        "title": manifest.title,
        "regions": len(manifest.regions),
        "sectors": len(manifest.sectors),
        "currency": manifest.currency,
        "provisional": manifest.provisional,
    }


@app.command("show")
def world_show(name: Name, json: Json = False) -> None:
    """A world's regions: output, trade and balance."""
    from surtax.views import worlds
    from surtax.world import load

    world = load.load(name)
    rows = [
        {
            "region": region,
            "output": float(world.output[:, n].sum()),
            "value_added": float(world.labour_income[n]),
            "spending": float(world.income[n]),
            "deficit": float(world.deficits[n]),
            "duties": float(world.collected[n]),
        }
        for n, region in enumerate(world.regions)
    ]
    answer = {
        **_world_row(name), "basis": world.basis, "rows": rows,
        "sources": list(world.sources), "notes": list(world.notes),
    }  # fmt: skip
    if json:
        show(answer)
    else:
        worlds.shown(answer)


@app.command("check")
def world_check(
    name: Name,
    against: Annotated[
        Path | None,
        typer.Option("--against", help="Published numbers: our CSV, or Statistics Canada's zip."),
    ] = None,
    year: Annotated[int | None, typer.Option("--year", help="Year of a zip of several.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Print every finding.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 2 if it fails.")] = False,
    json: Json = False,
) -> None:
    """What does not add up in a world or is implausible, where, and by how much."""
    from surtax.views import worlds
    from surtax.world import load, published, targets
    from surtax.world.check import check, counts

    world = load.load(name)
    numbers = published.own(name)
    if against is not None:
        numbers += published.read(against, world, year)
    found = [*check(world), *targets.against(world, numbers)]
    order = ("fault", "warning", "note")
    found.sort(key=lambda f: (order.index(f.severity), f.check))
    answer: dict[str, Any] = {
        "world": name,
        "counts": counts(found),
        "findings": [_row(f) for f in found],
    }
    if json:
        show(answer)
    else:
        worlds.checked(answer, every=every)
    if strict and answer["counts"]["fault"]:
        raise typer.Exit(2)


def _row(finding: Finding) -> dict[str, Any]:
    from math import isfinite

    size = finding.size if isfinite(finding.size) else None
    return {"severity": finding.severity, "check": finding.check, "where": finding.where,
            "size": size, "message": finding.message}  # fmt: skip


@app.command("import")
def world_import(
    form: Annotated[str, typer.Argument(metavar="FORMAT", help="See surtax world list.")],
    path: Annotated[Path, typer.Argument(help="The file or folder as downloaded.")],
    out: Out,
    year: Annotated[int | None, typer.Option("--year", help="Year, if there are several.")] = None,
    gdp: Annotated[Path | None, typer.Option("--gdp", help="Table of GDP, for baci.")] = None,
    elasticities: Annotated[
        str | None, typer.Option("--elasticities", help="Elasticity set, for icio and wiod13.")
    ] = None,
    theta: Annotated[float | None, typer.Option("--theta", help="For baci: elasticity.")] = None,
    materials: Annotated[
        float | None, typer.Option("--materials", help="For baci: share of output.")
    ] = None,
    currency: Annotated[
        str | None, typer.Option("--currency", help="For qge: money of its trade.")
    ] = None,
    name: Called = "",
    json: Json = False,
) -> None:
    """Read a published table, clean and balance it, and write it as a world."""
    from surtax.progress import steps
    from surtax.world.sources.formats import read
    from surtax.world.sources.pack_out import writable

    writable(out)
    with steps(f"import {path.name}", total=2, quiet=json) as say:
        say("reading and balancing")
        world = read(form, path, year=year, gdp=gdp, elasticities=elasticities, theta=theta,
                     materials=materials, currency=currency)  # fmt: skip
        say("writing")
        sources = [p for p in (path, gdp) if p is not None]
        _written(world, out, name, json, sources=sources)


@app.command("aggregate")
def world_aggregate(
    world: Name,
    out: Out,
    region: Annotated[
        list[str] | None, typer.Option("--region", help="GROUP=MEMBER,MEMBER; may be repeated.")
    ] = None,
    sector: Annotated[
        list[str] | None, typer.Option("--sector", help="GROUP=MEMBER,MEMBER; may be repeated.")
    ] = None,
    name: Called = "",
    json: Json = False,
) -> None:
    """Add up regions and sectors; duties collected stay exactly what they are."""
    from surtax.errors import InputError
    from surtax.world import aggregate

    regions, sectors = _groups(region, "--region"), _groups(sector, "--sector")
    if not regions and not sectors:
        raise InputError(
            "name at least one group to add up.",
            where="--region, --sector",
            mend="Such as --region ATL=NL,PE,NS,NB.",
        )
    _step(
        world, out, name, json,
        lambda w: aggregate.aggregate(w, regions=regions, sectors=sectors, name=name),
        regions=regions, sectors=sectors,
    )  # fmt: skip


def _groups(given: list[str] | None, where: str) -> dict[str, list[str]]:
    """Members by the name of their group."""
    found = pairs(given, "group", where=where, example="EU=DEU,FRA")
    return {group: [m.strip() for m in members.split(",")] for group, members in found.items()}


@app.command("split")
def world_split(
    world: Name,
    out: Out,
    part: Annotated[list[str], typer.Option("--into", help="PART=SHARE; two or more.")],
    region: Annotated[str | None, typer.Option("--region", help="The region to split.")] = None,
    sector: Annotated[str | None, typer.Option("--sector", help="The sector to split.")] = None,
    name: Called = "",
    json: Json = False,
) -> None:
    """Split a region or a sector by shares of output."""
    from surtax.errors import InputError
    from surtax.units import parse_share
    from surtax.world import split

    if (region is None) == (sector is None):
        raise InputError(
            "name one region or one sector to split.",
            where="--region, --sector",
            mend="Give one of the two.",
        )
    given = pairs(part, "part", where="--into", example="POT=0.3")
    into = {k: float(parse_share(v, where=f"--into {k}")) for k, v in given.items()}
    if region is not None:
        parts = {part: [region] for part in into}
        _step(world, out, name, json, lambda w: split.split_region(w, region, into), regions=parts)
    else:
        whole = str(sector)
        parts = {part: [whole] for part in into}
        _step(world, out, name, json, lambda w: split.split_sector(w, whole, into), sectors=parts)


@app.command("update")
def world_update(
    world: Name,
    numbers: Annotated[
        Path, typer.Argument(metavar="TARGETS", help="Our CSV, or Statistics Canada's zip.")
    ],
    out: Out,
    year: Annotated[int | None, typer.Option("--year", help="Year of a zip of several.")] = None,
    method: Annotated[str, typer.Option("--method", help="ras or least-squares.")] = "ras",
    name: Called = "",
    json: Json = False,
) -> None:
    """Bring a world to published numbers with the least change of its trade."""
    from surtax.world.published import read
    from surtax.world.update import update

    def work(start: World) -> World:
        return update(start, read(numbers, start, year), method=method, name=name)

    _step(world, out, name, json, work, sources=[numbers])


def _step(
    name: str,
    out: Path,
    called: str,
    json: bool,
    work: Callable[[World], World],
    *,
    regions: Mapping[str, Sequence[str]] = MappingProxyType({}),
    sectors: Mapping[str, Sequence[str]] = MappingProxyType({}),
    sources: Sequence[Path] = (),
) -> None:
    """Load a world, work on it, write it with the employment and titles that go with it."""
    from surtax.progress import steps
    from surtax.world import load
    from surtax.world.carry import carried
    from surtax.world.employment import jobs
    from surtax.world.sources.manifest import FILE
    from surtax.world.sources.pack_out import writable

    writable(out)
    with steps(f"world {name}", total=3, quiet=json) as say:
        say("loading")
        start, like = load.load(name), load.describe(name)
        say("working")
        made = work(start)
        counted = None
        if "employment" in like.tables:
            counted = carried(jobs(name), made, regions, sectors)
        say("writing")
        files = [load.folder_of(name) / FILE, *sources]
        if made.name == start.name:  # another world bears another name: that of its folder
            called = called or out.name
        _written(made, out, called, json, told=start.notes, sources=files, like=like, jobs=counted)


def _written(
    world: World,
    out: Path,
    name: str,
    json: bool,
    *,
    told: Sequence[str] = (),
    sources: Sequence[Path] = (),
    like: Manifest | None = None,
    jobs: Jobs | None = None,
) -> None:
    """Write a world and say what was done; a cleaned table is solved and rebased first."""
    import shlex
    import sys
    from dataclasses import replace

    from surtax.views import worlds
    from surtax.world.check import check, counts
    from surtax.world.sources.pack import write_pack

    if world.preferences is not None:
        from surtax.economy.results import rebase
        from surtax.economy.solve import solve

        world = rebase(world, solve(world, world.tariffs, closure="numeraire"))
    world = replace(world, name=name or world.name)
    files = [
        file
        for path in sources
        for file in (sorted(p for p in path.iterdir() if p.is_file()) if path.is_dir() else [path])
    ]
    command = shlex.join(["surtax", *sys.argv[1:]])
    folder = write_pack(world, out, made_by=command, made_from=files, like=like, jobs=jobs)
    answer = {
        "world": world.name, "folder": str(folder), "regions": len(world.regions),
        "sectors": len(world.sectors), "currency": world.currency, "basis": world.basis,
        "notes": list(world.notes), "sources": list(world.sources),
        "findings": counts(check(world)),
    }  # fmt: skip
    if json:
        show(answer)
    else:
        worlds.made(answer, told=told)
