"""Errors as answers: the sentence of the command line, a fitting status, never a traceback."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from surtax.desk.problem import Problem, problem, status_of
from surtax.errors import InputError, SurtaxError

RESPONSES: dict[int | str, dict[str, Any]] = {
    status: {"model": Problem, "description": words}
    for status, words in {
        400: "The request cannot be read.",
        401: "The token is missing.",
        403: "The request comes from elsewhere.",
        404: "There is no such thing.",
        408: "The request took too long to arrive.",
        413: "The request is too large.",
        422: "The input is wrong; the message says where and how to mend it.",
        503: "All workers are busy; ask again.",
    }.items()
}
"""What every route may answer beside its own."""

RETRY = {"Retry-After": "2"}


def install(app: FastAPI) -> None:
    """Answer every error in one shape."""

    @app.exception_handler(SurtaxError)
    async def _ours(_: Request, error: SurtaxError) -> JSONResponse:
        return answer(error)

    @app.exception_handler(RequestValidationError)
    async def _shape(_: Request, error: RequestValidationError) -> JSONResponse:
        return answer(*_first(error))

    @app.exception_handler(HTTPException)
    async def _http(_: Request, error: HTTPException) -> JSONResponse:
        said, mend = _SAID.get(error.status_code, (str(error.detail), ""))
        told = InputError(said or str(error.detail), mend=mend)
        return JSONResponse(
            problem(told).model_dump(), error.status_code, headers=dict(error.headers or {})
        )


_NO_JSON = ("the body is not JSON.", "Send one JSON object.")
_SAID = {
    400: _NO_JSON,  # or lists within lists without end
    404: ("there is nothing at this address.", "See /api/openapi.json."),
    405: ("this address takes another method.", "See /api/openapi.json."),
    408: ("", "Send it again, or use the command line."),
    413: ("", "Send less, or use the command line."),
}
"""What is wrong and how it is mended, by status; what was said itself where nothing is."""


def answer(
    error: SurtaxError, field: str | None = None, *, status: int | None = None
) -> JSONResponse:
    """An error as an HTTP answer, of another status than its own if one is given."""
    status = status or status_of(error)
    return JSONResponse(
        problem(error, field).model_dump(), status, headers=RETRY if status == 503 else None
    )


def _first(error: RequestValidationError) -> tuple[InputError, str | None]:
    """The first thing wrong with a request's form, as one of our errors, and its field."""
    one = error.errors()[0]
    place = [str(step) for step in one["loc"]]
    names = [step for step in place[1:] if not step.isdigit()]
    if one["type"] == "json_invalid":
        what, mend = _NO_JSON
        return InputError(what, mend=mend), None
    field = names[0] if names else None
    where = ".".join(place[1:]) or place[0]
    if one["type"] == "missing":
        return InputError("a value is missing.", where=where, mend="Give it."), field
    said = one["msg"][:1].lower() + one["msg"][1:]
    return InputError(f"{said.rstrip('.')}.", where=where, mend="Mend the value."), field
