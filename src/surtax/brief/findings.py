"""Findings: sentences made from numbers by rules, the titles of charts and the summary.

A tie is judged on the figures as they are printed: two provinces at −1.2 % are level, whatever
the third digit says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from surtax.brief import figures as fig
from surtax.words import catalogue, listed, low_first, placed, say, sentence

Row = Mapping[str, Any]
Words = Mapping[str, str]

EN = catalogue("en")
AHEAD = ("signed", "threatened")


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
        in_force: name of imposer and its number of measures.
        signed: measures signed for a later day.
        threatened: measures threatened.
        unknown: how many of those have no published rate.
        words: the catalogue.
    """
    now = [
        say(words, "f.law.us.one" if n == 1 else "f.law.us", place=placed(words, who), n=n)
        for who, n in in_force
        if n
    ]
    head = say(
        words,
        "f.law",
        on=fig.day(on, words),
        counts=listed(words, now) if now else words["f.law.none"],
    )
    tail = [
        say(words, f"f.law.later.{state}" + (".one" if n == 1 else ""), n=n)
        for state, n in (("signed", signed), ("threatened", threatened))
        if n
    ]
    last = listed(words, tail) if tail else words["f.law.nothing_later"]
    if unknown:
        last += say(words, "f.law.unknown", n=unknown)
    return sentence(say(words, "f.law.title", head=head, tail=last))


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


def effective_rate(
    into: str,
    rates: Mapping[str, float | None],
    before: str,
    words: Words = EN,
    ends: Mapping[str, tuple[float, float]] | None = None,
) -> str:
    """The effective rate in force, how far it is from before, and where it is going.

    Args:
        into: the importing place.
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
        moved = say(words, key, pp=fig.plain(fig.points(now - then)), before=day)
    text = say(
        words,
        "f.etr",
        into=placed(words, into),
        rate=fig.rate(now),
        change=moved,
        before="",
    ).rstrip()
    ahead = []
    last = now
    for state in AHEAD:
        value = rates.get(state)
        if value is not None and round(value - last, 4) != 0:
            said = fig.rate(value)
            low, high = ends.get(state, (value, value))
            if round(high - low, 3) != 0:
                said += f" ({fig.rate(low)} {words['to']} {fig.rate(high)})"
            ahead.append(say(words, f"f.etr.{state}", rate=said))
            last = value
    return sentence(f"{text}; {listed(words, ahead)}" if ahead else text)


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
        names = listed(words, [placed(words, str(r["name"])) for r in top])
        moved = fig.plain(fig.points(best))
        text = (
            say(words, "f.partner.tie", names=names, change=moved)
            if len(top) > 1
            else say(
                words, "f.partner", names=names, change=moved, rate=fig.rate(top[0]["in_force"])
            )
        )
    for row in rows:
        shown_already = len(top) == 1 and top[0]["partner"] == row["partner"]
        if row["partner"] == own and row.get("in_force") is not None and not shown_already:
            name = placed(words, str(row["name"]))
            text += "; " + say(words, "f.partner.own", place=name, rate=fig.rate(row["in_force"]))
    return sentence(text)


def sector_title(rows: Sequence[Row], place: str, words: Words = EN) -> str:
    """Which goods of a place owe most today, and which would with what is ahead."""
    top, best = extreme(rows, "in_force", largest=True)
    if not top or round(best, 4) <= 0:
        text = say(words, "f.sector.none", place=placed(words, place))
    else:
        names = listed(words, [low_first(str(r["name"])) for r in top])
        key = "f.sector.tie" if len(top) > 1 else "f.sector"
        text = say(words, key, place=placed(words, place), names=names, rate=fig.rate(best))
    later, peak = extreme(rows, "threatened", largest=True)
    if (
        later
        and round(peak - max(best, 0.0), 3) > 0
        and [r["sector"] for r in later] != [r["sector"] for r in top]
    ):
        names = listed(words, [low_first(str(r["name"])) for r in later])
        text += "; " + say(words, "f.sector.ahead", names=names, rate=fig.rate(peak))
    return sentence(text)


def map_title(provinces: Sequence[Row], words: Words = EN) -> str:
    """Who loses most and who gains, among provinces."""
    values = [(str(r["name"]), v) for r in provinces if (v := _level(r)) is not None]
    losers = sorted((x for x in values if x[1] < 0), key=lambda x: x[1])
    gainers = [x for x in values if x[1] > 0]
    if not losers and not gainers:
        return sentence(words["f.no_change"])
    if not losers:
        best = max(v for _, v in gainers)
        names = [n for n, v in gainers if v == best]
        key = "f.gain.least" if len(names) == 1 else "f.gain.least.tie"
        return sentence(
            say(words, key, names=listed(words, names), value=fig.plain(fig.change(best)))
        )
    worst = losers[0][1]
    names = [n for n, v in losers if v == worst]
    if len(names) > 1:
        text = say(
            words,
            "f.lose.most.tie",
            names=listed(words, names),
            value=fig.plain(fig.change(worst)),
        )
    elif len(losers) > 2 and losers[1][1] < losers[2][1]:
        (first, v1), (second, v2) = losers[:2]
        text = say(
            words,
            "f.lose.two",
            first=first,
            second=second,
            v1=fig.change(v1),
            v2=fig.change(v2),
        )
    else:
        text = say(words, "f.lose.most", names=names[0], value=fig.plain(fig.change(worst)))
    if len(gainers) > 3:
        text += "; " + say(words, "f.gainers.many", n=len(gainers))
    elif gainers:
        key = "f.gainers.one" if len(gainers) == 1 else "f.gainers"
        text += "; " + say(words, key, names=listed(words, [n for n, _ in gainers]))
    return sentence(text)


def _level(row: Row, key: str = "real_income") -> float | None:
    """The change as it is printed, so that ties are the reader's ties."""
    value = fig.middle(row.get(key))
    return None if value is None else round(value, 4 if abs(value) < 0.1 else 3)


