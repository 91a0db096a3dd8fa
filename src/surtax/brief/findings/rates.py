"""Findings on effective rates: the level, partners and sectors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from surtax.brief import figures as fig
from surtax.brief.findings.common import EN, Row, Words, extreme, goods, partner
from surtax.words import say, sentence
from surtax.words.grammar import listed, named

AHEAD = ("signed", "threatened")


def effective_rate(
    into: str,
    rates: Mapping[str, float | None],
    before: str,
    words: Words = EN,
    ends: Mapping[str, tuple[float, float]] | None = None,
) -> str:
    """The effective rate in force, how far it is from before, and where it is going.

    Args:
        into: the importing place's code.
        rates: the rate in each state of the law.
        before: the day before the dispute.
        words: the catalogue.
        ends: low and high of the rates that have a range.
    """
    ends = ends or {}
    now, then = rates.get("in_force"), rates.get("before")
    if now is None:
        return ""
    day = fig.day(before, words)
    if then is None or round(now - then, 4) == 0:
        moved = say(words, "f.etr.same", before=day)
    else:
        key = "f.etr.up" if now > then else "f.etr.down"
        moved = say(words, key, pp=fig.plain(fig.points(now - then, words)), before=day)
    text = say(
        words,
        "f.etr",
        into=named(words, "place", into),
        rate=fig.rate(now, words),
        range=_span(ends.get("in_force"), words),
        change=moved,
    )
    ahead = []
    last = now
    for state in AHEAD:
        value = rates.get(state)
        if value is not None and round(value - last, 4) != 0:
            said = fig.rate(value, words) + _span(ends.get(state), words)
            ahead.append(say(words, f"f.etr.{state}", rate=said))
            last = value
    return sentence(f"{text}; {listed(words, ahead)}" if ahead else text)


def _span(ends: tuple[float, float] | None, words: Words) -> str:
    """The range in brackets, unless its ends are one when printed."""
    if ends is None or len({fig.rate(x, words) for x in ends}) == 1:
        return ""
    return f" ({fig.rate_span(*ends, words)})"


def partner_title(rows: Sequence[Row], own: str, before: str, words: Words = EN) -> str:
    """On whose goods rates rose most, and what goods of `own` owe."""
    rises = [
        {**r, "rise": r["in_force"] - r["before"]}
        for r in rows
        if r.get("in_force") is not None and r.get("before") is not None
    ]
    top, best = extreme(rises, "rise", largest=True)
    if not top or round(best, 4) <= 0:
        text = say(words, "f.partner.none", before=fig.day(before, words))
    else:
        names = listed(words, [partner(r, words) for r in top])
        moved = fig.plain(fig.points(best, words))
        text = (
            say(words, "f.partner.tie", names=names, change=moved)
            if len(top) > 1
            else say(
                words,
                "f.partner",
                names=names,
                change=moved,
                rate=fig.rate(top[0]["in_force"], words),
            )
        )
    for row in rows:
        shown_already = len(top) == 1 and top[0]["partner"] == row["partner"]
        if row["partner"] == own and row.get("in_force") is not None and not shown_already:
            rate = fig.rate(row["in_force"], words)
            text += "; " + say(words, "f.partner.own", place=partner(row, words), rate=rate)
    return sentence(text)


def sector_title(rows: Sequence[Row], place: str, words: Words = EN) -> str:
    """Which goods of a place owe most today, and which would with what is ahead.

    Args:
        rows: rates by sector.
        place: the code of the place the goods come from.
        words: the catalogue.
    """
    top, best = extreme(rows, "in_force", largest=True)
    origin = named(words, "place", place)
    if not top or round(best, 4) <= 0:
        text = say(words, "f.sector.none", place=origin)
    else:
        key = "f.sector.tie" if len(top) > 1 else "f.sector"
        text = say(words, key, place=origin, names=goods(top, words), rate=fig.rate(best, words))
    later, peak = extreme(rows, "threatened", largest=True)
    if (
        later
        and round(peak - max(best, 0.0), 3) > 0
        and [r["sector"] for r in later] != [r["sector"] for r in top]
    ):
        rate = fig.rate(peak, words)
        text += "; " + say(words, "f.sector.ahead", names=goods(later, words), rate=rate)
    return sentence(text)
