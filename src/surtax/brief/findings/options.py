"""Findings on what can be done: which response costs least, and what duties raise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from surtax.brief import figures as fig
from surtax.brief.findings.common import EN, Row, Words, beside, extreme, quoted
from surtax.words import say, sentence


def best_response(rows: Sequence[Row], words: Words = EN) -> str:
    """Which response costs Canada least, and whether the ranges let us say so."""
    valued = [r for r in rows if fig.middle(r.get("real_income_canada")) is not None]
    if not valued:
        return ""
    top, best = extreme(valued, "real_income_canada", largest=True, digits=4)
    value = fig.change(best, words)
    span = beside(fig.span(top[0]["real_income_canada"], words))
    if len(valued) == 1:
        name = valued[0]["title"]
        return sentence(say(words, "f.best.one", name=name, value=value, range=span))
    if len(top) > 1:
        names = quoted([r["title"] for r in top], words)
        return sentence(say(words, "f.best.tie", names=names, value=value))
    key = "f.best.least_loss" if best < 0 else "f.best.gain"
    text = say(words, key, name=top[0]["title"], value=value, range=span)
    mine = fig.ends(top[0]["real_income_canada"])
    others = [fig.ends(r["real_income_canada"]) for r in valued if r is not top[0]]
    if mine and all(others):
        overlap = any(o and o[1] >= mine[0] for o in others)
        text += "; " + words["f.best.overlap" if overlap else "f.best.clear"]
    return sentence(text)


def best_ratio(rows: Sequence[Row], words: Words = EN) -> str:
    """Which response adds least loss in Canada per unit that it adds on the other side.

    A ratio below zero means that one side gains, and then the ratios cannot be ranked.
    """
    rated = [r for r in rows if r.get("cost_ratio") is not None]
    top, best = extreme(rated, "cost_ratio", largest=False, digits=2)
    if len(rated) < 2 or len(top) != 1 or best < 0:
        return ""
    ratio = fig.amount(best, 2, words)
    return sentence(say(words, "f.best.ratio", name=top[0]["title"], ratio=ratio))


def revenue_title(
    rows: Sequence[Row], titles: Mapping[str, str], currency: str, words: Words = EN
) -> str:
    """Which response raises most duty, with its range.

    Args:
        rows: rows of the revenue table, duties in billions.
        titles: the title of each response.
        currency: of the duties.
        words: the catalogue.
    """
    top, best = extreme(rows, "duty", largest=True, digits=1)
    if not top or round(best, 1) <= 0:
        return sentence(words["f.revenue.none"])
    money = fig.billions(best * 1e9, currency, words)
    if len(top) > 1:
        names = quoted([titles.get(str(r["response"]), str(r["response"])) for r in top], words)
        return sentence(say(words, "f.revenue.tie", names=names, value=money))
    name = titles.get(str(top[0]["response"]), str(top[0]["response"]))
    money += beside(fig.number_span(top[0]["duty"], words))
    return sentence(say(words, "f.revenue", name=name, value=money))
