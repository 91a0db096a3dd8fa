"""Our own sentences that stand in data or are put together there, in another language.

They are written in English where they arise. ``prose/fr/*.yaml`` give the French of whole
sentences, ``prose/fr/shapes/*.yaml`` that of sentences with parts, by the English. The pages of the
desk are sent the same texts and follow the same steps (``static/js/told.js``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from string import Formatter
from typing import NamedTuple

from surtax.words.files import FOLDER, texts, together
from surtax.words.grammar import forms

PLACE = re.compile(r"(?:place|region)\.[^.]+")
"""Keys of places, whose forms with a preposition are made by rule."""
NEUTRAL = re.compile(
    r"\d{4}-\d\d-\d\d|[\d.,]+ ?%?|[a-z]+(?:_[a-z]+)+|\d{4}-\d+|[\d.]*(?:\([\da-z.]+\))+"
)
"""Days, numbers, rates, names of facts, and numbers of orders and sections: of no language."""
CLOSED = {"day": re.compile(r"\d{4}-\d\d-\d\d"), "n": re.compile(r"[\d.,]+")}
"""Parts that are a day or a number; names of parts may end in a digit."""
AS_WRITTEN = frozenset({"given", "names", "list"})
"""Parts that a person wrote or is to write: they stay letter by letter, in no language."""
SIGNS = {"fr": str.maketrans({",": "\u00a0", ".": ","})}
"""How a language writes the signs of a number: between thousands, and before decimals."""

Pieces = tuple[tuple[str, str], ...]
"""Parts of a sentence in turn, each with its language."""


class Shape(NamedTuple):
    """A sentence with parts.

    Attributes:
        key: the longest of what stands between its parts.
        head: what it begins with.
        parts: its parts, each with what stands after it.
        said: the translation: literals, each with the part after it.
    """

    key: str
    head: str
    parts: tuple[tuple[str, str], ...]
    said: tuple[tuple[str, str | None], ...]


@cache
def sentences(language: str) -> Mapping[str, str]:
    """Names of places and the sentences that were translated, by their English.

    Nothing for English itself.
    """
    folder = FOLDER / "prose" / language
    if not folder.is_dir():
        return {}
    english, said = (texts(FOLDER / one / "names.yaml") for one in ("en", language))
    places = {
        forms("en", text)["bare"]: forms(language, said[key])["bare"]
        for key, text in english.items() if PLACE.fullmatch(key)
    }  # fmt: skip
    return {**places, **together(folder)}


@cache
def shapes(language: str) -> Mapping[str, str]:
    """The sentences with parts that were translated, by their English."""
    return together(FOLDER / "prose" / language / "shapes")


@cache
def _told(language: str) -> Mapping[str, str]:
    """Translations by the English; a translation is its own."""
    pairs = sentences(language)
    return {**{said: said for said in pairs.values()}, **pairs}


def prose(language: str, text: str) -> tuple[str, str]:
    """Our own prose that stands in data, written in English: its text and language.

    The text comes back as it is, in English, where nobody translated it; a translation is its own.
    """
    found = _told(language).get(text)
    return (text, "en") if found is None else (found, language)


@cache
def _shapes(language: str) -> tuple[Shape, ...]:
    out = []
    for english, said in shapes(language).items():
        (head, first), *others = _split(english)
        names = [first, *(name for _, name in others)]
        after = [*(literal for literal, _ in others), ""]
        parts = [(n, text) for n, text in zip(names, after, strict=True) if n is not None]
        key = max(head, *after, key=len)
        out.append(Shape(key, head, tuple(parts), _split(said)))
    return tuple(out)


def _split(template: str) -> tuple[tuple[str, str | None], ...]:
    return tuple((literal, name) for literal, name, _, _ in Formatter().parse(template))


@lru_cache(maxsize=1 << 14)
def pieces(language: str, text: str) -> Pieces:
    """Our own prose that stands in data, in pieces: the text of each and its language.

    A sentence that the product puts together is translated by the reading of a shape that leaves
    least of it in English. A part named said… must be translated itself for a shape to hold; of
    the others, what instruments and sources say stays English. Whole in English where nothing of it
    is translated.
    """
    said, its = prose(language, text)
    if its == language or not text or NEUTRAL.fullmatch(text):
        return ((said, language),)
    best: Pieces = ((text, "en"),)
    least = len(text)
    for shape in _shapes(language):
        if shape.key not in text or not text.startswith(shape.head):
            continue
        for parts in _readings(language, text[len(shape.head) :], shape.parts):
            found = _filled(shape, parts, language)
            left = sum(len(one) for one, its in found if its != language)
            if left < least:
                best, least = found, left
            if not left:
                return best
    return best


def _readings(
    language: str, text: str, parts: tuple[tuple[str, str], ...]
) -> Iterator[dict[str, Pieces]]:
    """Every way to cut a text into parts, each told in the language."""
    (name, after), rest = parts[0], parts[1:]
    at = text.find(after, 1) if rest else len(text) - len(after)
    while at > 0 and text.startswith(after, at):
        part = text[:at]
        kind = name.rstrip("0123456789")
        if kind not in CLOSED or CLOSED[kind].fullmatch(part):
            told = _part(language, kind, part)
            if not name.startswith("said") or all(its == language for _, its in told):
                if not rest:
                    yield {name: told}
                for more in _readings(language, text[at + len(after) :], rest) if rest else ():
                    yield {name: told, **more}
        at = text.find(after, at + 1) if rest else -1


def _part(language: str, kind: str, part: str) -> Pieces:
    """A part of a sentence in the language."""
    if kind in AS_WRITTEN:
        return ((part, language),)
    if kind == "n":
        return ((part.translate(SIGNS.get(language, {})), language),)
    return pieces(language, part)


def _filled(shape: Shape, parts: Mapping[str, Pieces], language: str) -> Pieces:
    out: list[tuple[str, str]] = []
    for literal, name in shape.said:
        out += [(literal, language)] if literal else []
        out += parts[name] if name else []
    return tuple(out)
