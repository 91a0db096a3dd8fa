"""A desk to ask without a network: requests go straight to the application."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import httpx

from surtax.desk.app import make_app
from surtax.desk.settings import Settings


class Desk:
    """An application with a work folder of its own."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        self.folder = folder
        self.app = make_app(Settings(folder, **settings))

    def ask(self, method: str, path: str, **named: Any) -> httpx.Response:
        base = named.pop("base", "http://localhost:8642")

        async def asked() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url=base) as client:
                return await client.request(method, path, **named)

        return asyncio.run(asked())

    def get(self, path: str, **named: Any) -> httpx.Response:
        return self.ask("GET", path, **named)

    def post(self, path: str, **named: Any) -> httpx.Response:
        return self.ask("POST", path, **named)

    def error(self, method: str, path: str, **named: Any) -> dict[str, Any]:
        """The error of a request that must fail, its status among its words."""
        answer = self.ask(method, path, **named)
        assert answer.status_code in (*range(400, 500), 503), answer.text
        return {"status": answer.status_code, **answer.json()["error"]}
