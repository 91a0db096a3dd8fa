"""A day in the dispute."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from surtax.desk import day as room
from surtax.units import parse_date

router = APIRouter(prefix="/api/day", tags=["day"])

On = Annotated[str | None, Query(description="Day of law, such as 2025-03-28.")]
Known = Annotated[str | None, Query(description="Day of knowledge.")]
Into = Annotated[str, Query(description="Importing place.", max_length=60)]
From = Annotated[str | None, Query(alias="from", description="Place of origin.", max_length=60)]


class Measure(BaseModel):
    """A provision with its status, as `surtax measures` gives it."""

    id: str
    title: str
    imposer: str
    instrument: str
    instrument_id: str
    authority: str
    kind: str
    status: str
    rate: str | None
    rates: dict[str, str]
    begins: str | None = Field(alias="from")
    to: str | None
    known_from: str
    citation: str
    says: str | None
    note: str | None


class Event(BaseModel):
    """A line of the timeline, as `surtax timeline` gives it."""

    date: str
    kind: str
    title: str
    measure: str | None
    provision: str | None
    citation: str
    known_from: str


class Day(BaseModel):
    """The law of a day, as known on a day; see `surtax.desk.day.day`."""

    on: str
    known: str
    into: str
    origin: str | None = Field(alias="from")
    verified_to: str
    complete_from: str
    stale: bool
    measures: list[Measure]
    events: list[Event]
    previous: str | None
    next: str | None


class Ticks(BaseModel):
    """Days on which something happened or became known, and the places with a rate."""

    on: list[str]
    known: list[str]
    rated: list[str]


class Partner(BaseModel):
    """A partner and what is bought from it."""

    code: str
    name: str
    imports: float


class Range(BaseModel):
    """The lowest and the highest rate over the assumed shares of content."""

    low: float
    high: float


class Turn(BaseModel):
    """Rates from a day on and their ranges; empty until they were rated."""

    begins: str = Field(alias="from")
    rate: float | None
    authorities: dict[str, float]
    partners: dict[str, float]
    unknown: list[str]
    range: Range | None
    ranges: dict[str, Range]


class Path(BaseModel):
    """Effective rates day by day, as far as they were rated; see `surtax.desk.day.path`."""

    into: str
    known: str
    since: str
    until: str
    currency: str
    year: int
    source: str
    imports: float
    claims: str | None
    done: int
    ranged: int
    of: int
    authorities: list[str]
    partners: list[Partner]
    turns: list[Turn]


@router.get("", response_model=Day)
def day(on: On = None, known: Known = None, into: Into = "US", origin: From = None) -> object:
    """Measures by status and the events around a day, as known on a day."""
    return room.day(_day(on, "--on"), _day(known, "--known"), into, origin)


@router.get("/ticks", response_model=Ticks)
def ticks(into: Into = "US") -> object:
    """Days on which something happened or became known."""
    return room.ticks(into)


@router.get("/path", response_model=Path)
def path(on: On = None, known: Known = None, into: Into = "US", origin: From = None) -> object:
    """Effective rates from each day on which the law changes, as far as they were rated."""
    return room.path(_day(on, "--on"), _day(known, "--known"), into, origin)


def _day(text: str | None, where: str) -> date | None:
    return None if text is None else parse_date(text, where=where)
