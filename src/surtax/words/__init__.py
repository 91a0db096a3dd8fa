"""Every fixed string that people read on a page, by language: one catalogue for brief and desk.

A language is a folder of YAML files, one for each part of the product (``en/brief.yaml``,
``en/desk.yaml`` …), each a flat mapping of keys to texts with ``{names}`` to fill in. All files of
a language are one catalogue, so a key stands in one of them only. What instruments say stays in
the language of the instrument.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from surtax.errors import DataError, UnknownNameError
from surtax.words.grammar import forms

LANGUAGES = ("en", "fr")
PLACE = re.compile(r"(?:place|region)\.[^.]+")
"""Keys of places, whose forms with a preposition are made by rule."""

_FOLDER = Path(__file__).parent
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _read(file: Path) -> Any:
    return yaml.load(file.read_text(encoding="utf-8"), Loader=_LOADER)


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
    texts: dict[str, str] = {}
    for file in sorted((_FOLDER / language).glob("*.yaml")):
        part = _read(file) or {}
        twice = sorted(texts.keys() & part.keys())
        if twice:
            raise DataError(f"“{twice[0]}” stands in two files.", where=file.name, mend="Keep one.")
        texts |= {key: str(text) for key, text in part.items()}
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
    file = _FOLDER / "prose" / f"{language}.yaml"
    if not file.is_file():
        return {}
    pairs = _read(file) or []
    return {one[key]: one[language] for one in pairs for key in (language, "en")}


def prose(language: str, text: str) -> tuple[str, str]:
    """Our own prose that stands in data, written in English: its text and language.

    The text comes back as it is, in English, where nobody translated it; a translation is its own.
    """
    found = _prose(language).get(text)
    return (text, "en") if found is None else (found, language)


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
