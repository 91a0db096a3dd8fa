"""What every picture shares: the frame of an SVG, the hatch, and the page's colours."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from surtax.brief.palette import DARK, LIGHT, variables

FONT = "system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif"
WIDE, NARROW = 704, 342
HALO = '<text stroke="var(--paper)" stroke-width="3" paint-order="stroke" '


@dataclass(frozen=True)
class Picture:
    """One chart, drawn twice: for a page and for a phone.

    Attributes:
        name: the name of its file, without ending.
        title: the finding, as a sentence.
        alt: what the picture shows, for those who hear it.
        wide: the drawing for 640 px and more: inner SVG.
        narrow: the drawing for a phone.
        sizes: width and height of each.
        key: the look of a bar (in_force, signed, threatened) and its label, for the file.
    """

    name: str
    title: str
    alt: str
    wide: str
    narrow: str
    sizes: tuple[tuple[float, float], tuple[float, float]]
    key: tuple[tuple[str, str], ...] = ()

    def inline(self, title: str, alt: str) -> str:
        """Both drawings for the page; the style sheet shows one of them."""
        label = escape(f"{title} {alt}".strip(), quote=True)
        return "".join(
            f'<svg class="pic {kind}" role="img" aria-label="{label}" '
            f'viewBox="0 0 {size[0]:g} {size[1]:g}" style="max-width:{size[0]:g}px">{inner}</svg>'
            for kind, inner, size in (
                ("wide", self.wide, self.sizes[0]),
                ("narrow", self.narrow, self.sizes[1]),
            )
        )

    def file(self, footer: str) -> str:
        """The wide drawing as a file of its own: title, source and both colour schemes."""
        width, height = self.sizes[0]
        lines = wrap(self.title, width / 10)
        top = 20 * len(lines) + (36 if self.key else 12)
        feet = wrap(footer, width / 5.8)
        head = "".join(
            f'<text x="0" y="{16 + 20 * i}" font-size="16" font-weight="600">{escape(line)}</text>'
            for i, line in enumerate(lines)
        )
        foot = "".join(
            f'<text x="0" y="{top + height + 16 + 14 * i:g}" font-size="11" fill="var(--soft)">'
            f"{escape(line)}</text>"
            for i, line in enumerate(feet)
        )
        total = top + height + 14 * len(feet) + 12
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" role="img" '
            f'aria-label="{escape(self.title + " " + self.alt, quote=True)}" '
            f'width="{width + 32:g}" height="{total + 32:g}" '
            f'viewBox="-16 -16 {width + 32:g} {total + 32:g}">'
            f"<style>svg{{{variables(LIGHT)}fill:var(--ink)}}text{{font-family:{FONT}}}"
            f"@media(prefers-color-scheme:dark){{svg{{{variables(DARK)}}}}}</style>"
            f'<rect x="-16" y="-16" width="{width + 32:g}" height="{total + 32:g}" '
            f'fill="var(--paper)"/>{head}{self._key(top - 22)}'
            f'<g transform="translate(0,{top})">{self.wide}</g>{foot}</svg>\n'
        )

    def _key(self, y: float) -> str:
        """The key of the file; on the page it is HTML."""
        out, x = [], 0.0
        looks = {
            "in_force": 'fill="var(--accent)"',
            "signed": f'fill="url(#hatch-{self.name}-w)"',
            "threatened": 'fill="none" stroke-dasharray="3 2"',
        }
        for kind, label in self.key:
            out.append(
                f'<rect x="{x + 1:g}" y="{y:g}" width="24" height="12" stroke="var(--accent)" '
                f'stroke-width="1.2" {looks[kind]}/>'
                f'<text x="{x + 32:g}" y="{y + 10:g}" font-size="12">{escape(label)}</text>'
            )
            x += 56 + 7.5 * len(label)
        return "".join(out)


def hatch(name: str) -> str:
    """The pattern of what is signed but does not apply yet."""
    return (
        f'<defs><pattern id="{name}" width="6" height="6" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><rect width="6" height="6" fill="var(--paper)"/>'
        '<rect width="2.6" height="6" fill="var(--accent)"/></pattern></defs>'
    )


def wrap(text: str, width: float) -> list[str]:
    """The text in lines of at most so many letters; a space that does not break stays."""
    lines = [""]
    for word in text.split(" "):
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return lines
