"""Findings of the sections that go deeper, each from its rows by a rule."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from surtax.brief import figures as fig
from surtax.brief.findings.common import Row, Words, beside, extreme, region, sector
from surtax.words import low_first, say, sentence


def daily(brief: Row, words: Words) -> str:
    """The rate on the day of knowledge, and the day on which it rose or fell most until then."""
    rows = [r for r in brief["daily"] if str(r["from"]) <= str(brief["scenario"]["known"])]
    if len(rows) < 2:
        return ""
    moves = [
        {"day": b["from"], "by": float(b["rate"]) - float(a["rate"])} for a, b in pairwise(rows)
    ]
    most = max(moves, key=lambda m: abs(m["by"]))
    return say(
        words, "f.daily",
        first=fig.rate(float(rows[0]["rate"]), words), since=fig.day(str(rows[0]["from"]), words),
        last=fig.rate(float(rows[-1]["rate"]), words),
        day=fig.day(str(most["day"]), words), by=fig.points(most["by"], words),
    )  # fmt: skip


def published(brief: Row, words: Words) -> str:
    """How far published rates lie from ours."""
    gaps = [float(r["gap"]) for r in brief["published"]]
    low, high = (fig.points(g, words, 1) for g in (min(gaps), max(gaps)))
    return say(words, "f.published", n=len(gaps), low=low, high=high)


def each(brief: Row, words: Words, key: str) -> str:
    """Where the change for each household or person is worst, with its range."""
    rows, value = extreme(brief[key], "amount", largest=False, digits=0)
    if len(rows) != 1 or value >= 0:
        return ""

    def lost(amount: float) -> str:
        return fig.money(round(-amount, -1), _money(brief), words, 0)

    both = fig.ends(rows[0]["amount"])
    span = f"{lost(both[1])} {words['to']} {lost(both[0])}" if both else ""
    name = region(rows[0], words)
    return say(words, f"f.{key}", name=name, value=lost(value), range=beside(span))


def at_risk(brief: Row, words: Words) -> str:
    """The sector and province with most jobs on exports newly charged, and how many in all."""
    rows = brief["at_risk"]
    top = max(rows, key=lambda r: r["jobs"])
    total = sum(r["jobs"] for r in rows)
    return say(
        words, "f.at_risk", total=fig.amount(round(total, -3), 0, words),
        name=region(top, words), n=fig.amount(round(top["jobs"], -2), 0, words),
        sector=_sector(top, brief, words),
    )  # fmt: skip


def energy(brief: Row, words: Words) -> str:
    """What is charged on the largest of the energy exports, and how far it changes."""
    top = max(brief["energy"], key=lambda r: r["exports_before"])
    return say(
        words, "f.energy", sector=_sector(top, brief, words),
        rate=fig.rate(fig.middle(top["rate"]) or 0.0, words),
        value=fig.change(fig.middle(top["exports"]) or 0.0, words),
        range=beside(fig.span(top["exports"], words)),
    )  # fmt: skip


def sectors(brief: Row, words: Words) -> str:
    """The sector whose production falls most, and the one where it rises most."""
    rows = sorted(brief["sectors"], key=lambda r: fig.middle(r["output"]) or 0.0)
    low, high = (_by(row["output"], words) | {"name": _sector(row, brief, words)}
                 for row in (rows[0], rows[-1]))  # fmt: skip
    if (fig.middle(rows[0]["output"]) or 0.0) >= 0:
        return ""
    fall = say(words, "f.sectors", **low)
    if (fig.middle(rows[-1]["output"]) or 0.0) <= 0:
        return fall
    return f"{fall}; {say(words, 'f.sectors.rise', **high)}"


def horizons(brief: Row, words: Words) -> str:
    """The player's change at each horizon."""
    who = brief["total"]["region"] if brief.get("total") else brief["horizons"][0]["region"]
    rows = [r for r in brief["horizons"] if r["region"] == who]
    said = "; ".join(
        f"{low_first(words['horizon.' + str(r['horizon'])])} "
        f"{fig.change(fig.middle(r['real_income']) or 0.0, words)}"
        f"{beside(fig.span(r['real_income'], words))}"
        for r in rows
    )
    return say(words, "f.horizons", name=region(rows[0], words), list=said)


