"""Percentages are told in one manner: “25 %” in sentences, “25%” where a person is to type it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import surtax
from surtax.words.files import FOLDER, texts

SOURCE = Path(surtax.__file__).parent
TIGHT = re.compile(r"(?<![\d“])-?\d[\d.,]*%(?!\d)")
TYPED = re.compile(
    r"(?:Write it as|Écrivez-l[ae] ainsi|Name|example)\b.*|“[^”]*”|«[^»]*»|[A-Z]+=\S+|costs: \d+%"
)
"""What a person is to write, or wrote: a rate is read with or without the space."""
RECORD = "all-in {n}%"
"""A rate as the record writes it, in the English by which a translation is found."""


def sentences(path: Path) -> Iterator[str]:
    """String constants that are no docstrings, with “{}” for what is filled in."""
    tree = ast.parse(path.read_text("utf-8"))
    documents = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    within = {id(v) for n in ast.walk(tree) if isinstance(n, ast.JoinedStr) for v in n.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(
                str(v.value) if isinstance(v, ast.Constant) else "{0%}" if _percent(v) else "{}"
                for v in node.values
            )
        elif (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in documents | within
        ):
            yield node.value


def _percent(value: ast.expr) -> bool:
    spec = getattr(value, "format_spec", None)
    return spec is not None and ast.unparse(spec).rstrip("'").endswith("%")


def tight(text: str) -> list[str]:
    """Percentages of a sentence that stand next to their number."""
    if " " not in text.strip():
        return []
    return TIGHT.findall(TYPED.sub("", text))


def test_sentences_of_the_product() -> None:
    found = {
        f"{path.relative_to(SOURCE)}: {text}"
        for path in sorted(SOURCE.rglob("*.py"))
        for text in sentences(path)
        if tight(text) or ("{0%}" in text and " " in text)
    }
    assert found == set()


def test_sentences_in_both_languages() -> None:
    found = {
        f"{path.relative_to(FOLDER)}: {text}"
        for path in sorted(FOLDER.rglob("*.yaml"))
        for pair in texts(path).items()
        for text in map(str, pair)
        if tight(text) or re.search(r"\{n\d?\}%", text.removeprefix(RECORD))
    }
    assert found == set()


def test_a_rate_in_a_sentence_has_its_space() -> None:
    assert tight("Barriers fall by 50% at most.") == ["50%"]
    assert tight("Barriers fall by 50 % at most. Write it as 10%.") == []
