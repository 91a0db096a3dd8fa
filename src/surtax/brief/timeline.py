"""The picture of what happened: measures as bars by imposer, events as numbered dots."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from html import escape
from typing import Any

from surtax.brief import figures as fig
from surtax.brief.svg import NARROW, WIDE, Picture, hatch, wrap
from surtax.ledger.moments import CHANGES
from surtax.words import prose, say

Row = Mapping[str, Any]
Words = Mapping[str, str]


@dataclass(frozen=True)
class Bar:
    """A measure on the picture.

    Attributes:
        title: its name. language: of the name, English where nobody translated it.
        rates: its rates, or nothing.
        imposer: whose measure it is.
        spans: (state, from) of each state it has, from the first day of that state.
        signed: days on which its acts became known.
    """

    title: str
    language: str
    rates: str
    imposer: str
    spans: tuple[tuple[str, date], ...]
    signed: tuple[date, ...]


def measure_of(row: Row) -> str:
    """The measure of a row: its id without the provision."""
    return str(row["id"]).split("#", 1)[0]


def events(brief: Mapping[str, Any]) -> list[Row]:
    """The dated events that are not a measure's own change, up to the day of knowledge."""
    known = brief["scenario"]["known"]
    return [e for e in brief["timeline"] if e["kind"] not in CHANGES and str(e["date"]) <= known]


def bars(brief: Mapping[str, Any], start: date, words: Words) -> list[Bar]:
    """The measures that changed since `start`, in the order in which they did."""
    groups: dict[str, list[Row]] = {}
    for state in ("in_force", "signed", "threatened"):
        for row in brief["law"].get(state, []):
            groups.setdefault(measure_of(row), []).append({**row, "state": state})
    out = []
    for rows in groups.values():
        spans: dict[str, date] = {}
        for row in rows:
            if not row.get("from"):
                continue
            begins = date.fromisoformat(row["from"])
            state = str(row["state"])
            if state == "in_force" and row["kind"] != "duty":
                continue
            spans[state] = min(begins, spans.get(state, begins))
        if not spans or max(spans.values()) < start:
            continue
        rates = list(
            dict.fromkeys(fig.written_rate(r["rate"], words) for r in rows if r.get("rate"))
        )
        known = {date.fromisoformat(r["known_from"]) for r in rows if r.get("known_from")}
        out.append(
            Bar(
                *prose(words["lang"], str(rows[0]["title"])),
                f"{words['colon']} {', '.join(rates)}" if 0 < len(rates) <= 3 else "",
                str(rows[0]["imposer"]),
                tuple(sorted(spans.items(), key=lambda s: s[1])),
                tuple(sorted(d for d in known if d >= start)),
            )
        )
    return sorted(out, key=lambda b: min(d for _, d in b.spans))


def draw(brief: Mapping[str, Any], title: str, words: Words) -> Picture:
    """The picture, for a page and for a phone."""
    start = date.fromisoformat(brief["scenario"]["before"])
    dots = [e for e in events(brief) if date.fromisoformat(e["date"]) >= start]
    shown = bars(brief, start, words)
    last = [d for b in shown for _, d in b.spans]
    known = date.fromisoformat(brief["scenario"]["known"])
    end = max([known, *last]) + timedelta(days=14)
    drawn = [
        _Sheet(width, name, start, end, known, words).draw(shown, dots)
        for width, name in ((WIDE, "hatch-timeline-w"), (NARROW, "hatch-timeline-n"))
    ]
    (wide, h_w), (narrow, h_n) = drawn
    return Picture(
        "timeline",
        title,
        words["timeline.alt"],
        wide,
        narrow,
        ((WIDE, h_w), (NARROW, h_n)),
        tuple((s, words[f"state.{s}"]) for s in ("in_force", "signed", "threatened")),
    )


