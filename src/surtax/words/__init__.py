"""Every fixed string that people read on a page, by language: one catalogue for brief and desk.

A language is a folder of YAML files, one for each part of the product (``en/brief.yaml``,
``en/desk.yaml`` …), each a flat mapping of keys to texts with ``{names}`` to fill in. All files of
a language are one catalogue, so a key stands in one of them only. What instruments say stays in
the language of the instrument. Our own sentences that stand in data are written there in English;
``prose/fr/*.yaml`` give their French by the English sentence.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from string import Formatter

import yaml

from surtax.errors import DataError, UnknownNameError
from surtax.words.grammar import forms

LANGUAGES = ("en", "fr")
PLACE = re.compile(r"(?:place|region)\.[^.]+")
"""Keys of places, whose forms with a preposition are made by rule."""

_FOLDER = Path(__file__).parent
_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_NEUTRAL = re.compile(r"\d{4}-\d\d-\d\d|[\d.,]+ ?%?|[a-z]+(?:_[a-z]+)+")
"""Days, numbers, rates and names of facts, which are of no language."""


def _read(file: Path) -> dict[str, str]:
    return yaml.load(file.read_text(encoding="utf-8"), Loader=_LOADER) or {}


def _every(folder: Path) -> dict[str, str]:
    """The texts of all files of a folder, each key in one of them only."""
    texts: dict[str, str] = {}
    for file in sorted(folder.glob("*.yaml")):
        part = _read(file)
        twice = sorted(texts.keys() & part.keys())
        if twice:
            raise DataError(f"“{twice[0]}” stands in two files.", where=file.name, mend="Keep one.")
        texts |= part
    return texts


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """All texts of a language by key.

    Raises:
        UnknownNameError: a language that the product does not speak.
        DataError: a key that two files give.
    """
    if language not in LANGUAGES:
        raise UnknownNameError(
            f"there is no language “{language}”.", mend=f"Languages: {', '.join(LANGUAGES)}."
        )
    texts = _every(_FOLDER / language)
    for key, text in [(k, t) for k, t in texts.items() if PLACE.fullmatch(k)]:
        for form, said in forms(language, text).items():
            texts.setdefault(f"{key}.{form}", said)
    return texts


def spoken(asked: str) -> tuple[str, ...]:
    """The languages of “en”, “fr” or “both”.

    Raises:
        UnknownNameError: another word.
    """
    if asked == "both":
        return LANGUAGES
    catalogue(asked)
    return (asked,)


@cache
def _prose(language: str) -> Mapping[str, str]:
    pairs = _every(_FOLDER / "prose" / language)
    return {said: said for said in pairs.values()} | pairs


def prose(language: str, text: str) -> tuple[str, str]:
    """Our own prose that stands in data, written in English: its text and language.

    The text comes back as it is, in English, where nobody translated it; a translation is its own.
    """
    found = _prose(language).get(text)
    return (text, "en") if found is None else (found, language)


@cache
def _shapes(language: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Sentences that are put together: what they match in English, and the template."""
    file = _FOLDER / "prose" / f"{language}-shapes.yaml"
    named = re.compile(r"\\{([a-z]+)\\}")

    def shape(text: str) -> re.Pattern[str]:
        return re.compile(named.sub(_part, re.escape(text)))

    pairs = _read(file) if file.is_file() else {}
    return tuple((shape(english), said) for english, said in pairs.items())


def _part(name: re.Match[str]) -> str:
    return rf"(?P<{name[1]}>\d{{4}}-\d\d-\d\d)" if name[1] == "day" else rf"(?P<{name[1]}>.+)"


def pieces(language: str, text: str) -> list[tuple[str, str]]:
    """Our own prose that stands in data, in pieces: the text of each and its language.

    A sentence that the product puts together is translated by its shape; what instruments and
    sources say within it stays English. Whole in English where nothing of it is translated.
    """
    said, its = prose(language, text)
    if its == language or not text or _NEUTRAL.fullmatch(text):
        return [(said, language)]
    for shape, template in _shapes(language):
        found = shape.fullmatch(text)
        if found is None:
            continue
        parts = {name: pieces(language, part) for name, part in found.groupdict().items()}
        ours = [p for name, p in parts.items() if name.startswith("said")]
        if all(any(its == language for _, its in part) for part in ours):
            out: list[tuple[str, str]] = []
            for literal, name, _, _ in Formatter().parse(template):
                out += [(literal, language)] if literal else []
                out += parts[name] if name else []
            return out
    return [(text, "en")]


def sentences(language: str) -> Mapping[str, str]:
    """All of that prose that was translated, by its English; nothing for English itself."""
    return _prose(language)


def say(words: Mapping[str, str], key: str, **parts: object) -> str:
    """The string of that key with its parts filled in."""
    return words[key].format(**parts) if parts else words[key]


def low_first(text: str) -> str:
    """The text as it stands inside a sentence: small first letter, acronyms kept."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def sentence(text: str) -> str:
    """The text with a capital and a full stop."""
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "!", "?")) else text + "."
