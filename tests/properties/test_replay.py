"""What was announced and then changed, told again by the day of knowledge: ``replay.yaml``."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from surtax.duty.entry import make_entry
from surtax.duty.rate import Answer, rate
from surtax.ledger import Ledger
from surtax.units import parse_date

FIELDS = {"event", "source", "goods", "from", "into", "on", "claims", "facts", "threats", "of",
          "steps"}  # fmt: skip
EVENTS: list[dict[str, Any]] = yaml.load(
    Path(__file__).with_name("replay.yaml").read_text("utf-8"), Loader=yaml.BaseLoader
)


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    return Ledger.load()


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event["event"])
def test_what_was_known_when(ledger: Ledger, event: dict[str, Any]) -> None:
    assert set(event) <= FIELDS, set(event) - FIELDS
    on = parse_date(event["on"])
    entry = make_entry(
        ledger, event["goods"], origin=event["from"], into=event["into"], value="10000",
        claims=event.get("claims", []), facts=event.get("facts", {}), on=on,
    )  # fmt: skip
    told = []
    for step in event["steps"]:
        known = parse_date(step["known"])
        found = rate(ledger, entry, on, known, threatened=event.get("threats") == "yes")
        told.append(owes(found, event["of"]))
        if "status" in step:
            listed = {p.status for p in ledger.at(on, known).listed if p.id == event["of"]}
            assert step["status"] in listed, (step["known"], listed)
    wanted = [step["owes"] for step in event["steps"]]
    assert told == [x if x in ("unknown", "barred") else Decimal(x) for x in wanted]


def owes(found: Answer, provision: str) -> Decimal | str:
    """What an answer says of one provision."""
    if any(row["measure"] == provision for row in found.unknown):
        return "unknown"
    if not found.admissible:
        return "barred"
    return next((one.amount for one in found.layers if one.measure == provision), Decimal(0))


def test_enough_events_changed_between_two_days() -> None:
    changed = [e for e in EVENTS if len({step["owes"] for step in e["steps"]}) > 1]
    assert len(changed) >= 40
    assert len({e["event"] for e in EVENTS}) == len(EVENTS)
    for event in EVENTS:
        known = [step["known"] for step in event["steps"]]
        assert known == sorted(set(known))
        assert len(known) > 1
