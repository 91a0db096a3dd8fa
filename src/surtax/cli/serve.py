"""The command that opens the desk: serve."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def serve(
    host: Annotated[str, typer.Option("--host", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="Port.")] = 8642,
    folder: Annotated[
        Path, typer.Option("--folder", help="Work folder: nothing is written elsewhere.")
    ] = Path("surtax-desk"),
    token: Annotated[
        str | None,
        typer.Option("--token", help="What visitors must know; made up where others can reach it."),
    ] = None,
    launch: Annotated[bool, typer.Option("--open/--no-open", help="Open a browser.")] = True,
) -> None:
    """The desk: the dispute in a browser, on this machine."""
    from surtax.desk.serve import serve as run

    run(host, port, folder, token, launch=launch)
