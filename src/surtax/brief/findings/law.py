"""Findings on the law: how many measures stand, and what is due next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from surtax.brief import figures as fig
from surtax.brief.findings.common import EN
from surtax.words import say, sentence
from surtax.words.grammar import listed, named

Words = Mapping[str, str]


def law_counts(
    on: str,
    in_force: Sequence[tuple[str, int]],
    signed: int,
    threatened: int,
    unknown: int,
    words: Words = EN,
) -> str:
    """How many measures are in force, by imposer, and how many are to come.

    Args:
        on: the day of the law.
        in_force: code of imposer and its number of measures.
        signed: measures signed for a later day.
        threatened: measures threatened.
        unknown: how many of those have no published rate.
        words: the catalogue.
    """
    now = [
        say(words, "f.law.us.one" if n == 1 else "f.law.us", place=named(words, "place", who), n=n)
        for who, n in in_force
        if n
    ]
    tail = [
        say(words, f"f.law.later.{state}" + (".one" if n == 1 else ""), n=n)
        for state, n in (("signed", signed), ("threatened", threatened))
        if n
    ]
    last = str(listed(words, tail)) if tail else words["f.law.nothing_later"]
    if unknown:
        last += say(words, "f.law.unknown", n=unknown)
    counts = listed(words, now) if now else words["f.law.none"]
    return sentence(say(words, "f.law", on=fig.day(on, words), counts=counts, tail=last))


def next_days(due: Sequence[tuple[str, str, int]], words: Words = EN) -> str:
    """What takes effect next, on at most three days; empty if nothing is due.

    Args:
        due: day, state (signed or threatened) and number of measures, by day.
        words: the catalogue.
    """
    by_day: dict[str, list[str]] = {}
    for iso, state, n in due:
        key = f"f.next.{state}" + (".one" if n == 1 else "")
        by_day.setdefault(iso, []).append(say(words, key, n=n))
    parts = [
        say(words, "f.next.day", measures=listed(words, texts), day=fig.day(iso, words))
        for iso, texts in list(by_day.items())[:3]
    ]
    return sentence(say(words, "f.next", days="; ".join(parts))) if parts else ""
