"""Who may ask, how much, and what a browser may do with the answer."""

from __future__ import annotations

import asyncio
import hmac
import time
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from surtax.desk.errors import answer
from surtax.desk.problem import NoTokenError, RefusedError
from surtax.desk.settings import Settings, is_local
from surtax.errors import SurtaxError

COOKIE = "surtax-token"
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
UPLOADS = "/api/entries"
"""Where a body may be as large as a file of entries."""

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "font-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors {ancestors}",
    )
)
EMBEDDED = ("/card", "/api/card")
"""Pages that others may show in a frame."""

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


class Safety:
    """Checks host, origin and token, bounds the body, and sets the headers of every answer."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app, self.settings = app, settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        dressed = _dressed(scope, send)
        headers = Headers(scope=scope)
        refusal = self._refusal(scope, headers)
        if refusal is not None:
            await refusal(scope, receive, dressed)
            return
        uploads = scope["path"].startswith(UPLOADS)
        limit = self.settings.max_upload if uploads else self.settings.max_body
        bounded = _bounded(receive, limit, self.settings.upload_seconds)
        begun = False

        async def sent(message: Message) -> None:
            nonlocal begun
            begun = True
            await dressed(message)

        try:
            await self.app(scope, bounded, sent)
        except Exception:
            if not begun:
                await answer(_failed(), status=500)(scope, receive, dressed)
            raise

    def _refusal(self, scope: Scope, headers: Headers) -> ASGIApp | None:
        """The answer to a request that is not taken."""
        host = headers.get("host", "")
        if self.settings.local and not is_local(_name(host)):
            mend = "Open it as localhost or 127.0.0.1."
            return answer(RefusedError(f"the desk is not “{host}”.", mend=mend))
        origin = headers.get("origin")
        if scope["method"] not in SAFE_METHODS and _foreign(origin, host, headers):
            mend = "Send it from the desk."
            return answer(RefusedError("another page sent the request.", mend=mend))
        return self._token(scope, headers)

    def _token(self, scope: Scope, headers: Headers) -> ASGIApp | None:
        """Nothing where the token is known; a redirect that stores it where the address has it."""
        token = self.settings.token
        if token is None:
            return None
        query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        if any(key == "token" and _same(value, token) for key, value in query):
            rest = urlencode([(key, value) for key, value in query if key != "token"])
            # One slash alone: two would name another host.
            path = "/" + scope["path"].lstrip("/\\")
            found = RedirectResponse(f"{path}?{rest}" if rest else path, 303)
            found.set_cookie(COOKIE, token, httponly=True, samesite="strict")
            return found
        bearer = headers.get("authorization", "").removeprefix("Bearer ")
        if _same(bearer, token) or _same(_cookie(headers.get("cookie", "")), token):
            return None
        mend = "Open the address that serve printed."
        return answer(NoTokenError("the token is missing or wrong.", mend=mend))


def _failed() -> SurtaxError:
    return SurtaxError("the desk failed on this.", mend="Its window says why; please report it.")


def _same(given: str, token: str) -> bool:
    return bool(given) and hmac.compare_digest(given.encode(), token.encode())


def _cookie(text: str) -> str:
    try:
        found = SimpleCookie(text).get(COOKIE)
    except CookieError:
        return ""
    return found.value if found else ""


def _name(host: str) -> str:
    """The name in a Host header, without its port."""
    return host.rpartition("]")[0].lstrip("[") if host.startswith("[") else host.partition(":")[0]


def _foreign(origin: str | None, host: str, headers: Headers) -> bool:
    """Whether a page of another origin sent a request that changes or costs something."""
    if origin is None:
        return headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none")
    return urlsplit(origin).netloc.casefold() != host.casefold()


def _dressed(scope: Scope, send: Send) -> Send:
    """`send` with the headers of safety on the answer."""
    embedded = any(f"{scope['path']}/".startswith(f"{one}/") for one in EMBEDDED)

    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            ancestors = "*" if embedded else "'none'"
            headers.setdefault("Content-Security-Policy", POLICY.format(ancestors=ancestors))
            if scope["path"].startswith("/api"):
                headers.setdefault("Cache-Control", "no-store")
        await send(message)

    return sent


def _bounded(receive: Receive, limit: int, seconds: float) -> Receive:
    """`receive` that stops a body that is too large or too slow."""
    until = time.monotonic() + seconds
    state: dict[str, Any] = {"bytes": 0, "done": False}

    async def received() -> Message:
        if state["done"]:
            return await receive()
        try:
            message = await asyncio.wait_for(receive(), max(0.0, until - time.monotonic()))
        except TimeoutError:
            raise HTTPException(408, f"the request took more than {seconds:g} seconds.") from None
        if message["type"] == "http.request":
            state["bytes"] += len(message.get("body", b""))
            state["done"] = not message.get("more_body", False)
            if state["bytes"] > limit:
                raise HTTPException(413, f"a request takes {limit:,} bytes at most.")
        return message

    return received
