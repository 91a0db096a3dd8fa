"""A brief as a folder: page, figures, tables and pictures; whole or not at all."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup, escape

from surtax.brief import charts, palette, tables, timeline, view
from surtax.brief import figures as fig
from surtax.brief.pictures import draw_all, finding_titles
from surtax.brief.svg import Picture
from surtax.errors import InputError
from surtax.words import catalogue, say, sentence

Progress = Callable[[str], None]
PARTS = frozenset({"index.html", "brief.json", "tables", "charts"})
FIGURE = re.compile(r"((?:US\$|C\$|[+−])?\d[\d,.]*(?: (?:%|pp|bn)))")
MARK = '<meta name="generator" content="surtax brief">'


def write(brief: dict[str, Any], out: Path, progress: Progress | None = None) -> list[Path]:
    """Write the brief into a folder, in place of an earlier brief.

    Args:
        brief: the content, as in `brief.json`.
        out: the folder.
        progress: told what is being done, in words.

    Returns:
        The files written, the page first.

    Raises:
        InputError: the folder holds something other than an earlier brief.
    """
    out = Path(out)
    _check(out)
    tell = progress or (lambda _: None)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        new = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    except OSError as error:
        raise InputError(
            f"the folder cannot be written: {error.strerror}.",
            where=str(out),
            mend="Name another with -o.",
        ) from None
    try:
        new.chmod(0o755)
        names = _fill(brief, new, tell)
        _replace(new, out)
    finally:
        shutil.rmtree(new, ignore_errors=True)
    return [out / name for name in names]


def _check(out: Path) -> None:
    """Refuse anything but an empty place or an earlier brief."""
    if not out.exists() and not out.is_symlink():
        return
    foreign = not out.is_dir() or out.is_symlink()
    if not foreign:
        found = {p.name for p in out.iterdir()}
        foreign = bool(found) and not (found <= PARTS and _is_brief(out))
    if foreign:
        raise InputError(
            "this is not an earlier brief, so it is not replaced.",
            where=str(out),
            mend="Name another folder with -o, or move it away.",
        )


def _is_brief(out: Path) -> bool:
    """Whether the folder holds a brief and nothing else."""
    page = out / "index.html"
    if not page.is_file() or MARK not in page.read_text("utf-8", errors="replace")[:2000]:
        return False
    for folder, ending in (("tables", ".csv"), ("charts", ".svg")):
        inside = out / folder
        if inside.exists() and not all(
            p.is_file() and p.suffix == ending for p in inside.iterdir()
        ):
            return False
    return True


def _replace(new: Path, out: Path) -> None:
    """Put the new folder in place of the old one, which comes back if that fails."""
    if not out.exists():
        new.rename(out)
        return
    old = new.with_name(new.name + "-old")
    out.rename(old)
    try:
        new.rename(out)
    except OSError:
        old.rename(out)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _fill(brief: dict[str, Any], new: Path, tell: Progress) -> list[str]:
    """Write every file of the brief; the names, the page first."""
    words = catalogue("en")
    names = ["index.html", "brief.json"]
    text = json.dumps(brief, ensure_ascii=False, indent=1, allow_nan=False)
    (new / "brief.json").write_text(text + "\n", "utf-8")
    brief = _ranged(brief)
    tell("tables")
    sheets = tables.every(brief, words)
    (new / "tables").mkdir()
    for sheet in sheets.values():
        name = f"tables/{sheet.name}.csv"
        (new / name).write_text(sheet.csv(), "utf-8", newline="")
        names.append(name)
    titles = finding_titles(brief, words)
    draw = charts.drawer()
    pictures: dict[str, Picture] = {}
    if draw is not None:
        tell("charts")
        (new / "charts").mkdir()
        pictures = draw_all(brief, titles, draw, words)
        for picture in pictures.values():
            name = f"charts/{picture.name}.svg"
            (new / name).write_text(picture.file(_footer(brief, picture.name, words)), "utf-8")
            names.append(name)
    tell("page")
    (new / "index.html").write_text(page(brief, sheets, titles, pictures, words), "utf-8")
    return names


def _ranged(brief: dict[str, Any]) -> dict[str, Any]:
    """The brief as it is shown: real incomes with their ranges, the whole player with its parts."""
    rows = [*brief["regions"], *([brief["total"]] if brief.get("total") else [])]
    shown = [{**r, "real_income": r.get("real_income_range", r["real_income"])} for r in rows]
    return {**brief, "regions": shown}


SUBJECTS = {
    "timeline": "law",
    "partners": "rates",
    "canada_sectors": "rates",
    "map": "economy",
    "countries": "economy",
    "responses": "economy",
    "workers": "workers",
    "page": "economy",
}
"""What each picture is about: a key of ``sources_of`` in the brief."""


def _footer(brief: Mapping[str, Any], name: str, words: Mapping[str, str]) -> str:
    """Source and vintage, as they stand under a chart."""
    vintage = brief["vintage"]
    sources = brief.get("sources_of", {}).get(SUBJECTS[name], "")
    told = say(
        words,
        "vintage_short",
        known=fig.day(vintage["known"], words),
        data=str(vintage["data"])[:12],
        model=vintage["model"],
    )
    return f"{words['source']}: {sources}. {told}" if sources else told


def _rows_of(sheet: tables.Table, *groups: str) -> tables.Table:
    """The part of a table of places that is about these groups."""
    return replace(sheet, rows=tuple(r for r in sheet.rows if r["group"] in groups))


def _tie(text: str) -> Markup:
    """The text with each figure kept on one line with its unit."""
    return Markup(FIGURE.sub(r'<span class="b">\1</span>', str(escape(text))))


def page(
    brief: Mapping[str, Any],
    sheets: Mapping[str, tables.Table],
    titles: Mapping[str, str],
    pictures: Mapping[str, Picture],
    words: Mapping[str, str],
) -> str:
    """The page as HTML."""
    env = jinja2.Environment(
        loader=jinja2.PackageLoader("surtax.brief"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.globals.update(
        w=words,
        say=lambda key, **parts: say(words, key, **parts),
        cell=lambda column, row: tables.cell(column, row, words),
        day=lambda iso: fig.day(iso, words),
        change=fig.change,
        span=lambda quantity: fig.span(quantity, words),
        middle=fig.middle,
        rate=fig.rate,
        amount=fig.figure_amount,
        quantity=fig.quantity,
        billions=lambda value, currency: fig.billions(value, currency, words),
        shade=palette.diverging,
    )
    env.filters["tie"] = _tie
    env.filters["cap"] = lambda text: text[:1].upper() + text[1:]
    env.filters["sentence"] = sentence
    env.filters["svg"] = lambda picture: Markup(picture.inline(picture.title, picture.alt))
    return env.get_template("page.html").render(
        b=brief,
        mark=Markup(MARK),
        light=Markup(palette.variables(palette.LIGHT)),
        dark=Markup(palette.variables(palette.DARK)),
        tables=sheets,
        titles=titles,
        pictures=pictures,
        footers={name: _footer(brief, name, words) for name in SUBJECTS},
        provinces=_rows_of(sheets["regions"], "province"),
        countries=_rows_of(sheets["regions"], "country", "total"),
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
