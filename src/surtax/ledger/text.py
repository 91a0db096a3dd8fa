"""YAML and CSV read without guessing: every scalar a string, every error with its place."""

from __future__ import annotations

import csv
import re
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from surtax.errors import LedgerError
from surtax.ledger.explain import Trail, explain

T = TypeVar("T")


def read_yaml(path: Path, into: type[T]) -> T:
    """A YAML file as a typed value.

    Scalars stay strings until the schema types them, so that ``0101``, ``7208.10``, ``NO`` and
    ``25%`` mean what they say.

    Raises:
        LedgerError: the file is missing, is not YAML, or does not follow the schema; the place
            names the file, the line and the path of the value.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise _unread("the file", error, path, "Put it there, as UTF-8 text.") from None
    return read_yaml_text(text, into, path)


def read_yaml_text(text: str, into: type[T], path: Path | str) -> T:
    """YAML text as a typed value; as `read_yaml`, the place named by `path`."""
    import msgspec
    import yaml

    try:
        node = yaml.compose(text, Loader=_loader())
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark else ""
        problem = str(getattr(error, "problem", error))
        if "cannot start any token" in problem:
            problem = "a tab, or another sign that cannot stand there"
        raise LedgerError(
            f"is not valid YAML: {problem}.",
            where=f"{path}{line}",
            mend="Check the indentation, the quotes and the brackets of that line.",
        ) from None
    _refuse_aliases(text, path)
    tree = _built(node, path)
    try:
        return msgspec.convert(tree, into, strict=False)
    except msgspec.ValidationError as error:
        said = explain(str(error), tree, into)
        row = _line_of(node, said.trail)
        raise LedgerError(said.what, where=f"{path}:{row}", mend=said.mend) from None


@cache
def _loader() -> type[Any]:
    """The fastest loader there is; a node's kind says all, so that no tag is looked up."""
    import yaml

    base: type[Any] = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    plain = {
        "resolve": lambda self, kind, value, implicit: "",
        "descend_resolver": lambda self, parent, index: None,
        "ascend_resolver": lambda self: None,
    }
    return type("Loader", (base,), plain)


def _unread(what: str, error: Exception, path: Path, mend: str) -> LedgerError:
    """A file that cannot be read: why, in the words of the system."""
    why = getattr(error, "strerror", None) or str(error)
    return LedgerError(f"{what} cannot be read: {why.lower()}.", where=str(path), mend=mend)


def line_holding(path: Path, what: str, *, act: int = 0, provision: str = "") -> str:
    """The file and the line that holds a quoted word of a message, whole if it can be.

    Args:
        path: the file.
        what: the message.
        act: position of the act that it speaks of.
        provision: the provision of that act, if it speaks of one; the search keeps to its lines.
    """
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines()
    first, last = _lines_of(text, act, provision) if provision else (1, len(lines))
    words = "|".join(re.escape(word) for word in re.findall(r"“([^”]+)”", what))
    for pattern in (rf"(?<![\w.%-])({words})(?![\w.%-])", words):
        for number in range(first, last + 1):
            if words and re.search(pattern, lines[number - 1]):
                return f"{path}:{number}"
    return f"{path}:{first}" if provision else str(path)


def _lines_of(text: str, act: int, provision: str) -> tuple[int, int]:
    """First and last line of a provision of an act."""
    import yaml

    acts = dict(_pairs(yaml.compose(text, Loader=yaml.BaseLoader)))["acts"]
    said = dict(_pairs(dict(_pairs(acts.value[act]))["provisions"]))[provision]
    end = said.end_mark.line if said.end_mark.column == 0 else said.end_mark.line + 1
    return said.start_mark.line + 1, max(end, said.start_mark.line + 1)


def _pairs(node: Any) -> list[tuple[str, Any]]:
    return [(key.value, value) for key, value in node.value]


def _built(node: Any, path: Path | str) -> Any:
    """What a node holds, every scalar a string.

    YAML lets a later key win silently, and merges fields from elsewhere: errors here.
    """
    if node is None or node.id == "scalar":
        return None if node is None else node.value
    if node.id == "sequence":
        return [_built(one, path) for one in node.value]
    out: dict[str, Any] = {}
    for key, value in node.value:
        if key.id != "scalar":
            raise LedgerError(
                "a list or a mapping stands as a key.",
                where=f"{path}:{key.start_mark.line + 1}",
                mend="A key is one word.",
            )
        wrong = (
            ("stands twice", "Keep one of the two.") if key.value in out
            else ("merges fields that stand elsewhere", "Write the fields out.")
            if key.value == "<<" else None
        )  # fmt: skip
        if wrong:
            raise LedgerError(
                f"the key “{key.value}” {wrong[0]}.",
                where=f"{path}:{key.start_mark.line + 1}",
                mend=wrong[1],
            )
        out[key.value] = _built(value, path)
    return out


def _refuse_aliases(text: str, path: Path | str) -> None:
    """An alias lets a line say what another line wrote; each line of the law says it itself."""
    import yaml

    if not re.search(r"(^|[\s\[,:{])\*\w", text):
        return
    for event in yaml.parse(text, Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader)):
        if isinstance(event, yaml.AliasEvent):
            raise LedgerError(
                f"“*{event.anchor}” stands for what another line wrote.",
                where=f"{path}:{event.start_mark.line + 1}" if event.start_mark else str(path),
                mend="Write it out.",
            )


def _line_of(node: Any, trail: Trail) -> int:
    """The line on which the value at a trail stands, or the nearest above it."""
    here = node
    for step in trail:
        found = None
        if here is not None and isinstance(here.value, list):
            if isinstance(step, str):
                pairs = (c for c in here.value if isinstance(c, tuple))
                found = next((value for key, value in pairs if key.value == step), None)
            elif step < len(here.value):
                found = here.value[step]
        if found is None:
            break
        here = found
    return int(here.start_mark.line) + 1 if here is not None else 1


def read_annex(path: Path, column: str) -> list[dict[str, str]]:
    """The rows of an annex, whose first column must be `column`; line numbers in errors."""
    try:
        with path.open(encoding="utf-8", newline="") as handle:
            head, *table = [row for row in csv.reader(handle) if row] or [[]]
    except (OSError, UnicodeDecodeError) as error:
        mend = "Put the CSV beside the measure that names it."
        raise _unread("the annex", error, path, mend) from None
    if not table or head[0] != column:
        raise LedgerError(
            f"the first column must be “{column}”.",
            where=f"{path}:1",
            mend=f"Start the file with a header line that begins with {column}.",
        )
    seen: dict[str, int] = {}
    for line, row in enumerate(table, start=2):
        key = row[0]
        if not key or len(row) < len(head):
            raise LedgerError("the row is not complete.", where=f"{path}:{line}", mend="Fill it.")
        if len(row) > len(head):
            raise LedgerError(
                "the row has more cells than the header.",
                where=f"{path}:{line}",
                mend="Put a cell that holds a comma in quotation marks.",
            )
        if key in seen:
            raise LedgerError(
                f"“{key}” stands twice, first in line {seen[key]}.",
                where=f"{path}:{line}",
                mend="Remove one of the two.",
            )
        seen[key] = line
    return [dict(zip(head, row, strict=True)) for row in table]
