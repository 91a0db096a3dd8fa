"""Long jobs: best responses, contests, settlements, lists, platforms side by side, sweeps."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any, Literal

from fastapi import APIRouter, FastAPI, Path, Request, Response
from fastapi.responses import FileResponse
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from surtax.desk import asks, onward, store
from surtax.desk.jobs import Room
from surtax.desk.journal import Job, Step
from surtax.desk.settings import Settings
from surtax.desk.studiostate import State
from surtax.desk.worker import place

_FIRST = threading.Lock()


@asynccontextmanager
async def _open(app: FastAPI) -> AsyncIterator[None]:
    """Jobs run while the desk is open."""
    room = room_of(app)
    room.start()
    try:
        yield
    finally:
        room.stop()


router = APIRouter(prefix="/api/jobs", tags=["jobs"], lifespan=_open)

Text = Annotated[str, StringConstraints(max_length=500)]
Name = Annotated[str, StringConstraints(max_length=80, pattern=r"^[\w .:+\-]*$")]
Number = Annotated[int, Path(ge=1, lt=2**63, description="The job's number.")]
Names = Annotated[list[Name], Field(max_length=40)]


class Asked(BaseModel):
    """What a job answers: the options of the command of its kind, by name.

    Attributes:
        kind: best, nash, bargain and list are `surtax respond --mode`; platforms is `surtax
            compare`; sweep is `surtax sweep`. A kind looks at its own options only.
    """

    model_config = ConfigDict(extra="forbid")

    kind: Literal["best", "nash", "bargain", "list", "platforms", "sweep"]
    scenario: Name = "spring-2025"
    player: Name | None = None
    against: Names = []
    objective: Text = "real-income"
    instruments: Annotated[list[Text], Field(min_length=1, max_length=12)] = ["tariff"]
    sectors: Names = []
    lower: Annotated[float, Field(ge=-1, le=10, allow_inf_nan=False)] = 0.0
    upper: Annotated[float, Field(ge=-1, le=10, allow_inf_nan=False)] = 1.0
    limit: Name = ""
    limit_on: Literal["covered", "duty"] = "covered"
    rate: Annotated[float, Field(gt=0, le=10, allow_inf_nan=False)] = 0.25
    least_harm: Name = "0"
    payments: Name = "0"
    authority: Name = ""
    ground: Name = ""
    response: Name = ""
    answers: Names = []
    closure: Name | None = None
    starts: Annotated[int, Field(ge=1, le=20)] = 3
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 0
    order: Literal["simultaneous", "alternating"] = "simultaneous"
    damping: Annotated[float, Field(gt=0, le=1)] = 1.0
    points: Annotated[int, Field(ge=1, le=25)] = 9
    ranges: bool = True
    without: Names = []
    platforms: Annotated[list[Name], Field(max_length=8)] = []
    platform: Name = ""
    draws: Annotated[int, Field(ge=1, le=20_000)] = 200
    threats: bool = True


class Found(BaseModel):
    """A step that was done: its name, its seconds and the numbers it found."""

    step: str
    seconds: float
    figures: dict[str, float]


class Shown(BaseModel):
    """A job.

    Attributes:
        state: queued, running, done, failed or cancelled.
        created, ended: seconds since 1970.
        text, done, total: what it does, and how many of about how many steps were begun.
        left: seconds that it may still take, where that can be told.
        command: what does the same on the command line.
        request: the options that were given.
    """

    id: int
    kind: str
    state: Literal["queued", "running", "done", "failed", "cancelled"]
    created: float
    ended: float | None
    text: str
    done: int
    total: int
    left: float | None
    command: str
    request: dict[str, Any]


class Whole(Shown):
    """A job with what it has found.

    Attributes:
        partial: the steps that were done, which a job that is stopped keeps.
        result: what the command prints with --json. error: why there is none.
        files: of the answer, to be had at /api/jobs/NUMBER/files/NAME.
        studio: the rates that were found, as a state of the studio; none where it cannot say them.
    """

    partial: list[Found]
    result: dict[str, Any] | None
    error: dict[str, Any] | None
    files: list[str]
    studio: State | None


class Listed(BaseModel):
    """All jobs, the newest first; how many run at once, and how many may wait."""

    jobs: list[Shown]
    at_once: int
    waiting: int


def room_of(app: FastAPI) -> Room:
    """The response room of a desk."""
    with _FIRST:
        if not hasattr(app.state, "jobs"):
            settings: Settings = app.state.settings
            app.state.jobs = Room(settings.folder, settings.jobs, settings.waiting)
    room: Room = app.state.jobs
    return room


@router.post("", status_code=202)
def submit(asked: Asked, request: Request) -> Shown:
    """A new job; what cannot be asked is refused with the sentence of the command."""
    given = asked.model_dump(exclude={"kind"})
    wished = asks.request_of(asked.kind, given)
    with request.app.state.gate.turn():
        job = room_of(request.app).submit(asked.kind, wished, store.ledger().law)
    return _shown(job)


@router.get("", responses={304: {"description": "Nothing has changed."}})
def jobs(request: Request, response: Response) -> Any:
    """All jobs; an ETag tells whether anything changed."""
    room = room_of(request.app)
    found = Listed(
        jobs=[_shown(job) for job in room.journal.jobs()],
        at_once=room.at_once, waiting=room.waiting,
    )  # fmt: skip
    return _tagged(found, request, response)


@router.get("/choices")
def choices() -> asks.Choices:
    """What can be asked: scenarios, players, sectors, instruments, objectives, grounds."""
    return asks.choices(store.ledger().law)


@router.get("/{number}", responses={304: {"description": "Nothing has changed."}})
def job(number: Number, request: Request, response: Response) -> Any:
    """One job, with what it has found so far or in the end."""
    return _tagged(_whole(room_of(request.app), number), request, response)


@router.post("/{number}/cancel")
def cancel(number: Number, request: Request) -> Shown:
    """Stop a job; the steps that were done are kept."""
    return _shown(room_of(request.app).cancel(number))


@router.post("/{number}/resume")
def resume(number: Number, request: Request) -> Shown:
    """Let a stopped job go on after the steps that were done."""
    return _shown(room_of(request.app).resume(number))


@router.delete("/{number}", status_code=204)
def remove(number: Number, request: Request) -> None:
    """Drop a job that has ended, with its files."""
    room_of(request.app).remove(number)


@router.get("/{number}/files/{name:path}", response_class=FileResponse)
def file(number: Number, name: str, request: Request) -> FileResponse:
    """A file of a job's answer."""
    path = room_of(request.app).file(number, name)
    return FileResponse(path, filename=path.name, media_type="text/plain")


