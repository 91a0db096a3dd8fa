"""The page of a brief as HTML, in the language of a catalogue."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from jinja2.bccache import Bucket
from markupsafe import Markup, escape

from surtax.brief import figures as fig
from surtax.brief import lines, palette, tables, timeline, view
from surtax.brief.svg import Picture
from surtax.ledger.facts import spoken
from surtax.words import pieces, prose, say, sentence
from surtax.words.grammar import listed, named

FIGURE = re.compile(r"((?:US\$|C\$|[+−])?\d[\d,.]*(?:[ \u00a0](?:%|pp|bn)))")
DAY = re.compile(r"\d{4}-\d\d-\d\d")
RATE = re.compile(r"[\d.]+ ?%")
MARK = '<meta name="generator" content="surtax brief">'

SUBJECTS = {
    "timeline": "law",
    "partners": "rates",
    "canada_sectors": "rates",
    "map": "economy",
    "countries": "economy",
    "responses": "economy",
    "daily": "rates",
    "frontier": "economy",
    "workers": "workers",
    "page": "economy",
}
"""What each picture is about: a key of ``sources_of`` in the brief."""


Row = Mapping[str, Any]
Words = Mapping[str, str]


def footer(brief: Row, name: str, words: Words) -> Markup:
    """Source and vintage, as they stand under a chart; citations are marked as English."""
    vintage = brief["vintage"]
    named = brief.get("sources_of", {}).get(SUBJECTS[name]) or ()
    sources = Markup("; ").join(_source(one, words) for one in named)
    told = say(
        words,
        "vintage_short",
        known=fig.day(vintage["known"], words),
        data=str(vintage["data"])[:12],
        model=vintage["model"],
    )
    if not sources:
        return escape(told)
    return Markup("{}{} {}. {}").format(words["source"], words["colon"], sources, told)


def _source(one: Row | str, words: Words) -> Markup:
    """A source: a citation as it stands, or a line of the catalogue with its parts filled in."""
    if isinstance(one, str):
        return _told(one, words)
    parts = {k: v for k, v in one.items() if k != "say"}
    if "title" in parts:
        parts["title"] = _told(str(parts["title"]), words)
    return _say(words, str(one["say"]), **parts)


def _say(words: Words, key: str, **parts: object) -> Markup:
    """The string of that key as HTML; parts that are HTML stay so."""
    return escape(words[key]).format(**parts) if parts else escape(words[key])


def _rows_of(sheet: tables.Table, *groups: str) -> tables.Table:
    """The part of a table of places that is about these groups."""
    return replace(sheet, rows=tuple(r for r in sheet.rows if r["group"] in groups))


def _tie(text: str) -> Markup:
    """The text with each figure kept on one line with its unit."""
    return Markup(FIGURE.sub(r'<span class="b">\1</span>', str(escape(text))))


def _cell(column: tables.Column, row: Row, words: Words) -> tuple[str, str]:
    """A figure or text and its range, prose of data translated or marked as English."""
    text, beside = tables.cell(column, row, words)
    return (_told(text, words) if column.kind == "told" else text), beside


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _told(text: str, words: Words, shape: Callable[[str], str] = str) -> Markup:
    """Prose of data: translated where it is ours and translated, else marked as English."""
    language = words["lang"]
    (first, its), *others = pieces(language, text)
    out = Markup("")
    for said, of in [(shape(first), its), *others]:
        if of == language:
            out += escape(_number(said, words))
        else:
            out += Markup('<span lang="{}">{}</span>').format(of, said)
    return out


def _number(said: str, words: Words) -> str:
    """A day or a rate as the language writes it; other text as it is."""
    if DAY.fullmatch(said):
        return fig.day(said, words)
    return fig.written_rate(said, words) if RATE.fullmatch(said) else said


class _Kept(jinja2.BytecodeCache):
    """Compiled templates by key, to be compiled in one process and used in another."""

    def __init__(self) -> None:
        self.codes: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take what is kept, unless the template has changed since."""
        if bucket.key in self.codes:
            bucket.bytecode_from_string(self.codes[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled."""
        self.codes[bucket.key] = bucket.bytecode_to_string()


_KEPT = _Kept()


@cache
def _environment() -> jinja2.Environment:
    """The templates, compiled once for the pages of all languages."""
    env = jinja2.Environment(
        bytecode_cache=_KEPT,
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.filters |= {
        "tie": _tie,
        "cap": _capital,
        "sentence": sentence,
        "as_text": jinja2.pass_context(lambda c, text: prose(c["w"]["lang"], str(text))[0]),
        "spoken": lambda name: spoken(str(name)),
        "told": jinja2.pass_context(lambda c, text: _told(str(text), c["w"])),
        "told_cap": jinja2.pass_context(lambda c, text: _told(str(text), c["w"], _capital)),
        "svg": lambda picture: Markup(picture.inline(picture.title, picture.alt)),
    }
    return env


def compiled() -> dict[str, bytes]:
    """Every template compiled, as `take` takes them."""
    for name in _environment().list_templates():
        _environment().get_template(name)
    return _KEPT.codes


def take(codes: Mapping[str, bytes]) -> None:
    """Use templates that were compiled elsewhere."""
    _KEPT.codes.update(codes)


def page(
    brief: Mapping[str, Any],
    sheets: Mapping[str, tables.Table],
    titles: Mapping[str, str],
    pictures: Mapping[str, Picture],
    words: Mapping[str, str],
    others: Mapping[str, str],
    *,
    with_png: bool,
) -> str:
    """The page as HTML.

    Args:
        brief: the content, in the language of the words.
        sheets, titles, pictures: tables, findings and pictures by name.
        words: the catalogue.
        others: the same page in other languages: language and file.
        with_png: whether each picture is there as PNG too.
    """
    return (
        _environment()
        .get_template("page.html")
        .render(
            w=words,
            say=lambda key, **parts: _say(words, key, **parts),
            cell=lambda column, row: _cell(column, row, words),
            day=lambda iso: fig.day(iso, words),
            change=lambda value: fig.change(value, words),
            span=lambda quantity: fig.span(quantity, words),
            middle=fig.middle,
            points=lambda value: fig.points(value, words),
            place=lambda code: named(words, "place", code),
            rate=lambda value, digits=None: fig.rate(value, words, digits),
            rates=lambda low, high, digits=None: fig.rate_span(low, high, words, digits),
            amount=lambda value, digits=1: fig.amount(value, digits, words),
            listed=lambda names: listed(words, names),
            billions=lambda value, currency, digits=-1: fig.billions(
                value, currency, words, digits
            ),
            shade=palette.diverging,
            written=lambda text: fig.written_rate(text, words),
            b=brief,
            others=others,
            ending="" if "index.html" not in others.values() else f".{words['lang']}",
            with_png=with_png,
            mark=Markup(MARK),
            light=Markup(palette.variables(palette.LIGHT)),
            dark=Markup(palette.variables(palette.DARK)),
            tables=sheets,
            titles=titles,
            pictures=pictures,
            footers={name: footer(brief, name, words) for name in SUBJECTS},
            provinces=_rows_of(sheets["regions"], "province"),
            countries=_rows_of(sheets["regions"], "country", "total"),
            moves=lines.moves(brief),
            law=view.law(brief, words),
            cards=[view.duty_card(d, words) for d in brief["duties"]],
            summary=view.summary(brief, words),
            events=[e for e in timeline.events(brief) if e["date"] >= brief["scenario"]["before"]],
            reach=max(
                (
                    abs(v)
                    for r in brief["responses"]
                    for p in r.get("provinces", [])
                    if (v := fig.middle(p["real_income"])) is not None
                ),
                default=0.0,
            ),
        )
    )
