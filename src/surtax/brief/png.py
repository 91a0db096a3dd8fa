"""Pictures as PNG, where the `charts` extra is installed."""

from __future__ import annotations

import re
from collections.abc import Callable

from surtax.brief.palette import LIGHT
from surtax.errors import InputError

VARIABLE = re.compile(r"var\(--(\w+)\)")
STYLE = re.compile(r"<style>.*?</style>", re.DOTALL)
SCALE = 2.0


def drawer() -> Callable[[str], bytes]:
    """The function that turns an SVG into a PNG of twice its size.

    Raises:
        InputError: the extra is not installed.
    """
    try:
        import vl_convert
    except ImportError:
        raise InputError(
            "pictures as PNG need the charts extra.",
            where="--png",
            mend="Install surtax[charts], or take the SVG files.",
        ) from None

    def draw(svg: str) -> bytes:
        return bytes(vl_convert.svg_to_png(flat(svg), scale=SCALE))

    return draw


def flat(svg: str) -> str:
    """The picture in light colours written out, for programs that know no style sheets."""
    style = f"<style>text{{font-family:sans-serif;fill:{LIGHT['ink']}}}</style>"
    return VARIABLE.sub(lambda m: LIGHT[m[1]], STYLE.sub(style, svg, count=1))
