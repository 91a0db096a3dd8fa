"""Every fixed string that people read on a page, by language: one catalogue for brief and desk.

A language is a folder of YAML files, one for each part of the product (``en/brief.yaml``,
``en/desk.yaml`` …), each a flat mapping of keys to texts with ``{names}`` to fill in. All files of
a language are one catalogue, so a key stands in one of them only. What instruments say stays in
the language of the instrument.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import yaml

from surtax.errors import DataError, UnknownNameError

LANGUAGES = ("en", "fr")

_FOLDER = Path(__file__).parent


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
        part = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
        twice = sorted(texts.keys() & part.keys())
        if twice:
            raise DataError(f"“{twice[0]}” stands in two files.", where=file.name, mend="Keep one.")
        texts |= {key: str(text) for key, text in part.items()}
    return texts


def say(words: Mapping[str, str], key: str, **parts: object) -> str:
    """The string of that key with its parts filled in."""
    return words[key].format(**parts) if parts else words[key]


def listed(words: Mapping[str, str], names: Sequence[str]) -> str:
    """“A”, “A and B”, “A, B and C”."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {words['and']} {names[-1]}"


def placed(words: Mapping[str, str], name: str) -> str:
    """A place's name inside a sentence, with its article."""
    if name.startswith(tuple(words["the_before"].split("|"))):
        return "the " + (low_first(name) if name.startswith("Rest") else name)
    return name


def low_first(text: str) -> str:
    """The text as it stands inside a sentence: small first letter, acronyms kept."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def sentence(text: str) -> str:
    """The text with a capital and a full stop."""
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "!", "?")) else text + "."
