"""The scenario studio: a state in, figures, ranges or a file out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Annotated, Any, Literal

from fastapi import APIRouter, FastAPI, Query, Request, Response
from pydantic import BaseModel, Field

from surtax.desk import studio as room
from surtax.desk.busy import FIRST, LATER
from surtax.desk.studiostate import State

router = APIRouter(prefix="/api/studio", tags=["studio"])

Client = Annotated[str, Query(max_length=40, description="The page that asks; names itself.")]
Number = Annotated[int, Query(ge=0, le=2**53, description="The page's questions, counted.")]


class Span(BaseModel):
    """The lowest and the highest over all sets of assumptions."""

    low: float
    high: float


class Region(BaseModel):
    """A region; changes as fractions, revenue in the world's currency, persons.

    `per_household` is in single units of the currency; null where the census counts none.
    """

    region: str
    treasury: str
    real_income: float
    real_income_per_head: float
    per_household: float | None
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


class Note(BaseModel):
    """What must be known beside the figures; see `surtax.desk.studionotes`."""

    note: Literal["ends", "moves", "carried", "assumed", "idle", "silent"]
    of: list[str]
    rate: float | None


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
    notes: list[Note]
    status: str
    seconds: float
    vintage: dict[str, Any]


class Ranges(BaseModel):
    """How far the figures lie apart over sets of assumptions."""

    sets: int
    player: Span
    opponent: Span
    regions: dict[str, Span]
    per_head: dict[str, Span]
    per_household: dict[str, Span]
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
def answer(state: State, request: Request, client: Client = "", number: Number = 0) -> Response:
    """The equilibrium of a state."""
    request.app.state.studio.asked(client, number)
    return _json(_answered(request.app, state, client, number))


@router.post("/ranges", response_model=Ranges)
def ranges(state: State, request: Request, client: Client = "", number: Number = 0) -> Response:
    """The ranges of a state's figures over elasticity sets, closures and contents.

    Its number is that of the page's question whose ranges they are: the page's next one drops it.
    """
    return _json(_ranged(request.app, state, client, number))


@router.post("/file", response_model=File)
def file(state: State) -> object:
    """The state as a scenario file that `surtax solve` runs."""
    return room.file(state)


@router.post("/state", response_model=State)
def state(given: Text) -> object:
    """The state of a scenario file; one that says more than the studio can is refused."""
    return room.read(given.file)


def warm(app: FastAPI) -> Iterator[None]:
    """Answer what the first visitors will ask, step by step, in the order of their need."""
    _answered(app, State())
    yield
    _ranged(app, State())
    yield
    for one in room.others(State()):
        with app.state.gate.turn(LATER, app.state.settings.leisure):
            room.prepared(one)
        yield


def _answered(app: FastAPI, state: State, client: str = "", number: int = 0) -> bytes:
    def made() -> bytes:
        with _turn(app, FIRST, app.state.settings.patience, client, number, None):
            return _encoded(Answer, room.answer(state))

    return _answers(app).get(f"answer {state.model_dump_json()}", made)


def _ranged(app: FastAPI, state: State, client: str = "", number: int = 0) -> bytes:
    def made() -> bytes:
        place = app.state.gate.number()
        turn = partial(_turn, app, LATER, app.state.settings.leisure, client, number, place)
        return _encoded(Ranges, room.ranges(state, turn))

    return _answers(app).get(f"ranges {state.model_dump_json()}", made)


def _answers(app: FastAPI) -> room.Answers[bytes]:
    found: room.Answers[bytes] = app.state.studio
    return found


@contextmanager
def _turn(
    app: FastAPI, rank: int, patience: float, client: str, number: int, place: int | None
) -> Iterator[None]:
    """A turn, if the question is still wanted when it comes."""
    with app.state.gate.turn(rank, patience, place):
        _answers(app).wanted(client, number)
        yield


def _encoded(kind: type[BaseModel], found: dict[str, Any]) -> bytes:
    return kind.model_validate(found).model_dump_json(by_alias=True).encode()


def _json(found: bytes) -> Response:
    return Response(found, media_type="application/json")
