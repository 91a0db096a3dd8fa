"""The French desk: what the product itself says is French; the pages tell it as the server does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from surtax.desk import day as room
from surtax.desk import duty, store
from surtax.errors import SurtaxError
from surtax.words import pieces, sentences, shapes
from web import tongue
from web.desk.browser import SLOW, Visit
from web.desk.test_bad_input import SHIPMENT, WRONG

DAYS = ("2025-03-10", "2025-04-10", "2025-08-10", "2026-03-10", "2026-10-05")
SHIPMENTS = [
    *(("US", goods, origin) for origin in ("CA", "CN", "GB", "IN") for goods in (
        "7616.99.51.60", "2709.00.20", "8708.99.81", "2203.00.00", "8806.22.00.00", "0406.90.97",
    )),
    *(("CA", goods, origin) for origin in ("US", "CN", "DE") for goods in (
        "7208.10.00", "8703.23.00", "0207.14.10", "8703.80.00",
    )),
    ("CN", "1514.11.00", "CA"), ("CN", "2709.00.00", "US"), ("EU", "8711.50.00", "US"),
]  # fmt: skip
FACTS: list[dict[str, str]] = [
    {}, {"us_content": "0.5", "shipped": "2025-03-01"}, {"privileged": "2025-03-08"},
]  # fmt: skip
PLACES = (
    "day?on=2025-04-10", "day?into=CA&from=US", "duty?goods=7616.99.51.60&from=CA&on=2025-08-10",
    "duty?view=ways&goods=8703.23.01&on=2025-08-10", "studio", "compare", "response",
)  # fmt: skip


def asked(**changed: Any) -> dict[str, Any]:
    blank = {"on": None, "known": None, "claims": [], "facts": {}, "quantity": "", "unit": ""}
    return {"value": "40000", "threatened": True, **blank, **changed}


def answers() -> Iterator[dict[str, Any]]:
    """What shipments owe, over goods, origins, days and facts."""
    for into, goods, origin in SHIPMENTS:
        for on in DAYS:
            for facts in FACTS:
                yield duty.duty(
                    asked(goods=goods, into=into, on=on, facts=facts, **{"from": origin})
                )


def told(answer: dict[str, Any]) -> Iterator[str]:
    """The sentences of an answer."""
    yield from (text for row in answer["asks"] for text in (
        row["meaning"], row["unit"], row["attested"], row["until_then"],
    ))  # fmt: skip
    yield from (row["title"] for row in answer["claims"])
    found = answer["answer"]
    for row in (*found["layers"], *found["fees"]):
        yield from (row["title"], row["basis"], *row["because"])
    for key in ("suppressed", "bans", "fees_suppressed"):
        yield from (text for row in found[key] for text in (row["title"], row.get("reason", "")))
    yield from (*found["hints"], *found["zone"], *found["not_included"])


@pytest.fixture(scope="module")
def said() -> list[str]:
    """A sample of all that the duty desk says, each once."""
    return list(dict.fromkeys(text for one in answers() for text in told(one)))


def test_what_a_shipment_owes_is_told_in_french(said: list[str]) -> None:
    assert len(said) > 120
    assert tongue.english_left(said, store.ledger().law) == []


def test_other_ways_are_told_in_french() -> None:
    wish = asked(goods="7616.99.51.60", into="US", origins=["CA", "MX", "CN"], on=list(DAYS[1:4]),
                 prefer=True, cost=0.0)  # fmt: skip
    found = duty.alternatives(wish)["alternatives"]
    whys = [row["why"] for one in found for row in one["differs"]]
    assert len(whys) > 10
    assert tongue.english_left(whys, store.ledger().law) == []


@pytest.mark.parametrize("into", ["US", "CA", "CN", "EU", "MX"])
def test_a_day_is_told_in_french(into: str) -> None:
    first, last = room.span()
    for on in (*DAYS, first.isoformat(), last.isoformat()):
        found = room.day(date.fromisoformat(on), None, into)["measures"]
        texts = [row[k] or "" for row in found for k in ("title", "says", "note")]
        assert tongue.english_left(texts, store.ledger().law) == []
    lines = store.ledger().timeline(since=first, until=last, known=last)
    assert tongue.english_left([one["title"] for one in lines], store.ledger().law) == []


@pytest.mark.parametrize(("wrong", "field"), WRONG)
def test_wrong_input_is_told_in_french(wrong: dict[str, Any], field: str) -> None:
    """A sentence is French but for what the person wrote and the names that may be written."""
    with pytest.raises(SurtaxError) as caught:
        duty.duty(asked(**(SHIPMENT | wrong)))
    told = f"{caught.value.what} {caught.value.mend}"
    for sentence in re.split(r"(?<=[.!?]) (?=[A-Z])", told):
        assert pieces("fr", sentence) != ((sentence, "en"),), sentence


def test_wrong_input_is_said_in_french_beside_its_field(visit: Visit) -> None:
    visit.refusals = True
    page = visit.go("/duty?lang=fr&goods=8703")
    wrong = page.locator(".field.wrong .field-error")
    wrong.wait_for(timeout=SLOW)
    assert wrong.inner_text() == (
        "« 8703 » n’est qu’un code de position; un droit demande la ligne tarifaire. "
        "Donnez huit ou dix chiffres, comme 8703.23.01."
    ).replace("« ", "«\u00a0").replace(" »", "\u00a0»")


TOLD = """async ([texts, sentences, shapes]) => {
  const { teller } = await import("/static/js/told.js");
  const pieces = teller("fr", sentences, shapes);
  return texts.map(pieces);
}"""


def test_pages_tell_a_sentence_as_the_server_does(visit: Visit, said: list[str]) -> None:
    page = visit.go("/day")
    first, last = room.span()
    lines = store.ledger().timeline(since=first, until=last, known=last)
    texts = [*said, *dict.fromkeys(one["title"] for one in lines), "nobody says this; ever (no)"]
    found = page.evaluate(TOLD, [texts, dict(sentences("fr")), dict(shapes("fr"))])
    for text, one in zip(texts, found, strict=True):
        assert [tuple(piece) for piece in one] == list(pieces("fr", text))


TEXTS = """() => {
  const out = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const over = walk.currentNode.parentElement;
    if (over.closest("script, style, pre, code")) continue;
    out.push([over.closest("[lang]").lang, walk.currentNode.data.trim()]);
  }
  return out;
}"""


@pytest.mark.parametrize("place", PLACES)
def test_a_french_page_shows_no_sentence_that_has_its_french(visit: Visit, place: str) -> None:
    """Neither unmarked nor marked as English."""
    path, _, query = place.partition("?")
    page = visit.go(f"/{path}?lang=fr&{query}")
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    visit.settle()
    shown = [(its, text) for its, text in page.evaluate(TEXTS) if text]
    assert len(shown) > 20
    english = {e for e, f in sentences("fr").items() if e != f} - set(sentences("fr").values())
    assert [text for its, text in shown if its == "fr" and text in english] == []
    assert [t for its, t in shown if its == "en" and pieces("fr", t) != ((t, "en"),)] == []