def who_pays(brief: Row, words: Words) -> str:
    """Which part of the largest importer's new duties foreign sellers bear."""
    top = max(brief["who_pays"], key=lambda r: fig.middle(r["taxes"]) or 0.0)
    share, both = fig.middle(top["exporters_share"]) or 0.0, fig.ends(top["exporters_share"])
    key = "f.who_pays" if share >= 0 else "f.who_pays.none"
    span = beside(fig.rate_span(*both, words) if both else "")
    return say(words, key, name=region(top, words), share=fig.rate(share, words), range=span)


def trade(brief: Row, words: Words) -> str:
    """The partners to which exports fall and rise most."""

    def moved(row: Row) -> float:
        return fig.middle(row["exports_change"]) or 0.0

    rows = sorted(brief["trade"], key=moved)
    low, high = rows[0], rows[-1]

    def money(row: Row) -> str:
        both = [x / 1e9 for x in fig.ends(row["exports_change"]) or ()]
        if both and both[0] * both[1] >= 0:
            both = sorted(map(abs, both))
        digits = max((fig.prose_digits(x) for x in both), default=0)
        write = fig.signed if both and both[0] < 0 else fig.amount
        span = f" {words['to']} ".join(write(x, digits, words) for x in both)
        return fig.billions(abs(moved(row)), _money(brief), words) + beside(span)

    if moved(low) >= 0 or moved(high) <= 0:
        return ""
    return say(
        words, "f.trade", low=region(low, words), fall=money(low), high=region(high, words),
        rise=money(high),
    )  # fmt: skip


def platforms(brief: Row, words: Words) -> str:
    """Which platform leaves the player best off."""
    rows, value = extreme(brief["platforms"], "real_income", largest=True, digits=4)
    if len(rows) != 1:
        return ""
    span = beside(fig.span(rows[0]["real_income"], words))
    return say(
        words, "f.platforms", name=rows[0]["title"], value=fig.change(value, words), range=span
    )


def settlement(brief: Row, words: Words) -> str:
    """What each side gains by the settlement, or that there is none."""
    told = brief["settlement"]
    if not told["agreed"]:
        return words["f.settlement.none"]
    said = [
        say(words, "f.settlement.one", name=region(p, words),
            value=fig.points(float(p["gain"]), words, 2))
        for p in told["payoffs"]
    ]  # fmt: skip
    return say(words, "f.settlement", list=f" {words['and']} ".join(said))


FINDINGS: dict[str, Callable[[Row, Words], str]] = {
    "daily": daily,
    "published": published,
    "per_household": lambda b, w: each(b, w, "per_household"),
    "per_person": lambda b, w: each(b, w, "per_person"),
    "at_risk": at_risk,
    "energy": energy,
    "sectors": sectors,
    "horizons": horizons,
    "who_pays": who_pays,
    "trade": trade,
    "platforms": platforms,
    "settlement": settlement,
}


def deeper(brief: Row, words: Words) -> dict[str, str]:
    """The finding of each section for which the brief has rows and the rule says something."""
    found = {n: rule(brief, words) for n, rule in FINDINGS.items() if brief.get(n)}
    return {name: sentence(text) for name, text in found.items() if text}


def _by(change: object, words: Words) -> dict[str, str]:
    """How far something falls or rises, without its sign, and its range beside it."""
    value, both = fig.middle(change) or 0.0, fig.ends(change)
    span = fig.span(change, words)
    if both and both[0] * both[1] >= 0:
        least, most = sorted(abs(x) for x in both)
        span = fig.rate_span(least, most, words, fig.prose_digits(value * 100))
    return {"value": fig.rate(abs(value), words), "range": beside(span)}


def _money(brief: Row) -> str:
    return str((brief.get("revenue") or {}).get("currency") or "CAD")


def _sector(row: Row, brief: Row, words: Words) -> str:
    return sector(str(row["sector"]), words, str(brief["scenario"]["world"]))
