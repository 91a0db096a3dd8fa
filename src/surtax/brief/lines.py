"""Lines over two axes drawn as SVG: the rate from day to day, and the frontier of a settlement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from itertools import pairwise
from typing import Any

from surtax.brief import figures as fig
from surtax.brief.charts import steps
from surtax.brief.svg import NARROW, WIDE, Picture, wrap

Row = Mapping[str, Any]
Words = Mapping[str, str]
Ticks = Sequence[tuple[float, str]]
HEIGHT = 220.0
LEAST = 5e-4
"""The smallest change of the rate that bears a number."""


@dataclass(frozen=True)
class Line:
    """A line: its points, and whether it is of what is signed only, dashed then."""

    points: tuple[tuple[float, float], ...]
    ahead: bool = False


@dataclass(frozen=True)
class Mark:
    """A dot with its number or label."""

    x: float
    y: float
    label: str
    said: str = ""


@dataclass(frozen=True)
class Axes:
    """What stands along the axes: ticks, and what is measured."""

    x: Ticks
    y: Ticks
    across: str
    up: str


def draw(
    name: str, title: str, alt: str, lines: Sequence[Line], marks: Sequence[Mark], axes: Axes
) -> Picture:
    """Both drawings."""
    wide, narrow = (_drawn(width, lines, marks, axes) for width in (WIDE, NARROW))
    return Picture(name, title, alt, wide[0], narrow[0], ((WIDE, wide[1]), (NARROW, narrow[1])))


def _drawn(
    width: int, lines: Sequence[Line], marks: Sequence[Mark], axes: Axes
) -> tuple[str, float]:
    left = 12.0 + 7.5 * max(len(label) for _, label in axes.y)
    right = width - 14.0
    seen = [x for line in lines for x, _ in line.points] + [x for x, _ in axes.x]
    low, high = min(seen), max(seen)
    bottom, top = axes.y[0][0], axes.y[-1][0]
    heads = wrap(axes.up, width / 7.0)
    first = 10.0 + 16 * len(heads)

    def at(x: float, y: float) -> tuple[float, float]:
        return (
            left + (x - low) / (high - low or 1.0) * (right - left),
            first + (top - y) / (top - bottom or 1.0) * HEIGHT,
        )

    out = [_text(0, 12 + 16 * i, line, "start", "soft") for i, line in enumerate(heads)]
    for y, label in axes.y:
        level = at(low, y)[1]
        ink = "ink" if abs(y) < 1e-12 else "line"
        out.append(_rule(left, level, right, level, ink))
        out.append(_text(left - 6, level + 4, label, "end", "soft"))
    free = -1e9
    for x, label in axes.x:
        place = at(x, bottom)[0]
        out.append(_rule(place, first + HEIGHT, place, first + HEIGHT + 4, "soft"))
        half = 3.5 * len(label)
        if place - half > free:
            middle = min(max(place, half), width - half)
            out.append(_text(middle, first + HEIGHT + 18, label, "middle", "soft"))
            free = middle + half + 6
    for line in lines:
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in (at(*p) for p in line.points))
        dashes = ' stroke-dasharray="5 4"' if line.ahead else ""
        out.append(
            f'<polyline points="{path}" fill="none" stroke="var(--accent)" '
            f'stroke-width="2.5"{dashes}/>'
        )
    taken: list[tuple[float, float]] = []
    for mark in marks:
        x, y = at(mark.x, mark.y)
        while any(abs(x - a) < 19 and abs(y - b) < 19 for a, b in taken):
            y -= 20
        taken.append((x, y))
        out.append(
            f"<g><title>{escape(mark.said or mark.label)}</title>"
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="9" fill="var(--card)" stroke="var(--soft)"/>'
            f"{_text(x, y + 4, mark.label, 'middle', 'ink', 11)}</g>"
        )
    across = _text((left + right) / 2, first + HEIGHT + 38, axes.across, "middle", "soft")
    return "".join(out) + across, first + HEIGHT + (46 if axes.across else 26)


def moves(brief: Row) -> list[dict[str, Any]]:
    """The days on which the rate changes by 0.05 pp or more, numbered on the picture in order."""
    found = [
        {"from": b["from"], "rate": float(b["rate"]), "change": float(b["rate"]) - float(a["rate"])}
        for a, b in pairwise(brief.get("daily") or [])
    ]
    return [row for row in found if abs(row["change"]) >= LEAST]


def rate_by_day(brief: Row, title: str, words: Words) -> Picture | None:
    """The effective rate from each day on which it changes; dashed beyond the day of knowledge."""
    turns = brief.get("daily") or []
    if len(turns) < 2:
        return None
    days = [date.fromisoformat(str(r["from"])).toordinal() for r in turns]
    rates = [float(r["rate"]) * 100 for r in turns]
    known = date.fromisoformat(str(brief["scenario"]["known"])).toordinal()
    end = max(days[-1], known) + 14
    points = [(days[0], rates[0])]
    for day, old, new in zip(days[1:], rates, rates[1:], strict=False):
        points += [(day, old), (day, new)]
    points.append((end, rates[-1]))
    level = next(y for x, y in reversed(points) if x <= known)
    now = [p for p in points if p[0] <= known] + [(known, level)]
    later = [(known, level)] + [p for p in points if p[0] > known]
    marks = [
        Mark(
            date.fromisoformat(str(row["from"])).toordinal(),
            row["rate"] * 100,
            str(n),
            f"{fig.day(str(row['from']), words)}: {fig.rate(row['rate'], words)}",
        )
        for n, row in enumerate(moves(brief), 1)
    ]
    names = words["months"].split()
    firsts = [
        date(y, m, 1)
        for y in range(date.fromordinal(days[0]).year, date.fromordinal(end).year + 1)
        for m in range(1, 13)
        if days[0] <= date(y, m, 1).toordinal() <= end
    ]
    axes = Axes(
        tuple((d.toordinal(), f"1 {names[d.month - 1]}" if words["lang"] == "en"
               else f"1er {names[d.month - 1]}") for d in firsts),
        _ticks(0.0, max(rates), words),
        "",
        words["rates.axis"],
    )  # fmt: skip
    said = "; ".join(
        f"{fig.day(str(r['from']), words)} {fig.rate(float(r['rate']), words, 1)}" for r in turns
    )
    return draw("daily", title, said, [Line(tuple(now)), Line(tuple(later), True)], marks, axes)


def frontier(brief: Row, title: str, words: Words) -> Picture | None:
    """What both sides gain over the threat point, along the frontier; the settlement numbered."""
    told = brief.get("settlement")
    if not told or len(told["frontier"]) < 2:
        return None
    mine, theirs = (str(p["player"]) for p in told["payoffs"][:2])
    points = sorted(
        (float(p["gains"][mine]) * 100, float(p["gains"][theirs]) * 100) for p in told["frontier"]
    )
    agreed = tuple(float(p["gain"]) * 100 for p in told["payoffs"][:2])
    names = [words.get(f"region.{p}.bare", p) for p in (mine, theirs)]
    axes = Axes(
        _ticks(min(0.0, points[0][0]), points[-1][0], words),
        _ticks(min(0.0, *(y for _, y in points)), max(y for _, y in points), words),
        words["settlement.gain_of"].format(name=names[0]),
        words["settlement.gain_of"].format(name=names[1]),
    )
    said = ", ".join(
        f"{fig.change(x / 100, words)} / {fig.change(y / 100, words)}" for x, y in points
    )
    marks = [
        Mark(0.0, 0.0, "1", words["settlement.threat"]),
        Mark(agreed[0], agreed[1], "2", words["settlement.agreed"]),
    ]
    return draw("frontier", title, said, [Line(tuple(points))], marks, axes)


def _ticks(low: float, high: float, words: Words) -> Ticks:
    """Round numbers from at most `low` to at least `high`, written alike."""
    found = steps(low, high, 5)
    gap = found[1] - found[0] if len(found) > 1 else 1.0
    digits = next(d for d in range(5) if abs(round(gap, d) - gap) < 1e-9 or d == 4)
    return tuple((t, fig.amount(0.0 if abs(t) < 1e-9 else t, digits, words)) for t in found)


def _rule(x0: float, y0: float, x1: float, y1: float, ink: str) -> str:
    return f'<line x1="{x0:.1f}" y1="{y0:.1f}" x2="{x1:.1f}" y2="{y1:.1f}" stroke="var(--{ink})"/>'


def _text(x: float, y: float, text: str, anchor: str, ink: str, size: float = 12) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size:g}" '
        f'fill="var(--{ink})">{escape(text)}</text>'
    )