def pair_title(a: Row, b: Row, words: Words = EN) -> str:
    """The change of real income in two places, the first against the second."""
    va, vb = _level(a) or 0.0, _level(b) or 0.0
    names = {"a": placed(words, str(a["name"])), "b": placed(words, str(b["name"]))}
    bare = {"va": fig.plain(fig.change(va)), "vb": fig.plain(fig.change(vb))}
    if va < 0 and vb < 0:
        if va == vb:
            key = "f.pair.equal"
        elif va < vb:
            ratio = va / vb
            return sentence(
                say(
                    words,
                    "f.pair.ratio",
                    ratio=f"{ratio:,.0f}" if ratio >= 10 else f"{ratio:.1f}",
                    **names,
                    **bare,
                )
            )
        else:
            key = "f.pair.smaller"
        return sentence(say(words, key, **names, **bare))
    if va and vb:
        key = "f.pair.flip" if va < 0 else "f.pair.gain" if vb < 0 else "f.pair.both_gain"
        return sentence(say(words, key, **names, **bare))
    key = (
        "f.pair.both_zero" if not va and not vb else "f.pair.a_zero" if not va else "f.pair.b_zero"
    )
    return sentence(say(words, key, **names, va=fig.change(va), vb=fig.change(vb)))


def cost_sentence(canada: Row, provinces: Sequence[Row], usa: Row | None, words: Words = EN) -> str:
    """Canada's change with its range, the hardest hit province, and the United States'."""
    value = fig.middle(canada.get("real_income"))
    if value is None:
        return ""
    text = _cost(words, "f.cost", canada, value)
    worst, least = extreme(provinces, "real_income", largest=False, digits=4)
    if worst and least < 0 and len(worst) < 4:
        text += ", " + say(
            words,
            "f.cost.most",
            names=listed(words, [str(r["name"]) for r in worst]),
            value=fig.change(least),
        )
    theirs = fig.middle(usa.get("real_income")) if usa else None
    if usa and theirs is not None:
        text += "; " + _cost(words, "f.cost.us", usa, theirs)
    return sentence(text)


def _cost(words: Words, key: str, row: Row, value: float) -> str:
    text = say(
        words,
        key,
        place=placed(words, str(row["name"])),
        value=fig.change(value),
        range=fig.span(row["real_income"], words),
    )
    return text.replace(" ()", "")


def workers_title(rows: Sequence[Row], words: Words = EN) -> str:
    """Where most workers in the sectors hit live, and where they weigh most."""
    counted = [r for r in rows if (r.get("workers_hit") or 0) > 0]
    if not counted:
        return sentence(words["f.workers.none"])
    top, most = extreme(counted, "workers_hit", largest=True, digits=0)
    names = listed(words, [str(r["name"]) for r in top])
    key = "f.workers" if len(top) == 1 else "f.workers.tie"
    text = say(words, key, name=names, n=fig.figure_amount(most, 0))
    heavy, share = extreme(counted, "share_of_jobs", largest=True)
    if len(heavy) == 1:
        if len(top) == 1 and heavy[0]["region"] == top[0]["region"]:
            text += ", " + say(words, "f.workers.share_same", share=fig.rate(share))
        else:
            name = str(heavy[0]["name"])
            text += "; " + say(words, "f.workers.share", name=name, share=fig.rate(share))
    return sentence(text)


def best_response(rows: Sequence[Row], words: Words = EN) -> str:
    """Which response costs Canada least, and whether the ranges let us say so."""
    valued = [r for r in rows if fig.middle(r.get("real_income_canada")) is not None]
    if not valued:
        return ""
    top, best = extreme(valued, "real_income_canada", largest=True, digits=4)
    names = [f"“{r['title']}”" for r in top]
    if len(valued) == 1:
        return sentence(say(words, "f.best.one", name=valued[0]["title"], value=fig.change(best)))
    if len(top) > 1:
        text = say(words, "f.best.tie", names=listed(words, names), value=fig.change(best))
        return sentence(text)
    key = "f.best.least_loss" if best < 0 else "f.best.gain"
    text = say(words, key, name=top[0]["title"], value=fig.change(best))
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
    return sentence(
        say(words, "f.best.ratio", name=top[0]["title"], ratio=fig.figure_amount(best, 2))
    )


def revenue_title(
    rows: Sequence[Row], titles: Mapping[str, str], unit: str, words: Words = EN
) -> str:
    """Which response raises most duty, and what that is for each worker hit.

    Args:
        rows: rows of the revenue table.
        titles: the title of each response.
        unit: the unit of the duty, which closes the figure.
        words: the catalogue.
    """
    top, best = extreme(rows, "duty", largest=True, digits=1)
    if not top or round(best, 1) <= 0:
        return sentence(words["f.revenue.none"])
    money = fig.quantity(best, unit)
    if len(top) > 1:
        names = [f"“{titles.get(str(r['response']), r['response'])}”" for r in top]
        return sentence(say(words, "f.revenue.tie", names=listed(words, names), value=money))
    name = titles.get(str(top[0]["response"]), str(top[0]["response"]))
    return sentence(say(words, "f.revenue", name=name, value=money))


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
