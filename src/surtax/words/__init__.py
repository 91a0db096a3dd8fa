"""Every fixed string that people read on a page, by language: one catalogue for brief and desk.

A language is a folder of YAML files, one for each part of the product (``en/brief.yaml``,
``en/desk.yaml`` …), each a flat mapping of keys to texts with ``{names}`` to fill in. All files of
a language are one catalogue, so a key stands in one of them only. What instruments say stays in
the language of the instrument. Sentences of our own that stand in data are `surtax.words.told`'s.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from surtax.errors import UnknownNameError
from surtax.words.files import FOLDER, together
from surtax.words.grammar import forms
from surtax.words.told import PLACE, pieces, prose, sentences, shapes

__all__ = [
    "LANGUAGES", "catalogue", "low_first", "pieces", "prose", "say", "sentence", "sentences",
    "shapes", "spoken",
]  # fmt: skip

LANGUAGES = ("en", "fr")


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
    texts = together(FOLDER / language)
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
