"""Commands on worlds: list, show, check."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from surtax.cli.options import Json, show

app = typer.Typer(help="Embedded worlds: list, show, check.", no_args_is_help=True)


@app.command("list")
def world_list(json: Json = False) -> None:
    """The embedded worlds."""
    from surtax.views import tables
    from surtax.world import load

    rows = [_world_row(name) for name in load.available()]
    if json:
        show({"worlds": rows})
    else:
        tables.plain(rows, "Worlds")


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
def world_show(name: Annotated[str, typer.Argument()], json: Json = False) -> None:
    """A world's regions: output, trade and balance."""
    from surtax.views import tables
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
    if json:
        show({**_world_row(name), "basis": world.basis, "rows": rows,
                "sources": list(world.sources), "notes": list(world.notes)})  # fmt: skip
    else:
        tables.plain(rows, f"{world.name}, {world.currency}, {world.basis}")


@app.command("check")
def world_check(name: Annotated[str, typer.Argument()], json: Json = False) -> None:
    """What does not balance in a world, and by how much."""
    from surtax.views import tables
    from surtax.world import load
    from surtax.world.check import check

    rows = [
        {"severity": f.severity, "check": f.check, "where": f.where, "size": f.size,
         "message": f.message}
        for f in check(load.load(name))
    ]  # fmt: skip
    if json:
        show({"world": name, "findings": rows})
    else:
        tables.plain(rows, f"Balance of {name}")
