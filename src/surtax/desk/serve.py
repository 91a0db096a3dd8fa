"""Run the desk: an address is printed, a browser opened, and what is slow to load is loaded."""

from __future__ import annotations

import secrets
import socket
import sys
import threading
import webbrowser
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from surtax.desk.folder import own
from surtax.desk.problem import BusyError
from surtax.desk.settings import Settings
from surtax.errors import InputError, MissingExtraError

if TYPE_CHECKING:
    from fastapi import FastAPI


SHORT = 8
"""Characters that a token must have."""
IDLE = 75
"""Seconds that a connection stays open after an answer: more than a busy page pauses, since a
question that meets a connection being closed is lost."""


def serve(host: str, port: int, folder: Path, token: str | None, *, launch: bool) -> None:
    """Serve until stopped.

    Args:
        host, port: where to listen.
        folder: the work folder.
        token: what visitors must know; made up where other machines can reach the address.
        launch: open a browser.

    Raises:
        MissingExtraError: the extra “desk” is not installed.
        InputError: the address is taken or not ours, the token is short, or the folder cannot be
            made, holds something else or is another desk's.
    """
    try:
        from surtax.desk.app import make_app
    except ModuleNotFoundError as error:
        raise MissingExtraError(
            f"the desk needs {error.name}.", where="serve", mend="pip install 'surtax[desk]'."
        ) from None
    if token is not None and len(token) < SHORT:
        raise InputError(
            f"the token has {len(token)} characters.", where="--token",
            mend=f"Give {SHORT} or more, or none: one is made up where it is needed.",
        )  # fmt: skip
    settings = Settings(folder, host, port, token)
    if not settings.local and token is None:
        settings = Settings(folder, host, port, secrets.token_urlsafe(24))
    listening = _listen(host, port)
    with listening, own(folder):
        app = make_app(settings)
        _run(app, listening, settings, launch=launch)


def _run(app: FastAPI, listening: socket.socket, settings: Settings, *, launch: bool) -> None:
    """Serve on a socket until stopped."""
    import uvicorn

    address = address_of(settings)
    print(f"surtax desk: {address} (stop with Ctrl-C)", file=sys.stderr, flush=True)
    if launch:
        threading.Timer(0.5, webbrowser.open, [address]).start()
    threading.Thread(target=_warm, args=(app,), daemon=True).start()
    config = uvicorn.Config(
        app, log_level="warning", server_header=False, access_log=False, timeout_keep_alive=IDLE
    )

    class Server(uvicorn.Server):
        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            app.state.gate.close()
            await super().shutdown(sockets)

    try:
        Server(config).run(sockets=[listening])
    finally:
        app.state.entries.close()


def _warm(app: FastAPI) -> None:
    """Load what is slow to load, one after the other: side by side both would be late."""
    from surtax.desk import day
    from surtax.desk.routes import studio

    steps = studio.warm(app)
    next(steps)
    day.path()
    with suppress(BusyError):  # visitors take all turns, and load what they need themselves
        for _ in steps:
            pass


def address_of(settings: Settings) -> str:
    """The address to open, with the token if there is one."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    address = f"http://{host}:{settings.port}/"
    return f"{address}?token={settings.token}" if settings.token else address


def _listen(host: str, port: int) -> socket.socket:
    """A socket that listens there."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family)
    except socket.gaierror:
        raise InputError(
            f"“{host}” is no address.", where="--host", mend="Give one such as 127.0.0.1."
        ) from None
    except OSError as error:
        raise InputError(
            f"cannot listen on {host}:{port}: {error.strerror}.", where="--port",
            mend="Give another port.",
        ) from None  # fmt: skip
