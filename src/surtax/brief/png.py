"""Pictures as PNG, where the `charts` extra is installed."""

from __future__ import annotations

import re
from collections.abc import Callable

from surtax.brief.palette import LIGHT

VARIABLE = re.compile(r"var\(--(\w+)\)")
STYLE = re.compile(r"<style>.*?</style>", re.DOTALL)
SCALE = 2.0


def drawer() -> Callable[[str], bytes] | None:
    """The function that turns an SVG into a PNG of twice its size, or None without the extra."""
    try:
        import vl_convert
    except ImportError:
        return None

    def draw(svg: str) -> bytes:
        return bytes(vl_convert.svg_to_png(flat(svg), scale=SCALE))

    return draw


def flat(svg: str) -> str:
    """The picture in light colours written out, for programs that know no style sheets."""
    style = f"<style>text{{font-family:sans-serif;fill:{LIGHT['ink']}}}</style>"
    return VARIABLE.sub(lambda m: LIGHT[m[1]], STYLE.sub(style, svg, count=1))
