"""The scenario studio: a state in, figures, ranges or a file out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field

from surtax.desk import studio as room
from surtax.desk.studiostate import State

router = APIRouter(prefix="/api/studio", tags=["studio"])

Client = Annotated[str, Query(max_length=40, description="The page that asks; names itself.")]
Number = Annotated[int, Query(ge=0, le=2**53, description="The page's questions, counted.")]


class Span(BaseModel):
    """The lowest and the highest over all sets of assumptions."""

    low: float
    high: float


class Region(BaseModel):
    """A region; changes as fractions, revenue in the world's currency, persons."""

    region: str
    treasury: str
    real_income: float
    real_wage: float
    prices: float
    exports: float
    imports: float
    revenue: float
    output: float
    jobs: float
    shifted: float


class Sector(BaseModel):
    """A sector of the player: output as a fraction and in money, persons."""

    sector: str
    output: float
    amount: float
    jobs: float


class Revenue(BaseModel):
    """Duties that a treasury collects beyond the benchmark's, in the world's currency."""

    treasury: str
    collected: float


class Effective(BaseModel):
    """Duties as a share of the benchmark's imports."""

    into: str
    origin: str = Field(alias="from")
    rate: float | None
    before: float | None


class Answer(BaseModel):
    """What a state means; see `surtax.desk.studio.answer`."""

    name: str
    scenario: str
    on: str
    known: str
    verified_to: str
    complete_from: str
    stale: bool
    response: str
    closure: str
    horizon: str
    elasticities: str
    world: str
    currency: str
    player: float
    opponent: float
    regions: list[Region]
    sectors: list[Sector]
    revenue: list[Revenue]
    rates: list[Effective]
    status: str
    seconds: float
    vintage: dict[str, Any]


class Ranges(BaseModel):
    """How far the figures lie apart over sets of assumptions."""

    sets: int
    player: Span
    opponent: Span
    regions: dict[str, Span]
    sectors: dict[str, Span]
    revenue: dict[str, Span]


class File(BaseModel):
    """The scenario file of a state, and what solves it."""

    name: str
    file: str
    command: str
    python: str


class Text(BaseModel):
    """The text of a scenario file that the studio wrote."""

    file: Annotated[str, Field(max_length=100_000)]


@router.get("")
def offers() -> dict[str, Any]:
    """What the controls may be set to."""
    return room.offers()


@router.post("", response_model=Answer)
def answer(state: State, request: Request, client: Client = "", number: Number = 0) -> object:
    """The equilibrium of a state."""
    return _told(request, "answer", room.answer, state, client, number)


@router.post("/ranges", response_model=Ranges)
def ranges(state: State, request: Request, client: Client = "", number: Number = 0) -> object:
    """The ranges of a state's figures over elasticity sets, closures and contents."""
    return _told(request, "ranges", room.ranges, state, client, number)


@router.post("/file", response_model=File)
def file(state: State) -> object:
    """The state as a scenario file that `surtax solve` runs."""
    return room.file(state)


@router.post("/state", response_model=State)
def state(given: Text) -> object:
    """The state of a scenario file; one that says more than the studio can is refused."""
    return room.read(given.file)


def _told(
    request: Request, kind: str, make: Callable[[State], dict[str, Any]], state: State,
    client: str, number: int,
) -> dict[str, Any]:  # fmt: skip
    """The answer from those kept, or computed when it is its turn and still wanted."""
    answers: room.Answers = request.app.state.studio
    answers.asked(f"{kind} {client}" if client else "", number)

    def made() -> dict[str, Any]:
        with request.app.state.gate.turn():
            answers.wanted(f"{kind} {client}" if client else "", number)
            return make(state)

    return answers.get(f"{kind} {state.model_dump_json()}", made)
