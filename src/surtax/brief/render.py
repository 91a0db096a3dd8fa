"""A brief as a folder: page, figures, tables and pictures; whole or not at all."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

from surtax.brief import png, tables
from surtax.brief.beside import beside
from surtax.brief.localise import localise
from surtax.brief.page import MARK, compiled, footer, page
from surtax.brief.pictures import draw_all, finding_titles
from surtax.errors import InputError
from surtax.words import LANGUAGES, catalogue

Progress = Callable[[str], None]
PARTS = frozenset({"index.html", "index.fr.html", "brief.json", "tables", "charts"})


def write(
    brief: dict[str, Any],
    out: Path,
    progress: Progress | None = None,
    languages: Sequence[str] = LANGUAGES,
    *,
    with_png: bool = False,
) -> list[Path]:
    """Write the brief into a folder, in place of an earlier brief.

    Args:
        brief: the content, as in `brief.json`.
        out: the folder.
        progress: told what is being done, in words.
        languages: of the pages; the first is `index.html`, another bears its name.
        with_png: every picture as PNG too.

    Returns:
        The files written, the page first.

    Raises:
        InputError: the folder holds something other than an earlier brief, or PNG is asked for
            without the `charts` extra.
    """
    out = Path(out)
    check(out)
    draw = png.drawer() if with_png else None
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
        names = _fill(brief, new, tell, languages, draw)
        _replace(new, out)
    finally:
        shutil.rmtree(new, ignore_errors=True)
    return [out / name for name in names]


def check(out: Path) -> None:
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
    for folder, endings in (("tables", (".csv",)), ("charts", (".svg", ".png"))):
        inside = out / folder
        if inside.exists() and not all(
            p.is_file() and p.suffix in endings for p in inside.iterdir()
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


def _fill(
    brief: dict[str, Any],
    new: Path,
    tell: Progress,
    languages: Sequence[str],
    draw: Callable[[str], bytes] | None,
) -> list[str]:
    """Write every file of the brief; the names, the page first."""
    text = json.dumps(brief, ensure_ascii=False, indent=1, allow_nan=False)
    (new / "brief.json").write_text(text + "\n", "utf-8")
    for folder in ("tables", "charts"):
        (new / folder).mkdir()
    pages = {one: f"index{'.' + one if n else ''}.html" for n, one in enumerate(languages)}
    shown, (first, *others) = _ranged(brief), languages
    made = partial(_page, shown, new, pages, draw)
    names = [*pages.values(), "brief.json"]
    compiled()
    with beside(lambda: [made(one) for one in others], wanted=bool(others) and not draw) as told:
        tell(f"page in {first}")
        names += made(first)
        for language in others:
            tell(f"page in {language}")
        return [*names, *chain.from_iterable(told())]


def _page(
    shown: dict[str, Any],
    new: Path,
    pages: dict[str, str],
    draw: Callable[[str], bytes] | None,
    language: str,
) -> list[str]:
    """Write the page of a language and its pictures, and with the first page the tables; their
    names, but for the page's.
    """
    names: list[str] = []
    file, words = pages[language], catalogue(language)
    said = localise(shown, words)
    sheets = tables.every(said, words)
    ending = "" if file == "index.html" else f".{language}"
    if not ending:
        for sheet in sheets.values():
            name = f"tables/{sheet.name}.csv"
            (new / name).write_text(sheet.csv(), "utf-8", newline="")
            names.append(name)
    titles = finding_titles(said, words)
    pictures = draw_all(said, titles, words)
    for picture in pictures.values():
        drawn = picture.file(footer(said, picture.name, words).striptags())
        name = f"charts/{picture.name}{ending}.svg"
        (new / name).write_text(drawn, "utf-8")
        names.append(name)
        if draw is not None:
            name = name.replace(".svg", ".png")
            (new / name).write_bytes(draw(drawn))
            names.append(name)
    other = {k: v for k, v in pages.items() if k != language}
    html = page(said, sheets, titles, pictures, words, other, with_png=draw is not None)
    (new / file).write_text(html, "utf-8")
    return names


def _ranged(brief: dict[str, Any]) -> dict[str, Any]:
    """The brief as it is shown: real incomes with their ranges, the whole player with its parts."""
    rows = [*brief["regions"], *([brief["total"]] if brief.get("total") else [])]
    shown = [{**r, "real_income": r.get("real_income_range", r["real_income"])} for r in rows]
    return {**brief, "regions": shown}
