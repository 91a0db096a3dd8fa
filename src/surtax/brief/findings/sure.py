"""Findings on how sure we are."""

from __future__ import annotations

from collections.abc import Sequence

from surtax.brief import figures as fig
from surtax.brief.findings.common import EN, Row, Words
from surtax.words import say, sentence


def certainty(provinces: Sequence[Row], words: Words = EN) -> str:
    """Whether the sign of each province's change is certain over its range."""
    ranges = [both for r in provinces if (both := fig.ends(r.get("real_income")))]
    if not ranges:
        return sentence(words["f.sure.none"])
    across = sum(low <= 0 <= high for low, high in ranges)
    n = len(ranges)
    if across:
        return sentence(say(words, "f.sure.some", k=across, n=n))
    below = sum(high < 0 for _, high in ranges)
    if below in (0, n):
        side = words["f.side.below" if below else "f.side.above"]
        return sentence(say(words, "f.sure.all", n=n, side=side))
    return sentence(say(words, "f.sure.split", n=n))


def provisional(faults: int, words: Words = EN) -> str:
    """That the world is provisional, and how many faults of it are known."""
    key = {0: "f.provisional.zero", 1: "f.provisional.one"}.get(faults, "f.provisional")
    return say(words, key, n=faults)
