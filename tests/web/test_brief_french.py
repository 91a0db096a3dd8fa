"""The French page of every embedded scenario: nothing that has its French stays English on it."""

from __future__ import annotations

from pathlib import Path

import pytest

from surtax.cli import app
from surtax.scenario import spec
from surtax.words import pieces, sentences
from web import tongue


@pytest.mark.parametrize("name", spec.available())
def test_a_page_shows_no_sentence_that_has_its_french(name: str, tmp_path: Path) -> None:
    folder = tmp_path / "brief"
    app(["brief", name, "--lang", "fr", "-o", str(folder)], standalone_mode=False)
    page = (folder / "index.html").read_text("utf-8")
    assert tongue.unmarked_english(page) == []
    said = [(its, text) for its, text in tongue.said(page) if text]
    english = {e for e, f in sentences("fr").items() if e != f} - set(sentences("fr").values())
    assert [text for its, text in said if its == "fr" and text in english] == []
    marked = dict.fromkeys(text for its, text in said if its == "en")
    assert len(marked) > 50
    assert [text for text in marked if pieces("fr", text) != ((text, "en"),)] == []
