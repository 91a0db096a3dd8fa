"""What tariff lines of the United States are called, and lines found by words of their names.

Names are the schedule's own (US International Trade Commission, Harmonized Tariff Schedule), from
the heading down to the line; `scripts/build_goods_names.py` makes the table.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from importlib import resources
from pathlib import Path

import polars as pl

STEP = " › "
"""Stands between the descriptions of a name, the widest first."""
_WORD = re.compile(r"[^\W_]+")


@cache
def names() -> Mapping[str, str]:
    """The name of each eight-digit line."""
    path = Path(str(resources.files("surtax.ledger").joinpath("data", "hts_names.parquet")))
    return dict(pl.read_parquet(path).iter_rows())


@cache
def _index() -> tuple[list[str], dict[str, frozenset[str]]]:
    """The words of all names in order, and the lines of each."""
    found: dict[str, set[str]] = defaultdict(set)
    for line, name in names().items():
        for word in set(_WORD.findall(name.casefold())):
            found[word].add(line)
    return sorted(found), {word: frozenset(lines) for word, lines in found.items()}


def search(text: str, weight: Mapping[str, float], most: int = 20) -> list[str]:
    """Lines whose names hold every word of a text, or words that begin so.

    Args:
        text: words of the schedule, in English.
        weight: what counts first among equals, by line: their trade, say.
        most: lines that are given.

    Returns:
        Eight-digit lines; those with the whole words first, singular or plural.
    """
    words, lines = _index()
    score: dict[str, float] | None = None
    for asked in _WORD.findall(text.casefold()):
        here: dict[str, float] = {}
        for k in range(bisect_left(words, asked), len(words)):
            if not words[k].startswith(asked):
                break
            whole = words[k] in (asked, f"{asked}s", f"{asked}es")
            for line in lines[words[k]]:
                here[line] = max(here.get(line, 0.0), 2.0 if whole else 1.0)
        score = here if score is None else {
            line: score[line] + here[line] for line in score.keys() & here.keys()
        }  # fmt: skip
    found = score or {}
    return sorted(found, key=lambda line: (-found[line], -weight.get(line, 0.0), line))[:most]
