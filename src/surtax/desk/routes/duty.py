"""The duty desk: a shipment, its facts, and other ways to bring it in."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from surtax.desk import duty as room

router = APIRouter(prefix="/api/duty", tags=["duty"])

Word = Annotated[str, Field(max_length=80)]


class Shipment(BaseModel):
    """A shipment as a person declares it; every value is written as on the command line."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    goods: Word
    origin: Word = Field(alias="from")
    into: Word = "US"
    value: Word
    on: Word | None = None
    known: Word | None = None
    claims: list[Word] = Field(default=[], max_length=8)
    facts: dict[Word, Word] = Field(default={}, max_length=30)
    quantity: Word = ""
    unit: Word = ""
    threatened: bool = False


class Layer(BaseModel):
    """A duty or fee that is owed, as `surtax duty` gives it."""

    measure: str
    title: str
    authority: str
    instrument: str
    citation: str
    basis: str
    basis_value: float | None
    rate: float | None
    amount: float
    because: list[Any]
    unit: str
    drawback: dict[str, Any] | None
    zone: dict[str, Any] | None


class Suppressed(BaseModel):
    """A duty that covers the shipment and is not owed, and why."""

    measure: str
    title: str
    reason: str


class Unknown(BaseModel):
    """A duty whose rate is not known, or a ban."""

    measure: str
    title: str
    citation: str


class Missing(BaseModel):
    """A fact that matters and was not declared."""

    fact: str
    type: str
    unit: str
    meaning: str
    attested: str
    until_then: str


class Owed(BaseModel):
    """What an entry owes layer by layer, and how sure that is."""

    origin: str = Field(alias="from")
    on: str
    claims: list[str]
    admissible: bool
    total: float | None
    rate: float | None
    low: float | None
    high: float | None
    layers: list[Layer]
    suppressed: list[Suppressed]
    unknown: list[Unknown]
    missing_facts: list[Missing]
    fees: list[Layer]
    zone: list[str]
    hints: list[str]


class Record(BaseModel):
    """The goods, and the law and knowledge under which they were rated."""

    goods: str
    into: str
    value: float
    currency: str
    known: str
    include_threatened: bool
    verified_to: str
    complete_from: str
    stale: bool
    not_included: list[str]


class Answer(Owed, Record):
    """What a shipment owes, as `surtax duty` gives it."""

    bans: list[Unknown]
    fees_suppressed: list[Suppressed]
    fee_facts: list[Missing]


class Claim(BaseModel):
    """A preference open to the origin on the day."""

    claim: str
    title: str
    citation: str
    made: bool


class Asked(Missing):
    """A fact of the form, with its value where it was given."""

    value: str | None


class Rated(BaseModel):
    """What a shipment owes, and the form that its facts need."""

    answer: Answer
    claims: list[Claim]
    asks: list[Asked]
    fee_asks: list[Asked]


class Line(BaseModel):
    """A tariff line, its general rate and its name in the schedule."""

    code: str
    rate: str
    name: str


class Ways(BaseModel):
    """Choices to be held side by side."""

    model_config = ConfigDict(extra="forbid")

    goods: Word
    origins: list[Word] = Field(min_length=1, max_length=12)
    into: Word = "US"
    value: Word
    on: list[Word] = Field(default=[], max_length=12)
    known: Word | None = None
    claims: list[list[Word]] = Field(default=[], max_length=6)
    prefer: bool = False
    facts: dict[Word, list[Word]] = Field(default={}, max_length=30)
    quantity: Word = ""
    unit: Word = ""
    cost: float = Field(default=0.0, ge=0, le=10)
    threatened: bool = False


class Differing(BaseModel):
    """A duty that two alternatives do not owe alike, and why."""

    measure: str
    title: str
    first: float | None
    here: float | None
    why: str
    citation: str


class Way(Owed):
    """One alternative, as `surtax alternatives` gives it."""

    alternative: int
    left_out: list[str]
    facts: dict[str, float]
    cost: float
    difference: float | None
    drawn_back: float | None
    differs: list[Differing]


class Claiming(BaseModel):
    """What a claim saves."""

    alternative: int
    claims: list[str]
    without: float | None
    saving: float | None
    cost: float | None
    share: float | None


class SideBySide(Record):
    """The alternatives, the first of them the one the others are held against."""

    alternatives: list[Way]
    claiming: list[Claiming]


@router.post("", response_model=Rated)
def duty(shipment: Shipment) -> object:
    """What a shipment owes layer by layer, and the facts that would change it."""
    return room.duty(shipment.model_dump(by_alias=True))


@router.get("/lines", response_model=list[Line])
def lines(
    start: Annotated[
        str, Query(description="First digits of an HS code, or words of a name.", max_length=80)
    ],
    into: Annotated[str, Query(description="Importing place.", max_length=60)] = "US",
) -> object:
    """Tariff lines that begin so, or whose names hold the words; of the United States alone."""
    return room.lines(start, into)


@router.post("/alternatives", response_model=SideBySide)
def alternatives(ways: Ways) -> object:
    """The same goods from several origins, on several days and with several claims."""
    return room.alternatives(ways.model_dump())