def _shown(job: Job) -> Shown:
    return Shown(
        id=job.id, kind=job.kind, state=job.state,  # type: ignore[arg-type]
        created=job.created, ended=job.ended, text=job.text, done=job.done, total=job.total,
        left=job.left, command=job.command, request=job.request,
    )  # fmt: skip


def _whole(room: Room, number: int) -> Whole:
    job = room.journal.job(number)
    result, error = room.journal.end(number)
    own = place(room.folder, number)
    return Whole(
        **_shown(job).model_dump(),
        partial=[_found(step) for step in room.journal.steps(number)],
        result=result, error=error,
        files=[path.relative_to(own).as_posix() for path in room.files(number)],
        studio=onward.state(job.request, result) if result else None,
    )  # fmt: skip


def _found(step: Step) -> Found:
    kept = {k: float(v) for k, v in step.found.items() if isinstance(v, int | float)}
    if isinstance(step.found.get("gains"), list):
        kept["gain"] = max(step.found["gains"], default=0.0)
    return Found(step=step.name, seconds=step.seconds, figures=kept)


def _tagged(found: BaseModel, request: Request, response: Response) -> Any:
    """The answer, or nothing where the asker has it already."""
    body = found.model_dump_json().encode()
    tag = f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers={"ETag": tag})
    kept = {"ETag": tag, "Cache-Control": "no-cache"}  # a browser asks whether it changed
    return Response(body, media_type="application/json", headers=kept)
