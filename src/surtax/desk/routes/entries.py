"""Files of entries: sent as the raw body, answered bit by bit, taken away as CSV."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import FileResponse
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from surtax.desk import entries as room
from surtax.desk import store
from surtax.ledger.refunds import refunds
from surtax.units import pairs, parse_date

router = APIRouter(prefix="/api/entries", tags=["entries"])

Id = Annotated[str, Path(max_length=40)]


class File(BaseModel):
    """A file to take away."""

    name: str
    bytes: int


class Run(BaseModel):
    """Where a file stands and what was found; answers are those of rate, audit and refund."""

    id: str
    name: str
    state: Literal["waiting", "running", "done", "stopped"]
    task: str
    share: float
    lines: int
    family: str
    columns: dict[str, str]
    unused: list[str]
    answers: dict[str, dict[str, Any]]
    errors: dict[str, str]
    files: list[File]


class Ground(BaseModel):
    """A ruling or order from which refunds follow."""

    ground: str
    title: str
    into: str


def _runs(request: Request) -> room.Runs:
    found: room.Runs = request.app.state.entries
    return found


@router.get("/grounds")
def grounds() -> list[Ground]:
    """Rulings and orders from which refunds follow."""
    law = store.ledger().law
    return [
        Ground(ground=name, title=one.title, into=one.into)
        for name, one in refunds(law).grounds.items()
    ]


@router.post(
    "",
    status_code=202,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/octet-stream": {"schema": {"type": "string", "format": "binary"}}
            },
        }
    },
)
async def send(
    request: Request,
    name: Annotated[str, Query(description="The file's name.", max_length=200)],
    do: Annotated[list[str] | None, Query(description="rate, audit, refund; all of them.")] = None,
    into: Annotated[str | None, Query(max_length=60)] = None,
    known: Annotated[str | None, Query(max_length=20)] = None,
    ground: Annotated[str | None, Query(max_length=60)] = None,
    void: Annotated[list[str] | None, Query()] = None,
    column: Annotated[list[str] | None, Query(description="column=HEADER")] = None,
) -> Run:
    """Send a CSV file of entries; it is worked on in the background."""
    runs = _runs(request)
    wish = room.Wish(
        tasks=room.tasks(do or []),
        into=into or None,
        known=parse_date(known, where="--known") if known else None,
        ground=ground or None,
        void=tuple(void or ()),
        columns=pairs(column, "column", where="--column", example='value="Net value"'),
    )
    source = runs.room(name)
    try:
        with source.open("wb") as file:
            async for chunk in request.stream():
                file.write(chunk)
    except BaseException:
        runs.drop(source)
        raise
    return Run(**room.to_json(await run_in_threadpool(runs.start, source, wish)))


@router.get("/{id}")
def look(request: Request, id: Id) -> Run:
    """Where a file stands."""
    return Run(**room.to_json(_runs(request).find(id)))


@router.delete("/{id}", status_code=204)
def remove(request: Request, id: Id) -> None:
    """Stop the work on a file, and remove it with all that came of it."""
    _runs(request).remove(id)


@router.get(
    "/{id}/{file}",
    response_class=FileResponse,
    responses={200: {"content": {"text/csv": {}}, "description": "The file."}},
)
def take(request: Request, id: Id, file: Annotated[str, Path(max_length=200)]) -> FileResponse:
    """A file of results; cells that begin like a formula begin with an apostrophe."""
    path = _runs(request).file(id, file)
    return FileResponse(path, media_type="text/csv", filename=path.name)
