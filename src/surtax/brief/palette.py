"""Colours: one table for the page and for its pictures, light and dark."""

from __future__ import annotations

LIGHT = {
    "paper": "#ffffff",
    "card": "#f6f8fa",
    "ink": "#1b1f24",
    "soft": "#57606a",
    "line": "#d0d7de",
    "accent": "#0072b2",
    "loss": "#d55e00",
    "gain": "#0072b2",
}
DARK = {
    "paper": "#14181d",
    "card": "#1c2229",
    "ink": "#e8ebee",
    "soft": "#a9b3bd",
    "line": "#39424c",
    "accent": "#56b4e9",
    "loss": "#e69f00",
    "gain": "#56b4e9",
}
TILE_INK = "#14181d"  # text on shaded tiles, in both modes
TILE_NONE = "#c9ced4"
ORANGE = (224, 128, 32)
WHITE = (255, 255, 255)
BLUE = (86, 160, 211)


def diverging(value: float, reach: float) -> str:
    """Blue for gains, orange for losses, white at zero; full colour at ±`reach`."""
    if not reach:
        return "#ffffff"
    share = min(1.0, abs(value) / reach)
    end = ORANGE if value < 0 else BLUE
    return "#" + "".join(
        f"{round(w + (e - w) * share):02x}" for w, e in zip(WHITE, end, strict=True)
    )


def variables(scheme: dict[str, str]) -> str:
    """The scheme as CSS declarations."""
    return "".join(f"--{name}:{colour};" for name, colour in scheme.items())
