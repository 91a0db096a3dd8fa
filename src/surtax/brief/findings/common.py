"""What every finding needs: rows that tie, names of places, quotation marks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from surtax.brief import figures as fig
from surtax.words import catalogue, low_first, say
from surtax.words.grammar import Name, listed, named

Row = Mapping[str, Any]
Words = Mapping[str, str]

EN = catalogue("en")


def extreme(
    rows: Sequence[Row], key: str, *, largest: bool, digits: int = 3
) -> tuple[list[Row], float]:
    """The rows that hold the largest or smallest value, ties included, and that value.

    Args:
        rows: rows, each with a number or a quantity under `key`.
        key: the name of the figure.
        largest: whether the largest is sought.
        digits: decimals of the fraction at which two values are level.
    """
    valued = [(r, v) for r in rows if (v := fig.middle(r.get(key))) is not None]
    if not valued:
        return [], 0.0
    best = (max if largest else min)(v for _, v in valued)
    return [r for r, v in valued if round(v, digits) == round(best, digits)], best


def level(row: Row, key: str = "real_income") -> float | None:
    """The change as it is printed, so that ties are the reader's ties."""
    value = fig.middle(row.get(key))
    return None if value is None else round(value, 4 if abs(value) < 0.1 else 3)


def region(row: Row, words: Words) -> Name:
    """A region of a world inside a sentence."""
    return named(words, "region", str(row["region"]), str(row.get("name") or ""))


def partner(row: Row, words: Words) -> Name:
    """A partner in trade inside a sentence."""
    return named(words, "place", str(row["partner"]), str(row.get("name") or ""))


def regions(rows: Sequence[Row], words: Words) -> Name:
    """Regions in a list."""
    return listed(words, [region(r, words) for r in rows])


def sector(code: str, words: Words, world: str = "", otherwise: str = "") -> str:
    """A sector's name; in a world that names it otherwise, that name."""
    return words.get(f"sector.{world}.{code}") or words.get(f"sector.{code}") or otherwise or code


def goods(rows: Sequence[Row], words: Words) -> str:
    """Sectors in a list inside a sentence."""
    names = [low_first(sector(str(r["sector"]), words, "", str(r.get("name") or ""))) for r in rows]
    quoted = [say(words, "f.goods", name=n) for n in names]
    return listed(words, quoted)


def quoted(titles: Sequence[str], words: Words) -> str:
    """Titles in quotation marks, in a list."""
    return listed(words, [say(words, "quote", text=t) for t in titles])


def beside(text: str) -> str:
    """A range in brackets after its figure; empty if there is none."""
    return f" ({text})" if text else ""