class _Sheet:
    """One drawing of the picture, at one width."""

    def __init__(
        self, width: int, pattern: str, start: date, end: date, known: date, words: Words
    ) -> None:
        self.width, self.pattern, self.words = width, pattern, words
        self.start, self.end, self.known = start, end, known
        self.days = (end - start).days
        self.out: list[str] = []
        self.y = 36.0

    def x(self, day: date) -> float:
        """Where a day stands."""
        inside = min(max(day, self.start), self.end)
        return 4 + (inside - self.start).days / self.days * (self.width - 8)

    def text(
        self, x: float, y: float, text: str, look: str = "", size: float = 12, law: int = 0
    ) -> None:
        """Text on the sheet; its first `law` letters are English in a page of any language."""
        said = escape(text[law:])
        if law:
            said = f'<tspan lang="en">{escape(text[:law])}</tspan>{said}'
        self.out.append(f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" {look}>{said}</text>')

    def draw(self, shown: Sequence[Bar], dots: Sequence[Row]) -> tuple[str, float]:
        """The whole drawing and its height."""
        for imposer in dict.fromkeys(b.imposer for b in shown):
            self.lane(self.words.get(f"place.{imposer}.bare", imposer))
            for bar in shown:
                if bar.imposer == imposer:
                    self.bar(bar)
            self.y += 8
        if dots:
            self.lane(self.words["timeline.lane_events"])
            self.dots(dots)
        height = self.y + 8
        return hatch(self.pattern) + self.axis(height) + "".join(self.out), height

    def lane(self, name: str) -> None:
        """The head of a lane."""
        self.y += 12
        self.text(0, self.y, name, 'font-weight="600" fill="var(--ink)"', 13)
        self.out.append(
            f'<line x1="0" x2="{self.width}" y1="{self.y + 6:g}" y2="{self.y + 6:g}" '
            'stroke="var(--line)"/>'
        )
        self.y += 12

    def bar(self, bar: Bar) -> None:
        """A measure: its name, the days on which its acts became known, and its states."""
        left = len(bar.title) if bar.language == "en" else 0
        for line in wrap(bar.title + bar.rates, self.width / 6.4):
            self.y += 14
            self.text(
                4,
                self.y,
                line,
                'fill="var(--ink)" stroke="var(--paper)" stroke-width="3" paint-order="stroke"',
                law=max(0, min(left, len(line))),
            )
            left -= len(line) + 1
        self.y += 6
        first = min([d for _, d in bar.spans] + list(bar.signed))
        middle = self.y + 6
        self.out.append(
            f'<line x1="{self.x(first):.1f}" x2="{self.x(bar.spans[0][1]):.1f}" '
            f'y1="{middle:g}" y2="{middle:g}" stroke="var(--soft)"/>'
        )
        for i, (state, begins) in enumerate(bar.spans):
            ends = bar.spans[i + 1][1] if i + 1 < len(bar.spans) else self.end
            if state == "in_force":
                ends = min(ends, self.known) if ends > self.known else ends
            x0, x1 = self.x(begins), self.x(ends)
            look = {
                "in_force": 'fill="var(--accent)"',
                "signed": f'fill="url(#{self.pattern})" stroke="var(--accent)"',
                "threatened": 'fill="none" stroke="var(--accent)" stroke-dasharray="4 3" '
                'stroke-width="1.5"',
            }[state]
            since = fig.day(begins.isoformat(), self.words)
            name, colon = f"{bar.title}{bar.rates}", self.words["colon"]
            said = f"{name}{colon} {self.words['state.' + state]}, {since}"
            self.out.append(
                f'<rect class="{state}" x="{x0:.1f}" y="{self.y:g}" '
                f'width="{max(2, x1 - x0):.1f}" height="12" {look}>'
                f'<title lang="{bar.language}">{escape(said)}</title></rect>'
            )
        for day in bar.signed:
            self.out.append(
                f'<circle cx="{self.x(day):.1f}" cy="{middle:g}" r="3.5" fill="var(--paper)" '
                'stroke="var(--ink)" stroke-width="1.5"/>'
            )
        self.y += 20

    def dots(self, dots: Sequence[Row]) -> None:
        """Numbered dots, stacked where days are close."""
        ends: list[float] = []
        top = self.y + 14
        for number, event in enumerate(dots, 1):
            x = min(max(self.x(date.fromisoformat(event["date"])), 10), self.width - 10)
            level = next((i for i, e in enumerate(ends) if x - e >= 22), len(ends))
            ends[level : level + 1] = [x]
            y = top + level * 24
            said, language = prose(self.words["lang"], str(event["title"]))
            self.out.append(
                f'<g><title lang="{language}">{escape(fig.day(event["date"], self.words))}'
                f"{self.words['colon']} {escape(said)}</title>"
                f'<circle cx="{x:.1f}" cy="{y:g}" r="10" fill="var(--card)" '
                f'stroke="var(--soft)"/><text x="{x:.1f}" y="{y + 4:g}" text-anchor="middle" '
                f'font-size="11" fill="var(--ink)">{number}</text></g>'
            )
        self.y = top + 24 * len(ends) - 8

    def axis(self, height: float) -> str:
        """Months, and the day of knowledge."""
        out = []
        day = self.start
        months = self.words["months"].split()
        spots = [self.start] if self.start.day < 20 else []
        while True:
            day = date(day.year + day.month // 12, day.month % 12 + 1, 1)
            if day >= self.end:
                break
            spots.append(day)
        free = 0.0
        for i, spot in enumerate(spots):
            name = _short(months[spot.month - 1])
            name = f"{spot.day} {name} {spot.year}" if i == 0 else name
            x = self.x(spot)
            out.append(
                f'<line x1="{x:.1f}" x2="{x:.1f}" y1="18" y2="{height:g}" stroke="var(--line)"/>'
            )
            if free <= x <= self.width - 24:
                out.append(
                    f'<text x="{x:.1f}" y="12" font-size="12" fill="var(--soft)">'
                    f"{escape(name)}</text>"
                )
                free = x + 8 * len(name)
        x = self.x(self.known)
        label = say(self.words, "timeline.known", day=fig.day(self.known.isoformat(), self.words))
        side = "end" if x > self.width / 2 else "start"
        out.append(
            f'<line x1="{x:.1f}" x2="{x:.1f}" y1="18" y2="{height:g}" stroke="var(--ink)" '
            f'stroke-width="1.5"/><text x="{x + (-4 if side == "end" else 4):.1f}" y="30" '
            f'text-anchor="{side}" font-size="12" font-weight="600" fill="var(--ink)" '
            f'stroke="var(--paper)" stroke-width="3" paint-order="stroke">{escape(label)}</text>'
        )
        return "".join(out)


def _short(month: str) -> str:
    """The month in three or four letters that tell it from others: “juin” is not “juil”."""
    return month if len(month) <= 4 else month[:4] if month[:3] == "jui" else month[:3]
