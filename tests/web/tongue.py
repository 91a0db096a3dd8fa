"""What a page says outside the passages that it marks as English."""

import re
from collections.abc import Iterable
from html.parser import HTMLParser

from surtax.ledger.load import Ledger
from surtax.words import pieces

SHUT = {"meta", "link", "br", "img", "input", "hr", "line", "rect", "circle", "path", "polyline"}
"""Elements without text of their own; some of them hold a title, which is told apart."""

ENGLISH = re.compile(
    r"\b(the|of|and|which|with|from|its|that|this|not|are|is|by|for|was|were|until|"
    r"applies|relief|duty|duties|goods|value|customs|share|world|rates?\s+of)\b",
    re.IGNORECASE,
)
"""Words that English sentences and terms are made of and French ones are not."""

TITLES = re.compile(
    r"(Tariff|Trade|Trade Expansion) Act of 19\d\d|International Emergency Economic Powers Act"
    r"|\w+\.csv"
)
"""Titles of instruments that have no French, and names of files."""


class _Walker(HTMLParser):
    """Text nodes and labels read aloud, each with the language that stands over it."""

    def __init__(self) -> None:
        super().__init__()
        self.over: list[tuple[str, str]] = []
        self.said: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        language = found.get("lang") or (self.over[-1][1] if self.over else "")
        for key in ("aria-label", "alt"):
            self.said.append((language, found.get(key) or ""))
        if found.get("name") == "description":
            self.said.append((language, found.get("content") or ""))
        if tag not in SHUT:
            self.over.append((tag, language))

    def handle_endtag(self, tag: str) -> None:
        while tag not in SHUT and self.over.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self.over and not {"style", "code"} & {tag for tag, _ in self.over}:
            self.said.append((self.over[-1][1], data.strip()))


def said(page: str) -> list[tuple[str, str]]:
    """The texts of a page in turn, each with the language that stands over it."""
    walker = _Walker()
    walker.feed(page)
    walker.close()
    return walker.said


def unmarked_english(page: str) -> list[str]:
    """Texts in English that no `lang="en"` covers, titles and names of files apart."""
    told = dict.fromkeys(text for language, text in said(page) if language != "en")
    return [text for text in told if ENGLISH.search(TITLES.sub("", text))]


def of_the_law(law: Ledger) -> dict[str, list[str]]:
    """Our own sentences and names that the law files hold and pages show, by what they are."""
    measures = law.measures.values()
    acts = [act for one in measures for act in one.acts]
    found = {
        "measures": [one.title for one in measures],
        "provisions": [name for one in measures for name in one.provisions],
        "notes": [piece.note for one in measures for _, piece in one.paints() if piece.note],
        "threats": [act.says for act in acts if act.says],
        "ends of threats": [act.resolved.how for act in acts if act.resolved],
        "events": [event.title for event in law.events],
        "facts": [
            text for one in law.facts.values()
            for text in (one.meaning, one.unit, one.attested, one.unproven)
        ],
        "claims": [text for one in law.claims.values() for text in (one.title, one.note) if text],
        "missing": list(law.manifest.missing),
        "not in answers": [t for texts in law.manifest.not_in_answers.values() for t in texts],
    }  # fmt: skip
    return {kind: list(dict.fromkeys(texts)) for kind, texts in found.items()}


def english_left(texts: Iterable[str], law: Ledger) -> list[tuple[str, str]]:
    """What of our own texts stays English in French, citations of the law apart, and where."""
    cited = (*law.claims.values(), *law.facts.values())
    cited += tuple(piece for one in law.measures.values() for _, piece in one.paints())
    cites = {one.title for one in law.instruments.values()} | {one.cite for one in cited}
    cites |= {cite.partition(";")[0] for cite in cites} | {"USITC, Harmonized Tariff"}
    heads = tuple(cites - {""})
    left = []
    for text in dict.fromkeys(texts):
        for said, its in pieces("fr", text):
            if its == "en" and re.search("[A-Za-z]{3}", said) and not said.startswith(heads):
                left.append((said, text))
    return left
