"""The shell: pages, texts, errors in one shape, and an address for everything it shows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from surtax.desk.app import PAGES, STATIC
from surtax.words import catalogue
from web.desk.asking import Desk


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Desk(tmp_path_factory.mktemp("desk"))


@pytest.mark.parametrize("page", PAGES)
def test_every_room_is_the_same_page(desk: Desk, page: str) -> None:
    answer = desk.get(page)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.text == desk.get("/").text


def test_the_page_has_no_inline_script_or_style_and_asks_nobody_else(desk: Desk) -> None:
    page = desk.get("/").text
    assert not re.search(r"<script(?![^>]*\ssrc=)", page)
    assert "style=" not in page
    assert "<style" not in page
    assert not re.search(r"https?://", page)


def test_scripts_are_served_as_scripts(desk: Desk) -> None:
    for path in STATIC.rglob("*.js"):
        answer = desk.get(f"/static/{path.relative_to(STATIC)}")
        assert answer.headers["content-type"].startswith("text/javascript")


def test_no_script_sets_markup_or_style_attributes() -> None:
    """What the content policy would refuse, and what could carry a text into markup."""
    for path in STATIC.rglob("*.js"):
        text = path.read_text(encoding="utf-8")
        for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "eval(", "document.write"):
            assert word not in text, f"{path.name}: {word}"
        assert not re.search(r"setAttribute\(\s*[\"']style", text), path.name


KEY = re.compile(r"""\bt\(\s*["'`]([a-z_.A-Z]+)["'`]""")
STEM = re.compile(r"""\bt\(\s*`([a-z_.]+\.)\$\{""")


def test_every_text_that_a_script_asks_for_exists() -> None:
    texts = catalogue("en")
    for path in STATIC.rglob("*.js"):
        script = path.read_text(encoding="utf-8")
        for key in KEY.findall(script):
            assert key in texts, f"{path.name}: {key}"
        for stem in STEM.findall(script):
            assert any(key.startswith(stem) for key in texts), f"{path.name}: {stem}"


def test_the_desks_texts_are_the_same_in_both_languages() -> None:
    english, french = (
        {k: set(re.findall(r"\{\w+\}", v)) for k, v in catalogue(one).items() if k[:5] == "desk."}
        for one in ("en", "fr")
    )
    assert english == french


@pytest.mark.parametrize("language", ["en", "fr"])
def test_texts_are_those_of_the_catalogue(desk: Desk, language: str) -> None:
    assert desk.get(f"/api/words/{language}").json() == dict(catalogue(language))


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("GET", "/api/nothing", 404),
        ("GET", "/static/nothing.js", 404),
        ("POST", "/api/about", 405),
        ("GET", "/api/words/de", 422),
        ("GET", "/api/entries/ffff", 404),
        ("GET", "/static/..%2f..%2fapp.py", 404),
    ],
)
def test_what_is_not_there_is_said_in_one_shape(
    desk: Desk, method: str, path: str, status: int
) -> None:
    error = desk.error(method, path)
    assert error["status"] == status
    assert set(error) == {"status", "message", "where", "mend", "field", "kind"}
    assert error["message"]


def test_bodies_that_are_no_json_are_named(desk: Desk) -> None:
    for body in (b"{", b"\xff\xfe", b"[1]", b""):
        error = desk.error(
            "POST", "/api/duty", content=body, headers={"content-type": "application/json"}
        )
        assert error["status"] == 422
        assert error["message"]


def test_nothing_of_the_documentation_comes_from_elsewhere(desk: Desk) -> None:
    """The interactive pages of the framework load scripts from a network; they are off."""
    assert desk.get("/docs").status_code == 404
    assert desk.get("/redoc").status_code == 404
    assert desk.get("/api/openapi.json").json()["info"]["title"] == "surtax desk"


def test_the_work_folder_is_for_its_owner_alone(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "new" / "folder")
    assert desk.folder.stat().st_mode & 0o077 == 0
