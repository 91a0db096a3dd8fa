"""Write ``docs/lists.svg`` and the table of ``docs/lists.md``: the real lists and the best ones.

    python scripts/build_lists_page.py

Every list is alone in its equilibrium: the scenario's law on the day it is told, without any
measure of Canada's, and a surtax of 25 % on the list; China's list of March 2025 at its own rates.
The tables stand between the comments of the page.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from surtax.brief.svg import Picture
from surtax.ledger import Ledger
from surtax.response.lists import List, choose, left_out, score
from surtax.response.lists_effect import Effect
from surtax.response.lists_items import barred
from surtax.scenario import spec
from surtax.scenario.lists import ground_of
from surtax.scenario.run import prepare
from surtax.scenario.scored import score_answer
from surtax.scenario.table import Wish

DOCS = Path(__file__).parents[1] / "docs"
CHINA = "cn/countermeasures/us-farm-goods"
OTHERS = "<!-- China: made by scripts/build_lists_page.py -->"
BEGIN, END = "<!-- lists: made by scripts/build_lists_page.py -->", "<!-- end -->"
REAL = {
    "C$30 bn, 4 March 2025": ["united-states-2025-1"],
    "Metals list, 13 March 2025": ["steel-and-aluminum-2025"],
    "Second list, C$125 bn": ["second-list"],
    "Union, C$155 bn": ["united-states-2025-1", "steel-and-aluminum-2025", "second-list"],
}


@dataclass(frozen=True)
class Row:
    """One list: its name, items, C$ and costs, and the best list it is held against."""

    name: str
    items: int
    value: float
    effect: Effect
    gap: float | None = None
    settled: bool = True


def row(name: str, made: List, *, real: bool) -> Row:
    """A row of the table."""
    gap = None if real else made.gap
    return Row(name, len(made.codes), made.value, made.effect, gap, made.settled)


def rows() -> list[Row]:
    """The real lists, then the best of their sizes."""
    ledger = Ledger.load()
    run = prepare(spec.load("spring-2025", ledger), ledger)
    wish = Wish(("CAN", "USA"), "list", rate=0.25)
    ground = ground_of(run, wish)
    out = []
    for name, parts in REAL.items():
        codes = [ledger.codes(f"ca/surtax/{part}", ["@goods"]) for part in parts]
        out.append(row(name, score(ground, frozenset().union(*codes)), real=True))
        print(out[-1], out[-1].effect.ratio, flush=True)
    allowed, _ = left_out(ground, barred(ground.items, ground.world, ground.buyer, ground.seller))
    for size in (out[0].value, out[2].value):
        best = choose(ground, allowed, size)
        out.append(row(f"Best of C${size / 1e9:.0f} bn, by the rules", best, real=False))
        print(out[-1], out[-1].effect.ratio, best.rounds, flush=True)
    wide = ground_of(run, wish, rest=True)
    most = out[3].value
    best = choose(wide, np.ones(len(wide.items), dtype=bool), most)
    out.append(row(f"Best of C${most / 1e9:.0f} bn of all goods", best, real=False))
    print(out[-1], out[-1].effect.ratio, best.rounds, flush=True)
    return out


def table(found: list[Row]) -> str:
    """The table as Markdown."""
    lines = [
        "| list | items | C$ bn | own cost, C$ bn | US cost, C$ bn | own cost per dollar of theirs "
        "| gap |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for one in found:
        ended = "" if one.settled else ", still changing"
        gap = "" if one.gap is None else f"{one.gap:.5f}{ended}"
        lines.append(
            f"| {one.name} | {one.items:,} | {one.value / 1e9:.1f} | {one.effect.own / 1e9:+.2f} "
            f"| {one.effect.theirs / 1e9:+.2f} | {one.effect.ratio:+.3f} | {gap} |"
        )
    return _minus("\n".join(lines))


def china() -> str:
    """China's list beside the best of its size, as Markdown."""
    ledger = Ledger.load()
    run = prepare(spec.load("spring-2025", ledger), ledger)
    told = score_answer(run, Wish(("CHN", "USA"), "score"), [CHINA], ranges=True)
    lines = [
        "| list | known items | US$ bn | rate, % | own cost, C$ bn | US cost, C$ bn "
        "| own cost per dollar of theirs | gap |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    named = (("China, 10 March 2025, as made", "scored"), ("Best of its size, all goods", "best"))
    for name, key in named:
        one = told[key]
        own, theirs = (one["costs"][side]["value"] / 1e9 for side in ("own", "theirs"))
        gap = f"{one['gap']:.5f}" if "gap" in one else ""
        lines.append(
            f"| {name} | {one['items']:,} | {one['value'] / 1e9:.1f} | {100 * one['rate']:.1f} "
            f"| {own:+.2f} | {theirs:+.2f} | {one['ratio']:+.3f} | {gap} |"
        )
    made = told["scored"]["costs"]
    low, high = ({s: made[s][end] / 1e9 for s in made} for end in ("low", "high"))
    text = f"Over {told['scored']['sets']} sets of assumptions the list as made costs China C$ "
    text += f"{low['own']:+.2f} to {high['own']:+.2f} bn and the United States C$ "
    text += f"{low['theirs']:+.2f} to {high['theirs']:+.2f} bn."
    return _minus("\n".join(lines)) + "\n\n" + text.replace(" -", " \N{MINUS SIGN}")


def _minus(text: str) -> str:
    return text.replace("-0.", "\N{MINUS SIGN}0.").replace("| -", "| \N{MINUS SIGN}")


def picture(found: list[Row]) -> Picture:
    """Own cost against the other side's, a point a list."""
    width, height, left, base = 640.0, 330.0, 60.0, 280.0
    most = max(one.effect.theirs for one in found) * 1.1
    low = min(0.0, *(one.effect.own for one in found)) * 1.15
    high = max(0.0, *(one.effect.own for one in found)) * 1.15

    def x(v: float) -> float:
        return left + v / most * (width - left - 10)

    def y(v: float) -> float:
        return 10 + (high - v) / (high - low) * (base - 10)

    drawn = [
        f'<line x1="{left}" x2="{width}" y1="{y(0):.1f}" y2="{y(0):.1f}" stroke="var(--soft)"/>',
        f'<line x1="{left}" x2="{left}" y1="10" y2="{base}" stroke="var(--soft)"/>',
        f'<text x="{width / 2}" y="{height - 12}" font-size="12" text-anchor="middle">'
        "cost to the United States, C$ bn a year</text>",
        f'<text x="14" y="{base / 2}" font-size="12" text-anchor="middle" '
        f'transform="rotate(-90 14 {base / 2})">cost to Canada, C$ bn a year</text>',
    ]
    for tick in np.linspace(0, most, 5):
        drawn.append(
            f'<text x="{x(tick):.1f}" y="{base + 18}" font-size="11" text-anchor="middle">'
            f"{tick / 1e9:.1f}</text>"
        )
    for tick in np.linspace(low, high, 5):
        drawn.append(
            f'<text x="{left - 6}" y="{y(tick) + 4:.1f}" font-size="11" text-anchor="end">'
            f"{tick / 1e9:.1f}</text>"
        )
    for one in found:
        look = 'fill="var(--accent)"' if one.gap is None else 'fill="none" stroke="var(--accent)"'
        at = x(one.effect.theirs), y(one.effect.own)
        side = "end" if at[0] > width * 0.6 else "start"
        step = -9 if side == "end" else 9
        drawn.append(
            f'<circle cx="{at[0]:.1f}" cy="{at[1]:.1f}" r="5" {look} stroke-width="1.6"/>'
            f'<text x="{at[0] + step:.1f}" y="{at[1] + 4:.1f}" font-size="11" '
            f'text-anchor="{side}">{one.name}</text>'
        )
    inner = "".join(drawn)
    return Picture(
        "lists",
        "What Canada's lists of 2025 cost each side, and the best lists of the same size",
        "Filled points are the real lists, open ones the best lists of the same size.",
        inner,
        inner,
        ((width, height), (width, height)),
    )


def main() -> None:
    """Write the picture and the table."""
    found = rows()
    footer = (
        "World can19x34, closure own-share, central elasticities, surtax 25 % and no other measure "
        "of Canada's; imports by item are an estimate. Negative costs are gains."
    )
    (DOCS / "lists.svg").write_text(picture(found).file(footer), encoding="utf-8")
    page = DOCS / "lists.md"
    text = page.read_text(encoding="utf-8")
    for begin, made in ((BEGIN, table(found)), (OTHERS, china())):
        head, rest = text.split(begin)
        text = f"{head}{begin}\n{made}\n{END}{rest.split(END, 1)[1]}"
    page.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
