"""The web application: routers, errors, safety and the pages of the desk."""

from __future__ import annotations

import mimetypes
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from anyio import to_thread
from fastapi import FastAPI
from fastapi.responses import FileResponse
from fastapi.staticfiles import StaticFiles

from surtax._version import __version__
from surtax.desk import errors
from surtax.desk.busy import Gate
from surtax.desk.entries import Runs
from surtax.desk.routes import routers
from surtax.desk.safety import Safety
from surtax.desk.settings import Settings
from surtax.desk.studio import Answers

STATIC = Path(__file__).parent / "static"
PAGES = ("/", "/day", "/duty", "/studio", "/response", "/compare", "/card")


def make_app(settings: Settings) -> FastAPI:
    """The desk with these settings; makes its work folder if there is none."""
    settings.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    # Some machines name scripts as plain text, which browsers then refuse to run.
    mimetypes.add_type("text/javascript", ".js")
    app = FastAPI(
        title="surtax desk",
        lifespan=_threads,
        version=__version__,
        description="The law of trade disputes, what it costs whom, and what can be answered.",
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    app.state.settings = settings
    app.state.gate = Gate(settings.workers, settings.patience)
    app.state.entries = Runs(settings.folder)
    app.state.studio = Answers()
    errors.install(app)
    for router in routers():
        app.include_router(router, responses=errors.RESPONSES)
    for page in PAGES:
        app.add_api_route(page, _page, include_in_schema=False)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.add_middleware(Safety, settings=settings)
    return app


@asynccontextmanager
async def _threads(app: FastAPI) -> AsyncIterator[None]:
    """Room for those who wait in line beside those who are answered at once."""
    to_thread.current_default_thread_limiter().total_tokens = app.state.settings.threads
    yield


def _page() -> FileResponse:
    return FileResponse(STATIC / "index.html", headers={"Cache-Control": "no-cache"})
