"""What the law says of an instrument, as data: notes, caps, and a caretaker's days and grounds."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from surtax.errors import InputError, unknown
from surtax.response.players import Player


@dataclass(frozen=True)
class Note:
    """One thing that the law says of an instrument.

    Attributes:
        player, instrument: whose and which; “*” is anyone's. name: what it is called.
        cap: highest rate, or None. always: whether the cap binds unasked.
        text, citation: what it says and where. confidence: H, M or L.
    """

    player: str
    instrument: str
    name: str
    cap: float | None
    always: bool
    text: str
    citation: str
    confidence: str


@cache
def _notes() -> tuple[Note, ...]:
    return tuple(
        Note(
            player=row["player"],
            instrument=row["instrument"],
            name=row["name"],
            cap=float(row["cap"]) if row["cap"] else None,
            always=row["always"] == "yes",
            text=row["text"],
            citation=row["citation"],
            confidence=row["confidence"],
        )
        for row in _rows("legality.csv")
    )


def notes(who: Player, kind: str) -> list[Note]:
    """What is known of an instrument of a player, its own law first."""
    mine = [n for n in _notes() if n.player in who.treasuries and n.instrument == kind]
    return mine + [n for n in _notes() if n.player == "*" and n.instrument == kind]


def authority(who: Player, name: str) -> Note:
    """A law by name; an unknown one is an error with the nearest."""
    known = {n.name: n for n in _notes() if n.player in who.treasuries or n.player == "*"}
    if name not in known:
        raise unknown("authority", name, known, where="--authority")
    return known[name]


def highest(who: Player, kind: str, upper: float, chosen: Note | None = None) -> float:
    """The upper bound of a rate after the caps of the law.

    Raises:
        InputError: the law leaves the player no such instrument.
    """
    binding = [n for n in notes(who, kind) if n.cap is not None and (n.always or n == chosen)]
    for note in binding:
        assert note.cap is not None
        if note.cap <= 0.0:
            raise InputError(
                f"{who.name} has no instrument {kind}: {note.text} ({note.citation}).",
                where="--instruments",
                mend="Choose another instrument.",
            )
        upper = min(upper, note.cap)
    return upper


def grounds() -> dict[str, str]:
    """Grounds on which a caretaker government may act, of which a proposal claims one."""
    return {row["name"]: row["text"] for row in _rows("grounds.csv")}


def ground(name: str) -> dict[str, str]:
    """A ground by name, with its source; an unknown one is an error with the nearest."""
    rows = _rows("grounds.csv")
    for row in rows:
        if row["name"] == name:
            return {"ground": name, "text": row["text"], "citation": rows[0]["citation"]}
    raise unknown("ground", name, grounds(), where="--ground")


def caretaker(treasuries: Iterable[str], on: date) -> str:
    """Why one of some treasuries has a caretaker government on a day, with its source; "" if none.

    Such a government's proposal must claim a ground.
    """
    for row in _rows("caretaker.csv"):
        within = date.fromisoformat(row["from"]) <= on < date.fromisoformat(row["to"])
        if within and row["treasury"] in treasuries:
            return row["citation"]
    return ""


def claim_of(claimed: dict[str, str] | None, treasuries: Iterable[str], on: date) -> str:
    """What a proposal says of the caretaker convention, one sentence; "" where it need not.

    Args:
        claimed: the ground, as of `ground`. treasuries: that propose. on: the day.
    """
    if claimed:
        return f"Ground claimed: {claimed['text']} ({claimed['citation']})."
    if why := caretaker(treasuries, on):
        return (
            "No ground is claimed, which a caretaker government's proposal must (--ground "
            f"{', '.join(grounds())}). Caretaker {why}."
        )
    return ""


def _rows(file: str) -> list[dict[str, str]]:
    text = (files("surtax.response") / "data" / file).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
