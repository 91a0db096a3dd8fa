"""A brief as a folder: page, figures, tables and pictures; whole or not at all."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from surtax.brief import charts, findings, mapgrid, palette, tables, timeline, view
from surtax.brief import figures as fig
from surtax.brief.svg import Picture
from surtax.brief.words import LANGUAGES, low_first, placed, say
from surtax.errors import InputError

Progress = Callable[[str], None]
PARTS = frozenset({"index.html", "brief.json", "tables", "charts"})
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
    words = LANGUAGES["en"]
    names = ["index.html", "brief.json"]
    text = json.dumps(brief, ensure_ascii=False, indent=1, allow_nan=False)
    (new / "brief.json").write_text(text + "\n", "utf-8")
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
            (new / name).write_text(picture.file(_footer(brief, words)), "utf-8")
            names.append(name)
    tell("page")
    (new / "index.html").write_text(page(brief, sheets, titles, pictures, words), "utf-8")
    return names


def finding_titles(brief: Mapping[str, Any], words: Mapping[str, str]) -> dict[str, str]:
    """The title of each chart and table that states a finding."""
    etr = brief["etr"]
    before = brief["scenario"]["before"]
    provinces = view.of_group(brief, "province")
    canada, usa = view.region(brief, "CAN"), view.region(brief, "USA")
    revenue = brief.get("revenue") or {"rows": [], "unit": ""}
    names = {r["name"]: r["title"] for r in brief["responses"]}
    return {
        "timeline": view.law_title(brief, words),
        "partners": findings.partner_title(etr["by_partner"], "CA", before, words),
        "canada_sectors": findings.sector_title(etr["canada_by_sector"], "Canada", words),
        "map": findings.map_title(provinces, words),
        "countries": findings.pair_title(canada, usa, words) if canada and usa else "",
        "workers": findings.workers_title(brief.get("workers") or [], words),
        "responses": findings.best_response(brief["responses"], words),
        "ratio": findings.best_ratio(brief["responses"], words),
        "revenue": findings.revenue_title(revenue["rows"], names, revenue["unit"], words),
        "certainty": findings.certainty(provinces, words),
    }


def draw_all(
    brief: Mapping[str, Any],
    titles: Mapping[str, str],
    draw: charts.Draw,
    words: Mapping[str, str],
) -> dict[str, Picture]:
    """Every picture for which there are figures."""
    etr = brief["etr"]
    out = {
        "timeline": timeline.draw(brief, titles["timeline"], words),
        "map": mapgrid.draw(view.of_group(brief, "province"), titles["map"], words),
    }
    for name, key in (("partners", "by_partner"), ("canada_sectors", "canada_by_sector")):
        rows = sorted(etr.get(key) or [], key=lambda r: -(r.get("in_force") or 0.0))[:14]
        if rows:
            said = ", ".join(f"{r['name']} {fig.rate(r.get('in_force') or 0.0, 1)}" for r in rows)
            out[name] = charts.picture(
                draw, name, titles[name], said, lambda p, r=rows: charts.rates(r, p, words)
            )
    places = [
        {"name": r["name"], "value": r["real_income"], "later": r.get("real_income_threatened")}
        for r in (*view.of_group(brief, "total"), *view.of_group(brief, "country"))
    ]
    options = [
        {
            "name": say(words, "options.row", response=r["title"], place=words[f"options.{who}"]),
            "value": r[f"real_income_{who}"],
        }
        for r in brief["responses"]
        for who in ("canada", "usa")
        if r.get(f"real_income_{who}") is not None
    ]
    for name, data in (("countries", places), ("responses", options)):
        if data:
            out[name] = charts.picture(
                draw,
                name,
                titles[name],
                charts.alt_text(words, data),
                lambda p, d=data: charts.changes(d, p, words["costs.axis"], words),
            )
    workers = sorted(brief.get("workers") or [], key=lambda r: -r["share_of_jobs"])
    if workers:
        rows = [
            {
                "name": r["name"],
                "share": r["share_of_jobs"],
                "figure": f"{fig.rate(r['share_of_jobs'], 1)} "
                f"({fig.figure_amount(r['workers_hit'], 0)})",
            }
            for r in workers
        ]
        out["workers"] = charts.picture(
            draw,
            "workers",
            titles["workers"],
            ", ".join(f"{r['name']} {r['figure']}" for r in rows),
            lambda p: charts.shares(rows, p, words["costs.workers_axis"]),
        )
    return out


def _footer(brief: Mapping[str, Any], words: Mapping[str, str]) -> str:
    """Source and vintage, as they stand under every chart."""
    vintage = brief["vintage"]
    sources = "; ".join(str(s).split(",", 1)[0] for s in (brief.get("sources") or [])[:3])
    told = say(
        words,
        "vintage_short",
        known=fig.day(vintage["known"], words),
        data=str(vintage["data"])[:12],
        model=vintage["model"],
    )
    return f"{words['source']}: {sources}. {told}" if sources else told


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
        points=fig.points,
        amount=fig.figure_amount,
        number_span=lambda quantity: fig.number_span(quantity, words),
        billions=lambda value, currency: fig.billions(value, currency, words),
        placed=lambda name: placed(words, name),
        low_first=low_first,
        shade=palette.diverging,
    )
    env.filters["svg"] = lambda picture: Markup(picture.inline(picture.title, picture.alt))
    return env.get_template("page.html").render(
        b=brief,
        mark=Markup(MARK),
        light=Markup(palette.variables(palette.LIGHT)),
        dark=Markup(palette.variables(palette.DARK)),
        tables=sheets,
        titles=titles,
        pictures=pictures,
        footer=_footer(brief, words),
        law=view.law(brief, words),
        cards=[view.duty_card(d, words) for d in brief["duties"]],
        summary=view.summary(brief, words),
        events=[
            e
            for e in timeline.events(brief)
            if e["date"] >= brief["scenario"]["before"]
        ],
        reach=max(
            (abs(v) for r in brief["responses"] for p in r.get("provinces", [])
             if (v := fig.middle(p["real_income"])) is not None),
            default=0.0,
        ),
    )
