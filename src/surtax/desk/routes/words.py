"""Texts of the pages by language."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter

from surtax import words as room

router = APIRouter(prefix="/api/words", tags=["words"])


@router.get("/{language}")
def words(language: Literal["en", "fr"]) -> dict[str, str]:
    """Every fixed text by key; {names} in braces are to be filled in."""
    return dict(room.catalogue(language))


@router.get("/{language}/prose")
def prose(language: Literal["en", "fr"]) -> dict[str, str]:
    """Prose that stands in data, written in English, by its English; what is missing stays so."""
    return dict(room.sentences(language))


@router.get("/{language}/shapes")
def shapes(language: Literal["en", "fr"]) -> dict[str, str]:
    """Sentences with parts, by their English; what is in braces is a part."""
    return dict(room.shapes(language))
