"""Findings on what the law costs whom: provinces, countries, workers."""

from __future__ import annotations

from collections.abc import Sequence

from surtax.brief import figures as fig
from surtax.brief.findings.common import EN, Row, Words, beside, extreme, level, region, regions
from surtax.words import say, sentence


def map_title(provinces: Sequence[Row], words: Words = EN) -> str:
    """Who loses most and who gains, among provinces."""
    values = [(r, v) for r in provinces if (v := level(r)) is not None]
    losers = sorted((x for x in values if x[1] < 0), key=lambda x: x[1])
    gainers = [x for x in values if x[1] > 0]
    if not losers and not gainers:
        return sentence(words["f.no_change"])
    if not losers:
        best = max(v for _, v in gainers)
        rows = [r for r, v in gainers if v == best]
        key = "f.gain.least" if len(rows) == 1 else "f.gain.least.tie"
        value = fig.plain(fig.change(best, words))
        return sentence(say(words, key, names=regions(rows, words), value=value))
    text = _losers(losers, words)
    if len(gainers) > 3:
        text += "; " + say(words, "f.gainers.many", n=len(gainers))
    elif gainers:
        key = "f.gainers.one" if len(gainers) == 1 else "f.gainers"
        text += "; " + say(words, key, names=regions([r for r, _ in gainers], words))
    return sentence(text)


def _losers(losers: Sequence[tuple[Row, float]], words: Words) -> str:
    """The largest loss, or the two largest where both stand apart; losers worst first."""
    worst = losers[0][1]
    rows = [r for r, v in losers if v == worst]
    if len(rows) == 1 and len(losers) > 2 and losers[1][1] < losers[2][1]:
        (first, v1), (second, v2) = losers[:2]
        return say(
            words,
            "f.lose.two",
            first=region(first, words),
            second=region(second, words),
            v1=fig.change(v1, words),
            v2=fig.change(v2, words),
        )
    key = "f.lose.most" if len(rows) == 1 else "f.lose.most.tie"
    value = fig.plain(fig.change(worst, words))
    return say(words, key, names=regions(rows, words), value=value)


def pair_title(a: Row, b: Row, words: Words = EN) -> str:
    """The change of real income in two places, the first against the second."""
    va, vb = level(a) or 0.0, level(b) or 0.0
    names = {"a": region(a, words), "b": region(b, words)}
    bare = {"va": fig.plain(fig.change(va, words)), "vb": fig.plain(fig.change(vb, words))}
    if va < 0 and vb < 0:
        if va < vb:
            ratio = fig.amount(va / vb, 0 if va / vb >= 10 else 1, words)
            return sentence(say(words, "f.pair.ratio", ratio=ratio, **names, **bare))
        key = "f.pair.equal" if va == vb else "f.pair.smaller"
        return sentence(say(words, key, **names, **bare))
    if va and vb:
        key = "f.pair.flip" if va < 0 else "f.pair.gain" if vb < 0 else "f.pair.both_gain"
        return sentence(say(words, key, **names, **bare))
    key = (
        "f.pair.both_zero" if not va and not vb else "f.pair.a_zero" if not va else "f.pair.b_zero"
    )
    return sentence(say(words, key, **names, va=fig.change(va, words), vb=fig.change(vb, words)))


def cost_sentence(canada: Row, provinces: Sequence[Row], usa: Row | None, words: Words = EN) -> str:
    """Canada's change with its range, the hardest hit province, and the United States'."""
    value = fig.middle(canada.get("real_income"))
    if value is None:
        return ""
    text = _cost(words, "f.cost", canada, value)
    worst, least = extreme(provinces, "real_income", largest=False, digits=4)
    if worst and least < 0 and len(worst) < 4:
        said = fig.change(least, words)
        if len(worst) == 1:
            said += beside(fig.span(worst[0]["real_income"], words)).replace(" (", ", ").rstrip(")")
        text += ", " + say(words, "f.cost.most", names=regions(worst, words), value=said)
    theirs = fig.middle(usa.get("real_income")) if usa else None
    if usa and theirs is not None:
        text += "; " + _cost(words, "f.cost.us", usa, theirs)
    return sentence(text)


def _cost(words: Words, key: str, row: Row, value: float) -> str:
    return say(
        words,
        key,
        place=region(row, words),
        value=fig.change(value, words),
        range=beside(fig.span(row["real_income"], words)),
    )


def workers_title(rows: Sequence[Row], words: Words = EN) -> str:
    """Where most workers in the sectors hit live, and where they weigh most."""
    counted = [r for r in rows if (r.get("workers_hit") or 0) > 0]
    if not counted:
        return sentence(words["f.workers.none"])
    top, most = extreme(counted, "workers_hit", largest=True, digits=0)
    key = "f.workers" if len(top) == 1 else "f.workers.tie"
    text = say(words, key, name=regions(top, words), n=fig.amount(most, 0, words))
    heavy, share = extreme(counted, "share_of_jobs", largest=True)
    if len(heavy) == 1:
        said = fig.rate(share, words)
        if len(top) == 1 and heavy[0]["region"] == top[0]["region"]:
            text += ", " + say(words, "f.workers.share_same", share=said)
        else:
            text += "; " + say(words, "f.workers.share", name=region(heavy[0], words), share=said)
    return sentence(text)
