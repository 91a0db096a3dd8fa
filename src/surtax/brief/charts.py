"""Bar charts drawn as SVG, once for a page and once for a phone: rates, changes, shares."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

from surtax.brief import figures as fig
from surtax.brief.svg import HALO, NARROW, WIDE, Picture, hatch, wrap
from surtax.words import say

Row = Mapping[str, Any]
Words = Mapping[str, str]
Keys = tuple[tuple[str, str], ...]
LETTER = 7.3
"""Width of a letter at 13 px, about."""


@dataclass
class Bar:
    """One row of a chart; amounts in the units of its axis.

    Attributes:
        label: its name. figure, beside: the figure, and its range in lighter ink.
        parts: (from, to, look) of each part of the bar.
        ticks: (at, look) of thin lines across it.
        range: low and high, a line over the bar.
    """

    label: str
    figure: str
    beside: str = ""
    parts: list[tuple[float, float, str]] = field(default_factory=list)
    ticks: list[tuple[float, str]] = field(default_factory=list)
    range: tuple[float, float] | None = None

    def values(self) -> list[float]:
        """Every place on the axis that the row takes."""
        found = [x for a, b, _ in self.parts for x in (a, b)] + [x for x, _ in self.ticks]
        return found + list(self.range or ())


def picture(
    name: str, title: str, alt: str, bars: Sequence[Bar], axis: str, words: Words, key: Keys = ()
) -> Picture:
    """Both drawings of a chart."""
    wide = _Sheet(WIDE, f"hatch-{name}-w", bars, axis, words, phone=False).draw()
    narrow = _Sheet(NARROW, f"hatch-{name}-n", bars, axis, words, phone=True).draw()
    return Picture(name, title, alt, wide[0], narrow[0], (wide[1], narrow[1]), key)


def rates(rows: Sequence[Row], words: Words) -> list[Bar]:
    """Effective rates: solid in force, hatched up to signed, outlined up to threatened.

    A thin line marks the rate before. Where a later state lowers the rate, a dashed line marks it.
    """
    out = []
    for row in rows:
        reached = max(0.0, row.get("in_force") or 0.0)
        bar = Bar(row["name"], "", parts=[(0.0, reached * 100, "in_force")])
        steps = [reached]
        for state in ("signed", "threatened"):
            value = row.get(state)
            if value is None:
                continue
            if value > reached + 5e-5:
                bar.parts.append((reached * 100, value * 100, state))
                reached = value
            elif value < steps[-1] - 5e-5:
                bar.ticks.append((value * 100, "late"))
            if abs(value - steps[-1]) > 5e-4:
                steps.append(value)
        if row.get("before") is not None:
            bar.ticks.append((row["before"] * 100, "before"))
        shown = " → ".join(fig.amount(s * 100, 1, words) for s in steps)
        bar.figure = say(words, "number.percent", n=shown)
        out.append(bar)
    return out


def changes(rows: Sequence[Row], words: Words) -> list[Bar]:
    """Changes with their ranges: bars from zero, a line from low to high, the figures beside.

    Args:
        rows: rows with name, value (a quantity) and, if there is one, later (a quantity).
        words: the catalogue.
    """
    out = []
    for row in rows:
        value = (fig.middle(row["value"]) or 0.0) * 100
        both = fig.ends(row["value"])
        bar = Bar(
            row["name"],
            fig.change(value / 100, words, 2),
            fig.span(row["value"], words, 2),
            range=(both[0] * 100, both[1] * 100) if both else None,
        )
        ahead = fig.middle(row.get("later"))
        if ahead is not None:
            bar.parts.append((0.0, ahead * 100, "later"))
        bar.parts.append((0.0, value, "loss" if value < 0 else "gain"))
        out.append(bar)
    return out


def shares(rows: Sequence[Row]) -> list[Bar]:
    """Amounts from zero: rows with name, share (a fraction) and figure."""
    return [Bar(r["name"], r["figure"], parts=[(0.0, r["share"] * 100, "in_force")]) for r in rows]


def alt_text(words: Words, rows: Sequence[Row], key: str = "value") -> str:
    """The figures of a chart read aloud: “Ontario −1.2 %, Quebec −0.9 %”."""
    said = [
        f"{r['name']} {fig.change(value, words, 2)}"
        for r in rows
        if (value := fig.middle(r.get(key))) is not None
    ]
    return f"{words['data_table']}{words['colon']} " + ", ".join(said)


def steps(low: float, high: float, most: int) -> list[float]:
    """Round numbers from at most `low` to at least `high`, no more than `most` steps apart."""
    raw = max(high - low, 1e-9) / most
    size = 10.0 ** math.floor(math.log10(raw))
    step = next(size * k for k in (1, 2, 2.5, 5, 10) if size * k >= raw * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [step * k for k in range(first, last + 1)]


class _Sheet:
    """One drawing, at one width."""

    def __init__(
        self, width: int, pattern: str, bars: Sequence[Bar], axis: str, words: Words, *, phone: bool
    ) -> None:
        self.width, self.pattern, self.bars, self.axis = width, pattern, bars, axis
        self.words, self.phone = words, phone
        self.labels = [[b.label] if phone else wrap(b.label, 30) for b in bars]
        found = [x for b in bars for x in b.values()]
        low, high = min([0.0, *found]), max([0.0, *found, 1e-3])
        self.left, self.right = self._margins(low)
        self.ticks = steps(low, high, 4 if phone else 6)
        self.low, self.high = min(low, self.ticks[0]), max(high, self.ticks[-1])
        if self.low == 0.0:  # figures stand at the ends of bars: the axis need not be round
            self.high = high * 1.02
            self.ticks = [t for t in self.ticks if t <= self.high]

    def _margins(self, low: float) -> tuple[float, float]:
        figures = max((len(b.figure) + 1 for b in self.bars), default=0) * LETTER
        beside = max((len(b.beside) for b in self.bars), default=0) * LETTER
        if self.phone:
            return 8.0, self.width - 8.0
        names = max((len(p) for lines in self.labels for p in lines), default=0) * LETTER
        room = figures + beside + 12 if low < 0 or beside else figures + 4
        return names + 12.0, self.width - room - 8.0

    def x(self, value: float) -> float:
        """Where a value stands."""
        return self.left + (value - self.low) / (self.high - self.low) * (self.right - self.left)

    def draw(self) -> tuple[str, tuple[float, float]]:
        """The drawing and its size."""
        out: list[str] = []
        y = 4.0
        for bar, lines in zip(self.bars, self.labels, strict=True):
            if self.phone:
                y = self._phone_head(out, bar, y)
            height = 24.0 if self.phone else max(28.0, 16.0 * len(lines) + 8)
            middle = y + height / 2
            self._marks(out, bar, middle)
            if not self.phone:
                for i, line in enumerate(lines):
                    at = middle + 4.5 + 16 * (i - (len(lines) - 1) / 2)
                    out.append(_text(self.left - 8, at, line, "end", "ink"))
                self._figures(out, bar, middle + 4.5)
            y += height
        return hatch(self.pattern) + self._axis(y) + "".join(out), (self.width, y + 44)

    def _phone_head(self, out: list[str], bar: Bar, y: float) -> float:
        """The name above the bar, the figures beside or below it; where the bar begins."""
        figures = bar.figure + (f" ({bar.beside})" if bar.beside else "")
        lines = wrap(bar.label, self.width / LETTER - 1)
        stacked = len(lines) > 1 or len(bar.label) + len(figures) > self.width / LETTER - 2
        for line in lines:
            y += 16
            out.append(_text(0, y, line, "start", "ink"))
        if stacked:
            y += 16
        x, anchor = (0.0, "start") if stacked else (float(self.width), "end")
        out.append(_text(x, y, figures, anchor, "soft"))
        return y

    def _figures(self, out: list[str], bar: Bar, y: float) -> None:
        if self.low < 0 or bar.beside:
            width = max(len(b.figure) for b in self.bars) * LETTER
            out.append(_text(self.right + 8 + width, y, bar.figure, "end", "ink"))
            out.append(_text(self.right + 18 + width, y, bar.beside, "start", "soft"))
        else:
            end = max([0.0, *bar.values()])
            out.append(_text(self.x(end) + 8, y, bar.figure, "start", "ink"))

    def _marks(self, out: list[str], bar: Bar, y: float) -> None:
        looks = {
            "in_force": 'fill="var(--accent)"',
            "signed": f'fill="url(#{self.pattern})" stroke="var(--accent)"',
            "threatened": 'fill="none" stroke="var(--accent)" stroke-dasharray="3 2" '
            'stroke-width="1.2"',
            "later": 'fill="none" stroke="var(--soft)" stroke-dasharray="3 2"',
            "loss": 'fill="var(--loss)"',
            "gain": 'fill="var(--gain)"',
        }
        for a, b, look in bar.parts:
            x0, x1 = sorted((self.x(a), self.x(b)))
            tall = {"later": 18, "loss": 11, "gain": 11}.get(look, 13)
            out.append(
                f'<rect x="{x0:.1f}" y="{y - tall / 2:.1f}" width="{max(x1 - x0, 0.5):.1f}" '
                f'height="{tall}" {looks[look]}/>'
            )
        for at, look in bar.ticks:
            style = 'stroke="var(--ink)"' if look == "before" else (
                'stroke="var(--accent)" stroke-dasharray="3 2"'
            )  # fmt: skip
            out.append(_line(self.x(at), y - 10, self.x(at), y + 10, style + ' stroke-width="2"'))
        if bar.range:
            low, high = (self.x(v) for v in bar.range)
            ink = 'stroke="var(--ink)" stroke-width="1.5"'
            out.append(_line(low, y, high, y, ink))
            out += [_line(x, y - 4, x, y + 4, ink) for x in (low, high)]

    def _axis(self, y: float) -> str:
        gap = self.ticks[1] - self.ticks[0] if len(self.ticks) > 1 else 1.0
        digits = max(0, min(3, -math.floor(math.log10(gap) + 1e-9)))
        if round(gap, digits) != round(gap, 6):
            digits += 1
        out = []
        for tick in self.ticks:
            x = self.x(tick)
            zero = abs(tick) < 1e-9
            out.append(_line(x, 2, x, y, 'stroke="var(--ink)"' if zero else 'stroke="var(--line)"'))
            text = fig.amount(0.0 if zero else tick, digits, self.words)
            out.append(_text(x, y + 15, text, "middle", "soft", 12))
        at = (self.left + self.right) / 2
        out.append(_text(at, y + 34, self.axis, "middle", "soft", 12))
        return "".join(out)


def _line(x0: float, y0: float, x1: float, y1: float, look: str) -> str:
    return f'<line x1="{x0:.1f}" y1="{y0:.1f}" x2="{x1:.1f}" y2="{y1:.1f}" {look}/>'


def _text(x: float, y: float, text: str, anchor: str, ink: str, size: float = 13) -> str:
    if not text:
        return ""
    return (
        f'{HALO}x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size:g}" '
        f'fill="var(--{ink})">{escape(text)}</text>'
    )
