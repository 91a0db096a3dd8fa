"""Canada as a grid of equal squares: one for each province and territory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from surtax.brief import figures as fig
from surtax.brief.palette import TILE_INK, TILE_NONE, diverging
from surtax.brief.svg import NARROW, WIDE, Picture
from surtax.places import SQUARES

# on a phone seven columns are too small: the east moves under the west
PHONE = SQUARES | {
    "ON": (0, 2),
    "QC": (1, 2),
    "NL": (3, 2),
    "NB": (1, 3),
    "PE": (2, 3),
    "NS": (3, 3),
}
TERRITORIES = ("YT", "NT", "NU")


def draw(provinces: Sequence[Mapping[str, Any]], title: str, words: Mapping[str, str]) -> Picture:
    """The map, for a page and for a phone."""
    values = {str(r["region"]): r for r in provinces}
    seen = [abs(v) for r in provinces if (v := fig.middle(r.get("real_income"))) is not None]
    reach = max(seen, default=0.0)
    wide = _tiles(values, SQUARES, 96, 6, reach, words)
    narrow = _tiles(values, PHONE, 82, 4, reach, words)
    key_w = _key(reach, words, WIDE)
    key_n = _key(reach, words, NARROW)
    h_w, h_n = 3 * 96 + 2 * 6 + 12, 4 * 82 + 3 * 4 + 12
    return Picture(
        "map",
        title,
        words["costs.map_alt"],
        wide + f'<g transform="translate(0,{h_w})">{key_w}</g>',
        narrow + f'<g transform="translate(0,{h_n})">{key_n}</g>',
        ((WIDE + 4, h_w + 40), (NARROW, h_n + 40)),
    )


def _tiles(
    values: Mapping[str, Mapping[str, Any]],
    grid: Mapping[str, tuple[int, int]],
    side: int,
    gap: int,
    reach: float,
    words: Mapping[str, str],
) -> str:
    out = []
    for code, (column, row) in grid.items():
        x, y = column * (side + gap), row * (side + gap)
        place = values.get(code)
        value = fig.middle(place.get("real_income")) if place else None
        name = words.get(f"region.{code}.bare") or (str(place["name"]) if place else code)
        if place is None or value is None:
            fill, lines = TILE_NONE, words["costs.not_modelled"].split(" ", 1)
            texts = "".join(
                _text(x + side / 2, y + side / 2 + 8 + 13 * i, line, 11)
                for i, line in enumerate(lines)
            )
            said = f"{name}: {words['costs.not_modelled']}"
        else:
            fill = diverging(value, reach)
            span = fig.span(place["real_income"], words, 1).rstrip("\u00a0 %")
            texts = _text(x + side / 2, y + side / 2 + 12, fig.change(value, words, 1), 17, 600)
            texts += _text(x + side / 2, y + side - 14, span, 10.5)
            beside = fig.span(place["real_income"], words, 2)
            said = f"{name}: {fig.change(value, words, 2)} ({beside})"
        out.append(
            f"<g><title>{escape(said)}</title>"
            f'<rect x="{x}" y="{y}" width="{side}" height="{side}" rx="4" fill="{fill}" '
            f'stroke="var(--line)"/>'
            f'<text x="{x + 8}" y="{y + 20}" font-size="13" font-weight="600" fill="{TILE_INK}">'
            f"{escape(code)}</text>{texts}</g>"
        )
    return "".join(out)


def _text(x: float, y: float, text: str, size: float, weight: int = 400) -> str:
    return (
        f'<text x="{x:g}" y="{y:g}" text-anchor="middle" font-size="{size:g}" '
        f'font-weight="{weight}" fill="{TILE_INK}">{escape(text)}</text>'
    )


def _key(reach: float, words: Mapping[str, str], width: int) -> str:
    steps = 9
    cell = min(28, (width - 184) // steps)
    boxes = "".join(
        f'<rect x="{i * cell}" y="0" width="{cell}" height="12" '
        f'fill="{diverging((i - 4) / 4 * reach, reach)}" stroke="var(--line)" stroke-width=".5"/>'
        for i in range(steps)
    )
    labels = "".join(
        f'<text x="{x:g}" y="28" text-anchor="{anchor}" font-size="12" fill="var(--soft)">'
        f"{escape(text)}</text>"
        for x, anchor, text in (
            (0, "start", fig.change(-reach, words, 1)),
            (4.5 * cell, "middle", "0"),
            (9 * cell, "end", fig.change(reach, words, 1)),
        )
    )
    axis = f'<text x="{9 * cell + 12}" y="11" font-size="12" fill="var(--soft)">'
    return boxes + labels + axis + escape(words["costs.axis"]) + "</text>"
